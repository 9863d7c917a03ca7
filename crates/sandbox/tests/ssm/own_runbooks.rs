//! The runbooks of the second rule, run where they are deployed.

use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_sandbox::Call;
use trailkeeper_sandbox::seed::{
    InstanceProfileSeed, InstanceSeed, InstanceStatus, ManagedPolicySeed, RoleSeed,
};

use crate::{Account, REGION, document};

const ATTACH: &str = include_str!("../../../../runbooks/attach-instance-profile.yaml");
const DETACH: &str = include_str!("../../../../runbooks/detach-policy.yaml");
const INSTANCE: &str = "i-0123456789abcdef0";
const OWN_ROLE: &str = "arn:aws:iam::111122223333:role/trailkeeper";
const WIDE: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;

struct Stage {
    account: Account,
    wide: String,
}

impl Stage {
    async fn new(state: InstanceStatus, old: bool) -> Self {
        let account = Account::new();
        let wide = account.sandbox.with_world(|world| {
            world.seed_role(RoleSeed::new("web").with_inline("all", WIDE));
            world.seed_role(RoleSeed::new("old"));
            world.seed_instance_profile(InstanceProfileSeed {
                path: "/team/".to_owned(),
                ..InstanceProfileSeed::new("web", Some("web"))
            });
            let arn = world.seed_instance_profile(InstanceProfileSeed::new("old", Some("old")));
            let mut instance = InstanceSeed::new(REGION, INSTANCE).in_state(state);
            instance.profile = old.then_some(arn);
            world.seed_instance(instance);
            world.seed_managed_policy(ManagedPolicySeed::new("wide", WIDE))
        });
        let attach = document("Own-Attach", ATTACH);
        account.good("CreateDocument", attach).await;
        let detach = document("Own-Detach", DETACH);
        account.good("CreateDocument", detach).await;
        Self { account, wide }
    }

    async fn run(&self, name: &str, parameters: Value) -> Value {
        let start = json!({"DocumentName": name, "Parameters": parameters});
        let started = self.account.good("StartAutomationExecution", start).await;
        self.account.sandbox.settle().await;
        let id = started["AutomationExecutionId"].as_str().unwrap();
        self.account.execution(id).await
    }

    async fn attach(&self, allow: &str) -> Value {
        let parameters = json!({
            "InstanceId": [INSTANCE], "InstanceProfileName": ["web"], "AllowReplacement": [allow]
        });
        self.run("Own-Attach", parameters).await
    }

    async fn call(&self, service: &str, operation: &str, input: Value) -> Value {
        let call = Call::new(service, operation, REGION, input);
        self.account.sandbox.call(call).await.unwrap()
    }

    async fn profile(&self) -> String {
        let input = json!({"Filters": [{"Name": "instance-id", "Values": [INSTANCE]}]});
        let operation = "DescribeIamInstanceProfileAssociations";
        let told = self.call("ec2", operation, input).await;
        let arn = &told["IamInstanceProfileAssociations"][0]["IamInstanceProfile"]["Arn"];
        arn.as_str().unwrap_or("none").to_owned()
    }
}

fn outcome(run: &Value) -> &str {
    run["Variables"]["Outcome"][0].as_str().unwrap()
}

#[tokio::test]
async fn an_instance_gets_its_profile_on_every_way() {
    let cases = [
        (InstanceStatus::Running, false, "attached"),
        (InstanceStatus::Stopped, false, "attached"),
        (InstanceStatus::Running, true, "replaced"),
        (InstanceStatus::Stopped, true, "replaced"),
    ];
    for (state, old, wanted) in cases {
        let stage = Stage::new(state, old).await;
        let run = stage.attach("true").await;
        assert_eq!(run["AutomationExecutionStatus"], "Success", "{run:#}");
        assert_eq!(outcome(&run), wanted);
        let arn = "arn:aws:iam::111122223333:instance-profile/team/web";
        assert_eq!(stage.profile().await, arn);
        let again = stage.attach("true").await;
        assert_eq!(outcome(&again), "already-attached");
    }
}

#[tokio::test]
async fn another_profile_is_left_alone_unless_it_may_be_replaced() {
    let stage = Stage::new(InstanceStatus::Running, true).await;
    let run = stage.attach("false").await;
    assert_eq!(run["AutomationExecutionStatus"], "Failed");
    let message = run["FailureMessage"].as_str().unwrap();
    assert!(message.contains("AllowReplacement is false"), "{message}");
    let old = "arn:aws:iam::111122223333:instance-profile/old";
    assert_eq!(stage.profile().await, old);
}

#[tokio::test]
async fn a_profile_that_was_made_just_now_is_waited_for() {
    for old in [false, true] {
        let stage = Stage::new(InstanceStatus::Running, old).await;
        let sandbox = &stage.account.sandbox;
        sandbox.with_world(|world| world.set_profile_propagation(SignedDuration::from_secs(20)));
        let name = json!({"InstanceProfileName": "new"});
        stage.call("iam", "CreateInstanceProfile", name).await;
        let role = json!({"InstanceProfileName": "new", "RoleName": "web"});
        stage.call("iam", "AddRoleToInstanceProfile", role).await;
        let parameters = json!({
            "InstanceId": [INSTANCE], "InstanceProfileName": ["new"], "AllowReplacement": ["true"]
        });
        let run = stage.run("Own-Attach", parameters).await;
        assert_eq!(run["AutomationExecutionStatus"], "Success", "{run:#}");
    }
}

#[tokio::test]
async fn a_policy_comes_off_after_approval_and_goes_on_again() {
    let stage = Stage::new(InstanceStatus::Running, false).await;
    let attach = json!({"RoleName": "web", "PolicyArn": stage.wide});
    stage.call("iam", "AttachRolePolicy", attach).await;
    let subjects = [
        ("PolicyArn", stage.wide.clone()),
        ("PolicyName", "all".to_owned()),
    ];
    for (kind, policy) in subjects {
        let mut given = json!({"RoleName": ["web"], "Approvers": [OWN_ROLE]});
        given[kind] = json!([policy]);
        let run = stage.run("Own-Detach", given.clone()).await;
        assert_eq!(run["AutomationExecutionStatus"], "Waiting", "{run:#}");
        let id = run["AutomationExecutionId"].clone();
        let signal = json!({"AutomationExecutionId": id, "SignalType": "Approve"});
        stage.account.good("SendAutomationSignal", signal).await;
        stage.account.sandbox.settle().await;
        let run = stage.account.execution(id.as_str().unwrap()).await;
        assert_eq!(run["AutomationExecutionStatus"], "Success", "{run:#}");
        assert_eq!(outcome(&run), "detached");

        given["Mode"] = json!(["Restore"]);
        given["RequireApproval"] = json!(["false"]);
        if kind == "PolicyName" {
            given["DetachExecutionId"] = json!([id]);
        }
        let run = stage.run("Own-Detach", given.clone()).await;
        assert_eq!(outcome(&run), "restored", "{run:#}");
        let run = stage.run("Own-Detach", given).await;
        assert_eq!(outcome(&run), "already-there");
    }
    let all = json!({"RoleName": "web", "PolicyName": "all"});
    let told = stage.call("iam", "GetRolePolicy", all).await;
    assert!(
        told["PolicyDocument"]
            .as_str()
            .unwrap()
            .contains("s3%3A%2A"),
        "{told}"
    );
}
