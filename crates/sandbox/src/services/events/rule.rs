//! The rules.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::pattern::Pattern;
use super::{default_bus, find, find_to_change, invalid, listing, name, too_many};
use crate::call::{ApiError, Call};
use crate::seed::EventRuleSeed;
use crate::services::config::input::Input;
use crate::services::not_implemented;
use crate::world::World;

/// What the API model allows, and the quota of an account that did not ask for more.
const LONGEST_PATTERN: usize = 4_096;
const PATTERN_QUOTA: usize = 2_048;
const MOST_RULES: usize = 300;

/// Which events reach the targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Enabled,
    Disabled,
    /// Also management events that only read.
    EnabledWithAll,
}

const STATES: [(&str, State); 3] = [
    ("ENABLED", State::Enabled),
    ("DISABLED", State::Disabled),
    (
        "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
        State::EnabledWithAll,
    ),
];

impl State {
    fn named(name: &str) -> Self {
        let found = STATES.iter().find(|(known, _)| *known == name);
        found.map_or(Self::Enabled, |(_, state)| *state)
    }

    fn name(self) -> &'static str {
        let found = STATES.iter().find(|(_, state)| *state == self);
        found.map_or("ENABLED", |(name, _)| name)
    }
}

/// One rule.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) arn: String,
    pub(super) pattern: Pattern,
    /// The pattern as it was put.
    text: String,
    pub(super) state: State,
    description: Option<String>,
    role_arn: Option<String>,
    managed_by: Option<String>,
    /// By id, as they were put.
    pub(super) targets: BTreeMap<String, Value>,
}

impl Rule {
    pub(super) fn refuse_managed(&self, name: &str) -> Result<(), ApiError> {
        let Some(service) = &self.managed_by else {
            return Ok(());
        };
        let text = format!("Rule {name} is managed by {service}; only the service can change it.");
        Err(ApiError::new("ManagedRuleException", text))
    }

    fn to_json(&self, name: &str) -> Map<String, Value> {
        let mut out = Map::new();
        let mut set = |member: &str, value: &str| out.insert(member.to_owned(), json!(value));
        set("Name", name);
        set("Arn", &self.arn);
        set("EventPattern", &self.text);
        set("State", self.state.name());
        set("EventBusName", "default");
        let optional = [
            ("Description", &self.description),
            ("RoleArn", &self.role_arn),
            ("ManagedBy", &self.managed_by),
        ];
        for (member, value) in optional {
            if let Some(value) = value {
                set(member, value);
            }
        }
        out
    }
}

pub(super) fn put(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let name = name(&input, "Name")?;
    let states = STATES.map(|(name, _)| name);
    let state = input.choice("State", &states)?.map(State::named);
    let description = input.text("Description", 0, 512)?.map(str::to_owned);
    let role_arn = input.text("RoleArn", 1, super::LONGEST_ARN)?;
    default_bus(world, call, &input)?;
    if input.text("ScheduleExpression", 0, 256)?.is_some() {
        return Err(not_implemented(call));
    }
    let text = input.text("EventPattern", 0, LONGEST_PATTERN)?;
    let (text, pattern) = read_pattern(text)?;
    let rules = world.services.events.rules.get(&call.region);
    let before = rules.and_then(|rules| rules.get(name));
    if let Some(before) = before {
        before.refuse_managed(name)?;
    } else if rules.is_some_and(|rules| rules.len() >= MOST_RULES) {
        return Err(too_many());
    }
    let targets = before.map(|rule| rule.targets.clone());
    let rule = Rule {
        arn: arn(world, &call.region, name),
        pattern,
        text: text.to_owned(),
        // what a call leaves out is as in a new rule; the targets stay
        state: state.unwrap_or(State::Enabled),
        description,
        role_arn: role_arn.map(str::to_owned),
        managed_by: None,
        targets: targets.unwrap_or_default(),
    };
    let answer = json!({"RuleArn": rule.arn});
    insert(world, &call.region, name, rule);
    Ok(answer)
}

fn read_pattern(text: Option<&str>) -> Result<(&str, Pattern), ApiError> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        let text = "Parameter(s) EventPattern or ScheduleExpression must be specified.";
        return Err(invalid(text));
    };
    if text.chars().count() > PATTERN_QUOTA {
        return Err(too_many());
    }
    let parsed = Pattern::parse(text);
    let parsed =
        parsed.map_err(|error| ApiError::new("InvalidEventPatternException", error.to_string()))?;
    Ok((text, parsed))
}

fn insert(world: &mut World, region: &str, name: &str, rule: Rule) {
    let rules = &mut world.services.events.rules;
    let rules = rules.entry(region.to_owned()).or_default();
    rules.insert(name.to_owned(), rule);
}

fn arn(world: &World, region: &str, name: &str) -> String {
    let (partition, account) = (&world.partition, &world.account_id);
    format!("arn:{partition}:events:{region}:{account}:rule/{name}")
}

pub(super) fn describe(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let name = name(&input, "Name")?;
    default_bus(world, call, &input)?;
    let mut out = find(world, call, name)?.to_json(name);
    out.insert("CreatedBy".to_owned(), json!(world.account_id));
    Ok(Value::Object(out))
}

pub(super) fn list(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let prefix = input.text("NamePrefix", 1, super::LONGEST_NAME)?;
    let prefix = prefix.unwrap_or_default();
    default_bus(world, call, &input)?;
    let rules = world.services.events.rules.get(&call.region);
    let rules = rules.into_iter().flatten();
    let rules = rules.filter(|(name, _)| name.starts_with(prefix));
    let rules = rules.map(|(name, rule)| Value::Object(rule.to_json(name)));
    listing(call, &input, "Rules", rules.collect())
}

/// A rule that is not there is deleted already.
pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let name = name(&input, "Name")?;
    let force = input.flag("Force")?;
    default_bus(world, call, &input)?;
    let rules = &mut world.services.events.rules;
    let Some(here) = rules.get_mut(&call.region) else {
        return Ok(Value::Null);
    };
    if let Some(rule) = here.get(name) {
        if !force {
            rule.refuse_managed(name)?;
        }
        if !rule.targets.is_empty() {
            return Err(invalid("Rule can't be deleted since it has targets."));
        }
    }
    here.remove(name);
    if here.is_empty() {
        rules.remove(&call.region);
    }
    Ok(Value::Null)
}

pub(super) fn switch(world: &mut World, call: &Call, state: State) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let name = name(&input, "Name")?;
    default_bus(world, call, &input)?;
    find_to_change(world, call, name, false)?.state = state;
    Ok(Value::Null)
}

/// Puts a rule in past all checks but that of its pattern; whether it is one.
pub(crate) fn seed(world: &mut World, seed: EventRuleSeed) -> bool {
    let Ok(pattern) = Pattern::parse(&seed.pattern) else {
        return false;
    };
    let target = |(id, arn): (String, String)| {
        let target = json!({"Id": id, "Arn": arn});
        (id, target)
    };
    let rule = Rule {
        arn: arn(world, &seed.region, &seed.name),
        pattern,
        text: seed.pattern,
        state: State::named(&seed.state),
        description: None,
        role_arn: None,
        managed_by: seed.managed_by,
        targets: seed.targets.into_iter().map(target).collect(),
    };
    insert(world, &seed.region, &seed.name, rule);
    true
}
