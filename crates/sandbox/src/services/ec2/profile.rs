//! Which instance profile a request means.

use serde_json::Value;

use super::input::{error, invalid, missing, text};
use crate::call::ApiError;
use crate::services::iam::{self, SeenProfile};
use crate::world::World;

/// The profile that an `IamInstanceProfile` structure names, by `Name` or by `Arn`.
pub(super) fn named(world: &World, structure: &Value) -> Result<SeenProfile, ApiError> {
    let name = text(structure, "Name")?.filter(|text| !text.is_empty());
    let arn = text(structure, "Arn")?.filter(|text| !text.is_empty());
    let profile = match (name, arn) {
        (Some(_), Some(_)) => {
            let text = "The parameter 'iamInstanceProfile.name' may not be used in combination \
                        with 'iamInstanceProfile.arn'";
            return Err(error("InvalidParameterCombination", text));
        }
        (Some(name), None) => iam::profile_named(world, name).ok_or_else(|| unknown_name(name))?,
        (None, Some(arn)) => iam::profile_of_arn(world, arn).ok_or_else(|| unknown_arn(arn))?,
        (None, None) => return Err(missing("IamInstanceProfile")),
    };
    if !profile.has_role {
        let text = format!(
            "IAM Instance Profile \"{}\" has no associated IAM Roles",
            profile.arn
        );
        return Err(invalid(text));
    }
    Ok(profile)
}

pub(super) fn unknown_name(name: &str) -> ApiError {
    invalid(format!(
        "Value ({name}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance \
         Profile name"
    ))
}

fn unknown_arn(arn: &str) -> ApiError {
    invalid(format!(
        "Value ({arn}) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance \
         Profile ARN"
    ))
}

/// A profile that was made a moment ago is known to IAM and not yet to the hosts of instances.
pub(super) fn check_propagated(world: &World, profile: &SeenProfile) -> Result<(), ApiError> {
    if profile.propagated {
        return Ok(());
    }
    let text = format!(
        "ResultDetail: {{ Code=InstanceIdentityProfileNotFound, Message=InstanceIdentityProfile \
         not found for the key: {}/{} }}",
        world.account_id, profile.name
    );
    Err(error("IncorrectState", text))
}
