//! The remediator's handler.

use std::future::pending;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};
use trailkeeper_app::incident::IncidentSettings;
use trailkeeper_app::ports::EventSink;
use trailkeeper_core::CallError;
use trailkeeper_core::remediation::Destinations;
use trailkeeper_lambda::remediator::Remediator;
use trailkeeper_lambda::{HandlerError, remediator};
use trailkeeper_sandbox::{Fault, FaultKind, Sandbox, When};

use crate::account::{is_logging, payload, sandbox};
use crate::{invocation, logged, now};

const SEED: u64 = 7;

fn remediator_of(sandbox: &Sandbox) -> Remediator {
    Remediator {
        ports: sandbox.repair_ports(),
        automation: Arc::new(sandbox.clone()),
        incident: sandbox.incident_ports(),
        settings: IncidentSettings::default(),
        destinations: None,
    }
}

async fn remediate(sandbox: &Sandbox, payload: Value) -> (Result<Value, HandlerError>, Value) {
    let remediator = remediator_of(sandbox);
    logged(remediator::handle(
        payload,
        &remediator,
        &invocation(120),
        SEED,
    ))
    .await
}

#[tokio::test]
async fn a_repair_is_answered_with_all_keys_and_logged() {
    let sandbox = sandbox(now(), false);
    let (answer, line) = remediate(&sandbox, payload()).await;
    let answer = answer.unwrap();
    let keys: Vec<&str> = answer
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let wanted = [
        "actor",
        "changes",
        "gapEnd",
        "gapStart",
        "notes",
        "outcome",
        "remaining",
        "steps",
        "trailArn",
        "trailRegion",
    ];
    assert_eq!(keys, wanted);
    assert_eq!(answer["outcome"], "repaired");
    assert_eq!(answer["gapStart"], "2026-03-02T09:00:00Z");
    assert_eq!(line["outcome"], "repaired");
    assert_eq!(line["trail"], "org-audit");
    assert_eq!(line["executionId"], payload()["executionId"]);
    let calls = line["calls"].as_str().unwrap();
    assert!(calls.contains("cloudtrail:StartLogging 1"), "{calls}");
    assert!(is_logging(&sandbox).await);
}

#[tokio::test]
async fn a_plan_writes_nothing() {
    let sandbox = sandbox(now(), false);
    let mut payload = payload();
    payload["Mode"] = json!("Plan");
    let (answer, _) = remediate(&sandbox, payload).await;
    assert_eq!(answer.unwrap()["outcome"], "planned");
    assert!(sandbox.calls().iter().all(|call| !call.write));
}

#[tokio::test]
async fn a_bad_payload_is_refused_with_the_result_on_the_second_line() {
    let cases = [
        (json!(null), ""),
        (json!({}), "CloudTrailName"),
        (
            json!({"CloudTrailName": "org-audit"}),
            "CloudTrailS3BucketName",
        ),
        (json!({"CloudTrailName": ["a"]}), "CloudTrailName"),
        (
            json!({"Cloudtrailname": "a"}),
            "did you mean CloudTrailName?",
        ),
    ];
    for (payload, hint) in cases {
        let sandbox = sandbox(now(), false);
        let (answer, line) = remediate(&sandbox, payload.clone()).await;
        let error = answer.unwrap_err();
        assert_eq!(error.error_type, "bad-parameter", "{payload}");
        let (sentence, json) = error.error_message.split_once('\n').unwrap();
        assert!(sentence.contains(hint), "{payload}: {sentence}");
        assert_eq!(serde_json::from_str::<Value>(json).unwrap()["trailArn"], "");
        assert_eq!(line["outcome"], "bad-parameter");
        assert!(sandbox.calls().is_empty());
    }
}

/// With the list the function ends before its first call; without it the payload alone counts.
#[tokio::test]
async fn a_foreign_destination_is_refused_before_any_call() {
    let cases = [
        (Some("trail-logs"), "trail-logs", "repaired"),
        (Some("trail-logs"), "their-logs", "destination-not-allowed"),
        (None, "their-logs", "partly-repaired"),
    ];
    for (list, bucket, wanted) in cases {
        for mode in ["Apply", "Plan"] {
            let sandbox = sandbox(now(), false);
            let mut remediator = remediator_of(&sandbox);
            remediator.destinations = list.map(|list| Destinations::parse(list).unwrap());
            let mut payload = payload();
            payload["CloudTrailS3BucketName"] = json!(bucket);
            payload["Mode"] = json!(mode);
            let invocation = invocation(120);
            let work = remediator::handle(payload, &remediator, &invocation, SEED);
            let (answer, line) = logged(work).await;
            let is_refused = wanted == "destination-not-allowed";
            assert_eq!(sandbox.calls().is_empty(), is_refused, "{list:?} {bucket}");
            if is_refused {
                let error = answer.unwrap_err();
                assert_eq!(error.error_type, wanted);
                let sentence = error.sentence();
                assert!(sentence.contains("CloudTrailS3BucketName"), "{sentence}");
                assert!(sentence.contains("`their-logs`"), "{sentence}");
                assert!(!is_logging(&sandbox).await);
            }
            if mode == "Apply" {
                assert_eq!(line["outcome"], wanted, "{line}");
            }
        }
    }
}

#[tokio::test]
async fn a_repair_ends_before_the_function_does() {
    let sandbox = sandbox(now(), false);
    let kind = FaultKind::Throttle;
    sandbox.inject(Fault::new("cloudtrail", "StartLogging", When::Always, kind));
    let (remediator, invocation) = (remediator_of(&sandbox), invocation(60));
    let work = remediator::handle(payload(), &remediator, &invocation, SEED);
    let (answer, line) = logged(work).await;
    assert!(answer.is_err());
    assert!(sandbox.now() < invocation.work_until(), "{}", sandbox.now());
    let failed = line["failedCalls"].as_str().unwrap();
    assert!(
        failed.starts_with("cloudtrail:StartLogging ThrottlingException"),
        "{failed}"
    );
}

/// A bus that never answers.
struct Silent;

#[async_trait]
impl EventSink for Silent {
    async fn put_event(&self, _: &str, _: &str) -> Result<(), CallError> {
        pending().await
    }
}

/// What came of the repair does not get lost with its report.
#[tokio::test(start_paused = true)]
async fn a_report_that_hangs_does_not_fail_the_repair() {
    let sandbox = sandbox(now(), false);
    let mut remediator = remediator_of(&sandbox);
    remediator.incident.events = Arc::new(Silent);
    remediator.settings.events = true;
    let invocation = invocation(120);
    let work = remediator::handle(payload(), &remediator, &invocation, SEED);
    let (answer, line) = logged(work).await;
    let answer = answer.unwrap();
    assert_eq!(answer["outcome"], "repaired");
    let notes = line["notes"].as_str().unwrap();
    assert!(notes.contains("incident-not-recorded"), "{notes}");
    assert!(is_logging(&sandbox).await);
}
