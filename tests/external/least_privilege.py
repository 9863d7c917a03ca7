#!/usr/bin/env python3
"""The checks of least_privilege.sh: the functions under the template's own role policies."""

import argparse
import copy
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from account import ROOT, Unusable, binary, sandbox
from ministack import Gate, ministack
from real_binaries import RULE, Checks, shortened
from runtime_api import FunctionFailed, LambdaProcess, client_environment
from situations import ACCOUNT, FULL, FUNCTIONS, REGION, ROLES, situations

RUNBOOK = ROOT / "runbooks" / "restore-cloudtrail.yaml"
AT_ONCE = 4  # the remediator mostly waits for CloudTrail's pace
# An operation that IAM calls by another name.
ACTIONS = {"s3:ListBuckets": "s3:ListAllMyBuckets", "lambda:Invoke": "lambda:InvokeFunction"}
LAMBDA = "Lambda itself uses it, not the function; ministack was not asked"
CHECKED = "CloudTrail checks it of its caller; ministack does not"
TOLD = {
    "named": "the answer names it as denied", "differs": "the answer is another",
    "same": "THE ANSWER IS THE SAME", "FAILED": "and the answer tells it",
}
NOT_SHOWN = {
    "Log": LAMBDA, "KeepDeadLetters": LAMBDA, "EncryptDeadLetters": LAMBDA,
    "PassLogGroupRole": CHECKED, "MakeOrganizationTrail": CHECKED,
}


def event_of(situation):
    """What AWS Config or the runbook sends for the stack's rule."""
    if situation.function == "evaluator":
        rule = situation.stack.resource("TrailRule")
        return situation.case["event"] | {
            "ruleParameters": json.dumps(rule["InputParameters"]),
            "configRuleName": RULE, "resultToken": "least-privilege"}
    parameters = situation.stack.resource("TrailRemediation")["Parameters"]
    values = {name: one["StaticValue"]["Values"] for name, one in parameters.items()}
    # The role of the test is assumed already.
    payload = {name: given if name == "InsightTypes" else given[0]
               for name, given in values.items() if name != "AutomationAssumeRole"}
    if situation.function == "automation":
        return payload
    del payload["RemediatorFunctionName"]
    return payload | {"Mode": "Apply", "executionId": "11111111-2222-3333-4444-555555555555"}


def session_variables(credentials):
    """A role's credentials as variables."""
    return {"AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
            "AWS_SESSION_TOKEN": credentials["SessionToken"]}


def environment_of(situation, credentials, endpoint):
    """What the template's function gets from Lambda, and the endpoint; nothing else."""
    function = situation.stack.resource(FUNCTIONS[situation.function])
    logging = function["LoggingConfig"]
    return {
        **session_variables(credentials), "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION,
        "AWS_LAMBDA_FUNCTION_NAME": function["FunctionName"],
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function["MemorySize"]),
        "AWS_LAMBDA_LOG_GROUP_NAME": logging["LogGroup"],
        "AWS_LAMBDA_LOG_FORMAT": logging["LogFormat"].upper(),
        "AWS_LAMBDA_LOG_LEVEL": logging["ApplicationLogLevel"],
        "_HANDLER": function["Handler"], "LAMBDA_TASK_ROOT": "/var/task",
        "LAMBDA_RUNTIME_DIR": "/var/runtime", "LANG": "en_US.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
        "AWS_ENDPOINT_URL": endpoint,
        **function.get("Environment", {}).get("Variables", {}),
    }


