#!/usr/bin/env python3
"""Prints tests/calls/vectors.json: what the installed botocore sends for inputs of the query and
ec2 protocols, and what it reads from answers.

    python3 crates/awscall/tools/query_vectors.py > crates/awscall/tests/calls/vectors.json
"""

import datetime
import json

import botocore
import botocore.session
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

SESSION = botocore.session.get_session()
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*"}]})
ENCODED = "%7B%22Version%22%3A%20%222012-10-17%22%2C%20%22Statement%22%3A%20%5B%5D%7D"

REQUESTS = [
    ("iam", "GetInstanceProfile", {"InstanceProfileName": "web"}),
    ("iam", "PutRolePolicy", {"RoleName": "web", "PolicyName": "a b", "PolicyDocument": POLICY}),
    ("iam", "TagRole", {"RoleName": "w", "Tags": [{"Key": "k", "Value": "v&=+ ü"}, {"Key": "e", "Value": ""}]}),
    ("iam", "SimulatePrincipalPolicy", {
        "PolicySourceArn": "arn:aws:iam::111122223333:role/w", "ActionNames": ["s3:Get*", "s3:Put*"],
        "ContextEntries": [{"ContextKeyName": "aws:a", "ContextKeyValues": ["x", "y"], "ContextKeyType": "string"}],
        "MaxItems": 5}),
    ("iam", "UpdateAccountPasswordPolicy", {"MinimumPasswordLength": 14, "RequireSymbols": True, "HardExpiry": False}),
    ("iam", "GetAccountAuthorizationDetails", {"Filter": ["Role", "LocalManagedPolicy"], "Marker": "m/1"}),
    ("iam", "UntagRole", {"RoleName": "w", "TagKeys": []}),
    ("sts", "GetCallerIdentity", {}),
    ("sts", "AssumeRole", {
        "RoleArn": "arn:aws:iam::111122223333:role/r", "RoleSessionName": "session", "DurationSeconds": 900,
        "PolicyArns": [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}], "TransitiveTagKeys": ["a"]}),
    ("sns", "Publish", {
        "TopicArn": "arn:aws:sns:eu-central-1:111122223333:t", "Subject": "s", "Message": "line 1\nline 2",
        "MessageAttributes": {
            "kind": {"DataType": "String", "StringValue": "approval"},
            "raw": {"DataType": "Binary", "BinaryValue": "bytes\u00ff"}}}),
    ("sns", "SetTopicAttributes", {"TopicArn": "t", "AttributeName": "n", "AttributeValue": ""}),
    ("sns", "CreateTopic", {"Name": "AutomationX", "Attributes": {"DisplayName": "d", "Policy": "{}"}}),
    ("ec2", "DescribeIamInstanceProfileAssociations", {
        "Filters": [{"Name": "instance-id", "Values": ["i-0123456789abcdef0"]},
                    {"Name": "state", "Values": ["associating", "associated"]}], "MaxResults": 5}),
    ("ec2", "AssociateIamInstanceProfile", {
        "InstanceId": "i-0123456789abcdef0",
        "IamInstanceProfile": {"Arn": "arn:aws:iam::111122223333:instance-profile/team/web"}}),
    ("ec2", "ReplaceIamInstanceProfileAssociation", {
        "AssociationId": "iip-assoc-1", "IamInstanceProfile": {"Name": "web"}}),
    ("ec2", "DescribeInstances", {
        "InstanceIds": ["i-1", "i-2"], "DryRun": False, "Filters": [{"Name": "tag:a", "Values": ["b*"]}]}),
    ("ec2", "CreateTags", {"Resources": ["i-1"], "Tags": [{"Key": "a:b", "Value": "c d"}]}),
    ("ec2", "ModifyInstanceAttribute", {
        "InstanceId": "i-1", "DisableApiTermination": {"Value": True}, "UserData": {"Value": "#!/bin/sh\n"}}),
    ("ec2", "ModifyInstanceMetadataOptions", {"InstanceId": "i-1", "HttpTokens": "required", "HttpPutResponseHopLimit": 1}),
    ("ec2", "RevokeSecurityGroupIngress", {
        "GroupId": "sg-1", "IpPermissions": [{
            "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
            "IpRanges": [{"CidrIp": "0.0.0.0/0"}, {"CidrIp": "10.0.0.0/8", "Description": "x"}],
            "UserIdGroupPairs": [{"GroupId": "sg-2"}]}]}),
    ("ec2", "DescribeInstanceStatus", {"InstanceIds": [], "IncludeAllInstances": True}),
    ("autoscaling", "UpdateAutoScalingGroup", {"AutoScalingGroupName": "g", "MinSize": 0, "AvailabilityZones": ["a", "b"]}),
    ("rds", "ModifyDBInstance", {"DBInstanceIdentifier": "d", "VpcSecurityGroupIds": ["sg-1", "sg-2"], "MultiAZ": True}),
    ("elb", "ModifyLoadBalancerAttributes", {
        "LoadBalancerName": "l", "LoadBalancerAttributes": {
            "ConnectionDraining": {"Enabled": True, "Timeout": 60},
            "AdditionalAttributes": [{"Key": "k", "Value": "v"}]}}),
    ("redshift", "DescribeClusters", {"TagKeys": ["a"], "MaxRecords": 20}),
    ("rds", "DescribeDBSnapshots", {"Filters": [{"Name": "n", "Values": ["v"]}], "IncludeShared": False}),
    ("rds", "DescribeEvents", {"StartTime": "2026-03-02T09:57:12Z", "EndTime": "2026-03-02T10:57:12.5+01:00"}),
    ("autoscaling", "PutScheduledUpdateGroupAction", {
        "AutoScalingGroupName": "g", "ScheduledActionName": "s", "StartTime": "2026-03-02", "DesiredCapacity": 2}),
    ("cloudformation", "DescribeStacks", {"StackName": "s"}),
]

