"""Attacks on what the trail tells and on what guards it: B37 to B48."""

import json

from cross_check_scenarios import ACCOUNT, REGION, call, policy, scenario


@scenario("B37")
def _log_group(it):
    group = f"{it.short}-group"
    shown = call("logs", "describe_log_groups", logGroupNamePrefix=group,
                 look="logGroups[].{name: logGroupName, days: retentionInDays}")
    return [
        call("logs", "create_log_group", logGroupName=group), shown,
        call("logs", "put_retention_policy", logGroupName=group, retentionInDays=1), shown,
        call("logs", "put_retention_policy", logGroupName=group, retentionInDays=2), shown,
        call("logs", "delete_log_stream", logGroupName=group, logStreamName="none"),
        call("logs", "delete_metric_filter", logGroupName=group, filterName="none"),
        call("logs", "delete_log_group", logGroupName=group), shown,
        call("logs", "delete_log_group", logGroupName=group),
        call("cloudwatch", "disable_alarm_actions", AlarmNames=["none"]),
        call("cloudwatch", "delete_alarms", AlarmNames=["none"])]


@scenario("B38")
def _role(it):
    def trust(service):
        return policy({"Effect": "Allow", "Action": "sts:AssumeRole",
                       "Principal": {"Service": service}})
    role = f"{it.short}-role"
    shown = call("iam", "get_role", RoleName=role,
                 look="{name: Role.RoleName, trust: Role.AssumeRolePolicyDocument}")
    inline = call("iam", "list_role_policies", RoleName=role, look="PolicyNames")
    grant = policy({"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"})
    return [
        call("iam", "create_role", RoleName=role,
             AssumeRolePolicyDocument=trust("cloudtrail.amazonaws.com")), shown,
        call("iam", "put_role_policy", RoleName=role, PolicyName="logs", PolicyDocument=grant), inline,
        call("iam", "update_assume_role_policy", RoleName=role,
             PolicyDocument=trust("ec2.amazonaws.com")), shown,
        call("iam", "delete_role", RoleName=role),
        call("iam", "delete_role_policy", RoleName=role, PolicyName="logs"), inline,
        call("iam", "delete_role_policy", RoleName=role, PolicyName="logs"),
        call("iam", "delete_role", RoleName=role), shown]


@scenario("B39")
def _topic(it):
    name = f"{it.short}-topic"
    arn = f"arn:aws:sns:{REGION}:{ACCOUNT}:{name}"
    return [call("sns", "create_topic", look="TopicArn", Name=name),
            call("sns", "get_topic_attributes", TopicArn=arn, look="Attributes.TopicArn"),
            call("sns", "unsubscribe", SubscriptionArn=f"{arn}:00000000-0000-4000-8000-000000000000"),
            call("sns", "delete_topic", TopicArn=arn),
            call("sns", "get_topic_attributes", TopicArn=arn),
            call("sns", "publish", TopicArn=arn, Message="x"),
            call("sns", "delete_topic", TopicArn=arn)]


@scenario("B40")
def _leave(_it):
    return [call("organizations", "leave_organization")]


@scenario("B41")
def _trusted_access(_it):
    principal = {"ServicePrincipal": "cloudtrail.amazonaws.com"}
    return [call("organizations", "disable_aws_service_access", **principal),
            call("organizations", "deregister_delegated_administrator", AccountId=ACCOUNT, **principal)]


@scenario("B43")
def _recorder(it):
    shown = call("config", "describe_configuration_recorder_status",
                 look="ConfigurationRecordersStatus[].{name: name, recording: recording}")
    recorder = {"name": "default", "roleARN": f"arn:aws:iam::{ACCOUNT}:role/config",
                "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True}}
    named = {"ConfigurationRecorderName": "default"}
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
                               "resourceTypes": ["AWS::S3::Bucket"]}}),
        call("config", "describe_configuration_recorders",
             look="ConfigurationRecorders[].recordingGroup.{all: allSupported, types: resourceTypes}"),
        call("config", "delete_delivery_channel", DeliveryChannelName="default"),
        call("config", "stop_configuration_recorder", **named), shown,
        call("config", "delete_delivery_channel", DeliveryChannelName="default"),
        call("config", "delete_configuration_recorder", **named), shown]


