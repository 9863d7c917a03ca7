//! IAM through the account's door.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code"
)]

mod details;
mod pages;
mod policies;
mod profiles;
mod refusals;
mod roles;

use serde_json::{Value, json};
use trailkeeper_sandbox::{ApiError, Call, Failure, Sandbox, World};

const REGION: &str = "eu-west-1";
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const READ: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::logs/*"}]}"#;
const POLICY: &str = "arn:aws:iam::111122223333:policy/read";

fn world() -> World {
    World::new(
        "111122223333",
        REGION,
        "2026-03-02T10:00:00Z".parse().unwrap(),
    )
}

async fn ask(sandbox: &Sandbox, operation: &str, input: Value) -> Result<Value, ApiError> {
    match sandbox
        .call(Call::new("iam", operation, REGION, input))
        .await
    {
        Ok(output) => Ok(output),
        Err(Failure::Api(error)) => Err(error),
        Err(Failure::NoAnswer) => panic!("{operation}: no answer"),
    }
}

/// Makes the calls, each of which must succeed.
async fn all(sandbox: &Sandbox, calls: &[(&str, Value)]) {
    for (operation, input) in calls {
        let answer = ask(sandbox, operation, input.clone()).await;
        assert!(answer.is_ok(), "{operation} {input}: {answer:?}");
    }
}

/// A role `app` in the profile `web`, with an inline and a managed policy.
async fn account() -> Sandbox {
    let sandbox = Sandbox::new(world());
    let role = |more: Value| {
        let mut input = json!({"RoleName": "app"});
        input
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        input
    };
    let profile = json!({"InstanceProfileName": "web"});
    all(
        &sandbox,
        &[
            (
                "CreateRole",
                role(json!({"AssumeRolePolicyDocument": TRUST})),
            ),
            (
                "PutRolePolicy",
                role(json!({"PolicyName": "inline", "PolicyDocument": READ})),
            ),
            (
                "CreatePolicy",
                json!({"PolicyName": "read", "PolicyDocument": READ}),
            ),
            ("AttachRolePolicy", role(json!({"PolicyArn": POLICY}))),
            ("CreateInstanceProfile", profile),
            (
                "AddRoleToInstanceProfile",
                role(json!({"InstanceProfileName": "web"})),
            ),
        ],
    )
    .await;
    sandbox
}

/// A document as a caller gets it, decoded.
fn decoded(document: &Value) -> String {
    let text = document.as_str().unwrap();
    assert!(!text.contains(['{', '"', ' ']), "{text}");
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let escape = [rest.next().unwrap(), rest.next().unwrap()];
        let digits = std::str::from_utf8(&escape).unwrap();
        bytes.push(u8::from_str_radix(digits, 16).unwrap());
    }
    String::from_utf8(bytes).unwrap()
}
