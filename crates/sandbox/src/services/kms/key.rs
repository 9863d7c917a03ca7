//! The keys: create, describe, and the ways between their states.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::call::{ApiError, Call};
use crate::services::kms::input::{length, with};
use crate::services::kms::lookup::{any_key, own_arn, own_key};
use crate::services::kms::{Key, KeyState, default_policy, input, policy};
use crate::services::not_implemented;
use crate::world::World;

const LONGEST_DESCRIPTION: usize = 8_192;
const HOURS_A_DAY: i64 = 24;

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    check_kind(call)?;
    let member = |name| call.input.get(name).and_then(Value::as_str);
    let description = member("Description").unwrap_or_default();
    length("Description", description, 0, LONGEST_DESCRIPTION)?;
    let arn = own_arn(world, &call.region, &format!("key/{}", next_id(world)));
    let policy = match member("Policy") {
        Some(text) => policy::check(world, call, &arn, text)?.to_owned(),
        None => default_policy(&world.partition, &world.account_id),
    };
    let state = if member("Origin") == Some("EXTERNAL") {
        KeyState::PendingImport
    } else {
        KeyState::Enabled
    };
    let key = Key {
        arn: arn.clone(),
        account: world.account_id.clone(),
        region: call.region.clone(),
        state,
        policy,
        description: description.to_owned(),
        created: world.now(),
        deletion: None,
        external: state == KeyState::PendingImport,
        store: None,
        rotation: false,
        behind: KeyState::Enabled,
    };
    let answer = json!({"KeyMetadata": metadata(&key)});
    world.services.kms.keys.insert(arn, key);
    Ok(answer)
}

/// The sandbox knows symmetric encryption keys of one Region; it says so for any other kind.
fn check_kind(call: &Call) -> Result<(), ApiError> {
    const KNOWN: [(&str, &[&str]); 4] = [
        ("KeyUsage", &["ENCRYPT_DECRYPT"]),
        ("KeySpec", &["SYMMETRIC_DEFAULT"]),
        ("CustomerMasterKeySpec", &["SYMMETRIC_DEFAULT"]),
        ("Origin", &["AWS_KMS", "EXTERNAL"]),
    ];
    let known = KNOWN.iter().all(|(member, values)| {
        let given = call.input.get(*member).and_then(Value::as_str);
        given.is_none_or(|given| values.contains(&given))
    });
    let multi_region = call.input.get("MultiRegion") == Some(&Value::Bool(true));
    let store =
        call.input.get("CustomKeyStoreId").is_some() || call.input.get("XksKeyId").is_some();
    if known && !multi_region && !store {
        return Ok(());
    }
    Err(not_implemented(call))
}

/// Key ids are numbered: keys are never taken out of the state, so that the count only grows.
fn next_id(world: &World) -> String {
    let number = world.services.kms.keys.len() + 1;
    format!("{number:08x}-5a4d-4b0c-8e1f-{number:012x}")
}

pub(super) fn describe(world: &World, call: &Call) -> Result<Value, ApiError> {
    let key = any_key(world, call, "kms:DescribeKey")?;
    Ok(json!({"KeyMetadata": metadata(key)}))
}

fn metadata(key: &Key) -> Value {
    let origin = if key.external {
        "EXTERNAL"
    } else if key.store.is_some() {
        "AWS_CLOUDHSM"
    } else {
        "AWS_KMS"
    };
    let metadata = json!({
        "AWSAccountId": key.account,
        "KeyId": key.id(),
        "Arn": key.arn,
        "CreationDate": key.created.as_second(),
        "Enabled": key.state == KeyState::Enabled,
        "Description": key.description,
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": key.state.name(),
        "Origin": origin,
        "KeyManager": "CUSTOMER",
        "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
        "MultiRegion": false,
    });
    let metadata = with(metadata, "CustomKeyStoreId", key.store.as_deref());
    let imported = key.external && key.state != KeyState::PendingImport;
    let model = imported.then_some("KEY_MATERIAL_DOES_NOT_EXPIRE");
    let metadata = with(metadata, "ExpirationModel", model);
    with(
        metadata,
        "DeletionDate",
        key.deletion.map(Timestamp::as_second),
    )
}

/// The states of a key that is neither turned on nor off.
const UNCHANGEABLE: [KeyState; 2] = [KeyState::PendingDeletion, KeyState::PendingImport];

pub(super) fn enable(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let key = own_key(world, call, "KeyId", "kms:EnableKey")?;
    refuse(key, &UNCHANGEABLE)?;
    switch(world, &key.arn.clone(), KeyState::Enabled);
    Ok(json!({}))
}

pub(super) fn disable(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let key = own_key(world, call, "KeyId", "kms:DisableKey")?;
    refuse(key, &UNCHANGEABLE)?;
    switch(world, &key.arn.clone(), KeyState::Disabled);
    Ok(json!({}))
}

pub(super) fn schedule_deletion(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let days = input::number(&call.input, "PendingWindowInDays", 7..=30, 30)?;
    let key = own_key(world, call, "KeyId", "kms:ScheduleKeyDeletion")?;
    refuse(key, &[KeyState::PendingDeletion])?;
    let arn = key.arn.clone();
    let wait = SignedDuration::from_hours(days * HOURS_A_DAY);
    let deletion = world.now().checked_add(wait).unwrap_or(Timestamp::MAX);
    set_state(world, &arn, KeyState::PendingDeletion, Some(deletion));
    Ok(json!({
        "KeyId": arn,
        "DeletionDate": deletion.as_second(),
        "KeyState": KeyState::PendingDeletion.name(),
        "PendingWindowInDays": days,
    }))
}

pub(super) fn cancel_deletion(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let key = own_key(world, call, "KeyId", "kms:CancelKeyDeletion")?;
    if key.state != KeyState::PendingDeletion {
        let text = format!("{} is not pending deletion.", key.arn);
        return Err(ApiError::new("KMSInvalidStateException", text));
    }
    let arn = key.arn.clone();
    set_state(world, &arn, KeyState::Disabled, None);
    Ok(json!({"KeyId": arn}))
}

/// Refuses a key in one of `states`.
pub(super) fn refuse(key: &Key, states: &[KeyState]) -> Result<(), ApiError> {
    if !states.contains(&key.state) {
        return Ok(());
    }
    let what = match key.state {
        KeyState::PendingImport => "pending import",
        _ => "pending deletion",
    };
    let text = format!("{} is {what}.", key.arn);
    Err(ApiError::new("KMSInvalidStateException", text))
}

/// A key that is out of reach stays so, whatever it will be once its store is connected again.
fn switch(world: &mut World, arn: &str, to: KeyState) {
    match world.services.kms.keys.get_mut(arn) {
        Some(key) if key.state == KeyState::Unavailable => key.behind = to,
        _ => set_state(world, arn, to, None),
    }
}

pub(super) fn set_state(
    world: &mut World,
    arn: &str,
    state: KeyState,
    deletion: Option<Timestamp>,
) {
    if let Some(key) = world.services.kms.keys.get_mut(arn) {
        key.state = state;
        key.deletion = deletion;
    }
}
