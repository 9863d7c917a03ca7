//! The runbook that attaches an instance profile, against the rules of EC2.

use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{
    DocumentSeed, InstanceProfileSeed, InstanceSeed, InstanceStatus, RoleSeed,
};
use trailkeeper_sandbox::{Call, Fault, FaultKind, Sandbox, When, World};

use crate::REGION;

const RUNBOOK: &str = include_str!("../../../../runbooks/attach-instance-profile.yaml");
const NAME: &str = "Trailkeeper-AttachInstanceProfile";
const ID: &str = "i-0123456789abcdef0";
const WANTED: &str = "arn:aws:iam::111122223333:instance-profile/team/wanted";
const OTHER: &str = "arn:aws:iam::111122223333:instance-profile/other";

fn account(status: InstanceStatus, profile: Option<&str>) -> Sandbox {
    let now = "2026-03-02T10:00:00Z".parse().unwrap();
    let mut world = World::new("111122223333", REGION, now);
    world.seed_role(RoleSeed::new("app"));
    world.seed_instance_profile(InstanceProfileSeed {
        path: "/team/".to_owned(),
        ..InstanceProfileSeed::new("wanted", Some("app"))
    });
    world.seed_instance_profile(InstanceProfileSeed::new("other", Some("app")));
    let mut seed = InstanceSeed::new(REGION, ID).in_state(status);
    seed.profile = profile.map(str::to_owned);
    world.seed_instance(seed);
    let document = DocumentSeed {
        region: REGION.to_owned(),
        name: NAME.to_owned(),
        content: RUNBOOK.to_owned(),
        owner: None,
    };
    world.seed_document(document).unwrap();
    Sandbox::new(world)
}

async fn ask(sandbox: &Sandbox, service: &str, operation: &str, input: Value) -> Value {
    let call = Call::new(service, operation, REGION, input);
    sandbox.call(call).await.unwrap()
}

/// Runs the runbook; the answer is the execution's status.
async fn run(sandbox: &Sandbox, replacing: bool) -> String {
    let input = json!({"DocumentName": NAME, "Parameters": {
        "InstanceId": [ID], "InstanceProfileName": ["wanted"],
        "AllowReplacement": [replacing.to_string()],
    }});
    let id = ask(sandbox, "ssm", "StartAutomationExecution", input).await;
    sandbox.settle().await;
    let told = ask(sandbox, "ssm", "GetAutomationExecution", id).await;
    let execution = &told["AutomationExecution"];
    execution["AutomationExecutionStatus"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// The profile that the instance has.
async fn profile(sandbox: &Sandbox) -> Value {
    let ids = json!({"InstanceIds": [ID]});
    let told = ask(sandbox, "ec2", "DescribeInstances", ids).await;
    told["Reservations"][0]["Instances"][0]["IamInstanceProfile"]["Arn"].clone()
}

/// The calls of EC2 that changed something, refused ones too.
fn writes(sandbox: &Sandbox) -> Vec<String> {
    let calls = sandbox.calls().into_iter();
    let writes = calls.filter(|call| call.write && call.service == "ec2");
    writes.map(|call| call.operation).collect()
}

#[tokio::test]
async fn each_state_has_its_way() {
    use InstanceStatus::{Running, Stopped, Terminated};
    let mark = "CreateTags";
    let (put, take) = (
        "AssociateIamInstanceProfile",
        "DisassociateIamInstanceProfile",
    );
    let change = "ReplaceIamInstanceProfileAssociation";
    let cases = [
        (Running, None, false, "Success", vec![put]),
        (Stopped, None, false, "Success", vec![put]),
        (Running, Some(WANTED), true, "Success", vec![]),
        (Running, Some(OTHER), false, "Failed", vec![]),
        (
            Running,
            Some(OTHER),
            true,
            "Success",
            vec![mark, change, mark],
        ),
        (
            Stopped,
            Some(OTHER),
            true,
            "Success",
            vec![mark, take, put, mark],
        ),
        (Terminated, None, true, "Failed", vec![]),
    ];
    for (status, before, replacing, wanted, calls) in cases {
        let sandbox = account(status, before);
        let case = format!("{status:?} {before:?} {replacing}");
        assert_eq!(run(&sandbox, replacing).await, wanted, "{case}");
        assert_eq!(writes(&sandbox), calls, "{case}");
        let after = if wanted == "Success" {
            json!(WANTED)
        } else {
            json!(before)
        };
        assert_eq!(profile(&sandbox).await, after, "{case}");
        // a second run has nothing to do, or fails as the first
        sandbox.clear_calls();
        assert_eq!(run(&sandbox, replacing).await, wanted, "{case}");
        assert_eq!(writes(&sandbox), [""; 0], "{case}");
    }
}

/// The old profile is put back if the new one cannot be put on.
#[tokio::test]
async fn p20_a_stopped_instance_is_never_left_without_a_profile() {
    let sandbox = account(InstanceStatus::Stopped, Some(OTHER));
    let error = trailkeeper_sandbox::ApiError::new("UnauthorizedOperation", "no");
    let fault = Fault::new(
        "ec2",
        "AssociateIamInstanceProfile",
        When::First(2),
        FaultKind::Error(error),
    );
    sandbox.inject(fault);
    let status = run(&sandbox, true).await;
    let after = profile(&sandbox).await;
    assert_ne!(after, Value::Null, "{status}");
}

/// A profile that was made a moment ago is waited for.
#[tokio::test]
async fn a_new_profile_is_waited_for() {
    let sandbox = account(InstanceStatus::Running, None);
    let name = json!({"InstanceProfileName": "wanted"});
    let both = json!({"InstanceProfileName": "wanted", "RoleName": "app"});
    ask(
        &sandbox,
        "iam",
        "RemoveRoleFromInstanceProfile",
        both.clone(),
    )
    .await;
    ask(&sandbox, "iam", "DeleteInstanceProfile", name).await;
    let made = json!({"InstanceProfileName": "wanted", "Path": "/team/"});
    ask(&sandbox, "iam", "CreateInstanceProfile", made).await;
    ask(&sandbox, "iam", "AddRoleToInstanceProfile", both).await;
    assert_eq!(run(&sandbox, false).await, "Success");
    assert_eq!(profile(&sandbox).await, json!(WANTED));
}

/// Where another owner puts its own profile back the runbook gives way.
#[tokio::test]
async fn p27_two_owners_are_noticed() {
    let sandbox = account(InstanceStatus::Running, Some(OTHER));
    assert_eq!(run(&sandbox, true).await, "Success");
    let filter = json!({"Filters": [{"Name": "instance-id", "Values": [ID]}]});
    let told = ask(
        &sandbox,
        "ec2",
        "DescribeIamInstanceProfileAssociations",
        filter,
    )
    .await;
    let id = told["IamInstanceProfileAssociations"][0]["AssociationId"].clone();
    let back = json!({"AssociationId": id, "IamInstanceProfile": {"Arn": OTHER}});
    ask(
        &sandbox,
        "ec2",
        "ReplaceIamInstanceProfileAssociation",
        back,
    )
    .await;
    sandbox.advance(SignedDuration::from_mins(5));
    sandbox.clear_calls();
    assert_eq!(run(&sandbox, true).await, "Failed");
    assert_eq!(writes(&sandbox), [""; 0]);
    assert_eq!(profile(&sandbox).await, json!(OTHER));
}
