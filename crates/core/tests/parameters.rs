//! The rule's parameters: which rule they name, what they require, and how mistakes are told.
#![expect(clippy::unwrap_used, reason = "test code")]

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::{Value, json};
use trailkeeper_core::cloudtrail::{Code, InsightType, ManagementEvents, Requirements};
use trailkeeper_core::config_rule::{
    ConfigEvent, RuleName, RuleParameters, dispatch, parse_requirements, render_requirements,
};

fn given(value: &Value) -> RuleParameters {
    RuleParameters::new(value.as_object().unwrap().clone())
}

fn required(value: &Value) -> Requirements {
    parse_requirements(&given(value)).unwrap()
}

fn refused(value: &Value) -> String {
    let error = parse_requirements(&given(value)).unwrap_err();
    assert_eq!(error.code(), "bad-parameter");
    assert_eq!(error.finding().code, Code::BadParameter);
    assert_eq!(error.finding().to_string(), error.to_string());
    error.to_string()
}

#[test]
fn the_rule_is_named_by_the_parameter_or_by_the_config_rule() {
    let trail = Some(RuleName::CloudtrailEnabled);
    let cases = [
        (json!({}), "cloudtrail-enabled", trail),
        (json!({}), "OrgConfigRule-cloudtrail-enabled-abc123", trail),
        (json!({}), "cloudtrail-enabled-conformance-pack-xyz", trail),
        (json!({}), "a-cloudtrail-enabled-cloudtrail-enabled", trail),
        (json!({}), "multicloudtrail-enabled", None),
        (json!({}), "cloudtrail-enabled2", None),
        (json!({}), "cloudtrail", None),
        (json!({}), "enabled-cloudtrail", None),
        (json!({}), "cloudtrail--enabled", None),
        (json!({}), "", None),
        (json!({"rule": "cloudtrail-enabled"}), "anything", trail),
        (json!({"rule": " cloudtrail-enabled "}), "", trail),
        (json!({"rule": ""}), "cloudtrail-enabled", trail),
        (json!({"rule": null}), "cloudtrail-enabled", trail),
        (json!({"rule": "cloudtrail"}), "cloudtrail-enabled", None),
        (json!({"rule": {}}), "cloudtrail-enabled", None),
        (json!({"rule": 5}), "cloudtrail-enabled", None),
    ];
    for (parameters, name, expected) in cases {
        let seen = dispatch(&given(&parameters), name);
        if let Err(error) = &seen {
            assert_eq!(error.code(), "unknown-rule");
            assert!(error.to_string().contains("cloudtrail-enabled"), "{error}");
        }
        assert_eq!(seen.ok(), expected, "{parameters} {name}");
    }
}

#[test]
fn without_parameters_the_defaults_hold() {
    assert_eq!(required(&json!({})), Requirements::default());
    assert_eq!(
        required(&json!({"rule": "cloudtrail-enabled"})),
        Requirements::default()
    );
    let empty: Value = KEYS
        .iter()
        .map(|key| ((*key).to_owned(), json!("")))
        .collect();
    assert_eq!(required(&empty), Requirements::default());
    let null: Value = KEYS
        .iter()
        .map(|key| ((*key).to_owned(), json!(null)))
        .collect();
    assert_eq!(required(&null), Requirements::default());
}

const KEYS: [&str; 18] = [
    "s3BucketName",
    "s3KeyPrefix",
    "snsTopicArn",
    "cloudWatchLogsLogGroupArn",
    "trailName",
    "bucketOwner",
    "requireMultiRegion",
    "requireGlobalServiceEvents",
    "requireLogFileValidation",
    "requireKms",
    "kmsKeyId",
    "requireManagementEvents",
    "requireInsights",
    "requireOrganizationTrail",
    "maxDeliveryAgeMinutes",
    "strictVisibility",
    "baselineSha256",
    "checkLogFiles",
];

