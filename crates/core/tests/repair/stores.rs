//! The bucket and the key: what is done about them, and what is left alone and said.

use trailkeeper_core::facts::KeyState;

use crate::faults::Wrong;
use crate::run::{Case, check};
use crate::stage::{HOME, KEY, MANAGEMENT, OWN, Stage, arn, held, key};

/// A policy that denies whatever CloudTrail may need.
const DENY: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"No","Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}"#;

/// One that denies it from some addresses, which may be CloudTrail's or not.
const MAY_DENY: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Maybe","Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"maybe"},"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}]}"#;

const EMPTY: &str = r#"{"Version":"2012-10-17","Statement":[]}"#;

fn drift(stage: &mut Stage) {
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

const ANEW: &[Case] = &[
    (
        "made, secured and opened",
        |s| {
            s.bucket = None;
            s.goal.recreate_bucket = true;
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         create-bucket
         + bucket-missing: audit-logs created in eu-west-1
         read bucket audit-logs in eu-west-1 of 111122223333
         read versioning of audit-logs in eu-west-1 of 111122223333, publicAccessBlock of audit-logs in eu-west-1 of 111122223333
         put-public-access-block in eu-west-1 of 111122223333, existed false
         + bucket-missing: audit-logs: publicAccessBlock: BlockPublicAcls none, was true
         put-bucket-versioning in eu-west-1 of 111122223333, existed false
         + bucket-missing: audit-logs: versioning -> Enabled
         put-bucket-policy in eu-west-1 of 111122223333, existed false
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319, AWSCloudTrailWrite20150319
         reread
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         repaired [org-audit]
         added: put-bucket-policy create-bucket put-public-access-block put-bucket-versioning
        ",
    ),
    (
        "and the trail after it",
        |s| {
            s.bucket = None;
            s.goal.recreate_bucket = true;
            s.without_trail();
        },
        r"
         create-bucket
         + bucket-missing: audit-logs created in eu-west-1
         put-public-access-block in eu-west-1 of 111122223333, existed false
         + bucket-missing: audit-logs: publicAccessBlock: BlockPublicAcls none, was true
         put-bucket-versioning in eu-west-1 of 111122223333, existed false
         + bucket-missing: audit-logs: versioning -> Enabled
         put-bucket-policy in eu-west-1 of 111122223333, existed false
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319, AWSCloudTrailWrite20150319
         create-trail
         + trail-missing: org-audit created in eu-west-1
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         wait 1.100
         start-logging
         + trail-not-logging: org-audit was never started -> logging
         reread
         repaired [org-audit] to 10:00:05.2Z
         added: put-bucket-policy create-trail create-bucket put-public-access-block put-bucket-versioning
         updated: start-logging put-insight-selectors
        ",
    ),
    (
        "only asked",
        |s| {
            s.bucket = None;
            s.goal.recreate_bucket = true;
            s.goal.plan_only = true;
        },
        r"
         planned [org-audit]
         planned: put-bucket-policy create-bucket
        ",
    ),
    (
        "only asked, and no trail",
        |s| {
            s.bucket = None;
            s.goal.recreate_bucket = true;
            s.goal.plan_only = true;
            s.without_trail();
        },
        r"
         planned [no trail]
         planned: start-logging put-bucket-policy create-trail put-insight-selectors create-bucket
        ",
    ),
    (
        "where the key is",
        |s| {
            s.bucket = None;
            s.goal.recreate_bucket = true;
            let there = KEY.replace(HOME, "us-east-1");
            let policy = s.keys[0].1.replace("kms:eu-west-1", "kms:us-east-1");
            s.keys = vec![(key(&there), policy)];
            s.trail().kms_key_id = Some(there.clone());
            s.wanted().kms_key_id = Some(there);
        },
        r"
         create-bucket
         + bucket-missing: audit-logs created in us-east-1
         put-public-access-block in us-east-1 of 111122223333, existed false
         + bucket-missing: audit-logs: publicAccessBlock: BlockPublicAcls none, was true
         put-bucket-versioning in us-east-1 of 111122223333, existed false
         + bucket-missing: audit-logs: versioning -> Enabled
         put-bucket-policy in us-east-1 of 111122223333, existed false
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319, AWSCloudTrailWrite20150319
         reread
         repaired [org-audit]
         added: put-bucket-policy create-bucket put-public-access-block put-bucket-versioning
        ",
    ),
    (
        "not made",
        |s| {
            s.bucket = None;
            s.goal.recreate_bucket = true;
            s.refuse("CreateBucket", 99, "TooManyBuckets");
        },
        r"
         create-bucket (TooManyBuckets)
         + bucket-missing: audit-logs created in eu-west-1
         reread
         FAILED bucket-quota-full: bucket-quota-full: s3:CreateBucket failed on audit-logs: TooManyBuckets: injected; bucket-missing: audit-logs does not exist (NoSuchBucket) [org-audit]
         failed: create-bucket
        ",
    ),
    (
        "not made, and no trail",
        |s| {
            s.bucket = None;
            s.goal.recreate_bucket = true;
            s.without_trail();
            s.refuse("CreateBucket", 99, "BucketAlreadyExists");
        },
        r"
         create-bucket (BucketAlreadyExists)
         + bucket-missing: audit-logs created in eu-west-1
         reread
         FAILED bucket-not-ours: bucket-not-ours: s3:CreateBucket failed on audit-logs: BucketAlreadyExists: injected; bucket-missing: audit-logs does not exist (NoSuchBucket) [no trail]
         failed: create-bucket
         not-reached: start-logging create-trail
        ",
    ),
    (
        "the answer is lost",
        |s| {
            s.bucket = None;
            s.goal.recreate_bucket = true;
            s.fault("CreateBucket", 1, Wrong::Lost);
        },
        r"
         create-bucket (Timeout)
         + bucket-missing: audit-logs created in eu-west-1
         put-public-access-block in eu-west-1 of 111122223333, existed false
         + bucket-missing: audit-logs: publicAccessBlock: BlockPublicAcls none, was true
         put-bucket-versioning in eu-west-1 of 111122223333, existed false
         + bucket-missing: audit-logs: versioning -> Enabled
         put-bucket-policy in eu-west-1 of 111122223333, existed false
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319, AWSCloudTrailWrite20150319
         reread
         repaired [org-audit]
         added: put-bucket-policy create-bucket put-public-access-block put-bucket-versioning
        ",
    ),
    (
        "one that was not completed before",
        |s| {
            s.goal.recreate_bucket = true;
            s.lock_out();
        },
        r"
         put-public-access-block in eu-west-1 of 111122223333, existed false
         + bucket-missing: audit-logs: publicAccessBlock: BlockPublicAcls none, was true
         put-bucket-versioning in eu-west-1 of 111122223333, existed false
         + bucket-missing: audit-logs: versioning -> Enabled
         put-bucket-policy in eu-west-1 of 111122223333, existed false
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319, AWSCloudTrailWrite20150319
         reread
         repaired [org-audit]
         added: put-bucket-policy put-public-access-block put-bucket-versioning
        ",
    ),
    (
        "one with a policy is not new",
        |s| s.goal.recreate_bucket = true,
        r"
         already-healthy [org-audit]
        ",
    ),
    (
        "a setting of it is refused",
        |s| {
            s.bucket = None;
            s.goal.recreate_bucket = true;
            s.refuse("PutPublicAccessBlock", 99, "MalformedXML");
        },
        r"
         create-bucket
         + bucket-missing: audit-logs created in eu-west-1
         put-public-access-block in eu-west-1 of 111122223333, existed false (MalformedXML)
         + bucket-missing: audit-logs: publicAccessBlock: BlockPublicAcls none, was true
         put-bucket-versioning in eu-west-1 of 111122223333, existed false
         + bucket-missing: audit-logs: versioning -> Enabled
         put-bucket-policy in eu-west-1 of 111122223333, existed false
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319, AWSCloudTrailWrite20150319
         reread
         FAILED partly-repaired: setting-refused: s3:PutPublicAccessBlock failed on audit-logs: MalformedXML: injected [org-audit]
         added: put-bucket-policy create-bucket put-bucket-versioning
         failed: put-public-access-block
        ",
    ),
    (
        "a bucket that is denied is not missing",
        |s| {
            s.goal.recreate_bucket = true;
            s.refuse("GetBucketPolicy", 99, "AccessDenied");
        },
        r"
         FAILED could-not-verify: could-not-verify: s3:GetBucketPolicy AccessDenied [org-audit]
        ",
    ),
];

#[test]
fn a_bucket_is_made_anew_where_that_is_allowed() {
    check(ANEW);
}

fn without_key(stage: &mut Stage) {
    stage.trail().kms_key_id = None;
    drift(stage);
}

const KEY_CASES: &[Case] = &[
    (
        "disabled",
        |s| s.key().state = KeyState::Disabled,
        r"
         enable-key
         + key-disabled: KEY enabled
         reread
         repaired [org-audit]
         updated: enable-key
        ",
    ),
    (
        "about to be deleted",
        |s| s.key().state = KeyState::PendingDeletion,
        r"
         cancel-key-deletion
         + key-pending-deletion: deletion of KEY cancelled
         enable-key
         + key-disabled: KEY enabled
         reread
         repaired [org-audit]
         updated: cancel-key-deletion enable-key
        ",
    ),
    (
        "in a state that nobody can change",
        |s| s.key().state = KeyState::Other("Unavailable".to_owned()),
        r"
         FAILED key-unusable: key-unusable: KEY is Unavailable [org-audit]
        ",
    ),
    (
        "disabled, and not to be repaired",
        |s| {
            s.key().state = KeyState::Disabled;
            s.goal.repair_key = false;
        },
        r"
         FAILED key-disabled: key-disabled: KEY is Disabled [org-audit]
        ",
    ),
    (
        "disabled, not to be repaired, and the trail without it",
        |s| {
            s.key().state = KeyState::Disabled;
            s.goal.repair_key = false;
            without_key(s);
        },
        r"
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         FAILED partly-repaired: key-disabled: KEY is Disabled; not-encrypted: org-audit has no KmsKeyId [org-audit]
         updated: update-trail
        ",
    ),
    (
        "about to be deleted, not to be repaired, and the trail without it",
        |s| {
            s.key().state = KeyState::PendingDeletion;
            s.goal.repair_key = false;
            without_key(s);
        },
        r"
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         FAILED partly-repaired: key-pending-deletion: KEY is PendingDeletion; not-encrypted: org-audit has no KmsKeyId [org-audit]
         updated: update-trail
        ",
    ),
    (
        "of AWS, and disabled",
        |s| {
            s.key().state = KeyState::Disabled;
            s.key().customer_managed = false;
        },
        r"
         FAILED key-disabled: key-disabled: KEY is Disabled [org-audit]
        ",
    ),
    (
        "a policy without the statements",
        |s| s.keys[0].1 = EMPTY.to_owned(),
        r"
         put-key-policy
         + key-refuses-cloudtrail: policy of KEY + Allow CloudTrail to encrypt logs, Allow CloudTrail to describe key
         reread
         repaired [org-audit]
         updated: put-key-policy
        ",
    ),
    (
        "a policy without the statements, not to be repaired",
        |s| {
            s.keys[0].1 = EMPTY.to_owned();
            s.goal.repair_key = false;
        },
        r"
         FAILED key-refuses-cloudtrail: key-refuses-cloudtrail: KEY: nothing allows kms:GenerateDataKey [org-audit]
        ",
    ),
    (
        "a policy without the statements, not to be repaired, and the trail without it",
        |s| {
            s.keys[0].1 = EMPTY.to_owned();
            s.goal.repair_key = false;
            without_key(s);
        },
        r"
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         FAILED partly-repaired: key-refuses-cloudtrail: KEY: nothing allows kms:GenerateDataKey; not-encrypted: org-audit has no KmsKeyId [org-audit]
         updated: update-trail
        ",
    ),
    (
        "of AWS, and without the statements",
        |s| {
            s.keys[0].1 = EMPTY.to_owned();
            s.key().customer_managed = false;
            without_key(s);
        },
        r"
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         FAILED partly-repaired: key-refuses-cloudtrail: KEY: nothing allows kms:GenerateDataKey; not-encrypted: org-audit has no KmsKeyId [org-audit]
         updated: update-trail
        ",
    ),
    (
        "a policy that denies",
        |s| s.keys[0].1 = DENY.to_owned(),
        r"
         FAILED foreign-deny: foreign-deny: key policy of KEY: statement `No` (line 1) denies CloudTrail kms:GenerateDataKey on KEY, and no added statement can undo a Deny; exempt cloudtrail.amazonaws.com there, for instance with the condition Bool aws:PrincipalIsAWSService false [org-audit]
        ",
    ),
    (
        "a policy that denies, and the trail without it",
        |s| {
            s.keys[0].1 = DENY.to_owned();
            without_key(s);
        },
        r"
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         FAILED partly-repaired: foreign-deny: key policy of KEY: statement `No` (line 1) denies CloudTrail kms:GenerateDataKey on KEY, and no added statement can undo a Deny; exempt cloudtrail.amazonaws.com there, for instance with the condition Bool aws:PrincipalIsAWSService false; not-encrypted: org-audit has no KmsKeyId [org-audit]
         updated: update-trail
        ",
    ),
    (
        "a policy that may deny",
        |s| s.keys[0].1 = MAY_DENY.to_owned(),
        r"
         put-key-policy
         + key-refuses-cloudtrail: policy of KEY + Allow CloudTrail to encrypt logs, Allow CloudTrail to describe key
         reread
         repaired [org-audit]
         updated: put-key-policy
         note policy-undetermined: statement `Maybe` (line 1) may deny kms:GenerateDataKey
        ",
    ),
    (
        "a policy that may not be read",
        |s| {
            s.refuse("GetKeyPolicy", 99, "AccessDeniedException");
            without_key(s);
        },
        r"
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         + not-encrypted: KmsKeyId none -> KEY
         reread
         FAILED partly-repaired: could-not-verify: kms:GetKeyPolicy AccessDeniedException [org-audit]
         updated: update-trail
        ",
    ),
    (
        "enabling is denied, and the trail without it",
        |s| {
            s.key().state = KeyState::Disabled;
            s.refuse("EnableKey", 99, "AccessDeniedException");
            without_key(s);
        },
        r"
         enable-key (AccessDeniedException)
         + key-disabled: KEY enabled
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         FAILED partly-repaired: denied: kms:EnableKey failed on KEY: AccessDeniedException: injected; allow kms:EnableKey to the role that runs the repair; key-disabled: KEY is Disabled; not-encrypted: org-audit has no KmsKeyId [org-audit]
         updated: update-trail
         failed: enable-key
        ",
    ),
    (
        "gone",
        |s| {
            s.keys.clear();
            without_key(s);
        },
        r"
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         FAILED partly-repaired: key-not-found: kms:DescribeKey failed on it: NotFoundException: not there; not-encrypted: org-audit has no KmsKeyId [org-audit]
         updated: update-trail
        ",
    ),
    (
        "may not be looked at",
        |s| {
            s.refuse("DescribeKey", 99, "AccessDeniedException");
            without_key(s);
        },
        r"
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         FAILED partly-repaired: could-not-verify: kms:DescribeKey failed on it: AccessDeniedException: injected; not-encrypted: org-audit has no KmsKeyId [org-audit]
         updated: update-trail
        ",
    ),
    (
        "not in the bucket's Region",
        |s| {
            s.bucket.as_mut().unwrap().region = "us-east-1".parse().unwrap();
            without_key(s);
        },
        r"
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         FAILED partly-repaired: key-not-in-bucket-region: key KEY is not in us-east-1, the region of bucket audit-logs; name a key in that region; not-encrypted: org-audit has no KmsKeyId [org-audit]
         updated: update-trail
        ",
    ),
    (
        "not named, and the trail's is disabled",
        |s| {
            s.wanted().kms_key_id = None;
            s.key().state = KeyState::Disabled;
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         enable-key
         + key-disabled: KEY enabled
         reread
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         repaired [org-audit]
         updated: enable-key
        ",
    ),
    (
        "not named, and the trail has none",
        |s| {
            s.wanted().kms_key_id = None;
            without_key(s);
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333
         FAILED partly-repaired: not-encrypted: org-audit has no KmsKeyId [org-audit]
         updated: update-trail
        ",
    ),
    (
        "no trail, and the key cannot be repaired",
        |s| {
            s.without_trail();
            s.goal.repair_key = false;
            s.key().state = KeyState::Disabled;
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
         FAILED partly-repaired: key-disabled: KEY is Disabled; not-encrypted: org-audit has no KmsKeyId [org-audit] to 10:00:03.2Z
         added: create-trail
         updated: start-logging put-insight-selectors
        ",
    ),
];

#[test]
fn the_key_is_made_usable_where_that_may_be_done() {
    check(KEY_CASES);
}

const OTHER: &str = "arn:aws:kms:eu-west-1:111122223333:key/99990000";
const ALIAS: &str = "alias/audit";

fn alias(stage: &mut Stage, to: &str) {
    stage.wanted().kms_key_id = Some(ALIAS.to_owned());
    stage.aliases.insert(ALIAS.to_owned(), arn(to));
    let policy = stage.keys[0].1.clone();
    stage.keys.push((key(OTHER), policy));
}

const NAMES: &[Case] = &[
    (
        "an alias of the trail's key",
        |s| {
            alias(s, KEY);
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333
         read key alias/audit in eu-west-1
         read policy of key/1234abcd
         already-healthy [org-audit]
        ",
    ),
    (
        "an alias of another key than the trail's",
        |s| alias(s, OTHER),
        r"
         FAILED wrong-key: wrong-key: alias/audit stands for arn:aws:kms:eu-west-1:111122223333:key/99990000 now, and the trail uses KEY; an alias can be moved, so no trail gets another key by it: name the key by its ARN [org-audit]
        ",
    ),
    (
        "an alias, and the trail has no key",
        |s| {
            alias(s, OTHER);
            s.trail().kms_key_id = None;
        },
        r"
         update-trail
         + not-encrypted: KmsKeyId none -> arn:aws:kms:eu-west-1:111122223333:key/99990000
         reread
         repaired [org-audit]
         updated: update-trail
        ",
    ),
    (
        "an alias, and no trail",
        |s| {
            alias(s, OTHER);
            s.without_trail();
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read all trails from eu-west-1
         read bucket audit-logs in eu-west-1 of 111122223333
         read key alias/audit in eu-west-1
         read policy of key/99990000
         create-trail
         + trail-missing: org-audit created in eu-west-1
         read trails of eu-west-1
         read status of org-audit, selectors of org-audit, insights of org-audit
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         wait 1.100
         start-logging
         + trail-not-logging: org-audit was never started -> logging
         read insights of org-audit
         reread
         read trails of eu-west-1
         read status of org-audit, selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333
         read key alias/audit in eu-west-1
         read policy of key/99990000
         repaired [org-audit] to 10:00:03.2Z
         added: create-trail
         updated: start-logging put-insight-selectors
        ",
    ),
    (
        "an alias of nothing",
        |s| s.wanted().kms_key_id = Some("alias/none".to_owned()),
        r"
         FAILED key-not-found: key-not-found: kms:DescribeKey failed on it: NotFoundException: not there; wrong-key: org-audit uses KEY, not alias/none [org-audit]
        ",
    ),
    (
        "an id",
        |s| {
            s.wanted().kms_key_id = Some("1234abcd".to_owned());
            s.trail().kms_key_id = None;
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333
         read key 1234abcd in eu-west-1
         read policy of key/1234abcd
         update-trail
         + not-encrypted: KmsKeyId none -> KEY
         reread
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333
         read key 1234abcd in eu-west-1
         read policy of key/1234abcd
         repaired [org-audit]
         updated: update-trail
        ",
    ),
    (
        "an id, and a bucket that may not be read",
        |s| {
            s.wanted().kms_key_id = Some("1234abcd".to_owned());
            s.refuse("GetBucketPolicy", 99, "AccessDenied");
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333
         read key 1234abcd in eu-west-1
         read owner of audit-logs in eu-west-1, policy of key/1234abcd
         FAILED could-not-verify: could-not-verify: s3:GetBucketPolicy AccessDenied [org-audit]
        ",
    ),
    (
        "another account's key",
        |s| {
            s.wanted().kms_key_id = Some(KEY.replace(OWN, MANAGEMENT));
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333
         update-trail
         + wrong-key: KmsKeyId KEY -> arn:aws:kms:eu-west-1:999900001111:key/1234abcd
         reread
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333
         repaired [org-audit]
         updated: update-trail
         note policy-not-visible: state and policy of key arn:aws:kms:eu-west-1:999900001111:key/1234abcd, which another account owns
        ",
    ),
    (
        "another account's alias",
        |s| {
            let theirs = KEY.replace(OWN, MANAGEMENT);
            let alias = format!("arn:aws:kms:eu-west-1:{MANAGEMENT}:alias/audit");
            s.keys.push((key(&theirs), DENY.to_owned()));
            s.aliases.insert(alias.clone(), arn(&theirs));
            s.wanted().kms_key_id = Some(alias);
            s.trail().kms_key_id = None;
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key arn:aws:kms:eu-west-1:999900001111:alias/audit in eu-west-1
         update-trail
         + not-encrypted: KmsKeyId none -> arn:aws:kms:eu-west-1:999900001111:key/1234abcd
         reread
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key arn:aws:kms:eu-west-1:999900001111:alias/audit in eu-west-1
         repaired [org-audit]
         updated: update-trail
         note policy-not-visible: state and policy of key arn:aws:kms:eu-west-1:999900001111:key/1234abcd, which another account owns
        ",
    ),
    (
        "an id means a key beside the bucket",
        |s| {
            s.trails[0] = held(OWN, "us-east-1", "org-audit");
            s.trail().kms_key_id = None;
            s.wanted().kms_key_id = Some("1234abcd".to_owned());
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in us-east-1 of 111122223333
         read key 1234abcd in eu-west-1
         read policy of key/1234abcd
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319Trail2, AWSCloudTrailWrite20150319Trail2
         put-key-policy
         + key-refuses-cloudtrail: policy of KEY + Allow CloudTrail to encrypt logs 2, Allow CloudTrail to describe key 2
         update-trail
         + not-encrypted: KmsKeyId none -> KEY
         reread
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in us-east-1 of 111122223333
         read key 1234abcd in eu-west-1
         read policy of key/1234abcd
         repaired [org-audit]
         updated: put-bucket-policy put-key-policy update-trail
        ",
    ),
];

#[test]
fn a_key_may_be_named_in_many_ways() {
    check(NAMES);
}
