//! The product's own rules: the event of each call of each attack reaches the function, is one that
//! is handled, and names what it is about where the table says it does.

use std::collections::{BTreeMap, BTreeSet};

use trailkeeper_core::fast_path::{BusEvent, EventRow, LOG_BUCKET, patterns};
use trailkeeper_core::threats::{SeenBy, Threat, threats};
use trailkeeper_sandbox::attacks::{Target, ways};
use trailkeeper_sandbox::seed::{EventRuleSeed, TrailSeed};

use crate::support::*;

fn target() -> Target {
    let text = str::to_owned;
    Target {
        account: text(ACCOUNT),
        region: text(HOME),
        trail: text("org-audit"),
        bucket: text(BUCKET),
        key_id: text("1234abcd-12ab-34cd-56ef-1234567890ab"),
        topic: text("audit"),
        log_group: text("audit"),
        log_role: text("cloudtrail-to-logs"),
        rule: text("cloudtrail-enabled"),
        evaluator: text("trailkeeper-evaluator"),
        remediator: text("trailkeeper-remediator"),
        runbook: text("Trailkeeper-RestoreCloudTrail"),
        event_rule: text("trailkeeper-trail-events"),
        detector: text("12abc34d567e8fa901bc2d34e56789f0"),
    }
}

/// An account whose rules are those of the product in both Regions (a trail that takes a name in
/// another Region is seen by the rules there), and a second trail that keeps events coming.
fn guarded() -> Bus {
    let bus = Bus::with(|_| {});
    let guard = TrailSeed::healthy("guard", HOME, BUCKET, now());
    bus.sandbox.with_world(|world| world.seed_trail(guard));
    for region in [HOME, AWAY] {
        for (number, pattern) in patterns().iter().enumerate() {
            let pattern = pattern.json.to_string().replace(LOG_BUCKET, BUCKET);
            let name = format!("product-{number}");
            bus.rule(EventRuleSeed::enabled(
                &name,
                region,
                &pattern,
                &function(region),
            ));
        }
    }
    bus
}

/// What reached the function of the attack: each call by its event name, with what it names.
/// Whether a call did anything does not matter: a call that failed is recorded too.
async fn reached(threat: &Threat) -> BTreeMap<String, (&'static EventRow, Vec<String>)> {
    let mut all = BTreeMap::new();
    for way in ways(threat.id, &target()) {
        let bus = guarded();
        for step in &way.steps {
            let region = step.region.unwrap_or(HOME);
            let called = (step.service, step.operation);
            let _ = bus.call(called, region, step.input.clone()).await;
        }
        for event in bus.events().await {
            let BusEvent::ApiCall(call) = BusEvent::parse(&event).unwrap() else {
                panic!("{event}");
            };
            let row = call.row().unwrap_or_else(|| panic!("no row for {event}"));
            all.insert(call.event_name.clone(), (row, row.names(&call)));
        }
    }
    all
}

/// What no way does, since only an account can tell which log files it has; and what heals.
const NOT_SEEN: [&str; 3] = ["DeleteObject", "DeleteObjects", "StartLogging"];

#[tokio::test]
async fn each_call_of_an_attack_reaches_its_handler_and_is_named() {
    let mut missing = BTreeSet::new();
    for threat in threats().filter(|threat| threat.seen_by.contains(&SeenBy::Event)) {
        let seen = reached(threat).await;
        for call in threat.calls {
            if NOT_SEEN.contains(&call.operation) {
                continue;
            }
            // S3's own name of the event, and the operation's: rules and table take both.
            let is_it = |name: &String| call.is_recorded_as(name) || name == call.operation;
            let found = seen.iter().find(|(name, _)| is_it(name));
            let Some((_, (row, names))) = found else {
                missing.insert(format!("{} {}: no event", threat.id, call.operation));
                continue;
            };
            // One that is padded until its parameters are left out is told without a name.
            if names.is_empty() && !row.named_by.is_empty() && threat.id != "B51" {
                missing.insert(format!("{} {}: no name", threat.id, call.operation));
            }
        }
    }
    assert_eq!(missing, BTreeSet::new());
}
