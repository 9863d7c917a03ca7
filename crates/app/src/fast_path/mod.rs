//! The fast path: an event of EventBridge is answered within seconds, by a message, and where the
//! trail has a fault that the runbook repairs by a run of it.
//!
//! Verdicts stay with AWS Config. A changed instance is evaluated by the rule's own trigger; after
//! a change of a role, policy or profile the rule is asked to look again. AWS Config takes that
//! request once a minute only: a change in between waits for the rule's schedule, its message does
//! not.

mod announce;
mod asked;
mod error;
mod found;
mod guard;
mod instances;
mod own;
mod roles;
mod settings;
mod start;
mod trail;
mod users;
mod wanted;

pub use error::AnswerError;
pub use settings::{EventSettings, Mode};

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serde_json::Value;
use trailkeeper_core::Caller;
use trailkeeper_core::fast_path::{
    Action, BusEvent, Concerns, EventAnswer, EventNote, Handler, Memory, Remarks, Resource, Subject,
};

use crate::observe::Readers;
use crate::ports::{
    AutomationReader, AutomationStarter, BucketReader, BucketSettingsReader, InstanceReader,
    Inventory, KeyReader, Notifier, ObjectReader, RemediationReader, RoleReader, TagReader,
    TrailReader,
};
use crate::roles::PolicyCache;
use announce::{Announcer, Told};
use asked::{Asked, NOT_OURS};
use found::{Context, Found};

/// The ports for events about the trail and about the product's own parts.
#[derive(Clone)]
pub struct TrailEventPorts {
    /// CloudTrail.
    pub trails: Arc<dyn TrailReader>,
    /// S3.
    pub buckets: Arc<dyn BucketReader>,
    /// KMS.
    pub keys: Arc<dyn KeyReader>,
    /// The tags of trails.
    pub tags: Arc<dyn TagReader>,
    /// The settings of buckets.
    pub settings: Arc<dyn BucketSettingsReader>,
    /// Objects in buckets.
    pub objects: Arc<dyn ObjectReader>,
    /// AWS Config's remediations.
    pub remediation: Arc<dyn RemediationReader>,
    /// SSM Automation.
    pub automation: Arc<dyn AutomationReader>,
    /// Starts runbooks.
    pub starter: Arc<dyn AutomationStarter>,
}

impl TrailEventPorts {
    fn readers(&self) -> Readers<'_> {
        Readers {
            trails: self.trails.as_ref(),
            buckets: self.buckets.as_ref(),
            keys: self.keys.as_ref(),
            tags: self.tags.as_ref(),
            settings: self.settings.as_ref(),
            objects: self.objects.as_ref(),
        }
    }
}

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
    /// What events about the trail need besides.
    pub trail: TrailEventPorts,
    /// Documents that need not be read again; keep it as long as the process lives.
    pub policies: PolicyCache,
}

/// Answers an event of EventBridge. `now` is the process's time, by which repeats are forgotten and
/// runs of the runbook are counted; everything else goes by the event's own.
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
    if settings.mode == Mode::Off && !can_be_of_guard(event) {
        return Ok(noted(EventNote::new("mode-off", "")));
    }
    let (call, finding) = match BusEvent::parse(event)? {
        BusEvent::ApiCall(call) => (*call, None),
        BusEvent::Finding(finding) => (finding.call.clone(), Some(finding)),
        BusEvent::Other { detail_type } => {
            return Ok(noted(EventNote::new("unknown-event", detail_type)));
        }
    };
    let row = match &finding {
        Some(finding) => finding.row(),
        None => call.row(),
    };
    let Some(row) = row else {
        let name = match &finding {
            Some(finding) => finding.kind.clone(),
            None => format!("{} {}", call.event_source, call.event_name),
        };
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
    let asked = Asked {
        ports,
        settings,
        caller,
        call: &call,
        row,
        finding: finding.as_deref(),
        announcer: &announcer,
    };
    // Boxed: it holds the whole tree of calls below it.
    let answer = Box::pin(answer_call(asked)).await?;
    announcer.keep(&call);
    Ok(answer)
}

/// Whether the event is about what can be a part of the product: its switch is told of also after
/// it was turned off.
fn can_be_of_guard(event: &Value) -> bool {
    let handler = match BusEvent::parse(event) {
        Ok(BusEvent::ApiCall(call)) => call.handler(),
        _ => None,
    };
    handler.is_some_and(|handler| handler.can_concern_guard() || handler.counts_unnamed())
}

