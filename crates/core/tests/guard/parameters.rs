//! The parameters of the rule.

use serde_json::{Value, json};
use trailkeeper_core::config_rule::{
    RuleName, RuleParameters, dispatch, known_parameters, parse_guard_requirements,
    render_guard_requirements,
};

use crate::support::requirements;

fn given(value: &Value) -> RuleParameters {
    RuleParameters::new(value.as_object().unwrap().clone())
}

#[test]
fn rendered_parameters_require_the_same() {
    let mut wanted = requirements();
    wanted.repair = true;
    wanted.recorder = false;
    wanted.baseline_sha256 = Some("ab".repeat(32));
    wanted.baseline_bucket = Some("amzn-s3-demo-audit".to_owned());
    wanted.baseline_region = "eu-west-1".parse().ok();
    wanted.baseline_owner = "444455556666".parse().ok();
    let texts = render_guard_requirements(&wanted);
    assert_eq!(texts.len(), known_parameters(RuleName::Guard).len() - 1);
    assert_eq!(parse_guard_requirements(&texts.into()).unwrap(), wanted);
}

#[test]
fn the_rule_is_known_by_its_name() {
    let cases = [
        (json!({ "rule": "guard" }), "x", true),
        (json!({}), "trailkeeper-guard", true),
        (json!({}), "trailkeeper-guardian", false),
    ];
    for (parameters, name, expected) in cases {
        let rule = dispatch(&given(&parameters), name).ok();
        assert_eq!(rule == Some(RuleName::Guard), expected, "{name}");
    }
}

#[test]
fn bad_values_are_told_with_their_key() {
    let hash = "ab".repeat(32);
    let cases = [
        (json!({ "configRules": "," }), "configRules takes names"),
        (json!({ "roles": "a b" }), "roles takes names"),
        (
            json!({ "remediatedRules": "r=manual" }),
            "remediatedRules takes names of rules",
        ),
        (
            json!({ "baselineSha256": "abc" }),
            "baselineSha256 takes a SHA-256",
        ),
        (
            json!({ "baselineSha256": hash }),
            "baselineBucket is given together",
        ),
        (
            json!({ "baselineBucket": "amzn-s3-demo" }),
            "baselineSha256 is given together",
        ),
        (
            json!({ "eventRule": "x" }),
            "eventRule is not a parameter; did you mean eventRules?",
        ),
        (
            json!({ "trailName": "x" }),
            "trailName is a parameter of cloudtrail-enabled",
        ),
    ];
    for (parameters, expected) in cases {
        let error = parse_guard_requirements(&given(&parameters)).unwrap_err();
        let text = error.to_string();
        assert!(
            text.starts_with(&format!("bad-parameter: {expected}")),
            "{text}"
        );
    }
}
