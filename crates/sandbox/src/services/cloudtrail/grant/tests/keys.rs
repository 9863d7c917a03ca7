//! Policies of keys.

use super::*;

/// Name, statements of a key's policy, whether CloudTrail may encrypt, also with bucket keys.
pub(super) fn of_keys() -> Vec<(&'static str, Value, [bool; 2])> {
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
