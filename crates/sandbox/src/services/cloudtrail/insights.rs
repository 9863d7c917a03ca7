//! Get- and PutInsightSelectors.

use serde_json::{Value, json};

use super::input::{list, text, texts};
use super::selectors::Coverage;
use super::{destination, find};
use crate::call::{ApiError, Call};
use crate::services::not_implemented;
use crate::world::World;

pub(super) fn get_insight_selectors(world: &World, call: &Call) -> Result<Value, ApiError> {
    let trail = find::own(world, call, trail_id(call)?)?;
    if trail.insights.is_empty() {
        let text = format!("Trail {} does not have Insights enabled.", trail.name);
        return Err(ApiError::new("InsightNotEnabledException", text));
    }
    Ok(json!({"TrailARN": trail.arn, "InsightSelectors": trail.insights}))
}

pub(super) fn put_insight_selectors(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let trail = find::to_change(world, call, trail_id(call)?)?;
    let Some(selectors) = list(&call.input, "InsightSelectors")? else {
        let text = "InsightSelectors must be given; an empty list turns Insights off.";
        return Err(ApiError::new("InvalidParameterException", text));
    };
    let coverage = trail.selectors.coverage();
    let mut seen = Vec::new();
    for selector in selectors {
        let kind = text(selector, "InsightType")?.unwrap_or_default();
        if seen.contains(&kind) {
            return Err(invalid(&format!(
                "The Insights type {kind} is given twice."
            )));
        }
        seen.push(kind);
        check(kind, &texts(selector, "EventCategories")?, coverage)?;
    }
    if !selectors.is_empty() {
        destination::refuse_trouble(world, trail)?;
    }
    let arn = trail.arn.clone();
    find::by_key(world, &arn)?.insights = selectors.to_vec();
    Ok(json!({"TrailARN": arn, "InsightSelectors": selectors}))
}

/// The trail; event data stores are not modelled.
fn trail_id(call: &Call) -> Result<&str, ApiError> {
    let store = text(&call.input, "EventDataStore")?;
    let destination = text(&call.input, "InsightsDestination")?;
    match text(&call.input, "TrailName")? {
        Some(id) if store.is_none() && destination.is_none() => Ok(id),
        None if store.is_some() => Err(not_implemented(call)),
        _ => {
            let text = "Specify either a trail or an event data store.";
            Err(ApiError::new("InvalidParameterCombinationException", text))
        }
    }
}

fn check(kind: &str, categories: &[&str], coverage: Coverage) -> Result<(), ApiError> {
    let management = match kind {
        "ApiCallRateInsight" => coverage.management_writes,
        "ApiErrorRateInsight" => coverage.management_writes || coverage.management_reads,
        _ => return Err(invalid(&format!("The Insights type {kind} is not valid."))),
    };
    // without categories Insights look at management events
    let default = ["Management"];
    let categories = if categories.is_empty() {
        &default
    } else {
        categories
    };
    for category in categories {
        let logged = match *category {
            "Management" => management,
            "Data" => coverage.data,
            _ => {
                return Err(invalid(&format!(
                    "The event category {category} is not valid."
                )));
            }
        };
        if !logged {
            return Err(invalid(&format!(
                "{kind} cannot be enabled: the trail does not log the {category} events it needs."
            )));
        }
    }
    Ok(())
}

fn invalid(text: &str) -> ApiError {
    ApiError::new("InvalidInsightSelectorsException", text)
}