IAM = 'xmlns="https://iam.amazonaws.com/doc/2010-05-08/"'
META = "<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>"
ANSWERS = [
    ("iam", "GetInstanceProfile", f"""<GetInstanceProfileResponse {IAM}><GetInstanceProfileResult><InstanceProfile>
      <Path>/team/</Path><InstanceProfileName>web</InstanceProfileName><InstanceProfileId>AIPA</InstanceProfileId>
      <Arn>arn:aws:iam::111122223333:instance-profile/team/web</Arn><CreateDate>2026-03-02T09:57:12Z</CreateDate>
      <Roles><member><Path>/</Path><RoleName>web</RoleName><RoleId>AROA</RoleId><Arn>arn:aws:iam::111122223333:role/web</Arn>
      <CreateDate>2026-03-02T09:57:12.500Z</CreateDate><AssumeRolePolicyDocument>{ENCODED}</AssumeRolePolicyDocument>
      <MaxSessionDuration>3600</MaxSessionDuration></member></Roles><Unknown>x</Unknown></InstanceProfile></GetInstanceProfileResult>{META}</GetInstanceProfileResponse>"""),
    ("iam", "ListAttachedRolePolicies", f"""<ListAttachedRolePoliciesResponse {IAM}><ListAttachedRolePoliciesResult>
      <IsTruncated>false</IsTruncated><AttachedPolicies><member><PolicyName>A &amp; B</PolicyName>
      <PolicyArn>arn:aws:iam::aws:policy/A</PolicyArn></member></AttachedPolicies></ListAttachedRolePoliciesResult>{META}</ListAttachedRolePoliciesResponse>"""),
    ("iam", "ListAttachedRolePolicies", f"""<ListAttachedRolePoliciesResponse {IAM}><ListAttachedRolePoliciesResult>
      <IsTruncated>true</IsTruncated><AttachedPolicies/><Marker>x</Marker></ListAttachedRolePoliciesResult>{META}</ListAttachedRolePoliciesResponse>"""),
    ("iam", "GetRolePolicy", f"""<GetRolePolicyResponse {IAM}><GetRolePolicyResult><RoleName>web</RoleName><PolicyName>p</PolicyName>
      <PolicyDocument>{ENCODED}</PolicyDocument></GetRolePolicyResult>{META}</GetRolePolicyResponse>"""),
    ("iam", "GetAccountSummary", f"""<GetAccountSummaryResponse {IAM}><GetAccountSummaryResult><SummaryMap>
      <entry><key>Users</key><value>31</value></entry><entry><key>AccountMFAEnabled</key><value>1</value></entry>
      </SummaryMap></GetAccountSummaryResult>{META}</GetAccountSummaryResponse>"""),
    ("iam", "DetachRolePolicy", f"<DetachRolePolicyResponse {IAM}>{META}</DetachRolePolicyResponse>"),
    ("iam", "GetCredentialReport", f"""<GetCredentialReportResponse {IAM}><GetCredentialReportResult>
      <Content>dXNlcixhcm4K</Content><ReportFormat>text/csv</ReportFormat><GeneratedTime>2026-03-02T09:57:12Z</GeneratedTime>
      </GetCredentialReportResult>{META}</GetCredentialReportResponse>"""),
    ("sts", "GetCallerIdentity", """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
      <Arn>arn:aws:iam::111122223333:user/a</Arn><UserId>AIDA</UserId><Account>111122223333</Account></GetCallerIdentityResult>"""
      + META + "</GetCallerIdentityResponse>"),
    ("sns", "GetTopicAttributes", """<GetTopicAttributesResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><GetTopicAttributesResult>
      <Attributes><entry><key>Policy</key><value>{&quot;a&quot;:1}</value></entry></Attributes></GetTopicAttributesResult>"""
      + META + "</GetTopicAttributesResponse>"),
    ("ec2", "DescribeIamInstanceProfileAssociations", """<?xml version="1.0" encoding="UTF-8"?>
<DescribeIamInstanceProfileAssociationsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r-1</requestId>
      <iamInstanceProfileAssociationSet><item><associationId>iip-assoc-1</associationId><iamInstanceProfile>
      <arn>arn:aws:iam::111122223333:instance-profile/web</arn><id>AIPA</id></iamInstanceProfile><instanceId>i-1</instanceId>
      <state>associated</state><timestamp>2026-03-02T09:57:12.000Z</timestamp></item></iamInstanceProfileAssociationSet>
      </DescribeIamInstanceProfileAssociationsResponse>"""),
    ("ec2", "DescribeInstances", """<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r-1</requestId>
      <reservationSet><item><reservationId>r</reservationId><ownerId>111122223333</ownerId><groupSet/><instancesSet><item>
      <instanceId>i-1</instanceId><instanceState><code>16</code><name>running</name></instanceState><ebsOptimized>true</ebsOptimized>
      <launchTime>2026-03-02T09:57:12.000Z</launchTime><iamInstanceProfile><arn>a</arn><id>b</id></iamInstanceProfile>
      <tagSet><item><key>Name</key><value/></item></tagSet></item></instancesSet></item></reservationSet></DescribeInstancesResponse>"""),
    ("ec2", "CreateTags", """<CreateTagsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r-1</requestId><return>true</return></CreateTagsResponse>"""),
    ("rds", "DescribeDBInstances", """<DescribeDBInstancesResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeDBInstancesResult>
      <DBInstances><DBInstance><DBInstanceIdentifier>d</DBInstanceIdentifier><AllocatedStorage>20</AllocatedStorage><MultiAZ>false</MultiAZ>
      <DBParameterGroups><DBParameterGroup><DBParameterGroupName>g</DBParameterGroupName></DBParameterGroup></DBParameterGroups>
      </DBInstance></DBInstances></DescribeDBInstancesResult>""" + META + "</DescribeDBInstancesResponse>"),
]


