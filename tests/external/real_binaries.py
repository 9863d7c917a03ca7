#!/usr/bin/env python3
"""The checks of real_binaries.sh: what the functions do, and what the AWS CLI then sees."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from datetime import timedelta

from account import SCENARIOS, Unusable, binary, sandbox, scenario_of_today
from runtime_api import FunctionFailed, LambdaProcess, client_environment

RULE = "cloudtrail-enabled"
RESULT_KEYS = {
    "outcome", "trailArn", "trailRegion", "actor", "gapStart", "gapEnd",
    "changes", "steps", "notes", "remaining",
}
FLAGS = ["IsMultiRegionTrail", "IncludeGlobalServiceEvents", "LogFileValidationEnabled"]


class Checks:
    """Prints one line a check and counts the failures."""

    def __init__(self):
        self.failed = 0
        self.passed = 0

    def that(self, is_so, what, seen):
        """Notes a check; `seen` is shown where it failed."""
        if is_so:
            self.passed += 1
            print(f"ok   {what}", flush=True)
        else:
            self.failed += 1
            print(f"FAIL {what}: saw {shortened(seen)}", flush=True)

    def same(self, seen, wanted, what):
        """Notes whether two values are equal."""
        self.that(seen == wanted, what, seen)


def shortened(value):
    """A value as one line."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    text = text.replace("\n", "\\n")
    return text if len(text) <= 1500 else text[:1500] + "…"


class AwsCli:
    """The AWS CLI with the sandbox as its endpoint."""

    def __init__(self, account):
        program = os.environ.get("AWS_CLI", "aws")
        self._program = [program, "--output", "json", "--region", account.region]
        self._environment = client_environment(account.endpoint, account.region) | {"AWS_PAGER": ""}

    @contextmanager
    def variables(self, **more):
        """Other variables of the environment until the block ends."""
        before = self._environment
        self._environment = before | more
        try:
            yield
        finally:
            self._environment = before

    def __call__(self, *arguments):
        done = subprocess.run(
            [*self._program, *arguments],
            env=self._environment, capture_output=True, text=True, timeout=120,
        )
        if done.returncode != 0:
            return {"failed": f"aws {' '.join(arguments)}: {done.stderr.strip()}"}
        return json.loads(done.stdout) if done.stdout.strip() else {}


class Functions:
    """Runs a built function on one event, in a process of its own, as a cold start does."""

    def __init__(self, account, log):
        self._account = account
        self._log = log
        self._paths = {
            "evaluator": binary("EVALUATOR", "release/evaluator"),
            "remediator": binary("REMEDIATOR", "release/remediator"),
        }

    def __call__(self, name, event):
        account = self._account
        with LambdaProcess([self._paths[name]], f"trailkeeper-{name}", account.endpoint,
                           region=account.region, account=account.account_id,
                           log=self._log) as function:
            return function.invoke(event)


def writes(account, service=None):
    """The writing operations among the calls made so far."""
    return [
        f"{call['service']}:{call['operation']}"
        for call in account.calls()
        if call["write"] and service in (None, call["service"])
    ]


def check_verdict(check, functions, aws, case):
    """The evaluator reports a stopped trail, and the AWS CLI reads the report."""
    told = functions("evaluator", case["event"])
    check.same(told.outcome, "response", "the evaluator answers a scheduled event")
    submitted = told.payload.get("submitted") if isinstance(told.payload, dict) else told.payload
    check.same(submitted, "accepted", "AWS Config accepts its report")

    details = aws("configservice", "get-compliance-details-by-config-rule",
                  "--config-rule-name", RULE)
    results = details.get("EvaluationResults", [])
    check.same(len(results), 1, "aws configservice shows one result of the rule")
    result = results[0] if results else {}
    check.same(result.get("ComplianceType"), "NON_COMPLIANT", "the account is NON_COMPLIANT")
    annotation = result.get("Annotation", "")
    check.that(annotation.startswith("trail-not-logging: org-audit"),
               "the annotation begins with trail-not-logging and the trail", annotation or details)
    qualifier = result.get("EvaluationResultIdentifier", {}).get("EvaluationResultQualifier", {})
    check.same([qualifier.get("ResourceType"), qualifier.get("ResourceId")],
               ["AWS::::Account", case["self"]["accountId"]], "the result is about the account")

    again = functions("evaluator", case["event"])
    kind = again.payload.get("errorType") if isinstance(again.payload, dict) else None
    check.same([again.outcome, kind], ["error", "result-token-refused"],
               "a result token that is used up makes an error, not silence")


def check_bad_payload(check, functions, account, payload):
    """A payload that cannot be used is refused before any call."""
    account.forget_calls()
    bad = payload | {"IsMultiRegionTrail": "perhaps"}
    told = functions("remediator", bad)
    error = told.payload if isinstance(told.payload, dict) else {}
    check.same([told.outcome, error.get("errorType")], ["error", "bad-parameter"],
               "the remediator refuses a bad payload as bad-parameter")
    message = error.get("errorMessage", "")
    check.that("IsMultiRegionTrail" in message.split("\n")[0], "the message names the parameter",
               message or told.payload)
    check.that(second_line(message).keys() == RESULT_KEYS, "its second line is the result as JSON",
               message)
    check.same(account.calls(), [], "it made no call")
    unknown = functions("remediator", payload | {"CloudTrailBucket": "x"})
    kind = unknown.payload.get("errorType") if isinstance(unknown.payload, dict) else None
    check.same(kind, "bad-parameter", "an unknown parameter is refused too")


def second_line(message):
    """The JSON on the second line of an error message; empty where there is none."""
    try:
        return json.loads(message.split("\n")[1])
    except (IndexError, ValueError):
        return {}


