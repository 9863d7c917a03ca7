//! What the rules of EventBridge hear is what the guard demands of them: nobody is told of a rule
//! that the stack lacks on purpose, and everybody of one that hears less than the stack's.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use trailkeeper_core::config_rule::RuleParameters;
use trailkeeper_core::facts::{
    ConfigRuleFacts, EventRuleFacts, EventTargetFacts, Fact, FunctionFacts, RemediationFacts,
};
use trailkeeper_core::finding::Code;
use trailkeeper_core::guard::{
    GuardView, Requirements, examine, failure_pattern, silencing_pattern, verdict_pattern,
};
use trailkeeper_core::{Caller, Finding};

use crate::guard::deployments;
use crate::limits::{required_of_guard, with};
use crate::render::{Stack, Template, list, object, text};
use crate::template;

type Parts<T> = BTreeMap<String, Fact<Option<T>>>;

/// The stack's resources of a type, as the guard sees them.
fn parts<T>(
    template: &Template,
    stack: &Stack<'_>,
    kind: &str,
    part: impl Fn(&Value) -> (String, T),
) -> Parts<T> {
    let resources = template.section("Resources").iter();
    let of_kind = resources.filter(|(_, resource)| resource["Type"] == kind);
    let there = of_kind.filter_map(|(name, _)| stack.properties(name));
    there
        .map(|properties| part(&properties))
        .map(|(name, part)| (name, Fact::Known(Some(part))))
        .collect()
}

fn texts(map: &Map<String, Value>) -> BTreeMap<String, String> {
    let entries = map.iter();
    entries
        .map(|(key, value)| (key.clone(), text(value)))
        .collect()
}

fn config_rule(rule: &Value) -> (String, ConfigRuleFacts) {
    let name = text(&rule["ConfigRuleName"]);
    let facts = ConfigRuleFacts {
        name: name.clone(),
        parameters: RuleParameters::from(texts(object(&rule["InputParameters"]))),
        source: None,
        state: Some("ACTIVE".to_owned()),
        settings: BTreeMap::new(),
    };
    (name, facts)
}

fn event_rule(rule: &Value) -> (String, EventRuleFacts) {
    let name = text(&rule["Name"]);
    let targets = list(&rule["Targets"]).iter();
    let facts = EventRuleFacts {
        name: name.clone(),
        state: "ENABLED".to_owned(),
        pattern: Some(rule["EventPattern"].to_string()),
        targets: targets
            .map(|one| EventTargetFacts::of_answer(one).unwrap())
            .collect(),
    };
    (name, facts)
}

fn function(function: &Value) -> (String, FunctionFacts) {
    let name = text(&function["FunctionName"]);
    let arn = format!("arn:aws:lambda:eu-west-1:111122223333:function:{name}");
    let facts = FunctionFacts {
        arn: arn.parse().unwrap(),
        code_sha256: String::new(),
        role: text(&function["Role"]),
        environment: texts(object(&function["Environment"]["Variables"])),
        reserved_concurrency: None,
        policy: None,
        settings: BTreeMap::new(),
    };
    (name, facts)
}

fn remediation(remediation: &Value) -> (String, RemediationFacts) {
    let rule = text(&remediation["ConfigRuleName"]);
    let facts = RemediationFacts {
        rule: rule.clone(),
        document: text(&remediation["TargetId"]),
        version: None,
        automatic: remediation["Automatic"] == Value::Bool(true),
        parameters: BTreeMap::new(),
        resource_parameter: None,
        settings: BTreeMap::new(),
    };
    (rule, facts)
}

fn view(template: &Template, stack: &Stack<'_>) -> GuardView {
    GuardView {
        config_rules: parts(template, stack, "AWS::Config::ConfigRule", config_rule),
        event_rules: parts(template, stack, "AWS::Events::Rule", event_rule),
        functions: parts(template, stack, "AWS::Lambda::Function", function),
        remediations: parts(
            template,
            stack,
            "AWS::Config::RemediationConfiguration",
            remediation,
        ),
        ..GuardView::default()
    }
}

