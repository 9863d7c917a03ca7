//! The bucket's policy: what is done about it, and what is left alone and said.

use crate::run::{Case, check};
use crate::stage::{MANAGEMENT, Stage, time};

/// A policy that denies whatever CloudTrail may need.
pub(crate) const DENY: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"No","Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}"#;

/// One that denies it from some addresses, which may be CloudTrail's or not.
pub(crate) const MAY_DENY: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Maybe","Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"maybe"},"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}]}"#;

pub(crate) const EMPTY: &str = r#"{"Version":"2012-10-17","Statement":[]}"#;

pub(crate) fn drift(stage: &mut Stage) {
    stage.trail().is_multi_region = Some(false);
}

fn policy(stage: &mut Stage, text: &str) {
    stage.bucket.as_mut().unwrap().policy = Some(text.to_owned());
}

const BUCKET_CASES: &[Case] = &[
    (
        "a policy without the statements",
        |s| policy(s, EMPTY),
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319, AWSCloudTrailWrite20150319
         reread
         repaired [org-audit]
         updated: put-bucket-policy
        ",
    ),
    (
        "a policy that denies",
        |s| policy(s, DENY),
        r"
         FAILED foreign-deny: foreign-deny: bucket policy of audit-logs: statement `No` (line 1) denies CloudTrail s3:GetBucketAcl on arn:aws:s3:::audit-logs, and no added statement can undo a Deny; exempt cloudtrail.amazonaws.com there, for instance with the condition Bool aws:PrincipalIsAWSService false [org-audit]
        ",
    ),
    (
        "a policy that denies, and a trail that has to change",
        |s| {
            policy(s, DENY);
            drift(s);
        },
        r"
         FAILED foreign-deny: foreign-deny: bucket policy of audit-logs: statement `No` (line 1) denies CloudTrail s3:GetBucketAcl on arn:aws:s3:::audit-logs, and no added statement can undo a Deny; exempt cloudtrail.amazonaws.com there, for instance with the condition Bool aws:PrincipalIsAWSService false; not-multi-region: IsMultiRegionTrail false -> true [org-audit]
         not-reached: update-trail
        ",
    ),
    (
        "a policy that denies, and no trail",
        |s| {
            policy(s, DENY);
            s.without_trail();
        },
        r"
         FAILED foreign-deny: foreign-deny: bucket policy of audit-logs: statement `No` (line 1) denies CloudTrail s3:GetBucketAcl on arn:aws:s3:::audit-logs, and no added statement can undo a Deny; exempt cloudtrail.amazonaws.com there, for instance with the condition Bool aws:PrincipalIsAWSService false [no trail]
         not-reached: start-logging create-trail
        ",
    ),
    (
        "a policy that may deny",
        |s| policy(s, MAY_DENY),
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319, AWSCloudTrailWrite20150319
         reread
         repaired [org-audit]
         updated: put-bucket-policy
         note policy-undetermined: statement `Maybe` (line 1) may deny s3:GetBucketAcl
        ",
    ),
    (
        "a policy that is none",
        |s| policy(s, "{"),
        r"
         FAILED invalid-json: invalid-json: bucket policy of audit-logs: the policy cannot be read, so nothing may be added to it; correct it by hand; could-not-verify: s3:GetBucketPolicy: the policy is not valid at line 1, column 2: expected a key in double quotes, but the text ends [org-audit]
        ",
    ),
    (
        "the policy may not be read",
        |s| {
            s.refuse("GetBucketPolicy", 99, "AccessDenied");
            drift(s);
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read owner of audit-logs in eu-west-1, policy of key/1234abcd
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read owner of audit-logs in eu-west-1, policy of key/1234abcd
         FAILED partly-repaired: could-not-verify: s3:GetBucketPolicy AccessDenied [org-audit]
         updated: update-trail
        ",
    ),
    (
        "the policy may not be read, and the trail is to move there",
        |s| {
            s.refuse("GetBucketPolicy", 99, "AccessDenied");
            s.trail().bucket = "elsewhere".to_owned();
        },
        r"
         FAILED could-not-verify: could-not-verify: s3:GetBucketPolicy AccessDenied; wrong-bucket: S3BucketName elsewhere -> audit-logs [org-audit]
         not-reached: update-trail
        ",
    ),
    (
        "the policy may not be read, and the prefix is to change",
        |s| {
            s.refuse("GetBucketPolicy", 99, "AccessDenied");
            s.wanted().key_prefix = Some("audit".to_owned());
        },
        r"
         FAILED could-not-verify: could-not-verify: s3:GetBucketPolicy AccessDenied; wrong-prefix: S3KeyPrefix none -> audit [org-audit]
         not-reached: update-trail
        ",
    ),
    (
        "the policy may not be read, and there is no trail",
        |s| {
            s.refuse("GetBucketPolicy", 99, "AccessDenied");
            s.without_trail();
        },
        r"
         create-trail
         + trail-missing: org-audit created in eu-west-1
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         wait 1.100
         start-logging
         + trail-not-logging: org-audit was never started -> logging
         reread
         FAILED partly-repaired: could-not-verify: s3:GetBucketPolicy AccessDenied [org-audit] to 10:00:03.2Z
         added: create-trail
         updated: start-logging put-insight-selectors
        ",
    ),
    (
        "the policy and the list of buckets may not be read, and there is no trail",
        |s| {
            s.refuse("GetBucketPolicy", 99, "AccessDenied");
            s.refuse("ListBuckets", 99, "AccessDenied");
            s.without_trail();
        },
        r"
         FAILED could-not-verify: could-not-verify: s3:GetBucketPolicy AccessDenied [no trail]
         not-reached: start-logging create-trail
        ",
    ),
    (
        "the bucket is another account's",
        |s| {
            s.owns_bucket = false;
            drift(s);
        },
        r"
         FAILED bucket-not-ours: bucket-not-ours: audit-logs does not belong to account 111122223333; not-multi-region: IsMultiRegionTrail false -> true [org-audit]
         not-reached: update-trail
        ",
    ),
    (
        "the bucket is another account's, as it should be",
        |s| {
            s.wanted().bucket_owner = Some(MANAGEMENT.parse().unwrap());
            s.owns_bucket = false;
            drift(s);
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, key KEY in eu-west-1
         read policy of key/1234abcd
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, key KEY in eu-west-1
         read policy of key/1234abcd
         repaired [org-audit]
         updated: update-trail
         note policy-not-visible: policy of bucket audit-logs, which another account owns
        ",
    ),
    (
        "the bucket is gone",
        |s| {
            s.bucket = None;
            drift(s);
        },
        r"
         FAILED bucket-missing: bucket-missing: audit-logs does not exist (NoSuchBucket); not-multi-region: IsMultiRegionTrail false -> true [org-audit]
         not-reached: update-trail
        ",
    ),
    (
        "the bucket and the trail are gone",
        |s| {
            s.bucket = None;
            s.without_trail();
        },
        r"
         FAILED bucket-missing: bucket-missing: audit-logs does not exist (NoSuchBucket) [no trail]
         not-reached: start-logging create-trail
        ",
    ),
    (
        "the step is given up, and with it the trail's change",
        |s| {
            s.lock_out();
            drift(s);
            s.refuse("PutBucketPolicy", 99, "MalformedPolicy");
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed false (MalformedPolicy)
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319, AWSCloudTrailWrite20150319
         reread
         FAILED policy-refused: policy-refused: s3:PutBucketPolicy failed on audit-logs: MalformedPolicy: injected; bucket-refuses-cloudtrail: audit-logs: nothing allows s3:GetBucketAcl; not-multi-region: IsMultiRegionTrail false -> true [org-audit]
         failed: put-bucket-policy
         not-reached: update-trail
        ",
    ),
    (
        "the step is given up, and there is no trail",
        |s| {
            s.lock_out();
            s.without_trail();
            s.refuse("PutBucketPolicy", 99, "AccessDenied");
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed false (AccessDenied)
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319, AWSCloudTrailWrite20150319
         reread
         FAILED denied: denied: s3:PutBucketPolicy failed on audit-logs: AccessDenied: injected; allow s3:PutBucketPolicy to the role that runs the repair; bucket-refuses-cloudtrail: audit-logs: nothing allows s3:GetBucketAcl [no trail]
         failed: put-bucket-policy
         not-reached: start-logging create-trail
        ",
    ),
    (
        "a bucket in another Region than the trail",
        |s| {
            s.bucket.as_mut().unwrap().region = "us-east-1".parse().unwrap();
            s.wanted().kms_key_id = None;
            s.wanted().kms = false;
            s.trail().kms_key_id = None;
            s.lock_out();
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333
         put-bucket-policy in us-east-1 of 111122223333, existed false
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319, AWSCloudTrailWrite20150319
         reread
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333
         repaired [org-audit]
         added: put-bucket-policy
        ",
    ),
    (
        "CloudTrail refuses the bucket for a while",
        |s| {
            drift(s);
            s.refuse("UpdateTrail", 2, "InsufficientS3BucketPolicyException");
        },
        r"
         update-trail (InsufficientS3BucketPolicyException)
         + not-multi-region: IsMultiRegionTrail false -> true
         wait 3.673
         reread
         update-trail again (InsufficientS3BucketPolicyException)
         wait 5.349
         reread
         update-trail again
         reread
         repaired [org-audit]
         updated: update-trail
        ",
    ),
];

#[test]
fn the_bucket_is_opened_to_cloudtrail_where_that_can_be_done() {
    check(BUCKET_CASES);
}

/// A bucket of another account: only deliveries tell whether it takes the log files.
fn theirs(stage: &mut Stage, started: &str) {
    stage.wanted().bucket_owner = Some(MANAGEMENT.parse().unwrap());
    stage.owns_bucket = false;
    let status = stage.status();
    status.delivery_error = Some("AccessDenied".to_owned());
    status.digest_error = Some("AccessDenied".to_owned());
    status.start_logging_time = Some(time(started));
}

const DELIVERIES: &[Case] = &[
    (
        "a trail that was started a while ago",
        |s| theirs(s, "2026-03-02T09:45:00Z"),
        r"
         FAILED delivery-error: delivery-error: org-audit has LatestDeliveryError AccessDenied on audit-logs; digest-error: org-audit has LatestDigestDeliveryError AccessDenied [org-audit] gap 09:56:00Z
         note policy-not-visible: policy of bucket audit-logs, which another account owns
        ",
    ),
    (
        "a trail that was started just now",
        |s| theirs(s, "2026-03-02T09:45:00.001Z"),
        r"
         already-healthy [org-audit] gap 09:56:00Z
         note delivery-not-confirmed: delivery-error: org-audit has LatestDeliveryError AccessDenied on audit-logs
         note delivery-not-confirmed: digest-error: org-audit has LatestDigestDeliveryError AccessDenied
         note policy-not-visible: policy of bucket audit-logs, which another account owns
        ",
    ),
    (
        "a trail that is started",
        |s| {
            theirs(s, "2025-01-10T00:00:00Z");
            s.stop();
        },
        r"
         start-logging
         + trail-not-logging: org-audit stopped since 09:00:00Z -> logging
         reread
         repaired [org-audit] gap 09:00:00Z to 10:00:00Z
         updated: start-logging
         note delivery-not-confirmed: delivery-error: org-audit has LatestDeliveryError AccessDenied on audit-logs
         note delivery-not-confirmed: digest-error: org-audit has LatestDigestDeliveryError AccessDenied
         note policy-not-visible: policy of bucket audit-logs, which another account owns
        ",
    ),
    (
        "a bucket that can be looked at",
        |s| {
            theirs(s, "2025-01-10T00:00:00Z");
            s.wanted().bucket_owner = None;
            s.owns_bucket = true;
        },
        r"
         already-healthy [org-audit] gap 09:56:00Z
         note delivery-not-confirmed: delivery-error: org-audit has LatestDeliveryError AccessDenied on audit-logs
         note delivery-not-confirmed: digest-error: org-audit has LatestDigestDeliveryError AccessDenied
        ",
    ),
];

#[test]
fn a_failed_delivery_may_be_followed_by_a_good_one() {
    check(DELIVERIES);
}
