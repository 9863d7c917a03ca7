#!/usr/bin/env python3
"""The checks of runbook_and_remediation.sh: SSM Automation and Config's remediation by AWS CLI."""

import json
import signal
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from account import ROOT, Unusable, sandbox, scenario_of_today
from real_binaries import RULE, AwsCli, Checks, writes

DOCUMENT = "Trailkeeper-RestoreCloudTrail"
RUNBOOK = ROOT / "runbooks" / "restore-cloudtrail.yaml"
REPAIR_STEPS = {
    "Assess": "Success", "Decide": "Success", "Repair": "Success", "Verify": "Success",
    "DecideVerified": "Success", "ConfirmLogging": "Success", "FailNotHealthy": "Pending",
}
ATTEMPTS = 2


class Remediation:
    """Calls of the AWS CLI about the rule's remediation."""

    def __init__(self, account, aws, case, folder):
        self._account = account
        self.aws = aws
        self.resource = {"resourceType": "AWS::::Account", "resourceId": case["self"]["accountId"]}
        self._role = f"arn:aws:iam::{case['self']['accountId']}:role/trailkeeper-automation"
        self._wanted = case["parameters"]
        # The CLI's own look at parameters is switched off, so that the service has to refuse them.
        self._config = Path(folder) / "config"
        self._config.write_text("[default]\nparameter_validation = false\n", encoding="utf-8")

    def __call__(self, command, *arguments):
        return self.aws("configservice", command, "--config-rule-name", RULE, *arguments)

    def parameters(self, **others):
        """The runbook's parameters, static; a value of None takes one away."""
        given = {
            "AutomationAssumeRole": [self._role],
            "CloudTrailName": [self._wanted["trailName"]],
            "CloudTrailS3BucketName": [self._wanted["s3BucketName"]],
            "CloudTrailKmsKeyId": [self._wanted["kmsKeyId"]],
        } | others
        return {name: {"StaticValue": {"Values": values}}
                for name, values in given.items() if values is not None}

    def configuration(self, **others):
        """A configuration that AWS Config takes, but for `others`."""
        return {
            "ConfigRuleName": RULE, "TargetType": "SSM_DOCUMENT", "TargetId": DOCUMENT,
            "Parameters": self.parameters(),
        } | others

    def automatic(self, **others):
        """The same, automatic."""
        return self.configuration(
            Automatic=True, MaximumAutomaticAttempts=ATTEMPTS, RetryAttemptSeconds=3600) | others

    def put(self, configuration):
        """put-remediation-configurations."""
        with self.aws.variables(AWS_CONFIG_FILE=str(self._config)):
            return self.aws("configservice", "put-remediation-configurations",
                            "--remediation-configurations", json.dumps([configuration]))

    def configured(self):
        """describe-remediation-configurations."""
        told = self.aws("configservice", "describe-remediation-configurations",
                        "--config-rule-names", RULE)
        return told.get("RemediationConfigurations", told)

    def start(self):
        """start-remediation-execution for the account."""
        return self("start-remediation-execution", "--resource-keys", json.dumps([self.resource]))

    def status(self):
        """The last execution's status for the account."""
        told = self("describe-remediation-execution-status")
        found = told.get("RemediationExecutionStatuses", [])
        return found[0] if len(found) == 1 else told

    def exceptions(self):
        """describe-remediation-exceptions."""
        told = self("describe-remediation-exceptions")
        return told.get("RemediationExceptions", told)

    def forgive(self):
        """delete-remediation-exceptions for the account."""
        key = {"ResourceType": self.resource["resourceType"],
               "ResourceId": self.resource["resourceId"]}
        return self("delete-remediation-exceptions", "--resource-keys", json.dumps([key]))

    def evaluate(self):
        """Runs the rule; its verdict on the account."""
        self._account.advance(timedelta(minutes=2))  # AWS Config runs it once a minute at most
        started = self.aws("configservice", "start-config-rules-evaluation",
                           "--config-rule-names", RULE)
        if started:
            return started
        told = self.aws("configservice", "get-compliance-details-by-config-rule",
                        "--config-rule-name", RULE)
        kinds = [one["ComplianceType"] for one in told.get("EvaluationResults", [])]
        return kinds[0] if len(kinds) == 1 else told


def create(aws, name):
    """create-document with the runbook as it is in this repository."""
    return aws("ssm", "create-document", "--name", name, "--content", f"file://{RUNBOOK}",
               "--document-type", "Automation", "--document-format", "YAML")


