//! `case/v1` files and the demo's account.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "test code: a helper that fails is a failing test"
)]

use std::error::Error;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use trailkeeper_app::ports::{
    BucketReader, CallerIdentity, ConfigService, KeyReader, OrganizationReader, TrailReader,
    TrailWriter,
};
use trailkeeper_core::config_rule::{Compliance, Evaluation};
use trailkeeper_core::facts::{KeyState, ReadWriteType};
use trailkeeper_core::{AccountId, Arn, ErrorClass, Region};
use trailkeeper_policy::cloudtrail::{GrantCheck, KeyTarget, key_grants};
use trailkeeper_sandbox::scenario::{Scenario, ScenarioError, demo};
use trailkeeper_sandbox::{Call, Sandbox};

const S01: &str = include_str!("fixtures/cases/s01-trail-stopped.json");
const S02: &str = include_str!("fixtures/cases/s02-instance-no-profile.json");
const ARN: &str = "arn:aws:cloudtrail:us-east-1:111122223333:trail/org-audit";
const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const BUCKET: &str = "amzn-s3-demo-audit-111122223333";

fn home() -> Region {
    "us-east-1".parse().unwrap()
}

fn account() -> AccountId {
    "111122223333".parse().unwrap()
}

fn arn() -> Arn {
    ARN.parse().unwrap()
}

fn time(text: &str) -> Option<Timestamp> {
    Some(text.parse().unwrap())
}

/// The first case after a change.
fn changed(change: impl FnOnce(&mut Value)) -> Result<Scenario, ScenarioError> {
    let mut case: Value = serde_json::from_str(S01).unwrap();
    change(&mut case);
    Scenario::parse(&case.to_string())
}

fn cloudtrail(case: &mut Value) -> &mut Value {
    &mut case["world"]["cloudtrail"]["us-east-1"]
}

fn build(change: impl FnOnce(&mut Value)) -> Sandbox {
    changed(change).unwrap().build()
}

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
    let on = [trailkeeper_core::facts::InsightSelector {
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

#[test]
fn broken_files_name_the_place() {
    type Change = fn(&mut Value);
    let trail = "world.cloudtrail.us-east-1.DescribeTrails.trailList[0]";
    let cases: [(Change, String, &str); 17] = [
        (
            |case| case["schema"] = json!("case/v2"),
            "schema".into(),
            "case/v1",
        ),
        (
            |case| case["lambda"] = json!("other"),
            "lambda".into(),
            "evaluator",
        ),
        (
            |case| case["rule"] = json!("other"),
            "rule".into(),
            "fast-path",
        ),
        (|case| case["now"] = json!("soon"), "now".into(), "time"),
        (
            |case| case["now"] = Value::Null,
            "the file".into(),
            "`now` is missing",
        ),
        (
            |case| case["self"]["accountId"] = json!("12"),
            "self.accountId".into(),
            "12 digits",
        ),
        (
            |case| case["self"]["organizationRole"] = json!("boss"),
            "self.organizationRole".into(),
            "member",
        ),
        (|case| case["world"] = json!([]), "world".into(), "object"),
        (
            |case| case["world"]["iam"] = json!({"aws-global": {"GetInstanceProfile": {}}}),
            "world.iam.aws-global.GetInstanceProfile".into(),
            "iam:GetInstanceProfile",
        ),
        (
            |case| cloudtrail(case)["DescribeTrails"]["trailList"][0]["Nmae"] = json!("x"),
            format!("{trail}.Nmae"),
            "unknown member",
        ),
        (
            |case| cloudtrail(case)["DescribeTrails"]["trailList"][0]["TrailARN"] = json!("x"),
            format!("{trail}.TrailARN"),
            "ARN",
        ),
        (
            |case| {
                cloudtrail(case)["DescribeTrails"]["trailList"][0]["KmsKeyId"] = json!("alias/x")
            },
            format!("{trail}.KmsKeyId"),
            "key",
        ),
        (
            |case| {
                cloudtrail(case)["DescribeTrails"]["trailList"][0]["IsMultiRegionTrail"] = json!(1)
            },
            format!("{trail}.IsMultiRegionTrail"),
            "true or false",
        ),
        (
            |case| cloudtrail(case)["GetTrailStatus"][ARN]["IsLogging"] = Value::Null,
            format!("world.cloudtrail.us-east-1.GetTrailStatus[\"{ARN}\"]"),
            "`IsLogging`",
        ),
        (
            |case| cloudtrail(case)["GetTrailStatus"]["absent"] = json!({"IsLogging": true}),
            "world.cloudtrail.us-east-1.GetTrailStatus.absent".into(),
            "no DescribeTrails",
        ),
        (
            |case| cloudtrail(case)["ListTrails"] = json!({"error": {"status": 400}}),
            "world.cloudtrail.us-east-1.ListTrails.error".into(),
            "`code`",
        ),
        (
            |case| case["event"]["configRuleName"] = Value::Null,
            "event".into(),
            "configRuleName",
        ),
    ];
    for (change, place, problem) in cases {
        let text = changed(change).unwrap_err().to_string();
        assert!(text.starts_with(&format!("{place}: ")), "{text}");
        assert!(text.contains(problem), "{text}");
    }
}

#[test]
fn a_text_that_is_no_json_names_line_and_column() {
    let error = Scenario::parse("{\n  \"schema\": oops}").unwrap_err();
    assert!(
        error
            .source()
            .unwrap()
            .to_string()
            .contains("line 2 column")
    );
}

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
    let trailkeeper_core::facts::EventSelectors::Basic(selectors) = selectors else {
        unreachable!("the demo's trail has basic selectors");
    };
    assert_eq!(selectors[0].read_write_type, ReadWriteType::All);
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
