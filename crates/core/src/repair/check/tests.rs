//! What the checker refuses.

mod bounds;

use super::*;
use crate::baseline::{Baseline, sha256_of};
use crate::call_error::CallError;
use crate::cloudtrail::TrailView;
use crate::facts::{
    AdvancedSelector, BasicSelector, BucketFacts, DataResource, FieldSelector, InsightSelector,
    ReadWriteType, Trail,
};
use crate::repair::plan::PlannedStep;

const OLD: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::logs"}]}"#;

fn arn(name: &str) -> Arn {
    format!("arn:aws:cloudtrail:us-east-1:111122223333:trail/{name}")
        .parse()
        .unwrap()
}

fn basic(kind: ReadWriteType, data: &[&str]) -> BasicSelector {
    let values = |value: &&str| DataResource {
        resource_type: "AWS::S3::Object".to_owned(),
        values: vec![(*value).to_owned()],
    };
    BasicSelector {
        read_write_type: kind,
        include_management_events: true,
        data_resources: data.iter().map(values).collect(),
        exclude_management_event_sources: Vec::new(),
    }
}

fn survey() -> Survey {
    let mut view = TrailView::described(Trail {
        arn: arn("org-audit"),
        name: "org-audit".to_owned(),
        home_region: "us-east-1".parse().unwrap(),
        bucket: "logs".to_owned(),
        key_prefix: None,
        sns_topic_arn: None,
        include_global_service_events: Some(true),
        is_multi_region: Some(true),
        log_file_validation: Some(true),
        is_organization_trail: Some(false),
        kms_key_id: None,
        log_group_arn: None,
        log_group_role_arn: None,
    });
    let selectors = vec![basic(ReadWriteType::WriteOnly, &["arn:aws:s3:::data/"])];
    view.selectors = Some(Fact::Known(EventSelectors::Basic(selectors)));
    view.insights = Some(Fact::Known(vec![insight("ApiCallRateInsight")]));
    view.bucket = Some(Fact::Known(BucketFacts {
        region: "us-east-1".parse().unwrap(),
        policy: Some(OLD.to_owned()),
    }));
    Survey::of_view(view)
}

fn insight(name: &str) -> InsightSelector {
    InsightSelector {
        insight_type: name.to_owned(),
        event_categories: Vec::new(),
    }
}

fn checked(step: Step) -> Result<(), Refusal> {
    let steps = vec![PlannedStep::new(step, "code", "change")];
    check(
        &Plan {
            steps,
            ..Plan::default()
        },
        &survey(),
    )
}

fn bucket_policy(bucket: &str, policy: &str) -> Step {
    Step::PutBucketPolicy {
        bucket: bucket.to_owned(),
        region: "us-east-1".parse().unwrap(),
        owner: "111122223333".parse().unwrap(),
        policy: policy.to_owned(),
        existed: true,
    }
}

#[test]
fn a_write_to_anything_else_is_refused() {
    let other: Arn = arn("other");
    let key: Arn = "arn:aws:kms:us-east-1:111122223333:key/1".parse().unwrap();
    let steps = [
        Step::StartLogging(other.clone()),
        Step::UpdateTrail(UpdateTrail::of(other.clone())),
        Step::PutEventSelectors(other.clone(), EventSelectors::Basic(Vec::new())),
        Step::PutInsightSelectors(other, Vec::new()),
        Step::EnableKey(key.clone()),
        Step::CancelKeyDeletion(key.clone()),
        Step::PutKeyPolicy {
            key,
            policy: OLD.to_owned(),
        },
        bucket_policy("another", OLD),
    ];
    for step in steps {
        let name = format!("{step:?}");
        assert!(
            matches!(checked(step), Err(Refusal::ForeignTarget(_))),
            "{name}"
        );
    }
}

#[test]
fn a_flag_that_goes_off_and_a_setting_that_is_cleared_are_refused() {
    let update = || UpdateTrail::of(arn("org-audit"));
    let updates = [
        UpdateTrail {
            is_multi_region: Some(false),
            ..update()
        },
        UpdateTrail {
            include_global_service_events: Some(false),
            ..update()
        },
        UpdateTrail {
            log_file_validation: Some(false),
            ..update()
        },
        UpdateTrail {
            is_organization_trail: Some(false),
            ..update()
        },
        UpdateTrail {
            kms_key_id: Some(String::new()),
            ..update()
        },
        UpdateTrail {
            sns_topic_name: Some(String::new()),
            ..update()
        },
        UpdateTrail {
            log_group_arn: Some(String::new()),
            ..update()
        },
    ];
    for update in updates {
        let name = format!("{update:?}");
        let result = checked(Step::UpdateTrail(update));
        assert!(matches!(result, Err(Refusal::SwitchesOff { .. })), "{name}");
    }
    let on = UpdateTrail {
        is_multi_region: Some(true),
        ..update()
    };
    assert_eq!(checked(Step::UpdateTrail(on)), Ok(()));
}