async fn answer_call(asked: Asked<'_>) -> Result<EventAnswer, AnswerError> {
    if let Some(failure) = asked.call.failure.as_ref().filter(|one| !one.is_denial()) {
        return Ok(noted(EventNote::new("call-failed", &failure.code)));
    }
    let failure = asked.call.failure.as_ref();
    if failure.is_some_and(|failure| asked.is_known_attempt(failure)) {
        return Ok(noted(EventNote::new("repeat-suppressed", "")));
    }
    let concerns = asked.row.handler.concerns();
    // Turned off the product still tells of its own parts, and of nothing else.
    if asked.settings.mode == Mode::Off && concerns != Concerns::Guard {
        let answer = guard::answer(asked).await?;
        return Ok(answer.unwrap_or_else(|| noted(EventNote::new("mode-off", ""))));
    }
    match (asked.row.handler, concerns) {
        (Handler::RoleTrust, _) if asked.settings.mode != Mode::Off => answer_role(asked).await,
        (Handler::Role, _) => answer_role(asked).await,
        (Handler::Trail, _) => answer_trail(asked).await,
        (_, Concerns::Trail) => trail::answer(asked).await,
        (_, Concerns::Guard) => answer_guard(asked).await,
        (_, Concerns::Instances) if asked.is_unnamed() => answer_guard(asked).await,
        (_, Concerns::Instances) => answer_instances(asked).await,
    }
}

async fn answer_guard(asked: Asked<'_>) -> Result<EventAnswer, AnswerError> {
    let answer = guard::answer(asked).await?;
    Ok(answer.unwrap_or_else(|| asked.not_ours()))
}

/// A trail can be the one that is judged, or one that only keeps events flowing.
async fn answer_trail(asked: Asked<'_>) -> Result<EventAnswer, AnswerError> {
    let answer = trail::answer(asked).await?;
    if !answer.notes.iter().any(|note| note.code == NOT_OURS) {
        return Ok(answer);
    }
    Ok(guard::answer(asked).await?.unwrap_or(answer))
}

/// A role can be one of the product's own, CloudTrail's for CloudWatch Logs, or one of instances.
async fn answer_role(asked: Asked<'_>) -> Result<EventAnswer, AnswerError> {
    if let Some(answer) = guard::answer(asked).await? {
        return Ok(answer);
    }
    if let Some(answer) = trail::answer_role(asked).await? {
        return Ok(answer);
    }
    if asked.row.handler == Handler::Role {
        answer_instances(asked).await
    } else {
        Ok(asked.not_ours())
    }
}

async fn answer_instances(asked: Asked<'_>) -> Result<EventAnswer, AnswerError> {
    let Asked {
        ports,
        settings,
        caller,
        call,
        announcer,
        ..
    } = asked;
    let handler = asked.row.handler;
    // Roles change all the time: without the rule it is nobody's question which instances have one.
    // One that the event does not name can be the product's own.
    let is_named = !asked.names().is_empty();
    if settings.instance_rule.is_none() && is_named && !is_about_instances(handler) {
        return Ok(noted(EventNote::new("no-instance-rule", &call.event_name)));
    }
    let failed = |source| AnswerError::not_sent(call, source);
    if let Some(failure) = &call.failure {
        // The Region in which it was recorded tells of it.
        if call.region != caller.region {
            return Ok(noted(EventNote::new("other-region", call.region.as_str())));
        }
        let resource = Resource {
            kind: Subject::resource_type(handler).to_owned(),
            id: Subject::asked_for(handler, call),
        };
        let told = announcer.attempt(call, failure, resource).await;
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
    let remarks = Remarks::default();
    let told = announcer
        .concerns(call, region, &found.concerns, &remarks)
        .await;
    // Also where the message failed: the verdict does not wait for it.
    // A role that no instance has is no reason to judge them all, however often it changes.
    if is_judged_again {
        notes.extend(evaluate_again(ports, settings.instance_rule.as_deref()).await);
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
        Subject::NoEffect | Subject::Named(_) => Found::default(),
    }
}

/// AWS Config sees a change of an instance by itself.
fn is_about_instances(handler: Handler) -> bool {
    matches!(
        handler,
        Handler::LaunchedInstances | Handler::ProfileAssociation
    )
}

/// Asks AWS Config to evaluate the rule again. A refusal is no error: the schedule comes.
async fn evaluate_again(ports: &EventPorts, rule: Option<&str>) -> Option<EventNote> {
    let rule = rule?;
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
