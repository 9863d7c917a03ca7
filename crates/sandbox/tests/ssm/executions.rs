use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::{Account, with};

#[tokio::test]
async fn starts_are_checked() {
    let account = Account::with_document().await;
    let (validation, invalid) = (
        "ValidationException",
        "InvalidAutomationExecutionParametersException",
    );
    let start =
        |member: &str, value: Value| with(json!({"DocumentName": "Wait-Some"}), member, value);
    let given = |name: &str, values: Value| start("Parameters", json!({name: values}));
    let cases = [
        (json!({}), validation),
        (
            start("DocumentName", json!("Nobody")),
            "AutomationDefinitionNotFoundException",
        ),
        (
            start("DocumentVersion", json!("2")),
            "AutomationDefinitionVersionNotFoundException",
        ),
        (start("Parameters", json!({})), validation),
        (given("Time", json!([""])), validation),
        (given("Time", json!(["x".repeat(513)])), validation),
        (given("Time", json!(vec!["PT1M"; 51])), validation),
        (given(&"n".repeat(51), json!(["v"])), validation),
        (given("Time", json!("PT1M")), "SerializationException"),
        (given("Tide", json!(["PT1M"])), invalid),
        (given("Time", json!(["soon"])), invalid),
        (given("Time", json!(["PT1M", "PT2M"])), invalid),
        (given("Time", json!([])), invalid),
        (given("Count", json!(["many"])), invalid),
        (start("Mode", json!("Fast")), validation),
        (start("ClientToken", json!("short")), validation),
        (start("ClientToken", json!("x".repeat(36))), validation),
        (
            start("Mode", json!("Interactive")),
            "NotImplementedException",
        ),
        (start("Targets", json!([])), "NotImplementedException"),
    ];
    for (input, code) in cases {
        account
            .refuses("StartAutomationExecution", input, code)
            .await;
    }
    let none = account
        .good("DescribeAutomationExecutions", json!({}))
        .await;
    assert_eq!(none["AutomationExecutionMetadataList"], json!([]));
}

#[tokio::test]
async fn an_execution_waits_for_its_turn_and_then_runs() {
    let account = Account::with_document().await;
    let id = account.start(json!({"Time": ["PT90S"]})).await;
    assert_eq!(id.len(), 36);
    let queued = account.execution(&id).await;
    assert_eq!(queued["AutomationExecutionStatus"], "Pending");
    account.sandbox.settle().await;
    let done = account.execution(&id).await;
    let wanted = [
        ("/AutomationExecutionStatus", json!("Success")),
        ("/DocumentName", json!("Wait-Some")),
        ("/DocumentVersion", json!("1")),
        ("/Mode", json!("Auto")),
        ("/Parameters", json!({"Time": ["PT90S"]})),
        (
            "/ExecutedBy",
            json!("arn:aws:sts::111122223333:assumed-role/trailkeeper/sandbox"),
        ),
        ("/ExecutionStartTime", json!(1_772_445_600.0)),
        ("/ExecutionEndTime", json!(1_772_445_690.0)),
        ("/StepExecutions/0/StepName", json!("Wait")),
        ("/StepExecutions/0/StepStatus", json!("Success")),
        ("/StepExecutions/0/Inputs/Duration", json!("PT90S")),
    ];
    for (pointer, wanted) in wanted {
        assert_eq!(done.pointer(pointer), Some(&wanted), "{pointer}");
    }
    assert_eq!(
        account.sandbox.now().as_second(),
        1_772_445_690,
        "waiting takes virtual time"
    );
}

#[tokio::test]
async fn a_client_token_starts_one_execution() {
    let account = Account::with_document().await;
    let token = "0aBcdef1-0000-4000-8000-000000000000";
    let input = json!({"DocumentName": "Wait-Some", "ClientToken": token});
    let start = "StartAutomationExecution";
    let first = account.good(start, input.clone()).await;
    assert_eq!(account.good(start, input.clone()).await, first);
    let other = with(input, "Parameters", json!({"Count": ["2"]}));
    account
        .refuses(start, other, "IdempotentParameterMismatch")
        .await;
    let third = json!({"DocumentName": "Wait-Some"});
    assert_ne!(account.good(start, third).await, first);
}

