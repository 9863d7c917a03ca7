//! What a case may list besides.

use serde_json::json;
use trailkeeper_app::ports::{
    BucketReader, CallerIdentity, KeyReader, OrganizationReader, TrailReader, TrailWriter,
};
use trailkeeper_core::ErrorClass;
use trailkeeper_core::facts::{InsightSelector, KeyState};
use trailkeeper_sandbox::Call;

use crate::support::{ARN, BUCKET, KEY, account, arn, build, cloudtrail, home};

#[tokio::test]
async fn listed_errors_stay() {
    let denied = json!({"error": {"code": "AccessDeniedException", "message": "no"}});
    let sandbox = build(|case| {
        cloudtrail(case)["GetEventSelectors"][ARN] = denied.clone();
        cloudtrail(case)["ListTrails"] = json!({"error": {"code": "ThrottlingException"}});
        case["world"]["kms"] = json!({"us-east-1": {"GetKeyPolicy": {KEY: denied}}});
    });
    for _ in 0..3 {
        let error = sandbox.event_selectors(&home(), &arn()).await.unwrap_err();
        assert_eq!(
            (error.class, error.message.as_str()),
            (ErrorClass::Denied, "no")
        );
        let error = sandbox.list_trails(&home()).await.unwrap_err();
        assert_eq!(error.class, ErrorClass::Throttled);
        let error = sandbox.key_policy(&KEY.parse().unwrap()).await.unwrap_err();
        assert_eq!(error.class, ErrorClass::Denied);
    }
    assert!(sandbox.trail_status(&home(), &arn()).await.is_ok());
}

#[tokio::test]
async fn a_refused_describe_trails_leaves_the_rest_out() {
    let sandbox = build(|case| {
        cloudtrail(case)["DescribeTrails"] = json!({"error": {"code": "AccessDeniedException"}});
    });
    let error = sandbox.describe_trails(&home(), &[]).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Denied);
}

/// Errors that describe a state are state, so that a write can end them.
#[tokio::test]
async fn insights_that_are_off_can_be_put() {
    let sandbox = build(|case| {
        let error = json!({"error": {"code": "InsightNotEnabledException"}});
        cloudtrail(case)["GetInsightSelectors"][ARN] = error;
    });
    let read = async || sandbox.insight_selectors(&home(), &arn()).await.unwrap();
    let off = read().await;
    assert!(off.is_empty());
    let on = [InsightSelector {
        insight_type: "ApiCallRateInsight".to_owned(),
        event_categories: Vec::new(),
    }];
    sandbox
        .put_insight_selectors(&home(), &arn(), &on)
        .await
        .unwrap();
    assert_eq!(read().await, on);
}

#[tokio::test]
async fn an_unlisted_status_is_not_found_by_the_evaluator_and_healthy_for_the_remediator() {
    let without = |lambda: &'static str| {
        build(move |case| {
            case["lambda"] = json!(lambda);
            cloudtrail(case)["GetTrailStatus"] = json!({});
        })
    };
    let found = without("evaluator").trail_status(&home(), &arn()).await;
    assert_eq!(found.unwrap_err().code, "TrailNotFoundException");
    let found = without("remediator").trail_status(&home(), &arn()).await;
    assert_eq!(found.unwrap().is_logging, Some(true));
}

#[tokio::test]
async fn a_shadow_and_an_organization_trail_keep_their_home() {
    let foreign = "arn:aws:cloudtrail:eu-west-1:999900001111:trail/landing-zone";
    let sandbox = build(|case| {
        case["self"]["organizationRole"] = json!("member");
        let list = &mut cloudtrail(case)["DescribeTrails"]["trailList"];
        list[0]["TrailARN"] = json!(foreign);
        list[0]["Name"] = json!("landing-zone");
        list[0]["HomeRegion"] = json!("eu-west-1");
        list[0]["IsOrganizationTrail"] = json!(true);
        for operation in ["GetTrailStatus", "GetEventSelectors", "GetInsightSelectors"] {
            let answer = cloudtrail(case)[operation][ARN].take();
            cloudtrail(case)[operation] = json!({foreign: answer});
        }
    });
    let trails = sandbox.describe_trails(&home(), &[]).await.unwrap();
    assert_eq!(trails[0].home_region.as_str(), "eu-west-1");
    assert!(!trails[0].is_owned_by(&account()));
    let status = sandbox.trail_status(&home(), &trails[0].arn).await.unwrap();
    assert_eq!(status.is_logging, Some(false));
    let organization = sandbox.organization(&account()).await.unwrap().unwrap();
    assert_eq!(organization.management_account.as_str(), "999900001111");
}

