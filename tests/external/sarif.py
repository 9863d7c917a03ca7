#!/usr/bin/env python3
"""The checks of sarif.sh: logs of `policy check` against the schema, places against the files."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import unquote

from jsonschema import Draft7Validator, FormatChecker

from account import Unusable, binary
from real_binaries import Checks

ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::amzn-s3-demo/a"}
# A document for each code that a document alone can have; a latent grant needs a boundary.
DOCUMENTS = {
    "full-admin": {"Action": "*", "Resource": "*"},
    "privilege-escalation": {"Action": ["iam:CreatePolicyVersion", "iam:AttachRolePolicy"],
                             "Resource": "*"},
    "wildcard-action": {"Action": "sqs:*",
                        "Resource": "arn:aws:sqs:eu-west-1:111122223333:jobs"},
    "wildcard-resource": {"Action": "sqs:DeleteQueue", "Resource": "*"},
    "not-action": {"Action": None, "NotAction": "iam:*", "Resource": "*"},
    "not-resource": {"Action": "s3:PutObject", "Resource": None,
                     "NotResource": "arn:aws:s3:::amzn-s3-demo/*"},
    "type-wide-resource": {"Action": "s3:PutObject", "Resource": "arn:aws:s3:::*"},
    "unscopeable-write": {"Action": "s3:CreateJob", "Resource": "*"},
    "unknown-action": {"Action": "s3:NoSuchAction"},
    "invalid-policy": {"Effect": "Perhaps"},
}
ONLY_IN_ROLES = {"latent-grant"}
FOLDERS = ["plain", "with space", "100% #1?", "a:b&c=d", "übung/日本", "q'uo\"te", "br[ack]{et}"]


def document(change):
    """A policy of one statement, differing from ALLOW; laid out on lines of its own."""
    statement = {key: value for key, value in (ALLOW | change).items() if value is not None}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)


def write_documents(root):
    """Every document in a folder of another odd name; their number."""
    for number, (code, change) in enumerate(DOCUMENTS.items()):
        folder = root / FOLDERS[number % len(FOLDERS)]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{code} ~.json").write_text(document(change), encoding="utf-8")
    (root / "broken\\name.json").write_text('{"Version": "2012-10-17", "Statement": [', encoding="utf-8")
    (root / "narrow.json").write_text(document({}), encoding="utf-8")


def check(where, *arguments, **others):
    """Runs `policy check --format sarif`; the log, and how the command ended."""
    program = binary("TRAILKEEPER", "debug/trailkeeper")
    done = subprocess.run([program, "policy", "check", "--format", "sarif", *arguments],
                          cwd=where, capture_output=True, text=True, timeout=60, **others)
    try:
        return json.loads(done.stdout), done.returncode
    except json.JSONDecodeError as error:
        raise Unusable(f"no SARIF: {error}: {done.stderr.strip()}") from error


def place(result):
    """Path, line and column of a result."""
    physical = result["locations"][0]["physicalLocation"]
    region = physical["region"]
    return unquote(physical["artifactLocation"]["uri"]), region["startLine"], region["startColumn"]


def misplaced(root, results):
    """The places that are in no file."""
    bad = []
    for path, line, column in map(place, results):
        try:
            lines = (root / path).read_text(encoding="utf-8").split("\n")
        except OSError:
            bad.append((path, line, column))
            continue
        if line > len(lines) or column > len(lines[line - 1]) + 1:
            bad.append((path, line, column))
    return bad


def check_log(checks, validator, what, log):
    """The log is what the schema says, and its rules and results fit each other."""
    errors = [f"{'/'.join(map(str, error.path))}: {error.message}"
              for error in validator.iter_errors(log)]
    checks.same(errors, [], f"{what}: the schema takes it")
    run = log["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    checks.same(len(set(rules)), len(rules), f"{what}: each rule is there once")
    wrong = [result for result in run["results"] if rules[result["ruleIndex"]] != result["ruleId"]]
    checks.same(wrong, [], f"{what}: each result points at its rule")
    return rules, run["results"]


def main():
    """Runs the checks."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    checks = Checks()
    try:
        schema = json.loads(Path(os.environ["SARIF_SCHEMA"]).read_text(encoding="utf-8"))
        Draft7Validator.check_schema(schema)
        validator = Draft7Validator(schema, format_checker=FormatChecker())
        checks.that(not validator.is_valid({"version": "2.1.0", "runs": [{}]}),
                    "the schema refuses a log without a tool", "it was taken")
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            write_documents(root)
            log, status = check(root, ".")
            rules, results = check_log(checks, validator, "a folder with every finding", log)
            checks.same(status, 2, "… and exit code 2")
            seen = {result["ruleId"] for result in results}
            checks.same(sorted(set(rules) - seen), sorted(ONLY_IN_ROLES),
                        "every rule has a result, but for those that no document alone can have")
            checks.same(misplaced(root, results), [], "every place is in its file")
            for code in DOCUMENTS:
                found = {result["ruleId"] for result in results
                         if place(result)[0].endswith(f"{code} ~.json")}
                checks.that(code in found, f"{code} is found in its document", sorted(found))
            log, status = check(root, "narrow.json")
            _, results = check_log(checks, validator, "a narrow policy", log)
            checks.same([status, results], [0, []], "… without results, exit code 0")
            log, status = check(root, "-", input=document(DOCUMENTS["full-admin"]))
            _, results = check_log(checks, validator, "standard input", log)
            checks.same([status, len(results)], [2, 1], "… with its one result, exit code 2")
    except (Unusable, KeyError) as problem:
        checks.that(False, "the run came to its end", str(problem))
    print(f"{checks.passed} ok, {checks.failed} failed (SARIF 2.1.0)")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
