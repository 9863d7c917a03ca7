//! The events of AWS that rules of EventBridge pass on to the topic, and what such a rule matches.

use serde_json::{Value, json};

/// How an execution of a runbook ends that people have to look at.
const FAILED: [&str; 3] = ["Failed", "TimedOut", "Cancelled"];

/// The pattern that matches the changed verdicts of these rules of AWS Config.
pub fn verdict_pattern(rules: &[&str]) -> Value {
    json!({
        "source": ["aws.config"],
        "detail-type": ["Config Rules Compliance Change"],
        "detail": {
            "messageType": ["ComplianceChangeNotification"],
            "configRuleName": rules,
        },
    })
}

/// The pattern that matches the failed executions of these runbooks.
pub fn failure_pattern(runbooks: &[&str]) -> Value {
    json!({
        "source": ["aws.ssm"],
        "detail-type": ["EC2 Automation Execution Status-change Notification"],
        "detail": { "Definition": runbooks, "Status": FAILED },
    })
}
