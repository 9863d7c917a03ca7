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
    wanted.name_prefix = Some("trailkeeper".to_owned());
    wanted.role_suffix = Some("eu-west-1".to_owned());
    wanted.baseline_sha256 = Some("ab".repeat(32));
    wanted.baseline_bucket = Some("amzn-s3-demo-audit".to_owned());
    wanted.baseline_region = "eu-west-1".parse().ok();
    wanted.baseline_owner = "444455556666".parse().ok();
    let texts = render_guard_requirements(&wanted);
    assert_eq!(texts.len(), known_parameters(RuleName::Guard).len() - 1);
    assert_eq!(parse_guard_requirements(&texts.into()).unwrap(), wanted);
}

/// A name in full needs no prefix, and without one a dash is a name's own.
#[test]
fn a_prefix_stands_before_names_that_begin_with_a_dash() {
    let names = json!({
        "configRules": "-a, b-c", "remediatedRules": "-a=auto,b", "eventRules": "-d,tk-e",
        "notificationRules": "-f", "functions": "-g", "invokedFunctions": "-h", "runbooks": "-i",
        "roles": "-j,-l-", "trails": "-k",
    });
    let read = |prefix: Option<&str>| {
        let mut parameters = names.as_object().unwrap().clone();
        parameters.extend(prefix.map(|text| ("namePrefix".to_owned(), text.into())));
        render_guard_requirements(
            &parse_guard_requirements(&RuleParameters::new(parameters)).unwrap(),
        )
    };
    let whole = [
        ("configRules", "b,b-c,tk-a"),
        ("eventRules", "tk-d,tk-e"),
        ("functions", "tk-g"),
        ("invokedFunctions", "tk-h"),
        ("namePrefix", "tk"),
        ("notificationRules", "tk-f"),
        ("remediatedRules", "b,tk-a=auto"),
        ("roles", "tk-j,tk-l-"),
        ("runbooks", "tk-i"),
        ("trails", "tk-k"),
    ];
    let whole = whole.map(|(key, text)| (key.to_owned(), text.to_owned()));
    assert_eq!(read(Some("tk")), whole.into());
    assert_eq!(read(None)["configRules"], "-a,b,b-c");
}

/// Only of roles: the name of a rule or a runbook may end with a dash.
#[test]
fn a_suffix_stands_behind_roles_that_end_with_a_dash() {
    let parameters = json!({
        "namePrefix": "tk", "roleSuffix": "eu-west-1", "roles": "-a-,b-,-c", "runbooks": "d-",
    });
    let wanted = parse_guard_requirements(&given(&parameters)).unwrap();
    let roles = ["b-eu-west-1", "tk-a-eu-west-1", "tk-c"].map(str::to_owned);
    assert_eq!(wanted.roles, roles.into());
    assert_eq!(wanted.runbooks, ["d-".to_owned()].into());
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
        (json!({ "namePrefix": "a b" }), "namePrefix takes how"),
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
