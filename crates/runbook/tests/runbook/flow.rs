use serde_json::{Value, json};
use trailkeeper_runbook::{FailureKind, Status};

use crate::support::{Reply, ScriptedAws, call, find, path, run_text, sleep, step, steps};

/// Calls are refused; sleeps work.
fn failing() -> ScriptedAws {
    ScriptedAws::new(|_, _| Reply::Refuse("NoSuchTrail", FailureKind::Other))
}

#[test]
fn what_follows_a_step_and_how_the_run_ends() {
    let cases = [
        (
            "order",
            json!([sleep("A", json!({})), sleep("B", json!({}))]),
            "A Success, B Success",
            Status::Success,
        ),
        (
            "nextStep skips",
            json!([
                sleep("A", json!({"nextStep": "C"})),
                sleep("B", json!({})),
                sleep("C", json!({}))
            ]),
            "A Success, C Success",
            Status::Success,
        ),
        (
            "isEnd",
            json!([sleep("A", json!({"isEnd": true})), sleep("B", json!({}))]),
            "A Success",
            Status::Success,
        ),
        (
            "quoted isEnd",
            json!([sleep("A", json!({"isEnd": "true"})), sleep("B", json!({}))]),
            "A Success",
            Status::Success,
        ),
        (
            "abort",
            json!([call("A", json!({})), sleep("B", json!({}))]),
            "A Failed",
            Status::Failed,
        ),
        (
            "abort of a step that does not count",
            json!([
                call("A", json!({"isCritical": false})),
                sleep("B", json!({}))
            ]),
            "A Failed",
            Status::Success,
        ),
        (
            "continue, which does not count by itself",
            json!([
                call("A", json!({"onFailure": "Continue"})),
                sleep("B", json!({}))
            ]),
            "A Failed, B Success",
            Status::Success,
        ),
        (
            "continue that counts",
            json!([
                call("A", json!({"onFailure": "Continue", "isCritical": "true"})),
                sleep("B", json!({}))
            ]),
            "A Failed, B Success",
            Status::Failed,
        ),
        (
            "continue to nextStep",
            json!([
                call("A", json!({"onFailure": "Continue", "nextStep": "C"})),
                sleep("B", json!({})),
                sleep("C", json!({}))
            ]),
            "A Failed, C Success",
            Status::Success,
        ),
        (
            "to a step, and the run still fails",
            json!([
                call("A", json!({"onFailure": "step:C"})),
                sleep("B", json!({})),
                sleep("C", json!({}))
            ]),
            "A Failed, C Success",
            Status::Failed,
        ),
        (
            "to a step, and the failure does not count",
            json!([
                call("A", json!({"onFailure": "step:C", "isCritical": false})),
                sleep("B", json!({})),
                sleep("C", json!({}))
            ]),
            "A Failed, C Success",
            Status::Success,
        ),
        (
            "the end is the end after a failure too",
            json!([
                call("A", json!({"onFailure": "Continue", "isEnd": true})),
                sleep("B", json!({}))
            ]),
            "A Failed",
            Status::Success,
        ),
    ];
    for (what, list, wanted, status) in cases {
        let report = run_text(&steps(list), &failing());
        assert_eq!(path(&report).join(", "), wanted, "{what}");
        assert_eq!(report.automation_execution_status, status, "{what}");
    }
}

#[test]
fn a_step_that_is_not_reached_stays_pending() {
    let text = steps(json!([
        sleep("A", json!({"isEnd": true})),
        sleep("B", json!({}))
    ]));
    let report = run_text(&text, &failing());
    let never = find(&report, "B");
    assert_eq!(never.step_status, Status::Pending);
    assert_eq!(
        (never.execution_start_time, never.execution_end_time),
        (None, None)
    );
}

#[test]
fn the_run_says_which_step_failed_and_why() {
    let report = run_text(&steps(json!([call("A", json!({}))])), &failing());
    let message = "cloudtrail GetTrail failed: NoSuchTrail: no";
    assert_eq!(find(&report, "A").failure_message.as_deref(), Some(message));
    assert_eq!(report.failure_message, Some(format!("step A: {message}")));
}

#[test]
fn a_step_that_runs_again_gets_a_record_of_its_own() {
    let get = json!({ "Service": "s", "Api": "Get" });
    let outputs = json!({ "outputs": [{ "Name": "n", "Selector": "$.n", "Type": "Integer" }] });
    let again = json!({
        "Choices": [{ "Variable": "{{ Get.n }}", "NumericLesser": 2, "NextStep": "Get" }]
    });
    let text = steps(json!([
        step("Get", "aws:executeAwsApi", get, outputs),
        step("Again", "aws:branch", again, json!({"isEnd": true}))
    ]));
    let aws = ScriptedAws::new(|number, _| Reply::Answer(json!({ "n": number })));
    let report = run_text(&text, &aws);
    let records: Vec<(&str, Option<&Vec<String>>)> = report
        .step_executions
        .iter()
        .map(|record| (record.step_name.as_str(), record.outputs.get("n")))
        .collect();
    let n = |value: &str| vec![value.to_owned()];
    let (zero, one, two) = (n("0"), n("1"), n("2"));
    let wanted = [
        ("Get", Some(&zero)),
        ("Again", None),
        ("Get", Some(&one)),
        ("Again", None),
        ("Get", Some(&two)),
        ("Again", None),
    ];
    assert_eq!(records, wanted);
    let ids: std::collections::BTreeSet<&str> = report
        .step_executions
        .iter()
        .map(|record| record.step_execution_id.as_str())
        .collect();
    assert_eq!(ids.len(), report.step_executions.len());
}

