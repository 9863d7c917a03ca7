use proptest::prelude::*;
use serde_json::{Value, json};
use trailkeeper_runbook::{
    OutputType, Reference, Scope, Selector, Unresolved, check, convert, parse, substitute,
};

struct Everything(Value);

impl Scope for Everything {
    fn value(&self, _: &Reference) -> Result<Value, Unresolved> {
        Ok(self.0.clone())
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-c]{1,2}", inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn reading_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = check(&text);
    }

    #[test]
    fn reading_what_looks_like_a_document_never_panics(
        text in "(schemaVersion: '0.3'\n)?(mainSteps:\n)?([ -]{0,6}(name|action|inputs|Choices|And|Variable|outputs|Selector): ?[\\[{\"'a$.{}]{0,6}\n){0,8}"
    ) {
        let _ = check(&text);
    }

    #[test]
    fn a_selector_never_panics(text in "[$.\\[\\]?@()'\"*:a-c0-9= <>!&-]{0,20}", value in any_value()) {
        if let Ok(selector) = Selector::parse(&text) {
            let _ = selector.select(&value);
        }
    }

    #[test]
    fn a_reference_alone_keeps_its_value(value in any_value(), before in " ?", after in " ?") {
        let node = parse(&json!(format!("{{{{{before}Name{after}}}}}")).to_string()).unwrap();
        prop_assert_eq!(substitute(&node, &Everything(value.clone())).unwrap(), value);
    }

    #[test]
    fn within_a_text_there_is_only_text(value in any_value(), before in "[a-z]{1,5}") {
        let node = parse(&json!(format!("{before}{{{{ Name }}}}")).to_string()).unwrap();
        let found = substitute(&node, &Everything(value)).unwrap();
        prop_assert!(found.as_str().unwrap().starts_with(&before));
    }

    #[test]
    fn a_text_without_braces_stays(text in "[^{]{0,40}") {
        let node = parse(&json!(text).to_string());
        prop_assume!(node.is_ok());
        let found = substitute(&node.unwrap(), &Everything(Value::Null)).unwrap();
        prop_assert_eq!(found, json!(text));
    }

    #[test]
    fn what_is_converted_has_the_type(value in any_value()) {
        for kind in OutputType::ALL {
            if let Ok(found) = convert(&value, kind) {
                let fits = match kind {
                    OutputType::String => found.is_string(),
                    OutputType::StringList | OutputType::MapList => found.is_array(),
                    OutputType::Integer => found.is_i64() || found.is_u64(),
                    OutputType::Boolean => found.is_boolean(),
                    OutputType::StringMap => found.is_object(),
                };
                prop_assert!(fits, "{} as {}: {}", value, kind.as_str(), found);
                prop_assert_eq!(convert(&found, kind).unwrap(), found);
            }
        }
    }
}
