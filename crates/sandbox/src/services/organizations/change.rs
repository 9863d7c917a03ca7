//! What changes the organization: who belongs to it, and which services work in it.

use serde_json::{Value, json};

use super::{CLOUDTRAIL, State, check_service_principal, describe_organization, in_use, invalid};
use crate::call::{ApiError, Call};
use crate::services::cloudtrail;
use crate::world::{OrganizationRole, World};

/// Delegated administrators of one service.
const MOST_ADMINISTRATORS: usize = 3;
/// The id of the organization that the account makes.
const FIRST_ID: &str = "o-a1b2c3d4e5";

/// Answers the operations that change something; nothing for any other operation.
pub(super) fn route(world: &mut World, call: &Call) -> Option<Result<Value, ApiError>> {
    Some(match call.operation.as_str() {
        "CreateOrganization" => create(world, call),
        "LeaveOrganization" => leave(world),
        "RemoveAccountFromOrganization" => remove_account(world, call),
        "EnableAWSServiceAccess" => enable_service(world, call),
        "DisableAWSServiceAccess" => disable_service(world, call),
        "RegisterDelegatedAdministrator" => register(world, call),
        "DeregisterDelegatedAdministrator" => deregister(world, call),
        "MoveAccount" => move_account(world, call),
        "DetachPolicy" => change_policy(world, call, &["PolicyId", "TargetId"]),
        "UpdatePolicy" => change_policy(world, call, &["PolicyId"]),
        "DeletePolicy" => change_policy(world, call, &["PolicyId"]),
        "DisablePolicyType" => change_policy(world, call, &["RootId", "PolicyType"]),
        _ => return None,
    })
}

/// Only the management account changes the organization.
fn managing(state: &State) -> Result<(), ApiError> {
    in_use(state)?;
    if state.role == OrganizationRole::Management {
        return Ok(());
    }
    let text = "You don't have permissions to access this resource.";
    Err(ApiError::new("AccessDeniedException", text))
}

fn constraint(reason: &str, text: &str) -> ApiError {
    ApiError::new("ConstraintViolationException", format!("{text} ({reason})"))
}

fn account(call: &Call) -> Result<&str, ApiError> {
    let account = call.input.get("AccountId").and_then(Value::as_str);
    let digits = |id: &&str| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
    account
        .filter(digits)
        .ok_or_else(|| invalid("You specified an invalid value for AccountId."))
}

fn service(call: &Call) -> Result<&str, ApiError> {
    let service = call.input.get("ServicePrincipal").and_then(Value::as_str);
    let service = service.unwrap_or_default();
    check_service_principal(service)?;
    if service.ends_with(".amazonaws.com") {
        return Ok(service);
    }
    Err(invalid("You specified an unrecognized service principal."))
}

fn may_go(state: &State, account: &str) -> Result<(), ApiError> {
    if account == state.management_account {
        let text = "You can't remove a management account from an organization.";
        return Err(ApiError::new(
            "MasterCannotLeaveOrganizationException",
            text,
        ));
    }
    if state.administers(account) {
        return Err(constraint(
            "CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG",
            "You attempted to remove an account from the organization that is a delegated \
             administrator for a service integrated with Organizations.",
        ));
    }
    Ok(())
}

/// The account becomes the management account of an organization of its own.
fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let all_features = match call.input.get("FeatureSet").and_then(Value::as_str) {
        None | Some("ALL") => true,
        Some("CONSOLIDATED_BILLING") => false,
        Some(_) => return Err(invalid("You specified an invalid value for FeatureSet.")),
    };
    if in_use(&world.services.organizations).is_ok() {
        let text = "The provided account is already a member of an organization.";
        return Err(ApiError::new("AlreadyInOrganizationException", text));
    }
    world.services.organizations = State {
        role: OrganizationRole::Management,
        organization_id: FIRST_ID.to_owned(),
        management_account: world.account_id.clone(),
        all_features,
        since: world.now,
        ..State::default()
    };
    describe_organization(&world.services.organizations, &world.partition)
}

fn leave(world: &mut World) -> Result<Value, ApiError> {
    let own = world.account_id.clone();
    let state = &mut world.services.organizations;
    in_use(state)?;
    may_go(state, &own)?;
    *state = State::default();
    Ok(json!({}))
}

/// Which other accounts belong to the organization is not kept: any of them can be removed.
fn remove_account(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let account = account(call)?;
    let state = &world.services.organizations;
    managing(state)?;
    may_go(state, account)?;
    Ok(json!({}))
}