class Runs:
    """Runs situations, each in an account of its own, under given policies."""

    def __init__(self, judge, log):
        self._judge, self._log = judge, log
        self._paths = {name: binary(name.upper(), f"release/{name}") for name in FUNCTIONS}
        self._paths["automation"] = binary("TRAILKEEPER", "debug/trailkeeper")
        self._numbers = itertools.count(1)

    def __call__(self, situation, policies, **others):
        """The answer, the gate and the sandbox's calls. Each run has a role of its own."""
        name = situation.function
        role = f"trailkeeper-{name}-{next(self._numbers)}"
        credentials = self._judge.make_role(role, policies) | others
        run = self._runbook if name == "automation" else self._function
        case, event = copy.deepcopy(situation.case), event_of(situation)
        if name == "remediator":
            case["event"] = {}
        elif name == "evaluator":
            case["event"] = event
        with sandbox(case) as account, Gate(self._judge.endpoint, account.endpoint) as gate:
            told = run(situation, event, credentials, gate.endpoint)
            return json.dumps(told, separators=(",", ":")), gate, account.calls()

    def _function(self, situation, event, credentials, endpoint):
        """What the function answers."""
        name = situation.function
        timeout = situation.stack.resource(FUNCTIONS[name])["Timeout"]
        environment = environment_of(situation, credentials, endpoint)
        with LambdaProcess([self._paths[name]], f"trailkeeper-{name}", None, region=REGION,
                           account=ACCOUNT, environment=environment, log=self._log) as function:
            return function.invoke(event, timeout).payload

    def _runbook(self, _situation, parameters, credentials, endpoint):
        """How the runbook ends that `trailkeeper runbook run` runs in SSM's place."""
        given = [f"--param={name}={value if isinstance(value, str) else json.dumps(value)}"
                 for name, value in parameters.items()]
        done = subprocess.run(
            [self._paths["automation"], "runbook", "run", RUNBOOK, *given,
             "--endpoint-url", endpoint, "--format", "json", "--yes"],
            env=client_environment(None, REGION) | session_variables(credentials),
            capture_output=True, text=True, timeout=300,
        )
        try:
            return json.loads(done.stdout)
        except ValueError:
            return done.stdout + done.stderr


def policies_of(situation):
    """The function's policies in the stack."""
    return situation.stack.resource(ROLES[situation.function])["Policies"]


def allowed(policies):
    """Sid and action of everything that is allowed."""
    return [(statement["Sid"], action)
            for policy in policies for statement in policy["PolicyDocument"]["Statement"]
            if statement["Effect"] == "Allow" for action in listed(statement["Action"])]


def listed(value):
    """A list, where IAM also takes a single text."""
    return [value] if isinstance(value, str) else value


def without(policies, sid, action):
    """The policies less one action of one statement."""
    less = copy.deepcopy(policies)
    for policy in less:
        document = policy["PolicyDocument"]
        for statement in document["Statement"]:
            if statement["Sid"] == sid:
                statement["Action"] = [one for one in listed(statement["Action"]) if one != action]
        document["Statement"] = [one for one in document["Statement"] if one["Action"]]
    return less


def check_whole(check, runs, all_situations):
    """Under the whole policies the functions do their work and are refused nothing."""
    def run(situation):
        return runs(situation, policies_of(situation))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for situation, (answer, gate, calls) in zip(all_situations, pool.map(run, all_situations)):
            situation.answer = answer
            operations = (f"{call['service']}:{call['operation']}" for call in calls)
            situation.calls = {ACTIONS.get(operation, operation) for operation in operations}
            check.that(situation.wanted in answer and not gate.refused and not gate.broken,
                       f"{situation.function}, {situation.name}: {situation.wanted}; "
                       f"ministack let all {gate.passed} calls pass",
                       f"{answer}; refused {gate.refused}; broken {gate.broken}")


def check_signatures(check, runs, situation):
    """What carries a wrong signature does not get past ministack."""
    _answer, gate, calls = runs(situation, policies_of(situation), SecretAccessKey="wrong")
    check.that(gate.broken and not gate.passed and not calls,
               "with a wrong secret ministack lets no call pass", [gate.broken, gate.passed])


def check_log(check, log):
    """With the template's variables the functions log what its metric filter looks for."""
    log.seek(0)
    lines = log.read().splitlines()
    try:
        entries = [json.loads(line) for line in lines]
    except ValueError:
        entries = []
    check.that(entries, "LogFormat JSON: every line of the functions' logs is JSON", lines[:5])
    found = [one for one in entries
             if one.get("message") == "evaluated" and "NON_COMPLIANT" in str(one.get("verdict"))]
    check.that(found, "ApplicationLogLevel INFO: evaluated, with the verdict, is logged", lines[:5])
    levels = sorted({one.get("level", "") for one in entries})
    check.that(set(levels) <= {"INFO", "WARN", "ERROR"}, "… and nothing below INFO", levels)


def lasting(answer):
    """An answer without what differs from run to run: times, ids and the role's number."""
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
                  r"|trailkeeper-(evaluator|remediator)-\d+", "…", answer)


