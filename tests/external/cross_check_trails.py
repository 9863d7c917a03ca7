"""Attacks on the trail itself: B01 to B23."""

from cross_check_scenarios import (
    ACCOUNT, REGION, STRANGER, TRAIL, CLOUDTRAIL_KEY, call, key_policy, policy, scenario, trust)


@scenario("B01")
def _stop(it):
    return [*it.logging(), it.judged(), call("cloudtrail", "stop_logging", Name=it.trail),
            it.status(), it.judged(), *it.repaired(), *it.gone()]


@scenario("B02")
def _delete(it):
    return [*it.logging(), *it.gone(), it.shown(), it.status(), it.judged(),
            call("cloudtrail", "stop_logging", Name=it.trail),
            *it.repaired(IsOrganizationTrail="false"), *it.gone()]


@scenario("B03")
def _one_region(it):
    return [*it.logging(), *it.update(IsMultiRegionTrail=False, IncludeGlobalServiceEvents=False),
            it.judged(), *it.repaired(), *it.gone()]


@scenario("B04")
def _no_global_events(it):
    one_region = {"requireMultiRegion": "false"}
    return [*it.logging(), *it.update(IncludeGlobalServiceEvents=False), it.judged(),
            *it.repaired(), *it.gone(),
            # Only a trail of one Region can be without them.
            *it.logging(IsMultiRegionTrail=False), it.judged(**one_region),
            *it.update(IncludeGlobalServiceEvents=False), it.judged(**one_region), *it.repaired(),
            *it.gone()]


@scenario("B05")
def _no_validation(it):
    return [*it.logging(), *it.update(EnableLogFileValidation=False), it.judged(),
            *it.repaired(), *it.gone()]


@scenario("B06")
def _other_key(it):
    return [
        *it.logging(),
        call("kms", "create_key", keep={"key": "KeyMetadata.Arn", "id": "KeyMetadata.KeyId"},
             Policy=key_policy(CLOUDTRAIL_KEY)),
        *it.update(KmsKeyId="{key}"), *it.update(KmsKeyId=STRANGER), *it.update(KmsKeyId=""),
        *it.gone(), *_alias(it)]


def _alias(it):
    """The name by which a trail's key is known comes to mean another key, and then none."""
    name = {"AliasName": f"alias/{it.short}"}
    shown = call("kms", "describe_key", KeyId=name["AliasName"], look="KeyMetadata.KeyId")
    return [
        call("kms", "create_alias", TargetKeyId="{id}", **name), shown,
        call("kms", "create_alias", TargetKeyId="{id}", **name),
        call("kms", "create_key", keep={"other": "KeyMetadata.KeyId"}),
        call("kms", "update_alias", TargetKeyId="{other}", **name), shown,
        call("kms", "list_aliases", KeyId="{id}", look="Aliases[].AliasName"),
        call("kms", "delete_alias", **name), shown,
        call("kms", "delete_alias", **name), call("kms", "update_alias", TargetKeyId="{id}", **name)]


@scenario("B07")
def _no_topic(it):
    topic = f"{it.short}-topic"
    arn = f"arn:aws:sns:{REGION}:{ACCOUNT}:{topic}"
    publish = policy({"Effect": "Allow", "Action": "SNS:Publish", "Resource": arn,
                      "Principal": {"Service": "cloudtrail.amazonaws.com"}})
    return [*it.logging(), call("sns", "create_topic", look="TopicArn", Name=topic),
            *it.update(SnsTopicName="no-such-topic"), *it.update(SnsTopicName=""),
            call("sns", "set_topic_attributes", TopicArn=arn, AttributeName="Policy",
                 AttributeValue=publish),
            *it.update(SnsTopicName=topic), *it.update(SnsTopicName=""),
            it.judged(snsTopicArn=arn), *it.repaired(SnsTopicName=topic), *it.gone()]