/// Nor is kept where in the organization they are.
fn move_account(world: &World, call: &Call) -> Result<Value, ApiError> {
    account(call)?;
    change_policy(world, call, &["SourceParentId", "DestinationParentId"])
}

/// Which policies there are is not kept either: any of them can be changed, and holds as little
/// before as after.
fn change_policy(world: &World, call: &Call, needed: &[&str]) -> Result<Value, ApiError> {
    for member in needed {
        let given = call.input.get(*member).and_then(Value::as_str);
        if given.is_none_or(str::is_empty) {
            return Err(invalid(&format!(
                "You specified an invalid value for {member}."
            )));
        }
    }
    managing(&world.services.organizations)?;
    Ok(json!({}))
}

fn enable_service(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let service = service(call)?;
    let state = &mut world.services.organizations;
    managing(state)?;
    if !state.all_features {
        return Err(constraint(
            "ORGANIZATION_NOT_IN_ALL_FEATURES_MODE",
            "Service access needs an organization with all features enabled.",
        ));
    }
    if service == CLOUDTRAIL {
        state.cloudtrail_trusted_access = true;
    } else {
        state.other_services.insert(service.to_owned());
    }
    Ok(json!({}))
}

/// Without trusted access the organization's trails are plain trails of the management account.
fn disable_service(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let service = service(call)?;
    let state = &mut world.services.organizations;
    managing(state)?;
    if service == CLOUDTRAIL {
        state.cloudtrail_trusted_access = false;
        cloudtrail::release_organization_trails(world);
    } else {
        state.other_services.remove(service);
    }
    Ok(json!({}))
}

fn register(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let (account, service) = (account(call)?, service(call)?);
    let state = &mut world.services.organizations;
    managing(state)?;
    if account == state.management_account {
        return Err(constraint(
            "CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR",
            "You cannot register the management account as delegated administrator.",
        ));
    }
    if !state.trusts(service) {
        return Err(constraint(
            "SERVICE_ACCESS_NOT_ENABLED",
            "You must enable service access before you register a delegated administrator.",
        ));
    }
    let known = state.administrators_of(service);
    if known.iter().any(|known| known == account) {
        let text = "The specified account is already a delegated administrator for this service.";
        return Err(ApiError::new("AccountAlreadyRegisteredException", text));
    }
    if known.len() >= MOST_ADMINISTRATORS {
        return Err(constraint(
            "MAX_DELEGATED_ADMINISTRATORS_FOR_SERVICE_LIMIT_EXCEEDED",
            "The service has as many delegated administrators as it can have.",
        ));
    }
    if service == CLOUDTRAIL {
        state.delegated_administrators.push(account.to_owned());
    } else {
        let entry = (service.to_owned(), account.to_owned());
        state.other_administrators.insert(entry);
    }
    Ok(json!({}))
}

fn deregister(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let (account, service) = (account(call)?, service(call)?);
    let state = &mut world.services.organizations;
    managing(state)?;
    if !state
        .administrators_of(service)
        .iter()
        .any(|known| known == account)
    {
        let text = "The specified account is not a delegated administrator for this service.";
        return Err(ApiError::new("AccountNotRegisteredException", text));
    }
    if service == CLOUDTRAIL {
        state
            .delegated_administrators
            .retain(|known| known != account);
    } else {
        let entry = (service.to_owned(), account.to_owned());
        state.other_administrators.remove(&entry);
    }
    Ok(json!({}))
}

impl State {
    /// Whether the service has trusted access.
    fn trusts(&self, service: &str) -> bool {
        match service {
            CLOUDTRAIL => self.cloudtrail_trusted_access,
            other => self.other_services.contains(other),
        }
    }

    /// Whether the account is a delegated administrator of any service.
    fn administers(&self, account: &str) -> bool {
        let mut others = self.other_administrators.iter();
        self.delegated_administrators
            .iter()
            .any(|known| known == account)
            || others.any(|(_, known)| known == account)
    }

    /// The delegated administrators of a service.
    pub(super) fn administrators_of(&self, service: &str) -> Vec<String> {
        if service == CLOUDTRAIL {
            return self.delegated_administrators.clone();
        }
        let others = self.other_administrators.iter();
        let here = others.filter(|(principal, _)| principal == service);
        here.map(|(_, account)| account.clone()).collect()
    }
}
