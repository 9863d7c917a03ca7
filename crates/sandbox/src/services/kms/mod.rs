//! KMS: keys, their states and policies.

mod alias;
mod input;
mod key;
mod lookup;
mod material;
mod policy;
mod store;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::seed::{KeySeed, cloudtrail_key_policy};
use crate::services::not_implemented;
use crate::world::World;

pub(crate) use crate::seed::KeyState;

/// The keys by ARN and the aliases of this account, alias ARN to key ARN.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    pub(crate) keys: BTreeMap<String, Key>,
    pub(crate) aliases: BTreeMap<String, String>,
    /// The custom key stores by id, and whether each is connected.
    pub(crate) stores: BTreeMap<String, bool>,
}

/// One key.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) arn: String,
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) state: KeyState,
    pub(crate) policy: String,
    pub(crate) description: String,
    pub(crate) created: Timestamp,
    /// When a key that is pending deletion goes.
    pub(crate) deletion: Option<Timestamp>,
    /// Whether its material is imported.
    pub(crate) external: bool,
    /// The custom key store that holds it.
    pub(crate) store: Option<String>,
    /// Whether its material changes every year.
    pub(crate) rotation: bool,
    /// The state to which it returns when its custom key store is connected again.
    pub(crate) behind: KeyState,
}

impl Key {
    /// The id: the last part of the ARN.
    pub(crate) fn id(&self) -> &str {
        self.arn.rsplit('/').next().unwrap_or_default()
    }

    /// Whether the waiting time of its deletion is over.
    fn is_gone(&self, now: Timestamp) -> bool {
        self.deletion.is_some_and(|deletion| deletion <= now)
    }
}

/// Finds a key by key id, key ARN, alias name or alias ARN, as a call in `region` would.
pub(crate) fn find<'a>(world: &'a World, id: &str, region: &str) -> Option<&'a Key> {
    let arn = if id.starts_with("arn:") {
        id.to_owned()
    } else if id.starts_with("alias/") {
        lookup::own_arn(world, region, id)
    } else {
        lookup::own_arn(world, region, &format!("key/{id}"))
    };
    let state = &world.services.kms;
    let key = state.keys.get(state.aliases.get(&arn).unwrap_or(&arn))?;
    (key.region == region && !key.is_gone(world.now())).then_some(key)
}

/// Answers one operation of this service.
pub(crate) fn dispatch(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "CreateKey" => key::create(world, call),
        "DescribeKey" => key::describe(world, call),
        "EnableKey" => key::enable(world, call),
        "DisableKey" => key::disable(world, call),
        "ScheduleKeyDeletion" => key::schedule_deletion(world, call),
        "CancelKeyDeletion" => key::cancel_deletion(world, call),
        "GetKeyPolicy" => policy::get(world, call),
        "PutKeyPolicy" => policy::put(world, call),
        "ImportKeyMaterial" => material::import(world, call),
        "DeleteImportedKeyMaterial" => material::delete(world, call),
        "EnableKeyRotation" => material::rotate(world, call, true),
        "DisableKeyRotation" => material::rotate(world, call, false),
        "GetKeyRotationStatus" => material::rotation(world, call),
        "DescribeCustomKeyStores" => store::describe(world, call),
        "ConnectCustomKeyStore" => store::connect(world, call),
        "DisconnectCustomKeyStore" => store::disconnect(world, call),
        "CreateAlias" => alias::create(world, call),
        "UpdateAlias" => alias::update(world, call),
        "DeleteAlias" => alias::delete(world, call),
        "ListAliases" => alias::list(world, call),
        _ => Err(not_implemented(call)),
    }
}

/// The policy that a key has when none is given: the account decides by IAM.
pub(crate) fn default_policy(partition: &str, account: &str) -> String {
    format!(
        r#"{{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {{
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "arn:{partition}:iam::{account}:root"
    }},
    "Action" : "kms:*",
    "Resource" : "*"
  }} ]
}}"#
    )
}

impl State {
    /// Puts a key in place for [`World::seed_key`] and returns its ARN.
    pub(crate) fn place(&mut self, seed: KeySeed, place: [&str; 3], now: Timestamp) -> String {
        let [partition, region, account] = place;
        let arn = format!("arn:{partition}:kms:{region}:{account}:key/{}", seed.id);
        for alias in seed.aliases {
            let alias = format!("arn:{partition}:kms:{region}:{account}:{alias}");
            self.aliases.insert(alias, arn.clone());
        }
        let in_30_days = now.checked_add(SignedDuration::from_hours(30 * 24)).ok();
        let pending = seed.state == KeyState::PendingDeletion;
        let key = Key {
            arn: arn.clone(),
            account: account.to_owned(),
            region: region.to_owned(),
            state: seed.state,
            policy: seed
                .policy
                .unwrap_or_else(|| cloudtrail_key_policy(partition, account)),
            description: String::new(),
            created: now,
            deletion: in_30_days.filter(|_| pending),
            external: seed.external_origin || seed.state == KeyState::PendingImport,
            store: seed.custom_key_store.clone(),
            rotation: false,
            behind: KeyState::Enabled,
        };
        if let Some(store) = seed.custom_key_store {
            let connected = seed.state != KeyState::Unavailable;
            self.stores.insert(store, connected);
        }
        self.keys.insert(arn.clone(), key);
        arn
    }
}
