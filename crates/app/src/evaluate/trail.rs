//! The rule `cloudtrail-enabled`.

use jiff::Timestamp;
use trailkeeper_core::cloudtrail::{Requirements, Verdict, judge};
use trailkeeper_core::config_rule::{Compliance, annotation, parse_requirements};
use trailkeeper_core::{Caller, Finding};

use super::Asked;
use super::report::Report;
use crate::observe::{Readers, observe};
use crate::submit::SubmitError;

/// Judges the account by its trails at the time `now`, without any event.
pub async fn judge_account(
    readers: Readers<'_>,
    requirements: &Requirements,
    caller: &Caller,
    now: Timestamp,
) -> Verdict {
    let seen = observe(readers, requirements, caller, now).await;
    judge(requirements, caller, &seen.views, &seen.failures, now)
}

pub(super) async fn answer(asked: Asked<'_>, report: &mut Report<'_>) -> Result<(), SubmitError> {
    let verdict = verdict(asked).await;
    let compliance = verdict.compliance();
    let text = match compliance {
        Compliance::NonCompliant => annotation::of_findings(&verdict.findings),
        _ => annotation::of_text(&verdict.reason()),
    };
    let evaluation = asked.on_account(compliance, text);
    report
        .add(evaluation, &verdict.findings, &verdict.notes)
        .await
}

async fn verdict(asked: Asked<'_>) -> Verdict {
    let bad = |finding: Finding| Verdict {
        trail: None,
        findings: vec![finding],
        notes: Vec::new(),
    };
    match parse_requirements(&asked.event.rule_parameters) {
        Ok(requirements) => {
            let readers = asked.ports.readers();
            judge_account(readers, &requirements, asked.caller, asked.now).await
        }
        Err(error) => bad(error.finding()),
    }
}
