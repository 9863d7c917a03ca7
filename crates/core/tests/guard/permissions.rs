//! Who may invoke a function and who may take on a role, statement by statement.

use serde_json::{Value, json};

use crate::support::{EVALUATOR, ROLE, found, known, trust, view};

/// What a permission of the function lets in besides: changes of one for `events.amazonaws.com`.
fn lets_events_in(change: &Value, more: &[Value]) -> bool {
    let allow = |service: &str| {
        json!({ "Effect": "Allow", "Principal": { "Service": service },
            "Action": "lambda:InvokeFunction", "Resource": "*",
            "Condition": { "ArnLike": { "AWS:SourceArn": "arn:aws:events:*:*:rule/r" } } })
    };
    let mut events = allow("events.amazonaws.com");
    let members = events.as_object_mut().unwrap();
    members.extend(change.as_object().unwrap().clone());
    members.retain(|_, value| !value.is_null());
    let mut statements = vec![allow("config.amazonaws.com"), events];
    statements.extend_from_slice(more);
    let policy = json!({ "Version": "2012-10-17", "Statement": statements });
    let mut changed = view();
    known(&mut changed.functions, EVALUATOR).policy = Some(policy.to_string());
    let found = found(&changed, None);
    let expected = "function-permission-missing: the function trailkeeper-evaluator does not let \
                    events.amazonaws.com in";
    assert!(
        found.is_empty() || found == [expected],
        "{change}: {found:?}"
    );
    found.is_empty()
}

/// Which rule of EventBridge it is for is not known; everything else must fit.
#[test]
fn a_permission_counts_whatever_rule_it_is_for() {
    let arn = "arn:aws:lambda:us-east-1:111122223333:function:trailkeeper-evaluator";
    let other = "arn:aws:lambda:us-east-1:111122223333:function:other";
    let cases = [
        (json!({}), true),
        (json!({ "Principal": "*" }), true),
        (json!({ "Principal": { "AWS": "*" } }), true),
        (
            json!({ "Principal": { "AWS": "arn:aws:iam::111122223333:root" } }),
            false,
        ),
        (json!({ "Principal": { "Federated": "*" } }), false),
        (
            json!({ "Principal": { "Service": ["x.amazonaws.com", "events.amazonaws.com"] } }),
            true,
        ),
        (
            json!({ "Principal": { "Service": "x.amazonaws.com" } }),
            false,
        ),
        (
            json!({ "Principal": null, "NotPrincipal": { "AWS": "x" } }),
            false,
        ),
        (
            json!({ "Action": ["lambda:GetFunction", "lambda:Invoke*"] }),
            true,
        ),
        (
            json!({ "Action": null, "NotAction": "lambda:GetFunction" }),
            true,
        ),
        (
            json!({ "Action": null, "NotAction": "lambda:Invoke*" }),
            false,
        ),
        (json!({ "Resource": [other, arn] }), true),
        (json!({ "Resource": other }), false),
        (json!({ "Resource": null, "NotResource": other }), true),
        (json!({ "Resource": null, "NotResource": arn }), false),
        (
            json!({ "Action": "lambda:GetFunction", "Resource": arn }),
            false,
        ),
        (json!({ "Effect": "Deny" }), false),
    ];
    for (change, expected) in cases {
        assert_eq!(lets_events_in(&change, &[]), expected, "{change}");
    }
    // What else is not known does not count against it; what is known to be otherwise does.
    let rule = json!({ "AWS:SourceArn": "arn:aws:events:us-east-1:111122223333:rule/r" });
    for (key, value, expected) in [
        ("AWS:SourceAccount", "111122223333", true),
        ("AWS:SourceAccount", "444455556666", false),
        ("aws:SourceOrgID", "o-1", true),
    ] {
        let condition = json!({ "ArnLike": rule, "StringEquals": { key: value } });
        let change = json!({ "Condition": condition });
        assert_eq!(lets_events_in(&change, &[]), expected, "{change}");
    }
    // What is denied is not let in by another statement.
    let deny = json!({ "Effect": "Deny", "Principal": { "Service": "events.amazonaws.com" },
        "Action": "lambda:InvokeFunction", "Resource": "*" });
    assert!(!lets_events_in(&json!({}), &[deny]));
}

/// The first that is none of the services is named, in whatever form it stands.
#[test]
fn a_stranger_to_a_role_is_named() {
    let lambda = "lambda.amazonaws.com";
    let cases = [
        (json!({ "Service": lambda }), None),
        (json!({ "Service": [lambda, "ssm.amazonaws.com"] }), None),
        (
            json!({ "Service": [lambda, "ec2.amazonaws.com"] }),
            Some("ec2.amazonaws.com"),
        ),
        // A service's name is one of a service only there.
        (json!({ "Federated": lambda }), Some(lambda)),
        (json!({ "AWS": "444455556666" }), Some("444455556666")),
        (json!({ "AWS": "*" }), Some("*")),
        (json!("*"), Some("everyone")),
    ];
    for (principal, stranger) in cases {
        let mut changed = view();
        known(&mut changed.roles, ROLE).facts.trust = Some(trust(&principal));
        let expected = stranger.map(|stranger| {
            format!("guard-role-changed: the role {ROLE} may be taken on by {stranger}")
        });
        assert_eq!(
            found(&changed, None),
            Vec::from_iter(expected),
            "{principal}"
        );
    }
    let statement = |effect: &str, principal: Value| json!({ "Effect": effect, "Action": "sts:AssumeRole", "Principal": principal });
    let role = |statements: Value| {
        let mut changed = view();
        let policy = json!({ "Version": "2012-10-17", "Statement": statements });
        known(&mut changed.roles, ROLE).facts.trust = Some(policy.to_string());
        found(&changed, None)
    };
    let ours = statement("Allow", json!({ "Service": lambda }));
    let denied = statement("Deny", json!("*"));
    assert_eq!(
        role(json!([ours, denied])),
        [""; 0],
        "whom it keeps out lets nobody in"
    );
    let other = statement("Allow", json!({ "AWS": "444455556666" }));
    let expected = format!("guard-role-changed: the role {ROLE} may be taken on by 444455556666");
    assert_eq!(role(json!([ours, other])), [expected]);
    let nobody = format!("guard-role-changed: the role {ROLE} may be taken on by nobody");
    assert_eq!(role(json!([denied])), [nobody]);
    let but = json!({ "Effect": "Allow", "Action": "sts:AssumeRole",
        "NotPrincipal": { "AWS": "444455556666" } });
    let everyone = format!("guard-role-changed: the role {ROLE} may be taken on by everyone");
    assert_eq!(role(json!([but])), [everyone]);
}
