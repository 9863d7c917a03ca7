//! A function's resource policy: who else may invoke it.

use serde_json::{Value, json};

use super::change::{edit, same_revision};
use super::function::Permission;
use super::{Named, arn, asked, bad_parameter, conflict, invalid, not_found};
use crate::call::{ApiError, Call};
use crate::world::World;

/// Whether the service `principal` may invoke `function` (a name, a partial ARN or an ARN, each
/// with or without qualifier) for the resource `source_arn`. A function that does not exist may
/// not be invoked; one for which nobody ever set a policy may be by everybody.
pub(crate) fn may_invoke(world: &World, function: &str, principal: &str, source_arn: &str) -> bool {
    let account = source_arn
        .split(':')
        .nth(4)
        .filter(|account| !account.is_empty());
    let account = account.unwrap_or(&world.account_id);
    some_permission(world, function, |permission| {
        permission.allows(principal, source_arn, account)
    })
}

/// Whether the service `principal` may invoke `function` for any resource at all.
pub(crate) fn admits(world: &World, function: &str, principal: &str) -> bool {
    some_permission(world, function, |permission| permission.names(principal))
}

fn some_permission(world: &World, function: &str, fits: impl Fn(&Permission) -> bool) -> bool {
    let Some(named) = Named::parse(function) else {
        return false;
    };
    let elsewhere = named.account.is_some_and(|owner| owner != world.account_id);
    let found = world.services.lambda.functions.get(named.name);
    match found.filter(|_| !elsewhere).map(|found| &found.policy) {
        None => false,
        Some(None) => true,
        Some(Some(policy)) => policy.iter().any(|permission| {
            permission.qualifier.as_deref() == named.qualifier && fits(permission)
        }),
    }
}

impl Permission {
    fn names(&self, principal: &str) -> bool {
        ["lambda:InvokeFunction", "lambda:*", "*"].contains(&self.action.as_str())
            && [principal, "*"].contains(&self.principal.as_str())
    }

    fn allows(&self, principal: &str, source_arn: &str, account: &str) -> bool {
        let arn = self.source_arn.as_deref();
        let owner = self.source_account.as_deref();
        self.names(principal)
            && arn.is_none_or(|wanted| like(wanted, source_arn))
            && owner.is_none_or(|wanted| wanted == account)
    }

    fn statement(&self, function_arn: &str) -> Value {
        let principal = match self.principal.as_str() {
            "*" => json!("*"),
            account if account.bytes().all(|byte| byte.is_ascii_digit()) => {
                json!({"AWS": format!("arn:aws:iam::{account}:root")})
            }
            arn if arn.starts_with("arn:") => json!({"AWS": arn}),
            service => json!({"Service": service}),
        };
        let resource = match &self.qualifier {
            Some(qualifier) => format!("{function_arn}:{qualifier}"),
            None => function_arn.to_owned(),
        };
        let mut statement = json!({
            "Sid": self.id,
            "Effect": "Allow",
            "Principal": principal,
            "Action": self.action,
            "Resource": resource,
        });
        let mut equal = serde_json::Map::new();
        if let Some(account) = &self.source_account {
            equal.insert("AWS:SourceAccount".to_owned(), json!(account));
        }
        if let Some(organization) = &self.organization {
            equal.insert("aws:PrincipalOrgID".to_owned(), json!(organization));
        }
        let mut condition = serde_json::Map::new();
        if !equal.is_empty() {
            condition.insert("StringEquals".to_owned(), Value::Object(equal));
        }
        if let Some(arn) = &self.source_arn {
            condition.insert("ArnLike".to_owned(), json!({"AWS:SourceArn": arn}));
        }
        if let Some(members) = statement.as_object_mut().filter(|_| !condition.is_empty()) {
            members.insert("Condition".to_owned(), Value::Object(condition));
        }
        statement
    }
}

/// `ArnLike`: each part by itself, with `*` and `?`.
fn like(pattern: &str, arn: &str) -> bool {
    let (wanted, found) = (pattern.splitn(6, ':'), arn.splitn(6, ':'));
    wanted.clone().count() == found.clone().count()
        && wanted
            .zip(found)
            .all(|(wanted, found)| crate::services::s3::resource_policy::matches(wanted, found))
}

