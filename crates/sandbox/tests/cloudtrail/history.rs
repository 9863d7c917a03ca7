use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{Actor, EventSeed};

use crate::support::*;

async fn lookup(sandbox: &trailkeeper_sandbox::Sandbox, input: Value) -> Vec<Value> {
    let answer = good(sandbox, "LookupEvents", input).await;
    answer["Events"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_write_is_found_with_its_actor() {
    let sandbox = with(vec![trail("org-audit")]);
    let mallory = Actor::iam_user(ACCOUNT, "mallory", "AKIAIOSFODNN7EXAMPLE", "203.0.113.24");
    sandbox.with_world(|world| world.set_actor(Some(mallory)));
    good(&sandbox, "StopLogging", json!({"Name": arn("org-audit")})).await;
    sandbox.with_world(|world| world.set_actor(None));
    good(&sandbox, "StartLogging", json!({"Name": arn("org-audit")})).await;
    let by_name = json!([{"AttributeKey": "EventName", "AttributeValue": "StopLogging"}]);
    let events = lookup(&sandbox, json!({"LookupAttributes": by_name})).await;
    assert_eq!(events.len(), 1);
    let event = &events[0];
    assert_eq!(event["Username"], json!("mallory"));
    assert_eq!(event["AccessKeyId"], json!("AKIAIOSFODNN7EXAMPLE"));
    assert_eq!(event["EventSource"], json!("cloudtrail.amazonaws.com"));
    assert_eq!(event["ReadOnly"], json!("false"));
    assert_eq!(
        event["Resources"][0]["ResourceName"],
        json!(arn("org-audit"))
    );
    let record: Value = serde_json::from_str(event["CloudTrailEvent"].as_str().unwrap()).unwrap();
    assert_eq!(record["userIdentity"]["type"], json!("IAMUser"));
    assert_eq!(record["sourceIPAddress"], json!("203.0.113.24"));
    assert_eq!(
        record["requestParameters"],
        json!({"name": arn("org-audit")})
    );
    assert_eq!(record["responseElements"], Value::Null);
    assert_eq!(record["eventTime"], json!("2026-03-02T10:00:01Z"));
    assert_eq!(record["eventID"], event["EventId"]);
    assert_eq!(record.get("errorCode"), None);
}

#[tokio::test]
async fn a_refused_write_is_an_attempt_and_reads_leave_no_trace() {
    let sandbox = with(vec![trail("org-audit")]);
    let _refused = code(&sandbox, "DeleteTrail", json!({"Name": "none"})).await;
    good(&sandbox, "DescribeTrails", json!({})).await;
    let change = json!({"Name": "org-audit", "S3KeyPrefix": "p"});
    good(&sandbox, "UpdateTrail", change).await;
    let events = lookup(&sandbox, json!({})).await;
    let names: Vec<_> = events
        .iter()
        .map(|event| event["EventName"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["UpdateTrail", "DeleteTrail"], "newest first");
    let records: Vec<Value> = events
        .iter()
        .map(|event| serde_json::from_str(event["CloudTrailEvent"].as_str().unwrap()).unwrap())
        .collect();
    assert_eq!(records[1]["errorCode"], json!("TrailNotFoundException"));
    assert_eq!(records[0]["requestParameters"]["s3KeyPrefix"], json!("p"));
    assert_eq!(
        records[0]["responseElements"]["trailARN"],
        json!(arn("org-audit"))
    );
    assert_eq!(records[0]["userIdentity"]["type"], json!("AssumedRole"));
}

fn event(name: &str, minutes_ago: i64, region: &str) -> EventSeed {
    EventSeed {
        at: now() - SignedDuration::from_mins(minutes_ago),
        region: region.to_owned(),
        event_source: "s3.amazonaws.com".to_owned(),
        event_name: name.to_owned(),
        actor: None,
        resource: Some(("AWS::S3::Bucket".to_owned(), BUCKET.to_owned())),
        request_parameters: json!({"bucketName": BUCKET}),
        response_elements: Value::Null,
        error: None,
    }
}

#[tokio::test]
async fn lookups_filter_by_time_region_and_attribute() {
    let sandbox = with(vec![]);
    let seconds = |minutes_ago: i64| (now() - SignedDuration::from_mins(minutes_ago)).as_second();
    sandbox.with_world(|world| {
        world.seed_event(event("PutBucketPolicy", 10, HOME));
        world.seed_event(event("DeleteBucket", 20, HOME));
        world.seed_event(event("PutBucketAcl", 5, AWAY));
        world.seed_event(event("TooOld", 91 * 24 * 60, HOME));
    });
    let by = |key: &str, value: &str| json!({"LookupAttributes": [{"AttributeKey": key, "AttributeValue": value}]});
    let cases = [
        (json!({}), 2),
        (json!({"StartTime": seconds(15)}), 1),
        (json!({"EndTime": seconds(15)}), 1),
        (json!({"StartTime": seconds(10), "EndTime": seconds(10)}), 1),
        (json!({"EventCategory": "insight"}), 0),
        (by("EventName", "DeleteBucket"), 1),
        (by("EventName", "PutBucketAcl"), 0),
        (by("ResourceName", BUCKET), 2),
        (by("ResourceType", "AWS::CloudTrail::Trail"), 0),
        (by("EventSource", "s3.amazonaws.com"), 2),
        (by("Username", "sandbox"), 2),
        (by("AccessKeyId", "ASIAIOSFODNN7EXAMPLE"), 2),
        (by("ReadOnly", "true"), 0),
        (by("ReadOnly", "false"), 2),
        (by("EventId", "00000000-0000-4000-8000-000000000002"), 1),
    ];
    for (input, wanted) in cases {
        assert_eq!(
            lookup(&sandbox, input.clone()).await.len(),
            wanted,
            "{input}"
        );
    }
}

#[tokio::test]
async fn lookups_page_by_fifty_and_tokens_belong_to_their_request() {
    let sandbox = with(vec![]);
    sandbox.with_world(|world| {
        (0..120).for_each(|n| world.seed_event(event(&format!("Event{n}"), n, HOME)));
    });
    let mut seen = Vec::new();
    let mut input = json!({});
    let mut pages = 0;
    loop {
        let answer = good(&sandbox, "LookupEvents", input).await;
        seen.extend(answer["Events"].as_array().unwrap().clone());
        pages += 1;
        let Some(token) = answer.get("NextToken") else {
            break;
        };
        input = json!({"NextToken": token});
    }
    assert_eq!((pages, seen.len()), (3, 120));
    assert_eq!(seen[119]["EventName"], json!("Event119"));
    let page = good(&sandbox, "LookupEvents", json!({"MaxResults": 10})).await;
    assert_eq!(page["Events"].as_array().unwrap().len(), 10);
    let cases = [
        (
            json!({"NextToken": page["NextToken"]}),
            "InvalidNextTokenException",
        ),
        (json!({"NextToken": "x"}), "InvalidNextTokenException"),
        (json!({"MaxResults": 0}), "InvalidMaxResultsException"),
        (json!({"MaxResults": 51}), "InvalidMaxResultsException"),
        (
            json!({"StartTime": 20, "EndTime": 10}),
            "InvalidTimeRangeException",
        ),
        (
            json!({"EventCategory": "data"}),
            "InvalidEventCategoryException",
        ),
        (
            json!({"LookupAttributes": [{"AttributeKey": "Colour", "AttributeValue": "x"}]}),
            "InvalidLookupAttributesException",
        ),
        (
            json!({"LookupAttributes": [{"AttributeKey": "EventName"}]}),
            "InvalidLookupAttributesException",
        ),
        (
            json!({"LookupAttributes": [
                {"AttributeKey": "EventName", "AttributeValue": "x"},
                {"AttributeKey": "Username", "AttributeValue": "x"},
            ]}),
            "InvalidLookupAttributesException",
        ),
    ];
    for (input, wanted) in cases {
        assert_eq!(
            code(&sandbox, "LookupEvents", input.clone()).await,
            wanted,
            "{input}"
        );
    }
    let next = json!({"MaxResults": 10, "NextToken": page["NextToken"]});
    assert_eq!(
        lookup(&sandbox, next).await[0]["EventName"],
        json!("Event10")
    );
}
