//! Reading policy documents.

use proptest::prelude::*;
use trailkeeper_policy::document::{PrincipalElement, PrincipalKind, Selection};
use trailkeeper_policy::{Effect, Place, Policy, Version};

const BUCKET: &str = include_str!("policies/s3-bucket-policy.json");
const KEY: &str = include_str!("policies/kms-key-policy.json");

/// A document whose only statement has these elements.
fn with_statement(elements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{{elements}}}]}}"#)
}

#[test]
fn the_documented_policies_are_read_with_their_places() {
    let policy = Policy::parse(BUCKET).unwrap();
    assert_eq!(policy.version(), Some(Version::V2012));
    let lines: Vec<(usize, usize)> = policy
        .statements()
        .iter()
        .map(|s| (s.place.line, s.place.column))
        .collect();
    assert_eq!(lines, [(4, 5), (18, 5)]);
    let write = &policy.statements()[1];
    assert_eq!(write.sid.as_deref(), Some("AWSCloudTrailWrite20150319"));
    assert_eq!(write.effect, Effect::Allow);
    assert_eq!(write.conditions.len(), 2);
    assert!(
        policy
            .source(write)
            .starts_with("{\n      \"Sid\": \"AWSCloudTrailWrite20150319\"")
    );
    assert!(policy.source(write).ends_with('}'));
    let Selection::Only(actions) = &write.action else {
        panic!("{:?}", write.action)
    };
    assert_eq!(
        policy.place(actions[0].offset),
        Place {
            line: 24,
            column: 17
        }
    );

    let one_line =
        r#"{"Id":"é","Statement":[{"Effect":"Deny","Action":"*"},{"Effect":"Deny","Action":"*"}]}"#;
    let places: Vec<String> = Policy::parse(one_line)
        .unwrap()
        .statements()
        .iter()
        .map(|s| s.place.to_string())
        .collect();
    assert_eq!(places, ["line 1, column 24", "line 1, column 55"]);

    let key = Policy::parse(KEY).unwrap();
    assert_eq!(key.id(), Some("cloudtrail"));
    assert_eq!(key.statements().len(), 3);
}

#[test]
fn every_shape_of_an_element_is_read() {
    let text = r#"{"Statement": {
        "Effect": "Deny",
        "NotPrincipal": {"AWS": ["arn:aws:iam::1:root"], "Service": "a.amazonaws.com",
                         "Federated": "x", "CanonicalUser": "y"},
        "NotAction": "s3:G\u0065t*",
        "NotResource": ["a", "b"],
        "Condition": {"NumericLessThan": {"s3:max-keys": 10},
                      "Bool": {"aws:SecureTransport": [true, "false"]}}
    }}"#;
    let policy = Policy::parse(text).unwrap();
    assert_eq!(policy.version(), None);
    let statement = &policy.statements()[0];
    let Some(PrincipalElement::AllBut(trailkeeper_policy::document::Principal::Named(kinds))) =
        &statement.principal
    else {
        panic!("{:?}", statement.principal)
    };
    assert_eq!(kinds[1].0, PrincipalKind::Service);
    let Selection::AllBut(actions) = &statement.action else {
        panic!("{:?}", statement.action)
    };
    assert_eq!(actions[0].value, "s3:Get*");
    let values: Vec<Vec<&str>> = statement
        .conditions
        .iter()
        .map(|line| line.values.iter().map(|text| text.value.as_ref()).collect())
        .collect();
    assert_eq!(values, [vec!["10"], vec!["true", "false"]]);
}

#[test]
fn a_faulty_document_is_refused_at_its_place() {
    let cases = [
        ("", "invalid-json", 1, 1, "the text ends"),
        (
            "{\n  \"Version\": \"2012-10-17\",\n}",
            "invalid-json",
            3,
            1,
            "a key in double quotes",
        ),
        (
            "{\"Id\":\"\\ud83d\\ud83d\"}",
            "invalid-json",
            1,
            20,
            "surrogate",
        ),
        (
            "{\"Id\":\"\\ud83d\\u0041\"}",
            "invalid-json",
            1,
            20,
            "surrogate",
        ),
        (
            "{\"Statement\":[]} x",
            "invalid-json",
            1,
            18,
            "after the end",
        ),
        (
            "{\"Statement\":[],\"Id\":\"\\ud800\"}",
            "invalid-json",
            1,
            29,
            "surrogate",
        ),
        (
            "{\"Statement\":[],\"Id\":\"a\nb\"}",
            "invalid-json",
            1,
            24,
            "control character",
        ),
        (
            "{\"Statement\":[],\"Id\":\"a",
            "invalid-json",
            1,
            24,
            "does not end",
        ),
        (
            "{\"Statement\":[],\"Id\":01}",
            "invalid-json",
            1,
            23,
            "`,` or `}`",
        ),
        (
            "{\"Id\":\"ü\",\n \"Id\":\"b\",\"Statement\":[]}",
            "duplicate-key",
            2,
            2,
            "`Id`",
        ),
        (
            "{\"Statement\":[],\"statement\":[]}",
            "unknown-element",
            1,
            17,
            "`statement`",
        ),
        (
            "[]",
            "invalid-policy",
            1,
            1,
            "must be an object, not a list",
        ),
        ("{}", "invalid-policy", 1, 1, "no `Statement`"),
        (
            "{\"Version\":\"2020\",\"Statement\":[]}",
            "invalid-policy",
            1,
            12,
            "2012-10-17",
        ),
        ("{\"Statement\":null}", "invalid-policy", 1, 14, "not null"),
    ];
    for (text, code, line, column, part) in cases {
        let error = Policy::parse(text).unwrap_err();
        assert_eq!(
            (error.code(), error.line(), error.column()),
            (code, line, column),
            "{text}"
        );
        assert!(error.message().contains(part), "{error} lacks {part}");
    }
}

