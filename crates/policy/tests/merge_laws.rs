//! What holds of every merge, whatever the policy.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use proptest::prelude::*;
use trailkeeper_policy::cloudtrail::{
    BucketTarget, GrantCheck, KeyTarget, Merge, MergeError, bucket_grants, key_grants,
    merge_bucket_policy, merge_key_policy,
};
use trailkeeper_policy::{Decision, Policy};

/// White space that may stand between two marks.
fn space() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["", "", " ", "\n", "\n    ", "\r\n\t"])
}

fn pick(values: &'static [&'static str]) -> impl Strategy<Value = String> + Clone {
    prop::sample::select(values).prop_map(str::to_owned)
}

/// One value or a list of one to three of them, as JSON.
fn one_or_many(value: impl Strategy<Value = String> + Clone + 'static) -> BoxedStrategy<String> {
    prop_oneof![
        value.clone().prop_map(|value| format!("\"{value}\"")),
        prop::collection::vec(value, 1..4)
            .prop_map(|values| format!("[\"{}\"]", values.join("\", \""))),
    ]
    .boxed()
}

fn principal() -> BoxedStrategy<String> {
    let named = (
        pick(&["AWS", "AWS", "Service", "Federated"]),
        one_or_many(pick(&[
            "*",
            "111122223333",
            "arn:aws:iam::111122223333:root",
            "cloudtrail.amazonaws.com",
            "config.amazonaws.com",
        ])),
    )
        .prop_map(|(kind, value)| format!("{{\"{kind}\":{value}}}"));
    let value = prop_oneof![1 => Just("\"*\"".to_owned()), 4 => named];
    (
        pick(&["Principal", "Principal", "Principal", "NotPrincipal"]),
        value,
    )
        .prop_map(|(element, value)| format!("\"{element}\":{value}"))
        .boxed()
}

fn action() -> BoxedStrategy<String> {
    let actions = one_or_many(pick(&[
        "*",
        "s3:*",
        "s3:GetBucketAcl",
        "s3:PutObject",
        "S3:Put*",
        "s3:GetObject",
        "kms:*",
        "kms:GenerateDataKey*",
        "kms:Describe*",
        "kms:Decrypt",
        "sqs:SendMessage",
    ]));
    (pick(&["Action", "Action", "Action", "NotAction"]), actions)
        .prop_map(|(element, value)| format!("\"{element}\":{value}"))
        .boxed()
}

fn resource() -> BoxedStrategy<String> {
    let resources = one_or_many(pick(&[
        "*",
        "arn:aws:s3:::audit",
        "arn:aws:s3:::audit/*",
        "arn:aws:s3:::audit/AWSLogs/1/*",
        "arn:aws:s3:::audit/AWSLogs/${aws:SourceAccount}/*",
        "arn:aws:s3:::audit/*/CloudTrail/*",
        "arn:aws:s3:::other/*",
        "arn:aws:kms:us-east-1:1:key/1",
    ]));
    (
        pick(&["Resource", "Resource", "Resource", "NotResource"]),
        resources,
    )
        .prop_map(|(element, value)| format!("\"{element}\":{value}"))
        .boxed()
}

fn condition() -> BoxedStrategy<String> {
    let operator = pick(&[
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "ArnLike",
        "StringNotEqualsIfExists",
        "Bool",
        "Null",
        "ForAllValues:StringEquals",
        "NoSuchOperator",
    ]);
    let key = pick(&[
        "aws:SourceArn",
        "aws:SourceAccount",
        "s3:x-amz-acl",
        "aws:PrincipalOrgID",
        "aws:PrincipalIsAWSService",
        "aws:SecureTransport",
        "aws:SourceIp",
        "kms:EncryptionContext:aws:cloudtrail:arn",
    ]);
    let value = one_or_many(pick(&[
        "true",
        "false",
        "1",
        "arn:aws:cloudtrail:*:1:trail/*",
        "o-example",
        "arn:aws:cloudtrail:us-east-1:1:trail/t",
        "bucket-owner-full-control",
        "${aws:username}",
    ]));
    (operator, key, value)
        .prop_map(|(operator, key, value)| {
            format!("\"Condition\":{{\"{operator}\":{{\"{key}\":{value}}}}}")
        })
        .boxed()
}

fn statement() -> BoxedStrategy<String> {
    let sid = prop::option::of(pick(&[
        "AWSCloudTrailAclCheck20150319",
        "AWSCloudTrailWrite20150319",
        "AWSCloudTrailWrite20150319Trail2",
        "Allow CloudTrail to encrypt logs",
        "Allow CloudTrail to encrypt logs 2",
        "Own \\u0041 \\\"x\\\"",
    ]));
    let effect = prop::sample::select(vec!["Allow", "Allow", "Deny"]);
    let parts = (
        principal(),
        action(),
        resource(),
        prop::option::of(condition()),
    );
    (sid, effect, parts, space(), space())
        .prop_map(
            |(sid, effect, (principal, action, resource, condition), a, b)| {
                let mut elements = vec![
                    format!("\"Effect\"{a}:{b}\"{effect}\""),
                    principal,
                    action,
                    resource,
                ];
                elements.extend(sid.map(|sid| format!("\"Sid\": \"{sid}\"")));
                elements.extend(condition);
                format!("{{{a}{}{b}}}", elements.join(&format!("{b},{a}")))
            },
        )
        .boxed()
}

