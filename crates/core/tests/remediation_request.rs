//! What a repair is asked for, and the form of its result.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};
use trailkeeper_core::cloudtrail::{InsightType, ManagementEvents, Requirements};
use trailkeeper_core::config_rule::{RuleParameters, parse_requirements, render_requirements};
use trailkeeper_core::remediation::{
    Entry, Mode, Outcome, RepairFailure, RepairRequest, RepairResult,
};

const GROUP: &str = "arn:aws:logs:us-east-1:111122223333:log-group:trail:*";
const ROLE: &str = "arn:aws:iam::111122223333:role/path/trail-to-logs";

/// The two required parameters, and `more`.
fn payload(more: &Value) -> Value {
    let mut payload = json!({
        "CloudTrailName": "org-audit", "CloudTrailS3BucketName": "amzn-s3-demo-logs",
    });
    for (key, value) in more.as_object().unwrap() {
        payload[key] = value.clone();
    }
    payload
}

fn request(more: &Value) -> RepairRequest {
    RepairRequest::parse(&payload(more)).unwrap()
}

fn refused(payload: &Value) -> String {
    let error = RepairRequest::parse(payload).unwrap_err();
    assert_eq!(error.code(), "bad-parameter");
    assert!(error.to_string().starts_with("bad-parameter: "), "{error}");
    error.to_string()
}

#[test]
fn trail_and_bucket_are_enough() {
    let seen = request(&json!({}));
    assert_eq!(seen.trail, "org-audit");
    assert_eq!(seen.bucket, "amzn-s3-demo-logs");
    assert!(seen.multi_region && seen.global_service_events && seen.log_file_validation);
    assert!(seen.create_as_organization_trail);
    assert!(!seen.convert_to_organization_trail && !seen.adopt_existing_trail && !seen.repair_key);
    assert_eq!(seen.insights, InsightType::ALL.into());
    assert_eq!(seen.mode, Mode::Apply);
    assert_eq!(seen.execution_id, None);
}

#[test]
fn the_whole_payload_of_the_runbook_is_taken() {
    let typed = request(&json!({
        "CloudTrailKmsKeyId": "alias/trail",
        "AutomationAssumeRole": "arn:aws:iam::111122223333:role/automation",
        "IsMultiRegionTrail": true,
        "IsOrganizationTrail": false,
        "IncludeGlobalServiceEvents": false,
        "EnableLogFileValidation": false,
        "InsightTypes": ["ApiErrorRateInsight"],
        "S3KeyPrefix": "audit",
        "SnsTopicName": "trail-topic",
        "CloudWatchLogsLogGroupArn": GROUP,
        "CloudWatchLogsRoleArn": ROLE,
        "CloudTrailS3BucketOwner": "999900001111",
        "ConvertToOrganizationTrail": true,
        "AdoptExistingTrail": true,
        "RepairKey": true,
        "RemediatorFunctionName": "trailkeeper-remediator",
        "Mode": "Plan",
        "executionId": "11112222-3333-4444-5555-666677778888",
    }));
    let in_words = request(&json!({
        "CloudTrailKmsKeyId": " alias/trail ",
        "IsMultiRegionTrail": "True",
        "IsOrganizationTrail": "FALSE",
        "IncludeGlobalServiceEvents": "false",
        "EnableLogFileValidation": "false",
        "InsightTypes": "ApiErrorRateInsight, ApiErrorRateInsight",
        "S3KeyPrefix": "audit",
        "SnsTopicName": "trail-topic",
        "CloudWatchLogsLogGroupArn": GROUP,
        "CloudWatchLogsRoleArn": ROLE,
        "CloudTrailS3BucketOwner": 999_900_001_111_u64,
        "ConvertToOrganizationTrail": "true",
        "AdoptExistingTrail": "true",
        "RepairKey": "true",
        "Mode": "Plan",
        "executionId": "11112222-3333-4444-5555-666677778888",
    }));
    assert_eq!(typed, in_words);
    assert_eq!(typed.mode, Mode::Plan);
    assert!(typed.convert_to_organization_trail && typed.adopt_existing_trail && typed.repair_key);
    assert!(!typed.create_as_organization_trail);
    assert_eq!(
        typed.execution_id.as_deref(),
        Some("11112222-3333-4444-5555-666677778888")
    );
    assert_eq!(
        typed.requirements(),
        Requirements {
            trail: Some("org-audit".to_owned()),
            bucket: Some("amzn-s3-demo-logs".to_owned()),
            bucket_owner: Some("999900001111".parse().unwrap()),
            key_prefix: Some("audit".to_owned()),
            sns_topic: Some("trail-topic".to_owned()),
            log_group_arn: Some(GROUP.to_owned()),
            log_group_role_arn: Some(ROLE.to_owned()),
            multi_region: true,
            // Multi-Region brings global service events with it, whatever was asked for.
            global_service_events: true,
            log_file_validation: false,
            kms: true,
            kms_key_id: Some("alias/trail".to_owned()),
            management_events: ManagementEvents::All,
            insights: BTreeSet::from([InsightType::ApiErrorRate]),
            organization_trail: false,
            ..Requirements::default()
        }
    );
}

