//! The rule's parameters: what they require, and how mistakes are told.

use std::collections::BTreeSet;

use jiff::civil::date;
use proptest::prelude::*;
use serde_json::{Value, json};
use trailkeeper_core::config_rule::{
    RuleName, RuleParameters, dispatch, known_parameters, parse_instance_requirements,
    parse_requirements, render_instance_requirements,
};
use trailkeeper_core::instance_profile::{Exemption, ManagedPolicies, Requirements};
use trailkeeper_core::{Code, Severity};

use crate::support::arn;

fn given(value: &Value) -> RuleParameters {
    RuleParameters::new(value.as_object().unwrap().clone())
}

fn required(value: &Value) -> Requirements {
    parse_instance_requirements(&given(value)).unwrap()
}

fn refused(value: &Value) -> String {
    let error = parse_instance_requirements(&given(value)).unwrap_err();
    assert_eq!(error.finding().code, Code::BadParameter);
    error.to_string()
}

#[test]
fn without_parameters_the_defaults_hold() {
    let keys = known_parameters(RuleName::InstanceProfile);
    assert_eq!(
        keys,
        [
            "allowedProfileArns",
            "wildcardActions",
            "wildcardResources",
            "awsManagedPolicies",
            "minimumSeverity",
            "exemptRoles",
            "rule"
        ]
    );
    let empty = |value: Value| -> Value {
        let keys = keys.iter().filter(|key| **key != "rule");
        keys.map(|key| ((*key).to_owned(), value.clone())).collect()
    };
    for parameters in [
        json!({}),
        json!({ "rule": "instance-profile" }),
        empty(json!("")),
        empty(json!(null)),
        empty(json!("  ")),
    ] {
        assert_eq!(required(&parameters), Requirements::default());
    }
    let default = Requirements::default();
    assert_eq!(default.minimum_severity, Severity::Medium);
    assert!(default.wildcard_actions && default.wildcard_resources);
}

#[test]
fn every_parameter_is_read() {
    let seen = required(&json!({
        "allowedProfileArns": " arn:aws:iam::111122223333:instance-profile/a/b/web , arn:aws-cn:iam::111122223333:instance-profile/batch,",
        "wildcardActions": "FALSE",
        "wildcardResources": false,
        "awsManagedPolicies": "Ignore",
        "minimumSeverity": "HIGH",
        "exemptRoles": "arn:aws:iam::111122223333:role/x/legacy@2026-12-31, arn:aws:iam::111122223333:role/odd@name@2027-01-01",
    }));
    let exemption = |role: &str, last_day| Exemption {
        role: arn(role),
        last_day,
    };
    let expected = Requirements {
        allowed_profiles: BTreeSet::from([
            arn("arn:aws:iam::111122223333:instance-profile/a/b/web"),
            arn("arn:aws-cn:iam::111122223333:instance-profile/batch"),
        ]),
        wildcard_actions: false,
        wildcard_resources: false,
        aws_managed: ManagedPolicies::Ignore,
        minimum_severity: Severity::High,
        exempt_roles: BTreeSet::from([
            exemption(
                "arn:aws:iam::111122223333:role/x/legacy",
                date(2026, 12, 31),
            ),
            exemption("arn:aws:iam::111122223333:role/odd@name", date(2027, 1, 1)),
        ]),
    };
    assert_eq!(seen, expected);
}

