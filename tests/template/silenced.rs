//! Calls that can silence the evaluator reach the topic without it, and no other call does.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::{Value, json};
use trailkeeper_core::fast_path::{Handler, MOST_PATTERN_CHARACTERS, events, plain_name};
use trailkeeper_sandbox::seed::{BucketSeed, EventRuleSeed, RoleSeed, TrailSeed};
use trailkeeper_sandbox::{Call, Function, Sandbox, World};

use crate::limits::{largest, with};
use crate::render::text;
use crate::template;

const ACCOUNT: &str = "111122223333";
/// Where IAM's events appear too.
const REGION: &str = "us-east-1";
const BUCKET: &str = "audit-logs";
const RULE: &str = "SilencingEvents";
const EVALUATOR: &str = "trailkeeper-evaluator";
const ROLE: &str = "trailkeeper-evaluator-us-east-1";

/// Stands in the topic's place and keeps the names of the calls that it is told of.
#[derive(Default)]
struct Told(Mutex<Vec<String>>);

#[async_trait]
impl Function for Told {
    async fn invoke(&self, event: Value) -> Result<Value, Value> {
        let name = text(&event["detail"]["eventName"]);
        self.0.lock().unwrap().push(name);
        Ok(Value::Null)
    }
}

/// An account whose trail records, with the evaluator and another function, their roles, the
/// stack's rule about them and one about the guard's own events.
fn account() -> (Sandbox, Arc<Told>) {
    let now = "2026-03-02T09:57:12Z".parse().unwrap();
    let mut world = World::new(ACCOUNT, REGION, now);
    world.seed_bucket(BucketSeed {
        name: BUCKET.to_owned(),
        ..BucketSeed::default()
    });
    world.seed_trail(TrailSeed::healthy("org-audit", REGION, BUCKET, now));
    for name in [EVALUATOR, "another-trailkeeper-evaluator"] {
        world.seed_function(name, Some("live"));
    }
    for name in [ROLE, "trailkeeper-evaluator-eu-west-1"] {
        world.seed_role(RoleSeed::new(name));
    }
    let template = template();
    let stack = template.render(&with(&[("AWS::Region", REGION)]));
    let rule = stack.properties(RULE).expect("is deployed");
    let arn = |name: &str| format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}");
    let seed = |name: &str, pattern: &str, target| {
        EventRuleSeed::enabled(name, REGION, pattern, &arn(target))
    };
    let pattern = rule["EventPattern"].to_string();
    assert!(world.seed_event_rule(seed(&text(&rule["Name"]), &pattern, "told")));
    for name in ["trailkeeper-guard-events", "another-rule"] {
        let nothing = r#"{"source": ["nobody"]}"#;
        assert!(world.seed_event_rule(seed(name, nothing, EVALUATOR)));
    }
    let sandbox = Sandbox::new(world);
    let told = Arc::new(Told::default());
    sandbox.register_function("told", told.clone());
    (sandbox, told)
}

/// The calls that the topic is told of after this one.
async fn told_of(service: &str, operation: &str, input: Value) -> Vec<String> {
    let (sandbox, told) = account();
    let call = Call::new(service, operation, REGION, input);
    let _answer = sandbox.call(call).await;
    sandbox.settle().await;
    std::mem::take(&mut told.0.lock().unwrap())
}

fn concurrency(function: &str) -> Value {
    json!({ "FunctionName": function, "ReservedConcurrentExecutions": 0 })
}

