//! Which data events of a baseline count as recorded, however the selectors are written.

use proptest::prelude::*;
use serde_json::{Value, json};
use trailkeeper_core::cloudtrail::data_events::{lacking, records_all};
use trailkeeper_core::facts::{AdvancedSelector, EventSelectors, FieldSelector};

/// A condition: `{"Field": ..., "Equals": [...]}`.
fn field(value: &Value) -> FieldSelector {
    let list = |name: &str| {
        let values = value.get(name).and_then(Value::as_array);
        let texts = values.into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    };
    FieldSelector {
        field: value["Field"].as_str().unwrap().to_owned(),
        equals: list("Equals"),
        not_equals: list("NotEquals"),
        starts_with: list("StartsWith"),
        not_starts_with: list("NotStartsWith"),
        ends_with: list("EndsWith"),
        not_ends_with: list("NotEndsWith"),
    }
}

/// A selector about the data of S3 with further conditions.
fn s3(conditions: Value) -> AdvancedSelector {
    let mut all = vec![
        json!({"Field": "eventCategory", "Equals": ["Data"]}),
        json!({"Field": "resources.type", "Equals": ["AWS::S3::Object"]}),
    ];
    all.extend(conditions.as_array().cloned().unwrap_or_default());
    AdvancedSelector {
        name: None,
        field_selectors: all.iter().map(field).collect(),
    }
}

fn advanced(selectors: Vec<AdvancedSelector>) -> EventSelectors {
    EventSelectors::Advanced(selectors)
}

fn arn(operator: &str, values: Value) -> Value {
    json!({"Field": "resources.ARN", operator: values})
}

fn read_only(value: &str) -> Value {
    json!({"Field": "readOnly", "Equals": [value]})
}

