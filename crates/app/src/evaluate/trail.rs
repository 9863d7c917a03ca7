//! The rule `cloudtrail-enabled`.

use jiff::{SignedDuration, Timestamp};
use trailkeeper_core::cloudtrail::{Requirements, Verdict, judge};
use trailkeeper_core::config_rule::{Compliance, annotation, parse_requirements};
use trailkeeper_core::fast_path::OwnRoles;
use trailkeeper_core::incident::Search;
use trailkeeper_core::{Arn, Caller, Finding};

use super::Asked;
use super::report::Report;
use crate::incident::look_up;
use crate::observe::{Readers, observe};
use crate::submit::SubmitError;

/// The time that is left to the report.
const REPORT_TIME: SignedDuration = SignedDuration::from_secs(10);

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
        Compliance::NonCompliant => non_compliant(asked, &verdict).await,
        _ => annotation::of_text(&verdict.reason()),
    };
    let evaluation = asked.on_account(compliance, text);
    report
        .add(evaluation, &verdict.findings, &verdict.notes)
        .await
}

/// What is wrong and, where the event history tells and it fits, who did it. One call is made for
/// that, which must not cost the report its time.
async fn non_compliant(asked: Asked<'_>, verdict: &Verdict) -> String {
    let text = annotation::of_findings(&verdict.findings);
    let search = Search::of_findings(trail_of(asked, verdict), &verdict.findings, asked.now);
    let (Some(by), Some(search)) = (&asked.ports.attribution, search) else {
        return text;
    };
    let until = asked.deadline - REPORT_TIME;
    let clock = asked.ports.clock.as_ref();
    let history = by.history.as_ref();
    let own = OwnRoles {
        account: &asked.caller.account,
        roles: &by.own_roles,
    };
    match look_up(history, clock, &search, own, 1, until).await {
        Ok(incident) if incident.is_cause => annotation::with_actor(text, &incident.actor),
        Ok(_) | Err(_) => text,
    }
}

/// The trail that is spoken of; of one that is gone only the name is known, and that it was here.
fn trail_of(asked: Asked<'_>, verdict: &Verdict) -> Arn {
    let wanted = || parse_requirements(&asked.event.rule_parameters).ok()?.trail;
    let gone = || {
        let name = wanted().unwrap_or_default();
        let here = Arn {
            partition: asked.caller.partition.clone(),
            service: "cloudtrail".to_owned(),
            region: asked.caller.region.to_string(),
            account: asked.caller.account.to_string(),
            resource: format!("trail/{name}"),
        };
        name.parse().unwrap_or(here)
    };
    verdict.trail.clone().unwrap_or_else(gone)
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
