"""What the evaluator is asked about the parts that guard the trail."""

import json
from datetime import timedelta

from account import earlier
from baseline_situations import with_hash
from deployed import Deployed

ACCOUNT, REGION = "111122223333", "us-east-1"
BUCKET = "amzn-s3-demo-audit-111122223333"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
# So long the account takes to be set up, and more.
SETTING_UP = timedelta(minutes=10)


def deployed(account, stack):
    """Everything that the rule about the guard asks for."""
    made = Deployed(account, stack).event_rules().permissions().channel(BUCKET)
    made.config_rules("TrailRule", "GuardRule").remediation()
    detector = made.client("guardduty").create_detector(Enable=True)["DetectorId"]
    made.client("guardduty").create_filter(
        DetectorId=detector, Name="quiet", Action="ARCHIVE",
        FindingCriteria={"Criterion": {"type": {"Eq": ["Recon:EC2/Portscan"]}}})
    return made


def whole(account, stack):
    """All is there."""
    deployed(account, stack).until_now()
    return {}


def off(account, stack):
    """The recorder is stopped, a rule of EventBridge off, and a repair blocked."""
    made = deployed(account, stack)
    config = made.client("config")
    recorder, = config.describe_configuration_recorders()["ConfigurationRecorders"]
    config.stop_configuration_recorder(ConfigurationRecorderName=recorder["name"])
    made.client("events").disable_rule(Name=stack.resource("TrailEvents")["Name"])
    config.put_remediation_exceptions(ConfigRuleName=made.named("TrailRule"), ResourceKeys=[
        {"ResourceType": "AWS::::Account", "ResourceId": ACCOUNT}], Message="maintenance")
    made.until_now()
    return {}


def recorded(account, stack):
    """All is there, and the roles are recorded."""
    made = deployed(account, stack)
    if boundary := stack.resource("EvaluatorRole").get("PermissionsBoundary"):
        made.client("iam").create_policy(
            PolicyName=boundary.rpartition("/")[2],
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "*", "Resource": "*"}]}))
    made.roles()
    # The parameters of the rule itself have no room for the roles.
    names = [role["RoleName"] for role in stack.resources("AWS::IAM::Role").values()]
    made.config_rules("GuardRule", name="with-roles", roles=",".join(names))
    sha256 = made.baseline(made.named("TrailRule"), "with-roles")
    made.config_rules("TrailRule", "GuardRule", baselineSha256=sha256)
    made.until_now()
    return with_hash(stack.resource("GuardRule"), sha256)


def situations(make, stacks, healthy):
    """`make` takes name, function, stack, case, what comes out and more; `stacks` are one that
    answers no events, one that does and repairs, one with a baseline, one with a boundary too."""
    def asks(name, stack, stage, wanted):
        return make(name, "evaluator", stack, earlier(healthy(), SETTING_UP), wanted,
                    rule="GuardRule", before=lambda account: stage(account, stack))

    quiet, repairing, with_baseline, bound = stacks
    good = '"compliance":"COMPLIANT"'
    return [
        asks("the guard is whole", quiet, whole, good),
        asks("the guard is whole, with rules of EventBridge", repairing, whole, good),
        asks("the guard is off in parts", repairing, off, "recorder-started"),
        asks("the guard is as recorded", with_baseline, recorded, good),
        asks("the guard is as recorded, with a boundary", bound, recorded, good),
    ]
