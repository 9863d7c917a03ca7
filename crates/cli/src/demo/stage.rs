//! The sandbox of the demo, and what is done in it.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use trailkeeper_sandbox::scenario::{DemoNames, demo};
use trailkeeper_sandbox::{Call, CallRecord, Sandbox};

use crate::error::CommandError;
use crate::product::{RUNBOOK, Remediation, install};

/// What the demo itself asks for; every other call is one of the runbook or of the functions.
const OWN_CALLS: [&str; 8] = [
    "StartConfigRulesEvaluation",
    "StartRemediationExecution",
    "GetComplianceDetailsByConfigRule",
    "DescribeConfigRules",
    "DescribeRemediationExecutionStatus",
    "DescribeAutomationExecutions",
    "StartAutomationExecution",
    "GetAutomationExecution",
];
/// What AWS Config and the runbook call to start a function.
const INVOKE: &str = "Invoke";

/// What AWS Config says of a resource.
pub(super) struct Verdict {
    pub(super) compliance: String,
    pub(super) annotation: String,
    pub(super) resource_type: String,
    pub(super) resource_id: String,
}

impl Verdict {
    pub(super) fn is_compliant(&self) -> bool {
        self.compliance == "COMPLIANT"
    }
}

/// A run of the runbook, as GetAutomationExecution answers.
pub(super) struct Run(pub(super) Value);

