//! What IAM refuses.

use serde_json::{Value, json};
use trailkeeper_sandbox::Sandbox;
use trailkeeper_sandbox::seed::RoleSeed;

use crate::{POLICY, READ, TRUST, account, ask, world};

fn role(name: &str, member: &str, value: Value) -> Value {
    json!({"RoleName": name, member: value})
}

#[tokio::test]
async fn members_of_the_wrong_form() {
    let sandbox = account().await;
    let create = |member: &str, value: Value| {
        let mut input = json!({"RoleName": "new", "AssumeRolePolicyDocument": TRUST});
        input[member] = value;
        input
    };
    let cases = [
        ("GetRole", json!({})),
        ("GetRole", json!({"RoleName": ""})),
        ("GetRole", json!({"RoleName": "a b"})),
        ("GetRole", json!({"RoleName": "n".repeat(65)})),
        ("GetRole", json!({"RoleName": 1})),
        ("GetInstanceProfile", json!({"InstanceProfileName": "a/b"})),
        ("GetPolicy", json!({"PolicyArn": "short"})),
        (
            "GetPolicyVersion",
            json!({"PolicyArn": POLICY, "VersionId": "1"}),
        ),
        ("ListRoles", json!({"MaxItems": 0})),
        ("ListRoles", json!({"MaxItems": 1001})),
        ("ListRoles", json!({"Marker": "x"})),
        ("ListRoles", json!({"PathPrefix": "a"})),
        ("ListPolicies", json!({"Scope": "Mine"})),
        (
            "ListEntitiesForPolicy",
            json!({"PolicyArn": POLICY, "EntityFilter": "x"}),
        ),
        ("CreateRole", create("Path", json!("team"))),
        ("CreateRole", create("MaxSessionDuration", json!(60))),
        ("CreateRole", create("Description", json!("d".repeat(1001)))),
        ("CreateRole", json!({"RoleName": "new"})),
        ("PutRolePolicy", role("app", "PolicyName", json!("p"))),
        ("AttachRolePolicy", json!({"RoleName": "app"})),
    ];
    for (operation, input) in cases {
        let error = ask(&sandbox, operation, input.clone()).await.unwrap_err();
        assert_eq!(
            (error.code.as_str(), error.status),
            ("ValidationError", 400),
            "{operation} {input}"
        );
    }
}

#[tokio::test]
async fn what_is_there_already_and_what_is_not() {
    let sandbox = account().await;
    let (exists, missing) = (("EntityAlreadyExists", 409), ("NoSuchEntity", 404));
    let invalid = ("InvalidInput", 400);
    let absent = "arn:aws:iam::111122223333:policy/absent";
    let trust = |name: &str| role(name, "AssumeRolePolicyDocument", json!(TRUST));
    let policy = |name: &str| json!({"PolicyName": name, "PolicyDocument": READ});
    let profile = |name: &str| json!({"InstanceProfileName": name});
    let both =
        |profile: &str, role: &str| json!({"InstanceProfileName": profile, "RoleName": role});
    let cases = [
        ("CreateRole", trust("APP"), exists),
        ("CreatePolicy", policy("Read"), exists),
        ("CreateInstanceProfile", profile("Web"), exists),
        ("GetRole", json!({"RoleName": "absent"}), missing),
        (
            "PutRolePolicy",
            json!({"RoleName": "absent", "PolicyName": "p", "PolicyDocument": READ}),
            missing,
        ),
        (
            "GetRolePolicy",
            role("app", "PolicyName", json!("absent")),
            missing,
        ),
        (
            "AttachRolePolicy",
            role("app", "PolicyArn", json!(absent)),
            missing,
        ),
        (
            "AttachRolePolicy",
            role("absent", "PolicyArn", json!(POLICY)),
            missing,
        ),
        (
            "AttachRolePolicy",
            role("app", "PolicyArn", json!("arn:aws:iam::1:role/x")),
            invalid,
        ),
        (
            "DetachRolePolicy",
            role("app", "PolicyArn", json!(absent)),
            missing,
        ),
        (
            "PutRolePermissionsBoundary",
            role("app", "PermissionsBoundary", json!(absent)),
            missing,
        ),
        ("GetPolicy", json!({"PolicyArn": absent}), missing),
        (
            "GetPolicy",
            json!({"PolicyArn": "arn:aws:iam::aws:policy"}),
            invalid,
        ),
        (
            "GetPolicyVersion",
            json!({"PolicyArn": POLICY, "VersionId": "v9"}),
            missing,
        ),
        (
            "SetDefaultPolicyVersion",
            json!({"PolicyArn": POLICY, "VersionId": "v9"}),
            missing,
        ),
        (
            "ListEntitiesForPolicy",
            json!({"PolicyArn": absent}),
            missing,
        ),
        (
            "ListInstanceProfilesForRole",
            json!({"RoleName": "absent"}),
            missing,
        ),
        ("AddRoleToInstanceProfile", both("web", "absent"), missing),
        ("AddRoleToInstanceProfile", both("absent", "app"), missing),
        (
            "RemoveRoleFromInstanceProfile",
            both("web", "absent"),
            missing,
        ),
        ("DeleteInstanceProfile", profile("absent"), missing),
        (
            "CreateGroup",
            json!({"GroupName": "u"}),
            ("NotImplementedException", 400),
        ),
    ];
    for (operation, input, wanted) in cases {
        let error = ask(&sandbox, operation, input.clone()).await.unwrap_err();
        assert_eq!(
            (error.code.as_str(), error.status),
            wanted,
            "{operation} {input}"
        );
    }
}

