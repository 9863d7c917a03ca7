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
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import instance_situations
from account import ROOT, Unusable, binary, sandbox
from ministack import Gate, ministack
from played import S3, Caller, CloudTrail, Ec2, Lambda, Sns, Ssm, first_of, refusal_for
from real_binaries import Checks, shortened
from runtime_api import BUNDLES, LOG_STREAM, FunctionFailed, LambdaProcess, client_environment
from situations import (
    ACCOUNT,
    FULL,
    FUNCTIONS,
    KEY,
    NOT_SHOWN,
    OPTIONS,
    REGION,
    ROLES,
    UNREADABLE,
    situations,
    with_rule,
)

RUNBOOKS = {"automation": "restore-cloudtrail", "attach": "attach-instance-profile",
            "detach": "detach-policy"}
AT_ONCE = 12  # remediator and runbooks mostly wait, for CloudTrail's pace and before retries
# An operation that IAM calls by another name.
ACTIONS = {
    "s3:ListBuckets": "s3:ListAllMyBuckets", "s3:ListObjectsV2": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject", "lambda:Invoke": "lambda:InvokeFunction",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:GetBucketNotificationConfiguration": "s3:GetBucketNotification",
    **{f"s3:{verb}{called}": f"s3:{verb}{permitted}" for verb in ("Get", "Put")
       for called, permitted in (
           ("BucketEncryption", "EncryptionConfiguration"),
           ("BucketLifecycleConfiguration", "LifecycleConfiguration"),
           ("PublicAccessBlock", "BucketPublicAccessBlock"))},
}


def event_of(situation):
    """What AWS Config or the runbook sends for the stack's rule, if the situation has nothing else."""
    if situation.event is not None:
        return situation.event
    if situation.function == "evaluator":
        return with_rule(situation.stack, situation.rule, situation.case)
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


def environment_of(situation, event, credentials, endpoint):
    """What the template's function gets from Lambda, and the endpoint; nothing else. The hash of a
    baseline is known only after the stack was rendered."""
    function = situation.stack.resource(FUNCTIONS[situation.function])
    logging = function["LoggingConfig"]
    variables = function.get("Environment", {}).get("Variables", {})
    if sha256 := event.get("BaselineSha256"):
        listed_ = variables["TRAILKEEPER_DESTINATIONS"].replace("0" * 64, sha256)
        variables |= {"TRAILKEEPER_DESTINATIONS": listed_}
    if "SSL_CERT_FILE" in variables:
        # This machine's, which may be elsewhere than Lambda's.
        variables["SSL_CERT_FILE"] = next(filter(os.path.exists, BUNDLES), variables["SSL_CERT_FILE"])
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
        **variables,
    }


@dataclass
class Run:
    """What came of a situation: the answer, and what the service around could not do."""

    answer: str
    lost: list
    gate: Gate
    calls: set


