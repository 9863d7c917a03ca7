//! A bucket that is gone.

use crate::faults::Wrong;
use crate::run::{Case, check};
use crate::stage::{HOME, KEY, key};

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
