//! Documents themselves: shapes, places, encodings, what the table does not know.

use trailkeeper_policy::analysis::{
    AttachedDocument, DocumentKind, FindingCode, ParsedDocument, ParsedSubject, Severity, analyse,
    analyse_document, analyse_parsed, is_partition, partition_of, percent_decoded, table_date,
};

use crate::judged::{allow, attached, document, judge, judge_text, shown, subject, the};

#[test]
fn what_would_take_too_long_is_refused_with_its_place() {
    let text = |count: usize| {
        let actions: Vec<String> = (0..count).map(|n| format!("s?:NoSuchThing{n}")).collect();
        document(&allow(&format!("{actions:?}"), r#""*""#))
    };
    for (count, wanted) in [(500, false), (501, true)] {
        let text = text(count);
        let findings = judge_text(&text, DocumentKind::Inline);
        let refused = findings
            .iter()
            .find(|one| one.code == FindingCode::InvalidPolicy);
        assert_eq!(refused.is_some(), wanted, "{count}");
        let column = text.find("\"s?:NoSuchThing500\"").map(|at| at + 1);
        assert_eq!(refused.map(|one| one.column), column, "{count}");
    }
}

#[test]
fn a_document_tells_its_partition() {
    let cases = [
        (r#""arn:aws-cn:s3:::b""#, "aws-cn"),
        (
            r#"["arn:aws:s3:::b", "arn:aws-us-gov:s3:::b"]"#,
            "aws-us-gov",
        ),
        (
            r#"["arn:aws-iso-b:s3:::b", "arn:aws-cn:s3:::b"]"#,
            "aws-iso-b",
        ),
        (r#"["arn:aws:s3:::b", "arn:aws-*:s3:::b"]"#, "aws"),
        (r#""*""#, "aws"),
        ("%7B%22arn%3Aaws-cn%3As3", "aws-cn"),
        ("%7B%22arn%3aaws-cn%3as3", "aws-cn"),
    ];
    for (text, wanted) in cases {
        assert_eq!(partition_of(text), wanted, "{text}");
    }
    for name in ["aws", "aws-cn", "aws-iso-b"] {
        assert!(is_partition(name), "{name}");
    }
    for name in ["", "aws-", "aws_cn", "AWS", "awsx", "aws-CN", "aws-*"] {
        assert!(!is_partition(name), "{name}");
    }
}

#[test]
fn scalars_and_lists_mean_the_same() {
    let wanted = ["wildcard-resource high"];
    let written = [
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:DeleteBucket",
            "Resource": "*"}}"#,
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
            "Action": ["s3:DeleteBucket"], "Resource": ["*"]}]}"#,
        r#"{"Statement": [{"Effect": "Allow", "Action": "S3:deletebucket", "Resource": "*"}]}"#,
        r#"{"Version": "2008-10-17", "Statement": [{"Effect": "Allow",
            "Action": "s3:DeleteBucket", "Resource": "*"}]}"#,
    ];
    for text in written {
        let findings = judge_text(text, DocumentKind::Inline);
        assert_eq!(shown(&findings), wanted, "{text}");
        assert_eq!(findings[0].actions, ["s3:DeleteBucket"], "{text}");
    }
}

#[test]
fn findings_stand_at_what_they_are_about() {
    let text = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \
        \"Sid\": \"Wide\",\n      \"Effect\": \"Allow\",\n      \"Action\": [\n        \
        \"s3:GetObject\",\n        \"s3:*\"\n      ],\n      \"Resource\": \"*\"\n    },\n    \
        {\"Effect\": \"Allow\", \"Action\": \"ec2:TerminateInstances\", \"Resource\": \"*\"}\n  ]\n}";
    let findings = judge_text(text, DocumentKind::Inline);
    let shown: Vec<(&str, &str, usize, usize)> = findings
        .iter()
        .map(|one| {
            (
                one.code.as_str(),
                one.statement.as_str(),
                one.line,
                one.column,
            )
        })
        .collect();
    let wanted = [
        ("wildcard-action", "Wide", 9, 9),
        ("wildcard-resource", "#2", 13, 73),
    ];
    assert_eq!(shown, wanted);
    assert_eq!(findings[0].action_pattern, "s3:*");
    assert_eq!(findings[0].policy, "policy");
}

