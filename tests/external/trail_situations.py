"""What the evaluator is told of the trail by events, and who it finds to have stopped it."""

from datetime import timedelta

from account import earlier
from deployed import Deployed
from rule_situations import event

ACCOUNT, REGION = "111122223333", "us-east-1"
TRAIL, BUCKET = "org-audit", "amzn-s3-demo-audit-111122223333"
TRAIL_ARN = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/{TRAIL}"
# So long ago the trail was stopped: the event history lags behind by minutes.
SINCE = timedelta(minutes=20)
# How often the trail may be repaired within an hour.
MOST_REPAIRS = 4
# A copy of the log files needs a role too: the remediator refuses it alone.
GROUP_WITHOUT_ROLE = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:copies:*"


def finding(case):
    """GuardDuty's finding that the trail was stopped, as EventBridge tells it."""
    action = {
        "api": "StopLogging", "serviceName": "cloudtrail.amazonaws.com", "callerType": "Remote IP",
        "errorCode": "", "remoteIpDetails": {"ipAddressV4": "203.0.113.24"},
        "affectedResources": {"AWS::CloudTrail::Trail": TRAIL_ARN}}
    return {
        "version": "0", "id": "cd2d702e-ab31-411b-9344-000000000001",
        "detail-type": "GuardDuty Finding", "source": "aws.guardduty", "account": ACCOUNT,
        "time": case["now"], "region": REGION, "resources": [],
        "detail": {
            "schemaVersion": "2.0", "accountId": ACCOUNT, "region": REGION, "partition": "aws",
            "id": "16afba5c5c43e07c9e3e5e2e544e95df",
            "type": "Stealth:IAMUser/CloudTrailLoggingDisabled",
            "resource": {"resourceType": "AccessKey", "accessKeyDetails": {
                "accessKeyId": "AKIAIOSFODNN7EXAMPLE", "principalId": "AIDACKCEVSQ6C2EXAMPLE",
                "userType": "IAMUser", "userName": "mallory"}},
            "service": {
                "serviceName": "guardduty", "resourceRole": "TARGET", "archived": False, "count": 1,
                "action": {"actionType": "AWS_API_CALL", "awsApiCallAction": action},
                "additionalInfo": {"value": "{}", "type": "default"},
                "eventFirstSeen": case["now"], "eventLastSeen": case["now"]},
            "severity": 2, "createdAt": case["now"], "updatedAt": case["now"],
            "title": "AWS CloudTrail trail was disabled."},
    }


def deployed(account, stack):
    """The trail's rule and its remediation, and the role that the remediation passes."""
    return Deployed(account, stack).roles().config_rules("TrailRule").remediation()


def stopped(account, stack):
    """Somebody has stopped the trail, a while ago."""
    made = deployed(account, stack)
    made.client("cloudtrail").stop_logging(Name=TRAIL_ARN)
    made.until_now()
    return {}


def narrowed_again(account, stack):
    """AWS Config has repaired the trail four times within the hour, as it does when somebody presses
    its button too; a run that asks once more. In the sandbox a parameter fails it before it is told
    anything, so that it stands as at its first step."""
    made = Deployed(account, stack).roles().recorder().config_rules("TrailRule").remediation()
    config, trails = made.client("config"), made.client("cloudtrail")
    rule = stack.resource("TrailRule")["ConfigRuleName"]

    def narrowed_and_run():
        trails.update_trail(Name=TRAIL_ARN, EnableLogFileValidation=False)
        config.start_remediation_execution(ConfigRuleName=rule, ResourceKeys=[
            {"resourceType": "AWS::::Account", "resourceId": ACCOUNT}])
        account.advance(timedelta(minutes=2))

    for _ in range(MOST_REPAIRS):
        narrowed_and_run()
    made.remediation(CloudWatchLogsLogGroupArn=GROUP_WITHOUT_ROLE)
    narrowed_and_run()
    made.until_now()
    runs = made.client("ssm").describe_automation_executions(MaxResults=1)
    run, = runs["AutomationExecutionMetadataList"]
    return {"Mode": "Plan", "executionId": run["AutomationExecutionId"]}


def situations(make, stack, healthy, with_rule):
    """`make` takes name, function, stack, case, what comes out and more; `with_rule` asks a case's
    question for a rule of the stack."""
    def before(account):
        return stopped(account, stack)

    def happens(name, told_by):
        case = earlier(healthy(), SINCE)
        case["event"] = with_rule(stack, "TrailRule", case)
        return make(name, "evaluator", stack, case, '"repair-started"', told_by(healthy()),
                    before=before)

    def deployed_only(account):
        deployed(account, stack).until_now()
        return {}

    def told(name, wanted, *call):
        case = earlier(healthy(), SINCE)
        case["event"] = with_rule(stack, "TrailRule", case)
        return make(name, "evaluator", stack, case, wanted, event(healthy(), *call),
                    before=deployed_only)

    return [
        make("AWS Config's fifth repair within the hour", "remediator", stack,
             earlier(healthy(), SINCE), '"repairs-exhausted"',
             before=lambda account: narrowed_again(account, stack)),
        happens("the trail is stopped", lambda case: event(
            case, "cloudtrail", "StopLogging", {"name": TRAIL_ARN})),
        happens("GuardDuty finds the trail stopped", finding),
        told("log files are deleted", '"notified"', "s3", "DeleteObjects",
             {"bucketName": BUCKET, "delete": ""}),
        told("a role got a policy, which no rule is about", '"none"', "iam", "PutRolePolicy",
             {"roleName": "app", "policyName": "inline"}),
        told("the remediator got a policy", '"notified"', "iam", "PutRolePolicy",
             {"roleName": stack.resource("RemediatorRole")["RoleName"], "policyName": "inline"}),
        make("somebody has stopped the trail", "evaluator", stack, earlier(healthy(), SINCE),
             "trail-not-logging", before=before),
    ]