def remove(runs, situations_, sid, action):
    """Removes one action in the first situation where that tells; verdict, situation, answer."""
    seen = ("FAILED", "-", "no situation makes the call")
    for situation in situations_:
        policies = policies_of(situation)
        if action not in situation.calls or (sid, action) not in allowed(policies):
            continue
        answer, gate, _calls = runs(situation, without(policies, sid, action))
        if gate.broken or set(gate.refused) != {action}:
            seen = ("FAILED", situation.name, f"refused {gate.refused}; broken {gate.broken}")
            continue
        if lasting(answer) == lasting(situation.answer):
            seen = ("same", situation.name, answer)
            continue
        called = {permission: operation for operation, permission in ACTIONS.items()}.get(action, action)
        named = re.search(rf"{called}[^;]{{0,400}}AccessDenied|AccessDenied[^;]{{0,400}}{action}", answer)
        return "named" if named else "differs", situation.name, answer
    return seen


def check_removals(check, runs, all_situations, role, verbose):
    """Each allowed action, removed, makes a call fail; or it is on the list of those not shown."""
    own = [one for one in all_situations if one.function == role]
    stacks = [*{id(one.stack): one.stack for one in own}.values(), FULL]
    every = sorted({pair for one in stacks for pair in allowed(one.resource(ROLES[role])["Policies"])})
    wanted = [pair for pair in every if pair[0] not in NOT_SHOWN]
    rows = [(role, sid, action, "not shown", NOT_SHOWN[sid])
            for sid, action in every if sid in NOT_SHOWN]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = pool.map(lambda pair: remove(runs, own, *pair), wanted)
        for (sid, action), (verdict, name, seen) in zip(wanted, results):
            check.that(verdict != "FAILED", f"{role} without {action} ({sid}): a call is refused, "
                       f"{TOLD[verdict]} ({name})", seen)
            if verbose:
                print("     ", shortened(seen), flush=True)
            shown = {"FAILED": "FAILED", "same": "no effect"}.get(verdict, "shown")
            text = seen if verdict == "FAILED" else TOLD[verdict]
            rows.append((role, sid, action, shown, f"{name}: {text}"))
    return sorted(rows)


def print_environment(all_situations):
    """Says what is run, and with which variables."""
    for variable in ("EVALUATOR", "REMEDIATOR"):
        path = Path(os.environ.get(variable) or ROOT / "target" / "release" / variable.lower())
        print(f"{variable.lower()}: {path.name}, {path.stat().st_size:,} bytes", flush=True)
    for role in FUNCTIONS:
        situation = next(one for one in all_situations if one.function == role)
        own = situation.stack.resource(FUNCTIONS[role]).get("Environment", {}).get("Variables", {})
        print(f"{role}: runs with the template's variables {list(own)}, those that Lambda sets for "
              "its properties, and AWS_ENDPOINT_URL", flush=True)


def report(rows):
    """The table of what is shown and what is not."""
    print()
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        print("  ".join([*(text.ljust(width) for text, width in zip(row, widths)), row[4]]))
    counts = {kind: sum(row[3] == kind for row in rows) for kind in ("shown", "no effect", "not shown", "FAILED")}
    print("\n" + ", ".join(f"{count} {kind}" for kind, count in counts.items()))


def main():
    """Runs the checks; on a failure the functions' log lines follow."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--verbose", action="store_true", help="print the functions' answers")
    verbose = options.parse_args().verbose
    check, rows = Checks(), []
    with tempfile.TemporaryFile("w+", encoding="utf-8") as log, \
            tempfile.TemporaryDirectory() as folder:
        try:
            with ministack(ACCOUNT, folder) as judge:
                runs, all_situations = Runs(judge, log), situations()
                print_environment(all_situations)
                check_whole(check, runs, all_situations)
                check_log(check, log)
                check_signatures(check, runs, all_situations[0])
                for role in ROLES:
                    rows += check_removals(check, runs, all_situations, role, verbose)
        except (Unusable, FunctionFailed) as problem:
            check.that(False, "the run came to its end", str(problem))
        if check.failed:
            log.seek(0)
            print("--- log lines of the functions ---", log.read()[-20000:], sep="\n", file=sys.stderr)
    if rows:
        report(rows)
    print(f"{check.passed} ok, {check.failed} failed")
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main())
