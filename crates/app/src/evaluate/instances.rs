//! The rule `instance-profile`.

use trailkeeper_core::config_rule::{
    Compliance, Evaluation, ItemSummary, Notification, annotation, parse_instance_requirements,
};
use trailkeeper_core::instance_profile::{Recorded, Requirements};
use trailkeeper_core::operation::GET_RESOURCE_CONFIG_HISTORY;
use trailkeeper_core::{Code, Finding};

use super::report::Report;
use super::{Asked, schedule};
use crate::submit::SubmitError;

pub(super) async fn answer(asked: Asked<'_>, report: &mut Report<'_>) -> Result<(), SubmitError> {
    let requirements = parse_instance_requirements(&asked.event.rule_parameters);
    match (requirements, asked.event.resource()) {
        (Err(error), _) => {
            let finding = error.finding();
            report.add(asked.bad(&finding), &[finding], &[]).await
        }
        (Ok(requirements), None) => schedule::answer(asked, &requirements, report).await,
        (Ok(requirements), Some(_)) => changed(asked, &requirements, report).await,
    }
}

/// Judges the one instance that changed.
async fn changed(
    asked: Asked<'_>,
    requirements: &Requirements,
    report: &mut Report<'_>,
) -> Result<(), SubmitError> {
    let recorded = match recorded(asked).await {
        Ok(Some(recorded)) => recorded,
        Ok(None) => return Ok(()),
        Err(finding) => return report.add(asked.bad(&finding), &[finding], &[]).await,
    };
    let readers = asked.ports.instance_readers();
    let mut book = readers.book(requirements, asked.caller, asked.now);
    book.learn(std::slice::from_ref(&recorded)).await;
    let verdict = book.judge(&recorded);
    let evaluation = verdict.evaluation(asked.ordering);
    report
        .add(evaluation, &verdict.findings, &verdict.notes)
        .await
}

/// The instance as it was at the time of the notification.
async fn recorded(asked: Asked<'_>) -> Result<Option<Recorded>, Finding> {
    match &asked.event.notification {
        Notification::ConfigurationItemChange { item, .. } => Ok(Some(Recorded::of_item(item))),
        Notification::Oversized { summary, .. } => fetched(asked, summary).await.map(Some),
        _ => Ok(None),
    }
}

/// The item that was too large for the event. It must be the one of that time: with an older or a
/// newer one the verdict would stand under a time that it is not about.
async fn fetched(asked: Asked<'_>, summary: &ItemSummary) -> Result<Recorded, Finding> {
    let ItemSummary {
        resource_type,
        resource_id,
        capture_time,
        ..
    } = summary;
    let inventory = &asked.ports.inventory;
    let item = inventory.item_at(resource_type, resource_id, *capture_time);
    let item = item.await.map_err(|error| Finding::unread(&error))?;
    // Some answers carry whole seconds only.
    let is_meant = |item: &ItemSummary| {
        item.resource_type == *resource_type
            && item.resource_id == *resource_id
            && item.capture_time.as_second() == capture_time.as_second()
    };
    let item = item.filter(|item| is_meant(&item.summary));
    item.as_ref().map(Recorded::of_item).ok_or_else(|| {
        let evidence = format!("{GET_RESOURCE_CONFIG_HISTORY} has no item of {capture_time}");
        Finding::new(Code::CouldNotVerify, evidence)
    })
}

impl Asked<'_> {
    /// The verdict where nothing could be judged: on the resource that the event is about, else
    /// on the account.
    fn bad(&self, finding: &Finding) -> Evaluation {
        let text = annotation::of_findings(std::slice::from_ref(finding));
        match self.event.resource() {
            None => self.on_account(Compliance::NonCompliant, text),
            Some(item) => Evaluation {
                resource_type: item.resource_type.clone(),
                resource_id: item.resource_id.clone(),
                compliance: Compliance::NonCompliant,
                annotation: Some(text),
                ordering_timestamp: self.ordering,
            },
        }
    }
}
