//! What is reported for an event.

use std::sync::Arc;

use serde_json::{Value, json};
use trailkeeper_app::evaluate::{EvaluateError, Evaluated, evaluate_event};
use trailkeeper_core::Fact;
use trailkeeper_core::cloudtrail::Code;
use trailkeeper_core::config_rule::{Compliance, Evaluation};
use trailkeeper_core::operation::GET_TRAIL_STATUS;

use crate::world::{OWN, World, caller, error, healthy, stopped, time};

const CREATED: &str = "2026-03-02T10:00:00.373Z";

fn event(invoking: &Value, parameters: &Value) -> Value {
    json!({
        "version": "1.0",
        "invokingEvent": invoking.to_string(),
        "ruleParameters": parameters.to_string(),
        "resultToken": "token",
        "eventLeftScope": false,
        "configRuleName": "cloudtrail-enabled",
        "accountId": OWN,
    })
}

fn scheduled(parameters: &Value) -> Value {
    let invoking = json!({
        "awsAccountId": OWN,
        "notificationCreationTime": CREATED,
        "messageType": "ScheduledNotification",
    });
    event(&invoking, parameters)
}

fn change(resource_type: &str, status: &str) -> Value {
    let invoking = json!({
        "configurationItem": {
            "configurationItemCaptureTime": "2026-03-02T09:58:31.112Z",
            "configurationItemStatus": status,
            "resourceType": resource_type,
            "resourceId": "the-resource",
            "awsAccountId": OWN,
            "configuration": null,
        },
        "notificationCreationTime": CREATED,
        "messageType": "ConfigurationItemChangeNotification",
    });
    event(&invoking, &json!({}))
}

async fn answer(world: World, event: &Value) -> (Result<Evaluated, EvaluateError>, Arc<World>) {
    let world = Arc::new(world);
    let deadline = time("2026-03-02T10:01:00Z");
    let answer = evaluate_event(&world.ports(), &caller(), event, deadline).await;
    (answer, world)
}

/// The one evaluation, which is also the one that was sent.
async fn reported(world: World, event: &Value) -> Evaluation {
    let (answer, world) = answer(world, event).await;
    let evaluations = answer.unwrap().evaluations;
    let sent = [("token".to_owned(), evaluations.clone(), false)];
    assert_eq!(world.reports(), sent);
    assert_eq!(evaluations.len(), 1);
    evaluations[0].clone()
}

fn account() -> World {
    World::of(vec![healthy(OWN, "us-east-1", "audit")])
}

fn of_account(evaluation: &Evaluation) {
    assert_eq!(evaluation.resource_type, "AWS::::Account");
    assert_eq!(evaluation.resource_id, OWN);
}

fn annotation(evaluation: &Evaluation) -> &str {
    evaluation.annotation.as_deref().unwrap_or_default()
}

#[tokio::test]
async fn a_healthy_account_is_compliant_at_the_notifications_time() {
    let evaluation = reported(account(), &scheduled(&json!({}))).await;
    of_account(&evaluation);
    assert_eq!(evaluation.compliance, Compliance::Compliant);
    assert_eq!(evaluation.ordering_timestamp, time(CREATED));
    assert!(annotation(&evaluation).ends_with("trail/audit"));
}

#[tokio::test]
async fn a_stopped_trail_is_told_with_its_time() {
    let world = World::of(vec![stopped(healthy(OWN, "us-east-1", "audit"))]);
    let evaluation = reported(world, &scheduled(&json!({}))).await;
    of_account(&evaluation);
    assert_eq!(evaluation.compliance, Compliance::NonCompliant);
    assert_eq!(
        annotation(&evaluation),
        "trail-not-logging: audit stopped 2026-03-02T09:57:12Z"
    );
}

#[tokio::test]
async fn p08_an_account_without_trails_is_non_compliant() {
    let evaluation = reported(World::default(), &scheduled(&json!({}))).await;
    of_account(&evaluation);
    assert_eq!(evaluation.compliance, Compliance::NonCompliant);
    assert!(annotation(&evaluation).starts_with("trail-missing: "));
}

/// Ages are measured at the event's time: an event that waited does not make the trail stale.
#[tokio::test]
async fn ages_are_measured_at_the_events_time() {
    let late = scheduled(&json!({ "maxDeliveryAgeMinutes": "4" }));
    let evaluation = reported(account(), &late).await;
    assert_eq!(
        annotation(&evaluation),
        "delivery-stale: audit delivered last 2026-03-02T09:56:00Z"
    );
    let early = late.to_string().replace("T10:00:00.373Z", "T09:59:59.000Z");
    let evaluation = reported(account(), &serde_json::from_str(&early).unwrap()).await;
    assert_eq!(evaluation.compliance, Compliance::Compliant);
    assert_eq!(evaluation.ordering_timestamp, time("2026-03-02T09:59:59Z"));
}

