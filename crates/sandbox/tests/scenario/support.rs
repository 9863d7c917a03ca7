//! The two cases with expectations, and changes of the first one.

use jiff::Timestamp;
use serde_json::Value;
use trailkeeper_core::{AccountId, Arn, Region};
use trailkeeper_sandbox::Sandbox;
use trailkeeper_sandbox::scenario::{Scenario, ScenarioError};

pub(crate) const S01: &str = include_str!("../fixtures/cases/s01-trail-stopped.json");
pub(crate) const S02: &str = include_str!("../fixtures/cases/s02-instance-no-profile.json");
pub(crate) const ARN: &str = "arn:aws:cloudtrail:us-east-1:111122223333:trail/org-audit";
pub(crate) const KEY: &str =
    "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
pub(crate) const BUCKET: &str = "amzn-s3-demo-audit-111122223333";

pub(crate) fn home() -> Region {
    "us-east-1".parse().unwrap()
}

pub(crate) fn account() -> AccountId {
    "111122223333".parse().unwrap()
}

pub(crate) fn arn() -> Arn {
    ARN.parse().unwrap()
}

pub(crate) fn time(text: &str) -> Option<Timestamp> {
    Some(text.parse().unwrap())
}

/// The first case after a change.
pub(crate) fn changed(change: impl FnOnce(&mut Value)) -> Result<Scenario, ScenarioError> {
    let mut case: Value = serde_json::from_str(S01).unwrap();
    change(&mut case);
    Scenario::parse(&case.to_string())
}

pub(crate) fn cloudtrail(case: &mut Value) -> &mut Value {
    &mut case["world"]["cloudtrail"]["us-east-1"]
}

pub(crate) fn build(change: impl FnOnce(&mut Value)) -> Sandbox {
    changed(change).unwrap().build()
}
