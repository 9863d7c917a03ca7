//! What an account's place in its organization allows.

use crate::call::ApiError;
use crate::world::{OrganizationRole, World};

/// Whether the account may change trails of its organization.
///
/// A standalone account that holds an organization trail is its former management account.
pub(super) fn administers(world: &World) -> bool {
    world.services.organizations.role != OrganizationRole::Member
}

/// Refuses unless an organization trail can be made; `convert`: out of or into a plain trail,
/// which a delegated administrator may not.
pub(super) fn may_hold_trail(world: &World, convert: bool) -> Result<(), ApiError> {
    let state = &world.services.organizations;
    match state.role {
        OrganizationRole::Standalone => {
            let text = "The AWS account making the request is not a member of an organization.";
            return Err(ApiError::new("OrganizationsNotInUseException", text));
        }
        OrganizationRole::Member => return Err(not_management(world)),
        OrganizationRole::DelegatedAdministrator if convert => return Err(not_management(world)),
        OrganizationRole::DelegatedAdministrator | OrganizationRole::Management => {}
    }
    if !state.all_features {
        let text = "All features must be enabled in Organizations for an organization trail.";
        return Err(ApiError::new(
            "OrganizationNotInAllFeaturesModeException",
            text,
        ));
    }
    if !state.cloudtrail_trusted_access {
        let text = "Trusted access is not enabled between CloudTrail and Organizations.";
        return Err(ApiError::new("CloudTrailAccessNotEnabledException", text));
    }
    Ok(())
}

/// Refuses to turn an organization trail into a plain one unless from the management account.
pub(super) fn may_release_trail(world: &World) -> Result<(), ApiError> {
    match world.services.organizations.role {
        OrganizationRole::Management | OrganizationRole::Standalone => Ok(()),
        OrganizationRole::Member | OrganizationRole::DelegatedAdministrator => {
            Err(not_management(world))
        }
    }
}

/// Says that the organization's trails are not this account's to change.
pub(super) fn not_management(world: &World) -> ApiError {
    let text = format!(
        "The account {} is not the management account of the organization.",
        world.account_id
    );
    ApiError::new("NotOrganizationMasterAccountException", text)
}

/// The account that an organization trail's ARN names, whoever creates it.
pub(super) fn management_account(world: &World) -> String {
    let state = &world.services.organizations;
    if state.role == OrganizationRole::Management || state.management_account.is_empty() {
        return world.account_id.clone();
    }
    state.management_account.clone()
}

/// Turns the account's organization trails into plain trails: CloudTrail has lost its access to
/// the organization.
pub(crate) fn release_organization_trails(world: &mut World) {
    let account = world.account_id.clone();
    for trail in world.services.cloudtrail.trails.values_mut() {
        if trail.account == account {
            trail.settings.is_organization_trail = false;
        }
    }
}
