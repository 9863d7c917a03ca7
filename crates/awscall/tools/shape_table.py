#!/usr/bin/env python3
"""Writes data/SERVICE.txt from the models of the installed botocore: the shapes of the services
that speak the query and ec2 protocols, whose XML does not say what is a list or a number.

    python3 crates/awscall/tools/shape_table.py

The form, one thing a line:

    op NAME INPUT OUTPUT WRAPPER     an operation; `-` where there is none
    list NAME ITEM [=wire]           a list and what it holds
    map NAME VALUE [=key,value]      a map of texts, and what they lead to
    struct NAME                      a structure, and below it, indented,
      MEMBER TYPE [=wire]              its members

A type is the name of a shape, or `str`, `bool`, `int`, `float`, `time`, `blob`, or `json`: a
percent-encoded JSON text, which boto3 decodes in answers.
"""

import pathlib
import sys

# Of the largest models only what AWS's own native runbooks and ours call; None: everything.
CHOSEN = {
    "autoscaling": [
        "CreateAutoScalingGroup", "CreateLaunchConfiguration", "DeleteAutoScalingGroup",
        "DeleteLaunchConfiguration", "DescribeAutoScalingGroups", "DescribeAutoScalingInstances",
        "PutScheduledUpdateGroupAction", "UpdateAutoScalingGroup",
    ],
    "cloudformation": [
        "DeleteStack", "DescribeStackEvents", "DescribeStackResources", "DescribeStacks",
    ],
    "ec2": [
        "AssociateAddress", "AssociateIamInstanceProfile", "CreateFlowLogs",
        "CreateSecurityGroup", "CreateTags", "CreateTrafficMirrorFilter",
        "CreateTrafficMirrorFilterRule", "CreateTrafficMirrorSession", "DeleteFlowLogs",
        "DeleteTags", "DeleteTrafficMirrorFilter", "DeleteTrafficMirrorTarget", "DescribeAddresses", "DescribeFlowLogs",
        "DescribeIamInstanceProfileAssociations", "DescribeImages", "DescribeInstanceAttribute",
        "DescribeInstanceStatus", "DescribeInstanceTypes", "DescribeInstances",
        "DescribeNetworkAcls", "DescribeNetworkInterfaces", "DescribeRegions",
        "DescribeRouteTables", "DescribeSecurityGroups", "DescribeSnapshots", "DescribeSubnets",
        "DescribeTags", "DescribeVolumes", "DescribeVpcs", "DisassociateAddress",
        "DisassociateIamInstanceProfile", "GetConsoleOutput", "ModifyInstanceAttribute",
        "ModifyInstanceMetadataOptions", "ModifySubnetAttribute", "MonitorInstances",
        "MoveAddressToVpc", "RebootInstances", "ReplaceIamInstanceProfileAssociation",
        "RevokeSecurityGroupIngress", "StartInstances", "StopInstances", "TerminateInstances",
    ],
    "elb": [
        "DescribeLoadBalancerAttributes", "DescribeLoadBalancers", "ModifyLoadBalancerAttributes",
    ],
    "elbv2": [
        "DescribeLoadBalancerAttributes", "DescribeLoadBalancers", "ModifyLoadBalancerAttributes",
        "SetSecurityGroups",
    ],
    "iam": None,
    "neptune": ["DescribeDBClusters", "ModifyDBCluster"],
    "rds": [
        "CopyDBClusterSnapshot", "CopyDBSnapshot", "DeleteDBInstance",
        "DescribeDBClusterSnapshots", "DescribeDBClusters", "DescribeDBInstances",
        "DescribeDBSnapshots", "DescribeEvents", "ModifyDBClusterSnapshotAttribute", "ModifyDBInstance",
        "ModifyDBSnapshotAttribute", "RebootDBInstance", "StartDBInstance",
    ],
    "redshift": [
        "DescribeClusterSubnetGroups", "DescribeClusters", "DescribeLoggingStatus",
        "EnableLogging", "ModifyClusterParameterGroup",
    ],
    "sns": None,
    "sts": None,
}

PLAIN = {
    "string": "str", "character": "str", "boolean": "bool", "integer": "int", "long": "int",
    "double": "float", "float": "float", "timestamp": "time", "blob": "blob",
}

# Texts in the model, which boto3 encodes as base64 before it sends them.
ENCODED = {("CreateLaunchConfigurationType", "UserData")}


def kind(shape):
    if shape.name == "policyDocumentType":
        return "json"
    return PLAIN.get(shape.type_name, shape.name)


def wire(shape, name):
    odd = {"flattened", "queryName", "xmlAttribute", "timestampFormat"} & set(shape.serialization)
    if odd:
        sys.exit(f"{shape.name} has {odd}, which the reader of these tables does not know")
    own = shape.serialization.get("name", name)
    return "" if own == name else f" ={own}"


def lines_of(shape):
    if shape.type_name == "structure":
        yield f"struct {shape.name}"
        for name, member in shape.members.items():
            form = "blob" if (shape.name, name) in ENCODED else kind(member)
            yield f"  {name} {form}{wire(member, name)}"
    elif shape.type_name == "list":
        yield f"list {shape.name} {kind(shape.member)}{wire(shape.member, 'member')}"
    elif shape.type_name == "map":
        key = shape.key.serialization.get("name", "key")
        value = shape.value.serialization.get("name", "value")
        names = "" if (key, value) == ("key", "value") else f" ={key},{value}"
        yield f"map {shape.name} {kind(shape.value)}{names}"


def collect(shape, found):
    if shape is None or kind(shape) != shape.name or shape.name in found:
        return
    found[shape.name] = list(lines_of(shape))
    inner = {
        "structure": lambda: shape.members.values(),
        "list": lambda: [shape.member],
        "map": lambda: [shape.key, shape.value],
    }
    for member in inner[shape.type_name]():
        collect(member, found)


def table(name, model):
    found, operations = {}, []
    kept = CHOSEN[name] or model.operation_names
    for operation in map(model.operation_model, sorted(kept)):
        shapes = (operation.input_shape, operation.output_shape)
        for shape in shapes:
            collect(shape, found)
        told = [shape.name if shape else "-" for shape in shapes]
        output = operation.output_shape
        wrapper = output.serialization.get("resultWrapper", "-") if output else "-"
        operations.append(" ".join(["op", operation.name, *told, wrapper]))
    whole = "every operation" if CHOSEN[name] is None else "chosen operations"
    yield f"# {name} {model.metadata['apiVersion']}, {whole}"
    yield from operations
    for shape in sorted(found):
        yield from found[shape]


def main():
    import botocore
    import botocore.session

    session = botocore.session.get_session()
    folder = pathlib.Path(__file__).parent.parent / "data"
    folder.mkdir(exist_ok=True)
    for name in CHOSEN:
        model = session.get_service_model(name)
        head = [
            f"# Printed by tools/shape_table.py from the models of botocore {botocore.__version__},",
            "# Copyright Amazon.com, Inc. or its affiliates, licensed under Apache-2.0;",
            "# changed: reduced to shapes and names; not written by hand.",
        ]
        text = "\n".join([*head, *table(name, model)]) + "\n"
        (folder / f"{name}.txt").write_text(text)


if __name__ == "__main__":
    main()
