//! What an intruder can change of the guard: the pattern of a rule of EventBridge, the policy of a
//! function, a filter of GuardDuty.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use trailkeeper_core::facts::{
    EventRuleFacts, EventTargetFacts, FunctionFacts, takes_in_stopped_trails,
};
use trailkeeper_core::fast_path::{Concerns, events, hears};
use trailkeeper_core::guard::{GuardView, Requirements, examine};
use trailkeeper_core::{Caller, Code, Fact};

use crate::input::target;
use crate::shown::assert_told;

const FUNCTION: &str = "evaluator";
const ARN: &str = "arn:aws:lambda:us-east-1:111122223333:function:evaluator";

// A pattern that hears less than all is told of, and no further field ever makes it hear more.
target!(event_pattern, 400, |text| {
    let pattern: Value = serde_json::from_str(text).unwrap_or_default();
    let with = |name: &str, filter: Value| {
        let mut pattern = pattern.clone();
        if let Value::Object(fields) = &mut pattern {
            fields.insert(name.to_owned(), filter);
        }
        pattern
    };
    let deaf = [
        with("source", json!([])),
        with("account", json!(["444455556666"])),
        with("detail", json!({"userIdentity": {"type": ["Root"]}})),
    ];
    let mut is_all_heard = true;
    for row in events() {
        is_all_heard &= hears(&pattern, row) || row.handler.concerns() == Concerns::Instances;
        assert!(!deaf.iter().any(|pattern| hears(pattern, row)), "{text}");
    }
    let requirements = Requirements {
        event_rules: names(&["events"]),
        invoked_functions: names(&[FUNCTION]),
        ..Requirements::default()
    };
    let rule = EventRuleFacts {
        name: "events".to_owned(),
        state: "ENABLED".to_owned(),
        pattern: Some(text.to_owned()),
        targets: EventTargetFacts::of_answer(&json!({"Id": "1", "Arn": ARN}))
            .into_iter()
            .collect(),
    };
    let view = GuardView {
        event_rules: known("events", rule),
        ..GuardView::default()
    };
    let found = found(&requirements, &view);
    assert_eq!(
        !found.contains(&Code::EventRuleChanged),
        is_all_heard,
        "{text}"
    );
});

// Nobody is let in by what cannot be read, nor past a Deny.
target!(function_policy, 600, |text| {
    let is_shut = |policy: Option<String>| {
        let requirements = Requirements {
            config_rules: names(&["rule"]),
            invoked_functions: names(&[FUNCTION]),
            ..Requirements::default()
        };
        let function = FunctionFacts {
            arn: ARN.parse().expect("an ARN"),
            code_sha256: String::new(),
            role: String::new(),
            environment: BTreeMap::new(),
            reserved_concurrency: None,
            policy,
            settings: BTreeMap::new(),
        };
        let view = GuardView {
            functions: known(FUNCTION, function),
            ..GuardView::default()
        };
        found(&requirements, &view).contains(&Code::FunctionPermissionMissing)
    };
    let is_open = !is_shut(Some(text.to_owned()));
    assert!(is_shut(None));
    let Ok(mut policy) = serde_json::from_str::<Value>(text) else {
        return assert!(!is_open, "{text}");
    };
    assert!(!is_open || policy.to_string().contains("Allow"), "{text}");
    let deny = json!({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"});
    if let Some(statements) = policy.get_mut("Statement") {
        match statements {
            Value::Array(all) => all.push(deny),
            one => *one = json!([one.clone(), deny]),
        }
        assert!(is_shut(Some(policy.to_string())), "{text}");
    }
});

// A filter by anything but the type may take the finding in; one that leaves its type out does not.
target!(finding_filter, 1_000, |text| {
    const ABOUT: &str = "Stealth:IAMUser/CloudTrailLoggingDisabled";
    let criteria: Value = serde_json::from_str(text).unwrap_or_default();
    let takes = takes_in_stopped_trails(&criteria);
    let of_type = |kind: &Map<String, Value>| json!({"Criterion": {"TYPE": kind}});
    let kind = criteria
        .pointer("/criterion/type")
        .and_then(Value::as_object);
    let mut kind = kind.cloned().unwrap_or_default();
    for name in ["neq", "notEquals", "notMatches"] {
        let mut without = kind.clone();
        without.retain(|key, _| !key.eq_ignore_ascii_case(name));
        without.insert(name.to_owned(), json!([ABOUT]));
        assert!(!takes_in_stopped_trails(&of_type(&without)), "{text}");
    }
    kind.retain(|key, _| {
        !["neq", "notequals", "notmatches"].contains(&key.to_lowercase().as_str())
    });
    for (name, values) in &mut kind {
        if ["eq", "equals", "matches"].contains(&name.to_lowercase().as_str()) {
            *values = json!(["other", ABOUT]);
        }
    }
    assert!(takes_in_stopped_trails(&of_type(&kind)), "{text}");
    let mut more = criteria;
    if let Some(Value::Object(criterion)) = more.get_mut("criterion") {
        criterion.insert("severity".to_owned(), json!({"eq": ["8"]}));
        assert_eq!(takes_in_stopped_trails(&more), takes, "{text}");
    }
});

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn known<T>(name: &str, part: T) -> BTreeMap<String, Fact<Option<T>>> {
    BTreeMap::from([(name.to_owned(), Fact::Known(Some(part)))])
}

/// The codes of what is found, all of it fit to be told.
fn found(requirements: &Requirements, view: &GuardView) -> Vec<Code> {
    let caller = Caller {
        account: "111122223333".parse().expect("an account"),
        region: "us-east-1".parse().expect("a Region"),
        partition: "aws".to_owned(),
    };
    let found = examine(requirements, &caller, view, None, Timestamp::UNIX_EPOCH);
    for finding in &found {
        assert_told(&finding.to_string());
    }
    found.iter().map(|finding| finding.code).collect()
}
