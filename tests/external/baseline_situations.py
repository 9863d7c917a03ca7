"""An account whose trail and bucket are compared with a record, and put back."""

import gzip
import hashlib
import json
from datetime import datetime, timedelta, timezone

from account import earlier
from deployed import Deployed

ACCOUNT, REGION = "111122223333", "us-east-1"
TRAIL, BUCKET = "org-audit", "amzn-s3-demo-audit-111122223333"
TRAIL_ARN = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/{TRAIL}"
# So long the account takes to be set up, and more.
SETTING_UP = timedelta(minutes=10)
DIGESTS = 2  # the rule looks at the last two


def with_hash(rule, sha256):
    """AWS Config's question for a rule that has this baseline."""
    return {"ruleParameters": json.dumps(rule["InputParameters"] | {"baselineSha256": sha256})}


def furnished(made, key):
    """The trail has tags, and the bucket everything that a bucket can have put back."""
    made.client("cloudtrail").add_tags(
        ResourceId=TRAIL_ARN, TagsList=[{"Key": "team", "Value": "audit"}])
    s3 = made.client("s3")
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [
        {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}]})
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": [
        {"ID": "keep", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 365}}]})
    return made


def recorded(account, stack):
    """The stack's rule about the trail, the furnished account and its record: that, and the hash."""
    made = Deployed(account, stack).roles().recorder().config_rules("TrailRule")
    furnished(made, stack.resource("TrailRule")["InputParameters"]["kmsKeyId"])
    with_digests(made)
    sha256 = made.baseline("TrailRule")
    made.config_rules("TrailRule", baselineSha256=sha256)
    return made, sha256


def with_digests(made):
    """CloudTrail has delivered log files and, each hour, a digest that names them."""
    s3, previous = made.client("s3"), {}
    hour = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0)
    for back in reversed(range(DIGESTS)):
        time = hour - timedelta(hours=back)
        day, stamp = time.strftime("%Y/%m/%d"), time.strftime("%Y%m%dT%H%M%SZ")
        name = f"{ACCOUNT}_CloudTrail_{REGION}_{stamp}_example.json.gz"
        log = f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/{day}/{name}"
        digest = (f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/{REGION}/{day}/"
                  f"{ACCOUNT}_CloudTrail-Digest_{REGION}_{TRAIL}_{REGION}_{stamp}.json.gz")
        records = json.dumps({"Records": []}).encode()
        s3.put_object(Bucket=BUCKET, Key=log, Body=gzip.compress(records))
        text = json.dumps(previous | {
            "awsAccountId": ACCOUNT, "digestS3Bucket": BUCKET, "digestS3Object": digest,
            "logFiles": [{"s3Bucket": BUCKET, "s3Object": log, "hashAlgorithm": "SHA-256",
                          "hashValue": hashlib.sha256(records).hexdigest()}]}).encode()
        s3.put_object(Bucket=BUCKET, Key=digest, Body=gzip.compress(text))
        previous = {"previousDigestS3Bucket": BUCKET, "previousDigestS3Object": digest,
                    "previousDigestHashValue": hashlib.sha256(text).hexdigest()}


def as_recorded(account, stack):
    """All is as it was."""
    made, sha256 = recorded(account, stack)
    made.until_now()
    return with_hash(stack.resource("TrailRule"), sha256)


def weakened(account, stack):
    """The trail has lost its tag, and the bucket everything that a repair may put back."""
    made, sha256 = recorded(account, stack)
    made.client("cloudtrail").remove_tags(ResourceId=TRAIL_ARN, TagsList=[{"Key": "team"}])
    s3 = made.client("s3")
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    s3.delete_bucket_encryption(Bucket=BUCKET)
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": [
        {"ID": "tidy", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}]})
    s3.put_bucket_request_payment(
        Bucket=BUCKET, RequestPaymentConfiguration={"Payer": "Requester"})
    s3.put_bucket_ownership_controls(
        Bucket=BUCKET, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    s3.put_bucket_acl(Bucket=BUCKET, ACL="log-delivery-write")
    made.until_now()
    return {"BaselineSha256": sha256}


def deleted(account, stack):
    """The recorded trail is gone."""
    made, sha256 = recorded(account, stack)
    made.client("cloudtrail").delete_trail(Name=TRAIL_ARN)
    made.until_now()
    return {"BaselineSha256": sha256}


def checked(account, stack):
    """Digests and log files are there."""
    made = Deployed(account, stack)
    with_digests(made)
    made.until_now()
    return {}


def without_bucket(account, stack):
    """The bucket is gone, in which nothing was."""
    made = Deployed(account, stack)
    made.client("s3").delete_bucket(Bucket=BUCKET)
    made.until_now()
    return {}


def situations(make, stacks, healthy):
    """`make` takes name, function, stack, case, what comes out and more; `stacks` are one with a
    baseline, one that checks log files only, and one that makes the bucket again."""
    def staged(name, function, stack, stage, wanted):
        return make(name, function, stack, earlier(healthy(), SETTING_UP), wanted,
                    before=lambda account: stage(account, stack))

    with_baseline, with_check, with_bucket = stacks
    return [
        staged("log files are where the digests say", "evaluator", with_check, checked,
               '"compliance":"COMPLIANT"'),
        staged("the trail is as recorded", "evaluator", with_baseline, as_recorded,
               '"compliance":"COMPLIANT"'),
        staged("trail and bucket were weakened", "remediator", with_baseline, weakened,
               '"repaired"'),
        staged("the recorded trail is gone", "remediator", with_baseline, deleted, '"repaired"'),
        staged("the bucket is gone", "remediator", with_bucket, without_bucket, '"repaired"'),
    ]
