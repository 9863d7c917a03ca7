"""What AWS services do in a role's name besides the function, played.

The requests are written here, by what AWS documents (README.md names the pages); whether the role may
make them is ministack's to say, in front of which each goes signed as a session of the role. What
ministack answers when it lets one pass is thrown away, but for the message in the queue.
"""

import json
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode
from xml.sax.saxutils import escape

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ATTEMPTS = 3  # Lambda runs an asynchronous invocation that fails twice again
SERVICE_LINKED_ROLE = "AWSServiceRoleForCloudTrail"
TARGETS = {
    "config": ("StarlingDoveService", "1.1"),
    "kms": ("TrentService", "1.1"), "logs": ("Logs_20140328", "1.1"),
    "organizations": ("AWSOrganizationsV20161128", "1.1"), "sqs": ("AmazonSQS", "1.0"),
    "ssm": ("AmazonSSM", "1.1"),
}
VERSIONS = {"ec2": "2016-11-15", "iam": "2010-05-08", "sns": "2010-03-31"}


def signed(endpoint, region, credentials, action, parameters):
    """The request for an action, signed with a session's credentials, in the gate's form."""
    service, operation = action.split(":")
    if service in TARGETS:
        target, version = TARGETS[service]
        body = json.dumps(parameters)
        headers = {"X-Amz-Target": f"{target}.{operation}",
                   "Content-Type": f"application/x-amz-json-{version}"}
    else:
        body = urlencode({"Action": operation, "Version": VERSIONS[service], **parameters})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
    request = AWSRequest("POST", f"{endpoint}/", headers, body)
    request.headers["Host"] = endpoint.partition("//")[2]
    session = Credentials(credentials["AccessKeyId"], credentials["SecretAccessKey"],
                          credentials["SessionToken"])
    SigV4Auth(session, service, region).add_auth(request)
    data = body.encode()
    return "POST", "/", [*request.headers.items(), ("Content-Length", str(len(data)))], data


@dataclass
class Caller:
    """A role in whose name a service calls; what is refused, the gate notes."""

    role: object
    gate: object
    region: str
    account: str

    def request(self, action, parameters, *keys):
        """A signed request; `keys` are keys of conditions with their values."""
        credentials = self.role.session(*keys)
        return signed(self.gate.judge, self.region, credentials, action, parameters)

    def ask(self, action, parameters, via=None):
        """ministack's answer, and why it refused, if it did. `via`: a key and its value."""
        return self.gate.ask(action, self.request(action, parameters, *([via] if via else [])))

    def encrypt(self, service, key):
        """What a service does with KMS for its caller: a new data key, which it then tries.

        Says why that was refused, if it was.
        """
        via = ("kms:ViaService", f"{service}.{self.region}.amazonaws.com")
        calls = {"kms:GenerateDataKey": {"KeySpec": "AES_256"}, "kms:Decrypt": {"CiphertextBlob": "AA=="}}
        refusals = (self.ask(action, {"KeyId": key} | parameters, via)[1]
                    for action, parameters in calls.items())
        return next(filter(None, refusals), "")

    def restated(self, request):
        """The request with the resource in it where ministack finds it."""
        operation, given = read(request)
        if operation == "GetInstanceProfile":
            # The one field of a request to IAM that ministack takes for the resource as it is.
            arn = f"arn:aws:iam::{self.account}:instance-profile/{given['InstanceProfileName']}"
            return self.request(f"iam:{operation}", given | {"PolicyArn": arn})
        if operation == "StartConfigRulesEvaluation":
            rule, = given["ConfigRuleNames"]
            return self.request(f"config:{operation}", given | {"ConfigRuleName": rule})
        if operation == "GetAutomationExecution":
            name = f"automation-execution/{given['AutomationExecutionId']}"
            return self.request(f"ssm:{operation}", given | {"Name": name})
        return request


def read(request):
    """A request's operation and parameters."""
    _method, _path, headers, body = request
    target = next((value for name, value in headers if name.lower() == "x-amz-target"), "")
    if target:
        return target.rpartition(".")[2], json.loads(body)
    given = dict(parse_qsl(body.decode("utf-8", "replace")))
    return given.get("Action", ""), given