#[test]
fn every_parameter_is_read() {
    let seen = required(&json!({
        "s3BucketName": "amzn-s3-demo-logs",
        "s3KeyPrefix": "audit/org",
        "snsTopicArn": "arn:aws:sns:us-east-1:111122223333:trail-topic",
        "cloudWatchLogsLogGroupArn": "arn:aws:logs:us-east-1:111122223333:log-group:trail:*",
        "trailName": "org-audit",
        "bucketOwner": "011122223333",
        "requireMultiRegion": "FALSE",
        "requireGlobalServiceEvents": "False",
        "requireLogFileValidation": "false",
        "requireKms": " false ",
        "kmsKeyId": "alias/trail",
        "requireManagementEvents": "WriteOnly",
        "requireInsights": " ApiErrorRateInsight , ",
        "requireOrganizationTrail": "True",
        "maxDeliveryAgeMinutes": "60",
        "strictVisibility": "TRUE",
        "baselineSha256": "0A1B".repeat(16),
        "checkLogFiles": "true",
    }));
    let expected = Requirements {
        trail: Some("org-audit".to_owned()),
        bucket: Some("amzn-s3-demo-logs".to_owned()),
        bucket_owner: Some("011122223333".parse().unwrap()),
        key_prefix: Some("audit/org".to_owned()),
        sns_topic: Some("arn:aws:sns:us-east-1:111122223333:trail-topic".to_owned()),
        log_group_arn: Some("arn:aws:logs:us-east-1:111122223333:log-group:trail:*".to_owned()),
        log_group_role_arn: None,
        multi_region: false,
        global_service_events: false,
        log_file_validation: false,
        kms: false,
        kms_key_id: Some("alias/trail".to_owned()),
        management_events: ManagementEvents::WriteOnly,
        insights: BTreeSet::from([InsightType::ApiErrorRate]),
        organization_trail: true,
        max_delivery_age: SignedDuration::from_mins(60),
        strict_visibility: true,
        baseline_sha256: Some("0a1b".repeat(16)),
        check_log_files: true,
    };
    assert_eq!(seen, expected);
}

#[test]
fn the_parameters_of_a_sample_event_are_understood() {
    let text = include_str!("fixtures/config-events/scheduled.json");
    let event = ConfigEvent::parse(&serde_json::from_str(text).unwrap()).unwrap();
    let rule = dispatch(&event.rule_parameters, &event.config_rule_name);
    assert_eq!(rule, Ok(RuleName::CloudtrailEnabled));
    let expected = Requirements {
        max_delivery_age: SignedDuration::from_mins(60),
        ..Requirements::default()
    };
    assert_eq!(parse_requirements(&event.rule_parameters), Ok(expected));
}

#[test]
fn values_written_by_hand_need_no_quotes() {
    let seen = required(&json!({"requireKms": false, "maxDeliveryAgeMinutes": 45}));
    assert!(!seen.kms);
    assert_eq!(seen.max_delivery_age, SignedDuration::from_mins(45));
    let none = required(&json!({"requireInsights": "none", "requireManagementEvents": "none"}));
    assert!(none.insights.is_empty());
    assert_eq!(none.management_events, ManagementEvents::None);
}

