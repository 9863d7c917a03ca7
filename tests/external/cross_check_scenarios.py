"""What the cross-check plays: the attacks of the threat list, and the reads that show their effect.

A scenario is named after the attack. Its calls are made in order, on every server alike, in an
account that has none of its things. `look` is a JMESPath expression for the members that matter.
`{name}` in a parameter is what an earlier call said under that name (`keep`).
"""

import json
from dataclasses import dataclass, field

ACCOUNT, REGION = "111122223333", "us-east-1"
STRANGER = "arn:aws:kms:us-east-1:999900001111:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TRAIL = ("{Name: Name, S3BucketName: S3BucketName, S3KeyPrefix: S3KeyPrefix, KmsKeyId: KmsKeyId, "
         "SnsTopicARN: SnsTopicARN, CloudWatchLogsLogGroupArn: CloudWatchLogsLogGroupArn, "
         "IncludeGlobalServiceEvents: IncludeGlobalServiceEvents, "
         "IsMultiRegionTrail: IsMultiRegionTrail, IsOrganizationTrail: IsOrganizationTrail, "
         "LogFileValidationEnabled: LogFileValidationEnabled, HomeRegion: HomeRegion, "
         "HasCustomEventSelectors: HasCustomEventSelectors, "
         "HasInsightSelectors: HasInsightSelectors}")


@dataclass
class Call:
    """A call of an operation, by boto3's names."""

    service: str
    operation: str
    parameters: dict
    look: str | None = None
    keep: dict = field(default_factory=dict)


@dataclass
class Tool:
    """A run of `trailkeeper`."""

    command: str
    parameters: dict


def call(service, operation, look=None, keep=None, **parameters):
    """A call whose answer is compared as far as `look` goes; without it only whether it is an error."""
    return Call(service, operation, parameters, look, keep or {})


def policy(*statements):
    """A policy's text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def bucket_policy(bucket, *more):
    """What lets CloudTrail write to a bucket."""
    principal = {"Service": "cloudtrail.amazonaws.com"}
    return policy(
        {"Sid": "Acl", "Effect": "Allow", "Principal": principal, "Action": "s3:GetBucketAcl",
         "Resource": f"arn:aws:s3:::{bucket}"},
        {"Sid": "Write", "Effect": "Allow", "Principal": principal, "Action": "s3:PutObject",
         "Resource": f"arn:aws:s3:::{bucket}/*",
         "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}}, *more)


def key_policy(*more):
    """A key policy that gives the account everything."""
    return policy({"Sid": "Root", "Effect": "Allow", "Action": "kms:*", "Resource": "*",
                   "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}, *more)


CLOUDTRAIL_KEY = {"Sid": "Trail", "Effect": "Allow", "Action": "kms:*", "Resource": "*",
                  "Principal": {"Service": "cloudtrail.amazonaws.com"}}


class Names:
    """The names of a scenario's things."""

    def __init__(self, attack):
        self.trail = f"{attack.lower()}-trail"
        self.bucket = f"{attack.lower()}-logs-{ACCOUNT}"
        self.other = f"{attack.lower()}-other-{ACCOUNT}"
        self.arn = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/{self.trail}"
        self.short = attack.lower()

    def store(self, bucket=None):
        """A bucket that takes log files."""
        bucket = bucket or self.bucket
        return [
            call("s3", "create_bucket", Bucket=bucket),
            call("s3", "put_bucket_policy", Bucket=bucket, Policy=bucket_policy(bucket)),
        ]

    def logging(self, **settings):
        """A trail that logs as it should."""
        settings = {"IsMultiRegionTrail": True, "EnableLogFileValidation": True} | settings
        return [
            *self.store(),
            call("cloudtrail", "create_trail", Name=self.trail, S3BucketName=self.bucket, **settings),
            call("cloudtrail", "put_event_selectors", TrailName=self.trail, EventSelectors=[
                {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}]),
            call("cloudtrail", "start_logging", Name=self.trail),
            call("cloudtrail", "get_trail_status", look="{IsLogging: IsLogging}", Name=self.trail),
        ]

    def update(self, **settings):
        """A change of the trail, and the trail then."""
        return [call("cloudtrail", "update_trail", Name=self.trail, **settings), self.shown()]

    def shown(self):
        """The trail."""
        return call("cloudtrail", "describe_trails", look=f"trailList[].{TRAIL}",
                    trailNameList=[self.trail])

    def selectors(self, **selectors):
        """A change of what is recorded, and what is recorded then."""
        return [call("cloudtrail", "put_event_selectors", TrailName=self.trail, **selectors),
                call("cloudtrail", "get_event_selectors", TrailName=self.trail,
                     look="{basic: EventSelectors, advanced: AdvancedEventSelectors}")]

    def status(self):
        """Whether the trail logs."""
        return call("cloudtrail", "get_trail_status", Name=self.arn,
                    look="{IsLogging: IsLogging, stopped: type(StopLoggingTime)}")

    def judged(self, **parameters):
        """The verdict of the product."""
        return Tool("evaluate", {"trailName": self.trail, "requireKms": "false",
                                 "requireInsights": "None"} | parameters)

    def repaired(self, **parameters):
        """A repair by the product, and the trail then."""
        wanted = {"CloudTrailName": self.trail, "CloudTrailS3BucketName": self.bucket,
                  "InsightTypes": "None"} | parameters
        return [Tool("repair", wanted), self.judged(), self.shown(), self.status()]

    def gone(self):
        """The trail goes, or the next scenarios find the quota of the Region full."""
        return [call("cloudtrail", "delete_trail", Name=self.trail)]


