#!/usr/bin/env python3
"""A stub of the Lambda Runtime API on loopback, and functions run under it.

As a module: RuntimeApi serves invocations one by one and keeps their outcomes, LambdaProcess
starts a custom-runtime executable under it.

From the command line it runs one executable over events and prints one JSON line for each:

    runtime_api.py --event event.json [--event FILE]... [--count N] -- path/to/bootstrap

Exit code: 0 all answered, 2 some invocation ended in an error, 1 the function could not be run.
"""

import argparse
import json
import os
import queue
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = "/2018-06-01/runtime"
ACCOUNT = "111122223333"
REGION = "us-east-1"
LOG_STREAM = "2026/03/02/[$LATEST]example"


class FunctionFailed(Exception):
    """The function ended, could not start or did not answer in time."""


@dataclass
class Invocation:
    """One event and what became of it. Times are time.perf_counter seconds."""

    event: object
    timeout: float
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    outcome: str = ""  # "response" or "error"
    payload: object = None
    error_type_header: str = ""
    handed_out: float = 0.0
    answered: float = 0.0
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def seconds(self):
        """From handing out the event to the answer."""
        return self.answered - self.handed_out

    def summary(self):
        """The invocation as a JSON-able object."""
        found = {
            "requestId": self.request_id,
            "outcome": self.outcome,
            "milliseconds": round(self.seconds * 1000, 3),
            "payload": self.payload,
        }
        if self.error_type_header:
            found["errorTypeHeader"] = self.error_type_header
        return found


class RuntimeApi:
    """The API's server; a context manager. One function at a time may ask it for work."""

    def __init__(self, function, account=ACCOUNT, region=REGION):
        self.function_arn = f"arn:aws:lambda:{region}:{account}:function:{function}"
        self.asked = []  # times at which the function asked for the next invocation
        self.init_error = None
        self._waiting = queue.Queue()
        self._given = {}
        self._changed = threading.Condition()
        self._server = _Server(("127.0.0.1", 0), _handler_for(self))
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    @property
    def address(self):
        """The value of AWS_LAMBDA_RUNTIME_API."""
        host, port = self._server.server_address[:2]
        return f"{host}:{port}"

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_exception):
        self._waiting.put(None)
        self._server.shutdown()
        self._server.server_close()

    def offer(self, event, timeout=60.0):
        """Queues an event; the invocation can be waited for with its `done`."""
        invocation = Invocation(event, timeout)
        self._waiting.put(invocation)
        return invocation

    def wait_until_asked(self, times, timeout, alive=lambda: True):
        """Waits until /next was asked `times` times in all; False if that does not come to be."""
        until = time.monotonic() + timeout
        with self._changed:
            while len(self.asked) < times:
                left = until - time.monotonic()
                if left <= 0 or not alive() or self.init_error is not None:
                    return False
                self._changed.wait(min(left, 0.1))
        return True

    def next_invocation(self):
        """Notes that the function asks, and gives it the next event; none at the end."""
        with self._changed:
            self.asked.append(time.perf_counter())
            self._changed.notify_all()
        return self._waiting.get()

    def hand_out(self, invocation):
        """Notes that the invocation is the function's now."""
        self._given[invocation.request_id] = invocation
        invocation.handed_out = time.perf_counter()

    def settle(self, request_id, outcome, body, error_type_header):
        """Takes the function's answer; False for an id that is unknown or already answered."""
        at = time.perf_counter()
        invocation = self._given.pop(request_id, None)
        if invocation is None:
            return False
        invocation.answered = at
        invocation.outcome = outcome
        invocation.payload = _decoded(body)
        invocation.error_type_header = error_type_header
        invocation.done.set()
        return True

    def fail_init(self, body):
        """Notes that the function could not start."""
        with self._changed:
            self.init_error = _decoded(body)
            self._changed.notify_all()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        # A function that is ended drops its connections; anything else is worth a trace.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def _decoded(body):
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")


def _handler_for(api):
    class Handler(BaseHTTPRequestHandler):
        """One request of the function."""

        protocol_version = "HTTP/1.1"
        # Head and body in one segment, at once: otherwise delayed acknowledgements cost 40 ms.
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_GET(self):
            if self.path != f"{ROOT}/invocation/next":
                self._reply(404, {}, b"{}")
                return
            invocation = api.next_invocation()
            if invocation is None:
                self.close_connection = True
                return
            body = json.dumps(invocation.event).encode()
            headers = {
                "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
                "Lambda-Runtime-Deadline-Ms": str(
                    int((time.time() + invocation.timeout) * 1000)
                ),
                "Lambda-Runtime-Invoked-Function-Arn": api.function_arn,
                "Lambda-Runtime-Trace-Id": _trace_id(),
            }
            api.hand_out(invocation)
            self._reply(200, headers, body)

        def do_POST(self):
            body = self._body()
            parts = self.path.removeprefix(f"{ROOT}/").split("/")
            if parts == ["init", "error"]:
                api.fail_init(body)
                self._reply(202, {}, b'{"status":"OK"}')
                return
            if len(parts) == 3 and parts[0] == "invocation" and parts[2] in ("response", "error"):
                kind = self.headers.get("Lambda-Runtime-Function-Error-Type", "")
                known = api.settle(parts[1], parts[2], body, kind)
                if known:
                    self._reply(202, {}, b'{"status":"OK"}')
                else:
                    refusal = {"errorType": "InvalidRequestID", "errorMessage": parts[1]}
                    self._reply(400, {}, json.dumps(refusal).encode())
                return
            self._reply(404, {}, b"{}")

        def _body(self):
            if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length", "0")))
            whole = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                whole += self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass  # trailers
            return whole

        def _reply(self, status, headers, body):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments):
            pass  # the outcomes are the record

    return Handler


