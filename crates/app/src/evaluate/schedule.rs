//! The periodic run of `instance-profile`: all instances, reported as they are judged.

use futures::future::join;
use jiff::{SignedDuration, Timestamp};
use trailkeeper_core::Note;
use trailkeeper_core::config_rule::{Compliance, Evaluation, RuleName, annotation};
use trailkeeper_core::facts::EvaluatedResource;
use trailkeeper_core::instance_profile::{InstanceVerdict, RESOURCE_TYPE, Requirements};

use super::pace::Pace;
use super::report::Report;
use super::stale::stale;
use super::sweep::{Sweep, is_judged};
use super::{Asked, not_any_more};
use crate::submit::SubmitError;

/// How old a result on an instance must be, at the notification, to be withdrawn. AWS Config calls
/// the rule for the change of a resource and takes the resource into its index apart from that: an
/// instance that was launched and judged just before may not be in SelectResourceConfig yet.
/// Minutes are the usual lag; one run too late does less harm than a verdict lost until the
/// instance changes again.
const INDEX_LAG: SignedDuration = SignedDuration::from_mins(15);

pub(super) async fn answer(
    asked: Asked<'_>,
    requirements: &Requirements,
    report: &mut Report<'_>,
) -> Result<(), SubmitError> {
    let readers = asked.ports.instance_readers();
    let mut sweep = Sweep::new(readers, requirements, asked.caller, asked.now).in_short();
    let mut pace = Pace::new(asked.ports.clock.as_ref(), asked.deadline);
    let mut judged = 0;
    let mut page = sweep.page(Some(&mut pace)).await;
    while let Some(verdicts) = page.take() {
        judged += verdicts.iter().filter(|one| is_judged(one)).count();
        // The next page is read while this one is sent.
        let next = sweep.page(Some(&mut pace));
        let (next, sent) = join(next, send(asked, verdicts, report)).await;
        sent?;
        if report.is_in_vain() {
            return Ok(());
        }
        page = next;
    }
    conclude(asked, sweep, judged, report).await
}

/// Reports on the account what could not be seen, and withdraws what is not there any more only
/// where everything was seen.
async fn conclude(
    asked: Asked<'_>,
    mut sweep: Sweep<'_>,
    judged: usize,
    report: &mut Report<'_>,
) -> Result<(), SubmitError> {
    let mut unverified = std::mem::take(&mut sweep.failures);
    if judged == 0 {
        unverified.extend(sweep.nothing_known());
    }
    if let Some(error) = &sweep.recorder_error {
        report.note(note("recorder-failing", error));
    }
    if !unverified.is_empty() {
        let text = annotation::of_findings(&unverified);
        let evaluation = asked.on_account(Compliance::NonCompliant, text);
        return report.add(evaluation, &unverified, &[]).await;
    }
    if sweep.recorder_error.is_some() {
        // What the inventory does not show may be there all the same.
        return Ok(());
    }
    if judged == 0 {
        // Else AWS Config would say that the rule has no results.
        let text = annotation::of_text("the account has no instance to judge in this Region");
        let evaluation = asked.on_account(Compliance::Compliant, text);
        report.add(evaluation, &[], &[]).await?;
    }
    withdraw(asked, &sweep, judged, report).await
}

async fn send(
    asked: Asked<'_>,
    verdicts: Vec<InstanceVerdict>,
    report: &mut Report<'_>,
) -> Result<(), SubmitError> {
    for verdict in verdicts {
        let evaluation = verdict.evaluation(asked.ordering);
        report
            .add(evaluation, &verdict.findings, &verdict.notes)
            .await?;
    }
    Ok(())
}

/// Withdraws the results on whatever is not there any more. They are compared by type and id: an
/// id alone may be that of another resource.
async fn withdraw(
    asked: Asked<'_>,
    sweep: &Sweep<'_>,
    judged: usize,
    report: &mut Report<'_>,
) -> Result<(), SubmitError> {
    let account = asked.on_account(Compliance::NotApplicable, String::new());
    let indexed = asked.ordering.checked_sub(INDEX_LAG);
    let indexed = indexed.unwrap_or(Timestamp::MIN);
    let stands = |result: &EvaluatedResource| {
        let is_instance = result.resource_type == RESOURCE_TYPE;
        let newer = result.ordering_timestamp > Some(asked.ordering);
        let may_be_unlisted = is_instance && result.ordering_timestamp >= Some(indexed);
        let is_account = (&result.resource_type, &result.resource_id)
            == (&account.resource_type, &account.resource_id);
        let is_seen = is_instance && sweep.has_seen(&result.resource_id);
        newer || may_be_unlisted || is_seen || (is_account && judged == 0)
    };
    let gone = match stale(asked, stands).await {
        Ok(gone) => gone,
        Err(why) => {
            report.note(note("stale-not-withdrawn", &why));
            return Ok(());
        }
    };
    for (resource_type, resource_id) in gone {
        let evaluation = Evaluation {
            resource_type,
            resource_id,
            compliance: Compliance::NotApplicable,
            annotation: Some(not_any_more(RuleName::InstanceProfile)),
            ordering_timestamp: asked.ordering,
        };
        report.add(evaluation, &[], &[]).await?;
    }
    Ok(())
}

fn note(code: &'static str, text: &str) -> Note {
    Note {
        code,
        text: text.to_owned(),
    }
}
