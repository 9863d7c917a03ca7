//! What a resource policy says to the account that makes the calls.
//!
//! Bucket and key policies are read alike. Statements with a condition are left out: the sandbox
//! knows nothing of the request that a condition could test, and AWS's own recommended conditional
//! Denies (transport, organization) do not hit an ordinary caller.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use serde_json::Value;

/// What a policy says to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// A Deny covers the request.
    Denied,
    /// An Allow covers it and no Deny does.
    Allowed,
    /// No statement covers it.
    Silent,
}

/// Who asks, in every spelling that a policy may use, and what for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    /// The caller's account id and ARNs.
    pub(crate) principals: &'a [String],
    /// The action: `s3:GetBucketPolicy`.
    pub(crate) action: &'a str,
    /// The resource's ARN.
    pub(crate) resource: &'a str,
}

/// So many texts that were read are kept.
const KEPT: usize = 64;

thread_local! {
    /// The policies that were read last, by their text: each call asks the same few again.
    static READ: RefCell<HashMap<String, Rc<Value>>> = RefCell::default();
}

/// A policy's text, read; null where it cannot be.
pub(crate) fn read(policy: &str) -> Rc<Value> {
    READ.with_borrow_mut(|known| {
        if let Some(document) = known.get(policy) {
            return Rc::clone(document);
        }
        if known.len() >= KEPT {
            known.clear();
        }
        let document = Rc::new(serde_json::from_str(policy).unwrap_or_default());
        known.insert(policy.to_owned(), Rc::clone(&document));
        document
    })
}

/// Judges `request` by the text of a policy; a text that is no policy says nothing.
pub(crate) fn judge(policy: &str, request: &Request<'_>) -> Verdict {
    let document = read(policy);
    let mut verdict = Verdict::Silent;
    for statement in statements(&document) {
        if !covers(statement, request) {
            continue;
        }
        match statement.get("Effect").and_then(Value::as_str) {
            Some("Deny") => return Verdict::Denied,
            Some("Allow") => verdict = Verdict::Allowed,
            _ => {}
        }
    }
    verdict
}

/// The statements of a document: a list, or a single object.
pub(crate) fn statements(document: &Value) -> &[Value] {
    match document.get("Statement") {
        Some(Value::Array(list)) => list,
        Some(single @ Value::Object(_)) => std::slice::from_ref(single),
        _ => &[],
    }
}

/// The strings of an element that may be one string or a list of them.
pub(crate) fn texts(element: &Value) -> Vec<&str> {
    match element {
        Value::String(text) => vec![text],
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn covers(statement: &Value, request: &Request<'_>) -> bool {
    let unconditional = match statement.get("Condition") {
        None => true,
        Some(condition) => condition.as_object().is_some_and(|map| map.is_empty()),
    };
    let action = |pattern: &str| {
        let (pattern, action) = (pattern.to_lowercase(), request.action.to_lowercase());
        matches(&pattern, &action)
    };
    let resource = |pattern: &str| matches(pattern, request.resource);
    unconditional
        && element(statement, "Action", "NotAction", action)
        && element(statement, "Resource", "NotResource", resource)
        && names_caller(statement, request.principals)
}

/// Whether the element, or the negation of its `Not` form, holds; without either there is no match.
fn element(statement: &Value, name: &str, not: &str, holds: impl Fn(&str) -> bool) -> bool {
    match (statement.get(name), statement.get(not)) {
        (Some(patterns), _) => texts(patterns).into_iter().any(holds),
        (None, Some(patterns)) => !texts(patterns).into_iter().any(holds),
        (None, None) => false,
    }
}

fn names_caller(statement: &Value, principals: &[String]) -> bool {
    let named = |principal: &Value| match principal {
        Value::String(text) => text == "*",
        Value::Object(kinds) => kinds.get("AWS").is_some_and(|aws| {
            texts(aws)
                .into_iter()
                .any(|name| name == "*" || principals.iter().any(|own| own == name))
        }),
        _ => false,
    };
    match (statement.get("Principal"), statement.get("NotPrincipal")) {
        (Some(principal), _) => named(principal),
        (None, Some(principal)) => !named(principal),
        (None, None) => false,
    }
}

/// Matches `*` (any run) and `?` (any one character). Only the last `*` is ever tried again, so
/// that a pattern full of them costs no more than its length times the text's.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let (mut pattern, mut text) = (pattern.chars(), text.chars());
    let mut retry = None;
    loop {
        let (mut next_pattern, mut next_text) = (pattern.clone(), text.clone());
        match (next_pattern.next(), next_text.next()) {
            (Some('*'), _) => {
                retry = Some((next_pattern.clone(), text.clone()));
                pattern = next_pattern;
            }
            (Some(wanted), Some(found)) if wanted == '?' || wanted == found => {
                (pattern, text) = (next_pattern, next_text);
            }
            (None, None) => return true,
            _ => {
                // let the last `*` take one character more
                let Some((after_star, mut from)) = retry.take() else {
                    return false;
                };
                if from.next().is_none() {
                    return false;
                }
                (pattern, text) = (after_star.clone(), from.clone());
                retry = Some((after_star, from));
            }
        }
    }
}
