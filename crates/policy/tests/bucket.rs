//! What CloudTrail needs from a bucket policy.
#![expect(clippy::unwrap_used, clippy::panic, reason = "test code")]

use trailkeeper_policy::cloudtrail::{
    BUCKET_POLICY_LIMIT, BucketTarget, GrantKind, Merge, MergeError, bucket_grants,
    documented_bucket_policy, merge_bucket_policy,
};
use trailkeeper_policy::{Decision, Policy};

const FIXTURE: &str = include_str!("policies/s3-bucket-policy.json");

fn target() -> BucketTarget {
    BucketTarget {
        partition: "aws".to_owned(),
        bucket: "amzn-s3-demo-audit-111122223333".to_owned(),
        prefix: None,
        log_accounts: vec!["111122223333".to_owned()],
        organization_id: None,
        trail_arn: "arn:aws:cloudtrail:us-east-1:111122223333:trail/org-audit".to_owned(),
        kms_key_arn: None,
    }
}

fn encrypted() -> BucketTarget {
    let key = "arn:aws:kms:us-east-1:111122223333:key/1";
    BucketTarget {
        kms_key_arn: Some(key.to_owned()),
        ..target()
    }
}

fn organization() -> BucketTarget {
    BucketTarget {
        organization_id: Some("o-exampleorgid".to_owned()),
        prefix: Some("trails".to_owned()),
        ..target()
    }
}

/// The kinds of grants a policy does not give.
fn refused(policy: Option<&str>, target: &BucketTarget) -> Vec<GrantKind> {
    let checks = bucket_grants(policy, target).unwrap();
    checks
        .into_iter()
        .filter(|check| !check.is_allowed())
        .map(|check| check.kind)
        .collect()
}

fn updated(policy: Option<&str>, target: &BucketTarget) -> (String, Vec<String>) {
    match merge_bucket_policy(policy, target).unwrap() {
        Merge::Updated { text, added } => (text, added),
        Merge::NotNeeded => panic!("nothing was added"),
    }
}

/// The documented policy with one more statement at its end.
fn documented_and(target: &BucketTarget, statement: &str) -> String {
    let text = documented_bucket_policy(target);
    let (start, end) = text.rsplit_once(']').unwrap();
    format!("{start},{statement}]{end}")
}

/// A Deny on everything in the bucket.
fn deny(elements: &str) -> String {
    format!(
        r#"{{"Sid":"Foreign","Effect":"Deny","Principal":"*","Action":"s3:*",
        "Resource":["arn:aws:s3:::amzn-s3-demo-audit-111122223333",
                    "arn:aws:s3:::amzn-s3-demo-audit-111122223333/*"]{elements}}}"#
    )
}

#[test]
fn the_documented_policy_grants_everything() {
    assert_eq!(refused(Some(FIXTURE), &target()), []);
    assert_eq!(
        merge_bucket_policy(Some(FIXTURE), &target()),
        Ok(Merge::NotNeeded)
    );
    for target in [target(), encrypted(), organization()] {
        assert_eq!(
            refused(Some(&documented_bucket_policy(&target)), &target),
            []
        );
    }
}

#[test]
fn no_policy_grants_nothing_and_a_fresh_one_is_made() {
    use GrantKind::{BucketAcl, Digests, LogFiles};
    assert_eq!(refused(None, &target()), [BucketAcl, LogFiles, Digests]);
    let (text, added) = updated(None, &target());
    assert_eq!(
        added,
        [
            "AWSCloudTrailAclCheck20150319",
            "AWSCloudTrailWrite20150319"
        ]
    );
    assert_eq!(text, documented_bucket_policy(&target()));
    assert_eq!(text.trim_end(), FIXTURE.trim_end());
}

#[test]
fn an_organization_trail_needs_both_folders_below_the_prefix() {
    let checks = bucket_grants(None, &organization()).unwrap();
    let resources: Vec<&str> = checks.iter().map(|check| check.resource.as_str()).collect();
    let bucket = "arn:aws:s3:::amzn-s3-demo-audit-111122223333";
    let own = format!("{bucket}/trails/AWSLogs/111122223333/*");
    let all = format!("{bucket}/trails/AWSLogs/o-exampleorgid/*");
    assert_eq!(resources, [bucket, &own, &own, &all, &all]);

    // The policy of the account trail lacks the prefix and the organization.
    let (text, added) = updated(Some(FIXTURE), &organization());
    assert_eq!(
        added,
        [
            "AWSCloudTrailWrite20150319Trail2",
            "AWSCloudTrailOrganizationWrite20150319"
        ]
    );
    assert_eq!(
        merge_bucket_policy(Some(&text), &organization()),
        Ok(Merge::NotNeeded)
    );
}

