//! Imported key material, and the yearly rotation of KMS's own.

use serde_json::{Value, json};

use crate::call::{ApiError, Call};
use crate::services::kms::input::text;
use crate::services::kms::key::{refuse, set_state};
use crate::services::kms::lookup::own_key;
use crate::services::kms::{Key, KeyState};
use crate::world::World;

/// What the protocol lets through of a token or of wrapped material.
const LONGEST: usize = 8_192;

fn external(key: &Key) -> Result<(), ApiError> {
    if key.external {
        return Ok(());
    }
    let text = format!(
        "{} origin is AWS_KMS which is not valid for this operation.",
        key.arn
    );
    Err(ApiError::new("UnsupportedOperationException", text))
}

/// Any token and any material are taken; what they hold is not looked at.
pub(super) fn import(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    text(&call.input, "ImportToken", LONGEST)?;
    text(&call.input, "EncryptedKeyMaterial", LONGEST)?;
    let key = own_key(world, call, "KeyId", "kms:ImportKeyMaterial")?;
    external(key)?;
    refuse(key, &[KeyState::PendingDeletion])?;
    let arn = key.arn.clone();
    if key.state == KeyState::PendingImport {
        set_state(world, &arn, KeyState::Enabled, None);
    }
    Ok(json!({"KeyId": arn}))
}

/// Takes effect at once: nothing can be encrypted or decrypted until the material is back.
pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let key = own_key(world, call, "KeyId", "kms:DeleteImportedKeyMaterial")?;
    external(key)?;
    let arn = key.arn.clone();
    if key.state != KeyState::PendingDeletion {
        set_state(world, &arn, KeyState::PendingImport, None);
    }
    Ok(json!({"KeyId": arn}))
}

fn rotates(key: &Key) -> Result<(), ApiError> {
    if key.external || key.store.is_some() {
        let text = format!("{} does not rotate its material.", key.arn);
        return Err(ApiError::new("UnsupportedOperationException", text));
    }
    Ok(())
}

pub(super) fn rotate(world: &mut World, call: &Call, on: bool) -> Result<Value, ApiError> {
    let action = format!("kms:{}", call.operation);
    let key = own_key(world, call, "KeyId", &action)?;
    rotates(key)?;
    refuse(key, &[KeyState::PendingDeletion])?;
    if key.state == KeyState::Disabled {
        let text = format!("{} is disabled.", key.arn);
        return Err(ApiError::new("DisabledException", text));
    }
    let arn = key.arn.clone();
    if let Some(key) = world.services.kms.keys.get_mut(&arn) {
        key.rotation = on;
    }
    Ok(json!({}))
}

pub(super) fn rotation(world: &World, call: &Call) -> Result<Value, ApiError> {
    let key = own_key(world, call, "KeyId", "kms:GetKeyRotationStatus")?;
    let mut answer = json!({"KeyId": key.arn, "KeyRotationEnabled": key.rotation});
    if let Some(members) = answer.as_object_mut().filter(|_| key.rotation) {
        members.insert("RotationPeriodInDays".to_owned(), json!(365));
    }
    Ok(answer)
}
