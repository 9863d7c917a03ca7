//! What a baseline has the repair put back, and what it leaves alone.

use std::collections::BTreeMap;

use trailkeeper_core::facts::{
    BucketSetting, DataResource, EventSelectors, KeyState, ReadWriteType,
};

use crate::run::{Case, check};
use crate::stage::{GROUP, KEY, MANAGEMENT, ROLE, Stage, TOPIC, basic, key};

const VERSIONED: &str =
    "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
const SUSPENDED: &str =
    "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>";
const ENCRYPTED: &str = "<ServerSideEncryptionConfiguration><Rule><SSEAlgorithm>AES256</SSEAlgorithm></Rule></ServerSideEncryptionConfiguration>";
const YEAR: &str = "<LifecycleConfiguration><Rule><Expiration><Days>365</Days></Expiration></Rule></LifecycleConfiguration>";
const OWNER_PAYS: &str =
    "<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>";
const ENFORCED: &str = "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>";
const PREFERRED: &str = "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerPreferred</ObjectOwnership></Rule></OwnershipControls>";
const PRIVATE: &str = "<AccessControlPolicy><Owner><ID>us</ID></Owner></AccessControlPolicy>";
const SHARED: &str =
    "<AccessControlPolicy><Owner><ID>us</ID></Owner><Grant>them</Grant></AccessControlPolicy>";

/// The account with a bucket all of whose settings are made, and with its baseline.
fn guarded(stage: &mut Stage) {
    set(stage, BucketSetting::Versioning, VERSIONED);
    set(stage, BucketSetting::Encryption, ENCRYPTED);
    set(stage, BucketSetting::Lifecycle, YEAR);
    set(stage, BucketSetting::RequestPayment, OWNER_PAYS);
    set(stage, BucketSetting::OwnershipControls, ENFORCED);
    set(stage, BucketSetting::Acl, PRIVATE);
    set(stage, BucketSetting::Notification, "<N/>");
    stage.with_baseline(|_| {});
}

fn set(stage: &mut Stage, setting: BucketSetting, text: &str) {
    stage.settings.insert(setting, Some(text.to_owned()));
}

