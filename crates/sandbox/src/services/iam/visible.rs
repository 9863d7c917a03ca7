//! What EC2 sees of instance profiles.

use super::model::Profile;
use super::names;
use crate::world::World;

/// An instance profile as EC2 sees it.
#[derive(Debug, Clone)]
pub(crate) struct SeenProfile {
    /// Its name.
    pub(crate) name: String,
    /// Its ARN.
    pub(crate) arn: String,
    /// Its unique id.
    pub(crate) id: String,
    /// Whether it holds a role.
    pub(crate) has_role: bool,
    /// Whether it is known everywhere by now.
    pub(crate) propagated: bool,
}

/// The profile of this name.
pub(crate) fn profile_named(world: &World, name: &str) -> Option<SeenProfile> {
    let profile = world.services.iam.profiles.get(name)?;
    Some(seen(world, profile))
}

/// The profile of this ARN, path and all.
pub(crate) fn profile_of_arn(world: &World, arn: &str) -> Option<SeenProfile> {
    let (_, name) = arn.rsplit_once('/')?;
    profile_named(world, name).filter(|seen| seen.arn == arn)
}

/// The unique id of a profile, which need not exist.
pub(crate) fn profile_id(world: &World, arn: &str) -> String {
    let known = profile_of_arn(world, arn);
    known.map_or_else(|| names::unique_id("AIPA", arn), |seen| seen.id)
}

fn seen(world: &World, profile: &Profile) -> SeenProfile {
    let arn = names::arn(world, "instance-profile", &profile.path, &profile.name);
    SeenProfile {
        name: profile.name.clone(),
        id: names::unique_id("AIPA", &arn),
        arn,
        has_role: profile.role.is_some(),
        propagated: world.now >= profile.propagated,
    }
}