#[test]
fn an_empty_text_keeps_what_is_there() {
    let texts = [
        "CloudTrailKmsKeyId",
        "AutomationAssumeRole",
        "S3KeyPrefix",
        "SnsTopicName",
        "CloudWatchLogsLogGroupArn",
        "CloudWatchLogsRoleArn",
        "CloudTrailS3BucketOwner",
        "executionId",
        "RemediatorFunctionName",
        "Mode",
        "ConvertToOrganizationTrail",
        "RepairKey",
    ];
    let empty: Value = texts
        .iter()
        .map(|key| ((*key).to_owned(), json!("")))
        .collect();
    assert_eq!(request(&empty), request(&json!({})));
    let null: Value = texts
        .iter()
        .map(|key| ((*key).to_owned(), json!(null)))
        .collect();
    assert_eq!(request(&null), request(&json!({})));
    for none in [
        json!(""),
        json!([]),
        json!([""]),
        json!("None"),
        json!(["None"]),
    ] {
        assert!(request(&json!({"InsightTypes": none})).insights.is_empty());
    }
    let wanted = request(&json!({})).requirements();
    assert!(
        !wanted.kms,
        "without a key id the encryption stays as it is"
    );
    assert_eq!(wanted.kms_key_id, None);
}

#[test]
fn global_events_are_required_with_multi_region() {
    for (multi, global, expected) in [
        (true, false, true),
        (true, true, true),
        (false, false, false),
        (false, true, true),
    ] {
        let seen = request(&json!({
            "IsMultiRegionTrail": multi, "IncludeGlobalServiceEvents": global,
        }));
        assert_eq!(
            seen.requirements().global_service_events,
            expected,
            "{multi} {global}"
        );
        assert_eq!(seen.requirements().multi_region, multi);
    }
}

