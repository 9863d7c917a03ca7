//! CloudTrail: trails, their shadows in other Regions, what they deliver, and the event history.

mod advanced;
mod change;
mod class;
mod configuration;
mod create;
mod delivery;
mod describe;
mod destination;
mod events;
mod files;
mod find;
mod grant;
mod input;
mod insights;
mod logged;
mod logging;
mod lookup;
mod names;
mod organization;
mod parameters;
mod reach;
mod record;
mod selectors;
mod status;
mod tags;
mod trail;
mod update;

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::seed::{Actor, EventSeed};
use crate::services::not_implemented;
use crate::world::World;

pub(crate) use delivery::pass_time;
pub(crate) use organization::release_organization_trails;
pub(crate) use record::{record, sight};
use trail::Trail;

const LOOKUPS_A_SECOND: u32 = 2;

/// The trails, what they may deliver to besides buckets, and the history.
#[derive(Debug, Clone)]
pub(crate) struct State {
    /// By ARN, also those of other accounts in the organization.
    pub(crate) trails: BTreeMap<String, Trail>,
    /// The topics that exist, and why CloudTrail may not publish to them.
    pub(crate) topics: BTreeMap<String, Option<String>>,
    /// The ARNs of the log groups that exist, ending in `:*`.
    pub(crate) log_groups: BTreeSet<String>,
    /// The roles that exist, and whether CloudTrail can write with them.
    pub(crate) log_roles: BTreeMap<String, bool>,
    /// Who calls; none: the sandbox's own role.
    pub(crate) actor: Option<Actor>,
    /// Whether log and digest files are put into buckets.
    pub(crate) keep_files: bool,
    /// Trails in one answer of ListTrails.
    pub(crate) list_page: usize,
    events: Vec<EventSeed>,
    /// How long an event takes to appear in the history.
    pub(crate) lookup_lag: SignedDuration,
    /// The second of the last write, by Region.
    last_write: BTreeMap<String, i64>,
    /// The second of the last lookup, and how many there were in it, by Region.
    last_lookup: BTreeMap<String, (i64, u32)>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            trails: BTreeMap::new(),
            topics: BTreeMap::new(),
            log_groups: BTreeSet::new(),
            log_roles: BTreeMap::new(),
            actor: None,
            keep_files: false,
            list_page: 1000,
            events: Vec::new(),
            lookup_lag: SignedDuration::ZERO,
            last_write: BTreeMap::new(),
            last_lookup: BTreeMap::new(),
        }
    }
}

impl State {
    /// The state without the event history.
    pub(crate) fn standing(&self) -> impl std::fmt::Debug {
        let Self {
            trails,
            topics,
            log_groups,
            log_roles,
            actor,
            keep_files,
            list_page,
            events: _,
            lookup_lag: _,
            last_write,
            last_lookup,
        } = self;
        let stores = (topics, log_groups, log_roles, keep_files);
        (trails, stores, actor, list_page, last_write, last_lookup)
    }
}

/// Answers one operation of this service.
pub(crate) fn dispatch(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    input::known(call)?;
    admit(world, call)?;
    answer(world, call)
}

/// What is refused whatever the operation: a Region that is off, and too fast a pace.
fn admit(world: &mut World, call: &Call) -> Result<(), ApiError> {
    if !world.enabled_regions.contains(&call.region) {
        let text = "The security token included in the request is invalid.";
        return Err(ApiError::new("UnrecognizedClientException", text));
    }
    let second = world.now.as_second();
    if call.operation == "LookupEvents" {
        return admit_lookup(world, &call.region, second);
    }
    if !call.is_write() {
        return Ok(());
    }
    // AWS grants one write a second for each account and Region.
    let last = &mut world.services.cloudtrail.last_write;
    if last.insert(call.region.clone(), second) == Some(second) {
        return Err(ApiError::new("ThrottlingException", "Rate exceeded"));
    }
    Ok(())
}

/// Two lookups a second for each account and Region.
fn admit_lookup(world: &mut World, region: &str, second: i64) -> Result<(), ApiError> {
    let last = &mut world.services.cloudtrail.last_lookup;
    let last = last.entry(region.to_owned()).or_default();
    let made = if last.0 == second { last.1 } else { 0 };
    if made == LOOKUPS_A_SECOND {
        return Err(ApiError::new("ThrottlingException", "Rate exceeded"));
    }
    *last = (second, made + 1);
    Ok(())
}

fn answer(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "CreateTrail" => create::create_trail(world, call),
        "UpdateTrail" => update::update_trail(world, call),
        "DeleteTrail" => logging::delete_trail(world, call),
        "StartLogging" => logging::start_logging(world, call),
        "StopLogging" => logging::stop_logging(world, call),
        "DescribeTrails" => describe::describe_trails(world, call),
        "GetTrail" => describe::get_trail(world, call),
        "ListTrails" => describe::list_trails(world, call),
        "GetTrailStatus" => status::get_trail_status(world, call),
        "GetEventSelectors" => selectors::get_event_selectors(world, call),
        "PutEventSelectors" => selectors::put_event_selectors(world, call),
        "GetInsightSelectors" => insights::get_insight_selectors(world, call),
        "PutInsightSelectors" => insights::put_insight_selectors(world, call),
        "GetEventConfiguration" => configuration::get(world, call),
        "PutEventConfiguration" => configuration::put(world, call),
        "ListTags" => tags::list_tags(world, call),
        "AddTags" => tags::add_tags(world, call),
        "RemoveTags" => tags::remove_tags(world, call),
        "LookupEvents" => lookup::lookup_events(world, call),
        _ => Err(not_implemented(call)),
    }
}
