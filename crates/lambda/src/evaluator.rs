//! The function behind the rules of AWS Config.

use std::time::Duration;

use serde_json::{Value, json};
use tracing::info;
use trailkeeper_app::evaluate::{EvaluateError, EvaluatePorts, Evaluated, evaluate_event};
use trailkeeper_app::submit::Submitted;
use trailkeeper_core::cloudtrail::Code;
use trailkeeper_core::config_rule::{Compliance, ConfigEvent, Evaluation};

use crate::error::HandlerError;
use crate::invocation::Invocation;
use crate::log::{Cost, joined, summary};

/// How often a call is tried in all. Nobody else repeats a read within an evaluation, and a read
/// that failed makes a verdict of could-not-verify.
pub const ATTEMPTS: u32 = 3;

/// The longest that a call may take with all attempts: four seconds for each, where AWS answers
/// in tenths of one. The few calls that wait for one another so fit into a minute.
pub const CALL_TIME: Duration = Duration::from_secs(12);

/// Answers an event. An event of AWS Config ends in a report to AWS Config; the value that is
/// returned repeats it, for those who invoke the function by hand.
///
/// # Errors
/// The event cannot be read, is not for this account or rule, or AWS Config did not take the
/// report.
pub async fn handle(
    event: Value,
    ports: &EvaluatePorts,
    invocation: &Invocation,
) -> Result<Value, HandlerError> {
    if event.get("detail-type").is_some() {
        return Ok(fast_path_off(invocation));
    }
    let cost = Cost::begin(ports.clock.as_ref());
    let ended = evaluated(&event, ports, invocation, &cost).await;
    let ended = ended.map_err(|error| without_token(error, &event));
    match &ended {
        Ok(evaluated) => log_verdict(evaluated, &config_rule(&event), invocation, &cost),
        Err(error) => log_error(error, &config_rule(&event), invocation, &cost),
    }
    Ok(answer(&ended?))
}

async fn evaluated(
    event: &Value,
    ports: &EvaluatePorts,
    invocation: &Invocation,
    cost: &Cost<'_>,
) -> Result<Evaluated, HandlerError> {
    check_account(event, invocation)?;
    let ports = cost.meter.on_evaluate(ports);
    let deadline = invocation.work_until();
    Ok(evaluate_event(&ports, &invocation.caller, event, deadline).await?)
}

/// A service that refuses a request may quote it, and who holds the token can report for the rule.
fn without_token(mut error: HandlerError, event: &Value) -> HandlerError {
    let token = event.get("resultToken").and_then(Value::as_str);
    if let Some(token) = token.filter(|token| !token.is_empty()) {
        error.error_message = error.error_message.replace(token, "<result token>");
    }
    error
}

/// The credentials of one account cannot report for another.
fn check_account(event: &Value, invocation: &Invocation) -> Result<(), HandlerError> {
    let event = ConfigEvent::parse(event).map_err(EvaluateError::from)?;
    let ours = &invocation.caller.account;
    match event.account_id {
        Some(theirs) if theirs != *ours => Err(HandlerError::new(
            "cross-account-rule",
            format!(
                "the rule belongs to account {theirs} and this function to account {ours}; this \
                 version takes on no role in another account: deploy function and rule together \
                 in account {theirs}, in many accounts with a stack set"
            ),
        )),
        _ => Ok(()),
    }
}

/// EventBridge would repeat a failed event, to no avail; so this is an answer and no error.
fn fast_path_off(invocation: &Invocation) -> Value {
    let note = "fast-path-off: this version does nothing on EventBridge events; the rule judges \
         the account at its next run";
    info!(
        requestId = invocation.request_id,
        outcome = "none",
        "{note}"
    );
    json!({ "action": "none", "executionId": "", "notes": [note] })
}

fn answer(evaluated: &Evaluated) -> Value {
    let evaluations: Vec<Value> = evaluated.evaluations.iter().map(evaluation).collect();
    json!({
        "rule": rule(evaluated),
        "counts": counts(evaluated),
        "evaluations": evaluations,
        "findings": texts(&evaluated.findings),
        "notes": texts(&evaluated.notes),
        "submitted": submitted(evaluated.submitted),
    })
}

/// How many evaluations were reported; of many the answer repeats only the first.
fn counts(evaluated: &Evaluated) -> Value {
    let counts = evaluated.counts;
    json!({
        "compliant": counts.compliant,
        "nonCompliant": counts.non_compliant,
        "notApplicable": counts.not_applicable,
    })
}

fn evaluation(evaluation: &Evaluation) -> Value {
    json!({
        "resourceType": evaluation.resource_type,
        "resourceId": evaluation.resource_id,
        "compliance": evaluation.compliance.as_str(),
        "annotation": evaluation.annotation.as_deref().unwrap_or_default(),
    })
}

/// A parameter that cannot be used is a verdict and an error in the log: the verdict says nothing
/// of the trails.
fn log_verdict(evaluated: &Evaluated, name: &str, invocation: &Invocation, cost: &Cost<'_>) {
    let codes = evaluated.findings.iter().map(|finding| finding.code);
    let is_misconfigured = codes.clone().any(|code| code == Code::BadParameter);
    let verdict = verdict(evaluated);
    macro_rules! line {
        ($level:ident) => {
            summary!(
                $level,
                "evaluated",
                invocation,
                cost,
                configRule = name,
                rule = rule(evaluated),
                verdict = verdict,
                findings = joined(codes),
                notes = joined(&evaluated.notes),
                submitted = submitted(evaluated.submitted),
            )
        };
    }
    if is_misconfigured {
        line!(error);
    } else {
        line!(info);
    }
}

/// The verdict, or of several how many there are of each kind: `COMPLIANT 5, NON_COMPLIANT 2`.
fn verdict(evaluated: &Evaluated) -> String {
    if let [only] = evaluated.evaluations.as_slice() {
        return only.compliance.as_str().to_owned();
    }
    let counts = evaluated.counts;
    let kinds = [
        (Compliance::Compliant, counts.compliant),
        (Compliance::NonCompliant, counts.non_compliant),
        (Compliance::NotApplicable, counts.not_applicable),
    ];
    let some = kinds.iter().filter(|(_, count)| *count > 0);
    joined(some.map(|(kind, count)| format!("{} {count}", kind.as_str())))
}

fn log_error(error: &HandlerError, name: &str, invocation: &Invocation, cost: &Cost<'_>) {
    summary!(
        error,
        "not evaluated",
        invocation,
        cost,
        configRule = name,
        errorType = error.error_type,
        error = error.sentence(),
    );
}

/// The name of the Config rule, several of which may stand before this function. AWS Config allows
/// 128 characters; more come from somewhere else and are no name.
fn config_rule(event: &Value) -> String {
    let name = event.get("configRuleName").and_then(Value::as_str);
    name.unwrap_or_default().chars().take(128).collect()
}

fn rule(evaluated: &Evaluated) -> &'static str {
    evaluated.rule.map_or("", |rule| rule.as_str())
}

fn submitted(submitted: Submitted) -> &'static str {
    match submitted {
        Submitted::Accepted { .. } => "accepted",
        Submitted::RuleDeleted => "rule-deleted",
    }
}

fn texts<T: ToString>(items: &[T]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}
