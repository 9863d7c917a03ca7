//! What CloudTrail needs from a key policy.
#![expect(clippy::unwrap_used, reason = "test code")]

use trailkeeper_policy::Policy;
use trailkeeper_policy::cloudtrail::{
    GrantKind, KEY_POLICY_LIMIT, KeyTarget, Merge, documented_key_policy, key_grants,
    merge_key_policy,
};

const FIXTURE: &str = include_str!("policies/kms-key-policy.json");
const ROOT: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}]}"#;

fn target() -> KeyTarget {
    KeyTarget {
        partition: "aws".to_owned(),
        account: "111122223333".to_owned(),
        trail_arn: "arn:aws:cloudtrail:us-east-1:111122223333:trail/org-audit".to_owned(),
        key_arn: "arn:aws:kms:us-east-1:111122223333:key/1".to_owned(),
        bucket_keys: false,
    }
}

fn refused(policy: &str, target: &KeyTarget) -> Vec<GrantKind> {
    let checks = key_grants(policy, target).unwrap();
    checks
        .into_iter()
        .filter(|check| !check.is_allowed())
        .map(|check| check.kind)
        .collect()
}

#[test]
fn the_documented_policy_grants_everything() {
    assert_eq!(refused(FIXTURE, &target()), []);
    assert_eq!(merge_key_policy(FIXTURE, &target()), Ok(Merge::NotNeeded));
    assert_eq!(refused(&documented_key_policy(&target()), &target()), []);
}

#[test]
fn a_grant_to_the_account_is_none_to_the_service() {
    assert_eq!(
        refused(ROOT, &target()),
        [GrantKind::Encrypt, GrantKind::DescribeKey]
    );
    let Ok(Merge::Updated { text, added }) = merge_key_policy(ROOT, &target()) else {
        panic!()
    };
    assert_eq!(
        added,
        [
            "Allow CloudTrail to encrypt logs",
            "Allow CloudTrail to describe key"
        ]
    );
    assert!(text.starts_with(ROOT.trim_end_matches("]}")));
    assert!(text.contains(
        r#""StringLike":{"kms:EncryptionContext:aws:cloudtrail:arn":"arn:aws:cloudtrail:*:111122223333:trail/*"}"#
    ));
    assert_eq!(merge_key_policy(&text, &target()), Ok(Merge::NotNeeded));
}

#[test]
fn bucket_keys_need_decrypt_too() {
    let target = KeyTarget {
        bucket_keys: true,
        ..target()
    };
    assert_eq!(refused(FIXTURE, &target), [GrantKind::Decrypt]);
    let Ok(Merge::Updated { text, added }) = merge_key_policy(FIXTURE, &target) else {
        panic!()
    };
    assert_eq!(added, ["Allow CloudTrail to decrypt bucket keys"]);
    let policy = Policy::parse(&text).unwrap();
    let before = Policy::parse(FIXTURE).unwrap();
    for (old, new) in before.statements().iter().zip(policy.statements()) {
        assert_eq!(before.source(old), policy.source(new));
    }
    assert_eq!(refused(&text, &target), []);
}

#[test]
fn a_grant_for_another_trail_or_key_is_none() {
    let changes = [
        (
            "cloudtrail:*:111122223333:trail/*",
            "cloudtrail:*:444455556666:trail/*",
        ),
        ("\"kms:GenerateDataKey*\"", "\"kms:Encrypt\""),
        (
            "us-east-1:111122223333:trail/org-audit",
            "us-east-1:111122223333:trail/other",
        ),
        (
            "\"Resource\": \"*\"",
            "\"Resource\": \"arn:aws:kms:us-east-1:111122223333:key/2\"",
        ),
    ];
    for (from, to) in changes {
        let text = FIXTURE.replace(from, to);
        assert_ne!(text, FIXTURE);
        assert!(
            refused(&text, &target()).contains(&GrantKind::Encrypt),
            "{to}"
        );
        let Ok(Merge::Updated { text, added }) = merge_key_policy(&text, &target()) else {
            panic!("{to}")
        };
        assert!(added.iter().all(|sid| sid.ends_with(" 2")), "{added:?}");
        assert_eq!(refused(&text, &target()), []);
    }
}

