//! Data events that a baseline records, and Insights.

use std::collections::BTreeSet;
use trailkeeper_core::cloudtrail::InsightType;
use trailkeeper_core::facts::ReadWriteType::{All, ReadOnly, WriteOnly};
use trailkeeper_core::facts::{AdvancedSelector, BasicSelector, EventSelectors, ReadWriteType};

use crate::run::{Case, check};
use crate::selectors::{advanced, data, field, has, has_advanced, many, resource, s3};
use crate::stage::{Stage, basic, insight};

fn full(access: ReadWriteType, count: usize) -> BasicSelector {
    let values = many(count);
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    data(access, &values)
}

/// Records `before` by a baseline and has `now` instead.
fn lost(stage: &mut Stage, before: EventSelectors, now: EventSelectors) {
    stage.trails[0].selectors = before;
    stage.with_baseline(|_| {});
    stage.trails[0].selectors = now;
}

fn lost_basic(stage: &mut Stage, before: &[BasicSelector], now: &[BasicSelector]) {
    let mut all = vec![basic(All)];
    all.extend(before.to_vec());
    lost(
        stage,
        EventSelectors::Basic(all),
        EventSelectors::Basic(now.to_vec()),
    );
}

fn all_advanced(more: &[AdvancedSelector]) -> EventSelectors {
    let mut all = vec![advanced(&[field("eventCategory", &["Management"])])];
    all.extend(more.to_vec());
    EventSelectors::Advanced(all)
}

fn watches(stage: &mut Stage, insights: &[(&str, &[&str])]) {
    let all = insights
        .iter()
        .map(|(kind, categories)| insight(kind, categories));
    stage.trails[0].insights = all.collect();
}

const RATE: &str = "ApiCallRateInsight";
const ERRORS: &str = "ApiErrorRateInsight";

const LOST: &[Case] = &[
    (
        "of the same access",
        |s| {
            let before = data(All, &["arn:aws:s3:::a/", "arn:aws:s3:::b/"]);
            lost_basic(s, &[before], &[data(All, &["arn:aws:s3:::a/"]), basic(All)]);
        },
        r"
         put-event-selectors All arn:aws:s3:::a/ arn:aws:s3:::b/ | All+management
         + data-events-missing: data events of the baseline: AWS::S3::Object
         reread
         repaired [org-audit]
         updated: put-event-selectors
        ",
    ),
    (
        "of another access",
        |s| {
            lost_basic(s, &[data(ReadOnly, &["arn:aws:s3:::a/"])], &[basic(All)]);
        },
        r"
         put-event-selectors All+management | ReadOnly arn:aws:s3:::a/
         + data-events-missing: data events of the baseline: AWS::S3::Object
         reread
         repaired [org-audit]
         updated: put-event-selectors
        ",
    ),
    (
        "with the management events",
        |s| {
            lost_basic(
                s,
                &[data(ReadOnly, &["arn:aws:s3:::a/"])],
                &[basic(WriteOnly)],
            );
        },
        r"
         put-event-selectors All+management | ReadOnly arn:aws:s3:::a/
         + management-events-missing: management events: all reads and writes, no source left out
         + data-events-missing: data events of the baseline: AWS::S3::Object
         reread
         repaired [org-audit]
         updated: put-event-selectors
        ",
    ),
    (
        "where there is no place for another selector",
        |s| {
            let one = data(WriteOnly, &["arn:aws:s3:::x/"]);
            let mut first = one.clone();
            first.include_management_events = true;
            let mut now = vec![basic(All)];
            now.extend(vec![one; 4]);
            lost_basic(s, &[data(ReadOnly, &["arn:aws:s3:::a/"])], &now);
        },
        r"
         put-event-selectors All+management arn:aws:s3:::a/ | WriteOnly arn:aws:s3:::x/ | WriteOnly arn:aws:s3:::x/ | WriteOnly arn:aws:s3:::x/ | WriteOnly arn:aws:s3:::x/
         + data-events-missing: data events of the baseline: AWS::S3::Object
         reread
         repaired [org-audit]
         updated: put-event-selectors
        ",
    ),
    (
        "as many resources as there may be",
        |s| {
            lost_basic(
                s,
                &[data(All, &["arn:aws:s3:::a/"])],
                &[basic(All), full(WriteOnly, 249)],
            );
        },
        r"
         put-event-selectors All+management arn:aws:s3:::a/ | WriteOnly 249 values
         + data-events-missing: data events of the baseline: AWS::S3::Object
         reread
         repaired [org-audit]
         updated: put-event-selectors
        ",
    ),
    (
        "more resources than there may be",
        |s| {
            lost_basic(
                s,
                &[data(All, &["arn:aws:s3:::a/"])],
                &[basic(All), full(WriteOnly, 250)],
            );
        },
        r"
         FAILED data-events-missing: data-events-missing: org-audit leaves out AWS::S3::Object [org-audit]
        ",
    ),
    (
        "more than there may be, with the management events",
        |s| {
            lost_basic(
                s,
                &[data(All, &["arn:aws:s3:::a/"])],
                &[basic(WriteOnly), full(WriteOnly, 250)],
            );
        },
        r"
         put-event-selectors All+management | WriteOnly 250 values
         + management-events-missing: management events: all reads and writes, no source left out
         reread
         FAILED partly-repaired: data-events-missing: org-audit leaves out AWS::S3::Object [org-audit]
         updated: put-event-selectors
        ",
    ),
    (
        "of advanced ones",
        |s| {
            lost(
                s,
                all_advanced(&[s3(&[])]),
                all_advanced(&[s3(&[field("readOnly", &["true"])])]),
            );
        },
        r"
         put-event-selectors eventCategory=Management | eventCategory=Data&resources.type=AWS::S3::Object&readOnly=true | eventCategory=Data&resources.type=AWS::S3::Object
         + data-events-missing: data events of the baseline: AWS::S3::Object
         reread
         repaired [org-audit]
         updated: put-event-selectors
        ",
    ),
    (
        "of advanced ones that another one takes in",
        |s| {
            lost(
                s,
                all_advanced(&[s3(&[]), s3(&[field("readOnly", &["true"])])]),
                all_advanced(&[s3(&[])]),
            );
        },
        r"
         already-healthy [org-audit]
        ",
    ),
    (
        "of advanced ones, where basic ones are",
        |s| {
            let mut more = data(ReadOnly, &["arn:aws:s3:::x/"]);
            more.data_resources
                .push(resource("AWS::Lambda::Function", &["arn:aws:lambda"]));
            more.data_resources.push(resource(
                "AWS::DynamoDB::Table",
                &["arn:aws:dynamodb:eu-west-1:111122223333:table/t"],
            ));
            lost(
                s,
                all_advanced(&[s3(&[])]),
                EventSelectors::Basic(vec![basic(All), more]),
            );
        },
        r"
         put-event-selectors eventCategory=Management | eventCategory=Data&resources.type=AWS::S3::Object&readOnly=true&resources.ARN^=arn:aws:s3:::x/ | eventCategory=Data&resources.type=AWS::Lambda::Function&readOnly=true | eventCategory=Data&resources.type=AWS::DynamoDB::Table&readOnly=true&resources.ARN=arn:aws:dynamodb:eu-west-1:111122223333:table/t | eventCategory=Data&resources.type=AWS::S3::Object
         + data-events-missing: data events of the baseline: AWS::S3::Object
         reread
         repaired [org-audit]
         updated: put-event-selectors
        ",
    ),
    (
        "of basic ones, where advanced ones are",
        |s| {
            let before = vec![basic(All), data(WriteOnly, &["arn:aws:s3:::a/"])];
            lost(s, EventSelectors::Basic(before), all_advanced(&[]));
        },
        r"
         put-event-selectors eventCategory=Management | eventCategory=Data&resources.type=AWS::S3::Object&readOnly=false&resources.ARN^=arn:aws:s3:::a/
         + data-events-missing: data events of the baseline: AWS::S3::Object
         reread
         repaired [org-audit]
         updated: put-event-selectors
        ",
    ),
];

