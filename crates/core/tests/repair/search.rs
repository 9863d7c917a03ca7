//! Which trail is repaired, and where it is made.

use trailkeeper_core::facts::KeyState;

use crate::run::{Case, check};
use crate::stage::{HOME, KEY, MANAGEMENT, OWN, Stage, arn_of, held, key};

/// The goal names the trail by an ARN.
pub(crate) fn by_arn(stage: &mut Stage, account: &str, region: &str) {
    stage.goal.trail = arn_of(account, region, "org-audit").to_string();
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