SCENARIOS = {}


def scenario(attack):
    """Registers what plays an attack."""
    def register(play):
        SCENARIOS[attack] = play(Names(attack))
        return play
    return register


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
    return [*it.logging(), *it.update(IncludeGlobalServiceEvents=False), it.judged(),
            *it.repaired(), *it.gone()]


@scenario("B05")
def _no_validation(it):
    return [*it.logging(), *it.update(EnableLogFileValidation=False), it.judged(),
            *it.repaired(), *it.gone()]


@scenario("B06")
def _other_key(it):
    return [
        *it.logging(),
        call("kms", "create_key", keep={"key": "KeyMetadata.Arn", "id": "KeyMetadata.KeyId"}, Policy=key_policy(CLOUDTRAIL_KEY)),
        *it.update(KmsKeyId="{key}"), *it.update(KmsKeyId=STRANGER), *it.update(KmsKeyId=""),
        *it.gone()]


@scenario("B07")
def _no_topic(it):
    topic = f"{it.short}-topic"
    return [*it.logging(), call("sns", "create_topic", look="TopicArn", Name=topic),
            *it.update(SnsTopicName="no-such-topic"), *it.update(SnsTopicName=""), *it.gone()]


@scenario("B08")
def _no_log_group(it):
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{it.short}:*"
    return [*it.logging(), *it.update(CloudWatchLogsLogGroupArn=group),
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


@scenario("B24")
def _no_bucket(it):
    return [*it.logging(),
            call("s3", "put_object", Bucket=it.bucket, Key="AWSLogs/x", Body=b"x"),
            call("s3", "delete_bucket", Bucket=it.bucket),
            call("s3", "delete_object", Bucket=it.bucket, Key="AWSLogs/x"),
            call("s3", "delete_bucket", Bucket=it.bucket),
            call("s3", "head_bucket", Bucket=it.bucket),
            call("s3", "get_bucket_policy", Bucket=it.bucket), it.judged(), *it.gone()]


@scenario("B25")
def _bucket_policy(it):
    deny = {"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{it.bucket}/*"}
    shown = call("s3", "get_bucket_policy", Bucket=it.bucket, look="{policy: Policy}")
    return [*it.logging(), shown, call("s3", "delete_bucket_policy", Bucket=it.bucket), shown,
            it.judged(), *it.repaired(), shown,
            call("s3", "put_bucket_policy", Bucket=it.bucket, Policy=bucket_policy(it.bucket, deny)),
            it.judged(),
            call("s3", "put_bucket_policy", Bucket=it.bucket, Policy='{"Statement": []'),
            call("s3", "put_bucket_policy", Bucket=it.bucket,
                 Policy=bucket_policy(it.other)), shown, *it.gone()]


@scenario("B26")
def _expiry(it):
    rules = {"Rules": [{"ID": "x", "Status": "Enabled", "Filter": {"Prefix": ""},
                        "Expiration": {"Days": 1}}]}
    shown = call("s3", "get_bucket_lifecycle_configuration", Bucket=it.bucket, look="Rules")
    return [*it.store(), shown, call("s3", "put_bucket_lifecycle_configuration", Bucket=it.bucket,
                                     LifecycleConfiguration=rules), shown,
            call("s3", "delete_bucket_lifecycle", Bucket=it.bucket), shown]


@scenario("B27")
def _log_files(it):
    return [
        *it.store(), call("s3", "put_object", Bucket=it.bucket, Key="AWSLogs/a", Body=b"a"),
        call("s3", "put_object", Bucket=it.bucket, Key="AWSLogs/b", Body=b"b"),
        call("s3", "list_objects_v2", Bucket=it.bucket, look="Contents[].Key"),
        call("s3", "delete_object", Bucket=it.bucket, Key="AWSLogs/a"),
        call("s3", "get_object", Bucket=it.bucket, Key="AWSLogs/a"),
        call("s3", "delete_objects", Bucket=it.bucket, look="Deleted[].Key",
             Delete={"Objects": [{"Key": "AWSLogs/b"}, {"Key": "AWSLogs/never"}]}),
        call("s3", "list_objects_v2", Bucket=it.bucket, look="{count: KeyCount}")]


@scenario("B28")
def _versioning(it):
    shown = call("s3", "get_bucket_versioning", Bucket=it.bucket, look="{status: Status}")

    def put(status):
        return call("s3", "put_bucket_versioning", Bucket=it.bucket,
                    VersioningConfiguration={"Status": status})
    return [*it.store(), shown, put("Enabled"), shown, put("Suspended"), shown, put("Off"), shown]


@scenario("B29")
def _encryption(it):
    rule = {"ApplyServerSideEncryptionByDefault": {
        "SSEAlgorithm": "aws:kms", "KMSMasterKeyID": STRANGER}}
    shown = call("s3", "get_bucket_encryption", Bucket=it.bucket,
                 look="ServerSideEncryptionConfiguration.Rules[].ApplyServerSideEncryptionByDefault")
    return [*it.store(), shown, call("s3", "put_bucket_encryption", Bucket=it.bucket,
                                     ServerSideEncryptionConfiguration={"Rules": [rule]}), shown,
            call("s3", "delete_bucket_encryption", Bucket=it.bucket), shown]


@scenario("B30")
def _side_settings(it):
    def shown(what, look=None):
        return call("s3", f"get_{what}", look=look, Bucket=it.bucket)
    return [
        *it.store(), *it.store(it.other), shown("object_lock_configuration"),
        shown("bucket_replication"), call("s3", "delete_bucket_replication", Bucket=it.bucket),
        shown("bucket_notification_configuration", "EventBridgeConfiguration"),
        call("s3", "put_bucket_notification_configuration", Bucket=it.bucket,
             NotificationConfiguration={}),
        shown("bucket_logging", "LoggingEnabled"),
        call("s3", "put_bucket_logging", Bucket=it.bucket, BucketLoggingStatus={
            "LoggingEnabled": {"TargetBucket": f"{it.short}-nowhere-{ACCOUNT}", "TargetPrefix": ""}}),
        call("s3", "put_bucket_logging", Bucket=it.bucket, BucketLoggingStatus={}),
        shown("bucket_logging", "LoggingEnabled")]


@scenario("B31")
def _whose_objects(it):
    def owned(by):
        return call("s3", "put_bucket_ownership_controls", Bucket=it.bucket,
                    OwnershipControls={"Rules": [{"ObjectOwnership": by}]})
    ownership = call("s3", "get_bucket_ownership_controls", Bucket=it.bucket,
                     look="OwnershipControls.Rules[].ObjectOwnership")
    payer = call("s3", "get_bucket_request_payment", Bucket=it.bucket, look="{payer: Payer}")
    grants = call("s3", "get_bucket_acl", Bucket=it.bucket, look="Grants[].Permission")
    return [
        *it.store(), payer, call("s3", "put_bucket_request_payment", Bucket=it.bucket,
                                 RequestPaymentConfiguration={"Payer": "Requester"}), payer,
        ownership, grants, call("s3", "put_bucket_acl", Bucket=it.bucket, ACL="log-delivery-write"),
        owned("BucketOwnerPreferred"), ownership,
        call("s3", "put_bucket_acl", Bucket=it.bucket, ACL="log-delivery-write"), grants,
        call("s3", "delete_bucket_ownership_controls", Bucket=it.bucket), ownership]


@scenario("B32")
def _public(it):
    everyone = {"Sid": "All", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{it.bucket}/*"}
    block = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]
    shown = call("s3", "get_public_access_block", Bucket=it.bucket,
                 look="PublicAccessBlockConfiguration")
    status = call("s3", "get_bucket_policy_status", Bucket=it.bucket, look="PolicyStatus.IsPublic")
    public = call("s3", "put_bucket_policy", Bucket=it.bucket,
                  Policy=bucket_policy(it.bucket, everyone))
    return [*it.store(), shown, status, public,
            call("s3", "put_public_access_block", Bucket=it.bucket,
                 PublicAccessBlockConfiguration=dict.fromkeys(block, False)), shown, public, status,
            call("s3", "delete_public_access_block", Bucket=it.bucket), shown]


KEY = "{Enabled: KeyMetadata.Enabled, KeyState: KeyMetadata.KeyState}"


def key_of(text):
    """A key with this policy."""
    return call("kms", "create_key", keep={"key": "KeyMetadata.Arn", "id": "KeyMetadata.KeyId"}, look=KEY, Policy=text)


def key_shown():
    """Whether the key can be used."""
    return call("kms", "describe_key", look=KEY, KeyId="{id}")


@scenario("B33")
def _key_disabled(it):
    return [key_of(key_policy(CLOUDTRAIL_KEY)), *it.logging(KmsKeyId="{key}"), it.judged(),
            call("kms", "disable_key", KeyId="{id}"), key_shown(), it.judged(),
            *it.repaired(RepairKey="true", CloudTrailKmsKeyId="{key}"), key_shown(), *it.gone()]


@scenario("B34")
def _key_deleted(it):
    def delete(days):
        return call("kms", "schedule_key_deletion", KeyId="{id}", PendingWindowInDays=days,
                    look="{KeyState: KeyState, days: PendingWindowInDays}")
    return [key_of(key_policy(CLOUDTRAIL_KEY)), *it.logging(KmsKeyId="{key}"), delete(6), delete(7),
            key_shown(), delete(7), call("kms", "enable_key", KeyId="{id}"), it.judged(),
            *it.repaired(RepairKey="true", CloudTrailKmsKeyId="{key}"), key_shown(), *it.gone()]


@scenario("B35")
def _key_policy(it):
    def put(text):
        return call("kms", "put_key_policy", KeyId="{id}", PolicyName="default", Policy=text)
    shown = call("kms", "get_key_policy", KeyId="{id}", PolicyName="default",
                 look="{policy: Policy}")
    return [key_of(key_policy(CLOUDTRAIL_KEY)), *it.logging(KmsKeyId="{key}"), shown,
            put(key_policy()), shown, it.judged(),
            *it.repaired(RepairKey="true", CloudTrailKmsKeyId="{key}"), shown, put("{}"),
            put("no policy"),
            call("kms", "get_key_policy", KeyId="{id}", PolicyName="other"), *it.gone()]


@scenario("B36")
def _key_material(it):
    return [key_of(key_policy()), call("kms", "delete_imported_key_material", KeyId="{id}"),
            key_shown()]


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
        "SourceIdentifier": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:trailkeeper-evaluator",
        "SourceDetails": [{"EventSource": "aws.config", "MessageType": "ScheduledNotification",
                           "MaximumExecutionFrequency": "One_Hour"}]}}
    named = {"ConfigRuleName": rule["ConfigRuleName"]}
    shown = call("config", "describe_config_rules", ConfigRuleNames=[rule["ConfigRuleName"]],
                 look="ConfigRules[].{name: ConfigRuleName, state: ConfigRuleState}")
    return [shown, call("config", "put_config_rule", ConfigRule=rule), shown,
            call("config", "delete_evaluation_results", **named),
            call("config", "delete_remediation_configuration", **named),
            call("config", "delete_config_rule", **named), shown,
            call("config", "delete_config_rule", **named)]


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
