//! A4 from the event: StopLogging is told to the fast path, which starts the runbook, whose step
//! is the remediator. Inside the run that repairs nothing lies between seeing the trail stopped and
//! starting it.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::{Value, json};
use trailkeeper_sandbox::{CallRecord, Function, Sandbox, World};
use trailkeeper_tests::TRAIL;

use crate::chain::plain;
use crate::{product, stage};

/// What came of a StopLogging.
struct Answered {
    /// Calls from the event to the start of the runbook.
    before_the_runbook: usize,
    /// Calls of the runbook's step that only plans.
    assess: usize,
    /// Calls of the remediator that repairs before it looks at the trail's status.
    before_the_look: usize,
    /// Calls between the remediator's first look that shows the trail stopped and StartLogging.
    between: usize,
    /// From StopLogging to StartLogging.
    seconds: i64,
}

/// The remediator, and how many calls the account had seen at each of its invocations.
struct Marked<F> {
    remediator: F,
    sandbox: Sandbox,
    began: Arc<Mutex<Vec<usize>>>,
}

#[async_trait]
impl<F: Function> Function for Marked<F> {
    async fn invoke(&self, payload: Value) -> Result<Value, Value> {
        let seen = self.sandbox.calls().len();
        self.began.lock().unwrap().push(seen);
        self.remediator.invoke(payload).await
    }
}

async fn stop(world: World) -> Answered {
    let account = product::install(world);
    let began = Arc::new(Mutex::default());
    let marked = Marked {
        remediator: product::remediator(&account, None),
        sandbox: account.sandbox.clone(),
        began: began.clone(),
    };
    let name = stage::target().remediator;
    account.sandbox.register_function(&name, Arc::new(marked));
    let parameters = account.rule_parameters();
    product::listen(&account, &parameters, plain(&account)).await;
    account.sandbox.clear_calls();
    let trail = json!({"Name": TRAIL});
    account
        .act("cloudtrail", "StopLogging", trail.clone())
        .await;
    let stopped_at = account.sandbox.now();
    account.sandbox.settle().await;
    let status = account.act("cloudtrail", "GetTrailStatus", trail).await;
    assert_eq!(status["IsLogging"], Value::Bool(true), "{status}");
    let began = began.lock().unwrap().clone();
    answered(&account.sandbox.calls(), &began, stopped_at)
}

fn answered(calls: &[CallRecord], began: &[usize], stopped_at: Timestamp) -> Answered {
    let place = |after: usize, name: &str| {
        let mut later = calls.iter().skip(after);
        let found = later.position(|call| call.operation == name);
        after + found.unwrap_or_else(|| panic!("no {name} in {:?}", names(calls)))
    };
    let stopped = place(0, "StopLogging");
    let runbook = place(stopped, "StartAutomationExecution");
    let started = place(runbook, "StartLogging");
    let mut earlier = began.iter().copied().filter(|at| *at <= started);
    let assess = earlier.next().expect("the step that plans");
    let repair = earlier.next_back().expect("the step that repairs");
    assert!(runbook < assess, "the runbook invokes the remediator");
    let seen = place(repair, "GetTrailStatus");
    Answered {
        before_the_runbook: runbook - stopped - 1,
        assess: repair - assess,
        before_the_look: seen - repair,
        between: started - seen - 1,
        seconds: calls[started].at.duration_since(stopped_at).as_secs(),
    }
}

fn names(calls: &[CallRecord]) -> Vec<&str> {
    calls.iter().map(|call| call.operation.as_str()).collect()
}

#[tokio::test]
async fn a_stopped_trail_is_started_at_once_after_its_event() {
    let worlds: [(&str, World); 3] = [
        ("a trail", stage::world("")),
        ("a trail with a prefix", stage::with_prefix("")),
        ("an organization's trail", stage::management_account("")),
    ];
    for (name, world) in worlds {
        let Answered {
            before_the_runbook,
            assess,
            before_the_look,
            between,
            seconds,
        } = stop(world).await;
        println!(
            "{name}: StopLogging, {before_the_runbook} calls, StartAutomationExecution; step \
             Assess: {assess} calls; step Repair: {before_the_look} calls, GetTrailStatus, {between} calls, StartLogging; \
             {seconds} simulated seconds"
        );
        assert_eq!(between, 0, "{name}");
        assert!(seconds < 10, "{name}");
    }
}