pub(super) fn add(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let named = asked(world, call)?;
    let permission = read(call, named.qualifier)?;
    let arn = arn(world, &call.region, named.name);
    let now = world.now();
    let function = edit(world, named.name)?;
    same_revision(function, call)?;
    let policy = function.policy.get_or_insert_default();
    let taken =
        |known: &Permission| known.id == permission.id && known.qualifier == permission.qualifier;
    if policy.iter().any(taken) {
        return Err(conflict(&format!(
            "The statement id ({}) provided already exists. Please provide a new statement id, or \
             remove the existing statement.",
            permission.id
        )));
    }
    let statement = permission.statement(&arn).to_string();
    policy.push(permission);
    function.touch(now);
    Ok(json!({"Statement": statement}))
}

fn read(call: &Call, qualifier: Option<&str>) -> Result<Permission, ApiError> {
    let text = |member: &str| {
        let value = call.input.get(member).and_then(Value::as_str);
        value.map(str::to_owned)
    };
    let needed = |member: &str| {
        text(member).ok_or_else(|| {
            invalid(format!(
                "1 validation error detected: Value null at '{member}' failed to satisfy \
                 constraint: Member must not be null"
            ))
        })
    };
    let id = needed("StatementId")?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if !(1..=100).contains(&id.len()) || !id.bytes().all(plain) {
        return Err(invalid(format!(
            "1 validation error detected: Value '{id}' at 'statementId' failed to satisfy \
             constraint: Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)"
        )));
    }
    let action = needed("Action")?;
    if action != "*" && !action.starts_with("lambda:") {
        return Err(invalid(format!(
            "1 validation error detected: Value '{action}' at 'action' failed to satisfy \
             constraint: Member must satisfy regular expression pattern: \
             (lambda:[*]|lambda:[a-zA-Z]+|[*])"
        )));
    }
    let principal = needed("Principal")?;
    let digits = principal.len() == 12 && principal.bytes().all(|byte| byte.is_ascii_digit());
    let service = principal.contains(".amazonaws.com");
    if !(digits || service || principal == "*" || principal.starts_with("arn:")) {
        return Err(bad_parameter(
            "The provided principal was invalid. Please check the principal and try again.",
        ));
    }
    Ok(Permission {
        id,
        action,
        principal,
        source_arn: text("SourceArn"),
        source_account: text("SourceAccount"),
        organization: text("PrincipalOrgID"),
        qualifier: qualifier.map(str::to_owned),
    })
}

pub(super) fn remove(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let named = asked(world, call)?;
    let id = call.input.get("StatementId").and_then(Value::as_str);
    let id = id.unwrap_or_default();
    let now = world.now();
    let function = edit(world, named.name)?;
    same_revision(function, call)?;
    let policy = function.policy.as_mut();
    let policy = policy
        .ok_or_else(|| not_found("No policy is associated with the given resource.".to_owned()))?;
    let before = policy.len();
    let other =
        |known: &Permission| known.id != id || known.qualifier.as_deref() != named.qualifier;
    policy.retain(other);
    if policy.len() == before {
        return Err(not_found(format!(
            "Statement {id} is not found in resource policy."
        )));
    }
    function.touch(now);
    Ok(json!({}))
}

pub(super) fn get(world: &World, call: &Call) -> Result<Value, ApiError> {
    let named = asked(world, call)?;
    let arn = arn(world, &call.region, named.name);
    let function = world.services.lambda.functions.get(named.name);
    let policy = function.and_then(|function| function.policy.as_deref());
    let here = |known: &&Permission| known.qualifier.as_deref() == named.qualifier;
    let statements = policy.unwrap_or_default().iter().filter(here);
    let statements: Vec<Value> = statements.map(|known| known.statement(&arn)).collect();
    let Some(function) = function.filter(|_| !statements.is_empty()) else {
        return Err(not_found(
            "The resource you requested does not exist.".to_owned(),
        ));
    };
    let policy = json!({"Version": "2012-10-17", "Id": "default", "Statement": statements});
    Ok(json!({"Policy": policy.to_string(), "RevisionId": function.revision_id()}))
}
