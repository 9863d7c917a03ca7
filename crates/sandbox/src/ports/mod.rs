//! The sandbox as the ports of the product: each method is one or a few calls through
//! [`Sandbox::call`], with the answer turned into our types.
//!
//! The methods ask, read and fail as the adapters to AWS do, so that what holds over the sandbox
//! holds over AWS: they follow redirects of S3, read listings to their end, call KMS in the Region
//! of the key, and take an empty text for none. A handle is cheap to clone:
//! `Arc::new(sandbox.clone())` is any of the ports.

mod automation;
mod bucket_settings;
mod buckets;
mod bundles;
mod clock;
mod config_service;
mod detectors;
mod event_rules;
mod functions;
mod history;
mod instances;
mod inventory;
mod keys;
mod notifier;
mod objects;
mod organization;
mod remediation;
mod roles;
mod selectors;
mod trail_reader;
mod trail_tags;
mod trail_writer;

use serde_json::{Map, Value};
use trailkeeper_app::ports::Page;
use trailkeeper_core::{CallError, ErrorClass, Operation};

use crate::account::Sandbox;
use crate::call::{Call, Failure};

impl Sandbox {
    /// One call of a port about `resource`.
    async fn ask(
        &self,
        operation: Operation,
        region: &str,
        resource: &str,
        input: Value,
    ) -> Result<Value, CallError> {
        let call = Call::new(operation.service, operation.name, region, input);
        let answer = self.call(call).await;
        answer.map_err(|failure| call_error(operation, resource, failure))
    }

    /// All items of a listing, whose pages hold `items` and the next page's token under `token`.
    ///
    /// A token that comes twice is an error: the listing would never end, and one that is cut must
    /// not pass for a whole one.
    async fn ask_pages(
        &self,
        listing: Listing<'_>,
        input: Map<String, Value>,
    ) -> Result<Vec<Value>, CallError> {
        let Listing {
            operation,
            region,
            resource,
            items,
            token,
        } = listing;
        let mut all = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        loop {
            let mut input = input.clone();
            if let Some(last) = seen.last() {
                input.insert(token.to_owned(), Value::from(last.as_str()));
            }
            let page = self
                .ask(operation, region, resource, Value::Object(input))
                .await?;
            all.extend(list(&page, items).iter().cloned());
            let Some(next) = text(&page, token) else {
                if flag(&page, "IsTruncated") == Some(true) {
                    let reason = "the listing is cut, and the answer lacks the token to go on";
                    return Err(invalid_response(operation, resource, reason));
                }
                return Ok(all);
            };
            if seen.contains(&next) {
                let reason = "the service sent the same page token twice, the listing has no end";
                return Err(invalid_response(operation, resource, reason));
            }
            seen.push(next);
        }
    }

    /// The Region of calls that name none.
    fn own_region(&self) -> String {
        self.with_world(|world| world.region.clone())
    }
}

/// A listing and the member names of its pages.
#[derive(Clone, Copy)]
struct Listing<'a> {
    operation: Operation,
    region: &'a str,
    resource: &'a str,
    items: &'static str,
    token: &'static str,
}

/// Why a call brought no result.
fn call_error(operation: Operation, resource: &str, failure: Failure) -> CallError {
    match failure {
        Failure::Api(error) => CallError::from_code(operation, resource, error.code, error.message),
        Failure::NoAnswer => CallError::no_answer(operation, resource, "Timeout"),
    }
}

/// An answer of success that lacks what it should hold, or contradicts itself.
fn invalid_response(operation: Operation, resource: &str, reason: &str) -> CallError {
    CallError {
        operation,
        resource: resource.to_owned(),
        code: "InvalidResponse".to_owned(),
        message: reason.to_owned(),
        class: ErrorClass::Broken,
    }
}

/// A request that could not be put together, so that nothing was sent.
fn invalid_request(operation: Operation, resource: &str, reason: &str) -> CallError {
    let message = format!("the request could not be built, nothing was sent: {reason}");
    CallError::from_code(operation, resource, "InvalidRequest", message)
}

/// A page whose token is not the one that was asked with: such a listing would never end.
fn page<T>(
    operation: Operation,
    resource: &str,
    items: Vec<T>,
    (token, answer): (Option<&str>, &Value),
) -> Result<Page<T>, CallError> {
    let next = text(answer, "NextToken");
    if next.is_some() && next.as_deref() == token {
        let reason = "the service sent the same page token twice, the listing has no end";
        return Err(invalid_response(operation, resource, reason));
    }
    Ok(Page { items, next })
}

/// A text that is there: services send "" for "none".
fn text(value: &Value, member: &str) -> Option<String> {
    let text = value.get(member)?.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

fn flag(value: &Value, member: &str) -> Option<bool> {
    value.get(member)?.as_bool()
}

/// The items of a list; an absent list is empty.
fn list<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    value
        .get(member)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn texts(value: &Value, member: &str) -> Vec<String> {
    let items = list(value, member).iter().filter_map(Value::as_str);
    items.map(str::to_owned).collect()
}

/// An input structure of the members that have a value.
fn structure<const N: usize>(members: [(&str, Option<Value>); N]) -> Value {
    let given = members
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(given.collect())
}
