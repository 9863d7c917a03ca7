//! What holds for all policies.

use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use trailkeeper_policy::analysis::{DocumentKind, PolicyFinding, Severity, analyse};

use crate::judged::{attached, document, judge_bounded, subject};

const ACTIONS: [&str; 17] = [
    "*",
    "s3:*",
    "s3:Get*",
    "s3:*Object",
    "s3:DeleteBucket",
    "s3:ListAllMyBuckets",
    "iam:*",
    "iam:PassRole",
    "iam:PutRolePolicy",
    "ec2:RunInstances",
    "ec2:Describe*",
    "ec2:?erminateInstances",
    "cloudwatch:PutMetricData",
    "xray:PutTraceSegments",
    "dynamodb:DeleteTable",
    "dynamodb:Get*",
    "nosuch:Thing",
];

const RESOURCES: [&str; 9] = [
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/*",
    "arn:aws:dynamodb:*:*:table/*",
    "arn:aws:dynamodb:eu-west-1:*:table/a*",
    "arn:aws:iam::111122223333:role/*",
    "arn:*",
    "arn:aws:ec2:*:*:instance/*",
];

const CONDITIONS: [&str; 6] = [
    "{}",
    "{}",
    r#"{"StringEquals": {"aws:ResourceTag/team": "a"}}"#,
    r#"{"StringLike": {"aws:PrincipalArn": "*"}}"#,
    r#"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#,
    r#"{"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}"#,
];

#[derive(Debug, Clone)]
struct Sketch {
    sid: u32,
    effect: &'static str,
    not_action: bool,
    actions: Vec<&'static str>,
    not_resource: bool,
    resources: Vec<&'static str>,
    condition: &'static str,
}

impl Sketch {
    fn written(&self) -> String {
        let action = if self.not_action {
            "NotAction"
        } else {
            "Action"
        };
        let resource = if self.not_resource {
            "NotResource"
        } else {
            "Resource"
        };
        format!(
            r#"{{"Sid": "S{}", "Effect": "{}", "{action}": {:?}, "{resource}": {:?},
                "Condition": {}}}"#,
            self.sid, self.effect, self.actions, self.resources, self.condition
        )
    }
}

fn sketch(effect: &'static str) -> impl Strategy<Value = Sketch> {
    let rarely = || prop::bool::weighted(0.15);
    let actions = subsequence(ACTIONS.to_vec(), 1..4).prop_shuffle();
    let resources = subsequence(RESOURCES.to_vec(), 1..3).prop_shuffle();
    (
        any::<u32>(),
        rarely(),
        actions,
        rarely(),
        resources,
        select(CONDITIONS.to_vec()),
    )
        .prop_map(
            move |(sid, not_action, actions, not_resource, resources, condition)| Sketch {
                sid,
                effect,
                not_action,
                actions,
                not_resource,
                resources,
                condition,
            },
        )
}

fn statements() -> impl Strategy<Value = Vec<Sketch>> {
    let one = prop_oneof![3 => sketch("Allow"), 1 => sketch("Deny")];
    prop::collection::vec(one, 1..5).prop_map(|mut sketches| {
        for (number, sketch) in (0..).zip(&mut sketches) {
            sketch.sid = number;
        }
        sketches
    })
}

fn written(sketches: &[Sketch]) -> String {
    sketches
        .iter()
        .map(Sketch::written)
        .collect::<Vec<_>>()
        .join(",")
}

fn judged(sketches: &[Sketch]) -> Vec<PolicyFinding> {
    let text = document(&written(sketches));
    let policies = [attached("policy", DocumentKind::Inline, &text)];
    analyse(&subject(&policies, None))
}

/// What must not depend on the order of anything.
fn verdicts(findings: &[PolicyFinding]) -> Vec<String> {
    let mut verdicts: Vec<String> = findings
        .iter()
        .map(|one| {
            let (code, severity, count) = (one.code, one.severity, one.action_count);
            format!(
                "{} {code} {severity} {count} {:?} {:?}",
                one.statement, one.actions, one.breadth
            )
        })
        .collect();
    verdicts.sort();
    verdicts
}

/// The worst that is said of each statement.
fn worst(findings: &[PolicyFinding], statement: &str) -> Option<Severity> {
    let of = findings.iter().filter(|one| one.statement == statement);
    of.map(|one| one.severity).max()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn order_changes_no_verdict(mut sketches in statements(), turn in any::<Index>()) {
        let before = verdicts(&judged(&sketches));
        let by = turn.index(sketches.len());
        sketches.rotate_left(by);
        for sketch in &mut sketches {
            sketch.actions.reverse();
            sketch.resources.reverse();
        }
        prop_assert_eq!(before, verdicts(&judged(&sketches)));
    }

    #[test]
    fn splitting_into_policies_changes_no_verdict(sketches in statements(), at in any::<Index>()) {
        let (one, two) = sketches.split_at(at.index(sketches.len()));
        let (first, second) = (document(&written(one)), document(&written(two)));
        let policies = [
            attached("one", DocumentKind::Inline, &first),
            attached("two", DocumentKind::CustomerManaged, &second),
        ];
        let split = analyse(&subject(&policies, None));
        prop_assert_eq!(verdicts(&judged(&sketches)), verdicts(&split));
    }

    #[test]
    fn a_further_deny_raises_nothing(sketches in statements(), mut more in sketch("Deny")) {
        more.sid = 99;
        let before = judged(&sketches);
        let mut sketches = sketches;
        sketches.push(more);
        let after = judged(&sketches);
        for finding in &after {
            let was = worst(&before, &finding.statement);
            prop_assert!(
                Some(finding.severity) <= was,
                "{:?} was {:?} before", finding, was
            );
        }
    }

    #[test]
    fn a_further_allow_removes_nothing(sketches in statements(), mut more in sketch("Allow")) {
        more.sid = 99;
        let before = judged(&sketches);
        let mut sketches = sketches;
        sketches.push(more);
        let after = judged(&sketches);
        for finding in &before {
            prop_assert!(
                after.iter().any(|one| {
                    (one.code, one.severity, &one.statement)
                        == (finding.code, finding.severity, &finding.statement)
                }),
                "{finding:?} is gone"
            );
        }
    }

    #[test]
    fn a_boundary_raises_nothing(sketches in statements(), boundary in statements()) {
        let before = judged(&sketches);
        let bounded = judge_bounded(&written(&sketches), &written(&boundary));
        for finding in bounded.iter().filter(|one| one.severity > Severity::Info) {
            prop_assert!(Some(finding.severity) <= worst(&before, &finding.statement));
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        judge_text(&text);
    }

    #[test]
    fn no_strings_in_a_policy_make_it_panic(
        action in ".{0,20}",
        resource in "(arn:)?[a-z*?:/${}]{0,30}",
        key in "(aws:|s3:)?.{0,12}",
        operator in "(ForAllValues:|ForAnyValue:)?(StringLike|ArnLike|Null|IpAddress)(IfExists)?",
        value in ".{0,12}",
        effect in select(vec!["Allow", "Deny"]),
        action_key in select(vec!["Action", "NotAction"]),
        resource_key in select(vec!["Resource", "NotResource"]),
    ) {
        let text = |text: &str| format!("\"{}\"", text.escape_default().to_string().replace("\\u{", "").replace(['\\', '"'], ""));
        let statement = format!(
            r#"{{"Effect": "{effect}", "{action_key}": [{}, "s3:*"], "{resource_key}": [{}],
                "Condition": {{"{operator}": {{{}: {}}}}}}}"#,
            text(&action), text(&resource), text(&key), text(&value),
        );
        let allowed = r#"{"Effect": "Allow", "Action": "*", "Resource": ["arn:aws:s3:::*"]}"#;
        judge_text(&document(&format!("{statement},{allowed}")));
    }

    #[test]
    fn places_are_inside_the_text(sketches in statements()) {
        let text = document(&written(&sketches));
        for finding in judge_text(&text) {
            let line = text.lines().nth(finding.line - 1).unwrap();
            prop_assert!(finding.column >= 1 && finding.column <= line.chars().count());
        }
    }
}

fn judge_text(text: &str) -> Vec<PolicyFinding> {
    crate::judged::judge_text(text, DocumentKind::Inline)
}
