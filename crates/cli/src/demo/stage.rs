//! The sandbox of the demo, and what is done in it.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use trailkeeper_sandbox::scenario::{DemoNames, demo};
use trailkeeper_sandbox::{Call, CallRecord, Sandbox};

use crate::error::CommandError;
use crate::functions::{self, REMEDIATOR};

/// What the demo itself asks for; every other call is one of the functions'.
const OWN_CALLS: [&str; 3] = [
    "StartConfigRulesEvaluation",
    "GetComplianceDetailsByConfigRule",
    "Invoke",
];

/// What AWS Config says of the account.
pub(super) struct Verdict {
    pub(super) compliance: String,
    pub(super) annotation: String,
    pub(super) resource: String,
}

impl Verdict {
    pub(super) fn is_compliant(&self) -> bool {
        self.compliance == "COMPLIANT"
    }
}

pub(super) struct Stage {
    sandbox: Sandbox,
    names: DemoNames,
    began: Timestamp,
    /// The bucket's policy before anything was done.
    policy: String,
}

impl Stage {
    /// The demo's account with the product's functions.
    pub(super) async fn open() -> Result<Self, CommandError> {
        let (sandbox, names) = demo();
        functions::register(&sandbox);
        let began = sandbox.now();
        let mut stage = Self {
            sandbox,
            names,
            began,
            policy: String::new(),
        };
        stage.policy = stage.bucket_policy().await?;
        stage.sandbox.clear_calls();
        Ok(stage)
    }

    pub(super) fn names(&self) -> &DemoNames {
        &self.names
    }

    pub(super) fn now(&self) -> Timestamp {
        self.sandbox.now()
    }

    /// How much time has passed in the sandbox.
    pub(super) fn elapsed(&self) -> SignedDuration {
        self.now().duration_since(self.began)
    }

    /// Lets time pass, with all that falls due.
    pub(super) async fn pass(&self, time: SignedDuration) {
        self.sandbox.advance(time);
        self.sandbox.settle().await;
    }

    /// Lets AWS Config evaluate the rule and reads the verdict that it then has.
    pub(super) async fn evaluate(&self) -> Result<Verdict, CommandError> {
        let rule = &self.names.rule;
        let start = json!({"ConfigRuleNames": [rule]});
        self.call("config", "StartConfigRulesEvaluation", start)
            .await?;
        self.sandbox.settle().await;
        let ask = json!({"ConfigRuleName": rule});
        let details = self
            .call("config", "GetComplianceDetailsByConfigRule", ask)
            .await?;
        let text = |path: &str| details.pointer(path).and_then(Value::as_str);
        let qualifier = "/EvaluationResults/0/EvaluationResultIdentifier/EvaluationResultQualifier";
        let of_resource = |member: &str| text(&format!("{qualifier}/{member}")).unwrap_or_default();
        let compliance = text("/EvaluationResults/0/ComplianceType").ok_or_else(|| {
            let function = &self.names.function;
            CommandError::Function(format!(
                "{function} reported nothing to AWS Config; this is a fault, please report it"
            ))
        })?;
        Ok(Verdict {
            compliance: compliance.to_owned(),
            annotation: text("/EvaluationResults/0/Annotation")
                .unwrap_or_default()
                .to_owned(),
            resource: format!(
                "{} {}",
                of_resource("ResourceType"),
                of_resource("ResourceId")
            ),
        })
    }

    /// Invokes the remediator with what the rule demands.
    pub(super) async fn invoke_remediator(
        &self,
        mode: Option<&str>,
    ) -> Result<Value, CommandError> {
        let mut payload = json!({
            "CloudTrailName": self.names.trail,
            "CloudTrailS3BucketName": self.names.bucket,
            "CloudTrailKmsKeyId": self.names.key_arn,
        });
        if let (Some(mode), Some(members)) = (mode, payload.as_object_mut()) {
            members.insert("Mode".to_owned(), Value::from(mode));
        }
        let input = json!({"FunctionName": REMEDIATOR, "Payload": payload});
        let mut answer = self.call("lambda", "Invoke", input).await?;
        let failed = answer.get("FunctionError").is_some();
        let payload = answer
            .get_mut("Payload")
            .map(Value::take)
            .unwrap_or_default();
        if failed {
            let text = payload.get("errorMessage").and_then(Value::as_str);
            let text = text.and_then(|text| text.lines().next()).unwrap_or("?");
            return Err(CommandError::Function(format!(
                "{REMEDIATOR} failed: {text}"
            )));
        }
        Ok(payload)
    }

    /// Whether the bucket's policy still holds the statements of others, character for character.
    pub(super) async fn keeps_foreign_statements(&self) -> Result<bool, CommandError> {
        let after = self.bucket_policy().await?;
        let before = self.policy.split_once('[');
        let before = before.and_then(|(_, rest)| rest.rsplit_once(']'));
        Ok(before.is_some_and(|(statements, _)| after.contains(statements.trim())))
    }

    async fn bucket_policy(&self) -> Result<String, CommandError> {
        let input = json!({"Bucket": self.names.bucket});
        let answer = self.call("s3", "GetBucketPolicy", input).await?;
        let policy = answer.get("Policy").and_then(Value::as_str);
        Ok(policy.unwrap_or_default().to_owned())
    }

    /// A point in the call log.
    pub(super) fn mark(&self) -> usize {
        self.sandbox.calls().len()
    }

    /// The writes of the functions since `mark` that change the account, not AWS Config's verdict.
    pub(super) fn writes_since(&self, mark: usize) -> Vec<CallRecord> {
        let calls = self.sandbox.calls().into_iter().skip(mark);
        calls
            .filter(|call| call.write && is_of_functions(call) && call.service != "config")
            .collect()
    }

    /// All calls of the functions.
    pub(super) fn function_calls(&self) -> Vec<CallRecord> {
        let calls = self.sandbox.calls().into_iter();
        calls.filter(is_of_functions).collect()
    }

    async fn call(
        &self,
        service: &str,
        operation: &'static str,
        input: Value,
    ) -> Result<Value, CommandError> {
        let call = Call::new(service, operation, &self.names.region, input);
        let answer = self.sandbox.call(call).await;
        answer.map_err(|source| CommandError::Sandbox { operation, source })
    }
}

fn is_of_functions(call: &CallRecord) -> bool {
    !OWN_CALLS.contains(&call.operation.as_str())
}
