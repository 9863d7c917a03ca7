//! P1-P6, P13, P16, P21, P22, P26: what a tool does to trails.

use serde_json::json;
use trailkeeper_sandbox::seed::{BucketSeed, KeySeed, TrailStatus, cloudtrail_bucket_policy};
use trailkeeper_sandbox::{ApiError, Fault, FaultKind, When};
use trailkeeper_tests::{
    ACCOUNT, AWAY, Account, BUCKET, Coverage, FOREIGN_STATEMENTS, HOME, TRAIL, arn_of,
    bucket_policy, healthy_trail, healthy_world, key_arn, now, outcome_of, plain_world, trail_arn,
};

async fn coverage(account: &Account) -> Coverage {
    let world = account.sandbox.with_world(|world| world.clone());
    Coverage::of(&world).await
}

async fn stop(account: &Account, region: &str, arn: &str) {
    let input = json!({"Name": arn});
    let answer = account
        .act_in(region, "cloudtrail", "StopLogging", input)
        .await;
    answer.unwrap();
    account.sandbox.advance(jiff::SignedDuration::from_secs(2));
    account.sandbox.clear_calls();
}

/// A bucket whose policy lets CloudTrail write for `trail` too.
fn second_bucket(name: &str, region: &str, trail: &str) -> BucketSeed {
    BucketSeed {
        name: name.to_owned(),
        region: Some(region.to_owned()),
        policy: Some(cloudtrail_bucket_policy("aws", name, None, ACCOUNT, trail)),
        ..BucketSeed::default()
    }
}

#[tokio::test]
async fn p1_the_customers_own_stopped_trail_is_restarted() {
    let account = Account::healthy();
    stop(&account, HOME, &trail_arn()).await;
    let ending = account.repair().await;
    assert_eq!(outcome_of(&ending), "repaired");
    let after = coverage(&account).await;
    let arns: Vec<&String> = after.trails.keys().collect();
    assert_eq!(arns, [&trail_arn()], "no second trail");
    assert!(after.trails[&trail_arn()].is_logging);
    assert_eq!(account.writes(), ["StartLogging", "PutInsightSelectors"]);
}

#[tokio::test]
async fn p2_foreign_bucket_statements_survive_byte_for_byte() {
    let account = Account::healthy();
    let policy = bucket_policy(false);
    let input = json!({"Bucket": BUCKET, "Policy": policy});
    account.act("s3", "PutBucketPolicy", input).await;
    let ending = account.repair().await;
    assert_eq!(outcome_of(&ending), "repaired");
    let answer = account
        .act("s3", "GetBucketPolicy", json!({"Bucket": BUCKET}))
        .await;
    let after = answer["Policy"].as_str().unwrap();
    for statement in FOREIGN_STATEMENTS {
        assert!(after.contains(statement), "{after}");
    }
    let opening = policy.split(FOREIGN_STATEMENTS[0]).next().unwrap();
    assert!(
        after.starts_with(opening),
        "the text before is kept: {after}"
    );
    assert!(after.contains("cloudtrail.amazonaws.com"), "{after}");
}

#[tokio::test]
async fn p3_a_trail_with_another_home_region_is_restarted() {
    let arn = arn_of(AWAY, "regional");
    let mut trail = healthy_trail(AWAY, "regional");
    trail.settings.s3_bucket_name = "regional-logs".to_owned();
    trail.settings.is_multi_region_trail = false;
    trail.settings.include_global_service_events = false;
    trail.settings.kms_key_id = None;
    let mut world = plain_world();
    world.seed_bucket(second_bucket("regional-logs", AWAY, &arn));
    world.seed_trail(trail);
    let account = Account::of(world)
        .with("CloudTrailName", "regional")
        .with("CloudTrailS3BucketName", "regional-logs")
        .with("CloudTrailKmsKeyId", "")
        .with("IsMultiRegionTrail", false)
        .with("IncludeGlobalServiceEvents", false);
    stop(&account, AWAY, &arn).await;
    let ending = account.repair().await;
    assert_eq!(outcome_of(&ending), "repaired");
    let after = coverage(&account).await;
    assert_eq!(after.trails.len(), 1);
    assert!(after.trails[&arn].is_logging);
    let calls = account.sandbox.calls();
    let writes = calls.iter().filter(|call| call.write);
    assert!(writes.clone().count() > 0);
    assert!(writes.into_iter().all(|call| call.region == AWAY));
}

