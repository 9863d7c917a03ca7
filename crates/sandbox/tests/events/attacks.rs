//! Every known attack, as the rules of the fast path see it.

use trailkeeper_core::fast_path::{BusEvent, LOG_BUCKET, patterns};
use trailkeeper_core::threats::threats;
use trailkeeper_sandbox::attacks::{Step, Target, ways};
use trailkeeper_sandbox::seed::{EventRuleSeed, EventSelectors, TrailSeed};
use trailkeeper_sandbox::{Call, Failure};

use serde_json::json;

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
        rule: text("trails"),
        evaluator: text("keeper"),
        remediator: text("trailkeeper-remediator"),
        runbook: text("Trailkeeper-RestoreCloudTrail"),
        event_rule: text("trailkeeper-trail-events"),
        detector: text("12abc34d567e8fa901bc2d34e56789f0"),
    }
}

/// An account with the rules of the fast path in all Regions, and a second trail that keeps the
/// events coming.
fn watched() -> Bus {
    let bus = Bus::with(|_| {});
    bus.sandbox.with_world(|world| {
        let mut guard = TrailSeed::healthy("guard", HOME, "elsewhere", now());
        guard.selectors = EventSelectors::Basic(vec![json!({
            "ReadWriteType": "WriteOnly",
            "IncludeManagementEvents": true,
            "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}],
        })]);
        world.seed_trail(guard);
    });
    for (number, pattern) in patterns().into_iter().enumerate() {
        let text = pattern.json.to_string().replace(LOG_BUCKET, BUCKET);
        for region in bus
            .sandbox
            .with_world(|world| world.enabled_regions.clone())
        {
            let name = format!("watch-{number}");
            bus.rule(EventRuleSeed::enabled(
                &name,
                &region,
                &text,
                &function(&region),
            ));
        }
    }
    bus
}

/// What is wrong with the events of a step; nothing where there is one, and it says what it is
/// about.
async fn fault(bus: &Bus, step: &Step) -> Option<&'static str> {
    let region = step.region.unwrap_or(HOME);
    let call = Call::new(step.service, step.operation, region, step.input.clone());
    bus.sandbox.advance(jiff::SignedDuration::from_secs(1));
    let answer = bus.sandbox.call(call).await;
    if let Err(Failure::Api(error)) = answer
        && error.code == "NotImplementedException"
    {
        return Some("not modelled");
    }
    let events = bus.events().await;
    let [event] = events.as_slice() else {
        return Some("not one event");
    };
    let Ok(BusEvent::ApiCall(call)) = BusEvent::parse(event) else {
        return Some("not understood");
    };
    match call.row() {
        None => Some("no row"),
        Some(row) if !row.named_by.is_empty() && row.names(&call).is_empty() => {
            Some("does not say what it is about")
        }
        Some(_) => None,
    }
}

#[tokio::test]
async fn each_call_of_each_attack_is_one_event_that_the_fast_path_understands() {
    let target = target();
    let mut faults = Vec::new();
    let mut seen = 0;
    for threat in threats() {
        for way in ways(threat.id, &target) {
            let bus = watched();
            for step in &way.steps {
                seen += 1;
                if let Some(fault) = fault(&bus, step).await {
                    let (id, operation) = (threat.id, step.operation);
                    faults.push(format!("{id} {}: {operation}: {fault}", way.name));
                }
            }
        }
    }
    assert!(seen > 100, "{seen} calls");
    // starting heals and wants no rule; a function that does not run hears nothing; parameters over
    // the limit are the attack
    let meant = [
        "B18 for ten minutes: StartLogging: not one event",
        "B46 the evaluator: no concurrency: PutFunctionConcurrency: not one event",
        "B46 the evaluator: other code: UpdateFunctionCode: not one event",
        "B46 the evaluator: no function: DeleteFunction: not one event",
        "B51 a role's policy: PutRolePolicy: does not say what it is about",
        "B51 a role's trust: UpdateAssumeRolePolicy: does not say what it is about",
    ];
    assert_eq!(faults, meant);
}