#[tokio::test]
async fn documents_that_are_no_policies() {
    let sandbox = account().await;
    let statement = |text: &str| format!(r#"{{"Version":"2012-10-17","Statement":[{text}]}}"#);
    let principal = r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}"#;
    let twice = r#"{"Sid":"a","Effect":"Allow","Action":"s3:*","Resource":"*"}"#;
    let identity = [
        "{".to_owned(),
        "[]".to_owned(),
        statement(r#"{"Effect":"Maybe","Action":"s3:*","Resource":"*"}"#),
        statement(r#"{"Effect":"Allow","Action":"s3:*"}"#),
        statement(r#"{"Effect":"Allow","Action":"everything","Resource":"*"}"#),
        statement(r#"{"Effect":"Allow","Action":"s3:*","Resource":"logs"}"#),
        statement(r#"{"Effect":"Allow","Action":"s3:*","NotAction":"s3:*","Resource":"*"}"#),
        statement(principal),
        statement(&format!("{twice},{twice}")),
        TRUST.to_owned(),
    ];
    for document in identity {
        let named = json!({"PolicyName": "p", "PolicyDocument": document});
        let mut inline = named.clone();
        inline["RoleName"] = json!("app");
        let version = json!({"PolicyArn": POLICY, "PolicyDocument": document});
        let cases = [
            ("PutRolePolicy", inline),
            ("CreatePolicy", named),
            ("CreatePolicyVersion", version),
        ];
        for (operation, input) in cases {
            let error = ask(&sandbox, operation, input).await.unwrap_err();
            assert_eq!(
                error.code, "MalformedPolicyDocument",
                "{operation} {document}"
            );
        }
    }
    for document in ["{", READ, &statement(principal)] {
        let made = role("new", "AssumeRolePolicyDocument", json!(document));
        let changed = role("app", "PolicyDocument", json!(document));
        for (operation, input) in [("CreateRole", made), ("UpdateAssumeRolePolicy", changed)] {
            let error = ask(&sandbox, operation, input).await.unwrap_err();
            assert_eq!(
                error.code, "MalformedPolicyDocument",
                "{operation} {document}"
            );
        }
    }
}

#[tokio::test]
async fn documents_that_are_too_long() {
    let sandbox = account().await;
    let long = |document: &str, length: usize| {
        document.replace("s3:::logs/*", &format!("s3:::{}", "b".repeat(length)))
    };
    let trust = TRUST.replace("ec2.", &"e".repeat(2048));
    let cases = [
        (
            "CreatePolicy",
            json!({"PolicyName": "p", "PolicyDocument": long(READ, 6144)}),
        ),
        (
            "CreatePolicyVersion",
            json!({"PolicyArn": POLICY, "PolicyDocument": long(READ, 6144)}),
        ),
        (
            "CreateRole",
            role("new", "AssumeRolePolicyDocument", json!(trust)),
        ),
    ];
    for (operation, input) in cases {
        let error = ask(&sandbox, operation, input).await.unwrap_err();
        assert_eq!(
            (error.code.as_str(), error.status),
            ("LimitExceeded", 409),
            "{operation}"
        );
    }
}

#[tokio::test]
async fn a_role_of_a_service_is_left_to_the_service() {
    let mut world = world();
    world.seed_role(RoleSeed {
        path: "/aws-service-role/config.amazonaws.com/".to_owned(),
        ..RoleSeed::new("AWSServiceRoleForConfig").with_attached(POLICY)
    });
    let sandbox = Sandbox::new(world);
    let name = "AWSServiceRoleForConfig";
    let cases = [
        ("DeleteRole", json!({"RoleName": name})),
        ("DetachRolePolicy", role(name, "PolicyArn", json!(POLICY))),
        (
            "UpdateAssumeRolePolicy",
            role(name, "PolicyDocument", json!(TRUST)),
        ),
    ];
    for (operation, input) in cases {
        let error = ask(&sandbox, operation, input).await.unwrap_err();
        assert_eq!(
            (error.code.as_str(), error.status),
            ("UnmodifiableEntity", 400),
            "{operation}"
        );
    }
}
