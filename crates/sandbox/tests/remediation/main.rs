//! AWS Config's remediation through the account's door: a rule, a runbook, a function.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code"
)]

mod exceptions;
mod flow;
mod instances;
mod own;
mod put;
mod runs;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{DocumentSeed, RecorderSeed, ResultTokenSeed, RuleSeed};
use trailkeeper_sandbox::{ApiError, Call, Failure, Function, Sandbox, World};

const REGION: &str = "eu-west-1";
const ROLE: &str = "arn:aws:iam::111122223333:role/repair";
const DOCUMENT: &str = r#"
schemaVersion: "0.3"
description: Repairs what it is told to.
assumeRole: "{{ AutomationAssumeRole }}"
parameters:
  AutomationAssumeRole: { type: "AWS::IAM::Role::Arn", default: "" }
  Resource: { type: String }
  Level: { type: String, default: low }
mainSteps:
  - name: Repair
    action: aws:invokeLambdaFunction
    maxAttempts: 1
    inputs:
      FunctionName: repair
      InputPayload: { resource: "{{ Resource }}", level: "{{ Level }}" }
    outputs:
      - { Name: Outcome, Selector: $.outcome, Type: String }
  - name: Rest
    action: aws:sleep
    isEnd: true
    inputs: { Duration: PT2S }
"#;

/// The function `repair`: keeps what it got, takes its time, and fails while it is told to.
#[derive(Default)]
struct Repair {
    got: Mutex<Vec<Value>>,
    failing: AtomicUsize,
    seconds: AtomicUsize,
    sandbox: Mutex<Option<Sandbox>>,
}

#[async_trait]
impl Function for Repair {
    async fn invoke(&self, payload: Value) -> Result<Value, Value> {
        self.got.lock().unwrap().push(payload);
        let sandbox = self.sandbox.lock().unwrap().clone();
        let seconds = self.seconds.load(Ordering::Relaxed);
        if let Some(sandbox) = sandbox {
            sandbox.advance(SignedDuration::from_secs(i64::try_from(seconds).unwrap()));
        }
        let left = self.failing.load(Ordering::Relaxed);
        if left > 0 {
            self.failing.store(left - 1, Ordering::Relaxed);
            return Err(json!({"errorType": "bucket-refuses", "errorMessage": "no way"}));
        }
        Ok(json!({"outcome": "repaired"}))
    }
}

struct Account {
    sandbox: Sandbox,
    repair: Arc<Repair>,
}

impl Account {
    fn new() -> Self {
        let now = "2026-03-02T10:00:00Z".parse().unwrap();
        let mut world = World::new("111122223333", REGION, now);
        world.seed_recorder(RecorderSeed::new(&world, REGION));
        let mut rule = RuleSeed::new(REGION, "trails", "evaluator");
        rule.result_tokens.push(ResultTokenSeed {
            token: "token".to_owned(),
            calls: None,
        });
        world.seed_rule(rule);
        world
            .seed_document(DocumentSeed {
                region: REGION.to_owned(),
                name: "Repair-Resource".to_owned(),
                content: DOCUMENT.to_owned(),
                owner: None,
            })
            .unwrap();
        let sandbox = Sandbox::new(world);
        let repair = Arc::new(Repair::default());
        *repair.sandbox.lock().unwrap() = Some(sandbox.clone());
        sandbox.register_function("repair", repair.clone());
        Self { sandbox, repair }
    }

    /// With an automatic remediation of `most` attempts within `seconds`.
    async fn automatic(most: u32, seconds: u32) -> Self {
        let account = Self::new();
        account.configure(automatic(most, seconds)).await.unwrap();
        account
    }

    async fn configure(&self, configuration: Value) -> Result<Value, ApiError> {
        let input = json!({"RemediationConfigurations": [configuration]});
        self.ask("PutRemediationConfigurations", input).await
    }

    async fn call(&self, service: &str, operation: &str, input: Value) -> Result<Value, ApiError> {
        let call = Call::new(service, operation, REGION, input);
        match self.sandbox.call(call).await {
            Ok(output) => Ok(output),
            Err(Failure::Api(error)) => Err(error),
            Err(Failure::NoAnswer) => panic!("{operation}: no answer"),
        }
    }

    async fn ask(&self, operation: &str, input: Value) -> Result<Value, ApiError> {
        self.call("config", operation, input).await
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

    /// The rule says `verdict` of the resource `id`, and what follows runs.
    async fn evaluate(&self, id: &str, verdict: &str) {
        let evaluation = json!({
            "ComplianceResourceType": "AWS::CloudTrail::Trail",
            "ComplianceResourceId": id,
            "ComplianceType": verdict,
            "OrderingTimestamp": self.sandbox.now().as_second(),
        });
        let input = json!({"ResultToken": "token", "Evaluations": [evaluation]});
        self.good("PutEvaluations", input).await;
        self.sandbox.settle().await;
    }

    async fn start(&self, id: &str) -> Value {
        let input = json!({"ConfigRuleName": "trails", "ResourceKeys": [small_key(id)]});
        self.good("StartRemediationExecution", input).await
    }

    async fn status(&self) -> Vec<Value> {
        let input = json!({"ConfigRuleName": "trails"});
        let answer = self.good("DescribeRemediationExecutionStatus", input).await;
        answer["RemediationExecutionStatuses"]
            .as_array()
            .unwrap()
            .clone()
    }

    /// The ids of the resources that have an exception.
    async fn blocked(&self) -> Vec<String> {
        let input = json!({"ConfigRuleName": "trails"});
        let answer = self.good("DescribeRemediationExceptions", input).await;
        let exceptions = answer["RemediationExceptions"].as_array().unwrap();
        let id = |exception: &Value| exception["ResourceId"].as_str().unwrap().to_owned();
        exceptions.iter().map(id).collect()
    }

    fn runs(&self) -> usize {
        self.repair.got.lock().unwrap().len()
    }
}

fn manual() -> Value {
    json!({
        "ConfigRuleName": "trails",
        "TargetType": "SSM_DOCUMENT",
        "TargetId": "Repair-Resource",
        "Parameters": {
            "AutomationAssumeRole": {"StaticValue": {"Values": [ROLE]}},
            "Resource": {"ResourceValue": {"Value": "RESOURCE_ID"}},
        },
    })
}

fn automatic(most: u32, seconds: u32) -> Value {
    let mut configuration = manual();
    configuration["Automatic"] = json!(true);
    configuration["MaximumAutomaticAttempts"] = json!(most);
    configuration["RetryAttemptSeconds"] = json!(seconds);
    configuration
}

fn key(id: &str) -> Value {
    json!({"ResourceType": "AWS::CloudTrail::Trail", "ResourceId": id})
}

fn small_key(id: &str) -> Value {
    json!({"resourceType": "AWS::CloudTrail::Trail", "resourceId": id})
}

fn with(mut value: Value, pointer: &str, changed: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    value.pointer_mut(parent).unwrap()[name] = changed;
    value
}
