//! The handlers over the sandbox's ports.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod support {
    pub(crate) mod account;
}

use std::io;
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use support::account::{
    ACCOUNT, REGION, RULE, TOKEN, is_logging, payload, results, sandbox, scheduled,
};
use tracing::Level;
use tracing::instrument::WithSubscriber as _;
use trailkeeper_app::evaluate::EvaluatePorts;
use trailkeeper_app::repair::RepairPorts;
use trailkeeper_app::roles::PolicyCache;
use trailkeeper_core::Caller;
use trailkeeper_lambda::{HandlerError, Invocation, evaluator, log, remediator};
use trailkeeper_sandbox::{ApiError, Call, Fault, FaultKind, Sandbox, When};

const SEED: u64 = 7;

fn now() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

fn invocation(seconds: i64) -> Invocation {
    Invocation {
        caller: Caller {
            account: ACCOUNT.parse().unwrap(),
            region: REGION.parse().unwrap(),
            partition: "aws".to_owned(),
        },
        request_id: "req-1".to_owned(),
        deadline: now() + SignedDuration::from_secs(seconds),
    }
}

fn evaluate_ports(sandbox: &Sandbox) -> EvaluatePorts {
    EvaluatePorts {
        trails: Arc::new(sandbox.clone()),
        buckets: Arc::new(sandbox.clone()),
        keys: Arc::new(sandbox.clone()),
        inventory: Arc::new(sandbox.clone()),
        roles: Arc::new(sandbox.clone()),
        policies: PolicyCache::default(),
        config: Arc::new(sandbox.clone()),
        clock: Arc::new(sandbox.clone()),
    }
}

fn repair_ports(sandbox: &Sandbox) -> RepairPorts {
    RepairPorts {
        trails: Arc::new(sandbox.clone()),
        trail_writer: Arc::new(sandbox.clone()),
        buckets: Arc::new(sandbox.clone()),
        bucket_writer: Arc::new(sandbox.clone()),
        keys: Arc::new(sandbox.clone()),
        key_writer: Arc::new(sandbox.clone()),
        organization: Arc::new(sandbox.clone()),
        clock: Arc::new(sandbox.clone()),
    }
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What `work` came to, and its one line in the log.
async fn logged<T>(work: impl Future<Output = T>) -> (T, Value) {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = log::subscriber(Level::INFO, move || writer.clone());
    let ended = work.with_subscriber(subscriber).await;
    let text = lines.0.lock().unwrap().clone();
    (ended, serde_json::from_slice(&text).unwrap())
}

async fn evaluate(sandbox: &Sandbox, event: Value) -> (Result<Value, HandlerError>, Value) {
    let (ports, invocation) = (evaluate_ports(sandbox), invocation(60));
    logged(evaluator::handle(event, &ports, &invocation)).await
}

async fn remediate(sandbox: &Sandbox, payload: Value) -> (Result<Value, HandlerError>, Value) {
    let (ports, invocation) = (repair_ports(sandbox), invocation(120));
    logged(remediator::handle(payload, &ports, &invocation, SEED)).await
}

#[tokio::test]
async fn a_verdict_is_stored_answered_and_logged() {
    let sandbox = sandbox(now(), false);
    let (answer, line) = evaluate(&sandbox, scheduled(now())).await;
    let answer = answer.unwrap();
    let annotation = results(&sandbox).await[0].1.clone();
    assert_eq!(answer["rule"], RULE);
    assert_eq!(
        answer["evaluations"],
        json!([{
            "resourceType": "AWS::::Account",
            "resourceId": ACCOUNT,
            "compliance": "NON_COMPLIANT",
            "annotation": annotation,
        }])
    );
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["requestId"], "req-1");
    assert_eq!(line["configRule"], RULE);
    assert_eq!(line["rule"], "cloudtrail-enabled");
    assert_eq!(line["verdict"], "NON_COMPLIANT");
    assert_eq!(line["findings"], "trail-not-logging");
    let made = sandbox.calls().len() - 1; // without the one that read the results
    assert_eq!(line["callCount"], made, "{line}");
}