#[test]
fn good_names_are_taken() {
    let cases: [(&str, &[&str]); 6] = [
        (
            "trailName",
            &[
                "abc",
                "org-audit",
                "A.b_c-9",
                "arn:aws:cloudtrail:us-east-1:111122223333:trail/org-audit",
                "arn:aws-us-gov:cloudtrail:us-gov-west-1:111122223333:trail/org-audit",
                "arn:aws-cn:cloudtrail:cn-north-1:111122223333:trail/org-audit",
            ],
        ),
        (
            "s3BucketName",
            &["abc", "amzn-s3-demo-logs", "logs.example.com", "9logs"],
        ),
        ("s3KeyPrefix", &["a", "audit/org"]),
        (
            "snsTopicArn",
            &["arn:aws-cn:sns:cn-north-1:111122223333:a_b-C"],
        ),
        (
            "cloudWatchLogsLogGroupArn",
            &[
                "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/cloudtrail:*",
                "arn:aws:logs:eu-west-1:111122223333:log-group:trail",
            ],
        ),
        (
            "kmsKeyId",
            &[
                "1234abcd-12ab-34cd-56ef-1234567890ab",
                "mrk-1234abcd12ab34cd56ef1234567890ab",
                "alias/a/b",
                "arn:aws:kms:us-east-1:111122223333:alias/trail",
                "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            ],
        ),
    ];
    for (key, texts) in cases {
        for text in texts {
            let rendered = render_requirements(&required(&json!({key: text})));
            assert_eq!(
                rendered,
                BTreeMap::from([(key.to_owned(), (*text).to_owned())])
            );
        }
    }
}

#[test]
fn names_have_a_length() {
    let cases = [
        ("trailName", 3, 128),
        ("s3BucketName", 3, 63),
        ("bucketOwner", 12, 12),
        ("kmsKeyId", 1, 128),
    ];
    for (key, shortest, longest) in cases {
        for length in [shortest - 1, shortest, longest, longest + 1] {
            let value = json!({key: "1".repeat(length)});
            // A text without a character is no value at all, and so is never refused.
            let good = length == 0 || (shortest..=longest).contains(&length);
            assert_eq!(
                parse_requirements(&given(&value)).is_ok(),
                good,
                "{key} {length}"
            );
        }
    }
}

#[test]
fn bad_values_are_told_with_their_parameter() {
    let cases: [(&str, &[&str]); 10] = [
        (
            "trailName",
            &[
                "ab",
                "-abc",
                "abc-",
                "a..b",
                "a-_b",
                "a b",
                "a/b",
                "10.0.0.1",
                "órg",
                "arn:aws:s3:::bucket",
                "arn:aws:cloudtrail:us-east-1:111122223333:trail/",
                "arn:aws:cloudtrail:us-east-1:1:trail/abc",
                "arn:aws:cloudtrail::111122223333:trail/abc",
                "arn:xxx:cloudtrail:us-east-1:111122223333:trail/abc",
                "arn:aws:cloudtrail:us-east-1:111122223333:dashboard/abc",
            ],
        ),
        (
            "s3BucketName",
            &[
                "ab",
                "Upper",
                "a_b",
                "-abc",
                "abc.",
                "a..b",
                "192.168.0.1",
                "s3://a/b",
            ],
        ),
        ("bucketOwner", &["1234", "11112222333a", "1111222233334"]),
        (
            "snsTopicArn",
            &[
                "topic",
                "arn:aws:sns:us-east-1:111122223333:",
                "arn:aws:sqs:us-east-1:111122223333:q",
            ],
        ),
        (
            "cloudWatchLogsLogGroupArn",
            &[
                "/aws/trail",
                "arn:aws:logs:us-east-1:111122223333:log-group:",
            ],
        ),
        (
            "kmsKeyId",
            &[
                "alias/",
                "a key",
                "arn:aws:kms:us-east-1:111122223333:grant/x",
                "key/1234",
            ],
        ),
        ("requireKms", &["yes", "1", "truee"]),
        ("requireManagementEvents", &["Read", "true"]),
        (
            "requireInsights",
            &[
                "ApiCallRate",
                ",",
                "ApiCallRateInsight;ApiErrorRateInsight",
                "all",
            ],
        ),
        (
            "maxDeliveryAgeMinutes",
            &["0", "-5", "1.5", "60m", "99999999999"],
        ),
    ];
    for (key, texts) in cases {
        for text in texts {
            let told = refused(&json!({key: text}));
            assert!(
                told.starts_with(&format!("bad-parameter: {key} takes ")),
                "{told}"
            );
            assert!(told.ends_with(&format!("not `{text}`")), "{told}");
        }
    }
    for value in [json!([]), json!({"a": 1})] {
        let told = refused(&json!({"trailName": value}));
        assert!(
            told.starts_with("bad-parameter: trailName takes a single text"),
            "{told}"
        );
    }
}

#[test]
fn an_unknown_parameter_is_told_with_the_nearest_one() {
    let cases = [
        ("requireMultiRegoin", "requireMultiRegion"),
        ("RequireMultiRegion", "requireMultiRegion"),
        ("requireKMS", "requireKms"),
        ("bucketName", "s3BucketName"),
        ("requireLogValidation", "requireLogFileValidation"),
        ("maxDeliveryAge", "maxDeliveryAgeMinutes"),
        ("Rule", "rule"),
        ("kmsKeyArn", "kmsKeyId"),
    ];
    for (key, nearest) in cases {
        assert_eq!(
            refused(&json!({key: "x"})),
            format!("bad-parameter: {key} is not a parameter; did you mean {nearest}?")
        );
    }
}

#[test]
fn together_the_parameters_have_a_limit() {
    let padded = |count: usize| json!({"requireKms": format!("true{}", " ".repeat(count))});
    let frame = json!({"requireKms": "true"}).to_string().len();
    assert_eq!(required(&padded(1024 - frame)), Requirements::default());
    let told = refused(&padded(1025 - frame));
    assert!(
        told.starts_with("bad-parameter: ruleParameters are longer than 1024"),
        "{told}"
    );
}

fn name() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9]{2,20}"
}