#[tokio::test]
async fn p4_the_key_is_set_on_a_trail_with_another_home_region() {
    let mut trail = healthy_trail(AWAY, TRAIL);
    trail.settings.kms_key_id = None;
    let mut world = plain_world();
    world.seed_bucket(BucketSeed {
        name: BUCKET.to_owned(),
        policy: Some(bucket_policy(false)),
        ..BucketSeed::default()
    });
    let arn = world.seed_trail(trail);
    let account = Account::of(world);
    let ending = account.repair().await;
    assert_eq!(outcome_of(&ending), "repaired");
    let after = coverage(&account).await;
    let key = after.trails[&arn].trail.kms_key_id.clone();
    assert_eq!(key, Some(key_arn()));
    assert_eq!(after.trails.len(), 1);
}

#[tokio::test]
async fn p5_an_api_error_is_a_failure() {
    let errors = [
        "AccessDeniedException",
        "OperationNotPermittedException",
        "SomethingNew",
    ];
    for code in errors {
        let account = Account::healthy();
        stop(&account, HOME, &trail_arn()).await;
        let kind = FaultKind::Error(ApiError::new(code, "refused"));
        let fault = Fault::new("cloudtrail", "StartLogging", When::Always, kind);
        account.sandbox.inject(fault);
        let failure = account.repair().await.unwrap_err();
        assert!(failure.message.contains(code), "{}", failure.message);
        assert!(failure.message.contains(TRAIL), "{}", failure.message);
        assert_eq!(failure.result.outcome, None);
        assert!(!failure.result.remaining.is_empty());
    }
}

/// A write that is accepted and has no effect is not taken at its word: the fault answers every
/// StartLogging as AWS does and does nothing.
#[tokio::test]
async fn p6_a_write_without_effect_is_no_repair() {
    let account = Account::healthy();
    stop(&account, HOME, &trail_arn()).await;
    let kind = FaultKind::Dropped;
    let fault = Fault::new("cloudtrail", "StartLogging", When::Always, kind);
    account.sandbox.inject(fault);
    let failure = account.repair().await.unwrap_err();
    let left: Vec<&str> = failure
        .result
        .remaining
        .iter()
        .map(|line| line.code.as_str())
        .collect();
    assert!(left.contains(&"trail-not-logging"), "{failure:?}");
    assert!(!coverage(&account).await.trails[&trail_arn()].is_logging);
}

/// Writes become visible late: the repair looks again, and says so only when it has seen them.
#[tokio::test]
async fn p6_a_write_that_shows_late_is_waited_for() {
    for looks in 1..=3 {
        let account = Account::healthy();
        stop(&account, HOME, &trail_arn()).await;
        // the first look finds the trail stopped in any case
        for nth in 2..2 + looks {
            account.sandbox.inject(Fault::new(
                "cloudtrail",
                "GetTrailStatus",
                When::Nth(nth),
                FaultKind::StaleRead,
            ));
        }
        let ending = account.repair().await;
        assert_eq!(
            outcome_of(&ending),
            "repaired",
            "{looks} stale looks: {ending:?}"
        );
        let starts = account.writes();
        let starts = starts.iter().filter(|name| *name == "StartLogging");
        assert_eq!(starts.count(), 1, "{looks} stale looks");
        assert!(coverage(&account).await.trails[&trail_arn()].is_logging);
    }
}

#[tokio::test]
async fn p13_an_existing_trail_starts_before_all_else() {
    let mut world = healthy_world();
    let mut trail = healthy_trail(HOME, TRAIL);
    trail.settings.log_file_validation_enabled = false;
    trail.settings.is_multi_region_trail = false;
    trail.insights.clear();
    trail.status = TrailStatus::stopped(now());
    world.seed_trail(trail);
    let account = Account::of(world);
    let ending = account.repair().await;
    assert_eq!(outcome_of(&ending), "repaired");
    let expected = ["StartLogging", "UpdateTrail", "PutInsightSelectors"];
    assert_eq!(account.writes(), expected);
    let calls = account.sandbox.calls();
    let before = calls
        .iter()
        .take_while(|call| call.operation != "StartLogging");
    assert_eq!(before.count(), 2, "calls before the start");
}

/// us-east-1, where others send a location that S3 refuses; the trail starts when it is complete.
#[tokio::test]
async fn p13_a_new_trail_starts_last_and_a_second_run_writes_nothing() {
    let mut world = plain_world();
    world.seed_bucket(BucketSeed {
        name: BUCKET.to_owned(),
        policy: Some(bucket_policy(false)),
        ..BucketSeed::default()
    });
    let account = Account::of(world);
    assert_eq!(outcome_of(&account.repair().await), "repaired");
    let expected = [
        "PutBucketPolicy",
        "CreateTrail",
        "PutInsightSelectors",
        "StartLogging",
    ];
    assert_eq!(account.writes(), expected);
    account.sandbox.clear_calls();
    assert_eq!(outcome_of(&account.repair().await), "already-healthy");
    assert_eq!(account.writes(), [""; 0]);
}

