use serde_json::{Value, json};
use trailkeeper_app::ports::TrailReader;
use trailkeeper_aws::Trails;
use trailkeeper_core::facts::{
    AdvancedSelector, BasicSelector, DataResource, EventSelectors, FieldSelector, InsightSelector,
    ReadWriteType, TrailStatus,
};
use trailkeeper_core::{Arn, ErrorClass};

use crate::wire::{Reply, Wire, ok, refusal, region};

pub(crate) const ARN: &str = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit";

pub(crate) fn arn() -> Arn {
    ARN.parse().unwrap()
}

#[tokio::test]
async fn a_trail_keeps_every_field_and_absent_flags_stay_unknown() {
    let full = json!({
        "Name": "audit", "TrailARN": ARN, "HomeRegion": "eu-west-1", "S3BucketName": "logs",
        "S3KeyPrefix": "p", "SnsTopicARN": "arn:aws:sns:eu-west-1:111122223333:t",
        "IncludeGlobalServiceEvents": true, "IsMultiRegionTrail": true,
        "LogFileValidationEnabled": false, "IsOrganizationTrail": false, "KmsKeyId": "arn:k",
        "CloudWatchLogsLogGroupArn": "arn:g", "CloudWatchLogsRoleArn": "arn:r",
    });
    let bare = json!({ "TrailARN": ARN, "S3BucketName": "logs", "S3KeyPrefix": "" });
    let wire = Wire::new([ok(json!({ "trailList": [full, bare] }))]);
    let trails = Trails::new(wire.session());
    let found = trails
        .describe_trails(&region("us-west-2"), &[])
        .await
        .unwrap();
    let [full, bare] = found.as_slice() else {
        panic!("two trails, not {found:?}")
    };
    assert_eq!((full.arn.clone(), full.name.as_str()), (arn(), "audit"));
    assert_eq!(full.home_region, region("eu-west-1"));
    assert_eq!(
        (full.bucket.as_str(), full.key_prefix.as_deref()),
        ("logs", Some("p"))
    );
    assert_eq!(
        full.sns_topic_arn.as_deref(),
        Some("arn:aws:sns:eu-west-1:111122223333:t")
    );
    assert_eq!(
        (full.include_global_service_events, full.is_multi_region),
        (Some(true), Some(true))
    );
    assert_eq!(
        (full.log_file_validation, full.is_organization_trail),
        (Some(false), Some(false))
    );
    assert_eq!(full.kms_key_id.as_deref(), Some("arn:k"));
    assert_eq!(full.log_group_arn.as_deref(), Some("arn:g"));
    assert_eq!(full.log_group_role_arn.as_deref(), Some("arn:r"));
    assert_eq!(
        (bare.name.as_str(), bare.key_prefix.as_deref()),
        ("audit", None)
    );
    assert_eq!(
        (bare.home_region.clone(), bare.is_multi_region),
        (region("eu-west-1"), None)
    );
    let request = wire.request();
    assert_eq!(
        request.line,
        "POST https://cloudtrail.us-west-2.amazonaws.com/"
    );
    assert_eq!(request.target, "DescribeTrails");
    assert_eq!(request.json(), json!({ "includeShadowTrails": true }));
}

#[tokio::test]
async fn named_trails_are_asked_for_by_name_or_arn() {
    let wire = Wire::new([ok(json!({ "trailList": [] }))]);
    let names = [ARN.to_owned(), "other".to_owned()];
    let trails = Trails::new(wire.session());
    assert_eq!(
        trails.describe_trails(&region("eu-west-1"), &names).await,
        Ok(Vec::new())
    );
    let expected = json!({ "trailNameList": [ARN, "other"], "includeShadowTrails": true });
    assert_eq!(wire.request().json(), expected);
}

#[tokio::test]
async fn a_trail_that_cannot_be_told_is_an_error_not_a_trail_less() {
    let whole = json!({ "TrailARN": ARN, "S3BucketName": "logs" });
    let cases = [
        (
            json!({ "Name": "audit", "S3BucketName": "logs" }),
            "TrailARN",
        ),
        (
            json!({ "TrailARN": "audit", "S3BucketName": "logs" }),
            "TrailARN",
        ),
        (json!({ "TrailARN": ARN }), "S3BucketName"),
        (
            json!({ "TrailARN": ARN, "S3BucketName": "l", "HomeRegion": "??" }),
            "HomeRegion",
        ),
    ];
    for (item, missing) in cases {
        let wire = Wire::new([ok(json!({ "trailList": [whole, item] }))]);
        let trails = Trails::new(wire.session());
        let error = trails
            .describe_trails(&region("eu-west-1"), &[])
            .await
            .unwrap_err();
        assert_eq!(
            (error.code.as_str(), error.class),
            ("InvalidResponse", ErrorClass::Broken)
        );
        assert!(error.message.contains(missing), "{error}");
    }
}

