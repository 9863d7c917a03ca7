//! Which steps are made, in which order, and what the report says of them.

use trailkeeper_core::facts::{EventSelectors, KeyState, ReadWriteType};

use crate::run::{Case, check};
use crate::stage::{GROUP, KEY, ROLE, Stage, TOPIC, basic, key, time};

/// All that can be wrong with the trail and its stores at once.
fn everything(stage: &mut Stage) {
    stage.stop();
    stage.lock_out();
    stage.key().state = KeyState::PendingDeletion;
    stage.keys[0].1 = r#"{"Version":"2012-10-17","Statement":[]}"#.to_owned();
    let trail = stage.trail();
    trail.is_multi_region = Some(false);
    trail.include_global_service_events = None;
    trail.log_file_validation = Some(false);
    trail.kms_key_id = None;
    trail.bucket = "elsewhere".to_owned();
    stage.trails[0].selectors = EventSelectors::Basic(vec![basic(ReadWriteType::WriteOnly)]);
    stage.trails[0].insights.clear();
    let wanted = stage.wanted();
    wanted.key_prefix = Some("audit".to_owned());
    wanted.sns_topic = Some(TOPIC.to_owned());
    wanted.log_group_arn = Some(GROUP.to_owned());
    wanted.log_group_role_arn = Some(ROLE.to_owned());
}

