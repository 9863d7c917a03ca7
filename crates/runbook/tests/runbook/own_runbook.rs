//! `runbooks/restore-cloudtrail.yaml`, end to end.

use serde_json::{Value, json};
use trailkeeper_runbook::{
    AutomationExecution, DataType, Execution, FailureKind, Need, Status, check, load,
};

use crate::support::{EXECUTION_ID, Reply, ScriptedAws, Seen, find, path, run_with};

const RUNBOOK: &str = include_str!("../../../../runbooks/restore-cloudtrail.yaml");
const ARN: &str = "arn:aws:cloudtrail:eu-central-1:111122223333:trail/main";
const REQUIRED: [(&str, &[&str]); 2] = [
    ("CloudTrailName", &["main"]),
    ("CloudTrailS3BucketName", &["audit-logs"]),
];

fn result(outcome: &str, region: &str) -> Value {
    let list = if outcome == "planned" {
        vec!["logging: off, wanted on"]
    } else {
        Vec::new()
    };
    json!({
        "outcome": outcome, "trailArn": ARN, "trailRegion": region, "actor": "", "gapStart": "",
        "gapEnd": "", "changes": list, "steps": list, "notes": [], "remaining": []
    })
}

fn invoked(result: &Value) -> Reply {
    Reply::Answer(json!({ "StatusCode": 200, "LogResult": "", "Payload": result.to_string() }))
}

fn failed(kind: &str) -> Reply {
    let payload = json!({ "errorType": kind, "errorMessage": "it did not work\n{}" });
    Reply::Answer(json!({
        "StatusCode": 200, "FunctionError": "Unhandled", "Payload": payload.to_string()
    }))
}

/// A remediator that tells these outcomes one after the other; CloudTrail says the trail logs.
fn account(outcomes: &'static [&'static str], region: &'static str) -> ScriptedAws {
    ScriptedAws::new(move |number, seen| match seen.api.as_str() {
        "lambda:Invoke" => match outcomes[number] {
            "broken" => failed("partly-repaired"),
            outcome => invoked(&result(outcome, region)),
        },
        "cloudtrail:GetTrailStatus" => Reply::Answer(json!({ "IsLogging": true })),
        other => panic!("{other} was not expected"),
    })
}

fn run(aws: &ScriptedAws, more: &[(&str, &[&str])]) -> AutomationExecution {
    let mut parameters = REQUIRED.to_vec();
    parameters.extend_from_slice(more);
    run_with(RUNBOOK, &parameters, aws)
}

fn payload(seen: &Seen) -> Value {
    serde_json::from_str(seen.input["Payload"].as_str().unwrap()).unwrap()
}

#[test]
fn it_is_clean() {
    assert_eq!(check(RUNBOOK), []);
}

#[test]
fn its_parameters_are_the_agreed_ones() {
    let document = load(RUNBOOK).unwrap();
    let parameters: Vec<(&str, &str, Value)> = document
        .parameters
        .iter()
        .map(|parameter| {
            let default = parameter
                .default
                .as_ref()
                .map_or(Value::Null, |node| node.to_json());
            (
                parameter.name.as_str(),
                parameter.data_type.as_str(),
                default,
            )
        })
        .collect();
    let both = json!(["ApiCallRateInsight", "ApiErrorRateInsight"]);
    let wanted = [
        ("CloudTrailName", "String", Value::Null),
        (
            "CloudTrailS3BucketName",
            "AWS::S3::Bucket::Name",
            Value::Null,
        ),
        ("CloudTrailKmsKeyId", "String", json!("")),
        ("AutomationAssumeRole", "AWS::IAM::Role::Arn", json!("")),
        ("IsMultiRegionTrail", "Boolean", json!(true)),
        ("IsOrganizationTrail", "Boolean", json!(true)),
        ("IncludeGlobalServiceEvents", "Boolean", json!(true)),
        ("EnableLogFileValidation", "Boolean", json!(true)),
        ("InsightTypes", "StringList", both),
        ("S3KeyPrefix", "String", json!("")),
        ("SnsTopicName", "String", json!("")),
        ("CloudWatchLogsLogGroupArn", "String", json!("")),
        ("CloudWatchLogsRoleArn", "String", json!("")),
        ("CloudTrailS3BucketOwner", "String", json!("")),
        ("ConvertToOrganizationTrail", "Boolean", json!(false)),
        ("AdoptExistingTrail", "Boolean", json!(false)),
        ("RepairKey", "Boolean", json!(false)),
        ("BaselineSha256", "String", json!("")),
        ("RecreateBucket", "Boolean", json!(false)),
        (
            "RemediatorFunctionName",
            "String",
            json!("trailkeeper-remediator"),
        ),
        ("Mode", "String", json!("Apply")),
    ];
    assert_eq!(parameters, wanted);
}

#[test]
fn its_parameters_speak_to_an_operator_and_its_steps_leave_nothing_to_defaults() {
    assert_explained(RUNBOOK);
    assert_explicit(RUNBOOK);
}

