#!/usr/bin/env python3
"""Prints src/service/table.rs from the models of the installed botocore.

    python3 crates/awscall/tools/service_table.py > crates/awscall/src/service/table.rs

A service gets a row if it speaks awsJson and is signed with SigV4, or if tools/shape_table.py
prints its shapes; of the others only the protocol's name is kept, for the message that refuses
them.

Members are known by name alone, not by shape: a name that stands for a time in one operation and
for something else in another is printed as `Operation.Member`, and left out where even one
operation is ambiguous.
"""

import collections
import json
import re
import sys

import botocore
import botocore.session
from botocore import xform_name
from botocore.endpoint_provider import EndpointProvider

from shape_table import CHOSEN

# One or more Regions of each partition: two or three show whether a host depends on the Region.
SAMPLES = {
    "aws": ["eu-central-1", "us-east-1", "us-west-2"],
    "aws-cn": ["cn-north-1", "cn-northwest-1"],
    "aws-eusc": ["eusc-de-east-1"],
    "aws-iso": ["us-iso-east-1"],
    "aws-iso-b": ["us-isob-east-1"],
    "aws-iso-e": ["eu-isoe-west-1"],
    "aws-iso-f": ["us-isof-south-1"],
    "aws-us-gov": ["us-gov-west-1", "us-gov-east-1"],
}

SESSION = botocore.session.get_session()
LOADER = SESSION.get_component("data_loader")
PARTITIONS = LOADER.load_data("partitions")


def text(value):
    return json.dumps(value)


def array(values):
    return "&[" + ", ".join(values) + "]"


def texts(values):
    return array(text(value) for value in values)


def protocols(metadata):
    return metadata.get("protocols") or [metadata["protocol"]]


def members(shape, seen):
    """Every (name, shape) below a shape; what a list holds goes under the list's own name."""
    if shape is None or shape.name in seen:
        return
    seen.add(shape.name)
    if shape.type_name == "structure":
        for key, member in shape.members.items():
            name = member.serialization.get("name", key)
            inner = member
            while inner.type_name == "list":
                inner = inner.member
            yield name, inner
            yield from members(member, seen)
    elif shape.type_name == "list":
        yield from members(shape.member, seen)
    elif shape.type_name == "map":
        yield from members(shape.value, seen)


def kinds_of(operation):
    kinds = collections.defaultdict(set)
    for shape in (operation.input_shape, operation.output_shape):
        for name, member in members(shape, set()):
            kind = member.type_name
            # These are texts on the wire already.
            if kind == "timestamp" and member.serialization.get("timestampFormat") == "iso8601":
                kind = "string"
            kinds[name].add(kind)
    return kinds


def named(per_operation, kind):
    """The names that always stand for `kind`, and `Operation.Name` where only there."""
    total = collections.defaultdict(set)
    for kinds in per_operation.values():
        for name, found in kinds.items():
            total[name] |= found
    found = {name for name, kinds in total.items() if kinds == {kind}}
    for operation, kinds in per_operation.items():
        for name, here in kinds.items():
            if here == {kind} and name not in found:
                found.add(f"{operation}.{name}")
    return sorted(found)


def host_rows(name, metadata):
    """(partition, host, signing Region) where the host is not prefix.Region.suffix."""
    provider = EndpointProvider(
        LOADER.load_service_model(name, "endpoint-rule-set-1"), PARTITIONS
    )
    rows = []
    for partition in PARTITIONS["partitions"]:
        suffix = partition["outputs"]["dnsSuffix"]
        found = []
        odd = False
        for region in SAMPLES[partition["id"]]:
            endpoint = provider.resolve_endpoint(Region=region, UseFIPS=False, **dual(provider))
            schemes = endpoint.properties.get("authSchemes") or [{}]
            if schemes[0].get("name", "sigv4") != "sigv4":
                return None
            host = endpoint.url.removeprefix("https://")
            signing = schemes[0].get("signingRegion", region)
            plain = f"{metadata['endpointPrefix']}.{region}.{suffix}"
            odd = odd or host != plain or signing != region
            found.append((region, host, signing))
        if odd:
            rows.append((partition["id"], *common(name, found)))
    return rows


def dual(provider):
    has = any(parameter == "UseDualStack" for parameter in provider.ruleset.parameters)
    return {"UseDualStack": False} if has else {}


def common(name, found):
    if len({(host, signing) for _, host, signing in found}) == 1:
        return found[0][1:]
    hosts = {host.replace(region, "{region}") for region, host, _ in found}
    if len(hosts) == 1 and all(region == signing for region, _, signing in found):
        return hosts.pop(), ""
    sys.exit(f"{name}: no common form of {found}")


