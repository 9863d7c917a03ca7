use jiff::SignedDuration;
use serde_json::json;
use trailkeeper_sandbox::{Call, Fault, FaultKind, Sandbox, When};

use crate::support::*;

/// Every operation that changes a trail, with the member that names it.
const WRITES: [(&str, &str); 6] = [
    ("UpdateTrail", "Name"),
    ("DeleteTrail", "Name"),
    ("StartLogging", "Name"),
    ("StopLogging", "Name"),
    ("PutEventSelectors", "TrailName"),
    ("PutInsightSelectors", "TrailName"),
];

#[tokio::test]
async fn stop_and_start_are_told_by_the_status_in_every_region() {
    let sandbox = with(vec![trail("org-audit")]);
    let input = json!({"Name": arn("org-audit")});
    good(&sandbox, "StopLogging", input.clone()).await;
    let stopped = f64::from(u32::try_from(sandbox.now().as_second()).unwrap());
    for region in [HOME, AWAY] {
        let status = at(&sandbox, region, "GetTrailStatus", input.clone())
            .await
            .unwrap();
        assert_eq!(status["IsLogging"], json!(false), "{region}");
        assert_eq!(status["StopLoggingTime"], json!(stopped), "{region}");
    }
    good(&sandbox, "StopLogging", input.clone()).await;
    let again = status(&sandbox, "org-audit").await;
    assert_eq!(
        again["StopLoggingTime"],
        json!(stopped),
        "a second stop changes nothing"
    );
    good(&sandbox, "StartLogging", input.clone()).await;
    let started = f64::from(u32::try_from(sandbox.now().as_second()).unwrap());
    good(&sandbox, "StartLogging", input).await;
    let status = status(&sandbox, "org-audit").await;
    assert_eq!(status["IsLogging"], json!(true));
    assert_eq!(status["StartLoggingTime"], json!(started));
    assert_eq!(
        status["StopLoggingTime"],
        json!(stopped),
        "the gap stays visible"
    );
    assert_eq!(status["TimeLoggingStarted"], json!("2026-03-02T10:00:03Z"));
}

#[tokio::test]
async fn writes_name_an_existing_trail() {
    let foreign = "arn:aws:cloudtrail:us-east-1:999900001111:trail/org-audit";
    let cases = [
        (arn("none"), "TrailNotFoundException"),
        ("none".to_owned(), "TrailNotFoundException"),
        ("".to_owned(), "InvalidTrailNameException"),
        ("a b".to_owned(), "InvalidTrailNameException"),
        (foreign.to_owned(), "CloudTrailARNInvalidException"),
        (
            "arn:aws:cloudtrail:us-east-1:1:trail/x".to_owned(),
            "CloudTrailARNInvalidException",
        ),
        (
            "arn:aws:s3:::bucket".to_owned(),
            "CloudTrailARNInvalidException",
        ),
    ];
    for (operation, member) in WRITES {
        for (id, wanted) in &cases {
            let sandbox = with(vec![trail("org-audit")]);
            let got = code(&sandbox, operation, json!({member: id})).await;
            assert_eq!(got, *wanted, "{operation} {id}");
        }
    }
}

#[tokio::test]
async fn writes_go_to_the_home_region() {
    for (operation, member) in WRITES {
        for id in ["org-audit".to_owned(), arn("org-audit")] {
            let sandbox = with(vec![trail("org-audit")]);
            let got = code_at(&sandbox, AWAY, operation, json!({member: id})).await;
            assert_eq!(got, "InvalidHomeRegionException", "{operation} {id}");
        }
        // a trail of one Region has no shadow that a name could mean
        let sandbox = with(vec![regional("org-audit", HOME)]);
        let got = code_at(&sandbox, AWAY, operation, json!({member: "org-audit"})).await;
        assert_eq!(got, "TrailNotFoundException", "{operation}");
        let got = code_at(&sandbox, AWAY, operation, json!({member: arn("org-audit")})).await;
        assert_eq!(got, "InvalidHomeRegionException", "{operation}");
    }
}

#[tokio::test]
async fn a_deleted_trail_is_gone_everywhere() {
    let sandbox = with(vec![trail("org-audit")]);
    good(&sandbox, "DeleteTrail", json!({"Name": "org-audit"})).await;
    for region in [HOME, AWAY] {
        let list = at(&sandbox, region, "DescribeTrails", json!({}))
            .await
            .unwrap();
        assert_eq!(list, json!({"trailList": []}), "{region}");
    }
}

#[tokio::test]
async fn one_write_a_second_and_region() {
    let sandbox = with(vec![trail("org-audit"), regional("local", AWAY)]);
    let call = |region: &str, operation: &str, name: &str| {
        Call::new("cloudtrail", operation, region, json!({"Name": name}))
    };
    let outcome =
        |call: Call| async { sandbox.call(call).await.map_err(|error| error.to_string()) };
    assert!(
        outcome(call(HOME, "StartLogging", "org-audit"))
            .await
            .is_ok()
    );
    let second = outcome(call(HOME, "StartLogging", "org-audit")).await;
    assert_eq!(second, Err("ThrottlingException: Rate exceeded".to_owned()));
    assert!(
        outcome(call(AWAY, "StartLogging", "local")).await.is_ok(),
        "the Region has its own"
    );
    for _ in 0..20 {
        assert!(
            outcome(call(HOME, "GetTrailStatus", "org-audit"))
                .await
                .is_ok()
        );
    }
    sandbox.advance(SignedDuration::from_secs(1));
    assert!(
        outcome(call(HOME, "StartLogging", "org-audit"))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn reads_are_throttled_by_the_fault_script_only() {
    let sandbox = with(vec![trail("org-audit")]);
    sandbox.inject(Fault::new(
        "cloudtrail",
        "DescribeTrails",
        When::Nth(1),
        FaultKind::Throttle,
    ));
    assert_eq!(
        code(&sandbox, "DescribeTrails", json!({})).await,
        "ThrottlingException"
    );
    good(&sandbox, "DescribeTrails", json!({})).await;
}

#[tokio::test]
async fn unknown_operations_and_regions_are_refused() {
    let sandbox = Sandbox::new(account());
    let got = code(&sandbox, "CreateEventDataStore", json!({})).await;
    assert_eq!(got, "NotImplementedException");
    let got = code_at(&sandbox, "ap-south-2", "DescribeTrails", json!({})).await;
    assert_eq!(got, "UnrecognizedClientException");
}
