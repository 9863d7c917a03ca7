#!/usr/bin/env python3
"""Tests of runtime_api.py with small functions in Python."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from account import MOMENT, scenario_of_today
from runtime_api import FunctionFailed, LambdaProcess

# Echoes the event with the invocation's headers; fails on {"fail": …}, ends on {"end": …}.
FUNCTION = """
import json, os, sys, urllib.request
root = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime"
if os.environ["AWS_LAMBDA_FUNCTION_NAME"] == "cannot-start":
    body = json.dumps({"errorType": "no-start", "errorMessage": "m"}).encode()
    urllib.request.urlopen(urllib.request.Request(f"{root}/init/error", body)).read()
    sys.exit(1)
while True:
    with urllib.request.urlopen(f"{root}/invocation/next") as answer:
        event, headers = json.load(answer), dict(answer.headers)
    if "end" in event:
        sys.exit(event["end"])
    request_id, kind, body = headers["Lambda-Runtime-Aws-Request-Id"], "response", [event, headers]
    if "fail" in event:
        kind, body = "error", {"errorType": event["fail"], "errorMessage": "m"}
    data = iter([json.dumps(body).encode()]) if "chunked" in event else json.dumps(body).encode()
    post = urllib.request.Request(f"{root}/invocation/{request_id}/{kind}", data)
    post.add_header("Lambda-Runtime-Function-Error-Type", event.get("fail", ""))
    urllib.request.urlopen(post).read()
"""


class RuntimeApiTest(unittest.TestCase):
    """The stub against functions that answer, fail, end and cannot start."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "function.py").write_text(FUNCTION, encoding="utf-8")
        self.command = [sys.executable, self.folder / "function.py"]

    def function(self, name="echo"):
        return LambdaProcess(self.command, name, "http://127.0.0.1:1", log=subprocess.DEVNULL)

    def test_events_are_answered_one_by_one_with_their_headers(self):
        with self.function() as function:
            first, second = (function.invoke({"number": number}) for number in (1, 2))
            self.assertGreater(function.init_seconds, 0)
        self.assertEqual([one.payload[0]["number"] for one in (first, second)], [1, 2])
        headers = first.payload[1]
        self.assertEqual(headers["Lambda-Runtime-Aws-Request-Id"], first.request_id)
        self.assertEqual(headers["Lambda-Runtime-Invoked-Function-Arn"],
                         "arn:aws:lambda:us-east-1:111122223333:function:echo")
        self.assertGreater(int(headers["Lambda-Runtime-Deadline-Ms"]), 1_700_000_000_000)
        self.assertTrue(headers["Lambda-Runtime-Trace-Id"].startswith("Root=1-"))
        self.assertNotEqual(first.request_id, second.request_id)
        self.assertGreater(first.seconds, 0)

    def test_an_error_is_kept_with_its_type(self):
        with self.function() as function:
            failed = function.invoke({"fail": "bad-parameter"})
        self.assertEqual([failed.outcome, failed.payload["errorType"], failed.error_type_header],
                         ["error", "bad-parameter", "bad-parameter"])

    def test_a_chunked_answer_is_read(self):
        with self.function() as function:
            self.assertEqual(function.invoke({"chunked": 1}).payload[0], {"chunked": 1})

    def test_a_function_that_ends_is_a_failure(self):
        with self.function() as function, self.assertRaisesRegex(FunctionFailed, "code 7"):
            function.invoke({"end": 7})

    def test_a_function_that_cannot_start_is_a_failure(self):
        with self.assertRaisesRegex(FunctionFailed, "no-start"), self.function("cannot-start"):
            self.fail("it started")

    def test_an_executable_that_is_not_there_is_a_failure(self):
        self.command = [self.folder / "nothing"]
        with self.assertRaisesRegex(FunctionFailed, "cannot be started"), self.function():
            self.fail("it started")

    def test_peak_memory_is_read(self):
        with self.function() as function:
            function.invoke({})
            function.settled()
            peak = function.peak_kib()
        if Path("/proc/self/status").exists():
            self.assertGreater(peak, 1000)

    def test_the_command_line_prints_a_line_for_each_invocation(self):
        event = self.folder / "event.json"
        event.write_text('{"fail": "x"}', encoding="utf-8")
        script = Path(__file__).with_name("runtime_api.py")
        done = subprocess.run(
            [sys.executable, script, "--event", event, "--count", "2", "--", *self.command],
            capture_output=True, text=True, timeout=60,
        )
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([done.returncode, [line["outcome"] for line in lines]],
                         [2, ["error", "error"]])


class ScenarioTest(unittest.TestCase):
    """Scenarios moved to today."""

    def test_all_moments_keep_their_distance_to_now(self):
        case = scenario_of_today("stopped-trail")
        file = Path(__file__).with_name("scenarios") / "stopped-trail.json"
        before = MOMENT.findall(file.read_text(encoding="utf-8"))
        after = MOMENT.findall(json.dumps(case))
        self.assertEqual(len(before), len(after))
        self.assertFalse(set(before) & set(after))
        record = case["world"]["cloudtrail"]["us-east-1"]["LookupEvents"]["Events"][0]
        status = next(iter(case["world"]["cloudtrail"]["us-east-1"]["GetTrailStatus"].values()))
        self.assertEqual(record["EventTime"], status["StopLoggingTime"])
        self.assertEqual(json.loads(case["event"]["invokingEvent"])["messageType"],
                         "ScheduledNotification")


if __name__ == "__main__":
    unittest.main()
