use serde_json::{Value, json};
use trailkeeper_sandbox::Sandbox;

use crate::support::*;

async fn update(sandbox: &Sandbox, more: Value) -> Value {
    let mut input = json!({"Name": arn("org-audit")});
    input
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    good(sandbox, "UpdateTrail", input).await
}

#[tokio::test]
async fn what_is_not_given_stays() {
    let sandbox = with(vec![trail("org-audit")]);
    let before = described(&sandbox, "org-audit").await;
    update(&sandbox, json!({})).await;
    assert_eq!(described(&sandbox, "org-audit").await, before);
    let answer = update(&sandbox, json!({"S3KeyPrefix": "audit"})).await;
    assert_eq!(answer["S3KeyPrefix"], json!("audit"));
    assert_eq!(answer["LogFileValidationEnabled"], json!(true));
    assert_eq!(answer["IsMultiRegionTrail"], json!(true));
}

#[tokio::test]
async fn empty_texts_clear() {
    let group = format!("arn:aws:logs:{HOME}:{ACCOUNT}:log-group:trails:*");
    let role = format!("arn:aws:iam::{ACCOUNT}:role/logs");
    let mut seed = trail("org-audit");
    seed.settings.kms_key_id = Some(key_arn());
    seed.settings.s3_key_prefix = Some("audit".to_owned());
    seed.settings.sns_topic_arn = Some(format!("arn:aws:sns:{HOME}:{ACCOUNT}:trails"));
    seed.settings.cloud_watch_logs_log_group_arn = Some(group);
    seed.settings.cloud_watch_logs_role_arn = Some(role);
    let sandbox = with(vec![seed]);
    let halves = ["CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn"];
    for half in halves {
        let got = code(
            &sandbox,
            "UpdateTrail",
            json!({"Name": "org-audit", half: ""}),
        )
        .await;
        assert_eq!(got, "InvalidParameterCombinationException");
    }
    update(
        &sandbox,
        json!({
            "KmsKeyId": "", "SnsTopicName": "", "S3KeyPrefix": "",
            "CloudWatchLogsLogGroupArn": "", "CloudWatchLogsRoleArn": "",
        }),
    )
    .await;
    let trail = described(&sandbox, "org-audit").await;
    for member in [
        "KmsKeyId",
        "SnsTopicName",
        "SnsTopicARN",
        "S3KeyPrefix",
        halves[0],
        halves[1],
    ] {
        assert_eq!(trail.get(member), None, "{member}");
    }
    let got = code(
        &sandbox,
        "UpdateTrail",
        json!({"Name": "org-audit", "S3BucketName": ""}),
    )
    .await;
    assert_eq!(got, "InvalidS3BucketNameException");
}

#[tokio::test]
async fn multi_region_takes_global_events_along() {
    // (multi-Region before, change, global events after; none: refused)
    let cases = [
        (false, json!({"IsMultiRegionTrail": true}), Some(true)),
        (true, json!({"IsMultiRegionTrail": false}), Some(false)),
        (true, json!({"IsMultiRegionTrail": true}), Some(true)),
        (
            true,
            json!({"IsMultiRegionTrail": false, "IncludeGlobalServiceEvents": true}),
            Some(true),
        ),
        (
            false,
            json!({"IncludeGlobalServiceEvents": true}),
            Some(true),
        ),
        (true, json!({"IncludeGlobalServiceEvents": false}), None),
        (
            false,
            json!({"IsMultiRegionTrail": true, "IncludeGlobalServiceEvents": false}),
            None,
        ),
        (
            true,
            json!({"IsMultiRegionTrail": true, "IncludeGlobalServiceEvents": false}),
            None,
        ),
    ];
    for (before, change, wanted) in cases {
        let mut seed = trail("org-audit");
        seed.settings.is_multi_region_trail = before;
        seed.settings.include_global_service_events = before;
        let sandbox = with(vec![seed]);
        let mut input = json!({"Name": "org-audit"});
        input
            .as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        match wanted {
            Some(global) => {
                let answer = good(&sandbox, "UpdateTrail", input).await;
                assert_eq!(
                    answer["IncludeGlobalServiceEvents"],
                    json!(global),
                    "{before} {change}"
                );
            }
            None => {
                let got = code(&sandbox, "UpdateTrail", input).await;
                assert_eq!(
                    got, "InvalidParameterCombinationException",
                    "{before} {change}"
                );
            }
        }
    }
}

#[tokio::test]
async fn settings_are_checked_as_a_whole() {
    let mut seed = trail("org-audit");
    seed.settings.kms_key_id = Some(key_arn());
    let sandbox = with(vec![seed]);
    let closed = bucket("closed-logs", None);
    sandbox.with_world(|world| world.seed_bucket(closed));
    let cases = [
        (
            json!({"S3BucketName": "gone-logs"}),
            "S3BucketDoesNotExistException",
        ),
        (
            json!({"S3BucketName": "closed-logs"}),
            "InsufficientS3BucketPolicyException",
        ),
        (json!({"KmsKeyId": "alias/none"}), "KmsKeyNotFoundException"),
        (json!({"KmsKeyId": "none"}), "InvalidKmsKeyIdException"),
        (
            json!({"SnsTopicName": "none"}),
            "InsufficientSnsTopicPolicyException",
        ),
        (
            json!({"S3KeyPrefix": "x".repeat(201)}),
            "InvalidS3PrefixException",
        ),
        (json!({"TagsList": []}), "ValidationException"),
    ];
    let before = described(&sandbox, "org-audit").await;
    for (change, wanted) in cases {
        let mut input = json!({"Name": "org-audit"});
        input
            .as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        assert_eq!(
            code(&sandbox, "UpdateTrail", input).await,
            wanted,
            "{change}"
        );
        assert_eq!(described(&sandbox, "org-audit").await, before, "{change}");
    }
}

#[tokio::test]
async fn a_trail_that_becomes_multi_region_needs_room_and_gets_shadows() {
    let sandbox = with(vec![
        regional("org-audit", HOME),
        regional("org-audit", AWAY),
    ]);
    let change = json!({"Name": "org-audit", "IsMultiRegionTrail": true});
    let got = code(&sandbox, "UpdateTrail", change.clone()).await;
    assert_eq!(got, "TrailAlreadyExistsException");

    let mut seeds: Vec<_> = (0..5)
        .map(|n| regional(&format!("local-{n}"), AWAY))
        .collect();
    seeds.push(regional("org-audit", HOME));
    let sandbox = with(seeds);
    let got = code(&sandbox, "UpdateTrail", change.clone()).await;
    assert_eq!(got, "MaximumNumberOfTrailsExceededException");

    let sandbox = with(vec![regional("org-audit", HOME)]);
    let name = json!({"Name": arn("org-audit")});
    let got = code_at(&sandbox, AWAY, "GetTrailStatus", name.clone()).await;
    assert_eq!(got, "TrailNotFoundException");
    good(&sandbox, "UpdateTrail", change).await;
    let shadow = at(&sandbox, AWAY, "GetTrailStatus", name.clone())
        .await
        .unwrap();
    assert_eq!(shadow["IsLogging"], json!(true));
    assert_eq!(
        shadow.get("LatestDeliveryTime"),
        None,
        "the shadow has delivered nothing yet"
    );
    update(&sandbox, json!({"IsMultiRegionTrail": false})).await;
    let got = code_at(&sandbox, AWAY, "GetTrailStatus", name).await;
    assert_eq!(got, "TrailNotFoundException");
}