def row(name, model, hosts):
    metadata = model.metadata
    operations = [model.operation_model(name) for name in model.operation_names]
    per_operation = {operation.name: kinds_of(operation) for operation in operations}
    naive = lambda name: "".join(
        part[:1].upper() + part[1:] for part in xform_name(name).split("_")
    )
    odd = [operation.name for operation in operations if naive(operation.name) != operation.name]
    tokens = [
        f"({text(operation.name)}, {text(token)})"
        for operation in operations
        for token in operation.idempotent_members
    ]
    prefixes = [
        f"({text(operation.name)}, {text(operation.endpoint['hostPrefix'])})"
        for operation in operations
        if operation.endpoint and "{" not in operation.endpoint.get("hostPrefix", "{")
    ]
    streams = [
        operation.name
        for operation in operations
        if operation.has_streaming_output or operation.has_event_stream_output
    ]
    fields = {
        "name": text(name),
        "id": text(metadata["serviceId"].upper().replace(" ", "_").replace("-", "_")),
        "signing_name": text(metadata.get("signingName", metadata["endpointPrefix"])),
        "endpoint_prefix": text(metadata["endpointPrefix"]),
        "target_prefix": text(metadata["targetPrefix"]),
        "content_type": text(f"application/x-amz-json-{metadata['jsonVersion']}"),
    }
    optional = {
        "query_compatible": "true" if metadata.get("awsQueryCompatible") is not None else "",
        "hosts": array(f"({text(p)}, {text(h)}, {text(r)})" for p, h, r in hosts),
        "host_prefixes": array(prefixes),
        "odd_names": texts(odd),
        "streams": texts(streams),
        "tokens": array(tokens),
        "times": texts(named(per_operation, "timestamp")),
        "blobs": texts(named(per_operation, "blob")),
    }
    fields.update({key: value for key, value in optional.items() if value not in ("", "&[]")})
    body = ", ".join(f"{key}: {value}" for key, value in fields.items())
    return f"    Service {{ {body}, ..PLAIN }},"


def query_row(name, model, hosts):
    metadata = model.metadata
    kept = CHOSEN[name] or model.operation_names
    tokens = [
        f"({text(operation)}, {text(token)})"
        for operation in kept
        for token in model.operation_model(operation).idempotent_members
    ]
    fields = {
        "name": text(name),
        "id": text(metadata["serviceId"].upper().replace(" ", "_").replace("-", "_")),
        "signing_name": text(metadata.get("signingName", metadata["endpointPrefix"])),
        "endpoint_prefix": text(metadata["endpointPrefix"]),
        "protocol": "ServiceProtocol::" + protocols(metadata)[0].capitalize(),
        "api_version": text(metadata["apiVersion"]),
    }
    optional = {
        "hosts": array(f"({text(p)}, {text(h)}, {text(r)})" for p, h, r in hosts),
        "tokens": array(tokens),
    }
    fields.update({key: value for key, value in optional.items() if value != "&[]"})
    body = ", ".join(f"{key}: {value}" for key, value in fields.items())
    return f"    Service {{ {body}, ..PLAIN }},"


def partition_row(partition):
    # `^us\-gov\-\w+\-\d+$` begins with us-gov-; the aws partition takes what no other does.
    start = re.match(r"\^([a-z\\-]+?-)(\\w|\()", partition["regionRegex"])
    prefix = start.group(1).replace("\\", "") if start else ""
    outputs = partition["outputs"]
    return f"    ({text(partition['id'])}, {text(prefix)}, {text(outputs['dnsSuffix'])}),"


def main():
    rows, others = [], []
    for name in SESSION.get_available_services():
        model = SESSION.get_service_model(name)
        spoken = protocols(model.metadata)
        known = "json" in spoken or name in CHOSEN
        hosts = host_rows(name, model.metadata) if known else None
        if hosts is not None and name in CHOSEN:
            rows.append(query_row(name, model, hosts))
        elif hosts is None:
            others.append(f"    ({text(name)}, {text(spoken[0])}),")
        else:
            rows.append(row(name, model, hosts))
    print(f"//! Printed by tools/service_table.py from the models of botocore {botocore.__version__}")
    print("//! (Apache-2.0); not written by hand.")
    print("\nuse super::{PLAIN, Service, ServiceProtocol};")
    print("\n/// Partition, how its Regions begin, its DNS suffix; `aws` takes what no other does.")
    print("#[rustfmt::skip]")
    print("pub(super) const PARTITIONS: &[(&str, &str, &str)] = &[")
    print("\n".join(map(partition_row, PARTITIONS["partitions"])))
    print("];\n\n/// The services that can be called, by name.\n#[rustfmt::skip]")
    print("pub(super) const SERVICES: &[Service] = &[")
    print("\n".join(rows))
    print("];\n\n/// The other services, and what they speak.\n#[rustfmt::skip]")
    print("pub(super) const OTHERS: &[(&str, &str)] = &[")
    print("\n".join(others))
    print("];")


main()