def _trace_id():
    random = uuid.uuid4().hex
    return f"Root=1-{int(time.time()):08x}-{random[:24]};Parent={random[:16]};Sampled=0"


def client_environment(endpoint, region=REGION):
    """Example credentials, and nothing of this machine's AWS set-up."""
    variables = {
        "PATH": os.environ.get("PATH", ""),
        "LANG": "C.UTF-8",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    if endpoint:
        variables["AWS_ENDPOINT_URL"] = endpoint
    return variables


# Where distributions keep all root certificates in one file; the first is Amazon Linux's.
BUNDLES = ("/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt")


def lambda_environment(api, function):
    """The variables that Lambda sets besides, and the one that the template sets."""
    bundle = next((name for name in BUNDLES if os.path.exists(name)), None)
    return ({"SSL_CERT_FILE": bundle} if bundle else {}) | {
        "TZ": ":UTC",
        "AWS_LAMBDA_RUNTIME_API": api.address,
        "AWS_LAMBDA_FUNCTION_NAME": function,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function}",
        "AWS_LAMBDA_LOG_STREAM_NAME": LOG_STREAM,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    }


class LambdaProcess:
    """A function's process under a RuntimeApi; a context manager that ends both."""

    def __init__(self, command, function, endpoint, *, region=REGION, account=ACCOUNT,
                 environment=None, log=subprocess.DEVNULL, start_timeout=60.0):
        """`environment`: what the function gets besides the runtime's own variables."""
        self.api = RuntimeApi(function, account, region)
        self._command = [str(part) for part in command]
        given = client_environment(endpoint, region) if environment is None else environment
        self._environment = lambda_environment(self.api, function) | given
        self._log = log
        self._start_timeout = start_timeout
        self._process = None
        self._invoked = 0
        self.init_seconds = 0.0

    def __enter__(self):
        self.api.__enter__()
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start(self):
        began = time.perf_counter()
        try:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdin=subprocess.DEVNULL,
                stdout=self._log, stderr=subprocess.STDOUT,
            )
        except OSError as error:
            raise FunctionFailed(f"{self._command[0]} cannot be started: {error}") from error
        if not self.api.wait_until_asked(1, self._start_timeout, self._alive):
            raise FunctionFailed(f"{self._command[0]} never asked for work: {self._state()}")
        self.init_seconds = self.api.asked[0] - began

    def invoke(self, event, timeout=60.0):
        """Hands the event to the function and waits for the answer."""
        self._invoked += 1
        invocation = self.api.offer(event, timeout)
        until = time.monotonic() + timeout
        while not invocation.done.wait(0.1):
            if not self._alive() or time.monotonic() > until:
                raise FunctionFailed(f"{self._command[0]} gave no answer: {self._state()}")
        return invocation

    def settled(self):
        """Waits until the function asks for more work than there is, so that it is at rest."""
        self.api.wait_until_asked(self._invoked + 1, 10.0, self._alive)

    def peak_kib(self):
        """The most memory that was resident, in KiB (VmHWM); none where the system does not say."""
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="utf-8")
        except OSError:
            return None
        lines = (line.split() for line in status.splitlines())
        return next((int(words[1]) for words in lines if words and words[0] == "VmHWM:"), None)

    def _alive(self):
        return self._process.poll() is None

    def _state(self):
        if self.api.init_error is not None:
            return f"it reported {self.api.init_error}"
        code = self._process.poll()
        return "its time was up" if code is None else f"it ended with code {code}"

    def __exit__(self, *_exception):
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self.api.__exit__()


def main():
    """Runs the command line."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--event", action="append", required=True, type=Path, metavar="FILE",
                         help="a JSON file with what the function receives; repeatable")
    options.add_argument("--count", type=int, default=1, help="how often to hand out all events")
    options.add_argument("--function", default="trailkeeper-function")
    options.add_argument("--account", default=ACCOUNT)
    options.add_argument("--region", default=REGION)
    options.add_argument("--endpoint-url", default=os.environ.get("AWS_ENDPOINT_URL"))
    options.add_argument("--timeout", type=float, default=60.0, help="seconds for an invocation")
    options.add_argument("command", nargs="+", help="the executable and its arguments, after --")
    given = options.parse_args()
    events = [json.loads(path.read_text(encoding="utf-8")) for path in given.event]
    outcomes = set()
    try:
        with LambdaProcess(given.command, given.function, given.endpoint_url,
                           account=given.account, region=given.region, log=sys.stderr) as function:
            for event in events * given.count:
                invocation = function.invoke(event, given.timeout)
                outcomes.add(invocation.outcome)
                print(json.dumps(invocation.summary()), flush=True)
    except FunctionFailed as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    return 2 if "error" in outcomes else 0


if __name__ == "__main__":
    sys.exit(main())
