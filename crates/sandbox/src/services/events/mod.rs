//! EventBridge: the rules of the default event buses, their targets, and what is delivered to them.
//!
//! Only the default bus of each Region exists. Targets are functions, and default buses of the
//! account in other Regions; rules wait for events, not for a schedule.

mod bus;
mod pattern;
mod put;
mod rule;
mod target;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::call::{ApiError, Call};
use crate::services::config::input::Input;
use crate::services::not_implemented;
use crate::world::World;

pub(crate) use bus::{Audience, api_call, length, next_id, service_event};
use rule::Rule;
pub(crate) use rule::seed;

const LONGEST_NAME: usize = 64;
const LONGEST_ARN: usize = 1_600;
const MOST_ON_A_PAGE: i64 = 100;

/// The rules by Region and name.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    rules: BTreeMap<String, BTreeMap<String, Rule>>,
    /// How many events have got an id here.
    events_made: u64,
}

impl State {
    /// Whether there is any rule; without one no event need be made.
    pub(crate) fn has_rules(&self) -> bool {
        !self.rules.is_empty()
    }

    /// Whether `region` has a rule that is shown such events.
    pub(crate) fn has_rules_in(&self, region: &str, audience: Audience) -> bool {
        let rules = self.rules.get(region);
        let mut rules = rules.into_iter().flat_map(|rules| rules.values());
        rules.any(|rule| audience.includes(rule.state))
    }
}

/// Answers one operation of this service.
pub(crate) fn dispatch(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "PutRule" => rule::put(world, call),
        "DescribeRule" => rule::describe(world, call),
        "ListRules" => rule::list(world, call),
        "DeleteRule" => rule::delete(world, call),
        "EnableRule" => rule::switch(world, call, rule::State::Enabled),
        "DisableRule" => rule::switch(world, call, rule::State::Disabled),
        "PutTargets" => target::put(world, call),
        "RemoveTargets" => target::remove(world, call),
        "ListTargetsByRule" => target::list(world, call),
        "ListRuleNamesByTarget" => target::rules_of(world, call),
        "PutEvents" => put::events(world, call),
        "UpdateEventBus" => update_bus(world, call),
        _ => Err(not_implemented(call)),
    }
}

/// Refuses all buses but the default one of the call's Region.
fn default_bus(world: &World, call: &Call, input: &Input<'_>) -> Result<(), ApiError> {
    match input.text("EventBusName", 1, LONGEST_ARN)? {
        None => Ok(()),
        Some(name) if is_default_bus(world, &call.region, name) => Ok(()),
        Some(name) => Err(not_found(format!("Event bus {name} does not exist."))),
    }
}

/// Events are not encrypted here: a key that is named changes nothing.
fn update_bus(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let name = input.text("Name", 1, 256)?.unwrap_or("default");
    if !is_default_bus(world, &call.region, name) {
        return Err(not_found(format!("Event bus {name} does not exist.")));
    }
    let key = input
        .text("KmsKeyIdentifier", 0, 2_048)?
        .unwrap_or_default();
    let arn = bus::bus_arn(world, &call.region);
    Ok(json!({"Arn": arn, "Name": name, "KmsKeyIdentifier": key}))
}

fn is_default_bus(world: &World, region: &str, name: &str) -> bool {
    name == "default" || name == bus::bus_arn(world, region)
}

/// A name in the letters that EventBridge allows.
fn name<'a>(input: &Input<'a>, member: &str) -> Result<&'a str, ApiError> {
    let name = input.required_text(member, 1, LONGEST_NAME)?;
    check_name(name, member)?;
    Ok(name)
}

fn check_name(name: &str, member: &str) -> Result<(), ApiError> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || ".-_".contains(letter);
    if name.chars().all(fits) {
        return Ok(());
    }
    let member = member.to_ascii_lowercase();
    Err(invalid(format!(
        "1 validation error detected: Value '{name}' at '{member}' failed to satisfy constraint: \
         Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+"
    )))
}

/// The rule, which must exist.
fn find<'a>(world: &'a World, call: &Call, name: &str) -> Result<&'a Rule, ApiError> {
    let rules = world.services.events.rules.get(&call.region);
    let found = rules.and_then(|rules| rules.get(name));
    found.ok_or_else(|| no_rule(name))
}

/// The rule, to be changed: one that a service manages is refused unless the call forces it.
fn find_to_change<'a>(
    world: &'a mut World,
    call: &Call,
    name: &str,
    force: bool,
) -> Result<&'a mut Rule, ApiError> {
    let rules = world.services.events.rules.get_mut(&call.region);
    let found = rules.and_then(|rules| rules.get_mut(name));
    let rule = found.ok_or_else(|| no_rule(name))?;
    if !force {
        rule.refuse_managed(name)?;
    }
    Ok(rule)
}

fn no_rule(name: &str) -> ApiError {
    not_found(format!("Rule {name} does not exist on EventBus default."))
}

fn not_found(text: String) -> ApiError {
    ApiError::new("ResourceNotFoundException", text)
}

fn invalid(text: impl Into<String>) -> ApiError {
    ApiError::new("ValidationException", text)
}

fn too_many() -> ApiError {
    let text = "The requested resource exceeds the maximum number allowed.";
    ApiError::new("LimitExceededException", text)
}

/// One page of `items`, under `member`.
fn listing(
    call: &Call,
    input: &Input<'_>,
    member: &str,
    items: Vec<Value>,
) -> Result<Value, ApiError> {
    use crate::services::config::page;
    let size = input.number("Limit", 1, MOST_ON_A_PAGE)?;
    let size = size.unwrap_or(MOST_ON_A_PAGE);
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let token = input.text("NextToken", 1, 2_048)?;
    let page = page::page(&call.operation, items, token, size);
    // this service has no error of its own for tokens
    let page = page.map_err(|error| invalid(error.message))?;
    Ok(page::answer(member, page))
}
