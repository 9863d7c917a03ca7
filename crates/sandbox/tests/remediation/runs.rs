use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use crate::{Account, manual, small_key};

#[tokio::test]
async fn only_failures_are_repeated() {
    // failing runs, verdict; runs in all, state at the end
    let cases = [
        (0, "COMPLIANT", 0, None),
        (0, "NOT_APPLICABLE", 0, None),
        (0, "NON_COMPLIANT", 1, Some("SUCCEEDED")),
        (1, "NON_COMPLIANT", 2, Some("SUCCEEDED")),
        (4, "NON_COMPLIANT", 5, Some("SUCCEEDED")),
        (9, "NON_COMPLIANT", 5, Some("FAILED")),
    ];
    for (failing, verdict, runs, state) in cases {
        let account = Account::automatic(5, 60).await;
        account.repair.failing.store(failing, Ordering::Relaxed);
        account.evaluate("t", verdict).await;
        assert_eq!(account.runs(), runs, "{failing} failures, {verdict}");
        let status = account.status().await;
        let seen = status.first().map(|run| run["State"].as_str().unwrap());
        assert_eq!(seen, state, "{failing} failures, {verdict}");
    }
}

#[tokio::test]
async fn a_run_by_hand_is_queued_reported_and_never_repeated() {
    let account = Account::new();
    account.configure(manual()).await.unwrap();
    account.evaluate("t", "NON_COMPLIANT").await;
    assert_eq!(
        account.runs(),
        0,
        "a manual remediation does not start by itself"
    );
    account.repair.failing.store(9, Ordering::Relaxed);

    assert_eq!(account.start("t").await, json!({"FailedItems": []}));
    assert_eq!(account.status().await[0]["State"], "QUEUED");
    let again = account.start("t").await;
    assert_eq!(again["FailedItems"], json!([small_key("t")]));
    assert!(
        again["FailureMessage"]
            .as_str()
            .unwrap()
            .contains("in progress")
    );

    account.sandbox.settle().await;
    assert_eq!(account.runs(), 1);
    let status = account.status().await;
    assert_eq!(status[0]["State"], "FAILED");
    let steps = status[0]["StepDetails"].as_array().unwrap();
    let seen: Vec<(&str, &str)> = steps
        .iter()
        .map(|step| {
            (
                step["Name"].as_str().unwrap(),
                step["State"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(seen, [("Repair", "FAILED"), ("Rest", "PENDING")]);
    let why = steps[0]["ErrorMessage"].as_str().unwrap();
    assert!(why.contains("bucket-refuses: no way"), "{why}");
    assert_eq!(account.blocked().await, [""; 0]);
}

#[tokio::test]
async fn starts_are_checked() {
    let account = Account::new();
    let start = "StartRemediationExecution";
    let keys = |keys: Value| json!({"ConfigRuleName": "trails", "ResourceKeys": keys});
    let missing = "NoSuchRemediationConfigurationException";
    account
        .refuses(start, keys(json!([small_key("t")])), missing)
        .await;
    account.configure(manual()).await.unwrap();
    let many: Vec<Value> = (0..101).map(|n| small_key(&n.to_string())).collect();
    let cases = [
        keys(Value::Null),
        keys(json!([])),
        keys(json!(many)),
        keys(json!([{"resourceType": "AWS::CloudTrail::Trail"}])),
        keys(json!([{"resourceId": "t"}])),
        keys(json!([small_key(&"t".repeat(769))])),
        json!({"ResourceKeys": [small_key("t")]}),
    ];
    for input in cases {
        account.refuses(start, input, "ValidationException").await;
    }
    account.evaluate("good", "COMPLIANT").await;
    account.evaluate("bad", "NON_COMPLIANT").await;
    let wanted = json!([small_key("good"), small_key("bad"), small_key("unknown")]);
    let answer = account.good(start, keys(wanted)).await;
    let failed = json!([small_key("good"), small_key("unknown")]);
    assert_eq!(answer["FailedItems"], failed);
    assert!(
        answer["FailureMessage"]
            .as_str()
            .unwrap()
            .contains("NON_COMPLIANT")
    );
}

#[tokio::test]
async fn a_start_that_is_refused_is_a_failed_run_with_its_reason() {
    let account = Account::new();
    account.configure(manual()).await.unwrap();
    account.evaluate("t", "NON_COMPLIANT").await;
    let name = json!({"Name": "Repair-Resource"});
    account.call("ssm", "DeleteDocument", name).await.unwrap();
    account.start("t").await;
    let status = account.status().await;
    assert_eq!(status[0]["State"], "FAILED");
    let step = &status[0]["StepDetails"][0];
    assert_eq!(step["State"], "FAILED");
    let why = step["ErrorMessage"].as_str().unwrap();
    assert!(
        why.contains("AutomationDefinitionNotFoundException"),
        "{why}"
    );
}

#[tokio::test]
async fn status_is_told_by_resource_and_in_pages() {
    let account = Account::automatic(5, 60).await;
    for id in ["a", "b", "c"] {
        account.evaluate(id, "NON_COMPLIANT").await;
    }
    let describe = "DescribeRemediationExecutionStatus";
    let ids = |answer: &Value| -> Vec<String> {
        let runs = answer["RemediationExecutionStatuses"].as_array().unwrap();
        let id = |run: &Value| {
            run["ResourceKey"]["resourceId"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        runs.iter().map(id).collect()
    };
    let one = json!({"ConfigRuleName": "trails", "ResourceKeys": [small_key("b")]});
    assert_eq!(ids(&account.good(describe, one).await), ["b"]);
    let first = account
        .good(describe, json!({"ConfigRuleName": "trails", "Limit": 2}))
        .await;
    assert_eq!(ids(&first), ["a", "b"]);
    let rest = json!({"ConfigRuleName": "trails", "NextToken": first["NextToken"]});
    assert_eq!(ids(&account.good(describe, rest).await), ["c"]);
    let wrong = json!({"ConfigRuleName": "trails", "NextToken": "x"});
    account
        .refuses(describe, wrong, "InvalidNextTokenException")
        .await;
}
