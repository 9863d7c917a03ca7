//! Whether a role serves an AWS service: the service can take it on and do with it what it needs.

use serde_json::Value;

use super::model::Role;
use super::names;
use crate::services::s3::resource_policy::{matches, statements, texts};
use crate::world::World;

/// Whether `service` can take on the role of this ARN and do all of `actions` with it; none: IAM
/// knows no such role. Which resources the role's policies name is not looked at.
pub(crate) fn serves(world: &World, role: &str, service: &str, actions: &[&str]) -> Option<bool> {
    let name = role.rsplit('/').next()?;
    let found = world.services.iam.roles.get(name)?;
    (names::arn(world, "role", &found.path, &found.name) == role).then_some(())?;
    let documents = documents(world, found);
    let may = |action: &&str| {
        let says = |effect| documents.iter().any(|one| one_says(one, effect, action));
        says("Allow") && !says("Deny")
    };
    Some(trusts(world, found, service) && actions.iter().all(may))
}

fn documents(world: &World, role: &Role) -> Vec<Value> {
    let inline = role.inline.values().map(String::as_str);
    let attached = role.attached.iter().filter_map(|arn| {
        let policy = world.services.iam.policies.get(arn)?;
        let version = policy.versions.get(&policy.default)?;
        Some(version.document.as_ref())
    });
    let parsed = inline.chain(attached).map(serde_json::from_str);
    parsed.filter_map(Result::ok).collect()
}

fn one_says(document: &Value, effect: &str, action: &str) -> bool {
    statements(document).iter().any(|statement| {
        statement.get("Effect") == Some(&effect.into()) && names_action(statement, action)
    })
}

fn names_action(statement: &Value, action: &str) -> bool {
    let action = action.to_lowercase();
    let named = |element: &Value| {
        let mut patterns = texts(element).into_iter();
        patterns.any(|pattern| matches(&pattern.to_lowercase(), &action))
    };
    match (statement.get("Action"), statement.get("NotAction")) {
        (Some(element), _) => named(element),
        (None, Some(element)) => !named(element),
        (None, None) => false,
    }
}

fn trusts(world: &World, role: &Role, service: &str) -> bool {
    let Ok(trust) = serde_json::from_str::<Value>(&role.trust) else {
        return false;
    };
    let covers = |statement: &&Value| {
        let principal = statement.get("Principal");
        let services = principal.and_then(|principal| principal.get("Service"));
        let named = services.is_some_and(|services| texts(services).contains(&service));
        let anybody = principal.is_some_and(|principal| principal == "*");
        (named || anybody) && names_action(statement, "sts:AssumeRole")
    };
    let covering: Vec<&Value> = statements(&trust).iter().filter(covers).collect();
    let has = |effect: &str| {
        let mut found = covering.iter();
        found.any(|one| one.get("Effect") == Some(&effect.into()) && holds(world, one, service))
    };
    has("Allow") && !has("Deny")
}

/// Whether the statement's conditions can hold for a resource of the service in this account.
fn holds(world: &World, statement: &Value, service: &str) -> bool {
    let conditions = statement.get("Condition").and_then(Value::as_object);
    let short = service.split('.').next().unwrap_or_default();
    let own = format!("arn:{}:{short}:", world.partition);
    let mut keys = conditions.into_iter().flatten();
    keys.all(|(_, block)| {
        let mut entries = block.as_object().into_iter().flatten();
        entries.all(|(key, values)| match key.to_lowercase().as_str() {
            "aws:sourceaccount" => texts(values).contains(&world.account_id.as_str()),
            "aws:sourcearn" => texts(values)
                .iter()
                .any(|arn| arn.starts_with(&own) && arn.contains(world.account_id.as_str())),
            _ => false,
        })
    })
}
