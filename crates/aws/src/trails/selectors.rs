//! Event and insight selectors, both ways.

use aws_sdk_cloudtrail::operation::get_event_selectors::GetEventSelectorsOutput;
use aws_sdk_cloudtrail::operation::get_insight_selectors::GetInsightSelectorsOutput;
use aws_sdk_cloudtrail::types;
use trailkeeper_core::facts::{
    AdvancedSelector, BasicSelector, DataResource, EventSelectors, FieldSelector, InsightSelector,
    ReadWriteType,
};

use crate::convert::list;

/// The selectors of an answer. A trail has one kind or the other.
pub(super) fn from_answer(answer: GetEventSelectorsOutput) -> Result<EventSelectors, String> {
    let advanced = answer.advanced_event_selectors.unwrap_or_default();
    if !advanced.is_empty() {
        let advanced = advanced.into_iter().map(advanced_selector);
        let advanced: Vec<_> = advanced.collect::<Result<_, _>>()?;
        return Ok(EventSelectors::Advanced(advanced));
    }
    let basic = answer.event_selectors.unwrap_or_default();
    // every trail has selectors: an answer without any was cut, and what is built on it would
    // replace the ones that are there
    if basic.is_empty() {
        return Err("the answer lacks the event selectors".to_owned());
    }
    basic
        .into_iter()
        .map(basic_selector)
        .collect::<Result<_, _>>()
        .map(EventSelectors::Basic)
}

/// The insight selectors of an answer.
pub(super) fn insights_from_answer(
    answer: GetInsightSelectorsOutput,
) -> Result<Vec<InsightSelector>, String> {
    answer
        .insight_selectors
        .unwrap_or_default()
        .into_iter()
        .map(insight_selector)
        .collect()
}

// A field left out has the value that the API documents for it. A value that nobody knows yet is
// an error: to guess one would be to judge the trail by it.
fn basic_selector(item: types::EventSelector) -> Result<BasicSelector, String> {
    let read_write_type = match item.read_write_type {
        None | Some(types::ReadWriteType::All) => ReadWriteType::All,
        Some(types::ReadWriteType::ReadOnly) => ReadWriteType::ReadOnly,
        Some(types::ReadWriteType::WriteOnly) => ReadWriteType::WriteOnly,
        Some(other) => return Err(format!("unknown ReadWriteType `{}`", other.as_str())),
    };
    let data_resources = item.data_resources.unwrap_or_default().into_iter();
    Ok(BasicSelector {
        read_write_type,
        include_management_events: item.include_management_events.unwrap_or(true),
        data_resources: data_resources
            .map(data_resource)
            .collect::<Result<_, _>>()?,
        exclude_management_event_sources: item.exclude_management_event_sources.unwrap_or_default(),
    })
}

fn data_resource(item: types::DataResource) -> Result<DataResource, &'static str> {
    Ok(DataResource {
        resource_type: item.r#type.ok_or("a data resource without Type")?,
        values: item.values.ok_or("a data resource without Values")?,
    })
}

fn advanced_selector(item: types::AdvancedEventSelector) -> Result<AdvancedSelector, &'static str> {
    let fields = item.field_selectors.into_iter().map(field_selector);
    Ok(AdvancedSelector {
        name: item.name,
        field_selectors: fields.collect::<Result<_, _>>()?,
    })
}

fn field_selector(item: types::AdvancedFieldSelector) -> Result<FieldSelector, &'static str> {
    let nothing = FieldSelector {
        field: item.field.clone(),
        ..FieldSelector::default()
    };
    let selector = FieldSelector {
        field: item.field,
        equals: item.equals.unwrap_or_default(),
        not_equals: item.not_equals.unwrap_or_default(),
        starts_with: item.starts_with.unwrap_or_default(),
        not_starts_with: item.not_starts_with.unwrap_or_default(),
        ends_with: item.ends_with.unwrap_or_default(),
        not_ends_with: item.not_ends_with.unwrap_or_default(),
    };
    if selector == nothing {
        return Err("a field selector without a condition");
    }
    Ok(selector)
}

fn insight_selector(item: types::InsightSelector) -> Result<InsightSelector, String> {
    let insight_type = item
        .insight_type
        .ok_or("an insight selector without InsightType")?;
    let categories = item.event_categories.unwrap_or_default();
    Ok(InsightSelector {
        insight_type: insight_type.as_str().to_owned(),
        event_categories: categories
            .iter()
            .map(|name| name.as_str().to_owned())
            .collect(),
    })
}

/// Basic selectors for a request.
pub(super) fn to_basic(selectors: &[BasicSelector]) -> Vec<types::EventSelector> {
    selectors.iter().map(to_basic_selector).collect()
}

fn to_basic_selector(selector: &BasicSelector) -> types::EventSelector {
    let resources = selector.data_resources.iter().map(|resource| {
        types::DataResource::builder()
            .r#type(&resource.resource_type)
            .set_values(Some(resource.values.clone()))
            .build()
    });
    types::EventSelector::builder()
        .read_write_type(selector.read_write_type.as_str().into())
        .include_management_events(selector.include_management_events)
        .set_data_resources(Some(resources.collect()))
        .set_exclude_management_event_sources(Some(
            selector.exclude_management_event_sources.clone(),
        ))
        .build()
}

/// Advanced selectors for a request.
pub(super) fn to_advanced(
    selectors: &[AdvancedSelector],
) -> Result<Vec<types::AdvancedEventSelector>, String> {
    selectors.iter().map(to_advanced_selector).collect()
}

fn to_advanced_selector(
    selector: &AdvancedSelector,
) -> Result<types::AdvancedEventSelector, String> {
    let fields: Result<Vec<_>, _> = selector.field_selectors.iter().map(to_field).collect();
    types::AdvancedEventSelector::builder()
        .set_name(selector.name.clone())
        .set_field_selectors(Some(fields?))
        .build()
        .map_err(|error| error.to_string())
}

// Operators without values are left out: the service refuses empty lists.
fn to_field(selector: &FieldSelector) -> Result<types::AdvancedFieldSelector, String> {
    types::AdvancedFieldSelector::builder()
        .field(&selector.field)
        .set_equals(list(&selector.equals))
        .set_not_equals(list(&selector.not_equals))
        .set_starts_with(list(&selector.starts_with))
        .set_not_starts_with(list(&selector.not_starts_with))
        .set_ends_with(list(&selector.ends_with))
        .set_not_ends_with(list(&selector.not_ends_with))
        .build()
        .map_err(|error| error.to_string())
}

/// Insight selectors for a request.
pub(super) fn to_insights(selectors: &[InsightSelector]) -> Vec<types::InsightSelector> {
    selectors.iter().map(to_insight).collect()
}

fn to_insight(selector: &InsightSelector) -> types::InsightSelector {
    let categories = list(&selector.event_categories)
        .map(|names| names.iter().map(|name| name.as_str().into()).collect());
    types::InsightSelector::builder()
        .insight_type(selector.insight_type.as_str().into())
        .set_event_categories(categories)
        .build()
}
