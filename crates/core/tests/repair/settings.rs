//! The settings of the bucket, put back to what a baseline records.

use trailkeeper_core::facts::BucketSetting;

use crate::run::{Case, check};
use crate::stage::Stage;

const VERSIONED: &str =
    "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
const SUSPENDED: &str =
    "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>";
const ENCRYPTED: &str = "<ServerSideEncryptionConfiguration><Rule><SSEAlgorithm>AES256</SSEAlgorithm></Rule></ServerSideEncryptionConfiguration>";
pub(crate) const YEAR: &str = "<LifecycleConfiguration><Rule><Expiration><Days>365</Days></Expiration></Rule></LifecycleConfiguration>";
const OWNER_PAYS: &str =
    "<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>";
const ENFORCED: &str = "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>";
const PREFERRED: &str = "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerPreferred</ObjectOwnership></Rule></OwnershipControls>";
const PRIVATE: &str = "<AccessControlPolicy><Owner><ID>us</ID></Owner></AccessControlPolicy>";
const SHARED: &str =
    "<AccessControlPolicy><Owner><ID>us</ID></Owner><Grant>them</Grant></AccessControlPolicy>";

/// The account with a bucket all of whose settings are made, and with its baseline.
pub(crate) fn guarded(stage: &mut Stage) {
    set(stage, BucketSetting::Versioning, VERSIONED);
    set(stage, BucketSetting::Encryption, ENCRYPTED);
    set(stage, BucketSetting::Lifecycle, YEAR);
    set(stage, BucketSetting::RequestPayment, OWNER_PAYS);
    set(stage, BucketSetting::OwnershipControls, ENFORCED);
    set(stage, BucketSetting::Acl, PRIVATE);
    set(stage, BucketSetting::Notification, "<N/>");
    stage.with_baseline(|_| {});
}

pub(crate) fn set(stage: &mut Stage, setting: BucketSetting, text: &str) {
    stage.settings.insert(setting, Some(text.to_owned()));
}

/// Everything that a baseline records and somebody can change.
pub(crate) fn all_changed(stage: &mut Stage) {
    set(stage, BucketSetting::Versioning, SUSPENDED);
    set(
        stage,
        BucketSetting::Encryption,
        "<S><Rule><SSEAlgorithm>aws:kms</SSEAlgorithm></Rule></S>",
    );
    set(stage, BucketSetting::Lifecycle, &YEAR.replace("365", "1"));
    set(
        stage,
        BucketSetting::RequestPayment,
        &OWNER_PAYS.replace("BucketOwner", "Requester"),
    );
    set(stage, BucketSetting::OwnershipControls, PREFERRED);
    set(stage, BucketSetting::Acl, SHARED);
    set(
        stage,
        BucketSetting::Notification,
        "<N><Topic>them</Topic></N>",
    );
    stage.trails[0].tags.clear();
}

