//! GuardDuty's REST API: identifiers in the path, structures as the body. The wire writes members
//! with a small first letter, the API model with a capital one.

use serde_json::{Map, Value, json};

use super::message::{Reply, Request, percent_decoded};
use super::scope::Scope;
use crate::call::{ApiError, Call};

const CONTENT_TYPE: &str = "application/json";
/// What these members hold has keys of the caller's own.
const MAPS: [&str; 2] = ["tags", "criterion"];

pub(super) fn call(request: &Request, scope: &Scope) -> Result<Call, ApiError> {
    let segments = request.path.split('/').filter(|part| !part.is_empty());
    let segments: Vec<String> = segments.map(percent_decoded).collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let (operation, ids) = route(&request.method, &segments).ok_or_else(|| {
        let text = format!(
            "the sandbox does not model {} {}",
            request.method, request.path
        );
        ApiError::new("NotImplementedException", text)
    })?;
    let mut input = match renamed(&request.json()?, char::to_ascii_uppercase) {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    for (member, value) in ids {
        input.insert(member.to_owned(), json!(value));
    }
    if let Some(token) = request.parameter("nextToken") {
        input.insert("NextToken".to_owned(), json!(token));
    }
    if let Some(most) = request.parameter("maxResults") {
        let number: Result<i64, _> = most.parse();
        let most = number.map_or_else(|_| json!(most), Value::from);
        input.insert("MaxResults".to_owned(), most);
    }
    let input = Value::Object(input);
    Ok(Call::new("guardduty", operation, &scope.region, input))
}

/// The operation, and the members that the path holds.
type Route<'a> = (&'static str, Vec<(&'static str, &'a str)>);

fn route<'a>(method: &str, segments: &[&'a str]) -> Option<Route<'a>> {
    let ["detector", rest @ ..] = segments else {
        return None;
    };
    let Some((id, rest)) = rest.split_first() else {
        let operation = match method {
            "GET" => "ListDetectors",
            "POST" => "CreateDetector",
            _ => return None,
        };
        return Some((operation, Vec::new()));
    };
    let mut ids = vec![("DetectorId", *id)];
    let operation = match (method, rest) {
        ("GET", []) => "GetDetector",
        ("POST", []) => "UpdateDetector",
        ("DELETE", []) => "DeleteDetector",
        ("GET", ["filter"]) => "ListFilters",
        ("POST", ["filter"]) => "CreateFilter",
        (_, ["filter", name]) => {
            ids.push(("FilterName", name));
            one_of(method, ["GetFilter", "UpdateFilter", "DeleteFilter"])?
        }
        ("GET", ["ipset"]) => "ListIPSets",
        ("POST", ["ipset"]) => "CreateIPSet",
        (_, ["ipset", list]) => {
            ids.push(("IpSetId", list));
            one_of(method, ["GetIPSet", "UpdateIPSet", "DeleteIPSet"])?
        }
        ("GET", ["trustedentityset"]) => "ListTrustedEntitySets",
        ("POST", ["trustedentityset"]) => "CreateTrustedEntitySet",
        (_, ["trustedentityset", list]) => {
            ids.push(("TrustedEntitySetId", list));
            let operations = [
                "GetTrustedEntitySet",
                "UpdateTrustedEntitySet",
                "DeleteTrustedEntitySet",
            ];
            one_of(method, operations)?
        }
        ("GET", ["administrator"]) => "GetAdministratorAccount",
        ("POST", ["administrator"]) => "AcceptAdministratorInvitation",
        ("POST", ["administrator", "disassociate"]) => "DisassociateFromAdministratorAccount",
        ("GET", ["master"]) => "GetMasterAccount",
        ("POST", ["master", "disassociate"]) => "DisassociateFromMasterAccount",
        ("GET", ["publishingDestination"]) => "ListPublishingDestinations",
        ("POST", ["publishingDestination"]) => "CreatePublishingDestination",
        ("POST", ["publishingDestination", destination]) => {
            ids.push(("DestinationId", destination));
            "UpdatePublishingDestination"
        }
        ("DELETE", ["publishingDestination", destination]) => {
            ids.push(("DestinationId", destination));
            "DeletePublishingDestination"
        }
        ("POST", ["findings", "create"]) => "CreateSampleFindings",
        _ => return None,
    };
    Some((operation, ids))
}

/// The operation of GET, POST or DELETE.
fn one_of(method: &str, [get, post, delete]: [&'static str; 3]) -> Option<&'static str> {
    match method {
        "GET" => Some(get),
        "POST" => Some(post),
        "DELETE" => Some(delete),
        _ => None,
    }
}

fn renamed(value: &Value, case: fn(&char) -> char) -> Value {
    match value {
        Value::Object(members) => {
            let one = |(name, value): (&String, &Value)| {
                let mut letters = name.chars();
                let first = letters.next().map(|letter| case(&letter));
                let map = MAPS.contains(&name.to_ascii_lowercase().as_str());
                let value = match value {
                    // a criterion's conditions have members of the API model again
                    Value::Object(entries) if map => entries
                        .iter()
                        .map(|(key, entry)| (key.clone(), renamed(entry, case)))
                        .collect(),
                    value => renamed(value, case),
                };
                (first.into_iter().chain(letters).collect(), value)
            };
            Value::Object(members.iter().map(one).collect::<Map<String, Value>>())
        }
        Value::Array(items) => items.iter().map(|item| renamed(item, case)).collect(),
        other => other.clone(),
    }
}

pub(super) fn success(output: &Value) -> Reply {
    let body = renamed(output, char::to_ascii_lowercase);
    Reply::new(200, CONTENT_TYPE, body.to_string())
}

pub(super) fn failure(error: &ApiError) -> Reply {
    let body = json!({"message": error.message, "__type": error.code});
    Reply::new(error.status, CONTENT_TYPE, body.to_string()).with("x-amzn-errortype", &error.code)
}
