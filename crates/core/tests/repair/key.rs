//! The key: what is done about it, and what is left alone and said.

use trailkeeper_core::facts::KeyState;

use crate::bucket::{DENY, EMPTY, MAY_DENY, drift};
use crate::run::{Case, check};
use crate::stage::Stage;

fn without_key(stage: &mut Stage) {
    stage.trail().kms_key_id = None;
    drift(stage);
}

const KEY_CASES: &[Case] = &[
    (
        "disabled",
        |s| s.key().state = KeyState::Disabled,
        r"
         enable-key
         + key-disabled: KEY enabled
         reread
         repaired [org-audit]
         updated: enable-key
        ",
    ),
    (
        "about to be deleted",
        |s| s.key().state = KeyState::PendingDeletion,
        r"
         cancel-key-deletion
         + key-pending-deletion: deletion of KEY cancelled
         enable-key
         + key-disabled: KEY enabled
         reread
         repaired [org-audit]
         updated: cancel-key-deletion enable-key
        ",
    ),
    (
        "in a state that nobody can change",
        |s| s.key().state = KeyState::Other("Unavailable".to_owned()),
        r"
         FAILED key-unusable: key-unusable: KEY is Unavailable [org-audit]
        ",
    ),
    (
        "disabled, and not to be repaired",
        |s| {
            s.key().state = KeyState::Disabled;
            s.goal.repair_key = false;
        },
        r"
         FAILED key-disabled: key-disabled: KEY is Disabled [org-audit]
        ",
    ),
    (
        "disabled, not to be repaired, and the trail without it",
        |s| {
            s.key().state = KeyState::Disabled;
            s.goal.repair_key = false;
            without_key(s);
        },
        r"
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         FAILED partly-repaired: key-disabled: KEY is Disabled; not-encrypted: org-audit has no KmsKeyId [org-audit]
         updated: update-trail
        ",
    ),
    (
        "about to be deleted, not to be repaired, and the trail without it",
        |s| {
            s.key().state = KeyState::PendingDeletion;
            s.goal.repair_key = false;
            without_key(s);
        },
        r"
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         FAILED partly-repaired: key-pending-deletion: KEY is PendingDeletion; not-encrypted: org-audit has no KmsKeyId [org-audit]
         updated: update-trail
        ",
    ),
    (
        "of AWS, and disabled",
        |s| {
            s.key().state = KeyState::Disabled;
            s.key().customer_managed = false;
        },
        r"
         FAILED key-disabled: key-disabled: KEY is Disabled [org-audit]
        ",
    ),
    (
        "a policy without the statements",
        |s| s.keys[0].1 = EMPTY.to_owned(),
        r"
         put-key-policy
         + key-refuses-cloudtrail: policy of KEY + Allow CloudTrail to encrypt logs, Allow CloudTrail to describe key
         reread
         repaired [org-audit]
         updated: put-key-policy
        ",
    ),
    (
        "a policy without the statements, not to be repaired",
        |s| {
            s.keys[0].1 = EMPTY.to_owned();
            s.goal.repair_key = false;
        },
        r"
         FAILED key-refuses-cloudtrail: key-refuses-cloudtrail: KEY: nothing allows kms:GenerateDataKey [org-audit]
        ",
    ),
    (
        "a policy without the statements, not to be repaired, and the trail without it",
        |s| {
            s.keys[0].1 = EMPTY.to_owned();
            s.goal.repair_key = false;
            without_key(s);
        },
        r"
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         FAILED partly-repaired: key-refuses-cloudtrail: KEY: nothing allows kms:GenerateDataKey; not-encrypted: org-audit has no KmsKeyId [org-audit]
         updated: update-trail
        ",
    ),
    (
        "of AWS, and without the statements",
        |s| {
            s.keys[0].1 = EMPTY.to_owned();
            s.key().customer_managed = false;
            without_key(s);
        },
        r"
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         FAILED partly-repaired: key-refuses-cloudtrail: KEY: nothing allows kms:GenerateDataKey; not-encrypted: org-audit has no KmsKeyId [org-audit]
         updated: update-trail
        ",
    ),
    (
        "a policy that denies",
        |s| s.keys[0].1 = DENY.to_owned(),
        r"
         FAILED foreign-deny: foreign-deny: key policy of KEY: statement `No` (line 1) denies CloudTrail kms:GenerateDataKey on KEY, and no added statement can undo a Deny; exempt cloudtrail.amazonaws.com there, for instance with the condition Bool aws:PrincipalIsAWSService false [org-audit]
        ",
    ),
    (
        "a policy that denies, and the trail without it",
        |s| {
            s.keys[0].1 = DENY.to_owned();
            without_key(s);
        },
        r"
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         FAILED partly-repaired: foreign-deny: key policy of KEY: statement `No` (line 1) denies CloudTrail kms:GenerateDataKey on KEY, and no added statement can undo a Deny; exempt cloudtrail.amazonaws.com there, for instance with the condition Bool aws:PrincipalIsAWSService false; not-encrypted: org-audit has no KmsKeyId [org-audit]
         updated: update-trail
        ",
    ),
    (
        "a policy that may deny",
        |s| s.keys[0].1 = MAY_DENY.to_owned(),
        r"
         put-key-policy
         + key-refuses-cloudtrail: policy of KEY + Allow CloudTrail to encrypt logs, Allow CloudTrail to describe key
         reread
         repaired [org-audit]
         updated: put-key-policy
         note policy-undetermined: statement `Maybe` (line 1) may deny kms:GenerateDataKey
        ",
    ),
    (
        "a policy that may not be read",
        |s| {
            s.refuse("GetKeyPolicy", 99, "AccessDeniedException");
            without_key(s);
        },
        r"
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         + not-encrypted: KmsKeyId none -> KEY
         reread
         FAILED partly-repaired: could-not-verify: kms:GetKeyPolicy AccessDeniedException [org-audit]
         updated: update-trail
        ",
    ),
    (
        "enabling is denied, and the trail without it",
        |s| {
            s.key().state = KeyState::Disabled;
            s.refuse("EnableKey", 99, "AccessDeniedException");
            without_key(s);
        },
        r"
         enable-key (AccessDeniedException)
         + key-disabled: KEY enabled
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         FAILED partly-repaired: denied: kms:EnableKey failed on KEY: AccessDeniedException: injected; allow kms:EnableKey to the role that runs the repair; key-disabled: KEY is Disabled; not-encrypted: org-audit has no KmsKeyId [org-audit]
         updated: update-trail
         failed: enable-key
        ",
    ),
    (
        "gone",
        |s| {
            s.keys.clear();
            without_key(s);
        },
        r"
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         FAILED partly-repaired: key-not-found: kms:DescribeKey failed on it: NotFoundException: not there; not-encrypted: org-audit has no KmsKeyId [org-audit]
         updated: update-trail
        ",
    ),
    (
        "may not be looked at",
        |s| {
            s.refuse("DescribeKey", 99, "AccessDeniedException");
            without_key(s);
        },
        r"
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         FAILED partly-repaired: could-not-verify: kms:DescribeKey failed on it: AccessDeniedException: injected; not-encrypted: org-audit has no KmsKeyId [org-audit]
         updated: update-trail
        ",
    ),
    (
        "not in the bucket's Region",
        |s| {
            s.bucket.as_mut().unwrap().region = "us-east-1".parse().unwrap();
            without_key(s);
        },
        r"
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         FAILED partly-repaired: key-not-in-bucket-region: key KEY is not in us-east-1, the region of bucket audit-logs; name a key in that region; not-encrypted: org-audit has no KmsKeyId [org-audit]
         updated: update-trail
        ",
    ),
    (
        "not named, and the trail's is disabled",
        |s| {
            s.wanted().kms_key_id = None;
            s.key().state = KeyState::Disabled;
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         enable-key
         + key-disabled: KEY enabled
         reread
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         repaired [org-audit]
         updated: enable-key
        ",
    ),
    (
        "not named, and the trail has none",
        |s| {
            s.wanted().kms_key_id = None;
            without_key(s);
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333
         update-trail
         + not-multi-region: IsMultiRegionTrail false -> true
         reread
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333
         FAILED partly-repaired: not-encrypted: org-audit has no KmsKeyId [org-audit]
         updated: update-trail
        ",
    ),
    (
        "no trail, and the key cannot be repaired",
        |s| {
            s.without_trail();
            s.goal.repair_key = false;
            s.key().state = KeyState::Disabled;
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
         FAILED partly-repaired: key-disabled: KEY is Disabled; not-encrypted: org-audit has no KmsKeyId [org-audit] to 10:00:03.2Z
         added: create-trail
         updated: start-logging put-insight-selectors
        ",
    ),
];

#[test]
fn the_key_is_made_usable_where_that_may_be_done() {
    check(KEY_CASES);
}
