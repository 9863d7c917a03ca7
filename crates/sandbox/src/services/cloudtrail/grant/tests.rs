//! The sandbox's reading of policies beside the product's: what the product says for certain must
//! be what the sandbox does.

use serde_json::{Value, json};
use trailkeeper_policy::Decision;
use trailkeeper_policy::cloudtrail::{
    BucketTarget, GrantCheck, GrantKind, KeyTarget, bucket_grants, documented_bucket_policy,
    key_grants,
};

use super::{Delivery, Encryption};

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

fn by_shape() -> Vec<Case> {
    let no_version = json!({"Statement": [acl(), write()]});
    let single = json!({"Version": "2012-10-17", "Statement": but(write(), json!({
        "Action": ["s3:GetBucketAcl", "s3:PutObject"], "Resource": [BUCKET, format!("{FOLDER}*")],
        "Condition": {"StringEquals": {"aws:SourceArn": TRAIL}},
    }))});
    vec![
        ("documented", policy(&[acl(), write()]), BOTH),
        ("without a version", no_version, BOTH),
        ("one statement", single, BOTH),
        ("nothing", policy(&[]), NONE),
        ("no list", policy(&[write()]), NONE),
        ("no write", policy(&[acl()]), NONE),
        (
            "another service",
            writing(json!({"Principal": {"Service": "config.amazonaws.com"}})),
            NONE,
        ),
        (
            "services",
            writing(
                json!({"Principal": {"Service": ["config.amazonaws.com", "cloudtrail.amazonaws.com"]}}),
            ),
            BOTH,
        ),
        (
            "a service of a Region",
            writing(json!({"Principal": {"Service": "cloudtrail.us-east-1.amazonaws.com"}})),
            NONE,
        ),
        ("everybody", writing(json!({"Principal": "*"})), BOTH),
        (
            "everybody as AWS",
            writing(json!({"Principal": {"AWS": "*"}})),
            BOTH,
        ),
        (
            "an account",
            writing(json!({"Principal": {"AWS": "arn:aws:iam::111122223333:root"}})),
            NONE,
        ),
        ("no principal", writing(json!({"Principal": null})), NONE),
        (
            "all but an account",
            writing(json!({"Principal": null, "NotPrincipal": {"AWS": "999999999999"}})),
            NONE,
        ),
        ("every action", writing(json!({"Action": "s3:*"})), BOTH),
        (
            "some letters",
            writing(json!({"Action": "s3:PutObj???"})),
            BOTH,
        ),
        (
            "small letters",
            writing(json!({"Action": "S3:putobject"})),
            BOTH,
        ),
        ("every action of all", writing(json!({"Action": "*"})), BOTH),
        (
            "another action",
            writing(json!({"Action": "s3:PutObjectAcl"})),
            NONE,
        ),
        (
            "all but another action",
            writing(json!({"Action": null, "NotAction": "s3:GetObject"})),
            BOTH,
        ),
        (
            "all but this action",
            writing(json!({"Action": null, "NotAction": "s3:Put*"})),
            NONE,
        ),
        (
            "the bucket",
            writing(json!({"Resource": format!("{BUCKET}/*")})),
            BOTH,
        ),
        ("everything", writing(json!({"Resource": "*"})), BOTH),
        (
            "any bucket",
            writing(json!({"Resource": "arn:aws:s3:::*/AWSLogs/*"})),
            BOTH,
        ),
        (
            "another bucket",
            writing(json!({"Resource": "arn:aws:s3:::another/*"})),
            NONE,
        ),
        (
            "another account's folder",
            writing(json!({"Resource": format!("{BUCKET}/AWSLogs/222233334444/*")})),
            NONE,
        ),
        (
            "another prefix",
            writing(json!({"Resource": format!("{BUCKET}/trails/AWSLogs/111122223333/*")})),
            NONE,
        ),
        (
            "any account's folder",
            writing(json!({"Resource": format!("{BUCKET}/AWSLogs/????????????/*")})),
            BOTH,
        ),
        (
            "in small letters",
            writing(json!({"Resource": FOLDER.to_lowercase() + "*"})),
            NONE,
        ),
        (
            "the account by a variable",
            writing(json!({"Resource": format!("{BUCKET}/AWSLogs/${{aws:SourceAccount}}/*")})),
            BOTH,
        ),
        (
            "a variable without a value",
            writing(json!({"Resource": format!("{BUCKET}/AWSLogs/${{aws:PrincipalAccount}}/*")})),
            NONE,
        ),
        (
            "all but another bucket",
            writing(json!({"Resource": null, "NotResource": "arn:aws:s3:::another/*"})),
            BOTH,
        ),
        (
            "all but the digests",
            writing(
                json!({"Resource": null, "NotResource": format!("{FOLDER}CloudTrail-Digest/*")}),
            ),
            [true, false],
        ),
        (
            "the kinds by themselves",
            writing(
                json!({"Resource": [format!("{FOLDER}CloudTrail/*"), format!("{FOLDER}CloudTrail-Insight/*"), format!("{FOLDER}CloudTrail-Digest/*")]}),
            ),
            BOTH,
        ),
        (
            "logs alone",
            writing(
                json!({"Resource": [format!("{FOLDER}CloudTrail/*"), format!("{FOLDER}CloudTrail-Insight/*")]}),
            ),
            [true, false],
        ),
    ]
}

