//! Which trails a call can see, and which it may change.

use super::names::{TrailId, trail_id};
use super::organization;
use super::trail::Trail;
use crate::call::{ApiError, Call};
use crate::world::{OrganizationRole, World};

impl World {
    /// The trails that exist in `region`: those of the Region, shadows of multi-Region trails, and
    /// the organization's.
    pub(crate) fn visible_trails<'a>(&'a self, region: &'a str) -> impl Iterator<Item = &'a Trail> {
        let trails = self.services.cloudtrail.trails.values();
        trails.filter(move |trail| exists_in(self, trail, region))
    }
}

/// Whether the account has the trail: its own, or its organization's.
pub(super) fn belongs(world: &World, trail: &Trail) -> bool {
    let organization = &world.services.organizations;
    let management = &organization.management_account;
    trail.account == world.account_id
        || trail.settings.is_organization_trail
            && organization.role != OrganizationRole::Standalone
            && (management.is_empty() || *management == trail.account)
}

/// The Regions in which the trail exists.
pub(super) fn regions(world: &World, trail: &Trail) -> Vec<String> {
    if !trail.settings.is_multi_region_trail {
        return vec![trail.home_region.clone()];
    }
    let mut regions = world.enabled_regions.clone();
    regions.insert(trail.home_region.clone());
    regions.into_iter().collect()
}

fn exists_in(world: &World, trail: &Trail, region: &str) -> bool {
    let here = trail.home_region == region
        || trail.settings.is_multi_region_trail && world.enabled_regions.contains(region);
    here && belongs(world, trail)
}

/// Says that there is no such trail.
pub(super) fn not_found(world: &World, id: &str) -> ApiError {
    let text = format!("Unknown trail: {id} for the user: {}", world.account_id);
    ApiError::new("TrailNotFoundException", text)
}

fn wrong_account(arn: &str) -> ApiError {
    let text = format!("AccountID in ARN is wrong: {arn}");
    ApiError::new("CloudTrailARNInvalidException", text)
}

/// The trail with this ARN in any Region, if the account has it.
pub(super) fn by_arn<'a>(
    world: &'a World,
    arn: &str,
    account: &str,
) -> Result<&'a Trail, ApiError> {
    let found = world.services.cloudtrail.trails.get(arn);
    match found.filter(|trail| belongs(world, trail)) {
        Some(trail) => Ok(trail),
        None if account == world.account_id => Err(not_found(world, arn)),
        None => Err(wrong_account(arn)),
    }
}

/// The trail by name in its home Region and own account, or by ARN from anywhere.
pub(super) fn anywhere<'a>(
    world: &'a World,
    call: &'a Call,
    id: &str,
) -> Result<&'a Trail, ApiError> {
    match trail_id(id)? {
        TrailId::Arn(arn, account) => by_arn(world, arn, account),
        TrailId::Name(name) => named(world, &call.region, name)
            .find(|trail| trail.home_region == call.region)
            .ok_or_else(|| not_found(world, name)),
    }
}

/// As [`anywhere`], and the trail must exist in the call's Region: shadows answer by ARN.
pub(super) fn here<'a>(world: &'a World, call: &'a Call, id: &str) -> Result<&'a Trail, ApiError> {
    let trail = anywhere(world, call, id)?;
    if exists_in(world, trail, &call.region) {
        return Ok(trail);
    }
    Err(not_found(world, id))
}

/// As [`here`], for what a member account may not read of its organization's trails.
pub(super) fn own<'a>(world: &'a World, call: &'a Call, id: &str) -> Result<&'a Trail, ApiError> {
    let trail = here(world, call, id)?;
    if trail.account == world.account_id || organization::administers(world) {
        return Ok(trail);
    }
    Err(wrong_account(&trail.arn))
}

/// The trail that the call wants to change, in its home Region and with the right to do so.
pub(super) fn to_change<'a>(
    world: &'a World,
    call: &'a Call,
    id: &str,
) -> Result<&'a Trail, ApiError> {
    let trail = match trail_id(id)? {
        TrailId::Arn(arn, account) => by_arn(world, arn, account)?,
        TrailId::Name(name) => named(world, &call.region, name)
            .next()
            .ok_or_else(|| not_found(world, name))?,
    };
    if trail.settings.is_organization_trail && !organization::administers(world) {
        return Err(organization::not_management(world));
    }
    if trail.home_region == call.region {
        return Ok(trail);
    }
    let text = format!(
        "The trail {} can only be changed in its home Region {}, not in {}.",
        trail.arn, trail.home_region, call.region
    );
    Err(ApiError::new("InvalidHomeRegionException", text))
}

/// The account's own trails and shadows of that name in `region`; the home Region's come first.
fn named<'a>(world: &'a World, region: &'a str, name: &str) -> impl Iterator<Item = &'a Trail> {
    let found = world.visible_trails(region);
    let mut found: Vec<_> = found
        .filter(|trail| trail.account == world.account_id && trail.name == name)
        .collect();
    found.sort_by_key(|trail| trail.home_region != region);
    found.into_iter()
}

/// The trail of this ARN, to be changed.
pub(super) fn by_key<'a>(world: &'a mut World, arn: &str) -> Result<&'a mut Trail, ApiError> {
    let account = world.account_id.clone();
    world
        .services
        .cloudtrail
        .trails
        .get_mut(arn)
        .ok_or_else(|| {
            let text = format!("Unknown trail: {arn} for the user: {account}");
            ApiError::new("TrailNotFoundException", text)
        })
}