#[test]
fn data_events_of_the_baseline_come_back() {
    check(LOST);
}

const INSIGHTS: &[Case] = &[
    (
        "none",
        |s| watches(s, &[]),
        r"
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         reread
         repaired [org-audit]
         updated: put-insight-selectors
        ",
    ),
    (
        "one of two",
        |s| watches(s, &[(ERRORS, &[])]),
        r"
         put-insight-selectors ApiErrorRateInsight() ApiCallRateInsight()
         + insights-missing: Insights ApiErrorRateInsight, ApiCallRateInsight
         reread
         repaired [org-audit]
         updated: put-insight-selectors
        ",
    ),
    (
        "one is wanted and there",
        |s| {
            s.wanted().insights = BTreeSet::from([InsightType::ApiErrorRate]);
            watches(s, &[(ERRORS, &["Management"])]);
        },
        r"
         already-healthy [org-audit]
        ",
    ),
    (
        "on data events that are recorded",
        |s| {
            has(s, &[basic(All), data(All, &["arn:aws:s3:::a/"])]);
            watches(s, &[(RATE, &["Data"]), (ERRORS, &["Management", "Data"])]);
        },
        r"
         put-insight-selectors ApiCallRateInsight(Data+Management) ApiErrorRateInsight(Management+Data)
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         reread
         repaired [org-audit]
         updated: put-insight-selectors
        ",
    ),
    (
        "on data events that are not recorded",
        |s| {
            watches(
                s,
                &[
                    (RATE, &["Data"]),
                    ("More", &["Data"]),
                    ("Other", &["Management", "Data"]),
                    ("Empty", &[]),
                ],
            );
        },
        r"
         put-insight-selectors ApiCallRateInsight(Management) Other(Management) Empty() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, Other, Empty, ApiErrorRateInsight
         reread
         repaired [org-audit]
         updated: put-insight-selectors
        ",
    ),
    (
        "on data events that advanced selectors record",
        |s| {
            let all = advanced(&[field("eventCategory", &["Management"])]);
            has_advanced(s, &[all, s3(&[])]);
            watches(s, &[(RATE, &["Data"])]);
        },
        r"
         put-insight-selectors ApiCallRateInsight(Data+Management) ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         reread
         repaired [org-audit]
         updated: put-insight-selectors
        ",
    ),
    (
        "on data events that advanced selectors do not record",
        |s| {
            has_advanced(s, &[advanced(&[field("eventCategory", &["Management"])])]);
            watches(s, &[(RATE, &["Data"])]);
        },
        r"
         put-insight-selectors ApiCallRateInsight(Management) ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         reread
         repaired [org-audit]
         updated: put-insight-selectors
        ",
    ),
    (
        "not wanted, and not read",
        |s| {
            s.wanted().insights.clear();
            watches(s, &[]);
            s.tells_reads = true;
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         already-healthy [org-audit]
        ",
    ),
];

#[test]
fn insights_are_switched_on_beside_what_is_there() {
    check(INSIGHTS);
}