#[test]
fn selectors_that_record_less_are_refused() {
    let put = |selectors| checked(Step::PutEventSelectors(arn("org-audit"), selectors));
    let data = "arn:aws:s3:::data/";
    let advanced = AdvancedSelector {
        name: None,
        field_selectors: vec![FieldSelector {
            field: "eventCategory".to_owned(),
            equals: vec!["Management".to_owned()],
            ..FieldSelector::default()
        }],
    };
    let narrower = [
        EventSelectors::Basic(vec![basic(ReadWriteType::All, &[])]),
        EventSelectors::Basic(vec![basic(ReadWriteType::ReadOnly, &[data])]),
        EventSelectors::Basic(vec![basic(ReadWriteType::All, &["arn:aws:s3:::other/"])]),
        EventSelectors::Advanced(vec![advanced]),
    ];
    for selectors in narrower {
        let name = format!("{selectors:?}");
        assert!(matches!(put(selectors), Err(Refusal::Narrows(_))), "{name}");
    }
    let wider = vec![
        basic(ReadWriteType::All, &[]),
        basic(ReadWriteType::WriteOnly, &[data]),
    ];
    assert_eq!(put(EventSelectors::Basic(wider)), Ok(()));
    let wider = vec![basic(ReadWriteType::All, &[data])];
    assert_eq!(put(EventSelectors::Basic(wider)), Ok(()));
}

#[test]
fn insights_that_go_off_are_refused() {
    let put = |names: &[&str]| {
        let selectors = names.iter().map(|name| insight(name)).collect();
        checked(Step::PutInsightSelectors(arn("org-audit"), selectors))
    };
    assert!(matches!(
        put(&["ApiErrorRateInsight"]),
        Err(Refusal::Narrows(_))
    ));
    assert_eq!(put(&["ApiErrorRateInsight", "ApiCallRateInsight"]), Ok(()));
}

