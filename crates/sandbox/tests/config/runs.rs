use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_sandbox::seed::RuleSeed;

use crate::{Account, REGION, evaluation, pair, rule, text};

#[tokio::test]
async fn a_started_evaluation_sends_the_documented_event() {
    let account = Account::with_rule();
    let input = json!({"ConfigRuleNames": ["trails"]});
    account.good("StartConfigRulesEvaluation", input).await;
    let events = account.events().await;
    assert_eq!(events.len(), 1);
    let fixture: Value =
        serde_json::from_str(include_str!("../fixtures/config_scheduled.json")).unwrap();
    let keys = |value: &Value| -> Vec<String> {
        let mut keys: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys
    };
    assert_eq!(keys(&events[0]), keys(&fixture));
    let inner = |event: &Value| -> Value {
        serde_json::from_str(event["invokingEvent"].as_str().unwrap()).unwrap()
    };
    let body = inner(&events[0]);
    assert_eq!(keys(&body), keys(&inner(&fixture)));
    assert_eq!(body["messageType"], json!("ScheduledNotification"));
    let created = &body["notificationCreationTime"];
    assert_eq!(created, &json!("2026-03-02T10:00:00.000Z"));
    assert_eq!(events[0]["configRuleName"], json!("trails"));
    assert_eq!(events[0]["accountId"], json!("111122223333"));
    // the token works
    let token = text(&events[0]["resultToken"]);
    account
        .put(&token, json!([evaluation("i-1", "COMPLIANT", 1.0)]))
        .await
        .unwrap();
    assert_eq!(account.verdicts().await, [pair("i-1", "COMPLIANT")]);
}

#[tokio::test]
async fn an_evaluation_starts_at_most_once_a_minute() {
    let account = Account::with_rule();
    let input = json!({"ConfigRuleNames": ["trails"]});
    let start = "StartConfigRulesEvaluation";
    account.good(start, input.clone()).await;
    account.sandbox.advance(SignedDuration::from_secs(59));
    account
        .refuses(start, input.clone(), "LimitExceededException")
        .await;
    account.sandbox.advance(SignedDuration::from_secs(1));
    account.good(start, input).await;
    assert_eq!(account.events().await.len(), 2);

    let cases = [
        (json!({}), "InvalidParameterValueException"),
        (json!({"ConfigRuleNames": []}), "ValidationException"),
        (
            json!({"ConfigRuleNames": vec!["trails"; 26]}),
            "ValidationException",
        ),
        (
            json!({"ConfigRuleNames": "trails"}),
            "SerializationException",
        ),
        (
            json!({"ConfigRuleNames": ["none"]}),
            "NoSuchConfigRuleException",
        ),
    ];
    for (input, code) in cases {
        account.refuses(start, input, code).await;
    }
}

#[tokio::test]
async fn nothing_starts_if_one_of_the_rules_does_not_exist() {
    let account = Account::with_rule();
    let input = json!({"ConfigRuleNames": ["trails", "none"]});
    account
        .refuses(
            "StartConfigRulesEvaluation",
            input,
            "NoSuchConfigRuleException",
        )
        .await;
    assert_eq!(account.events().await.len(), 0);
}

#[tokio::test]
async fn a_periodic_rule_runs_by_the_clock() {
    let account = Account::with_rule();
    let cases = [
        (3599, 0),
        (1, 1),
        (3600, 1),
        (7200 + 1800, 1),
        (1800, 1),
        (60, 0),
    ];
    for (seconds, runs) in cases {
        account.sandbox.advance(SignedDuration::from_secs(seconds));
        assert_eq!(account.events().await.len(), runs, "after {seconds} more");
    }
}

#[tokio::test]
async fn a_new_periodic_rule_runs_at_once() {
    let account = Account::with_rule();
    account
        .good("PutConfigRule", json!({"ConfigRule": rule("new")}))
        .await;
    let events = account.events().await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["ruleParameters"], json!("{\"a\":\"b\"}"));
    account.sandbox.advance(SignedDuration::from_mins(59));
    assert_eq!(account.events().await.len(), 0);
}

#[tokio::test]
async fn a_change_reaches_the_rules_whose_trigger_and_scope_cover_it() {
    let account = Account::with_rule();
    account.sandbox.with_world(|world| {
        let mut periodic = RuleSeed::new(REGION, "periodic", "evaluator");
        periodic.message_types = vec!["ScheduledNotification".to_owned()];
        world.seed_rule(periodic);
        let mut trails_only = RuleSeed::new(REGION, "scoped", "evaluator");
        trails_only.resource_types = vec!["AWS::CloudTrail::Trail".to_owned()];
        world.seed_rule(trails_only);
        let item = json!({"resourceType": "AWS::EC2::Instance", "configuration": {}});
        world.change_resource(REGION, &item);
    });
    let events = account.events().await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["configRuleName"], json!("trails"));
    let body: Value = serde_json::from_str(events[0]["invokingEvent"].as_str().unwrap()).unwrap();
    assert_eq!(
        body["messageType"],
        json!("ConfigurationItemChangeNotification")
    );
    assert_eq!(
        body["configurationItem"]["resourceType"],
        json!("AWS::EC2::Instance")
    );

    let summary = json!({"resourceType": "AWS::CloudTrail::Trail"});
    account
        .sandbox
        .with_world(|world| world.change_resource(REGION, &summary));
    let events = account.events().await;
    let names: Vec<&Value> = events
        .iter()
        .map(|event| &event["configRuleName"])
        .collect();
    assert_eq!(names, [&json!("scoped"), &json!("trails")]);
    assert!(text(&events[0]["invokingEvent"]).contains("configurationItemSummary"));
}

#[tokio::test]
async fn the_status_tells_when_a_rule_was_invoked_and_when_it_answered() {
    let account = Account::with_rule();
    let operation = "DescribeConfigRuleEvaluationStatus";
    let status = |output: Value| output["ConfigRulesEvaluationStatus"][0].clone();
    let before = status(account.good(operation, json!({})).await);
    assert_eq!(before["FirstEvaluationStarted"], json!(false));
    assert_eq!(before.get("LastSuccessfulInvocationTime"), None);
    account.sandbox.advance(SignedDuration::from_hours(1));
    let token = text(&account.events().await[0]["resultToken"]);
    account.sandbox.advance(SignedDuration::from_secs(7));
    account.put(&token, json!([])).await.unwrap();
    let after = status(account.good(operation, json!({})).await);
    assert_eq!(after["LastSuccessfulInvocationTime"], json!(1_772_449_200));
    assert_eq!(after["LastSuccessfulEvaluationTime"], json!(1_772_449_207));
    let input = json!({"Limit": 51});
    account
        .refuses(operation, input, "ValidationException")
        .await;
}
