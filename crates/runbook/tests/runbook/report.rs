use serde_json::{Value, json};

use crate::support::{ScriptedAws, execution, run_with, sleep, step, steps};

fn document() -> String {
    let get = json!({ "Service": "s", "Api": "Get", "Flag": true, "Name": "{{ Name }}" });
    let outputs = json!({
        "outputs": [{ "Name": "List", "Selector": "$.list", "Type": "StringList" }],
        "timeoutSeconds": 30, "onFailure": "step:Rest"
    });
    json!({
        "schemaVersion": "0.3",
        "parameters": { "Name": { "type": "String" } },
        "mainSteps": [
            step("Get", "aws:executeAwsApi", get, outputs),
            sleep("Rest", json!({ "isEnd": true })),
            sleep("Never", json!({ "outputs": [] }))
        ],
        "outputs": ["Get.List", "{{ Never.Nothing }}"]
    })
    .to_string()
}

#[test]
fn a_run_is_printed_as_the_aws_cli_prints_it() {
    let aws = ScriptedAws::answering(json!({ "list": ["a", "b"] }));
    let report = run_with(&document(), &[("Name", &["n"])], &aws);
    let wanted = r#"{
    "AutomationExecution": {
        "AutomationExecutionId": "11111111-2222-4333-8444-555555555555",
        "DocumentName": "Test",
        "DocumentVersion": "1",
        "ExecutionStartTime": "2026-03-02T09:57:12+00:00",
        "ExecutionEndTime": "2026-03-02T09:57:13+00:00",
        "AutomationExecutionStatus": "Success",
        "StepExecutions": [
            {
                "StepName": "Get",
                "Action": "aws:executeAwsApi",
                "TimeoutSeconds": 30,
                "OnFailure": "step:Rest",
                "MaxAttempts": 1,
                "ExecutionStartTime": "2026-03-02T09:57:12+00:00",
                "ExecutionEndTime": "2026-03-02T09:57:12+00:00",
                "StepStatus": "Success",
                "Inputs": {
                    "Api": "Get",
                    "Flag": "true",
                    "Name": "n",
                    "Service": "s"
                },
                "Outputs": {
                    "List": [
                        "a",
                        "b"
                    ]
                },
                "StepExecutionId": "00000000-0000-4000-8000-000000000001",
                "OverriddenParameters": {},
                "IsEnd": false,
                "NextStep": "Rest",
                "IsCritical": true,
                "ValidNextSteps": [
                    "Rest"
                ]
            },
"#;
    let printed = report.to_cli_text();
    assert!(printed.starts_with(wanted), "{printed}");
    let end = r#"        "StepExecutionsTruncated": false,
        "Parameters": {
            "Name": [
                "n"
            ]
        },
        "Outputs": {
            "Get.List": [
                "a",
                "b"
            ],
            "Never.Nothing": [
                "No output available yet because the step is not successfully executed"
            ]
        },
        "Mode": "Auto",
        "ExecutedBy": "arn:aws:iam::111122223333:user/op",
        "Targets": [],
        "ResolvedTargets": {
            "ParameterValues": [],
            "Truncated": false
        }
    }
}"#;
    assert!(printed.ends_with(end), "{printed}");
}

#[test]
fn on_the_wire_times_are_seconds() {
    let aws = ScriptedAws::answering(json!({ "list": [] }));
    let report = run_with(&document(), &[("Name", &["n"])], &aws);
    let wire = report.to_wire();
    let execution = &wire["AutomationExecution"];
    assert_eq!(execution["ExecutionStartTime"], json!(1_772_445_432.0));
    assert_eq!(
        execution["StepExecutions"][1]["ExecutionEndTime"],
        json!(1_772_445_433.0)
    );
    assert_eq!(execution["StepExecutions"][2]["StepStatus"], "Pending");
    assert_eq!(
        execution["StepExecutions"][2].get("ExecutionStartTime"),
        None
    );
}

#[test]
fn a_run_under_way_names_its_step() {
    let aws = ScriptedAws::silent();
    let mut execution = execution(&steps(json!([sleep("A", json!({}))])), &aws);
    let now = "2026-03-02T09:57:12.5Z".parse().unwrap();
    execution.next(now);
    let report = execution.report();
    let printed: Value = serde_json::from_str(&report.to_cli_text()).unwrap();
    let printed = &printed["AutomationExecution"];
    assert_eq!(printed["AutomationExecutionStatus"], "InProgress");
    assert_eq!(printed["CurrentStepName"], "A");
    assert_eq!(printed["CurrentAction"], "aws:sleep");
    assert_eq!(printed.get("ExecutionEndTime"), None);
    execution.cancel(now);
    assert_eq!(
        execution.report().to_wire()["AutomationExecution"]["ExecutionEndTime"],
        json!(1_772_445_432.5)
    );
    assert!(
        execution
            .report()
            .to_cli_text()
            .contains("2026-03-02T09:57:12.500000+00:00")
    );
}
