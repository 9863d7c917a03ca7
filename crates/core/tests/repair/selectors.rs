//! Event and insight selectors: whatever is written takes in all that was there.

use std::collections::BTreeSet;

use trailkeeper_core::cloudtrail::{InsightType, ManagementEvents};
use trailkeeper_core::facts::{
    AdvancedSelector, BasicSelector, DataResource, EventSelectors, FieldSelector, ReadWriteType,
};
use trailkeeper_core::repair::covers;

use crate::run::{Case, check};
use crate::stage::{Stage, basic, insight};

fn resource(kind: &str, values: &[&str]) -> DataResource {
    DataResource {
        resource_type: kind.to_owned(),
        values: values.iter().map(|one| (*one).to_owned()).collect(),
    }
}

fn data(access: ReadWriteType, values: &[&str]) -> BasicSelector {
    BasicSelector {
        include_management_events: false,
        data_resources: vec![resource("AWS::S3::Object", values)],
        ..basic(access)
    }
}

fn many(count: usize) -> Vec<String> {
    (0..count)
        .map(|one| format!("arn:aws:s3:::b{one}/"))
        .collect()
}

fn full(access: ReadWriteType, count: usize) -> BasicSelector {
    let values = many(count);
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    data(access, &values)
}

fn field(name: &str, equals: &[&str]) -> FieldSelector {
    FieldSelector {
        field: name.to_owned(),
        equals: equals.iter().map(|one| (*one).to_owned()).collect(),
        ..FieldSelector::default()
    }
}

fn advanced(fields: &[FieldSelector]) -> AdvancedSelector {
    AdvancedSelector {
        name: None,
        field_selectors: fields.to_vec(),
    }
}

fn s3(more: &[FieldSelector]) -> AdvancedSelector {
    let mut fields = vec![
        field("eventCategory", &["Data"]),
        field("resources.type", &["AWS::S3::Object"]),
    ];
    fields.extend(more.to_vec());
    advanced(&fields)
}

fn has(stage: &mut Stage, selectors: &[BasicSelector]) {
    stage.trails[0].selectors = EventSelectors::Basic(selectors.to_vec());
}

fn has_advanced(stage: &mut Stage, selectors: &[AdvancedSelector]) {
    stage.trails[0].selectors = EventSelectors::Advanced(selectors.to_vec());
}

use ReadWriteType::{All, ReadOnly, WriteOnly};

