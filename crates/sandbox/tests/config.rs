//! AWS Config through the account's door.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code"
)]

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{EvaluationSeed, RecorderSeed, ResultTokenSeed, RuleSeed};
use trailkeeper_sandbox::{ApiError, Call, Failure, Function, Sandbox, World};

const REGION: &str = "eu-west-1";
const START: &str = "2026-03-02T10:00:00Z";

/// A function that keeps the events it gets.
#[derive(Default)]
struct Keeper(Mutex<Vec<Value>>);

#[async_trait]
impl Function for Keeper {
    async fn invoke(&self, payload: Value) -> Result<Value, Value> {
        self.0.lock().unwrap().push(payload);
        Ok(Value::Null)
    }
}

struct Account {
    sandbox: Sandbox,
    keeper: Arc<Keeper>,
}

impl Account {
    fn empty() -> Self {
        let now: Timestamp = START.parse().unwrap();
        let sandbox = Sandbox::new(World::new("111122223333", REGION, now));
        let keeper = Arc::new(Keeper::default());
        sandbox.register_function("evaluator", keeper.clone());
        Self { sandbox, keeper }
    }

    /// With a recorder and the hourly rule `trails`.
    fn with_rule() -> Self {
        let account = Self::empty();
        account.sandbox.with_world(|world| {
            world.seed_recorder(RecorderSeed::new(world, REGION));
            world.seed_rule(RuleSeed::new(REGION, "trails", "evaluator"));
        });
        account
    }

    /// With the rule and a result token for it.
    fn with_token() -> Self {
        let account = Self::with_rule();
        let mut rule = RuleSeed::new(REGION, "trails", "evaluator");
        rule.result_tokens.push(ResultTokenSeed {
            token: "token".to_owned(),
            calls: None,
        });
        account.sandbox.with_world(|world| world.seed_rule(rule));
        account
    }

    async fn ask(&self, operation: &str, input: Value) -> Result<Value, ApiError> {
        let call = Call::new("config", operation, REGION, input);
        match self.sandbox.call(call).await {
            Ok(output) => Ok(output),
            Err(Failure::Api(error)) => Err(error),
            Err(Failure::NoAnswer) => panic!("{operation}: no answer"),
        }
    }

    async fn good(&self, operation: &str, input: Value) -> Value {
        self.ask(operation, input).await.unwrap()
    }

    async fn refuses(&self, operation: &str, input: Value, code: &str) {
        match self.ask(operation, input.clone()).await {
            Ok(output) => panic!("{operation} {input}: answered {output}, not {code}"),
            Err(error) => assert_eq!(error.code, code, "{operation} {input}: {error}"),
        }
    }

    async fn put(&self, token: &str, evaluations: Value) -> Result<Value, ApiError> {
        let input = json!({"ResultToken": token, "Evaluations": evaluations});
        self.ask("PutEvaluations", input).await
    }

    /// The results of `trails` as (id, verdict).
    async fn verdicts(&self) -> Vec<(String, String)> {
        let input = json!({"ConfigRuleName": "trails", "Limit": 100});
        let output = self.good("GetComplianceDetailsByConfigRule", input).await;
        let of = |result: &Value| {
            let qualifier =
                &result["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"];
            let verdict = &result["ComplianceType"];
            (text(qualifier), text(verdict))
        };
        let results = output["EvaluationResults"].as_array().unwrap();
        results.iter().map(of).collect()
    }