#[test]
fn what_is_no_policy_is_a_finding_with_its_place() {
    let cases = [
        ("{", 1, 2, "text ends"),
        ("{\n\"Statement\": 3}", 2, 14, "must be an object"),
        (
            "{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"s3:*\",\n\
             \"NotAction\": \"s3:*\", \"Resource\": \"*\"}}",
            2,
            1,
            "not both",
        ),
        (
            "{\"Statement\": [], \"Statement\": []}",
            1,
            19,
            "given twice",
        ),
    ];
    for (text, line, column, message) in cases {
        let findings = judge_text(text, DocumentKind::Inline);
        let finding = the(&findings, FindingCode::InvalidPolicy);
        assert_eq!(
            (finding.line, finding.column),
            (line, column),
            "{text}: {}",
            finding.why
        );
        assert!(finding.why.contains(message), "{text}: {}", finding.why);
        assert_eq!(finding.severity, Severity::High, "{text}");
    }
}

#[test]
fn what_iam_refuses_in_an_identity_policy_is_a_finding() {
    let cases = [
        (
            r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:ListAllMyBuckets",
                "Resource": "*"}"#,
            "names no principal",
        ),
        (
            r#"{"Effect": "Allow", "Action": "s3:ListAllMyBuckets"}"#,
            "has no `Resource`",
        ),
        (
            r#"{"Sid": "A", "Effect": "Deny", "Action": "s3:*", "Resource": "*"},
               {"Sid": "B", "Effect": "Deny", "Action": "s3:*", "Resource": "*"},
               {"Sid": "A", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}"#,
            "the Sid A",
        ),
    ];
    for (statements, why) in cases {
        let findings = judge(statements);
        assert!(
            findings
                .iter()
                .all(|one| one.code == FindingCode::InvalidPolicy),
            "{statements}"
        );
        assert!(
            findings.iter().any(|one| one.why.contains(why)),
            "{findings:?}"
        );
    }
}

