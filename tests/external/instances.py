#!/usr/bin/env python3
"""The checks of instances.sh: the rule instance-profile and its runbooks by the AWS CLI."""

import json
import signal
import sys
from datetime import timedelta

from account import Unusable, sandbox
from real_binaries import AwsCli, Checks, writes
from runbook_and_remediation import output, steps_of

RULE = "instance-profile"
TYPE = "AWS::EC2::Instance"
ATTACH = "Trailkeeper-AttachInstanceProfile"
DETACH = "Trailkeeper-DetachPolicy"
BARE, STOPPED, NARROW, BROAD = "i-0a000001", "i-0a000002", "i-0a000003", "i-0a000004"
BASELINE = "arn:aws:iam::111122223333:instance-profile/ec2-baseline"
VERDICTS = {
    BARE: "NON_COMPLIANT", STOPPED: "NON_COMPLIANT", NARROW: "COMPLIANT",
    BROAD: "NON_COMPLIANT", "i-0a000005": "COMPLIANT", "i-0a000006": "COMPLIANT",
}


class Instances:
    """Calls of the AWS CLI about instances, the rule and the runbooks."""

    def __init__(self, account):
        self.account = account
        self.aws = AwsCli(account)

    def verdicts(self):
        """The rule's verdicts as AWS Config has them, by resource type and id."""
        told = self.aws("configservice", "get-compliance-details-by-config-rule",
                        "--config-rule-name", RULE)
        found = {}
        for one in told.get("EvaluationResults", []):
            of = one["EvaluationResultIdentifier"]["EvaluationResultQualifier"]
            found[of["ResourceType"], of["ResourceId"]] = one["ComplianceType"]
        return found

    def evaluate(self):
        """Runs the rule over all instances; its verdicts by id."""
        self.account.advance(timedelta(minutes=2))  # AWS Config runs it once a minute at most
        started = self.aws("configservice", "start-config-rules-evaluation",
                           "--config-rule-names", RULE)
        if started:
            return started
        found = self.verdicts()
        if any(kind != TYPE for kind, _ in found):
            return found
        return {instance: verdict for (_, instance), verdict in found.items()}

    def verdict(self, instance):
        """The verdict on an instance, without asking for a run."""
        return self.verdicts().get((TYPE, instance))

    def profile(self, instance):
        """The ARN of the profile that EC2 says is associated; nothing without one."""
        told = self.aws("ec2", "describe-iam-instance-profile-associations",
                        "--filters", f"Name=instance-id,Values={instance}",
                        "Name=state,Values=associated")
        arns = [one["IamInstanceProfile"]["Arn"]
                for one in told.get("IamInstanceProfileAssociations", [])]
        return arns[0] if arns else None

    def execution(self, identifier):
        """An execution as it is now."""
        told = self.aws("ssm", "get-automation-execution", "--automation-execution-id", identifier)
        return told.get("AutomationExecution", told)

    def start(self, document, **parameters):
        """Starts a runbook; its execution when it has ended or waits."""
        given = json.dumps({name: [value] for name, value in parameters.items()})
        told = self.aws("ssm", "start-automation-execution", "--document-name", document,
                        "--parameters", given)
        if "AutomationExecutionId" not in told:
            return told
        return self.execution(told["AutomationExecutionId"])

    def signal(self, execution, kind):
        """Approves or rejects; the execution after it."""
        identifier = execution["AutomationExecutionId"]
        told = self.aws("ssm", "send-automation-signal", "--automation-execution-id", identifier,
                        "--signal-type", kind, "--payload", "Comment=looked at")
        return self.execution(identifier) if told == {} else told

    def policy(self, role, name):
        """The document of an inline policy, or the CLI's refusal."""
        told = self.aws("iam", "get-role-policy", "--role-name", role, "--policy-name", name)
        return told.get("PolicyDocument", told.get("failed", ""))


def status(execution):
    """An execution's status, or why there is none."""
    return execution.get("AutomationExecutionStatus", execution)


def done(execution):
    """The steps that succeeded, in order."""
    return [name for name, was in steps_of(execution).items() if was == "Success"]


def check_verdicts(check, it):
    """One verdict for each instance."""
    found = it.evaluate()
    check.same(found, VERDICTS, "aws configservice start-config-rules-evaluation, "
               "get-compliance-details-by-config-rule: all six instances, each with its verdict")


def check_associate(check, it):
    """An instance without a profile gets one."""
    run = it.start(ATTACH, InstanceId=BARE, InstanceProfileName="ec2-baseline")
    check.same(status(run), "Success", "attach, no profile: Success")
    check.that("Associate" in done(run), "… by Associate", steps_of(run))
    check.same(it.profile(BARE), BASELINE, "aws ec2 describe-iam-instance-profile-associations: "
               "the profile is associated")
    check.same(it.verdict(BARE), "COMPLIANT", "AWS Config saw the change: COMPLIANT")
    it.account.forget_calls()
    again = it.start(ATTACH, InstanceId=BARE, InstanceProfileName="ec2-baseline")
    check.same([status(again), writes(it.account, "ec2")], ["Success", []],
               "the same again: Success, no write to EC2")


