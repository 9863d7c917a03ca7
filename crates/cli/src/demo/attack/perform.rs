//! The attack itself.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use trailkeeper_core::guard::MOST_REPAIRS;
use trailkeeper_core::threats::Threat;
use trailkeeper_sandbox::attacks::{Step, Target, Way, ways};
use trailkeeper_sandbox::seed::Actor;
use trailkeeper_sandbox::{Call, CallRecord, Sandbox};

use super::look::{Look, look};
use super::stage::Stage;

/// Events arrive before the intruder's next call where that comes this much later.
const EVENTS_ARRIVE: SignedDuration = SignedDuration::from_mins(1);
/// How long an automation waits before it undoes a repair.
const PATIENCE: SignedDuration = SignedDuration::from_mins(3);
/// The newest log files, which no digest names yet.
const NEWEST: usize = 20;

/// The way that is told, and the names of the others; none where no call does it.
pub(super) fn way_of(threat: &Threat, target: &Target) -> Option<(Way, Vec<&'static str>)> {
    let mut all = ways(threat.id, target);
    if threat.id == "B27" {
        all = vec![log_file(target, String::new())];
    }
    if threat.id == "B49" {
        all.reverse();
    }
    let names = all.iter().skip(1).map(|way| way.name).collect();
    let mut way = all.into_iter().next()?;
    if threat.id == "B49" {
        // as often as it takes to wear the repair out
        let once = std::mem::take(&mut way.steps);
        let patient = once.into_iter().map(|step| Step {
            wait: PATIENCE,
            ..step
        });
        let patient: Vec<Step> = patient.collect();
        way.steps = std::iter::repeat_n(patient, MOST_REPAIRS + 1)
            .flatten()
            .collect();
    }
    Some((way, names))
}

fn log_file(target: &Target, key: String) -> Way {
    let step = Step {
        service: "s3",
        operation: "DeleteObject",
        region: None,
        input: json!({"Bucket": target.bucket, "Key": key}),
        wait: SignedDuration::from_secs(2),
    };
    Way {
        name: "one log file",
        steps: vec![step],
        elsewhere: None,
    }
}

/// What was seen of an attack.
pub(super) struct Performed {
    pub(super) before: Look,
    pub(super) after: Look,
    /// The intruder's calls.
    pub(super) calls: Vec<CallRecord>,
    /// The runbook's writes meanwhile.
    pub(super) writes: Vec<CallRecord>,
    /// When the last call was made.
    pub(super) at: Timestamp,
}

/// Performs it, as an intruder with a stolen key, and lets what follows from it happen.
pub(super) async fn perform(stage: &Stage, threat: &Threat, way: Way) -> Performed {
    let mut way = way;
    if threat.id == "B27" {
        way = log_file(&stage.target, a_log_file(stage).await);
    }
    stage.sandbox.clear_calls();
    let (sandbox, target) = (&stage.sandbox, &stage.target);
    let see = || look(sandbox, &stage.account.caller, target);
    let before = see().await;
    let mallory = Actor::iam_user(
        &target.account,
        "mallory",
        "AKIAIOSFODNN7EXAMPLE",
        "203.0.113.24",
    );
    let intruder = sandbox.as_actor(mallory);
    let (mut after, mut made) = (None, Vec::new());
    for step in &way.steps {
        made.push(sandbox.calls().len());
        make(&intruder, step, &target.region).await;
        if step.wait >= EVENTS_ARRIVE {
            if after.is_none() {
                after = Some(see().await);
            }
            sandbox.settle().await;
        }
        sandbox.advance(step.wait);
    }
    if let Some(elsewhere) = way.elsewhere {
        sandbox.with_world(|world| elsewhere(world, target));
    }
    let after = match after {
        Some(after) => after,
        None => see().await,
    };
    sandbox.settle().await;
    let calls = sandbox.calls();
    let calls: Vec<CallRecord> = made
        .iter()
        .filter_map(|index| calls.get(*index).cloned())
        .collect();
    Performed {
        before,
        after,
        writes: stage.writes_but(&made),
        at: calls.last().map_or(stage.now(), |call| call.at),
        calls,
    }
}

/// A refusal is part of the story; the log of calls has it.
async fn make(intruder: &Sandbox, step: &Step, home: &str) {
    let region = step.region.unwrap_or(home);
    let call = Call::new(step.service, step.operation, region, step.input.clone());
    let _told_by_the_log = intruder.call(call).await;
}

/// One of the trail's log files that a digest names; empty where there is none.
async fn a_log_file(stage: &Stage) -> String {
    let Target {
        account,
        region,
        bucket,
        ..
    } = &stage.target;
    let prefix = format!("AWSLogs/{account}/CloudTrail/{region}/");
    let ask = json!({"Bucket": bucket, "Prefix": prefix});
    let call = Call::new("s3", "ListObjectsV2", region, ask);
    let answer = stage.sandbox.call(call).await.unwrap_or_default();
    let files = answer.get("Contents").and_then(Value::as_array);
    let key = |file: &Value| file.get("Key").and_then(Value::as_str).map(str::to_owned);
    let keys: Vec<String> = files.into_iter().flatten().filter_map(key).collect();
    keys.iter().rev().nth(NEWEST).cloned().unwrap_or_default()
}