#[test]
fn a_foreign_deny_is_refused() {
    let cases = [
        (
            r#""Condition":{"StringNotEquals":{"aws:PrincipalAccount":"111122223333"}}"#,
            "foreign-deny",
        ),
        (
            r#""Condition":{"Null":{"kms:EncryptionContext:aws:cloudtrail:arn":"true"}}"#,
            "foreign-deny",
        ),
        (
            r#""Condition":{"StringNotLike":{"kms:ViaService":"s3.*"}}"#,
            "undetermined-deny",
        ),
        (
            r#""NotPrincipal":{"AWS":"arn:aws:iam::111122223333:root"}"#,
            "foreign-deny",
        ),
    ];
    for (element, code) in cases {
        let principal = if element.contains("NotPrincipal") {
            ""
        } else {
            r#""Principal":"*","#
        };
        let deny = format!(
            r#",{{"Effect":"Deny",{principal}{element},"Action":"kms:*","Resource":"*"}}]"#
        );
        let text = ROOT.replace(']', &deny);
        // what is missing is added beside a Deny that only may apply, and nothing after that
        let error = match merge_key_policy(&text, &target()) {
            Ok(Merge::Updated { text, .. }) if code == "undetermined-deny" => {
                merge_key_policy(&text, &target()).unwrap_err()
            }
            other => other.unwrap_err(),
        };
        assert_eq!(error.code(), code, "{element}");
    }
}

#[test]
fn other_partitions_have_their_own_arns() {
    for (partition, region) in [("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")] {
        let target = KeyTarget {
            partition: partition.to_owned(),
            trail_arn: format!("arn:{partition}:cloudtrail:{region}:111122223333:trail/t"),
            key_arn: format!("arn:{partition}:kms:{region}:111122223333:key/1"),
            ..target()
        };
        let text = documented_key_policy(&target);
        assert!(!text.contains("arn:aws:"), "{text}");
        assert_eq!(refused(&text, &target), []);
        assert_eq!(refused(FIXTURE, &target).len(), 2);
    }
}

#[test]
fn characters_kms_does_not_take_are_refused_with_their_place() {
    let cases = [("ÿ\u{A0}", true), ("→", false), ("\u{7f}\u{80}", true)];
    for (character, taken) in cases {
        let text = ROOT.replace("Enable", character);
        let merged = merge_key_policy(&text, &target());
        assert_eq!(merged.is_ok(), taken, "{character}");
    }
    let text = ROOT.replace("Enable", "→");
    let error = merge_key_policy(&text, &target()).unwrap_err();
    assert_eq!(error.code(), "bad-characters");
    assert!(error.to_string().contains("line 1, column 46"), "{error}");
    let escaped = ROOT.replace("Enable", "\\u2192");
    assert!(merge_key_policy(&escaped, &target()).is_ok());
}

#[test]
fn a_policy_that_would_be_too_large_is_refused() {
    let text = ROOT.replace("Enable", &"x".repeat(KEY_POLICY_LIMIT - 400));
    let error = merge_key_policy(&text, &target()).unwrap_err();
    assert_eq!(error.code(), "policy-too-large");
}

#[test]
fn a_trail_of_another_account_than_named_is_refused() {
    let target = KeyTarget {
        account: "444455556666".to_owned(),
        ..target()
    };
    let error = merge_key_policy(ROOT, &target).unwrap_err();
    assert_eq!(error.code(), "ineffective-merge");
}

#[test]
fn the_object_cloudtrail_encrypts_is_not_known() {
    let condition = |key: &str, absent: &str| {
        let null =
            format!(r#""Condition": {{ "Null": {{ "kms:EncryptionContext:{key}": "{absent}" }},"#);
        refused(&FIXTURE.replace(r#""Condition": {"#, &null), &target())
    };
    // Describing a key comes without any encryption context.
    assert_eq!(condition("aws:s3:arn", "true"), [GrantKind::Encrypt]);
    assert_eq!(
        condition("aws:s3:arn", "false"),
        [GrantKind::Encrypt, GrantKind::DescribeKey]
    );
    assert_eq!(
        condition("aws:cloudtrail:arn", "false"),
        [GrantKind::DescribeKey]
    );
    assert_eq!(condition("department", "true"), []);
}