def have_document(aws):
    """Registers the runbook where the sandbox does not come with it."""
    if "Document" not in aws("ssm", "describe-document", "--name", DOCUMENT):
        create(aws, DOCUMENT)


def check_document(check, aws):
    """The runbook's text is a document that Systems Manager takes."""
    made = create(aws, "Trailkeeper-Copy").get("DocumentDescription", {})
    check.same([made.get("DocumentType"), made.get("SchemaVersion")], ["Automation", "0.3"],
               f"aws ssm create-document: {RUNBOOK.name} is an Automation document of schema 0.3")
    content = aws("ssm", "get-document", "--name", "Trailkeeper-Copy").get("Content")
    check.that(content == RUNBOOK.read_text(encoding="utf-8"), "get-document: its text, unchanged",
               content)
    for name, code in [("Trailkeeper-Copy", "DocumentAlreadyExists"), ("AWS-Copy", "")]:
        told = create(aws, name).get("failed", "")
        check.that("An error occurred (" + code in told, f"a second document {name} is refused"
                   if code else f"a document {name} is refused", told)


def start_runbook(aws, case, **others):
    """Starts the runbook as an operator would; its execution when it has ended."""
    wanted = case["parameters"]
    given = {"CloudTrailName": wanted["trailName"], "CloudTrailS3BucketName": wanted["s3BucketName"],
             "CloudTrailKmsKeyId": wanted["kmsKeyId"]} | others
    told = aws("ssm", "start-automation-execution", "--document-name", DOCUMENT,
               "--parameters", ",".join(f"{name}={value}" for name, value in given.items()))
    if "AutomationExecutionId" not in told:
        return told
    told = aws("ssm", "get-automation-execution",
               "--automation-execution-id", told["AutomationExecutionId"])
    return told.get("AutomationExecution", told)


def steps_of(execution):
    """The statuses of an execution's steps."""
    return {step["StepName"]: step["StepStatus"] for step in execution.get("StepExecutions", [])}


def output(execution, name):
    """One output of an execution."""
    return execution.get("Outputs", {}).get(name)


def check_runbook(check, case):
    """The runbook repairs the trail, says how, and does nothing the second time."""
    with sandbox(case) as account:
        aws = AwsCli(account)
        check_document(check, aws)
        have_document(aws)
        account.forget_calls()
        plan = start_runbook(aws, case, Mode="Plan")
        check.same([plan.get("AutomationExecutionStatus"), output(plan, "Assess.outcome"),
                    writes(account, "cloudtrail")], ["Success", ["planned"], []],
                   "Mode=Plan: Success, outcome planned, no write to CloudTrail")

        run = start_runbook(aws, case)
        check.same(run.get("AutomationExecutionStatus"), "Success",
                   "aws ssm start-automation-execution, get-automation-execution: Success")
        check.same(steps_of(run), REPAIR_STEPS, "… with each step and its status")
        ended = [step["StepName"] for step in run.get("StepExecutions", [])
                 if step["StepStatus"] == "Success"
                 and not {"ExecutionStartTime", "ExecutionEndTime"} <= step.keys()]
        check.same(ended, [], "… and when each of them began and ended")
        check.same([output(run, "Repair.outcome"), output(run, "Verify.outcome")],
                   [["repaired"], ["already-healthy"]], "… Repair repaired, Verify finds it healthy")
        status = aws("cloudtrail", "get-trail-status", "--name", case["parameters"]["trailName"])
        check.same(status.get("IsLogging"), True, "aws cloudtrail get-trail-status: IsLogging is true")
        done = writes(account, "cloudtrail")
        check.that("cloudtrail:StartLogging" in done, "/_sandbox/calls: StartLogging was called", done)

        account.forget_calls()
        again = start_runbook(aws, case)
        check.same([again.get("AutomationExecutionStatus"), output(again, "Assess.outcome")],
                   ["Success", ["already-healthy"]], "a second execution: Success, already-healthy")
        check.same([name for name, status in steps_of(again).items() if status != "Pending"],
                   ["Assess", "Decide"], "… it ends after Assess and Decide")
        reads = [call for call in account.calls() if call["service"] == "cloudtrail"]
        check.same(writes(account, "cloudtrail"), [], "/_sandbox/calls: it made no write to CloudTrail")
        check.that(len(reads) > 0, "/_sandbox/calls: it did look", account.calls())
        check_refused_starts(check, aws, case)


