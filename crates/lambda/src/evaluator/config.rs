//! Events of AWS Config: a report.

use serde_json::{Value, json};
use trailkeeper_app::evaluate::{Evaluated, evaluate_event};
use trailkeeper_app::submit::Submitted;
use trailkeeper_core::cloudtrail::Code;
use trailkeeper_core::config_rule::{Compliance, Evaluation};

use super::{Evaluator, in_time, named};
use crate::error::HandlerError;
use crate::invocation::Invocation;
use crate::log::{Cost, joined, summary};

pub(super) async fn handle(
    event: &Value,
    evaluator: &Evaluator,
    invocation: &Invocation,
) -> Result<Value, HandlerError> {
    let cost = evaluator.begin();
    let ports = cost.meter.on_evaluate(&evaluator.ports);
    let work = evaluate_event(&ports, &invocation.caller, event, invocation.work_until());
    let ended = in_time(work, invocation, &cost).await;
    let ended = ended.map_err(|error| without_token(error, event));
    // Several rules may stand before this function.
    let config_rule = named(event, "/configRuleName");
    match &ended {
        Ok(evaluated) => log_verdict(evaluated, &config_rule, invocation, &cost),
        Err(error) => log_error(error, &config_rule, invocation, &cost),
    }
    Ok(answer(&ended?))
}

/// A service that refuses a request may quote it, and who holds the token can report for the rule.
fn without_token(mut error: HandlerError, event: &Value) -> HandlerError {
    let token = event.get("resultToken").and_then(Value::as_str);
    if let Some(token) = token.filter(|token| !token.is_empty()) {
        error.error_message = error.error_message.replace(token, "<result token>");
    }
    error
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
    let codes = &evaluated.codes;
    let is_misconfigured = codes.contains(&Code::BadParameter);
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
                trigger = evaluated.trigger,
                verdict = verdict,
                compliant = evaluated.counts.compliant,
                nonCompliant = evaluated.counts.non_compliant,
                notApplicable = evaluated.counts.not_applicable,
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
