"""Instances and roles, and what the runbooks about them are to do."""

import copy

ACCOUNT, REGION = "111122223333", "us-east-1"
INSTANCE = "i-0123456789abcdef0"
PROFILES = {name: f"arn:aws:iam::{ACCOUNT}:instance-profile/{name}" for name in ("standard", "old")}
ROLES_OF = {arn: f"arn:aws:iam::{ACCOUNT}:role/{name}" for name, arn in PROFILES.items()}
DETACHABLE = f"arn:aws:iam::{ACCOUNT}:role/app"
BROAD = f"arn:aws:iam::{ACCOUNT}:policy/broad"
APPROVER = f"arn:aws:iam::{ACCOUNT}:user/approver"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:Automation-approvals"
DOCUMENT = '{"Version":"2012-10-17","Statement":[]}'
PARAMETERS = {
    "DeployInstanceRule": "true",
    "InstanceProfileArn": PROFILES["standard"],
    "InstanceProfileRoleArn": ROLES_OF[PROFILES["standard"]],
    "AllowProfileReplacement": "true", "ReplaceableProfileArns": PROFILES["old"],
    "ReplaceableRoleArns": ROLES_OF[PROFILES["old"]],
    "DetachableRoleArns": DETACHABLE, "AllowPolicyRestore": "true",
}


def with_instance(case, state, profile=None, there=("standard", "old")):
    """The account has one instance, and the profiles that are `there`."""
    case = copy.deepcopy(case)
    instance = {"InstanceId": INSTANCE, "State": {"Name": state}}
    if profile:
        instance["IamInstanceProfile"] = {"Arn": PROFILES[profile]}
    profiles = {name: {"InstanceProfile": {"InstanceProfileName": name, "Arn": arn,
                                           "Roles": [{"RoleName": name}]}}
                for name, arn in PROFILES.items() if name in there}
    case["world"] |= {
        "ec2": {REGION: {"DescribeInstances": {"Reservations": [{"Instances": [instance]}]}}},
        "iam": {"aws-global": {"GetInstanceProfile": profiles}},
    }
    return case


def profile_of(case):
    """The ARN of the instance's profile, if it has one."""
    reservation, = case["world"]["ec2"][REGION]["DescribeInstances"]["Reservations"]
    return reservation["Instances"][0].get("IamInstanceProfile", {}).get("Arn", "")


def with_role(case, *, managed=False, inline=False):
    """The account has the role `app`, with a managed or an inline policy, or neither."""
    case = copy.deepcopy(case)
    attached = [{"PolicyName": "broad", "PolicyArn": BROAD}] if managed else []
    world = {
        "GetRole": {"app": {"Role": {"RoleName": "app"}}},
        "ListAttachedRolePolicies": {"app": {"AttachedPolicies": attached}},
        "GetPolicy": {BROAD: {"Policy": {"PolicyName": "broad", "Arn": BROAD,
                                         "DefaultVersionId": "v1"}}},
    }
    if inline:
        world["GetRolePolicy"] = {"app/inline": {
            "RoleName": "app", "PolicyName": "inline", "PolicyDocument": DOCUMENT}}
    case["world"] |= {"iam": {"aws-global": world},
                      "sns": {REGION: {"Publish": {TOPIC: {"MessageId": "1"}}}}}
    return case


def attach(profile="standard", replace=False):
    """What the runbook that attaches a profile is given."""
    return {"InstanceId": INSTANCE, "InstanceProfileName": PROFILES.get(profile, profile),
            "AllowReplacement": str(replace).lower()}


def detach(**others):
    """What the runbook that detaches a policy is given."""
    return {"RoleName": "app", "RequireApproval": "false"} | others


def detached_before(account):
    """Runs the runbook in the account, which takes the inline policy off; the run's id."""
    import boto3

    client = boto3.client("ssm", endpoint_url=account.endpoint, region_name=REGION,
                          aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="example")
    given = {name: [value] for name, value in detach(PolicyName="inline").items()}
    run = client.start_automation_execution(DocumentName="Trailkeeper-DetachPolicy", Parameters=given)
    return {"DetachExecutionId": run["AutomationExecutionId"]}


def situations(make, stack, healthy):
    """`make` takes name, function, stack, case, what comes out, and the parameters."""
    success = '"AutomationExecutionStatus":"Success"'
    failed = '"AutomationExecutionStatus":"Failed"'
    return [
        make("no profile", "attach", stack, with_instance(healthy(), "running"), success, attach()),
        make("a profile given by its name", "attach", stack, with_instance(healthy(), "running"),
             success, attach() | {"InstanceProfileName": "standard"}),
        make("another profile on a running instance", "attach", stack,
             with_instance(healthy(), "running", "old"), success, attach(replace=True)),
        make("another profile on a stopped instance", "attach", stack,
             with_instance(healthy(), "stopped", "old"), success, attach(replace=True)),
        make("EC2 does not take the wanted profile", "attach", stack,
             with_instance(healthy(), "stopped", "old", there=["old"]), failed, attach(replace=True)),
        make("a managed policy", "detach", stack, with_role(healthy(), managed=True),
             success, detach(PolicyArn=BROAD)),
        make("an inline policy", "detach", stack, with_role(healthy(), inline=True),
             success, detach(PolicyName="inline")),
        make("a managed policy is put back", "detach", stack, with_role(healthy()),
             success, detach(PolicyArn=BROAD, Mode="Restore")),
        make("an inline policy is put back", "detach", stack, with_role(healthy()),
             success, detach(PolicyName="inline", Mode="Restore", PolicyDocument=DOCUMENT)),
        make("an inline policy is put back as a run has kept it", "detach", stack,
             with_role(healthy(), inline=True), success, detach(PolicyName="inline", Mode="Restore"),
             before=detached_before),
        make("a managed policy, after approval", "detach", stack, with_role(healthy(), managed=True),
             success, {"RoleName": "app", "PolicyArn": BROAD, "RequireApproval": "true",
                       "Approvers": [APPROVER], "NotificationArn": TOPIC}),
        make("no policy is named", "detach", stack, with_role(healthy()), failed, detach()),
    ]
