#!/usr/bin/env python3
"""The same attacks on the sandbox, moto_server and ministack; every difference has its reason.

What the sandbox and the product get wrong together no test of this project shows. moto and
ministack were written by others from the same documentation: where an answer of theirs differs,
one of the two is wrong, and `cross_check_differences.json` says which and by what fact. A
difference that is not there fails, and so does one that is there and occurs no more.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime, timezone
from pathlib import Path

from account import HERE, Unusable, binary, sandbox
import cross_check_around  # noqa: F401
import cross_check_guards  # noqa: F401
import cross_check_stores  # noqa: F401
import cross_check_trails  # noqa: F401
from cross_check_calls import Coverage
from cross_check_scenarios import ACCOUNT, REGION, Prepared, Tool, scenarios
from ministack import free_port, wait_for, ministack

TABLE = HERE / "cross_check_differences.json"
EMPTY = {
    "schema": "case/v1", "id": "cross-check", "lambda": "remediator", "rule": "remediate",
    "now": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
    "parameters": {}, "event": {}, "world": {},
    "self": {"accountId": ACCOUNT, "region": REGION, "partition": "aws",
             "organizationRole": "standalone"},
}
# What a server says to an operation that it lacks.
LACKING = re.compile(
    r"does not model|not implemented|Unknown (\w+ )?action|NotYetImplemented|UnknownOperation"
    r"|InvalidAction|Internal Server Error|Couldn't parse the specified URI", re.IGNORECASE)
ABSENT = "(absent)"
OWN = "the sandbox"


class Unanswered(Exception):
    """The server lacks the operation, or ends with an internal error."""


@contextmanager
def moto(folder):
    """Serves moto on loopback until the block ends."""
    program = os.environ.get("MOTO_SERVER") or "moto_server"
    port = free_port()
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder),
                   "MOTO_ACCOUNT_ID": ACCOUNT, "LANG": "C.UTF-8"}
    try:
        server = subprocess.Popen([program, "-H", "127.0.0.1", "-p", str(port)], env=environment,
                                  cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError as error:
        raise Unusable(f"{program} is not there; use run_all.sh, or set MOTO_SERVER") from error
    with server:
        try:
            wait_for(port, server, program)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


class Player:
    """Plays scenarios on one server."""

    def __init__(self, endpoint, prepares=True):
        self._endpoint, self._clients, self._prepares = endpoint, {}, prepares

    def play(self, steps):
        """The answers to a scenario's steps: members by their path; None where it lacks the operation."""
        known, answers = {}, []
        for step in steps:
            try:
                answer = self._answer(step, known)
            except Unanswered:
                answer = None
            answers.append(answer and renamed(answer, known))
        return answers

    def _answer(self, step, known):
        if isinstance(step, Tool):
            return self._run(step, known)
        if not isinstance(step, Prepared):
            return self._call(step, known)
        if not self._prepares:
            known |= step.ours
            return {}
        answer = self._call(step.call, known)
        return {} if answer.get("error", "") == step.unless else answer

    def client(self, service):
        """boto3's client of a service."""
        import boto3
        from botocore.config import Config

        if service not in self._clients:
            # The servers are to judge parameters, not boto3.
            settings = Config(retries={"max_attempts": 0}, parameter_validation=False,
                              s3={"addressing_style": "path"})
            self._clients[service] = boto3.session.Session().client(
                service, endpoint_url=self._endpoint, region_name=REGION, config=settings,
                aws_access_key_id=ACCOUNT, aws_secret_access_key="test")
            # The account in front of the host is no address on loopback.
            self._clients[service].meta.events.register("before-sign.s3-control", without_account)
        return self._clients[service]

    def _call(self, step, known):
        import jmespath
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        parameters = filled(step.parameters, known)
        try:
            answer = getattr(self.client(step.service), step.operation)(**parameters)
        except ClientError as error:
            told = error.response["Error"]
            code, text = told.get("Code", ""), told.get("Message", "")
            # Without a body there is no other code than the status, as for a bucket's head.
            nowhere = code == "404" and not step.operation.startswith("head_")
            if LACKING.search(f"{code} {text}") or nowhere or code in ("400", "501"):
                raise Unanswered from error
            return {"error": code}
        except ResponseParserError as error:
            raise Unanswered from error
        except BotoCoreError as error:
            # What never reached a server would be equal on all of them.
            raise Unusable(f"{step.service} {step.operation} on {self._endpoint}: {error}") from error
        for name, look in step.keep.items():
            known[name] = jmespath.search(look, answer)
        return flat(jmespath.search(step.look, answer)) if step.look else {}

    def _run(self, step, known):
        parameters = filled(step.parameters, known)
        command = [str(binary("TRAILKEEPER", "debug/trailkeeper")), step.command, "--format", "json",
                   "--endpoint-url", self._endpoint]
        command += ["--yes"] if step.command == "repair" else []
        for name, value in parameters.items():
            command += ["--param", f"{name}={value}"]
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": "/", "AWS_REGION": REGION,
                       "AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "test"}
        run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300,
                             check=False)
        lines = run.stdout.splitlines()
        told = json.loads(lines[-1]) if lines else {}
        if step.command == "evaluate":
            codes = sorted({finding["code"] for finding in told.get("findings", [])})
            return {"compliance": told.get("compliance", ABSENT), "codes": " ".join(codes)}
        error = re.search(r"^error: ([a-z-]+)", run.stderr, re.MULTILINE)
        if error and error[1] == "bad-parameter":
            raise Unusable(f"{' '.join(command)}: {run.stderr}")
        updated = [entry for entry in told.get("steps", []) if not entry.endswith(": not-needed")]
        remaining = sorted(entry.split(":")[0] for entry in told.get("remaining", []))
        return {"outcome": error[1] if error else told.get("outcome", ABSENT),
                "steps": ", ".join(updated), "remaining": ", ".join(remaining)}