@scenario("B08")
def _no_log_group(it):
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{it.short}:*"
    role = f"arn:aws:iam::{ACCOUNT}:role/{it.short}-role"
    write = policy({"Effect": "Allow", "Resource": f"arn:aws:logs:{REGION}:{ACCOUNT}:*",
                    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"]})
    return [*it.logging(), *it.update(CloudWatchLogsLogGroupArn=group),
            *it.update(CloudWatchLogsLogGroupArn="", CloudWatchLogsRoleArn=""),
            call("logs", "create_log_group", logGroupName=it.short),
            call("iam", "create_role", RoleName=f"{it.short}-role",
                 AssumeRolePolicyDocument=trust("cloudtrail.amazonaws.com")),
            call("iam", "put_role_policy", RoleName=f"{it.short}-role", PolicyName="logs",
                 PolicyDocument=write),
            *it.update(CloudWatchLogsLogGroupArn=group, CloudWatchLogsRoleArn=role),
            *it.update(CloudWatchLogsLogGroupArn="", CloudWatchLogsRoleArn=""), *it.gone()]


@scenario("B09")
def _other_bucket(it):
    return [*it.logging(), *it.update(S3BucketName=f"{it.short}-nowhere-{ACCOUNT}"),
            *it.store(it.other),
            call("cloudtrail", "update_trail", look=TRAIL, Name=it.trail, S3BucketName=it.other,
                 S3KeyPrefix="away"), it.shown(),
            it.judged(s3BucketName=it.bucket), *it.repaired(), *it.gone()]


@scenario("B10")
def _organization(it):
    return [*it.logging(), *it.update(IsOrganizationTrail=True),
            *it.update(IsOrganizationTrail=False), *it.gone()]


@scenario("B11")
def _no_management_events(it):
    nothing = {"ReadWriteType": "ReadOnly", "IncludeManagementEvents": False, "DataResources": [
        {"Type": "AWS::S3::Object", "Values": []}]}
    return [*it.logging(), *it.selectors(EventSelectors=[nothing]), it.shown(), it.judged(),
            *it.repaired(), *it.selectors(EventSelectors=[]), *it.gone()]


@scenario("B12")
def _read_only(it):
    half = {"ReadWriteType": "ReadOnly", "IncludeManagementEvents": True, "DataResources": []}
    return [*it.logging(), *it.selectors(EventSelectors=[half]), it.judged(), *it.repaired(),
            *it.gone()]


@scenario("B13")
def _left_out(it):
    part = {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": [],
            "ExcludeManagementEventSources": ["kms.amazonaws.com", "rdsdata.amazonaws.com"]}
    wrong = part | {"ExcludeManagementEventSources": ["iam.amazonaws.com"]}
    return [*it.logging(), *it.selectors(EventSelectors=[part]), it.judged(), *it.repaired(),
            *it.selectors(EventSelectors=[wrong]), *it.gone()]


@scenario("B14")
def _no_management_selector(it):
    data = {"Name": "data", "FieldSelectors": [
        {"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": ["AWS::S3::Object"]}]}
    both = [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}]
    return [*it.logging(), *it.selectors(AdvancedEventSelectors=[data]), it.judged(),
            *it.repaired(), *it.selectors(EventSelectors=both, AdvancedEventSelectors=[data]),
            *it.gone()]


@scenario("B15")
def _filtered(it):
    part = {"Name": "writes", "FieldSelectors": [
        {"Field": "eventCategory", "Equals": ["Management"]},
        {"Field": "readOnly", "Equals": ["false"]},
        {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}]}
    wrong = {"Name": "x", "FieldSelectors": [{"Field": "readOnly", "Equals": ["false"]}]}
    return [*it.logging(), *it.selectors(AdvancedEventSelectors=[part]), it.judged(),
            *it.repaired(), *it.selectors(AdvancedEventSelectors=[wrong]), *it.gone()]


@scenario("B16")
def _narrowed_data(it):
    def data(*values):
        return {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": [
            {"Type": "AWS::S3::Object", "Values": list(values)}]}
    return [*it.logging(), *it.selectors(EventSelectors=[data("arn:aws:s3")]),
            *it.selectors(EventSelectors=[data(f"arn:aws:s3:::{it.bucket}/")]),
            *it.selectors(EventSelectors=[data("arn:aws:lambda")]), *it.gone()]


