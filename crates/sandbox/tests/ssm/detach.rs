//! The runbook that takes a policy off a role, against the rules of IAM.

use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{DocumentSeed, ManagedPolicySeed, RoleSeed};
use trailkeeper_sandbox::{Call, Sandbox, World};

use crate::REGION;

const RUNBOOK: &str = include_str!("../../../../runbooks/detach-policy.yaml");
const NAME: &str = "Trailkeeper-DetachPolicy";
const WIDE: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;

/// The role `app` with an inline and a managed policy; the managed one's ARN.
fn account() -> (Sandbox, String) {
    let now = "2026-03-02T10:00:00Z".parse().unwrap();
    let mut world = World::new("111122223333", REGION, now);
    let arn = world.seed_managed_policy(ManagedPolicySeed::of_aws("AdministratorAccess", WIDE));
    world.seed_role(
        RoleSeed::new("app")
            .with_inline("all", WIDE)
            .with_attached(&arn),
    );
    let document = DocumentSeed {
        region: REGION.to_owned(),
        name: NAME.to_owned(),
        content: RUNBOOK.to_owned(),
        owner: None,
    };
    world.seed_document(document).unwrap();
    (Sandbox::new(world), arn)
}

async fn ask(sandbox: &Sandbox, service: &str, operation: &str, input: Value) -> Value {
    let call = Call::new(service, operation, REGION, input);
    sandbox.call(call).await.unwrap()
}

/// Runs the runbook without approval; the execution's id and status.
async fn run(sandbox: &Sandbox, more: Value) -> (String, String) {
    let mut parameters = json!({"RoleName": ["app"], "RequireApproval": ["false"]});
    let members = parameters.as_object_mut().unwrap();
    members.extend(more.as_object().unwrap().clone());
    let input = json!({"DocumentName": NAME, "Parameters": parameters});
    let started = ask(sandbox, "ssm", "StartAutomationExecution", input).await;
    sandbox.settle().await;
    let told = ask(sandbox, "ssm", "GetAutomationExecution", started.clone()).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (
        text(&started["AutomationExecutionId"]),
        text(&told["AutomationExecution"]["AutomationExecutionStatus"]),
    )
}

/// The policies of the role: inline, then managed.
async fn policies(sandbox: &Sandbox) -> [usize; 2] {
    let role = json!({"RoleName": "app"});
    let inline = ask(sandbox, "iam", "ListRolePolicies", role.clone()).await;
    let managed = ask(sandbox, "iam", "ListAttachedRolePolicies", role).await;
    let count = |list: &Value| list.as_array().unwrap().len();
    [
        count(&inline["PolicyNames"]),
        count(&managed["AttachedPolicies"]),
    ]
}

#[tokio::test]
async fn a_managed_policy_comes_off_and_on() {
    let (sandbox, arn) = account();
    let detach = json!({"PolicyArn": [arn]});
    assert_eq!(run(&sandbox, detach.clone()).await.1, "Success");
    assert_eq!(policies(&sandbox).await, [1, 0]);
    assert_eq!(run(&sandbox, detach).await.1, "Failed");
    let restore = json!({"PolicyArn": [arn], "Mode": ["Restore"]});
    assert_eq!(run(&sandbox, restore).await.1, "Success");
    assert_eq!(policies(&sandbox).await, [1, 1]);
}

/// The run that took an inline policy off has kept its document.
#[tokio::test]
async fn an_inline_policy_comes_off_and_on() {
    let (sandbox, _) = account();
    let named = json!({"RoleName": "app", "PolicyName": "all"});
    let before = ask(&sandbox, "iam", "GetRolePolicy", named.clone()).await;
    let (id, status) = run(&sandbox, json!({"PolicyName": ["all"]})).await;
    assert_eq!(
        (status.as_str(), policies(&sandbox).await),
        ("Success", [0, 1])
    );
    let restore = json!({
        "PolicyName": ["all"], "Mode": ["Restore"], "DetachExecutionId": [id],
    });
    assert_eq!(run(&sandbox, restore).await.1, "Success");
    let after = ask(&sandbox, "iam", "GetRolePolicy", named).await;
    let sorted = |answer: &Value| {
        let text = answer["PolicyDocument"].as_str().unwrap();
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    // the same members, perhaps in another order
    assert_eq!(sorted(&after), sorted(&before));
}