@scenario("B44")
def _rule(it):
    rule = {"ConfigRuleName": f"{it.short}-rule", "InputParameters": "{}", "Source": {
        "Owner": "CUSTOM_LAMBDA",
        # No server has this function; the evaluator's name is one that the sandbox's accounts have.
        "SourceIdentifier": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{it.short}-function",
        "SourceDetails": [{"EventSource": "aws.config", "MessageType": "ScheduledNotification",
                           "MaximumExecutionFrequency": "One_Hour"}]}}
    named = {"ConfigRuleName": rule["ConfigRuleName"]}
    shown = call("config", "describe_config_rules", ConfigRuleNames=[rule["ConfigRuleName"]],
                 look="ConfigRules[].{name: ConfigRuleName, state: ConfigRuleState}")
    recorder = {"name": "default", "roleARN": f"arn:aws:iam::{ACCOUNT}:role/config",
                "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True}}
    return [shown, call("config", "put_configuration_recorder", ConfigurationRecorder=recorder),
            call("config", "put_config_rule", ConfigRule=rule), shown,
            call("config", "delete_evaluation_results", **named),
            call("config", "delete_remediation_configuration", **named),
            call("config", "delete_config_rule", **named), shown,
            call("config", "delete_config_rule", **named),
            call("config", "delete_configuration_recorder", ConfigurationRecorderName="default")]


@scenario("B45")
def _bus_rule(it):
    name = f"{it.short}-rule"
    pattern = json.dumps({"source": ["aws.cloudtrail"]})
    shown = call("events", "describe_rule", Name=name,
                 look="{name: Name, state: State, pattern: EventPattern}")
    targets = call("events", "list_targets_by_rule", Rule=name, look="Targets[].Id")
    return [call("events", "put_rule", Name=name, EventPattern=pattern), shown,
            call("events", "put_targets", Rule=name, look="{failed: FailedEntryCount}", Targets=[{
                "Id": "a", "Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"}]), targets,
            call("events", "disable_rule", Name=name), shown,
            call("events", "delete_rule", Name=name),
            call("events", "remove_targets", Rule=name, Ids=["a"],
                 look="{failed: FailedEntryCount}"), targets,
            call("events", "put_rule", Name=name, EventPattern="{"),
            call("events", "delete_rule", Name=name), shown,
            call("events", "delete_rule", Name=name), call("events", "disable_rule", Name=name)]


@scenario("B46")
def _function(_it):
    named = {"FunctionName": "no-such-function"}
    return [call("lambda", "put_function_concurrency", ReservedConcurrentExecutions=0, **named),
            call("lambda", "get_function", **named),
            call("lambda", "remove_permission", StatementId="x", **named),
            call("lambda", "delete_function", **named)]


@scenario("B47")
def _document(it):
    name = f"{it.short}-document"

    def content(seconds):
        return json.dumps({"schemaVersion": "0.3", "mainSteps": [
            {"name": "Wait", "action": "aws:sleep", "inputs": {"Duration": f"PT{seconds}S"}}]})
    shown = call("ssm", "describe_document", Name=name,
                 look="Document.{name: Name, latest: LatestVersion, default: DefaultVersion}")
    return [
        call("ssm", "create_document", Name=name, Content=content(1), DocumentType="Automation",
             DocumentFormat="JSON"), shown,
        call("ssm", "update_document", Name=name, Content=content(1), DocumentVersion="$LATEST"),
        call("ssm", "update_document", Name=name, Content=content(2), DocumentVersion="$LATEST"),
        shown, call("ssm", "update_document_default_version", Name=name, DocumentVersion="2"), shown,
        call("ssm", "update_document_default_version", Name=name, DocumentVersion="9"),
        call("ssm", "delete_document", Name=name), shown,
        call("ssm", "start_automation_execution", DocumentName=name)]


@scenario("B48")
def _detector(_it):
    none = "0" * 32
    return [call("guardduty", "create_detector", Enable=True, keep={"detector": "DetectorId"}),
            call("guardduty", "get_detector", DetectorId="{detector}", look="{status: Status}"),
            call("guardduty", "update_detector", DetectorId="{detector}", Enable=False),
            call("guardduty", "get_detector", DetectorId="{detector}", look="{status: Status}"),
            call("guardduty", "delete_detector", DetectorId="{detector}"),
            call("guardduty", "get_detector", DetectorId="{detector}"),
            call("guardduty", "delete_detector", DetectorId=none)]