#[test]
fn other_partitions_have_their_own_arns() {
    for (partition, region) in [("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")] {
        let target = BucketTarget {
            partition: partition.to_owned(),
            trail_arn: format!("arn:{partition}:cloudtrail:{region}:111122223333:trail/t"),
            ..organization()
        };
        let text = documented_bucket_policy(&target);
        assert!(text.contains(&format!("\"arn:{partition}:s3:::amzn-s3-demo-audit-1111")));
        assert!(!text.contains("arn:aws:"));
        assert_eq!(refused(Some(&text), &target), []);
        assert_eq!(refused(Some(FIXTURE), &target).len(), 5);
    }
}

#[test]
fn a_grant_of_less_than_needed_is_no_grant() {
    let whole = documented_bucket_policy(&target());
    let changes = [
        (
            "AWSLogs/111122223333/*",
            "AWSLogs/111122223333/CloudTrail/*",
        ),
        ("AWSLogs/111122223333/*", "AWSLogs/111122223333/*.json.gz"),
        ("AWSLogs/111122223333/*", "AWSLogs/444455556666/*"),
        ("bucket-owner-full-control", "private"),
        ("s3:PutObject", "s3:PutObjectAcl"),
        ("cloudtrail.amazonaws.com", "config.amazonaws.com"),
        ("trail/org-audit", "trail/another"),
        ("\"Allow\"", "\"Deny\""),
    ];
    for (from, to) in changes {
        let text = whole.replace(from, to);
        assert_ne!(text, whole);
        assert!(
            refused(Some(&text), &target()).contains(&GrantKind::LogFiles),
            "{to}"
        );
    }
}

#[test]
fn other_ways_to_grant_it_are_enough() {
    let whole = documented_bucket_policy(&target());
    let changes = [
        ("/AWSLogs/111122223333/*", "/*"),
        ("/AWSLogs/111122223333/*", "/AWSLogs/*"),
        ("/AWSLogs/111122223333/*", "/AWSLogs/${aws:SourceAccount}/*"),
        (
            "\"aws:SourceArn\": \"arn:aws:cloudtrail:us-east-1:111122223333:trail/org-audit\"",
            "\"aws:SourceAccount\": \"111122223333\"",
        ),
        (
            "\"arn:aws:cloudtrail:us-east-1:111122223333:trail/org-audit\"",
            "[\"arn:aws:cloudtrail:us-east-1:111122223333:trail/org-audit\", \"x\"]",
        ),
        (
            "\"Service\"",
            "\"AWS\": \"arn:aws:iam::1:root\", \"Service\"",
        ),
        ("\"s3:PutObject\"", "[\"s3:Put*\"]"),
    ];
    for (from, to) in changes {
        let text = whole.replace(from, to);
        assert_ne!(text, whole, "{from}");
        assert_eq!(refused(Some(&text), &target()), [], "{to}");
        assert_eq!(
            merge_bucket_policy(Some(&text), &target()),
            Ok(Merge::NotNeeded),
            "{to}"
        );
    }
}

