//! Organizations: the account's place in an organization.
//!
//! A global service: the answer is the same whichever Region is asked.

mod change;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::call::{ApiError, Call};
use crate::services::not_implemented;
use crate::world::{OrganizationRole, World};

const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";

/// The organization as this account sees it.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    pub(crate) role: OrganizationRole,
    pub(crate) organization_id: String,
    pub(crate) management_account: String,
    pub(crate) all_features: bool,
    pub(crate) cloudtrail_trusted_access: bool,
    /// The accounts registered as delegated administrators for CloudTrail.
    pub(crate) delegated_administrators: Vec<String>,
    /// The other services with trusted access.
    pub(crate) other_services: BTreeSet<String>,
    /// The delegated administrators of other services: service and account.
    pub(crate) other_administrators: BTreeSet<(String, String)>,
    /// When the accounts joined and the settings were made.
    pub(crate) since: Timestamp,
}

/// Answers one operation of this service.
pub(crate) fn dispatch(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let state = &world.services.organizations;
    match call.operation.as_str() {
        "DescribeOrganization" => describe_organization(state, &world.partition),
        "ListDelegatedAdministrators" => {
            privileged(state)?;
            list_delegated_administrators(state, &world.partition, &call.input)
        }
        "ListAWSServiceAccessForOrganization" => {
            privileged(state)?;
            list_service_access(state, &call.input)
        }
        _ => change::route(world, call).unwrap_or_else(|| Err(not_implemented(call))),
    }
}

fn in_use(state: &State) -> Result<(), ApiError> {
    if state.role == OrganizationRole::Standalone {
        let text = "Your account is not a member of an organization.";
        return Err(ApiError::new("AWSOrganizationsNotInUseException", text));
    }
    Ok(())
}

/// The list operations are for the management account and delegated administrators.
fn privileged(state: &State) -> Result<(), ApiError> {
    in_use(state)?;
    if state.role == OrganizationRole::Member {
        let text = "You don't have permissions to access this resource.";
        return Err(ApiError::new("AccessDeniedException", text));
    }
    Ok(())
}

fn account_arn(state: &State, partition: &str, account: &str) -> String {
    format!(
        "arn:{partition}:organizations::{}:account/{}/{account}",
        state.management_account, state.organization_id
    )
}

fn email(account: &str) -> String {
    format!("account-{account}@example.com")
}

fn describe_organization(state: &State, partition: &str) -> Result<Value, ApiError> {
    in_use(state)?;
    let State {
        organization_id,
        management_account,
        ..
    } = state;
    let arn = format!(
        "arn:{partition}:organizations::{management_account}:organization/{organization_id}"
    );
    let feature_set = if state.all_features {
        "ALL"
    } else {
        "CONSOLIDATED_BILLING"
    };
    Ok(json!({"Organization": {
        "Id": organization_id,
        "Arn": arn,
        "FeatureSet": feature_set,
        "MasterAccountArn": account_arn(state, partition, management_account),
        "MasterAccountId": management_account,
        "MasterAccountEmail": email(management_account),
        "AvailablePolicyTypes": [],
    }}))
}

fn list_delegated_administrators(
    state: &State,
    partition: &str,
    input: &Value,
) -> Result<Value, ApiError> {
    check_paging(input)?;
    let service = input.get("ServicePrincipal").and_then(Value::as_str);
    if let Some(service) = service {
        check_service_principal(service)?;
    }
    let since = state.since.as_second();
    let known = match service {
        Some(service) => state.administrators_of(service),
        None => {
            let mut known = state.delegated_administrators.clone();
            let others = state.other_administrators.iter();
            known.extend(others.map(|(_, account)| account.clone()));
            let mut seen = BTreeSet::new();
            known.retain(|account| seen.insert(account.clone()));
            known
        }
    };
    let administrators: Vec<Value> = known
        .iter()
        .map(|account| {
            json!({
                "Id": account,
                "Arn": account_arn(state, partition, account),
                "Email": email(account),
                "Name": format!("account-{account}"),
                "Status": "ACTIVE",
                "State": "ACTIVE",
                "JoinedMethod": "CREATED",
                "JoinedTimestamp": since,
                "DelegationEnabledDate": since,
            })
        })
        .collect();
    Ok(json!({"DelegatedAdministrators": administrators}))
}

fn list_service_access(state: &State, input: &Value) -> Result<Value, ApiError> {
    check_paging(input)?;
    let since = state.since.as_second();
    let cloudtrail = state.cloudtrail_trusted_access.then_some(CLOUDTRAIL);
    let others = state.other_services.iter().map(String::as_str);
    let services = cloudtrail.into_iter().chain(others);
    let enabled: Vec<Value> = services
        .map(|service| json!({"ServicePrincipal": service, "DateEnabled": since}))
        .collect();
    Ok(json!({"EnabledServicePrincipals": enabled}))
}

/// Every list fits one page, so a token can only be one that this service never gave out.
fn check_paging(input: &Value) -> Result<(), ApiError> {
    if input.get("NextToken").is_some_and(|token| !token.is_null()) {
        return Err(invalid("You provided an invalid NextToken value."));
    }
    match input.get("MaxResults") {
        None | Some(Value::Null) => Ok(()),
        Some(given) if given.as_i64().is_some_and(|n| (1..=20).contains(&n)) => Ok(()),
        Some(_) => Err(invalid(
            "You specified an invalid value for MaxResults; it must be between 1 and 20.",
        )),
    }
}

fn check_service_principal(name: &str) -> Result<(), ApiError> {
    let allowed = |c: char| c.is_alphanumeric() || "_+=,.@-".contains(c);
    if (1..=128).contains(&name.chars().count()) && name.chars().all(allowed) {
        return Ok(());
    }
    Err(invalid("You specified an unrecognized service principal."))
}

fn invalid(text: &str) -> ApiError {
    ApiError::new("InvalidInputException", text)
}