/// What is seen, what was before, and whether that is all there.
type Case = (&'static str, Vec<AdvancedSelector>, AdvancedSelector, bool);

fn cases() -> Vec<Case> {
    let all = || s3(json!([]));
    let a = "arn:aws:s3:::a/";
    let b = "arn:aws:s3:::b/";
    let one = |condition: Value| s3(json!([condition]));
    let mut reversed = s3(json!([
        read_only("false"),
        arn("StartsWith", json!([b, a]))
    ]));
    reversed.field_selectors.reverse();
    reversed.name = Some("another name".to_owned());
    let both = s3(json!([
        arn("StartsWith", json!([a, b])),
        read_only("false")
    ]));
    let mut without_category = all();
    without_category.field_selectors.remove(0);
    let mut unknown = all();
    unknown.field_selectors.push(FieldSelector {
        field: "userIdentity.arn".to_owned(),
        ..FieldSelector::default()
    });
    vec![
        ("the same", vec![both.clone()], both.clone(), true),
        (
            "in another order, by another name",
            vec![reversed],
            both.clone(),
            true,
        ),
        ("without conditions", vec![all()], both.clone(), true),
        (
            "fewer conditions",
            vec![one(read_only("false"))],
            both.clone(),
            true,
        ),
        (
            "a shorter prefix",
            vec![one(arn("StartsWith", json!(["arn:aws:s3:::"])))],
            both.clone(),
            true,
        ),
        (
            "a longer prefix",
            vec![one(arn("StartsWith", json!(["arn:aws:s3:::a/x"])))],
            one(arn("StartsWith", json!([a]))),
            false,
        ),
        (
            "one of two prefixes",
            vec![one(arn("StartsWith", json!([a])))],
            both.clone(),
            false,
        ),
        (
            "each prefix by itself",
            vec![
                one(arn("StartsWith", json!([a]))),
                one(arn("StartsWith", json!([b]))),
            ],
            both.clone(),
            true,
        ),
        (
            "further values",
            vec![one(arn("Equals", json!(["x", "y", "z"])))],
            one(arn("Equals", json!(["z", "x"]))),
            true,
        ),
        (
            "fewer values",
            vec![one(arn("Equals", json!(["x"])))],
            one(arn("Equals", json!(["z", "x"]))),
            false,
        ),
        (
            "values below a prefix",
            vec![one(arn("StartsWith", json!([a])))],
            one(arn(
                "Equals",
                json!(["arn:aws:s3:::a/1", "arn:aws:s3:::a/2"]),
            )),
            true,
        ),
        (
            "values beside a prefix",
            vec![one(arn("StartsWith", json!([a])))],
            one(arn(
                "Equals",
                json!(["arn:aws:s3:::a/1", "arn:aws:s3:::c/2"]),
            )),
            false,
        ),
        (
            "a prefix of values",
            vec![one(arn("Equals", json!([a])))],
            one(arn("StartsWith", json!([a]))),
            false,
        ),
        ("reads only", vec![one(read_only("true"))], all(), false),
        (
            "writes only of reads",
            vec![one(read_only("false"))],
            one(read_only("true")),
            false,
        ),
        (
            "reads and writes apart",
            vec![one(read_only("true")), one(read_only("false"))],
            all(),
            true,
        ),
        (
            "reads and writes apart, of two prefixes",
            vec![one(read_only("true")), one(read_only("false"))],
            one(arn("StartsWith", json!([a, b]))),
            true,
        ),
        (
            "fewer left out",
            vec![one(arn("NotStartsWith", json!([a])))],
            one(arn("NotStartsWith", json!([a, b]))),
            true,
        ),
        (
            "more left out",
            vec![one(arn("NotStartsWith", json!([a, b])))],
            one(arn("NotStartsWith", json!([a]))),
            false,
        ),
        (
            "what is left out is not wanted",
            vec![one(arn("NotStartsWith", json!([b])))],
            one(arn("StartsWith", json!([a]))),
            true,
        ),
        (
            "what is left out is wanted in part",
            vec![one(arn("NotStartsWith", json!(["arn:aws:s3:::a/x"])))],
            one(arn("StartsWith", json!([a]))),
            false,
        ),
        (
            "one value left out of a prefix",
            vec![one(arn("NotEquals", json!(["arn:aws:s3:::b/1"])))],
            one(arn("StartsWith", json!([a]))),
            true,
        ),
        (
            "one value left out of its prefix",
            vec![one(arn("NotEquals", json!(["arn:aws:s3:::a/1"])))],
            one(arn("StartsWith", json!([a]))),
            false,
        ),
        (
            "a shorter ending",
            vec![one(arn("EndsWith", json!([".gz"])))],
            one(arn("EndsWith", json!([".json.gz"]))),
            true,
        ),
        (
            "another type",
            vec![AdvancedSelector {
                field_selectors: vec![
                    field(&json!({"Field": "eventCategory", "Equals": ["Data"]})),
                    field(&json!({"Field": "resources.type", "Equals": ["AWS::Lambda::Function"]})),
                ],
                name: None,
            }],
            all(),
            false,
        ),
        ("no category", vec![without_category], all(), false),
        (
            "a condition that is not known",
            vec![unknown.clone()],
            all(),
            false,
        ),
        (
            "the same condition that is not known",
            vec![unknown.clone()],
            unknown,
            true,
        ),
        ("nothing", vec![], all(), false),
    ]
}

#[test]
fn what_is_recorded_otherwise_is_recorded() {
    for (name, seen, before, expected) in cases() {
        let (seen, before) = (advanced(seen), advanced(vec![before]));
        assert_eq!(records_all(&seen, &before), expected, "{name}");
        let missing = lacking(&seen, &before);
        let wanted = if expected { advanced(vec![]) } else { before };
        assert_eq!(missing, wanted, "{name}");
    }
}

fn values() -> impl Strategy<Value = Vec<String>> {
    let value = prop::sample::select(vec!["a", "b", "ab", "ba", "aab"]);
    prop::collection::vec(value.prop_map(str::to_owned), 0..3)
}

fn selector() -> impl Strategy<Value = AdvancedSelector> {
    let some = || prop::option::weighted(0.2, values());
    let arn = (values(), some(), some(), some(), some(), some());
    let read = prop::option::of(prop::sample::select(vec!["true", "false"]));
    (arn, read).prop_map(
        |((starts, equals, not_equals, not_starts, ends, not_ends), read)| {
            let mut selector = s3(json!([]));
            let field = FieldSelector {
                field: "resources.ARN".to_owned(),
                starts_with: starts,
                equals: equals.unwrap_or_default(),
                not_equals: not_equals.unwrap_or_default(),
                not_starts_with: not_starts.unwrap_or_default(),
                ends_with: ends.unwrap_or_default(),
                not_ends_with: not_ends.unwrap_or_default(),
            };
            if field
                != (FieldSelector {
                    field: field.field.clone(),
                    ..FieldSelector::default()
                })
            {
                selector.field_selectors.push(field);
            }
            let read = read.map(|value| self::field(&read_only(value)));
            selector.field_selectors.extend(read);
            selector
        },
    )
}

type Holds = fn(&str, &str) -> bool;

/// Whether the event of this ARN is taken, by CloudTrail's rules written down anew.
fn takes(selector: &AdvancedSelector, arn: &str, is_read: bool) -> bool {
    selector.field_selectors.iter().all(|field| {
        let value = match field.field.as_str() {
            "eventCategory" => "Data",
            "resources.type" => "AWS::S3::Object",
            "readOnly" if is_read => "true",
            "readOnly" => "false",
            _ => arn,
        };
        let any = |list: &[String], holds: Holds| {
            list.is_empty() || list.iter().any(|one| holds(value, one))
        };
        let none = |list: &[String], holds: Holds| list.iter().all(|one| !holds(value, one));
        let same: Holds = |value, one| value == one;
        let starts: Holds = |value, one| value.starts_with(one);
        let ends: Holds = |value, one| value.ends_with(one);
        any(&field.equals, same)
            && any(&field.starts_with, starts)
            && any(&field.ends_with, ends)
            && none(&field.not_equals, same)
            && none(&field.not_starts_with, starts)
            && none(&field.not_ends_with, ends)
    })
}

/// Every text of at most four letters of two.
fn texts() -> Vec<String> {
    let mut all = vec![String::new()];
    let mut last = all.clone();
    for _ in 0..4 {
        last = last
            .iter()
            .flat_map(|text| [format!("{text}a"), format!("{text}b")])
            .collect();
        all.extend(last.clone());
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// What is called recorded is: no event of the baseline's is left out.
    #[test]
    fn nothing_is_called_recorded_that_is_not(
        seen in prop::collection::vec(selector(), 1..4),
        before in selector(),
    ) {
        if records_all(&advanced(seen.clone()), &advanced(vec![before.clone()])) {
            for arn in texts() {
                for is_read in [true, false] {
                    let is_lost = takes(&before, &arn, is_read)
                        && !seen.iter().any(|one| takes(one, &arn, is_read));
                    prop_assert!(!is_lost, "{arn} {is_read} {seen:?} {before:?}");
                }
            }
        }
    }
}