fn by_condition() -> Vec<Case> {
    let acl = "bucket-owner-full-control";
    vec![
        (
            "its account",
            writing_if("StringEquals", "aws:SourceAccount", json!(ACCOUNT)),
            BOTH,
        ),
        (
            "another account",
            writing_if("StringEquals", "aws:SourceAccount", json!("222233334444")),
            NONE,
        ),
        (
            "one of two accounts",
            writing_if(
                "StringEquals",
                "AWS:SOURCEACCOUNT",
                json!(["222233334444", ACCOUNT]),
            ),
            BOTH,
        ),
        ("no condition", writing(json!({"Condition": null})), BOTH),
        (
            "another trail",
            writing_if("StringEquals", "aws:SourceArn", json!(OTHER_TRAIL)),
            NONE,
        ),
        (
            "any trail of the account",
            writing_if(
                "StringLike",
                "aws:SourceArn",
                json!("arn:aws:cloudtrail:*:111122223333:trail/*"),
            ),
            BOTH,
        ),
        (
            "any trail as an ARN",
            writing_if(
                "ArnLike",
                "aws:SourceArn",
                json!("arn:aws:cloudtrail:*:111122223333:trail/*"),
            ),
            BOTH,
        ),
        (
            "the ARN exactly",
            writing_if("ArnEquals", "aws:SourceArn", json!(TRAIL)),
            BOTH,
        ),
        (
            "a star in too few parts",
            writing_if("ArnLike", "aws:SourceArn", json!("arn:aws:cloudtrail:*")),
            NONE,
        ),
        (
            "a star over parts as a text",
            writing_if("StringLike", "aws:SourceArn", json!("arn:aws:cloudtrail:*")),
            BOTH,
        ),
        (
            "a star that is no wildcard",
            writing_if(
                "StringEquals",
                "aws:SourceArn",
                json!("arn:aws:cloudtrail:*:111122223333:trail/*"),
            ),
            NONE,
        ),
        (
            "the trail in other letters",
            writing_if("StringEquals", "aws:SourceArn", json!(TRAIL.to_uppercase())),
            NONE,
        ),
        (
            "letters do not matter",
            writing_if(
                "StringEqualsIgnoreCase",
                "aws:SourceArn",
                json!(TRAIL.to_uppercase()),
            ),
            BOTH,
        ),
        (
            "another list",
            writing_if("StringEquals", "s3:x-amz-acl", json!("private")),
            NONE,
        ),
        (
            "not another list",
            writing_if("StringNotEquals", "s3:x-amz-acl", json!("private")),
            BOTH,
        ),
        (
            "not this list",
            writing_if("StringNotEquals", "s3:x-amz-acl", json!(acl)),
            NONE,
        ),
        (
            "with TLS",
            writing_if("Bool", "aws:SecureTransport", json!("true")),
            BOTH,
        ),
        (
            "without TLS",
            writing_if("Bool", "aws:SecureTransport", json!(false)),
            NONE,
        ),
        (
            "a service",
            writing_if("Bool", "aws:PrincipalIsAWSService", json!("true")),
            BOTH,
        ),
        (
            "an organization's principal",
            writing_if(
                "StringEquals",
                "aws:PrincipalOrgID",
                json!("o-exampleorgid"),
            ),
            NONE,
        ),
        (
            "an organization's principal, if any",
            writing_if(
                "StringEqualsIfExists",
                "aws:PrincipalOrgID",
                json!("o-exampleorgid"),
            ),
            BOTH,
        ),
        (
            "no principal's ARN",
            writing_if("Null", "aws:PrincipalArn", json!("true")),
            BOTH,
        ),
        (
            "some principal's ARN",
            writing_if("Null", "aws:PrincipalArn", json!("false")),
            NONE,
        ),
        (
            "a source's ARN",
            writing_if("Null", "aws:SourceArn", json!("false")),
            BOTH,
        ),
        (
            "every value",
            writing_if("ForAllValues:StringEquals", "aws:CalledVia", json!("x")),
            BOTH,
        ),
        (
            "any value",
            writing_if("ForAnyValue:StringEquals", "aws:CalledVia", json!("x")),
            NONE,
        ),
        (
            "an unknown operator",
            writing_if("StringMatches", "aws:SourceArn", json!(TRAIL)),
            NONE,
        ),
        (
            "two lines of which one fails",
            writing(
                json!({"Condition": {"StringEquals": {"aws:SourceArn": TRAIL}, "StringLike": {"aws:SourceAccount": "2*"}}}),
            ),
            NONE,
        ),
        (
            "encrypted with KMS",
            writing_if(
                "StringEquals",
                "s3:x-amz-server-side-encryption",
                json!("aws:kms"),
            ),
            [true, false],
        ),
        (
            "encrypted by S3",
            writing_if(
                "StringEquals",
                "s3:x-amz-server-side-encryption",
                json!("AES256"),
            ),
            [false, true],
        ),
    ]
}

