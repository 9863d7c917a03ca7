//! Custom key stores: connected, or not, and then their keys are out of reach.

use serde_json::{Value, json};

use crate::call::{ApiError, Call};
use crate::services::kms::KeyState;
use crate::services::kms::input::text;
use crate::world::World;

const LONGEST_ID: usize = 64;

fn no_store() -> ApiError {
    let text = "The custom key store does not exist.";
    ApiError::new("CustomKeyStoreNotFoundException", text)
}

pub(super) fn describe(world: &World, call: &Call) -> Result<Value, ApiError> {
    let member = |name: &str| call.input.get(name).and_then(Value::as_str);
    let wanted = member("CustomKeyStoreId").or_else(|| member("CustomKeyStoreName"));
    let stores = world.services.kms.stores.iter();
    let told: Vec<Value> = stores
        .filter(|(id, _)| wanted.is_none_or(|wanted| wanted == *id))
        .map(|(id, connected)| {
            let state = if *connected {
                "CONNECTED"
            } else {
                "DISCONNECTED"
            };
            json!({
                "CustomKeyStoreId": id,
                "CustomKeyStoreName": id,
                "CustomKeyStoreType": "AWS_CLOUDHSM",
                "ConnectionState": state,
            })
        })
        .collect();
    if told.is_empty() && wanted.is_some() {
        return Err(no_store());
    }
    Ok(json!({"CustomKeyStores": told, "Truncated": false}))
}

pub(super) fn connect(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let id = text(&call.input, "CustomKeyStoreId", LONGEST_ID)?;
    let connected = world.services.kms.stores.get_mut(id).ok_or_else(no_store)?;
    if *connected {
        let text = "The custom key store is connected already.";
        return Err(ApiError::new("CustomKeyStoreInvalidStateException", text));
    }
    *connected = true;
    for key in world.services.kms.keys.values_mut() {
        if key.store.as_deref() == Some(id) && key.state == KeyState::Unavailable {
            key.state = key.behind;
        }
    }
    Ok(json!({}))
}

/// A store that is not connected is disconnected just as well.
pub(super) fn disconnect(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let id = text(&call.input, "CustomKeyStoreId", LONGEST_ID)?;
    let connected = world.services.kms.stores.get_mut(id).ok_or_else(no_store)?;
    *connected = false;
    for key in world.services.kms.keys.values_mut() {
        let usable = [KeyState::Enabled, KeyState::Disabled].contains(&key.state);
        if key.store.as_deref() == Some(id) && usable {
            key.behind = key.state;
            key.state = KeyState::Unavailable;
        }
    }
    Ok(json!({}))
}