#[test]
fn a_foreign_deny_is_told_apart_from_a_harmless_one() {
    let blocks = [
        "",
        r#","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-exampleorgid"}}"#,
        r#","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-exampleorgid"}}"#,
        r#","Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::1:role/admin"}}"#,
        r#","Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}"#,
        r#","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#,
        r#","Condition":{"StringNotEquals":{"aws:SourceAccount":"444455556666"}}"#,
    ];
    let harmless = [
        r#","Condition":{"Bool":{"aws:SecureTransport":"false"}}"#,
        r#","Condition":{"NumericLessThan":{"s3:TlsVersion":"1.2"}}"#,
        r#","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-exampleorgid"},
                         "Bool":{"aws:PrincipalIsAWSService":"false"}}"#,
        r#","Condition":{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"},
                         "BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}"#,
        r#","Condition":{"StringNotEquals":{"aws:SourceAccount":"111122223333"}}"#,
        r#","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-other"}}"#,
        r#","Condition":{"StringLike":{"s3:x-amz-grant-read":"*"}}"#,
        r#","Condition":{"StringNotEquals":{"s3:x-amz-acl":"bucket-owner-full-control"},
                         "Null":{"s3:x-amz-acl":"false"}}"#,
    ];
    for elements in blocks {
        let text = documented_and(&target(), &deny(elements));
        let error = merge_bucket_policy(Some(&text), &target()).unwrap_err();
        assert_eq!(error.code(), "foreign-deny", "{elements}");
        assert!(
            error.to_string().contains("statement `Foreign` (line "),
            "{error}"
        );
    }
    for elements in harmless {
        let text = documented_and(&target(), &deny(elements));
        assert_eq!(
            merge_bucket_policy(Some(&text), &target()),
            Ok(Merge::NotNeeded),
            "{elements}"
        );
    }
}

#[test]
fn a_deny_that_nobody_can_judge_beforehand_is_undetermined() {
    let unknown = [
        r#","Condition":{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#,
        r#","Condition":{"NumericLessThan":{"s3:TlsVersion":"1.3"}}"#,
        r#","Condition":{"StringNotEqualsIfExists":{"aws:SourceOrgID":"o-exampleorgid"}}"#,
    ];
    for elements in unknown {
        let text = documented_and(&target(), &deny(elements));
        let error = merge_bucket_policy(Some(&text), &target()).unwrap_err();
        assert_eq!(error.code(), "undetermined-deny", "{elements}");
    }
    // The organization of an organization trail is known.
    let org = organization();
    let same = documented_and(&org, &deny(unknown[2]));
    assert_eq!(merge_bucket_policy(Some(&same), &org), Ok(Merge::NotNeeded));
    let other = documented_and(&org, &deny(&unknown[2].replace("exampleorgid", "other")));
    assert_eq!(
        merge_bucket_policy(Some(&other), &org).unwrap_err().code(),
        "foreign-deny"
    );
}

/// A Deny for the people of an office must not hide that CloudTrail has lost its Allow.
#[test]
fn a_deny_that_may_not_matter_hides_no_missing_allow() {
    let foreign = deny(r#","Condition":{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#);
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{foreign}]}}"#);
    let checks = bucket_grants(Some(&text), &target()).unwrap();
    let refused = checks
        .iter()
        .all(|check| check.decision == Decision::NotAllowed);
    assert!(refused, "{checks:?}");
    let (merged, added) = updated(Some(&text), &target());
    assert_eq!(added.len(), 2);
    // what is then left depends on the Deny alone, and no further write helps
    let error = merge_bucket_policy(Some(&merged), &target()).unwrap_err();
    assert_eq!(error.code(), "undetermined-deny");
}

