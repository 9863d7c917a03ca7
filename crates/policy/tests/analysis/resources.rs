//! Resource patterns: what is as wide as a type and what is not.

use trailkeeper_policy::analysis::{AttachedDocument, DocumentKind, Subject, analyse};

use crate::judged::{allow, document, judge, shown};

/// An action, a resource, and what is found, without the severity.
type Case = (&'static str, &'static str, Option<&'static str>);

const WIDE: Option<&str> = Some("type-wide-resource");
const STAR: Option<&str> = Some("wildcard-resource");

#[test]
fn type_wide_is_what_leaves_every_variable_open() {
    let cases: &[Case] = &[
        ("s3:DeleteBucket", "arn:aws:s3:::*", WIDE),
        ("s3:DeleteBucket", "arn:*:s3:::*", WIDE),
        ("s3:DeleteBucket", "arn:aws:s3*", WIDE),
        ("s3:DeleteBucket", "arn:aws:s3:::b*", None),
        ("s3:DeleteBucket", "arn:aws:s3:::*-logs", None),
        ("s3:DeleteBucket", "arn:aws-cn:s3:::*", None),
        ("s3:DeleteBucket", "arn:aws:sqs:::*", None),
        ("s3:PutObject", "arn:aws:s3:::*/*", WIDE),
        ("s3:PutObject", "arn:aws:s3:::b/*", None),
        ("s3:PutObject", "arn:aws:s3:::*/logs/*", None),
        ("dynamodb:DeleteTable", "arn:aws:dynamodb:*", WIDE),
        ("dynamodb:DeleteTable", "arn:aws:dynamodb:*:table/*", WIDE),
        ("dynamodb:DeleteTable", "arn:aws:dynamodb:*:*:*", WIDE),
        (
            "dynamodb:DeleteTable",
            "arn:aws:dynamodb:eu-west-1:*:table/*",
            None,
        ),
        (
            "dynamodb:DeleteTable",
            "arn:aws:dynamodb:*:111122223333:table/*",
            None,
        ),
        (
            "dynamodb:DeleteTable",
            "arn:aws:dynamodb:*:*:table/a*",
            None,
        ),
        (
            "dynamodb:DeleteTable",
            "arn:aws:dynamodb:eu-*-1:*:table/*",
            None,
        ),
        ("iam:PassRole", "arn:aws:iam::*:role/*", WIDE),
        ("iam:PassRole", "arn:aws:iam::*:*", WIDE),
        ("iam:PassRole", "arn:aws:iam::*:role/app/*", None),
        ("sts:SetContext", "arn:aws:sts::*:self", None),
        ("s3:DeleteBucket", "*", STAR),
        ("s3:DeleteBucket", "**", STAR),
        ("s3:DeleteBucket", "arn:*", WIDE),
        ("s3:DeleteBucket", "arn:aws:*", WIDE),
        ("s3:DeleteBucket", "arn:*:*:*:*:*", WIDE),
        // An ARN does nothing for what is only allowed on a star.
        ("s3:ListAllMyBuckets", "arn:aws:s3:::*", None),
        (
            "autoscaling:DisableMetricsCollection",
            "arn:aws:s3:::*",
            None,
        ),
    ];
    for (action, resource, wanted) in cases {
        let findings = judge(&allow(
            &format!(r#""{action}""#),
            &format!(r#""{resource}""#),
        ));
        let codes: Vec<&str> = findings
            .iter()
            .map(|one| one.code.as_str())
            .filter(|code| *code != "privilege-escalation")
            .collect();
        assert_eq!(
            codes.first().copied(),
            *wanted,
            "{action} on {resource}: {findings:?}"
        );
    }
}

#[test]
fn variables_are_variables_in_the_current_version_only() {
    let statement = allow(
        r#""s3:PutObject""#,
        r#""arn:aws:s3:::${aws:PrincipalTag/team}/*""#,
    );
    assert_eq!(judge(&statement), []);
    let star = allow(r#""s3:PutObject""#, r#""arn:aws:s3:::${*}""#);
    assert_eq!(judge(&star), []);
    // Without them, the star between the braces is a wildcard, and the rest is text.
    for version in ["", r#""Version": "2008-10-17", "#] {
        let text = format!(r#"{{{version}"Statement": [{statement}]}}"#);
        let findings = crate::judged::judge_text(&text, DocumentKind::Inline);
        assert_eq!(findings, [], "{version}");
    }
}

#[test]
fn other_partitions_have_arns_of_their_own() {
    let text = document(&allow(r#""s3:DeleteBucket""#, r#""arn:aws-cn:s3:::*""#));
    let documents = [AttachedDocument {
        name: "p",
        kind: DocumentKind::Inline,
        text: &text,
    }];
    for (partition, wanted) in [("aws-cn", 1), ("aws", 0), ("aws-us-gov", 0)] {
        let findings = analyse(&Subject {
            partition,
            account: None,
            region: None,
            policies: &documents,
            boundary: None,
        });
        assert_eq!(findings.len(), wanted, "{partition}");
    }
}

#[test]
fn actions_that_the_arns_do_not_fit_are_not_meant() {
    let objects = judge(&allow(r#""s3:*""#, r#""arn:aws:s3:::b/*""#));
    assert_eq!(shown(&objects), ["wildcard-action medium"]);
    let tables = judge(&allow(
        r#""dynamodb:*""#,
        r#""arn:aws:dynamodb:*:*:table/a""#,
    ));
    assert_eq!(shown(&tables), ["wildcard-action medium"]);
    let whole = judge(&allow(r#""dynamodb:*""#, r#""*""#));
    assert!(tables[0].action_count < whole[0].action_count);
    let second = judge(&allow(
        r#""sqs:*""#,
        r#"["arn:aws:s3:::b", "arn:aws:sqs:*:*:q"]"#,
    ));
    assert_eq!(second[0].resource, "arn:aws:sqs:*:*:q");
    let named = judge(&allow(r#"["s3:Delete*", "sqs:*"]"#, r#""arn:aws:s3:::b""#));
    assert_eq!(shown(&named), ["wildcard-action medium"]);
    assert_eq!(named[0].action_pattern, "s3:Delete*");
    assert!(
        named[0]
            .actions
            .iter()
            .all(|action| action.starts_with("s3:Delete"))
    );
    assert!(
        !named[0].actions.contains(&"s3:DeleteObject".to_owned()),
        "{named:?}"
    );
}

#[test]
fn wildcards_of_one_level_are_no_finding_on_named_resources() {
    for action in ["s3:Get*", "s3:List*", "sqs:Delete*", "sqs:SendMessage*"] {
        let findings = judge(&allow(
            &format!(r#""{action}""#),
            r#"["arn:aws:s3:::b", "arn:aws:dynamodb:*:*:table/a", "arn:aws:sqs:*:*:q"]"#,
        ));
        let wildcards = findings
            .iter()
            .filter(|one| one.code.as_str() == "wildcard-action");
        assert_eq!(wildcards.count(), 0, "{action}: {findings:?}");
    }
}

#[test]
fn what_is_never_empty_is_covered_by_a_wildcard_that_is_not() {
    let cases = [
        ("iam:DeleteRole", "arn:aws:iam::*:role/?*"),
        ("iam:DeleteRole", "arn:aws:iam::????????????:role/*"),
        ("iam:DeleteRole", "arn:aws:iam::?*:role/*?"),
        ("s3:PutObject", "arn:aws:s3:::?*"),
        ("s3:PutObject", "arn:aws:s3:::?*/?*"),
        ("s3:DeleteBucket", "arn:aws:s3:::?*"),
        ("sqs:DeleteQueue", "arn:aws:sqs:?*:?*:?*"),
        (
            "datasync:DeleteAgent",
            "arn:aws:datasync:*:????????????:agent/*",
        ),
    ];
    for (action, resource) in cases {
        let statement = allow(&format!(r#""{action}""#), &format!(r#""{resource}""#));
        let shown = shown(&judge(&statement));
        assert_eq!(shown, ["type-wide-resource high"], "{action} on {resource}");
    }
    for resource in ["arn:aws:iam::???????????:role/*", "arn:aws:iam::*:role/??*"] {
        let statement = allow(r#""iam:DeleteRole""#, &format!(r#""{resource}""#));
        assert_eq!(judge(&statement), [], "{resource}");
    }
}

#[test]
fn an_arn_without_the_region_or_account_of_its_type_means_nothing() {
    let resources = [
        "arn:aws:lambda:::*",
        "arn:aws:lambda:eu-west-1::*",
        "arn:aws:lambda::111122223333:*",
        "arn:aws:lambda:*:*:",
    ];
    for resource in resources {
        let findings = judge(&allow(r#""lambda:*""#, &format!(r#""{resource}""#)));
        assert_eq!(findings, [], "{resource}");
    }
}

#[test]
fn wildcards_in_the_prefix_count() {
    let findings = judge(&allow(r#""*:DeleteBucket""#, r#""*""#));
    assert_eq!(shown(&findings), ["wildcard-resource high"]);
    assert!(
        findings[0].actions.contains(&"s3:DeleteBucket".to_owned()),
        "{findings:?}"
    );
}

#[test]
fn a_statement_gives_one_finding_for_each_kind() {
    let actions = r#"["sqs:*", "ec2:TerminateInstances", "s3:GetObject", "s3:ListAllMyBuckets",
        "ec2:EnableSerialConsoleAccess"]"#;
    let findings = judge(&allow(actions, r#""*""#));
    let wanted = [
        "wildcard-action high",
        "wildcard-resource high",
        "unscopeable-write advisory",
    ];
    assert_eq!(shown(&findings), wanted);
    assert_eq!(
        findings[1].actions,
        ["ec2:TerminateInstances", "s3:GetObject"]
    );
    assert_eq!(
        findings[1].action_pattern,
        "ec2:TerminateInstances, s3:GetObject"
    );
    let breadths: Vec<(bool, bool)> = findings
        .iter()
        .map(|one| (one.breadth.actions, one.breadth.resources))
        .collect();
    assert_eq!(breadths, [(true, true), (false, true), (false, true)]);
}

#[test]
fn a_pattern_that_only_means_what_cannot_be_narrowed_is_advisory() {
    // Everything of this service is only allowed on a star.
    let findings = judge(&allow(r#""a2c:*""#, r#""*""#));
    assert_eq!(shown(&findings), ["wildcard-action advisory"]);
    let reads = judge(&allow(r#""a2c:Get*""#, r#""*""#));
    assert_eq!(reads, []);
}

#[test]
fn not_resource_leaves_what_it_does_not_name() {
    let statement = |action: &str, but: &str| {
        let (action, but) = (format!(r#""{action}""#), format!(r#""{but}""#));
        format!(r#"{{"Effect": "Allow", "Action": {action}, "NotResource": {but}}}"#)
    };
    let cases = [
        ("s3:DeleteBucket", "arn:aws:s3:::keep", "not-resource high"),
        ("s3:GetObject", "arn:aws:s3:::keep/*", "not-resource low"),
        ("s3:*", "arn:aws:s3:::keep", "not-resource high"),
        ("*", "arn:aws:s3:::keep", "not-resource critical"),
        ("sqs:DeleteQueue", "arn:aws:sqs:*:*:*", ""),
        ("sqs:DeleteQueue", "*", ""),
        ("s3:ListAllMyBuckets", "arn:aws:s3:::keep", ""),
    ];
    for (action, but, wanted) in cases {
        let shown = shown(&judge(&statement(action, but)));
        assert_eq!(shown.concat(), wanted, "{action} but {but}");
    }
}

#[test]
fn not_action_is_everything_else() {
    let statement = |but: &str, resource: &str| {
        format!(r#"{{"Effect": "Allow", "NotAction": {but}, "Resource": "{resource}"}}"#)
    };
    let cases = [
        (r#""iam:*""#, "*", "not-action critical"),
        (
            r#"["iam:*", "organizations:*", "account:*"]"#,
            "*",
            "not-action critical",
        ),
        (
            r#""nosuch:*""#,
            "*",
            "unknown-action info, not-action critical",
        ),
        (r#""*""#, "*", ""),
        (r#""s3:DeleteBucket""#, "arn:aws:s3:::*", "not-action high"),
        (
            r#""s3:DeleteBucket""#,
            "arn:aws:s3:::b",
            "not-action medium",
        ),
    ];
    for (but, resource, wanted) in cases {
        let shown = shown(&judge(&statement(but, resource)));
        let shown: Vec<String> = shown
            .into_iter()
            .filter(|one| !one.starts_with("privilege"))
            .collect();
        assert_eq!(shown.join(", "), wanted, "{but} on {resource}");
    }
}
