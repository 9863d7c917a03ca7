//! LookupEvents: the last 90 days of the Region, newest first.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::events;
use super::input::{list, number, text};
use crate::call::{ApiError, Call};
use crate::seed::EventSeed;
use crate::world::World;

const PAGE: usize = 50;
const SECONDS_KEPT: i64 = 90 * 24 * 3600;

/// What is asked for.
struct Query<'a> {
    attribute: Option<(&'a str, &'a str)>,
    from: f64,
    to: f64,
    /// Later events have not appeared yet.
    latest: Timestamp,
    page: usize,
}

pub(super) fn lookup_events(world: &World, call: &Call) -> Result<Value, ApiError> {
    let query = read(world, call)?;
    let start = start(call)?;
    let insight = match text(&call.input, "EventCategory")? {
        None => false,
        Some("insight") => true,
        Some(other) => {
            let text = format!("The event category {other} is not valid.");
            return Err(ApiError::new("InvalidEventCategoryException", text));
        }
    };
    let history = world.services.cloudtrail.events.iter().enumerate();
    let mut found: Vec<_> = history
        .filter(|(place, event)| !insight && matches(&query, call, *place, event))
        .collect();
    found.sort_by_key(|(place, event)| std::cmp::Reverse((event.at, *place)));
    let total = found.len();
    let page = found.into_iter().skip(start).take(query.page);
    let events: Vec<_> = page
        .map(|(place, event)| events::to_json(event, place, &world.account_id))
        .collect();
    let next = start + events.len();
    let mut answer = Map::from_iter([("Events".to_owned(), Value::Array(events))]);
    if next < total {
        let token = format!("{next}:{}", fingerprint(call));
        answer.insert("NextToken".to_owned(), json!(token));
    }
    Ok(Value::Object(answer))
}

fn read<'a>(world: &World, call: &'a Call) -> Result<Query<'a>, ApiError> {
    let now = world.now.as_second();
    let kept = (now - SECONDS_KEPT) as f64;
    let from = number(&call.input, "StartTime")?.unwrap_or(kept).max(kept);
    let to = number(&call.input, "EndTime")?.unwrap_or((now + 1) as f64);
    if from > to {
        let text = "The start time must not be after the end time.";
        return Err(ApiError::new("InvalidTimeRangeException", text));
    }
    let page = match call
        .input
        .get("MaxResults")
        .filter(|given| !given.is_null())
    {
        None => Some(PAGE),
        Some(given) => given.as_u64().and_then(|given| usize::try_from(given).ok()),
    };
    let Some(page) = page.filter(|page| (1..=PAGE).contains(page)) else {
        let text = "MaxResults must be between 1 and 50.";
        return Err(ApiError::new("InvalidMaxResultsException", text));
    };
    Ok(Query {
        attribute: attribute(call)?,
        from,
        to,
        latest: world.now - world.services.cloudtrail.lookup_lag,
        page,
    })
}

fn attribute(call: &Call) -> Result<Option<(&str, &str)>, ApiError> {
    let invalid = |text: &str| Err(ApiError::new("InvalidLookupAttributesException", text));
    let known = [
        "EventId",
        "EventName",
        "ReadOnly",
        "Username",
        "ResourceType",
        "ResourceName",
        "EventSource",
        "AccessKeyId",
    ];
    match list(&call.input, "LookupAttributes")?.unwrap_or_default() {
        [] => Ok(None),
        [one] => match (text(one, "AttributeKey")?, text(one, "AttributeValue")?) {
            (Some(key), Some(value)) if known.contains(&key) && !value.is_empty() => {
                Ok(Some((key, value)))
            }
            _ => invalid("The lookup attribute is not valid."),
        },
        _ => invalid("Only one lookup attribute can be given."),
    }
}

fn start(call: &Call) -> Result<usize, ApiError> {
    let Some(token) = text(&call.input, "NextToken")? else {
        return Ok(0);
    };
    let start = token
        .split_once(':')
        .filter(|(_, rest)| *rest == fingerprint(call))
        .and_then(|(start, _)| start.parse().ok());
    start.ok_or_else(|| {
        let text = "The token is not valid, or belongs to a request with other parameters.";
        ApiError::new("InvalidNextTokenException", text)
    })
}

/// What a token is bound to: the Region and all other parameters of the request.
fn fingerprint(call: &Call) -> String {
    let mut input = call.input.clone();
    if let Some(map) = input.as_object_mut() {
        map.remove("NextToken");
    }
    let text = format!("{}{input}", call.region);
    // FNV-1a: a check, not a secret
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

fn matches(query: &Query<'_>, call: &Call, place: usize, event: &EventSeed) -> bool {
    let at = event.at.as_second() as f64;
    let seen = event.at <= query.latest && at >= query.from && at <= query.to;
    if event.region != call.region || !seen {
        return false;
    }
    let Some((key, value)) = query.attribute else {
        return true;
    };
    let actor = event.actor.as_ref();
    let resources = || events::resources(event).into_iter();
    match key {
        "EventId" => events::id(place) == value,
        "EventName" => event.event_name == value,
        "ReadOnly" => value == "false",
        "Username" => actor.is_some_and(|actor| actor.username == value),
        "ResourceType" => resources().any(|(kind, _)| kind == value),
        "ResourceName" => resources().any(|(_, name)| name == value),
        "EventSource" => event.event_source == value,
        _ => actor.is_some_and(|actor| actor.access_key_id.as_deref() == Some(value)),
    }
}
