"""Attacks on the bucket and the key: B24 to B36."""

from cross_check_scenarios import (
    ACCOUNT, STRANGER, CLOUDTRAIL_KEY, bucket_policy, call, key_policy, scenario, trust)


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
    logging = shown("bucket_logging", "LoggingEnabled")

    def log_to(bucket):
        return call("s3", "put_bucket_logging", Bucket=it.bucket, BucketLoggingStatus={
            "LoggingEnabled": {"TargetBucket": bucket, "TargetPrefix": ""}})
    return [
        *it.store(), *it.store(it.other), *_lock(it), *_replication(it),
        shown("bucket_notification_configuration", "EventBridgeConfiguration"),
        call("s3", "put_bucket_notification_configuration", Bucket=it.bucket,
             NotificationConfiguration={"EventBridgeConfiguration": {}}),
        shown("bucket_notification_configuration", "EventBridgeConfiguration"),
        call("s3", "put_bucket_notification_configuration", Bucket=it.bucket,
             NotificationConfiguration={}),
        shown("bucket_notification_configuration", "EventBridgeConfiguration"), logging,
        log_to(f"{it.short}-nowhere-{ACCOUNT}"),
        call("s3", "put_bucket_policy", Bucket=it.other, Policy=bucket_policy(it.other, {
            "Sid": "Logs", "Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"},
            "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{it.other}/*"})),
        log_to(it.other), logging,
        call("s3", "put_bucket_logging", Bucket=it.bucket, BucketLoggingStatus={}), logging]


def versions(bucket, status):
    """A bucket's versioning."""
    return call("s3", "put_bucket_versioning", Bucket=bucket, VersioningConfiguration={"Status": status})


def _lock(it):
    """A retention of years becomes one of a day; the lock itself stays."""
    shown = call("s3", "get_object_lock_configuration", Bucket=it.bucket, look=(
        "ObjectLockConfiguration.{on: ObjectLockEnabled, rule: Rule.DefaultRetention}"))

    def put(on="Enabled", **retention):
        return call("s3", "put_object_lock_configuration", Bucket=it.bucket, ObjectLockConfiguration={
            "ObjectLockEnabled": on, "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", **retention}}})
    return [shown, put(Years=1), versions(it.bucket, "Enabled"), put(Years=1), shown, put(Days=1), shown,
            put(Days=1, Years=1), put(on="Disabled", Days=1), shown, versions(it.bucket, "Suspended"),
            call("s3", "get_bucket_versioning", Bucket=it.bucket, look="{status: Status}")]


def _replication(it):
    """Copies that go to the intruder's bucket, then to none."""
    role, unversioned = f"arn:aws:iam::{ACCOUNT}:role/{it.short}-role", f"{it.short}-copy-{ACCOUNT}"
    shown = call("s3", "get_bucket_replication", Bucket=it.other, look=(
        "ReplicationConfiguration.{role: Role, rules: Rules[].{on: Status, to: Destination.Bucket}}"))

    def put(bucket):
        return call("s3", "put_bucket_replication", Bucket=it.other, ReplicationConfiguration={
            "Role": role, "Rules": [{"ID": "x", "Priority": 1, "Status": "Enabled", "Filter": {"Prefix": ""},
                                     "DeleteMarkerReplication": {"Status": "Disabled"},
                                     "Destination": {"Bucket": f"arn:aws:s3:::{bucket}"}}]})
    return [
        call("iam", "create_role", RoleName=f"{it.short}-role",
             AssumeRolePolicyDocument=trust("s3.amazonaws.com")),
        shown, put(it.bucket), versions(it.other, "Enabled"), put(it.bucket), shown,
        call("s3", "create_bucket", Bucket=unversioned), put(unversioned), shown,
        versions(it.other, "Suspended"), call("s3", "delete_bucket_replication", Bucket=it.other), shown,
        call("s3", "delete_bucket_replication", Bucket=it.other)]


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
            call("s3", "delete_public_access_block", Bucket=it.bucket), shown, *_account_block()]


def _account_block():
    """What the account blocks for all its buckets."""
    account = {"AccountId": ACCOUNT}
    block = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]
    shown = call("s3control", "get_public_access_block", look="PublicAccessBlockConfiguration", **account)

    def put(value):
        return call("s3control", "put_public_access_block",
                    PublicAccessBlockConfiguration=dict.fromkeys(block, value), **account)
    return [shown, put(True), shown, put(False), shown,
            call("s3control", "delete_public_access_block", **account), shown]


KEY = "{Enabled: KeyMetadata.Enabled, KeyState: KeyMetadata.KeyState}"


def key_of(text):
    """A key with this policy."""
    return call("kms", "create_key", keep={"key": "KeyMetadata.Arn", "id": "KeyMetadata.KeyId"},
                look=KEY, Policy=text)


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
    imported = {"keep": {"outside": "KeyMetadata.KeyId"}, "look": KEY}
    outside = call("kms", "describe_key", look=KEY, KeyId="{outside}")
    delete = call("kms", "delete_imported_key_material", KeyId="{outside}")
    return [key_of(key_policy()), call("kms", "delete_imported_key_material", KeyId="{id}"),
            key_shown(), call("kms", "create_key", Origin="EXTERNAL", **imported), outside,
            delete, outside, call("kms", "enable_key", KeyId="{outside}"),
            call("kms", "disconnect_custom_key_store", CustomKeyStoreId="cks-1234567890abcdef0")]
