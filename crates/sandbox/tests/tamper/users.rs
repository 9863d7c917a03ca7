use serde_json::{Value, json};
use trailkeeper_sandbox::Sandbox;
use trailkeeper_sandbox::seed::{RoleSeed, UserSeed};

use crate::{all_refused, all_well, ask, told, world};

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const POLICY: &str = "arn:aws:iam::111122223333:policy/read";

fn document() -> String {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})
    .to_string()
}

fn account() -> Sandbox {
    let mut world = world();
    world.seed_user(UserSeed {
        name: "mallory".to_owned(),
        attached_policies: vec!["arn:aws:iam::aws:policy/AdministratorAccess".to_owned()],
        groups: vec!["developers".to_owned()],
        access_keys: vec![(KEY.to_owned(), true)],
        ..UserSeed::default()
    });
    world.seed_role(RoleSeed {
        path: "/aws-service-role/cloudtrail.amazonaws.com/".to_owned(),
        ..RoleSeed::new("AWSServiceRoleForCloudTrail")
    });
    world.seed_role(RoleSeed::new("plain"));
    Sandbox::new(world)
}

fn of(user: &str, more: Value) -> Value {
    let mut input = more;
    input["UserName"] = json!(user);
    input
}

#[tokio::test]
async fn what_an_analyst_asks_about_a_user_is_told() {
    let sandbox = account();
    let user = || of("mallory", json!({}));
    let reads = [
        (
            "GetUser",
            user(),
            "/User/Arn",
            json!("arn:aws:iam::111122223333:user/mallory"),
        ),
        (
            "ListAttachedUserPolicies",
            user(),
            "/AttachedPolicies/0/PolicyName",
            json!("AdministratorAccess"),
        ),
        ("ListUserPolicies", user(), "/PolicyNames", json!([])),
        (
            "ListGroupsForUser",
            user(),
            "/Groups/0/GroupName",
            json!("developers"),
        ),
        (
            "ListAccessKeys",
            user(),
            "/AccessKeyMetadata/0/AccessKeyId",
            json!(KEY),
        ),
        (
            "GetAccessKeyLastUsed",
            json!({"AccessKeyId": KEY}),
            "/UserName",
            json!("mallory"),
        ),
        (
            "ListUsers",
            json!({}),
            "/Users/0/UserName",
            json!("mallory"),
        ),
    ];
    for (operation, input, at, wanted) in reads {
        let found = told(&sandbox, "iam", operation, input, at).await;
        assert_eq!(found, wanted, "{operation}");
    }
    let off = of("mallory", json!({"AccessKeyId": KEY, "Status": "Inactive"}));
    all_well(&sandbox, "iam", &[("UpdateAccessKey", off)]).await;
    let status = "/AccessKeyMetadata/0/Status";
    let found = told(&sandbox, "iam", "ListAccessKeys", user(), status).await;
    assert_eq!(found, json!("Inactive"));
}

#[tokio::test]
async fn a_user_comes_with_policies_and_keys_and_goes_only_without_them() {
    let sandbox = account();
    let eve = |more: Value| of("eve", more);
    let inline = eve(json!({"PolicyName": "p", "PolicyDocument": document()}));
    let named = || eve(json!({"PolicyName": "p"}));
    let attached = || eve(json!({"PolicyArn": POLICY}));
    let policy = json!({"PolicyName": "read", "PolicyDocument": document()});
    let setup = [
        ("CreatePolicy", policy),
        ("CreateUser", eve(json!({"Path": "/team/"}))),
        ("PutUserPolicy", inline),
        ("GetUserPolicy", named()),
        ("AttachUserPolicy", attached()),
    ];
    all_well(&sandbox, "iam", &setup).await;
    let made = ask(&sandbox, "iam", "CreateAccessKey", eve(json!({})))
        .await
        .unwrap();
    let id = made["AccessKey"]["AccessKeyId"].as_str().unwrap();
    assert!(id.starts_with("AKIA") && id.len() == 20, "{id}");
    let undo = [
        ("DeleteAccessKey", eve(json!({"AccessKeyId": id}))),
        ("DetachUserPolicy", attached()),
        ("DeleteUserPolicy", named()),
    ];
    for step in undo {
        let refused = [("DeleteUser", eve(json!({})), "DeleteConflict")];
        all_refused(&sandbox, "iam", &refused).await;
        all_well(&sandbox, "iam", &[step]).await;
    }
    all_well(&sandbox, "iam", &[("DeleteUser", eve(json!({})))]).await;
}

