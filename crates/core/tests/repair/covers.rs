//! Wider selectors are told from narrower ones.

use trailkeeper_core::facts::ReadWriteType::{All, ReadOnly, WriteOnly};
use trailkeeper_core::facts::{AdvancedSelector, BasicSelector, EventSelectors, FieldSelector};
use trailkeeper_core::repair::covers;

use crate::selectors::{advanced, data, field, s3};
use crate::stage::basic;

const A: &[&str] = &["arn:aws:s3:::a/"];
const B: &[&str] = &["arn:aws:s3:::b/"];

fn of(all: &[BasicSelector]) -> EventSelectors {
    EventSelectors::Basic(all.to_vec())
}

fn of_advanced(all: &[AdvancedSelector]) -> EventSelectors {
    EventSelectors::Advanced(all.to_vec())
}

/// What the second records, and whether the first records all of it.
#[test]
fn among_basic_selectors() {
    let cases = [
        ("the same", basic(All), basic(All), true),
        ("more events", basic(All), basic(WriteOnly), true),
        ("fewer events", basic(WriteOnly), basic(All), false),
        ("other events", basic(WriteOnly), basic(ReadOnly), false),
        ("more data", data(All, A), data(ReadOnly, A), true),
        ("the same data", data(ReadOnly, A), data(ReadOnly, A), true),
        ("fewer data", data(ReadOnly, A), data(All, A), false),
        ("other data", data(All, B), data(All, A), false),
        ("no data", basic(All), data(All, A), false),
    ];
    for (name, new, old, expected) in cases {
        assert_eq!(covers(&of(&[new]), &of(&[old])), expected, "{name}");
    }
    let both = of(&[data(ReadOnly, A), data(All, B)]);
    assert!(covers(&both, &of(&[data(ReadOnly, B), data(ReadOnly, A)])));
    assert!(!covers(&both, &of(&[data(WriteOnly, A)])));
}

#[test]
fn with_advanced_selectors() {
    let reads = || s3(&[field("readOnly", &["true"])]);
    let start = |more: &[FieldSelector]| {
        let mut fields = more.to_vec();
        fields.push(FieldSelector {
            starts_with: vec!["arn:aws:s3:::a/".to_owned()],
            ..field("resources.ARN", &[])
        });
        of_advanced(&[s3(&fields)])
    };
    let management = || advanced(&[field("eventCategory", &["Management"])]);
    let some = advanced(&[
        field("eventCategory", &["Management"]),
        field("readOnly", &["true"]),
    ]);
    let one = |selector: AdvancedSelector| of_advanced(&[selector]);
    let a = || of(&[data(All, A)]);
    let cases = [
        ("fewer conditions", one(s3(&[])), one(reads()), true),
        ("more conditions", one(reads()), one(s3(&[])), false),
        ("no category", one(advanced(&[])), one(s3(&[])), false),
        (
            "of management the events",
            one(management()),
            one(some),
            true,
        ),
        ("advanced for basic", start(&[]), a(), true),
        (
            "for more of basic",
            start(&[field("readOnly", &["true"])]),
            a(),
            false,
        ),
        ("basic for advanced", a(), one(s3(&[])), false),
    ];
    for (name, new, old, expected) in cases {
        assert_eq!(covers(&new, &old), expected, "{name}");
    }
}
