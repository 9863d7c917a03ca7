//! The rule `guard`.

use trailkeeper_core::config_rule::{Compliance, annotation, parse_guard_requirements};

use super::Asked;
use super::report::Report;
use crate::guard::{GuardVerdict, judge_guard};
use crate::submit::SubmitError;

/// Judges and reports on the account; a finding names the part.
pub(super) async fn answer(asked: Asked<'_>, report: &mut Report<'_>) -> Result<(), SubmitError> {
    let verdict = match parse_guard_requirements(&asked.event.rule_parameters) {
        Ok(requirements) => {
            let ports = &asked.ports.guard;
            judge_guard(ports, &requirements, asked.caller, asked.now).await
        }
        Err(error) => GuardVerdict {
            findings: vec![error.finding()],
            notes: Vec::new(),
        },
    };
    let (compliance, text) = if verdict.findings.is_empty() {
        let notes: Vec<String> = verdict.notes.iter().map(ToString::to_string).collect();
        let text = format!("what guards the trail is at work; {}", notes.join("; "));
        (
            Compliance::Compliant,
            annotation::of_text(text.trim_end_matches("; ")),
        )
    } else {
        let text = annotation::of_findings(&verdict.findings);
        (Compliance::NonCompliant, text)
    };
    let evaluation = asked.on_account(compliance, text);
    report
        .add(evaluation, &verdict.findings, &verdict.notes)
        .await
}