def check_refused_starts(check, aws, case):
    """What SSM refuses before any step runs."""
    for what, given in [
        ("a Mode that is not allowed", {"Mode": "Destroy"}),
        ("a bucket name that cannot be", {"CloudTrailS3BucketName": "No_Bucket"}),
        ("a parameter that the document does not have", {"TrailColour": "red"}),
    ]:
        told = start_runbook(aws, case, **given)
        check.that("InvalidAutomationExecutionParameters" in told.get("failed", ""),
                   f"{what}: InvalidAutomationExecutionParameters", told)


def check_refusals(check, remediation):
    """Configurations that AWS Config does not take."""
    r = remediation
    both = {"StaticValue": {"Values": ["x"]}, "ResourceValue": {"Value": "RESOURCE_ID"}}
    many = {f"Parameter{number}": ["x"] for number in range(22)}
    without_attempts = r.automatic()
    del without_attempts["MaximumAutomaticAttempts"]
    role = "arn:aws:iam::111122223333:role/"
    validation, value = "ValidationException", "InvalidParameterValueException"
    for what, configuration, code, named in [
        ("an empty value", r.configuration(Parameters=r.parameters(S3KeyPrefix=[""])),
         validation, "greater than or equal to 1"),
        ("a value of 257 characters",
         r.configuration(Parameters=r.parameters(S3KeyPrefix=["x" * 257])),
         validation, "less than or equal to 256"),
        ("26 parameters", r.configuration(Parameters=r.parameters(**many)),
         validation, "less than or equal to 25"),
        ("26 values", r.configuration(Parameters=r.parameters(InsightTypes=["x"] * 26)),
         validation, "less than or equal to 25"),
        ("a value that is static and the resource's id",
         r.configuration(Parameters=r.parameters() | {"S3KeyPrefix": both}), value, "S3KeyPrefix"),
        ("a parameter that the document does not have",
         r.configuration(Parameters=r.parameters(TrailColour=["red"])), value, "TrailColour"),
        ("no value for a required parameter",
         r.configuration(Parameters=r.parameters(CloudTrailName=None)), value, "CloudTrailName"),
        ("a rule that does not exist", r.configuration(ConfigRuleName="nothing"), value, "nothing"),
        ("a document that does not exist", r.configuration(TargetId="Nothing-There"),
         value, "Nothing-There"),
        ("automatic without MaximumAutomaticAttempts", without_attempts,
         value, "MaximumAutomaticAttempts"),
        ("automatic with the role under another name", r.automatic(Parameters=r.parameters(
            AutomationAssumeRole=None, RemediationRole=[role + "r"])),
         value, "AutomationAssumeRole"),
        ("automatic with two roles", r.automatic(Parameters=r.parameters(
            AutomationAssumeRole=[role + "a", role + "b"])), value, "AutomationAssumeRole"),
        ("automatic with a second role parameter", r.automatic(Parameters=r.parameters(
            RemediationRole=[role + "r"])), value, "RemediationRole"),
        ("26 attempts", r.automatic(MaximumAutomaticAttempts=26), validation, "25"),
    ]:
        told = r.put(configuration)
        refusal = told.get("failed", "").partition("An error occurred ")[2]
        check.that(f"({code})" in refusal and named in refusal,
                   f"put-remediation-configurations, {what}: {code}, {named}", told)
    check.same(r.configured(), [], "… nothing of these was stored")


def check_by_hand(check, case, folder):
    """A remediation that a person starts."""
    with sandbox(case) as account:
        aws = AwsCli(account)
        r = Remediation(account, aws, case, folder)
        have_document(aws)
        check.same(r.evaluate(), "NON_COMPLIANT", "the rule's verdict: NON_COMPLIANT")
        check.same([one.get("Automatic") for one in r.configured()], [False],
                   "the sandbox comes with a remediation of the rule, not automatic")
        check.same(r("delete-remediation-configuration"), {},
                   "aws configservice delete-remediation-configuration")
        check_refusals(check, r)
        told = r.start()
        check.that("(NoSuchRemediationConfigurationException)" in told.get("failed", ""),
                   "start-remediation-execution without a configuration: "
                   "NoSuchRemediationConfigurationException", told)
        account.forget_calls()
        check.same(r.put(r.configuration()), {"FailedBatches": []},
                   "aws configservice put-remediation-configurations")
        shown = r.configured()
        check.same([(one.get("TargetId"), one.get("Automatic"), one.get("Parameters")) for one in shown],
                   [(DOCUMENT, False, r.parameters())],
                   "describe-remediation-configurations shows it, not automatic")
        r.evaluate()
        check.same(writes(account, "cloudtrail"), [], "not automatic: a verdict starts nothing")

        check.same(r.start().get("FailedItems", "failed"), [],
                   "aws configservice start-remediation-execution: no FailedItems")
        status = r.status()
        check.same(status.get("State"), "SUCCEEDED", "describe-remediation-execution-status: SUCCEEDED")
        check.same(status.get("ResourceKey"), r.resource, "… for the account")
        states = {step["Name"]: step["State"] for step in status.get("StepDetails", [])}
        wanted = {name: "SUCCEEDED" if was == "Success" else "PENDING"
                  for name, was in REPAIR_STEPS.items()}
        check.same(states, wanted, "… with each step and its state")
        check.that("cloudtrail:StartLogging" in writes(account, "cloudtrail"),
                   "/_sandbox/calls: StartLogging was called", writes(account))
        account.advance(timedelta(minutes=90))
        check.same(r.evaluate(), "COMPLIANT", "after the next deliveries: COMPLIANT")
        before = writes(account, "cloudtrail")
        check.same(r.start().get("FailedItems", "failed"), [],
                   "start-remediation-execution for a COMPLIANT account: it may be asked for")
        check.same(r.status().get("State"), "SUCCEEDED", "… and succeeds")
        check.same(writes(account, "cloudtrail"), before, "… without a CloudTrail write")


