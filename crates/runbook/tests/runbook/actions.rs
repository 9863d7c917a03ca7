use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_runbook::{Clock, FailureKind, Status};

use crate::support::{Reply, ScriptedAws, find, run_text, step, steps};

fn api(action: &str, more_inputs: Value, more: Value) -> String {
    let mut inputs = json!({ "Service": "cloudtrail", "Api": "GetTrailStatus", "Name": "t" });
    for (key, value) in more_inputs.as_object().unwrap() {
        inputs[key] = value.clone();
    }
    steps(json!([step("Look", action, inputs, more)]))
}

#[test]
fn an_operation_is_called_with_every_input_but_its_name() {
    let outputs = json!({ "outputs": [
        { "Name": "Arn", "Selector": "$.Trail.TrailARN", "Type": "String" },
        { "Name": "Multi", "Selector": "$.Trail.Multi", "Type": "Boolean" },
        { "Name": "All", "Selector": "$" , "Type": "StringMap" }
    ] });
    let aws = ScriptedAws::answering(json!({ "Trail": { "TrailARN": "arn:x", "Multi": true } }));
    let report = run_text(
        &api(
            "aws:executeAwsApi",
            json!({ "Deep": { "A": [1] } }),
            outputs,
        ),
        &aws,
    );
    let seen = &aws.seen()[0];
    assert_eq!(seen.api, "cloudtrail:GetTrailStatus");
    assert_eq!(seen.input, json!({ "Name": "t", "Deep": { "A": [1] } }));
    let look = find(&report, "Look");
    assert_eq!(look.outputs["Arn"], ["arn:x"]);
    assert_eq!(look.outputs["Multi"], ["true"]);
    assert_eq!(
        look.outputs["All"],
        [r#"{"Trail":{"Multi":true,"TrailARN":"arn:x"}}"#]
    );
    assert_eq!(look.inputs["Deep"], r#"{"A":[1]}"#);
}

#[test]
fn an_output_that_is_not_there_or_of_another_kind_fails_the_step() {
    let cases = [
        (
            "$.Gone",
            "String",
            "output X ($.Gone): there is nothing in the answer",
        ),
        (
            "$.Null",
            "String",
            "output X ($.Null): there is nothing in the answer",
        ),
        (
            "$.List",
            "String",
            "output X ($.List): the list [\"a\",\"b\"] cannot be taken as String",
        ),
        (
            "$.Text",
            "Integer",
            "output X ($.Text): the text \"t\" cannot be taken as Integer",
        ),
    ];
    for (selector, kind, wanted) in cases {
        let outputs = json!({ "outputs": [{ "Name": "X", "Selector": selector, "Type": kind }] });
        let aws = ScriptedAws::answering(json!({ "Null": null, "List": ["a", "b"], "Text": "t" }));
        let report = run_text(&api("aws:executeAwsApi", json!({}), outputs), &aws);
        let look = find(&report, "Look");
        assert_eq!(look.failure_message.as_deref(), Some(wanted));
        assert_eq!(
            look.failure_details.as_ref().unwrap().failure_stage,
            "PostVerification"
        );
    }
}

#[test]
fn failures_have_the_services_categories() {
    let cases = [
        (FailureKind::Denied, "Permission"),
        (FailureKind::Throttled, "Throttling"),
        (FailureKind::Other, "Action"),
        (FailureKind::NoAnswer, "Internal"),
    ];
    for (kind, wanted) in cases {
        let aws = ScriptedAws::new(move |_, _| Reply::Refuse("Code", kind));
        let report = run_text(&api("aws:executeAwsApi", json!({}), json!({})), &aws);
        let details = find(&report, "Look").failure_details.clone().unwrap();
        assert_eq!(
            (
                details.failure_stage.as_str(),
                details.failure_type.as_str()
            ),
            ("Invocation", wanted)
        );
        assert_eq!(details.details["ErrorCode"], ["Code"]);
    }
}

#[test]
fn an_assertion_compares_texts_and_booleans_as_python_writes_them() {
    let one = json!({ "IsLogging": true, "Name": "main", "Count": 2, "Null": null, "Off": false });
    let many = json!({ "I": [{ "S": "ok" }, { "S": "ok" }], "J": [{ "S": "ok" }, { "S": "bad" }], "K": [] });
    let cases = [
        (&one, "$.IsLogging", json!(["True"]), true),
        (&one, "$.IsLogging", json!([true]), true),
        (&one, "$.IsLogging", json!(["true"]), false),
        (&one, "$.Off", json!(["False"]), true),
        (&one, "$.IsLogging", json!(["False"]), false),
        (&one, "$.Name", json!(["other", "main"]), true),
        (&one, "$.Name", json!(["Main"]), false),
        (&one, "$.Count", json!(["2"]), true),
        (&one, "$.Null", json!([""]), false),
        (&one, "$.Gone", json!(["x"]), false),
        (&many, "$.I..S", json!(["ok"]), true),
        (&many, "$.J..S", json!(["ok"]), false),
        (&many, "$.J..S", json!(["ok", "bad"]), true),
        (&many, "$.K..S", json!(["ok"]), false),
    ];
    for (answer, selector, desired, holds) in cases {
        let aws = ScriptedAws::answering(answer.clone());
        let inputs = json!({ "PropertySelector": selector, "DesiredValues": desired });
        let report = run_text(
            &api("aws:assertAwsResourceProperty", inputs, json!({})),
            &aws,
        );
        assert_eq!(aws.seen()[0].input, json!({ "Name": "t" }));
        let wanted = if holds {
            Status::Success
        } else {
            Status::Failed
        };
        assert_eq!(
            find(&report, "Look").step_status,
            wanted,
            "{selector} {desired}"
        );
    }
}

#[test]
fn a_failed_assertion_says_what_it_saw() {
    let aws = ScriptedAws::answering(json!({ "IsLogging": false }));
    let inputs = json!({ "PropertySelector": "$.IsLogging", "DesiredValues": ["True"] });
    let report = run_text(
        &api("aws:assertAwsResourceProperty", inputs, json!({})),
        &aws,
    );
    let look = find(&report, "Look");
    assert_eq!(
        look.failure_message.as_deref(),
        Some("$.IsLogging is the boolean false; wanted True")
    );
    let details = look.failure_details.as_ref().unwrap();
    assert_eq!(
        (
            details.failure_stage.as_str(),
            details.failure_type.as_str()
        ),
        ("PostVerification", "Verification")
    );
}

#[test]
fn a_wait_looks_again_until_the_value_is_there() {
    let aws = ScriptedAws::new(|number, _| Reply::Answer(json!({ "IsLogging": number == 3 })));
    let began = aws.clock.now();
    let inputs = json!({ "PropertySelector": "$.IsLogging", "DesiredValues": ["True"] });
    let report = run_text(
        &api("aws:waitForAwsResourceProperty", inputs, json!({})),
        &aws,
    );
    assert_eq!(report.automation_execution_status, Status::Success);
    assert_eq!(aws.seen().len(), 4);
    assert_eq!(
        aws.clock.now().duration_since(began),
        SignedDuration::from_secs(15)
    );
}

#[test]
fn a_wait_gives_up_at_its_timeout_or_after_an_hour() {
    for (more, seconds) in [(json!({ "timeoutSeconds": 12 }), 12), (json!({}), 3600)] {
        let aws = ScriptedAws::answering(json!({}));
        let began = aws.clock.now();
        let inputs = json!({ "PropertySelector": "$.X", "DesiredValues": ["y"] });
        let report = run_text(&api("aws:waitForAwsResourceProperty", inputs, more), &aws);
        assert_eq!(report.automation_execution_status, Status::TimedOut);
        assert_eq!(
            aws.clock.now().duration_since(began),
            SignedDuration::from_secs(seconds)
        );
    }
}

#[test]
fn an_answer_behind_the_actions_own_limit_is_too_late() {
    let lambda = json!({ "FunctionName": "f" });
    let cases = [
        (api("aws:executeAwsApi", json!({}), json!({})), 25),
        (
            steps(json!([step(
                "Look",
                "aws:invokeLambdaFunction",
                lambda,
                json!({})
            )])),
            300,
        ),
    ];
    for (text, limit) in cases {
        for (late, wanted) in [(0, Status::Success), (1, Status::TimedOut)] {
            let aws = ScriptedAws::new(move |_, _| {
                Reply::Late(limit + late, json!({ "StatusCode": 200 }))
            });
            let report = run_text(&text, &aws);
            assert_eq!(
                report.automation_execution_status, wanted,
                "{limit} + {late}"
            );
        }
    }
}

fn lambda(inputs: Value, outputs: Value) -> String {
    let mut all = json!({ "FunctionName": "f" });
    for (key, value) in inputs.as_object().unwrap() {
        all[key] = value.clone();
    }
    steps(json!([step(
        "Do",
        "aws:invokeLambdaFunction",
        all,
        json!({ "outputs": outputs })
    )]))
}

#[test]
fn a_function_gets_its_payload_as_text() {
    let cases = [
        (json!({ "Payload": "{\"a\": 1}" }), json!("{\"a\": 1}")),
        (
            json!({ "InputPayload": { "a": true, "b": ["x"] } }),
            json!("{\"a\":true,\"b\":[\"x\"]}"),
        ),
        (
            json!({ "InputPayload": { "a": 1 }, "Payload": "{}" }),
            json!("{\"a\":1}"),
        ),
        (json!({}), Value::Null),
    ];
    for (inputs, wanted) in cases {
        let aws = ScriptedAws::answering(json!({ "StatusCode": 200, "Payload": "null" }));
        run_text(&lambda(inputs, json!([])), &aws);
        let seen = &aws.seen()[0];
        assert_eq!(seen.api, "lambda:Invoke");
        assert_eq!(seen.input["FunctionName"], "f");
        assert_eq!(seen.input["Payload"], wanted);
        assert_eq!(seen.input.get("InputPayload"), None);
    }
}

#[test]
fn the_selectors_of_a_function_look_into_its_answer() {
    let payload = json!({ "outcome": "repaired", "changes": ["a: b"], "none": "" }).to_string();
    let answer = json!({ "StatusCode": 200, "Payload": payload, "LogResult": "bG9n" });
    let outputs = json!([
        { "Name": "outcome", "Selector": "$.outcome", "Type": "String" },
        { "Name": "changes", "Selector": "$.changes", "Type": "StringList" },
        { "Name": "none", "Selector": "$.none", "Type": "String" },
        { "Name": "all", "Selector": "$", "Type": "StringMap" }
    ]);
    let report = run_text(&lambda(json!({}), outputs), &ScriptedAws::answering(answer));
    let found = &find(&report, "Do").outputs;
    assert_eq!(found["outcome"], ["repaired"]);
    assert_eq!(found["changes"], ["a: b"]);
    assert_eq!(found["none"], [""]);
    assert_eq!(found["StatusCode"], ["200"]);
    assert_eq!(found["LogResult"], ["bG9n"]);
    assert_eq!(found["Payload"], [payload]);
    assert!(!found.contains_key("FunctionError"));
}

#[test]
fn p25_a_function_error_fails_the_step_and_keeps_what_was_answered() {
    let payload = json!({ "errorType": "partly-repaired", "errorMessage": "half\n{}" }).to_string();
    let answer = json!({ "StatusCode": 200, "FunctionError": "Unhandled", "Payload": payload });
    let report = run_text(
        &lambda(json!({}), json!([])),
        &ScriptedAws::answering(answer),
    );
    let step = find(&report, "Do");
    assert_eq!(step.step_status, Status::Failed);
    assert_eq!(
        step.failure_message.as_deref(),
        Some("function f failed (Unhandled): partly-repaired: half\n{}")
    );
    assert_eq!(step.outputs["FunctionError"], ["Unhandled"]);
    assert_eq!(step.outputs["Payload"], [payload]);
    assert_eq!(report.automation_execution_status, Status::Failed);
}

#[test]
fn an_answer_over_200_kilobytes_fails_the_step() {
    let payload = json!("x".repeat(200 * 1024)).to_string();
    let answer = json!({ "StatusCode": 200, "Payload": payload });
    let report = run_text(
        &lambda(json!({}), json!([])),
        &ScriptedAws::answering(answer),
    );
    assert!(
        find(&report, "Do")
            .failure_message
            .as_ref()
            .unwrap()
            .contains("at most 204800")
    );
}

#[test]
fn a_sleep_takes_its_time() {
    let cases = [
        (json!({ "Duration": "PT10M" }), 600),
        (json!({ "Duration": "P1DT1H" }), 90_000),
        (json!({ "Timestamp": "2026-03-02T10:00:00Z" }), 168),
        (json!({ "Timestamp": "2026-03-02T09:00:00Z" }), 0),
    ];
    for (inputs, seconds) in cases {
        let aws = ScriptedAws::silent();
        let began = aws.clock.now();
        let text = steps(json!([step(
            "Rest",
            "aws:sleep",
            inputs.clone(),
            json!({})
        )]));
        let report = run_text(&text, &aws);
        assert_eq!(report.automation_execution_status, Status::Success);
        let took = aws.clock.now().duration_since(began);
        assert_eq!(took, SignedDuration::from_secs(seconds), "{inputs}");
    }
}
