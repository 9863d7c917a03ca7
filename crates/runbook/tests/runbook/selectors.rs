use serde_json::{Value, json};
use trailkeeper_runbook::{OutputType, Selector, convert};

fn answer() -> Value {
    json!({
        "Trail": { "Name": "main", "HasInsightSelectors": false, "Empty": null },
        "Stacks": [
            { "Name": "a", "Outputs": [
                { "OutputKey": "Id", "OutputValue": "i-1", "Rank": 2 },
                { "OutputKey": "Arn", "OutputValue": "arn", "Rank": 3 }
            ] },
            { "Name": "b" }
        ],
        "Tags": { "aws:cloudformation:stack-name": "s", "with.dot": "d" }
    })
}

#[test]
fn selectors_find_what_they_name() {
    let cases = [
        ("$.Trail.Name", json!("main")),
        ("$['Trail']['Name']", json!("main")),
        ("$[\"Trail\"].Name", json!("main")),
        ("Stacks[0].Name", json!("a")),
        ("$.Stacks.[1].Name", json!("b")),
        ("$.Stacks[-1].Name", json!("b")),
        ("$.Tags.'with.dot'", json!("d")),
        ("$.Tags.aws:cloudformation:stack-name", json!("s")),
        ("$.Trail.HasInsightSelectors", json!(false)),
        ("$.Trail.Empty", Value::Null),
        ("$.Trail.Missing", Value::Null),
        ("$.Stacks[9].Name", Value::Null),
        ("$.Stacks..OutputValue", json!(["i-1", "arn"])),
        ("$..Name", json!(["a", "b", "main"])),
        ("$.Stacks[*].Name", json!(["a", "b"])),
        ("$.Stacks.*.Name", json!(["a", "b"])),
        ("$.Stacks[0:1].Name", json!(["a"])),
        ("$.Stacks[-1:].Name", json!(["b"])),
        (
            "$.Stacks[0].Outputs[?(@.OutputKey == 'Id')].OutputValue",
            json!(["i-1"]),
        ),
        (
            "$.Stacks[0].Outputs[?(@.OutputKey != \"Id\")].OutputValue",
            json!(["arn"]),
        ),
        (
            "$.Stacks[0].Outputs[?(@.Rank >= 3)].OutputKey",
            json!(["Arn"]),
        ),
        (
            "$.Stacks[0].Outputs[?(@.Rank < 3)].OutputKey",
            json!(["Id"]),
        ),
        ("$.Stacks[?(@.Outputs)].Name", json!(["a"])),
        ("$.Missing..Name", json!([])),
    ];
    for (selector, wanted) in cases {
        let found = Selector::parse(selector).unwrap().select(&answer());
        let found = found.into_value().unwrap_or_default();
        let sorted = match found {
            Value::Array(mut items) => {
                items.sort_by_key(|item| {
                    if selector == "$..Name" {
                        item.to_string()
                    } else {
                        String::new()
                    }
                });
                Value::Array(items)
            }
            other => other,
        };
        assert_eq!(sorted, wanted, "{selector}");
    }
    let whole = Selector::parse("$").unwrap().select(&answer());
    assert_eq!(whole.into_value(), Some(answer()));
}

#[test]
fn what_is_no_selector_is_refused_at_its_place() {
    let cases = [
        ("", 1, "it is empty"),
        ("$.a.", 5, "a name is missing"),
        (
            "$.a[",
            5,
            "an index, a name in quotes or a filter is missing",
        ),
        ("$.a['b]", 5, "a quote is not closed"),
        (
            "$.a[?(@.b == 1 && @.c == 2)]",
            16,
            "a filter takes one comparison only",
        ),
        ("$.a.length()", 11, "functions are not supported"),
        ("$a", 2, "a . or a [ is missing"),
        ("$.a b", 4, "a . or a [ is missing"),
    ];
    for (selector, at, reason) in cases {
        let error = Selector::parse(selector).unwrap_err();
        assert_eq!(
            (error.at, error.reason.as_str()),
            (at, reason),
            "{selector}"
        );
    }
}

#[test]
fn outputs_are_converted_as_ssm_does_and_no_other_way() {
    use OutputType::{Boolean, Integer, MapList, String, StringList, StringMap};
    let cases = [
        (json!("x"), String, Some(json!("x"))),
        (json!(5), String, Some(json!("5"))),
        (json!(true), String, Some(json!("true"))),
        (json!(["x"]), String, Some(json!("x"))),
        (json!([7]), String, Some(json!("7"))),
        (json!([]), String, None),
        (json!(["x", "y"]), String, None),
        (json!({}), String, None),
        (json!(null), String, None),
        (json!("x"), StringList, Some(json!(["x"]))),
        (json!(5), StringList, Some(json!(["5"]))),
        (json!(false), StringList, Some(json!(["false"]))),
        (json!(["x", 1]), StringList, Some(json!(["x", "1"]))),
        (json!([]), StringList, Some(json!([]))),
        (json!([{}]), StringList, None),
        (json!("12"), Integer, Some(json!(12))),
        (json!(12), Integer, Some(json!(12))),
        (json!([12]), Integer, Some(json!(12))),
        (json!("x"), Integer, None),
        (json!(true), Integer, None),
        (json!(1.5), Integer, None),
        (json!("True"), Boolean, Some(json!(true))),
        (json!(false), Boolean, Some(json!(false))),
        (json!([true]), Boolean, Some(json!(true))),
        (json!(1), Boolean, None),
        (json!({"a": 1}), StringMap, Some(json!({"a": 1}))),
        (json!([{"a": 1}]), StringMap, None),
        (json!([{"a": 1}]), MapList, Some(json!([{"a": 1}]))),
        (json!({"a": 1}), MapList, None),
        (json!(["a"]), MapList, None),
    ];
    for (value, kind, wanted) in cases {
        assert_eq!(
            convert(&value, kind).ok(),
            wanted,
            "{value} as {}",
            kind.as_str()
        );
    }
}
