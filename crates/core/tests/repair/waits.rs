//! Errors of the writes and reads: what is tried again and when, what is left out, what is given
//! up, and when there is no time left.

use jiff::SignedDuration;
use trailkeeper_core::facts::KeyState;

use crate::faults::Wrong;
use crate::run::{Case, check};
use crate::stage::{GROUP, OWN, ROLE, Stage, TOPIC, time};

const WRITES: &[Case] = &[
    (
        "throttled for a while",
        |s| {
            s.stop();
            s.refuse("StartLogging", 3, "ThrottlingException");
        },
        r"
         start-logging (ThrottlingException)
         + trail-not-logging: org-audit stopped since 09:00:00Z -> logging
         wait 1.836
         start-logging again (ThrottlingException)
         wait 2.674
         start-logging again (ThrottlingException)
         wait 4.512
         start-logging again
         reread
         repaired [org-audit] gap 09:00:00Z to 10:00:10.522Z
         updated: start-logging
        ",
    ),
    (
        "throttled for good",
        |s| {
            s.stop();
            s.refuse("StartLogging", 99, "ThrottlingException");
        },
        r"
         start-logging (ThrottlingException)
         + trail-not-logging: org-audit stopped since 09:00:00Z -> logging
         wait 1.836
         start-logging again (ThrottlingException)
         wait 2.674
         start-logging again (ThrottlingException)
         wait 4.512
         start-logging again (ThrottlingException)
         wait 8.350
         start-logging again (ThrottlingException)
         wait 16.188
         start-logging again (ThrottlingException)
         wait 20.025
         start-logging again (ThrottlingException)
         reread
         FAILED throttled: cloudtrail:StartLogging failed on org-audit: ThrottlingException: injected [org-audit] gap 09:00:00Z
         failed: start-logging
        ",
    ),
    (
        "with another seed",
        |s| {
            s.stop();
            s.limits.seed = 0xDEAD_BEEF_1234_5678;
            s.refuse("StartLogging", 99, "ThrottlingException");
        },
        r"
         start-logging (ThrottlingException)
         + trail-not-logging: org-audit stopped since 09:00:00Z -> logging
         wait 1.648
         start-logging again (ThrottlingException)
         wait 2.394
         start-logging again (ThrottlingException)
         wait 4.102
         start-logging again (ThrottlingException)
         wait 8.365
         start-logging again (ThrottlingException)
         wait 16.953
         start-logging again (ThrottlingException)
         wait 20.113
         start-logging again (ThrottlingException)
         reread
         FAILED throttled: cloudtrail:StartLogging failed on org-audit: ThrottlingException: injected [org-audit] gap 09:00:00Z
         failed: start-logging
        ",
    ),
    (
        "a conflict for good",
        |s| {
            s.lock_out();
            s.refuse("PutBucketPolicy", 99, "OperationAborted");
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed false (OperationAborted)
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319, AWSCloudTrailWrite20150319
         wait 5.510
         reread
         put-bucket-policy in eu-west-1 of 111122223333, existed false again (OperationAborted)
         wait 8.024
         reread
         put-bucket-policy in eu-west-1 of 111122223333, existed false again (OperationAborted)
         wait 13.538
         reread
         put-bucket-policy in eu-west-1 of 111122223333, existed false again (OperationAborted)
         wait 21.051
         reread
         put-bucket-policy in eu-west-1 of 111122223333, existed false again (OperationAborted)
         reread
         FAILED conflict: conflict: s3:PutBucketPolicy failed on audit-logs: OperationAborted: injected; bucket-refuses-cloudtrail: audit-logs: nothing allows s3:GetBucketAcl [org-audit]
         failed: put-bucket-policy
        ",
    ),
    (
        "the answer is lost and it was done",
        |s| {
            s.stop();
            s.fault("StartLogging", 1, Wrong::Lost);
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
    (
        "the answer of a creation is lost and it was done",
        |s| {
            s.without_trail();
            s.fault("CreateTrail", 1, Wrong::Lost);
        },
        r"
         create-trail (Timeout)
         + trail-missing: org-audit created in eu-west-1
         wait 1.100
         start-logging
         + trail-not-logging: org-audit was never started -> logging
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         reread
         repaired [org-audit] to 10:00:01.6Z
         added: create-trail
         updated: start-logging put-insight-selectors
        ",
    ),
    (
        "no answer and nothing done",
        |s| {
            s.lock_out();
            s.refuse("PutBucketPolicy", 2, "Timeout");
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed false (Timeout)
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319, AWSCloudTrailWrite20150319
         wait 1.836
         reread
         put-bucket-policy in eu-west-1 of 111122223333, existed false again (Timeout)
         wait 2.674
         reread
         put-bucket-policy in eu-west-1 of 111122223333, existed false again
         reread
         repaired [org-audit]
         added: put-bucket-policy
        ",
    ),
    (
        "denied",
        |s| {
            s.stop();
            s.lock_out();
            s.refuse("StartLogging", 99, "AccessDeniedException");
        },
        r"
         start-logging (AccessDeniedException)
         + trail-not-logging: org-audit stopped since 09:00:00Z -> logging
         put-bucket-policy in eu-west-1 of 111122223333, existed false
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319, AWSCloudTrailWrite20150319
         reread
         FAILED denied: cloudtrail:StartLogging failed on org-audit: AccessDeniedException: injected; allow cloudtrail:StartLogging to the role that runs the repair [org-audit] gap 09:00:00Z
         added: put-bucket-policy
         failed: start-logging
        ",
    ),
    (
        "denied by a service control policy",
        |s| {
            s.stop();
            s.fault("StartLogging", 99, Wrong::Refused("AccessDeniedException",
                "not authorized to perform: cloudtrail:StartLogging, with an explicit deny in a service control policy"));
        },
        r"
         start-logging (AccessDeniedException)
         + trail-not-logging: org-audit stopped since 09:00:00Z -> logging
         reread
         FAILED denied: cloudtrail:StartLogging failed on org-audit: AccessDeniedException: not authorized to perform: cloudtrail:StartLogging, with an explicit deny in a service control policy; a service control policy denies cloudtrail:StartLogging: exempt the remediator's role there [org-audit] gap 09:00:00Z
         failed: start-logging
        ",
    ),
    (
        "one step of several is denied",
        |s| {
            s.trail().is_multi_region = Some(false);
            s.trails[0].insights.clear();
            s.refuse("UpdateTrail", 99, "AccessDeniedException");
        },
        r"
         update-trail (AccessDeniedException)
         + not-multi-region: IsMultiRegionTrail false -> true
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         reread
         FAILED partly-repaired: denied: cloudtrail:UpdateTrail failed on org-audit: AccessDeniedException: injected; allow cloudtrail:UpdateTrail to the role that runs the repair [org-audit]
         updated: put-insight-selectors
         failed: update-trail
        ",
    ),
    (
        "the trail's quota is full",
        |s| {
            s.without_trail();
            s.lock_out();
            s.refuse("CreateTrail", 99, "MaximumNumberOfTrailsExceededException");
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed false
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319, AWSCloudTrailWrite20150319
         create-trail (MaximumNumberOfTrailsExceededException)
         + trail-missing: org-audit created in eu-west-1
         reread
         FAILED trail-quota-full: cloudtrail:CreateTrail failed on org-audit: MaximumNumberOfTrailsExceededException: injected [no trail]
         added: put-bucket-policy
         failed: create-trail
         not-reached: start-logging
        ",
    ),
    (
        "two kinds of error by turns",
        |s| {
            s.stop();
            s.refuse("StartLogging", 2, "ThrottlingException");
            s.refuse("StartLogging", 1, "Timeout");
            s.refuse("StartLogging", 1, "ThrottlingException");
        },
        r"
         start-logging (ThrottlingException)
         + trail-not-logging: org-audit stopped since 09:00:00Z -> logging
         wait 1.836
         start-logging again (ThrottlingException)
         wait 2.674
         start-logging again (Timeout)
         wait 4.512
         reread
         start-logging again (ThrottlingException)
         wait 8.350
         start-logging again
         reread
         repaired [org-audit] gap 09:00:00Z to 10:00:19.372Z
         updated: start-logging
        ",
    ),
    (
        "a new trail's insights have to wait, its logging does not",
        |s| {
            s.without_trail();
            s.refuse("PutInsightSelectors", 2, "ThrottlingException");
        },
        r"
         create-trail
         + trail-missing: org-audit created in eu-west-1
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight() (ThrottlingException)
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         wait 1.100
         start-logging
         + trail-not-logging: org-audit was never started -> logging
         wait 0.236
         wait 0.864
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight() again (ThrottlingException)
         wait 2.674
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight() again
         reread
         repaired [org-audit] to 10:00:03.2Z
         added: create-trail
         updated: start-logging put-insight-selectors
        ",
    ),
];

#[test]
fn a_failed_write_is_tried_again_or_looked_after() {
    check(WRITES);
}

fn with_parts(s: &mut Stage) {
    s.wanted().sns_topic = Some(TOPIC.to_owned());
    s.wanted().log_group_arn = Some(GROUP.to_owned());
    s.wanted().log_group_role_arn = Some(ROLE.to_owned());
    s.trail().is_multi_region = Some(false);
}

const PARTS: &[Case] = &[
    (
        "nothing is wrong with them",
        with_parts,
        r"
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         + wrong-topic: SnsTopicName none -> TOPIC
         + wrong-log-group: CloudWatchLogsLogGroupArn none -> GROUP
         + wrong-log-group: CloudWatchLogsRoleArn none -> ROLE
         reread
         repaired [org-audit]
         updated: update-trail
        ",
    ),
    (
        "the topic",
        |s| {
            with_parts(s);
            s.refuse("UpdateTrail", 1, "InsufficientSnsTopicPolicyException");
        },
        r"
         update-trail (InsufficientSnsTopicPolicyException)
         + not-multi-region: IsMultiRegionTrail false -> true
         + wrong-topic: SnsTopicName none -> TOPIC
         + wrong-log-group: CloudWatchLogsLogGroupArn none -> GROUP
         + wrong-log-group: CloudWatchLogsRoleArn none -> ROLE
         wait 1.100
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         + wrong-log-group: CloudWatchLogsLogGroupArn none -> GROUP
         + wrong-log-group: CloudWatchLogsRoleArn none -> ROLE
         reread
         FAILED partly-repaired: wrong-topic: org-audit notifies nothing, not TOPIC: cloudtrail:UpdateTrail failed on org-audit: InsufficientSnsTopicPolicyException: injected [org-audit]
         updated: update-trail
        ",
    ),
    (
        "the log group",
        |s| {
            with_parts(s);
            s.refuse(
                "UpdateTrail",
                1,
                "CloudWatchLogsDeliveryUnavailableException",
            );
        },
        r"
         update-trail (CloudWatchLogsDeliveryUnavailableException)
         + not-multi-region: IsMultiRegionTrail false -> true
         + wrong-topic: SnsTopicName none -> TOPIC
         + wrong-log-group: CloudWatchLogsLogGroupArn none -> GROUP
         + wrong-log-group: CloudWatchLogsRoleArn none -> ROLE
         wait 1.100
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         + wrong-topic: SnsTopicName none -> TOPIC
         reread
         FAILED partly-repaired: wrong-log-group: org-audit copies to nothing, not GROUP: cloudtrail:UpdateTrail failed on org-audit: CloudWatchLogsDeliveryUnavailableException: injected [org-audit]
         updated: update-trail
        ",
    ),
    (
        "the log group, after its role was waited for",
        |s| {
            with_parts(s);
            s.fault(
                "UpdateTrail",
                4,
                Wrong::Refused(
                    "InvalidCloudWatchLogsRoleArnException",
                    "Access denied. Check the role",
                ),
            );
        },
        r"
         update-trail (InvalidCloudWatchLogsRoleArnException)
         + not-multi-region: IsMultiRegionTrail false -> true
         + wrong-topic: SnsTopicName none -> TOPIC
         + wrong-log-group: CloudWatchLogsLogGroupArn none -> GROUP
         + wrong-log-group: CloudWatchLogsRoleArn none -> ROLE
         wait 5.510
         update-trail again (InvalidCloudWatchLogsRoleArnException)
         wait 8.024
         update-trail again (InvalidCloudWatchLogsRoleArnException)
         wait 13.538
         update-trail again (InvalidCloudWatchLogsRoleArnException)
         wait 1.100
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         + wrong-topic: SnsTopicName none -> TOPIC
         reread
         FAILED partly-repaired: wrong-log-group: org-audit copies to nothing, not GROUP: cloudtrail:UpdateTrail failed on org-audit: InvalidCloudWatchLogsRoleArnException: Access denied. Check the role [org-audit]
         updated: update-trail
        ",
    ),
    (
        "the log group, and that does not help",
        |s| {
            with_parts(s);
            s.refuse(
                "UpdateTrail",
                9,
                "InvalidCloudWatchLogsLogGroupArnException",
            );
        },
        r"
         update-trail (InvalidCloudWatchLogsLogGroupArnException)
         + not-multi-region: IsMultiRegionTrail false -> true
         + wrong-topic: SnsTopicName none -> TOPIC
         + wrong-log-group: CloudWatchLogsLogGroupArn none -> GROUP
         + wrong-log-group: CloudWatchLogsRoleArn none -> ROLE
         wait 1.100
         update-trail (InvalidCloudWatchLogsLogGroupArnException)
         + not-multi-region: IsMultiRegionTrail false -> true
         + wrong-topic: SnsTopicName none -> TOPIC
         wait 1.100
         update-trail again (InvalidCloudWatchLogsLogGroupArnException)
         wait 1.100
         update-trail again (InvalidCloudWatchLogsLogGroupArnException)
         wait 1.100
         update-trail again (InvalidCloudWatchLogsLogGroupArnException)
         reread
         FAILED wrong-log-group: wrong-log-group: cloudtrail:UpdateTrail failed on org-audit: InvalidCloudWatchLogsLogGroupArnException: injected [org-audit]
         failed: update-trail
        ",
    ),
    (
        "the key",
        |s| {
            s.trail().kms_key_id = None;
            s.trail().is_multi_region = Some(false);
            s.refuse("UpdateTrail", 4, "KmsKeyDisabledException");
        },
        r"
         update-trail (KmsKeyDisabledException)
         + not-multi-region: IsMultiRegionTrail false -> true
         + not-encrypted: KmsKeyId none -> KEY
         wait 3.673
         reread
         update-trail again (KmsKeyDisabledException)
         wait 5.349
         reread
         update-trail again (KmsKeyDisabledException)
         wait 9.025
         reread
         update-trail again (KmsKeyDisabledException)
         wait 1.100
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         FAILED partly-repaired: not-encrypted: org-audit has no KmsKeyId: cloudtrail:UpdateTrail failed on org-audit: KmsKeyDisabledException: injected [org-audit]
         updated: update-trail
        ",
    ),
    (
        "the key at once",
        |s| {
            s.trail().kms_key_id = None;
            s.trail().is_multi_region = Some(false);
            s.refuse("UpdateTrail", 1, "KmsKeyNotFoundException");
        },
        r"
         update-trail (KmsKeyNotFoundException)
         + not-multi-region: IsMultiRegionTrail false -> true
         + not-encrypted: KmsKeyId none -> KEY
         wait 1.100
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         FAILED partly-repaired: not-encrypted: org-audit has no KmsKeyId: cloudtrail:UpdateTrail failed on org-audit: KmsKeyNotFoundException: injected [org-audit]
         updated: update-trail
        ",
    ),
    (
        "insights",
        |s| {
            s.trails[0].insights.clear();
            s.refuse("PutInsightSelectors", 9, "UnsupportedOperationException");
        },
        r"
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight() (UnsupportedOperationException)
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         reread
         already-healthy [org-audit]
         failed: put-insight-selectors
         note insights-not-offered: cloudtrail:PutInsightSelectors failed on org-audit: UnsupportedOperationException: injected
        ",
    ),
    (
        "the organization",
        |s| {
            s.organize(OWN, false);
            s.goal.convert_to_organization_trail = true;
            s.refuse("UpdateTrail", 9, "CloudTrailAccessNotEnabledException");
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailOrganizationWrite20150319
         update-trail (CloudTrailAccessNotEnabledException)
         + organization-trail-required: IsOrganizationTrail false -> true
         reread
         repaired [org-audit]
         updated: put-bucket-policy
         failed: update-trail
         note organization-not-available: cloudtrail:UpdateTrail failed on org-audit: CloudTrailAccessNotEnabledException: injected
        ",
    ),
    (
        "the topic of a new trail",
        |s| {
            s.without_trail();
            s.wanted().sns_topic = Some(TOPIC.to_owned());
            s.refuse("CreateTrail", 1, "InsufficientSnsTopicPolicyException");
        },
        r"
         create-trail (InsufficientSnsTopicPolicyException)
         + trail-missing: org-audit created in eu-west-1
         wait 1.100
         create-trail again
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         wait 1.100
         start-logging
         + trail-not-logging: org-audit was never started -> logging
         reread
         FAILED partly-repaired: wrong-topic: org-audit notifies nothing, not TOPIC: cloudtrail:CreateTrail failed on org-audit: InsufficientSnsTopicPolicyException: injected [org-audit] to 10:00:04.8Z
         added: create-trail
         updated: start-logging put-insight-selectors
        ",
    ),
];

#[test]
fn a_part_that_does_not_work_is_left_out() {
    check(PARTS);
}

const HIDDEN: &[Case] = &[
    (
        "once",
        |s| {
            s.stop();
            s.fault("StartLogging", 1, Wrong::WithoutEffect);
        },
        r"
         start-logging
         + trail-not-logging: org-audit stopped since 09:00:00Z -> logging
         reread
         wait 1.836
         reread
         wait 2.674
         reread
         wait 4.512
         reread
         start-logging again
         reread
         repaired [org-audit] gap 09:00:00Z to 10:00:09.522Z
         updated: start-logging
        ",
    ),
    (
        "always",
        |s| {
            s.stop();
            s.fault("StartLogging", 99, Wrong::WithoutEffect);
        },
        r"
         start-logging
         + trail-not-logging: org-audit stopped since 09:00:00Z -> logging
         reread
         wait 1.836
         reread
         wait 2.674
         reread
         wait 4.512
         reread
         start-logging again
         reread
         wait 1.836
         reread
         wait 2.674
         reread
         wait 4.512
         reread
         start-logging again
         reread
         wait 1.836
         reread
         wait 2.674
         reread
         wait 4.512
         reread
         FAILED not-effective: cloudtrail:StartLogging was answered as done on org-audit and does not show; (look who undoes it) [org-audit] gap 09:00:00Z
         updated: start-logging
        ",
    ),
    (
        "always, of several",
        |s| {
            s.stop();
            s.trails[0].insights.clear();
            s.fault("PutInsightSelectors", 99, Wrong::WithoutEffect);
        },
        r"
         start-logging
         + trail-not-logging: org-audit stopped since 09:00:00Z -> logging
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         reread
         wait 1.836
         reread
         wait 2.674
         reread
         wait 4.512
         reread
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight() again
         reread
         wait 1.836
         reread
         wait 2.674
         reread
         wait 4.512
         reread
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight() again
         reread
         wait 1.836
         reread
         wait 2.674
         reread
         wait 4.512
         reread
         FAILED partly-repaired: insights-missing: cloudtrail:PutInsightSelectors was answered as done on org-audit and does not show; (look who undoes it) [org-audit] gap 09:00:00Z to 10:00:00Z
         updated: start-logging put-insight-selectors
        ",
    ),
    (
        "a trail that was made is not described for good",
        |s| {
            s.without_trail();
            s.fault("CreateTrail", 99, Wrong::WithoutEffect);
        },
        r"
         create-trail
         + trail-missing: org-audit created in eu-west-1
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight() (TrailNotFoundException)
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         wait 1.836
         reread
         wait 1.836
         reread
         wait 2.674
         reread
         wait 4.512
         reread
         create-trail again
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight() again (TrailNotFoundException)
         wait 2.674
         reread
         wait 1.836
         reread
         wait 2.674
         reread
         wait 4.512
         reread
         create-trail again
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight() again (TrailNotFoundException)
         wait 4.512
         reread
         wait 1.836
         reread
         wait 2.674
         reread
         wait 4.512
         reread
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight() again (TrailNotFoundException)
         wait 1.100
         start-logging (TrailNotFoundException)
         + trail-not-logging: org-audit was never started -> logging
         wait 1.836
         reread
         start-logging again (TrailNotFoundException)
         wait 2.674
         reread
         start-logging again (TrailNotFoundException)
         wait 4.512
         reread
         start-logging again (TrailNotFoundException)
         reread
         FAILED trail-not-found: cloudtrail:StartLogging failed on it: TrailNotFoundException: gone [no trail]
         updated: create-trail
         failed: start-logging put-insight-selectors
        ",
    ),
];

#[test]
fn a_write_that_does_not_show_is_looked_for_and_then_made_again() {
    check(HIDDEN);
}

const READS: &[Case] = &[
    (
        "throttled twice",
        |s| {
            s.tells_reads = true;
            s.refuse("GetTrailStatus", 2, "ThrottlingException");
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         wait 1.836
         read status of org-audit
         wait 2.674
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         already-healthy [org-audit]
        ",
    ),
    (
        "throttled for good",
        |s| {
            s.stop();
            s.refuse("GetTrailStatus", 99, "ThrottlingException");
        },
        r"
         wait 1.836
         wait 2.674
         wait 4.512
         FAILED could-not-verify: could-not-verify: cloudtrail:GetTrailStatus ThrottlingException [org-audit]
        ",
    ),
    (
        "two reads fail, one more often",
        |s| {
            s.tells_reads = true;
            s.refuse("GetEventSelectors", 1, "Timeout");
            s.refuse("GetInsightSelectors", 2, "Timeout");
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         wait 1.836
         read selectors of org-audit, insights of org-audit
         wait 2.674
         read insights of org-audit
         read policy of key/1234abcd
         already-healthy [org-audit]
        ",
    ),
    (
        "denied",
        |s| s.refuse("GetEventSelectors", 99, "AccessDeniedException"),
        r"
         FAILED could-not-verify: could-not-verify: cloudtrail:GetEventSelectors AccessDeniedException [org-audit]
        ",
    ),
    (
        "an unknown code",
        |s| s.refuse("GetInsightSelectors", 99, "CodeOfTomorrow"),
        r"
         FAILED could-not-verify: could-not-verify: cloudtrail:GetInsightSelectors CodeOfTomorrow [org-audit]
        ",
    ),
    (
        "a status that is hidden",
        |s| {
            s.stop();
            s.refuse("GetTrailStatus", 99, "AccessDeniedException");
        },
        r"
         start-logging
         + trail-not-logging: org-audit may be stopped: its status may not be read
         reread
         FAILED partly-repaired: could-not-verify: cloudtrail:GetTrailStatus AccessDeniedException [org-audit]
         updated: start-logging
        ",
    ),
    (
        "trails may not be described",
        |s| {
            s.refuse("DescribeTrails", 99, "AccessDeniedException");
            s.refuse("ListTrails", 99, "AccessDeniedException");
        },
        r"
         FAILED denied: cloudtrail:ListTrails failed on it: AccessDeniedException: injected; allow cloudtrail:ListTrails to the role that runs the repair [no trail]
         not-reached: 9 steps
        ",
    ),
    (
        "trails cannot be listed",
        |s| {
            s.without_trail();
            s.refuse("ListTrails", 99, "ThrottlingException");
        },
        r"
         wait 1.836
         wait 2.674
         wait 4.512
         FAILED throttled: cloudtrail:ListTrails failed on it: ThrottlingException: injected [no trail]
         not-reached: 9 steps
        ",
    ),
    (
        "trails cannot be listed at all",
        |s| {
            s.without_trail();
            s.refuse("ListTrails", 99, "Timeout");
        },
        r"
         wait 1.836
         wait 2.674
         wait 4.512
         FAILED unavailable: cloudtrail:ListTrails failed on it: Timeout: injected [no trail]
         not-reached: 9 steps
        ",
    ),
];

#[test]
fn a_failed_read_is_made_again_where_that_may_help() {
    check(READS);
}

fn slow(s: &mut Stage, seconds: i64) {
    s.stop();
    s.refuse("StartLogging", 99, "ThrottlingException");
    let seconds = SignedDuration::from_secs(seconds);
    s.limits.deadline = s.now.checked_add(seconds).unwrap();
}

const TIME: &[Case] = &[
    (
        "no time for the first read",
        |s| {
            s.limits.deadline = time("2026-03-02T10:00:09Z");
        },
        r"
         FAILED deadline: the run's time ends at 10:00:09Z and the next step could not end before; run it again, it goes on from what it finds [no trail]
         not-reached: 9 steps
        ",
    ),
    (
        "time for it exactly",
        |s| s.limits.deadline = time("2026-03-02T10:00:10Z"),
        r"
         already-healthy [org-audit]
        ",
    ),
    (
        "no time for another try",
        |s| slow(s, 15),
        r"
         start-logging (ThrottlingException)
         + trail-not-logging: org-audit stopped since 09:00:00Z -> logging
         wait 1.836
         start-logging again (ThrottlingException)
         FAILED deadline: the run's time ends at 10:00:15Z and the next step could not end before; run it again, it goes on from what it finds [org-audit] gap 09:00:00Z
         failed: start-logging
         not-reached: 8 steps
        ",
    ),
    (
        "no time for another read",
        |s| {
            s.key().state = KeyState::Disabled;
            s.limits.deadline = time("2026-03-02T10:00:10.200Z");
        },
        r"
         enable-key
         + key-disabled: KEY enabled
         reread
         FAILED deadline: the run's time ends at 10:00:10Z and the next step could not end before; run it again, it goes on from what it finds [no trail]
         updated: enable-key
         not-reached: 8 steps
        ",
    ),
    (
        "no time before the trail is found",
        |s| {
            s.refuse("DescribeTrails", 99, "ThrottlingException");
            s.limits.deadline = time("2026-03-02T10:00:11Z");
        },
        r"
         FAILED deadline: the run's time ends at 10:00:11Z and the next step could not end before; run it again, it goes on from what it finds [no trail]
         not-reached: 9 steps
        ",
    ),
];

#[test]
fn a_run_ends_when_its_time_does() {
    check(TIME);
}