class Runs:
    """Runs situations, each in an account of its own, under given policies."""

    def __init__(self, judge, queue_url, log):
        self._judge, self._queue_url = judge, queue_url
        self._log, self._writing = log, Lock()
        self._paths = {name: binary(name.upper(), f"release/{name}") for name in FUNCTIONS}
        self._trailkeeper = binary("TRAILKEEPER", "debug/trailkeeper")
        self._numbers = itertools.count(1)

    def __call__(self, situation, policies, **others):
        """The run of a situation, with a role of its own; `others` replace parts of credentials."""
        name = situation.function
        role = self._judge.make_role(f"trailkeeper-{name}-{next(self._numbers)}", policies)
        role.override(**others)
        run = self._runbook if name in RUNBOOKS else self._function
        case, event = copy.deepcopy(situation.case), event_of(situation)
        if name == "remediator":
            case["event"] = {}
        elif name == "evaluator" and situation.event is None:
            case["event"] = event
        # Only the function under test answers events.
        with (sandbox(case, events="off") as account,
              Gate(self._judge.endpoint, account.endpoint) as gate):
            caller = Caller(role, gate, REGION, ACCOUNT)
            self._set_up(gate, caller, situation, case)
            if situation.before:
                event |= situation.before(account)
                account.forget_calls()
            told, lost = run(situation, event, caller)
            operations = (f"{call['service']}:{call['operation']}" for call in account.calls())
            calls = {ACTIONS.get(operation, operation) for operation in operations} | gate.asked
            return Run(json.dumps(told, separators=(",", ":")), lost, gate, calls)

    @staticmethod
    def _set_up(gate, caller, situation, case):
        """What AWS services ask besides, and what ministack has to be told of requests."""
        gate.restated, gate.refusal = caller.restated, refusal_for
        topic = situation.stack.attribute("Notifications", "Arn")
        gate.checks = first_of(
            CloudTrail(caller), Ssm(caller), S3(caller, KEY, "/AWSLogs/"),
            Sns(caller, topic, situation.stack.resource("Notifications")))
        if situation.function == "attach":
            ec2 = Ec2(caller, instance_situations.INSTANCE, instance_situations.profile_of(case),
                      instance_situations.ROLES_OF)
            gate.checks, gate.restated = ec2, ec2.restated

    def _function(self, situation, event, caller):
        """What the function answers, and what Lambda loses."""
        name = situation.function
        function = situation.stack.resource(FUNCTIONS[name])
        service = Lambda(caller, function, situation.stack.resource("DeadLetters"), self._queue_url)
        service.open_log(LOG_STREAM)
        environment = environment_of(situation, event, caller.role.session(),
                                     caller.gate.endpoint)
        with tempfile.TemporaryFile("w+", encoding="utf-8") as log:
            try:
                with LambdaProcess([self._paths[name]], f"trailkeeper-{name}", None, region=REGION,
                                   account=ACCOUNT, environment=environment, log=log) as process:
                    asynchronous = situation.event is not None
                    invocation = service.invoke(process, event, function["Timeout"], asynchronous)
                    process.settled()
            finally:
                log.seek(0)
                lines = log.read()
                with self._writing:
                    self._log.write(lines)
        service.write_log(lines.splitlines())
        return invocation.payload, service.lost

    def _runbook(self, situation, parameters, caller):
        """How the runbook ends that `trailkeeper runbook run` runs in SSM's place."""
        given = [f"--param={name}={value if isinstance(value, str) else json.dumps(value)}"
                 for name, value in parameters.items()]
        name = RUNBOOKS[situation.function]
        text = (ROOT / "runbooks" / f"{name}.yaml").read_text(encoding="utf-8")
        if situation.function != "automation":
            # A refusal does not pass by waiting, and nothing comes after it that is waited for.
            text = re.sub(r"(?m)^( *maxAttempts:) \d+$", r"\1 1", text)
            text = re.sub(r"(?m)^( *Duration:) PT\d+S$", r"\1 PT1S", text)
            text = re.sub(r"(?m)^( *timeoutSeconds:) 120$", r"\1 10", text)
        with tempfile.TemporaryDirectory() as folder:
            runbook = Path(folder) / f"{name}.yaml"
            runbook.write_text(text, encoding="utf-8")
            done = subprocess.run(
                [self._trailkeeper, "runbook", "run", runbook, *given,
                 "--endpoint-url", caller.gate.endpoint, "--format", "json", "--yes",
                 *(f"--approve={one}" for one in parameters.get("Approvers", []))],
                env=client_environment(None, REGION) | session_variables(caller.role.session()),
                capture_output=True, text=True, timeout=300,
            )
        try:
            return json.loads(done.stdout), []
        except ValueError:
            return done.stdout + done.stderr, []


def policies_of(situation):
    """The function's policies in the stack."""
    return situation.stack.resource(ROLES[situation.function])["Policies"]


def allowed(policies):
    """Statement, as policy and Sid, and action of everything that is allowed."""
    return [(f"{policy['PolicyName']}/{statement['Sid']}", action)
            for policy in policies for statement in policy["PolicyDocument"]["Statement"]
            if statement["Effect"] == "Allow" for action in listed(statement["Action"])]


def listed(value):
    """A list, where IAM also takes a single text."""
    return [value] if isinstance(value, str) else value


def without(policies, place, action):
    """The policies less one action of one statement."""
    less = copy.deepcopy(policies)
    for policy in less:
        document = policy["PolicyDocument"]
        for statement in document["Statement"]:
            if f"{policy['PolicyName']}/{statement['Sid']}" == place:
                statement["Action"] = [one for one in listed(statement["Action"]) if one != action]
        document["Statement"] = [one for one in document["Statement"] if one["Action"]]
    # A policy without a statement is none.
    return [policy for policy in less if policy["PolicyDocument"]["Statement"]]


