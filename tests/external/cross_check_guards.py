"""Attacks on what guards the trail: B43 to B51."""

import io
import json
import zipfile

from cross_check_scenarios import (
    ACCOUNT, REGION, bucket_policy, call, policy, prepared, scenario, trust)

EVALUATOR, REMEDIATOR = "trailkeeper-evaluator", "trailkeeper-remediator"
# More white space than CloudTrail records of a request.
PADDING = " " * 110_000


def archive(text):
    """An archive of a function with this text."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as code:
        code.writestr(zipfile.ZipInfo("bootstrap"), text)
    return file.getvalue()


def function(it, name):
    """A function that the sandbox's accounts have from the start, and its role."""
    role = f"{it.short}-function-role"
    return [
        call("iam", "create_role", RoleName=role, AssumeRolePolicyDocument=trust("lambda.amazonaws.com")),
        prepared("lambda", "create_function", FunctionName=name, Runtime="provided.al2023",
                 Role=f"arn:aws:iam::{ACCOUNT}:role/{role}", Handler="bootstrap",
                 Code={"ZipFile": archive("#!/bin/sh")}, Timeout=300)]


def function_arn(name):
    """The function's ARN."""
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


def automation(*steps):
    """The content of a runbook."""
    return json.dumps({"schemaVersion": "0.3", "mainSteps": list(steps)})


def sleep(seconds):
    """A runbook's step that does nothing."""
    return {"name": "Wait", "action": "aws:sleep", "inputs": {"Duration": f"PT{seconds}S"}}


def document(name, content):
    """A runbook."""
    return call("ssm", "create_document", Name=name, Content=content, DocumentType="Automation",
                DocumentFormat="JSON")


