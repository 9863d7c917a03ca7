"""ministack as the judge of permissions, in front of the sandbox, which answers.

Nothing here decides on a policy. A request goes, as it was signed, to ministack (AUTH=true), which
checks the signature and the caller's policies before it looks at the operation, for operations it
lacks too. Its refusal is the answer. What it lets pass, the sandbox answers: ministack has no
PutEvaluations, no Insights and no checks of bucket and key policies, and what it answered here is
thrown away. Some keys of conditions ministack does not set, since only a service in between does
(SET_BY_SERVICES). It judges the same operators and values on the tags of a session instead.
"""

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from account import Unusable

REFUSAL = re.compile(rb"User: [^<\"]*is not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)[^<\"]*")
SET_BY_SERVICES = ("iam:PassedToService", "kms:ViaService", "ec2:NewInstanceProfile",
                   "ec2:InstanceProfile")
# A resource that it does not know, as one that it does; and a service that it does not know.
KNOWN_AS = {
    **{f":{kind}/": f":parameter/{kind}/"
       for kind in ("automation-execution", "automation-definition", "document")},
    **{f":{kind}/": f":config-rule/{kind}/"
       for kind in ("configuration-recorder", "remediation-configuration")},
    '"guardduty:': '"iam:',
}
# The actions of that service, none of which IAM has.
OF_UNKNOWN_SERVICE = {f"iam:{name}": f"guardduty:{name}"
                      for name in ("ListDetectors", "GetDetector", "ListFilters", "GetFilter")}
# Answers about the credentials, not about the policy: with them nothing would be shown.
BROKEN = re.compile(
    rb"SignatureDoesNotMatch|InvalidSignature|InvalidClientTokenId|UnrecognizedClient|ExpiredToken"
    rb"|InvalidAccessKeyId|MissingAuthenticationToken|InvalidToken|IncompleteSignature"
)
HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive", "date", "server"}


class Ministack:
    """A served ministack; its account is the one whose id is the access key."""

    def __init__(self, port, account):
        self.endpoint = f"http://127.0.0.1:{port}"
        self._account = account

    def _client(self, service):
        import boto3

        return boto3.client(
            service, endpoint_url=self.endpoint, region_name="us-east-1",
            aws_access_key_id=self._account, aws_secret_access_key="test",
        )

    def make_role(self, name, policies):
        """A role with these policies, in the template's form.

        The account itself may assume it. The template's trust policy lets only Lambda in, which
        is not here.
        """
        trust = {"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Principal": {"AWS": f"arn:aws:iam::{self._account}:root"}}]}
        iam = self._client("iam")
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
        for policy in policies:
            document = json.dumps(policy["PolicyDocument"])
            for key in SET_BY_SERVICES:
                document = document.replace(f'"{key}":', f'"aws:PrincipalTag/{key}":')
            for kind, known in KNOWN_AS.items():
                document = document.replace(kind, known)
            iam.put_role_policy(RoleName=name, PolicyName=policy["PolicyName"], PolicyDocument=document)
        return Role(self._client("sts"), role["Arn"], name)

    def make_bucket(self, name):
        """A bucket, without which no request for an object gets as far as the policies."""
        self._client("s3").create_bucket(Bucket=name)

    def make_queue(self, name):
        """A queue's URL."""
        return self._client("sqs").create_queue(QueueName=name)["QueueUrl"]

    def letters(self, queue_url):
        """The bodies of the messages in a queue, which is empty then."""
        client, bodies = self._client("sqs"), []
        while found := client.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                bodies.append(message["Body"])
                client.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        return bodies


class Role:
    """A role in ministack."""

    def __init__(self, sts, arn, name):
        self._sts, self._arn, self._name = sts, arn, name
        self._sessions = {}
        self._overridden = {}

    def override(self, **parts):
        """Puts other values in the place of parts of all credentials."""
        self._overridden = parts

    def session(self, *keys):
        """Credentials of a session, in which a service has set keys of conditions to values."""
        if keys not in self._sessions:
            tags = [{"Key": key, "Value": value} for key, value in keys]
            answer = self._sts.assume_role(RoleArn=self._arn, RoleSessionName=self._name, Tags=tags)
            self._sessions[keys] = answer["Credentials"]
        return self._sessions[keys] | self._overridden


@contextmanager
def ministack(account, folder, auth=True):
    """Serves ministack on loopback until the block ends."""
    wanted = os.environ.get("MINISTACK") or "ministack"
    found = shutil.which(wanted)
    if not found:
        raise Unusable(f"{wanted} is not there; use run_all.sh, or set MINISTACK to its path")
    program = os.path.abspath(found)
    port = free_port()
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "LANG": "C.UTF-8",
                   "BIND_HOST": "127.0.0.1", "AUTH": str(auth).lower(), "GATEWAY_PORT": str(port)}
    with subprocess.Popen([program], env=environment, cwd=folder, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(port, server, program)
            yield Ministack(port, account)
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, server, program):
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise Unusable(f"{program} did not begin to serve")


class Gate:
    """The endpoint that the functions are given; a context manager.

    `checks` may be set: it gets what has passed, and may have an answer in the sandbox's place.
    So may `restated`: the request by which ministack is to judge one; and `refusal`: its verdict on
    that, as an answer to the one that was made.
    """

    def __init__(self, judge, answers):
        self.judge, self.checks = judge, lambda _request: None
        self.restated = lambda request: request
        self.refusal = lambda _request, verdict: verdict
        self.asked = set()  # the actions that were not asked for by the function
        self.refused = []  # the actions that ministack refused, in order
        self.broken = []  # what shows that it judged credentials, not policies
        self.passed = 0
        self._answers = answers
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_exception):
        self._server.shutdown()
        self._server.server_close()

    def decide(self, request):
        """The answer to a request."""
        asked = self.restated(request)
        verdict, passed = self._judged(asked)
        if passed:
            return self.checks(request) or _sent(self._answers, request)
        return verdict if asked is request else self.refusal(request, verdict)

    def ask(self, action, request):
        """ministack's answer to what is not for the sandbox, and the reason if that is a refusal."""
        self.asked.add(action)
        (_status, _headers, body), passed = self._judged(request)
        found = REFUSAL.search(body)
        return body, "" if passed else (found[0] if found else body).decode()

    def _judged(self, request):
        verdict = _sent(self.judge, request)
        body = verdict[2]
        if found := REFUSAL.search(body):
            action = found[1].decode()
            self.refused.append(OF_UNKNOWN_SERVICE.get(action, action))
        elif found := BROKEN.search(body):
            self.broken.append(found[0].decode())
        else:
            self.passed += 1
        return verdict, not found


def _sent(endpoint, request):
    """Status, headers and body of the answer to a request that is sent on as it came."""
    method, path, headers, body = request
    connection = http.client.HTTPConnection(urlsplit(endpoint).netloc, timeout=60)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            if name.lower() != "connection":
                connection.putheader(name, value)
        connection.putheader("Connection", "close")
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.getheaders(), answer.read()
    finally:
        connection.close()


def _handler_for(gate):
    class Handler(BaseHTTPRequestHandler):
        """One request of a function."""

        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def _answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = (self.command, self.path, self.headers.items(), body)
            status, headers, body = gate.decide(request)
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815

        def log_message(self, *_arguments):
            pass  # the gate's lists are the record

    return Handler