#[test]
fn a_policy_that_loses_alters_denies_or_lets_others_in_is_refused() {
    let allow = r#"{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:GetBucketAcl","Resource":"arn:aws:s3:::logs"}"#;
    let deny = allow.replace("Allow", "Deny");
    let for_principal =
        |principal: &str| allow.replace(r#"{"Service":"cloudtrail.amazonaws.com"}"#, principal);
    let with = |added: &str| OLD.replace("]}", &format!(",{added}]}}"));
    let refused = [
        r#"{"Version":"2012-10-17","Statement":[]}"#.to_owned(),
        OLD.replace("\"A\"", "\"B\""),
        OLD.replace(":[", ": [ ").replace("{\"Sid\"", "{ \"Sid\""),
        with(&deny),
        with(&for_principal(r#""*""#)),
        with(&for_principal(r#"{"AWS":"111122223333"}"#)),
        with(&for_principal(
            r#"{"Service":["cloudtrail.amazonaws.com","ec2.amazonaws.com"]}"#,
        )),
        with(&for_principal(
            r#"{"Service":"cloudtrail.amazonaws.com","AWS":"*"}"#,
        )),
        "{".to_owned(),
    ];
    for policy in refused {
        let result = checked(bucket_policy("logs", &policy));
        assert!(
            matches!(result, Err(Refusal::AltersStatement(_))),
            "{policy}"
        );
    }
    assert_eq!(checked(bucket_policy("logs", &with(allow))), Ok(()));
}
/// The survey with a baseline of a lifecycle of a year and the tag `team`.
fn with_baseline() -> Survey {
    let text = serde_json::json!({
        "version": 1,
        "account": "111122223333",
        "trail": arn("org-audit"),
        "capturedAt": "2026-03-02T10:00:00Z",
        "eventSelectors": {"EventSelectors": []},
        "insightSelectors": [],
        "tags": {"team": "audit"},
        "bucket": {"name": "logs", "region": "us-east-1", "settings": {
            "lifecycle": YEAR, "versioning": "<V><Status>Suspended</Status></V>",
            "notification": "<N/>", "acl": null, "publicAccessBlock": "<P/>",
        }},
        "key": null,
    })
    .to_string();
    let sha256 = sha256_of(text.as_bytes());
    let mut survey = survey();
    survey.account = Some("111122223333".parse().unwrap());
    let read = Baseline::parse(text.as_bytes(), &sha256);
    assert!(read.is_ok(), "{read:?}");
    survey.wanted.beside.baseline = Some(Fact::Known(read));
    survey
}

const YEAR: &str = "<L><Rule><Expiration><Days>365</Days></Expiration></Rule></L>";

fn setting(bucket: &str, setting: BucketSetting, document: Option<&str>) -> Step {
    Step::PutBucketSetting {
        bucket: bucket.to_owned(),
        region: "us-east-1".parse().unwrap(),
        owner: "111122223333".parse().unwrap(),
        setting,
        document: document.map(str::to_owned),
        existed: true,
    }
}

fn checked_in(step: Step, survey: &Survey) -> Result<(), Refusal> {
    let steps = vec![PlannedStep::new(step, "code", "change")];
    let plan = Plan {
        steps,
        ..Plan::default()
    };
    check(&plan, survey)
}

#[test]
fn a_setting_that_the_baseline_does_not_hold_is_refused() {
    use BucketSetting::{Acl, Encryption, Lifecycle, Notification, PublicAccessBlock, Versioning};
    let day = YEAR.replace("365", "1");
    let refused: [(BucketSetting, Option<&str>); 9] = [
        (Lifecycle, Some(&day)),
        (Lifecycle, None),
        // byte for byte, not only in meaning
        (Lifecycle, Some(&YEAR.replace("><", "> <"))),
        (Versioning, Some("<V><Status>Suspended</Status></V>")),
        (Versioning, None),
        (Acl, None),
        (Encryption, Some("<E/>")),
        (Notification, Some("<N/>")),
        (PublicAccessBlock, Some("<P/>")),
    ];
    for (which, document) in refused {
        let result = checked_in(setting("logs", which, document), &with_baseline());
        let is_refused = matches!(result, Err(Refusal::NotRecorded(_)));
        assert!(is_refused, "{which:?} {document:?}");
    }
    let taken = [
        (Lifecycle, YEAR),
        (Versioning, VERSIONED),
        (PublicAccessBlock, ALL_BLOCKED),
    ];
    for (which, document) in taken {
        let step = setting("logs", which, Some(document));
        assert_eq!(checked_in(step, &with_baseline()), Ok(()), "{which:?}");
    }
    let without = checked(setting("logs", Lifecycle, Some(YEAR)));
    assert!(matches!(without, Err(Refusal::NotRecorded(_))));
    let elsewhere = setting("another", Lifecycle, Some(YEAR));
    let elsewhere = checked_in(elsewhere, &with_baseline());
    assert!(matches!(elsewhere, Err(Refusal::ForeignTarget(_))));
}

#[test]
fn a_tag_that_the_baseline_does_not_hold_is_refused() {
    let tags = |key: &str, value: &str| [(key.to_owned(), value.to_owned())].into();
    let add = |name, key, value| Step::AddTags(arn(name), tags(key, value));
    let survey = with_baseline();
    assert_eq!(
        checked_in(add("org-audit", "team", "audit"), &survey),
        Ok(())
    );
    for (key, value) in [("team", "x"), ("more", "audit")] {
        let result = checked_in(add("org-audit", key, value), &survey);
        assert!(matches!(result, Err(Refusal::NotRecorded(_))), "{key}");
    }
    let other = checked_in(add("other", "team", "audit"), &survey);
    assert!(matches!(other, Err(Refusal::ForeignTarget(_))));
    let without = checked(add("org-audit", "team", "audit"));
    assert!(matches!(without, Err(Refusal::NotRecorded(_))));
}

#[test]
fn a_bucket_is_made_only_where_there_is_none() {
    let create = |bucket: &str| Step::CreateBucket {
        bucket: bucket.to_owned(),
        region: "us-east-1".parse().unwrap(),
    };
    let there = checked(create("logs"));
    assert!(matches!(there, Err(Refusal::ForeignTarget(_))));
    let mut gone = survey();
    let operation = crate::operation::GET_BUCKET_POLICY;
    let error = CallError::from_code(operation, "logs", "NoSuchBucket", "gone");
    gone.wanted.bucket = Some(Fact::from_call(Err(error)));
    assert_eq!(checked_in(create("logs"), &gone), Ok(()));
    let another = checked_in(create("another"), &gone);
    assert!(matches!(another, Err(Refusal::ForeignTarget(_))));
}
