//! Which trail is repaired, and where it is made.

use trailkeeper_core::facts::KeyState;

use crate::faults::Wrong;
use crate::run::{Case, check};
use crate::stage::{HOME, KEY, MANAGEMENT, OWN, Stage, arn_of, held, key, time};

/// The goal names the trail by an ARN.
fn by_arn(stage: &mut Stage, account: &str, region: &str) {
    stage.goal.trail = arn_of(account, region, "org-audit").to_string();
}

fn add(stage: &mut Stage, account: &str, region: &str, name: &str) {
    let more = held(account, region, name);
    stage.trails.push(more);
}

const NAMED: &[Case] = &[
    (
        "by its name",
        |s| s.tells_reads = true,
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         already-healthy [org-audit]
        ",
    ),
    (
        "by its ARN",
        |s| {
            s.tells_reads = true;
            s.stop();
            by_arn(s, OWN, HOME);
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         start-logging
         + trail-not-logging: org-audit stopped since 09:00:00Z -> logging
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         reread
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         repaired [org-audit] gap 09:00:00Z to 10:00:00Z
         updated: start-logging
        ",
    ),
    (
        "in another Region, by its name",
        |s| {
            s.tells_reads = true;
            s.trails[0] = held(OWN, "us-east-1", "org-audit");
            s.trail().is_multi_region = Some(false);
        },
        r"
         read trails of eu-west-1
         read all trails from eu-west-1
         read trail org-audit in us-east-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319Trail2, AWSCloudTrailWrite20150319Trail2
         put-key-policy
         + key-refuses-cloudtrail: policy of KEY + Allow CloudTrail to encrypt logs 2, Allow CloudTrail to describe key 2
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         repaired [org-audit]
         updated: put-bucket-policy put-key-policy update-trail
        ",
    ),
    (
        "in another Region, by its ARN",
        |s| {
            s.tells_reads = true;
            s.trails[0] = held(OWN, "us-east-1", "org-audit");
            s.trail().is_multi_region = Some(false);
            by_arn(s, OWN, "us-east-1");
        },
        r"
         read trails of us-east-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319Trail2, AWSCloudTrailWrite20150319Trail2
         put-key-policy
         + key-refuses-cloudtrail: policy of KEY + Allow CloudTrail to encrypt logs 2, Allow CloudTrail to describe key 2
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         read trails of us-east-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         repaired [org-audit]
         updated: put-bucket-policy put-key-policy update-trail
        ",
    ),
    (
        "two of the name, one of them at home here",
        |s| {
            s.stop();
            s.trails.insert(0, held(OWN, "ap-south-1", "org-audit"));
        },
        r"
         start-logging
         + trail-not-logging: org-audit stopped since 09:00:00Z -> logging
         reread
         repaired [org-audit] gap 09:00:00Z to 10:00:00Z
         updated: start-logging
        ",
    ),
    (
        "two of the name, both elsewhere",
        |s| {
            s.trails[0] = held(OWN, "us-east-1", "org-audit");
            s.trails.insert(0, held(OWN, "us-west-2", "org-audit"));
            s.trails[0].trail.is_multi_region = Some(false);
            s.trails[1].trail.is_multi_region = Some(false);
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read all trails from eu-west-1
         read trail org-audit in us-east-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319Trail2, AWSCloudTrailWrite20150319Trail2
         put-key-policy
         + key-refuses-cloudtrail: policy of KEY + Allow CloudTrail to encrypt logs 2, Allow CloudTrail to describe key 2
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         repaired [org-audit]
         updated: put-bucket-policy put-key-policy update-trail
        ",
    ),
    (
        "an ARN of this name in another Region is another trail",
        |s| {
            by_arn(s, OWN, "us-east-1");
            s.goal.plan_only = true;
            s.tells_reads = true;
        },
        r"
         read trails of us-east-1
         read all trails from us-east-1
         read bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         planned [no trail]
         planned: start-logging put-bucket-policy put-key-policy create-trail put-insight-selectors
        ",
    ),
    (
        "another account's trail of the name is not taken for ours",
        |s| {
            s.stop();
            s.trails.insert(0, held(MANAGEMENT, HOME, "org-audit"));
        },
        r"
         start-logging
         + trail-not-logging: org-audit stopped since 09:00:00Z -> logging
         reread
         repaired [org-audit] gap 09:00:00Z to 10:00:00Z
         updated: start-logging
        ",
    ),
    (
        "a trail that is listed and not described",
        |s| s.trails[0].is_described = false,
        r"
         wait 1.836
         reread
         wait 2.674
         reread
         wait 4.512
         reread
         wait 8.350
         reread
         FAILED trail-not-found: cloudtrail:DescribeTrails failed on org-audit: TrailNotFoundException: the trail was there and DescribeTrails does not show it [no trail]
         not-reached: 9 steps
        ",
    ),
    (
        "a trail that cannot be described",
        |s| s.refuse("DescribeTrails", 99, "AccessDeniedException"),
        r"
         FAILED denied: cloudtrail:DescribeTrails failed on it: AccessDeniedException: injected; allow cloudtrail:DescribeTrails to the role that runs the repair [no trail]
         not-reached: 9 steps
        ",
    ),
    (
        "an ARN of another account, and nothing there",
        |s| by_arn(s, MANAGEMENT, HOME),
        r"
         FAILED trail-not-found: arn:aws:cloudtrail:eu-west-1:999900001111:trail/org-audit is not to be seen here, and account 111122223333 cannot make it; name a trail of this account [no trail]
         not-reached: 9 steps
        ",
    ),
];

#[test]
fn the_trail_is_found_by_what_the_goal_says() {
    check(NAMED);
}

const FOREIGN: &[Case] = &[
    (
        "a trail of another account",
        |s| {
            s.trails[0] = held(MANAGEMENT, HOME, "org-audit");
            s.trail().is_organization_trail = Some(false);
            s.status().is_logging = Some(false);
        },
        r"
         not-ours [org-audit]
         note not-ours: arn:aws:cloudtrail:eu-west-1:999900001111:trail/org-audit belongs to account 999900001111, which alone can change it
        ",
    ),
    (
        "an organization trail, and no organization",
        |s| s.trails[0] = held(MANAGEMENT, HOME, "org-audit"),
        r"
         not-ours [org-audit]
         note not-ours: arn:aws:cloudtrail:eu-west-1:999900001111:trail/org-audit belongs to account 999900001111, which alone can change it
        ",
    ),
    (
        "an organization trail, seen by a member",
        |s| {
            s.trails[0] = held(MANAGEMENT, HOME, "org-audit");
            s.organize(MANAGEMENT, false);
        },
        r"
         not-ours [org-audit]
         note not-ours: arn:aws:cloudtrail:eu-west-1:999900001111:trail/org-audit belongs to account 999900001111, which alone can change it
        ",
    ),
    (
        "an organization trail, and the organization may not be read",
        |s| {
            s.trails[0] = held(MANAGEMENT, HOME, "org-audit");
            s.refuse("DescribeOrganization", 99, "AccessDeniedException");
        },
        r"
         not-ours [org-audit]
         note not-ours: arn:aws:cloudtrail:eu-west-1:999900001111:trail/org-audit belongs to account 999900001111, which alone can change it
         note organization-not-available: organizations:DescribeOrganization failed on it: AccessDeniedException: injected
        ",
    ),
    (
        "an organization trail, seen by its administrator",
        |s| {
            s.trails[0] = held(MANAGEMENT, HOME, "org-audit");
            s.stop();
            s.organize(MANAGEMENT, true);
        },
        r"
         start-logging
         + trail-not-logging: org-audit stopped since 09:00:00Z -> logging
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319Trail2, AWSCloudTrailWrite20150319Trail2, AWSCloudTrailOrganizationWrite20150319
         put-key-policy
         + key-refuses-cloudtrail: policy of KEY + Allow CloudTrail to encrypt logs 2, Allow CloudTrail to describe key 2
         reread
         repaired [org-audit] gap 09:00:00Z to 10:00:00Z
         updated: start-logging put-bucket-policy put-key-policy
         note policy-not-visible: selectors, insights, bucket and key of org-audit, which account 999900001111 owns
        ",
    ),
    (
        "an organization trail of an organization that is not administered",
        |s| {
            s.trails[0] = held("222233334444", HOME, "org-audit");
            s.organize(MANAGEMENT, true);
        },
        r"
         not-ours [org-audit]
         note not-ours: arn:aws:cloudtrail:eu-west-1:222233334444:trail/org-audit belongs to account 222233334444, which alone can change it
        ",
    ),
];

#[test]
fn a_trail_of_another_account_is_kept_only_by_its_administrator() {
    check(FOREIGN);
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

const ORGANIZATION: &[Case] = &[
    (
        "made by the management account",
        |s| {
            s.without_trail();
            s.goal.create_as_organization_trail = true;
            s.organize(OWN, false);
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailOrganizationWrite20150319
         create-trail
         + trail-missing: org-audit created in eu-west-1
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         wait 1.100
         start-logging
         + trail-not-logging: org-audit was never started -> logging
         reread
         repaired [org-audit] to 10:00:03.7Z
         added: create-trail
         updated: start-logging put-bucket-policy put-insight-selectors
        ",
    ),
    (
        "made by a delegated administrator",
        |s| {
            s.without_trail();
            s.goal.create_as_organization_trail = true;
            s.organize(MANAGEMENT, true);
            s.lock_out();
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed false
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319, AWSCloudTrailWrite20150319, AWSCloudTrailOrganizationWrite20150319
         put-key-policy
         + key-refuses-cloudtrail: policy of KEY + Allow CloudTrail to encrypt logs 2, Allow CloudTrail to describe key 2
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
         updated: start-logging put-key-policy put-insight-selectors
         note policy-not-visible: selectors, insights, bucket and key of org-audit, which account 999900001111 owns
        ",
    ),
    (
        "not made by a member",
        |s| {
            s.without_trail();
            s.goal.create_as_organization_trail = true;
            s.organize(MANAGEMENT, false);
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
         note organization-not-available: only a management or delegated administrator account can make an organization trail; the account's own trail is restored
        ",
    ),
    (
        "not made without an organization",
        |s| {
            s.without_trail();
            s.goal.create_as_organization_trail = true;
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
         note organization-not-available: only a management or delegated administrator account can make an organization trail; the account's own trail is restored
        ",
    ),
    (
        "not made where the organization may not be read",
        |s| {
            s.without_trail();
            s.goal.create_as_organization_trail = true;
            s.refuse("DescribeOrganization", 99, "AccessDeniedException");
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
         note organization-not-available: organizations:DescribeOrganization failed on it: AccessDeniedException: injected
        ",
    ),
    (
        "not made where the ARN is this account's and the trail would be another's",
        |s| {
            s.without_trail();
            s.goal.create_as_organization_trail = true;
            s.organize(MANAGEMENT, true);
            by_arn(s, OWN, HOME);
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
         note organization-not-available: the trail is named by an ARN of this account, and an organization trail would bear the management account's; the account's own trail is restored
        ",
    ),
    (
        "made where the ARN is this account's, which manages",
        |s| {
            s.without_trail();
            s.goal.create_as_organization_trail = true;
            s.organize(OWN, false);
            by_arn(s, OWN, HOME);
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailOrganizationWrite20150319
         create-trail
         + trail-missing: org-audit created in eu-west-1
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         wait 1.100
         start-logging
         + trail-not-logging: org-audit was never started -> logging
         reread
         repaired [org-audit] to 10:00:03.7Z
         added: create-trail
         updated: start-logging put-bucket-policy put-insight-selectors
        ",
    ),
    (
        "an account trail is left alone",
        |s| {
            s.goal.create_as_organization_trail = true;
            s.organize(OWN, false);
        },
        r"
         already-healthy [org-audit]
        ",
    ),
    (
        "an account trail is converted",
        |s| {
            s.goal.convert_to_organization_trail = true;
            s.organize(OWN, false);
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailOrganizationWrite20150319
         update-trail
         + organization-trail-required: IsOrganizationTrail false -> true
         reread
         repaired [org-audit]
         updated: put-bucket-policy update-trail
        ",
    ),
    (
        "an account trail is not converted by a member",
        |s| {
            s.goal.convert_to_organization_trail = true;
            s.organize(MANAGEMENT, false);
        },
        r"
         already-healthy [org-audit]
         note organization-not-available: only a management or delegated administrator account can make an organization trail; the account's own trail is restored
        ",
    ),
    (
        "an organization trail stays one",
        |s| {
            s.trail().is_organization_trail = Some(true);
            s.organize(OWN, false);
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, organization, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailOrganizationWrite20150319
         reread
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, organization, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         repaired [org-audit]
         updated: put-bucket-policy
        ",
    ),
    (
        "what the account may not make as an organization's it makes as its own",
        |s| {
            s.without_trail();
            s.goal.create_as_organization_trail = true;
            s.organize(OWN, false);
            s.refuse(
                "CreateTrail",
                1,
                "OrganizationNotInAllFeaturesModeException",
            );
        },
        r"
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailOrganizationWrite20150319
         create-trail (OrganizationNotInAllFeaturesModeException)
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
         repaired [org-audit] to 10:00:05.3Z
         added: create-trail
         updated: start-logging put-bucket-policy put-insight-selectors
         note organization-not-available: cloudtrail:CreateTrail failed on org-audit: OrganizationNotInAllFeaturesModeException: injected
        ",
    ),
    (
        "nothing of it is asked where nobody wants one",
        |s| {
            s.without_trail();
            s.organize(OWN, false);
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read all trails from eu-west-1
         read bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
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
         read status of org-audit, selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         repaired [org-audit] to 10:00:03.2Z
         added: create-trail
         updated: start-logging put-insight-selectors
        ",
    ),
];

#[test]
fn an_organization_trail_is_made_only_where_it_can_be() {
    check(ORGANIZATION);
}

const PLACES: &[Case] = &[
    (
        "in the Region of its ARN",
        |s| {
            s.without_trail();
            by_arn(s, OWN, "us-east-1");
            s.tells_reads = true;
        },
        r"
         read trails of us-east-1
         read all trails from us-east-1
         read bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319Trail2, AWSCloudTrailWrite20150319Trail2
         put-key-policy
         + key-refuses-cloudtrail: policy of KEY + Allow CloudTrail to encrypt logs 2, Allow CloudTrail to describe key 2
         create-trail
         + trail-missing: org-audit created in us-east-1
         read trails of us-east-1
         read status of org-audit, selectors of org-audit, insights of org-audit
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         wait 1.100
         start-logging
         + trail-not-logging: org-audit was never started -> logging
         read insights of org-audit
         reread
         read trails of us-east-1
         read status of org-audit, selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         repaired [org-audit] to 10:00:04.2Z
         added: create-trail
         updated: start-logging put-bucket-policy put-key-policy put-insight-selectors
        ",
    ),
    (
        "in the caller's Region",
        |s| {
            s.without_trail();
            s.caller.region = "us-east-1".parse().unwrap();
            s.tells_reads = true;
        },
        r"
         read trails of us-east-1
         read all trails from us-east-1
         read bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319Trail2, AWSCloudTrailWrite20150319Trail2
         put-key-policy
         + key-refuses-cloudtrail: policy of KEY + Allow CloudTrail to encrypt logs 2, Allow CloudTrail to describe key 2
         create-trail
         + trail-missing: org-audit created in us-east-1
         read trails of us-east-1
         read status of org-audit, selectors of org-audit, insights of org-audit
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         wait 1.100
         start-logging
         + trail-not-logging: org-audit was never started -> logging
         read insights of org-audit
         reread
         read trails of us-east-1
         read status of org-audit, selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         repaired [org-audit] to 10:00:04.2Z
         added: create-trail
         updated: start-logging put-bucket-policy put-key-policy put-insight-selectors
        ",
    ),
    (
        "with the key of another Region",
        |s| {
            let other = KEY.replace(HOME, "us-east-1");
            let policy = s.keys[0].1.replace(HOME, "us-east-1");
            s.keys.push((key(&other), policy));
            s.wanted().kms_key_id = Some(other);
        },
        r"
         FAILED key-not-in-bucket-region: key-not-in-bucket-region: key arn:aws:kms:us-east-1:111122223333:key/1234abcd is not in eu-west-1, the region of bucket audit-logs; name a key in that region; key-refuses-cloudtrail: arn:aws:kms:us-east-1:111122223333:key/1234abcd: nothing allows kms:GenerateDataKey; wrong-key: org-audit uses KEY, not arn:aws:kms:us-east-1:111122223333:key/1234abcd [org-audit]
        ",
    ),
    (
        "with a key that is in no state to be used",
        |s| {
            s.without_trail();
            s.key().state = KeyState::Other("PendingImport".to_owned());
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
         FAILED partly-repaired: key-unusable: KEY is PendingImport; not-encrypted: org-audit has no KmsKeyId [org-audit] to 10:00:03.2Z
         added: create-trail
         updated: start-logging put-insight-selectors
        ",
    ),
];

#[test]
fn a_new_trail_is_made_where_the_goal_says() {
    check(PLACES);
}
