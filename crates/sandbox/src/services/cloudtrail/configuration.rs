//! Get- and PutEventConfiguration: on a trail, which data events are aggregated.

use serde_json::{Value, json};

use super::find;
use super::input::{list, text, texts};
use crate::call::{ApiError, Call};
use crate::services::not_implemented;
use crate::world::World;

const TEMPLATES: [&str; 3] = ["API_ACTIVITY", "RESOURCE_ACCESS", "USER_ACTIONS"];

pub(super) fn get(world: &World, call: &Call) -> Result<Value, ApiError> {
    let trail = find::own(world, call, trail_id(call)?)?;
    Ok(json!({"TrailARN": trail.arn, "AggregationConfigurations": trail.aggregations}))
}

pub(super) fn put(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let arn = find::to_change(world, call, trail_id(call)?)?.arn.clone();
    let stores_only = ["MaxEventSize", "ContextKeySelectors"];
    let given = |member: &&str| {
        call.input
            .get(*member)
            .is_some_and(|value| !value.is_null())
    };
    if let Some(member) = stores_only.iter().find(|member| given(member)) {
        let text = format!("{member} can only be set on an event data store.");
        return Err(ApiError::new("InvalidParameterCombinationException", text));
    }
    let wanted = list(&call.input, "AggregationConfigurations")?.unwrap_or_default();
    if wanted.len() > 1 {
        return Err(invalid(
            "There can be one aggregation configuration at most.",
        ));
    }
    for one in wanted {
        if text(one, "EventCategory")? != Some("Data") {
            return Err(invalid("Only data events can be aggregated."));
        }
        let templates = texts(one, "Templates")?;
        let known = |name: &&str| TEMPLATES.contains(name);
        if templates.is_empty() || !templates.iter().all(known) {
            return Err(invalid("The aggregation templates are not valid."));
        }
    }
    find::by_key(world, &arn)?.aggregations = wanted.to_vec();
    Ok(json!({"TrailARN": arn, "AggregationConfigurations": wanted}))
}

/// The trail; event data stores are not modelled.
fn trail_id(call: &Call) -> Result<&str, ApiError> {
    let store = text(&call.input, "EventDataStore")?;
    match (text(&call.input, "TrailName")?, store) {
        (Some(id), None) => Ok(id),
        (None, Some(_)) => Err(not_implemented(call)),
        _ => {
            let text = "Specify either a trail or an event data store.";
            Err(ApiError::new("InvalidParameterCombinationException", text))
        }
    }
}

fn invalid(text: &str) -> ApiError {
    ApiError::new("InvalidParameterException", text)
}
