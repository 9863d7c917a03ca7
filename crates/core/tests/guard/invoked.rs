//! Whether a function lets the services in that have to invoke it.

use serde_json::{Value, json};

use crate::support::{EVALUATOR, found, known, view};

/// A permission as AWS Config's page advises it, with one thing changed.
fn permission(change: Value) -> Value {
    let mut statement = json!({
        "Effect": "Allow",
        "Principal": { "Service": "events.amazonaws.com" },
        "Action": "lambda:InvokeFunction",
        "Resource": "arn:aws:lambda:us-east-1:111122223333:function:trailkeeper-evaluator",
        "Condition": {
            "ArnLike": { "AWS:SourceArn": "arn:aws:events:us-east-1:111122223333:rule/r" },
            "StringEquals": { "AWS:SourceAccount": "111122223333" },
        },
    });
    let members = statement.as_object_mut().unwrap();
    members.extend(change.as_object().unwrap().clone());
    statement
}

/// p14a: a statement that only mentions the service does not let it in.
#[test]
fn p14_only_a_permission_to_invoke_this_function_for_this_account_counts() {
    let account = |account: &str| {
        json!({ "Condition": {
            "ArnLike": { "AWS:SourceArn": "arn:aws:events:us-east-1:111122223333:rule/r" },
            "StringEquals": { "AWS:SourceAccount": account } } })
    };
    let cases = [
        (json!({}), true),
        (json!({ "Action": "lambda:*" }), true),
        (json!({ "Action": "lambda:GetFunction" }), false),
        (json!({ "Resource": "*" }), true),
        (
            json!({ "Resource": "arn:aws:lambda:us-east-1:111122223333:function:other" }),
            false,
        ),
        (
            json!({ "Principal": { "Service": "s3.amazonaws.com" }, "Sid": "events.amazonaws.com" }),
            false,
        ),
        (json!({ "Principal": { "AWS": "111122223333" } }), false),
        (json!({ "Effect": "Deny" }), false),
        (account("111122223333"), true),
        (account("444455556666"), false),
    ];
    for (change, is_let_in) in cases {
        let config = json!({ "Principal": { "Service": "config.amazonaws.com" } });
        let statements = [permission(change.clone()), permission(config)];
        let policy = json!({ "Version": "2012-10-17", "Statement": statements });
        let mut changed = view();
        known(&mut changed.functions, EVALUATOR).policy = Some(policy.to_string());
        let found = found(&changed, None);
        let expected = "function-permission-missing: the function trailkeeper-evaluator does not \
                        let events.amazonaws.com in";
        assert_eq!(found.is_empty(), is_let_in, "{change}: {found:?}");
        assert!(is_let_in || found == [expected], "{change}: {found:?}");
    }
}
