//! Puts seeds into the state.

use serde_json::json;

use super::evaluation::{Outcome, ResultToken};
use super::inventory::{self, Tell};
use super::recorder::Recorder;
use super::rule::{Frequency, Source, blank};
use crate::seed::{EvaluationSeed, RecorderSeed, RuleSeed};
use crate::world::World;

pub(crate) fn seed_rule(world: &mut World, seed: RuleSeed) {
    let mut rule = blank(world, &seed.region, &seed.name);
    let frequency = seed.frequency.as_deref().and_then(Frequency::parse);
    let detail = |message_type: String| {
        let periodic = message_type == "ScheduledNotification";
        (message_type, frequency.filter(|_| periodic))
    };
    rule.source = Source {
        function_arn: format!(
            "arn:{}:lambda:{}:{}:function:{}",
            world.partition, seed.region, world.account_id, seed.function
        ),
        function: seed.function,
        details: seed.message_types.into_iter().map(detail).collect(),
    };
    if !seed.resource_types.is_empty() {
        rule.scope = Some(json!({"ComplianceResourceTypes": seed.resource_types}));
    }
    rule.input_parameters = seed.input_parameters;
    rule.next_due = rule
        .period()
        .and_then(|period| world.now().checked_add(period).ok());
    let key = (seed.region, seed.name);
    for token in seed.result_tokens {
        let mut run = ResultToken::new(key.clone(), rule.id.clone(), world.now());
        run.calls_left = token.calls;
        world.services.config.tokens.insert(token.token, run);
    }
    world.services.config.rules.insert(key, rule);
}

pub(crate) fn seed_evaluation(world: &mut World, seed: EvaluationSeed) {
    let outcome = Outcome {
        compliance: seed.compliance,
        annotation: seed.annotation,
        ordering: seed.ordering,
        recorded: seed.ordering,
        invoked: seed.ordering,
    };
    let rules = &mut world.services.config.rules;
    if let Some(rule) = rules.get_mut(&(seed.region, seed.rule)) {
        let resource = (seed.resource_type, seed.resource_id);
        rule.results.insert(resource, outcome);
    }
}

pub(crate) fn seed_recorder(world: &mut World, seed: RecorderSeed) {
    let now = world.now();
    let recorder = Recorder {
        name: seed.name,
        role_arn: seed.role_arn,
        recording: seed.recording,
        all_supported: seed.all_supported,
        resource_types: seed.resource_types,
        excluded_types: seed.excluded_types,
        include_global: seed.include_global,
        frequency: "CONTINUOUS".to_owned(),
        last_status: seed.last_status,
        last_error: seed.last_error,
        started: Some(now),
        stopped: (!seed.recording).then_some(now),
    };
    let recorders = &mut world.services.config.recorders;
    recorders.insert(seed.region.clone(), recorder);
    inventory::rediscover(world, &seed.region, Tell::Nobody);
}
