use trailkeeper_core::Fact;
use trailkeeper_core::cloudtrail::Code::{
    CouldNotVerify, InsightsMissing, ManagementEventsMissing, ManagementEventsNarrowed,
};
use trailkeeper_core::cloudtrail::{InsightType, ManagementEvents, TrailView};
use trailkeeper_core::facts::{BasicSelector, EventSelectors, ReadWriteType};
use trailkeeper_core::operation::{GET_EVENT_SELECTORS, GET_INSIGHT_SELECTORS};

use super::check;
use crate::healthy::{basic, failed, insight};

fn select(view: &mut TrailView, selectors: Vec<BasicSelector>) {
    view.selectors = Some(Fact::Known(EventSelectors::Basic(selectors)));
}

#[test]
fn management_events() {
    check(&[
        (
            "no selectors",
            |v, _| select(v, Vec::new()),
            &[ManagementEventsMissing],
            "records no management events",
        ),
        (
            "left out",
            |v, _| {
                select(
                    v,
                    vec![BasicSelector {
                        include_management_events: false,
                        ..basic(ReadWriteType::All)
                    }],
                );
            },
            &[ManagementEventsMissing],
            "",
        ),
        (
            "reads only",
            |v, _| select(v, vec![basic(ReadWriteType::ReadOnly)]),
            &[ManagementEventsNarrowed],
            "leaves out write events",
        ),
        (
            "reads only, only reads required",
            |v, w| {
                select(v, vec![basic(ReadWriteType::ReadOnly)]);
                w.management_events = ManagementEvents::ReadOnly;
            },
            &[],
            "",
        ),
        (
            "without KMS",
            |v, _| {
                select(
                    v,
                    vec![BasicSelector {
                        exclude_management_event_sources: vec!["kms.amazonaws.com".to_owned()],
                        ..basic(ReadWriteType::All)
                    }],
                );
            },
            &[ManagementEventsNarrowed],
            "leaves out kms.amazonaws.com",
        ),
        (
            "denied",
            |v, _| v.selectors = failed(GET_EVENT_SELECTORS, "AccessDeniedException"),
            &[CouldNotVerify],
            "cloudtrail:GetEventSelectors AccessDeniedException",
        ),
        (
            "denied, none required",
            |v, w| {
                v.selectors = failed(GET_EVENT_SELECTORS, "AccessDeniedException");
                w.management_events = ManagementEvents::None;
            },
            &[],
            "",
        ),
    ]);
}

/// Every selector counts, not the first alone.
#[test]
fn p08_the_second_selector_counts_too() {
    check(&[(
        "reads, then writes",
        |v, _| {
            select(
                v,
                vec![
                    basic(ReadWriteType::ReadOnly),
                    basic(ReadWriteType::WriteOnly),
                ],
            )
        },
        &[],
        "",
    )]);
}

#[test]
fn insights() {
    check(&[
        (
            "none",
            |v, _| v.insights = Some(Fact::Known(Vec::new())),
            &[InsightsMissing],
            "lacks ApiCallRateInsight, ApiErrorRateInsight",
        ),
        (
            "one",
            |v, _| v.insights = Some(Fact::Known(vec![insight("ApiCallRateInsight", &[])])),
            &[InsightsMissing],
            "lacks ApiErrorRateInsight",
        ),
        (
            "one, only that required",
            |v, w| {
                v.insights = Some(Fact::Known(vec![insight("ApiCallRateInsight", &[])]));
                w.insights = [InsightType::ApiCallRate].into();
            },
            &[],
            "",
        ),
        (
            "of data events only",
            |v, _| {
                v.insights = Some(Fact::Known(vec![
                    insight("ApiCallRateInsight", &["Data"]),
                    insight("ApiErrorRateInsight", &["Data", "Management"]),
                ]));
            },
            &[InsightsMissing],
            "lacks ApiCallRateInsight",
        ),
        (
            "denied",
            |v, _| v.insights = failed(GET_INSIGHT_SELECTORS, "AccessDeniedException"),
            &[CouldNotVerify],
            "cloudtrail:GetInsightSelectors AccessDeniedException",
        ),
        (
            "none required",
            |v, w| {
                v.insights = None;
                w.insights.clear();
            },
            &[],
            "",
        ),
        (
            "not offered",
            |v, _| v.insights = failed(GET_INSIGHT_SELECTORS, "UnsupportedOperationException"),
            &[],
            "",
        ),
        (
            "not offered, strict",
            |v, w| {
                v.insights = failed(GET_INSIGHT_SELECTORS, "UnsupportedOperationException");
                w.strict_visibility = true;
            },
            &[CouldNotVerify],
            "not offered in eu-west-1",
        ),
    ]);
}