/// The parameters speak to an operator and their patterns are anchored.
pub(crate) fn assert_explained(runbook: &str) {
    for parameter in load(runbook).unwrap().parameters {
        let head = if parameter.default.is_some() {
            "(Optional) "
        } else {
            "(Required) "
        };
        assert!(
            parameter.description.starts_with(head),
            "{}",
            parameter.name
        );
        if let Some(pattern) = &parameter.allowed_pattern {
            assert!(
                pattern.starts_with('^') && pattern.ends_with('$'),
                "{pattern}"
            );
        }
        let free = parameter.data_type == DataType::named("String").unwrap();
        let checked = parameter.allowed_pattern.is_some() || !parameter.allowed_values.is_empty();
        assert!(!free || checked, "{} takes any text", parameter.name);
    }
}

/// The steps leave nothing to defaults.
pub(crate) fn assert_explicit(runbook: &str) {
    let node = trailkeeper_runbook::parse(runbook).unwrap();
    for step in node.get("mainSteps").unwrap().items() {
        let action = step.get("action").unwrap().text();
        let at_once = matches!(action, Some("aws:branch" | "aws:sleep"));
        for key in [
            "onFailure",
            "onCancel",
            "isCritical",
            "isEnd",
            "timeoutSeconds",
            "maxAttempts",
        ] {
            let timed = matches!(key, "timeoutSeconds" | "maxAttempts");
            assert!(step.get(key).is_some() || (at_once && timed), "{key}");
        }
    }
}

#[test]
fn a_broken_trail_is_repaired_verified_and_confirmed() {
    let aws = account(&["planned", "repaired", "already-healthy"], "eu-central-1");
    let report = run(&aws, &[]);
    assert_eq!(report.automation_execution_status, Status::Success);
    assert_eq!(
        path(&report),
        [
            "Assess Success",
            "Decide Success",
            "Repair Success",
            "Verify Success",
            "DecideVerified Success",
            "ConfirmLogging Success"
        ]
    );
    assert_eq!(report.outputs["Repair.outcome"], ["repaired"]);
    assert_eq!(
        report.outputs["Assess.changes"],
        ["logging: off, wanted on"]
    );
    assert_eq!(report.outputs["Repair.trailArn"], [ARN]);
    let calls = aws.seen();
    let modes: Vec<Value> = calls[..3]
        .iter()
        .map(|seen| payload(seen)["Mode"].clone())
        .collect();
    assert_eq!(modes, ["Plan", "Apply", "Plan"]);
    assert_eq!(calls[3].input, json!({ "Name": ARN }));
    assert_eq!(calls[0].input["FunctionName"], "trailkeeper-remediator");
}

#[test]
fn the_remediator_gets_typed_values() {
    let aws = account(&["already-healthy"], "eu-central-1");
    run(
        &aws,
        &[
            ("RepairKey", &["True"]),
            ("InsightTypes", &["ApiErrorRateInsight"]),
        ],
    );
    let wanted = json!({
        "CloudTrailName": "main",
        "CloudTrailS3BucketName": "audit-logs",
        "CloudTrailKmsKeyId": "",
        "IsMultiRegionTrail": true,
        "IsOrganizationTrail": true,
        "IncludeGlobalServiceEvents": true,
        "EnableLogFileValidation": true,
        "InsightTypes": ["ApiErrorRateInsight"],
        "S3KeyPrefix": "",
        "SnsTopicName": "",
        "CloudWatchLogsLogGroupArn": "",
        "CloudWatchLogsRoleArn": "",
        "CloudTrailS3BucketOwner": "",
        "ConvertToOrganizationTrail": false,
        "AdoptExistingTrail": false,
        "RepairKey": true,
        "BaselineSha256": "",
        "RecreateBucket": false,
        "Mode": "Plan",
        "executionId": EXECUTION_ID
    });
    assert_eq!(payload(&aws.seen()[0]), wanted);
}

#[test]
fn nothing_is_written_where_nothing_is_to_be_done() {
    let plan: &[(&str, &[&str])] = &[("Mode", &["Plan"])];
    for (answers, more) in [
        (&["already-healthy"], &[][..]),
        (&["not-ours"], &[]),
        (&["repairs-exhausted"], &[]),
        (&["planned"], plan),
    ] {
        let aws = account(answers, "eu-central-1");
        let [outcome] = *answers;
        let report = run(&aws, more);
        assert_eq!(report.automation_execution_status, Status::Success);
        assert_eq!(
            path(&report),
            ["Assess Success", "Decide Success"],
            "{outcome}"
        );
        assert_eq!(report.outputs["Assess.outcome"], [outcome]);
        assert_eq!(payload(&aws.seen()[0])["Mode"], "Plan");
    }
}

#[test]
fn a_remediator_that_fails_fails_the_run() {
    let aws = account(&["planned", "broken", "broken"], "eu-central-1");
    let report = run(&aws, &[]);
    assert_eq!(report.automation_execution_status, Status::Failed);
    assert_eq!(
        path(&report),
        ["Assess Success", "Decide Success", "Repair Failed"]
    );
    let message = find(&report, "Repair").failure_message.clone().unwrap();
    assert_eq!(
        message,
        "function trailkeeper-remediator failed (Unhandled): partly-repaired: it did not work\n{}"
    );
    assert_eq!(
        report.failure_message,
        Some(format!("step Repair: {message}"))
    );
}

