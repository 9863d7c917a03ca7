//! Selectors and the management events that they record.

use proptest::prelude::*;
use trailkeeper_core::cloudtrail::{ManagementCoverage, ManagementEvents};
use trailkeeper_core::facts::{
    AdvancedSelector, BasicSelector, EventSelectors, FieldSelector, ReadWriteType,
};

use crate::healthy::basic;

const KMS: &str = "kms.amazonaws.com";
const RDS: &str = "rdsdata.amazonaws.com";

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|one| (*one).to_owned()).collect()
}

fn excluding(read_write_type: ReadWriteType, sources: &[&str]) -> BasicSelector {
    BasicSelector {
        exclude_management_event_sources: texts(sources),
        ..basic(read_write_type)
    }
}

fn equals(field: &str, values: &[&str]) -> FieldSelector {
    FieldSelector {
        field: field.to_owned(),
        equals: texts(values),
        ..FieldSelector::default()
    }
}

fn not_equals(field: &str, values: &[&str]) -> FieldSelector {
    FieldSelector {
        field: field.to_owned(),
        not_equals: texts(values),
        ..FieldSelector::default()
    }
}

fn advanced(conditions: Vec<FieldSelector>) -> AdvancedSelector {
    AdvancedSelector {
        name: None,
        field_selectors: conditions,
    }
}

/// A selector of management events with further conditions.
fn management(mut conditions: Vec<FieldSelector>) -> AdvancedSelector {
    conditions.insert(0, equals("eventCategory", &["Management"]));
    advanced(conditions)
}

/// What is missing of reads and writes.
fn missing(selectors: &EventSelectors) -> Option<String> {
    ManagementCoverage::of(selectors).missing(ManagementEvents::All)
}

const ALL: &str = "read events, write events";

#[test]
fn basic_selectors() {
    use ReadWriteType::{All, ReadOnly, WriteOnly};
    let without = BasicSelector {
        include_management_events: false,
        ..basic(All)
    };
    let cases: Vec<(&str, Vec<BasicSelector>, Option<&str>)> = vec![
        ("none", vec![], Some(ALL)),
        ("all", vec![basic(All)], None),
        ("data events only", vec![without.clone()], Some(ALL)),
        ("data events, then all", vec![without, basic(All)], None),
        ("reads", vec![basic(ReadOnly)], Some("write events")),
        ("writes", vec![basic(WriteOnly)], Some("read events")),
        (
            "reads and writes",
            vec![basic(ReadOnly), basic(WriteOnly)],
            None,
        ),
        ("without KMS", vec![excluding(All, &[KMS])], Some(KMS)),
        (
            "without both",
            vec![excluding(All, &[KMS, RDS])],
            Some("kms.amazonaws.com, rdsdata.amazonaws.com"),
        ),
        (
            "KMS writes nowhere",
            vec![basic(ReadOnly), excluding(WriteOnly, &[KMS])],
            Some("write events of kms.amazonaws.com"),
        ),
        (
            "one without KMS, one without RDS",
            vec![excluding(All, &[KMS]), excluding(All, &[RDS])],
            None,
        ),
        (
            "an unknown exclusion",
            vec![excluding(All, &["s3.amazonaws.com"])],
            Some("other sources"),
        ),
        (
            "reads without KMS",
            vec![excluding(ReadOnly, &[KMS])],
            Some("write events, read events of kms.amazonaws.com"),
        ),
    ];
    for (name, selectors, expected) in cases {
        let found = missing(&EventSelectors::Basic(selectors));
        assert_eq!(found.as_deref(), expected, "{name}");
    }
}

/// Advanced selectors by what they say, not by their name or by the mere presence of a field.
#[test]
fn p12_advanced_selectors() {
    let starts = |field: &str, values: &[&str]| FieldSelector {
        field: field.to_owned(),
        starts_with: texts(values),
        ..FieldSelector::default()
    };
    let cases: Vec<(&str, Vec<AdvancedSelector>, Option<&str>)> = vec![
        ("none", vec![], Some(ALL)),
        ("management", vec![management(vec![])], None),
        (
            "data",
            vec![advanced(vec![equals("eventCategory", &["Data"])])],
            Some(ALL),
        ),
        (
            "no category",
            vec![advanced(vec![equals("readOnly", &["true"])])],
            Some(ALL),
        ),
        ("no condition", vec![advanced(vec![])], Some(ALL)),
        (
            "two categories",
            vec![advanced(vec![equals(
                "eventCategory",
                &["Data", "Management"],
            )])],
            None,
        ),
        (
            "not data",
            vec![advanced(vec![not_equals("eventCategory", &["Data"])])],
            None,
        ),
        (
            "reads",
            vec![management(vec![equals("readOnly", &["true"])])],
            Some("write events"),
        ),
        (
            "writes",
            vec![management(vec![equals("readOnly", &["false"])])],
            Some("read events"),
        ),
        (
            "reads or writes",
            vec![management(vec![equals("readOnly", &["true", "false"])])],
            None,
        ),
        (
            "not reads",
            vec![management(vec![not_equals("readOnly", &["true"])])],
            Some("read events"),
        ),
        (
            "readOnly begins with t",
            vec![management(vec![starts("readOnly", &["t"])])],
            Some("write events"),
        ),
        (
            "reads and also writes is nothing",
            vec![management(vec![
                equals("readOnly", &["true"]),
                equals("readOnly", &["false"]),
            ])],
            Some(ALL),
        ),
        (
            "one of reads, one of writes",
            vec![
                management(vec![equals("readOnly", &["true"])]),
                management(vec![equals("readOnly", &["false"])]),
            ],
            None,
        ),
        (
            "without KMS",
            vec![management(vec![not_equals("eventSource", &[KMS])])],
            Some(KMS),
        ),
        (
            "without both",
            vec![management(vec![not_equals("eventSource", &[KMS, RDS])])],
            Some("kms.amazonaws.com, rdsdata.amazonaws.com"),
        ),
        (
            "writes without KMS",
            vec![management(vec![
                equals("readOnly", &["false"]),
                not_equals("eventSource", &[KMS]),
            ])],
            Some("read events, write events of kms.amazonaws.com"),
        ),
        (
            "without S3",
            vec![management(vec![not_equals(
                "eventSource",
                &["s3.amazonaws.com"],
            )])],
            Some("other sources"),
        ),
        (
            "KMS alone",
            vec![management(vec![equals("eventSource", &[KMS])])],
            Some("rdsdata.amazonaws.com, other sources"),
        ),
        (
            "an unknown field",
            vec![management(vec![not_equals("userIdentity.arn", &["x"])])],
            Some(ALL),
        ),
        (
            "an unknown operator",
            vec![management(vec![equals("readOnly", &[])])],
            Some(ALL),
        ),
    ];
    for (name, selectors, expected) in cases {
        let found = missing(&EventSelectors::Advanced(selectors));
        assert_eq!(found.as_deref(), expected, "{name}");
    }
}

