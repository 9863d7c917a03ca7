//! The patterns of the rules that tell the topic by themselves, as EventBridge gets them.

use serde_json::json;
use trailkeeper_core::guard::{failure_pattern, silencing_pattern, verdict_pattern};

/// Every call that can silence the function, by each name that a call can have for it. A name that
/// begins with another one of Lambda needs no mention.
#[test]
fn what_the_rule_about_the_silenced_function_matches() {
    let of_lambda = [
        "PutFunctionConcurrency",
        "UpdateFunctionCode",
        "UpdateFunctionConfiguration",
        "DeleteFunction",
        "RemovePermission",
        "AddPermission",
        "PutFunctionEventInvokeConfig",
        "UpdateFunctionEventInvokeConfig",
    ];
    let others = [
        "DisableRule",
        "DeleteRule",
        "PutRule",
        "RemoveTargets",
        "PutTargets",
        "PutRolePolicy",
        "DeleteRolePolicy",
        "AttachRolePolicy",
        "DetachRolePolicy",
        "PutRolePermissionsBoundary",
        "DeleteRolePermissionsBoundary",
        "DeleteRole",
        "UpdateAssumeRolePolicy",
    ];
    let of_lambda = of_lambda.iter().map(|name| json!({ "prefix": name }));
    let names: Vec<_> = of_lambda
        .chain(others.iter().map(|name| json!(name)))
        .collect();
    let expected = json!({
        "source": ["aws.lambda", "aws.events", "aws.iam"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventSource": ["lambda.amazonaws.com", "events.amazonaws.com", "iam.amazonaws.com"],
            "eventName": names,
            "errorCode": [{ "exists": false }],
            "requestParameters": { "$or": [
                { "functionName": [
                    "f", { "suffix": ":f" }, { "prefix": "f:" }, { "wildcard": "*:f:*" },
                ] },
                { "name": [{ "prefix": "p-" }] },
                { "rule": [{ "prefix": "p-" }] },
                { "roleName": ["r"] },
            ] },
        },
    });
    assert_eq!(silencing_pattern("f", "p-", "r"), expected);
}

#[test]
fn what_the_rules_about_verdicts_and_failures_match() {
    let verdicts = json!({
        "source": ["aws.config"],
        "detail-type": ["Config Rules Compliance Change"],
        "detail": {
            "messageType": ["ComplianceChangeNotification"], "configRuleName": ["a", "b"],
        },
    });
    assert_eq!(verdict_pattern(&["a", "b"]), verdicts);
    let failures = json!({
        "source": ["aws.ssm"],
        "detail-type": ["EC2 Automation Execution Status-change Notification"],
        "detail": { "Definition": ["r"], "Status": ["Failed", "TimedOut", "Cancelled"] },
    });
    assert_eq!(failure_pattern(&["r"]), failures);
}
