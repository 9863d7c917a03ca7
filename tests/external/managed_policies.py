#!/usr/bin/env python3
"""The checks of managed_policies.sh: the analysis on every managed policy of AWS."""

import argparse
import ast
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter, defaultdict
from fnmatch import translate
from functools import cache
from pathlib import Path

from account import ROOT, Unusable, binary
from real_binaries import Checks

TABLE = ROOT / "crates" / "policy" / "data" / "actions.txt"
IN_MOTO = "moto/iam/aws_managed_policies.py"
ABOVE_ADVISORY = {"low", "medium", "high", "critical"}
FINDING = {"code", "severity", "statement", "line", "column", "actionPattern", "actions",
           "actionCount", "resource", "why", "suggestion"}


def managed_policies(wheel):
    """The documents by name."""
    try:
        source = zipfile.ZipFile(wheel).read(IN_MOTO).decode()
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise Unusable(f"{wheel} is not the wheel of moto: {error}; set MOTO_WHEEL") from error
    text = next(node.value for node in ast.parse(source).body if isinstance(node, ast.Assign))
    return {name: one["Document"] for name, one in json.loads(ast.literal_eval(text)).items()}


def written(documents, folder):
    """Writes each document to a file of its own; the documents by path."""
    paths = {}
    for name, document in documents.items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        paths[str(path)] = document
    return paths


def run(command):
    """Exit code, output, complaints and seconds of a processor."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    before = os.times()
    output, complaints = process.communicate()
    after = os.times()
    seconds = (after.children_user - before.children_user
               + after.children_system - before.children_system)
    return process.returncode, output, complaints, seconds


@cache
def unscopeable():
    """All actions of the table, lower-case, and whether none of them has a resource type."""
    lines = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines()]
    return {line[0].lower(): not line[2] for line in lines if not line[0].startswith("#")}


@cache
def expanded(pattern):
    """Whether no resource narrows them, for each action that a pattern stands for."""
    pattern = pattern.lower()
    if "*" not in pattern and "?" not in pattern:
        return [unscopeable()[pattern]] if pattern in unscopeable() else []
    matches = re.compile(translate(pattern.replace("[", "[[]"))).match
    return [fact for action, fact in unscopeable().items() if matches(action)]


def listed(value):
    """A list, also of a single value."""
    return value if isinstance(value, list) else [value]


def cannot_be_narrowed(document):
    """The labels of the statements all of whose known actions only `*` allows."""
    for number, statement in enumerate(listed(document["Statement"]), 1):
        if statement["Effect"] == "Allow" and "Action" in statement:
            facts = [fact for action in listed(statement["Action"]) for fact in expanded(action)]
            if facts and all(facts):
                yield statement.get("Sid") or f"#{number}"


def check(checks, documents, seen):
    """The checks themselves; `seen` are the lines of the output."""
    by_path = {line["path"]: line for line in seen}
    checks.same(len(by_path), len(documents), "there is one line for every document")
    checks.same([path for path, line in by_path.items() if line.get("error")], [],
                "every document was parsed")
    findings = [one for line in seen for one in line["findings"]]
    checks.same([one for one in findings if not FINDING <= one.keys()][:3], [],
                "every finding has all of its fields")
    checks.same([one for one in findings if not one["why"]][:3], [], "every finding says why")
    dates = {line["tableDate"] for line in seen}
    checks.that(len(dates) == 1, "every line has the date of the table", sorted(dates))
    wrong, excused = [], 0
    for path, document in documents.items():
        by_statement = defaultdict(list)
        for one in by_path.get(path, {"findings": []})["findings"]:
            by_statement[one["statement"]].append(one)
        for label in cannot_be_narrowed(document):
            excused += 1
            wrong += [(path, one["code"], one["severity"], label) for one in by_statement[label]
                      if one["severity"] in ABOVE_ADVISORY]
    checks.same(wrong, [], f"nothing above advisory on the {excused} statements that IAM does not "
                           "let one narrow")
    return findings


def show(findings):
    """Prints how many findings there are of each kind."""
    severities = ["info", "advisory", "low", "medium", "high", "critical"]
    counts = Counter((one["code"], one["severity"]) for one in findings)
    print(f"{'code':<22}" + "".join(f"{severity:>10}" for severity in severities))
    for code in sorted({code for code, _ in counts}):
        print(f"{code:<22}" + "".join(f"{counts[code, one] or '-':>10}" for one in severities))


def peer(folder):
    """Runs cloudsplaining's analysis of each document, as its library offers it."""
    from cloudsplaining.scan.policy_document import PolicyDocument  # only its environment has it

    flagged = 0
    for path in sorted(Path(folder).glob("*.json")):
        document = PolicyDocument(json.loads(path.read_text(encoding="utf-8")))
        views = [document.infrastructure_modification, document.allows_privilege_escalation,
                 document.permissions_management_without_constraints,
                 document.allows_data_exfiltration_actions, document.credentials_exposure,
                 document.service_wildcard]
        flagged += any(views)
    print(flagged)


def speed(documents, folder, seconds):
    """Prints what it took, and what cloudsplaining takes, if that is there."""
    line = "{:<28} {:6.2f} s of a processor, start-up included: {:7.0f} documents a second"
    print(line.format("trailkeeper policy check", seconds, len(documents) / max(seconds, 0.01)))
    python = os.environ.get("CLOUDSPLAINING_PYTHON")
    if not python:
        print("cloudsplaining               not run: CLOUDSPLAINING_PYTHON is not set")
        return
    code, output, complaints, seconds = run([python, __file__, "--peer", str(folder)])
    if code:
        raise Unusable(f"cloudsplaining failed: {complaints[-1000:]}")
    print(line.format("cloudsplaining, library", seconds, len(documents) / seconds)
          + f"; it flags {output.strip()} policies")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--extract", metavar="FOLDER", help="only write the documents there")
    parser.add_argument("--peer", metavar="FOLDER", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peer:
        return peer(arguments.peer)
    documents = managed_policies(os.environ.get("MOTO_WHEEL", ""))
    if arguments.extract:
        folder = Path(arguments.extract)
        folder.mkdir(parents=True, exist_ok=True)
        return print(f"{len(written(documents, folder))} documents in {folder}")
    trailkeeper = binary("TRAILKEEPER", "release/trailkeeper")
    checks = Checks()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        paths = written(documents, folder)
        code, output, complaints, seconds = run(
            [str(trailkeeper), "policy", "check", "--format", "json", str(folder)])
        checks.that(code in (0, 2), "it ends with 0 or 2", (code, complaints))
        checks.that("panicked" not in complaints, "it does not panic", complaints)
        show(check(checks, paths, [json.loads(line) for line in output.splitlines()]))
        speed(documents, folder, seconds)
    print(f"{checks.passed} ok, {checks.failed} failed ({len(documents)} managed policies)")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Unusable as error:
        sys.exit(f"error: {error}")
