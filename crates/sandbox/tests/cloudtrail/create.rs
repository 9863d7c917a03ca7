use serde_json::{Value, json};
use trailkeeper_sandbox::Sandbox;
use trailkeeper_sandbox::seed::{BucketSeed, KeySeed, KeyState};

use crate::support::*;

fn input(more: Value) -> Value {
    let mut input = json!({"Name": "org-audit", "S3BucketName": BUCKET});
    let map = input.as_object_mut().unwrap();
    map.extend(more.as_object().unwrap().clone());
    input
}

#[tokio::test]
async fn a_new_trail_answers_its_settings_and_does_not_log() {
    let sandbox = Sandbox::new(account());
    let answer = good(&sandbox, "CreateTrail", input(json!({}))).await;
    let wanted = json!({
        "Name": "org-audit", "S3BucketName": BUCKET, "TrailARN": arn("org-audit"),
        "IncludeGlobalServiceEvents": true, "IsMultiRegionTrail": false,
        "LogFileValidationEnabled": false, "IsOrganizationTrail": false,
    });
    assert_eq!(answer, wanted);
    let status = status(&sandbox, "org-audit").await;
    assert_eq!(status["IsLogging"], json!(false));
    assert_eq!(status.get("StartLoggingTime"), None);
    let trail = described(&sandbox, "org-audit").await;
    assert_eq!(trail["HasCustomEventSelectors"], json!(false));
    assert_eq!(trail["HasInsightSelectors"], json!(false));
    assert_eq!(trail["HomeRegion"], json!(HOME));
}

#[tokio::test]
async fn names_prefixes_and_combinations_are_checked() {
    let long = "a".repeat(129);
    let prefix = "p".repeat(201);
    let cases = [
        (json!({"Name": ""}), "InvalidTrailNameException"),
        (json!({"Name": null}), "InvalidTrailNameException"),
        (json!({"Name": "ab"}), "InvalidTrailNameException"),
        (json!({"Name": long}), "InvalidTrailNameException"),
        (json!({"Name": "my trail"}), "InvalidTrailNameException"),
        (json!({"Name": "my-_trail"}), "InvalidTrailNameException"),
        (json!({"Name": "-trail"}), "InvalidTrailNameException"),
        (json!({"Name": "trail."}), "InvalidTrailNameException"),
        (json!({"Name": "192.168.5.4"}), "InvalidTrailNameException"),
        (
            json!({"Name": arn("org-audit")}),
            "InvalidTrailNameException",
        ),
        (json!({"Name": 7}), "SerializationException"),
        (json!({"S3BucketName": ""}), "InvalidS3BucketNameException"),
        (
            json!({"S3BucketName": null}),
            "InvalidS3BucketNameException",
        ),
        (
            json!({"S3BucketName": "Trail_Logs"}),
            "InvalidS3BucketNameException",
        ),
        (
            json!({"S3BucketName": "no-such-bucket"}),
            "S3BucketDoesNotExistException",
        ),
        (json!({"S3KeyPrefix": prefix}), "InvalidS3PrefixException"),
        (
            json!({"SnsTopicName": "bad topic"}),
            "InvalidSnsTopicNameException",
        ),
        (
            json!({"SnsTopicName": "arn:aws:sqs:us-east-1:1:x"}),
            "InvalidSnsTopicNameException",
        ),
        (
            json!({"SnsTopicName": "missing"}),
            "InsufficientSnsTopicPolicyException",
        ),
        (
            json!({"SnsTopicName": "closed"}),
            "InsufficientSnsTopicPolicyException",
        ),
        (json!({"KmsKeyId": "?"}), "InvalidKmsKeyIdException"),
        (
            json!({"KmsKeyId": "arn:aws:kms:us-east-1"}),
            "InvalidKmsKeyIdException",
        ),
        (json!({"KmsKeyId": "alias/none"}), "KmsKeyNotFoundException"),
        (
            json!({"IsMultiRegionTrail": true, "IncludeGlobalServiceEvents": false}),
            "InvalidParameterCombinationException",
        ),
        (json!({"IsMultiRegion": true}), "ValidationException"),
        (
            json!({"TagsList": [{"Key": "aws:x"}]}),
            "InvalidTagParameterException",
        ),
        (
            json!({"TagsList": [{"Key": "a"}, {"Key": "a"}]}),
            "InvalidTagParameterException",
        ),
    ];
    for (change, wanted) in cases {
        let mut world = account();
        world.seed_topic(
            &format!("arn:aws:sns:{HOME}:{ACCOUNT}:closed"),
            Some("AuthorizationError"),
        );
        let sandbox = Sandbox::new(world);
        let got = code(&sandbox, "CreateTrail", input(change.clone())).await;
        assert_eq!(got, wanted, "{change}");
        assert_eq!(
            sandbox.with_world(|world| world.count_trails()),
            0,
            "{change}"
        );
    }
}

