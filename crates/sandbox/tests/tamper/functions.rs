use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{FunctionSeed, PermissionSeed, RuleSeed};
use trailkeeper_sandbox::{Function, Sandbox};

use crate::{OWN, REGION, all_refused, all_well, ask, told, world};

const ARN: &str = "arn:aws:lambda:eu-west-1:111122223333:function:guard";

#[derive(Default)]
struct Counter(AtomicU32);

impl Counter {
    fn taken(&self) -> u32 {
        self.0.swap(0, Ordering::SeqCst)
    }
}

#[async_trait]
impl Function for Counter {
    async fn invoke(&self, _: Value) -> Result<Value, Value> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(json!({"ran": true}))
    }
}

/// A periodic rule whose function AWS Config may invoke, and nobody else.
fn account() -> (Sandbox, Arc<Counter>) {
    let mut world = world();
    world.seed_rule(RuleSeed::new(REGION, "trails", "guard"));
    world.seed_function_settings(FunctionSeed {
        name: "guard".to_owned(),
        qualifiers: vec!["live".to_owned(), "1".to_owned()],
        code_sha256: Some("c2hhMjU2".to_owned()),
        permissions: Some(vec![PermissionSeed {
            statement_id: "config".to_owned(),
            principal: "config.amazonaws.com".to_owned(),
            source_arn: None,
            source_account: Some(OWN.to_owned()),
            qualifier: None,
        }]),
        ..FunctionSeed::default()
    });
    let sandbox = Sandbox::new(world);
    let counter = Arc::new(Counter::default());
    sandbox.register_function("guard", counter.clone());
    (sandbox, counter)
}

fn named(more: Value) -> Value {
    let mut input = more;
    input["FunctionName"] = json!("guard");
    input
}

/// How often the function runs when an hour passes and the rule falls due.
async fn hour(sandbox: &Sandbox, counter: &Counter) -> u32 {
    sandbox.advance(SignedDuration::from_hours(1));
    sandbox.settle().await;
    counter.taken()
}

#[tokio::test]
async fn each_move_against_the_function_keeps_it_from_running_and_each_undo_brings_it_back() {
    let (sandbox, counter) = account();
    let allow = json!({"StatementId": "back", "Action": "lambda:InvokeFunction",
                       "Principal": "config.amazonaws.com", "SourceAccount": OWN});
    let cases = [
        (
            (
                "PutFunctionConcurrency",
                json!({"ReservedConcurrentExecutions": 0}),
            ),
            ("DeleteFunctionConcurrency", json!({})),
        ),
        (
            ("RemovePermission", json!({"StatementId": "config"})),
            ("AddPermission", allow),
        ),
    ];
    assert_eq!(hour(&sandbox, &counter).await, 1);
    for (attack, undo) in cases {
        all_well(&sandbox, "lambda", &[(attack.0, named(attack.1))]).await;
        assert_eq!(hour(&sandbox, &counter).await, 0, "{}", attack.0);
        all_well(&sandbox, "lambda", &[(undo.0, named(undo.1))]).await;
        assert_eq!(hour(&sandbox, &counter).await, 1, "{}", undo.0);
    }
    let code = json!({"ZipFile": "UEsDBA=="});
    all_well(&sandbox, "lambda", &[("UpdateFunctionCode", named(code))]).await;
    assert_eq!(hour(&sandbox, &counter).await, 0);
    let hash = told(
        &sandbox,
        "lambda",
        "GetFunctionConfiguration",
        named(json!({})),
        "/CodeSha256",
    );
    assert_ne!(hash.await, json!("c2hhMjU2"));
    all_well(&sandbox, "lambda", &[("DeleteFunction", named(json!({})))]).await;
    assert_eq!(hour(&sandbox, &counter).await, 0);
    let refused = [(
        "GetFunctionConfiguration",
        named(json!({})),
        "ResourceNotFoundException",
    )];
    all_refused(&sandbox, "lambda", &refused).await;
}

#[tokio::test]
async fn config_tells_that_it_may_not_invoke() {
    let (sandbox, counter) = account();
    let remove = [("RemovePermission", named(json!({"StatementId": "config"})))];
    all_well(&sandbox, "lambda", &remove).await;
    assert_eq!(hour(&sandbox, &counter).await, 0);
    let status = "DescribeConfigRuleEvaluationStatus";
    let at = "/ConfigRulesEvaluationStatus/0/LastErrorCode";
    let code = told(&sandbox, "config", status, json!({}), at).await;
    assert_eq!(code, json!("InsufficientPermissionsException"));
    let rule = json!({"ConfigRule": {"ConfigRuleName": "more", "Source": {
        "Owner": "CUSTOM_LAMBDA", "SourceIdentifier": ARN, "SourceDetails": [
            {"EventSource": "aws.config", "MessageType": "ScheduledNotification"}]}}});
    let error = ask(&sandbox, "config", "PutConfigRule", rule)
        .await
        .unwrap_err();
    let codes = [
        "InsufficientPermissionsException",
        "NoAvailableConfigurationRecorderException",
    ];
    assert!(codes.contains(&error.code.as_str()), "{error}");
}

#[tokio::test]
async fn a_synchronous_invocation_without_concurrency_is_throttled() {
    let (sandbox, counter) = account();
    let none = named(json!({"ReservedConcurrentExecutions": 0}));
    all_well(&sandbox, "lambda", &[("PutFunctionConcurrency", none)]).await;
    let reserved = told(
        &sandbox,
        "lambda",
        "GetFunctionConcurrency",
        named(json!({})),
        "",
    );
    assert_eq!(reserved.await, json!({"ReservedConcurrentExecutions": 0}));
    let error = ask(&sandbox, "lambda", "Invoke", named(json!({})))
        .await
        .unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.status),
        ("TooManyRequestsException", 429)
    );
    assert_eq!(counter.taken(), 0);
}