const BASIC: &[Case] = &[
    (
        "none",
        |s| has(s, &[]),
        r"
         put-event-selectors All+management
         + management-events-missing: management events: all reads and writes, no source left out
         reread
         repaired [org-audit]
         updated: put-event-selectors
        ",
    ),
    (
        "writes only",
        |s| has(s, &[basic(WriteOnly)]),
        r"
         put-event-selectors All+management
         + management-events-missing: management events: all reads and writes, no source left out
         reread
         repaired [org-audit]
         updated: put-event-selectors
        ",
    ),
    (
        "reads and writes by two",
        |s| has(s, &[basic(WriteOnly), basic(ReadOnly)]),
        r"
         already-healthy [org-audit]
        ",
    ),
    (
        "a source left out",
        |s| {
            let mut one = basic(All);
            one.exclude_management_event_sources = vec!["kms.amazonaws.com".to_owned()];
            has(s, &[one]);
        },
        r"
         put-event-selectors All+management
         + management-events-missing: management events: all reads and writes, no source left out
         reread
         repaired [org-audit]
         updated: put-event-selectors
        ",
    ),
    (
        "data events only",
        |s| has(s, &[data(All, &["arn:aws:s3:::a/"])]),
        r"
         put-event-selectors All+management | All arn:aws:s3:::a/
         + management-events-missing: management events: all reads and writes, no source left out
         reread
         repaired [org-audit]
         updated: put-event-selectors
        ",
    ),
    (
        "data events beside management events",
        |s| {
            let mut one = data(ReadOnly, &["arn:aws:s3:::a/"]);
            one.include_management_events = true;
            has(s, &[basic(WriteOnly), one]);
        },
        r"
         already-healthy [org-audit]
        ",
    ),
    (
        "five of data events",
        |s| {
            let mut one = data(ReadOnly, &["arn:aws:s3:::a/"]);
            one.exclude_management_event_sources = vec!["kms.amazonaws.com".to_owned()];
            let other = data(WriteOnly, &["arn:aws:s3:::b/"]);
            has(
                s,
                &[one, other.clone(), other.clone(), other.clone(), other],
            );
        },
        r"
         put-event-selectors All+management arn:aws:s3:::a/ | WriteOnly arn:aws:s3:::b/ | WriteOnly arn:aws:s3:::b/ | WriteOnly arn:aws:s3:::b/ | WriteOnly arn:aws:s3:::b/
         + management-events-missing: management events: all reads and writes, no source left out
         reread
         repaired [org-audit]
         updated: put-event-selectors
        ",
    ),
    (
        "four of data events and one that is not",
        |s| {
            let one = data(WriteOnly, &["arn:aws:s3:::b/"]);
            has(
                s,
                &[one.clone(), one.clone(), one.clone(), basic(ReadOnly), one],
            );
        },
        r"
         put-event-selectors All+management | WriteOnly arn:aws:s3:::b/ | WriteOnly arn:aws:s3:::b/ | WriteOnly arn:aws:s3:::b/ | WriteOnly arn:aws:s3:::b/
         + management-events-missing: management events: all reads and writes, no source left out
         reread
         repaired [org-audit]
         updated: put-event-selectors
        ",
    ),
    (
        "writes only, as wanted",
        |s| {
            s.wanted().management_events = ManagementEvents::WriteOnly;
            has(s, &[basic(WriteOnly)]);
        },
        r"
         already-healthy [org-audit]
        ",
    ),
    (
        "writes only, and reads are wanted",
        |s| {
            s.wanted().management_events = ManagementEvents::ReadOnly;
            has(s, &[basic(WriteOnly)]);
        },
        r"
         put-event-selectors All+management
         + management-events-missing: management events: all reads and writes, no source left out
         reread
         repaired [org-audit]
         updated: put-event-selectors
        ",
    ),
    (
        "none, as wanted",
        |s| {
            s.wanted().management_events = ManagementEvents::None;
            has(s, &[data(All, &["arn:aws:s3:::a/"])]);
        },
        r"
         already-healthy [org-audit]
        ",
    ),
    (
        "not known",
        |s| {
            s.refuse("GetEventSelectors", 99, "AccessDeniedException");
            s.trails[0].insights.clear();
        },
        r"
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         reread
         FAILED partly-repaired: could-not-verify: cloudtrail:GetEventSelectors AccessDeniedException [org-audit]
         updated: put-insight-selectors
        ",
    ),
];

#[test]
fn basic_selectors_are_widened() {
    check(BASIC);
}

/// Conditions with so many values.
fn excluded(name: &str, count: usize) -> FieldSelector {
    FieldSelector {
        field: name.to_owned(),
        not_equals: many(count),
        ..FieldSelector::default()
    }
}

