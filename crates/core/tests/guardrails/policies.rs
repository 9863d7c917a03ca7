//! The files.

use trailkeeper_policy::document::{PrincipalElement, Selection};
use trailkeeper_policy::{Effect, Policy, document};

use crate::callers::Caller;
use crate::evaluate;

/// A service or resource control policy.
#[derive(Debug)]
pub(crate) struct ControlPolicy {
    /// Its name in `cloudformation/`.
    pub(crate) file: &'static str,
    /// What is in it.
    pub(crate) text: String,
    /// Whether it is about resources.
    of_resources: bool,
}

fn read(file: &'static str, of_resources: bool) -> ControlPolicy {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cloudformation/");
    let text = std::fs::read_to_string(format!("{folder}{file}")).unwrap();
    ControlPolicy {
        file,
        text,
        of_resources,
    }
}

/// The service control policies.
pub(crate) fn scps() -> [ControlPolicy; 3] {
    [
        "guardrail-scp-1.json",
        "guardrail-scp-2.json",
        "guardrail-scp-3.json",
    ]
    .map(|file| read(file, false))
}

/// The resource control policy.
pub(crate) fn rcp() -> ControlPolicy {
    read("guardrail-rcp.json", true)
}

/// The texts of a list that names what is meant.
fn named(selection: &Selection<'_>) -> Option<Vec<String>> {
    match selection {
        Selection::Only(texts) => Some(texts.iter().map(|text| text.value.to_string()).collect()),
        Selection::AllBut(_) => None,
    }
}

/// Services whose resources resource control policies know.
const RCP_SERVICES: [&str; 4] = ["kms:", "s3:", "sqs:", "sts:"];

impl ControlPolicy {
    /// The document.
    pub(crate) fn parsed(&self) -> Policy<'_> {
        Policy::parse(&self.text).unwrap()
    }

    /// Whether each statement is one that Organizations takes: Deny with its Sid; of resources with
    /// the principal `*` and services that are known, of services without a principal.
    pub(crate) fn is_well_formed(&self) -> bool {
        self.parsed().statements().iter().all(|statement| {
            let plain = statement.effect == Effect::Deny
                && statement.sid.is_some()
                && !statement.conditions.is_empty();
            let everyone =
                statement.principal == Some(PrincipalElement::Only(document::Principal::Everyone));
            let actions = named(&statement.action).unwrap_or_default();
            let known = |action: &String| {
                let mut services = RCP_SERVICES.iter();
                services.any(|service| action.starts_with(service))
            };
            plain
                && if self.of_resources {
                    everyone && actions.iter().all(known)
                } else {
                    statement.principal.is_none()
                }
        })
    }

    /// Sid, action and resources, one row an action.
    pub(crate) fn rows(&self) -> Vec<(String, String, Vec<String>)> {
        let parsed = self.parsed();
        let rows = parsed.statements().iter().flat_map(|statement| {
            let sid = statement.sid.as_deref().unwrap_or_default().to_owned();
            let actions = named(&statement.action).expect("Action, not NotAction");
            let resources = statement.resource.as_ref().and_then(named);
            let resources = resources.expect("Resource, not NotResource");
            let row = move |action| (sid.clone(), action, resources.clone());
            actions.into_iter().map(row)
        });
        rows.collect()
    }

    /// The Sid of the statement that denies the call.
    pub(crate) fn denies(&self, caller: &Caller, action: &str, resource: &str) -> Option<String> {
        let context = caller.context();
        evaluate::denying(&self.parsed(), action, resource, &context)
    }
}
