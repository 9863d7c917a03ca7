//! The trail, put back to what a baseline records, and baselines that are none.

use std::collections::BTreeMap;
use trailkeeper_core::facts::{
    BucketSetting, DataResource, EventSelectors, KeyState, ReadWriteType,
};

use crate::run::{Case, check};
use crate::settings::{YEAR, all_changed, guarded, set};
use crate::stage::{GROUP, KEY, MANAGEMENT, ROLE, Stage, TOPIC, basic, key};

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
