"""The trail rule as a Python function on boto3, to measure the evaluator against.

It makes the calls that the evaluator makes on a healthy account and reports in the same way: the
clients are built while the process starts, one call follows another. Its judgement is shorter than
the evaluator's. It is no part of the product.
"""

import json
import os
import urllib.error
import urllib.request
from datetime import datetime, timezone

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ROOT = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
CALLS = Config(connect_timeout=3, read_timeout=4, retries={"mode": "standard", "total_max_attempts": 3})
CLOUDTRAIL = boto3.client("cloudtrail", config=CALLS)
S3 = boto3.client("s3", config=CALLS)
KMS = boto3.client("kms", config=CALLS)
CONFIG = boto3.client("config", config=CALLS)


def handler(event, account):
    """Judges the account's trails and reports to AWS Config."""
    notice = json.loads(event["invokingEvent"])
    wanted = json.loads(event.get("ruleParameters") or "{}")
    now = datetime.fromisoformat(notice["notificationCreationTime"].replace("Z", "+00:00"))
    findings = ["trail-missing"]
    for trail in CLOUDTRAIL.describe_trails()["trailList"]:
        if wanted.get("trailName") in (None, trail["Name"], trail["TrailARN"]):
            findings = examine(trail, wanted, account, now)
        if not findings:
            break
    token = event["resultToken"]
    evaluation = {
        "ComplianceResourceType": "AWS::::Account",
        "ComplianceResourceId": account,
        "ComplianceType": "NON_COMPLIANT" if findings else "COMPLIANT",
        "Annotation": ("; ".join(findings) or trail["TrailARN"])[:256],
        "OrderingTimestamp": now,
    }
    refused = CONFIG.put_evaluations(
        ResultToken=token, Evaluations=[evaluation], TestMode=token == "TESTMODE"
    )["FailedEvaluations"]
    if refused:
        raise RuntimeError(f"AWS Config refused {refused}")
    return {"compliance": evaluation["ComplianceType"], "annotation": evaluation["Annotation"]}


def examine(trail, wanted, account, now):
    """What is wrong with one trail."""
    arn = trail["TrailARN"]
    status = CLOUDTRAIL.get_trail_status(Name=arn)
    selectors = CLOUDTRAIL.get_event_selectors(TrailName=arn)
    checks = {
        "trail-not-logging": status["IsLogging"],
        "not-multi-region": trail.get("IsMultiRegionTrail"),
        "global-events-missing": trail.get("IncludeGlobalServiceEvents"),
        "log-validation-off": trail.get("LogFileValidationEnabled"),
        "delivery-error": not status.get("LatestDeliveryError"),
        "digest-error": not status.get("LatestDigestDeliveryError"),
        "delivery-stale": is_fresh(status.get("LatestDeliveryTime"), now),
        "management-events-missing": any(
            one["IncludeManagementEvents"] and one["ReadWriteType"] == "All"
            for one in selectors.get("EventSelectors", [])
        ),
        "insights-missing": has_insights(arn),
        "wrong-bucket": wanted.get("s3BucketName") in (None, trail["S3BucketName"]),
        "bucket-refuses-cloudtrail": bucket_lets_write(trail["S3BucketName"], account),
        "not-encrypted": trail.get("KmsKeyId"),
        "wrong-key": wanted.get("kmsKeyId") in (None, trail.get("KmsKeyId")),
        "key-refuses-cloudtrail": key_lets_encrypt(trail.get("KmsKeyId")),
    }
    return [code for code, is_good in checks.items() if not is_good]


def is_fresh(time, now):
    """Whether the last delivery is less than three hours old."""
    return time is not None and (now - time.astimezone(timezone.utc)).total_seconds() < 3 * 3600


def has_insights(arn):
    """Whether both kinds of Insights are on."""
    try:
        answer = CLOUDTRAIL.get_insight_selectors(TrailName=arn)
    except ClientError as error:
        if error.response["Error"]["Code"] == "InsightNotEnabledException":
            return False
        raise
    kinds = {one["InsightType"] for one in answer["InsightSelectors"]}
    return kinds >= {"ApiCallRateInsight", "ApiErrorRateInsight"}


def bucket_lets_write(bucket, account):
    """Whether a statement of the bucket's policy lets CloudTrail put objects."""
    policy = S3.get_bucket_policy(Bucket=bucket, ExpectedBucketOwner=account)["Policy"]
    return allows_cloudtrail(policy, "s3:PutObject")


def key_lets_encrypt(key):
    """Whether the key is enabled and its policy lets CloudTrail encrypt."""
    if not key:
        return False
    described = KMS.describe_key(KeyId=key)["KeyMetadata"]
    policy = KMS.get_key_policy(KeyId=described["Arn"], PolicyName="default")["Policy"]
    return described["KeyState"] == "Enabled" and allows_cloudtrail(policy, "kms:GenerateDataKey*")


def allows_cloudtrail(policy, action):
    """Whether some Allow statement names CloudTrail and the action."""
    for statement in json.loads(policy)["Statement"]:
        principal = statement.get("Principal", {})
        service = principal.get("Service", []) if isinstance(principal, dict) else []
        actions = statement.get("Action", [])
        if (
            statement["Effect"] == "Allow"
            and "cloudtrail.amazonaws.com" in ([service] if isinstance(service, str) else service)
            and action in ([actions] if isinstance(actions, str) else actions)
        ):
            return True
    return False


def serve():
    """Asks the runtime API for invocations for ever."""
    while True:
        with urllib.request.urlopen(f"{ROOT}/next") as answer:
            request_id = answer.headers["Lambda-Runtime-Aws-Request-Id"]
            account = answer.headers["Lambda-Runtime-Invoked-Function-Arn"].split(":")[4]
            event = json.load(answer)
        try:
            ending, body = "response", handler(event, account)
        except Exception as error:  # whatever it is, Lambda must be told
            ending, body = "error", {"errorType": type(error).__name__, "errorMessage": str(error)}
        post = urllib.request.Request(f"{ROOT}/{request_id}/{ending}", json.dumps(body).encode())
        with urllib.request.urlopen(post):
            pass


if __name__ == "__main__":
    try:
        serve()
    except (urllib.error.URLError, ConnectionError):
        pass  # the runtime API is gone: so is the work