def check_repair(check, functions, account, aws, payload):
    """The remediator repairs the trail, and the AWS CLI sees it."""
    account.forget_calls()
    told = functions("remediator", payload)
    result = told.payload if isinstance(told.payload, dict) else {}
    check.that(result.get("outcome") == "repaired", "the remediator repairs the trail", told.payload)
    check.that(result.keys() == RESULT_KEYS and None not in result.values(),
               "its result has every key and no null", result)
    actor = result.get("actor")
    check.that(actor == "" or (actor and "mallory" in actor and "long-term" in actor),
               "it names who stopped the trail, or says that it does not know", actor)
    check.that(is_gap(result), "it says from when to when events are missing",
               [result.get("gapStart"), result.get("gapEnd")])
    done = writes(account, "cloudtrail")
    check.that("StopLogging" not in " ".join(done) and "cloudtrail:StartLogging" in done,
               "StartLogging is among its writes, StopLogging is not", done)

    status = aws("cloudtrail", "get-trail-status", "--name", payload["CloudTrailName"])
    check.same(status.get("IsLogging"), True, "aws cloudtrail get-trail-status: IsLogging is true")
    described = aws("cloudtrail", "describe-trails")
    trail = next(iter(described.get("trailList", [])), {})
    check.same({flag: trail.get(flag) for flag in FLAGS}, dict.fromkeys(FLAGS, True),
               f"aws cloudtrail describe-trails: {', '.join(FLAGS)} are true")
    check.same(trail.get("KmsKeyId"), payload["CloudTrailKmsKeyId"], "… and KmsKeyId is the key")
    insights = aws("cloudtrail", "get-insight-selectors", "--trail-name", payload["CloudTrailName"])
    kinds = sorted(one["InsightType"] for one in insights.get("InsightSelectors", []))
    check.same(kinds, ["ApiCallRateInsight", "ApiErrorRateInsight"],
               "aws cloudtrail get-insight-selectors: both kinds are on")


def is_gap(result):
    """Whether gapStart and gapEnd are times in this order, in UTC to the second or finer."""
    moments = [result.get("gapStart") or "", result.get("gapEnd") or ""]
    form = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
    return all(map(form.fullmatch, moments)) and moments[0] < moments[1]


def check_second_run(check, functions, account, payload):
    """A second run finds nothing to do."""
    account.forget_calls()
    told = functions("remediator", payload)
    outcome = told.payload.get("outcome") if isinstance(told.payload, dict) else None
    check.that(outcome == "already-healthy", "a second run finds the trail healthy", told.payload)
    check.same(writes(account), [], "it writes nothing, to CloudTrail or elsewhere")
    check.that(len(account.calls()) > 0, "it did look", account.calls())


def check_compliant(check, functions, account, aws, case):
    """After the next deliveries the rule, started through the AWS CLI, finds the account well."""
    account.advance(timedelta(minutes=90))
    account.forget_calls()
    started = aws("configservice", "start-config-rules-evaluation", "--config-rule-names", RULE)
    check.same(started, {}, "aws configservice start-config-rules-evaluation")
    details = aws("configservice", "get-compliance-details-by-config-rule",
                  "--config-rule-name", RULE)
    kinds = [result["ComplianceType"] for result in details.get("EvaluationResults", [])]
    check.that(kinds == ["COMPLIANT"], "the sandbox's own run of the rule: COMPLIANT", details)
    dry = functions("evaluator", case["event"] | {
        "invokingEvent": later(case["event"]["invokingEvent"], account),
        "resultToken": "TESTMODE",
    })
    verdicts = dry.payload.get("evaluations", []) if isinstance(dry.payload, dict) else []
    check.that([one["compliance"] for one in verdicts] == ["COMPLIANT"],
               "the built evaluator, in test mode: COMPLIANT", dry.payload)


def later(invoking_event, account):
    """The notification as of the account's clock, which the last call shows."""
    at = account.calls()[-1]["at"]
    moment = re.sub(r"(\.\d+)?Z$", ".000Z", at)
    return json.dumps(json.loads(invoking_event) | {"notificationCreationTime": moment})


def repair_payload(case):
    """What the runbook's step sends."""
    wanted = case["parameters"]
    return {
        "CloudTrailName": wanted["trailName"],
        "CloudTrailS3BucketName": wanted["s3BucketName"],
        "CloudTrailKmsKeyId": wanted["kmsKeyId"],
        "IsMultiRegionTrail": True,
        "IsOrganizationTrail": "true",
        "IncludeGlobalServiceEvents": "True",
        "EnableLogFileValidation": True,
        "InsightTypes": ["ApiCallRateInsight", "ApiErrorRateInsight"],
        "CloudTrailS3BucketOwner": "",
        "Mode": "Apply",
        "executionId": "11111111-2222-3333-4444-555555555555",
    }


def run(check, log):
    """All checks, in an account of their own."""
    case = scenario_of_today("stopped-trail")
    payload = repair_payload(case)
    with sandbox(case) as account:
        functions, aws = Functions(account, log), AwsCli(account)
        check_verdict(check, functions, aws, case)
        check_bad_payload(check, functions, account, payload)
        check_repair(check, functions, account, aws, payload)
        check_second_run(check, functions, account, payload)
        check_compliant(check, functions, account, aws, case)


def main():
    """Runs the checks; on a failure the functions' log lines follow."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    check = Checks()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as log:
        try:
            run(check, log)
        except (Unusable, FunctionFailed) as problem:
            check.that(False, "the run came to its end", str(problem))
        if check.failed:
            log.seek(0)
            print("--- log lines of the functions ---", log.read(), sep="\n", file=sys.stderr)
    print(f"{check.passed} ok, {check.failed} failed ({SCENARIOS.name}/stopped-trail.json)")
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main())