#[test]
fn what_cannot_be_used_is_told() {
    let bad = [
        (
            json!({"IsMultiRegionTrail": "yes"}),
            "IsMultiRegionTrail takes true or false, not `yes`",
        ),
        (
            json!({"IsMultiRegionTrail": [true]}),
            "IsMultiRegionTrail takes a single text",
        ),
        (
            json!({"IsMultiRegionTrail": 1}),
            "IsMultiRegionTrail takes true or false",
        ),
        (
            json!({"InsightTypes": ["ApiCallRate"]}),
            "InsightTypes takes ",
        ),
        (
            json!({"InsightTypes": [["ApiCallRateInsight"]]}),
            "InsightTypes takes a single text",
        ),
        (
            json!({"InsightTypes": {}}),
            "InsightTypes takes a single text",
        ),
        (
            json!({"CloudTrailName": "a..b"}),
            "CloudTrailName takes a trail name",
        ),
        (
            json!({"CloudTrailName": "{{ TrailName }}"}),
            "CloudTrailName takes a trail name",
        ),
        (
            json!({"CloudTrailName": ["abc"]}),
            "CloudTrailName takes a single text",
        ),
        (json!({"CloudTrailName": ""}), "CloudTrailName is required"),
        (
            json!({"CloudTrailName": null}),
            "CloudTrailName is required",
        ),
        (
            json!({"CloudTrailS3BucketName": "  "}),
            "CloudTrailS3BucketName is required",
        ),
        (
            json!({"CloudTrailS3BucketName": "Upper"}),
            "CloudTrailS3BucketName takes a bucket name",
        ),
        (
            json!({"CloudTrailS3BucketOwner": "1"}),
            "CloudTrailS3BucketOwner takes an account id",
        ),
        (
            json!({"CloudTrailKmsKeyId": "a key"}),
            "CloudTrailKmsKeyId takes a KMS key id",
        ),
        (
            json!({"SnsTopicName": "a topic"}),
            "SnsTopicName takes the name or the ARN",
        ),
        (
            json!({"S3KeyPrefix": "p".repeat(201)}),
            "S3KeyPrefix takes a key prefix",
        ),
        (
            json!({"Mode": "apply"}),
            "Mode takes Apply or Plan, not `apply`",
        ),
        (json!({"executionId": "a\nb"}), "executionId takes a text"),
        (
            json!({"CloudWatchLogsLogGroupArn": GROUP}),
            "CloudWatchLogsRoleArn is required with",
        ),
        (
            json!({"CloudWatchLogsRoleArn": ROLE}),
            "CloudWatchLogsLogGroupArn is required with",
        ),
        (
            json!({"CloudTrailNam": "x"}),
            "CloudTrailNam is not a parameter; did you mean CloudTrailName?",
        ),
        (
            json!({"isMultiRegionTrail": true}),
            "isMultiRegionTrail is not a parameter; did you mean IsMultiRegionTrail?",
        ),
        (
            json!({"ExecutionID": "x"}),
            "ExecutionID is not a parameter; did you mean executionId?",
        ),
    ];
    for (more, expected) in bad {
        let told = refused(&payload(&more));
        assert!(
            told.starts_with(&format!("bad-parameter: {expected}")),
            "{told}"
        );
    }
    for value in [json!(null), json!([]), json!("x"), json!(1)] {
        refused(&value);
    }
    assert_eq!(
        refused(&json!({})),
        "bad-parameter: CloudTrailName is required"
    );
    assert_eq!(
        refused(&json!({"CloudTrailName": "abc"})),
        "bad-parameter: CloudTrailS3BucketName is required"
    );
}

#[test]
fn the_rule_can_require_what_the_runbook_restores() {
    let topic = "arn:aws:sns:us-east-1:111122223333:trail-topic";
    let wanted = request(&json!({"SnsTopicName": topic, "IncludeGlobalServiceEvents": false}))
        .requirements();
    let read_back = parse_requirements(&RuleParameters::from(render_requirements(&wanted)));
    assert_eq!(read_back, Ok(wanted));
}

#[test]
fn a_result_has_all_keys_and_no_null() {
    assert_eq!(
        RepairResult::default().to_json(),
        json!({
            "outcome": "", "trailArn": "", "trailRegion": "", "actor": "", "gapStart": "",
            "gapEnd": "", "changes": [], "steps": [], "notes": [], "remaining": [],
        })
    );
    let outcomes = [
        (Outcome::Repaired, "repaired"),
        (Outcome::AlreadyHealthy, "already-healthy"),
        (Outcome::Planned, "planned"),
        (Outcome::NotOurs, "not-ours"),
        (Outcome::RepairsExhausted, "repairs-exhausted"),
    ];
    for (outcome, text) in outcomes {
        let result = RepairResult {
            outcome: Some(outcome),
            ..RepairResult::default()
        };
        assert_eq!(result.to_json()["outcome"], text);
    }
}

