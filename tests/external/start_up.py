#!/usr/bin/env python3
"""Measures start-up, warm invocations, memory and size of the functions, next to Python.

Everything comes from one run: fresh processes in turn (A B C A B C …) under the same stub of the
runtime API, against the same served sandbox with a healthy account. Prints medians, with the
smallest and the largest value, and ratios. Asserts nothing about time; fails only if a function
does not do its work. What Lambda itself adds (its sandbox, its share of a processor) is not here.
"""

import argparse
import io
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from account import HERE, Unusable, binary, sandbox, scenario_of_today
from runtime_api import FunctionFailed, LambdaProcess

HANDLER = HERE / "python_handler" / "handler.py"
MEASURES = ["exec to first /next", "first invocation", "both together", "warm invocation",
            "peak memory"]


@dataclass
class Subject:
    """A function to measure."""

    name: str
    command: list
    function: str
    event: dict
    is_well: callable
    samples: dict = field(default_factory=lambda: {measure: [] for measure in MEASURES})
    calls: Counter = field(default_factory=Counter)

    def median(self, measure):
        """The median of a measure; none if it was not taken."""
        return statistics.median(self.samples[measure]) if self.samples[measure] else None


def subjects(case):
    """The evaluator, its Python counterpart and the remediator."""
    wanted = case["parameters"]
    # The scenario registers no rule, so that none runs meanwhile: a token of test mode will do.
    event = case["event"] | {"resultToken": "TESTMODE", "configRuleName": "cloudtrail-enabled"}
    payload = {
        "CloudTrailName": wanted["trailName"],
        "CloudTrailS3BucketName": wanted["s3BucketName"],
        "CloudTrailKmsKeyId": wanted["kmsKeyId"],
    }
    return [
        Subject("Rust evaluator", [binary("EVALUATOR", "release/evaluator")],
                "trailkeeper-evaluator", event,
                lambda told: [one["compliance"] for one in told["evaluations"]] == ["COMPLIANT"]),
        Subject("Python 3 + boto3", [sys.executable, HANDLER], "python-evaluator", event,
                lambda told: told["compliance"] == "COMPLIANT"),
        Subject("Rust remediator", [binary("REMEDIATOR", "release/remediator")],
                "trailkeeper-remediator", payload,
                lambda told: told["outcome"] == "already-healthy"),
    ]


def measure(subject, account, warm, log):
    """One fresh process: its start, its first invocation, `warm` more, its peak memory."""
    account.forget_calls()
    with LambdaProcess(subject.command, subject.function, account.endpoint,
                       region=account.region, account=account.account_id, log=log) as function:
        function.settled()
        first = invoke(subject, function)
        subject.calls = Counter(f"{one['service']}:{one['operation']}" for one in account.calls())
        more = []
        for _ in range(warm):
            function.settled()
            more.append(invoke(subject, function))
        function.settled()
        taken = {
            "exec to first /next": function.init_seconds * 1000,
            "first invocation": first * 1000,
            "both together": (function.init_seconds + first) * 1000,
            "peak memory": (function.peak_kib() or 0) / 1024 or None,
            "warm invocation": statistics.median(more) * 1000 if more else None,
        }
    return {name: value for name, value in taken.items() if value is not None}


def invoke(subject, function):
    """One invocation; its time in seconds."""
    done = function.invoke(subject.event)
    if done.outcome != "response" or not subject.is_well(done.payload):
        raise FunctionFailed(f"{subject.name} did not do its work: {done.payload}")
    return done.seconds


def sizes(path):
    """Size of the stripped executable, and of a zip that holds it as `bootstrap`, in bytes."""
    program = Path(path).read_bytes()
    if strip := shutil.which("strip"):
        with tempfile.NamedTemporaryFile() as copy:
            subprocess.run([strip, "-o", copy.name, path], check=True)
            program = Path(copy.name).read_bytes()
    packed = io.BytesIO()
    entry = zipfile.ZipInfo("bootstrap")
    entry.external_attr = 0o755 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(entry, program, compresslevel=9)
    return len(program), len(packed.getvalue())


def report(measured, processes, warm):
    """Prints the tables."""
    print(f"{processes} fresh processes each, in turn; {warm} warm invocations in each")
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load "
          f"{os.getloadavg()[0]:.1f}; Python {platform.python_version()}, boto3 {boto3_version()}")
    print("median (smallest-largest); a warm value is the median of its process first")
    print("invocations include the sandbox's answers over plain HTTP, the same for all\n")
    rows = [["", *(subject.name for subject in measured)]]
    for name in MEASURES:
        unit = "MiB" if name == "peak memory" else "ms"
        rows.append([f"{name}, {unit}", *(cell(subject.samples[name]) for subject in measured)])
    rows.append(["calls to AWS", *(str(subject.calls.total()) for subject in measured)])
    print_table(rows)
    print_sizes(measured)
    print_ratios(*measured[:2])
    for subject in measured:
        calls = ", ".join(f"{name} {count}" for name, count in sorted(subject.calls.items()))
        print(f"calls of {subject.name}: {calls}")


def cell(samples):
    """Median and spread."""
    if not samples:
        return "-"
    return f"{statistics.median(samples):.2f} ({min(samples):.2f}-{max(samples):.2f})"


def print_sizes(measured):
    """Prints the sizes of the compiled functions."""
    rows = [["", "stripped, bytes", "zip, bytes"]]
    for subject in measured:
        if len(subject.command) == 1:
            rows.append([subject.name, *(f"{size:,}" for size in sizes(subject.command[0]))])
    print_table(rows)


def print_ratios(ours, theirs):
    """Prints how many times as much Python takes."""
    rows = [["Python : Rust evaluator", "ratio of medians"]]
    for name in MEASURES:
        if (our := ours.median(name)) and (their := theirs.median(name)):
            rows.append([name, f"{their / our:.1f}"])
    print_table(rows)


def print_table(rows):
    """Prints rows in columns, and an empty line."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        first, *others = zip(row, widths, strict=True)
        cells = [first[0].ljust(first[1]), *(text.rjust(width) for text, width in others)]
        print("  ".join(cells).rstrip())
    print()


def boto3_version():
    """The installed version."""
    try:
        import boto3
    except ImportError as error:
        raise Unusable(f"{sys.executable} has no boto3; use run_all.sh, or install it") from error
    return boto3.__version__


def main():
    """Runs the measurement."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--processes", type=int, default=11, help="fresh processes of each")
    options.add_argument("--warm", type=int, default=20, help="warm invocations in each")
    given = options.parse_args()
    if given.processes < 1 or given.warm < 0:
        options.error("--processes must be 1 or more, --warm 0 or more")
    with tempfile.TemporaryFile("w+", encoding="utf-8") as log:
        try:
            boto3_version()
            case = scenario_of_today("healthy-trail")
            measured = subjects(case)
            with sandbox(case) as account:
                run(measured, account, given, log)
        except (Unusable, FunctionFailed) as problem:
            log.seek(0)
            print(log.read(), f"error: {problem}", sep="\n", file=sys.stderr)
            return 1
    report(measured, given.processes, given.warm)
    return 0


def run(measured, account, given, log):
    """All processes in turn. One round more, not counted, brings the files into memory."""
    for turn in range(given.processes + 1):
        for subject in measured:
            taken = measure(subject, account, given.warm if turn else 1, log)
            if turn:
                for name, value in taken.items():
                    subject.samples[name].append(value)


if __name__ == "__main__":
    sys.exit(main())