#[tokio::test]
async fn executions_are_listed_by_filter_the_newest_first() {
    let account = Account::with_document().await;
    let first = account.start(Value::Null).await;
    account.sandbox.settle().await;
    account.sandbox.advance(SignedDuration::from_hours(1));
    let second = account.start(Value::Null).await;
    let filter = |key: &str, value: &str| json!({"Filters": [{"Key": key, "Values": [value]}]});
    let both = vec![second.as_str(), first.as_str()];
    let cases = [
        (json!({}), both.clone()),
        (filter("DocumentNamePrefix", "Wait"), both.clone()),
        (filter("DocumentNamePrefix", "Other"), vec![]),
        (filter("ExecutionStatus", "Success"), vec![first.as_str()]),
        (filter("ExecutionStatus", "Pending"), vec![second.as_str()]),
        (filter("ExecutionId", &first), vec![first.as_str()]),
        (filter("AutomationType", "Local"), both),
        (
            filter("StartTimeAfter", "2026-03-02T10:30:00Z"),
            vec![second.as_str()],
        ),
        (
            filter("StartTimeBefore", "2026-03-02T10:30:00Z"),
            vec![first.as_str()],
        ),
        (filter("TagKey", "a"), vec![]),
    ];
    for (input, wanted) in cases {
        let listed = account
            .good("DescribeAutomationExecutions", input.clone())
            .await;
        let list = listed["AutomationExecutionMetadataList"]
            .as_array()
            .unwrap();
        let ids: Vec<&str> = list
            .iter()
            .map(|one| one["AutomationExecutionId"].as_str().unwrap())
            .collect();
        assert_eq!(ids, wanted, "{input}");
        assert!(list.iter().all(|one| one.get("StepExecutions").is_none()));
    }
    let refusals = [
        (filter("Colour", "red"), "ValidationException"),
        (filter("StartTimeAfter", "today"), "InvalidFilterValue"),
        (
            json!({"Filters": [{"Key": "ExecutionId"}]}),
            "ValidationException",
        ),
        (json!({"MaxResults": 51}), "ValidationException"),
        (json!({"NextToken": "x"}), "InvalidNextToken"),
    ];
    for (input, code) in refusals {
        account
            .refuses("DescribeAutomationExecutions", input, code)
            .await;
    }
}

#[tokio::test]
async fn steps_are_listed_by_filter() {
    let account = Account::with_document().await;
    let id = account.start(Value::Null).await;
    account.sandbox.settle().await;
    let list = |filters: Value| json!({"AutomationExecutionId": id, "Filters": filters});
    let cases = [
        (list(Value::Null), 1),
        (list(json!([{"Key": "StepName", "Values": ["Wait"]}])), 1),
        (list(json!([{"Key": "StepName", "Values": ["Rest"]}])), 0),
        (
            list(json!([{"Key": "StepExecutionStatus", "Values": ["Success", "Failed"]}])),
            1,
        ),
        (
            list(json!([{"Key": "Action", "Values": ["aws:branch"]}])),
            0,
        ),
        (
            list(json!([{"Key": "StartTimeAfter", "Values": ["2026-03-02T11:00:00Z"]}])),
            0,
        ),
        (
            list(json!([{"Key": "StartTimeBefore", "Values": ["2026-03-02T11:00:00Z"]}])),
            1,
        ),
    ];
    for (input, count) in cases {
        let listed = account
            .good("DescribeAutomationStepExecutions", input.clone())
            .await;
        assert_eq!(
            listed["StepExecutions"].as_array().unwrap().len(),
            count,
            "{input}"
        );
    }
}

#[tokio::test]
async fn unknown_executions_are_named_as_such() {
    let account = Account::with_document().await;
    let id = json!({"AutomationExecutionId": "00000000-0000-4000-8000-00000000ffff"});
    for operation in [
        "GetAutomationExecution",
        "DescribeAutomationStepExecutions",
        "StopAutomationExecution",
    ] {
        let code = "AutomationExecutionNotFoundException";
        account.refuses(operation, id.clone(), code).await;
        let short = json!({"AutomationExecutionId": "x"});
        account
            .refuses(operation, short, "ValidationException")
            .await;
    }
}

#[tokio::test]
async fn an_execution_that_is_stopped_before_its_turn_never_runs() {
    let account = Account::with_document().await;
    let id = account.start(Value::Null).await;
    let stop = json!({"AutomationExecutionId": id, "Type": "Cancel"});
    account.good("StopAutomationExecution", stop.clone()).await;
    account.sandbox.settle().await;
    let execution = account.execution(&id).await;
    assert_eq!(execution["AutomationExecutionStatus"], "Cancelled");
    assert_eq!(account.sandbox.now().as_second(), 1_772_445_600);
    let code = "InvalidAutomationStatusUpdateException";
    account.refuses("StopAutomationExecution", stop, code).await;
}