#[test]
fn mistakes_are_told_with_the_key() {
    let role = "arn:aws:iam::111122223333:role/app";
    let cases = [
        (
            json!({"wildcardAction": "true"}),
            "wildcardAction is not a parameter; did you mean wildcardActions?",
        ),
        (
            json!({"minSeverity": "low"}),
            "minSeverity is not a parameter; did you mean minimumSeverity?",
        ),
        (
            json!({"requireKms": "true"}),
            "requireKms is a parameter of cloudtrail-enabled, not of instance-profile",
        ),
        (
            json!({"wildcardActions": "yes"}),
            "wildcardActions takes true or false, not `yes`",
        ),
        (
            json!({"awsManagedPolicies": "skip"}),
            "awsManagedPolicies takes judge or ignore, not `skip`",
        ),
        (
            json!({"minimumSeverity": "severe"}),
            "minimumSeverity takes info, advisory, low, medium, high or critical, not `severe`",
        ),
        (
            json!({"allowedProfileArns": "web-tier"}),
            "allowedProfileArns takes ARNs of instance profiles",
        ),
        (
            json!({"allowedProfileArns": role}),
            "allowedProfileArns takes ARNs of instance profiles",
        ),
        (
            json!({"allowedProfileArns": ", ,"}),
            "allowedProfileArns takes ARNs of instance profiles",
        ),
        (
            json!({"allowedProfileArns": ["a"]}),
            "allowedProfileArns takes a single text",
        ),
        (
            json!({"exemptRoles": role}),
            "exemptRoles takes role ARNs, each with its last day",
        ),
        (
            json!({"exemptRoles": format!("{role}@soon")}),
            "exemptRoles takes role ARNs",
        ),
        (
            json!({"exemptRoles": format!("{role}@2026-02-30")}),
            "exemptRoles takes role ARNs",
        ),
        (
            json!({"exemptRoles": format!("{role}@20261231")}),
            "exemptRoles takes role ARNs",
        ),
        (
            json!({"exemptRoles": format!("{role}@2026-12-31T00:00")}),
            "exemptRoles takes role ARNs",
        ),
        (
            json!({"exemptRoles": "app@2026-12-31"}),
            "exemptRoles takes role ARNs",
        ),
        (
            json!({"exemptRoles": "x".repeat(1100)}),
            "ruleParameters are longer than 1024 characters",
        ),
    ];
    for (parameters, expected) in cases {
        let told = refused(&parameters);
        let start = format!("bad-parameter: {expected}");
        assert!(told.starts_with(&start), "{parameters}: {told}");
    }
    let other = parse_requirements(&given(&json!({ "exemptRoles": "" }))).unwrap_err();
    assert!(
        other
            .to_string()
            .ends_with("a parameter of instance-profile, not of cloudtrail-enabled")
    );
}

#[test]
fn the_rule_is_found_by_its_name() {
    let cases = [
        (json!({}), "instance-profile", true),
        (json!({}), "OrgConfigRule-instance-profile-abc123", true),
        (json!({"rule": "instance-profile"}), "anything", true),
        (
            json!({"rule": "instance-profile"}),
            "cloudtrail-enabled",
            true,
        ),
        (json!({}), "instance-profiles", false),
        (json!({}), "instance-profile-cloudtrail-enabled", false),
    ];
    for (parameters, name, expected) in cases {
        let seen = dispatch(&given(&parameters), name).ok();
        let expected = expected.then_some(RuleName::InstanceProfile);
        assert_eq!(seen, expected, "{parameters} {name}");
    }
}

prop_compose! {
    fn requirements()(
        profiles in prop::collection::btree_set("[a-z]{1,8}(/[a-z]{1,8}){0,2}", 0..4),
        flags in any::<(bool, bool, bool)>(),
        severity in 0..Severity::ALL.len(),
        exempt in prop::collection::btree_map("[a-z@]{1,8}", 0..20_000_i64, 0..4),
    ) -> Requirements {
        let iam = |kind: &str, name: &String| arn(&format!("arn:aws:iam::111122223333:{kind}/{name}"));
        Requirements {
            allowed_profiles: profiles.iter().map(|name| iam("instance-profile", name)).collect(),
            wildcard_actions: flags.0,
            wildcard_resources: flags.1,
            aws_managed: if flags.2 { ManagedPolicies::Judge } else { ManagedPolicies::Ignore },
            minimum_severity: *Severity::ALL.get(severity).unwrap(),
            exempt_roles: exempt.iter().map(|(name, day)| Exemption {
                role: iam("role", name),
                last_day: date(2026, 1, 1).checked_add(jiff::Span::new().days(*day)).unwrap(),
            }).collect(),
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(wanted in requirements()) {
        let texts = render_instance_requirements(&wanted);
        let seen = parse_instance_requirements(&RuleParameters::from(texts.clone())).unwrap();
        prop_assert_eq!(seen, wanted);
        prop_assert!(texts.values().all(|text| !text.is_empty()));
    }
}

#[test]
fn what_is_the_default_is_not_written() {
    assert!(render_instance_requirements(&Requirements::default()).is_empty());
}
