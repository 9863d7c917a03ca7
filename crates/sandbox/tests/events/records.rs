//! A call becomes the event that AWS documents for it.

use serde_json::{Value, json};
use trailkeeper_sandbox::seed::Actor;
use trailkeeper_sandbox::{Fault, FaultKind, When};

use crate::support::*;

/// The event without what differs from call to call, or tells of the connection.
fn comparable(mut event: Value) -> Value {
    event.as_object_mut().unwrap().remove("id");
    let detail = event["detail"].as_object_mut().unwrap();
    for member in ["requestID", "eventID", "tlsDetails"] {
        detail.remove(member);
    }
    event
}

#[tokio::test]
async fn events_are_those_of_the_fixtures() {
    let minimal = json!({
        "Name": "org-audit", "SnsTopicName": "", "IncludeGlobalServiceEvents": false,
        "IsMultiRegionTrail": false, "EnableLogFileValidation": false,
        "CloudWatchLogsLogGroupArn": "", "CloudWatchLogsRoleArn": "", "KmsKeyId": "",
    });
    let nothing = json!({"TrailName": "org-audit", "EventSelectors": [{
        "ReadWriteType": "ReadOnly", "IncludeManagementEvents": false,
        "ExcludeManagementEventSources": [],
        "DataResources": [
            {"Type": "AWS::S3::Object", "Values": []},
            {"Type": "AWS::Lambda::Function", "Values": []},
        ],
    }]});
    let cases = [
        (
            include_str!("fixtures/stop-logging-iam-user.json"),
            json!({"Name": arn("org-audit")}),
        ),
        (
            include_str!("fixtures/delete-trail-assumed-role.json"),
            json!({"Name": "org-audit"}),
        ),
        (include_str!("fixtures/update-trail-minimise.json"), minimal),
        (include_str!("fixtures/put-event-selectors.json"), nothing),
    ];
    for (fixture, input) in cases {
        let wanted: Value = serde_json::from_str(fixture).unwrap();
        let identity = wanted["detail"]["userIdentity"].clone();
        let actor = Actor::of_identity(identity, "203.0.113.24", "aws-cli/2.17.0");
        let bus = Bus::listening();
        let name = wanted["detail"]["eventName"].as_str().unwrap();
        let call = trailkeeper_sandbox::Call::new("cloudtrail", name, HOME, input);
        bus.sandbox.as_actor(actor).call(call).await.unwrap();
        let events = bus.events().await;
        assert_eq!(events.len(), 1, "{name}");
        assert_eq!(
            comparable(events[0].clone()),
            comparable(wanted.clone()),
            "{name} differs"
        );
    }
}

#[tokio::test]
async fn the_history_holds_the_same_record_and_an_actor_is_only_its_own_handles() {
    let bus = Bus::listening();
    let mallory = Actor::role_session(ACCOUNT, "ci-deploy", "ci-session", "203.0.113.24");
    let handle = bus.sandbox.as_actor(mallory);
    let stop = json!({"Name": "org-audit"});
    let call = trailkeeper_sandbox::Call::new("cloudtrail", "StopLogging", HOME, stop.clone());
    handle.call(call).await.unwrap();
    let start = ("cloudtrail", "StartLogging");
    bus.call(start, HOME, stop).await.unwrap();
    let event = bus.events().await.remove(0);
    let lookup = ("cloudtrail", "LookupEvents");
    let told = bus.call(lookup, HOME, json!({})).await.unwrap();
    let seen = |place: usize, member: &str| told["Events"][place][member].clone();
    assert_eq!(seen(0, "Username"), json!("sandbox"));
    assert_eq!(seen(1, "Username"), json!("ci-session"));
    assert_eq!(seen(1, "AccessKeyId"), json!("ASIAIOSFODNN7EXAMPLE"));
    let record = seen(1, "CloudTrailEvent");
    let record: Value = serde_json::from_str(record.as_str().unwrap()).unwrap();
    assert_eq!(record, event["detail"]);
}

