//! The rule about what guards the trail: it names what the stack really makes.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::limits::{ACCOUNT, HASH, KEY, PROFILE, PROFILE_ROLE, required_of_guard, with};
use crate::render::{Stack, Template, text};
use crate::template;

const PROFILED: [(&str, &str); 2] = [
    ("InstanceProfileArn", PROFILE),
    ("InstanceProfileRoleArn", PROFILE_ROLE),
];
const BY_THEMSELVES: [(&str, &str); 2] = [
    ("AutomaticRemediation", "true"),
    ("InstanceAutomaticRemediation", "true"),
];
const WITHOUT_INSTANCES: (&str, &str) = ("DeployInstanceRule", "false");

/// Deployments in which other parts are there.
pub(crate) fn deployments() -> [Vec<(&'static str, &'static str)>; 9] {
    let [profile, role] = PROFILED;
    let [trail, instances] = BY_THEMSELVES;
    let others: [&[(&str, &str)]; 9] = [
        &[],
        &PROFILED,
        &[profile, role, trail, instances],
        &[WITHOUT_INSTANCES],
        &[profile, role, trail, instances, WITHOUT_INSTANCES],
        &[("EventMode", "off")],
        &[("GuardTrail", "minimal")],
        &[("NamePrefix", "audit"), ("RuleName", "trail-rule")],
        &[
            ("EncryptionKeyArn", KEY),
            ("DetachableRoleArns", PROFILE_ROLE),
        ],
    ];
    others.map(|more| [ACCOUNT, more].concat())
}

/// The names of all resources of a type that the stack has.
fn names(template: &Template, stack: &Stack<'_>, kind: &str, property: &str) -> BTreeSet<String> {
    let resources = template.section("Resources").iter();
    let of_kind = resources.filter(|(_, resource)| resource["Type"] == kind);
    let there = of_kind.filter_map(|(name, _)| stack.properties(name));
    there
        .map(|properties| text(&properties[property]))
        .collect()
}

/// The rules of EventBridge before the evaluator, and those that only tell people.
fn event_rules(template: &Template, stack: &Stack<'_>) -> (BTreeSet<String>, BTreeSet<String>) {
    let all = names(template, stack, "AWS::Events::Rule", "Name").into_iter();
    all.partition(|name| name.ends_with("-events"))
}

fn remediations(template: &Template, stack: &Stack<'_>) -> Vec<(String, bool)> {
    let resources = template.section("Resources").iter();
    let kind = "AWS::Config::RemediationConfiguration";
    let of_kind = resources.filter(|(_, resource)| resource["Type"] == kind);
    let there = of_kind.filter_map(|(name, _)| stack.properties(name));
    let mut all: Vec<_> = there
        .map(|one| {
            (
                text(&one["ConfigRuleName"]),
                one["Automatic"] == Value::Bool(true),
            )
        })
        .collect();
    all.sort();
    all
}

#[test]
fn the_guard_names_every_part_of_the_stack() {
    let template = template();
    for given in deployments() {
        let stack = template.render(&given);
        let wanted = required_of_guard(&stack);
        let named = |kind, property| names(&template, &stack, kind, property);
        let remediated: Vec<_> = wanted.remediated_rules.clone().into_iter().collect();
        assert_eq!(remediated, remediations(&template, &stack), "{given:?}");
        let trails = named("AWS::CloudTrail::Trail", "TrailName");
        assert_eq!(wanted.trails, trails, "{given:?}");
        let all = named("AWS::Config::ConfigRule", "ConfigRuleName");
        assert_eq!(wanted.config_rules, all, "{given:?}");
        let rules = (wanted.event_rules, wanted.notification_rules);
        assert_eq!(rules, event_rules(&template, &stack), "{given:?}");
        let functions: BTreeSet<String> = wanted
            .functions
            .union(&wanted.invoked_functions)
            .cloned()
            .collect();
        assert_eq!(functions, named("AWS::Lambda::Function", "FunctionName"));
        assert_eq!(
            wanted.runbooks,
            named("AWS::SSM::Document", "Name"),
            "{given:?}"
        );
        assert_eq!(
            wanted.roles,
            named("AWS::IAM::Role", "RoleName"),
            "{given:?}"
        );
        assert!(wanted.recorder && !wanted.repair && !wanted.guard_duty);
    }
}

/// What it may do besides looking is asked for one by one.
#[test]
fn the_guard_repairs_and_compares_only_where_it_is_asked_to() {
    let template = template();
    let asked = with(&[
        ("GuardRepair", "true"),
        ("WatchGuardDuty", "true"),
        ("BaselineSha256", HASH),
        ("TrailBucketOwner", "444455556666"),
    ]);
    let wanted = required_of_guard(&template.render(&asked));
    assert!(wanted.repair && wanted.guard_duty);
    let place = wanted.baseline().expect("a baseline");
    assert_eq!((place.sha256, place.bucket), (HASH, "audit-logs"));
    assert_eq!(wanted.baseline_owner.unwrap().to_string(), "444455556666");
    let without = with(&[("DeployGuardRule", "false")]);
    assert_eq!(template.render(&without).properties("GuardRule"), None);
}
