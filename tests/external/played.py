"""What AWS services do in a role's name besides the function, played.

The requests are written here, by what AWS documents (README.md names the pages); whether the role may
make them is ministack's to say, in front of which each goes signed as a session of the role. What
ministack answers when it lets one pass is thrown away, but for the message in the queue.
"""

import json
import re
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
    "cloudtrail": ("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101", "1.1"),
    "config": ("StarlingDoveService", "1.1"), "events": ("AWSEvents", "1.1"),
    "kms": ("TrentService", "1.1"), "logs": ("Logs_20140328", "1.1"),
    "organizations": ("AWSOrganizationsV20161128", "1.1"), "sqs": ("AmazonSQS", "1.0"),
    "ssm": ("AmazonSSM", "1.1"),
}
VERSIONS = {"ec2": "2016-11-15", "iam": "2010-05-08", "sns": "2010-03-31"}


def signed(endpoint, region, credentials, action, parameters, path=None):
    """The request for an action, signed with a session's credentials, in the gate's form.

    With a path the service's requests have neither a target nor parameters in their body.
    """
    service, operation = action.split(":")
    if path:
        path, body, headers = f"{path}?Action={operation}", "", {}
    elif service in TARGETS:
        target, version = TARGETS[service]
        body = json.dumps(parameters)
        headers = {"X-Amz-Target": f"{target}.{operation}",
                   "Content-Type": f"application/x-amz-json-{version}"}
    else:
        body = urlencode({"Action": operation, "Version": VERSIONS[service], **parameters})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
    path = path or "/"
    request = AWSRequest("POST", endpoint + path, headers, body)
    request.headers["Host"] = endpoint.partition("//")[2]
    session = Credentials(credentials["AccessKeyId"], credentials["SecretAccessKey"],
                          credentials["SessionToken"])
    SigV4Auth(session, service, region).add_auth(request)
    data = body.encode()
    return "POST", path, [*request.headers.items(), ("Content-Length", str(len(data)))], data


@dataclass
class Caller:
    """A role in whose name a service calls; what is refused, the gate notes."""

    role: object
    gate: object
    region: str
    account: str

    def request(self, action, parameters, *keys, path=None):
        """A signed request; `keys` are keys of conditions with their values."""
        credentials = self.role.session(*keys)
        return signed(self.gate.judge, self.region, credentials, action, parameters, path)

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
        service = scope(request)
        if service == "guardduty":
            return self._of_guardduty(request)
        if service == "lambda" and request[0] == "GET" and path_of(request).endswith("/concurrency"):
            # ministack takes the path for that of the write.
            return self.request("lambda:GetFunctionConcurrency", {}, path=path_of(request))
        where = self._where(operation, given)
        return self.request(f"{service}:{operation}", given | where) if where else request

    def _where(self, operation, given):
        """What to add to a request, by which ministack finds its resource."""
        match operation:
            case "GetInstanceProfile":
                # The one field of a request to IAM that ministack takes for the resource as it is.
                name = given["InstanceProfileName"]
                return {"PolicyArn": f"arn:aws:iam::{self.account}:instance-profile/{name}"}
            case "StartConfigRulesEvaluation":
                rule, = given["ConfigRuleNames"]
                return {"ConfigRuleName": rule}
            case "DescribeRemediationConfigurations":
                # AWS Config chooses the id; any stands for it.
                return {"ConfigRuleName": "remediation-configuration/id"}
            case "StartConfigurationRecorder":
                name = given["ConfigurationRecorderName"]
                return {"ConfigRuleName": f"configuration-recorder/{name}/id"}
            case "GetAutomationExecution":
                return {"Name": f"automation-execution/{given['AutomationExecutionId']}"}
            case "DescribeDocument":
                return {"Name": f"document/{given['Name']}"}
            case "StartAutomationExecution":
                return {"Name": f"document/{given['DocumentName']}"}
            case "ListTags":
                return {"Name": given["ResourceIdList"][0]}
            case "AddTags":
                return {"Name": given["ResourceId"]}
            case "DescribeRule" | "EnableRule" | "ListTargetsByRule":
                # ministack puts the name of the bus into the ARN, which AWS does for others than
                # the default one. The bus it takes as it is.
                name = given.pop("Name", None) or given.pop("Rule")
                return {"EventBusName": f"arn:aws:events:{self.region}:{self.account}:rule/{name}"}
        return {}

    def _of_guardduty(self, request):
        """A request of GuardDuty, which ministack does not know, as one of IAM."""
        match path_of(request).strip("/").split("/"):
            case ["detector"]:
                operation, resource = "ListDetectors", "detector/*"
            case ["detector", _]:
                operation, resource = "GetDetector", path_of(request).strip("/")
            case ["detector", _, "filter"]:
                operation, resource = "ListFilters", path_of(request).strip("/")
            case ["detector", _, "filter", _]:
                operation, resource = "GetFilter", path_of(request).strip("/")
        arn = f"arn:aws:guardduty:{self.region}:{self.account}:{resource}"
        return self.request(f"iam:{operation}", {"PolicyArn": arn})