def check_whole(check, runs, all_situations):
    """Under the whole policies the functions do their work and are refused nothing."""
    def run(situation):
        return runs(situation, policies_of(situation))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for situation, whole in zip(all_situations, pool.map(run, all_situations)):
            situation.answer, situation.calls, gate = whole.answer, whole.calls, whole.gate
            refused = gate.refused or gate.broken or whole.lost
            check.that(situation.wanted in whole.answer and not refused,
                       f"{situation.function}, {situation.name}: {situation.wanted}; "
                       f"ministack let all {gate.passed} calls pass",
                       f"{whole.answer}; refused {gate.refused}; broken {gate.broken}; lost {whole.lost}")


def check_letters(check, letters, all_situations):
    """The queue has the events that a function failed on for good, and no other."""
    wanted = [one.event for one in all_situations
              if one.name == UNREADABLE and one.function in FUNCTIONS]
    seen = [json.loads(letter) for letter in letters]
    check.that(sorted(map(str, seen)) == sorted(map(str, wanted)) and wanted,
               f"the {len(wanted)} events on which Lambda gave up are in the queue", seen)


def check_services(check, judge):
    """What only a service in between may do, the role may not do by itself or through another."""
    policies = {name: OPTIONS.resource(ROLES[name])["Policies"] for name in FUNCTIONS}
    roles = {name: judge.make_role(f"trailkeeper-conditions-{name}", own)
             for name, own in policies.items()}
    references = OPTIONS.resource("TrailRemediation")["Parameters"]
    passed = {name: references[name]["StaticValue"]["Values"][0].partition(":role/")[2]
              for name in ("CloudWatchLogsRoleArn", "AutomationAssumeRole")}
    with Gate(judge.endpoint, None) as gate:
        pass_log_role, pass_runbook_role = (
            ("iam:PassRole", {"RoleName": role}, "iam:PassedToService") for role in passed.values())
        decrypt, decrypt_digest = (
            ("kms:Decrypt", {"KeyId": key}, "kms:ViaService")
            for key in (OPTIONS.resource("DeadLetters")["KmsMasterKeyId"], KEY))
        sqs, sns, s3, ec2 = (f"{one}.{REGION}" for one in ("sqs", "sns", "s3", "ec2"))
        for function, (action, parameters, name), service, other in (
                ("remediator", pass_log_role, "cloudtrail", "ec2"),
                ("remediator", decrypt, sqs, s3), ("remediator", decrypt, sns, ec2),
                ("evaluator", pass_runbook_role, "ssm", "lambda"),
                ("evaluator", decrypt, sqs, s3), ("evaluator", decrypt, sns, ec2),
                ("evaluator", decrypt_digest, s3, sns)):
            caller = Caller(roles[function], gate, REGION, ACCOUNT)
            vias = [(name, f"{one}.amazonaws.com") for one in (service, other)]
            allowed_via = [not caller.ask(action, parameters, via)[1] for via in (*vias, None)]
            check.same(allowed_via, [True, False, False],
                       f"{function}: {action} is allowed through {service}, "
                       f"not through {other} and not directly")


def check_signatures(check, runs, situation):
    """What carries a wrong signature does not get past ministack."""
    run = runs(situation, policies_of(situation), SecretAccessKey="wrong")
    check.that(run.gate.broken and not run.gate.passed and run.calls == run.gate.asked,
               "with a wrong secret ministack lets no call pass", [run.gate.broken, run.gate.passed])


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


def remove(runs, situations_, place, action):
    """Removes one action in the first situation where that tells; verdict, words for it, what was seen."""
    failed = "no situation makes the call"
    for situation in situations_:
        policies = policies_of(situation)
        if action not in situation.calls or (place, action) not in allowed(policies):
            continue
        run = runs(situation, without(policies, place, action))
        if run.gate.broken or set(run.gate.refused) != {action}:
            failed = f"{situation.name}: refused {run.gate.refused}; broken {run.gate.broken}"
            continue
        if run.lost:
            return "shown", f"{situation.name}: lost {', '.join(run.lost)}", run.answer
        if lasting(run.answer) == lasting(situation.answer):
            if more := sorted(run.calls - situation.calls):
                return "shown", (f"{situation.name}: the answer is the same, but takes {len(more)} more "
                                 f"operations, {more[0]} the first"), run.answer
            failed = f"{situation.name}: refused, and the answer is the same"
            continue
        told = "names it as denied" if named(action, run.answer) else "is another"
        return "shown", f"{situation.name}: the answer {told}", run.answer
    return "FAILED", failed, failed


