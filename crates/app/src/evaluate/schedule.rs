//! The periodic run of `instance-profile`: all instances, reported as they are judged.

use trailkeeper_core::Note;
use trailkeeper_core::config_rule::{Compliance, Evaluation, RuleName, annotation};
use trailkeeper_core::facts::EvaluatedResource;
use trailkeeper_core::instance_profile::{RESOURCE_TYPE, Requirements};

use super::report::Report;
use super::stale::stale;
use super::sweep::Sweep;
use super::{Asked, not_any_more};
use crate::submit::SubmitError;

pub(super) async fn answer(
    asked: Asked<'_>,
    requirements: &Requirements,
    report: &mut Report<'_>,
) -> Result<(), SubmitError> {
    let readers = asked.ports.instance_readers();
    let mut sweep = Sweep::new(readers, requirements, asked.caller, asked.now);
    let time = (asked.ports.clock.as_ref(), asked.deadline);
    let mut judged = 0;
    while let Some(page) = sweep.page(Some(time)).await {
        for verdict in page {
            judged += usize::from(verdict.compliance != Compliance::NotApplicable);
            let evaluation = verdict.evaluation(asked.ordering);
            report
                .add(evaluation, &verdict.findings, &verdict.notes)
                .await?;
        }
        if report.is_in_vain() {
            return Ok(());
        }
    }
    if !sweep.failures.is_empty() {
        let text = annotation::of_findings(&sweep.failures);
        let evaluation = asked.on_account(Compliance::NonCompliant, text);
        return report.add(evaluation, &sweep.failures, &[]).await;
    }
    if judged == 0 {
        // Else AWS Config would say that the rule has no results.
        let text = annotation::of_text("the account has no instance to judge in this Region");
        let evaluation = asked.on_account(Compliance::Compliant, text);
        report.add(evaluation, &[], &[]).await?;
    }
    withdraw(asked, &sweep, judged, report).await
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
    let stands = |result: &EvaluatedResource| {
        let newer = result.ordering_timestamp > Some(asked.ordering);
        let is_account = (&result.resource_type, &result.resource_id)
            == (&account.resource_type, &account.resource_id);
        let is_seen = result.resource_type == RESOURCE_TYPE && sweep.has_seen(&result.resource_id);
        newer || is_seen || (is_account && judged == 0)
    };
    let gone = match stale(asked, stands).await {
        Ok(gone) => gone,
        Err(why) => {
            report.note(Note {
                code: "stale-not-withdrawn",
                text: why,
            });
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
