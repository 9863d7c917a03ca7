//! The account that looks after GuardDuty in this one. Whoever is named is taken to have invited.

use serde_json::{Value, json};

use super::{find, refused};
use crate::call::{ApiError, Call};
use crate::services::config::input::Input;
use crate::world::World;

pub(super) fn accept(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let account = input.required_text("AdministratorId", 1, usize::MAX)?;
    let invitation = input.required_text("InvitationId", 1, usize::MAX)?;
    if account.len() != 12 || account == world.account_id {
        return Err(refused("because the input administratorId is invalid."));
    }
    let detector = find(world, call, &input)?;
    detector.administrator = Some((account.to_owned(), invitation.to_owned()));
    Ok(json!({}))
}

/// Without an administrator the member is empty.
pub(super) fn get(world: &mut World, call: &Call, member: &str) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let detector = find(world, call, &input)?;
    let told = detector.administrator.as_ref().map_or_else(
        || json!({}),
        |(account, invitation)| {
            json!({
                "AccountId": account,
                "InvitationId": invitation,
                "RelationshipStatus": "Enabled",
            })
        },
    );
    Ok(json!({member: told}))
}

pub(super) fn disassociate(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let detector = find(world, call, &input)?;
    match detector.administrator.take() {
        Some(_) => Ok(json!({})),
        None => Err(refused(
            "because the current account is not a member of an administrator account.",
        )),
    }
}
