//! Events about the product's own parts, and what GuardDuty reports.

use std::sync::Arc;

use serde_json::{Value, json};
use trailkeeper_core::operation;

use crate::behind::{Behind, RUNBOOK, TRAIL_RULE};
use crate::trail::{started, world};
use crate::world::{RULE, event};

#[tokio::test]
async fn parts_of_ours_are_told_and_the_guard_asked() {
    let cases = [
        (
            "lambda",
            "PutFunctionConcurrency20171031",
            json!({"functionName": "trailkeeper-evaluator"}),
            true,
        ),
        (
            "lambda",
            "UpdateFunctionCode20150331v2",
            json!({"functionName": "trailkeeper-remediator"}),
            true,
        ),
        (
            "lambda",
            "UpdateFunctionCode20150331v2",
            json!({"functionName": "shop"}),
            false,
        ),
        (
            "events",
            "DisableRule",
            json!({"name": "trailkeeper-events"}),
            true,
        ),
        ("events", "DisableRule", json!({"name": "nightly"}), false),
        ("ssm", "UpdateDocument", json!({"name": RUNBOOK}), true),
        ("events", "UpdateEventBus", json!({"name": "default"}), true),
        ("events", "UpdateEventBus", json!({"name": "orders"}), false),
        (
            "ssm",
            "StopAutomationExecution",
            json!({"automationExecutionId": "of-another-runbook"}),
            false,
        ),
        (
            "config",
            "StopConfigurationRecorder",
            json!({"configurationRecorderName": "default"}),
            true,
        ),
        (
            "config",
            "PutConfigRule",
            json!({"configRule": {"configRuleName": TRAIL_RULE}}),
            true,
        ),
        (
            "config",
            "DeleteConfigRule",
            json!({"configRuleName": "x"}),
            false,
        ),
        (
            "iam",
            "PutRolePolicy",
            json!({"roleName": "trailkeeper-runbook"}),
            true,
        ),
        (
            "iam",
            "UpdateAssumeRolePolicy",
            json!({"roleName": "trailkeeper-runbook"}),
            true,
        ),
        (
            "iam",
            "UpdateAssumeRolePolicy",
            json!({"roleName": "app-role"}),
            false,
        ),
        (
            "iam",
            "UpdateAssumeRolePolicy",
            // Left out of the record: too long, which can be meant.
            Value::Null,
            true,
        ),
        (
            "cloudtrail",
            "StopLogging",
            json!({"name": "trailkeeper-guard"}),
            true,
        ),
        (
            "cloudtrail",
            "StopLogging",
            json!({"name": "arn:aws:cloudtrail:us-east-1:111122223333:trail/trailkeeper-guard"}),
            true,
        ),
        ("cloudtrail", "StopLogging", json!({"name": "shop"}), false),
        (
            "guardduty",
            "DeleteDetector",
            json!({"detectorId": "12abc"}),
            true,
        ),
    ];
    for (service, name, request, is_ours) in cases {
        let world = Arc::new(world(|_| ()));
        let answer = world
            .answer(&event(1, service, name, request, Value::Null))
            .await;
        assert_eq!(
            world.called(operation::START_CONFIG_RULES_EVALUATION),
            usize::from(is_ours)
        );
        assert_eq!(started(&world), 0);
        if is_ours {
            assert_eq!(
                answer["notes"],
                json!(["evaluation-started: guard-rule"]),
                "{name}"
            );
            assert_eq!(world.messages()[0]["findings"][0]["code"], "guard-touched");
        } else {
            assert_eq!(answer["action"], "none", "{name} {answer}");
        }
    }
}

/// Parameters too long for the record are left out of it: IAM takes such policies.
#[tokio::test]
async fn b51_an_event_that_names_nothing_is_told_as_the_attack_that_it_is() {
    let omitted = json!({"reason": "requestParameters too large", "omitted": true});
    for name in [
        "PutRolePolicy",
        "UpdateAssumeRolePolicy",
        "CreatePolicyVersion",
        "AddRoleToInstanceProfile",
    ] {
        for request in [Value::Null, omitted.clone()] {
            let world = Arc::new(world(|_| ()));
            let answer = world
                .answer(&event(1, "iam", name, request, Value::Null))
                .await;
            assert_eq!(answer["action"], "notified", "{name}");
            let mut notes = vec!["evaluation-started: guard-rule".to_owned()];
            if name != "UpdateAssumeRolePolicy" {
                notes.push(format!("evaluation-started: {RULE}"));
            }
            assert_eq!(answer["notes"], json!(notes), "{name}");
            assert_eq!(started(&world), 0);
            let message = world.messages().remove(0);
            assert_eq!(message["findings"][0]["code"], "guard-touched", "{name}");
            let text = message["text"].as_str().unwrap();
            for part in [
                "Known attack B51 (a request too large to be recorded whole): the event does not \
                 say which AWS::IAM::",
                &format!("{name} means that "),
                "To check: ",
                "user/mallory",
            ] {
                assert!(text.contains(part), "{part} is not in {text}");
            }
        }
    }
}