#[tokio::test]
async fn names_at_the_edge_are_accepted() {
    for name in ["abc", "a.b-c_d", &"a".repeat(128), "999.168.5.4"] {
        let sandbox = Sandbox::new(account());
        let answer = good(&sandbox, "CreateTrail", input(json!({"Name": name}))).await;
        assert_eq!(answer["Name"], json!(name));
    }
}

#[tokio::test]
async fn the_bucket_policy_must_let_cloudtrail_write() {
    let deny = open_policy(BUCKET).replace("Allow", "Deny");
    for policy in [None, Some(deny), Some("{}".to_owned())] {
        let mut world = account();
        world.seed_bucket(bucket(BUCKET, policy.clone()));
        let sandbox = Sandbox::new(world);
        let got = code(&sandbox, "CreateTrail", input(json!({}))).await;
        assert_eq!(got, "InsufficientS3BucketPolicyException", "{policy:?}");
    }
    let mut world = account();
    world.seed_bucket(BucketSeed {
        requester_pays: true,
        ..bucket(BUCKET, Some(open_policy(BUCKET)))
    });
    let got = code(&Sandbox::new(world), "CreateTrail", input(json!({}))).await;
    assert_eq!(got, "InsufficientS3BucketPolicyException");
}

#[tokio::test]
async fn a_key_is_named_in_four_ways_and_answered_by_its_arn() {
    let alias_arn = format!("arn:aws:kms:{HOME}:{ACCOUNT}:alias/trails");
    for id in [KEY_ID, "alias/trails", &alias_arn, &key_arn()] {
        let sandbox = Sandbox::new(account());
        good(&sandbox, "CreateTrail", input(json!({"KmsKeyId": id}))).await;
        let trail = described(&sandbox, "org-audit").await;
        assert_eq!(trail["KmsKeyId"], json!(key_arn()), "{id}");
    }
}

#[tokio::test]
async fn the_key_must_be_usable_by_cloudtrail() {
    let state = |state| KeySeed { state, ..key(None) };
    let closed = json!({"Version": "2012-10-17", "Statement": []}).to_string();
    let cases = [
        (state(KeyState::Disabled), "KmsException"),
        (state(KeyState::PendingDeletion), "KmsException"),
        (key(Some(closed)), "InsufficientEncryptionPolicyException"),
    ];
    for (seed, wanted) in cases {
        let mut world = account();
        world.seed_key(seed.clone());
        let sandbox = Sandbox::new(world);
        let got = code(
            &sandbox,
            "CreateTrail",
            input(json!({"KmsKeyId": key_arn()})),
        )
        .await;
        assert_eq!(got, wanted, "{seed:?}");
    }
}

#[tokio::test]
async fn the_key_must_be_in_the_buckets_region() {
    let mut world = account();
    world.seed_bucket(BucketSeed {
        region: Some(AWAY.to_owned()),
        ..bucket(BUCKET, Some(open_policy(BUCKET)))
    });
    let arn = world.seed_key(KeySeed {
        region: Some(AWAY.to_owned()),
        ..key(None)
    });
    let sandbox = Sandbox::new(world);
    let near = code(
        &sandbox,
        "CreateTrail",
        input(json!({"KmsKeyId": key_arn()})),
    )
    .await;
    assert_eq!(near, "KmsKeyNotFoundException");
    let answer = good(&sandbox, "CreateTrail", input(json!({"KmsKeyId": arn}))).await;
    assert_eq!(answer["KmsKeyId"], json!(arn));
}

