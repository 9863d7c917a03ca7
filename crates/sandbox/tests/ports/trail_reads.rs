use serde_json::json;
use trailkeeper_app::ports::TrailReader;
use trailkeeper_core::ErrorClass;
use trailkeeper_core::facts::{
    AdvancedSelector, BasicSelector, DataResource, EventSelectors, FieldSelector, InsightSelector,
    ReadWriteType, Trail,
};
use trailkeeper_sandbox::Sandbox;
use trailkeeper_sandbox::seed::{self, LastDelivery, TrailSeed, TrailSettings, TrailStatus};

use crate::support::{
    AWAY, BUCKET, HOME, away, expected, failure, home, key_arn, now, sandbox, trail_arn, world,
};

#[tokio::test]
async fn describe_trails_gives_every_member() {
    let mut world = world();
    let group = "arn:aws:logs:us-east-1:111122223333:log-group:trails:*".to_owned();
    let role = "arn:aws:iam::111122223333:role/trails".to_owned();
    let topic = "arn:aws:sns:us-east-1:111122223333:trails".to_owned();
    world.seed_trail(TrailSeed {
        settings: TrailSettings {
            s3_key_prefix: Some("all".to_owned()),
            sns_topic_arn: Some(topic.clone()),
            kms_key_id: Some(key_arn().to_string()),
            cloud_watch_logs_log_group_arn: Some(group.clone()),
            cloud_watch_logs_role_arn: Some(role.clone()),
            is_multi_region_trail: false,
            ..TrailSeed::healthy("full", HOME, BUCKET, now()).settings
        },
        ..TrailSeed::healthy("full", HOME, BUCKET, now())
    });
    let sandbox = Sandbox::new(world);
    let names = [trail_arn("full").to_string()];
    let trails = sandbox.describe_trails(&home(), &names).await.unwrap();
    let wanted = Trail {
        arn: trail_arn("full"),
        name: "full".to_owned(),
        home_region: home(),
        bucket: BUCKET.to_owned(),
        key_prefix: Some("all".to_owned()),
        sns_topic_arn: Some(topic),
        include_global_service_events: Some(true),
        is_multi_region: Some(false),
        log_file_validation: Some(true),
        is_organization_trail: Some(false),
        kms_key_id: Some(key_arn().to_string()),
        log_group_arn: Some(group),
        log_group_role_arn: Some(role),
    };
    assert_eq!(trails, [wanted]);
}

#[tokio::test]
async fn describe_trails_shows_shadows_and_leaves_out_what_is_not_there() {
    let sandbox = sandbox();
    let shadows = sandbox.describe_trails(&away(), &[]).await.unwrap();
    assert_eq!(shadows.len(), 1);
    assert_eq!(shadows[0].home_region, home());
    assert_eq!(shadows[0].key_prefix, None);
    let none = sandbox
        .describe_trails(&home(), &["absent".to_owned()])
        .await;
    assert_eq!(none, Ok(Vec::new()));
}

#[tokio::test]
async fn describe_trails_refuses_an_invalid_name() {
    let found = sandbox().describe_trails(&home(), &["a".to_owned()]).await;
    let wanted = expected(
        "cloudtrail:DescribeTrails",
        "InvalidTrailNameException",
        ErrorClass::Refused,
    );
    assert_eq!(failure(found), wanted);
}

#[tokio::test]
async fn list_trails_reads_to_the_end() {
    let mut world = world();
    for (name, region) in [("second", AWAY), ("third", HOME)] {
        world.seed_trail(TrailSeed::healthy(name, region, BUCKET, now()));
    }
    world.set_list_trails_page(1);
    let sandbox = Sandbox::new(world);
    let listed = sandbox.list_trails(&home()).await.unwrap();
    let mut names: Vec<_> = listed.iter().map(|trail| trail.arn.name()).collect();
    names.sort_unstable();
    assert_eq!(names, ["main", "second", "third"]);
    assert!(listed.iter().any(|trail| trail.home_region == away()));
    assert_eq!(sandbox.calls().len(), 3);
}

#[tokio::test]
async fn list_trails_of_a_region_that_is_off_is_refused() {
    let region = "ap-south-1".parse().unwrap();
    let found = sandbox().list_trails(&region).await;
    let wanted = expected(
        "cloudtrail:ListTrails",
        "UnrecognizedClientException",
        ErrorClass::Denied,
    );
    assert_eq!(failure(found), wanted);
}