#[test]
fn a_faulty_statement_is_refused() {
    let rest = r#""Effect":"Allow","Action":"*","Resource":"*""#;
    let cases = [
        (r#""Action":"*","Resource":"*""#.to_owned(), "no `Effect`"),
        (
            r#""Effect":"Allow","Resource":"*""#.to_owned(),
            "no `Action` or `NotAction`",
        ),
        (
            r#""Effect":"allow","Action":"*""#.to_owned(),
            "Allow or Deny",
        ),
        (
            format!(r#"{rest},"NotAction":"a:b""#),
            "`Action` or `NotAction`, not both",
        ),
        (
            format!(r#"{rest},"NotResource":"x""#),
            "`Resource` or `NotResource`, not both",
        ),
        (
            format!(r#"{rest},"Principal":"*","NotPrincipal":"*""#),
            "`Principal` or `NotPrincipal`, not both",
        ),
        (
            format!(r#"{rest},"Principals":"*""#),
            "no element `Principals`",
        ),
        (
            format!(r#"{rest},"Principal":{{"Aws":"*"}}"#),
            "no element `Aws`",
        ),
        (format!(r#"{rest},"Principal":"me""#), "must be `*`"),
        (
            format!(r#"{rest},"Sid":5"#),
            "`Sid` takes strings, not a number",
        ),
        (
            format!(r#"{rest},"Condition":{{"Bool":"x"}}"#),
            "must be an object, not a string",
        ),
        (
            format!(r#"{rest},"Condition":{{"Bool":{{"a":null}}}}"#),
            "not null",
        ),
        (
            r#""Effect":"Allow","Action":["a:b",1]"#.to_owned(),
            "`Action` takes strings",
        ),
    ];
    for (elements, part) in cases {
        let text = with_statement(&elements);
        let error = Policy::parse(&text).unwrap_err();
        assert!(error.message().contains(part), "{error} lacks {part}");
        assert!(error.to_string().contains("line 1, column "), "{error}");
    }
}

#[test]
fn hostile_nesting_is_an_error_and_no_stack_overflow() {
    for open in ["[", "{\"a\":"] {
        let text = format!("{{\"Statement\":{}", open.repeat(200_000));
        let error = Policy::parse(&text).unwrap_err();
        assert_eq!(error.code(), "too-deep");
    }
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Policy::parse(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn damaged_policies_never_panic(
        at in any::<prop::sample::Index>(),
        width in 0_usize..4,
        insert in "[\\[\\]{}\",:\\\\a*0-9u é-]{0,3}",
    ) {
        let mut bytes = KEY.as_bytes().to_vec();
        let start = at.index(bytes.len());
        let end = (start + width).min(bytes.len());
        bytes.splice(start..end, insert.bytes());
        let text = String::from_utf8_lossy(&bytes);
        if let Err(error) = Policy::parse(&text) {
            prop_assert!(error.line() >= 1 && error.column() >= 1);
            prop_assert!(error.line() <= text.lines().count() + 1);
        }
    }

    #[test]
    fn any_string_is_read_as_it_was_written(id in any::<String>(), ascii in any::<bool>()) {
        let mut written = String::new();
        for character in id.chars() {
            if ascii && !character.is_ascii() || character < ' ' || "\"\\".contains(character) {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    written.push_str(&format!("\\u{unit:04X}"));
                }
            } else {
                written.push(character);
            }
        }
        let text = format!(r#"{{"Id":"{written}","Statement":[]}}"#);
        let policy = Policy::parse(&text).unwrap();
        prop_assert_eq!(policy.id(), Some(id.as_str()));
    }
}