#[tokio::test]
async fn log_group_and_role_come_together_and_exist() {
    let group = format!("arn:aws:logs:{HOME}:{ACCOUNT}:log-group:trails:*");
    let missing = format!("arn:aws:logs:{HOME}:{ACCOUNT}:log-group:other:*");
    let foreign = format!("arn:aws:logs:{HOME}:999900001111:log-group:trails:*");
    let role = |name: &str| format!("arn:aws:iam::{ACCOUNT}:role/{name}");
    let bad_group = "InvalidCloudWatchLogsLogGroupArnException";
    let bad_role = "InvalidCloudWatchLogsRoleArnException";
    let cases = [
        (json!(group), Value::Null, bad_role),
        (Value::Null, json!(role("good")), bad_group),
        (json!("trails"), json!(role("good")), bad_group),
        (
            json!(group.trim_end_matches(":*")),
            json!(role("good")),
            bad_group,
        ),
        (json!(missing), json!(role("good")), bad_group),
        (json!(foreign), json!(role("good")), bad_group),
        (json!(group), json!("good"), bad_role),
        (json!(group), json!(role("fresh")), bad_role),
        (json!(group), json!(role("none")), bad_role),
        (json!(group), json!(role("good")), ""),
    ];
    for (group_arn, role_arn, wanted) in cases {
        let mut world = account();
        world.seed_log_group(&group);
        world.seed_log_role(&role("good"), true);
        world.seed_log_role(&role("fresh"), false);
        let sandbox = Sandbox::new(world);
        let more = json!({
            "CloudWatchLogsLogGroupArn": group_arn, "CloudWatchLogsRoleArn": role_arn,
        });
        if wanted.is_empty() {
            let answer = good(&sandbox, "CreateTrail", input(more)).await;
            assert_eq!(answer["CloudWatchLogsLogGroupArn"], json!(group));
            continue;
        }
        let got = code(&sandbox, "CreateTrail", input(more.clone())).await;
        assert_eq!(got, wanted, "{more}");
    }
}

#[tokio::test]
async fn a_topic_is_named_by_name_or_arn() {
    let topic = format!("arn:aws:sns:{HOME}:{ACCOUNT}:trails");
    for given in ["trails", &topic] {
        let mut world = account();
        world.seed_topic(&topic, None);
        let sandbox = Sandbox::new(world);
        let answer = good(
            &sandbox,
            "CreateTrail",
            input(json!({"SnsTopicName": given})),
        )
        .await;
        assert_eq!(answer["SnsTopicARN"], json!(topic));
        assert_eq!(answer["SnsTopicName"], json!("trails"));
    }
}

#[tokio::test]
async fn p22_a_second_create_is_refused_and_changes_nothing() {
    let sandbox = with(vec![trail("org-audit")]);
    let before = described(&sandbox, "org-audit").await;
    let got = code(&sandbox, "CreateTrail", input(json!({"S3KeyPrefix": "x"}))).await;
    assert_eq!(got, "TrailAlreadyExistsException");
    assert_eq!(described(&sandbox, "org-audit").await, before);
}

#[tokio::test]
async fn a_name_taken_in_another_region_matters_to_multi_region_trails_only() {
    let multi = json!({"IsMultiRegionTrail": true});
    let cases = [
        (regional("org-audit", AWAY), multi.clone(), true),
        (regional("org-audit", AWAY), json!({}), false),
        // the shadow of a trail at home elsewhere
        (TrailSeedAway::multi(), json!({}), true),
        (TrailSeedAway::multi(), multi, true),
    ];
    for (seed, more, refused) in cases {
        let sandbox = with(vec![seed]);
        let got = code(&sandbox, "CreateTrail", input(more.clone())).await;
        assert_eq!(
            got == "TrailAlreadyExistsException",
            refused,
            "{more}: {got}"
        );
    }
}

struct TrailSeedAway;

impl TrailSeedAway {
    fn multi() -> trailkeeper_sandbox::seed::TrailSeed {
        trailkeeper_sandbox::seed::TrailSeed::healthy("org-audit", AWAY, BUCKET, now())
    }
}

#[tokio::test]
async fn five_trails_a_region_and_shadows_count() {
    let mut seeds: Vec<_> = (0..3)
        .map(|n| regional(&format!("local-{n}"), AWAY))
        .collect();
    seeds.extend((0..2).map(|n| trail(&format!("multi-{n}"))));
    let sandbox = with(seeds);
    let full =
        |region: &'static str| sandbox.with_world(move |world| world.count_trails_in(region));
    assert_eq!((full(HOME), full(AWAY)), (2, 5));
    let single = input(json!({"Name": "single"}));
    let got = code_at(&sandbox, AWAY, "CreateTrail", single.clone()).await;
    assert_eq!(got, "MaximumNumberOfTrailsExceededException");
    let multi = input(json!({"Name": "multi-9", "IsMultiRegionTrail": true}));
    let got = code(&sandbox, "CreateTrail", multi).await;
    assert_eq!(got, "MaximumNumberOfTrailsExceededException");
    // the home Region has room for a trail of its own
    good(&sandbox, "CreateTrail", single).await;
    assert_eq!(sandbox.with_world(|world| world.count_trails()), 6);
}