def executions(aws):
    """How many executions of the runbook there were."""
    told = aws("ssm", "describe-automation-executions")
    return len(told.get("AutomationExecutionMetadataList", []))


def check_exceptions(check, case, folder):
    """Attempts used up, an exception, nothing more, and again after it is deleted."""
    with sandbox(case) as account:
        aws = AwsCli(account)
        r = Remediation(account, aws, case, folder)
        have_document(aws)
        check.same(r.evaluate(), "NON_COMPLIANT", "the rule's verdict: NON_COMPLIANT")
        check.same(r.exceptions(), [], "describe-remediation-exceptions: none")
        account.deny("cloudtrail", "StartLogging")
        check.same(r.put(r.automatic()), {"FailedBatches": []},
                   f"put-remediation-configurations, automatic, {ATTEMPTS} attempts; "
                   "StartLogging is denied meanwhile")
        check.same(executions(aws), ATTEMPTS, f"the runbook was started {ATTEMPTS} times")
        status = r.status()
        failed = [step for step in status.get("StepDetails", []) if step["State"] == "FAILED"]
        check.same([status.get("State"), [step["Name"] for step in failed]], ["FAILED", ["Repair"]],
                   "describe-remediation-execution-status: FAILED at Repair")
        text = failed[0].get("ErrorMessage", "") if failed else ""
        check.that("StartLogging" in text, "… its ErrorMessage names StartLogging", text)
        found = r.exceptions()
        check.same([(one.get("ResourceType"), one.get("ResourceId")) for one in found],
                   [(r.resource["resourceType"], r.resource["resourceId"])],
                   "describe-remediation-exceptions: the account")

        account.allow_all()
        account.advance(timedelta(hours=2))
        account.forget_calls()
        check.same(r.evaluate(), "NON_COMPLIANT", "calls are allowed again; the verdict stays")
        check.same([executions(aws), writes(account, "cloudtrail")], [ATTEMPTS, []],
                   "blocked by the exception: no execution, no write to CloudTrail")

        check.same(r.forgive().get("FailedBatches", []), [],
                   "aws configservice delete-remediation-exceptions")
        check.same(r.exceptions(), [], "describe-remediation-exceptions: none")
        r.evaluate()
        check.same([executions(aws), r.status().get("State")], [ATTEMPTS + 1, "SUCCEEDED"],
                   "the next verdict starts the runbook again: SUCCEEDED")
        account.advance(timedelta(minutes=90))
        check.same(r.evaluate(), "COMPLIANT", "after the next deliveries: COMPLIANT")
        told = r.forgive()
        check.that("(NoSuchRemediationExceptionException)" in told.get("failed", ""),
                   "deleting it once more: NoSuchRemediationExceptionException", told)


def main():
    """Runs the checks, each part in an account of its own."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    check = Checks()
    try:
        with tempfile.TemporaryDirectory() as folder:
            check_runbook(check, scenario_of_today("stopped-trail"))
            check_by_hand(check, scenario_of_today("stopped-trail"), folder)
            check_exceptions(check, scenario_of_today("stopped-trail"), folder)
    except Unusable as problem:
        check.that(False, "the run came to its end", str(problem))
    print(f"{check.passed} ok, {check.failed} failed (scenarios/stopped-trail.json)")
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main())
