"""Accounts, and stacks in them, that between them need every permission that a call can show."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import baseline_situations
import guard_situations
import instance_situations
import rule_situations
import trail_situations
from account import scenario_of_today
from template import Stack

ACCOUNT, REGION = "111122223333", "us-east-1"
MANAGEMENT, OTHER = "999988887777", "444455556666"
TRAIL, BUCKET = "org-audit", "amzn-s3-demo-audit-111122223333"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OTHERS_KEY = KEY.replace(ACCOUNT, OTHER)
TRAIL_ARN = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/{TRAIL}"
ROLES = {"evaluator": "EvaluatorRole", "remediator": "RemediatorRole",
         "automation": "AutomationRole", "attach": "AttachRole", "detach": "DetachRole"}
FUNCTIONS = {"evaluator": "Evaluator", "remediator": "Remediator"}
UNREADABLE = "an event it cannot read"


def stack(**parameters):
    """The template for the scenarios' trail."""
    given = {
        "CodeS3Bucket": "amzn-s3-demo-code", "EvaluatorS3Key": "evaluator.zip",
        "RemediatorS3Key": "remediator.zip", "TrailName": TRAIL, "TrailBucketName": BUCKET,
        "DeployInstanceRule": "false", "DeployGuardRule": "false",
    } | parameters
    region = f"{REGION}:{ACCOUNT}"
    made = {
        "TrailKey": KEY,
        "DeadLetters": f"arn:aws:sqs:{region}:trailkeeper-dead-letters",
        "Notifications": f"arn:aws:sns:{region}:trailkeeper-notifications",
    }
    for name, logical_id in FUNCTIONS.items():
        made[logical_id] = f"arn:aws:lambda:{region}:function:trailkeeper-{name}"
        made[f"{logical_id}Logs"] = f"arn:aws:logs:{region}:log-group:/aws/lambda/trailkeeper-{name}:*"
    for name, logical_id in ROLES.items():
        made[logical_id] = f"arn:aws:iam::{ACCOUNT}:role/trailkeeper-{name}-{REGION}"
    return Stack(ACCOUNT, REGION, given, made)


# What may be removed is looked for in these; each is the smallest that has the statement.
OWN_KEY = stack(CreateTrailKey="true", RepairKey="true", OrganizationTrail="WhenCreated")
LOG_GROUP = {
    "TrailLogGroupArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:trail:*",
    "TrailLogGroupRoleArn": f"arn:aws:iam::{ACCOUNT}:role/trail-logs",
}
COPYING = stack(CreateTrailKey="true", RepairKey="true", **LOG_GROUP)
ADOPTING = stack(CreateTrailKey="true", RepairKey="true", AdoptExistingTrail="true")
OF_MANAGEMENT = stack(TrailAccountId=MANAGEMENT)
FULL = stack(
    TrailKmsKeyArn=KEY, RepairKey="true", OrganizationTrail="Always", AdoptExistingTrail="true",
    EncryptionKeyArn=OTHERS_KEY, **LOG_GROUP, **instance_situations.PARAMETERS,
)
# What events, guard and baseline need; none of them has what another one's statements allow too.
ENFORCING = stack(TrailKmsKeyArn=KEY, EventMode="enforce", EncryptionKeyArn=OTHERS_KEY)
GUARDING = {"TrailKmsKeyArn": KEY, "DeployGuardRule": "true", "WatchGuardDuty": "true"}
COMPARING = {"TrailKmsKeyArn": KEY, "BaselineSha256": "0" * 64, "EventMode": "off"}
GUARDS = (
    stack(**GUARDING, EventMode="off"),
    stack(**GUARDING, EventMode="notify", GuardRepair="true"),
    stack(**COMPARING, DeployGuardRule="true"),
    stack(**COMPARING, DeployGuardRule="true", PermissionsBoundaryArn=guard_situations.BOUNDARY),
)
RECORDED = (
    stack(**COMPARING, CheckLogFiles="true", OwnEvents="on", EncryptionKeyArn=OTHERS_KEY),
    stack(TrailKmsKeyArn=KEY, CheckLogFiles="true", EventMode="off"),
    stack(TrailKmsKeyArn=KEY, RecreateBucket="true"),
)
# Everything that can be allowed, so that the table has to name what no situation shows.
OPTIONS = stack(
    TrailKmsKeyArn=KEY, RepairKey="true", OrganizationTrail="Always", AdoptExistingTrail="true",
    EncryptionKeyArn=OTHERS_KEY, **LOG_GROUP, **instance_situations.PARAMETERS,
    DeployGuardRule="true", EventMode="enforce", GuardRepair="true", WatchGuardDuty="true",
    BaselineSha256="0" * 64, CheckLogFiles="true", RecreateBucket="true", OwnEvents="on",
)
# By role, and policy with Sid: why its removal is not tried.
MISSED = "S3 asks for it where an object is gone, which is not played"
NOT_SHOWN = {("evaluator", "compare/MissBaseline"): MISSED,
             ("remediator", "repair/MissBaseline"): MISSED}


@dataclass
class Situation:
    """An account, the stack in it, what is invoked and what then has to come out."""

    name: str
    function: str
    stack: Stack
    case: dict
    wanted: str
    # What Lambda is to invoke the function with, asynchronously; or the runbook's parameters.
    event: dict | None = None
    # Else the rule that asks, by logical id.
    rule: str = "TrailRule"
    # What is done in the account before; gives more of the runbook's parameters.
    before: Callable | None = None
    calls: set = field(default_factory=set)
    answer: str = ""


