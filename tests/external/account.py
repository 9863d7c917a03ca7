"""What the scripts share: the sandbox's account, scenarios at today's time, the binaries."""

import atexit
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SCENARIOS = HERE / "scenarios"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


class Unusable(Exception):
    """Something that the script needs is not there; the text says what to do."""


def binary(variable, default):
    """The path of an executable: from the environment, else where cargo puts it.

    A .zip is an archive for Lambda, whose `bootstrap` is taken as Lambda would.
    """
    path = Path(os.environ.get(variable) or ROOT / "target" / default)
    if path.suffix == ".zip":
        path = _unpacked(path)
    if not os.access(path, os.X_OK) or not path.is_file():
        raise Unusable(f"{path} is not an executable; build it, or set {variable} to its path")
    return path


@cache
def _unpacked(archive):
    """The archive's executable `bootstrap`, in a folder that ends with this process."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    try:
        with zipfile.ZipFile(archive) as files:
            mode = files.getinfo("bootstrap").external_attr >> 16
            unpacked = Path(files.extract("bootstrap", folder))
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise Unusable(f"{archive} is no archive with a bootstrap: {error}") from error
    unpacked.chmod(mode & 0o777)
    return unpacked


def scenario_of_today(name):
    """The scenario with all its times moved so that its clock starts now.

    The functions measure ages by the clock of the machine, the scenario by its own.
    """
    case = json.loads((SCENARIOS / f"{name}.json").read_text(encoding="utf-8"))
    now = datetime.now(timezone.utc).replace(microsecond=0)
    shift = now - datetime.fromisoformat(case["now"].replace("Z", "+00:00"))
    return _moved(case, shift)


def earlier(case, span):
    """The case with all its times, and so its clock, moved back."""
    return _moved(case, -span)


def _moved(value, shift):
    if isinstance(value, dict):
        return {key: _moved_member(key, member, shift) for key, member in value.items()}
    if isinstance(value, list):
        return [_moved(item, shift) for item in value]
    if isinstance(value, str):
        return MOMENT.sub(lambda found: _moved_text(found[0], shift), value)
    return value


def _moved_member(key, member, shift):
    if key.endswith("Time") and isinstance(member, (int, float)):
        return member + shift.total_seconds()
    return _moved(member, shift)


def _moved_text(text, shift):
    moved = datetime.fromisoformat(text.replace("Z", "+00:00")) + shift
    precision = "milliseconds" if "." in text else "seconds"
    return moved.isoformat(timespec=precision).replace("+00:00", "Z")


class Account:
    """A sandbox that is being served."""

    def __init__(self, ready):
        self.endpoint = ready["endpoint"]
        self.account_id = ready["accountId"]
        self.region = ready["region"]

    def calls(self):
        """The calls made so far, oldest first."""
        return self._ask("GET", "/_sandbox/calls")

    def forget_calls(self):
        """Empties the list of calls."""
        self._ask("DELETE", "/_sandbox/calls")

    def advance(self, span):
        """Moves the account's clock."""
        self._ask("POST", "/_sandbox/advance", {"seconds": int(span / timedelta(seconds=1))})

    def now(self):
        """The time on the account's clock."""
        told = self._ask("POST", "/_sandbox/advance", {"seconds": 0})["now"]
        return datetime.fromisoformat(told.replace("Z", "+00:00"))

    def deny(self, service, operation):
        """Lets an operation be refused from now on."""
        fault = {"service": service, "operation": operation, "kind": "denied"}
        self._ask("POST", "/_sandbox/faults", fault)

    def allow_all(self):
        """Ends what deny() began."""
        self._ask("DELETE", "/_sandbox/faults")

    def _ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.endpoint + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


@contextmanager
def sandbox(case=None, events="notify"):
    """Serves the account of a case, without one the demo's, until the block ends.

    `events`: what the sandbox's own evaluator does about events.
    """
    program = binary("TRAILKEEPER", "debug/trailkeeper")
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "sandbox", "--port", "0", "--events", events]
        if case is not None:
            file = Path(folder) / "scenario.json"
            file.write_text(json.dumps(case), encoding="utf-8")
            command += ["--scenario", file]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                line = server.stdout.readline()
                if not line:
                    raise Unusable(f"{program} sandbox ended before it was ready (see above)")
                yield Account(json.loads(line))
            finally:
                server.terminate()
                try:
                    server.wait(10)
                except subprocess.TimeoutExpired:
                    server.kill()
                    print("note: the sandbox had to be killed", file=sys.stderr)
