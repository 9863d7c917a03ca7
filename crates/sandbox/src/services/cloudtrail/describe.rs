//! DescribeTrails, GetTrail and ListTrails.

use serde_json::{Map, Value, json};

use super::find;
use super::input::{flag, text, texts};
use super::names::{TrailId, trail_id};
use super::trail::Trail;
use crate::call::{ApiError, Call};
use crate::world::World;

pub(super) fn describe_trails(world: &World, call: &Call) -> Result<Value, ApiError> {
    let wanted = texts(&call.input, "trailNameList")?;
    let shadows = flag(&call.input, "includeShadowTrails")?.unwrap_or(true);
    let home =
        |trail: &&Trail| trail.home_region == call.region && trail.account == world.account_id;
    if wanted.is_empty() {
        let trails = world.visible_trails(&call.region);
        let trails = trails.filter(|trail| shadows || home(trail));
        return Ok(trail_list(trails));
    }
    let mut found: Vec<&Trail> = Vec::new();
    for id in wanted {
        // names match the Region's and the account's own trails only, ARNs match anywhere; what
        // is not found is left out without an error
        let trail = match trail_id(id)? {
            TrailId::Name(_) => find::anywhere(world, call, id).ok(),
            TrailId::Arn(arn, account) => find::by_arn(world, arn, account).ok(),
        };
        let known = |trail: &&Trail| found.iter().any(|other| other.arn == trail.arn);
        let trail = trail.filter(|trail| (shadows || home(trail)) && !known(trail));
        found.extend(trail);
    }
    Ok(trail_list(found.into_iter()))
}

fn trail_list<'a>(trails: impl Iterator<Item = &'a Trail>) -> Value {
    let trails: Vec<_> = trails.map(Trail::describe_json).collect();
    json!({"trailList": trails})
}

pub(super) fn get_trail(world: &World, call: &Call) -> Result<Value, ApiError> {
    let id = text(&call.input, "Name")?.unwrap_or_default();
    let trail = find::anywhere(world, call, id)?;
    Ok(json!({"Trail": trail.describe_json()}))
}

pub(super) fn list_trails(world: &World, call: &Call) -> Result<Value, ApiError> {
    let state = &world.services.cloudtrail;
    let start = match text(&call.input, "NextToken")? {
        None => 0,
        Some(token) => read_token(token)?,
    };
    let trails = state
        .trails
        .values()
        .filter(|trail| find::belongs(world, trail));
    let mut page: Vec<_> = trails.skip(start).take(state.list_page + 1).collect();
    let more = page.len() > state.list_page;
    page.truncate(state.list_page);
    let shown: Vec<_> = page.into_iter().map(info).collect();
    let mut answer = Map::new();
    if more {
        let next = start + shown.len();
        answer.insert("NextToken".to_owned(), json!(format!("trails-{next}")));
    }
    answer.insert("Trails".to_owned(), Value::Array(shown));
    Ok(Value::Object(answer))
}

fn info(trail: &Trail) -> Value {
    json!({"TrailARN": trail.arn, "Name": trail.name, "HomeRegion": trail.home_region})
}

fn read_token(token: &str) -> Result<usize, ApiError> {
    let start = token
        .strip_prefix("trails-")
        .and_then(|rest| rest.parse().ok());
    start.ok_or_else(|| ApiError::new("InvalidNextTokenException", "The token is not valid."))
}
