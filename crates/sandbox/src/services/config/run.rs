//! Runs of rules: on demand, by the clock and on a change; each asks Lambda for an invocation.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::evaluation::ResultToken;
use super::input::{Input, invalid};
use super::rule::Rule;
use super::{change, no_such_rule, written};
use crate::account::Invocation;
use crate::call::{ApiError, Call};
use crate::services::lambda;
use crate::world::World;

type Key = (String, String);

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
        evaluate_all(world, key);
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

/// Asks for the evaluation of everything, now. A periodic rule looks at everything by itself; one
/// that only hears of changes gets what the inventory holds for it, resource by resource. What a
/// rule of both kinds gets from AWS is not published: here it is the periodic notification.
pub(super) fn evaluate_all(world: &mut World, key: &Key) {
    let Some(rule) = world.services.config.rules.get(key) else {
        return;
    };
    if rule.period().is_some() {
        run_at(world, key, world.now());
    } else if change::hears(rule) {
        change::deliver_all(world, key);
    }
}

fn run_at(world: &mut World, key: &Key, at: Timestamp) {
    let body = json!({
        "awsAccountId": world.account_id,
        "notificationCreationTime": written(at),
        "messageType": "ScheduledNotification",
        "recordVersion": "1.0",
    });
    ask_at(world, key, at, (&body, false));
}

/// Asks for an invocation of the rule's function with a notification.
pub(super) fn ask(world: &mut World, key: &Key, body: &Value, left_scope: bool) {
    ask_at(world, key, world.now(), (body, left_scope));
}

fn ask_at(world: &mut World, key: &Key, at: Timestamp, (body, left_scope): (&Value, bool)) {
    let account = world.account_id.clone();
    let own_role = format!(
        "arn:{}:iam::{account}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig",
        world.partition
    );
    let rule = world.services.config.rules.get(key);
    let allowed = rule.is_some_and(|rule| {
        let function = &rule.source.function_arn;
        lambda::may_invoke(world, function, "config.amazonaws.com", &rule.arn)
    });
    let config = &mut world.services.config;
    let Some(rule) = config.rules.get_mut(key) else {
        return;
    };
    if !allowed {
        rule.refused = Some(at);
        return;
    }
    rule.refused = None;
    rule.last_invoked = Some(at);
    config.runs_made += 1;
    let token = format!("{}-result-token-{:06}", rule.id, config.runs_made);
    let given = ResultToken::new(key.clone(), rule.id.clone(), at);
    config.tokens.insert(token.clone(), given);
    let recorder = config.recorders.get(&key.0);
    let parameters = rule.input_parameters.as_deref().unwrap_or("{}");
    let payload = json!({
        "version": "1.0",
        "invokingEvent": body.to_string(),
        "ruleParameters": parameters,
        "resultToken": token,
        "eventLeftScope": left_scope,
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