@dataclass
class Lambda:
    """The service around a function: keeps its log, retries what fails, keeps the letter."""

    caller: Caller
    function: dict
    queue: dict
    queue_url: str
    lost: list = field(default_factory=list)  # what did not come to be, since a call was refused
    _stream: str = ""

    def open_log(self, stream):
        """Creates the log stream of a new execution environment."""
        self._stream = stream
        if self._log("logs:CreateLogStream", {}):
            self._stream = ""
            self.lost.append("the log stream")

    def write_log(self, lines):
        """Writes what the function logged, where there is a stream."""
        events = [{"timestamp": int(time.time() * 1000), "message": line} for line in lines]
        if self._stream and events and self._log("logs:PutLogEvents", {"logEvents": events}):
            self.lost.append("the log lines")

    def _log(self, action, parameters):
        # ministack judges by the group's ARN, AWS by the stream's: the name carries the rest of it.
        name = f"{self.function['LoggingConfig']['LogGroup']}:log-stream:{self._stream}"
        named = {"logGroupName": name, "logStreamName": self._stream}
        return self.caller.ask(action, named | parameters)[1]

    def invoke(self, process, event, timeout, asynchronous):
        """The function's last answer; an event it fails on for good becomes a dead letter."""
        for _attempt in range(ATTEMPTS if asynchronous else 1):
            invocation = process.invoke(event, timeout)
            if invocation.outcome != "error":
                return invocation
        if asynchronous and not self._sent(event, invocation):
            self.lost.append("the dead letter")
        return invocation

    def _sent(self, event, invocation):
        """Whether the queue took the event; it is encrypted first, where the queue has a key."""
        key = self.queue.get("KmsMasterKeyId")
        if key and self.caller.encrypt("sqs", key):
            return False
        attributes = {"RequestID": invocation.request_id, "ErrorCode": "200",
                      "ErrorMessage": json.dumps(invocation.payload)[:1024]}
        answer, refusal = self.caller.ask("sqs:SendMessage", {
            "QueueUrl": self.queue_url, "MessageBody": json.dumps(event),
            "MessageAttributes": {name: {"DataType": "String", "StringValue": value}
                                  for name, value in attributes.items()}})
        return not refusal and b'"MessageId"' in answer


class Sns:
    """What SNS asks of KMS in its caller's name before it takes a message."""

    def __init__(self, caller, topic):
        self._caller, self._key = caller, topic.get("KmsMasterKeyId")

    def __call__(self, request):
        """The refusal of a message; none where the topic has no key or the key may be used."""
        operation, _given = read(request)
        if operation != "Publish" or not self._key:
            return None
        refusal = self._caller.encrypt("sns", self._key)
        return _refusal_xml(400, "ErrorResponse", "KMSAccessDenied", refusal) if refusal else None


class CloudTrail:
    """What CloudTrail asks in its caller's name before it makes or changes a trail."""

    def __init__(self, caller):
        self._caller = caller

    def __call__(self, request):
        """The refusal of a request that has passed itself; none where all is allowed."""
        operation, trail = read(request)
        if operation not in ("CreateTrail", "UpdateTrail"):
            return None
        if role := trail.get("CloudWatchLogsRoleArn"):
            via = ("iam:PassedToService", "cloudtrail.amazonaws.com")
            name = role.partition(":role/")[2]
            if refusal := self._caller.ask("iam:PassRole", {"RoleName": name}, via)[1]:
                return _refusal("AccessDeniedException", refusal)
        if trail.get("IsOrganizationTrail"):
            for action, parameters in (("iam:GetRole", {"RoleName": SERVICE_LINKED_ROLE}),
                                       ("organizations:ListAWSServiceAccessForOrganization", {})):
                if refusal := self._caller.ask(action, parameters)[1]:
                    return _refusal("InsufficientDependencyServiceAccessPermissionException", refusal)
        return None


class Ec2:
    """What EC2 knows of the instance when a profile is put on or taken off, and asks of its caller."""

    CHANGES = ("AssociateIamInstanceProfile", "ReplaceIamInstanceProfileAssociation",
               "DisassociateIamInstanceProfile")

    def __init__(self, caller, instance, profile, roles):
        """`profile`: the instance's; `roles`: the role of each profile."""
        self._caller, self._instance, self._profile, self._roles = caller, instance, profile, roles

    def restated(self, request):
        """The request with what ministack does not know: the resource, and keys of conditions."""
        operation, given = read(request)
        if operation not in (*self.CHANGES, "CreateTags"):
            return self._caller.restated(request)
        keys = {"ec2:NewInstanceProfile": given.get("IamInstanceProfile.Arn"),
                "ec2:InstanceProfile": self._profile}
        return self._caller.request(f"ec2:{operation}", given | {"InstanceId.1": self._instance},
                                    *((key, value) for key, value in keys.items() if value))

    def __call__(self, request):
        """The refusal to pass the profile's role; none where that is allowed or not asked."""
        operation, given = read(request)
        profile = given.get("IamInstanceProfile.Arn", "")
        if operation not in self.CHANGES:
            return None
        if profile:
            via = ("iam:PassedToService", "ec2.amazonaws.com")
            name = self._roles[profile].partition(":role/")[2]
            if refusal := self._caller.ask("iam:PassRole", {"RoleName": name}, via)[1]:
                return _refusal_xml(403, "Response", "UnauthorizedOperation", refusal)
        self._profile = profile
        return None


def _refusal(kind, message):
    body = json.dumps({"__type": kind, "message": message}).encode()
    return 400, [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-ErrorType", kind)], body


def _refusal_xml(status, root, kind, message):
    error = f"<Error><Code>{kind}</Code><Message>{escape(message)}</Message></Error>"
    error = f"<Errors>{error}</Errors>" if root == "Response" else error
    return status, [("Content-Type", "text/xml")], f"<{root}>{error}</{root}>".encode()
