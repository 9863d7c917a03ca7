use serde_json::{Value, json};
use trailkeeper_runbook::Status;

use crate::support::{ScriptedAws, find, path, run_with, sleep, step, steps};

fn goes(choice: Value) -> String {
    let mut choice = choice;
    choice["NextStep"] = json!("Yes");
    let inputs = json!({ "Choices": [choice], "Default": "No" });
    let document = json!({
        "schemaVersion": "0.3",
        "parameters": {
            "T": { "type": "String", "default": "Abc" },
            "N": { "type": "Integer", "default": 5 },
            "B": { "type": "Boolean", "default": true },
            "L": { "type": "StringList", "default": ["a", "b"] }
        },
        "mainSteps": [
            step("Choose", "aws:branch", inputs, json!({})),
            sleep("Yes", json!({ "isEnd": true })),
            sleep("No", json!({ "isEnd": true })),
        ]
    });
    let report = run_with(&document.to_string(), &[], &ScriptedAws::silent());
    match path(&report).get(1) {
        Some(way) => way.replace(" Success", ""),
        None => find(&report, "Choose").failure_message.clone().unwrap(),
    }
}

#[test]
fn operators_compare_texts_numbers_and_booleans() {
    let cases = [
        ("{{ T }}", "StringEquals", json!("Abc"), "Yes"),
        ("{{ T }}", "StringEquals", json!("abc"), "No"),
        ("{{ T }}", "EqualsIgnoreCase", json!("aBC"), "Yes"),
        ("{{ T }}", "StartsWith", json!("Ab"), "Yes"),
        ("{{ T }}", "EndsWith", json!("bc"), "Yes"),
        ("{{ T }}", "EndsWith", json!("Ab"), "No"),
        ("{{ T }}", "Contains", json!("b"), "Yes"),
        ("x{{ T }}", "StringEquals", json!("xAbc"), "Yes"),
        ("{{ T }}", "StringEquals", json!("{{ T }}"), "Yes"),
        (
            "{{ global:REGION }}",
            "StringEquals",
            json!("eu-central-1"),
            "Yes",
        ),
        ("{{ B }}", "StringEquals", json!("true"), "Yes"),
        ("{{ N }}", "NumericEquals", json!(5), "Yes"),
        ("{{ N }}", "NumericEquals", json!("5"), "Yes"),
        ("{{ N }}", "NumericGreater", json!(4), "Yes"),
        ("{{ N }}", "NumericGreater", json!(5), "No"),
        ("{{ N }}", "NumericLesser", json!(6), "Yes"),
        ("{{ N }}", "NumericGreaterOrEquals", json!(5), "Yes"),
        ("{{ N }}", "NumericLesserOrEquals", json!(4), "No"),
        ("{{ B }}", "BooleanEquals", json!(true), "Yes"),
        ("{{ B }}", "BooleanEquals", json!("True"), "Yes"),
        ("{{ B }}", "BooleanEquals", json!(false), "No"),
        (
            "{{ T }}",
            "NumericEquals",
            json!(1),
            "NumericEquals compares numbers, and was given the text \"Abc\"",
        ),
        (
            "{{ T }}",
            "BooleanEquals",
            json!(true),
            "BooleanEquals compares booleans, and was given the text \"Abc\"",
        ),
        (
            "{{ L }}",
            "StringEquals",
            json!("a"),
            "StringEquals compares texts, and was given the list [\"a\",\"b\"]",
        ),
    ];
    for (variable, operator, operand, wanted) in cases {
        let choice = json!({ "Variable": variable, operator: operand });
        assert_eq!(goes(choice.clone()), wanted, "{choice}");
    }
}

#[test]
fn and_or_not_look_no_further_than_they_must() {
    let yes = json!({ "Variable": "{{ B }}", "BooleanEquals": true });
    let no = json!({ "Variable": "{{ B }}", "BooleanEquals": false });
    let broken = json!({ "Variable": "{{ T }}", "NumericEquals": 1 });
    let cases = [
        (json!({ "And": [yes, yes] }), "Yes"),
        (json!({ "And": [yes, no] }), "No"),
        (json!({ "And": [no, broken] }), "No"),
        (json!({ "Or": [no, yes] }), "Yes"),
        (json!({ "Or": [yes, broken] }), "Yes"),
        (json!({ "Or": [no, no] }), "No"),
        (json!({ "Not": no }), "Yes"),
        (json!({ "Not": { "And": [yes, yes] } }), "No"),
        (
            json!({ "And": [{ "Or": [no, yes] }, { "Not": no }] }),
            "Yes",
        ),
    ];
    for (choice, wanted) in cases {
        assert_eq!(goes(choice.clone()), wanted, "{choice}");
    }
}

#[test]
fn without_a_match_a_branch_goes_to_default_else_on_else_ends() {
    let never = json!([{ "Variable": "a", "StringEquals": "b", "NextStep": "Never" }]);
    let cases = [
        (
            json!({ "Choices": never, "Default": "Third" }),
            json!({}),
            vec!["Choose", "Third"],
        ),
        (
            json!({ "Choices": never }),
            json!({}),
            vec!["Choose", "Second", "Third"],
        ),
        (
            json!({ "Choices": never }),
            json!({ "isEnd": true }),
            vec!["Choose"],
        ),
        (
            json!({ "Choices": never }),
            json!({ "nextStep": "Third" }),
            vec!["Choose", "Third"],
        ),
    ];
    for (inputs, more, wanted) in cases {
        let text = steps(json!([
            step("Choose", "aws:branch", inputs, more),
            sleep("Second", json!({})),
            sleep("Third", json!({ "isEnd": true })),
            sleep("Never", json!({}))
        ]));
        let report = run_with(&text, &[], &ScriptedAws::silent());
        let wanted: Vec<String> = wanted
            .iter()
            .map(|name| format!("{name} Success"))
            .collect();
        assert_eq!(path(&report), wanted);
        assert_eq!(report.automation_execution_status, Status::Success);
    }
}
