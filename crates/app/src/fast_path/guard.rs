//! Events about the product's own parts: told, and the rule `guard` asked to look again. Nothing is
//! undone from here: a part is changed by its owner as often as by an intruder.

use std::collections::BTreeSet;

use futures::future::join;
use jiff::Timestamp;
use trailkeeper_core::CallError;
use trailkeeper_core::fast_path::{
    Concerns, EventAnswer, EventNote, Guarded, Handler, Remarks, meaning, meaning_unnamed, of_guard,
};
use trailkeeper_core::guard::REPAIR_WINDOW;

use super::asked::Asked;
use super::error::{AnswerError, passes};
use super::found::shown;
use super::settings::Mode;
use super::{answer_of, evaluate_again, noted};

/// The answer, where the event is about a part of ours.
pub(super) async fn answer(asked: Asked<'_>) -> Result<Option<EventAnswer>, AnswerError> {
    let Known {
        guarded,
        mut notes,
        unread,
    } = known(&asked).await;
    let concerns = asked.row.handler.concerns();
    let is_off = asked.settings.mode == Mode::Off;
    let ours = guarded.ours(asked.row.handler, &asked.names());
    let is_unnamed = asked.is_unnamed();
    if ours.is_empty() && !is_unnamed {
        // Whether it is one of ours is not known as long as what names ours cannot be read, and
        // nobody else answers.
        let is_last = concerns == Concerns::Guard || is_off;
        return match unread.filter(|error| is_last && passes(error)) {
            Some(error) => Err(AnswerError::unfinished(asked.call, error)),
            None => Ok(None),
        };
    }
    if let Some(failure) = &asked.call.failure {
        // It is forwarded to every Region; the one in which it was recorded tells of it.
        if is_unnamed && asked.call.region != asked.caller.region {
            let note = EventNote::new("other-region", asked.call.region.as_str());
            return Ok(Some(noted(note)));
        }
        return asked.tell_attempt(failure, notes).await.map(Some);
    }
    let finding = of_guard(asked.row, asked.call, &ours);
    let concern = asked.concern(&ours.join(", "), vec![finding]);
    let remarks = Remarks {
        lines: match is_unnamed {
            true => meaning_unnamed(asked.row),
            false => vec![meaning(asked.row, &[])],
        },
        ..Remarks::default()
    };
    let told = asked.tell(&concern, &remarks).await;
    // Also where the message failed: the verdict does not wait for it.
    if !is_off {
        let rule = asked.settings.guard_rule.as_deref();
        notes.extend(evaluate_again(asked.ports, rule).await);
    }
    // What names nothing can be a role of instances as well.
    if !is_off && is_unnamed && concerns == Concerns::Instances {
        let rule = asked.settings.instance_rule.as_deref();
        notes.extend(evaluate_again(asked.ports, rule).await);
    }
    Ok(Some(answer_of(told?, notes)))
}

/// What is known of the parts.
#[derive(Default)]
struct Known {
    guarded: Guarded,
    notes: Vec<EventNote>,
    /// What kept the rest from being known.
    unread: Option<CallError>,
}

impl Known {
    fn and(mut self, other: Self) -> Self {
        self.guarded = self.guarded.and(other.guarded);
        self.notes.extend(other.notes);
        self.unread = self.unread.or(other.unread);
        self
    }

    fn of(guarded: Guarded) -> Self {
        Self {
            guarded,
            ..Self::default()
        }
    }

    fn not_read(code: &'static str, error: CallError) -> Self {
        Self {
            notes: vec![EventNote::new(code, shown(&error))],
            unread: Some(error),
            ..Self::default()
        }
    }
}

/// The names of the parts: those of the settings, of the trail's remediation, and of the rule
/// `guard`.
async fn known(asked: &Asked<'_>) -> Known {
    let settings = asked.settings;
    let rules = [
        &settings.trail_rule,
        &settings.instance_rule,
        &settings.guard_rule,
    ];
    let known = Guarded {
        config_rules: rules.into_iter().flatten().cloned().collect(),
        roles: settings.own_roles.iter().cloned().collect(),
        functions: settings.function.iter().cloned().collect(),
        ..Guarded::default()
    };
    // A remediation names no trail of the guard, and was read for the one that is judged.
    if asked.row.handler == Handler::Trail {
        return of_guard_rule(asked).await;
    }
    let (of_rule, of_remediation) = join(of_guard_rule(asked), of_remediation(asked)).await;
    let known = Known::of(known).and(of_rule).and(of_remediation);
    if asked.row.handler == Handler::Run {
        let runs = runs(asked, &known.guarded.runbooks).await;
        return known.and(runs);
    }
    known
}

/// The runs of the runbooks that may be under way: a call names a run by its id alone.
async fn runs(asked: &Asked<'_>, runbooks: &BTreeSet<String>) -> Known {
    let automation = &asked.ports.trail.automation;
    let since = asked.announcer.now.checked_sub(REPAIR_WINDOW);
    let since = since.unwrap_or(Timestamp::MIN);
    let mut known = Known::default();
    for runbook in runbooks {
        let read = match automation.executions(runbook, since).await {
            Ok(executions) => Known::of(Guarded {
                runs: executions.runs.into_iter().map(|run| run.id).collect(),
                ..Guarded::default()
            }),
            Err(error) => Known::not_read("runs-not-read", error),
        };
        known = known.and(read);
    }
    known
}

async fn of_guard_rule(asked: &Asked<'_>) -> Known {
    let Some(rule) = asked.settings.guard_rule.as_deref() else {
        return Known::default();
    };
    match asked.ports.inventory.config_rule(rule).await {
        Ok(Some(facts)) => Known::of(Guarded::of_guard(&facts.parameters)),
        Ok(None) => Known {
            notes: vec![EventNote::new("rule-missing", rule)],
            ..Known::default()
        },
        Err(error) => Known::not_read("rule-not-read", error),
    }
}

async fn of_remediation(asked: &Asked<'_>) -> Known {
    let Some(rule) = asked.settings.trail_rule.as_deref() else {
        return Known::default();
    };
    match asked.ports.trail.remediation.remediation(rule).await {
        Ok(Some(remediation)) => Known::of(Guarded::of_remediation(&remediation)),
        Ok(None) => Known::default(),
        Err(error) => Known::not_read("remediation-not-read", error),
    }
}