#[tokio::test]
async fn services_have_names_of_their_own_in_records() {
    let bus = Bus::listening();
    let rules = json!({"Rules": [
        {"ID": "x", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}},
    ]});
    let days = json!({"Bucket": BUCKET, "LifecycleConfiguration": rules});
    let policy = r#"{"Version":"2012-10-17","Statement":[]}"#;
    let cases = [
        (
            ("s3", "PutBucketLifecycleConfiguration"),
            days,
            "PutBucketLifecycle",
            ("aws.s3", "/detail/requestParameters/lifecycle", json!("")),
        ),
        (
            ("s3", "DeleteBucketPolicy"),
            json!({"Bucket": BUCKET}),
            "DeleteBucketPolicy",
            (
                "aws.s3",
                "/detail/requestParameters/bucketName",
                json!(BUCKET),
            ),
        ),
        (
            ("s3", "PutBucketPolicy"),
            json!({"Bucket": BUCKET, "Policy": policy}),
            "PutBucketPolicy",
            (
                "aws.s3",
                "/detail/requestParameters/bucketPolicy/Version",
                json!("2012-10-17"),
            ),
        ),
        (
            ("kms", "DisableKey"),
            json!({"KeyId": "no-such-key"}),
            "DisableKey",
            (
                "aws.kms",
                "/detail/requestParameters/keyId",
                json!("no-such-key"),
            ),
        ),
        (
            ("config", "StopConfigurationRecorder"),
            json!({"ConfigurationRecorderName": "none"}),
            "StopConfigurationRecorder",
            (
                "aws.config",
                "/detail/requestParameters/configurationRecorderName",
                json!("none"),
            ),
        ),
        (
            ("events", "DisableRule"),
            json!({"Name": "none"}),
            "DisableRule",
            (
                "aws.events",
                "/detail/errorCode",
                json!("ResourceNotFoundException"),
            ),
        ),
    ];
    for (call, input, name, (source, pointer, value)) in cases {
        let _answer = bus.call(call, HOME, input).await;
        let events = bus.events().await;
        assert_eq!(events.len(), 1, "{call:?}");
        assert_eq!(events[0]["detail"]["eventName"], json!(name));
        assert_eq!(events[0]["source"], json!(source));
        assert_eq!(events[0].pointer(pointer), Some(&value), "{call:?}");
    }
}

#[tokio::test]
async fn attempts_are_told_with_their_error_and_lost_calls_are_not_told() {
    let denied = FaultKind::Denied { scp: true };
    let cases = [
        (denied, Some("AccessDenied")),
        (FaultKind::Throttle, Some("ThrottlingException")),
        (FaultKind::TimeoutBefore, None),
        (FaultKind::TimeoutAfter, Some("")),
        (FaultKind::Dropped, Some("")),
    ];
    for (kind, wanted) in cases {
        let bus = Bus::listening();
        let fault = Fault::new("cloudtrail", "StopLogging", When::Always, kind.clone());
        bus.sandbox.inject(fault);
        let stop = ("cloudtrail", "StopLogging");
        let _lost = bus.call(stop, HOME, json!({"Name": "org-audit"})).await;
        let events = bus.events().await;
        let code = events.first().map(|event| {
            let code = event["detail"].get("errorCode");
            code.and_then(Value::as_str).unwrap_or_default()
        });
        assert_eq!(code, wanted, "{kind:?}");
        let history = bus.call(("cloudtrail", "LookupEvents"), HOME, json!({}));
        let history = history.await.unwrap()["Events"].as_array().unwrap().len();
        assert_eq!(history, usize::from(wanted.is_some()), "{kind:?}");
    }
}

#[tokio::test]
async fn b51_parameters_over_the_limit_are_left_out() {
    let bus = Bus::listening();
    let cases = [(102_000, true), (102_401, false), (131_072, false)];
    for (size, told) in cases {
        let policy = "x".repeat(size);
        let input = json!({"RoleName": "r", "PolicyName": "p", "PolicyDocument": policy});
        let _refused = bus.call(("iam", "PutRolePolicy"), HOME, input).await;
        let event = bus.events().await.remove(0);
        let parameters = &event["detail"]["requestParameters"];
        assert_eq!(parameters.get("roleName").is_some(), told, "{size}");
        assert_eq!(parameters.get("omitted").is_some(), !told, "{size}");
    }
}
