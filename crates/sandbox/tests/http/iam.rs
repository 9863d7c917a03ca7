//! IAM in the query protocol.

use serde_json::json;
use trailkeeper_sandbox::seed::{ManagedPolicySeed, RoleSeed};

use crate::Wire;

const READ: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}"#;

async fn wire() -> Wire {
    let wire = Wire::start().await;
    wire.sandbox.with_world(|world| {
        world.seed_role(RoleSeed::new("app").with_inline("p", READ));
        world.seed_managed_policy(ManagedPolicySeed::new("own", READ));
    });
    wire
}

#[tokio::test]
async fn numbers_flags_and_lists_have_their_types() {
    let wire = wire().await;
    let cases = [
        (
            "Action=GetAccountAuthorizationDetails&Filter.member.1=Role&Filter.member.2=User\
             &MaxItems=10",
            json!({"Filter": ["Role", "User"], "MaxItems": 10}),
        ),
        (
            "Action=ListPolicies&OnlyAttached=true&Scope=Local",
            json!({"OnlyAttached": true, "Scope": "Local"}),
        ),
        ("Action=GetRole&RoleName=12", json!({"RoleName": "12"})),
    ];
    for (form, wanted) in cases {
        wire.signed("iam", "POST", "/").send(form).await.unwrap();
        assert_eq!(wire.last_call().2, wanted, "{form}");
    }
}

#[tokio::test]
async fn answers_hold_members_entries_and_times() {
    let wire = wire().await;
    let cases = [
        (
            "Action=GetRole&RoleName=app",
            vec![
                "<GetRoleResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
                 <GetRoleResult><Role><",
                "<CreateDate>2026-03-02T10:00:00.000Z</CreateDate>",
            ],
        ),
        (
            "Action=ListRolePolicies&RoleName=app",
            vec![
                "<PolicyNames><member>p</member></PolicyNames>",
                "<IsTruncated>false</IsTruncated>",
            ],
        ),
        (
            "Action=GetRolePolicy&RoleName=app&PolicyName=p",
            vec!["<PolicyDocument>%7B%22Version%22%3A%222012-10-17%22%2C"],
        ),
        (
            "Action=GetAccountSummary",
            vec!["<entry><key>Roles</key><value>1</value></entry>"],
        ),
    ];
    for (form, parts) in cases {
        let answer = wire.signed("iam", "POST", "/").send(form).await.unwrap();
        assert_eq!(answer.status, 200, "{form}: {}", answer.body);
        for part in parts {
            assert!(answer.body.contains(part), "{part}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn errors_keep_their_status() {
    let wire = wire().await;
    let cases = [
        ("Action=GetRole&RoleName=absent", 404, "NoSuchEntity"),
        ("Action=DeleteRole&RoleName=app", 409, "DeleteConflict"),
        ("Action=GetRole&RoleName=a+b", 400, "ValidationError"),
    ];
    for (form, status, code) in cases {
        let answer = wire.signed("iam", "POST", "/").send(form).await.unwrap();
        assert_eq!(answer.status, status, "{form}");
        let code = format!("<Type>Sender</Type><Code>{code}</Code>");
        assert!(answer.body.contains(&code), "{}", answer.body);
    }
}
