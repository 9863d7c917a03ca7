//! The evaluator under faults: I8 and I9.

use trailkeeper_sandbox::{CallRecord, FaultKind};

use super::invariant::{Break, Invariant};
use super::poll::finish;
use super::run::Ended;
use super::script::{FaultLine, Script};
use super::start::Start;

/// Evaluates the account once under the faults of a script. The verdict without them is
/// `is_compliant`.
pub fn evaluate_under(start: &Start, script: &Script, is_compliant: bool) -> Ended {
    let account = start.account.copy();
    for fault in &script.faults {
        account.sandbox.inject(fault.fault());
    }
    let event = account.event(&account.rule_parameters());
    let answer = finish(account.evaluate_event(&event));
    let calls = account.sandbox.calls();
    let mut breaks = Vec::new();
    if let Some(Ok(answer)) = answer {
        let told = calls.iter().any(|call| {
            call.operation == "PutEvaluations" && (call.outcome == "ok" || script_hides(script))
        });
        if !told {
            breaks.push(Break::new(Invariant::I8, "neither an error nor a report"));
        }
        let says_so = answer
            .evaluations
            .iter()
            .any(|one| one.compliance.as_str() == "COMPLIANT");
        let lied = script.faults.iter().any(FaultLine::is_lie);
        let is_by_design = script.faults.iter().any(is_by_design);
        if says_so && !is_compliant && !is_by_design {
            breaks.push(Break::new(Invariant::I9, "COMPLIANT, and it is not"));
        }
        if says_so && !lied && is_compliant && !is_by_design {
            breaks.extend(unread(&calls));
        }
    }
    Ended {
        breaks,
        calls: u64::try_from(calls.len()).unwrap(),
        positions: 0,
    }
}

/// Faults that may make the verdict good: Insights that CloudTrail says it does not offer are not
/// demanded, and a lifecycle rule that no longer shows whole is one that deletes less.
fn is_by_design(fault: &FaultLine) -> bool {
    let is = |code: &str| matches!(&fault.kind, FaultKind::Error(error) if error.code == code);
    match fault.operation.as_str() {
        "GetInsightSelectors" => is("UnsupportedOperationException") || fault.is_unknowable(),
        "GetBucketLifecycleConfiguration" => {
            matches!(&fault.kind, FaultKind::Without(place) if place.starts_with("Rules[]"))
                || matches!(fault.kind, FaultKind::Unknown(_) | FaultKind::StaleRead)
        }
        _ => fault.is_unknowable(),
    }
}

/// Whether the report may have been taken although the evaluator was told otherwise.
fn script_hides(script: &Script) -> bool {
    script
        .faults
        .iter()
        .any(|fault| fault.operation == "PutEvaluations")
}

/// An operation that never came through. One that fails may be made up for by another call of it:
/// a trail that the listing of one Region does not show is described by its ARN.
fn unread(calls: &[CallRecord]) -> Option<Break> {
    let reads = || calls.iter().filter(|call| !call.write);
    let never = reads().find(|read| {
        let mut same = reads().filter(|other| other.operation == read.operation);
        !same.any(|other| other.outcome == "ok")
    })?;
    let text = format!("COMPLIANT without {}: {}", never.operation, never.outcome);
    Some(Break::new(Invariant::I9, text))
}
