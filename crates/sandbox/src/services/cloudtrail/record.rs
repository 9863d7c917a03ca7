//! From a call to its record: in the history, and on the event bus.

use serde_json::Value;

use super::class::{self, Class};
use super::logged::Asked;
use super::{events, input, parameters};
use crate::call::{ApiError, Call};
use crate::seed::EventSeed;
use crate::services::events::Audience;
use crate::services::{events as bus, is_not_implemented};
use crate::world::World;

/// What is known of a call before it is answered.
#[derive(Debug)]
pub(crate) struct Sight {
    class: Class,
    region: String,
    /// Whether a trail records it and a rule may want it.
    on_the_bus: bool,
}

/// Looks at a call before it is answered; none: no one wants to know of it. The answer would come
/// too late: it is the trail as it was that records the call which stops or deletes it. Whether
/// AWS delivers the event of that very call is not documented; many guards rest on it, and so
/// it is delivered here.
pub(crate) fn sight(world: &World, call: &Call) -> Option<Sight> {
    let watched = world.services.events.has_rules();
    if !watched && !call.is_write() {
        return None;
    }
    let class = Class::of(world, call)?;
    let kept = is_kept(&class);
    if !watched && !kept {
        return None;
    }
    let region = class::recorded_in(world, call);
    let on_the_bus = world
        .services
        .events
        .has_rules_in(&region, audience(&class))
        && Asked::of(world, call, &class, &region).is_logged(world);
    (kept || on_the_bus).then_some(Sight {
        class,
        region,
        on_the_bus,
    })
}

/// The history keeps management events; those that only read are left out: no question here is
/// about them.
fn is_kept(class: &Class) -> bool {
    class.is_management() && !class.read_only()
}

/// Records an answered call, with its error if it was refused. Calls of operations that the
/// sandbox lacks, or that no SDK would send, are none.
pub(crate) fn record(
    world: &mut World,
    call: &Call,
    answer: &Result<Value, ApiError>,
    sight: Option<Sight>,
) {
    let Some(sight) = sight.filter(|_| !is_not_implemented(answer)) else {
        return;
    };
    if call.service == "cloudtrail" && input::known(call).is_err() {
        return;
    }
    let (request_parameters, response_elements) = parameters::elements(call, answer);
    let refused = answer.as_ref().err();
    let event = EventSeed {
        at: world.now,
        region: sight.region,
        event_source: class::event_source(&call.service),
        event_name: class::event_name(call),
        actor: Some(world.present_actor()),
        resource: parameters::resource(call, answer),
        request_parameters,
        response_elements,
        error: refused.map(|error| (parameters::error_code(call, error), error.message.clone())),
    };
    if sight.on_the_bus {
        publish(world, &event, &sight.class);
    }
    if is_kept(&sight.class) {
        world.services.cloudtrail.events.push(event);
    }
}

fn publish(world: &mut World, event: &EventSeed, class: &Class) {
    let id = if is_kept(class) {
        events::id(world.services.cloudtrail.events.len())
    } else {
        bus::next_id(world)
    };
    let record = events::record_json(event, &id, class, &world.account_id);
    bus::api_call(world, event, record, audience(class));
}

/// AWS gives reads to rules only that ask for all management events.
fn audience(class: &Class) -> Audience {
    match class {
        Class::Management { read_only: true } => Audience::AllManagementEvents,
        _ => Audience::Enabled,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn writes_of_other_services_are_kept_without_data_events() {
        let now = jiff::Timestamp::UNIX_EPOCH;
        let mut world = World::new("111122223333", "us-east-1", now);
        let cases = [
            (
                "s3",
                "PutBucketPolicy",
                json!({"Bucket": "logs"}),
                Some("logs"),
            ),
            ("s3", "DeleteObject", json!({"Bucket": "logs"}), None),
            ("s3", "GetBucketPolicy", json!({"Bucket": "logs"}), None),
            ("kms", "DisableKey", json!({"KeyId": "k"}), Some("k")),
            ("lambda", "Invoke", json!({"FunctionName": "f"}), None),
            ("events", "PutEvents", json!({"Entries": []}), None),
        ];
        for (service, operation, input, wanted) in cases {
            let before = world.services.cloudtrail.events.len();
            let call = Call::new(service, operation, "us-east-1", input);
            let sight = sight(&world, &call);
            record(&mut world, &call, &Ok(Value::Null), sight);
            let kept = world.services.cloudtrail.events.get(before);
            let name = kept.and_then(|event| event.resource.as_ref());
            let name = name.map(|(_, name)| name.as_str());
            assert_eq!(name, wanted, "{service}:{operation}");
        }
    }
}
