"""Attacks on what a trail tells, and on the organization and the Regions around it: B37 to B42."""

import json

from cross_check_scenarios import ACCOUNT, REGION, call, policy, prepared, scenario, trust

ELSEWHERE = "af-south-1"


@scenario("B37")
def _log_group(it):
    group = f"{it.short}-group"
    shown = call("logs", "describe_log_groups", logGroupNamePrefix=group,
                 look="logGroups[].{name: logGroupName, days: retentionInDays}")
    return [
        call("logs", "create_log_group", logGroupName=group), shown,
        call("logs", "put_retention_policy", logGroupName=group, retentionInDays=1), shown,
        call("logs", "put_retention_policy", logGroupName=group, retentionInDays=2), shown,
        *_stream(group), *_filters(group), *_subscription(it, group),
        call("logs", "delete_log_group", logGroupName=group), shown,
        call("logs", "delete_log_group", logGroupName=group), *_alarm(it)]


def _stream(group):
    named = {"logGroupName": group, "logStreamName": "stream"}
    shown = call("logs", "describe_log_streams", logGroupName=group, look="logStreams[].logStreamName")
    return [call("logs", "create_log_stream", **named), shown, call("logs", "delete_log_stream", **named),
            shown, call("logs", "delete_log_stream", **named)]


def _filters(group):
    """A filter that counts, overwritten under its name so that nothing matches, and deleted."""
    named = {"logGroupName": group, "filterName": "stops"}

    def put(pattern):
        return call("logs", "put_metric_filter", filterPattern=pattern, metricTransformations=[
            {"metricName": "Stops", "metricNamespace": "Trail", "metricValue": "1"}], **named)
    shown = call("logs", "describe_metric_filters", logGroupName=group,
                 look="metricFilters[].{name: filterName, pattern: filterPattern}")
    return [put('{ $.eventName = "StopLogging" }'), shown, put('{ $.eventName = "none" }'), shown,
            call("logs", "delete_metric_filter", **named), shown,
            call("logs", "delete_metric_filter", **named)]


def _subscription(it, group):
    """The events of the group also go to a stream of the intruder's choice, and then no more."""
    named = {"logGroupName": group, "filterName": "copies"}
    stream = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{it.short}-stream"
    return [
        prepared("kinesis", "create_stream", StreamName=f"{it.short}-stream", ShardCount=1),
        call("iam", "create_role", RoleName=f"{it.short}-role",
             AssumeRolePolicyDocument=trust("logs.amazonaws.com")),
        call("logs", "put_subscription_filter", filterPattern="", destinationArn=stream,
             roleArn=f"arn:aws:iam::{ACCOUNT}:role/{it.short}-role", **named),
        call("logs", "delete_subscription_filter", **named),
        call("logs", "delete_subscription_filter", **named)]


def _alarm(it):
    name = f"{it.short}-alarm"

    def put(threshold):
        return call("cloudwatch", "put_metric_alarm", AlarmName=name, MetricName="Stops",
                    Namespace="Trail", Statistic="Sum", Period=300, EvaluationPeriods=1,
                    Threshold=threshold, ComparisonOperator="GreaterThanOrEqualToThreshold",
                    AlarmActions=[f"arn:aws:sns:{REGION}:{ACCOUNT}:{it.short}-topic"])
    shown = call("cloudwatch", "describe_alarms", AlarmNames=[name], look=(
        "MetricAlarms[].{name: AlarmName, on: ActionsEnabled, threshold: Threshold, "
        "actions: AlarmActions, state: StateValue}"))
    return [put(1), shown, put(1000000), shown,
            call("cloudwatch", "disable_alarm_actions", AlarmNames=[name]), shown,
            call("cloudwatch", "disable_alarm_actions", AlarmNames=["none"]),
            call("cloudwatch", "delete_alarms", AlarmNames=[name]), shown,
            call("cloudwatch", "delete_alarms", AlarmNames=[name])]


