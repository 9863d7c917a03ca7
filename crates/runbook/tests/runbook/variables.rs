//! `aws:updateVariable`.

use serde_json::{Value, json};
use trailkeeper_runbook::{Status, check};

use crate::support::{ScriptedAws, call, find, run_text, step};

fn document(kind: &str, default: Value, value: Value) -> String {
    let inputs = json!({ "Name": "variable:Kept", "Value": value });
    let mut read = call("Read", json!({}));
    read["inputs"]["Name"] = json!("{{ variable:Kept }}");
    json!({
        "schemaVersion": "0.3",
        "variables": { "Kept": { "type": kind, "default": default } },
        "mainSteps": [step("Set", "aws:updateVariable", inputs, json!({})), read]
    })
    .to_string()
}

#[test]
fn a_variable_takes_a_value_of_its_type_and_keeps_it() {
    for (kind, default, value) in [
        ("String", json!("a"), json!("b")),
        ("Boolean", json!(false), json!(true)),
        ("Integer", json!(1), json!(2)),
        ("StringList", json!(["a"]), json!(["b", "c"])),
        ("StringMap", json!({ "a": 1 }), json!({ "b": 2 })),
    ] {
        let aws = ScriptedAws::answering(json!({}));
        let report = run_text(&document(kind, default, value.clone()), &aws);
        assert_eq!(report.automation_execution_status, Status::Success);
        assert_eq!(aws.seen()[0].input["Name"], value, "{kind}");
        assert!(!report.variables["Kept"].is_empty());
    }
}

#[test]
fn nothing_is_converted() {
    for (kind, default, value) in [
        ("String", json!("a"), json!(2)),
        ("String", json!("a"), json!("x".repeat(513))),
        ("Boolean", json!(false), json!("true")),
        ("Integer", json!(1), json!("2")),
        ("StringList", json!(["a"]), json!("b")),
    ] {
        let report = run_text(
            &document(kind, default, value.clone()),
            &ScriptedAws::silent(),
        );
        assert_eq!(
            report.automation_execution_status,
            Status::Failed,
            "{kind} {value}"
        );
        let details = find(&report, "Set").failure_details.clone().unwrap();
        assert_eq!(details.failure_stage, "InputValidation");
    }
}

#[test]
fn a_variable_that_is_not_declared_is_found() {
    for name in ["variable:Keep", "Kept"] {
        let text = document("String", json!("a"), json!("b"));
        let text = text.replace("\"variable:Kept\"", &format!("\"{name}\""));
        let found = check(&text);
        assert!(
            found
                .iter()
                .any(|finding| finding.code == "unknown-variable"),
            "{found:?}"
        );
    }
}
