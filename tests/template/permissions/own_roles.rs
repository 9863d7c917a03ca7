//! The roles of the template, judged by the rule that judges everybody else's.

use serde_json::{Value, json};
use trailkeeper_policy::analysis::{AttachedDocument, DocumentKind, Severity, Subject, analyse};

use super::statements;
use super::table::Role;
use crate::limits::{ACCOUNT, PROFILE, PROFILE_ROLE};
use crate::render::Parameters;
use crate::template;

const EVERYTHING: Parameters<'_> = &[
    (
        "TrailKmsKeyArn",
        "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555",
    ),
    ("RepairKey", "true"),
    ("AdoptExistingTrail", "true"),
    ("OrganizationTrail", "Always"),
    ("InstanceProfileArn", PROFILE),
    ("InstanceProfileRoleArn", PROFILE_ROLE),
    ("AllowProfileReplacement", "true"),
    ("ReplaceableProfileArns", PROFILE),
    ("ReplaceableRoleArns", PROFILE_ROLE),
    ("DetachableRoleArns", PROFILE_ROLE),
    ("AllowPolicyRestore", "true"),
    ("EventMode", "enforce"),
    ("OwnEvents", "on"),
    ("GuardRepair", "true"),
    ("WatchGuardDuty", "true"),
    (
        "BaselineSha256",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ),
    ("CheckLogFiles", "true"),
    ("RecreateBucket", "true"),
];

/// What makes an instance with such a role NON_COMPLIANT under the rule's defaults.
fn findings(role: Role, statements: &[Value]) -> Vec<String> {
    let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    let policy = AttachedDocument {
        name: "own",
        kind: DocumentKind::Inline,
        text: &text,
    };
    let subject = Subject {
        partition: "aws",
        account: Some("111122223333"),
        region: Some("eu-west-1"),
        policies: &[policy],
        boundary: None,
    };
    let findings = analyse(&subject).into_iter();
    findings
        .filter(|finding| finding.severity >= Severity::Medium)
        .map(|finding| format!("{role:?} {}: {}", finding.statement, finding.code))
        .collect()
}

#[test]
fn the_rule_finds_nothing_in_the_roles_of_this_stack() {
    let template = template();
    for options in [&[], EVERYTHING] {
        let stack = template.render(&[ACCOUNT, options].concat());
        for role in Role::ALL {
            let mut statements = statements(&stack, role);
            assert_eq!(findings(role, &statements), Vec::<String>::new());
            // It would find one that is too broad, were there one.
            statements.push(json!({
                "Sid": "Broad",
                "Effect": "Allow",
                "Action": "s3:Put*",
                "Resource": "*",
            }));
            assert_ne!(findings(role, &statements), Vec::<String>::new());
        }
    }
}
