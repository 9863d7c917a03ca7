//! Looking at what guards the trail, and putting right what cannot widen anything.

mod baseline;
mod read;

use std::sync::Arc;

use jiff::Timestamp;
use trailkeeper_core::guard::{GuardStep, Requirements, examine, plan};
use trailkeeper_core::{Arn, CallError, Caller, Finding, Note};

use crate::ports::{
    AutomationReader, DetectorReader, EventRuleReader, EventRuleWriter, FunctionReader, Inventory,
    KeyReader, ObjectReader, RemediationReader, RemediationWriter, RoleReader, TrailReader,
};
pub use read::view;

/// The ports of the rule `guard`. Its two writers can only switch on.
#[derive(Clone)]
pub struct GuardPorts {
    /// AWS Config's recorder, rules and verdicts.
    pub inventory: Arc<dyn Inventory>,
    /// AWS Config's remediations.
    pub remediation: Arc<dyn RemediationReader>,
    /// Starts the recorder and clears exceptions.
    pub remediation_writer: Arc<dyn RemediationWriter>,
    /// EventBridge.
    pub event_rules: Arc<dyn EventRuleReader>,
    /// Switches rules of EventBridge on.
    pub event_rule_writer: Arc<dyn EventRuleWriter>,
    /// SSM.
    pub automation: Arc<dyn AutomationReader>,
    /// Lambda.
    pub functions: Arc<dyn FunctionReader>,
    /// GuardDuty.
    pub detectors: Arc<dyn DetectorReader>,
    /// CloudTrail.
    pub trails: Arc<dyn TrailReader>,
    /// KMS.
    pub keys: Arc<dyn KeyReader>,
    /// IAM.
    pub roles: Arc<dyn RoleReader>,
    /// S3, for the baseline.
    pub objects: Arc<dyn ObjectReader>,
    /// The product's own roles, by name or ARN: of the runs of a runbook those count that they
    /// started, and AWS Config. None: all count.
    pub own_roles: Vec<String>,
    /// The ARN of the key with which the product's messages and logs are encrypted, which has to be
    /// usable where the rule names no other and it is this account's. The functions are told of it:
    /// it has no room among the rule's parameters.
    pub key: Option<Arn>,
}

/// What was found, and what was done about it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GuardVerdict {
    /// What is wrong now.
    pub findings: Vec<Finding>,
    /// What was put right, and what could not be.
    pub notes: Vec<Note>,
}

/// The same with the key of the ports. Nobody here may look at the key of another account.
fn with_key(requirements: &Requirements, key: Option<&Arn>, caller: &Caller) -> Requirements {
    let own = key.filter(|key| key.is_owned_by(&caller.account));
    let named = requirements.key.clone();
    Requirements {
        key: named.or_else(|| own.map(Arn::to_string)),
        ..requirements.clone()
    }
}

/// Judges the parts at the time `now`; where that is asked for puts right what it may, and judges
/// again by what is seen then.
pub async fn judge_guard(
    ports: &GuardPorts,
    requirements: &Requirements,
    caller: &Caller,
    now: Timestamp,
) -> GuardVerdict {
    let requirements = &with_key(requirements, ports.key.as_ref(), caller);
    let (record, mut unusable) = match baseline::record(ports, requirements, caller).await {
        Ok(record) => (record, Vec::new()),
        Err(finding) => (None, vec![finding]),
    };
    let record = record.as_ref();
    let mut seen = view(ports, requirements, record, caller, now).await;
    let steps = plan(requirements, &seen);
    let mut notes = Vec::new();
    for step in &steps {
        notes.push(note(step, perform(ports, step).await));
    }
    if !steps.is_empty() {
        seen = view(ports, requirements, record, caller, now).await;
    }
    let mut findings = examine(requirements, caller, &seen, record, now);
    findings.append(&mut unusable);
    GuardVerdict { findings, notes }
}

async fn perform(ports: &GuardPorts, step: &GuardStep) -> Result<(), CallError> {
    match step {
        GuardStep::StartRecorder { name } => ports.remediation_writer.start_recorder(name).await,
        GuardStep::EnableEventRule { name } => {
            ports.event_rule_writer.enable_event_rule(name).await
        }
        GuardStep::ClearException {
            rule,
            resource_type,
            resource_id,
        } => {
            let writer = &ports.remediation_writer;
            writer
                .delete_exception(rule, resource_type, resource_id)
                .await
        }
    }
}

fn note(step: &GuardStep, result: Result<(), CallError>) -> Note {
    let (code, text) = step.note();
    match result {
        Ok(()) => Note { code, text },
        Err(error) => Note {
            code: "not-put-right",
            text: format!("{} {}: {text}", error.operation, error.code),
        },
    }
}
