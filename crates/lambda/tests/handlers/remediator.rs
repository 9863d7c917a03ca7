//! The remediator's handler.

use serde_json::{Value, json};
use trailkeeper_app::incident::IncidentSettings;
use trailkeeper_lambda::remediator::Remediator;
use trailkeeper_lambda::{HandlerError, remediator};
use trailkeeper_sandbox::{Fault, FaultKind, Sandbox, When};

use crate::account::{is_logging, payload, sandbox};
use crate::{invocation, logged, now};

const SEED: u64 = 7;

async fn remediate(sandbox: &Sandbox, payload: Value) -> (Result<Value, HandlerError>, Value) {
    let remediator = Remediator {
        ports: sandbox.repair_ports(),
        incident: sandbox.incident_ports(),
        settings: IncidentSettings::default(),
    };
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

#[tokio::test]
async fn a_repair_ends_before_the_function_does() {
    let sandbox = sandbox(now(), false);
    let kind = FaultKind::Throttle;
    sandbox.inject(Fault::new("cloudtrail", "StartLogging", When::Always, kind));
    let (ports, invocation) = (repair_ports(&sandbox), invocation(60));
    let work = remediator::handle(payload(), &ports, &invocation, SEED);
    let (answer, line) = logged(work).await;
    assert!(answer.is_err());
    assert!(sandbox.now() < invocation.work_until(), "{}", sandbox.now());
    let failed = line["failedCalls"].as_str().unwrap();
    assert!(
        failed.starts_with("cloudtrail:StartLogging ThrottlingException"),
        "{failed}"
    );
}
