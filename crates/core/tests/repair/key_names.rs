//! The ways to name the key.

use crate::bucket::DENY;
use trailkeeper_core::facts::KeyState;

use crate::run::{Case, check};
use crate::stage::{KEY, MANAGEMENT, OWN, Stage, arn, held, key};

const OTHER: &str = "arn:aws:kms:eu-west-1:111122223333:key/99990000";
const ALIAS: &str = "alias/audit";

fn alias(stage: &mut Stage, to: &str) {
    stage.wanted().kms_key_id = Some(ALIAS.to_owned());
    stage.aliases.insert(ALIAS.to_owned(), arn(to));
    let policy = stage.keys[0].1.clone();
    stage.keys.push((key(OTHER), policy));
}

const NAMES: &[Case] = &[
    (
        "an alias of the trail's key",
        |s| {
            alias(s, KEY);
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333
         read key alias/audit in eu-west-1
         read policy of key/1234abcd
         already-healthy [org-audit]
        ",
    ),
    (
        "an alias of another key than the trail's",
        |s| alias(s, OTHER),
        r"
         FAILED wrong-key: wrong-key: alias/audit stands for arn:aws:kms:eu-west-1:111122223333:key/99990000 now, and the trail uses KEY; an alias can be moved, so no trail gets another key by it: name the key by its ARN [org-audit]
        ",
    ),
    (
        "an alias, and the trail has no key",
        |s| {
            alias(s, OTHER);
            s.trail().kms_key_id = None;
        },
        r"
         update-trail
         + not-encrypted: KmsKeyId none -> arn:aws:kms:eu-west-1:111122223333:key/99990000
         reread
         repaired [org-audit]
         updated: update-trail
        ",
    ),
    (
        "an alias, and no trail",
        |s| {
            alias(s, OTHER);
            s.without_trail();
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read all trails from eu-west-1
         read bucket audit-logs in eu-west-1 of 111122223333
         read key alias/audit in eu-west-1
         read policy of key/99990000
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
         read status of org-audit, selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333
         read key alias/audit in eu-west-1
         read policy of key/99990000
         repaired [org-audit] to 10:00:03.2Z
         added: create-trail
         updated: start-logging put-insight-selectors
        ",
    ),
    (
        "an alias of nothing",
        |s| s.wanted().kms_key_id = Some("alias/none".to_owned()),
        r"
         FAILED key-not-found: key-not-found: kms:DescribeKey failed on it: NotFoundException: not there; wrong-key: org-audit uses KEY, not alias/none [org-audit]
        ",
    ),
    (
        "an id",
        |s| {
            s.wanted().kms_key_id = Some("1234abcd".to_owned());
            s.trail().kms_key_id = None;
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333
         read key 1234abcd in eu-west-1
         read policy of key/1234abcd
         update-trail
         + not-encrypted: KmsKeyId none -> KEY
         reread
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333
         read key 1234abcd in eu-west-1
         read policy of key/1234abcd
         repaired [org-audit]
         updated: update-trail
        ",
    ),
    (
        "an id, and a bucket that may not be read",
        |s| {
            s.wanted().kms_key_id = Some("1234abcd".to_owned());
            s.refuse("GetBucketPolicy", 99, "AccessDenied");
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333
         read key 1234abcd in eu-west-1
         read owner of audit-logs in eu-west-1, policy of key/1234abcd
         FAILED could-not-verify: could-not-verify: s3:GetBucketPolicy AccessDenied [org-audit]
        ",
    ),
    (
        "another account's key",
        |s| {
            s.wanted().kms_key_id = Some(KEY.replace(OWN, MANAGEMENT));
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333
         update-trail
         + wrong-key: KmsKeyId KEY -> arn:aws:kms:eu-west-1:999900001111:key/1234abcd
         reread
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333
         repaired [org-audit]
         updated: update-trail
         note policy-not-visible: state and policy of key arn:aws:kms:eu-west-1:999900001111:key/1234abcd, which another account owns
        ",
    ),
    (
        "another account's alias",
        |s| {
            let theirs = KEY.replace(OWN, MANAGEMENT);
            let alias = format!("arn:aws:kms:eu-west-1:{MANAGEMENT}:alias/audit");
            s.keys.push((key(&theirs), DENY.to_owned()));
            s.aliases.insert(alias.clone(), arn(&theirs));
            s.wanted().kms_key_id = Some(alias);
            s.trail().kms_key_id = None;
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key arn:aws:kms:eu-west-1:999900001111:alias/audit in eu-west-1
         update-trail
         + not-encrypted: KmsKeyId none -> arn:aws:kms:eu-west-1:999900001111:key/1234abcd
         reread
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key arn:aws:kms:eu-west-1:999900001111:alias/audit in eu-west-1
         repaired [org-audit]
         updated: update-trail
         note policy-not-visible: state and policy of key arn:aws:kms:eu-west-1:999900001111:key/1234abcd, which another account owns
        ",
    ),
    (
        "an id means a key beside the bucket",
        |s| {
            s.trails[0] = held(OWN, "us-east-1", "org-audit");
            s.trail().kms_key_id = None;
            s.wanted().kms_key_id = Some("1234abcd".to_owned());
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in us-east-1 of 111122223333
         read key 1234abcd in eu-west-1
         read policy of key/1234abcd
         put-bucket-policy in eu-west-1 of 111122223333, existed true
         + bucket-refuses-cloudtrail: policy of audit-logs + AWSCloudTrailAclCheck20150319Trail2, AWSCloudTrailWrite20150319Trail2
         put-key-policy
         + key-refuses-cloudtrail: policy of KEY + Allow CloudTrail to encrypt logs 2, Allow CloudTrail to describe key 2
         update-trail
         + not-encrypted: KmsKeyId none -> KEY
         reread
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in us-east-1 of 111122223333
         read key 1234abcd in eu-west-1
         read policy of key/1234abcd
         repaired [org-audit]
         updated: put-bucket-policy put-key-policy update-trail
        ",
    ),
    (
        "an alias that was moved to another key, which is disabled",
        |s| {
            alias(s, OTHER);
            s.keys[1].0.state = KeyState::Disabled;
        },
        r"
         FAILED wrong-key: wrong-key: alias/audit stands for arn:aws:kms:eu-west-1:111122223333:key/99990000 now, and the trail uses KEY; an alias can be moved, so no trail gets another key by it: name the key by its ARN [org-audit]
        ",
    ),
    (
        "an alias that was moved, and the trail's own key is disabled",
        |s| {
            alias(s, OTHER);
            s.key().state = KeyState::Disabled;
        },
        r"
         enable-key
         + key-disabled: KEY enabled
         reread
         FAILED partly-repaired: wrong-key: alias/audit stands for arn:aws:kms:eu-west-1:111122223333:key/99990000 now, and the trail uses KEY; an alias can be moved, so no trail gets another key by it: name the key by its ARN [org-audit]
         updated: enable-key
        ",
    ),
    (
        "an alias of nothing, and the trail's own key is disabled",
        |s| {
            s.wanted().kms_key_id = Some("alias/none".to_owned());
            s.key().state = KeyState::Disabled;
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333
         read key alias/none in eu-west-1
         read key KEY in eu-west-1
         read policy of key/1234abcd
         enable-key
         + key-disabled: KEY enabled
         reread
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333
         read key alias/none in eu-west-1
         read key KEY in eu-west-1
         read policy of key/1234abcd
         FAILED partly-repaired: key-not-found: kms:DescribeKey failed on it: NotFoundException: not there; wrong-key: org-audit uses KEY, not alias/none [org-audit]
         updated: enable-key
        ",
    ),
    (
        "what is no ARN at the trail",
        |s| {
            alias(s, KEY);
            s.wanted().kms_key_id = None;
            s.trail().kms_key_id = Some(ALIAS.to_owned());
            s.key().state = KeyState::Disabled;
        },
        r"
         enable-key
         + key-disabled: KEY enabled
         reread
         FAILED partly-repaired: could-not-verify: cloudtrail:DescribeTrails with KmsKeyId `alias/audit`, no ARN [org-audit]
         updated: enable-key
        ",
    ),
];

#[test]
fn a_key_may_be_named_in_many_ways() {
    check(NAMES);
}
