//! The detector of a Region.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::lists::destination;
use super::{Detector, FREQUENCIES, Frequency, find, listing, next_id, refused, written};
use crate::call::{ApiError, Call};
use crate::seed::DetectorSeed;
use crate::services::config::input::Input;
use crate::world::World;

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    if input.value("Enable").is_none() {
        return Err(input.missing("Enable"));
    }
    let enabled = input.flag("Enable")?;
    let frequency = frequency(&input)?;
    let tags = input.value("Tags").cloned();
    if world
        .services
        .guardduty
        .detectors
        .contains_key(&call.region)
    {
        let text = "because a detector already exists for the current account.";
        return Err(refused(text));
    }
    let id = next_id(world);
    let mut detector = new(world, &id, enabled);
    detector.frequency = frequency.unwrap_or(detector.frequency);
    detector.tags = tags.unwrap_or(detector.tags);
    let detectors = &mut world.services.guardduty.detectors;
    detectors.insert(call.region.clone(), detector);
    Ok(json!({"DetectorId": id}))
}

fn new(world: &World, id: &str, enabled: bool) -> Detector {
    Detector {
        id: id.to_owned(),
        enabled,
        frequency: Frequency::SixHours,
        created: world.now,
        updated: world.now,
        tags: json!({}),
        filters: BTreeMap::new(),
        ip_sets: BTreeMap::new(),
        entity_sets: BTreeMap::new(),
        administrator: None,
        destinations: BTreeMap::new(),
        findings: Vec::new(),
    }
}

/// Puts a detector in past all checks.
pub(crate) fn seed(world: &mut World, seed: DetectorSeed) {
    let mut detector = new(world, &seed.id, seed.enabled);
    let list = |id: String| {
        let location = "https://s3.amazonaws.com/lists/trusted.txt";
        let list = json!({
            "Name": id, "Format": "TXT", "Location": location, "Activate": true,
        });
        (id, list)
    };
    detector.ip_sets.extend(seed.ip_set.map(list));
    let export = |id: String| (id.clone(), destination(&id));
    detector.destinations.extend(seed.destination.map(export));
    let detectors = &mut world.services.guardduty.detectors;
    detectors.insert(seed.region, detector);
}

fn frequency(input: &Input<'_>) -> Result<Option<Frequency>, ApiError> {
    let names = FREQUENCIES.map(|(name, _)| name);
    let given = input.choice("FindingPublishingFrequency", &names)?;
    let found = FREQUENCIES
        .into_iter()
        .find(|(name, _)| Some(*name) == given);
    Ok(found.map(|(_, frequency)| frequency))
}

pub(super) fn list(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let detector = world.services.guardduty.detectors.get(&call.region);
    let ids = detector.map(|detector| json!(detector.id)).into_iter();
    listing(call, &input, "DetectorIds", ids.collect())
}

pub(super) fn get(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let role = format!(
        "arn:{}:iam::{}:role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty",
        world.partition, world.account_id
    );
    let detector = find(world, call, &input)?;
    let status = if detector.enabled {
        "ENABLED"
    } else {
        "DISABLED"
    };
    let frequency = FREQUENCIES
        .into_iter()
        .find(|(_, frequency)| *frequency == detector.frequency);
    let features = ["FLOW_LOGS", "CLOUD_TRAIL", "DNS_LOGS"];
    let features = features.map(|name| json!({"Name": name, "Status": "ENABLED"}));
    Ok(json!({
        "CreatedAt": written(detector.created),
        "FindingPublishingFrequency": frequency.map(|(name, _)| name),
        "ServiceRole": role,
        "Status": status,
        "UpdatedAt": written(detector.updated),
        "Tags": detector.tags,
        "Features": features,
    }))
}

pub(super) fn update(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let enable = input.value("Enable").is_some();
    let (enabled, frequency) = (input.flag("Enable")?, frequency(&input)?);
    let now = world.now;
    let detector = find(world, call, &input)?;
    if enable {
        detector.enabled = enabled;
    }
    detector.frequency = frequency.unwrap_or(detector.frequency);
    detector.updated = now;
    Ok(json!({}))
}

/// With the detector go its filters, lists and findings.
pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    find(world, call, &input)?;
    world.services.guardduty.detectors.remove(&call.region);
    Ok(json!({}))
}