#[tokio::test]
async fn policy_and_configuration_are_told_as_they_were_set() {
    let (sandbox, _) = account();
    let allow = json!({"StatementId": "events", "Action": "lambda:InvokeFunction",
                       "Principal": "events.amazonaws.com", "Qualifier": "live",
                       "SourceArn": "arn:aws:events:eu-west-1:111122223333:rule/x"});
    all_well(&sandbox, "lambda", &[("AddPermission", named(allow))]).await;
    let policy = |qualifier: Value| {
        let input = named(json!({"Qualifier": qualifier}));
        told(&sandbox, "lambda", "GetPolicy", input, "/Policy")
    };
    let read = |policy: Value| -> Value { serde_json::from_str(policy.as_str().unwrap()).unwrap() };
    let wanted = json!([{
        "Sid": "events", "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
        "Action": "lambda:InvokeFunction", "Resource": format!("{ARN}:live"),
        "Condition": {"ArnLike": {
            "AWS:SourceArn": "arn:aws:events:eu-west-1:111122223333:rule/x"}},
    }]);
    assert_eq!(read(policy(json!("live")).await)["Statement"], wanted);
    assert_eq!(
        read(policy(Value::Null).await)["Statement"][0]["Sid"],
        json!("config")
    );
    let change = json!({"Environment": {"Variables": {"MODE": "off"}}, "Handler": "evil",
                        "Role": "arn:aws:iam::111122223333:role/other", "Timeout": 3});
    all_well(
        &sandbox,
        "lambda",
        &[("UpdateFunctionConfiguration", named(change))],
    )
    .await;
    let now = told(
        &sandbox,
        "lambda",
        "GetFunctionConfiguration",
        named(json!({})),
        "",
    )
    .await;
    let seen = [
        &now["Environment"]["Variables"]["MODE"],
        &now["Handler"],
        &now["Role"],
    ];
    assert_eq!(
        seen,
        ["off", "evil", "arn:aws:iam::111122223333:role/other"]
    );
    assert_eq!(
        (&now["Timeout"], &now["CodeSha256"]),
        (&json!(3), &json!("c2hhMjU2"))
    );
}

#[tokio::test]
async fn what_lambda_refuses() {
    let (sandbox, _) = account();
    let permission = |id: &str, principal: &str| {
        named(json!({"StatementId": id, "Action": "lambda:InvokeFunction", "Principal": principal}))
    };
    let bad = "InvalidParameterValueException";
    let missing = "ResourceNotFoundException";
    let service = "events.amazonaws.com";
    let cases = [
        (
            "AddPermission",
            permission("config", service),
            "ResourceConflictException",
        ),
        (
            "AddPermission",
            permission("a b", service),
            "ValidationException",
        ),
        ("AddPermission", permission("x", "nobody"), bad),
        (
            "AddPermission",
            named(json!({"StatementId": "x"})),
            "ValidationException",
        ),
        (
            "AddPermission",
            named(json!({"StatementId": "x", "Action": "s3:x", "Principal": service})),
            "ValidationException",
        ),
        (
            "AddPermission",
            json!({"FunctionName": "none", "StatementId": "x", "Action": "*", "Principal": service}),
            missing,
        ),
        (
            "RemovePermission",
            named(json!({"StatementId": "none"})),
            missing,
        ),
        (
            "RemovePermission",
            named(json!({"StatementId": "config", "RevisionId": "old"})),
            "PreconditionFailedException",
        ),
        ("GetPolicy", named(json!({"Qualifier": "live"})), missing),
        (
            "PutFunctionConcurrency",
            named(json!({"ReservedConcurrentExecutions": 901})),
            bad,
        ),
        (
            "PutFunctionConcurrency",
            named(json!({"ReservedConcurrentExecutions": -1})),
            "ValidationException",
        ),
        (
            "PutFunctionConcurrency",
            json!({"FunctionName": "guard:live", "ReservedConcurrentExecutions": 1}),
            bad,
        ),
        ("UpdateFunctionCode", named(json!({})), bad),
        ("UpdateFunctionCode", named(json!({"ZipFile": "?"})), bad),
        (
            "UpdateFunctionCode",
            named(json!({"ZipFile": "YQ==", "ImageUri": "x"})),
            bad,
        ),
        (
            "UpdateFunctionCode",
            named(json!({"S3Bucket": "none", "S3Key": "k"})),
            bad,
        ),
        (
            "UpdateFunctionConfiguration",
            named(json!({"Timeout": 901})),
            "ValidationException",
        ),
        (
            "UpdateFunctionConfiguration",
            named(json!({"Role": "me"})),
            "ValidationException",
        ),
        (
            "UpdateFunctionConfiguration",
            named(json!({"Role": "arn:aws:iam::444455556666:role/x"})),
            "AccessDeniedException",
        ),
        (
            "UpdateFunctionConfiguration",
            named(json!({"Environment": {"Variables": {"AWS_REGION": "x"}}})),
            bad,
        ),
        (
            "DeleteFunction",
            named(json!({"Qualifier": "$LATEST"})),
            bad,
        ),
        ("DeleteFunction", named(json!({"Qualifier": "live"})), bad),
    ];
    all_refused(&sandbox, "lambda", &cases).await;
}
