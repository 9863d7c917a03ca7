//! Facts of a trail with which nothing is wrong. Tests take them and break one thing.

use jiff::Timestamp;
use trailkeeper_core::cloudtrail::examine::{bucket_target, examine, key_target};
use trailkeeper_core::cloudtrail::{
    Code, Examination, ManagementCoverage, Requirements, TrailView,
};
use trailkeeper_core::facts::{
    BasicSelector, BucketFacts, EventSelectors, Fact, InsightSelector, KeyFacts, KeyState,
    ReadWriteType, Trail, TrailStatus,
};
use trailkeeper_core::{Arn, CallError, Caller, Operation};
use trailkeeper_policy::cloudtrail::{documented_bucket_policy, documented_key_policy};

pub(crate) const OWN: &str = "111122223333";
pub(crate) const MANAGEMENT: &str = "999900001111";
pub(crate) const KEY: &str =
    "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn now() -> Timestamp {
    time("2026-03-02T10:00:00Z")
}

pub(crate) fn arn(text: &str) -> Arn {
    text.parse().unwrap()
}

pub(crate) fn caller() -> Caller {
    Caller {
        account: OWN.parse().unwrap(),
        region: "eu-west-1".parse().unwrap(),
        partition: "aws".to_owned(),
    }
}

pub(crate) fn trail(account: &str, name: &str) -> Trail {
    Trail {
        arn: arn(&format!(
            "arn:aws:cloudtrail:eu-west-1:{account}:trail/{name}"
        )),
        name: name.to_owned(),
        home_region: "eu-west-1".parse().unwrap(),
        bucket: "amzn-s3-demo-audit".to_owned(),
        key_prefix: None,
        sns_topic_arn: None,
        include_global_service_events: Some(true),
        is_multi_region: Some(true),
        log_file_validation: Some(true),
        is_organization_trail: Some(account != OWN),
        kms_key_id: Some(KEY.to_owned()),
        log_group_arn: None,
        log_group_role_arn: None,
    }
}

pub(crate) fn status() -> TrailStatus {
    TrailStatus {
        is_logging: Some(true),
        delivery_time: Some(time("2026-03-02T09:56:00Z")),
        digest_time: Some(time("2026-03-02T09:35:00Z")),
        start_logging_time: Some(time("2025-01-10T00:00:00Z")),
        ..TrailStatus::default()
    }
}

pub(crate) fn basic(read_write_type: ReadWriteType) -> BasicSelector {
    BasicSelector {
        read_write_type,
        include_management_events: true,
        data_resources: Vec::new(),
        exclude_management_event_sources: Vec::new(),
    }
}

pub(crate) fn insight(kind: &str, categories: &[&str]) -> InsightSelector {
    InsightSelector {
        insight_type: kind.to_owned(),
        event_categories: categories.iter().map(|one| (*one).to_owned()).collect(),
    }
}

/// An own trail, all facts read and good.
pub(crate) fn own(name: &str) -> TrailView {
    let trail = trail(OWN, name);
    let key = arn(KEY);
    TrailView {
        status: Some(Fact::Known(status())),
        selectors: Some(Fact::Known(EventSelectors::Basic(vec![basic(
            ReadWriteType::All,
        )]))),
        insights: Some(Fact::Known(vec![
            insight("ApiCallRateInsight", &[]),
            insight("ApiErrorRateInsight", &[]),
        ])),
        bucket: Some(Fact::Known(BucketFacts {
            region: "eu-west-1".parse().unwrap(),
            policy: Some(documented_bucket_policy(&bucket_target(&trail))),
        })),
        owns_bucket: None,
        key: Some(Fact::Known(KeyFacts {
            arn: key.clone(),
            state: KeyState::Enabled,
            customer_managed: true,
        })),
        key_policy: Some(Fact::Known(documented_key_policy(&key_target(
            &trail, &key,
        )))),
        wanted_key: None,
        beside: Default::default(),
        trail,
    }
}

/// An organization trail of the management account, seen from a member: only its status is read.
pub(crate) fn foreign(name: &str) -> TrailView {
    TrailView {
        status: Some(Fact::Known(status())),
        ..TrailView::described(trail(MANAGEMENT, name))
    }
}

pub(crate) fn failed<T>(operation: Operation, code: &str) -> Option<Fact<T>> {
    Some(Fact::from_call(Err(CallError::from_code(
        operation, "x", code, "refused",
    ))))
}

pub(crate) fn examined(wanted: &Requirements, view: &TrailView) -> Examination {
    examine(
        wanted,
        &caller(),
        view,
        &ManagementCoverage::default(),
        now(),
    )
}

pub(crate) fn codes(examination: &Examination) -> Vec<Code> {
    examination.findings.iter().map(|one| one.code).collect()
}
