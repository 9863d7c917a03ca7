//! The account as far as it has been read.

use super::ScenarioError;
use super::answers::Listed;
use super::place::Place;
use crate::call::ApiError;
use crate::fault::{Fault, FaultKind, When};
use crate::world::World;

/// The state and the faults so far.
pub(super) struct Draft {
    pub(super) world: World,
    pub(super) faults: Vec<Fault>,
}

impl Draft {
    /// The empty account of the case, at its time.
    pub(super) fn start(root: &Place<'_>) -> Result<Self, ScenarioError> {
        let now = root.need("now")?.as_time()?;
        let own = root.need("self")?;
        let account = own.need("accountId")?;
        let id = account.as_text()?;
        if id.len() != 12 || !id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(account.wrong("an account id takes exactly 12 digits"));
        }
        let region = own.need_text("region")?;
        let mut world = World::new(id, region, now);
        if let Some(partition) = own.text("partition")? {
            partition.clone_into(&mut world.partition);
        }
        if world.partition != "aws" {
            // the Regions of a new world are those of the commercial partition
            world.enabled_regions = [region.to_owned()].into();
        }
        let faults = Vec::new();
        Ok(Self { world, faults })
    }

    /// Lets the calls that an entry is about fail for ever.
    pub(super) fn refuse(&mut self, entry: &Listed<'_>, error: &ApiError) {
        let kind = FaultKind::Error(error.clone());
        let mut fault = Fault::new(entry.service, entry.operation, When::Always, kind);
        // these have one endpoint for all Regions
        if !["organizations", "iam"].contains(&entry.service) {
            fault = fault.in_region(entry.region);
        }
        for text in entry.about() {
            fault = fault.about(text);
        }
        self.faults.push(fault);
    }

    /// Switches a Region on.
    pub(super) fn enable(&mut self, region: &str) {
        self.world.enabled_regions.insert(region.to_owned());
    }
}

/// The trail, the bucket and the key that the rule or the remediator's payload asks for.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) trail: Option<String>,
    pub(super) bucket: Option<String>,
    pub(super) key: Option<String>,
}

impl Wanted {
    pub(super) fn read(root: &Place<'_>) -> Result<Self, ScenarioError> {
        let mut wanted = Self::default();
        for (place, [trail, bucket, key]) in [
            ("parameters", ["trailName", "s3BucketName", "kmsKeyId"]),
            (
                "event",
                [
                    "CloudTrailName",
                    "CloudTrailS3BucketName",
                    "CloudTrailKmsKeyId",
                ],
            ),
        ] {
            let Some(place) = root.get(place) else {
                continue;
            };
            wanted.trail = place.string(trail)?.or(wanted.trail);
            wanted.bucket = place.string(bucket)?.or(wanted.bucket);
            wanted.key = place.string(key)?.or(wanted.key);
        }
        Ok(wanted)
    }
}
