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

/// Finds the target, or nothing while reads are missing.
pub(crate) fn locate(goal: &Goal, caller: &Caller, ask: &mut Ask<'_>) -> Option<Location> {
    let given = goal.trail_arn();
    let start = given
        .as_ref()
        .and_then(Arn::region)
        .unwrap_or_else(|| caller.region.clone());
    let visible = ask.trails(Request::Trails(start.clone(), None))?;
    if let Some(trail) = visible
        .known()
        .and_then(|trails| pick(goal, caller, trails))
    {
        return Some(owned_or_not(caller, trail));
    }
    // DescribeTrails shows one Region; only ListTrails can tell that the trail is nowhere
    let listed = match ask.all_trails(Request::AllTrails(start))? {
        Fact::Known(listed) => listed,
        Fact::Denied(error) | Fact::Unavailable(error) => return Some(Location::Unknown(error)),
    };
    if let Some(line) = pick_listed(goal, caller, &listed) {
        return describe(caller, ask, line);
    }
    if !goal.adopt_existing_trail {
        return Some(Location::Absent);
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

/// The trail that the goal names: by ARN, else by name with the account's own first, then the
/// one at home in the caller's Region.
fn pick<'a>(goal: &Goal, caller: &Caller, trails: &'a [Trail]) -> Option<&'a Trail> {
    let given = goal.trail_arn();
    trails
        .iter()
        .filter(|trail| {
            given
                .as_ref()
                .map_or(trail.name == goal.trail, |arn| trail.arn == *arn)
        })
        .min_by_key(|trail| preference(caller, &trail.arn, &trail.home_region))
}

fn pick_listed<'a>(
    goal: &Goal,
    caller: &Caller,
    listed: &'a [ListedTrail],
) -> Option<&'a ListedTrail> {
    let given = goal.trail_arn();
    listed
        .iter()
        .filter(|line| {
            given
                .as_ref()
                .map_or(line.arn.name() == goal.trail, |arn| line.arn == *arn)
        })
        .min_by_key(|line| preference(caller, &line.arn, &line.home_region))
}

fn preference(caller: &Caller, arn: &Arn, home: &Region) -> (bool, bool, Arn) {
    (
        !arn.is_owned_by(&caller.account),
        *home != caller.region,
        arn.clone(),
    )
}

/// Describes a listed trail in its home Region.
fn describe(caller: &Caller, ask: &mut Ask<'_>, line: &ListedTrail) -> Option<Location> {
    let request = Request::Trails(line.home_region.clone(), Some(line.arn.clone()));
    match ask.trails(request)? {
        Fact::Known(trails) => Some(match trails.iter().find(|trail| trail.arn == line.arn) {
            Some(trail) => owned_or_not(caller, trail),
            // listed but not described: it has just come or gone; another look will tell
            None => Location::Unsettled(vanished(&line.arn)),
        }),
        Fact::Denied(error) | Fact::Unavailable(error) => Some(Location::Unknown(error)),
    }
}

fn vanished(arn: &Arn) -> CallError {
    CallError {
        operation: crate::operation::DESCRIBE_TRAILS,
        resource: arn.to_string(),
        code: "TrailNotFoundException".to_owned(),
        message: "ListTrails names the trail and DescribeTrails does not".to_owned(),
        class: ErrorClass::Absent,
    }
}

/// The best trail of the account's own: logging, multi-Region, logging for longest, by ARN.
fn adopt(caller: &Caller, ask: &mut Ask<'_>, listed: &[ListedTrail]) -> Option<Location> {
    let own = listed
        .iter()
        .filter(|line| line.arn.is_owned_by(&caller.account));
    let mut candidates = BTreeMap::new();
    let mut complete = true;
    for line in own {
        let described = describe(caller, ask, line);
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

fn merit(
    trail: &Trail,
    status: Option<&TrailStatus>,
) -> (bool, bool, Option<jiff::Timestamp>, Arn) {
    let logging = status.and_then(|status| status.is_logging) == Some(true);
    let since = status.and_then(|status| status.start_logging_time);
    let multi_region = trail.is_multi_region == Some(true);
    (
        !logging,
        !multi_region,
        since.or(Some(jiff::Timestamp::MAX)),
        trail.arn.clone(),
    )
}
