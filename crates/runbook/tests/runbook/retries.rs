use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_runbook::{Clock, FailureKind, Status};

use crate::support::{Reply, ScriptedAws, call, find, run_text, steps};

fn seconds(aws: &ScriptedAws, run: impl FnOnce()) -> i64 {
    let began = aws.clock.now();
    run();
    aws.clock.now().duration_since(began).as_secs()
}

fn one(more: Value) -> String {
    steps(json!([call("A", more)]))
}

#[test]
fn a_step_fails_after_its_last_attempt_only() {
    for (attempts, good_from, status, calls, took) in [
        (1, 1, Status::Failed, 1, 0),
        (3, 2, Status::Success, 3, 3),
        (3, 3, Status::Failed, 3, 3),
        (7, 99, Status::Failed, 7, 1 + 2 + 4 + 8 + 16 + 16),
    ] {
        let aws = ScriptedAws::new(move |number, _| match number {
            number if number < good_from => Reply::Refuse("Broken", FailureKind::Other),
            _ => Reply::Answer(json!({})),
        });
        let mut report = None;
        let text = one(json!({ "maxAttempts": attempts }));
        assert_eq!(seconds(&aws, || report = Some(run_text(&text, &aws))), took);
        assert_eq!(report.unwrap().automation_execution_status, status);
        assert_eq!(aws.seen().len(), calls);
    }
}

#[test]
fn every_attempt_has_the_whole_timeout() {
    let aws = ScriptedAws::new(|number, _| Reply::Late([20, 5][number], json!({})));
    let text = one(json!({ "maxAttempts": 2, "timeoutSeconds": 10 }));
    let report = run_text(&text, &aws);
    assert_eq!(report.automation_execution_status, Status::Success);
}

#[test]
fn a_function_error_is_tried_again() {
    let aws = ScriptedAws::new(|number, _| {
        Reply::Answer(match number {
            0 => json!({ "StatusCode": 200, "FunctionError": "Unhandled", "Payload": "{}" }),
            _ => json!({ "StatusCode": 200, "Payload": "{}" }),
        })
    });
    let text = steps(json!([{
        "name": "A", "action": "aws:invokeLambdaFunction", "maxAttempts": 2,
        "inputs": { "FunctionName": "f" }
    }]));
    let report = run_text(&text, &aws);
    assert_eq!(report.automation_execution_status, Status::Success);
    assert!(!find(&report, "A").outputs.contains_key("FunctionError"));
}

#[test]
fn throttling_is_waited_out_before_an_attempt_counts() {
    let aws = ScriptedAws::new(|number, _| match number {
        0..=3 => Reply::Refuse("ThrottlingException", FailureKind::Throttled),
        _ => Reply::Answer(json!({})),
    });
    let text = one(json!({}));
    let mut report = None;
    assert_eq!(
        seconds(&aws, || report = Some(run_text(&text, &aws))),
        1 + 2 + 4 + 8
    );
    assert_eq!(report.unwrap().automation_execution_status, Status::Success);
}

#[test]
fn endless_throttling_ends() {
    let aws = ScriptedAws::new(|_, _| Reply::Refuse("Throttled", FailureKind::Throttled));
    let text = one(json!({ "maxAttempts": 2 }));
    let mut report = None;
    let took = seconds(&aws, || report = Some(run_text(&text, &aws)));
    assert_eq!(report.unwrap().automation_execution_status, Status::Failed);
    assert!(took <= 2 * 60 + 1, "{took} s");
}

#[test]
fn throttling_does_not_outlast_the_timeout() {
    let aws = ScriptedAws::new(|_, _| Reply::Refuse("Throttled", FailureKind::Throttled));
    let began = aws.clock.now();
    let report = run_text(&one(json!({ "timeoutSeconds": 10 })), &aws);
    assert_eq!(report.automation_execution_status, Status::TimedOut);
    assert_eq!(
        aws.clock.now().duration_since(began),
        SignedDuration::from_secs(10)
    );
}
