//! The protocols query and ec2: a form goes out, XML comes back.

mod decode;
mod encode;

use serde_json::{Map, Value};
use trailkeeper_runbook::{ApiFailure, FailureKind};

use crate::answer::Answer;
use crate::endpoint::Endpoint;
use crate::failure::not_sent;
use crate::request::{Request, SigningStyle, path_segment};
use crate::service::{Service, plain_of};
use crate::shapes::Shapes;
use crate::xml::Element;

pub(crate) use crate::shapes::QueryOperation;

/// The operation of any of boto3's spellings.
pub(crate) fn find(service: &Service, api: &str) -> Result<&'static QueryOperation, ApiFailure> {
    let name = service.name;
    let shapes = Shapes::of(name);
    let plain = plain_of(api);
    let known = shapes.map(|shapes| shapes.operations.iter());
    let found = known.and_then(|mut known| known.find(|known| plain_of(known.name) == plain));
    found.ok_or_else(|| match shapes {
        Some(shapes) if shapes.whole => {
            let reason = format!("{name} has no operation `{api}`; correct Api");
            not_sent("UnknownOperation", FailureKind::Other, &reason)
        }
        _ => {
            let count = shapes.map_or(0, |shapes| shapes.operations.len());
            let reason = format!(
                "{name} {api} is not implemented: of {name} {count} operations are, {}",
                listed(shapes)
            );
            not_sent("NotImplemented", FailureKind::Other, &reason)
        }
    })
}

fn listed(shapes: Option<&Shapes>) -> String {
    let operations = shapes.iter().flat_map(|shapes| &shapes.operations);
    let names: Vec<&str> = operations.map(|operation| operation.name).collect();
    names.join(", ")
}

/// The request of an operation.
pub(crate) fn request(
    service: &'static Service,
    operation: &QueryOperation,
    place: Endpoint,
    input: &Map<String, Value>,
) -> Result<Request, ApiFailure> {
    let members = encode::form(service, operation, input).map_err(|problem| {
        let reason = format!("{} of {} {problem}", operation.name, service.name);
        not_sent("ParamValidation", FailureKind::Other, &reason)
    })?;
    let head = [
        ("Action".to_owned(), operation.name.to_owned()),
        ("Version".to_owned(), service.api_version.to_owned()),
    ];
    let pairs = head.into_iter().chain(members);
    let pairs: Vec<String> = pairs
        .map(|(name, value)| format!("{}={}", escaped(&name), escaped(&value)))
        .collect();
    let content_type = "application/x-www-form-urlencoded; charset=utf-8";
    Ok(Request {
        method: "POST",
        url: format!("{}/", place.url),
        headers: vec![("content-type", content_type.to_owned())],
        body: pairs.join("&").into_bytes(),
        signing_name: service.signing_name,
        signing_region: place.signing_region,
        style: SigningStyle::Common,
    })
}

fn escaped(text: &str) -> String {
    path_segment(text).replace("%20", "+")
}

/// What an answer says.
pub(crate) fn read(
    service: &Service,
    operation: &QueryOperation,
    answer: &Answer,
) -> Result<Value, ApiFailure> {
    let root = Element::parse(&answer.text());
    if !answer.is_success() {
        return Err(failure(answer, root.ok().as_ref()));
    }
    let root = root.map_err(|error| answer.unreadable(&format!("XML ({error})")))?;
    Ok(decode::output(service, operation, &root))
}

/// `ErrorResponse/Error`, and ec2's `Response/Errors/Error`.
fn failure(answer: &Answer, root: Option<&Element>) -> ApiFailure {
    let error = root.and_then(|root| root.child("Errors").unwrap_or(root).child("Error"));
    let text = |name: &str| {
        let found = error.and_then(|error| error.child(name));
        found
            .map(|found| found.text.trim())
            .filter(|text| !text.is_empty())
    };
    answer.failure_of(text("Code"), text("Message"))
}
