//! The two cases as they are.

use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_app::ports::{
    BucketReader, CallerIdentity, ConfigService, KeyReader, OrganizationReader, TrailReader,
    TrailWriter,
};
use trailkeeper_core::config_rule::{Compliance, Evaluation};
use trailkeeper_core::facts::KeyState;
use trailkeeper_policy::cloudtrail::{GrantCheck, KeyTarget, key_grants};
use trailkeeper_sandbox::Call;
use trailkeeper_sandbox::scenario::Scenario;

use crate::support::{ARN, BUCKET, KEY, S01, S02, account, arn, build, home, time};

#[tokio::test]
async fn s01_gives_the_values_of_the_file() {
    let scenario = Scenario::parse(S01).unwrap();
    assert_eq!(scenario.id(), "s01-trail-stopped");
    assert_eq!(scenario.lambda(), "evaluator");
    assert_eq!(scenario.rule(), "cloudtrail-enabled");
    assert_eq!(scenario.event()["resultToken"], "fixture-result-token");
    let sandbox = scenario.build();
    assert_eq!(Some(sandbox.now()), time("2026-03-02T10:00:05Z"));
    let caller = sandbox.caller().await;
    assert_eq!(caller, Ok((account(), "aws".to_owned())));
    assert_eq!(sandbox.organization(&account()).await, Ok(None));
    let trails = sandbox.describe_trails(&home(), &[]).await.unwrap();
    assert_eq!(trails.len(), 1);
    assert_eq!(
        (&trails[0].arn, trails[0].bucket.as_str()),
        (&arn(), BUCKET)
    );
    assert_eq!(trails[0].kms_key_id.as_deref(), Some(KEY));
    assert_eq!(trails[0].is_multi_region, Some(true));
    let status = sandbox.trail_status(&home(), &arn()).await.unwrap();
    assert_eq!(status.is_logging, Some(false));
    assert_eq!(status.delivery_time, time("2026-03-02T09:56:00Z"));
    assert_eq!(status.digest_time, time("2026-03-02T09:35:00Z"));
    assert_eq!(status.start_logging_time, time("2025-01-10T00:00:00Z"));
    assert_eq!(status.stop_logging_time, time("2026-03-02T09:57:12Z"));
    assert_eq!(status.delivery_error, None);
    let insights = sandbox.insight_selectors(&home(), &arn()).await.unwrap();
    assert_eq!(insights.len(), 2);
}

/// The answers of the file come back member by member, retired ones included.
#[tokio::test]
async fn s01_answers_as_the_file_says() {
    let case: Value = serde_json::from_str(S01).unwrap();
    let sandbox = Scenario::parse(S01).unwrap().build();
    for (operation, input, argument) in [
        ("DescribeTrails", json!({}), None),
        ("GetTrailStatus", json!({"Name": ARN}), Some(ARN)),
        ("GetEventSelectors", json!({"TrailName": ARN}), Some(ARN)),
        ("GetInsightSelectors", json!({"TrailName": ARN}), Some(ARN)),
    ] {
        let listed = &case["world"]["cloudtrail"]["us-east-1"][operation];
        let listed = argument.map_or(listed, |argument| &listed[argument]);
        let call = Call::new("cloudtrail", operation, "us-east-1", input);
        let answer = sandbox.call(call).await.unwrap();
        assert_eq!(&answer, listed, "{operation}");
    }
}

#[tokio::test]
async fn what_s01_does_not_list_is_healthy() {
    let sandbox = Scenario::parse(S01).unwrap().build();
    assert_eq!(sandbox.owns_bucket(BUCKET, &home()).await, Ok(true));
    let bucket = sandbox.bucket(BUCKET, &home(), &account()).await.unwrap();
    assert_eq!(bucket.region, home());
    let key = sandbox.describe_key(KEY, &home()).await.unwrap();
    assert_eq!(key.state, KeyState::Enabled);
    // bucket and key let CloudTrail write: a started trail delivers
    sandbox.start_logging(&home(), &arn()).await.unwrap();
    sandbox.advance(SignedDuration::from_mins(6));
    let status = sandbox.trail_status(&home(), &arn()).await.unwrap();
    assert_eq!(status.delivery_error, None);
    assert!(status.delivery_time > status.start_logging_time);
    let policy = sandbox.key_policy(&KEY.parse().unwrap()).await.unwrap();
    let target = KeyTarget {
        partition: "aws".to_owned(),
        account: "111122223333".to_owned(),
        trail_arn: ARN.to_owned(),
        key_arn: KEY.to_owned(),
        bucket_keys: false,
    };
    let grants = key_grants(&policy, &target).unwrap();
    assert!(grants.iter().all(GrantCheck::is_allowed));
}

#[tokio::test]
async fn the_result_token_is_accepted_once() {
    let sandbox = Scenario::parse(S01).unwrap().build();
    let verdict = Evaluation {
        resource_type: "AWS::::Account".to_owned(),
        resource_id: "111122223333".to_owned(),
        compliance: Compliance::NonCompliant,
        annotation: Some("trail-not-logging".to_owned()),
        ordering_timestamp: sandbox.now(),
    };
    let put = async || {
        let verdict = std::slice::from_ref(&verdict);
        let put = sandbox.put_evaluations("fixture-result-token", verdict, false);
        put.await
    };
    assert_eq!(put().await, Ok(Vec::new()));
    let again = put().await.unwrap_err();
    assert_eq!(again.code, "InvalidResultTokenException");
}

#[tokio::test]
async fn the_rule_is_registered_with_the_parameters_of_the_event() {
    for (text, name) in [(S01, "cloudtrail-enabled"), (S02, "instance-profile")] {
        let scenario = Scenario::parse(text).unwrap();
        let call = Call::new("config", "DescribeConfigRules", "us-east-1", json!({}));
        let answer = scenario.build().call(call).await.unwrap();
        let rules = answer["ConfigRules"].as_array().unwrap();
        assert_eq!(rules.len(), 1);
        assert_eq!(rules[0]["ConfigRuleName"], name);
        let parameters = &scenario.event()["ruleParameters"];
        assert_eq!(&rules[0]["InputParameters"], parameters);
    }
}

#[tokio::test]
async fn a_fast_path_case_reads_its_parameters_from_a_rule() {
    let sandbox = build(|case| {
        case["rule"] = json!("fast-path");
        case["event"] = json!({"detail-type": "AWS API Call via CloudTrail"});
        case["parameters"] = json!({"requireKms": true, "maxDeliveryAgeMinutes": 60});
    });
    let call = Call::new("config", "DescribeConfigRules", "us-east-1", json!({}));
    let answer = sandbox.call(call).await.unwrap();
    let text = answer["ConfigRules"][0]["InputParameters"]
        .as_str()
        .unwrap();
    let parameters: Value = serde_json::from_str(text).unwrap();
    let wanted = json!({"requireKms": "true", "maxDeliveryAgeMinutes": "60"});
    assert_eq!(parameters, wanted);
}