/// What is said of the rules of EventBridge.
fn told(stack: &Stack<'_>, view: &GuardView) -> Vec<Finding> {
    let caller = Caller {
        account: "111122223333".parse().unwrap(),
        region: "eu-west-1".parse().unwrap(),
        partition: "aws".to_owned(),
    };
    let now = "2026-03-02T10:00:00Z".parse().unwrap();
    let findings = examine(&required_of_guard(stack), &caller, view, None, now);
    let of_events = [Code::EventRuleOff, Code::EventRuleChanged];
    let told = findings.into_iter();
    told.filter(|finding| of_events.contains(&finding.code))
        .collect()
}

/// Each value of a list of several, and the pattern without it.
fn narrowed(pattern: &Value) -> Vec<(String, Value)> {
    let lists = [
        "/source",
        "/detail/eventSource",
        "/detail/eventName",
        "/detail/configRuleName",
        "/detail/Definition",
        "/detail/Status",
    ];
    let mut all = Vec::new();
    for pointer in lists {
        let values = pattern.pointer(pointer).map(list);
        let several = values
            .filter(|values| values.len() > 1)
            .into_iter()
            .flatten();
        for gone in several {
            let mut less = pattern.clone();
            let values = less.pointer_mut(pointer).and_then(Value::as_array_mut);
            values.unwrap().retain(|value| value != gone);
            let gone = gone
                .as_str()
                .map_or_else(|| gone.to_string(), str::to_owned);
            all.push((gone, less));
        }
    }
    all
}

#[test]
fn the_guard_has_nothing_to_say_of_any_deployment() {
    let template = template();
    for given in deployments() {
        let stack = template.render(&given);
        assert_eq!(told(&stack, &view(&template, &stack)), [], "{given:?}");
    }
}

/// What the pattern names that this deployment does not have: the runbooks of a rule about
/// instances that is not there. Nobody misses them.
fn is_unused(gone: &str, wanted: &Requirements) -> bool {
    let instances = [
        "Trailkeeper-AttachInstanceProfile",
        "Trailkeeper-DetachPolicy",
    ];
    instances.contains(&gone) && !wanted.runbooks.contains(gone)
}

/// Without a baseline, and whichever value of whichever rule is gone.
#[test]
fn every_narrowed_pattern_is_told() {
    let template = template();
    for given in deployments() {
        let stack = template.render(&given);
        let whole = view(&template, &stack);
        let wanted = required_of_guard(&stack);
        for name in wanted.event_rules.union(&wanted.notification_rules) {
            let Some(Fact::Known(Some(rule))) = whole.event_rules.get(name) else {
                panic!("{name} is not there");
            };
            let pattern: Value = serde_json::from_str(rule.pattern.as_deref().unwrap()).unwrap();
            for (gone, less) in narrowed(&pattern) {
                let mut rule = rule.clone();
                rule.pattern = Some(less.to_string());
                let mut view = whole.clone();
                view.event_rules
                    .insert(name.clone(), Fact::Known(Some(rule)));
                let told = told(&stack, &view);
                assert_eq!(
                    told.is_empty(),
                    is_unused(&gone, &wanted),
                    "{name} {gone}: {told:?}"
                );
            }
        }
    }
}

/// The patterns are the code's.
#[test]
fn the_rules_that_tell_people_match_what_the_code_says() {
    let template = template();
    let pattern = |given: &[(&str, &str)], rule: &str| {
        let rule = template.render(given).properties(rule);
        rule.expect("is deployed")["EventPattern"].clone()
    };
    let [attach, detach] = [
        "Trailkeeper-AttachInstanceProfile",
        "Trailkeeper-DetachPolicy",
    ];
    let restore = "Trailkeeper-RestoreCloudTrail";
    let own = ["trailkeeper-cloudtrail-enabled", "trailkeeper-guard"];
    assert_eq!(pattern(&with(&[]), "VerdictEvents"), verdict_pattern(&own));
    let alone = with(&[("DeployGuardRule", "false")]);
    assert_eq!(pattern(&alone, "VerdictEvents"), verdict_pattern(&own[..1]));
    let all = failure_pattern(&[restore, attach, detach]);
    assert_eq!(pattern(&with(&[]), "FailedRunbookEvents"), all);
    assert_eq!(
        pattern(&with(&[]), "SilencingEvents"),
        silencing_pattern(
            "trailkeeper-evaluator",
            "trailkeeper-",
            "trailkeeper-evaluator-eu-west-1"
        )
    );
    let [_, _, by_themselves, ..] = deployments();
    let without = failure_pattern(&[restore, detach]);
    assert_eq!(pattern(&by_themselves, "FailedRunbookEvents"), without);
}
