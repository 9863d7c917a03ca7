//! Events for the rule about trails.

use serde_json::{Value, json};
use trailkeeper_sandbox::{ApiError, Call, Fault, FaultKind, When};

use crate::account::{ACCOUNT, REGION, RULE, TOKEN, results, sandbox, scheduled};
use crate::{evaluate, now};

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
async fn the_report_is_logged_as_rule_deleted_where_nobody_waits_for_it() {
    let sandbox = sandbox(now(), true);
    let input = json!({"ConfigRuleName": RULE});
    let call = Call::new("config", "DeleteConfigRule", REGION, input);
    sandbox.call(call).await.unwrap();
    let (answer, line) = evaluate(&sandbox, scheduled(now())).await;
    assert_eq!(answer.unwrap()["submitted"], "rule-deleted");
    assert_eq!(line["submitted"], "rule-deleted");
}