@scenario("B17")
def _no_insights(it):
    def insights(*kinds):
        return [call("cloudtrail", "put_insight_selectors", TrailName=it.trail,
                     InsightSelectors=[{"InsightType": kind} for kind in kinds]),
                call("cloudtrail", "get_insight_selectors", TrailName=it.trail,
                     look="sort(InsightSelectors[].InsightType)"), it.shown()]
    return [*it.logging(), call("cloudtrail", "get_insight_selectors", TrailName=it.trail),
            *insights("ApiCallRateInsight", "ApiErrorRateInsight"), *insights("ApiErrorRateInsight"),
            *insights(), *it.gone()]


@scenario("B18")
def _blink(it):
    return [*it.logging(), call("cloudtrail", "stop_logging", Name=it.trail), it.status(),
            call("cloudtrail", "start_logging", Name=it.trail), it.status(), it.judged(),
            *it.gone()]


@scenario("B19")
def _recreated_weak(it):
    return [*it.logging(), *it.gone(),
            call("cloudtrail", "create_trail", look=TRAIL, Name=it.trail, S3BucketName=it.bucket,
                 IncludeGlobalServiceEvents=False),
            it.status(), call("cloudtrail", "get_event_selectors", TrailName=it.trail,
                              look="{basic: EventSelectors, advanced: AdvancedEventSelectors}"),
            it.judged(), *it.repaired(), *it.gone()]


@scenario("B20")
def _tags(it):
    tags = call("cloudtrail", "list_tags", ResourceIdList=[it.arn],
                look="ResourceTagList[].{ResourceId: ResourceId, "
                     "Tags: sort_by(TagsList, &Key)[].[Key, Value]}")
    return [
        *it.logging(TagsList=[{"Key": "guard", "Value": "yes"}]), tags,
        call("cloudtrail", "add_tags", ResourceId=it.arn,
             TagsList=[{"Key": "guard", "Value": "no"}, {"Key": "team", "Value": "x"}]), tags,
        call("cloudtrail", "remove_tags", ResourceId=it.arn, TagsList=[{"Key": "guard"}]), tags,
        call("cloudtrail", "add_tags", ResourceId=it.trail, TagsList=[{"Key": "a"}]), *it.gone()]


@scenario("B21")
def _quota(it):
    names = [f"{it.short}-{number}" for number in range(1, 7)]
    return [*it.store(),
            *(call("cloudtrail", "create_trail", Name=name, S3BucketName=it.bucket)
              for name in names),
            call("cloudtrail", "list_trails", look="length(Trails)"),
            *(call("cloudtrail", "delete_trail", Name=name) for name in names)]


@scenario("B22")
def _taken_names(it):
    return [*it.logging(), *it.store(),
            call("cloudtrail", "create_trail", Name=it.trail, S3BucketName=it.bucket),
            call("cloudtrail", "create_trail", Name="a..b", S3BucketName=it.bucket),
            call("cloudtrail", "create_trail", Name="10.0.0.1", S3BucketName=it.bucket),
            call("cloudtrail", "create_trail", Name="ab", S3BucketName=it.bucket),
            call("cloudtrail", "get_trail", look=f"Trail.{TRAIL}", Name=it.arn), *it.gone(),
            *(call("cloudtrail", "delete_trail", Name=name) for name in ("a..b", "10.0.0.1", "ab"))]


@scenario("B23")
def _aggregation(it):
    shown = call("cloudtrail", "get_event_configuration", TrailName=it.trail)
    return [*it.logging(), shown,
            call("cloudtrail", "put_event_configuration", TrailName=it.trail,
                 AggregationConfigurations=[]), *it.gone()]