/// Where IAM's events are forwarded to, a refused one is told by the Region that recorded it.
#[tokio::test]
async fn a_refused_call_that_names_nothing_is_told_once() {
    for (region, action) in [("us-east-1", "notified"), ("eu-west-1", "none")] {
        let mut world = world(|_| ());
        world.caller.region = region.parse().unwrap();
        let mut event = event(1, "iam", "PutRolePolicy", Value::Null, Value::Null);
        event["detail"]["errorCode"] = json!("AccessDenied");
        let answer = Arc::new(world).answer(&event).await;
        assert_eq!(answer["action"], action, "{answer}");
    }
}

/// A run is named by its id alone: those of the runbooks are ours, whoever stops them.
#[tokio::test]
async fn a_run_of_ours_that_is_stopped_is_told() {
    let world = Arc::new(world(|one| one.ran(&[5])));
    let id = world.behind.runs[0].id.clone();
    let request = json!({"automationExecutionId": id, "type": "Cancel"});
    let stop = event(1, "ssm", "StopAutomationExecution", request, Value::Null);
    world.answer(&stop).await;
    let messages = world.messages();
    assert_eq!(messages[0]["findings"][0]["code"], "guard-touched");
    assert!(messages[0].to_string().contains("B49"), "{}", messages[0]);
}

fn finding() -> Value {
    serde_json::from_str(include_str!(
        "../../../core/tests/fixtures/guardduty/cloudtrail-logging-disabled.json"
    ))
    .unwrap()
}

#[tokio::test]
async fn guardduty_starts_the_same_path_and_tells_the_steps() {
    let world = Arc::new(world(Behind::stop));
    let answer = world.answer(&finding()).await;
    assert_eq!(answer["action"], "repair-started");
    let message = world.messages().remove(0);
    assert_eq!(message["findings"][0]["code"], "trail-not-logging");
    assert_eq!(
        message["event"],
        "GuardDuty Stealth:IAMUser/CloudTrailLoggingDisabled (StopLogging)"
    );
    let text = message["text"].as_str().unwrap();
    for part in [
        "1. Affected: IAMUser mallory (AIDACKCEVSQ6C2EXAMPLE)",
        "aws iam update-access-key --user-name mallory",
        "was started: execution execution-1.",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

/// GuardDuty sums calls up: that the last one failed says nothing of the others.
#[tokio::test]
async fn a_finding_whose_last_call_failed_is_no_attempt() {
    let mut event = finding();
    event["detail"]["service"]["action"]["awsApiCallAction"]["errorCode"] = json!("AccessDenied");
    for code in ["AccessDenied", "TrailNotFoundException"] {
        event["detail"]["service"]["action"]["awsApiCallAction"]["errorCode"] = json!(code);
        let world = Arc::new(world(Behind::stop));
        let answer = world.answer(&event).await;
        assert_eq!(answer["action"], "repair-started", "{answer}");
        let text = world.messages()[0]["text"].to_string();
        assert!(text.contains(&format!("failed with {code}")), "{text}");
    }
}

#[tokio::test]
async fn a_finding_about_the_remediator_says_so() {
    let mut event = finding();
    let key = &mut event["detail"]["resource"]["accessKeyDetails"];
    key["userType"] = json!("AssumedRole");
    key["userName"] = json!("trailkeeper-remediator-role");
    let world = Arc::new(world(|_| ()));
    world.answer(&event).await;
    let text = world.messages()[0]["text"].to_string();
    assert!(text.contains("is the remediator's"), "{text}");
    assert!(!text.contains("put-role-policy"), "{text}");
}

#[tokio::test]
async fn the_policies_of_a_role_are_named() {
    let mut event = finding();
    event["detail"]["resource"]["accessKeyDetails"]["userType"] = json!("AssumedRole");
    event["detail"]["resource"]["accessKeyDetails"]["userName"] = json!("app-role");
    let mut world = world(|_| ());
    world.inline = Some("{}".to_owned());
    let world = Arc::new(world);
    assert_eq!(world.answer(&event).await["action"], "notified");
    let text = world.messages()[0]["text"].to_string();
    assert!(
        text.contains("managed policies none; inline policies app-policy."),
        "{text}"
    );
}

#[tokio::test]
async fn a_sample_is_marked_and_reads_and_starts_nothing() {
    let world = Arc::new(world(Behind::stop));
    let mut event = finding();
    event["detail"]["service"]["additionalInfo"] = json!({"sample": true});
    let answer = world.answer(&event).await;
    assert_eq!(answer["action"], "notified");
    assert_eq!(started(&world), 0);
    assert_eq!(world.called(operation::GET_TRAIL_STATUS), 0);
    assert!(
        world.subjects()[0].starts_with("Trailkeeper: sample: "),
        "{:?}",
        world.subjects()
    );
    // Another type of finding is none of ours.
    event["detail"]["type"] = json!("Recon:IAMUser/MaliciousIPCaller");
    let answer = world.answer(&event).await;
    assert_eq!(
        answer["notes"],
        json!(["no-handler: Recon:IAMUser/MaliciousIPCaller"])
    );
}
