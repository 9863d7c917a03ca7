use trailkeeper_app::ports::{BucketWriter, TrailReader, TrailWriter};
use trailkeeper_core::ErrorClass;
use trailkeeper_core::facts::{
    AdvancedSelector, BasicSelector, EventSelectors, FieldSelector, InsightSelector, ReadWriteType,
};
use trailkeeper_core::write_request::{CreateTrail, UpdateTrail};
use trailkeeper_sandbox::Sandbox;
use trailkeeper_sandbox::seed::{TrailSeed, TrailStatus, cloudtrail_bucket_policy};

use crate::support::{
    ACCOUNT, BUCKET, HOME, account, expected, failure, home, key_arn, now, pause, sandbox,
    trail_arn, world,
};

fn create(name: &str) -> CreateTrail {
    CreateTrail {
        name: name.to_owned(),
        bucket: BUCKET.to_owned(),
        key_prefix: None,
        sns_topic_name: None,
        include_global_service_events: true,
        is_multi_region: true,
        log_file_validation: true,
        is_organization_trail: false,
        kms_key_id: Some("alias/trails".to_owned()),
        log_group_arn: None,
        log_group_role_arn: None,
    }
}

#[tokio::test]
async fn create_trail_needs_the_bucket_policy_and_starts_nothing() {
    let (sandbox, arn) = (sandbox(), trail_arn("second"));
    let refused = sandbox.create_trail(&home(), &create("second")).await;
    let wanted = expected(
        "cloudtrail:CreateTrail",
        "InsufficientS3BucketPolicyException",
        ErrorClass::Refused,
    );
    assert_eq!(failure(refused), wanted);
    let policy = cloudtrail_bucket_policy("aws", BUCKET, None, ACCOUNT, &arn.to_string());
    sandbox
        .put_bucket_policy(BUCKET, &home(), &account(), &policy)
        .await
        .unwrap();
    pause(&sandbox);
    let created = sandbox.create_trail(&home(), &create("second")).await;
    assert_eq!(created, Ok(arn.clone()));
    let status = sandbox.trail_status(&home(), &arn).await.unwrap();
    assert_eq!(status.is_logging, Some(false));
    let names = [arn.to_string()];
    let trails = sandbox.describe_trails(&home(), &names).await.unwrap();
    assert_eq!(trails[0].kms_key_id, Some(key_arn().to_string()));
}

#[tokio::test]
async fn update_trail_changes_only_what_is_set() {
    let sandbox = sandbox();
    let arn = trail_arn("main");
    let update = UpdateTrail {
        kms_key_id: Some(key_arn().to_string()),
        ..UpdateTrail::of(arn.clone())
    };
    sandbox.update_trail(&home(), &update).await.unwrap();
    let trails = sandbox.describe_trails(&home(), &[]).await.unwrap();
    assert_eq!(trails[0].kms_key_id, Some(key_arn().to_string()));
    assert_eq!(trails[0].is_multi_region, Some(true));
    assert_eq!(trails[0].log_file_validation, Some(true));
}

#[tokio::test]
async fn writes_to_an_absent_trail_say_so() {
    let (sandbox, arn) = (sandbox(), trail_arn("absent"));
    let wanted = |operation| expected(operation, "TrailNotFoundException", ErrorClass::Absent);
    let found = sandbox
        .update_trail(&home(), &UpdateTrail::of(arn.clone()))
        .await;
    assert_eq!(failure(found), wanted("cloudtrail:UpdateTrail"));
    pause(&sandbox);
    let found = sandbox.start_logging(&home(), &arn).await;
    assert_eq!(failure(found), wanted("cloudtrail:StartLogging"));
    pause(&sandbox);
    let selectors = EventSelectors::Basic(vec![writes_only()]);
    let found = sandbox.put_event_selectors(&home(), &arn, &selectors).await;
    assert_eq!(failure(found), wanted("cloudtrail:PutEventSelectors"));
    pause(&sandbox);
    let found = sandbox.put_insight_selectors(&home(), &arn, &[]).await;
    assert_eq!(failure(found), wanted("cloudtrail:PutInsightSelectors"));
}

#[tokio::test]
async fn start_logging_starts_a_stopped_trail() {
    let mut world = world();
    world.seed_trail(TrailSeed {
        status: TrailStatus::stopped(now()),
        ..TrailSeed::healthy("main", HOME, BUCKET, now())
    });
    let sandbox = Sandbox::new(world);
    let arn = trail_arn("main");
    sandbox.start_logging(&home(), &arn).await.unwrap();
    let status = sandbox.trail_status(&home(), &arn).await.unwrap();
    assert_eq!(status.is_logging, Some(true));
    assert_eq!(status.start_logging_time, Some(now()));
}

fn writes_only() -> BasicSelector {
    BasicSelector {
        read_write_type: ReadWriteType::WriteOnly,
        include_management_events: true,
        data_resources: Vec::new(),
        exclude_management_event_sources: vec!["kms.amazonaws.com".to_owned()],
    }
}

#[tokio::test]
async fn event_selectors_come_back_as_they_were_put() {
    let (sandbox, arn) = (sandbox(), trail_arn("main"));
    let field = |field: &str, equals: &str| FieldSelector {
        field: field.to_owned(),
        equals: vec![equals.to_owned()],
        ..FieldSelector::default()
    };
    let advanced = AdvancedSelector {
        name: None,
        field_selectors: vec![
            field("eventCategory", "Management"),
            field("readOnly", "false"),
        ],
    };
    for selectors in [
        EventSelectors::Basic(vec![writes_only()]),
        EventSelectors::Advanced(vec![advanced]),
    ] {
        sandbox
            .put_event_selectors(&home(), &arn, &selectors)
            .await
            .unwrap();
        let found = sandbox.event_selectors(&home(), &arn).await;
        assert_eq!(found, Ok(selectors));
        pause(&sandbox);
    }
}

#[tokio::test]
async fn insight_selectors_come_back_as_they_were_put() {
    let (sandbox, arn) = (sandbox(), trail_arn("main"));
    let one = InsightSelector {
        insight_type: "ApiErrorRateInsight".to_owned(),
        event_categories: vec!["Management".to_owned()],
    };
    for selectors in [vec![one], Vec::new()] {
        sandbox
            .put_insight_selectors(&home(), &arn, &selectors)
            .await
            .unwrap();
        let found = sandbox.insight_selectors(&home(), &arn).await;
        assert_eq!(found, Ok(selectors));
        pause(&sandbox);
    }
}