#[tokio::test]
async fn trail_status_takes_empty_errors_for_none() {
    let mut world = world();
    let failed = |error: &str| LastDelivery {
        time: Some(now()),
        error: Some(error.to_owned()),
    };
    world.seed_trail(TrailSeed {
        status: TrailStatus {
            delivery: failed("AccessDenied"),
            digest: failed(""),
            notification: failed("NotFound"),
            cloud_watch_logs: failed("AccessDenied"),
            ..TrailStatus::stopped(now())
        },
        ..TrailSeed::healthy("main", HOME, BUCKET, now())
    });
    let sandbox = Sandbox::new(world);
    let status = sandbox.trail_status(&home(), &trail_arn("main")).await;
    let status = status.unwrap();
    assert_eq!(status.is_logging, Some(false));
    assert_eq!(status.delivery_error.as_deref(), Some("AccessDenied"));
    assert_eq!(status.digest_error, None);
    assert_eq!(status.notification_error.as_deref(), Some("NotFound"));
    assert_eq!(status.cloudwatch_error.as_deref(), Some("AccessDenied"));
    for time in [
        status.delivery_time,
        status.digest_time,
        status.cloudwatch_time,
        status.stop_logging_time,
    ] {
        assert_eq!(time, Some(now()));
    }
    assert!(status.start_logging_time < Some(now()));
}

#[tokio::test]
async fn reads_of_an_absent_trail_say_so() {
    let (sandbox, arn) = (sandbox(), trail_arn("absent"));
    let code = "TrailNotFoundException";
    let wanted = |operation| expected(operation, code, ErrorClass::Absent);
    let found = failure(sandbox.trail_status(&home(), &arn).await);
    assert_eq!(found, wanted("cloudtrail:GetTrailStatus"));
    let found = failure(sandbox.event_selectors(&home(), &arn).await);
    assert_eq!(found, wanted("cloudtrail:GetEventSelectors"));
    let found = failure(sandbox.insight_selectors(&home(), &arn).await);
    assert_eq!(found, wanted("cloudtrail:GetInsightSelectors"));
}

#[tokio::test]
async fn event_selectors_come_in_both_kinds() {
    let basic = json!({
        "ReadWriteType": "WriteOnly",
        "IncludeManagementEvents": false,
        "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}],
    });
    let advanced = json!({
        "Name": "all",
        "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}],
    });
    let cases = [
        (
            seed::EventSelectors::Basic(vec![basic]),
            EventSelectors::Basic(vec![BasicSelector {
                read_write_type: ReadWriteType::WriteOnly,
                include_management_events: false,
                data_resources: vec![DataResource {
                    resource_type: "AWS::S3::Object".to_owned(),
                    values: vec!["arn:aws:s3".to_owned()],
                }],
                exclude_management_event_sources: Vec::new(),
            }]),
        ),
        (
            seed::EventSelectors::Basic(vec![json!({})]),
            EventSelectors::Basic(vec![BasicSelector {
                read_write_type: ReadWriteType::All,
                include_management_events: true,
                data_resources: Vec::new(),
                exclude_management_event_sources: Vec::new(),
            }]),
        ),
        (
            seed::EventSelectors::Advanced(vec![advanced]),
            EventSelectors::Advanced(vec![AdvancedSelector {
                name: Some("all".to_owned()),
                field_selectors: vec![FieldSelector {
                    field: "eventCategory".to_owned(),
                    equals: vec!["Management".to_owned()],
                    ..FieldSelector::default()
                }],
            }]),
        ),
    ];
    for (selectors, wanted) in cases {
        let found = read_selectors(selectors).await;
        assert_eq!(found, Ok(wanted));
    }
}

#[tokio::test]
async fn a_selector_that_nobody_knows_is_an_error() {
    let strange = json!({"ReadWriteType": "Sideways"});
    let found = read_selectors(seed::EventSelectors::Basic(vec![strange])).await;
    let wanted = expected(
        "cloudtrail:GetEventSelectors",
        "InvalidResponse",
        ErrorClass::Broken,
    );
    assert_eq!(failure(found), wanted);
}

async fn read_selectors(
    selectors: seed::EventSelectors,
) -> Result<EventSelectors, trailkeeper_core::CallError> {
    let mut world = world();
    world.seed_trail(TrailSeed {
        selectors,
        ..TrailSeed::healthy("main", HOME, BUCKET, now())
    });
    let sandbox = Sandbox::new(world);
    sandbox.event_selectors(&home(), &trail_arn("main")).await
}

#[tokio::test]
async fn insight_selectors_that_are_off_are_the_empty_list() {
    let mut world = world();
    world.seed_trail(TrailSeed {
        insights: Vec::new(),
        ..TrailSeed::healthy("quiet", HOME, BUCKET, now())
    });
    let sandbox = Sandbox::new(world);
    let kind = |name: &str| InsightSelector {
        insight_type: name.to_owned(),
        event_categories: Vec::new(),
    };
    let on = sandbox.insight_selectors(&home(), &trail_arn("main")).await;
    let both = vec![kind("ApiCallRateInsight"), kind("ApiErrorRateInsight")];
    assert_eq!(on, Ok(both));
    let off = sandbox
        .insight_selectors(&home(), &trail_arn("quiet"))
        .await;
    assert_eq!(off, Ok(Vec::new()));
}
