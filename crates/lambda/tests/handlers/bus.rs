//! Events of EventBridge.

use std::future::pending;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_app::fast_path::EventPorts;
use trailkeeper_app::fast_path::{EventSettings, Mode};
use trailkeeper_app::ports::InstanceReader;
use trailkeeper_core::CallError;
use trailkeeper_core::facts::InstanceFacts;
use trailkeeper_lambda::HandlerError;
use trailkeeper_lambda::evaluator::{self, Evaluator};
use trailkeeper_sandbox::{Fault, FaultKind, Sandbox, When};

use crate::account::{sandbox, scheduled};
use crate::seeds::{BARE, GOOD, WIDE, instances_world, launched, messages};
use crate::{ask, counted, evaluate, invocation, logged, now, ports, settings, started};

const EVENT_ID: &str = "a1b2c3d4-5678-90ab-cdef-000000000001";

fn account() -> Sandbox {
    Sandbox::new(instances_world(now()))
}

fn launch(ids: &[&str]) -> Value {
    launched(now(), EVENT_ID, ids)
}

#[tokio::test]
async fn a_launch_without_a_profile_is_told_to_the_topic() {
    let sandbox = account();
    let (answer, line) = evaluate(&sandbox, launch(&[BARE])).await;
    let wanted = json!({"action": "notified", "executionId": "", "notes": []});
    assert_eq!(answer.unwrap(), wanted);
    let messages = messages(&sandbox);
    assert_eq!(messages.len(), 1);
    let (subject, message) = &messages[0];
    assert!(subject.contains(BARE), "{subject}");
    assert_eq!(message["event"], "RunInstances");
    assert_eq!(message["resource"]["id"], BARE);
    assert_eq!(message["findings"][0]["code"], "no-instance-profile");
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["message"], "answered");
    assert_eq!(line["event"], "RunInstances");
    assert_eq!(line["eventId"], EVENT_ID);
    assert_eq!(line["action"], "notified");
    assert_eq!(line["executionId"], "");
    assert_eq!(line["notes"], "");
    assert_eq!(line["requestId"], "req-1");
    let text = line.to_string();
    assert!(!text.contains("CLIENT-TOKEN"), "{text}");
    assert!(!text.contains("mallory"), "{text}");
}

#[tokio::test]
async fn a_launch_costs_few_calls() {
    let cases = [
        (
            BARE,
            vec!["DescribeConfigRules 1", "DescribeInstances 1", "Publish 1"],
            3,
        ),
        (
            WIDE,
            vec![
                "DescribeConfigRules 1",
                "DescribeInstances 1",
                "GetInstanceProfile 1",
                "GetRole 1",
                "GetRolePolicy 1",
                "ListAttachedRolePolicies 1",
                "ListRolePolicies 1",
                "Publish 1",
            ],
            6,
        ),
    ];
    for (id, wanted, round_trips) in cases {
        let sandbox = account();
        let (answer, line) = evaluate(&sandbox, launch(&[id])).await;
        answer.unwrap();
        assert_eq!(counted(&sandbox), wanted);
        assert_eq!(line["callCount"], wanted.len(), "{line}");
        assert_eq!(line["roundTrips"], round_trips, "{line}");
    }
}

#[tokio::test]
async fn a_good_launch_is_answered_without_a_message() {
    let sandbox = account();
    let (answer, line) = evaluate(&sandbox, launch(&[GOOD])).await;
    assert_eq!(answer.unwrap()["action"], "none");
    assert_eq!(line["action"], "none");
    assert!(messages(&sandbox).is_empty());
}

/// EventBridge delivers at least once; a warm function knows what it told.
#[tokio::test]
async fn a_warm_function_tells_each_thing_once() {
    let sandbox = account();
    let evaluator = started(&sandbox, settings());
    ask(&evaluator, launch(&[BARE])).await.0.unwrap();
    sandbox.clear_calls();
    let (again, line) = ask(&evaluator, launch(&[BARE])).await;
    let note = format!("duplicate-event: {EVENT_ID}");
    assert_eq!(again.unwrap()["notes"], json!([note]));
    assert_eq!(line["notes"], note);
    assert!(sandbox.calls().is_empty());
    let other = launched(now(), "a1b2c3d4-5678-90ab-cdef-000000000002", &[BARE]);
    let (other, _) = ask(&evaluator, other).await;
    assert_eq!(other.unwrap()["notes"], json!(["repeat-suppressed"]));
    assert_eq!(messages(&sandbox).len(), 1);
}