fn policy() -> BoxedStrategy<String> {
    let version = prop::option::of(prop::sample::select(vec!["2012-10-17", "2008-10-17"]));
    let list = (prop::collection::vec(statement(), 0..5), space(), space())
        .prop_map(|(statements, a, b)| format!("[{a}{}{b}]", statements.join(&format!("{a},{b}"))));
    (
        version,
        prop_oneof![list.boxed(), statement()],
        space(),
        space(),
        any::<bool>(),
    )
        .prop_map(|(version, statements, a, b, last)| {
            let mut elements = vec![format!("\"Statement\"{a}:{b}{statements}")];
            let place = if last { 1 } else { 0 };
            if let Some(version) = version {
                elements.insert(place, format!("\"Version\":{b}\"{version}\""));
            }
            format!("{a}{{{b}{}{a}}}{b}", elements.join(&format!("{a},{b}")))
        })
        .boxed()
}

fn bucket_target() -> impl Strategy<Value = BucketTarget> {
    let text = |value: &str| value.to_owned();
    let prefix = prop::option::of(prop::sample::select(vec!["p", "a/b", "odd*${x}?\"\\"]));
    (prefix, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        move |(prefix, organization, two, key)| BucketTarget {
            partition: text("aws"),
            bucket: text("audit"),
            prefix: prefix.map(text),
            log_accounts: if two {
                vec![text("1"), text("2")]
            } else {
                vec![text("1")]
            },
            organization_id: organization.then(|| text("o-example")),
            trail_arn: text("arn:aws:cloudtrail:us-east-1:1:trail/t"),
            kms_key_arn: key.then(|| text("arn:aws:kms:us-east-1:1:key/1")),
        },
    )
}

fn key_target(bucket_keys: bool) -> KeyTarget {
    KeyTarget {
        partition: "aws".to_owned(),
        account: "1".to_owned(),
        trail_arn: "arn:aws:cloudtrail:us-east-1:1:trail/t".to_owned(),
        key_arn: "arn:aws:kms:us-east-1:1:key/1".to_owned(),
        bucket_keys,
    }
}

/// The laws of a merge of one policy.
fn check(
    policy: &str,
    before: &[GrantCheck],
    merge: &dyn Fn(&str) -> Result<Merge, MergeError>,
    grants: &dyn Fn(&str) -> Vec<GrantCheck>,
) -> Result<(), TestCaseError> {
    let (text, added) = match merge(policy) {
        Ok(Merge::NotNeeded) => {
            prop_assert!(before.iter().all(GrantCheck::is_allowed));
            return Ok(());
        }
        Ok(Merge::Updated { text, added }) => (text, added),
        Err(error) => {
            let code = error.code();
            prop_assert!(
                matches!(code, "foreign-deny" | "undetermined-deny"),
                "{error}"
            );
            return Ok(());
        }
    };
    let (old, new) = (
        Policy::parse(policy).unwrap(),
        Policy::parse(&text).unwrap(),
    );
    let sources = |policy: &Policy<'_>| -> Vec<String> {
        policy
            .statements()
            .iter()
            .map(|s| policy.source(s).to_owned())
            .collect()
    };
    let kept = old.statements().len();
    prop_assert_eq!(sources(&old), sources(&new)[..kept].to_vec());
    prop_assert_eq!(old.version(), new.version());
    let sids: Vec<&str> = new
        .statements()
        .iter()
        .filter_map(|s| s.sid.as_deref())
        .collect();
    let tail: Vec<&str> = new.statements()[kept..]
        .iter()
        .filter_map(|s| s.sid.as_deref())
        .collect();
    prop_assert_eq!(&tail, &added);
    for sid in &added {
        prop_assert_eq!(sids.iter().filter(|other| *other == sid).count(), 1);
    }
    prop_assert!(!added.is_empty());
    let may_be_denied =
        |check: &GrantCheck| matches!(check.decision, Decision::Undetermined { .. });
    let after = grants(&text);
    let is_granted = |check: &GrantCheck| check.is_allowed() || may_be_denied(check);
    prop_assert!(after.iter().all(is_granted), "{text}");
    match merge(&text) {
        Err(error) => prop_assert!(after.iter().any(may_be_denied), "{error}"),
        again => prop_assert_eq!(again, Ok(Merge::NotNeeded)),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_bucket_merge_keeps_everything_grants_everything_and_is_done(
        policy in policy(),
        target in bucket_target(),
    ) {
        let grants = |text: &str| bucket_grants(Some(text), &target).unwrap();
        check(
            &policy,
            &grants(&policy),
            &|text| merge_bucket_policy(Some(text), &target),
            &grants,
        )?;
    }

    #[test]
    fn a_key_merge_keeps_everything_grants_everything_and_is_done(
        policy in policy(),
        bucket_keys in any::<bool>(),
    ) {
        let target = key_target(bucket_keys);
        let grants = |text: &str| key_grants(text, &target).unwrap();
        check(&policy, &grants(&policy), &|text| merge_key_policy(text, &target), &grants)?;
    }
}