#[test]
fn a_statement_is_named_by_its_sid_if_that_is_its_alone() {
    let statement = |sid: &str| {
        format!(r#"{{"Sid": "{sid}", "Effect": "Allow", "Action": "sqs:*", "Resource": "*"}}"#)
    };
    let findings = judge(&["A", "", "B", "A"].map(statement).join(","));
    let wildcards = findings
        .iter()
        .filter(|one| one.code == FindingCode::WildcardAction);
    let labels: Vec<&str> = wildcards.map(|one| one.statement.as_str()).collect();
    assert_eq!(labels, ["#1", "#2", "B", "#4"]);
}

#[test]
fn percent_encoding_is_undone_once() {
    let cases = [
        ("%7B%22a%22%3A%20%221%2B1%22%7D", r#"{"a": "1+1"}"#),
        ("%7B%22a%22%3A+1%7D", r#"{"a":+1}"#),
        ("%0A%7B%22a%22:%22%2525%22}", "\n{\"a\":\"%25\"}"),
        (r#"{"a": "%20"}"#, r#"{"a": "%20"}"#),
        ("%7", "%7"),
        ("%zz%7B", "%zz{"),
        ("%FF", "%FF"),
    ];
    for (text, wanted) in cases {
        assert_eq!(percent_decoded(text), wanted, "{text}");
    }
    let encoded = "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22%2A%22%2C\
        %22Resource%22%3A%22%2A%22%7D%7D";
    let findings = analyse_document("role.json", encoded, "aws");
    assert_eq!(shown(&findings), ["full-admin critical"]);
    assert_eq!(findings[0].policy, "role.json");
}

#[test]
fn actions_the_table_does_not_know_are_named_and_not_judged() {
    for action in [
        "nosuch:DeleteAll",
        "nosuch:*",
        "s3:NoSuchThing",
        "s3:NoSuch*",
    ] {
        let findings = judge(&allow(&format!(r#""{action}""#), r#""*""#));
        assert_eq!(shown(&findings), ["unknown-action info"], "{action}");
        assert_eq!(findings[0].action_pattern, action);
        assert!(
            findings[0].why.contains(table_date()),
            "{}",
            findings[0].why
        );
    }
    let findings = judge(&allow(
        r#"["nosuch:A", "s3:DeleteBucket", "nosuch:B"]"#,
        r#""*""#,
    ));
    assert_eq!(
        shown(&findings),
        ["unknown-action info", "wildcard-resource high"]
    );
    assert_eq!(findings[0].action_count, 2);
    let findings = judge(&allow(r#"["GetObject", "s3"]"#, r#""*""#));
    assert_eq!(shown(&findings), ["unknown-action info"]);
    assert!(findings[0].why.contains("prefix"), "{}", findings[0].why);
    let denied = r#"{"Effect": "Deny", "Action": "nosuch:A", "Resource": "*"}"#;
    assert_eq!(judge(denied), []);
}

#[test]
fn a_document_is_read_once_for_many_roles() {
    let (wide, deny) = (
        document(&allow(r#""sqs:*""#, r#""*""#)),
        document(r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}"#),
    );
    let text = |name, text| attached(name, DocumentKind::Inline, text);
    let wide = ParsedDocument::new(text("wide", &wide));
    let deny = ParsedDocument::new(text("deny", &deny));
    let of_severity = |policies: &[&ParsedDocument<'_>], suggest_from| {
        analyse_parsed(&ParsedSubject {
            partition: "aws",
            account: None,
            region: None,
            policies,
            boundary: None,
            suggest_from,
        })
    };
    let of = |policies: &[&ParsedDocument<'_>]| of_severity(policies, Some(Severity::High));
    assert_eq!(shown(&of(&[&wide])), ["wildcard-action high"]);
    assert!(of(&[&wide])[0].suggestion.contains("sqs:"));
    for (from, wanted) in [(None, ""), (Some(Severity::Critical), "")] {
        assert_eq!(of_severity(&[&wide], from)[0].suggestion, wanted);
    }
    assert_eq!(shown(&of(&[&deny, &wide])), ["latent-grant info"]);
    assert_eq!(wide.name(), "wide");
    assert!(wide.policy().is_ok());
}

#[test]
fn policies_of_aws_count_only_where_they_are_grave() {
    let cases = [
        (r#""s3:PutObject""#, "wildcard-resource advisory"),
        (r#""s3:GetObject""#, "wildcard-resource advisory"),
        (r#""s3:PutBucketPolicy""#, "wildcard-resource high"),
        (r#""s3:*""#, "wildcard-action high"),
        // One of these is a write, though a small one.
        (r#""athena:Get*""#, "wildcard-action advisory"),
        (r#""*""#, "full-admin critical"),
    ];
    for (action, wanted) in cases {
        let text = document(&allow(action, r#""*""#));
        let findings = judge_text(&text, DocumentKind::AwsManaged);
        assert_eq!(shown(&findings), [wanted], "{action}");
        assert!(findings[0].why.contains("replaced"), "{}", findings[0].why);
    }
    let narrow = document(&allow(r#""sqs:*""#, r#""arn:aws:sqs:*:*:aws-*""#));
    let findings = judge_text(&narrow, DocumentKind::AwsManaged);
    assert_eq!(shown(&findings), ["wildcard-action advisory"]);
}

#[test]
fn a_role_without_policies_has_no_findings() {
    let none: [AttachedDocument<'_>; 0] = [];
    assert_eq!(analyse(&subject(&none, None)), []);
    assert_eq!(judge(""), []);
}