#[tokio::test]
async fn an_event_that_cannot_be_answered_is_an_error_with_a_code() {
    let with = |key: &str, value: Value| {
        let mut event = scheduled(now());
        event[key] = value;
        event
    };
    let cases = [
        (json!([]), "malformed-event"),
        (with("invokingEvent", json!("{")), "malformed-event"),
        (with("resultToken", json!("")), "missing-token"),
        (
            with("resultToken", json!("unknown")),
            "result-token-refused",
        ),
        (with("ruleParameters", json!({"rule": "x"})), "unknown-rule"),
        (
            with("accountId", json!("999988887777")),
            "cross-account-rule",
        ),
    ];
    for (event, code) in cases {
        let (answer, line) = evaluate(&sandbox(now(), true), event.clone()).await;
        let error = answer.unwrap_err();
        assert_eq!(error.error_type, code, "{event}: {error}");
        assert_eq!(line["errorType"], code);
        assert_eq!(line["level"], "ERROR");
    }
}

#[tokio::test]
async fn a_token_that_the_service_quotes_is_passed_on_to_nobody() {
    let sandbox = sandbox(now(), true);
    let text = format!("Value '{TOKEN}' at 'resultToken' failed to satisfy constraint");
    let kind = FaultKind::Error(ApiError::new("ValidationException", text));
    sandbox.inject(Fault::new("config", "PutEvaluations", When::Always, kind));
    let (answer, line) = evaluate(&sandbox, scheduled(now())).await;
    let error = answer.unwrap_err();
    assert!(
        error.error_message.contains("Value '<result token>'"),
        "{error}"
    );
    assert!(
        !format!("{error:?} {line}").contains(TOKEN),
        "{error:?} {line}"
    );
}

#[tokio::test]
async fn a_rule_of_another_account_is_refused_before_any_call() {
    let sandbox = sandbox(now(), true);
    let mut event = scheduled(now());
    event["accountId"] = json!("999988887777");
    let (answer, _) = evaluate(&sandbox, event).await;
    let message = answer.unwrap_err().error_message;
    assert!(
        message.contains("999988887777") && message.contains(ACCOUNT),
        "{message}"
    );
    assert!(message.contains("deploy"), "{message}");
    assert!(sandbox.calls().is_empty());
}

#[tokio::test]
async fn a_bad_parameter_is_a_verdict_and_an_error_in_the_log() {
    let sandbox = sandbox(now(), true);
    let mut event = scheduled(now());
    event["ruleParameters"] = json!({"rule": RULE, "requireKm": "true"});
    let (answer, line) = evaluate(&sandbox, event).await;
    assert!(answer.is_ok());
    let (compliance, annotation) = results(&sandbox).await.remove(0);
    assert_eq!(compliance, "NON_COMPLIANT");
    assert!(
        annotation.starts_with("bad-parameter: requireKm"),
        "{annotation}"
    );
    assert_eq!(line["level"], "ERROR");
    assert_eq!(line["findings"], "bad-parameter");
}

#[tokio::test]
async fn an_eventbridge_event_is_answered_and_ignored() {
    let sandbox = sandbox(now(), false);
    let event = json!({"detail-type": "AWS API Call via CloudTrail", "detail": {}});
    let (answer, line) = evaluate(&sandbox, event).await;
    let answer = answer.unwrap();
    assert_eq!(answer["action"], "none");
    assert_eq!(answer["executionId"], "");
    assert!(
        answer["notes"][0]
            .as_str()
            .unwrap()
            .starts_with("fast-path-off: ")
    );
    assert!(
        line["message"]
            .as_str()
            .unwrap()
            .starts_with("fast-path-off: ")
    );
    assert!(sandbox.calls().is_empty());
}

#[tokio::test]
async fn the_report_is_logged_as_rule_deleted_where_nobody_waits_for_it() {
    let sandbox = sandbox(now(), true);
    let input = json!({"ConfigRuleName": RULE});
    let call = Call::new("config", "DeleteConfigRule", REGION, input);
    sandbox.call(call).await.unwrap();
    let (answer, line) = evaluate(&sandbox, scheduled(now())).await;
    assert_eq!(answer.unwrap()["submitted"], "rule-deleted");
    assert_eq!(line["submitted"], "rule-deleted");
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
