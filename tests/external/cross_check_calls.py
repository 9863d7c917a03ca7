"""Whether the scenarios make each call of the threat list, on what is there.

The list is `docs/threats.md`, which is made from the table that the product goes by. Each call of an
attack has to be in the scenario of that attack, and to succeed there on the sandbox at least once: a
call that is only refused shows how a server refuses, not what the attack does.
"""

import re

from account import ROOT, Unusable
from cross_check_scenarios import Call, scenarios

LIST = ROOT / "docs" / "threats.md"
ATTACK = re.compile(r"^## (B\d\d): ", re.MULTILINE)
CALLS = re.compile(r"^- Calls: (.+)$", re.MULTILINE)
# What the threat list calls an operation as CloudTrail and IAM do, and boto3 otherwise.
BY_BOTO3 = {
    "s3:PutAccountPublicAccessBlock": "s3control:PutPublicAccessBlock",
    "s3:DeleteAccountPublicAccessBlock": "s3control:DeletePublicAccessBlock",
}
# Calls that succeed in no account that a scenario can have, and why.
NOT_DONE = {
    "organizations:LeaveOrganization": "the account is its organization's management account, "
                                       "which cannot leave it",
    "kms:DisconnectCustomKeyStore": "no server makes a custom key store",
}


def listed():
    """The calls of the list as boto3 names them: attack and `service:Operation`."""
    parts = ATTACK.split(LIST.read_text(encoding="utf-8"))[1:]
    found = []
    for attack, text in zip(parts[::2], parts[1::2], strict=True):
        calls = CALLS.search(text)
        names = re.findall(r"`([a-z0-9]+:[A-Za-z0-9]+)`", calls[1]) if calls else []
        found += [(attack, BY_BOTO3.get(name, name)) for name in names]
    if not found:
        raise Unusable(f"{LIST.name} names no calls; has its form changed?")
    return found


def operation(client, step):
    """A call as the threat list names it."""
    return f"{step.service}:{client(step.service).meta.method_to_api_mapping[step.operation]}"


class Coverage:
    """What became of the calls of the list."""

    def __init__(self, client, played):
        """`client` gives boto3's by service; `played` are the answers by server and attack."""
        played_attacks = set(played["ours"])
        self.calls = [place for place in listed() if place[0] in played_attacks]
        self.wrong, self.notes = [], []
        self._answers = {}
        for attack, steps in scenarios().items():
            if attack not in played_attacks:
                continue
            for number, step in enumerate(steps):
                if isinstance(step, Call):
                    place = attack, operation(client, step)
                    answers = {server: told[attack][number] for server, told in played.items()}
                    self._answers.setdefault(place, []).append(answers)
        lacked = {name for attack, name in self.calls if self._judge(attack, name)}
        if lacked:
            self.notes.append(f"answered by neither moto nor ministack: {', '.join(sorted(lacked))}")

    def _judge(self, attack, name):
        """Notes what is wrong with a call; whether none of the others answers it."""
        answers = self._answers.get((attack, name))
        if not answers:
            self.wrong.append(f"not made in the scenario: {attack} {name}")
            return False
        ours = [told["ours"] for told in answers if told["ours"] is not None]
        done = any("error" not in told for told in ours)
        if done and name in NOT_DONE:
            self.wrong.append(f"said to be impossible, but done: {attack} {name}")
        elif name in NOT_DONE:
            self.notes.append(f"refused only: {attack} {name}: {NOT_DONE[name]}")
        elif not done:
            self.wrong.append(f"refused only, never done: {attack} {name}")
        return all(told[server] is None for told in answers for server in told if server != "ours")

    def count(self):
        """How many calls, of how many attacks, are in the list."""
        return len(self.calls), len({attack for attack, _ in self.calls})
