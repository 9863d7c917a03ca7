//! The patterns of the rules: no event without a rule, none without a handler.

use std::collections::BTreeSet;

use serde_json::json;
use trailkeeper_core::fast_path::{
    EVENTS, EventRow, EventScope, MOST_PATTERN_CHARACTERS, handler_of, patterns, patterns_of,
};

#[test]
fn the_patterns_of_the_product() {
    let seen: Vec<_> = patterns()
        .into_iter()
        .map(|pattern| (pattern.scope, pattern.json))
        .collect();
    let ec2 = json!({
        "source": ["aws.ec2"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventSource": ["ec2.amazonaws.com"],
            "eventName": [
                "RunInstances",
                "AssociateIamInstanceProfile",
                "ReplaceIamInstanceProfileAssociation",
                "DisassociateIamInstanceProfile",
            ],
        },
    });
    let iam = json!({
        "source": ["aws.iam"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventSource": ["iam.amazonaws.com"],
            "eventName": [
                "PutRolePolicy",
                "DeleteRolePolicy",
                "AttachRolePolicy",
                "DetachRolePolicy",
                "PutRolePermissionsBoundary",
                "DeleteRolePermissionsBoundary",
                "DeleteRole",
                "CreatePolicyVersion",
                "SetDefaultPolicyVersion",
                "AddRoleToInstanceProfile",
                "RemoveRoleFromInstanceProfile",
                "DeleteInstanceProfile",
            ],
        },
    });
    assert_eq!(
        seen,
        [(EventScope::Regional, ec2), (EventScope::Global, iam)]
    );
}

/// The events that a set of rules matches, as (source, event source, name).
fn matched(rows: &[EventRow]) -> Vec<(String, String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let mut all = Vec::new();
    for pattern in patterns_of(rows) {
        let json = &pattern.json;
        for name in json["detail"]["eventName"].as_array().unwrap() {
            let (source, service) = (&json["source"][0], &json["detail"]["eventSource"][0]);
            all.push((text(source), text(service), text(name)));
        }
    }
    all
}

#[test]
fn patterns_and_handlers_are_the_same_events() {
    let matched = matched(EVENTS);
    let unique: BTreeSet<_> = matched.iter().collect();
    assert_eq!(matched.len(), EVENTS.len());
    assert_eq!(
        unique.len(),
        EVENTS.len(),
        "an event stands twice in the table"
    );
    for (source, service, name) in &matched {
        assert!(handler_of(source, service, name).is_some(), "{name}");
    }
    assert_eq!(
        handler_of("aws.iam", "iam.amazonaws.com", "CreateRole"),
        None
    );
}

#[test]
fn a_long_list_is_split_at_the_quota() {
    let names: Vec<String> = (0..200)
        .map(|number| format!("PutSomethingLonger{number:03}"))
        .collect();
    let rows: Vec<EventRow> = names
        .iter()
        .map(|name| EventRow {
            event_name: Box::leak(name.clone().into_boxed_str()),
            ..EVENTS[4]
        })
        .collect();
    let patterns = patterns_of(&rows);
    assert!(patterns.len() > 1);
    for pattern in &patterns {
        let length = pattern.json.to_string().chars().count();
        assert!(length <= MOST_PATTERN_CHARACTERS, "{length}");
    }
    let seen: Vec<String> = matched(&rows)
        .into_iter()
        .map(|(_, _, name)| name)
        .collect();
    assert_eq!(seen, names);
}

/// The template that forwards IAM's events names those of the table, in its order.
#[test]
fn the_template_forwards_the_global_events() {
    let template = include_str!("../../../../cloudformation/global-events.yaml");
    let after = |start| template.split_once(start).map(|(_, rest)| rest).unwrap();
    let names: Vec<&str> = after("          eventName:\n")
        .lines()
        .map_while(|line| line.strip_prefix("            - "))
        .collect();
    let [global] = patterns()
        .into_iter()
        .filter(|pattern| pattern.scope == EventScope::Global)
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    assert_eq!(global.json["detail"]["eventName"], json!(names));
    let rest = after("EventPattern:\n");
    for (name, value) in [
        ("source", &global.json["source"][0]),
        ("detail-type", &global.json["detail-type"][0]),
        ("  eventSource", &global.json["detail"]["eventSource"][0]),
    ] {
        let line = format!("        {name}: [{}]\n", value.as_str().unwrap());
        assert!(rest.contains(&line), "{line}");
    }
}