const ADVANCED: &[Case] = &[
    (
        "none",
        |s| has_advanced(s, &[]),
        r"
         put-event-selectors eventCategory=Management
         + management-events-missing: management events: all reads and writes, no source left out
         reread
         repaired [org-audit]
         updated: put-event-selectors
        ",
    ),
    (
        "management events with a condition",
        |s| {
            let narrow = [
                field("eventCategory", &["Management"]),
                field("readOnly", &["true"]),
            ];
            has_advanced(s, &[advanced(&narrow), s3(&[])]);
        },
        r"
         put-event-selectors eventCategory=Management | eventCategory=Data&resources.type=AWS::S3::Object
         + management-events-missing: management events: all reads and writes, no source left out
         reread
         repaired [org-audit]
         updated: put-event-selectors
        ",
    ),
    (
        "data events only",
        |s| has_advanced(s, &[s3(&[field("readOnly", &["true"])])]),
        r"
         put-event-selectors eventCategory=Management | eventCategory=Data&resources.type=AWS::S3::Object&readOnly=true
         + management-events-missing: management events: all reads and writes, no source left out
         reread
         repaired [org-audit]
         updated: put-event-selectors
        ",
    ),
    (
        "as many values as there may be",
        |s| {
            // one of management events, one each of category and type
            has_advanced(s, &[s3(&[excluded("resources.ARN", 497)])]);
        },
        r"
         put-event-selectors eventCategory=Management | eventCategory=Data&resources.type=AWS::S3::Object&resources.ARN!=497 values
         + management-events-missing: management events: all reads and writes, no source left out
         reread
         repaired [org-audit]
         updated: put-event-selectors
        ",
    ),
    (
        "one value too many",
        |s| has_advanced(s, &[s3(&[excluded("resources.ARN", 498)])]),
        r"
         put-event-selectors eventCategory=Management | eventCategory=Data&resources.type=AWS::S3::Object
         + management-events-missing: management events: all reads and writes, no source left out
         reread
         repaired [org-audit]
         updated: put-event-selectors
        ",
    ),
    (
        "one value too many, by two conditions",
        |s| {
            let two = [excluded("resources.ARN", 300), excluded("eventName", 198)];
            has_advanced(s, &[s3(&two)]);
        },
        r"
         put-event-selectors eventCategory=Management | eventCategory=Data&resources.type=AWS::S3::Object&eventName!=198 values
         + management-events-missing: management events: all reads and writes, no source left out
         reread
         repaired [org-audit]
         updated: put-event-selectors
        ",
    ),
    (
        "too many values of which none can go",
        |s| {
            let mut network = vec![field("eventCategory", &["NetworkActivity"])];
            network.push(FieldSelector {
                equals: many(600),
                ..field("eventSource", &[])
            });
            has_advanced(s, &[advanced(&network)]);
        },
        r"
         put-event-selectors eventCategory=Management | eventCategory=NetworkActivity&eventSource=600 values
         + management-events-missing: management events: all reads and writes, no source left out
         reread
         repaired [org-audit]
         updated: put-event-selectors
        ",
    ),
    (
        "a source that is left out may go",
        |s| {
            let one = advanced(&[
                field("eventCategory", &["NetworkActivity"]),
                excluded("eventSource", 600),
            ]);
            has_advanced(s, &[one]);
        },
        r"
         put-event-selectors eventCategory=Management | eventCategory=NetworkActivity
         + management-events-missing: management events: all reads and writes, no source left out
         reread
         repaired [org-audit]
         updated: put-event-selectors
        ",
    ),
    (
        "what the wider one takes in goes",
        |s| {
            let one = s3(&[excluded("resources.ARN", 400)]);
            let same = s3(&[excluded("eventName", 3)]);
            let other = advanced(&[
                field("eventCategory", &["Data"]),
                field("resources.type", &["AWS::Lambda::Function"]),
                excluded("resources.ARN", 200),
            ]);
            has_advanced(s, &[one, same, other]);
        },
        r"
         put-event-selectors eventCategory=Management | eventCategory=Data&resources.type=AWS::Lambda::Function&resources.ARN!=200 values | eventCategory=Data&resources.type=AWS::S3::Object
         + management-events-missing: management events: all reads and writes, no source left out
         reread
         repaired [org-audit]
         updated: put-event-selectors
        ",
    ),
    (
        "every operator counts",
        |s| {
            let each = FieldSelector {
                field: "resources.ARN".to_owned(),
                equals: many(84),
                not_equals: many(83),
                starts_with: many(83),
                not_starts_with: many(83),
                ends_with: many(83),
                not_ends_with: many(82),
            };
            has_advanced(s, &[s3(&[each])]);
        },
        r"
         put-event-selectors eventCategory=Management | eventCategory=Data&resources.type=AWS::S3::Object
         + management-events-missing: management events: all reads and writes, no source left out
         reread
         repaired [org-audit]
         updated: put-event-selectors
        ",
    ),
];