#[tokio::test]
async fn a_service_linked_role_goes_by_its_own_call_only() {
    let sandbox = account();
    let role = |name: &str| json!({"RoleName": name});
    let linked = "AWSServiceRoleForCloudTrail";
    let refused = [
        ("DeleteRole", role(linked), "UnmodifiableEntity"),
        ("DeleteServiceLinkedRole", role("plain"), "InvalidInput"),
        ("DeleteServiceLinkedRole", role("none"), "NoSuchEntity"),
        (
            "GetServiceLinkedRoleDeletionStatus",
            json!({"DeletionTaskId": "x"}),
            "NoSuchEntity",
        ),
        (
            "CreateServiceLinkedRole",
            json!({"AWSServiceName": "cloudtrail.amazonaws.com"}),
            "InvalidInput",
        ),
        (
            "CreateServiceLinkedRole",
            json!({"AWSServiceName": "x.amazonaws.com"}),
            "InvalidInput",
        ),
    ];
    all_refused(&sandbox, "iam", &refused).await;
    let answer = ask(&sandbox, "iam", "DeleteServiceLinkedRole", role(linked))
        .await
        .unwrap();
    let task = json!({"DeletionTaskId": answer["DeletionTaskId"]});
    let status = "GetServiceLinkedRoleDeletionStatus";
    let found = told(&sandbox, "iam", status, task, "/Status").await;
    assert_eq!(found, json!("SUCCEEDED"));
    all_refused(
        &sandbox,
        "iam",
        &[("GetRole", role(linked), "NoSuchEntity")],
    )
    .await;
    let again = json!({"AWSServiceName": "cloudtrail.amazonaws.com"});
    all_well(&sandbox, "iam", &[("CreateServiceLinkedRole", again)]).await;
}

#[tokio::test]
async fn what_iam_refuses_of_users() {
    let sandbox = account();
    let mallory = |more: Value| of("mallory", more);
    let nobody = || of("nobody", json!({}));
    let missing = "NoSuchEntity";
    let long = format!(
        "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":\"s3:Get*\",\"Resource\":\"arn:aws:s3:::{}\"}}]}}",
        "x".repeat(2048)
    );
    let cases = [
        (
            "CreateUser",
            of("Mallory", json!({})),
            "EntityAlreadyExists",
        ),
        ("CreateUser", of("a b", json!({})), "ValidationError"),
        ("CreateUser", json!({}), "ValidationError"),
        ("GetUser", nobody(), missing),
        ("GetUser", json!({}), "ValidationError"),
        ("DeleteUser", nobody(), missing),
        ("DeleteUser", mallory(json!({})), "DeleteConflict"),
        ("ListGroupsForUser", nobody(), missing),
        ("ListUserPolicies", nobody(), missing),
        ("ListAttachedUserPolicies", nobody(), missing),
        (
            "AttachUserPolicy",
            mallory(json!({"PolicyArn": POLICY})),
            missing,
        ),
        (
            "DetachUserPolicy",
            mallory(json!({"PolicyArn": POLICY})),
            missing,
        ),
        (
            "PutUserPolicy",
            mallory(json!({"PolicyName": "p", "PolicyDocument": "{"})),
            "MalformedPolicyDocument",
        ),
        (
            "PutUserPolicy",
            mallory(json!({"PolicyName": "p", "PolicyDocument": long})),
            "LimitExceeded",
        ),
        (
            "GetUserPolicy",
            mallory(json!({"PolicyName": "p"})),
            missing,
        ),
        (
            "DeleteUserPolicy",
            mallory(json!({"PolicyName": "p"})),
            missing,
        ),
        ("ListAccessKeys", nobody(), missing),
        (
            "UpdateAccessKey",
            mallory(json!({"AccessKeyId": "AKIAXXXXXXXXXXXXXXXX", "Status": "Active"})),
            missing,
        ),
        (
            "UpdateAccessKey",
            mallory(json!({"AccessKeyId": KEY, "Status": "Off"})),
            "ValidationError",
        ),
        (
            "DeleteAccessKey",
            mallory(json!({"AccessKeyId": "AKIAXXXXXXXXXXXXXXXX"})),
            missing,
        ),
        (
            "GetAccessKeyLastUsed",
            json!({"AccessKeyId": "AKIAXXXXXXXXXXXXXXXX"}),
            "AccessDenied",
        ),
    ];
    all_refused(&sandbox, "iam", &cases).await;
    let more = [("CreateAccessKey", mallory(json!({})))];
    all_well(&sandbox, "iam", &more).await;
    let full = [("CreateAccessKey", mallory(json!({})), "LimitExceeded")];
    all_refused(&sandbox, "iam", &full).await;
}