def without_account(request, **_):
    """Takes the account out of the host of a request to S3 Control."""
    request.url = request.url.replace(f"//{ACCOUNT}.", "//")


def filled(value, known):
    """Parameters with what earlier calls said."""
    if isinstance(value, dict):
        return {name: filled(member, known) for name, member in value.items()}
    if isinstance(value, list):
        return [filled(item, known) for item in value]
    if isinstance(value, str):
        for name, text in known.items():
            value = value.replace("{" + name + "}", text or "none")
    return value


def renamed(answer, known):
    """An answer with `{name}` for what differs from server to server by nature."""
    def text(value):
        for name, own in known.items():
            value = value.replace(own, "{" + name + "}") if own and isinstance(value, str) else value
        return value
    return {path: text(value) for path, value in answer.items()}


def flat(value, path=""):
    """The leaves of a value by their path. A policy is compared as JSON, absent as null."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = json.loads(value)
        except ValueError:
            pass
    if isinstance(value, dict):
        return {name: leaf for key, member in value.items()
                for name, leaf in flat(member, f"{path}.{key}").items()}
    if isinstance(value, list):
        leaves = {f"{path}.count": len(value)}
        for number, item in enumerate(value):
            leaves |= flat(item, f"{path}.{number}")
        return leaves
    return {path or ".": value}


def differing(ours, theirs):
    """What differs: path, our value, theirs."""
    if "error" in ours or "error" in theirs:
        pair = ours.get("error"), theirs.get("error")
        return [("error", *pair)] if pair[0] != pair[1] else []
    paths = dict.fromkeys([*ours, *theirs])
    pairs = ((path, ours.get(path), theirs.get(path)) for path in paths)
    return [(path, mine, other) for path, mine, other in pairs if mine != other]


def labels(attack, steps):
    """A name for each step: `B01 3 cloudtrail stop_logging`."""
    def what(step):
        if isinstance(step, Tool):
            return step.command
        made = step.call if isinstance(step, Prepared) else step
        return f"{made.service} {made.operation}"
    return [f"{attack} {number} {what(step)}" for number, step in enumerate(steps, 1)]


def explained(table):
    """The differences of the table: (peer, call, path) to (ours, theirs)."""
    known = {}
    for reason in table:
        for need in ("fact", "source", "where"):
            if not reason.get(need):
                raise Unusable(f"{TABLE.name}: an entry has no {need}: {json.dumps(reason)[:200]}")
        for place in reason["where"]:
            for call in place["calls"]:
                for path, (ours, theirs) in place["differences"].items():
                    known[place["peer"], call, path] = (ours, theirs)
    return known


class Result:
    """What came of a cross-check."""

    def __init__(self):
        self.compared = self.equal = 0
        self._answered, self._unanswered = {}, {}
        self.found = {}
        self.unprepared = []
        self.coverage = None

    def _note(self, who, label, answer):
        kept = self._unanswered if answer is None else self._answered
        kept.setdefault((who, " ".join(label.split()[2:])), {})[label] = True

    def lacking(self):
        """The operations that a server never answers, by server."""
        found = {}
        for who, what in sorted(self._unanswered.keys() - self._answered.keys()):
            found.setdefault(who, []).append(what)
        return found

    def broken(self):
        """The calls at which a server ends with an internal error, though it has the operation."""
        both = sorted(self._unanswered.keys() & self._answered.keys())
        return [f"{who} {label}" for who, what in both for label in self._unanswered[who, what]]

    def prepare(self, peer, label, theirs):
        """Takes the answer to a call that prepares an attack."""
        self._note(peer, label, theirs)
        if theirs and "error" in theirs:
            self.unprepared.append(f"{peer} {label}: {theirs['error']}")

    def add(self, peer, label, ours, theirs):
        """Takes the two answers to one call."""
        self._note(OWN, label, ours)
        self._note(peer, label, theirs)
        if ours is None or theirs is None:
            return
        self.compared += 1
        differences = differing(ours, theirs)
        self.equal += not differences
        for path, mine, other in differences:
            self.found[peer, label, path] = (mine, other)


def cross_check(chosen):
    """Plays the scenarios on all servers."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        own = stack.enter_context(sandbox(EMPTY))
        servers = {
            "ours": Player(own.endpoint, prepares=False),
            "moto": Player(stack.enter_context(moto(folder))),
            "ministack": Player(stack.enter_context(ministack(ACCOUNT, folder, auth=False)).endpoint),
        }

        def all_of(player):
            return {attack: player.play(steps) for attack, steps in chosen.items()}
        with ThreadPoolExecutor() as pool:
            played = dict(zip(servers, pool.map(all_of, servers.values()), strict=True))
    result = Result()
    for peer in ("moto", "ministack"):
        for attack, steps in chosen.items():
            answers = zip(steps, labels(attack, steps), played["ours"][attack], played[peer][attack],
                          strict=True)
            for step, label, ours, theirs in answers:
                if isinstance(step, Prepared):
                    result.prepare(peer, label, theirs)
                else:
                    result.add(peer, label, ours, theirs)
    result.coverage = Coverage(servers["ours"].client, played)
    return result


