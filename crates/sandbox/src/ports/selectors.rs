//! Event and insight selectors, both ways.

use serde_json::{Value, json};
use trailkeeper_core::facts::{
    AdvancedSelector, BasicSelector, DataResource, EventSelectors, FieldSelector, InsightSelector,
    ReadWriteType,
};

use super::{flag, list, structure, text, texts};

/// The selectors of an answer. A trail has one kind or the other.
pub(super) fn from_answer(answer: &Value) -> Result<EventSelectors, String> {
    let advanced = list(answer, "AdvancedEventSelectors");
    if !advanced.is_empty() {
        let advanced = advanced.iter().map(advanced_selector);
        return advanced
            .collect::<Result<_, _>>()
            .map(EventSelectors::Advanced);
    }
    // every trail has selectors: an answer without any was cut, and what is built on it would
    // replace the ones that are there
    let basic = list(answer, "EventSelectors");
    if basic.is_empty() {
        return Err("the answer lacks the event selectors".to_owned());
    }
    basic
        .iter()
        .map(basic_selector)
        .collect::<Result<_, _>>()
        .map(EventSelectors::Basic)
}

/// The insight selectors of an answer.
pub(super) fn insights_from_answer(answer: &Value) -> Result<Vec<InsightSelector>, String> {
    list(answer, "InsightSelectors")
        .iter()
        .map(insight_selector)
        .collect()
}

// A member left out has the value that the API documents for it. A value that nobody knows yet is
// an error: to guess one would be to judge the trail by it.
fn basic_selector(item: &Value) -> Result<BasicSelector, String> {
    let read_write_type = match text(item, "ReadWriteType").as_deref() {
        None | Some("All") => ReadWriteType::All,
        Some("ReadOnly") => ReadWriteType::ReadOnly,
        Some("WriteOnly") => ReadWriteType::WriteOnly,
        Some(other) => return Err(format!("unknown ReadWriteType `{other}`")),
    };
    Ok(BasicSelector {
        read_write_type,
        include_management_events: flag(item, "IncludeManagementEvents").unwrap_or(true),
        data_resources: list(item, "DataResources")
            .iter()
            .map(data_resource)
            .collect::<Result<_, _>>()?,
        exclude_management_event_sources: texts(item, "ExcludeManagementEventSources"),
    })
}

fn data_resource(item: &Value) -> Result<DataResource, &'static str> {
    let values = item.get("Values").map(|_| texts(item, "Values"));
    Ok(DataResource {
        resource_type: text(item, "Type").ok_or("a data resource without Type")?,
        values: values.ok_or("a data resource without Values")?,
    })
}

fn advanced_selector(item: &Value) -> Result<AdvancedSelector, String> {
    let name = item.get("Name").and_then(Value::as_str);
    let fields = list(item, "FieldSelectors");
    if fields.is_empty() {
        return Err("an advanced selector without FieldSelectors".to_owned());
    }
    Ok(AdvancedSelector {
        name: name.map(str::to_owned),
        field_selectors: fields
            .iter()
            .map(field_selector)
            .collect::<Result<_, _>>()?,
    })
}

fn field_selector(item: &Value) -> Result<FieldSelector, &'static str> {
    let selector = FieldSelector {
        field: text(item, "Field").ok_or("a field selector without Field")?,
        equals: texts(item, "Equals"),
        not_equals: texts(item, "NotEquals"),
        starts_with: texts(item, "StartsWith"),
        not_starts_with: texts(item, "NotStartsWith"),
        ends_with: texts(item, "EndsWith"),
        not_ends_with: texts(item, "NotEndsWith"),
    };
    let nothing = FieldSelector {
        field: selector.field.clone(),
        ..FieldSelector::default()
    };
    if selector == nothing {
        return Err("a field selector without a condition");
    }
    Ok(selector)
}

fn insight_selector(item: &Value) -> Result<InsightSelector, String> {
    let insight_type = text(item, "InsightType");
    Ok(InsightSelector {
        insight_type: insight_type.ok_or("an insight selector without InsightType")?,
        event_categories: texts(item, "EventCategories"),
    })
}

/// The member of PutEventSelectors for the kind of selectors, and its value.
pub(super) fn to_input(selectors: &EventSelectors) -> (&'static str, Value) {
    match selectors {
        EventSelectors::Basic(basic) => (
            "EventSelectors",
            basic.iter().map(to_basic_selector).collect(),
        ),
        EventSelectors::Advanced(advanced) => (
            "AdvancedEventSelectors",
            advanced.iter().map(to_advanced_selector).collect(),
        ),
    }
}

fn to_basic_selector(selector: &BasicSelector) -> Value {
    let resources = selector.data_resources.iter();
    let resources = resources
        .map(|resource| json!({"Type": resource.resource_type, "Values": resource.values}))
        .collect::<Vec<_>>();
    json!({
        "ReadWriteType": selector.read_write_type.as_str(),
        "IncludeManagementEvents": selector.include_management_events,
        "DataResources": resources,
        "ExcludeManagementEventSources": selector.exclude_management_event_sources,
    })
}

fn to_advanced_selector(selector: &AdvancedSelector) -> Value {
    let fields: Value = selector.field_selectors.iter().map(to_field).collect();
    structure([
        ("Name", selector.name.as_deref().map(Value::from)),
        ("FieldSelectors", Some(fields)),
    ])
}

// Operators without values are left out: the service refuses empty lists.
fn to_field(selector: &FieldSelector) -> Value {
    structure([
        ("Field", Some(json!(selector.field))),
        ("Equals", some(&selector.equals)),
        ("NotEquals", some(&selector.not_equals)),
        ("StartsWith", some(&selector.starts_with)),
        ("NotStartsWith", some(&selector.not_starts_with)),
        ("EndsWith", some(&selector.ends_with)),
        ("NotEndsWith", some(&selector.not_ends_with)),
    ])
}

/// Insight selectors for a request.
pub(super) fn to_insights(selectors: &[InsightSelector]) -> Value {
    selectors.iter().map(to_insight).collect()
}

fn to_insight(selector: &InsightSelector) -> Value {
    structure([
        ("InsightType", Some(json!(selector.insight_type))),
        ("EventCategories", some(&selector.event_categories)),
    ])
}

fn some(values: &[String]) -> Option<Value> {
    (!values.is_empty()).then(|| json!(values))
}
