//! Keys: those of the trails and of the rule, as healthy as nothing else is listed.

use std::collections::BTreeMap;

use trailkeeper_core::Arn;

use super::ScenarioError;
use super::answers::{Answer, Listed};
use super::draft::{Draft, Wanted};
use super::place::Place;
use super::trails::Trails;
use crate::seed::{KeySeed, KeyState, cloudtrail_key_policy};

const STATES: [KeyState; 5] = [
    KeyState::Enabled,
    KeyState::Disabled,
    KeyState::PendingDeletion,
    KeyState::PendingImport,
    KeyState::Unavailable,
];

/// The keys by ARN.
type Keys = BTreeMap<String, KeySeed>;

pub(super) fn load(
    draft: &mut Draft,
    trails: &Trails<'_>,
    wanted: &Wanted,
    listed: &[Listed<'_>],
) -> Result<(), ScenarioError> {
    let mut keys = Keys::new();
    for trail in trails.own(&draft.world.account_id) {
        if let Some(id) = &trail.seed.settings.kms_key_id {
            let place = trail.place.need("KmsKeyId")?;
            add(draft, &mut keys, id, &place)?;
        }
    }
    // an alias or a bare id says nothing about the key; it is known only if it is listed
    if let Some(id) = wanted.key.as_ref().filter(|id| id.contains(":key/"))
        && let Some(seed) = seed(draft, id)
    {
        keys.entry(id.clone()).or_insert(seed);
    }
    for entry in listed.iter().filter(|entry| entry.service == "kms") {
        if let Answer::Error(error) = &entry.answer {
            if let (Some(id), "NotFoundException") = (entry.argument, error.code.as_str()) {
                keys.retain(|arn, seed| arn != id && seed.id != id);
            }
            draft.refuse(entry, error);
        } else if entry.operation == "DescribeKey" {
            describe(draft, &mut keys, entry)?;
        } else {
            fill_policy(draft, &mut keys, entry)?;
        }
    }
    for seed in keys.into_values() {
        draft.world.seed_key(seed);
    }
    Ok(())
}

/// A healthy key under its ARN; none if the text is no key's ARN.
fn seed(draft: &Draft, arn: &str) -> Option<KeySeed> {
    let parsed: Arn = arn.parse().ok()?;
    let id = parsed.resource.strip_prefix("key/")?;
    let world = &draft.world;
    Some(KeySeed {
        id: id.to_owned(),
        account: Some(parsed.account.clone()),
        region: Some(parsed.region.clone()),
        policy: Some(cloudtrail_key_policy(&world.partition, &world.account_id)),
        ..KeySeed::default()
    })
}

fn add<'m>(
    draft: &Draft,
    keys: &'m mut Keys,
    arn: &str,
    place: &Place<'_>,
) -> Result<&'m mut KeySeed, ScenarioError> {
    let seed = seed(draft, arn);
    let seed = seed.ok_or_else(|| place.wrong("the ARN of a key is expected here"))?;
    Ok(keys.entry(arn.to_owned()).or_insert(seed))
}

fn describe(draft: &Draft, keys: &mut Keys, entry: &Listed<'_>) -> Result<(), ScenarioError> {
    let (Some(output), Some(argument)) = (entry.output()?, entry.argument) else {
        return Ok(());
    };
    let metadata = output.need("KeyMetadata")?;
    let arn = metadata.need_text("Arn")?;
    let seed = add(draft, keys, arn, &metadata.need("Arn")?)?;
    if let Some(state) = metadata.text("KeyState")? {
        let known = STATES.into_iter().find(|known| known.name() == state);
        let place = metadata.need("KeyState")?;
        seed.state = known.ok_or_else(|| place.wrong("the sandbox has no keys in this state"))?;
    }
    if metadata
        .text("KeyManager")?
        .is_some_and(|by| by != "CUSTOMER")
    {
        return Err(metadata.wrong("the sandbox holds customer managed keys only"));
    }
    let alias = argument.rsplit(':').next().unwrap_or_default();
    if alias.starts_with("alias/") {
        seed.aliases.push(alias.to_owned());
    }
    Ok(())
}

fn fill_policy(draft: &Draft, keys: &mut Keys, entry: &Listed<'_>) -> Result<(), ScenarioError> {
    let (Some(output), Some(id)) = (entry.output()?, entry.argument) else {
        return Ok(());
    };
    output.only(&["Policy", "PolicyName"])?;
    let policy = output.need_text("Policy")?.to_owned();
    let world = &draft.world;
    let arn = if id.starts_with("arn:") {
        id.to_owned()
    } else {
        let (partition, account) = (&world.partition, &world.account_id);
        format!("arn:{partition}:kms:{}:{account}:key/{id}", entry.region)
    };
    add(draft, keys, &arn, &entry.place)?.policy = Some(policy);
    Ok(())
}
