//! The ways to blind a trail as an intruder performs them: the calls of each row of
//! `trailkeeper_core::threats`, one after the other, through the API.
//!
//! Tests and the demo share these, so that what is told is what is tested.

mod bucket;
mod downstream;
mod guard;
mod guardduty;
mod key;
mod organization;
mod recreation;
mod roles;
mod selectors;
mod setting;
pub mod stage;
mod target;
mod trail;

use jiff::SignedDuration;
use serde_json::Value;

use crate::account::Sandbox;
use crate::call::{Call, Failure};
use crate::world::World;

pub use setting::{Setting, setting};
pub use target::{INTRUDER_ACCOUNT, LOOT, Target};

/// One call of an attack.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The service, as in a [`Call`].
    pub service: &'static str,
    /// The operation.
    pub operation: &'static str,
    /// The Region of the call; none: the trail's.
    pub region: Option<&'static str>,
    /// The input.
    pub input: Value,
    /// How long the intruder waits afterwards.
    pub wait: SignedDuration,
}

impl Step {
    fn new(service: &'static str, operation: &'static str, input: Value) -> Self {
        Self {
            service,
            operation,
            region: None,
            input,
            wait: SignedDuration::from_secs(2),
        }
    }

    fn in_region(mut self, region: &'static str) -> Self {
        self.region = Some(region);
        self
    }

    fn then_wait(mut self, minutes: i64) -> Self {
        self.wait = SignedDuration::from_mins(minutes);
        self
    }
}

/// One of the ways to perform an attack.
#[derive(Debug, Clone)]
pub struct Way {
    /// Which, in a few words: `the intruder's key`.
    pub name: &'static str,
    /// The calls, in order.
    pub steps: Vec<Step>,
    /// What happens in other accounts, after the calls.
    pub elsewhere: Option<fn(&mut World, &Target)>,
}

fn way(name: &'static str, steps: Vec<Step>) -> Way {
    Way {
        name,
        steps,
        elsewhere: None,
    }
}

/// The ways to perform the attack of this id on `target`; none where no call does, or no such id.
pub fn ways(id: &str, target: &Target) -> Vec<Way> {
    match id {
        "B01" | "B02" | "B03" | "B04" | "B05" | "B06" | "B07" | "B08" | "B09" | "B10" => {
            trail::ways(id, target)
        }
        "B11" | "B12" | "B13" | "B14" | "B15" | "B16" | "B17" => selectors::ways(id, target),
        "B18" | "B19" | "B20" | "B21" | "B22" | "B23" => recreation::ways(id, target),
        "B24" | "B25" | "B26" | "B27" | "B28" | "B29" | "B30" | "B31" | "B32" => {
            bucket::ways(id, target)
        }
        "B33" | "B34" | "B35" | "B36" => key::ways(id, target),
        "B37" | "B38" | "B39" => downstream::ways(id, target),
        "B40" | "B41" | "B42" => organization::ways(id, target),
        "B43" | "B44" | "B45" | "B46" | "B47" | "B48" | "B49" | "B50" | "B51" => {
            guard::ways(id, target)
        }
        _ => Vec::new(),
    }
}

impl Way {
    /// Performs it, at CloudTrail's pace of one write a second.
    ///
    /// # Errors
    /// The first call that the account refuses.
    pub async fn perform(&self, sandbox: &Sandbox, target: &Target) -> Result<(), Failure> {
        for step in &self.steps {
            let region = step.region.unwrap_or(&target.region);
            let call = Call::new(step.service, step.operation, region, step.input.clone());
            sandbox.call(call).await?;
            sandbox.advance(step.wait);
        }
        if let Some(elsewhere) = self.elsewhere {
            sandbox.with_world(|world| elsewhere(world, target));
        }
        Ok(())
    }
}
