use serde_json::{Value, json};

use super::Pattern;

fn matches(pattern: &Value, event: &Value) -> bool {
    Pattern::parse(&pattern.to_string()).unwrap().matches(event)
}

#[test]
fn filters_match_what_eventbridge_documents() {
    let cases = [
        // exact values
        (json!({"a": ["x"]}), json!({"a": "x"}), true),
        (json!({"a": ["x"]}), json!({"a": "X"}), false),
        (json!({"a": ["x", "y"]}), json!({"a": "y"}), true),
        (json!({"a": [300]}), json!({"a": 300.0}), true),
        (json!({"a": [300]}), json!({"a": "300"}), false),
        (json!({"a": [null]}), json!({"a": null}), true),
        (json!({"a": [null]}), json!({}), false),
        (json!({"a": [true]}), json!({"a": true}), true),
        (json!({"a": [""]}), json!({"a": ""}), true),
        // all members, nested ones too
        (
            json!({"a": ["x"], "b": {"c": ["y"]}}),
            json!({"a": "x", "b": {"c": "y"}}),
            true,
        ),
        (
            json!({"a": ["x"], "b": {"c": ["y"]}}),
            json!({"a": "x", "b": {"c": "z"}}),
            false,
        ),
        (json!({"b": {"c": ["y"]}}), json!({"b": "y"}), false),
        // prefix and suffix
        (json!({"a": [{"prefix": "ab"}]}), json!({"a": "abc"}), true),
        (json!({"a": [{"prefix": "ab"}]}), json!({"a": "ABc"}), false),
        (
            json!({"a": [{"prefix": {"equals-ignore-case": "ab"}}]}),
            json!({"a": "ABc"}),
            true,
        ),
        (json!({"a": [{"prefix": "1"}]}), json!({"a": 12}), false),
        (
            json!({"a": [{"suffix": ".png"}]}),
            json!({"a": "i.png"}),
            true,
        ),
        (
            json!({"a": [{"suffix": ".png"}]}),
            json!({"a": "i.PNG"}),
            false,
        ),
        (
            json!({"a": [{"suffix": {"equals-ignore-case": ".png"}}]}),
            json!({"a": "i.PNG"}),
            true,
        ),
        (
            json!({"a": [{"equals-ignore-case": "alice"}]}),
            json!({"a": "ALICE"}),
            true,
        ),
        // anything but
        (
            json!({"a": [{"anything-but": "x"}]}),
            json!({"a": "y"}),
            true,
        ),
        (
            json!({"a": [{"anything-but": "x"}]}),
            json!({"a": "x"}),
            false,
        ),
        (json!({"a": [{"anything-but": "x"}]}), json!({}), false),
        (json!({"a": [{"anything-but": "x"}]}), json!({"a": 1}), true),
        (
            json!({"a": [{"anything-but": [1, 2]}]}),
            json!({"a": 2}),
            false,
        ),
        (
            json!({"a": [{"anything-but": {"prefix": "in"}}]}),
            json!({"a": "init"}),
            false,
        ),
        (
            json!({"a": [{"anything-but": {"suffix": [".txt", ".log"]}}]}),
            json!({"a": "x.log"}),
            false,
        ),
        (
            json!({"a": [{"anything-but": {"wildcard": "*/lib/*"}}]}),
            json!({"a": "x/bin/y"}),
            true,
        ),
        (
            json!({"a": [{"anything-but": {"equals-ignore-case": ["x", "y"]}}]}),
            json!({"a": "Y"}),
            false,
        ),
        // exists looks at values at the ends only
        (json!({"a": [{"exists": true}]}), json!({"a": null}), true),
        (
            json!({"a": [{"exists": true}]}),
            json!({"a": {"b": 1}}),
            false,
        ),
        (json!({"a": [{"exists": true}]}), json!({"a": []}), false),
        (json!({"a": [{"exists": false}]}), json!({"a": "x"}), false),
        (json!({"a": [{"exists": false}]}), json!({"b": 1}), true),
        (json!({"a": {"b": [{"exists": false}]}}), json!({}), true),
        (
            json!({"a": [{"exists": false}, "x"]}),
            json!({"a": "x"}),
            true,
        ),
        // numbers
        (
            json!({"a": [{"numeric": ["=", 3]}]}),
            json!({"a": 3.0}),
            true,
        ),
        (
            json!({"a": [{"numeric": [">", 0, "<=", 5]}]}),
            json!({"a": 5}),
            true,
        ),
        (
            json!({"a": [{"numeric": [">", 0, "<=", 5]}]}),
            json!({"a": 0}),
            false,
        ),
        (
            json!({"a": [{"numeric": [">", 0]}]}),
            json!({"a": "1"}),
            false,
        ),
        // wildcards
        (json!({"a": [{"wildcard": "*"}]}), json!({"a": ""}), true),
        (
            json!({"a": [{"wildcard": "a*c*e"}]}),
            json!({"a": "abcde"}),
            true,
        ),
        (
            json!({"a": [{"wildcard": "a*c*e"}]}),
            json!({"a": "abcd"}),
            false,
        ),
        (
            json!({"a": [{"wildcard": "ab*ba"}]}),
            json!({"a": "aba"}),
            false,
        ),
        (
            json!({"a": [{"wildcard": "a\\*"}]}),
            json!({"a": "a*"}),
            true,
        ),
        (
            json!({"a": [{"wildcard": "a\\*"}]}),
            json!({"a": "ab"}),
            false,
        ),
        // addresses
        (
            json!({"a": [{"cidr": "10.0.0.0/24"}]}),
            json!({"a": "10.0.0.255"}),
            true,
        ),
        (
            json!({"a": [{"cidr": "10.0.0.0/24"}]}),
            json!({"a": "10.0.1.0"}),
            false,
        ),
        (
            json!({"a": [{"cidr": "0.0.0.0/0"}]}),
            json!({"a": "9.9.9.9"}),
            true,
        ),
        (
            json!({"a": [{"cidr": "2001:db8::/32"}]}),
            json!({"a": "2001:db8::1"}),
            true,
        ),
        (
            json!({"a": [{"cidr": "0.0.0.0/0"}]}),
            json!({"a": "amazonaws.com"}),
            false,
        ),
    ];
    for (pattern, event, wanted) in cases {
        assert_eq!(matches(&pattern, &event), wanted, "{pattern} {event}");
    }
}

