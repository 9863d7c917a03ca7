"""The template's resources in an account of the sandbox, made by the services' own APIs.

As far as the situations need them: what CloudFormation would make, under the names and with the
settings of the template. The functions and the runbooks are the sandbox's own, which have the
template's names.
"""

import json
import os
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

from account import Unusable, binary
from runtime_api import client_environment


ALL = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "*", "Resource": "*"}]})


class Deployed:
    """An account, and the stack that is deployed in it."""

    def __init__(self, account, stack):
        self.account, self.stack = account, stack

    def client(self, service):
        """A client of the account's owner, whose calls nothing judges."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            service, endpoint_url=self.account.endpoint, region_name=self.account.region,
            aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="example",
            config=Config(s3={"addressing_style": "path"}))

    def roles(self):
        """The roles with their policies, and the boundary that they name."""
        iam, boundaries = self.client("iam"), set()
        for role in self.stack.resources("AWS::IAM::Role").values():
            named = {"RoleName": role["RoleName"]}
            if boundary := role.get("PermissionsBoundary"):
                named |= {"PermissionsBoundary": boundary}
                if boundary not in boundaries:
                    iam.create_policy(PolicyName=boundary.rpartition("/")[2], PolicyDocument=ALL)
                    boundaries.add(boundary)
            iam.create_role(AssumeRolePolicyDocument=json.dumps(role["AssumeRolePolicyDocument"]),
                            **named)
            for policy in role["Policies"]:
                iam.put_role_policy(RoleName=role["RoleName"], PolicyName=policy["PolicyName"],
                                    PolicyDocument=json.dumps(policy["PolicyDocument"]))
        return self

    def event_rules(self):
        """The rules of EventBridge, with their targets."""
        events = self.client("events")
        for rule in self.stack.resources("AWS::Events::Rule").values():
            targets = [{"Id": one["Id"], "Arn": one["Arn"]} for one in rule["Targets"]]
            events.put_rule(Name=rule["Name"], EventPattern=json.dumps(rule["EventPattern"]))
            events.put_targets(Rule=rule["Name"], Targets=targets)
        return self

    def permissions(self):
        """Who may invoke the functions."""
        functions = self.client("lambda")
        for name, permission in self.stack.resources("AWS::Lambda::Permission").items():
            of_function = permission["FunctionName"].rpartition(":")[2]
            functions.add_permission(StatementId=name, **permission | {"FunctionName": of_function})
        return self

    def functions(self):
        """The functions' variables and roles."""
        functions = self.client("lambda")
        for function in self.stack.resources("AWS::Lambda::Function").values():
            functions.update_function_configuration(
                FunctionName=function["FunctionName"], Environment=function["Environment"],
                Role=function["Role"])
        return self

    def config_rules(self, *logical_ids, **parameters):
        """Rules of AWS Config; `parameters` are more of theirs, or others."""
        for name in logical_ids:
            rule = self.stack.resource(name)
            given = rule["InputParameters"] | parameters
            self.client("config").put_config_rule(
                ConfigRule=rule | {"InputParameters": json.dumps(given)})
        return self

    def remediation(self, **parameters):
        """The remediation of the trail; `parameters` are more of its runbook's."""
        one = self.stack.resource("TrailRemediation")
        given = {name: {"StaticValue": {"Values": [value]}} for name, value in parameters.items()}
        self.client("config").put_remediation_configurations(
            RemediationConfigurations=[one | {"Parameters": one["Parameters"] | given}])
        return self

    def recorder(self):
        """AWS Config's recorder."""
        role = f"arn:aws:iam::{self.account.account_id}:role/config"
        self.client("config").put_configuration_recorder(ConfigurationRecorder={
            "name": "default", "roleARN": role,
            "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True}})
        return self

    def channel(self, bucket):
        """A delivery channel of AWS Config."""
        self.client("config").put_delivery_channel(
            DeliveryChannel={"name": "default", "s3BucketName": bucket})
        return self

    def baseline(self, *logical_ids, roles=""):
        """Records the account as it is now, by these rules, with these roles; the hash."""
        names = [self.stack.resource(one)["ConfigRuleName"] for one in logical_ids]
        more = [f"--roles={roles}"] if roles else []
        with TemporaryDirectory() as folder:
            done = subprocess.run(
                [binary("TRAILKEEPER", "debug/trailkeeper"), "baseline", "--upload", "--yes",
                 "--format", "json", "--out", Path(folder) / "baseline.json",
                 *(f"--config-rule={name}" for name in names), *more,
                 "--endpoint-url", self.account.endpoint],
                env=client_environment(None, self.account.region) | {
                    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "example"},
                capture_output=True, text=True, timeout=120, check=False)
        if done.returncode:
            raise Unusable(f"no baseline: {done.stdout}{done.stderr}")
        return json.loads(done.stdout.splitlines()[-1])["sha256"]

    def until_now(self):
        """Lets the time pass that the account's clock is behind that of the machine."""
        behind = datetime.now(timezone.utc) - self.account.now()
        self.account.advance(max(behind, timedelta(0)))