    async fn events(&self) -> Vec<Value> {
        self.sandbox.settle().await;
        std::mem::take(&mut *self.keeper.0.lock().unwrap())
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn evaluation(id: &str, verdict: &str, at: f64) -> Value {
    json!({
        "ComplianceResourceType": "AWS::EC2::Instance",
        "ComplianceResourceId": id,
        "ComplianceType": verdict,
        "OrderingTimestamp": at,
    })
}

fn with(mut value: Value, member: &str, changed: Value) -> Value {
    value[member] = changed;
    value
}

fn pair(id: &str, verdict: &str) -> (String, String) {
    (id.to_owned(), verdict.to_owned())
}

fn source() -> Value {
    json!({
        "Owner": "CUSTOM_LAMBDA",
        "SourceIdentifier": "arn:aws:lambda:eu-west-1:111122223333:function:evaluator",
        "SourceDetails": [{
            "EventSource": "aws.config",
            "MessageType": "ScheduledNotification",
            "MaximumExecutionFrequency": "Three_Hours",
        }],
    })
}

fn rule(name: &str) -> Value {
    json!({"ConfigRuleName": name, "Source": source(), "InputParameters": "{\"a\":\"b\"}"})
}

#[tokio::test]
async fn a_rule_is_stored_described_changed_and_deleted() {
    let account = Account::with_rule();
    account
        .good("PutConfigRule", json!({"ConfigRule": rule("new")}))
        .await;
    let named = json!({"ConfigRuleNames": ["new"]});
    let described = account.good("DescribeConfigRules", named.clone()).await;
    let new = &described["ConfigRules"][0];
    let id = text(&new["ConfigRuleId"]);
    let wanted = json!({
        "ConfigRuleName": "new",
        "ConfigRuleId": id,
        "ConfigRuleArn": format!("arn:aws:config:eu-west-1:111122223333:config-rule/{id}"),
        "Source": source(),
        "InputParameters": "{\"a\":\"b\"}",
        "ConfigRuleState": "ACTIVE",
        "EvaluationModes": [{"Mode": "DETECTIVE"}],
    });
    assert_eq!(new, &wanted);

    // an update by id keeps name, id and results
    let update = json!({"ConfigRuleId": id, "Description": "d", "Source": source()});
    account
        .good("PutConfigRule", json!({"ConfigRule": update}))
        .await;
    let described = account.good("DescribeConfigRules", named.clone()).await;
    let new = &described["ConfigRules"][0];
    assert_eq!(new["ConfigRuleId"], json!(id));
    assert_eq!(new["Description"], json!("d"));
    assert_eq!(new.get("InputParameters"), None);

    let delete = json!({"ConfigRuleName": "new"});
    account.good("DeleteConfigRule", delete.clone()).await;
    account
        .refuses("DeleteConfigRule", delete, "NoSuchConfigRuleException")
        .await;
    account
        .refuses("DescribeConfigRules", named, "NoSuchConfigRuleException")
        .await;
}

#[tokio::test]
async fn put_config_rule_refuses_what_aws_refuses() {
    let account = Account::with_rule();
    let invalid = "InvalidParameterValueException";
    let validation = "ValidationException";
    let parameters = |text: &str| with(rule("n"), "InputParameters", json!(text));
    let source_with =
        |member: &str, value: Value| with(rule("n"), "Source", with(source(), member, value));
    let change_with_frequency = json!([{
        "EventSource": "aws.config",
        "MessageType": "ConfigurationItemChangeNotification",
        "MaximumExecutionFrequency": "One_Hour",
    }]);
    let elsewhere = "arn:aws:lambda:eu-west-1:111122223333:function:nobody";
    let foreign = "arn:aws:lambda:us-east-1:111122223333:function:evaluator";
    let cases = [
        (with(rule("n"), "ConfigRuleName", json!("")), validation),
        (
            with(rule("n"), "ConfigRuleName", json!("n".repeat(129))),
            validation,
        ),
        (
            with(rule("n"), "ConfigRuleName", json!(7)),
            "SerializationException",
        ),
        (with(rule("n"), "ConfigRuleName", json!("  ")), invalid),
        (with(rule("n"), "ConfigRuleName", Value::Null), invalid),
        (
            with(rule("n"), "ConfigRuleId", json!("config-rule-none")),
            invalid,
        ),
        (
            with(rule("n"), "Description", json!("d".repeat(257))),
            validation,
        ),
        (
            with(rule("n"), "MaximumExecutionFrequency", json!("Hourly")),
            validation,
        ),
        (with(rule("n"), "Source", Value::Null), validation),
        (parameters(""), validation),
        (
            parameters(&format!("{{\"a\":\"{}\"}}", "b".repeat(1024))),
            validation,
        ),
        (parameters("{\"a\":true}"), invalid),
        (parameters("[]"), invalid),
        (parameters("no json"), invalid),
        (source_with("Owner", Value::Null), validation),
        (source_with("Owner", json!("ME")), validation),
        (
            source_with("Owner", json!("AWS")),
            "NotImplementedException",
        ),
        (source_with("SourceDetails", json!([])), invalid),
        (source_with("SourceDetails", json!([{}])), invalid),
        (
            source_with("SourceDetails", json!([{"MessageType": "Other"}])),
            validation,
        ),
        (source_with("SourceDetails", change_with_frequency), invalid),
        (source_with("SourceIdentifier", Value::Null), invalid),
        (
            source_with("SourceIdentifier", json!(elsewhere)),
            "InsufficientPermissionsException",
        ),
        (
            source_with("SourceIdentifier", json!(foreign)),
            "InsufficientPermissionsException",
        ),
        (with(rule("n"), "Scope", json!({"TagValue": "v"})), invalid),
        (
            with(rule("n"), "Scope", json!({"ComplianceResourceId": "i-1"})),
            invalid,
        ),
    ];
    for (rule, code) in cases {
        account
            .refuses("PutConfigRule", json!({"ConfigRule": rule}), code)
            .await;
    }
    account
        .refuses("PutConfigRule", json!({}), "ValidationException")
        .await;
    account
        .sandbox
        .with_world(|world| world.remove_recorder(REGION));
    account
        .refuses(
            "PutConfigRule",
            json!({"ConfigRule": rule("n")}),
            "NoAvailableConfigurationRecorderException",
        )
        .await;
}

#[tokio::test]
async fn rules_are_described_in_pages() {
    let account = Account::with_rule();
    account.sandbox.with_world(|world| {
        for number in 0..30 {
            world.seed_rule(RuleSeed::new(
                REGION,
                &format!("rule-{number:02}"),
                "evaluator",
            ));
        }
        world.seed_rule(RuleSeed::new("us-east-1", "elsewhere", "evaluator"));
    });
    let first = account.good("DescribeConfigRules", json!({})).await;
    assert_eq!(first["ConfigRules"].as_array().unwrap().len(), 25);
    let token = &first["NextToken"];
    let second = account
        .good("DescribeConfigRules", json!({"NextToken": token}))
        .await;
    assert_eq!(second["ConfigRules"].as_array().unwrap().len(), 6);
    assert_eq!(second.get("NextToken"), None);
    for operation in ["DescribeConfigRules", "DescribeComplianceByConfigRule"] {
        let input = json!({"NextToken": "mine"});
        account
            .refuses(operation, input, "InvalidNextTokenException")
            .await;
    }
    let many: Vec<String> = (0..26).map(|number| format!("rule-{number:02}")).collect();
    account
        .refuses(
            "DescribeConfigRules",
            json!({"ConfigRuleNames": many}),
            "ValidationException",
        )
        .await;
}

#[tokio::test]
async fn a_started_evaluation_sends_the_documented_event() {
    let account = Account::with_rule();
    let input = json!({"ConfigRuleNames": ["trails"]});
    account.good("StartConfigRulesEvaluation", input).await;
    let events = account.events().await;
    assert_eq!(events.len(), 1);
    let fixture: Value =
        serde_json::from_str(include_str!("fixtures/config_scheduled.json")).unwrap();
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
async fn one_bad_evaluation_refuses_the_whole_batch() {
    let account = Account::with_token();
    let good = evaluation("i-1", "COMPLIANT", 1.0);
    let bad = |member: &str, value: Value| with(evaluation("i-2", "COMPLIANT", 1.0), member, value);
    let invalid = "InvalidParameterValueException";
    let validation = "ValidationException";
    let cases = [
        (bad("Annotation", json!("")), validation),
        (bad("Annotation", json!("é".repeat(257))), validation),
        (
            bad("ComplianceResourceId", json!("i".repeat(769))),
            validation,
        ),
        (bad("ComplianceResourceId", json!("")), validation),
        (bad("ComplianceResourceId", Value::Null), validation),
        (
            bad("ComplianceResourceType", json!("t".repeat(257))),
            validation,
        ),
        (
            bad("ComplianceResourceType", json!("AWS::Account")),
            invalid,
        ),
        (bad("ComplianceResourceType", json!("instance")), invalid),
        (bad("ComplianceType", json!("INSUFFICIENT_DATA")), invalid),
        (bad("ComplianceType", json!("UNKNOWN")), validation),
        (bad("ComplianceType", Value::Null), validation),
        (bad("OrderingTimestamp", Value::Null), validation),
        (
            bad("OrderingTimestamp", json!("now")),
            "SerializationException",
        ),
    ];
    for (evaluation, code) in cases {
        let batch = json!([good, evaluation]);
        match account.put("token", batch).await {
            Ok(_) => panic!("{evaluation} was accepted"),
            Err(error) => assert_eq!(error.code, code, "{evaluation}: {error}"),
        }
        assert_eq!(account.verdicts().await, [], "{evaluation}");
    }
    let many: Vec<Value> = (0..101)
        .map(|n| evaluation(&format!("i-{n}"), "COMPLIANT", 1.0))
        .collect();
    let error = account.put("token", json!(many)).await.unwrap_err();
    assert_eq!(error.code, "ValidationException");
    // the longest annotation, by characters, is good, and so is an account
    let longest = with(good, "Annotation", json!("é".repeat(256)));
    let longest = with(longest, "ComplianceResourceType", json!("AWS::::Account"));
    account.put("token", json!([longest])).await.unwrap();
}

#[tokio::test]
async fn result_tokens_are_checked() {
    let account = Account::with_rule();
    let mut seed = RuleSeed::new(REGION, "trails", "evaluator");
    seed.result_tokens = vec![
        ResultTokenSeed {
            token: "twice".to_owned(),
            calls: Some(2),
        },
        ResultTokenSeed {
            token: "many".to_owned(),
            calls: None,
        },
    ];
    account.sandbox.with_world(|world| world.seed_rule(seed));
    let code = |answer: Result<Value, ApiError>| answer.map_or_else(|e| e.code, |_| "ok".into());
    let unknown = "InvalidResultTokenException";
    let steps = [
        ("twice", "ok"),
        ("twice", "ok"),
        ("twice", unknown),
        ("many", "ok"),
        ("many", "ok"),
        ("many", "ok"),
        ("TESTMODE", unknown),
        ("", unknown),
    ];
    for (token, wanted) in steps {
        assert_eq!(code(account.put(token, json!([])).await), wanted, "{token}");
    }
    account
        .refuses("PutEvaluations", json!({}), "ValidationException")
        .await;
    let elsewhere = Call::new(
        "config",
        "PutEvaluations",
        "us-east-1",
        json!({"ResultToken": "many"}),
    );
    assert!(account.sandbox.call(elsewhere).await.is_err());
    account.sandbox.advance(SignedDuration::from_hours(6));
    assert_eq!(code(account.put("many", json!([])).await), "ok");
    account.sandbox.advance(SignedDuration::from_secs(1));
    assert_eq!(code(account.put("many", json!([])).await), unknown);
}

#[tokio::test]
async fn a_deleted_rule_takes_no_results_even_if_made_anew() {
    let account = Account::with_token();
    let delete = json!({"ConfigRuleName": "trails"});
    account.good("DeleteConfigRule", delete).await;
    let gone = "NoSuchConfigRuleException";
    let error = account.put("token", json!([])).await.unwrap_err();
    assert_eq!(error.code, gone);
    account
        .good("PutConfigRule", json!({"ConfigRule": rule("trails")}))
        .await;
    let error = account.put("token", json!([])).await.unwrap_err();
    assert_eq!(error.code, gone);
}

#[tokio::test]
async fn test_mode_checks_and_stores_nothing() {
    let account = Account::with_token();
    let input = |evaluation: Value| json!({"ResultToken": "TESTMODE", "TestMode": true, "Evaluations": [evaluation]});
    let good = evaluation("i-1", "COMPLIANT", 1.0);
    let answer = account.good("PutEvaluations", input(good.clone())).await;
    assert_eq!(answer, json!({"FailedEvaluations": []}));
    assert_eq!(account.verdicts().await, []);
    let bad = with(good, "Annotation", json!(""));
    account
        .refuses("PutEvaluations", input(bad), "ValidationException")
        .await;
}

#[tokio::test]
async fn p9_failed_evaluations_come_back_and_are_not_stored() {
    let account = Account::with_token();
    account
        .sandbox
        .with_world(|world| world.fail_evaluations(2, 2));
    let second = evaluation("i-2", "NON_COMPLIANT", 1.0);
    let batch = json!([evaluation("i-1", "COMPLIANT", 1.0), second]);
    let failed = json!({"FailedEvaluations": [second]});
    for _ in 0..2 {
        assert_eq!(account.put("token", batch.clone()).await.unwrap(), failed);
        assert_eq!(account.verdicts().await, [pair("i-1", "COMPLIANT")]);
    }
    let answer = account.put("token", batch).await.unwrap();
    assert_eq!(answer, json!({"FailedEvaluations": []}));
    assert_eq!(account.verdicts().await.len(), 2);
}

#[tokio::test]
async fn an_older_ordering_time_never_overwrites_a_newer_one() {
    let account = Account::with_token();
    let steps = [
        ("COMPLIANT", 100.0, "COMPLIANT"),
        ("NON_COMPLIANT", 99.999, "COMPLIANT"),
        ("NON_COMPLIANT", 100.0, "NON_COMPLIANT"),
        ("NOT_APPLICABLE", 100.001, "NOT_APPLICABLE"),
        ("COMPLIANT", 100.0, "NOT_APPLICABLE"),
    ];
    for (verdict, at, wanted) in steps {
        let batch = json!([evaluation("i-1", verdict, at)]);
        account.put("token", batch).await.unwrap();
        assert_eq!(
            account.verdicts().await,
            [pair("i-1", wanted)],
            "{verdict} at {at}"
        );
    }
}

#[tokio::test]
async fn results_carry_the_members_of_the_model() {
    let account = Account::with_token();
    let given = with(
        evaluation("i-1", "NON_COMPLIANT", 1_772_445_000.373),
        "Annotation",
        json!("why"),
    );
    account.sandbox.advance(SignedDuration::from_secs(5));
    account.put("token", json!([given])).await.unwrap();
    let wanted = json!({
        "EvaluationResults": [{
            "EvaluationResultIdentifier": {
                "EvaluationResultQualifier": {
                    "ConfigRuleName": "trails",
                    "ResourceType": "AWS::EC2::Instance",
                    "ResourceId": "i-1",
                    "EvaluationMode": "DETECTIVE",
                },
                "OrderingTimestamp": 1_772_445_000.373,
            },
            "ComplianceType": "NON_COMPLIANT",
            "ResultRecordedTime": 1_772_445_605,
            "ConfigRuleInvokedTime": 1_772_445_600,
            "Annotation": "why",
        }],
    });
    let by_rule = json!({"ConfigRuleName": "trails"});
    let output = account
        .good("GetComplianceDetailsByConfigRule", by_rule)
        .await;
    assert_eq!(output, wanted);
    let by_resource = json!({"ResourceType": "AWS::EC2::Instance", "ResourceId": "i-1"});
    let output = account
        .good("GetComplianceDetailsByResource", by_resource)
        .await;
    assert_eq!(output, wanted);
}

fn stale(id: &str, compliance: &str) -> EvaluationSeed {
    EvaluationSeed {
        region: REGION.to_owned(),
        rule: "trails".to_owned(),
        resource_type: "AWS::EC2::Instance".to_owned(),
        resource_id: id.to_owned(),
        compliance: compliance.to_owned(),
        annotation: None,
        ordering: START.parse().unwrap(),
    }
}

#[tokio::test]
async fn results_are_filtered_and_paged() {
    let account = Account::with_rule();
    account.sandbox.with_world(|world| {
        for number in 0..25 {
            let verdict = ["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"][number % 3];
            world.seed_evaluation(stale(&format!("i-{number:02}"), verdict));
        }
    });
    let operation = "GetComplianceDetailsByConfigRule";
    let count = |output: &Value| output["EvaluationResults"].as_array().unwrap().len();
    let base = json!({"ConfigRuleName": "trails"});
    let cases = [
        (json!(null), json!(null), 10),
        (json!(0), json!(null), 10),
        (json!(100), json!(null), 25),
        (json!(100), json!(["COMPLIANT"]), 9),
        (json!(100), json!(["COMPLIANT", "NON_COMPLIANT"]), 17),
        (json!(7), json!(["NOT_APPLICABLE"]), 7),
    ];
    for (limit, types, wanted) in cases {
        let input = with(with(base.clone(), "Limit", limit), "ComplianceTypes", types);
        assert_eq!(
            count(&account.good(operation, input.clone()).await),
            wanted,
            "{input}"
        );
    }
    let mut seen = 0;
    let mut input = with(base.clone(), "Limit", json!(10));
    loop {
        let output = account.good(operation, input.clone()).await;
        seen += count(&output);
        let Some(token) = output.get("NextToken") else {
            break;
        };
        input["NextToken"] = token.clone();
    }
    assert_eq!(seen, 25);
    let refusals = [
        ("Limit", json!(101), "ValidationException"),
        ("Limit", json!(-1), "ValidationException"),
        (
            "NextToken",
            json!("DescribeConfigRules/10"),
            "InvalidNextTokenException",
        ),
        (
            "ComplianceTypes",
            json!(["INSUFFICIENT_DATA"]),
            "InvalidParameterValueException",
        ),
        ("ComplianceTypes", json!(["GOOD"]), "ValidationException"),
        (
            "ConfigRuleName",
            json!("n".repeat(65)),
            "ValidationException",
        ),
        ("ConfigRuleName", json!("none"), "NoSuchConfigRuleException"),
    ];
    for (member, value, code) in refusals {
        let input = with(base.clone(), member, value);
        account.refuses(operation, input, code).await;
    }
}

#[tokio::test]
async fn a_rule_is_as_compliant_as_its_worst_resource() {
    let cases: [(&[&str], &str, Option<u64>); 5] = [
        (&[], "INSUFFICIENT_DATA", None),
        (&["NOT_APPLICABLE"], "INSUFFICIENT_DATA", None),
        (&["COMPLIANT", "NOT_APPLICABLE"], "COMPLIANT", None),
        (&["COMPLIANT", "NON_COMPLIANT"], "NON_COMPLIANT", Some(1)),
        (&["NON_COMPLIANT"; 26], "NON_COMPLIANT", Some(25)),
    ];
    for (verdicts, wanted, count) in cases {
        let account = Account::with_rule();
        account.sandbox.with_world(|world| {
            for (number, verdict) in verdicts.iter().enumerate() {
                world.seed_evaluation(stale(&format!("i-{number}"), verdict));
            }
        });
        let output = account
            .good("DescribeComplianceByConfigRule", json!({}))
            .await;
        let compliance = &output["ComplianceByConfigRules"][0]["Compliance"];
        assert_eq!(compliance["ComplianceType"], json!(wanted));
        let contributors = &compliance["ComplianceContributorCount"];
        assert_eq!(contributors["CappedCount"].as_u64(), count);
        let filter = json!({"ComplianceTypes": [wanted]});
        let same = account.good("DescribeComplianceByConfigRule", filter).await;
        assert_eq!(output, same);
    }
}

#[tokio::test]
async fn compliance_by_resource_joins_the_rules() {
    let account = Account::with_rule();
    account.sandbox.with_world(|world| {
        world.seed_rule(RuleSeed::new(REGION, "other", "evaluator"));
        world.seed_evaluation(stale("i-1", "COMPLIANT"));
        world.seed_evaluation(stale("i-2", "COMPLIANT"));
        let mut bad = stale("i-1", "NON_COMPLIANT");
        bad.rule = "other".to_owned();
        world.seed_evaluation(bad);
    });
    let operation = "DescribeComplianceByResource";
    let output = account.good(operation, json!({})).await;
    let found = output["ComplianceByResources"].as_array().unwrap();
    let verdicts: Vec<&Value> = found
        .iter()
        .map(|resource| &resource["Compliance"]["ComplianceType"])
        .collect();
    assert_eq!(verdicts, [&json!("NON_COMPLIANT"), &json!("COMPLIANT")]);
    let one = json!({"ResourceType": "AWS::EC2::Instance", "ResourceId": "i-2"});
    let output = account.good(operation, one).await;
    assert_eq!(output["ComplianceByResources"].as_array().unwrap().len(), 1);
    let invalid = "InvalidParameterValueException";
    let id_alone = json!({"ResourceId": "i-2"});
    account.refuses(operation, id_alone.clone(), invalid).await;
    account
        .refuses("GetComplianceDetailsByResource", id_alone, invalid)
        .await;
}

#[tokio::test]
async fn deleted_results_are_gone() {
    let account = Account::with_rule();
    account
        .sandbox
        .with_world(|world| world.seed_evaluation(stale("i-1", "COMPLIANT")));
    let input = json!({"ConfigRuleName": "trails"});
    account.good("DeleteEvaluationResults", input).await;
    assert_eq!(account.verdicts().await, []);
    let cases = [
        (json!({}), "ValidationException"),
        (
            json!({"ConfigRuleName": "none"}),
            "NoSuchConfigRuleException",
        ),
    ];
    for (input, code) in cases {
        account
            .refuses("DeleteEvaluationResults", input, code)
            .await;
    }
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

#[tokio::test]
async fn recorder_and_channel_are_described() {
    let account = Account::with_rule();
    account.sandbox.with_world(|world| {
        let mut recorder = RecorderSeed::new(world, REGION);
        recorder.recording = false;
        recorder.all_supported = false;
        recorder.resource_types = vec!["AWS::EC2::Instance".to_owned()];
        world.seed_recorder(recorder);
        world.seed_delivery_channel(REGION, json!({"name": "default", "s3BucketName": "b"}));
    });
    let output = account
        .good("DescribeConfigurationRecorders", json!({}))
        .await;
    let group = &output["ConfigurationRecorders"][0]["recordingGroup"];
    assert_eq!(group["resourceTypes"], json!(["AWS::EC2::Instance"]));
    let strategy = &group["recordingStrategy"]["useOnly"];
    assert_eq!(strategy, &json!("INCLUSION_BY_RESOURCE_TYPES"));
    let output = account
        .good("DescribeConfigurationRecorderStatus", json!({}))
        .await;
    let status = &output["ConfigurationRecordersStatus"][0];
    assert_eq!(status["recording"], json!(false));
    assert_eq!(status["lastStopTime"], json!(1_772_445_600));
    let output = account.good("DescribeDeliveryChannels", json!({})).await;
    assert_eq!(output["DeliveryChannels"][0]["s3BucketName"], json!("b"));

    let recorder = "NoSuchConfigurationRecorderException";
    let named = json!({"ConfigurationRecorderNames": ["none"]});
    for operation in [
        "DescribeConfigurationRecorders",
        "DescribeConfigurationRecorderStatus",
    ] {
        account.refuses(operation, named.clone(), recorder).await;
    }
    let named = json!({"DeliveryChannelNames": ["none"]});
    account
        .refuses(
            "DescribeDeliveryChannels",
            named,
            "NoSuchDeliveryChannelException",
        )
        .await;
    let empty = Account::empty();
    for (operation, member) in [
        ("DescribeConfigurationRecorders", "ConfigurationRecorders"),
        (
            "DescribeConfigurationRecorderStatus",
            "ConfigurationRecordersStatus",
        ),
        ("DescribeDeliveryChannels", "DeliveryChannels"),
    ] {
        assert_eq!(empty.good(operation, json!({})).await, json!({member: []}));
    }
}

#[tokio::test]
async fn an_operation_that_is_not_modelled_says_so() {
    let account = Account::with_rule();
    account
        .refuses(
            "PutRemediationConfigurations",
            json!({}),
            "NotImplementedException",
        )
        .await;
}
