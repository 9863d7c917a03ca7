//! Which trail the repair is about.

use std::collections::BTreeMap;

use super::ask::Ask;
use super::goal::Goal;
use super::request::Request;
use crate::call_error::{CallError, ErrorClass};
use crate::facts::{Fact, ListedTrail, Trail, TrailStatus};
use crate::identity::{Arn, Caller, Region};

/// What the search for the target came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Location {
    /// This trail of the account's own is to be repaired.
    Found(Box<Trail>),
    /// The name belongs to a trail of another account, which only that account can change.
    NotOurs(Box<Trail>),
    /// A complete listing holds no such trail: it may be created.
    Absent,
    /// Two listings contradict each other: one of them is late.
    Unsettled(CallError),
    /// It could not be told; creating a trail now might duplicate one.
    Unknown(CallError),
}

/// Finds the target, or nothing while reads are missing. A run that has written for the sake of a
/// trail stays with it, whatever becomes visible or fails to be read later.
pub(crate) fn locate(goal: &Goal, caller: &Caller, ask: &mut Ask<'_>) -> Option<Location> {
    let given = goal.trail_arn();
    let chosen = ask.chosen();
    if let Some((arn, home)) = chosen
        .filter(|arn| !is_named(goal, arn))
        .and_then(|arn| Some((arn, arn.region()?)))
    {
        return describe(caller, ask, arn, home);
    }
    let start = given
        .as_ref()
        .and_then(Arn::region)
        .unwrap_or_else(|| caller.region.clone());
    let visible = ask.trails(Request::Trails(start.clone(), None))?;
    if let Some(trail) = visible
        .known()
        .and_then(|trails| pick(goal, caller, chosen, trails))
    {
        return Some(owned_or_not(caller, trail));
    }
    // DescribeTrails shows one Region; only ListTrails can tell that the trail is nowhere
    let listed = match ask.all_trails(Request::AllTrails(start))? {
        Fact::Known(listed) => listed,
        Fact::Denied(error) | Fact::Unavailable(error) => return Some(Location::Unknown(error)),
    };
    if let Some(line) = pick_listed(goal, caller, chosen, &listed) {
        return describe(caller, ask, &line.arn, line.home_region.clone());
    }
    if !goal.adopt_existing_trail {
        return Some(Location::Absent);
    }
    if let Some(chosen) = chosen {
        // the next run may take another one
        return Some(Location::Unsettled(vanished(chosen)));
    }
    adopt(caller, ask, &listed)
}

fn owned_or_not(caller: &Caller, trail: &Trail) -> Location {
    if trail.is_owned_by(&caller.account) {
        Location::Found(Box::new(trail.clone()))
    } else {
        Location::NotOurs(Box::new(trail.clone()))
    }
}

/// Whether the goal names this trail: by ARN, else by name.
fn is_named(goal: &Goal, trail: &Arn) -> bool {
    let given = goal.trail_arn();
    given.map_or(trail.name() == goal.trail, |arn| arn == *trail)
}

/// The trail that the goal names: the one that the run has settled on, else the account's own
/// first, then the one at home in the caller's Region.
fn pick<'a>(
    goal: &Goal,
    caller: &Caller,
    chosen: Option<&Arn>,
    trails: &'a [Trail],
) -> Option<&'a Trail> {
    trails
        .iter()
        .filter(|trail| is_named(goal, &trail.arn))
        .min_by_key(|trail| preference(caller, chosen, &trail.arn, &trail.home_region))
}

fn pick_listed<'a>(
    goal: &Goal,
    caller: &Caller,
    chosen: Option<&Arn>,
    listed: &'a [ListedTrail],
) -> Option<&'a ListedTrail> {
    listed
        .iter()
        .filter(|line| is_named(goal, &line.arn))
        .min_by_key(|line| preference(caller, chosen, &line.arn, &line.home_region))
}

fn preference(
    caller: &Caller,
    chosen: Option<&Arn>,
    arn: &Arn,
    home: &Region,
) -> (bool, bool, bool, Arn) {
    (
        chosen != Some(arn),
        !arn.is_owned_by(&caller.account),
        *home != caller.region,
        arn.clone(),
    )
}

/// Describes a trail that is known to be there in its home Region.
fn describe(caller: &Caller, ask: &mut Ask<'_>, arn: &Arn, home: Region) -> Option<Location> {
    let request = Request::Trails(home, Some(arn.clone()));
    match ask.trails(request)? {
        Fact::Known(trails) => Some(match trails.iter().find(|trail| trail.arn == *arn) {
            Some(trail) => owned_or_not(caller, trail),
            // it has just come or gone; another look will tell
            None => Location::Unsettled(vanished(arn)),
        }),
        Fact::Denied(error) | Fact::Unavailable(error) => Some(Location::Unknown(error)),
    }
}

fn vanished(arn: &Arn) -> CallError {
    CallError {
        operation: crate::operation::DESCRIBE_TRAILS,
        resource: arn.to_string(),
        code: "TrailNotFoundException".to_owned(),
        message: "the trail was there and DescribeTrails does not show it".to_owned(),
        class: ErrorClass::Absent,
    }
}

/// The best trail of the account's own: logging, multi-Region, validated, encrypted, logging for
/// longest, by ARN. What a repair adds makes a trail better, so that the next run comes to the one
/// that was adopted before, even if it was not the best then.
fn adopt(caller: &Caller, ask: &mut Ask<'_>, listed: &[ListedTrail]) -> Option<Location> {
    let own = listed
        .iter()
        .filter(|line| line.arn.is_owned_by(&caller.account));
    let mut candidates = BTreeMap::new();
    let mut complete = true;
    for line in own {
        let described = describe(caller, ask, &line.arn, line.home_region.clone());
        let status = ask.status(Request::Status(line.arn.clone()));
        match (described, status) {
            (Some(Location::Found(trail)), Some(status)) => {
                candidates.insert(line.arn.clone(), (trail, status));
            }
            (Some(unclear @ (Location::Unknown(_) | Location::Unsettled(_))), Some(_)) => {
                return Some(unclear);
            }
            _ => complete = false,
        }
    }
    if !complete {
        return None;
    }
    let best = candidates
        .into_values()
        .min_by_key(|(trail, status)| merit(trail, status.known()));
    Some(best.map_or(Location::Absent, |(trail, _)| Location::Found(trail)))
}

fn merit(trail: &Trail, status: Option<&TrailStatus>) -> impl Ord + use<> {
    let logging = status.and_then(|status| status.is_logging) == Some(true);
    let since = status.and_then(|status| status.start_logging_time);
    let multi_region = trail.is_multi_region == Some(true);
    (
        !logging,
        !multi_region,
        trail.log_file_validation != Some(true),
        trail.kms_key_id.is_none(),
        since.or(Some(jiff::Timestamp::MAX)),
        trail.arn.clone(),
    )
}
