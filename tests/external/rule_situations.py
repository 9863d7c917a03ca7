"""What the evaluator is asked about instances: by AWS Config's rule, and by events of EventBridge."""

import json

ACCOUNT, REGION = "111122223333", "us-east-1"
INSTANCE = "AWS::EC2::Instance"
CHANGED, BARE = "i-0123456789abcdef0", "i-0123456789abcdef1"
POLICY = f"arn:aws:iam::{ACCOUNT}:policy/reads"
MANY = 6  # roles, with which the evaluator reads the whole account at once
NARROW = json.dumps({"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/config/*"}]})


def profile_arn(name):
    """The ARN of an instance profile of the account."""
    return f"arn:aws:iam::{ACCOUNT}:instance-profile/{name}"


def with_instances(case, profiles, topic):
    """The account has these instances, each by its id with a profile of that name or without one.

    Every profile has a role of its name, which may read one bucket's files by an inline and by a
    managed policy.
    """
    instances = [{"InstanceId": identifier, "State": {"Name": "running"}}
                 | ({"IamInstanceProfile": {"Arn": profile_arn(name)}} if name else {})
                 for identifier, name in profiles.items()]
    names = sorted({name for name in profiles.values() if name})
    version = {"VersionId": "v1", "IsDefaultVersion": True, "Document": NARROW}
    case["rule"] = "instance-profile"
    case["world"] |= {
        "ec2": {REGION: {"DescribeInstances": {"Reservations": [{"Instances": instances}]}}},
        "iam": {"aws-global": {
            "GetInstanceProfile": {name: {"InstanceProfile": {
                "InstanceProfileName": name, "Arn": profile_arn(name),
                "Roles": [{"RoleName": name}]}} for name in names},
            "GetRole": {name: {"Role": {"RoleName": name}} for name in names},
            "GetRolePolicy": {f"{name}/inline": {"PolicyDocument": NARROW} for name in names},
            "ListAttachedRolePolicies": {name: {"AttachedPolicies": [
                {"PolicyName": "reads", "PolicyArn": POLICY}]} for name in names},
            "GetPolicy": {POLICY: {"Policy": {"PolicyName": "reads", "Arn": POLICY,
                                              "DefaultVersionId": "v1"}}},
            "GetPolicyVersion": {f"{POLICY}@v1": {"PolicyVersion": version}},
        }},
        "sns": {REGION: {"Publish": {topic: {"MessageId": "1"}}}},
    }
    return case


def item(case, configuration):
    """The head of the changed instance's item, with its configuration or without."""
    head = {"configurationItemCaptureTime": case["now"], "configurationItemStatus": "OK",
            "resourceType": INSTANCE, "resourceId": CHANGED, "awsAccountId": ACCOUNT,
            "awsRegion": REGION}
    return head | ({"configuration": configuration} if configuration else {})


def asked(case, kind, **parts):
    """AWS Config's event, but for the parts that are the rule's."""
    case["event"]["invokingEvent"] = json.dumps({
        "awsAccountId": ACCOUNT, "notificationCreationTime": case["now"], "messageType": kind,
        "recordVersion": "1.0"} | parts)
    return case


def changed(case):
    """The instance has changed."""
    state = {"instanceId": CHANGED, "state": {"code": 16, "name": "running"},
             "iamInstanceProfile": {"arn": profile_arn("narrow")}}
    return asked(case, "ConfigurationItemChangeNotification", configurationItem=item(case, state))


def oversized(case):
    """The instance has changed, and its item is too large for the event."""
    state = {"instanceId": CHANGED, "state": {"code": 16, "name": "running"},
             "iamInstanceProfile": {"arn": profile_arn("narrow")}}
    case["world"]["config"] = {REGION: {"GetResourceConfigHistory": {
        f"{INSTANCE}/{CHANGED}": {"configurationItems": [item(case, state)]}}}}
    return asked(case, "OversizedConfigurationItemChangeNotification",
                 configurationItemSummary=item(case, None))


def event(case, service, name, request, response=None):
    """EventBridge's event for an API call that CloudTrail recorded."""
    return {
        "version": "0", "id": "9f0d2a6e-7c1b-4f57-9b0e-000000000001",
        "detail-type": "AWS API Call via CloudTrail", "source": f"aws.{service}",
        "account": ACCOUNT, "time": case["now"], "region": REGION, "resources": [],
        "detail": {
            "eventVersion": "1.10", "eventTime": case["now"],
            "userIdentity": {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/mallory"},
            "eventSource": f"{service}.amazonaws.com", "eventName": name, "awsRegion": REGION,
            "sourceIPAddress": "203.0.113.24", "requestParameters": request,
            "responseElements": response, "eventID": "a1b2c3d4-5678-90ab-cdef-000000000001",
            "recipientAccountId": ACCOUNT,
        },
    }


def situations(make, stack, healthy, with_rule):
    """`make` takes name, function, stack, case, what comes out and more; `with_rule` asks a case's
    question for a rule of the stack."""
    topic = stack.resource("Evaluator")["Environment"]["Variables"]["TRAILKEEPER_TOPIC_ARN"]

    def asks(name, case, wanted):
        return make(name, "evaluator", stack, case, wanted, rule="InstanceRule")

    def happens(name, wanted, *call):
        case = with_instances(healthy(), {CHANGED: "narrow", BARE: None}, topic)
        case["event"] = with_rule(stack, "InstanceRule", case)
        return make(name, "evaluator", stack, case, wanted, event(case, *call))

    one = {CHANGED: "narrow"}
    many = {f"i-{number:017x}": f"narrow-{number}" for number in range(MANY)}
    launched = {"instancesSet": {"items": [{"instanceId": BARE}]}}
    scheduled = "ScheduledNotification"
    return [
        asks("an instance has changed", changed(with_instances(healthy(), one, topic)),
             '"compliance":"COMPLIANT"'),
        asks("an oversized item", oversized(with_instances(healthy(), one, topic)),
             '"compliance":"COMPLIANT"'),
        asks("all instances", asked(with_instances(healthy(), one, topic), scheduled),
             '"compliant":1,'),
        asks(f"all instances, {MANY} roles", asked(with_instances(healthy(), many, topic), scheduled),
             f'"compliant":{MANY},'),
        happens("a launch without a profile", '"notified"', "ec2", "RunInstances", {}, launched),
        happens("a role got a policy", '"evaluation-started', "iam", "PutRolePolicy",
                {"roleName": "narrow", "policyName": "inline"}),
        happens("a policy got another version", '"evaluation-started', "iam",
                "SetDefaultPolicyVersion", {"policyArn": POLICY, "versionId": "v1"}),
    ]
