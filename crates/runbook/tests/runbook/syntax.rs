use trailkeeper_runbook::{NodeValue, Position, parse};

#[test]
fn yaml_and_json_keep_their_places() {
    let cases = [
        ("a: 1\nb:\n  - x\n", "b", 3, 3),
        ("{\n  \"a\": 1,\n  \"b\": [\"x\"]\n}", "b", 3, 8),
    ];
    for (text, key, line, column) in cases {
        let node = parse(text).unwrap();
        assert_eq!(
            node.get(key).unwrap().at,
            Position { line, column },
            "{text}"
        );
    }
}

#[test]
fn json_escapes_are_json_escapes() {
    let node = parse(r#"{"a": "\ud83d\ude00 \/ \u00e9"}"#).unwrap();
    assert_eq!(node.get("a").unwrap().text(), Some("😀 / é"));
}

#[test]
fn a_quoted_number_stays_a_text() {
    let node = parse("a: \"0.3\"\nb: 0.3\nc: \"true\"\nd: true\n").unwrap();
    assert!(matches!(node.get("a").unwrap().value, NodeValue::Text(_)));
    assert!(matches!(node.get("b").unwrap().value, NodeValue::Number(_)));
    assert!(matches!(node.get("c").unwrap().value, NodeValue::Text(_)));
    assert!(matches!(
        node.get("d").unwrap().value,
        NodeValue::Boolean(true)
    ));
}

#[test]
fn what_cannot_be_read_is_named_with_its_place() {
    let cases = [
        ("a: 1\nb: 2\na: 3\n", 3, "duplicate mapping key: a"),
        ("{\"a\": 1, \"a\": 2}", 1, "duplicate mapping key: a"),
        ("a: [1\n", 1, "unclosed bracket '['"),
        ("a: {{ Name }}\n", 1, "expected string scalar"),
    ];
    for (text, line, message) in cases {
        let error = parse(text).unwrap_err();
        assert_eq!(
            (error.at.line, error.message.as_str()),
            (line, message),
            "{text}"
        );
    }
}
