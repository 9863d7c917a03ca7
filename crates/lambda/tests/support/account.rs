//! An account with one trail and one rule, and what the functions are invoked with there.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{
    BucketSeed, ResultTokenSeed, RuleSeed, TrailSeed, TrailStatus, cloudtrail_bucket_policy,
};
use trailkeeper_sandbox::{Call, Sandbox, World};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const REGION: &str = "eu-west-1";
pub(crate) const TRAIL: &str = "org-audit";
pub(crate) const BUCKET: &str = "trail-logs";
pub(crate) const RULE: &str = "cloudtrail-enabled";
/// A result token, which no line of a log may hold.
pub(crate) const TOKEN: &str = "RESULT-TOKEN-eyJlbmNyeXB0ZWQi";

/// An account whose only trail is healthy, or was stopped an hour ago.
pub(crate) fn sandbox(now: Timestamp, is_logging: bool) -> Sandbox {
    let mut world = World::new(ACCOUNT, REGION, now);
    let mut trail = TrailSeed::healthy(TRAIL, REGION, BUCKET, now);
    if !is_logging {
        trail.status = TrailStatus::stopped(now - SignedDuration::from_hours(1));
    }
    let arn = world.seed_trail(trail);
    world.seed_bucket(BucketSeed {
        name: BUCKET.to_owned(),
        policy: Some(cloudtrail_bucket_policy("aws", BUCKET, None, ACCOUNT, &arn)),
        ..BucketSeed::default()
    });
    world.seed_rule(RuleSeed {
        result_tokens: vec![ResultTokenSeed {
            token: TOKEN.to_owned(),
            calls: None,
        }],
        ..RuleSeed::new(REGION, RULE, "trailkeeper-evaluator")
    });
    Sandbox::new(world)
}

/// The periodic event of the rule.
pub(crate) fn scheduled(now: Timestamp) -> Value {
    let invoking = json!({
        "awsAccountId": ACCOUNT,
        "notificationCreationTime": now,
        "messageType": "ScheduledNotification",
        "recordVersion": "1.0",
    });
    json!({
        "version": "1.0",
        "invokingEvent": invoking.to_string(),
        "ruleParameters": json!({"rule": RULE, "requireKms": "false"}).to_string(),
        "resultToken": TOKEN,
        "eventLeftScope": false,
        "configRuleName": RULE,
        "configRuleArn": format!("arn:aws:config:{REGION}:{ACCOUNT}:config-rule/config-rule-a1"),
        "configRuleId": "config-rule-a1",
        "accountId": ACCOUNT,
    })
}

/// What the runbook's step sends.
pub(crate) fn payload() -> Value {
    json!({
        "CloudTrailName": TRAIL,
        "CloudTrailS3BucketName": BUCKET,
        "executionId": "11111111-2222-4333-8444-555555555555",
    })
}

/// The rule's results: compliance and annotation.
pub(crate) async fn results(sandbox: &Sandbox) -> Vec<(String, String)> {
    let input = json!({"ConfigRuleName": RULE});
    let call = Call::new("config", "GetComplianceDetailsByConfigRule", REGION, input);
    let answer = sandbox.call(call).await.unwrap();
    let results = answer["EvaluationResults"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let result = |result: &Value| (text(&result["ComplianceType"]), text(&result["Annotation"]));
    results.iter().map(result).collect()
}

/// Whether the trail records.
pub(crate) async fn is_logging(sandbox: &Sandbox) -> bool {
    let input = json!({"Name": TRAIL});
    let call = Call::new("cloudtrail", "GetTrailStatus", REGION, input);
    let answer = sandbox.call(call).await.unwrap();
    answer["IsLogging"].as_bool().unwrap()
}