/// Everything that a baseline records and somebody can change.
fn all_changed(stage: &mut Stage) {
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

const UNUSABLE: &[Case] = &[
    (
        "it is gone",
        |s| {
            guarded(s);
            all_changed(s);
            s.objects.clear();
        },
        r"
         FAILED baseline-unusable: baseline-unusable: audit-logs has no object trailkeeper/baseline/HASH.json [org-audit]
        ",
    ),
    (
        "it may not be read",
        |s| {
            guarded(s);
            all_changed(s);
            s.refuse("GetObject", 99, "AccessDenied");
        },
        r"
         FAILED could-not-verify: could-not-verify: s3:GetObject AccessDenied [org-audit]
        ",
    ),
    (
        "it was exchanged",
        |s| {
            guarded(s);
            all_changed(s);
            s.objects.values_mut().for_each(|bytes| bytes.push(b' '));
        },
        r"
         FAILED baseline-unusable: baseline-unusable: baseline-hash-mismatch: trailkeeper/baseline/HASH.json: its SHA-256 is HASH, not HASH; capture a new one and name its hash [org-audit]
        ",
    ),
    (
        "it is of another trail",
        |s| {
            s.with_baseline(|one| one.trail.resource = "trail/other".to_owned());
            all_changed(s);
        },
        r"
         FAILED baseline-unusable: baseline-unusable: baseline-other-trail: trailkeeper/baseline/HASH.json: it was captured of other; capture one of this trail [org-audit]
        ",
    ),
    (
        "it is of another account",
        |s| {
            s.with_baseline(|one| one.account = MANAGEMENT.parse().unwrap());
            all_changed(s);
        },
        r"
         FAILED baseline-unusable: baseline-unusable: baseline-other-account: trailkeeper/baseline/HASH.json: it was captured in account 999900001111; capture one here [org-audit]
        ",
    ),
    (
        "it is of another bucket",
        |s| {
            set(s, BucketSetting::Lifecycle, YEAR);
            s.with_baseline(|one| {
                one.bucket.name = "elsewhere".to_owned();
                one.key_prefix = Some("theirs".to_owned());
            });
            all_changed(s);
        },
        r#"
         add-tags {"team": "audit"}
         + trail-tags-changed: org-audit + tags team
         reread
         FAILED partly-repaired: wrong-prefix: org-audit has S3KeyPrefix ``, not `theirs`; baseline-unusable: baseline-other-bucket: trailkeeper/baseline/HASH.json was captured of elsewhere, not of audit-logs [org-audit]
         updated: add-tags
        "#,
    ),
    (
        "it stays known while everything else is read again",
        |s| {
            guarded(s);
            s.trails[0].tags.clear();
            s.tells_reads = true;
        },
        r#"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, tags of org-audit, key KEY in eu-west-1
         read baseline in audit-logs in eu-west-1 of 111122223333, 11 settings
         read policy of key/1234abcd
         add-tags {"team": "audit"}
         + trail-tags-changed: org-audit + tags team
         reread
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, tags of org-audit, key KEY in eu-west-1
         read 11 settings
         read policy of key/1234abcd
         repaired [org-audit]
         updated: add-tags
        "#,
    ),
    (
        "the bucket is another account's",
        |s| {
            guarded(s);
            s.wanted().bucket_owner = Some(MANAGEMENT.parse().unwrap());
            s.owns_bucket = false;
            s.trails[0].tags.clear();
            s.tells_reads = true;
        },
        r#"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, tags of org-audit, baseline in audit-logs in eu-west-1 of 999900001111, key KEY in eu-west-1
         read policy of key/1234abcd
         add-tags {"team": "audit"}
         + trail-tags-changed: org-audit + tags team
         reread
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, tags of org-audit, key KEY in eu-west-1
         read policy of key/1234abcd
         repaired [org-audit]
         updated: add-tags
         note policy-not-visible: policy of bucket audit-logs, which another account owns
        "#,
    ),
];

#[test]
fn a_baseline_that_cannot_be_used_changes_nothing() {
    check(UNUSABLE);
}

/// The trail with what only a baseline can tell of it.
fn furnished(stage: &mut Stage) {
    let trail = stage.trail();
    trail.sns_topic_arn = Some(TOPIC.to_owned());
    trail.log_group_arn = Some(GROUP.to_owned());
    trail.log_group_role_arn = Some(ROLE.to_owned());
    let mut selector = basic(ReadWriteType::All);
    selector.data_resources = vec![DataResource {
        resource_type: "AWS::S3::Object".to_owned(),
        values: vec!["arn:aws:s3:::data/".to_owned()],
    }];
    stage.trails[0].selectors = EventSelectors::Basic(vec![selector]);
    stage.with_baseline(|_| {});
}

fn stripped(stage: &mut Stage) {
    let trail = stage.trail();
    trail.sns_topic_arn = None;
    trail.log_group_arn = None;
    trail.log_group_role_arn = None;
    stage.trails[0].selectors = EventSelectors::Basic(vec![basic(ReadWriteType::All)]);
}

const TRAIL: &[Case] = &[
    (
        "parts that were taken away",
        |s| {
            furnished(s);
            stripped(s);
        },
        r"
         update-trail
         + wrong-topic: SnsTopicName none -> TOPIC
         + wrong-log-group: CloudWatchLogsLogGroupArn none -> GROUP
         + wrong-log-group: CloudWatchLogsRoleArn none -> ROLE
         wait 1.100
         put-event-selectors All+management arn:aws:s3:::data/
         + data-events-missing: data events of the baseline: AWS::S3::Object
         reread
         repaired [org-audit]
         updated: update-trail put-event-selectors
        ",
    ),
    (
        "what a parameter says goes before the baseline",
        |s| {
            furnished(s);
            stripped(s);
            s.wanted().sns_topic = Some("other".to_owned());
            s.wanted().log_group_arn = Some(GROUP.replace("audit", "other"));
            s.wanted().log_group_role_arn = Some(ROLE.replace("logs", "other"));
            s.wanted().key_prefix = Some("wanted".to_owned());
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailWrite20150319Trail2
         update-trail
         + wrong-prefix: S3KeyPrefix none -> wanted
         + wrong-topic: SnsTopicName none -> other
         + wrong-log-group: CloudWatchLogsLogGroupArn none -> arn:aws:logs:eu-west-1:111122223333:log-group:other:*
         + wrong-log-group: CloudWatchLogsRoleArn none -> arn:aws:iam::111122223333:role/other
         wait 1.100
         put-event-selectors All+management arn:aws:s3:::data/
         + data-events-missing: data events of the baseline: AWS::S3::Object
         reread
         repaired [org-audit]
         updated: put-bucket-policy update-trail put-event-selectors
        ",
    ),
    (
        "a prefix that was added goes",
        |s| {
            furnished(s);
            s.trail().key_prefix = Some("added".to_owned());
        },
        r"
         update-trail
         + wrong-prefix: S3KeyPrefix added -> 
         reread
         repaired [org-audit]
         updated: update-trail
        ",
    ),
    (
        "the key, where no parameter names one",
        |s| {
            furnished(s);
            s.wanted().kms_key_id = None;
            s.trail().kms_key_id = None;
        },
        r"
         update-trail
         + not-encrypted: KmsKeyId none -> KEY
         reread
         repaired [org-audit]
         updated: update-trail
        ",
    ),
    (
        "the key, where an alias was moved since",
        |s| {
            furnished(s);
            let other = KEY.replace("1234abcd", "99990000");
            let policy = s.keys[0].1.clone();
            s.keys.push((key(&other), policy));
            s.wanted().kms_key_id = Some("alias/audit".to_owned());
            s.aliases
                .insert("alias/audit".to_owned(), other.parse().unwrap());
            s.trail().kms_key_id = None;
        },
        r"
         FAILED wrong-key: wrong-key: alias/audit stands for arn:aws:kms:eu-west-1:111122223333:key/99990000 now, and the trail uses none; an alias can be moved, so no trail gets another key by it: name the key by its ARN; not-encrypted: org-audit has no KmsKeyId [org-audit]
        ",
    ),
    (
        "the key that an alias and the baseline name",
        |s| {
            furnished(s);
            let other = KEY.replace("1234abcd", "99990000");
            let policy = s.keys[0].1.clone();
            s.keys.push((key(&other), policy));
            s.wanted().kms_key_id = Some("alias/audit".to_owned());
            s.aliases
                .insert("alias/audit".to_owned(), KEY.parse().unwrap());
            s.trail().kms_key_id = Some(other);
        },
        r"
         update-trail
         + wrong-key: KmsKeyId arn:aws:kms:eu-west-1:111122223333:key/99990000 -> KEY
         reread
         repaired [org-audit]
         updated: update-trail
        ",
    ),
    (
        "the whole trail",
        |s| {
            furnished(s);
            s.wanted().kms_key_id = None;
            s.without_trail();
        },
        r#"
         create-trail
         + trail-missing: org-audit created in eu-west-1
         wait 1.100
         put-event-selectors All+management arn:aws:s3:::data/
         + data-events-missing: data events of the baseline: AWS::S3::Object
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         wait 1.100
         start-logging
         + trail-not-logging: org-audit was never started -> logging
         wait 1.100
         add-tags {"team": "audit"}
         + trail-tags-changed: org-audit + tags team
         reread
         repaired [org-audit] to 10:00:04.8Z
         added: create-trail
         updated: start-logging put-event-selectors put-insight-selectors add-tags
        "#,
    ),
    (
        "tags that were changed, and not those that were added",
        |s| {
            s.trails[0].tags.insert("tier".to_owned(), "1".to_owned());
            s.with_baseline(|_| {});
            s.trails[0].tags = BTreeMap::from([
                ("tier".to_owned(), "2".to_owned()),
                ("more".to_owned(), "x".to_owned()),
                ("team".to_owned(), "audit".to_owned()),
            ]);
        },
        r#"
         add-tags {"tier": "1"}
         + trail-tags-changed: org-audit + tags tier
         reread
         repaired [org-audit]
         updated: add-tags
         note trail-tags-added: org-audit has more tags: more
        "#,
    ),
    (
        "tags that may not be read",
        |s| {
            furnished(s);
            s.refuse("ListTags", 99, "AccessDeniedException");
        },
        r"
         FAILED could-not-verify: could-not-verify: cloudtrail:ListTags AccessDeniedException [org-audit]
        ",
    ),
    (
        "tags that do not fit any more",
        |s| {
            furnished(s);
            s.trails[0].tags.clear();
            s.refuse("AddTags", 99, "TagsLimitExceededException");
        },
        r#"
         add-tags {"team": "audit"} (TagsLimitExceededException)
         + trail-tags-changed: org-audit + tags team
         reread
         FAILED tags-full: tags-full: cloudtrail:AddTags failed on org-audit: TagsLimitExceededException: injected; trail-tags-changed: org-audit lacks tags team [org-audit]
         failed: add-tags
        "#,
    ),
    (
        "a disabled key of the baseline",
        |s| {
            furnished(s);
            s.wanted().kms_key_id = None;
            s.key().state = KeyState::Disabled;
            s.trail().kms_key_id = None;
        },
        r"
         enable-key
         + key-disabled: KEY enabled
         update-trail
         + not-encrypted: KmsKeyId none -> KEY
         reread
         repaired [org-audit]
         updated: enable-key update-trail
        ",
    ),
];

#[test]
fn the_trail_comes_back_as_it_was() {
    check(TRAIL);
}