def check_replace(check, it):
    """Another profile is left alone, or replaced, running or stopped."""
    it.account.forget_calls()
    run = it.start(ATTACH, InstanceId=BROAD, InstanceProfileName="ec2-baseline")
    check.same([status(run), writes(it.account, "ec2")], ["Failed", []],
               "attach, another profile, no replacement allowed: Failed, no write to EC2")
    run = it.start(ATTACH, InstanceId=BROAD, InstanceProfileName="ec2-baseline",
                   AllowReplacement="true")
    check.same([status(run), it.profile(BROAD)], ["Success", BASELINE],
               "… replacement allowed, running: Success, the profile is associated")
    made = writes(it.account, "ec2")
    check.that("ec2:ReplaceIamInstanceProfileAssociation" in made
               and "ec2:DisassociateIamInstanceProfile" not in made,
               "… in one call, never without a profile", made)

    it.aws("ec2", "stop-instances", "--instance-ids", NARROW)
    it.account.advance(timedelta(minutes=5))
    it.account.forget_calls()
    run = it.start(ATTACH, InstanceId=NARROW, InstanceProfileName="ec2-baseline",
                   AllowReplacement="true")
    check.same([status(run), it.profile(NARROW)], ["Success", BASELINE],
               "… replacement allowed, stopped: Success, the profile is associated")
    made = [name for name in writes(it.account, "ec2") if "Profile" in name]
    check.same(made, ["ec2:DisassociateIamInstanceProfile", "ec2:AssociateIamInstanceProfile"],
               "… taken off and put on, for EC2 replaces none on a stopped instance")
    run = it.start(ATTACH, InstanceId=BROAD, InstanceProfileName="web", AllowReplacement="true")
    check.same([status(run), it.profile(BROAD)], ["Failed", BASELINE],
               "a second replacement on one day: Failed, for somebody else may set the profile")


def check_remediation(check, it):
    """Config's remediation starts the runbook with the instance's id."""
    key = json.dumps([{"resourceType": TYPE, "resourceId": STOPPED}])
    told = it.aws("configservice", "start-remediation-execution",
                  "--config-rule-name", RULE, "--resource-keys", key)
    check.same(told.get("FailedItems", told), [], "aws configservice start-remediation-execution")
    told = it.aws("configservice", "describe-remediation-execution-status",
                  "--config-rule-name", RULE)
    found = [(one["ResourceKey"]["resourceId"], one["State"])
             for one in told.get("RemediationExecutionStatuses", [])]
    check.same(found, [(STOPPED, "SUCCEEDED")], "describe-remediation-execution-status: SUCCEEDED")
    check.same(it.profile(STOPPED), BASELINE, "the stopped instance has its profile")
    check.same(it.verdict(STOPPED), "COMPLIANT", "… and its verdict: COMPLIANT")


def check_detach(check, it):
    """A policy comes off after approval, and is put back."""
    me = it.aws("sts", "get-caller-identity").get("Arn", "")
    before = it.policy("files", "files")
    given = {"RoleName": "files", "PolicyName": "files", "Approvers": me}
    run = it.start(DETACH, **given)
    check.same(status(run), "Waiting", "detach: it waits for approval")
    check.same(it.policy("files", "files"), before, "… and nothing was written")
    refused = it.signal(run, "Reject")
    check.same([status(refused), steps_of(refused).get("AskForApproval")], ["Failed", "Failed"],
               "aws ssm send-automation-signal Reject: Failed at AskForApproval")
    check.same(it.policy("files", "files"), before, "… the policy is there")

    run = it.signal(it.start(DETACH, **given), "Approve")
    check.same(status(run), "Success", "aws ssm send-automation-signal Approve: Success")
    check.that("NoSuchEntity" in it.policy("files", "files"),
               "aws iam get-role-policy: the policy is gone", it.policy("files", "files"))
    kept = output(run, "ReadInlinePolicy.PolicyDocument")
    check.same([json.loads(text) for text in kept or []], [before], "… the run keeps its document")

    given |= {"Mode": "Restore", "DetachExecutionId": run["AutomationExecutionId"]}
    run = it.signal(it.start(DETACH, **given), "Approve")
    check.same([status(run), it.policy("files", "files")], ["Success", before],
               "Mode=Restore: Success, the same document is there again")


def main():
    """Runs the checks in one account, one part after the other."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    check = Checks()
    try:
        with sandbox() as account:
            it = Instances(account)
            check_verdicts(check, it)
            check_associate(check, it)
            check_remediation(check, it)
            check_detach(check, it)
            check_replace(check, it)
            check.same(set(it.evaluate().values()), {"COMPLIANT"},
                       "in the end every instance is COMPLIANT")
    except Unusable as problem:
        check.that(False, "the run came to its end", str(problem))
    print(f"{check.passed} ok, {check.failed} failed (the demo's account)")
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main())