const SETTINGS: &[Case] = &[
    (
        "nothing was changed",
        |s| {
            guarded(s);
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, tags of org-audit, key KEY in eu-west-1
         read baseline in audit-logs in eu-west-1 of 111122223333, 11 settings
         read policy of key/1234abcd
         already-healthy [org-audit]
        ",
    ),
    (
        "everything was changed",
        |s| {
            guarded(s);
            all_changed(s);
            s.stop();
            s.lock_out();
            s.trail().is_multi_region = Some(false);
        },
        r#"
         start-logging
         + trail-not-logging: org-audit stopped since 09:00:00Z -> logging
         put-bucket-request-payment in eu-west-1 of 111122223333, existed true
         + bucket-requester-pays: audit-logs: requestPayment: Payer Requester, was BucketOwner
         put-bucket-acl in eu-west-1 of 111122223333, existed true
         + bucket-acl-changed: audit-logs: acl: Grant them, was none
         put-bucket-ownership in eu-west-1 of 111122223333, existed true
         + bucket-ownership-changed: audit-logs: ownershipControls: Rule/ObjectOwnership BucketOwnerPreferred, was BucketOwnerEnforced
         put-bucket-policy in eu-west-1 of 111122223333, existed false
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319, AWSCloudTrailWrite20150319
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         put-bucket-versioning in eu-west-1 of 111122223333, existed true
         + bucket-versioning-off: audit-logs: versioning Suspended, was Enabled
         put-bucket-encryption in eu-west-1 of 111122223333, existed true
         + bucket-encryption-changed: audit-logs: encryption: Rule/SSEAlgorithm aws:kms, was AES256
         put-bucket-lifecycle in eu-west-1 of 111122223333, existed true
         + bucket-lifecycle-changed: audit-logs: lifecycle expires after 1 day, was expires after 365 days
         add-tags {"team": "audit"}
         + trail-tags-changed: org-audit + tags team
         reread
         FAILED partly-repaired: bucket-protection-changed: audit-logs: notification: Topic them, was none [org-audit] gap 09:00:00Z to 10:00:00Z
         added: put-bucket-policy
         updated: start-logging update-trail put-bucket-request-payment put-bucket-acl put-bucket-ownership put-bucket-versioning put-bucket-encryption put-bucket-lifecycle add-tags
        "#,
    ),
    (
        "everything was changed, and it is only asked",
        |s| {
            guarded(s);
            all_changed(s);
            s.goal.plan_only = true;
        },
        r"
         planned [org-audit]
         planned: put-bucket-request-payment put-bucket-acl put-bucket-ownership put-bucket-versioning put-bucket-encryption put-bucket-lifecycle add-tags
         remaining bucket-protection-changed: audit-logs: notification: Topic them, was none
        ",
    ),
    (
        "a list that ownership allows comes back after it",
        |s| {
            guarded(s);
            set(s, BucketSetting::OwnershipControls, PREFERRED);
            set(s, BucketSetting::Acl, SHARED);
            s.objects.clear();
            s.with_baseline(|_| {});
            set(s, BucketSetting::OwnershipControls, ENFORCED);
            set(s, BucketSetting::Acl, PRIVATE);
        },
        r"
         put-bucket-ownership in eu-west-1 of 111122223333, existed true
         + bucket-ownership-changed: audit-logs: ownershipControls: Rule/ObjectOwnership BucketOwnerEnforced, was BucketOwnerPreferred
         put-bucket-acl in eu-west-1 of 111122223333, existed true
         + bucket-acl-changed: audit-logs: acl: Grant none, was them
         reread
         repaired [org-audit]
         updated: put-bucket-acl put-bucket-ownership
        ",
    ),
    (
        "what was taken away comes back, and a lifecycle that was added goes",
        |s| {
            guarded(s);
            s.settings.remove(&BucketSetting::Lifecycle);
            s.objects.clear();
            s.with_baseline(|_| {});
            set(s, BucketSetting::Lifecycle, YEAR);
            s.settings.remove(&BucketSetting::Encryption);
            s.settings.remove(&BucketSetting::Acl);
        },
        r"
         put-bucket-acl in eu-west-1 of 111122223333, existed false
         + bucket-acl-changed: audit-logs: acl: Owner/ID none, was us
         put-bucket-encryption in eu-west-1 of 111122223333, existed false
         + bucket-encryption-changed: audit-logs: encryption: Rule/SSEAlgorithm none, was AES256
         put-bucket-lifecycle in eu-west-1 of 111122223333, existed true
         + bucket-lifecycle-changed: audit-logs: lifecycle expires after 365 days, was none
         reread
         repaired [org-audit]
         added: put-bucket-acl put-bucket-encryption
         updated: put-bucket-lifecycle
        ",
    ),
    (
        "what was not there before and is no lifecycle stays",
        |s| {
            guarded(s);
            s.settings.remove(&BucketSetting::Encryption);
            s.objects.clear();
            s.with_baseline(|_| {});
            set(s, BucketSetting::Encryption, ENCRYPTED);
        },
        r"
         FAILED bucket-encryption-changed: bucket-encryption-changed: audit-logs: encryption: Rule/SSEAlgorithm AES256, was none [org-audit]
        ",
    ),
    (
        "versioning with MFA delete is left to the root user",
        |s| {
            guarded(s);
            let mfa = VERSIONED.replace("<Status>", "<MfaDelete>Enabled</MfaDelete><Status>");
            set(s, BucketSetting::Versioning, &mfa);
        },
        r"
         FAILED bucket-versioning-off: bucket-versioning-off: audit-logs: versioning: MfaDelete Enabled, was none [org-audit]
        ",
    ),
    (
        "a setting may not be read",
        |s| {
            guarded(s);
            s.refuse("GetBucketLifecycleConfiguration", 99, "AccessDenied");
        },
        r"
         FAILED could-not-verify: could-not-verify: s3:GetBucketLifecycleConfiguration AccessDenied [org-audit]
        ",
    ),
    (
        "a setting may not be written",
        |s| {
            guarded(s);
            all_changed(s);
            s.refuse("PutBucketAcl", 99, "AccessControlListNotSupported");
            s.refuse("PutBucketLifecycleConfiguration", 99, "AccessDenied");
        },
        r#"
         put-bucket-request-payment in eu-west-1 of 111122223333, existed true
         + bucket-requester-pays: audit-logs: requestPayment: Payer Requester, was BucketOwner
         put-bucket-acl in eu-west-1 of 111122223333, existed true (AccessControlListNotSupported)
         + bucket-acl-changed: audit-logs: acl: Grant them, was none
         put-bucket-ownership in eu-west-1 of 111122223333, existed true
         + bucket-ownership-changed: audit-logs: ownershipControls: Rule/ObjectOwnership BucketOwnerPreferred, was BucketOwnerEnforced
         put-bucket-versioning in eu-west-1 of 111122223333, existed true
         + bucket-versioning-off: audit-logs: versioning Suspended, was Enabled
         put-bucket-encryption in eu-west-1 of 111122223333, existed true
         + bucket-encryption-changed: audit-logs: encryption: Rule/SSEAlgorithm aws:kms, was AES256
         put-bucket-lifecycle in eu-west-1 of 111122223333, existed true (AccessDenied)
         + bucket-lifecycle-changed: audit-logs: lifecycle expires after 1 day, was expires after 365 days
         add-tags {"team": "audit"}
         + trail-tags-changed: org-audit + tags team
         reread
         FAILED partly-repaired: setting-refused: s3:PutBucketAcl failed on audit-logs: AccessControlListNotSupported: injected; denied: s3:PutBucketLifecycleConfiguration failed on audit-logs: AccessDenied: injected; allow s3:PutBucketLifecycleConfiguration to the role that runs the repair; bucket-lifecycle-changed: audit-logs: lifecycle expires after 1 day, was expires after 365 days; bucket-acl-changed: audit-logs: acl: Grant them, was none; bucket-protection-changed: audit-logs: notification: Topic them, was none [org-audit]
         updated: put-bucket-request-payment put-bucket-ownership put-bucket-versioning put-bucket-encryption add-tags
         failed: put-bucket-acl put-bucket-lifecycle
        "#,
    ),
    (
        "nothing without the baseline's hash",
        |s| {
            guarded(s);
            all_changed(s);
            s.wanted().baseline_sha256 = None;
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         already-healthy [org-audit]
        ",
    ),
    (
        "the bucket is gone, and made anew without the baseline",
        |s| {
            guarded(s);
            s.bucket = None;
            s.settings.clear();
            s.goal.recreate_bucket = true;
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
         reread
         FAILED partly-repaired: baseline-unusable: audit-logs has no object trailkeeper/baseline/HASH.json [org-audit]
         added: put-bucket-policy create-bucket put-public-access-block put-bucket-versioning
        ",
    ),
    (
        "the trail is gone",
        |s| {
            guarded(s);
            all_changed(s);
            s.without_trail();
        },
        r#"
         put-bucket-request-payment in eu-west-1 of 111122223333, existed true
         + bucket-requester-pays: audit-logs: requestPayment: Payer Requester, was BucketOwner
         put-bucket-acl in eu-west-1 of 111122223333, existed true
         + bucket-acl-changed: audit-logs: acl: Grant them, was none
         put-bucket-ownership in eu-west-1 of 111122223333, existed true
         + bucket-ownership-changed: audit-logs: ownershipControls: Rule/ObjectOwnership BucketOwnerPreferred, was BucketOwnerEnforced
         create-trail
         + trail-missing: org-audit created in eu-west-1
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         wait 1.100
         start-logging
         + trail-not-logging: org-audit was never started -> logging
         put-bucket-versioning in eu-west-1 of 111122223333, existed true
         + bucket-versioning-off: audit-logs: versioning Suspended, was Enabled
         put-bucket-encryption in eu-west-1 of 111122223333, existed true
         + bucket-encryption-changed: audit-logs: encryption: Rule/SSEAlgorithm aws:kms, was AES256
         put-bucket-lifecycle in eu-west-1 of 111122223333, existed true
         + bucket-lifecycle-changed: audit-logs: lifecycle expires after 1 day, was expires after 365 days
         add-tags {"team": "audit"}
         + trail-tags-changed: org-audit + tags team
         reread
         FAILED partly-repaired: bucket-protection-changed: audit-logs: notification: Topic them, was none [org-audit] to 10:00:04.7Z
         added: create-trail
         updated: start-logging put-insight-selectors put-bucket-request-payment put-bucket-acl put-bucket-ownership put-bucket-versioning put-bucket-encryption put-bucket-lifecycle add-tags
        "#,
    ),
];

#[test]
fn settings_come_back_as_they_were() {
    check(SETTINGS);
}
