//! AWS Config through the account's door.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code"
)]

mod compliance;
mod evaluations;
mod rules;
mod runs;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{RecorderSeed, ResultTokenSeed, RuleSeed};
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

fn with(mut value: Value, member: &str, changed: Value) -> Value {
    value[member] = changed;
    value
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

fn evaluation(id: &str, verdict: &str, at: f64) -> Value {
    json!({
        "ComplianceResourceType": "AWS::EC2::Instance",
        "ComplianceResourceId": id,
        "ComplianceType": verdict,
        "OrderingTimestamp": at,
    })
}

fn pair(id: &str, verdict: &str) -> (String, String) {
    (id.to_owned(), verdict.to_owned())
}