#[tokio::test]
async fn what_silences_the_evaluator_is_told() {
    let arn = format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{EVALUATOR}");
    let policy = json!({ "RoleName": ROLE, "PolicyName": "less",
        "PolicyDocument": r#"{"Version": "2012-10-17", "Statement": []}"# });
    let own = "trailkeeper-guard-events";
    let target = json!([{ "Id": "1", "Arn": arn }]);
    let cases = [
        ("lambda", "PutFunctionConcurrency", concurrency(EVALUATOR)),
        ("lambda", "PutFunctionConcurrency", concurrency(&arn)),
        (
            "lambda",
            "PutFunctionConcurrency",
            concurrency(&format!("{ACCOUNT}:function:{EVALUATOR}")),
        ),
        (
            "lambda",
            "UpdateFunctionCode",
            json!({ "FunctionName": EVALUATOR, "ZipFile": "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==" }),
        ),
        (
            "lambda",
            "UpdateFunctionConfiguration",
            json!({ "FunctionName": EVALUATOR, "Environment": { "Variables": {} } }),
        ),
        (
            "lambda",
            "DeleteFunction",
            json!({ "FunctionName": EVALUATOR }),
        ),
        ("events", "DisableRule", json!({ "Name": own })),
        (
            "events",
            "RemoveTargets",
            json!({ "Rule": own, "Ids": ["target"] }),
        ),
        (
            "events",
            "PutRule",
            json!({ "Name": own, "EventPattern": r#"{"source": ["x"]}"# }),
        ),
        (
            "events",
            "PutTargets",
            json!({ "Rule": own, "Targets": target }),
        ),
        ("iam", "PutRolePolicy", policy),
    ];
    for (service, operation, input) in cases {
        let told = told_of(service, operation, input.clone()).await;
        let [name] = told.as_slice() else {
            panic!("{operation} {input}: {told:?}")
        };
        assert!(name.starts_with(operation), "{name}");
    }
}

#[tokio::test]
async fn what_is_about_others_or_was_refused_is_not_told() {
    let policy = json!({ "RoleName": "trailkeeper-evaluator-eu-west-1", "PolicyName": "less",
        "PolicyDocument": r#"{"Version": "2012-10-17", "Statement": []}"# });
    let cases = [
        (
            "lambda",
            "PutFunctionConcurrency",
            concurrency("another-trailkeeper-evaluator"),
        ),
        (
            "lambda",
            "DeleteFunction",
            json!({ "FunctionName": "another-trailkeeper-evaluator" }),
        ),
        (
            "lambda",
            "GetFunctionConcurrency",
            json!({ "FunctionName": EVALUATOR }),
        ),
        ("events", "DisableRule", json!({ "Name": "another-rule" })),
        (
            "events",
            "EnableRule",
            json!({ "Name": "trailkeeper-guard-events" }),
        ),
        // this one the evaluator tells
        (
            "events",
            "DisableRule",
            json!({ "Name": "trailkeeper-evaluator-changed" }),
        ),
        // there is none of this name
        (
            "events",
            "DisableRule",
            json!({ "Name": "trailkeeper-nothing" }),
        ),
        ("iam", "PutRolePolicy", policy),
    ];
    for (service, operation, input) in cases {
        let told = told_of(service, operation, input.clone()).await;
        assert_eq!(told, [""; 0], "{operation} {input}");
    }
}

/// Every call of the table that can silence it, whatever version of Lambda's API it names, and the
/// longest pattern that can be deployed.
#[test]
fn the_pattern_has_every_call_of_the_table_and_fits() {
    let largest = largest();
    let given: Vec<(&str, &str)> = largest
        .iter()
        .map(|(key, value)| (*key, value.as_str()))
        .collect();
    let template = template();
    let rule = template.render(&given).properties(RULE).unwrap();
    let pattern = &rule["EventPattern"];
    let characters = pattern.to_string().chars().count();
    println!("{characters} characters");
    assert!(characters <= MOST_PATTERN_CHARACTERS, "{characters}");
    let names = pattern["detail"]["eventName"].as_array().unwrap();
    let handlers = [
        Handler::Function,
        Handler::EventRule,
        Handler::Role,
        Handler::RoleTrust,
    ];
    for row in events().filter(|row| handlers.contains(&row.handler)) {
        let name = plain_name(row.event_source, row.event_name);
        let is_heard = names.iter().any(|one| match one["prefix"].as_str() {
            Some(prefix) => name.starts_with(prefix),
            None => one == name,
        });
        assert!(is_heard, "{name}");
    }
}
