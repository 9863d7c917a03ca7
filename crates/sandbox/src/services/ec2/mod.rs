//! EC2: instances, the profiles associated with them, and launch templates.
//!
//! Instances and associations change their states with the virtual clock. Whether the caller may
//! pass a role (`iam:PassRole`) is not modelled.

mod association;
mod attach;
mod configuration;
mod describe;
mod filter;
mod input;
mod instance;
mod power;
mod profile;
mod record;
mod run;
mod seeds;
mod status;
mod tags;
mod time;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::services::not_implemented;
use crate::world::World;

use instance::Instance;
use run::Template;
use time::Move;

pub(crate) use configuration::ids;
pub(crate) use configuration::{configuration, take_changed};
pub(crate) use record::{request_parameters, resource, response_elements};
pub(crate) use seeds::{remove_instance, seed_instance, seed_template};
pub(crate) use time::pass_time;

/// A Region and an id in it.
type Key = (String, String);

/// The instances and what is under way with them.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    /// Shared with the states kept of earlier times, until one of them changes.
    instances: Arc<BTreeMap<Key, Instance>>,
    templates: BTreeMap<Key, Template>,
    moving: Vec<Move>,
    changed: Arc<BTreeSet<Key>>,
    /// How many ids were given out.
    made: u64,
}

impl State {
    fn find(&self, region: &str, id: &str) -> Option<&Instance> {
        self.instances.get(&(region.to_owned(), id.to_owned()))
    }

    /// The instance to change; whoever watches is told that it changed.
    fn change(&mut self, region: &str, id: &str) -> Option<&mut Instance> {
        let key = (region.to_owned(), id.to_owned());
        let instance = Arc::make_mut(&mut self.instances).get_mut(&key)?;
        Arc::make_mut(&mut self.changed).insert(key);
        Some(instance)
    }

    fn put(&mut self, region: &str, instance: Instance) {
        let key = (region.to_owned(), instance.id.clone());
        Arc::make_mut(&mut self.changed).insert(key.clone());
        Arc::make_mut(&mut self.instances).insert(key, instance);
    }

    /// The instances of a Region, by id.
    fn in_region<'a>(&'a self, region: &'a str) -> impl Iterator<Item = &'a Instance> {
        let first = (region.to_owned(), String::new());
        let from = self.instances.range(first..);
        from.take_while(move |((place, _), _)| place == region)
            .map(|(_, instance)| instance)
    }

    /// The next id with a prefix, in EC2's form of 17 hexadecimal digits.
    fn next_id(&mut self, prefix: &str) -> String {
        self.made += 1;
        format!("{prefix}-{:017x}", 0x0a00_0000_0000_0000_u64 + self.made)
    }
}

/// Answers one operation of this service.
pub(crate) fn dispatch(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    input::known(call)?;
    if !world.enabled_regions.contains(&call.region) {
        let text = "AWS was not able to validate the provided access credentials";
        return Err(ApiError::new("AuthFailure", text).with_status(401));
    }
    if input::flag(call, "DryRun")? {
        let text = "Request would have succeeded, but DryRun flag is set.";
        return Err(ApiError::new("DryRunOperation", text).with_status(412));
    }
    match call.operation.as_str() {
        "RunInstances" => run::run(world, call),
        "StartInstances" => power::start(world, call),
        "StopInstances" => power::stop(world, call),
        "TerminateInstances" => power::terminate(world, call),
        "DescribeInstances" => describe::describe(world, call),
        "DescribeInstanceStatus" => status::describe(world, call),
        "CreateTags" => tags::create(world, call),
        "DeleteTags" => tags::delete(world, call),
        "DescribeTags" => tags::describe(world, call),
        "AssociateIamInstanceProfile" => attach::associate(world, call),
        "DisassociateIamInstanceProfile" => attach::disassociate(world, call),
        "ReplaceIamInstanceProfileAssociation" => attach::replace(world, call),
        "DescribeIamInstanceProfileAssociations" => association::describe(world, call),
        _ => Err(not_implemented(call)),
    }
}
