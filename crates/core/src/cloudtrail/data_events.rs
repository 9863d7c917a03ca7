//! Which events about data (and whatever else is not management) a baseline records and a trail
//! does not.

use super::containment::take_in;
use crate::facts::{
    AdvancedSelector, BasicSelector, DataResource, EventSelectors, FieldSelector, ReadWriteType,
};

/// What of a baseline's events is not recorded, as selectors of the trail's own kind that record
/// it; empty where nothing is missing. Advanced selectors cannot be put beside basic ones, so where
/// either side is advanced both are taken as advanced.
pub fn lacking(seen: &EventSelectors, before: &EventSelectors) -> EventSelectors {
    match (seen, before) {
        (EventSelectors::Basic(seen), EventSelectors::Basic(before)) => {
            EventSelectors::Basic(lacking_basic(seen, before))
        }
        _ => EventSelectors::Advanced(lacking_advanced(seen, before)),
    }
}

/// Whether everything that the baseline records is recorded, management events left aside.
pub fn records_all(seen: &EventSelectors, before: &EventSelectors) -> bool {
    match lacking(seen, before) {
        EventSelectors::Basic(selectors) => selectors.is_empty(),
        EventSelectors::Advanced(selectors) => selectors.is_empty(),
    }
}

/// The types of the resources that selectors are about, each once.
pub fn resource_types(selectors: &EventSelectors) -> Vec<String> {
    let mut types: Vec<String> = match selectors {
        EventSelectors::Basic(selectors) => selectors
            .iter()
            .flat_map(|selector| &selector.data_resources)
            .map(|resource| resource.resource_type.clone())
            .collect(),
        EventSelectors::Advanced(selectors) => selectors.iter().map(subject_of).collect(),
    };
    types.sort();
    types.dedup();
    types
}

/// What an advanced selector is about: a resource type, an event source, or its category.
fn subject_of(selector: &AdvancedSelector) -> String {
    let of = |field: &str| {
        let found = selector
            .field_selectors
            .iter()
            .find(|one| one.field == field);
        found.and_then(|one| one.equals.first().cloned())
    };
    of("resources.type")
        .or_else(|| of("eventSource"))
        .or_else(|| of("eventCategory"))
        .unwrap_or_else(|| "other events".to_owned())
}

/// The advanced selectors that record what the basic ones do, management events left aside.
pub fn as_advanced(selectors: &[BasicSelector]) -> Vec<AdvancedSelector> {
    let of_selector = |selector: &BasicSelector| {
        let read_only = read_only(selector.read_write_type);
        let of_resource = |resource: &DataResource| advanced(resource, read_only);
        let resources = selector.data_resources.iter();
        let some = resources.filter(|resource| !resource.values.is_empty());
        some.map(of_resource).collect::<Vec<_>>()
    };
    selectors.iter().flat_map(of_selector).collect()
}

/// Whether the selector is about management events.
pub fn is_about_management(selector: &AdvancedSelector) -> bool {
    selector.field_selectors.iter().any(|field| {
        field.field == "eventCategory" && field.equals.iter().any(|value| value == "Management")
    })
}

fn lacking_advanced(seen: &EventSelectors, before: &EventSelectors) -> Vec<AdvancedSelector> {
    let (seen, before) = (without_management(seen), without_management(before));
    before
        .into_iter()
        .filter(|wanted| !take_in(&seen, wanted))
        .collect()
}

/// The selectors about anything but management events, as advanced ones.
fn without_management(selectors: &EventSelectors) -> Vec<AdvancedSelector> {
    match selectors {
        EventSelectors::Basic(selectors) => as_advanced(selectors),
        EventSelectors::Advanced(selectors) => selectors
            .iter()
            .filter(|selector| !is_about_management(selector))
            .cloned()
            .collect(),
    }
}

/// A selector for each access of which something is missing.
fn lacking_basic(seen: &[BasicSelector], before: &[BasicSelector]) -> Vec<BasicSelector> {
    let mut found: Vec<BasicSelector> = Vec::new();
    for selector in before {
        for resource in &selector.data_resources {
            let missing: Vec<String> = resource
                .values
                .iter()
                .filter(|value| {
                    !takes(
                        seen,
                        selector.read_write_type,
                        &resource.resource_type,
                        value,
                    )
                })
                .cloned()
                .collect();
            if !missing.is_empty() {
                let resource = DataResource {
                    resource_type: resource.resource_type.clone(),
                    values: missing,
                };
                add(&mut found, selector.read_write_type, resource);
            }
        }
    }
    found
}

fn add(found: &mut Vec<BasicSelector>, access: ReadWriteType, resource: DataResource) {
    match found.iter_mut().find(|one| one.read_write_type == access) {
        Some(selector) => selector.data_resources.push(resource),
        None => found.push(BasicSelector {
            read_write_type: access,
            include_management_events: false,
            data_resources: vec![resource],
            exclude_management_event_sources: Vec::new(),
        }),
    }
}

/// Whether the selectors together take these events: reads and writes may be taken by two.
fn takes(seen: &[BasicSelector], access: ReadWriteType, resource_type: &str, value: &str) -> bool {
    let accesses: &[ReadWriteType] = match access {
        ReadWriteType::All => &[ReadWriteType::ReadOnly, ReadWriteType::WriteOnly],
        ReadWriteType::ReadOnly => &[ReadWriteType::ReadOnly],
        ReadWriteType::WriteOnly => &[ReadWriteType::WriteOnly],
    };
    accesses.iter().all(|access| {
        seen.iter()
            .filter(|one| {
                one.read_write_type == ReadWriteType::All || one.read_write_type == *access
            })
            .flat_map(|one| &one.data_resources)
            .filter(|resource| resource.resource_type == resource_type)
            .any(|resource| {
                resource
                    .values
                    .iter()
                    .any(|wide| is_within(resource_type, value, wide))
            })
    })
}

/// Whether `wide` takes in what `value` does. A value of three parts, `arn:aws:s3`, means all of a
/// service; of S3 every value is a prefix.
fn is_within(resource_type: &str, value: &str, wide: &str) -> bool {
    let is_prefix = resource_type == "AWS::S3::Object" || is_whole_service(wide);
    value == wide || is_prefix && value.starts_with(wide)
}

fn is_whole_service(value: &str) -> bool {
    value.split(':').count() == 3
}

fn read_only(access: ReadWriteType) -> Option<&'static str> {
    match access {
        ReadWriteType::All => None,
        ReadWriteType::ReadOnly => Some("true"),
        ReadWriteType::WriteOnly => Some("false"),
    }
}

/// One basic resource: all of a service has no condition on the ARN; other values may be whole
/// ARNs and prefixes, and S3's are prefixes always.
fn advanced(resource: &DataResource, read_only: Option<&str>) -> AdvancedSelector {
    let whole = resource.values.iter().any(|value| is_whole_service(value));
    let equals = |field: &str, value: &str| FieldSelector {
        field: field.to_owned(),
        equals: vec![value.to_owned()],
        ..FieldSelector::default()
    };
    let mut fields = vec![
        equals("eventCategory", "Data"),
        equals("resources.type", &resource.resource_type),
    ];
    fields.extend(read_only.map(|value| equals("readOnly", value)));
    if !whole {
        let values = resource.values.clone();
        let mut field = FieldSelector {
            field: "resources.ARN".to_owned(),
            ..FieldSelector::default()
        };
        if resource.resource_type == "AWS::S3::Object" {
            field.starts_with = values;
        } else {
            field.equals = values;
        }
        fields.push(field);
    }
    AdvancedSelector {
        name: None,
        field_selectors: fields,
    }
}
