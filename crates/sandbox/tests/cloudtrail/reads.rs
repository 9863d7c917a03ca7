use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{LastDelivery, TrailSeed, TrailStatus};

use crate::support::*;

fn names(answer: &Value) -> Vec<&str> {
    let list = answer["trailList"].as_array().unwrap();
    list.iter()
        .map(|trail| trail["Name"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn describe_finds_what_the_region_shows() {
    let sandbox = with(vec![
        trail("multi"),
        regional("home", HOME),
        regional("away", AWAY),
    ]);
    let multi_away = format!("arn:aws:cloudtrail:{AWAY}:{ACCOUNT}:trail/multi");
    let cases = [
        (HOME, json!({}), vec!["home", "multi"]),
        (AWAY, json!({}), vec!["away", "multi"]),
        ("us-west-2", json!({}), vec!["multi"]),
        (
            AWAY,
            json!({"includeShadowTrails": true}),
            vec!["away", "multi"],
        ),
        (AWAY, json!({"includeShadowTrails": false}), vec!["away"]),
        (
            AWAY,
            json!({"trailNameList": [], "includeShadowTrails": false}),
            vec!["away"],
        ),
        (
            HOME,
            json!({"trailNameList": ["multi", "none", "away"]}),
            vec!["multi"],
        ),
        (AWAY, json!({"trailNameList": ["multi"]}), vec![]),
        (
            AWAY,
            json!({"trailNameList": [arn("multi"), arn("home")]}),
            vec!["multi", "home"],
        ),
        (
            AWAY,
            json!({"trailNameList": [arn("multi"), arn("multi")]}),
            vec!["multi"],
        ),
        (
            AWAY,
            json!({"trailNameList": [arn("none"), multi_away]}),
            vec![],
        ),
    ];
    for (region, input, wanted) in cases {
        let answer = at(&sandbox, region, "DescribeTrails", input.clone())
            .await
            .unwrap();
        assert_eq!(names(&answer), wanted, "{region} {input}");
    }
    for (id, wanted) in [
        ("x", "InvalidTrailNameException"),
        (
            "arn:aws:iam::111122223333:role/x",
            "CloudTrailARNInvalidException",
        ),
    ] {
        let got = code(&sandbox, "DescribeTrails", json!({"trailNameList": [id]})).await;
        assert_eq!(got, wanted);
    }
}

#[tokio::test]
async fn a_shadow_shows_its_home_region_and_arn() {
    let sandbox = with(vec![trail("multi")]);
    let answer = at(&sandbox, AWAY, "DescribeTrails", json!({}))
        .await
        .unwrap();
    let shadow = &answer["trailList"][0];
    assert_eq!(shadow["HomeRegion"], json!(HOME));
    assert_eq!(shadow["TrailARN"], json!(arn("multi")));
}

/// The three trails of the documented samples.
#[tokio::test]
async fn describe_answers_the_documented_members() {
    let mut seed = trail("payments-data");
    seed.settings.s3_key_prefix = Some("payments".to_owned());
    seed.settings.kms_key_id = Some(key_arn());
    seed.settings.is_multi_region_trail = false;
    seed.settings.include_global_service_events = false;
    seed.insights.clear();
    let sandbox = with(vec![seed]);
    let wanted = json!({
        "Name": "payments-data", "S3BucketName": BUCKET, "S3KeyPrefix": "payments",
        "IncludeGlobalServiceEvents": false, "IsMultiRegionTrail": false, "HomeRegion": HOME,
        "TrailARN": arn("payments-data"), "LogFileValidationEnabled": true,
        "KmsKeyId": key_arn(), "HasCustomEventSelectors": false, "HasInsightSelectors": false,
        "IsOrganizationTrail": false,
    });
    assert_eq!(described(&sandbox, "payments-data").await, wanted);
    let answer = good(&sandbox, "GetTrail", json!({"Name": "payments-data"})).await;
    assert_eq!(answer, json!({"Trail": wanted}));
    let got = code(&sandbox, "GetTrail", json!({"Name": "none"})).await;
    assert_eq!(got, "TrailNotFoundException");
}

#[tokio::test]
async fn status_by_name_at_home_only_and_by_arn_where_the_trail_is() {
    let sandbox = with(vec![trail("multi"), regional("home", HOME)]);
    let cases = [
        (HOME, "multi".to_owned(), ""),
        (HOME, arn("multi"), ""),
        (AWAY, "multi".to_owned(), "TrailNotFoundException"),
        (AWAY, arn("multi"), ""),
        (AWAY, arn("home"), "TrailNotFoundException"),
        (HOME, "m".to_owned(), "InvalidTrailNameException"),
        (HOME, "arn:x".to_owned(), "CloudTrailARNInvalidException"),
    ];
    for (region, id, wanted) in cases {
        let input = json!({"Name": id});
        match at(&sandbox, region, "GetTrailStatus", input.clone()).await {
            Ok(_) => assert_eq!(wanted, "", "{region} {input}"),
            Err(error) => assert!(!wanted.is_empty() && error.to_string().starts_with(wanted)),
        }
    }
}

fn dead_fields(started: &str) -> Value {
    json!({
        "LatestDeliveryAttemptTime": "", "LatestNotificationAttemptTime": "",
        "LatestNotificationAttemptSucceeded": "", "LatestDeliveryAttemptSucceeded": "",
        "TimeLoggingStarted": started, "TimeLoggingStopped": "",
    })
}

fn merged(mut one: Value, other: &Value) -> Value {
    one.as_object_mut()
        .unwrap()
        .extend(other.as_object().unwrap().clone());
    one
}

#[tokio::test]
async fn status_answers_the_documented_members() {
    let time = |text: &str| Some(text.parse().unwrap());
    let healthy = TrailStatus {
        is_logging: true,
        start_logging_time: time("2025-01-10T00:00:00Z"),
        delivery: LastDelivery {
            time: time("2026-03-02T09:56:00Z"),
            error: None,
        },
        digest: LastDelivery {
            time: time("2026-03-02T09:35:00Z"),
            error: None,
        },
        ..TrailStatus::default()
    };
    let stopped = TrailStatus {
        is_logging: false,
        stop_logging_time: time("2026-03-02T09:57:12Z"),
        ..healthy.clone()
    };
    let fresh = TrailStatus {
        is_logging: true,
        start_logging_time: time("2026-03-02T09:58:30Z"),
        time_logging_started: "2026-03-02T09:58:30Z".to_owned(),
        ..TrailStatus::default()
    };
    let times = json!({
        "LatestDeliveryTime": 1_772_445_360.0, "StartLoggingTime": 1_736_467_200.0,
        "LatestDigestDeliveryTime": 1_772_444_100.0,
    });
    let stop = json!({"IsLogging": false, "StopLoggingTime": 1_772_445_432.0});
    let cases = [
        (
            healthy,
            merged(merged(json!({"IsLogging": true}), &times), &dead_fields("")),
        ),
        (stopped, merged(merged(stop, &times), &dead_fields(""))),
        (
            fresh,
            merged(
                json!({"IsLogging": true, "StartLoggingTime": 1_772_445_510.0}),
                &dead_fields("2026-03-02T09:58:30Z"),
            ),
        ),
    ];
    for (seed, wanted) in cases {
        let sandbox = with(vec![TrailSeed {
            status: seed,
            ..trail("org-audit")
        }]);
        assert_eq!(status(&sandbox, "org-audit").await, wanted);
    }
}

#[tokio::test]
async fn each_region_answers_for_itself() {
    let mut seed = trail("multi");
    seed.status_in
        .insert(AWAY.to_owned(), TrailStatus::stopped(now()));
    let sandbox = with(vec![seed]);
    for (region, logging) in [(HOME, true), ("us-west-2", true), (AWAY, false)] {
        let input = json!({"Name": arn("multi")});
        let status = at(&sandbox, region, "GetTrailStatus", input).await.unwrap();
        assert_eq!(status["IsLogging"], json!(logging), "{region}");
    }
}

#[tokio::test]
async fn list_trails_pages_over_all_regions() {
    let sandbox = with(vec![
        trail("multi"),
        regional("home", HOME),
        regional("away", AWAY),
    ]);
    sandbox.with_world(|world| world.set_list_trails_page(2));
    let first = good(&sandbox, "ListTrails", json!({})).await;
    let token = first["NextToken"].clone();
    let second = good(&sandbox, "ListTrails", json!({"NextToken": token})).await;
    assert_eq!(second.get("NextToken"), None);
    let both = [&first["Trails"], &second["Trails"]];
    let mut names: Vec<_> = both
        .iter()
        .flat_map(|trails| trails.as_array().unwrap())
        .map(|trail| (trail["Name"].clone(), trail["HomeRegion"].clone()))
        .collect();
    names.sort_by_key(|(name, _)| name.to_string());
    let wanted = [("away", AWAY), ("home", HOME), ("multi", HOME)];
    assert_eq!(
        names,
        wanted.map(|(name, region)| (json!(name), json!(region)))
    );
    let got = code(&sandbox, "ListTrails", json!({"NextToken": "x"})).await;
    assert_eq!(got, "InvalidNextTokenException");
}