fn arn(service: &'static str, start: &'static str) -> impl Strategy<Value = String> {
    (
        "(aws|aws-cn|aws-us-gov)",
        "[a-z]{2}-[a-z]{4,9}-[1-9]",
        "[0-9]{12}",
        name(),
    )
        .prop_map(move |(partition, region, account, name)| {
            format!("arn:{partition}:{service}:{region}:{account}:{start}{name}")
        })
}

fn optional(text: impl Strategy<Value = String>) -> impl Strategy<Value = Option<String>> {
    prop::option::of(text)
}

prop_compose! {
    fn names()(
        trail in optional(prop_oneof![name(), arn("cloudtrail", "trail/")]),
        bucket in optional(name()),
        owner in optional("[0-9]{12}"),
        sns_topic in optional(arn("sns", "")),
        log_group_arn in optional(arn("logs", "log-group:")),
        kms_key_id in optional(prop_oneof![name(), arn("kms", "key/"), arn("kms", "alias/")]),
    ) -> Requirements {
        let bucket_owner = owner.map(|owner| owner.parse().unwrap());
        Requirements {
            trail, bucket, bucket_owner, sns_topic, log_group_arn, kms_key_id,
            ..Requirements::default()
        }
    }
}

prop_compose! {
    fn requirements()(
        named in names(),
        flags in any::<[bool; 6]>(),
        events in prop::sample::select(vec![
            ManagementEvents::All, ManagementEvents::ReadOnly,
            ManagementEvents::WriteOnly, ManagementEvents::None,
        ]),
        insights in prop::collection::btree_set(prop::sample::select(InsightType::ALL.to_vec()), 0..3),
        minutes in 1..=u32::MAX,
    ) -> Requirements {
        let [multi_region, global_service_events, log_file_validation, kms, organization, strict] = flags;
        Requirements {
            multi_region, global_service_events, log_file_validation, kms, insights,
            management_events: events,
            organization_trail: organization,
            strict_visibility: strict,
            max_delivery_age: SignedDuration::from_mins(i64::from(minutes)),
            ..named
        }
    }
}

proptest! {
    #[test]
    fn what_is_rendered_is_read_back(wanted in requirements()) {
        let rendered = render_requirements(&wanted);
        prop_assert_eq!(parse_requirements(&RuleParameters::from(rendered)), Ok(wanted));
    }

    #[test]
    fn no_parameter_makes_it_panic(key in ".{0,200}", text in ".{0,200}", which in 0..15_usize) {
        let _ = parse_requirements(&given(&json!({key.as_str(): text})));
        let seen = parse_requirements(&given(&json!({KEYS[which]: text})));
        if let Err(error) = seen {
            prop_assert_eq!(error.key, KEYS[which]);
        }
        let _ = dispatch(&given(&json!({"rule": text})), &key);
        let _ = dispatch(&RuleParameters::default(), &key);
    }
}
