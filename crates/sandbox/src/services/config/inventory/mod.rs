//! The inventory: what the recorder has recorded of each resource, now and before.
//!
//! AWS records a change minutes after it; here it is recorded with the call that makes it, at the
//! time of the virtual clock. Two items of a resource never have the same capture time: the later
//! one is a millisecond younger.

mod configuration;
mod instance;
mod item;
mod list;
mod query;
mod read;
mod record;

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::world::World;

use configuration::Common;
pub(super) use item::{Item, Status};
pub(super) use record::{Tell, rediscover};
pub(crate) use record::{follow, recorded_instances, seed, take_stock, take_stock_of_unknown};

/// A resource: its type and its id.
pub(super) type Resource = (String, String);

/// The items of each Region, by resource, oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Inventory {
    regions: BTreeMap<String, BTreeMap<Resource, Vec<Arc<Item>>>>,
    common: Common,
}

impl Inventory {
    /// The items of a resource, oldest first; none of a resource that was never recorded.
    fn history(&self, region: &str, resource: &Resource) -> &[Arc<Item>] {
        let resources = self.regions.get(region);
        let items = resources.and_then(|resources| resources.get(resource));
        items.map_or(&[], Vec::as_slice)
    }

    /// The items of a resource, to add one.
    fn history_mut(&mut self, region: &str, resource: &Resource) -> &mut Vec<Arc<Item>> {
        let resources = self.regions.entry(region.to_owned()).or_default();
        resources.entry(resource.clone()).or_default()
    }

    /// The last item of a resource.
    fn last(&self, region: &str, resource: &Resource) -> Option<&Arc<Item>> {
        self.history(region, resource).last()
    }

    /// The last items of a Region's resources from `after` on, in the order of type and id; of
    /// those that are gone too.
    fn last_items(
        &self,
        region: &str,
        after: Bound<Resource>,
    ) -> impl Iterator<Item = (&Resource, &Arc<Item>)> {
        let resources = self.regions.get(region).into_iter();
        let items = resources.flat_map(move |all| all.range((after.clone(), Bound::Unbounded)));
        items.filter_map(|(resource, items)| Some((resource, items.last()?)))
    }

    /// The last items of the resources that are there.
    pub(super) fn present(
        &self,
        region: &str,
        after: Bound<Resource>,
    ) -> impl Iterator<Item = (&Resource, &Arc<Item>)> {
        let items = self.last_items(region, after);
        items.filter(|(_, item)| item.status.is_present())
    }
}

/// Answers one operation, if it is one of these.
pub(super) fn dispatch(world: &World, call: &Call) -> Option<Result<Value, ApiError>> {
    Some(match call.operation.as_str() {
        "SelectResourceConfig" => query::select(world, call),
        "GetResourceConfigHistory" => read::history(world, call),
        "BatchGetResourceConfig" => read::batch(world, call),
        "ListDiscoveredResources" => list::discovered(world, call),
        "GetDiscoveredResourceCounts" => list::counts(world, call),
        _ => return None,
    })
}

/// Refuses in a Region that has no recorder.
fn need_recorder(world: &World, region: &str) -> Result<(), ApiError> {
    if world.services.config.recorders.contains_key(region) {
        return Ok(());
    }
    let text = "There are no customer managed configuration recorders available to record your \
                resources.";
    Err(ApiError::new(
        "NoAvailableConfigurationRecorderException",
        text,
    ))
}