#[test]
fn advanced_selectors_are_widened_and_stay_few_enough() {
    check(ADVANCED);
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
                all_advanced(&[s3(&[]), s3(&[field("readOnly", &["true"])])]),
                all_advanced(&[s3(&[])]),
            );
        },
        r"
         put-event-selectors eventCategory=Management | eventCategory=Data&resources.type=AWS::S3::Object | eventCategory=Data&resources.type=AWS::S3::Object&readOnly=true
         + data-events-missing: data events of the baseline: AWS::S3::Object
         reread
         repaired [org-audit]
         updated: put-event-selectors
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

fn watches(stage: &mut Stage, insights: &[(&str, &[&str])]) {
    let all = insights
        .iter()
        .map(|(kind, categories)| insight(kind, categories));
    stage.trails[0].insights = all.collect();
}

const RATE: &str = "ApiCallRateInsight";
const ERRORS: &str = "ApiErrorRateInsight";

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

/// One set of selectors, another, and whether the first records all that the second does.
#[test]
fn wider_is_told_from_narrower() {
    let of = |all: &[BasicSelector]| EventSelectors::Basic(all.to_vec());
    let of_advanced = |all: &[AdvancedSelector]| EventSelectors::Advanced(all.to_vec());
    let a = ["arn:aws:s3:::a/"];
    let read_only = field("readOnly", &["true"]);
    let start = FieldSelector {
        starts_with: vec![a[0].to_owned()],
        ..field("resources.ARN", &[])
    };
    let management = advanced(&[field("eventCategory", &["Management"])]);
    let cases = [
        ("the same", of(&[basic(All)]), of(&[basic(All)]), true),
        (
            "more events",
            of(&[basic(All)]),
            of(&[basic(WriteOnly)]),
            true,
        ),
        (
            "fewer events",
            of(&[basic(WriteOnly)]),
            of(&[basic(All)]),
            false,
        ),
        (
            "other events",
            of(&[basic(WriteOnly)]),
            of(&[basic(ReadOnly)]),
            false,
        ),
        (
            "more data",
            of(&[data(All, &a)]),
            of(&[data(ReadOnly, &a)]),
            true,
        ),
        (
            "the same data",
            of(&[data(ReadOnly, &a)]),
            of(&[data(ReadOnly, &a)]),
            true,
        ),
        (
            "fewer data",
            of(&[data(ReadOnly, &a)]),
            of(&[data(All, &a)]),
            false,
        ),
        (
            "other data",
            of(&[data(All, &["arn:aws:s3:::b/"])]),
            of(&[data(All, &a)]),
            false,
        ),
        (
            "data of none",
            of(&[basic(All)]),
            of(&[data(All, &a)]),
            false,
        ),
        (
            "fewer conditions",
            of_advanced(&[s3(&[])]),
            of_advanced(&[s3(&[read_only.clone()])]),
            true,
        ),
        (
            "more conditions",
            of_advanced(&[s3(&[read_only.clone()])]),
            of_advanced(&[s3(&[])]),
            false,
        ),
        (
            "no category is no selector",
            of_advanced(&[advanced(&[])]),
            of_advanced(&[s3(&[])]),
            false,
        ),
        (
            "of a management selector only the events count",
            of_advanced(&[management.clone(), s3(&[])]),
            of_advanced(&[advanced(&[
                field("eventCategory", &["Management"]),
                read_only.clone(),
            ])]),
            true,
        ),
        (
            "advanced for basic",
            of_advanced(&[s3(&[start.clone()])]),
            of(&[data(All, &a)]),
            true,
        ),
        (
            "advanced for more of basic",
            of_advanced(&[s3(&[read_only, start])]),
            of(&[data(All, &a)]),
            false,
        ),
        (
            "basic for advanced",
            of(&[data(All, &a)]),
            of_advanced(&[management]),
            false,
        ),
    ];
    for (name, new, old, expected) in cases {
        assert_eq!(covers(&new, &old), expected, "{name}");
    }
}