impl Run {
    fn text(&self, path: &str) -> &str {
        let value = self.0.pointer(&format!("/AutomationExecution/{path}"));
        value.and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn status(&self) -> &str {
        self.text("AutomationExecutionStatus")
    }

    pub(super) fn executed_by(&self) -> &str {
        self.text("ExecutedBy")
    }

    /// A parameter that the run was started with.
    pub(super) fn parameter(&self, name: &str) -> &str {
        self.text(&format!("Parameters/{name}/0"))
    }

    /// An output of the document, `Step.name`: its values, without empty ones and without what
    /// Systems Manager says of a step that did not run.
    pub(super) fn output(&self, name: &str) -> Vec<&str> {
        let path = format!("/AutomationExecution/Outputs/{name}");
        let values = self.0.pointer(&path).and_then(Value::as_array);
        let values = values.into_iter().flatten().filter_map(Value::as_str);
        let is_said = |value: &&str| !value.is_empty() && !value.starts_with("No output available");
        values.filter(is_said).collect()
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
    /// The demo's account with the product, which is to repair by itself.
    pub(super) async fn open() -> Result<Self, CommandError> {
        let (sandbox, names) = demo();
        install(&sandbox, Remediation::Automatic).await?;
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

    /// Lets AWS Config evaluate the trail rule and reads the verdict that it then has.
    pub(super) async fn evaluate(&self) -> Result<Verdict, CommandError> {
        let mut results = self.evaluate_rule(&self.names.rule).await?.into_iter();
        results.next().ok_or_else(|| {
            let function = &self.names.function;
            CommandError::Function(format!(
                "{function} reported nothing to AWS Config; this is a fault, please report it"
            ))
        })
    }

    /// Lets AWS Config evaluate a rule and reads all verdicts that it then has.
    pub(super) async fn evaluate_rule(&self, rule: &str) -> Result<Vec<Verdict>, CommandError> {
        let start = json!({"ConfigRuleNames": [rule]});
        self.call("config", "StartConfigRulesEvaluation", start)
            .await?;
        self.sandbox.settle().await;
        self.verdicts(rule).await
    }

    /// The verdicts that AWS Config has on a rule.
    pub(super) async fn verdicts(&self, rule: &str) -> Result<Vec<Verdict>, CommandError> {
        let ask = json!({"ConfigRuleName": rule});
        let details = self
            .call("config", "GetComplianceDetailsByConfigRule", ask)
            .await?;
        let results = details.get("EvaluationResults").and_then(Value::as_array);
        Ok(results.into_iter().flatten().map(verdict).collect())
    }

    /// Has AWS Config remedy these resources of a rule, as somebody at the console does.
    pub(super) async fn remedy(
        &self,
        rule: &str,
        resources: &[(&str, &str)],
    ) -> Result<(), CommandError> {
        let key = |(kind, id): &(&str, &str)| json!({"resourceType": kind, "resourceId": id});
        let keys: Vec<Value> = resources.iter().map(key).collect();
        let start = json!({"ConfigRuleName": rule, "ResourceKeys": keys});
        self.call("config", "StartRemediationExecution", start)
            .await?;
        self.sandbox.settle().await;
        Ok(())
    }

    /// The sandbox itself, for what `trailkeeper evaluate` does in it.
    pub(super) fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// What AWS Config says of its remediation of the account.
    pub(super) async fn remediation_state(&self) -> Result<String, CommandError> {
        let ask = json!({"ConfigRuleName": self.names.rule});
        let answer = self
            .call("config", "DescribeRemediationExecutionStatus", ask)
            .await?;
        let state = answer.pointer("/RemediationExecutionStatuses/0/State");
        Ok(state.and_then(Value::as_str).unwrap_or("none").to_owned())
    }

    /// Starts the runbook as somebody at the console does, with what the rule demands.
    pub(super) async fn start_runbook(&self) -> Result<(), CommandError> {
        let parameters = json!({
            "CloudTrailName": [self.names.trail],
            "CloudTrailS3BucketName": [self.names.bucket],
            "CloudTrailKmsKeyId": [self.names.key_arn],
        });
        let start = json!({"DocumentName": RUNBOOK, "Parameters": parameters});
        self.call("ssm", "StartAutomationExecution", start).await?;
        self.sandbox.settle().await;
        Ok(())
    }

    /// The last run of the runbook.
    pub(super) async fn last_run(&self) -> Result<Run, CommandError> {
        let runs = self.runs(RUNBOOK).await?;
        runs.into_iter().next().ok_or_else(|| {
            let text = format!("{RUNBOOK} was not started; this is a fault, please report it");
            CommandError::Function(text)
        })
    }

    /// All runs of a runbook, the last one first.
    pub(super) async fn runs(&self, document: &str) -> Result<Vec<Run>, CommandError> {
        runs(&self.sandbox, &self.names.region, document).await
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

    /// The writes since `mark` that change the account, not AWS Config's verdict.
    pub(super) fn writes_since(&self, mark: usize) -> Vec<CallRecord> {
        let calls = self.sandbox.calls().into_iter().skip(mark);
        calls
            .filter(|call| call.write && is_the_products(call) && call.service != "config")
            .collect()
    }

    /// How often the runbook invoked the remediator.
    pub(super) fn invocations(&self) -> usize {
        let calls = self.sandbox.calls();
        calls.iter().filter(|call| call.operation == INVOKE).count()
    }

    /// All calls of the runbook and of the functions.
    pub(super) fn product_calls(&self) -> Vec<CallRecord> {
        let calls = self.sandbox.calls().into_iter();
        calls.filter(is_the_products).collect()
    }

    async fn call(
        &self,
        service: &str,
        operation: &'static str,
        input: Value,
    ) -> Result<Value, CommandError> {
        call(&self.sandbox, &self.names.region, service, operation, input).await
    }
}

/// A call to a sandbox that must not fail.
///
/// # Errors
/// It failed all the same.
pub(super) async fn call(
    sandbox: &Sandbox,
    region: &str,
    service: &str,
    operation: &'static str,
    input: Value,
) -> Result<Value, CommandError> {
    let call = Call::new(service, operation, region, input);
    let answer = sandbox.call(call).await;
    answer.map_err(|source| CommandError::Sandbox { operation, source })
}

/// All runs of a runbook, the last one first.
///
/// # Errors
/// As [`call`].
pub(super) async fn runs(
    sandbox: &Sandbox,
    region: &str,
    document: &str,
) -> Result<Vec<Run>, CommandError> {
    let ask = json!({"Filters": [{"Key": "DocumentNamePrefix", "Values": [document]}]});
    let answer = call(sandbox, region, "ssm", "DescribeAutomationExecutions", ask).await?;
    let list = answer.get("AutomationExecutionMetadataList");
    let mut runs = Vec::new();
    for run in list.and_then(Value::as_array).into_iter().flatten() {
        let ask = json!({"AutomationExecutionId": run.get("AutomationExecutionId")});
        let run = call(sandbox, region, "ssm", "GetAutomationExecution", ask).await?;
        runs.push(Run(run));
    }
    Ok(runs)
}

/// A result of GetComplianceDetailsByConfigRule.
fn verdict(result: &Value) -> Verdict {
    let text = |path: &str| {
        let value = result.pointer(path).and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    let qualifier = "/EvaluationResultIdentifier/EvaluationResultQualifier";
    Verdict {
        compliance: text("/ComplianceType"),
        annotation: text("/Annotation"),
        resource_type: text(&format!("{qualifier}/ResourceType")),
        resource_id: text(&format!("{qualifier}/ResourceId")),
    }
}

fn is_the_products(call: &CallRecord) -> bool {
    call.operation != INVOKE && !OWN_CALLS.contains(&call.operation.as_str())
}
