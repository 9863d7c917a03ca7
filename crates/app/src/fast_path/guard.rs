//! Events about the product's own parts: told, and the rule `guard` asked to look again. Nothing is
//! undone from here: a part is changed by its owner as often as by an intruder.

use futures::future::join;
use trailkeeper_core::fast_path::{
    Concerns, EventAnswer, EventNote, Guarded, Remarks, meaning, of_guard,
};

use super::asked::Asked;
use super::error::AnswerError;
use super::found::shown;
use super::{answer_of, evaluate_again};

/// The answer, where the event is about a part of ours.
pub(super) async fn answer(asked: Asked<'_>) -> Result<Option<EventAnswer>, AnswerError> {
    let (guarded, mut notes) = guarded(&asked).await;
    let names = asked.names();
    let ours = guarded.ours(asked.row.handler, &names);
    // Parameters that CloudTrail left out can be made too long on purpose: they count as ours.
    let is_unnamed = names.is_empty() && asked.row.handler.concerns() == Concerns::Guard;
    if ours.is_empty() && !is_unnamed {
        return Ok(None);
    }
    if let Some(failure) = &asked.call.failure {
        return asked.tell_attempt(failure, notes).await.map(Some);
    }
    let finding = of_guard(asked.row, asked.call, &ours);
    let concern = asked.concern(&ours.join(", "), vec![finding]);
    let remarks = Remarks {
        lines: vec![meaning(asked.row, &[])],
        ..Remarks::default()
    };
    let told = asked.tell(&concern, &remarks).await;
    // Also where the message failed: the verdict does not wait for it.
    let rule = asked.settings.guard_rule.as_deref();
    notes.extend(evaluate_again(asked.ports, rule).await);
    Ok(Some(answer_of(told?, notes)))
}

/// The names of the parts: those of the settings, of the trail's remediation, and of the rule
/// `guard`.
async fn guarded(asked: &Asked<'_>) -> (Guarded, Vec<EventNote>) {
    let settings = asked.settings;
    let rules = [
        &settings.trail_rule,
        &settings.instance_rule,
        &settings.guard_rule,
    ];
    let known = Guarded {
        config_rules: rules.into_iter().flatten().cloned().collect(),
        roles: settings.own_roles.iter().cloned().collect(),
        ..Guarded::default()
    };
    let ((of_rule, rule_note), (of_remediation, remediation_note)) =
        join(of_guard_rule(asked), of_remediation(asked)).await;
    let notes = rule_note.into_iter().chain(remediation_note).collect();
    (known.and(of_rule).and(of_remediation), notes)
}

async fn of_guard_rule(asked: &Asked<'_>) -> (Guarded, Option<EventNote>) {
    let Some(rule) = asked.settings.guard_rule.as_deref() else {
        return Default::default();
    };
    match asked.ports.inventory.config_rule(rule).await {
        Ok(Some(facts)) => (Guarded::of_guard(&facts.parameters), None),
        Ok(None) => (
            Guarded::default(),
            Some(EventNote::new("rule-missing", rule)),
        ),
        Err(error) => {
            let note = EventNote::new("rule-not-read", shown(&error));
            (Guarded::default(), Some(note))
        }
    }
}

async fn of_remediation(asked: &Asked<'_>) -> (Guarded, Option<EventNote>) {
    let Some(rule) = asked.settings.trail_rule.as_deref() else {
        return Default::default();
    };
    match asked.ports.trail.remediation.remediation(rule).await {
        Ok(Some(remediation)) => (Guarded::of_remediation(&remediation), None),
        Ok(None) => Default::default(),
        Err(error) => {
            let note = EventNote::new("remediation-not-read", shown(&error));
            (Guarded::default(), Some(note))
        }
    }
}
