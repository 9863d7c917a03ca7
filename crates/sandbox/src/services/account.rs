//! Account management: which Regions are on.
//!
//! A Region is on or off at once; AWS takes minutes.

use serde_json::{Value, json};

use crate::call::{ApiError, Call};
use crate::services::not_implemented;
use crate::world::World;

/// The Regions that an account must turn on before it can use them.
const OPT_IN: [&str; 17] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
];
const MOST: usize = 50;

/// Answers one operation of this service.
pub(crate) fn dispatch(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    own(world, call)?;
    match call.operation.as_str() {
        "EnableRegion" => {
            let region = optional_region(call)?;
            world.enabled_regions.insert(region);
            Ok(json!({}))
        }
        "DisableRegion" => {
            let region = optional_region(call)?;
            if region == call.region {
                return Err(invalid("A Region cannot be turned off from within itself."));
            }
            world.enabled_regions.remove(&region);
            Ok(json!({}))
        }
        "GetRegionOptStatus" => {
            let region = region(call)?;
            let status = status(world, region);
            Ok(json!({"RegionName": region, "RegionOptStatus": status}))
        }
        "ListRegions" => list(world, call),
        _ => Err(not_implemented(call)),
    }
}

fn invalid(text: &str) -> ApiError {
    ApiError::new("ValidationException", text)
}

/// Other accounts are the management account's to ask for, which is not modelled.
fn own(world: &World, call: &Call) -> Result<(), ApiError> {
    let account = call.input.get("AccountId").and_then(Value::as_str);
    if account.is_none_or(|account| account == world.account_id) {
        return Ok(());
    }
    let text = "User is not authorized to perform this operation for another account.";
    Err(ApiError::new("AccessDeniedException", text).with_status(403))
}

fn region(call: &Call) -> Result<&str, ApiError> {
    let region = call.input.get("RegionName").and_then(Value::as_str);
    region
        .filter(|region| (1..=50).contains(&region.len()))
        .ok_or_else(|| invalid("RegionName must have 1 to 50 characters"))
}

/// The Region of the request, which must be one that can be turned on and off.
fn optional_region(call: &Call) -> Result<String, ApiError> {
    let region = region(call)?;
    match OPT_IN.contains(&region) {
        true => Ok(region.to_owned()),
        false => Err(invalid(
            "The Region is enabled by default or does not exist; it cannot be turned on or off.",
        )),
    }
}

fn status(world: &World, region: &str) -> &'static str {
    match (
        OPT_IN.contains(&region),
        world.enabled_regions.contains(region),
    ) {
        (true, true) => "ENABLED",
        (_, false) => "DISABLED",
        (false, true) => "ENABLED_BY_DEFAULT",
    }
}

/// The Regions that are on, and those that could be turned on.
fn list(world: &World, call: &Call) -> Result<Value, ApiError> {
    let wanted = call
        .input
        .get("RegionOptStatusContains")
        .and_then(Value::as_array);
    let mut regions = world.enabled_regions.clone();
    regions.extend(OPT_IN.map(str::to_owned));
    let start = match call.input.get("NextToken").and_then(Value::as_str) {
        None | Some("") => 0,
        Some(token) => token
            .parse::<usize>()
            .map_err(|_| invalid("The NextToken is not one of this operation."))?,
    };
    let most = call.input.get("MaxResults").and_then(Value::as_u64);
    let most = most.and_then(|most| usize::try_from(most).ok());
    let most = most.unwrap_or(MOST);
    if !(1..=MOST).contains(&most) {
        return Err(invalid("MaxResults must be between 1 and 50"));
    }
    let told = regions.iter().map(|region| (region, status(world, region)));
    let told = told
        .filter(|(_, status)| wanted.is_none_or(|wanted| wanted.iter().any(|one| one == status)));
    let mut rest = told.skip(start);
    let page: Vec<Value> = rest
        .by_ref()
        .take(most)
        .map(|(region, status)| json!({"RegionName": region, "RegionOptStatus": status}))
        .collect();
    if rest.next().is_some() {
        let next = (start + page.len()).to_string();
        return Ok(json!({"Regions": page, "NextToken": next}));
    }
    Ok(json!({"Regions": page}))
}