fn full_result() -> RepairResult {
    RepairResult {
        outcome: Some(Outcome::Repaired),
        trail_arn: "arn:aws:cloudtrail:eu-west-1:111122223333:trail/org-audit"
            .parse()
            .ok(),
        trail_region: "eu-west-1".parse().ok(),
        actor: Some("IAMUser arn:aws:iam::111122223333:user/mallory".to_owned()),
        gap_start: "2026-03-02T10:57:12+01:00".parse().ok(),
        gap_end: "2026-03-02T09:58:40.5Z".parse().ok(),
        changes: vec![Entry::new("logging", "false -> true")],
        steps: vec![Entry::new("start-logging", "org-audit")],
        notes: vec![Entry::new("delivery-not-confirmed", "no file\nyet")],
        remaining: Vec::new(),
        delivery: None,
    }
}

#[test]
fn a_result_is_written_as_the_runbook_declares_it() {
    assert_eq!(
        full_result().to_json(),
        json!({
            "outcome": "repaired",
            "trailArn": "arn:aws:cloudtrail:eu-west-1:111122223333:trail/org-audit",
            "trailRegion": "eu-west-1",
            "actor": "IAMUser arn:aws:iam::111122223333:user/mallory",
            "gapStart": "2026-03-02T09:57:12Z",
            "gapEnd": "2026-03-02T09:58:40.5Z",
            "changes": ["logging: false -> true"],
            "steps": ["start-logging: org-audit"],
            "notes": ["delivery-not-confirmed: no file yet"],
            "remaining": [],
        })
    );
}

#[test]
fn a_failure_carries_the_result_on_the_second_line() {
    let failure = RepairFailure {
        code: "partly-repaired".to_owned(),
        message: "logging is on again,\r\nbut the key refuses CloudTrail".to_owned(),
        result: Box::new(RepairResult {
            outcome: None,
            ..full_result()
        }),
    };
    assert_eq!(failure.error_type(), "partly-repaired");
    let message = failure.error_message();
    let lines: Vec<&str> = message.lines().collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(
        lines[0],
        "logging is on again, but the key refuses CloudTrail"
    );
    assert_eq!(
        serde_json::from_str::<Value>(lines[1]).unwrap(),
        failure.result.to_json()
    );

    let early = RepairFailure::early("bad-parameter", "CloudTrailName is required");
    let (_, second) = early
        .error_message()
        .split_once('\n')
        .map(|(a, b)| (a.len(), b.to_owned()))
        .unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(&second).unwrap(),
        RepairResult::default().to_json()
    );
}

proptest! {
    #[test]
    fn no_payload_makes_it_panic(
        key in prop_oneof![
            Just("CloudTrailName".to_owned()), Just("CloudTrailS3BucketName".to_owned()),
            Just("InsightTypes".to_owned()), Just("CloudTrailKmsKeyId".to_owned()),
            Just("CloudWatchLogsRoleArn".to_owned()), Just("executionId".to_owned()), ".*",
        ],
        text in prop_oneof![".*", "arn:[a-z:/*]{0,40}", "[a-zA-Z0-9._-]{0,140}"],
        list in prop::collection::vec(any::<String>(), 0..4),
    ) {
        let _ = RepairRequest::parse(&payload(&json!({key.as_str(): text})));
        let _ = RepairRequest::parse(&payload(&json!({key.as_str(): list})));
    }

    #[test]
    fn a_failure_always_has_two_lines(message in any::<String>(), text in any::<String>()) {
        let failure = RepairFailure {
            code: "x".to_owned(),
            message,
            result: Box::new(RepairResult {
                actor: Some(text.clone()),
                notes: vec![Entry::new("note", text)],
                ..RepairResult::default()
            }),
        };
        prop_assert_eq!(failure.error_message().matches('\n').count(), 1);
    }
}
