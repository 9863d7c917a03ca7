//! Which calls the ports make: the adapters to AWS must put the same ones on the wire.

use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_app::ports::{
    BucketReader, BucketWriter, CallerIdentity, ConfigService, KeyReader, KeyWriter,
    OrganizationReader, TrailReader, TrailWriter,
};
use trailkeeper_core::config_rule::{Compliance, Evaluation};
use trailkeeper_core::facts::{AdvancedSelector, EventSelectors, FieldSelector, InsightSelector};
use trailkeeper_core::write_request::{CreateTrail, UpdateTrail};
use trailkeeper_sandbox::seed::OrganizationSeed;
use trailkeeper_sandbox::{OrganizationRole, Sandbox};

use crate::support::{
    ACCOUNT, BUCKET, TOKEN, account, away, home, key_arn, now, sandbox, trail_arn, world,
};

/// The calls so far: service, operation, Region and input.
fn calls(sandbox: &Sandbox) -> Value {
    let calls = sandbox.calls().into_iter();
    calls
        .map(|call| json!([call.service, call.operation, call.region, call.input]))
        .collect()
}

#[tokio::test]
async fn reads_of_trails() {
    let sandbox = sandbox();
    let (arn, name) = (trail_arn("main"), trail_arn("main").to_string());
    let names = ["main".to_owned()];
    let _ = sandbox.describe_trails(&away(), &[]).await;
    let _ = sandbox.describe_trails(&home(), &names).await;
    let _ = sandbox.list_trails(&home()).await;
    let _ = sandbox.trail_status(&home(), &arn).await;
    let _ = sandbox.event_selectors(&home(), &arn).await;
    let _ = sandbox.insight_selectors(&home(), &arn).await;
    let wanted = json!([
        ["cloudtrail", "DescribeTrails", "eu-west-1", {"includeShadowTrails": true}],
        ["cloudtrail", "DescribeTrails", "us-east-1",
            {"trailNameList": ["main"], "includeShadowTrails": true}],
        ["cloudtrail", "ListTrails", "us-east-1", {}],
        ["cloudtrail", "GetTrailStatus", "us-east-1", {"Name": name}],
        ["cloudtrail", "GetEventSelectors", "us-east-1", {"TrailName": name}],
        ["cloudtrail", "GetInsightSelectors", "us-east-1", {"TrailName": name}],
    ]);
    assert_eq!(calls(&sandbox), wanted);
}

#[tokio::test]
async fn writes_of_trails() {
    let sandbox = sandbox();
    let (arn, name) = (trail_arn("main"), trail_arn("main").to_string());
    let create = CreateTrail {
        name: "second".to_owned(),
        bucket: BUCKET.to_owned(),
        key_prefix: Some("all".to_owned()),
        sns_topic_name: None,
        include_global_service_events: true,
        is_multi_region: true,
        log_file_validation: false,
        is_organization_trail: false,
        kms_key_id: None,
        log_group_arn: None,
        log_group_role_arn: None,
    };
    let update = UpdateTrail {
        is_multi_region: Some(true),
        sns_topic_name: Some("topic".to_owned()),
        ..UpdateTrail::of(arn.clone())
    };
    let _ = sandbox.create_trail(&away(), &create).await;
    let _ = sandbox.update_trail(&home(), &update).await;
    let _ = sandbox.start_logging(&home(), &arn).await;
    let wanted = json!([
        ["cloudtrail", "CreateTrail", "eu-west-1", {
            "Name": "second", "S3BucketName": BUCKET, "S3KeyPrefix": "all",
            "IncludeGlobalServiceEvents": true, "IsMultiRegionTrail": true,
            "EnableLogFileValidation": false, "IsOrganizationTrail": false,
        }],
        ["cloudtrail", "UpdateTrail", "us-east-1",
            {"Name": name, "SnsTopicName": "topic", "IsMultiRegionTrail": true}],
        ["cloudtrail", "StartLogging", "us-east-1", {"Name": name}],
    ]);
    assert_eq!(calls(&sandbox), wanted);
}

