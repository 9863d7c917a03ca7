//! Runs of rules: on demand, by the clock and on a change; each asks Lambda for an invocation.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::evaluation::ResultToken;
use super::input::{Input, invalid};
use super::no_such_rule;
use super::rule::Rule;
use crate::account::Invocation;
use crate::call::{ApiError, Call};
use crate::world::World;

type Key = (String, String);

/// What Config tells the function: the body of `invokingEvent` and whether the resource is gone
/// out of the rule's scope.
struct Notice {
    body: Value,
    left_scope: bool,
}

pub(super) fn start(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let names = input.texts("ConfigRuleNames", 1, 25, 128)?;
    if names.is_empty() {
        return Err(invalid("ConfigRuleNames must name at least one rule"));
    }
    let key_of = |name: &&str| (call.region.clone(), (*name).to_owned());
    let keys: Vec<Key> = names.iter().map(key_of).collect();
    for key in &keys {
        let rule = world.services.config.rules.get(key);
        may_start(world.now(), rule.ok_or_else(|| no_such_rule(&key.1))?)?;
    }
    for key in &keys {
        let now = world.now();
        if let Some(rule) = world.services.config.rules.get_mut(key) {
            rule.last_started = Some(now);
        }
        run_if_periodic(world, key);
    }
    Ok(json!({}))
}

fn may_start(now: Timestamp, rule: &Rule) -> Result<(), ApiError> {
    let recent = rule
        .last_started
        .is_some_and(|last| now.duration_since(last) < SignedDuration::from_mins(1));
    if !recent {
        return Ok(());
    }
    let text = format!(
        "The ConfigRule '{}' has been evaluated less than one minute ago. Please try again after \
         sometime",
        rule.name
    );
    Err(ApiError::new("LimitExceededException", text))
}

/// Asks for a run of a periodic rule, now. A rule without a periodic trigger is evaluated on the
/// resources of the inventory, which this model does not hold: nothing is asked for.
pub(super) fn run_if_periodic(world: &mut World, key: &Key) {
    run_at(world, key, world.now());
}

fn run_at(world: &mut World, key: &Key, at: Timestamp) {
    let periodic = world.services.config.rules.get(key);
    if periodic.and_then(Rule::period).is_none() {
        return;
    }
    let body = json!({
        "awsAccountId": world.account_id,
        "notificationCreationTime": written(at),
        "messageType": "ScheduledNotification",
        "recordVersion": "1.0",
    });
    let left_scope = false;
    ask(world, key, at, &Notice { body, left_scope });
}

fn ask(world: &mut World, key: &Key, at: Timestamp, notice: &Notice) {
    let account = world.account_id.clone();
    let own_role = format!(
        "arn:{}:iam::{account}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig",
        world.partition
    );
    let config = &mut world.services.config;
    let Some(rule) = config.rules.get_mut(key) else {
        return;
    };
    rule.last_invoked = Some(at);
    config.runs_made += 1;
    let token = format!("{}-result-token-{:06}", rule.id, config.runs_made);
    let given = ResultToken::new(key.clone(), rule.id.clone(), at);
    config.tokens.insert(token.clone(), given);
    let recorder = config.recorders.get(&key.0);
    let parameters = rule.input_parameters.as_deref().unwrap_or("{}");
    let payload = json!({
        "version": "1.0",
        "invokingEvent": notice.body.to_string(),
        "ruleParameters": parameters,
        "resultToken": token,
        "eventLeftScope": notice.left_scope,
        "executionRoleArn": recorder.map_or(own_role, |recorder| recorder.role_arn.clone()),
        "configRuleArn": rule.arn,
        "configRuleName": rule.name,
        "configRuleId": rule.id,
        "accountId": account,
        "evaluationMode": "DETECTIVE",
    });
    let function = rule.source.function.clone();
    let asked = &mut world.services.lambda.asked;
    asked.push(Invocation { function, payload });
}

/// Runs the periodic rules that fall due until `to`. A clock that jumps over several due times
/// gives one run, at the end of the jump: the state in between is gone and cannot be judged.
pub(super) fn pass_time(world: &mut World, to: Timestamp) {
    let mut due = Vec::new();
    for (key, rule) in &mut world.services.config.rules {
        let Some(period) = rule.period() else {
            continue;
        };
        let mut ran = false;
        while let Some(next) = rule.next_due.filter(|next| *next <= to) {
            rule.next_due = next.checked_add(period).ok();
            ran = true;
        }
        if ran {
            due.push(key.clone());
        }
    }
    for key in due {
        run_at(world, &key, to);
    }
}

/// Tells the rules of `region` whose trigger and scope cover it that `item` has changed.
pub(crate) fn notify_change(world: &mut World, region: &str, item: &Value) {
    let oversized = item.get("configuration").is_none();
    let message_type = if oversized {
        "OversizedConfigurationItemChangeNotification"
    } else {
        "ConfigurationItemChangeNotification"
    };
    let at = world.now();
    let member = if oversized {
        "configurationItemSummary"
    } else {
        "configurationItem"
    };
    let body = json!({
        member: item,
        "configurationItemDiff": null,
        "notificationCreationTime": written(at),
        "messageType": message_type,
        "recordVersion": "1.3",
    });
    let listens = |(key, rule): (&Key, &Rule)| {
        let named = |(of_rule, _): &(String, _)| of_rule == message_type;
        let wanted = key.0 == region && rule.source.details.iter().any(named) && covers(rule, item);
        wanted.then(|| key.clone())
    };
    let keys: Vec<Key> = world
        .services
        .config
        .rules
        .iter()
        .filter_map(listens)
        .collect();
    let left_scope = false;
    let notice = Notice { body, left_scope };
    for key in keys {
        ask(world, &key, at, &notice);
    }
}

fn covers(rule: &Rule, item: &Value) -> bool {
    let Some(types) = rule
        .scope
        .as_ref()
        .and_then(|scope| scope.get("ComplianceResourceTypes"))
        .and_then(Value::as_array)
    else {
        return true; // a rule without scope is invoked for every resource
    };
    item.get("resourceType")
        .is_some_and(|of_item| types.contains(of_item))
}

/// The message types of a rule that wants every kind of run.
pub(crate) fn every_message_type() -> Vec<String> {
    [
        "ConfigurationItemChangeNotification",
        "OversizedConfigurationItemChangeNotification",
        "ScheduledNotification",
    ]
    .map(String::from)
    .into()
}

/// A moment as Config writes it in notifications.
fn written(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
