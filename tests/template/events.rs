//! The rules of EventBridge: the events that are handled, and what becomes of those that fail.

use std::collections::BTreeSet;

use serde_json::Value;
use trailkeeper_core::fast_path::{EventScope, MOST_PATTERN_CHARACTERS, patterns};

use crate::render::{Stack, Template, list, text};
use crate::template;

const RULES: [(&str, EventScope, &str); 2] = [
    (
        "InstanceEvents",
        EventScope::Regional,
        "InstanceEventsPermission",
    ),
    ("RoleEvents", EventScope::Global, "RoleEventsPermission"),
];

fn rule(stack: &Stack<'_>, name: &str) -> Value {
    stack.properties(name).expect("is deployed")
}

/// The other direction: no rule of the stack sends the evaluator anything else.
fn rules_that_reach_the_evaluator(template: &Template) -> BTreeSet<String> {
    let stack = template.render(&[]);
    let resources = template.section("Resources").iter();
    let rules = resources.filter(|(_, resource)| resource["Type"] == "AWS::Events::Rule");
    let reaching = rules.filter(|(name, _)| {
        let rule = stack.properties(name).expect("is deployed");
        let targets = list(&rule["Targets"]).iter();
        targets
            .map(|target| text(&target["Arn"]))
            .any(|arn| arn.ends_with("-evaluator"))
    });
    reaching.map(|(name, _)| name.clone()).collect()
}

#[test]
fn the_patterns_are_those_of_the_table() {
    let template = template();
    let stack = template.render(&[]);
    let patterns = patterns();
    assert_eq!(patterns.len(), RULES.len());
    for (name, scope, _) in RULES {
        let expected = patterns
            .iter()
            .find(|pattern| pattern.scope == scope)
            .unwrap();
        let pattern = &rule(&stack, name)["EventPattern"];
        assert_eq!(*pattern, expected.json, "{name}");
        assert!(pattern.to_string().chars().count() <= MOST_PATTERN_CHARACTERS);
    }
    let expected = RULES.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(rules_that_reach_the_evaluator(&template), expected);
}

/// An event is tried again for an hour, and kept where that did not help.
#[test]
fn events_reach_the_evaluator_or_the_queue() {
    let template = template();
    let stack = template.render(&[]);
    let letters = rule(&stack, "DeadLettersPolicy");
    let [statement] = list(&letters["PolicyDocument"]["Statement"]).as_slice() else {
        panic!("one statement")
    };
    let sources = &statement["Condition"]["ArnEquals"]["aws:SourceArn"];
    let sources: Vec<String> = list(sources).iter().map(text).collect();
    for ((name, _, permission), source) in RULES.iter().zip(&sources) {
        let rule = rule(&stack, name);
        let [target] = list(&rule["Targets"]).as_slice() else {
            panic!("{name}: one target")
        };
        let permission = stack.properties(permission).expect("is deployed");
        assert_eq!(permission["Principal"], "events.amazonaws.com");
        assert_eq!(permission["FunctionName"], target["Arn"]);
        assert_eq!(permission["SourceArn"], source.as_str(), "{name}");
        assert!(source.ends_with(&text(&rule["Name"])), "{source}");
        assert_eq!(target["DeadLetterConfig"]["Arn"], statement["Resource"]);
        assert_eq!(target["RetryPolicy"]["MaximumEventAgeInSeconds"], 3600);
        assert!(target["RetryPolicy"]["MaximumRetryAttempts"].as_u64() > Some(0));
    }
    assert_eq!(sources.len(), RULES.len());
}

/// What the function reads from its environment is what the stack has.
#[test]
fn the_evaluator_knows_topic_and_rules() {
    let template = template();
    let variables = |given| {
        let evaluator = template.render(given).properties("Evaluator").unwrap();
        evaluator["Environment"]["Variables"].clone()
    };
    let all = variables(&[]);
    let stack = template.render(&[]);
    assert_eq!(all["TRAILKEEPER_MODE"], "notify");
    let topic = stack.properties("NotificationSubscription");
    assert_eq!(topic, None, "no address is known");
    let topic = "arn:PARTITION:sns:REGION:ACCOUNT:trailkeeper-notifications";
    assert_eq!(all["TRAILKEEPER_TOPIC_ARN"], topic);
    let rule = |name| rule(&stack, name)["ConfigRuleName"].clone();
    assert_eq!(all["TRAILKEEPER_CONFIG_RULE"], rule("TrailRule"));
    assert_eq!(
        all["TRAILKEEPER_INSTANCE_CONFIG_RULE"],
        rule("InstanceRule")
    );

    let none = variables(&[
        ("DeployTrailRule", "false"),
        ("DeployInstanceRule", "false"),
    ]);
    for name in ["TOPIC_ARN", "CONFIG_RULE", "INSTANCE_CONFIG_RULE"] {
        assert_eq!(none.get(format!("TRAILKEEPER_{name}")), None, "{name}");
    }
}

/// Off is off: nothing invokes the function, nothing is granted for it.
#[test]
fn events_can_be_turned_off() {
    let template = template();
    let stack = template.render(&[("EventMode", "off")]);
    for (name, _, permission) in RULES {
        assert_eq!(stack.properties(name), None);
        assert_eq!(stack.properties(permission), None);
    }
    assert_eq!(stack.properties("DeadLettersPolicy"), None);
    assert!(stack.properties("InstanceRule").is_some());
}