#[tokio::test]
async fn a_bad_parameter_is_reported_and_nothing_read() {
    for parameters in [
        json!({ "requireKms": "yes" }),
        json!({ "requireKmss": "true" }),
    ] {
        let (answer, world) = answer(account(), &scheduled(&parameters)).await;
        let evaluated = answer.unwrap();
        assert_eq!(world.reports().len(), 1);
        assert_eq!(world.calls(), Vec::<String>::new());
        assert_eq!(evaluated.findings[0].code, Code::BadParameter);
        let evaluation = &evaluated.evaluations[0];
        of_account(evaluation);
        assert_eq!(evaluation.compliance, Compliance::NonCompliant);
        let text = annotation(evaluation);
        assert!(text.starts_with("bad-parameter: requireKms"), "{text}");
    }
}

#[tokio::test]
async fn a_changed_trail_judges_the_account() {
    let event = change("AWS::CloudTrail::Trail", "OK");
    let evaluation = reported(account(), &event).await;
    of_account(&evaluation);
    assert_eq!(evaluation.compliance, Compliance::Compliant);
    assert_eq!(
        evaluation.ordering_timestamp,
        time("2026-03-02T09:58:31.112Z")
    );
}

#[tokio::test]
async fn what_is_not_judged_is_not_applicable() {
    let mut out_of_scope = change("AWS::CloudTrail::Trail", "OK");
    out_of_scope["eventLeftScope"] = json!(true);
    let cases = [
        ("AWS::EC2::Instance", change("AWS::EC2::Instance", "OK")),
        (
            "AWS::EC2::Instance",
            change("AWS::EC2::Instance", "ResourceDeleted"),
        ),
        (
            "AWS::CloudTrail::Trail",
            change("AWS::CloudTrail::Trail", "ResourceDeleted"),
        ),
        ("AWS::CloudTrail::Trail", out_of_scope),
    ];
    for (resource_type, event) in cases {
        let evaluation = reported(account(), &event).await;
        assert_eq!(evaluation.compliance, Compliance::NotApplicable, "{event}");
        assert_eq!(evaluation.resource_type, resource_type);
        assert_eq!(evaluation.resource_id, "the-resource");
        assert_eq!(
            evaluation.ordering_timestamp,
            time("2026-03-02T09:58:31.112Z")
        );
    }
}

#[tokio::test]
async fn an_unknown_message_is_answered_with_an_empty_list() {
    let mut event = event(&json!({ "messageType": "SomethingNew" }), &json!({}));
    event["configRuleName"] = json!("no-rule-of-ours");
    let (answer, world) = answer(account(), &event).await;
    assert_eq!(answer.unwrap().evaluations, []);
    assert_eq!(world.reports(), [("token".to_owned(), Vec::new(), false)]);
    assert_eq!(world.calls(), Vec::<String>::new());
}

/// I8: an event ends in a report or in an error, never in silence.
#[tokio::test]
async fn i8_what_cannot_be_answered_is_an_error() {
    let mut no_token = scheduled(&json!({}));
    no_token["resultToken"] = json!("");
    let mut no_rule = scheduled(&json!({}));
    no_rule["configRuleName"] = json!("something-else");
    let cases = [
        ("missing-token", no_token),
        ("unknown-rule", no_rule),
        ("unknown-rule", scheduled(&json!({ "rule": "other" }))),
        ("malformed-event", json!({ "resultToken": "token" })),
    ];
    for (code, event) in cases {
        let (answer, world) = answer(account(), &event).await;
        assert_eq!(answer.unwrap_err().code(), code);
        assert_eq!(world.reports(), []);
    }
}

/// I9: no COMPLIANT while a required fact is unread.
#[tokio::test]
async fn i9_an_unread_status_is_not_compliant() {
    let mut view = healthy(OWN, "us-east-1", "audit");
    view.status = Some(Fact::from_call(Err(error(
        GET_TRAIL_STATUS,
        "InternalFailure",
    ))));
    let evaluation = reported(World::of(vec![view]), &scheduled(&json!({}))).await;
    assert_eq!(evaluation.compliance, Compliance::NonCompliant);
    assert_eq!(
        annotation(&evaluation),
        "could-not-verify: cloudtrail:GetTrailStatus InternalFailure"
    );
}

/// Wherever the event names the account, and before anything is asked of ours.
#[tokio::test]
async fn a_rule_of_another_account_is_refused() {
    const THEIRS: &str = "444455556666";
    let mut rule = scheduled(&json!({}));
    rule["accountId"] = json!(THEIRS);
    let invoking = json!({
        "awsAccountId": THEIRS,
        "notificationCreationTime": CREATED,
        "messageType": "ScheduledNotification",
    });
    let mut notification = event(&invoking, &json!({}));
    notification["accountId"] = Value::Null;
    let mut unknown = event(&json!({ "messageType": "SomethingNew" }), &json!({}));
    unknown["accountId"] = json!(THEIRS);
    let mut other_rule = change("AWS::EC2::Instance", "OK");
    other_rule["accountId"] = json!(THEIRS);
    other_rule["ruleParameters"] = json!(r#"{"rule":"instance-profile"}"#);
    for event in [rule, notification, unknown, other_rule] {
        let (answer, world) = answer(account(), &event).await;
        let error = answer.unwrap_err();
        assert_eq!(error.code(), "cross-account-rule", "{event}");
        let text = error.to_string();
        assert!(text.contains(THEIRS) && text.contains(OWN), "{text}");
        assert_eq!(world.calls(), Vec::<String>::new(), "{event}");
        assert_eq!(world.reports(), [], "{event}");
    }
}