#[tokio::test]
async fn buckets_and_keys_are_as_listed() {
    let policy = json!({"Version": "2012-10-17", "Statement": []}).to_string();
    let sandbox = build(|case| {
        case["parameters"]["s3BucketName"] = json!("amzn-s3-demo-wanted");
        case["world"]["s3"] = json!({"eu-west-1": {
            "GetBucketPolicy": {
                BUCKET: {"Policy": policy},
                "amzn-s3-demo-gone": {"error": {"code": "NoSuchBucket"}},
                "amzn-s3-demo-bare": {"error": {"code": "NoSuchBucketPolicy"}},
            },
            "ListBuckets": {"Buckets": [{"Name": BUCKET}, {"Name": "amzn-s3-demo-bare"}]},
        }});
        case["world"]["kms"] = json!({"us-east-1": {"DescribeKey": {
            "alias/audit": {"KeyMetadata": {"Arn": KEY, "KeyState": "Disabled"}},
        }}});
    });
    let bucket = sandbox.bucket(BUCKET, &home(), &account()).await.unwrap();
    assert_eq!(
        (bucket.region.as_str(), bucket.policy),
        ("eu-west-1", Some(policy))
    );
    let bare = sandbox
        .bucket("amzn-s3-demo-bare", &home(), &account())
        .await;
    assert_eq!(bare.unwrap().policy, None);
    let gone = sandbox
        .bucket("amzn-s3-demo-gone", &home(), &account())
        .await;
    assert_eq!(gone.unwrap_err().code, "NoSuchBucket");
    let owned = sandbox.owns_bucket("amzn-s3-demo-wanted", &home()).await;
    assert_eq!(owned, Ok(false));
    let key = sandbox.describe_key("alias/audit", &home()).await.unwrap();
    assert_eq!(
        (key.arn.to_string().as_str(), key.state),
        (KEY, KeyState::Disabled)
    );
}

#[tokio::test]
async fn pages_of_list_trails_and_the_history_are_taken_over() {
    let sandbox = build(|case| {
        cloudtrail(case)["ListTrails"] = json!({"pages": [
            {"Trails": [{"TrailARN": ARN, "Name": "org-audit", "HomeRegion": "us-east-1"}]},
            {"Trails": []},
        ]});
        let record = json!({
            "userIdentity": {"type": "IAMUser", "userName": "mallory"},
            "sourceIPAddress": "203.0.113.24",
        });
        cloudtrail(case)["LookupEvents"] = json!({"Events": [{
            "EventName": "StopLogging",
            "EventTime": 1_772_445_432.0,
            "EventSource": "cloudtrail.amazonaws.com",
            "Username": "mallory",
            "Resources": [{"ResourceType": "AWS::CloudTrail::Trail", "ResourceName": ARN}],
            "CloudTrailEvent": record.to_string(),
        }]});
    });
    assert_eq!(sandbox.list_trails(&home()).await.unwrap().len(), 1);
    let call = Call::new("cloudtrail", "LookupEvents", "us-east-1", json!({}));
    let answer = sandbox.call(call).await.unwrap();
    assert_eq!(answer["Events"][0]["Username"], "mallory");
    let record = answer["Events"][0]["CloudTrailEvent"].as_str().unwrap();
    assert!(record.contains("203.0.113.24"));
}

/// A listing that breaks off must not be taken for a whole one.
#[tokio::test]
async fn a_page_with_an_error_breaks_the_listing() {
    let sandbox = build(|case| {
        cloudtrail(case)["ListTrails"] = json!({"pages": [
            {"Trails": [{"TrailARN": ARN, "Name": "org-audit", "HomeRegion": "us-east-1"}]},
            {"error": {"code": "ThrottlingException"}},
        ]});
    });
    let error = sandbox.list_trails(&home()).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Throttled);
}

#[tokio::test]
async fn the_organization_is_as_listed() {
    let sandbox = build(|case| {
        case["self"]["organizationRole"] = json!("delegated-administrator");
        case["world"]["organizations"] = json!({"us-east-1": {
            "DescribeOrganization": {"Organization": {
                "Id": "o-listed12345", "MasterAccountId": "999900001111", "FeatureSet": "ALL",
            }},
        }});
    });
    let found = sandbox.organization(&account()).await.unwrap().unwrap();
    assert_eq!(found.id, "o-listed12345");
    assert_eq!(found.management_account.as_str(), "999900001111");
    assert!(found.is_delegated_administrator);
}

#[tokio::test]
async fn another_partition_has_its_own_regions() {
    let sandbox = build(|case| {
        let text = case.to_string();
        let text = text.replace("arn:aws:", "arn:aws-cn:");
        *case = serde_json::from_str(&text.replace("us-east-1", "cn-north-1")).unwrap();
        case["self"]["partition"] = json!("aws-cn");
    });
    let there = "cn-north-1".parse().unwrap();
    let trails = sandbox.describe_trails(&there, &[]).await.unwrap();
    assert_eq!(trails[0].arn.partition, "aws-cn");
    let status = sandbox.trail_status(&there, &trails[0].arn).await.unwrap();
    assert_eq!(status.is_logging, Some(false));
    let caller = sandbox.caller().await.unwrap();
    assert_eq!(caller.1, "aws-cn");
    let elsewhere = sandbox.describe_trails(&home(), &[]).await.unwrap_err();
    assert_eq!(elsewhere.code, "UnrecognizedClientException");
}