#[tokio::test]
async fn a_message_that_was_not_sent_fails_the_invocation_and_is_sent_the_next_time() {
    let sandbox = account();
    let evaluator = started(&sandbox, settings());
    let denied = FaultKind::Denied { scp: false };
    sandbox.inject(Fault::new("sns", "Publish", When::Nth(1), denied));
    let (answer, line) = ask(&evaluator, launch(&[BARE])).await;
    let error = answer.unwrap_err();
    assert_eq!(error.error_type, "message-not-sent");
    assert!(error.error_message.contains("sns:Publish"), "{error}");
    assert_eq!(line["level"], "ERROR");
    assert_eq!(line["message"], "not answered");
    assert_eq!(line["errorType"], "message-not-sent");
    assert_eq!(line["event"], "RunInstances");
    assert_eq!(line["eventId"], EVENT_ID);
    let failed = line["failedCalls"].as_str().unwrap();
    assert!(failed.starts_with("sns:Publish "), "{failed}");
    let (again, _) = ask(&evaluator, launch(&[BARE])).await;
    assert_eq!(again.unwrap()["action"], "notified");
    assert_eq!(messages(&sandbox).len(), 1);
}

#[tokio::test]
async fn settings_say_how_far_the_answer_goes() {
    let off = EventSettings {
        mode: Mode::Off,
        ..settings()
    };
    let untold = EventSettings {
        topic: None,
        ..settings()
    };
    for (settings, note, is_silent) in [(off, "mode-off", true), (untold, "no-topic", false)] {
        let sandbox = account();
        let evaluator = started(&sandbox, settings);
        let (answer, line) = ask(&evaluator, launch(&[BARE])).await;
        let wanted = json!({"action": "none", "executionId": "", "notes": [note]});
        assert_eq!(answer.unwrap(), wanted);
        assert_eq!(line["notes"], note);
        assert_eq!(sandbox.calls().is_empty(), is_silent, "{note}");
        assert!(messages(&sandbox).is_empty());
    }
}

/// A setting of the fast path must not silence the rules of AWS Config.
#[tokio::test]
async fn a_bad_setting_fails_only_the_events_that_need_it() {
    let sandbox = sandbox(now(), false);
    let ports = ports(&sandbox);
    let events = sandbox.event_ports(&ports.policies);
    let bad = HandlerError::new("bad-setting", "TRAILKEEPER_MODE takes off");
    let evaluator = Evaluator::with(ports, events, Err(bad));
    let (answer, line) = ask(&evaluator, launch(&[BARE])).await;
    assert_eq!(answer.unwrap_err().error_type, "bad-setting");
    assert_eq!(line["errorType"], "bad-setting");
    let (answer, line) = ask(&evaluator, scheduled(now())).await;
    assert!(answer.is_ok(), "{answer:?}");
    assert_eq!(line["verdict"], "NON_COMPLIANT");
}

#[tokio::test]
async fn a_bad_event_is_an_error_in_one_line() {
    let mut no_name = launch(&[BARE]);
    no_name["detail"]["eventName"] = json!([7]);
    let sandbox = account();
    let (answer, line) = evaluate(&sandbox, no_name).await;
    assert_eq!(answer.unwrap_err().error_type, "malformed-event");
    assert_eq!(line["errorType"], "malformed-event");
    assert_eq!(line["event"], "");
    assert!(sandbox.calls().is_empty());
}

/// A name in the log is not longer than one of AWS, whatever is sent.
#[tokio::test]
async fn a_long_name_is_cut_in_the_log() {
    let mut long = launch(&[BARE]);
    long["detail"]["eventName"] = json!("x".repeat(10_000));
    let (answer, line) = evaluate(&account(), long).await;
    assert_eq!(answer.unwrap()["action"], "none");
    assert_eq!(line["event"], "x".repeat(128));
}

/// EC2 that never answers.
struct Silent;

#[async_trait]
impl InstanceReader for Silent {
    async fn describe_instances(&self, _: &[String]) -> Result<Vec<InstanceFacts>, CallError> {
        pending().await
    }
}

/// The line counts the call that hung.
#[tokio::test]
async fn an_event_without_time_left_is_an_error_with_a_code() {
    let account = account();
    let ports = ports(&account);
    let events = EventPorts {
        instances: Arc::new(Silent),
        ..account.event_ports(&ports.policies)
    };
    let evaluator = Evaluator::new(ports, events, settings());
    let mut invocation = invocation(60);
    invocation.deadline = now() + SignedDuration::from_millis(600);
    let (answer, line) = logged(evaluator::handle(launch(&[BARE]), &evaluator, &invocation)).await;
    assert_eq!(answer.unwrap_err().error_type, "out-of-time");
    assert_eq!(line["errorType"], "out-of-time");
    let calls = line["calls"].as_str().unwrap();
    assert!(calls.contains("ec2:DescribeInstances 1"), "{calls}");
}
