//! The fast path: an event of EventBridge is answered within seconds, by a message.
//!
//! Verdicts stay with AWS Config. A changed instance is evaluated by the rule's own trigger; after
//! a change of a role, policy or profile the rule is asked to look again. AWS Config takes that
//! request once a minute only: a change in between waits for the rule's schedule, its message does
//! not.

mod announce;
mod error;
mod found;
mod instances;
mod roles;
mod settings;
mod users;

pub use error::AnswerError;
pub use settings::{EventSettings, Mode};

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serde_json::Value;
use trailkeeper_core::Caller;
use trailkeeper_core::fast_path::{
    Action, ApiCall, BusEvent, EventAnswer, EventNote, Handler, Memory, Subject,
};

use crate::ports::{InstanceReader, Inventory, Notifier, RoleReader};
use crate::roles::PolicyCache;
use announce::{Announcer, Told};
use found::{Context, Found};

/// The ports of the fast path.
#[derive(Clone)]
pub struct EventPorts {
    /// EC2.
    pub instances: Arc<dyn InstanceReader>,
    /// IAM.
    pub roles: Arc<dyn RoleReader>,
    /// AWS Config.
    pub inventory: Arc<dyn Inventory>,
    /// SNS.
    pub notifier: Arc<dyn Notifier>,
    /// Documents that need not be read again; keep it as long as the process lives.
    pub policies: PolicyCache,
}

/// Answers an event of EventBridge. `now` is the process's time, by which repeats are forgotten;
/// everything else goes by the event's own.
///
/// # Errors
/// The event cannot be read, or its message could not be sent. The event is then not taken for
/// answered, so that its next delivery is no repeat.
pub async fn answer_event(
    ports: &EventPorts,
    settings: &EventSettings,
    caller: &Caller,
    event: &Value,
    memory: &Mutex<Memory>,
    now: Timestamp,
) -> Result<EventAnswer, AnswerError> {
    if settings.mode == Mode::Off {
        return Ok(noted(EventNote::new("mode-off", "")));
    }
    let call = match BusEvent::parse(event)? {
        BusEvent::ApiCall(call) => call,
        BusEvent::Other { detail_type } => {
            return Ok(noted(EventNote::new("unknown-event", detail_type)));
        }
    };
    let Some(handler) = call.handler() else {
        let name = format!("{} {}", call.event_source, call.event_name);
        return Ok(noted(EventNote::new("no-handler", name)));
    };
    // Facts of one account say nothing of another.
    if call.account != caller.account {
        let account = call.account.to_string();
        return Ok(noted(EventNote::new("other-account", account)));
    }
    let announcer = Announcer {
        notifier: ports.notifier.as_ref(),
        topic: settings.topic.as_ref(),
        memory,
        now,
    };
    if announcer.knows(&call) {
        return Ok(noted(EventNote::new("duplicate-event", &call.id)));
    }
    let answer = answer_call(ports, settings, caller, &call, handler, &announcer).await?;
    announcer.keep(&call);
    Ok(answer)
}

async fn answer_call(
    ports: &EventPorts,
    settings: &EventSettings,
    caller: &Caller,
    call: &ApiCall,
    handler: Handler,
    announcer: &Announcer<'_>,
) -> Result<EventAnswer, AnswerError> {
    let failed = |source| AnswerError::not_sent(call, source);
    if let Some(failure) = &call.failure {
        if !failure.is_denial() {
            return Ok(noted(EventNote::new("call-failed", &failure.code)));
        }
        if call.region != caller.region {
            let region = call.region.as_str();
            return Ok(noted(EventNote::new("other-region", region)));
        }
        let told = announcer.attempt(call, failure, handler).await;
        return Ok(answer_of(told.map_err(failed)?, Vec::new()));
    }
    let subject = Subject::of(handler, call);
    if subject == Subject::NoEffect {
        return Ok(noted(EventNote::new("no-effect", &call.event_name)));
    }
    let (context, mut notes) = Context::read(ports, settings, caller, call).await;
    let found = look(&context, handler, &subject).await;
    let is_judged_again = found.bears && !is_about_instances(handler);
    notes.extend(found.notes);
    // A role is everywhere; what it matters for here are the instances of this Region.
    let region = if is_about_instances(handler) {
        &call.region
    } else {
        &caller.region
    };
    let told = announcer.concerns(call, region, &found.concerns).await;
    // Also where the message failed: the verdict does not wait for it.
    // A role that no instance has is no reason to judge them all, however often it changes.
    if is_judged_again {
        notes.extend(evaluate_again(ports, settings).await);
    }
    Ok(answer_of(told.map_err(failed)?, notes))
}

async fn look(context: &Context<'_>, handler: Handler, subject: &Subject) -> Found {
    match subject {
        Subject::Instances(named) => instances::look(context, named).await,
        Subject::Role(name) => roles::look_at_role(context, name).await,
        Subject::Policy(arn) => roles::look_at_policy(context, arn).await,
        Subject::Profile(name) => roles::look_at_profile(context, name).await,
        Subject::Unnamed => Found::unnamed(context.call, handler),
        Subject::NoEffect => Found::default(),
    }
}

/// AWS Config sees a change of an instance by itself.
fn is_about_instances(handler: Handler) -> bool {
    matches!(
        handler,
        Handler::LaunchedInstances | Handler::ProfileAssociation
    )
}

/// Asks AWS Config to evaluate all instances again. A refusal is no error: the schedule comes.
async fn evaluate_again(ports: &EventPorts, settings: &EventSettings) -> Option<EventNote> {
    let rule = settings.instance_rule.as_deref()?;
    let note = match ports.inventory.start_evaluation(rule).await {
        Ok(()) => EventNote::new("evaluation-started", rule),
        Err(error) if error.code == "LimitExceededException" => {
            EventNote::new("evaluation-coalesced", rule)
        }
        Err(error) => EventNote::new("evaluation-not-started", found::shown(&error)),
    };
    Some(note)
}

fn answer_of(told: Told, mut notes: Vec<EventNote>) -> EventAnswer {
    notes.extend(told.note);
    EventAnswer {
        action: if told.is_sent {
            Action::Notified
        } else {
            Action::None
        },
        notes,
        ..EventAnswer::default()
    }
}

fn noted(note: EventNote) -> EventAnswer {
    EventAnswer {
        notes: vec![note],
        ..EventAnswer::default()
    }
}