#[test]
fn p15_the_name_of_a_selector_means_nothing() {
    let named = |category: &str| {
        EventSelectors::Advanced(vec![AdvancedSelector {
            name: Some("Management events selector".to_owned()),
            field_selectors: vec![equals("eventCategory", &[category])],
        }])
    };
    assert_eq!(missing(&named("Data")).as_deref(), Some(ALL));
    assert_eq!(missing(&named("Management")), None);
}

#[test]
fn only_what_is_wanted_can_be_missing() {
    use ManagementEvents::{All, None, ReadOnly, WriteOnly};
    let reads = EventSelectors::Basic(vec![excluding(ReadWriteType::ReadOnly, &[KMS])]);
    let coverage = ManagementCoverage::of(&reads);
    let cases = [
        (All, Some("write events, read events of kms.amazonaws.com")),
        (ReadOnly, Some(KMS)),
        (WriteOnly, Some("write events")),
        (None, Option::None),
    ];
    for (wanted, expected) in cases {
        assert_eq!(coverage.missing(wanted).as_deref(), expected, "{wanted:?}");
        assert_eq!(coverage.satisfies(wanted), expected.is_none(), "{wanted:?}");
    }
}

fn any_basic() -> impl Strategy<Value = BasicSelector> {
    let kinds = [
        ReadWriteType::All,
        ReadWriteType::ReadOnly,
        ReadWriteType::WriteOnly,
    ];
    (
        proptest::sample::select(kinds.to_vec()),
        any::<bool>(),
        proptest::sample::subsequence(vec![KMS, RDS], 0..=2),
    )
        .prop_map(|(read_write_type, include, sources)| BasicSelector {
            include_management_events: include,
            ..excluding(read_write_type, &sources)
        })
}

fn any_condition() -> impl Strategy<Value = FieldSelector> {
    let values = vec!["true", "false", KMS, RDS, "Management", "Data"];
    let list = move || proptest::sample::subsequence(values.clone(), 0..=2).prop_map(|v| texts(&v));
    let fields = vec!["eventCategory", "readOnly", "eventSource", "resources.type"];
    (proptest::sample::select(fields), list(), list()).prop_map(|(field, equals, not_equals)| {
        FieldSelector {
            field: field.to_owned(),
            equals,
            not_equals,
            ..FieldSelector::default()
        }
    })
}

fn any_selectors() -> impl Strategy<Value = EventSelectors> {
    let advanced_ones = proptest::collection::vec(any_condition(), 0..3).prop_map(management);
    prop_oneof![
        proptest::collection::vec(any_basic(), 0..5).prop_map(EventSelectors::Basic),
        proptest::collection::vec(advanced_ones, 0..5).prop_map(EventSelectors::Advanced),
    ]
}

fn reversed(selectors: &EventSelectors) -> EventSelectors {
    match selectors {
        EventSelectors::Basic(all) => EventSelectors::Basic(all.iter().rev().cloned().collect()),
        EventSelectors::Advanced(all) => {
            let turned = all.iter().rev().map(|one| {
                let fields = one.field_selectors.iter().rev().cloned().collect();
                advanced(fields)
            });
            EventSelectors::Advanced(turned.collect())
        }
    }
}

fn without_first(selectors: &EventSelectors) -> EventSelectors {
    match selectors {
        EventSelectors::Basic(all) => EventSelectors::Basic(all.iter().skip(1).cloned().collect()),
        EventSelectors::Advanced(all) => {
            EventSelectors::Advanced(all.iter().skip(1).cloned().collect())
        }
    }
}

proptest! {
    #[test]
    fn order_is_irrelevant(selectors in any_selectors()) {
        prop_assert_eq!(
            ManagementCoverage::of(&selectors),
            ManagementCoverage::of(&reversed(&selectors))
        );
    }

    /// One selector less never records more, and a union records what either does.
    #[test]
    fn coverage_is_monotone(one in any_selectors(), two in any_selectors()) {
        let (full, fewer) = (ManagementCoverage::of(&one), ManagementCoverage::of(&without_first(&one)));
        prop_assert_eq!(full.union(&fewer), full.clone());
        let other = ManagementCoverage::of(&two);
        prop_assert_eq!(full.union(&other), other.union(&full));
        for wanted in [ManagementEvents::All, ManagementEvents::ReadOnly, ManagementEvents::WriteOnly] {
            prop_assert!(!full.satisfies(wanted) || full.union(&other).satisfies(wanted));
        }
    }
}
