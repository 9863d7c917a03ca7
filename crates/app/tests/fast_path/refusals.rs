//! Calls without effect.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::world::{World, event, launch, of_role, profile_arn};

fn refused(mut event: Value, code: &str) -> Value {
    event["detail"]["errorCode"] = json!(code);
    event["detail"]["errorMessage"] = json!("not\nallowed");
    event["detail"]["responseElements"] = Value::Null;
    event
}

#[tokio::test]
async fn a_refused_call_says_attempt_and_reads_nothing() {
    let asked = json!({"AssociateIamInstanceProfileRequest": {
        "InstanceId": "i-good",
        "IamInstanceProfile": {"Arn": profile_arn("admin").to_string()},
    }});
    let associate = event(1, "ec2", "AssociateIamInstanceProfile", asked, Value::Null);
    for (event, code, id) in [
        (launch(1, &[]), "Client.UnauthorizedOperation", ""),
        (associate, "Client.UnauthorizedOperation", "i-good"),
        (
            of_role(1, "AttachRolePolicy", "app-role"),
            "AccessDenied",
            "app-role",
        ),
    ] {
        let world = Arc::new(World::new());
        let answer = world.answer(&refused(event, code)).await;
        assert_eq!(
            answer,
            json!({"action": "notified", "executionId": "", "notes": []})
        );
        assert_eq!(world.calls(), ["Publish told"]);
        let message = world.messages().remove(0);
        assert_eq!(message["resource"]["id"], id);
        assert_eq!(message["findings"], json!([]));
        let text = message["text"].as_str().unwrap();
        assert!(text.starts_with("attempt: "), "{text}");
        assert!(text.contains("not\\nallowed"), "{text}");
        assert!(world.subjects()[0].contains("attempt"));
    }
}

#[tokio::test]
async fn a_call_that_failed_otherwise_is_not_told() {
    for code in [
        "Server.InsufficientInstanceCapacity",
        "Client.DryRunOperation",
        "Client.RequestLimitExceeded",
    ] {
        let world = Arc::new(World::new());
        let answer = world.answer(&refused(launch(1, &["i-bare"]), code)).await;
        assert_eq!(answer["action"], "none");
        assert_eq!(answer["notes"], json!([format!("call-failed: {code}")]));
        assert_eq!(world.calls(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn attempts_are_told_once_a_caller_and_resource() {
    let world = Arc::new(World::new());
    let attempt = |number, role, user: &str| {
        let mut event = refused(of_role(number, "PutRolePolicy", role), "AccessDenied");
        event["detail"]["userIdentity"]["arn"] = json!(user);
        event
    };
    for (number, role, user, action) in [
        (1, "a", "mallory", "notified"),
        (2, "a", "mallory", "none"),
        (3, "b", "mallory", "notified"),
        (4, "a", "mallory", "none"),
        (5, "a", "trent", "notified"),
    ] {
        let answer = world.answer(&attempt(number, role, user)).await;
        assert_eq!(answer["action"], action, "{number}");
    }
}

/// IAM's calls are recorded in one Region; what is ours is told where we are.
#[tokio::test]
async fn a_forwarded_attempt_on_something_of_ours_is_told() {
    let organization = event(
        2,
        "organizations",
        "LeaveOrganization",
        Value::Null,
        Value::Null,
    );
    for (event, action) in [
        (
            of_role(1, "PutRolePolicy", "trailkeeper-runbook"),
            "notified",
        ),
        (
            of_role(1, "UpdateAssumeRolePolicy", "trailkeeper-runbook"),
            "notified",
        ),
        (of_role(1, "DeleteRole", "to-logs"), "notified"),
        (organization, "notified"),
        (of_role(1, "PutRolePolicy", "app-role"), "none"),
    ] {
        let mut world = crate::trail::world(|_| ());
        world.caller.region = "eu-west-1".parse().unwrap();
        let world = Arc::new(world);
        let answer = world.answer(&refused(event, "AccessDenied")).await;
        assert_eq!(answer["action"], action, "{answer}");
    }
}

/// The Region in which it was recorded tells of it.
#[tokio::test]
async fn a_forwarded_attempt_is_not_told() {
    let mut world = World::new();
    world.caller.region = "eu-west-1".parse().unwrap();
    let world = Arc::new(world);
    let answer = world
        .answer(&refused(of_role(1, "PutRolePolicy", "a"), "AccessDenied"))
        .await;
    assert_eq!(answer["notes"], json!(["other-region: us-east-1"]));
    assert_eq!(world.calls(), Vec::<String>::new());
}