#[test]
fn arrays_and_either_or() {
    let people = json!({"who": [
        {"name": "Ann", "role": "admin"},
        {"name": "Bob", "role": "guest"},
    ]});
    let either = json!({"$or": [{"a": ["x"]}, {"b": {"c": [1]}}], "d": ["e"]});
    let cases = [
        (json!({"a": ["y"]}), json!({"a": ["x", "y"]}), true),
        (json!({"a": ["z"]}), json!({"a": ["x", "y"]}), false),
        (json!({"a": ["y"]}), json!({"a": [["x"], ["y"]]}), true),
        (
            json!({"a": [{"anything-but": "x"}]}),
            json!({"a": ["x", "y"]}),
            true,
        ),
        (
            json!({"who": {"name": ["Ann"], "role": ["admin"]}}),
            people.clone(),
            true,
        ),
        // one element must hold both
        (
            json!({"who": {"name": ["Ann"], "role": ["guest"]}}),
            people,
            false,
        ),
        (either.clone(), json!({"a": "x", "d": "e"}), true),
        (either.clone(), json!({"b": {"c": 1}, "d": "e"}), true),
        (either.clone(), json!({"b": {"c": 2}, "d": "e"}), false),
        (either, json!({"a": "x"}), false),
        (
            json!({"x": {"$or": [{"a": ["1"]}, {"a": ["2"]}]}}),
            json!({"x": {"a": "2"}}),
            true,
        ),
    ];
    for (pattern, event, wanted) in cases {
        assert_eq!(matches(&pattern, &event), wanted, "{pattern} {event}");
    }
}

#[test]
fn what_is_no_pattern_is_refused() {
    let cases = [
        "",
        "[]",
        "{}",
        r#"{"a": "x"}"#,
        r#"{"a": 1}"#,
        r#"{"a": []}"#,
        r#"{"a": {}}"#,
        r#"{"a": [["x"]]}"#,
        r#"{"a": [{}]}"#,
        r#"{"a": [{"prefix": "x", "suffix": "y"}]}"#,
        r#"{"a": [{"colour": "x"}]}"#,
        r#"{"a": [{"prefix": 1}]}"#,
        r#"{"a": [{"prefix": {"suffix": "x"}}]}"#,
        r#"{"a": [{"exists": "true"}]}"#,
        r#"{"a": [{"anything-but": []}]}"#,
        r#"{"a": [{"anything-but": [1, "x"]}]}"#,
        r#"{"a": [{"anything-but": true}]}"#,
        r#"{"a": [{"numeric": []}]}"#,
        r#"{"a": [{"numeric": ["<"]}]}"#,
        r#"{"a": [{"numeric": ["!=", 1]}]}"#,
        r#"{"a": [{"numeric": ["<", 5, ">", 1]}]}"#,
        r#"{"a": [{"numeric": [">", 5, "<", 1]}]}"#,
        r#"{"a": [{"numeric": [">", 6000000000]}]}"#,
        r#"{"a": [{"wildcard": "a**b"}]}"#,
        r#"{"a": [{"wildcard": "a\\b"}]}"#,
        r#"{"a": [{"cidr": "10.0.0.0"}]}"#,
        r#"{"a": [{"cidr": "10.0.0.0/33"}]}"#,
        r#"{"$or": [{"a": ["x"]}]}"#,
        r#"{"$or": {"a": ["x"]}}"#,
        r#"{"$or": ["a", "b"]}"#,
    ];
    for text in cases {
        assert!(Pattern::parse(text).is_err(), "{text}");
    }
}
