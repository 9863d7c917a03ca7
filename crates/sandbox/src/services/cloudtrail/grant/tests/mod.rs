//! The sandbox's reading of policies beside the product's: what the product says for certain must
//! be what the sandbox does.

mod conditions;
mod denials;
mod keys;
mod shapes;

use serde_json::{Value, json};
use trailkeeper_policy::Decision;
use trailkeeper_policy::cloudtrail::{
    BucketTarget, GrantCheck, GrantKind, KeyTarget, bucket_grants, documented_bucket_policy,
    key_grants,
};

use super::{Delivery, Encryption};
use conditions::by_condition;
use denials::by_deny;
use keys::of_keys;
use shapes::by_shape;

const TRAIL: &str = "arn:aws:cloudtrail:us-east-1:111122223333:trail/org-audit";
const OTHER_TRAIL: &str = "arn:aws:cloudtrail:us-east-1:111122223333:trail/other";
const BUCKET: &str = "arn:aws:s3:::amzn-s3-demo-audit";
const FOLDER: &str = "arn:aws:s3:::amzn-s3-demo-audit/AWSLogs/111122223333/";
const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd";
const ACCOUNT: &str = "111122223333";

/// What the product says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Allowed,
    Refused,
    Unsure,
}

fn said(checks: &[GrantCheck]) -> Said {
    let mut said = Said::Allowed;
    for check in checks {
        match check.decision {
            Decision::Allowed => {}
            Decision::NotAllowed | Decision::Denied { .. } => return Said::Refused,
            Decision::Undetermined { .. } => said = Said::Unsure,
        }
    }
    said
}