#[test]
fn a_repair_that_fails_once_is_tried_again() {
    let aws = account(
        &["planned", "broken", "repaired", "already-healthy"],
        "eu-central-1",
    );
    assert_eq!(run(&aws, &[]).automation_execution_status, Status::Success);
}

#[test]
fn a_trail_that_verify_does_not_find_healthy_fails_the_run() {
    let aws = account(&["planned", "repaired", "planned"], "eu-central-1");
    let report = run(&aws, &[]);
    assert_eq!(report.automation_execution_status, Status::Failed);
    assert_eq!(path(&report).last().unwrap(), "FailNotHealthy Failed");
    let message = report.failure_message.unwrap();
    assert!(message.contains("it said planned"), "{message}");
}

#[test]
fn a_trail_of_another_region_is_not_asked_for_here() {
    let aws = account(&["planned", "repaired", "already-healthy"], "us-east-1");
    let report = run(&aws, &[]);
    assert_eq!(report.automation_execution_status, Status::Success);
    assert_eq!(path(&report).last().unwrap(), "DecideVerified Success");
    assert!(aws.seen().iter().all(|seen| seen.api == "lambda:Invoke"));
}

#[test]
fn a_trail_that_cloudtrail_says_is_stopped_fails_the_run() {
    let aws = ScriptedAws::new(|number, _| match number {
        0 => invoked(&result("planned", "eu-central-1")),
        1 => invoked(&result("repaired", "eu-central-1")),
        2 => invoked(&result("already-healthy", "eu-central-1")),
        _ => Reply::Answer(json!({ "IsLogging": false })),
    });
    let report = run(&aws, &[]);
    assert_eq!(report.automation_execution_status, Status::Failed);
    assert_eq!(path(&report).last().unwrap(), "ConfirmLogging Failed");
}

#[test]
fn p23_a_trail_that_is_gone_is_not_a_trail_that_is_stopped() {
    let aws = ScriptedAws::new(|number, _| match number {
        0 => invoked(&result("planned", "eu-central-1")),
        1 => invoked(&result("repaired", "eu-central-1")),
        2 => invoked(&result("already-healthy", "eu-central-1")),
        _ => Reply::Refuse("TrailNotFoundException", FailureKind::Other),
    });
    let report = run(&aws, &[]);
    assert_eq!(report.automation_execution_status, Status::Failed);
    let confirm = find(&report, "ConfirmLogging");
    let details = confirm.failure_details.clone().unwrap();
    assert_eq!(details.failure_type, "Action");
    assert_eq!(details.details["ErrorCode"], ["TrailNotFoundException"]);
}

#[test]
fn a_denied_invoke_and_a_function_that_hangs_end_the_run_before_any_write() {
    let denied =
        ScriptedAws::new(|_, _| Reply::Refuse("AccessDeniedException", FailureKind::Denied));
    let report = run(&denied, &[]);
    assert_eq!(path(&report), ["Assess Failed"]);
    let details = find(&report, "Assess").failure_details.clone().unwrap();
    assert_eq!(details.failure_type, "Permission");

    let hanging = ScriptedAws::new(|_, _| Reply::Late(301, json!({})));
    let report = run(&hanging, &[]);
    assert_eq!(path(&report), ["Assess TimedOut"]);
    assert_eq!(report.automation_execution_status, Status::TimedOut);
    assert_eq!(hanging.seen().len(), 3);
}

#[test]
fn a_run_cancelled_during_repair_ends_there() {
    let now = "2026-03-02T09:57:12Z".parse().unwrap();
    let start = crate::support::start(&REQUIRED);
    let mut execution = Execution::start(load(RUNBOOK).unwrap(), start, now).unwrap();
    execution.next(now);
    let assessed = result("planned", "eu-central-1").to_string();
    execution.answer(Ok(json!({ "StatusCode": 200, "Payload": assessed })), now);
    assert!(matches!(execution.next(now), Need::Call(call) if call.api == "Invoke"));
    execution.cancel(now);
    let report = execution.report();
    assert_eq!(report.automation_execution_status, Status::Cancelled);
    assert_eq!(find(&report, "Repair").step_status, Status::Cancelled);
    assert_eq!(find(&report, "Verify").step_status, Status::Pending);
}

#[test]
fn odd_names_are_refused_before_the_first_step() {
    let cases: [(&str, &[&str]); 7] = [
        ("CloudTrailName", &["-x"]),
        ("CloudTrailName", &["a; rm"]),
        ("CloudTrailS3BucketName", &["Logs"]),
        ("CloudTrailS3BucketOwner", &["123"]),
        ("RemediatorFunctionName", &["f g"]),
        ("Mode", &["plan"]),
        ("InsightTypes", &["All"]),
    ];
    for case in cases {
        let mut parameters = REQUIRED.to_vec();
        parameters.retain(|(name, _)| *name != case.0);
        parameters.push(case);
        let error = crate::support::try_run(RUNBOOK, &parameters, &ScriptedAws::silent());
        assert!(error.is_err(), "{case:?}");
    }
}