@scenario("B43")
def _recorder(it):
    shown = call("config", "describe_configuration_recorder_status",
                 look="ConfigurationRecordersStatus[].{name: name, recording: recording}")
    recorder = {"name": "default", "roleARN": f"arn:aws:iam::{ACCOUNT}:role/config",
                "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True}}
    named = {"ConfigurationRecorderName": "default"}
    group = call("config", "describe_configuration_recorders", look=(
        "ConfigurationRecorders[].recordingGroup.{all: allSupported, types: sort(resourceTypes)}"))
    return [
        call("config", "stop_configuration_recorder", **named),
        call("config", "delete_configuration_recorder", **named),
        call("config", "delete_delivery_channel", DeliveryChannelName="default"), shown,
        call("config", "start_configuration_recorder", **named), *it.store(),
        call("config", "put_delivery_channel",
             DeliveryChannel={"name": "default", "s3BucketName": it.bucket}),
        call("config", "put_configuration_recorder", ConfigurationRecorder=recorder), shown,
        call("config", "start_configuration_recorder", **named),
        call("config", "put_delivery_channel",
             DeliveryChannel={"name": "default", "s3BucketName": it.bucket}),
        call("config", "start_configuration_recorder", **named), shown,
        call("config", "put_configuration_recorder", ConfigurationRecorder=recorder | {
            "recordingGroup": {"allSupported": False, "includeGlobalResourceTypes": False,
                               "resourceTypes": ["AWS::S3::Bucket", "AWS::CloudTrail::Trail"]}}),
        group, call("config", "describe_configuration_recorders", look="length(ConfigurationRecorders)",
                    keep={"recorder": "ConfigurationRecorders[0].arn"}),
        call("config", "disassociate_resource_types", ConfigurationRecorderArn="{recorder}",
             ResourceTypes=["AWS::CloudTrail::Trail"]), group,
        call("config", "delete_delivery_channel", DeliveryChannelName="default"),
        call("config", "stop_configuration_recorder", **named), shown,
        call("config", "delete_delivery_channel", DeliveryChannelName="default"),
        call("config", "delete_configuration_recorder", **named), shown]


@scenario("B44")
def _rule(it):
    rule = config_rule(it)
    # No server has this function.
    nobodys = rule | {"Source": rule["Source"] | {"SourceIdentifier": function_arn(f"{it.short}-function")}}
    named = {"ConfigRuleName": rule["ConfigRuleName"]}
    shown = call("config", "describe_config_rules", ConfigRuleNames=[rule["ConfigRuleName"]], look=(
        "ConfigRules[].{name: ConfigRuleName, state: ConfigRuleState, parameters: InputParameters}"))
    recorder = {"name": "default", "roleARN": f"arn:aws:iam::{ACCOUNT}:role/config",
                "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True}}
    return [shown, call("config", "put_configuration_recorder", ConfigurationRecorder=recorder),
            call("config", "put_config_rule", ConfigRule=nobodys), shown,
            call("config", "delete_config_rule", **named),
            *invoked_by_config(it), call("config", "put_config_rule", ConfigRule=rule), shown,
            call("config", "put_config_rule", ConfigRule=rule | {
                "InputParameters": json.dumps({"requireMultiRegion": "false"})}), shown,
            *_remediation(it, named), call("config", "delete_evaluation_results", **named),
            call("config", "delete_config_rule", **named), shown,
            call("config", "delete_evaluation_results", **named),
            call("config", "delete_config_rule", **named),
            call("config", "delete_configuration_recorder", ConfigurationRecorderName="default"),
            prepared("lambda", "delete_function", FunctionName=EVALUATOR)]


def config_rule(it):
    """A scheduled rule of the evaluator."""
    return {"ConfigRuleName": f"{it.short}-rule", "InputParameters": "{}", "Source": {
        "Owner": "CUSTOM_LAMBDA", "SourceIdentifier": function_arn(EVALUATOR),
        "SourceDetails": [{"EventSource": "aws.config", "MessageType": "ScheduledNotification",
                           "MaximumExecutionFrequency": "One_Hour"}]}}


def invoked_by_config(it):
    """The evaluator, which AWS Config may invoke."""
    return [*function(it, EVALUATOR),
            prepared("lambda", "add_permission", FunctionName=EVALUATOR, StatementId="config",
                     Action="lambda:InvokeFunction", Principal="config.amazonaws.com")]


def remediation(rule, document_name):
    """A remediation by hand."""
    return {"ConfigRuleName": rule, "TargetType": "SSM_DOCUMENT", "TargetId": document_name,
            "Parameters": {}, "Automatic": False}


def _remediation(it, named):
    """The remediation is aimed at another runbook and taken away; the account becomes an exception."""
    name, rule = f"{it.short}-document", named["ConfigRuleName"]
    account = {"ResourceType": "AWS::::Account", "ResourceId": ACCOUNT}
    shown = call("config", "describe_remediation_configurations", ConfigRuleNames=[rule],
                 look="RemediationConfigurations[].{rule: ConfigRuleName, document: TargetId}")
    return [document(name, automation(sleep(1))),
            call("config", "put_remediation_configurations",
                 RemediationConfigurations=[remediation(rule, name)]), shown,
            call("config", "put_remediation_exceptions", ResourceKeys=[account], Message="x", **named),
            call("config", "delete_remediation_configuration", **named), shown,
            call("config", "delete_remediation_configuration", **named),
            call("ssm", "delete_document", Name=name)]


@scenario("B45")
def _bus_rule(it):
    name = f"{it.short}-rule"
    pattern = json.dumps({"source": ["aws.cloudtrail"]})
    shown = call("events", "describe_rule", Name=name,
                 look="{name: Name, state: State, pattern: EventPattern}")
    targets = call("events", "list_targets_by_rule", Rule=name, look="Targets[].Id")
    return [call("events", "put_rule", Name=name, EventPattern=pattern), shown,
            call("events", "put_targets", Rule=name, look="{failed: FailedEntryCount}", Targets=[{
                "Id": "a", "Arn": function_arn("f")}]), targets,
            call("events", "put_rule", Name=name,
                 EventPattern=json.dumps({"source": ["aws.none"]})), shown,
            call("events", "disable_rule", Name=name), shown,
            call("events", "delete_rule", Name=name),
            call("events", "remove_targets", Rule=name, Ids=["a"],
                 look="{failed: FailedEntryCount}"), targets,
            call("events", "put_rule", Name=name, EventPattern="{"),
            call("events", "delete_rule", Name=name), shown,
            call("events", "delete_rule", Name=name), call("events", "disable_rule", Name=name),
            call("kms", "create_key", keep={"key": "KeyMetadata.Arn", "id": "KeyMetadata.KeyId"}),
            call("events", "update_event_bus", Name="default", KmsKeyIdentifier="{key}",
                 look="{name: Name, key: KmsKeyIdentifier}"),
            call("events", "update_event_bus", Name="default", KmsKeyIdentifier="", look="{name: Name}"),
            call("events", "update_event_bus", Name="no-such-bus")]


@scenario("B46")
def _function(it):
    none, named = {"FunctionName": "no-such-function"}, {"FunctionName": REMEDIATOR}
    shown = call("lambda", "get_function_configuration", look=(
        "{name: FunctionName, timeout: Timeout, variables: Environment.Variables}"), **named)
    return [
        call("lambda", "put_function_concurrency", ReservedConcurrentExecutions=0, **none),
        call("lambda", "get_function", **none),
        call("lambda", "remove_permission", StatementId="x", **none),
        call("lambda", "delete_function", **none),
        *function(it, REMEDIATOR), shown, *_throttled(named), *_code(named),
        call("lambda", "update_function_configuration", Timeout=1,
             Environment={"Variables": {"MODE": "off"}}, **named), shown,
        call("lambda", "update_function_configuration", Timeout=901, **named), shown,
        *_events_dropped(named), *_not_invoked(named),
        call("lambda", "delete_function", **named), shown, call("lambda", "delete_function", **named)]


def _throttled(named):
    shown = call("lambda", "get_function_concurrency", look="{reserved: ReservedConcurrentExecutions}",
                 **named)
    return [shown, call("lambda", "put_function_concurrency", ReservedConcurrentExecutions=0,
                        look="{reserved: ReservedConcurrentExecutions}", **named), shown,
            call("lambda", "put_function_concurrency", ReservedConcurrentExecutions=5000, **named),
            shown]


def _code(named):
    shown = call("lambda", "get_function_configuration", look="{hash: CodeSha256}", **named)
    return [call("lambda", "update_function_code", ZipFile=archive("#!/bin/false"),
                 look="{hash: CodeSha256}", **named), shown,
            call("lambda", "update_function_code", S3Bucket=f"no-such-bucket-{ACCOUNT}", S3Key="x",
                 **named), shown]


def _events_dropped(named):
    shown = call("lambda", "get_function_event_invoke_config", look=(
        "{retries: MaximumRetryAttempts, age: MaximumEventAgeInSeconds}"), **named)
    return [shown, call("lambda", "put_function_event_invoke_config", MaximumRetryAttempts=2,
                        MaximumEventAgeInSeconds=3600, **named), shown,
            call("lambda", "update_function_event_invoke_config", MaximumRetryAttempts=0, **named), shown,
            call("lambda", "put_function_event_invoke_config", MaximumEventAgeInSeconds=60, **named),
            shown, call("lambda", "put_function_event_invoke_config", MaximumRetryAttempts=3, **named),
            call("lambda", "delete_function_event_invoke_config", **named), shown,
            call("lambda", "delete_function_event_invoke_config", **named)]


def _not_invoked(named):
    shown = call("lambda", "get_policy", look="{policy: Policy}", **named)
    return [call("lambda", "add_permission", StatementId="events", Action="lambda:InvokeFunction",
                 Principal="events.amazonaws.com", SourceArn=f"arn:aws:events:{REGION}:{ACCOUNT}:rule/x",
                 **named), shown, call("lambda", "remove_permission", StatementId="events", **named),
            shown, call("lambda", "remove_permission", StatementId="events", **named)]


@scenario("B47")
def _document_and_role(it):
    name = f"{it.short}-document"
    shown = call("ssm", "describe_document", Name=name,
                 look="Document.{name: Name, latest: LatestVersion, default: DefaultVersion}")

    def update(content):
        return call("ssm", "update_document", Name=name, Content=content, DocumentVersion="$LATEST")
    return [
        document(name, automation(sleep(1))), shown, update(automation(sleep(1))),
        update(automation(sleep(2))), shown,
        call("ssm", "update_document_default_version", Name=name, DocumentVersion="2"), shown,
        call("ssm", "update_document_default_version", Name=name, DocumentVersion="9"),
        call("ssm", "delete_document", Name=name), shown,
        call("ssm", "start_automation_execution", DocumentName=name), *_guard_role(it)]


def _guard_role(it):
    role, managed = {"RoleName": f"{it.short}-role"}, f"arn:aws:iam::{ACCOUNT}:policy/{it.short}-policy"
    shown = call("iam", "get_role", look=(
        "Role.{name: RoleName, trust: AssumeRolePolicyDocument, "
        "boundary: PermissionsBoundary.PermissionsBoundaryArn}"), **role)
    attached = call("iam", "list_attached_role_policies", look="AttachedPolicies[].PolicyName", **role)
    inline = call("iam", "get_role_policy", PolicyName="own", look="{policy: PolicyDocument}", **role)
    grant = policy({"Effect": "Allow", "Action": "cloudtrail:StartLogging", "Resource": "*"})
    more = policy({"Effect": "Allow", "Action": "*", "Resource": "*"})

    def put(document_text):
        return call("iam", "put_role_policy", PolicyName="own", PolicyDocument=document_text, **role)
    unknown = f"arn:aws:iam::{ACCOUNT}:policy/no-such-policy"
    return [
        call("iam", "create_role", AssumeRolePolicyDocument=trust("ssm.amazonaws.com"), **role),
        call("iam", "create_policy", PolicyName=f"{it.short}-policy", PolicyDocument=more),
        put(grant), inline, put(more), inline, put("{"),
        call("iam", "attach_role_policy", PolicyArn=managed, **role), attached,
        call("iam", "attach_role_policy", PolicyArn=unknown, **role),
        call("iam", "put_role_permissions_boundary", PermissionsBoundary=managed, **role), shown,
        call("iam", "put_role_permissions_boundary", PermissionsBoundary=unknown, **role),
        call("iam", "update_assume_role_policy", PolicyDocument=trust("ec2.amazonaws.com"), **role),
        call("iam", "update_assume_role_policy", PolicyDocument="{", **role), shown,
        call("iam", "delete_role_policy", PolicyName="own", **role), inline,
        call("iam", "delete_role", **role),
        call("iam", "detach_role_policy", PolicyArn=managed, **role), attached,
        call("iam", "detach_role_policy", PolicyArn=managed, **role),
        call("iam", "delete_role", **role), shown]


@scenario("B48")
def _detector(it):
    none, one = "0" * 32, {"DetectorId": "{detector}"}
    shown = call("guardduty", "get_detector", look="{status: Status}", **one)
    return [call("guardduty", "create_detector", Enable=True, keep={"detector": "DetectorId"}),
            shown, *_archived(it, one), *_trusted(one), *_not_told(one),
            call("guardduty", "update_detector", Enable=False, **one), shown,
            call("guardduty", "delete_detector", **one), shown,
            call("guardduty", "delete_detector", DetectorId=none)]


def _archived(it, one):
    """A filter takes findings out of sight, first those of one kind, then more."""
    filtered = {"FilterName": it.short, **one}

    def criteria(*kinds):
        return {"Criterion": {"type": {"Eq": list(kinds)}}}
    shown = call("guardduty", "get_filter", look=(
        "{name: Name, action: Action, rank: Rank, criteria: FindingCriteria.Criterion.type.Eq}"), **filtered)
    stealth = "Stealth:IAMUser/CloudTrailLoggingDisabled"
    return [call("guardduty", "create_filter", Name=it.short, Action="ARCHIVE", Rank=1,
                 FindingCriteria=criteria(stealth), look="{name: Name}", **one), shown,
            call("guardduty", "update_filter", look="{name: Name}",
                 FindingCriteria=criteria(stealth, "Recon:IAMUser/MaliciousIPCaller"), **filtered), shown,
            call("guardduty", "update_filter", Action="NOOP", **filtered), shown,
            call("guardduty", "update_filter", Action="HIDE", **filtered),
            call("guardduty", "update_filter", DetectorId="{detector}", FilterName="none", Rank=1)]


def _trusted(one):
    """The intruder's addresses, and the intruder's domain, are declared trusted."""
    place = {"Name": "x", "Format": "TXT", "Location": "https://s3.amazonaws.com/x/list.txt",
             "Activate": True, **one}
    return [call("guardduty", "create_ip_set", keep={"set": "IpSetId"}, **place),
            call("guardduty", "update_ip_set", IpSetId="{set}", Activate=False, **one),
            call("guardduty", "get_ip_set", IpSetId="{set}", look="{status: Status}", **one),
            call("guardduty", "create_trusted_entity_set", keep={"entities": "TrustedEntitySetId"}, **place),
            call("guardduty", "update_trusted_entity_set", TrustedEntitySetId="{entities}", Activate=False,
                 **one)]


def _not_told(one):
    """Findings go elsewhere, and to nobody."""
    properties = {"DestinationArn": "arn:aws:s3:::x", "KmsKeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/x"}
    export = {"DestinationId": "{export}", **one}
    invited = call("guardduty", "accept_administrator_invitation", AdministratorId="999900001111",
                   InvitationId="0" * 32, **one)
    return [call("guardduty", "create_publishing_destination", DestinationType="S3",
                 DestinationProperties=properties, keep={"export": "DestinationId"}, **one),
            call("guardduty", "update_publishing_destination", DestinationProperties=properties, **export),
            call("guardduty", "delete_publishing_destination", **export),
            invited, call("guardduty", "disassociate_from_administrator_account", **one),
            invited, call("guardduty", "disassociate_from_master_account", **one),
            call("guardduty", "disassociate_from_administrator_account", **one)]


@scenario("B49")
def _exhausted(it):
    """What the repair may not remove, and a run that is stopped."""
    deny = {"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{it.bucket}/*"}
    name = f"{it.short}-document"
    wait = {"name": "Ask", "action": "aws:approve",
            "inputs": {"Approvers": [f"arn:aws:iam::{ACCOUNT}:root"]}}
    run = {"AutomationExecutionId": "{run}"}
    shown = call("ssm", "get_automation_execution", look=(
        "AutomationExecution.{status: AutomationExecutionStatus}"), **run)
    return [
        *it.logging(), *it.update(IsMultiRegionTrail=False),
        call("s3", "put_bucket_policy", Bucket=it.bucket, Policy=bucket_policy(it.bucket, deny)),
        it.judged(), *it.repaired(), document(name, automation(wait)),
        call("ssm", "start_automation_execution", DocumentName=name, keep={"run": "AutomationExecutionId"}),
        call("ssm", "stop_automation_execution", Type="Cancel", **run), shown,
        call("ssm", "stop_automation_execution", Type="Cancel", **run),
        call("ssm", "delete_document", Name=name), *it.gone()]


@scenario("B50")
def _own_switches(it):
    rule, name = config_rule(it), f"{it.short}-document"
    named = {"ConfigRuleName": rule["ConfigRuleName"]}
    recorder = {"name": "default", "roleARN": f"arn:aws:iam::{ACCOUNT}:role/config",
                "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True}}
    put = call("config", "put_config_rule", ConfigRule=rule | {
        "InputParameters": json.dumps({"requireMultiRegion": "false"})})
    return [
        *invoked_by_config(it),
        call("lambda", "update_function_configuration", FunctionName=EVALUATOR,
             Environment={"Variables": {"MODE": "off"}}, look="{variables: Environment.Variables}"),
        call("config", "put_configuration_recorder", ConfigurationRecorder=recorder),
        call("config", "put_config_rule", ConfigRule=rule), put,
        call("config", "describe_config_rules", ConfigRuleNames=[rule["ConfigRuleName"]],
             look="ConfigRules[].InputParameters"),
        document(name, automation(sleep(1))),
        call("config", "put_remediation_configurations",
             RemediationConfigurations=[remediation(rule["ConfigRuleName"], name)]),
        call("config", "delete_remediation_configuration", **named),
        call("ssm", "delete_document", Name=name), call("config", "delete_config_rule", **named),
        call("config", "delete_configuration_recorder", ConfigurationRecorderName="default")]


@scenario("B51")
def _too_large(it):
    """White space does not count in IAM's quotas, but it does in what CloudTrail records."""
    role = {"RoleName": f"{it.short}-role"}
    shown = call("iam", "get_role", look="Role.{trust: AssumeRolePolicyDocument}", **role)
    inline = call("iam", "get_role_policy", PolicyName="own", look="{policy: PolicyDocument}", **role)
    more = policy({"Effect": "Allow", "Action": "*", "Resource": "*"})
    full = policy({"Effect": "Allow", "Action": "*", "Resource": ["arn:aws:s3:::" + "x" * 11_000]})
    return [
        call("iam", "create_role", AssumeRolePolicyDocument=trust("ssm.amazonaws.com"), **role),
        call("iam", "put_role_policy", PolicyName="own", PolicyDocument=more + PADDING, **role), inline,
        call("iam", "put_role_policy", PolicyName="own", PolicyDocument=full, **role), inline,
        call("iam", "update_assume_role_policy",
             PolicyDocument=trust("ec2.amazonaws.com") + PADDING, **role), shown,
        call("iam", "delete_role_policy", PolicyName="own", **role), call("iam", "delete_role", **role)]