/// A bucket's policy: its name, the text, and whether log files and digests arrive.
type Case = (&'static str, Value, [bool; 2]);

const BOTH: [bool; 2] = [true, true];
const NONE: [bool; 2] = [false, false];

fn service() -> Value {
    json!({"Service": "cloudtrail.amazonaws.com"})
}

fn acl() -> Value {
    json!({"Sid": "Acl", "Effect": "Allow", "Principal": service(), "Action": "s3:GetBucketAcl",
        "Resource": BUCKET, "Condition": {"StringEquals": {"aws:SourceArn": TRAIL}}})
}

fn write() -> Value {
    json!({"Sid": "Write", "Effect": "Allow", "Principal": service(), "Action": "s3:PutObject",
        "Resource": format!("{FOLDER}*"), "Condition": {"StringEquals": {
            "s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": TRAIL}}})
}

fn policy(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// `statement` with other members; null takes one away.
fn but(mut statement: Value, changes: Value) -> Value {
    let members = statement.as_object_mut().expect("a statement");
    for (name, value) in changes.as_object().expect("members") {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    statement
}

/// The policy with another statement for writing.
fn writing(changes: Value) -> Value {
    policy(&[acl(), but(write(), changes)])
}

/// The same with one condition instead of all.
fn writing_if(operator: &str, key: &str, value: Value) -> Value {
    writing(json!({"Condition": {operator: {key: value}}}))
}

/// The documented policy with a Deny of everything.
fn denying(changes: Value) -> Value {
    let deny = json!({"Sid": "Deny", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": [BUCKET, format!("{BUCKET}/*")]});
    policy(&[acl(), write(), but(deny, changes)])
}

fn denying_if(operator: &str, key: &str, value: Value) -> Value {
    denying(json!({"Condition": {operator: {key: value}}}))
}

/// Policies that the product takes for insufficient and that would do. It asks for the whole folder
/// of the account, as CloudTrail's documentation has it, and does not rely on how digests are
/// encrypted, which the documentation tells in two ways.
const ASKS_FOR_MORE: [&str; 4] = [
    "the kinds by themselves",
    "logs alone",
    "all but the digests",
    "encrypted by S3",
];

fn target() -> BucketTarget {
    BucketTarget {
        partition: "aws".to_owned(),
        bucket: "amzn-s3-demo-audit".to_owned(),
        prefix: None,
        log_accounts: vec![ACCOUNT.to_owned()],
        organization_id: None,
        trail_arn: TRAIL.to_owned(),
        kms_key_arn: Some(KEY.to_owned()),
    }
}

fn delivery() -> Delivery<'static> {
    Delivery {
        partition: "aws",
        trail_arn: TRAIL,
        bucket: "amzn-s3-demo-audit",
        prefix: None,
        account: ACCOUNT,
        organization: Some("o-exampleorgid"),
        is_of_organization: false,
        key: Some(KEY),
    }
}

/// What the sandbox does, and what the product says: of log files, and of digests.
fn both(policy: &str) -> [(bool, Said); 2] {
    let checks = bucket_grants(Some(policy), &target()).unwrap_or_default();
    let of = |kind: GrantKind, names: &[&str]| {
        let concerned = |check: &&GrantCheck| [kind, GrantKind::BucketAcl].contains(&check.kind);
        let concerned: Vec<GrantCheck> = checks.iter().filter(concerned).cloned().collect();
        let said = match concerned.is_empty() {
            true => Said::Refused,
            false => said(&concerned),
        };
        (delivery().is_taken(Some(policy), names), said)
    };
    [
        of(GrantKind::LogFiles, &["CloudTrail", "CloudTrail-Insight"]),
        of(GrantKind::Digests, &["CloudTrail-Digest"]),
    ]
}

/// What the two disagree about.
fn disagreement(name: &str, is_taken: bool, said: Said) -> Option<String> {
    let agrees = match said {
        Said::Allowed => is_taken,
        Said::Refused => !is_taken || ASKS_FOR_MORE.contains(&name),
        Said::Unsure => true,
    };
    (!agrees).then(|| format!("{name}: the sandbox says {is_taken}, the product {said:?}"))
}

#[test]
fn what_the_product_says_of_a_bucket_is_what_happens() {
    let cases: Vec<Case> = [by_shape(), by_condition(), by_deny()].concat();
    assert!(cases.len() >= 90, "{}", cases.len());
    let (mut unsure, mut wrong) = (0, Vec::new());
    for (name, policy, wanted) in cases {
        let both = both(&policy.to_string());
        for ((is_taken, said), wanted) in both.into_iter().zip(wanted) {
            if is_taken != wanted {
                wrong.push(format!("{name}: taken {is_taken}: {policy}"));
            }
            wrong.extend(disagreement(name, is_taken, said));
            unsure += usize::from(said == Said::Unsure);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(unsure <= 20, "the product is unsure of {unsure}");
}

#[test]
fn no_policy_and_one_that_is_none_let_nobody_in() {
    for text in ["", "{", "[]", "{}", r#"{"Statement": 1}"#] {
        assert!(!delivery().is_taken(Some(text), &["CloudTrail"]), "{text}");
        assert!(bucket_grants(Some(text), &target()).is_err(), "{text}");
    }
    assert!(!delivery().is_taken(None, &["CloudTrail"]));
}

/// The documented policy for a prefix that holds wildcards, and for an organization.
#[test]
fn documented_policies_do() {
    for prefix in [None, Some("trails"), Some("a*b?c"), Some("${x}")] {
        for organization in [None, Some("o-exampleorgid")] {
            let target = BucketTarget {
                prefix: prefix.map(str::to_owned),
                organization_id: organization.map(str::to_owned),
                ..target()
            };
            let delivery = Delivery {
                prefix,
                is_of_organization: organization.is_some(),
                ..delivery()
            };
            let kinds = ["CloudTrail", "CloudTrail-Digest", "CloudTrail-Insight"];
            let policy = documented_bucket_policy(&target);
            assert!(delivery.is_taken(Some(&policy), &kinds), "{policy}");
            let elsewhere = Delivery {
                prefix: Some("elsewhere"),
                ..delivery
            };
            assert!(!elsewhere.is_taken(Some(&policy), &kinds), "{policy}");
        }
    }
}

#[test]
fn an_organization_needs_the_folders_of_its_members() {
    let organization = |folders: &[&str]| {
        let folders: Vec<String> = folders
            .iter()
            .map(|folder| format!("{BUCKET}/AWSLogs/{folder}/*"))
            .collect();
        writing(json!({"Resource": folders}))
    };
    let delivery = Delivery {
        is_of_organization: true,
        ..delivery()
    };
    let target = BucketTarget {
        organization_id: Some("o-exampleorgid".to_owned()),
        ..target()
    };
    let cases: [(&[&str], bool); 4] = [
        (&["111122223333"], false),
        (&["o-exampleorgid"], false),
        (&["111122223333", "o-exampleorgid"], true),
        (&["111122223333", "o-exampleorgid/111122223333"], false),
    ];
    for (folders, wanted) in cases {
        let policy = organization(folders).to_string();
        assert_eq!(
            delivery.is_taken(Some(&policy), &["CloudTrail"]),
            wanted,
            "{folders:?}"
        );
        let checks = bucket_grants(Some(&policy), &target).expect("a policy");
        assert_eq!(said(&checks) == Said::Allowed, wanted, "{folders:?}");
    }
}

#[test]
fn what_the_product_says_of_a_key_is_what_happens() {
    for (name, statements, wanted) in of_keys() {
        let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        for (bucket_keys, wanted) in [false, true].into_iter().zip(wanted) {
            let encryption = Encryption {
                trail_arn: TRAIL,
                key_arn: KEY,
                object_arn: format!("{FOLDER}CloudTrail/us-east-1/log.json.gz"),
                bucket_keys,
            };
            let target = KeyTarget {
                partition: "aws".to_owned(),
                account: ACCOUNT.to_owned(),
                trail_arn: TRAIL.to_owned(),
                key_arn: KEY.to_owned(),
                bucket_keys,
            };
            let is_allowed = encryption.is_allowed(&policy);
            assert_eq!(is_allowed, wanted, "{name} {bucket_keys}: {policy}");
            let checks = key_grants(&policy, &target).expect("a policy");
            assert_eq!(disagreement(name, is_allowed, said(&checks)), None);
        }
    }
}