#[test]
fn a_run_in_circles_is_ended() {
    let text = steps(json!([sleep("A", json!({"nextStep": "A"}))]));
    let report = run_text(&text, &ScriptedAws::silent());
    assert_eq!(report.automation_execution_status, Status::Failed);
    assert!(report.failure_message.unwrap().contains("goes in circles"));
}

#[test]
fn an_action_that_cannot_be_run_is_refused_before_the_first_step() {
    let script = json!({ "Runtime": "python3.11", "Handler": "f", "Script": "def f(e, c): pass" });
    let text = steps(json!([
        call("First", json!({})),
        step("Script", "aws:executeScript", script, json!({}))
    ]));
    let aws = ScriptedAws::silent();
    let error = crate::support::try_run(&text, &[], &aws).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the document cannot be run here: step Script is an aws:executeScript step; run it in \
         SSM, or replace these steps"
    );
    assert_eq!(aws.seen(), []);
}

#[test]
fn a_reference_to_a_step_that_did_not_run_fails_the_step_that_refers() {
    let uses = json!({ "Service": "s", "Api": "Get", "X": "{{ Never.Y }}" });
    let declares = json!({ "outputs": [{ "Name": "Y", "Selector": "$.y" }] });
    let text = steps(json!([
        step(
            "Uses",
            "aws:executeAwsApi",
            uses,
            json!({"isEnd": true, "maxAttempts": 5})
        ),
        call("Never", declares)
    ]));
    let report = run_text(&text, &ScriptedAws::silent());
    let failed = find(&report, "Uses");
    assert_eq!(
        failed.failure_message.as_deref(),
        Some("{{ Never.Y }} has no value: the step has not run")
    );
    let details = failed.failure_details.as_ref().unwrap();
    assert_eq!(details.failure_stage, "InputValidation");
    assert_eq!(details.details["Reference"], ["Never.Y"]);
}

#[test]
fn a_timed_out_run_is_timed_out_unless_something_failed() {
    let late = || {
        ScriptedAws::new(|number, _| match number {
            0 => Reply::Late(60, json!({})),
            _ => Reply::Refuse("Broken", FailureKind::Other),
        })
    };
    let cases = [
        (
            json!([call("A", json!({"timeoutSeconds": 10}))]),
            "A TimedOut",
            Status::TimedOut,
        ),
        (
            json!([call(
                "A",
                json!({"timeoutSeconds": 10, "isCritical": false})
            )]),
            "A TimedOut",
            Status::Success,
        ),
        (
            json!([
                call("A", json!({"timeoutSeconds": 10, "onFailure": "step:B"})),
                call("B", json!({}))
            ]),
            "A TimedOut, B Failed",
            Status::Failed,
        ),
    ];
    for (list, wanted, status) in cases {
        let report = run_text(&steps(list), &late());
        assert_eq!(path(&report).join(", "), wanted);
        assert_eq!(report.automation_execution_status, status, "{wanted}");
    }
}

#[test]
fn global_values_are_those_of_the_moment_and_place() {
    let inputs: Value = json!({
        "Service": "s", "Api": "Do",
        "A": "{{ global:ACCOUNT_ID }} {{ global:AWS_PARTITION }} {{ global:REGION }}",
        "D": "{{ global:DATE }} {{ global:DATE_TIME }}",
        "I": "{{ automation:EXECUTION_ID }}",
        "V": "{{ variable:Color }}"
    });
    let text = json!({
        "schemaVersion": "0.3",
        "variables": { "Color": { "type": "String", "default": "red" } },
        "mainSteps": [sleep("Rest", json!({})), step("Do", "aws:executeAwsApi", inputs, json!({}))]
    });
    let aws = ScriptedAws::answering(json!({}));
    let report = run_text(&text.to_string(), &aws);
    let call = &aws.seen()[0];
    assert_eq!(
        call.input,
        json!({
            "A": "111122223333 aws eu-central-1",
            "D": "2026-03-02 2026-03-02_09.57.13",
            "I": crate::support::EXECUTION_ID,
            "V": "red"
        })
    );
    assert_eq!(call.region, "eu-central-1");
    assert_eq!(report.variables["Color"], ["red"]);
}