@scenario("B38")
def _role(it):
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
    publish = policy(
        {"Sid": "Owner", "Effect": "Allow", "Action": "SNS:Subscribe", "Resource": arn,
         "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}},
        {"Sid": "Trail", "Effect": "Allow", "Action": "SNS:Publish", "Resource": arn,
         "Principal": {"Service": "cloudtrail.amazonaws.com"}})
    closed = policy({"Sid": "No", "Effect": "Deny", "Action": "SNS:Publish", "Resource": arn,
                     "Principal": "*"})
    shown = call("sns", "get_topic_attributes", TopicArn=arn, look="{policy: Attributes.Policy}")

    def put(text):
        return call("sns", "set_topic_attributes", TopicArn=arn, AttributeName="Policy",
                    AttributeValue=text)
    return [call("sns", "create_topic", look="TopicArn", Name=name),
            call("sns", "get_topic_attributes", TopicArn=arn, look="Attributes.TopicArn"),
            *_subscriber(arn), put(publish), shown, put(closed), shown, put("{"), put(publish),
            call("sns", "remove_permission", TopicArn=arn, Label="Trail"), shown,
            call("sns", "delete_topic", TopicArn=arn),
            call("sns", "get_topic_attributes", TopicArn=arn),
            call("sns", "publish", TopicArn=arn, Message="x"),
            call("sns", "delete_topic", TopicArn=arn)]


def _subscriber(arn):
    """A queue that hears of log files: it is to hear of none, then of nothing."""
    queue = "arn:aws:sqs:{}:{}:{}".format(*arn.split(":")[3:])
    one = {"SubscriptionArn": "{subscription}"}
    shown = call("sns", "get_subscription_attributes", look=(
        "Attributes.{filter: FilterPolicy, pending: PendingConfirmation, endpoint: Endpoint}"), **one)
    listed = call("sns", "list_subscriptions_by_topic", TopicArn=arn, look="Subscriptions[].Endpoint")

    def put(name, value):
        return call("sns", "set_subscription_attributes", AttributeName=name, AttributeValue=value, **one)
    return [prepared("sqs", "create_queue", QueueName=arn.rpartition(":")[2]),
            call("sns", "subscribe", TopicArn=arn, Protocol="sqs", Endpoint=queue,
                 keep={"subscription": "SubscriptionArn"}), shown, listed,
            put("FilterPolicy", json.dumps({"never": ["x"]})), shown, put("FilterPolicy", "{"),
            put("Filter", "{}"), call("sns", "unsubscribe", **one), listed, shown,
            call("sns", "unsubscribe", **one)]


@scenario("B40")
def _from_the_organization(it):
    trusted = {"ServicePrincipal": "cloudtrail.amazonaws.com"}
    named = {"PolicyId": "{policy}"}
    parents = {"SourceParentId": "{root}", "DestinationParentId": "{unit}"}
    return [
        # in an account without an organization
        call("organizations", "leave_organization"),
        call("organizations", "disable_aws_service_access", **trusted),
        call("organizations", "deregister_delegated_administrator", AccountId=ACCOUNT, **trusted),
        *_organization(it),
        call("organizations", "move_account", AccountId="{account}", **parents),
        call("organizations", "update_policy", Name="nothing-denied", **named),
        call("organizations", "detach_policy", TargetId="{account}", **named),
        call("organizations", "detach_policy", TargetId="{root}", **named),
        call("organizations", "delete_policy", **named),
        call("organizations", "disable_policy_type", RootId="{root}",
             PolicyType="SERVICE_CONTROL_POLICY"),
        call("organizations", "remove_account_from_organization", AccountId=ACCOUNT),
        call("organizations", "remove_account_from_organization", AccountId="{account}"),
        call("organizations", "leave_organization")]


def _organization(it):
    """An organization with an account besides the managing one, a unit, and a policy on both."""
    deny = policy({"Effect": "Deny", "Action": "cloudtrail:StopLogging", "Resource": "*"})
    return [
        call("organizations", "create_organization", FeatureSet="ALL",
             look="Organization.{features: FeatureSet, management: MasterAccountId}"),
        call("organizations", "create_organization", FeatureSet="ALL"),
        prepared("organizations", "list_roots", keep={"root": "Roots[0].Id"}, ours={"root": "r-abcd"}),
        prepared("organizations", "create_organizational_unit", ParentId="{root}", Name=it.short,
                 keep={"unit": "OrganizationalUnit.Id"}, ours={"unit": "ou-abcd-12345678"}),
        prepared("organizations", "create_account", Email="b40@example.com", AccountName=it.short,
                 keep={"account": "CreateAccountStatus.AccountId"}, ours={"account": "444455556666"}),
        prepared("organizations", "enable_policy_type", RootId="{root}",
                 PolicyType="SERVICE_CONTROL_POLICY", unless="PolicyTypeAlreadyEnabledException"),
        prepared("organizations", "create_policy", Content=deny, Description="", Name=it.short,
                 Type="SERVICE_CONTROL_POLICY", keep={"policy": "Policy.PolicySummary.Id"},
                 ours={"policy": "p-abcd1234"}),
        prepared("organizations", "attach_policy", PolicyId="{policy}", TargetId="{account}"),
        prepared("organizations", "attach_policy", PolicyId="{policy}", TargetId="{root}")]


@scenario("B41")
def _trusted_access(it):
    """In the organization that B40 made."""
    principal = {"ServicePrincipal": "cloudtrail.amazonaws.com"}
    administrator = {"AccountId": "{account}", **principal}
    services = call("organizations", "list_aws_service_access_for_organization",
                    look="EnabledServicePrincipals[].ServicePrincipal")
    administrators = call("organizations", "list_delegated_administrators", look=(
        "length(DelegatedAdministrators)"), **principal)
    return [
        prepared("organizations", "create_account", Email="b41@example.com", AccountName=it.short,
                 keep={"account": "CreateAccountStatus.AccountId"}, ours={"account": "555566667777"}),
        call("organizations", "enable_aws_service_access", **principal), services, *_its_trail(it),
        call("organizations", "register_delegated_administrator", **administrator), administrators,
        call("organizations", "deregister_delegated_administrator", **administrator), administrators,
        call("organizations", "deregister_delegated_administrator", **administrator),
        call("organizations", "disable_aws_service_access", **principal), services, it.shown(),
        *it.gone(), *_linked_role()]


def _its_trail(it):
    """A trail of the organization, which is made the account's own for a while."""
    return [*it.store(),
            call("cloudtrail", "create_trail", Name=it.trail, S3BucketName=it.bucket,
                 IsMultiRegionTrail=True, IsOrganizationTrail=True), it.shown(),
            *it.update(IsOrganizationTrail=False), *it.update(IsOrganizationTrail=True)]


def _linked_role():
    named, role = {"RoleName": "AWSServiceRoleForCloudTrail"}, {"RoleName": "{role}"}
    shown = call("iam", "get_role", look="Role.Path", **role)
    made = call("iam", "create_service_linked_role", AWSServiceName="cloudtrail.amazonaws.com",
                keep={"role": "Role.RoleName"}, look="Role.Path")
    gone = call("iam", "delete_service_linked_role", keep={"task": "DeletionTaskId"}, **role)
    return [
        made, call("iam", "get_role", look="Role.Path", **named), shown, gone, shown,
        call("iam", "get_service_linked_role_deletion_status", DeletionTaskId="{task}", look="Status"),
        gone, made, call("iam", "delete_role", **role), shown]


@scenario("B42")
def _other_region(it):
    status = call("account", "get_region_opt_status", RegionName=ELSEWHERE, look="RegionOptStatus")
    return [
        *it.logging(), *it.update(IsMultiRegionTrail=False), it.judged(), status,
        call("account", "enable_region", RegionName=ELSEWHERE), status,
        call("account", "enable_region", RegionName="nowhere-1"), *it.repaired(),
        call("account", "disable_region", RegionName=ELSEWHERE), *it.gone()]