def with_rule(stack_, logical_id, case):
    """The case's event of AWS Config, for a rule of the stack."""
    rule = stack_.resource(logical_id)
    return case["event"] | {
        "ruleParameters": json.dumps(rule["InputParameters"]),
        "configRuleName": rule["ConfigRuleName"], "resultToken": "least-privilege"}


def trail_world(case):
    """The answers of CloudTrail in a case."""
    return case["world"]["cloudtrail"][REGION]


def without_trail(case):
    """The account has no trail at all."""
    world = trail_world(case)
    world.clear()
    world["DescribeTrails"] = {"trailList": []}
    return case


def moved(case, old, new):
    """The case with one text in the place of another, everywhere."""
    return json.loads(json.dumps(case).replace(old, new))


def broken(case):
    """Trail, bucket policy, selectors and key are all not as they should be."""
    world = trail_world(case)
    world["GetEventSelectors"][TRAIL_ARN]["EventSelectors"][0]["ReadWriteType"] = "WriteOnly"
    world["DescribeTrails"]["trailList"][0]["HasCustomEventSelectors"] = True
    case["world"]["s3"] = {REGION: {"GetBucketPolicy": {
        BUCKET: {"error": {"code": "NoSuchBucketPolicy"}}}}}
    administration = {"Version": "2012-10-17", "Statement": [{
        "Sid": "Administration", "Effect": "Allow", "Action": "kms:*", "Resource": "*",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}]}
    case["world"]["kms"] = {REGION: {
        "DescribeKey": {KEY: {"KeyMetadata": {
            "KeyId": KEY.rpartition("/")[2], "Arn": KEY, "KeyState": "PendingDeletion"}}},
        "GetKeyPolicy": {KEY: {"Policy": json.dumps(administration), "PolicyName": "default"}},
    }}
    return case


def with_log_group(case):
    """There is a log group, which another trail copies to."""
    world = trail_world(case)
    copies = moved(world, f'{TRAIL}"', 'copies"')
    trail, = copies["DescribeTrails"]["trailList"]
    trail |= {"CloudWatchLogsLogGroupArn": LOG_GROUP["TrailLogGroupArn"],
              "CloudWatchLogsRoleArn": LOG_GROUP["TrailLogGroupRoleArn"]}
    world["DescribeTrails"]["trailList"].append(trail)
    for operation in ("GetTrailStatus", "GetEventSelectors", "GetInsightSelectors"):
        world[operation] |= copies[operation]
    return case


def bucket_of_another(case):
    """The bucket belongs to another account, which refuses."""
    case["world"]["s3"] = {REGION: {
        "GetBucketPolicy": {BUCKET: {"error": {"code": "AccessDenied"}}},
        "ListBuckets": {"Buckets": []},
    }}
    return case


def in_organization(case, role):
    """The account is part of an organization."""
    case["self"]["organizationRole"] = role
    return case


def organization_trail(case):
    """The trail belongs to the organization, whose management account owns it."""
    case = moved(case, f":{ACCOUNT}:trail/", f":{MANAGEMENT}:trail/")
    trail_world(case)["DescribeTrails"]["trailList"][0]["IsOrganizationTrail"] = True
    return in_organization(case, "delegated-administrator")


def situations():
    """All of them; the first of a function that makes a call is the one that shows its permission."""
    healthy, stopped = (lambda name=name: scenario_of_today(f"{name}-trail")
                        for name in ("healthy", "stopped"))
    return [
        Situation(UNREADABLE, "evaluator", FULL, healthy(), '"malformed-event"',
                  {"message": "not AWS Config's"}),
        Situation(UNREADABLE, "remediator", FULL, healthy(), '"bad-parameter"',
                  {"message": "not the runbook's"}),
        Situation("a healthy trail", "evaluator", OWN_KEY, healthy(), '"COMPLIANT"'),
        Situation("no trail", "evaluator", OWN_KEY, without_trail(healthy()), '"NON_COMPLIANT"'),
        Situation("the bucket of another account", "evaluator", OWN_KEY,
                  bucket_of_another(healthy()), "bucket-not-ours"),
        Situation("everything is wrong", "remediator", COPYING, broken(with_log_group(stopped())),
                  '"repaired"'),
        Situation("no trail, management account", "remediator", OWN_KEY,
                  in_organization(without_trail(stopped()), "management"), '"repaired"'),
        Situation("the bucket of another account", "remediator", OWN_KEY,
                  bucket_of_another(stopped()), "bucket-not-ours"),
        Situation("the organization's trail, delegated administrator", "remediator", OF_MANAGEMENT,
                  organization_trail(stopped()), '"repaired"'),
        Situation("another trail to adopt", "remediator", ADOPTING,
                  moved(moved(broken(stopped()), f"trail/{TRAIL}", "trail/other"),
                        f'"Name": "{TRAIL}"', '"Name": "other"'), '"repaired"'),
        Situation("the runbook on a stopped trail", "automation", OWN_KEY, stopped(),
                  '"AutomationExecutionStatus":"Success"'),
        *rule_situations.situations(Situation, FULL, healthy, with_rule),
        *trail_situations.situations(Situation, ENFORCING, healthy, with_rule),
        *guard_situations.situations(Situation, GUARDS, healthy, with_rule),
        *baseline_situations.situations(Situation, RECORDED, healthy),
        *instance_situations.situations(Situation, FULL, healthy),
    ]
