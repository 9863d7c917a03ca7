//! GuardDuty: a detector in each Region, and the one finding that is about trails.
//!
//! Lists of what is trusted are kept and have no effect; findings can be had from the event bus
//! only.

mod administrator;
mod detector;
mod filter;
mod finding;
mod lists;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::call::{ApiError, Call};
use crate::services::config::{input::Input, page};
use crate::services::not_implemented;
use crate::world::World;

pub(crate) use detector::seed;
use finding::Finding;
pub(crate) use finding::{observe, pass_time};
use lists::Trusted;

const MOST_ON_A_PAGE: i64 = 50;

/// The detectors by Region, and how many ids were given out.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    detectors: BTreeMap<String, Detector>,
    made: u64,
}

/// A detector.
#[derive(Debug, Clone)]
struct Detector {
    id: String,
    enabled: bool,
    /// How often a finding that occurs again is told again.
    frequency: Frequency,
    created: Timestamp,
    updated: Timestamp,
    tags: Value,
    /// By name, as they were put.
    filters: BTreeMap<String, Value>,
    ip_sets: BTreeMap<String, Value>,
    entity_sets: BTreeMap<String, Value>,
    /// The account that looks after this one, with the invitation's id.
    administrator: Option<(String, String)>,
    destinations: BTreeMap<String, Value>,
    findings: Vec<Finding>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frequency {
    FifteenMinutes,
    OneHour,
    SixHours,
}

const FREQUENCIES: [(&str, Frequency); 3] = [
    ("FIFTEEN_MINUTES", Frequency::FifteenMinutes),
    ("ONE_HOUR", Frequency::OneHour),
    ("SIX_HOURS", Frequency::SixHours),
];

impl Frequency {
    fn wait(self) -> SignedDuration {
        match self {
            Self::FifteenMinutes => SignedDuration::from_mins(15),
            Self::OneHour => SignedDuration::from_hours(1),
            Self::SixHours => SignedDuration::from_hours(6),
        }
    }
}

/// Answers one operation of this service.
pub(crate) fn dispatch(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let answer = answer(world, call);
    // this service has one code for all that it does not take
    answer.map_err(|error| match error.code.as_str() {
        "ValidationException" | "SerializationException" | "InvalidNextTokenException" => {
            refused(error.message)
        }
        _ => error,
    })
}

fn answer(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "CreateDetector" => detector::create(world, call),
        "ListDetectors" => detector::list(world, call),
        "GetDetector" => detector::get(world, call),
        "UpdateDetector" => detector::update(world, call),
        "DeleteDetector" => detector::delete(world, call),
        "CreateFilter" => filter::create(world, call),
        "ListFilters" => filter::list(world, call),
        "GetFilter" => filter::get(world, call),
        "UpdateFilter" => filter::update(world, call),
        "DeleteFilter" => filter::delete(world, call),
        "CreateIPSet" => lists::create(world, call, Trusted::Addresses),
        "CreateTrustedEntitySet" => lists::create(world, call, Trusted::Entities),
        "GetIPSet" => lists::get(world, call, Trusted::Addresses),
        "GetTrustedEntitySet" => lists::get(world, call, Trusted::Entities),
        "DeleteIPSet" => lists::delete(world, call, Trusted::Addresses),
        "DeleteTrustedEntitySet" => lists::delete(world, call, Trusted::Entities),
        "UpdateIPSet" => lists::update(world, call, Trusted::Addresses),
        "UpdateTrustedEntitySet" => lists::update(world, call, Trusted::Entities),
        "ListIPSets" => lists::list(world, call, Trusted::Addresses),
        "ListTrustedEntitySets" => lists::list(world, call, Trusted::Entities),
        "CreatePublishingDestination" => lists::create_destination(world, call),
        "ListPublishingDestinations" => lists::list_destinations(world, call),
        "UpdatePublishingDestination" => lists::update_destination(world, call),
        "DeletePublishingDestination" => lists::delete_destination(world, call),
        "AcceptAdministratorInvitation" => administrator::accept(world, call),
        "GetAdministratorAccount" => administrator::get(world, call, "Administrator"),
        "GetMasterAccount" => administrator::get(world, call, "Master"),
        "DisassociateFromAdministratorAccount" | "DisassociateFromMasterAccount" => {
            administrator::disassociate(world, call)
        }
        "CreateSampleFindings" => finding::create_samples(world, call),
        _ => Err(not_implemented(call)),
    }
}

/// The detector that the call names.
fn find<'a>(
    world: &'a mut World,
    call: &Call,
    input: &Input<'_>,
) -> Result<&'a mut Detector, ApiError> {
    let id = input.required_text("DetectorId", 1, 300)?;
    let detector = world.services.guardduty.detectors.get_mut(&call.region);
    detector
        .filter(|found| found.id == id)
        .ok_or_else(|| refused("because the input detectorId is not owned by the current account."))
}

fn refused(why: impl std::fmt::Display) -> ApiError {
    ApiError::new(
        "BadRequestException",
        format!("The request is rejected {why}"),
    )
}

/// A new id of 32 hexadecimal digits.
fn next_id(world: &mut World) -> String {
    let made = &mut world.services.guardduty.made;
    *made += 1;
    format!("12abc34d567e8fa901bc2d34e{made:07x}")
}

/// A page of `items`.
fn listing(
    call: &Call,
    input: &Input<'_>,
    member: &str,
    items: Vec<Value>,
) -> Result<Value, ApiError> {
    let size = input.number("MaxResults", 1, MOST_ON_A_PAGE)?;
    let size = usize::try_from(size.unwrap_or(MOST_ON_A_PAGE)).unwrap_or(usize::MAX);
    let token = input.text("NextToken", 0, 2_048)?;
    let token = token.filter(|token| !token.is_empty());
    let page = page::page(&call.operation, items, token, size)?;
    Ok(page::answer(member, page))
}

fn names(map: &BTreeMap<String, Value>) -> Vec<Value> {
    map.keys().map(|name| json!(name)).collect()
}

/// A point in time as this service writes it.
fn written(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
