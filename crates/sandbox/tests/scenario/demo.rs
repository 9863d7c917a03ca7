//! The demo's account.

use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_app::ports::{BucketReader, KeyReader, TrailReader, TrailWriter};
use trailkeeper_core::facts::{BasicSelector, EventSelectors, KeyState, ReadWriteType};
use trailkeeper_core::{AccountId, Region};
use trailkeeper_sandbox::Call;
use trailkeeper_sandbox::scenario::demo;

use crate::support::{ARN, arn, home, time};

#[tokio::test]
async fn the_demo_account_needs_every_repair() {
    let (sandbox, names) = demo();
    assert_eq!(names.trail_arn, ARN);
    assert_eq!(Some(sandbox.now()), time("2026-03-02T10:00:00Z"));
    let region: Region = names.region.parse().unwrap();
    let trails = sandbox.describe_trails(&region, &[]).await.unwrap();
    let trail = &trails[0];
    assert_eq!(
        (trail.name.as_str(), &trail.bucket),
        ("org-audit", &names.bucket)
    );
    for flag in [
        trail.is_multi_region,
        trail.log_file_validation,
        trail.include_global_service_events,
    ] {
        assert_eq!(flag, Some(false));
    }
    assert_eq!(trail.kms_key_id, None);
    let status = sandbox.trail_status(&region, &trail.arn).await.unwrap();
    assert_eq!(status.is_logging, Some(false));
    assert_eq!(status.delivery_error.as_deref(), Some("AccessDenied"));
    assert!(status.delivery_time < status.stop_logging_time);
    let insights = sandbox.insight_selectors(&region, &trail.arn).await;
    assert_eq!(insights, Ok(Vec::new()));
    let key = sandbox
        .describe_key(&names.key_alias, &region)
        .await
        .unwrap();
    assert_eq!(
        (key.arn.to_string(), key.state),
        (names.key_arn, KeyState::Enabled)
    );
    let selectors = sandbox.event_selectors(&region, &trail.arn).await.unwrap();
    let all = |selector: &BasicSelector| selector.read_write_type == ReadWriteType::All;
    assert!(matches!(selectors, EventSelectors::Basic(list) if list.iter().all(all)));
}

#[tokio::test]
async fn the_demo_bucket_holds_two_foreign_statements_and_refuses_cloudtrail() {
    let (sandbox, names) = demo();
    let owner: AccountId = names.account.parse().unwrap();
    let bucket = sandbox.bucket(&names.bucket, &home(), &owner).await;
    let policy: Value = serde_json::from_str(&bucket.unwrap().policy.unwrap()).unwrap();
    let statements = policy["Statement"].as_array().unwrap();
    let sids: Vec<_> = statements.iter().map(|one| &one["Sid"]).collect();
    assert_eq!(sids, ["TlsOnly", "AuditorsRead"]);
    // started without a repair, it still cannot deliver
    sandbox.start_logging(&home(), &arn()).await.unwrap();
    sandbox.advance(SignedDuration::from_mins(6));
    let status = sandbox.trail_status(&home(), &arn()).await.unwrap();
    assert_eq!(status.delivery_error.as_deref(), Some("AccessDenied"));
}

#[tokio::test]
async fn the_demo_rule_runs_hourly_with_the_names() {
    let (sandbox, names) = demo();
    let call = Call::new("config", "DescribeConfigRules", &names.region, json!({}));
    let answer = sandbox.call(call).await.unwrap();
    let rule = &answer["ConfigRules"][0];
    assert_eq!(rule["ConfigRuleName"], names.rule.as_str());
    let source = &rule["Source"];
    let function = source["SourceIdentifier"].as_str().unwrap();
    assert!(function.ends_with(&format!(":function:{}", names.function)));
    let details = json!([{"EventSource": "aws.config", "MessageType": "ScheduledNotification",
        "MaximumExecutionFrequency": "One_Hour"}]);
    assert_eq!(source["SourceDetails"], details);
    let text = rule["InputParameters"].as_str().unwrap();
    let parameters: Value = serde_json::from_str(text).unwrap();
    assert_eq!(parameters["trailName"], names.trail.as_str());
    assert_eq!(parameters["s3BucketName"], names.bucket.as_str());
    assert_eq!(parameters["kmsKeyId"], names.key_arn.as_str());
}
