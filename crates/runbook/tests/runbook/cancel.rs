use std::future::pending;
use std::sync::Mutex;

use async_trait::async_trait;
use futures::executor::block_on;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use trailkeeper_runbook::{ApiFailure, AwsApi, Clock, Need, Status, run_until};

use crate::support::{ScriptedAws, call, execution, path, sleep, steps};

#[test]
fn a_cancelled_run_ends_at_its_step() {
    let text = steps(json!([call("A", json!({})), sleep("B", json!({}))]));
    let aws = ScriptedAws::silent();
    let mut execution = execution(&text, &aws);
    assert!(matches!(execution.next(aws.clock.now()), Need::Call(_)));
    execution.cancel(aws.clock.now());
    assert_eq!(execution.next(aws.clock.now()), Need::Done);
    // The answer that was under way changes nothing any more.
    execution.answer(Ok(json!({})), aws.clock.now());
    let report = execution.report();
    assert_eq!(path(&report), ["A Cancelled"]);
    assert_eq!(report.automation_execution_status, Status::Cancelled);
}

#[test]
fn on_cancel_leads_to_a_step_and_on_from_there() {
    let text = steps(json!([
        sleep("A", json!({ "onCancel": "step:C" })),
        sleep("B", json!({})),
        call("C", json!({}))
    ]));
    let aws = ScriptedAws::answering(json!({}));
    let mut execution = execution(&text, &aws);
    execution.next(aws.clock.now());
    execution.cancel(aws.clock.now());
    assert_eq!(execution.status(), Status::Cancelling);
    block_on(run_until(
        &mut execution,
        &aws,
        aws.clock.as_ref(),
        std::future::pending(),
    ));
    let report = execution.report();
    assert_eq!(path(&report), ["A Cancelled", "C Success"]);
    assert_eq!(report.automation_execution_status, Status::Cancelled);
}

#[test]
fn the_steps_of_a_cancelled_run_have_two_minutes() {
    let wait = json!({
        "name": "C", "action": "aws:waitForAwsResourceProperty",
        "inputs": { "Service": "s", "Api": "Get", "PropertySelector": "$.x", "DesiredValues": ["y"] }
    });
    let text = steps(json!([
        sleep("A", json!({ "onCancel": "step:C" })),
        sleep("B", json!({})),
        wait
    ]));
    let aws = ScriptedAws::answering(json!({}));
    let mut execution = execution(&text, &aws);
    execution.next(aws.clock.now());
    let cancelled = aws.clock.now();
    execution.cancel(cancelled);
    block_on(run_until(
        &mut execution,
        &aws,
        aws.clock.as_ref(),
        std::future::pending(),
    ));
    let report = execution.report();
    assert_eq!(path(&report), ["A Cancelled", "C Cancelled"]);
    let took = aws.clock.now().duration_since(cancelled);
    assert_eq!(took, SignedDuration::from_secs(120));
}

/// An AWS that never answers.
struct Hanging;

#[async_trait]
impl AwsApi for Hanging {
    async fn call(&self, _: &str, _: &str, _: &str, _: Value) -> Result<Value, ApiFailure> {
        pending().await
    }
}

/// A clock on which every call's time is up at once.
struct Impatient(Mutex<Vec<SignedDuration>>);

#[async_trait]
impl Clock for Impatient {
    fn now(&self) -> Timestamp {
        "2026-03-02T09:57:12Z".parse().unwrap()
    }

    async fn sleep(&self, _: SignedDuration) {}

    async fn expire(&self, duration: SignedDuration) {
        self.0.lock().unwrap().push(duration);
    }
}

#[test]
fn the_loop_hears_a_cancel_while_a_call_is_under_way() {
    let text = steps(json!([call("A", json!({}))]));
    let aws = ScriptedAws::silent();
    let mut execution = execution(&text, &aws);
    block_on(run_until(
        &mut execution,
        &Hanging,
        aws.clock.as_ref(),
        async {},
    ));
    assert_eq!(execution.status(), Status::Cancelled);
}

#[test]
fn the_loop_gives_up_a_call_that_is_not_answered() {
    let text = steps(json!([call("A", json!({ "timeoutSeconds": 7 }))]));
    let aws = ScriptedAws::silent();
    let mut execution = execution(&text, &aws);
    let clock = Impatient(Mutex::default());
    block_on(run_until(&mut execution, &Hanging, &clock, pending()));
    assert_eq!(execution.status(), Status::TimedOut);
    assert_eq!(*clock.0.lock().unwrap(), [SignedDuration::from_secs(7)]);
}

#[test]
fn a_run_can_be_a_task_of_its_own() {
    fn is_send<T: Send>(_: &T) {}
    let text = steps(json!([call("A", json!({}))]));
    let aws = ScriptedAws::silent();
    let mut execution = execution(&text, &aws);
    is_send(&run_until(
        &mut execution,
        &aws,
        aws.clock.as_ref(),
        pending(),
    ));
}

#[test]
fn cancelling_twice_or_after_the_end_changes_nothing() {
    let text = steps(json!([sleep("A", json!({}))]));
    let aws = ScriptedAws::silent();
    let mut execution = execution(&text, &aws);
    block_on(run_until(
        &mut execution,
        &aws,
        aws.clock.as_ref(),
        std::future::pending(),
    ));
    let before = execution.report();
    execution.cancel(aws.clock.now());
    execution.cancel(aws.clock.now());
    assert_eq!(execution.report(), before);
    assert_eq!(before.automation_execution_status, Status::Success);
}