def scope(request):
    """The service that a request is signed for."""
    _method, _path, headers, _body = request
    value = next((value for name, value in headers if name.lower() == "authorization"), "")
    found = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", value)
    return found[1] if found else ""


def path_of(request):
    """The path of a request, without its parameters."""
    return request[1].partition("?")[0]


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

    def __init__(self, caller, arn, topic):
        self._caller, self._arn, self._key = caller, arn, topic.get("KmsMasterKeyId")

    def __call__(self, request):
        """The refusal of a message; none where the topic has no key or the key may be used."""
        operation, given = read(request)
        if operation != "Publish" or given["TopicArn"] != self._arn or not self._key:
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


class S3:
    """What S3 asks of KMS in its caller's name before it answers an encrypted object."""

    def __init__(self, caller, key, encrypted):
        """`key`: that of the objects whose path has the text `encrypted`."""
        self._caller, self._key, self._encrypted = caller, key, encrypted

    def __call__(self, request):
        """The refusal of an object; none where it is not encrypted or the key may be used."""
        if scope(request) != "s3" or request[0] != "GET" or self._encrypted not in path_of(request):
            return None
        via = ("kms:ViaService", f"s3.{self._caller.region}.amazonaws.com")
        given = {"KeyId": self._key, "CiphertextBlob": "AA=="}
        refusal = self._caller.ask("kms:Decrypt", given, via)[1]
        if not refusal:
            return None
        error = f"<Error><Code>AccessDenied</Code><Message>{escape(refusal)}</Message></Error>"
        return 403, [("Content-Type", "application/xml")], error.encode()


class Ssm:
    """What Systems Manager asks in its caller's name before it starts a runbook."""

    def __init__(self, caller):
        self._caller = caller

    def __call__(self, request):
        """The refusal to start; none where all is allowed."""
        operation, given = read(request)
        if operation != "StartAutomationExecution":
            return None
        # The document has been asked about. Its version in use and the run have ARNs too.
        version = given.get("DocumentVersion", "1")
        places = (f"automation-definition/{given['DocumentName']}:{version}",
                  "automation-execution/00000000-0000-4000-8000-000000000000")
        refusals = (self._caller.ask(f"ssm:{operation}", {"Name": place})[1] for place in places)
        refusal = next(filter(None, refusals), "")
        for role in given.get("Parameters", {}).get("AutomationAssumeRole", []):
            via = ("iam:PassedToService", "ssm.amazonaws.com")
            name = role.partition(":role/")[2]
            refusal = refusal or self._caller.ask("iam:PassRole", {"RoleName": name}, via)[1]
        return _refusal("AccessDeniedException", refusal) if refusal else None


def first_of(*checks):
    """The first refusal of several services."""
    return lambda request: next(filter(None, (check(request) for check in checks)), None)


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


def refusal_for(request, verdict):
    """ministack's refusal of a restated request, in the words of the service that was asked."""
    if scope(request) not in ("guardduty", "lambda"):
        return verdict
    found = re.search(rb"User: [^<\"]*", verdict[2])
    return _refusal("AccessDeniedException", found[0].decode() if found else "", 403)


def _refusal(kind, message, status=400):
    body = json.dumps({"__type": kind, "message": message}).encode()
    kinds = [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-ErrorType", kind)]
    return status, kinds, body


def _refusal_xml(status, root, kind, message):
    error = f"<Error><Code>{kind}</Code><Message>{escape(message)}</Message></Error>"
    error = f"<Errors>{error}</Errors>" if root == "Response" else error
    return status, [("Content-Type", "text/xml")], f"<{root}>{error}</{root}>".encode()