#[tokio::test]
async fn p13_a_topic_that_is_there_by_name_is_no_difference() {
    let topic = format!("arn:aws:sns:{HOME}:{ACCOUNT}:audit");
    let mut world = healthy_world();
    world.seed_topic(&topic, None);
    let mut trail = healthy_trail(HOME, TRAIL);
    trail.settings.sns_topic_arn = Some(topic.clone());
    world.seed_trail(trail);
    for name in ["audit", topic.as_str()] {
        let account = Account::of(world.clone()).with("SnsTopicName", name);
        assert_eq!(
            outcome_of(&account.repair().await),
            "already-healthy",
            "{name}"
        );
        assert_eq!(account.writes(), [""; 0]);
    }
}

#[tokio::test]
async fn p16_a_trail_that_was_created_and_not_started_is_no_success() {
    let account = Account::of(plain_world());
    let denied = FaultKind::Denied { scp: true };
    let fault = Fault::new("cloudtrail", "StartLogging", When::Always, denied);
    account.sandbox.inject(fault);
    let failure = account.repair().await.unwrap_err();
    assert_eq!(failure.code, "denied");
    assert!(
        failure.message.contains("service control policy"),
        "{}",
        failure.message
    );
    account.sandbox.clear_faults();
    // the next run finds the trail and starts it
    assert_eq!(outcome_of(&account.repair().await), "repaired");
    let after = coverage(&account).await;
    assert_eq!(after.trails.len(), 1);
    assert!(after.trails[&trail_arn()].is_logging);
}

/// A trail that is made logs when the run has ended, has every flag that was asked for, and the
/// run's success comes after it was read again.
#[tokio::test]
async fn p21_a_new_trail_logs_and_was_read_again() {
    let account = Account::of(plain_world());
    assert_eq!(outcome_of(&account.repair().await), "repaired");
    let calls = account.sandbox.calls();
    let names: Vec<&str> = calls.iter().map(|call| call.operation.as_str()).collect();
    let started = names.iter().rposition(|name| *name == "StartLogging");
    for read in ["DescribeTrails", "GetTrailStatus", "GetEventSelectors"] {
        let last = names.iter().rposition(|name| *name == read);
        assert!(last > started, "{read} before the start: {names:?}");
    }
    let after = coverage(&account).await;
    let trail = &after.trails[&trail_arn()];
    assert!(trail.is_logging);
    assert_eq!(trail.trail.is_multi_region, Some(true));
    assert_eq!(trail.trail.include_global_service_events, Some(true));
    assert_eq!(trail.trail.log_file_validation, Some(true));
    assert_eq!(trail.trail.kms_key_id, Some(key_arn()));
    assert_eq!(account.findings().await, [""; 0]);
}

/// The account that these tests run on keeps what it is given, and refuses what AWS refuses.
#[tokio::test]
async fn p26_the_model_keeps_every_setting_and_takes_selectors_at_home_only() {
    let account = Account::of(plain_world());
    let input = json!({"Name": TRAIL, "S3BucketName": BUCKET, "KmsKeyId": key_arn(),
        "EnableLogFileValidation": true, "IsMultiRegionTrail": true});
    account.act("cloudtrail", "CreateTrail", input).await;
    let names = json!({"trailNameList": [TRAIL]});
    let told = account.act("cloudtrail", "DescribeTrails", names).await;
    let trail = &told["trailList"][0];
    assert_eq!(trail["KmsKeyId"], key_arn());
    assert_eq!(trail["LogFileValidationEnabled"], true);
    let selectors = [
        json!({"TrailName": trail_arn(), "EventSelectors": [
            {"ReadWriteType": "All", "IncludeManagementEvents": true}]}),
        json!({"TrailName": trail_arn(), "InsightSelectors": [
            {"InsightType": "ApiCallRateInsight"}]}),
    ];
    for (operation, input) in ["PutEventSelectors", "PutInsightSelectors"]
        .iter()
        .zip(selectors)
    {
        let away = account
            .act_in(AWAY, "cloudtrail", operation, input.clone())
            .await;
        let refusal = away.unwrap_err().to_string();
        assert!(refusal.contains("InvalidHomeRegion"), "{refusal}");
        account.act("cloudtrail", operation, input).await;
    }
}

#[tokio::test]
async fn p22_second_run_is_a_no_op() {
    let mut world = healthy_world();
    world.remove_trail(&trail_arn());
    world.seed_key(KeySeed {
        id: trailkeeper_tests::KEY_ID.to_owned(),
        ..KeySeed::default()
    });
    for start in [world, healthy_world()] {
        let account = Account::of(start);
        account.repair().await.unwrap();
        for _ in 0..2 {
            account.sandbox.clear_calls();
            assert_eq!(outcome_of(&account.repair().await), "already-healthy");
            assert_eq!(account.writes(), [""; 0]);
        }
    }
}
