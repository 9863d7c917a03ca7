//! Which trail is taken where the named one is absent.

use crate::faults::Wrong;
use crate::run::{Case, check};
use crate::stage::{HOME, MANAGEMENT, OWN, Stage, held, time};

fn add(stage: &mut Stage, account: &str, region: &str, name: &str) {
    let more = held(account, region, name);
    stage.trails.push(more);
}

fn with_others(stage: &mut Stage) {
    stage.without_trail();
    stage.goal.adopt_existing_trail = true;
    for name in ["a", "b"] {
        let mut one = held(OWN, HOME, name);
        one.insights.clear();
        stage.trails.push(one);
    }
}

const ADOPTED: &[Case] = &[
    (
        "the named one is there",
        |s| {
            s.goal.adopt_existing_trail = true;
            add(s, OWN, HOME, "better");
        },
        r"
         already-healthy [org-audit]
        ",
    ),
    (
        "by ARN, where all are alike",
        with_others,
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319Trail2, AWSCloudTrailWrite20150319Trail2
         put-key-policy
         + key-refuses-cloudtrail: policy of KEY + Allow CloudTrail to encrypt logs 2, Allow CloudTrail to describe key 2
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         reread
         repaired [a]
         updated: put-bucket-policy put-key-policy put-insight-selectors
        ",
    ),
    (
        "one that logs",
        |s| {
            with_others(s);
            s.status().is_logging = Some(false);
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319Trail2, AWSCloudTrailWrite20150319Trail2
         put-key-policy
         + key-refuses-cloudtrail: policy of KEY + Allow CloudTrail to encrypt logs 2, Allow CloudTrail to describe key 2
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         reread
         repaired [b]
         updated: put-bucket-policy put-key-policy put-insight-selectors
        ",
    ),
    (
        "one that may log rather than one whose status is hidden",
        |s| {
            with_others(s);
            s.refuse("GetTrailStatus", 1, "AccessDeniedException");
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319Trail2, AWSCloudTrailWrite20150319Trail2
         put-key-policy
         + key-refuses-cloudtrail: policy of KEY + Allow CloudTrail to encrypt logs 2, Allow CloudTrail to describe key 2
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         reread
         repaired [b]
         updated: put-bucket-policy put-key-policy put-insight-selectors
        ",
    ),
    (
        "one of all Regions",
        |s| {
            with_others(s);
            s.trail().is_multi_region = Some(false);
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319Trail2, AWSCloudTrailWrite20150319Trail2
         put-key-policy
         + key-refuses-cloudtrail: policy of KEY + Allow CloudTrail to encrypt logs 2, Allow CloudTrail to describe key 2
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         reread
         repaired [b]
         updated: put-bucket-policy put-key-policy put-insight-selectors
        ",
    ),
    (
        "one with digests",
        |s| {
            with_others(s);
            s.trail().log_file_validation = None;
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319Trail2, AWSCloudTrailWrite20150319Trail2
         put-key-policy
         + key-refuses-cloudtrail: policy of KEY + Allow CloudTrail to encrypt logs 2, Allow CloudTrail to describe key 2
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         reread
         repaired [b]
         updated: put-bucket-policy put-key-policy put-insight-selectors
        ",
    ),
    (
        "one with a key",
        |s| {
            with_others(s);
            s.trail().kms_key_id = None;
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319Trail2, AWSCloudTrailWrite20150319Trail2
         put-key-policy
         + key-refuses-cloudtrail: policy of KEY + Allow CloudTrail to encrypt logs 2, Allow CloudTrail to describe key 2
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         reread
         repaired [b]
         updated: put-bucket-policy put-key-policy put-insight-selectors
        ",
    ),
    (
        "one that has logged for longer",
        |s| {
            with_others(s);
            s.status().start_logging_time = Some(time("2025-06-01T00:00:00Z"));
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319Trail2, AWSCloudTrailWrite20150319Trail2
         put-key-policy
         + key-refuses-cloudtrail: policy of KEY + Allow CloudTrail to encrypt logs 2, Allow CloudTrail to describe key 2
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         reread
         repaired [b]
         updated: put-bucket-policy put-key-policy put-insight-selectors
        ",
    ),
    (
        "one of which it is known since when",
        |s| {
            with_others(s);
            s.status().start_logging_time = None;
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319Trail2, AWSCloudTrailWrite20150319Trail2
         put-key-policy
         + key-refuses-cloudtrail: policy of KEY + Allow CloudTrail to encrypt logs 2, Allow CloudTrail to describe key 2
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         reread
         repaired [b]
         updated: put-bucket-policy put-key-policy put-insight-selectors
        ",
    ),
    (
        "none of another account",
        |s| {
            s.without_trail();
            s.goal.adopt_existing_trail = true;
            add(s, MANAGEMENT, HOME, "theirs");
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
         repaired [org-audit] to 10:00:03.2Z
         added: create-trail
         updated: start-logging put-insight-selectors
        ",
    ),
    (
        "none, where one cannot be described",
        |s| {
            with_others(s);
            s.trails[1].is_described = false;
        },
        r"
         wait 1.836
         reread
         wait 2.674
         reread
         wait 4.512
         reread
         wait 8.350
         reread
         FAILED trail-not-found: cloudtrail:DescribeTrails failed on b: TrailNotFoundException: the trail was there and DescribeTrails does not show it [no trail]
         not-reached: 9 steps
        ",
    ),
    (
        "none, where trails may not be described",
        |s| {
            with_others(s);
            s.refuse("DescribeTrails", 99, "AccessDeniedException");
        },
        r"
         FAILED denied: cloudtrail:DescribeTrails failed on it: AccessDeniedException: injected; allow cloudtrail:DescribeTrails to the role that runs the repair [no trail]
         not-reached: 9 steps
        ",
    ),
    (
        "and kept, whatever comes to light later",
        |s| {
            with_others(s);
            s.stop();
            s.trails[1].status.is_logging = Some(false);
            s.trails[1].status.start_logging_time = Some(time("2025-06-01T00:00:00Z"));
            s.tells_reads = true;
            s.fault("StartLogging", 1, Wrong::WithoutEffect);
        },
        r"
         read trails of eu-west-1
         read all trails from eu-west-1
         read trail a in eu-west-1, status of a, trail b in eu-west-1, status of b
         start-logging
         + trail-not-logging: a stopped since 09:00:00Z -> logging
         read selectors of a, insights of a, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319Trail2, AWSCloudTrailWrite20150319Trail2
         put-key-policy
         + key-refuses-cloudtrail: policy of KEY + Allow CloudTrail to encrypt logs 2, Allow CloudTrail to describe key 2
         wait 0.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         reread
         read trail a in eu-west-1
         read status of a
         wait 1.836
         reread
         read trail a in eu-west-1
         read status of a
         wait 2.674
         reread
         read trail a in eu-west-1
         read status of a
         wait 4.512
         reread
         read trail a in eu-west-1
         read status of a
         start-logging again
         read selectors of a, insights of a, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         reread
         read trail a in eu-west-1
         read status of a
         read selectors of a, insights of a, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         repaired [a] gap 09:00:00Z to 10:00:11.122Z
         updated: start-logging put-bucket-policy put-key-policy put-insight-selectors
        ",
    ),
    (
        "in another Region",
        |s| {
            s.without_trail();
            s.goal.adopt_existing_trail = true;
            add(s, OWN, "us-east-1", "a");
            s.trail().is_multi_region = Some(false);
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read all trails from eu-west-1
         read trail a in us-east-1, status of a
         read selectors of a, insights of a, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319Trail2, AWSCloudTrailWrite20150319Trail2
         put-key-policy
         + key-refuses-cloudtrail: policy of KEY + Allow CloudTrail to encrypt logs 2, Allow CloudTrail to describe key 2
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         read trail a in us-east-1
         read status of a
         read selectors of a, insights of a, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         repaired [a]
         updated: put-bucket-policy put-key-policy update-trail
        ",
    ),
];

#[test]
fn where_the_named_trail_is_absent_the_best_one_is_adopted() {
    check(ADOPTED);
}
