//! Parts of the trail that logging does not depend on.

use crate::faults::Wrong;
use crate::run::{Case, check};
use crate::stage::{GROUP, OWN, ROLE, Stage, TOPIC};

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