def failures(result, known):
    """What is wrong, one text each."""
    for place, pair in result.found.items():
        if known.get(place) != pair:
            yield " ".join(["unexplained:", *place, f"ours: {pair[0]} theirs: {pair[1]}"])
    for place in known.keys() - result.found.keys():
        yield " ".join(["explained, but occurs no more:", *place])
    for what in result.lacking().get(OWN, []):
        yield f"not answered by {OWN}: {what}"
    for call in result.broken():
        if call.startswith(OWN):
            yield f"internal error: {call}"
    for place in result.unprepared:
        yield f"not prepared: {place}"
    yield from result.coverage.wrong


def notes(result):
    """What was not compared, and why."""
    for who, what in result.lacking().items():
        yield f"not answered by {who}: {', '.join(what)}"
    if result.broken():
        yield f"not compared for an internal error: {', '.join(result.broken())}"
    yield from result.coverage.notes


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--print-differences", action="store_true",
                        help="print all differences as JSON Lines and compare with nothing")
    parser.add_argument("--only", metavar="ATTACK", action="append", help="play this attack, as B40")
    options = parser.parse_args()
    chosen = {attack: steps for attack, steps in scenarios().items()
              if not options.only or attack in options.only}
    result = cross_check(chosen)
    if options.print_differences:
        for (peer, call, path), pair in result.found.items():
            print(json.dumps({"peer": peer, "call": call, "path": path, "pair": pair}))
        print(*result.unprepared, *result.coverage.wrong, *notes(result), sep="\n", file=sys.stderr)
        return 0
    table = explained(json.loads(TABLE.read_text(encoding="utf-8")))
    known = {place: pair for place, pair in table.items() if place[1].split()[0] in chosen}
    wrong = list(failures(result, known))
    for text in wrong:
        print("FAIL", text)
    for text in notes(result):
        print("note:", text)
    calls, attacks = result.coverage.count()
    print(f"{'FAIL' if wrong else 'ok'} scenarios {len(chosen)}, calls of the threat list {calls} "
          f"in {attacks} attacks, answers compared {result.compared}, equal {result.equal}, "
          f"explained differences {len(known)}, unexplained {len(wrong)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Unusable as unusable:
        sys.exit(f"error: {unusable}")