#[test]
fn a_demand_for_kms_encryption_may_keep_digests_out() {
    let text = documented_and(
        &encrypted(),
        &deny(r#","Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}}"#)
            .replace("s3:*", "s3:PutObject"),
    );
    let checks = bucket_grants(Some(&text), &encrypted()).unwrap();
    for check in checks {
        let undetermined = matches!(check.decision, Decision::Undetermined { .. });
        assert_eq!(undetermined, check.kind == GrantKind::Digests, "{check:?}");
    }
    assert_eq!(
        refused(Some(&text), &target()),
        [GrantKind::LogFiles, GrantKind::Digests]
    );
    let both = text.replace("\"aws:kms\"", "[\"aws:kms\",\"AES256\"]");
    assert_eq!(refused(Some(&both), &encrypted()), []);
}

#[test]
fn a_deny_on_a_part_of_the_folder_blocks_only_if_cloudtrail_writes_there() {
    let bucket = "arn:aws:s3:::amzn-s3-demo-audit-111122223333";
    let cases: [(&str, &[GrantKind]); 6] = [
        (
            "/AWSLogs/111122223333/CloudTrail-Digest/*",
            &[GrantKind::Digests],
        ),
        (
            "/AWSLogs/111122223333/CloudTrail/eu-west-1/*",
            &[GrantKind::LogFiles],
        ),
        (
            "/AWSLogs/111122223333/CloudTrail-Insight/*",
            &[GrantKind::LogFiles],
        ),
        ("/AWSLogs/111122223333/Config/*", &[]),
        ("/*.exe", &[]),
        ("/AWSLogs/444455556666/*", &[]),
    ];
    for (path, expected) in cases {
        let statement = format!(
            r#"{{"Effect":"Deny","Principal":"*","Action":"*","Resource":"{bucket}{path}"}}"#
        );
        let text = documented_and(&target(), &statement);
        assert_eq!(refused(Some(&text), &target()), expected, "{path}");
    }
    let statement = format!(
        r#"{{"Effect":"Deny","Principal":"*","Action":"s3:Put*","NotResource":"{bucket}/AWSLogs/*"}}"#
    );
    let text = documented_and(&target(), &statement);
    assert_eq!(refused(Some(&text), &target()), []);
    let prefixed = documented_and(&organization(), &statement);
    assert_eq!(refused(Some(&prefixed), &organization()).len(), 4);
}

#[test]
fn p02_foreign_statements_survive_byte_for_byte() {
    let foreign = "{\"Sid\":\"AWSCloudTrailAclCheck20150319\" ,\t\"Effect\":\"Allow\",\
        \"Principal\":{\"AWS\":\"111122223333\"},\"Action\":\"s3:Get\\u002a\",\
        \"Resource\":\"*\", \"Condition\":{\"Bool\":{\"aws:SecureTransport\":true}}}";
    let forms = [
        format!("{{\"Version\":\"2008-10-17\",\"Statement\":[{foreign}]}}"),
        format!("{{\"Statement\" : {foreign}\r\n , \"Id\":\"x\"}}"),
        format!("{{\r\n  \"Statement\": [\r\n\t{foreign}\r\n  ],\n \"Version\":\"2012-10-17\"}}\n"),
    ];
    for text in forms {
        let (merged, added) = updated(Some(&text), &target());
        assert_eq!(
            added,
            [
                "AWSCloudTrailAclCheck20150319Trail2",
                "AWSCloudTrailWrite20150319"
            ]
        );
        let policy = Policy::parse(&merged).unwrap();
        assert_eq!(policy.source(&policy.statements()[0]), foreign);
        assert_eq!(policy.statements().len(), 3);
        assert_eq!(policy.version(), Policy::parse(&text).unwrap().version());
        let (before, after) = text.split_once(foreign).unwrap();
        assert!(merged.starts_with(before), "{merged}");
        assert!(merged.ends_with(after), "{merged}");
        assert_eq!(
            merge_bucket_policy(Some(&merged), &target()),
            Ok(Merge::NotNeeded)
        );
    }
}

#[test]
fn new_statements_are_set_out_like_the_others() {
    let pretty = documented_bucket_policy(&target());
    let write = ",\n    {\n      \"Sid\": \"AWSCloudTrailWrite";
    let (first, second) = pretty.split_once(write).unwrap();
    let (_, end) = second.rsplit_once("\n  ]").unwrap();
    let one = format!("{first}\n  ]{end}");
    assert_eq!(updated(Some(&one), &target()).0, pretty);
    let tabs = one.replace("  ", "\t").replace('\n', "\r\n");
    let expected = pretty.replace("  ", "\t").replace('\n', "\r\n");
    assert_eq!(updated(Some(&tabs), &target()).0, expected);
    let compact = r#"{"Version":"2012-10-17","Statement":[]}"#;
    assert!(!updated(Some(compact), &target()).0.contains(['\n', ' ']));
}

#[test]
fn a_policy_that_would_be_too_large_is_refused() {
    let filler = |size: usize| {
        format!(
            "{{\"Statement\":[\n  {{\"Sid\":\"{}\",\"Effect\":\"Deny\",\"Principal\":\
             {{\"AWS\":\"1\"}},\"Action\":\"s3:*\",\"Resource\":\"*\"}}\n]}}",
            "x".repeat(size)
        )
    };
    let error = merge_bucket_policy(Some(&filler(BUCKET_POLICY_LIMIT - 300)), &target());
    let Err(MergeError::TooLarge { size, limit }) = error else {
        panic!("{error:?}")
    };
    assert!(size > limit);
    // What fits only without white space is added without it.
    let empty = filler(0);
    let (lines, _) = updated(Some(&empty), &target());
    assert!(lines.contains(r#""Service": "cloudtrail.amazonaws.com""#));
    let (text, _) = updated(
        Some(&filler(BUCKET_POLICY_LIMIT - lines.len() + 1)),
        &target(),
    );
    assert!(text.len() <= BUCKET_POLICY_LIMIT);
    assert!(text.contains(r#""Service":"cloudtrail.amazonaws.com""#));
}

#[test]
fn a_prefix_with_wildcard_characters_is_meant_literally() {
    let target = BucketTarget {
        prefix: Some("a*b$".to_owned()),
        ..target()
    };
    let text = documented_bucket_policy(&target);
    assert!(text.contains("/a${*}b${$}/AWSLogs/"), "{text}");
    assert_eq!(refused(Some(&text), &target), []);
    let (old, _) = updated(Some(r#"{"Statement":[]}"#), &target);
    assert!(old.contains("/a*b$/AWSLogs/"), "{old}");
}

#[test]
fn what_cannot_be_read_or_cannot_work_is_refused() {
    let error = merge_bucket_policy(Some("{\"Statement\":[}"), &target()).unwrap_err();
    assert_eq!(error.code(), "invalid-json");
    assert!(std::error::Error::source(&error).is_some());
    assert!(bucket_grants(Some("{}"), &target()).is_err());
}

#[test]
fn a_statement_without_any_effect_on_cloudtrail_changes_nothing() {
    let text = documented_and(&target(), &deny("").replace("s3:*", "s3:DeleteObject"));
    let checks = bucket_grants(Some(&text), &target()).unwrap();
    assert!(
        checks
            .iter()
            .all(|check| check.decision == Decision::Allowed)
    );
}

#[test]
fn exceptions_that_reach_into_the_folder() {
    let bucket = "arn:aws:s3:::amzn-s3-demo-audit-111122223333";
    let folder = format!("{bucket}/AWSLogs/111122223333");
    // An Allow of everything but a part of the folder is not enough …
    let allow = |except: &str| {
        format!(
            r#"{{"Statement":{{"Effect":"Allow","Principal":"*","Action":"*",
                "NotResource":"{except}"}}}}"#
        )
    };
    assert_eq!(refused(Some(&allow("arn:aws:s3:::other/*")), &target()), []);
    let partly = refused(Some(&allow(&format!("{folder}/CloudTrail/x*"))), &target());
    assert_eq!(partly, [GrantKind::LogFiles, GrantKind::Digests]);
    // … and a Deny of everything but a part of it blocks the rest.
    let deny = |except: &str| {
        let statement = format!(
            r#"{{"Effect":"Deny","Principal":"*","Action":"s3:PutObject",
                "NotResource":"{except}"}}"#
        );
        refused(Some(&documented_and(&target(), &statement)), &target())
    };
    assert_eq!(deny(&format!("{folder}/CloudTrail/eu-*")), partly);
    assert_eq!(
        deny(&format!("{folder}/CloudTrail-Digest/*")),
        [GrantKind::LogFiles]
    );
    assert_eq!(deny(&format!("{folder}/*")), []);
    let nearly = [
        "CloudTrail/",
        "CloudTrail/eu-*",
        "CloudTrail-Insight/*",
        "CloudTrail-Digest/*",
    ]
    .map(|below| format!("{folder}/{below}"))
    .join("\",\"");
    let statement = format!(
        r#"{{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","NotResource":["{nearly}"]}}"#
    );
    let text = documented_and(&target(), &statement);
    assert_eq!(refused(Some(&text), &target()), [GrantKind::LogFiles]);
}

#[test]
fn a_deny_on_one_member_account_blocks_an_organization_trail() {
    let bucket = "arn:aws:s3:::amzn-s3-demo-audit-111122223333";
    let member = format!("{bucket}/trails/AWSLogs/o-exampleorgid/444455556666");
    for (below, expected) in [
        ("CloudTrail/*", &[GrantKind::LogFiles][..]),
        ("CloudTrail-Digest/*", &[GrantKind::Digests]),
        ("Config/*", &[]),
    ] {
        let statement = format!(
            r#"{{"Effect":"Deny","Principal":"*","Action":"*","Resource":"{member}/{below}"}}"#
        );
        let text = documented_and(&organization(), &statement);
        assert_eq!(refused(Some(&text), &organization()), expected, "{below}");
    }
}