def named(action, answer):
    """Whether an answer says that the action was denied."""
    called = {permission: operation for operation, permission in ACTIONS.items()}.get(action, action)
    return re.search(rf"{called}[^;]{{0,400}}AccessDenied|AccessDenied[^;]{{0,400}}{action}"
                     rf"|not authorized to perform: {action}", answer)


def removable(role, own, only):
    """Statement and action of what is removed: all that any stack allows, or what is called."""
    stacks = [*{id(one.stack): one.stack for one in own}.values()]
    if only:
        return {(place, action) for one in own for place, action in allowed(policies_of(one))
                if action in one.calls}
    made = filter(None, (one.resource(ROLES[role]) for one in (*stacks, FULL, OPTIONS)))
    return {pair for one in made for pair in allowed(one["Policies"])}


def check_removals(check, runs, chosen, given):
    """Each allowed action, removed, makes a call fail; but for those that the table leaves out."""
    jobs, rows, left_out = [], [], set()
    for role in ROLES:
        own = [one for one in chosen if one.function == role]
        for place, action in sorted(removable(role, own, given.only)):
            if reason := NOT_SHOWN.get((role, place)):
                rows.append((role, place, action, "not shown", reason))
                left_out.add((role, place))
            else:
                jobs.append((role, own, place, action))
    if not given.only:
        check.same(sorted(NOT_SHOWN.keys() - left_out), [],
                   f"what is not shown is allowed: {len(rows)} actions")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = pool.map(lambda job: remove(runs, *job[1:]), jobs)
        for (role, _own, place, action), (verdict, text, seen) in zip(jobs, results):
            if given.only and verdict != "shown":
                # Another situation may show it.
                rows.append((role, place, action, "not shown", text))
                continue
            check.that(verdict == "shown",
                       f"{role} without {action} ({place}): a call is refused; {text}", seen)
            if given.verbose:
                print("     ", shortened(seen), flush=True)
            rows.append((role, place, action, verdict, text))
    return rows


def print_environment(all_situations):
    """Says what is run, and with which variables."""
    for variable in ("EVALUATOR", "REMEDIATOR"):
        path = Path(os.environ.get(variable) or ROOT / "target" / "release" / variable.lower())
        print(f"{variable.lower()}: {path.name}, {path.stat().st_size:,} bytes", flush=True)
    for role in FUNCTIONS:
        situation = next(one for one in all_situations if one.function == role)
        own = situation.stack.resource(FUNCTIONS[role]).get("Environment", {}).get("Variables", {})
        print(f"{role}: runs with the template's variables {list(own)}, those that Lambda sets for "
              "its properties, and AWS_ENDPOINT_URL; SSL_CERT_FILE is this machine's", flush=True)


def report(rows):
    """The table of what is shown, and how."""
    print()
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        print("  ".join([*(text.ljust(width) for text, width in zip(row, widths)), row[4]]))
    counts = {kind: sum(row[3] == kind for row in rows) for kind in ("shown", "not shown", "FAILED")}
    print("\n" + ", ".join(f"{count} {kind}" for kind, count in counts.items()))


def main():
    """Runs the checks; on a failure the functions' log lines follow."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--verbose", action="store_true", help="print the functions' answers")
    options.add_argument("--only", metavar="TEXT", default="", help=(
        "run the situations whose function and name, as `evaluator, a healthy trail`, have this "
        "text, and remove only what their roles may do and they do"))
    given = options.parse_args()
    check, rows = Checks(), []
    with tempfile.TemporaryFile("w+", encoding="utf-8") as log, \
            tempfile.TemporaryDirectory() as folder:
        try:
            with ministack(ACCOUNT, folder) as judge:
                queue_url = judge.make_queue(FULL.resource("DeadLetters")["QueueName"])
                judge.make_bucket(FULL.resource("TrailRule")["InputParameters"]["s3BucketName"])
                runs, all_situations = Runs(judge, queue_url, log), situations()
                chosen = [one for one in all_situations
                          if given.only in f"{one.function}, {one.name}"]
                print_environment(all_situations)
                check_whole(check, runs, chosen)
                if not given.only:
                    check_log(check, log)
                    check_letters(check, judge.letters(queue_url), all_situations)
                    check_services(check, judge)
                    first = next(one for one in all_situations if one.event is None)
                    check_signatures(check, runs, first)
                rows = check_removals(check, runs, chosen, given)
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