const ORDER: &[Case] = &[
    (
        "nothing is wrong",
        |_| {},
        r"
         already-healthy [org-audit]
        ",
    ),
    (
        "everything is wrong",
        everything,
        r"
         start-logging
         + trail-not-logging: org-audit stopped since 09:00:00Z -> logging
         put-bucket-policy in eu-west-1 of 111122223333, existed false
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319, AWSCloudTrailWrite20150319
         cancel-key-deletion
         + key-pending-deletion: deletion of KEY cancelled
         enable-key
         + key-disabled: KEY enabled
         put-key-policy
         + key-refuses-cloudtrail: policy of KEY + Allow CloudTrail to encrypt logs, Allow CloudTrail to describe key
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         + global-events-missing: IncludeGlobalServiceEvents unknown -> true
         + log-validation-off: EnableLogFileValidation false -> true
         + not-encrypted: KmsKeyId none -> KEY
         + wrong-bucket: S3BucketName elsewhere -> audit-logs
         + wrong-prefix: S3KeyPrefix none -> audit
         + wrong-topic: SnsTopicName none -> TOPIC
         + wrong-log-group: CloudWatchLogsLogGroupArn none -> GROUP
         + wrong-log-group: CloudWatchLogsRoleArn none -> ROLE
         wait 1.100
         put-event-selectors All+management
         + management-events-missing: management events: all reads and writes, no source left out
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         reread
         repaired [org-audit] gap 09:00:00Z to 10:00:00Z
         added: put-bucket-policy
         updated: start-logging cancel-key-deletion enable-key put-key-policy update-trail put-event-selectors put-insight-selectors
        ",
    ),
    (
        "everything is wrong, and it is only asked what would be done",
        |s| {
            everything(s);
            s.goal.plan_only = true;
        },
        r"
         planned [org-audit] gap 09:00:00Z
         planned: start-logging put-bucket-policy cancel-key-deletion enable-key put-key-policy update-trail put-event-selectors put-insight-selectors
        ",
    ),
    (
        "there is no trail",
        |s| {
            s.without_trail();
            s.lock_out();
            s.key().state = KeyState::Disabled;
            let wanted = s.wanted();
            wanted.key_prefix = Some("audit".to_owned());
            wanted.sns_topic = Some("audit".to_owned());
            wanted.log_group_arn = Some(GROUP.trim_end_matches(":*").to_owned());
            wanted.log_group_role_arn = Some(ROLE.to_owned());
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed false
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319, AWSCloudTrailWrite20150319
         enable-key
         + key-disabled: KEY enabled
         create-trail
         + trail-missing: org-audit created in eu-west-1
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         wait 1.100
         start-logging
         + trail-not-logging: org-audit was never started -> logging
         reread
         repaired [org-audit] to 10:00:04.2Z
         added: put-bucket-policy create-trail
         updated: start-logging enable-key put-insight-selectors
        ",
    ),
    (
        "there is no trail, and it is only asked",
        |s| {
            s.without_trail();
            s.lock_out();
            s.goal.plan_only = true;
        },
        r"
         planned [no trail]
         planned: start-logging put-bucket-policy create-trail put-insight-selectors
        ",
    ),
    (
        "there is no trail, and little is wanted of it",
        |s| {
            s.without_trail();
            let wanted = s.wanted();
            wanted.multi_region = false;
            wanted.log_file_validation = false;
            wanted.kms = false;
            wanted.kms_key_id = None;
            wanted.insights.clear();
        },
        r"
         create-trail
         + trail-missing: org-audit created in eu-west-1
         wait 1.100
         start-logging
         + trail-not-logging: org-audit was never started -> logging
         reread
         repaired [org-audit] to 10:00:01.6Z
         added: create-trail
         updated: start-logging
        ",
    ),
];

#[test]
fn logging_comes_first_and_stores_before_what_uses_them() {
    check(ORDER);
}

const WANTED: &[Case] = &[
    (
        "a stopped trail",
        Stage::stop,
        r"
         start-logging
         + trail-not-logging: org-audit stopped since 09:00:00Z -> logging
         reread
         repaired [org-audit] gap 09:00:00Z to 10:00:00Z
         updated: start-logging
        ",
    ),
    (
        "never started",
        |s| {
            s.status().is_logging = Some(false);
            s.status().start_logging_time = None;
        },
        r"
         start-logging
         + trail-not-logging: org-audit was never started -> logging
         reread
         repaired [org-audit] to 10:00:00Z
         updated: start-logging
        ",
    ),
    (
        "stopped, and nobody knows since when",
        |s| s.status().is_logging = Some(false),
        r"
         start-logging
         + trail-not-logging: org-audit stopped -> logging
         reread
         repaired [org-audit] to 10:00:00Z
         updated: start-logging
        ",
    ),
    (
        "not known whether it logs",
        |s| s.status().is_logging = None,
        r"
         FAILED could-not-verify: could-not-verify: cloudtrail:GetTrailStatus without IsLogging [org-audit]
        ",
    ),
    (
        "a topic named without its ARN is there",
        |s| {
            s.wanted().sns_topic = Some("audit".to_owned());
            s.trail().sns_topic_arn = Some(TOPIC.to_owned());
        },
        r"
         already-healthy [org-audit]
        ",
    ),
    (
        "another topic is there",
        |s| {
            s.wanted().sns_topic = Some("audit".to_owned());
            s.trail().sns_topic_arn = Some(TOPIC.replace(":audit", ":other"));
        },
        r"
         update-trail
         + wrong-topic: SnsTopicName arn:aws:sns:eu-west-1:111122223333:other -> audit
         reread
         repaired [org-audit]
         updated: update-trail
        ",
    ),
    (
        "a topic that nobody wants stays",
        |s| s.trail().sns_topic_arn = Some(TOPIC.to_owned()),
        r"
         already-healthy [org-audit]
        ",
    ),
    (
        "a log group without its role",
        |s| {
            s.wanted().log_group_arn = Some(GROUP.to_owned());
            s.wanted().log_group_role_arn = Some(ROLE.to_owned());
            s.trail().log_group_arn = Some(GROUP.to_owned());
        },
        r"
         update-trail
         + wrong-log-group: CloudWatchLogsRoleArn none -> ROLE
         reread
         repaired [org-audit]
         updated: update-trail
        ",
    ),
    (
        "a role without its log group",
        |s| {
            s.wanted().log_group_arn = Some(GROUP.trim_end_matches(":*").to_owned());
            s.wanted().log_group_role_arn = Some(ROLE.to_owned());
            s.trail().log_group_role_arn = Some(ROLE.to_owned());
        },
        r"
         update-trail
         + wrong-log-group: CloudWatchLogsLogGroupArn none -> GROUP
         reread
         repaired [org-audit]
         updated: update-trail
        ",
    ),
    (
        "global events for one Region",
        |s| {
            s.wanted().multi_region = false;
            s.trail().is_multi_region = Some(false);
            s.trail().include_global_service_events = Some(false);
        },
        r"
         update-trail
         + global-events-missing: IncludeGlobalServiceEvents false -> true
         reread
         repaired [org-audit]
         updated: update-trail
        ",
    ),
    (
        "a flag that is not wanted stays as it is",
        |s| {
            let wanted = s.wanted();
            wanted.multi_region = false;
            wanted.log_file_validation = false;
            wanted.global_service_events = false;
            s.trail().is_multi_region = Some(false);
            s.trail().include_global_service_events = Some(false);
            s.trail().log_file_validation = Some(false);
        },
        r"
         already-healthy [org-audit]
        ",
    ),
    (
        "all Regions take in global events",
        |s| {
            s.wanted().global_service_events = false;
            s.trail().include_global_service_events = Some(false);
        },
        r"
         update-trail
         + global-events-missing: IncludeGlobalServiceEvents false -> true
         reread
         repaired [org-audit]
         updated: update-trail
        ",
    ),
    (
        "another key",
        |s| {
            let other = KEY.replace("1234abcd", "99990000");
            let policy = s.keys[0].1.clone();
            s.keys.push((key(&other), policy));
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
        "a prefix that is not wanted stays",
        |s| {
            s.trail().key_prefix = Some("old".to_owned());
            s.lock_out();
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed false
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319, AWSCloudTrailWrite20150319
         reread
         repaired [org-audit]
         added: put-bucket-policy
        ",
    ),
];

#[test]
fn only_what_is_wanted_and_not_there_is_written() {
    check(WANTED);
}

/// What stopped deliveries is told, and from when to when.
const GAPS: &[Case] = &[
    (
        "deliveries fail and the bucket is closed",
        |s| {
            failing_because_closed(s);
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed false
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319, AWSCloudTrailWrite20150319
         reread
         repaired [org-audit] gap 05:00:00Z
         added: put-bucket-policy
         note delivery-not-confirmed: delivery-error: org-audit has LatestDeliveryError AccessDenied on audit-logs
         note delivery-not-confirmed: delivery-stale: org-audit delivered last 05:00:00Z
        ",
    ),
    (
        "deliveries fail and the bucket is open",
        |s| {
            s.status().delivery_error = Some("AccessDenied".to_owned());
            s.status().delivery_time = Some(time("2026-03-02T05:00:00Z"));
        },
        r"
         already-healthy [org-audit] gap 05:00:00Z
         note delivery-not-confirmed: delivery-error: org-audit has LatestDeliveryError AccessDenied on audit-logs
         note delivery-not-confirmed: delivery-stale: org-audit delivered last 05:00:00Z
        ",
    ),
    (
        "stopped and deliveries failed before",
        |s| {
            failing_because_closed(s);
            s.stop();
        },
        r"
         start-logging
         + trail-not-logging: org-audit stopped since 09:00:00Z -> logging
         put-bucket-policy in eu-west-1 of 111122223333, existed false
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319, AWSCloudTrailWrite20150319
         reread
         repaired [org-audit] gap 09:00:00Z to 10:00:00Z
         added: put-bucket-policy
         updated: start-logging
         note delivery-not-confirmed: delivery-error: org-audit has LatestDeliveryError AccessDenied on audit-logs
        ",
    ),
    (
        "the start's time does not show",
        |s| {
            s.stop();
            s.fault("StartLogging", 1, crate::faults::Wrong::Lost);
        },
        r"
         start-logging (Timeout)
         + trail-not-logging: org-audit stopped since 09:00:00Z -> logging
         wait 1.836
         reread
         repaired [org-audit] gap 09:00:00Z to 10:00:00Z
         updated: start-logging
        ",
    ),
];

#[test]
fn the_time_without_records_is_told() {
    check(GAPS);
}

fn failing_because_closed(stage: &mut Stage) {
    stage.status().delivery_error = Some("AccessDenied".to_owned());
    stage.status().delivery_time = Some(time("2026-03-02T05:00:00Z"));
    stage.lock_out();
}
