//! Which policy documents IAM takes, and how it measures them.

use std::collections::BTreeSet;

use trailkeeper_policy::document::Selection;
use trailkeeper_policy::{Policy, Statement};

use super::input::error;
use crate::call::ApiError;

fn malformed(text: impl Into<String>) -> ApiError {
    error("MalformedPolicyDocument", text)
}

fn parsed(document: &str) -> Result<Policy<'_>, ApiError> {
    let policy = Policy::parse(document);
    let policy = policy.map_err(|fault| malformed(format!("Syntax errors in policy: {fault}")))?;
    let mut sids = BTreeSet::new();
    let mut named = policy
        .statements()
        .iter()
        .filter_map(|one| one.sid.as_deref());
    if !named.all(|sid| sids.insert(sid.to_owned())) {
        return Err(malformed(
            "Statement IDs (SID) in a single policy must be unique.",
        ));
    }
    policy.statements().iter().try_for_each(check_actions)?;
    Ok(policy)
}

/// Checks a policy that says what its holder may do.
pub(super) fn check_identity(document: &str) -> Result<(), ApiError> {
    for statement in parsed(document)?.statements() {
        if statement.principal.is_some() {
            return Err(malformed("Policy document should not specify a principal."));
        }
        let Some(resource) = &statement.resource else {
            return Err(malformed("Policy statement must contain resources."));
        };
        let whole = |text: &&str| *text == "*" || text.starts_with("arn:");
        if let Some(odd) = texts(resource).find(|text| !whole(text)) {
            return Err(malformed(format!(
                "Resource {odd} must be in ARN format or \"*\"."
            )));
        }
    }
    Ok(())
}

/// Checks a policy that says who may take on a role.
pub(super) fn check_trust(document: &str) -> Result<(), ApiError> {
    for statement in parsed(document)?.statements() {
        if statement.principal.is_none() {
            return Err(malformed("Missing required field Principal"));
        }
        if statement.resource.is_some() {
            return Err(malformed("Has prohibited field Resource"));
        }
    }
    Ok(())
}

fn check_actions(statement: &Statement<'_>) -> Result<(), ApiError> {
    let named = |text: &str| text.bytes().all(|byte| byte == b'*') || text.contains(':');
    match texts(&statement.action).all(named) {
        true => Ok(()),
        false => Err(malformed(
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        )),
    }
}

fn texts<'a>(selection: &'a Selection<'_>) -> impl Iterator<Item = &'a str> {
    let (Selection::Only(texts) | Selection::AllBut(texts)) = selection;
    texts.iter().map(|text| text.value.as_ref())
}

/// The length that quotas are about: white space does not count.
pub(super) fn length(document: &str) -> usize {
    document
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .count()
}
