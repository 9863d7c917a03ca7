//! Event selectors: whatever is written takes in all that was there.

use trailkeeper_core::cloudtrail::ManagementEvents;
use trailkeeper_core::facts::ReadWriteType::{All, ReadOnly, WriteOnly};
use trailkeeper_core::facts::{
    AdvancedSelector, BasicSelector, DataResource, EventSelectors, FieldSelector, ReadWriteType,
};

use crate::run::{Case, check};
use crate::stage::{Stage, basic};

pub(crate) fn resource(kind: &str, values: &[&str]) -> DataResource {
    DataResource {
        resource_type: kind.to_owned(),
        values: values.iter().map(|one| (*one).to_owned()).collect(),
    }
}

pub(crate) fn data(access: ReadWriteType, values: &[&str]) -> BasicSelector {
    BasicSelector {
        include_management_events: false,
        data_resources: vec![resource("AWS::S3::Object", values)],
        ..basic(access)
    }
}

pub(crate) fn many(count: usize) -> Vec<String> {
    (0..count)
        .map(|one| format!("arn:aws:s3:::b{one}/"))
        .collect()
}

pub(crate) fn field(name: &str, equals: &[&str]) -> FieldSelector {
    FieldSelector {
        field: name.to_owned(),
        equals: equals.iter().map(|one| (*one).to_owned()).collect(),
        ..FieldSelector::default()
    }
}

pub(crate) fn advanced(fields: &[FieldSelector]) -> AdvancedSelector {
    AdvancedSelector {
        name: None,
        field_selectors: fields.to_vec(),
    }
}

pub(crate) fn s3(more: &[FieldSelector]) -> AdvancedSelector {
    let mut fields = vec![
        field("eventCategory", &["Data"]),
        field("resources.type", &["AWS::S3::Object"]),
    ];
    fields.extend(more.to_vec());
    advanced(&fields)
}

pub(crate) fn has(stage: &mut Stage, selectors: &[BasicSelector]) {
    stage.trails[0].selectors = EventSelectors::Basic(selectors.to_vec());
}

pub(crate) fn has_advanced(stage: &mut Stage, selectors: &[AdvancedSelector]) {
    stage.trails[0].selectors = EventSelectors::Advanced(selectors.to_vec());
}

/// Conditions with so many values.
fn excluded(name: &str, count: usize) -> FieldSelector {
    FieldSelector {
        field: name.to_owned(),
        not_equals: many(count),
        ..FieldSelector::default()
    }
}

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