fn page(names: &[&str], token: Option<&str>) -> Reply {
    let arn = |name| format!("arn:aws:cloudtrail:us-east-1:111122223333:trail/{name}");
    let trails: Vec<Value> = names
        .iter()
        .map(|name| json!({ "TrailARN": arn(name), "Name": name, "HomeRegion": "us-east-1" }))
        .collect();
    ok(json!({ "Trails": trails, "NextToken": token }))
}

#[tokio::test]
async fn list_trails_reads_every_page() {
    let wire = Wire::new([
        page(&["a", "b"], Some("t1")),
        page(&[], Some("t2")),
        page(&["c"], None),
    ]);
    let listed = Trails::new(wire.session())
        .list_trails(&region("eu-west-1"))
        .await
        .unwrap();
    let names: Vec<&str> = listed.iter().map(|trail| trail.arn.name()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert!(
        listed
            .iter()
            .all(|trail| trail.home_region == region("us-east-1"))
    );
    let tokens: Vec<Value> = wire.requests().iter().map(|page| page.json()).collect();
    assert_eq!(
        tokens,
        [
            json!({}),
            json!({ "NextToken": "t1" }),
            json!({ "NextToken": "t2" })
        ]
    );
}

#[tokio::test]
async fn a_listing_that_loops_or_breaks_off_is_an_error() {
    let looping = [
        page(&["a"], Some("t1")),
        page(&["b"], Some("t2")),
        page(&["c"], Some("t1")),
    ];
    let cut = [
        page(&["a"], Some("t1")),
        refusal("ThrottlingException", "Rate exceeded"),
    ];
    let cases = [
        (looping.to_vec(), "InvalidResponse"),
        (cut.to_vec(), "ThrottlingException"),
    ];
    for (script, code) in cases {
        let wire = Wire::new(script);
        let answer = Trails::new(wire.session())
            .list_trails(&region("eu-west-1"))
            .await;
        assert_eq!(answer.unwrap_err().code, code);
        wire.requests();
    }
}

#[tokio::test]
async fn a_status_keeps_times_and_takes_empty_errors_for_none() {
    let cases = [
        (json!({}), TrailStatus::default()),
        (
            json!({
                "IsLogging": true, "LatestDeliveryError": "", "LatestDeliveryTime": 1.7e9,
                "LatestDigestDeliveryError": "AccessDenied", "LatestDigestDeliveryTime": 1.7e9,
                "LatestNotificationError": "NotFound", "LatestCloudWatchLogsDeliveryError": "x",
                "LatestCloudWatchLogsDeliveryTime": 1_700_000_001.5,
                "StartLoggingTime": 1_600_000_000, "StopLoggingTime": 1_500_000_000,
            }),
            TrailStatus {
                is_logging: Some(true),
                delivery_error: None,
                delivery_time: Some("2023-11-14T22:13:20Z".parse().unwrap()),
                digest_error: Some("AccessDenied".to_owned()),
                digest_time: Some("2023-11-14T22:13:20Z".parse().unwrap()),
                notification_error: Some("NotFound".to_owned()),
                cloudwatch_error: Some("x".to_owned()),
                cloudwatch_time: Some("2023-11-14T22:13:21.5Z".parse().unwrap()),
                start_logging_time: Some("2020-09-13T12:26:40Z".parse().unwrap()),
                stop_logging_time: Some("2017-07-14T02:40:00Z".parse().unwrap()),
            },
        ),
    ];
    for (answer, expected) in cases {
        let wire = Wire::new([ok(answer)]);
        let status = Trails::new(wire.session())
            .trail_status(&region("eu-west-1"), &arn())
            .await;
        assert_eq!(status, Ok(expected));
        assert_eq!(wire.request().json(), json!({ "Name": ARN }));
    }
}

fn basic(read_write_type: ReadWriteType, include_management_events: bool) -> BasicSelector {
    BasicSelector {
        read_write_type,
        include_management_events,
        data_resources: Vec::new(),
        exclude_management_event_sources: Vec::new(),
    }
}

#[tokio::test]
async fn event_selectors_of_both_kinds_are_read() {
    let data = DataResource {
        resource_type: "AWS::S3::Object".to_owned(),
        values: vec!["arn:aws:s3".to_owned()],
    };
    let narrow = BasicSelector {
        data_resources: vec![data],
        exclude_management_event_sources: vec!["kms.amazonaws.com".to_owned()],
        ..basic(ReadWriteType::WriteOnly, false)
    };
    let field = FieldSelector {
        field: "eventCategory".to_owned(),
        equals: vec!["Management".to_owned()],
        not_starts_with: vec!["x".to_owned()],
        ..FieldSelector::default()
    };
    let advanced = AdvancedSelector {
        name: Some("all".to_owned()),
        field_selectors: vec![field],
    };
    let cases = [
        (
            json!({ "EventSelectors": [{}, { "ReadWriteType": "ReadOnly" }, {
                "ReadWriteType": "WriteOnly", "IncludeManagementEvents": false,
                "DataResources": [{ "Type": "AWS::S3::Object", "Values": ["arn:aws:s3"] }],
                "ExcludeManagementEventSources": ["kms.amazonaws.com"],
            }] }),
            EventSelectors::Basic(vec![
                basic(ReadWriteType::All, true),
                basic(ReadWriteType::ReadOnly, true),
                narrow,
            ]),
        ),
        (
            json!({ "AdvancedEventSelectors": [{ "Name": "all", "FieldSelectors": [
                { "Field": "eventCategory", "Equals": ["Management"], "NotStartsWith": ["x"] },
            ] }] }),
            EventSelectors::Advanced(vec![advanced]),
        ),
    ];
    for (answer, expected) in cases {
        let wire = Wire::new([ok(answer)]);
        let trails = Trails::new(wire.session());
        assert_eq!(
            trails.event_selectors(&region("eu-west-1"), &arn()).await,
            Ok(expected)
        );
        assert_eq!(wire.request().json(), json!({ "TrailName": ARN }));
    }
    // every trail has selectors: an answer without any is cut
    let wire = Wire::new([ok(json!({ "EventSelectors": [] }))]);
    let trails = Trails::new(wire.session());
    let cut = trails.event_selectors(&region("eu-west-1"), &arn()).await;
    assert_eq!(cut.unwrap_err().code, "InvalidResponse");
}

#[tokio::test]
async fn an_unknown_read_write_type_is_an_error_not_a_guess() {
    let wire = Wire::new([ok(
        json!({ "EventSelectors": [{ "ReadWriteType": "Sometimes" }] }),
    )]);
    let trails = Trails::new(wire.session());
    let error = trails
        .event_selectors(&region("eu-west-1"), &arn())
        .await
        .unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.class),
        ("InvalidResponse", ErrorClass::Broken)
    );
    assert!(error.message.contains("`Sometimes`"), "{error}");
}

#[tokio::test]
async fn insights_keep_unknown_names_and_not_enabled_means_none() {
    let insight = |name: &str, categories: &[&str]| InsightSelector {
        insight_type: name.to_owned(),
        event_categories: categories.iter().map(ToString::to_string).collect(),
    };
    let answer = json!({ "InsightSelectors": [
        { "InsightType": "ApiCallRateInsight" },
        { "InsightType": "NewInsight", "EventCategories": ["Data", "New"] },
    ] });
    let both = vec![
        insight("ApiCallRateInsight", &[]),
        insight("NewInsight", &["Data", "New"]),
    ];
    let cases = [
        (ok(answer), Ok(both)),
        (refusal("InsightNotEnabledException", "off"), Ok(Vec::new())),
        (
            refusal("TrailNotFoundException", "gone"),
            Err("TrailNotFoundException".to_owned()),
        ),
    ];
    for (reply, expected) in cases {
        let wire = Wire::new([reply]);
        let trails = Trails::new(wire.session());
        let answer = trails.insight_selectors(&region("eu-west-1"), &arn()).await;
        assert_eq!(answer.map_err(|error| error.code), expected);
    }
}
