//! The fast path as it is installed in a sandbox: a topic, and EventBridge's rules before the
//! evaluator.

use serde_json::Value;
use trailkeeper_app::fast_path::{EventSettings, Mode};
use trailkeeper_core::config_rule::RuleName;
use trailkeeper_core::fast_path::{LOG_BUCKET, patterns};
use trailkeeper_sandbox::seed::EventRuleSeed;
use trailkeeper_sandbox::{Sandbox, World};

use super::{rule_name, rules};
use crate::functions::{self, EVALUATOR, REMEDIATOR};

/// The topic that is told.
const TOPIC: &str = "trailkeeper-notifications";
/// The rule of EventBridge for CloudTrail's own calls.
const TRAIL_EVENTS: &str = "trailkeeper-trail-events";

/// Lets the evaluator answer the events of the account in `mode`, and returns the topic's ARN.
/// Without a rule of AWS Config about the trail nobody says which bucket is its, and events of
/// buckets go unheard.
pub(crate) async fn listen(sandbox: &Sandbox, mode: Mode) -> String {
    let (region, account, partition) = sandbox.with_world(|world| {
        let World {
            region,
            account_id,
            partition,
            ..
        } = world;
        (region.clone(), account_id.clone(), partition.clone())
    });
    let topic = sandbox.with_world(|world| world.seed_sns_topic(&region, TOPIC));
    let mut settings = EventSettings {
        mode,
        topic: topic.parse().ok(),
        own_roles: [REMEDIATOR, EVALUATOR].map(str::to_owned).to_vec(),
        ..EventSettings::default()
    };
    let mut bucket = None;
    for (name, parameters) in rules(sandbox, &region).await {
        match rule_name(&name, &parameters) {
            Some(RuleName::CloudtrailEnabled) => {
                let named = parameters.get("s3BucketName");
                bucket = named.and_then(Value::as_str).map(str::to_owned);
                settings.trail_rule = Some(name);
            }
            Some(RuleName::InstanceProfile) => settings.instance_rule = Some(name),
            Some(RuleName::Guard) => settings.guard_rule = Some(name),
            None => {}
        }
    }
    functions::register(sandbox, settings);
    let evaluator = format!("arn:{partition}:lambda:{region}:{account}:function:{EVALUATOR}");
    for (name, pattern) in event_rule_names().into_iter().zip(patterns()) {
        let text = pattern.json.to_string();
        let rule = EventRuleSeed {
            name,
            region: region.clone(),
            pattern: text.replace(LOG_BUCKET, bucket.as_deref().unwrap_or(LOG_BUCKET)),
            state: "ENABLED".to_owned(),
            managed_by: None,
            targets: vec![("evaluator".to_owned(), evaluator.clone())],
        };
        sandbox.with_world(|world| world.seed_event_rule(rule));
    }
    sandbox.clear_calls();
    topic
}

/// The names of the rules of EventBridge, in the order of the patterns.
pub(crate) fn event_rule_names() -> Vec<String> {
    let patterns = patterns().into_iter().enumerate();
    let names = patterns.map(|(number, pattern)| match pattern.bus_source {
        "aws.cloudtrail" => TRAIL_EVENTS.to_owned(),
        _ => format!("trailkeeper-events-{number}"),
    });
    names.collect()
}