#[tokio::test]
async fn writes_of_selectors() {
    let sandbox = sandbox();
    let (arn, name) = (trail_arn("main"), trail_arn("main").to_string());
    let field = FieldSelector {
        field: "eventCategory".to_owned(),
        equals: vec!["Management".to_owned()],
        ..FieldSelector::default()
    };
    let advanced = EventSelectors::Advanced(vec![AdvancedSelector {
        name: None,
        field_selectors: vec![field],
    }]);
    let insight = InsightSelector {
        insight_type: "ApiCallRateInsight".to_owned(),
        event_categories: Vec::new(),
    };
    let _ = sandbox.put_event_selectors(&home(), &arn, &advanced).await;
    let _ = sandbox
        .put_insight_selectors(&home(), &arn, &[insight])
        .await;
    let wanted = json!([
        ["cloudtrail", "PutEventSelectors", "us-east-1", {
            "TrailName": name,
            "AdvancedEventSelectors": [
                {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]},
            ],
        }],
        ["cloudtrail", "PutInsightSelectors", "us-east-1", {
            "TrailName": name,
            "InsightSelectors": [{"InsightType": "ApiCallRateInsight"}],
        }],
    ]);
    assert_eq!(calls(&sandbox), wanted);
}

#[tokio::test]
async fn buckets_and_keys() {
    let sandbox = sandbox();
    let (key, id) = (key_arn(), key_arn().to_string());
    let _ = sandbox.bucket(BUCKET, &home(), &account()).await;
    let _ = sandbox.owns_bucket(BUCKET, &home()).await;
    let _ = sandbox
        .put_bucket_policy(BUCKET, &home(), &account(), "{}")
        .await;
    let _ = sandbox.describe_key("alias/trails", &away()).await;
    let _ = sandbox.key_policy(&key).await;
    let _ = sandbox.put_key_policy(&key, "{}").await;
    let _ = sandbox.enable_key(&key).await;
    let _ = sandbox.cancel_key_deletion(&key).await;
    let bucket = json!({"Bucket": BUCKET, "ExpectedBucketOwner": ACCOUNT});
    let wanted = json!([
        ["s3", "GetBucketPolicy", "us-east-1", bucket],
        ["s3", "ListBuckets", "us-east-1", {"Prefix": BUCKET}],
        ["s3", "PutBucketPolicy", "us-east-1",
            {"Bucket": BUCKET, "ExpectedBucketOwner": ACCOUNT, "Policy": "{}"}],
        ["kms", "DescribeKey", "eu-west-1", {"KeyId": "alias/trails"}],
        ["kms", "GetKeyPolicy", "us-east-1", {"KeyId": id, "PolicyName": "default"}],
        ["kms", "PutKeyPolicy", "us-east-1",
            {"KeyId": id, "PolicyName": "default", "Policy": "{}"}],
        ["kms", "EnableKey", "us-east-1", {"KeyId": id}],
        ["kms", "CancelKeyDeletion", "us-east-1", {"KeyId": id}],
    ]);
    assert_eq!(calls(&sandbox), wanted);
}

#[tokio::test]
async fn config_organizations_and_sts() {
    let mut world = world();
    world.region = "eu-west-1".to_owned();
    world.seed_organization(OrganizationSeed {
        role: OrganizationRole::Member,
        ..OrganizationSeed::default()
    });
    let sandbox = Sandbox::new(world);
    let evaluation = |annotation: Option<&str>, ordering_timestamp| Evaluation {
        resource_type: "AWS::::Account".to_owned(),
        resource_id: ACCOUNT.to_owned(),
        compliance: Compliance::Compliant,
        annotation: annotation.map(str::to_owned),
        ordering_timestamp,
    };
    let both = [
        evaluation(None, now()),
        evaluation(Some("good"), now() + SignedDuration::from_millis(373)),
    ];
    let _ = sandbox.caller().await;
    let _ = sandbox.organization(&account()).await;
    let _ = sandbox.put_evaluations(TOKEN, &both, false).await;
    let wanted = json!([
        ["sts", "GetCallerIdentity", "eu-west-1", {}],
        // the one endpoint of the partition
        ["organizations", "DescribeOrganization", "us-east-1", {}],
        ["organizations", "ListDelegatedAdministrators", "us-east-1",
            {"ServicePrincipal": "cloudtrail.amazonaws.com"}],
        ["config", "PutEvaluations", "eu-west-1", {
            "ResultToken": TOKEN,
            "TestMode": false,
            "Evaluations": [
                {"ComplianceResourceType": "AWS::::Account", "ComplianceResourceId": ACCOUNT,
                    "ComplianceType": "COMPLIANT", "OrderingTimestamp": 1_772_445_600},
                {"ComplianceResourceType": "AWS::::Account", "ComplianceResourceId": ACCOUNT,
                    "ComplianceType": "COMPLIANT", "Annotation": "good",
                    "OrderingTimestamp": 1_772_445_600.373},
            ],
        }],
    ]);
    assert_eq!(calls(&sandbox), wanted);
}
