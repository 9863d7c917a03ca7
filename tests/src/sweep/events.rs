//! Which events a trail's selectors take, told from sample events: written apart from the
//! product's own comparison of selectors, which it judges.

use serde_json::Value;
use trailkeeper_sandbox::seed::EventSelectors;

/// An event, as far as selectors ask.
#[derive(Debug, Clone)]
struct Event {
    category: &'static str,
    read_only: bool,
    source: String,
    kind: String,
    arn: String,
}

const SOURCES: [&str; 4] = [
    "iam.amazonaws.com",
    "kms.amazonaws.com",
    "rdsdata.amazonaws.com",
    "ec2.amazonaws.com",
];

/// An event that `old` takes and `new` does not.
pub fn lost(old: &EventSelectors, new: &EventSelectors) -> Option<String> {
    if old == new {
        return None;
    }
    let lost = |event: &Event| takes(old, event) && !takes(new, event);
    samples(old).into_iter().find(lost).map(|event| {
        let kind = if event.read_only { "reads" } else { "writes" };
        format!(
            "{} {kind} of {} {} {}",
            event.category, event.source, event.kind, event.arn
        )
    })
}

/// Management events of some services, and data events about whatever the selectors name.
fn samples(selectors: &EventSelectors) -> Vec<Event> {
    let mut words = Vec::new();
    match selectors {
        EventSelectors::Basic(list) | EventSelectors::Advanced(list) => {
            list.iter().for_each(|one| texts(one, &mut words));
        }
    }
    let kinds = words.iter().filter(|word| word.starts_with("AWS::"));
    let mut samples = Vec::new();
    for read_only in [true, false] {
        for source in SOURCES {
            samples.push(Event {
                category: "Management",
                read_only,
                source: source.to_owned(),
                kind: String::new(),
                arn: String::new(),
            });
        }
        for kind in kinds.clone() {
            for arn in words.iter().filter(|word| word.starts_with("arn:")) {
                samples.push(data(read_only, kind, &format!("{arn}x")));
                samples.push(data(read_only, kind, arn));
            }
            samples.push(data(read_only, kind, "arn:aws:s3:::some-other-bucket/x"));
        }
    }
    samples
}

fn data(read_only: bool, kind: &str, arn: &str) -> Event {
    Event {
        category: "Data",
        read_only,
        source: "s3.amazonaws.com".to_owned(),
        kind: kind.to_owned(),
        arn: arn.to_owned(),
    }
}

fn texts(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::String(text) => words.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, words)),
        Value::Object(members) => members.values().for_each(|item| texts(item, words)),
        _ => {}
    }
}

fn takes(selectors: &EventSelectors, event: &Event) -> bool {
    match selectors {
        EventSelectors::Basic(list) => list.iter().any(|one| basic_takes(one, event)),
        EventSelectors::Advanced(list) => list.iter().any(|one| {
            let fields = list_of(one, "FieldSelectors");
            fields.iter().all(|field| field_takes(field, event))
        }),
    }
}

fn basic_takes(selector: &Value, event: &Event) -> bool {
    let wanted = selector.get("ReadWriteType").and_then(Value::as_str);
    let in_type = match wanted {
        Some("ReadOnly") => event.read_only,
        Some("WriteOnly") => !event.read_only,
        _ => true,
    };
    if event.category == "Management" {
        let included = selector
            .get("IncludeManagementEvents")
            .and_then(Value::as_bool);
        let excluded = list_of(selector, "ExcludeManagementEventSources");
        return in_type && included != Some(false) && !has(excluded, &event.source);
    }
    let resources = list_of(selector, "DataResources");
    let named = |resource: &Value| {
        let values = list_of(resource, "Values").iter().filter_map(Value::as_str);
        resource.get("Type").and_then(Value::as_str) == Some(&event.kind)
            && values
                .into_iter()
                .any(|value| event.arn.starts_with(value) || value == "arn:aws:s3")
    };
    in_type && resources.iter().any(named)
}

fn field_takes(field: &Value, event: &Event) -> bool {
    let value = match field.get("Field").and_then(Value::as_str) {
        Some("eventCategory") => event.category.to_owned(),
        Some("readOnly") => event.read_only.to_string(),
        Some("eventSource") => event.source.clone(),
        Some("resources.type") => event.kind.clone(),
        Some("resources.ARN") => event.arn.clone(),
        _ => String::new(),
    };
    let any = |member: &str, fits: &dyn Fn(&str) -> bool| {
        let values = list_of(field, member);
        let fitting = values.iter().filter_map(Value::as_str).any(fits);
        (!values.is_empty()).then_some(fitting)
    };
    let is = |text: &str| text == value;
    let starts = |text: &str| value.starts_with(text);
    let ends = |text: &str| value.ends_with(text);
    let asked = [
        any("Equals", &is),
        any("StartsWith", &starts),
        any("EndsWith", &ends),
        any("NotEquals", &is).map(|found| !found),
        any("NotStartsWith", &starts).map(|found| !found),
        any("NotEndsWith", &ends).map(|found| !found),
    ];
    asked.into_iter().flatten().all(|fits| fits)
}

fn list_of<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    let list = value.get(member).and_then(Value::as_array);
    list.map_or(&[], Vec::as_slice)
}

fn has(list: &[Value], text: &str) -> bool {
    list.iter().any(|item| item.as_str() == Some(text))
}
