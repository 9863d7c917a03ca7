//! Errors of the writes: what is tried again and when, and what is given up.

use crate::faults::Wrong;
use crate::run::{Case, check};

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