def model_of(service, api):
    model = SESSION.get_service_model(service)
    return model, model.operation_model(api)


def plain(value):
    """As our caller gives it: times and bytes are texts."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items() if key != "ResponseMetadata"}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).isoformat()
    if isinstance(value, bytes):
        return value.decode()
    return value


def sent(service, api, given):
    model, operation = model_of(service, api)
    serializer = create_serializer(model.metadata["protocol"], include_validation=False)
    request = serializer.serialize_to_request(given, operation)
    pairs = sorted([name, str(value)] for name, value in request["body"].items())
    return {"service": service, "api": api, "input": given, "pairs": pairs}


def told(service, api, xml):
    model, operation = model_of(service, api)
    parser = create_parser(model.metadata["protocol"])
    parsed = parser.parse({"status_code": 200, "headers": {}, "body": xml.encode()}, operation.output_shape)
    from botocore.handlers import json_decode_policies

    if service == "iam" and operation.output_shape:
        json_decode_policies(parsed, operation)
    return {"service": service, "api": api, "xml": xml, "output": plain(parsed)}


def main():
    vectors = {
        "botocore": botocore.__version__,
        "requests": [sent(*request) for request in REQUESTS],
        "answers": [told(*answer) for answer in ANSWERS],
    }
    print(json.dumps(vectors, indent=1, ensure_ascii=False))


main()
