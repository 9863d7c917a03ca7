#!/usr/bin/env python3
"""Prints tests/data/errors.txt from the models of the installed botocore: what the sweep's faults
are made of.

    python3 tests/external/errors.py > tests/data/errors.txt

For the operations that the product and its runbooks call:

    error SERVICE OPERATION CODE STATUS       a modelled error
    page SERVICE OPERATION TOKEN              the member that holds the next page's token
    enum SERVICE OPERATION PLACE              a member of the answer that holds one of a set of names

The first line names botocore's version, so that the file's age can be seen.
"""

import collections
import pathlib
import re

import botocore
import botocore.session

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOKENS = {"NextToken", "nextToken", "ContinuationToken", "NextMarker", "Marker"}
DEEPEST = 5


def called():
    """The operations that the product and its runbooks call, by service."""
    found = collections.defaultdict(set)
    table = (ROOT / "crates/core/src/operation.rs").read_text()
    for service, name in re.findall(r'= "([a-z0-9]+)" "([A-Za-z0-9]+)";', table):
        found[service].add(name)
    for runbook in (ROOT / "runbooks").glob("*.yaml"):
        text = runbook.read_text()
        for service, name in re.findall(r"Service: (\w+)\s+Api: (\w+)", text):
            found[service].add(name)
    return found


def code_of(shape):
    """The code that the service sends: some models give it another name than the shape."""
    error = shape.metadata.get("error", {})
    return error.get("code", shape.name), error.get("httpStatusCode", 400)


def enums(shape, place, seen, depth=0):
    """The places of members with a set of names."""
    if depth > DEEPEST or shape is None or shape.name in seen:
        return
    seen = seen | {shape.name}
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            below = f"{place}.{name}" if place else name
            yield from enums(member, below, seen, depth + 1)
    elif shape.type_name == "list":
        yield from enums(shape.member, f"{place}[]", seen, depth + 1)
    elif shape.type_name == "string" and shape.enum:
        yield place


def lines(service, model, wanted):
    for name in sorted(model.operation_names):
        if name not in wanted:
            continue
        operation = model.operation_model(name)
        for code, status in sorted({code_of(shape) for shape in operation.error_shapes}):
            yield f"error {service} {name} {code} {status}"
        output = operation.output_shape
        if output is None:
            continue
        for token in sorted(TOKENS & set(output.members)):
            yield f"page {service} {name} {token}"
        for place in sorted(enums(output, "", frozenset())):
            yield f"enum {service} {name} {place}"


def main():
    session = botocore.session.get_session()
    print(f"# botocore {botocore.__version__}")
    for service, wanted in sorted(called().items()):
        model = session.get_service_model(service)
        for line in lines(service, model, wanted):
            print(line)


main()
