"""What the evaluator is asked about the parts that guard the trail."""

from datetime import timedelta

from account import earlier
from baseline_situations import with_hash
from deployed import Deployed
from rule_situations import event

ACCOUNT, REGION = "111122223333", "us-east-1"
TRAIL_ARN = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/org-audit"
BUCKET = "amzn-s3-demo-audit-111122223333"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
# So long the account takes to be set up, and more.
SETTING_UP = timedelta(minutes=10)


def deployed(account, stack):
    """Everything that the rule about the guard asks for."""
    made = Deployed(account, stack).roles().functions().event_rules().permissions()
    made.channel(BUCKET)
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


def excepted(made):
    """Repairs of the trail are blocked since it had a fault, which it has no more."""
    config, trails = made.client("config"), made.client("cloudtrail")
    rule = made.stack.resource("TrailRule")["ConfigRuleName"]

    def judged_again():
        config.start_config_rules_evaluation(ConfigRuleNames=[rule])
        made.account.advance(timedelta(minutes=1))

    trails.update_trail(Name=TRAIL_ARN, EnableLogFileValidation=False)
    judged_again()
    # An exception is taken for what is NON_COMPLIANT only.
    config.put_remediation_exceptions(ConfigRuleName=rule, Message="maintenance", ResourceKeys=[
        {"ResourceType": "AWS::::Account", "ResourceId": ACCOUNT}])
    trails.update_trail(Name=TRAIL_ARN, EnableLogFileValidation=True)
    judged_again()


def off(account, stack):
    """A repair is blocked, the recorder stopped, and a rule of EventBridge off."""
    made = deployed(account, stack)
    excepted(made)
    config = made.client("config")
    recorder, = config.describe_configuration_recorders()["ConfigurationRecorders"]
    config.stop_configuration_recorder(ConfigurationRecorderName=recorder["name"])
    made.client("events").disable_rule(Name=stack.resource("TrailEvents")["Name"])
    made.until_now()
    return {}


def stopped(account, stack):
    """AWS Config's recorder was stopped."""
    made = deployed(account, stack)
    made.client("config").stop_configuration_recorder(ConfigurationRecorderName="default")
    made.until_now()
    return {}


def recorded(account, stack):
    """All is there, and the roles are recorded."""
    made = deployed(account, stack)
    sha256 = made.baseline("TrailRule", "GuardRule", roles=stack.output("GuardedRoles"))
    made.config_rules("TrailRule", "GuardRule", baselineSha256=sha256)
    made.until_now()
    return with_hash(stack.resource("GuardRule"), sha256)


def situations(make, stacks, healthy, with_rule):
    """`make` takes name, function, stack, case, what comes out and more; `with_rule` asks a case's
    question for a rule of the stack; `stacks` are one that
    answers no events, one that does and repairs, one with a baseline, one with a boundary too."""
    def asks(name, stack, stage, wanted):
        return make(name, "evaluator", stack, earlier(healthy(), SETTING_UP), wanted,
                    rule="GuardRule", before=lambda account: stage(account, stack))

    def happens(name, stack, stage, wanted, *call):
        case = earlier(healthy(), SETTING_UP)
        case["event"] = with_rule(stack, "GuardRule", case)
        return make(name, "evaluator", stack, case, wanted, event(healthy(), *call),
                    before=lambda account: stage(account, stack))

    quiet, repairing, with_baseline, bound = stacks
    good = '"compliance":"COMPLIANT"'
    return [
        asks("the guard is whole", quiet, whole, good),
        asks("the guard is whole, with rules of EventBridge", repairing, whole, good),
        asks("the guard is off in parts", repairing, off, "exception-cleared"),
        happens("the recorder is stopped", repairing, stopped, '"evaluation-started', "config",
                "StopConfigurationRecorder", {"configurationRecorderName": "default"}),
        asks("the guard is as recorded", with_baseline, recorded, good),
        asks("the guard is as recorded, with a boundary", bound, recorded, good),
    ]