fn by_deny() -> Vec<Case> {
    vec![
        ("all", denying(json!({})), NONE),
        (
            "all writes",
            denying(json!({"Action": "s3:PutObject"})),
            NONE,
        ),
        (
            "all reads",
            denying(json!({"Action": "s3:GetObject"})),
            BOTH,
        ),
        (
            "all deletes of all services",
            denying(json!({"Principal": service(), "Action": "s3:Delete*"})),
            BOTH,
        ),
        (
            "the service",
            denying(json!({"Principal": service()})),
            NONE,
        ),
        (
            "another service",
            denying(json!({"Principal": {"Service": "config.amazonaws.com"}})),
            BOTH,
        ),
        (
            "an account",
            denying(json!({"Principal": {"AWS": "arn:aws:iam::111122223333:root"}})),
            BOTH,
        ),
        (
            "all but an account",
            denying(
                json!({"Principal": null, "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}}),
            ),
            NONE,
        ),
        (
            "all but the service",
            denying(json!({"Principal": null, "NotPrincipal": service()})),
            BOTH,
        ),
        (
            "all but some actions",
            denying(json!({"Action": null, "NotAction": ["s3:PutObject", "s3:GetBucketAcl"]})),
            BOTH,
        ),
        (
            "all but other actions",
            denying(json!({"Action": null, "NotAction": "s3:GetObject"})),
            NONE,
        ),
        (
            "another folder",
            denying(json!({"Resource": format!("{BUCKET}/other/*")})),
            BOTH,
        ),
        (
            "the digests",
            denying(json!({"Resource": format!("{FOLDER}CloudTrail-Digest/*")})),
            [true, false],
        ),
        (
            "all but the folder",
            denying(json!({"Resource": null, "NotResource": [BUCKET, format!("{FOLDER}*")]})),
            BOTH,
        ),
        (
            "all but the bucket itself",
            denying(json!({"Resource": null, "NotResource": BUCKET})),
            NONE,
        ),
        (
            "without TLS",
            denying_if("Bool", "aws:SecureTransport", json!("false")),
            BOTH,
        ),
        (
            "old TLS",
            denying_if("NumericLessThan", "s3:TlsVersion", json!("1.2")),
            BOTH,
        ),
        (
            "TLS before 1.4",
            denying_if("NumericLessThan", "s3:TlsVersion", json!(1.4)),
            NONE,
        ),
        (
            "other principals",
            denying_if(
                "ArnNotLike",
                "aws:PrincipalArn",
                json!("arn:aws:iam::111122223333:role/*"),
            ),
            NONE,
        ),
        (
            "other principals, if any",
            denying_if(
                "ArnNotLikeIfExists",
                "aws:PrincipalArn",
                json!("arn:aws:iam::111122223333:role/*"),
            ),
            NONE,
        ),
        (
            "other organizations",
            denying_if(
                "StringNotEquals",
                "aws:PrincipalOrgID",
                json!("o-exampleorgid"),
            ),
            NONE,
        ),
        (
            "other organizations but services",
            denying(
                json!({"Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-exampleorgid"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}),
            ),
            BOTH,
        ),
        (
            "other sources",
            denying_if("StringNotEquals", "aws:SourceAccount", json!(ACCOUNT)),
            BOTH,
        ),
        (
            "this source",
            denying_if("StringEquals", "aws:SourceAccount", json!(ACCOUNT)),
            NONE,
        ),
        (
            "other sources of an organization",
            denying_if(
                "StringNotEqualsIfExists",
                "aws:SourceOrgID",
                json!("o-exampleorgid"),
            ),
            BOTH,
        ),
        (
            "sources of another organization",
            denying_if(
                "StringNotEqualsIfExists",
                "aws:SourceOrgID",
                json!("o-anotherorgid"),
            ),
            NONE,
        ),
        (
            "no list",
            denying_if("Null", "s3:x-amz-acl", json!("true")),
            NONE,
        ),
        (
            "writes without a list",
            denying(
                json!({"Action": "s3:PutObject", "Condition": {"Null": {"s3:x-amz-acl": "true"}}}),
            ),
            BOTH,
        ),
        (
            "writes not encrypted with KMS",
            denying(
                json!({"Action": "s3:PutObject", "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}}),
            ),
            [true, false],
        ),
        (
            "writes with another key",
            denying(
                json!({"Action": "s3:PutObject", "Condition": {"StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:us-east-1:111122223333:key/other"}}}),
            ),
            NONE,
        ),
        (
            "writes with the customer's key",
            denying(
                json!({"Action": "s3:PutObject", "Condition": {"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "false"}}}),
            ),
            BOTH,
        ),
        (
            "other networks",
            denying_if("NotIpAddress", "aws:SourceIp", json!("203.0.113.0/24")),
            NONE,
        ),
        (
            "other endpoints",
            denying_if("StringNotEquals", "aws:SourceVpce", json!("vpce-1")),
            NONE,
        ),
        (
            "strangers",
            denying_if("StringLike", "aws:UserAgent", json!("evil*")),
            BOTH,
        ),
        (
            "an unknown operator",
            denying_if("StringMatches", "aws:SourceArn", json!(TRAIL)),
            BOTH,
        ),
    ]
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

/// Name, statements of a key's policy, whether CloudTrail may encrypt, also with bucket keys.
fn of_keys() -> Vec<(&'static str, Value, [bool; 2])> {
    let context = "kms:EncryptionContext:aws:cloudtrail:arn";
    let allow = |action: Value, condition: Value| {
        json!({"Effect": "Allow", "Principal": service(), "Action": action, "Resource": "*",
            "Condition": condition})
    };
    let own = || json!({"StringEquals": {"aws:SourceArn": TRAIL}});
    let like = |pattern: &str| json!({"StringLike": {context: pattern}});
    let describe = || allow(json!("kms:DescribeKey"), own());
    let encrypt = |condition: Value| allow(json!("kms:GenerateDataKey*"), condition);
    let root = json!({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        "Action": "kms:*", "Resource": "*"});
    let deny = |condition: Value| {
        json!({"Effect": "Deny", "Principal": "*", "Action": "kms:GenerateDataKey*",
            "Resource": "*", "Condition": condition})
    };
    let good = || vec![root.clone(), encrypt(own()), describe()];
    let and = |more: Value| [good(), vec![more]].concat();
    let trails = "arn:aws:cloudtrail:*:111122223333:trail/*";
    vec![
        ("the owner only", json!([root]), NONE),
        ("documented", json!(good()), [true, false]),
        ("no description", json!([encrypt(own())]), NONE),
        (
            "everything",
            json!([allow(json!("kms:*"), json!({}))]),
            BOTH,
        ),
        (
            "with decryption",
            json!(and(allow(json!("kms:Decrypt"), own()))),
            BOTH,
        ),
        (
            "by the context",
            json!([encrypt(like(trails)), describe()]),
            [true, false],
        ),
        (
            "by another account's context",
            json!([
                encrypt(like("arn:aws:cloudtrail:*:222233334444:trail/*")),
                describe()
            ]),
            NONE,
        ),
        (
            "another trail",
            json!([
                encrypt(json!({"StringEquals": {"aws:SourceArn": OTHER_TRAIL}})),
                describe()
            ]),
            NONE,
        ),
        (
            "a description by the context",
            json!([
                encrypt(own()),
                allow(json!("kms:DescribeKey"), like(trails))
            ]),
            NONE,
        ),
        (
            "the key by its ARN",
            json!([but(encrypt(own()), json!({"Resource": KEY})), describe()]),
            [true, false],
        ),
        (
            "another key",
            json!([
                but(encrypt(own()), json!({"Resource": format!("{KEY}5")})),
                describe()
            ]),
            NONE,
        ),
        (
            "a Deny of other accounts",
            json!(and(deny(
                json!({"StringNotEquals": {"aws:SourceAccount": ACCOUNT}})
            ))),
            [true, false],
        ),
        (
            "a Deny of services",
            json!(and(deny(
                json!({"Bool": {"aws:PrincipalIsAWSService": "true"}})
            ))),
            NONE,
        ),
        (
            "a Deny without the context",
            json!(and(deny(json!({"Null": {context: "true"}})))),
            [true, false],
        ),
        (
            "a Deny with another context",
            json!(and(deny(
                json!({"StringNotLike": {context: "arn:aws:cloudtrail:*:222233334444:*"}})
            ))),
            NONE,
        ),
    ]
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
