//! How CloudTrail writes the calls of EC2: its records follow the wire and not the API model.

use serde_json::{Map, Value, json};

use crate::call::{ApiError, Call};

const XMLNS: &str = "http://ec2.amazonaws.com/doc/2016-11-15/";

/// The record's `requestParameters`.
pub(crate) fn request_parameters(call: &Call) -> Value {
    let input = &call.input;
    match call.operation.as_str() {
        "RunInstances" => launch(input),
        "StartInstances" | "StopInstances" | "TerminateInstances" => {
            let ids = input.get("InstanceIds").and_then(Value::as_array);
            let one = |id| json!({"instanceId": id});
            let items: Vec<Value> = ids.into_iter().flatten().map(one).collect();
            let mut told = lower(input);
            if let Some(members) = told.as_object_mut() {
                members.remove("instanceIds");
                members.insert("instancesSet".to_owned(), json!({"items": items}));
            }
            told
        }
        "CreateTags" | "DeleteTags" => {
            let ids = input.get("Resources").and_then(Value::as_array);
            let one = |id| json!({"resourceId": id});
            let ids: Vec<Value> = ids.into_iter().flatten().map(one).collect();
            json!({
                "resourcesSet": {"items": ids},
                "tagSet": {"items": input.get("Tags").map(lower).unwrap_or_default()},
            })
        }
        // newer operations are recorded in a wrapper, with the names of the request
        operation => json!({format!("{operation}Request"): input}),
    }
}

fn launch(input: &Value) -> Value {
    let mut told = lower(input);
    let Some(members) = told.as_object_mut() else {
        return told;
    };
    let mut item = Map::new();
    for name in ["imageId", "minCount", "maxCount"] {
        item.extend(members.remove(name).map(|value| (name.to_owned(), value)));
    }
    members.insert("instancesSet".to_owned(), json!({"items": [item]}));
    if let Some(given) = members.remove("tagSpecifications") {
        members.insert("tagSpecificationSet".to_owned(), json!({"items": given}));
    }
    told
}

/// The record's `responseElements`; null where the call was refused.
pub(crate) fn response_elements(call: &Call, answer: &Result<Value, ApiError>) -> Value {
    let Ok(answer) = answer else {
        return Value::Null;
    };
    if call.operation.ends_with("Tags") {
        return json!({"_return": true});
    }
    let lists = [
        "Instances",
        "StartingInstances",
        "StoppingInstances",
        "TerminatingInstances",
    ];
    for name in lists {
        if let Some(list) = answer.get(name) {
            let mut told = lower(answer);
            if let Some(members) = told.as_object_mut() {
                let gone = |key: &String, _: &mut Value| !key.eq_ignore_ascii_case(name);
                members.retain(gone);
                members.remove("groups");
                members.insert("instancesSet".to_owned(), json!({"items": instances(list)}));
            }
            return told;
        }
    }
    let mut told = lower(answer);
    if let Some(members) = told.as_object_mut() {
        members.insert("xmlns".to_owned(), json!(XMLNS));
    }
    json!({format!("{}Response", call.operation): told})
}

/// Instances as the wire names their members.
fn instances(list: &Value) -> Value {
    let mut told = lower(list);
    for instance in told.as_array_mut().into_iter().flatten() {
        let Some(members) = instance.as_object_mut() else {
            continue;
        };
        if let Some(state) = members.remove("state") {
            members.insert("instanceState".to_owned(), state);
        }
        // CloudTrail tells milliseconds
        if let Some(at) = members.get_mut("launchTime") {
            *at = json!(at.as_f64().map(|seconds| (seconds * 1000.0).round() as i64));
        }
        for (from, to) in [("tags", "tagSet"), ("publicDnsName", "dnsName")] {
            if let Some(value) = members.remove(from) {
                let value = if from == "tags" {
                    json!({"items": value})
                } else {
                    value
                };
                members.insert(to.to_owned(), value);
            }
        }
    }
    told
}

/// The type and id of the resource concerned: the instance, by which LookupEvents finds the event.
pub(crate) fn resource(call: &Call, answer: &Result<Value, ApiError>) -> Option<(String, String)> {
    let first = |value: &Value, list: &str| value.get(list)?.get(0).cloned();
    let answer = answer.as_ref().ok();
    let told = answer.and_then(|answer| {
        let instance = first(answer, "Instances");
        let association = answer.get("IamInstanceProfileAssociation").cloned();
        instance.or(association)?.get("InstanceId").cloned()
    });
    let given = || call.input.get("InstanceId").cloned();
    let lists = ["InstanceIds", "Resources"];
    let listed = || lists.iter().find_map(|name| first(&call.input, name));
    let id = told.or_else(given).or_else(listed)?;
    Some(("AWS::EC2::Instance".to_owned(), id.as_str()?.to_owned()))
}

/// The members with a small first letter.
fn lower(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let one = |(key, value): (&String, &Value)| {
                let mut letters = key.chars();
                let first = letters.next().map(|letter| letter.to_ascii_lowercase());
                (first.into_iter().chain(letters).collect(), lower(value))
            };
            Value::Object(members.iter().map(one).collect::<Map<String, Value>>())
        }
        Value::Array(items) => Value::Array(items.iter().map(lower).collect()),
        other => other.clone(),
    }
}
