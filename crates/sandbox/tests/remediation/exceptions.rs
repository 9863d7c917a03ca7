use std::sync::atomic::Ordering;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::{Account, key};

#[tokio::test]
async fn p24_after_the_attempts_an_exception_blocks_and_is_listed() {
    let account = Account::automatic(3, 60).await;
    account.repair.failing.store(100, Ordering::Relaxed);
    account.evaluate("t", "NON_COMPLIANT").await;
    assert_eq!(account.runs(), 3, "three attempts");

    // nothing is lost silently: the resource, the reason and the last failure can be read
    let rule = json!({"ConfigRuleName": "trails"});
    let listed = account.good("DescribeRemediationExceptions", rule).await;
    let exception = &listed["RemediationExceptions"][0];
    assert_eq!(exception["ConfigRuleName"], "trails");
    assert_eq!(exception["ResourceType"], "AWS::CloudTrail::Trail");
    assert_eq!(exception["ResourceId"], "t");
    let why = exception["Message"].as_str().unwrap();
    assert!(why.contains("failed 3 times within 60 seconds"), "{why}");
    assert_eq!(account.status().await[0]["State"], "FAILED");

    // blocked for good, also when the repair would work again; another resource is not
    account.repair.failing.store(0, Ordering::Relaxed);
    for _ in 0..3 {
        account.sandbox.advance(SignedDuration::from_hours(1));
        account.evaluate("t", "NON_COMPLIANT").await;
    }
    assert_eq!(account.runs(), 3);
    account.evaluate("other", "NON_COMPLIANT").await;
    assert_eq!(account.runs(), 4);

    // by hand it runs all the same, and the exception stays
    account.start("t").await;
    account.sandbox.settle().await;
    assert_eq!(account.runs(), 5);
    assert_eq!(account.blocked().await, ["t"]);

    // once it is deleted the next finding is remediated again
    let delete = json!({"ConfigRuleName": "trails", "ResourceKeys": [key("t")]});
    let answer = account.good("DeleteRemediationExceptions", delete).await;
    assert_eq!(answer, json!({"FailedBatches": []}));
    assert_eq!(account.runs(), 5, "deleting it starts nothing");
    account.evaluate("t", "NON_COMPLIANT").await;
    assert_eq!(account.runs(), 6);
    assert_eq!(account.status().await[1]["State"], "SUCCEEDED");
}

#[tokio::test]
async fn attempts_count_within_the_window_only() {
    // seconds that a run takes, attempts, window; runs and blocked after one and two evaluations
    let cases = [
        (0, 5, 60, (5, true), (5, true)),
        (20, 3, 60, (3, true), (3, true)),
        (31, 3, 60, (3, false), (6, false)),
        (5, 25, 60, (25, false), (50, false)),
    ];
    for (seconds, most, window, first, second) in cases {
        let account = Account::automatic(most, window).await;
        account.repair.failing.store(1000, Ordering::Relaxed);
        account.repair.seconds.store(seconds, Ordering::Relaxed);
        for (runs, blocked) in [first, second] {
            account.evaluate("t", "NON_COMPLIANT").await;
            let seen = (account.runs(), !account.blocked().await.is_empty());
            assert_eq!(seen, (runs, blocked), "{seconds} s, {most} in {window}");
        }
    }
}

#[tokio::test]
async fn an_exception_put_by_hand_blocks_until_its_time_is_over() {
    let account = Account::automatic(5, 60).await;
    account.evaluate("t", "NON_COMPLIANT").await;
    account.evaluate("good", "COMPLIANT").await;
    assert_eq!(account.runs(), 1);
    let end = account.sandbox.now().as_second() + 3600;
    let input = json!({
        "ConfigRuleName": "trails",
        "ResourceKeys": [key("t"), key("good")],
        "Message": "being rebuilt",
        "ExpirationTime": end,
    });
    let answer = account.good("PutRemediationExceptions", input).await;
    let failed = answer["FailedBatches"][0]["FailedItems"]
        .as_array()
        .unwrap();
    assert_eq!(failed.len(), 1, "only what is NON_COMPLIANT gets one");
    assert_eq!(failed[0]["ResourceId"], "good");
    let describe = json!({"ConfigRuleName": "trails", "ResourceKeys": [key("t")]});
    let told = account
        .good("DescribeRemediationExceptions", describe)
        .await;
    let wanted = json!({
        "ConfigRuleName": "trails",
        "ResourceType": "AWS::CloudTrail::Trail",
        "ResourceId": "t",
        "Message": "being rebuilt",
        "ExpirationTime": end,
    });
    assert_eq!(told, json!({"RemediationExceptions": [wanted]}));
    for (minutes, runs) in [(0, 1), (59, 1), (1, 2)] {
        account.sandbox.advance(SignedDuration::from_mins(minutes));
        account.evaluate("t", "NON_COMPLIANT").await;
        assert_eq!(account.runs(), runs, "after {minutes} more minutes");
    }
    assert_eq!(account.blocked().await, [""; 0]);
}

#[tokio::test]
async fn exceptions_are_checked() {
    let account = Account::automatic(5, 60).await;
    account.evaluate("t", "NON_COMPLIANT").await;
    let (put, delete) = ("PutRemediationExceptions", "DeleteRemediationExceptions");
    let (validation, invalid) = ("ValidationException", "InvalidParameterValueException");
    let of = |rule: &str, keys: Value| json!({"ConfigRuleName": rule, "ResourceKeys": keys});
    let with = |member: &str, value: Value| {
        let mut input = of("trails", json!([key("t")]));
        input[member] = value;
        input
    };
    let many: Vec<Value> = (0..101).map(|n| key(&n.to_string())).collect();
    let cases = [
        (put, of("trails", Value::Null), validation),
        (put, of("trails", json!([])), validation),
        (put, of("trails", json!(many)), validation),
        (put, of("trails", json!([{"ResourceId": "t"}])), validation),
        (put, of("nobody", json!([key("t")])), invalid),
        (put, with("Message", json!("")), validation),
        (put, with("Message", json!("m".repeat(1025))), validation),
        (put, with("ExpirationTime", json!(1)), invalid),
        (delete, of("trails", Value::Null), validation),
        (
            delete,
            of("trails", json!([key("t")])),
            "NoSuchRemediationExceptionException",
        ),
        (
            "DescribeRemediationExceptions",
            of("nobody", Value::Null),
            invalid,
        ),
        (
            "DescribeRemediationExceptions",
            json!({"ConfigRuleName": "trails", "NextToken": "x"}),
            "InvalidNextTokenException",
        ),
    ];
    for (operation, input, code) in cases {
        account.refuses(operation, input, code).await;
    }
    account.good(put, of("trails", json!([key("t")]))).await;
    let some = of("trails", json!([key("t"), key("u")]));
    let answer = account.good(delete, some).await;
    assert_eq!(answer["FailedBatches"][0]["FailedItems"], json!([key("u")]));
}
