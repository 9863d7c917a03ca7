//! The buses: events go to the targets of the rules that want them.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::rule::{Rule, State};
use crate::account::Invocation;
use crate::seed::EventSeed;
use crate::services::{lambda, sns};
use crate::world::World;

/// Who invokes the functions.
const PRINCIPAL: &str = "events.amazonaws.com";
/// Larger events are not sent.
const LARGEST: usize = 262_144;
/// How often an event may go on to another Region before it is taken to go round in a circle.
const MOST_HOPS: u32 = 4;

/// Which of the rules an event is shown to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// All that are enabled.
    Enabled,
    /// Those that ask for all management events of CloudTrail.
    AllManagementEvents,
}

impl Audience {
    pub(super) fn includes(self, state: State) -> bool {
        match state {
            State::Disabled => false,
            State::Enabled => self == Self::Enabled,
            State::EnabledWithAll => true,
        }
    }
}

/// What is to be done about a target that got an event.
enum Delivery {
    Invoke(Invocation),
    Forward { region: String },
    Publish { topic: String, message: String },
}

/// The ARN of the default bus in `region`.
pub(super) fn bus_arn(world: &World, region: &str) -> String {
    let (partition, account) = (&world.partition, &world.account_id);
    format!("arn:{partition}:events:{region}:{account}:event-bus/default")
}

/// The id of an event that is in no history.
pub(crate) fn next_id(world: &mut World) -> String {
    let made = &mut world.services.events.events_made;
    *made += 1;
    format!("00000000-0000-4000-9000-{made:012x}")
}

/// An event whose detail is still to be filled in.
pub(super) fn envelope(
    world: &mut World,
    region: &str,
    source: &str,
    detail_type: &str,
    at: Timestamp,
) -> Value {
    json!({
        "version": "0",
        "id": next_id(world),
        "detail-type": detail_type,
        "source": source,
        "account": world.account_id,
        "time": at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "region": region,
        "resources": [],
        "detail": {},
    })
}

/// Sends CloudTrail's record of a call.
pub(crate) fn api_call(world: &mut World, event: &EventSeed, record: Value, audience: Audience) {
    let service = event.event_source.split('.').next().unwrap_or_default();
    let source = format!("aws.{service}");
    let kind = "AWS API Call via CloudTrail";
    let mut told = envelope(world, &event.region, &source, kind, event.at);
    fill(&mut told, record);
    deliver(world, &event.region, &told, audience);
}

/// Sends an event of `at` that a service reports by itself.
pub(crate) fn service_event(
    world: &mut World,
    region: &str,
    (source, detail_type): (&str, &str),
    at: Timestamp,
    detail: Value,
) {
    if !world
        .services
        .events
        .has_rules_in(region, Audience::Enabled)
    {
        return;
    }
    let mut told = envelope(world, region, source, detail_type, at);
    fill(&mut told, detail);
    deliver(world, region, &told, Audience::Enabled);
}

fn fill(event: &mut Value, detail: Value) {
    if let Some(place) = event.get_mut("detail") {
        *place = detail;
    }
}

/// Shows an event to the rules of the default bus of `region`.
pub(super) fn deliver(world: &mut World, region: &str, event: &Value, audience: Audience) {
    if !wanted(world, region, event, audience).is_empty() && length(event) <= LARGEST {
        travel(world, region, event, audience, 0);
    }
}

/// How long the value is as JSON text, in bytes.
pub(crate) fn length(value: &Value) -> usize {
    struct Count(usize);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    // counting cannot fail, and neither can a value's text
    drop(serde_json::to_writer(&mut count, value));
    count.0
}

/// The rules that want the event.
fn wanted<'a>(world: &'a World, region: &str, event: &Value, audience: Audience) -> Vec<&'a Rule> {
    let rules = world.services.events.rules.get(region);
    let rules = rules.into_iter().flat_map(|rules| rules.values());
    rules
        .filter(|rule| audience.includes(rule.state) && rule.pattern.matches(event))
        .collect()
}

fn travel(world: &mut World, region: &str, event: &Value, audience: Audience, hops: u32) {
    for delivery in deliveries(world, region, event, audience) {
        match delivery {
            Delivery::Invoke(invocation) => world.services.lambda.asked.push(invocation),
            Delivery::Forward { region } if hops < MOST_HOPS => {
                travel(world, &region, event, audience, hops + 1);
            }
            Delivery::Forward { .. } => {}
            Delivery::Publish { topic, message } => {
                sns::publish_event(world, region, &topic, message);
            }
        }
    }
}

fn deliveries(world: &World, region: &str, event: &Value, audience: Audience) -> Vec<Delivery> {
    let wanted = wanted(world, region, event, audience).into_iter();
    wanted
        .flat_map(|rule| rule.targets.values().map(|target| (&rule.arn, target)))
        .filter_map(|(rule, target)| delivery(world, region, (rule, target), event))
        .collect()
}

/// What a target gets; nothing where it is not there, or does not let EventBridge in. AWS would
/// try again for a day and then give the event to the target's queue.
fn delivery(
    world: &World,
    region: &str,
    (rule, target): (&str, &Value),
    event: &Value,
) -> Option<Delivery> {
    let arn = target.get("Arn").and_then(Value::as_str)?;
    let parts: Vec<&str> = arn.split(':').collect();
    match parts.as_slice() {
        ["arn", _, "lambda", ..] => {
            let function = lambda::resolve(world, arn, None, region)?;
            let payload = sent(target, event);
            let invocation = Invocation { function, payload };
            lambda::may_invoke(world, arn, PRINCIPAL, rule).then_some(Delivery::Invoke(invocation))
        }
        ["arn", _, "sns", ..] => Some(Delivery::Publish {
            topic: arn.to_owned(),
            message: sent(target, event).to_string(),
        }),
        ["arn", _, "events", region, account, "event-bus/default"]
            if *account == world.account_id && world.enabled_regions.contains(*region) =>
        {
            let region = (*region).to_owned();
            Some(Delivery::Forward { region })
        }
        _ => None,
    }
}

/// What a target gets: the event, or the constant that it wants in its place.
fn sent(target: &Value, event: &Value) -> Value {
    let constant = target.get("Input").and_then(Value::as_str);
    let constant = constant.and_then(|text| serde_json::from_str(text).ok());
    constant.unwrap_or_else(|| event.clone())
}
