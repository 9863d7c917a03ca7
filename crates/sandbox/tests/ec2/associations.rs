//! One profile an instance, and the ways to give, change and take it.

use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{InstanceSeed, InstanceStatus};
use trailkeeper_sandbox::{Call, Sandbox};

use crate::{
    DEEP, REGION, RUNNING, STOPPED, WEB, account, ask, ask_in, associate, associations, instance,
    refused, wait, world,
};

/// An account whose instance in `status` has the profile WEB, and the association's id.
fn with_profile(status: InstanceStatus) -> (Sandbox, String) {
    let mut world = world();
    let seed = InstanceSeed::new(REGION, RUNNING).with_profile(WEB);
    let id = world.seed_instance(seed.in_state(status)).unwrap();
    (Sandbox::new(world), id)
}

fn replace(association: &str, arn: &str) -> Value {
    json!({"AssociationId": association, "IamInstanceProfile": {"Arn": arn}})
}

fn pair(arn: &str, state: &str) -> (String, String) {
    (arn.to_owned(), state.to_owned())
}

#[tokio::test]
async fn a_profile_comes_in_a_few_seconds() {
    for (id, given) in [
        (RUNNING, json!({"Name": "deep"})),
        (STOPPED, json!({"Arn": DEEP})),
    ] {
        let sandbox = account();
        let input = json!({"InstanceId": id, "IamInstanceProfile": given});
        let answer = ask(&sandbox, "AssociateIamInstanceProfile", input).await;
        let told = &answer.unwrap()["IamInstanceProfileAssociation"];
        assert_eq!(told["State"], "associating");
        assert_eq!(told["IamInstanceProfile"]["Arn"], DEEP);
        assert_eq!(
            associations(&sandbox, id).await,
            [pair(DEEP, "associating")]
        );
        assert_eq!(
            instance(&sandbox, id).await["IamInstanceProfile"]["Arn"],
            DEEP
        );
        wait(&sandbox, 3);
        assert_eq!(associations(&sandbox, id).await, [pair(DEEP, "associated")]);
    }
}

/// A second profile is refused, also while the first one is on its way in.
#[tokio::test]
async fn p26_an_association_is_never_overwritten() {
    let sandbox = account();
    let first = ask(
        &sandbox,
        "AssociateIamInstanceProfile",
        associate(RUNNING, WEB),
    )
    .await;
    first.unwrap();
    let text = format!("There is an existing association for instance {RUNNING}");
    for arn in [WEB, DEEP] {
        let second = refused(
            &sandbox,
            "AssociateIamInstanceProfile",
            associate(RUNNING, arn),
        );
        assert_eq!(second.await, ("IncorrectState".to_owned(), text.clone()));
        wait(&sandbox, 3);
    }
    assert_eq!(
        associations(&sandbox, RUNNING).await,
        [pair(WEB, "associated")]
    );
}

/// What each state of the instance lets happen to its profile.
#[tokio::test]
async fn p14_the_state_of_the_instance_decides() {
    use InstanceStatus::{Pending, Running, ShuttingDown, Stopped, Stopping};
    let (none, state) = (None, Some("IncorrectInstanceState"));
    let inactive = Some("IncorrectState");
    let cases = [
        (Running, none, none),
        (Stopped, none, inactive),
        (Pending, state, state),
        (Stopping, state, inactive),
        (ShuttingDown, state, inactive),
    ];
    for (status, associating, replacing) in cases {
        let mut bare = world();
        bare.seed_instance(InstanceSeed::new(REGION, RUNNING).in_state(status));
        let bare = Sandbox::new(bare);
        let answer = ask(
            &bare,
            "AssociateIamInstanceProfile",
            associate(RUNNING, WEB),
        )
        .await;
        let code = answer.err().map(|error| error.code);
        assert_eq!(code.as_deref(), associating, "associate: {status:?}");

        let (sandbox, id) = with_profile(status);
        let input = replace(&id, DEEP);
        let answer = ask(&sandbox, "ReplaceIamInstanceProfileAssociation", input).await;
        let code = answer.err().map(|error| error.code);
        assert_eq!(code.as_deref(), replacing, "replace: {status:?}");
    }
}

#[tokio::test]
async fn a_replaced_profile_leaves_no_gap_and_has_a_new_id() {
    let (sandbox, id) = with_profile(InstanceStatus::Running);
    let input = replace(&id, DEEP);
    let answer = ask(
        &sandbox,
        "ReplaceIamInstanceProfileAssociation",
        input.clone(),
    )
    .await;
    let told = answer.unwrap()["IamInstanceProfileAssociation"].clone();
    assert_ne!(told["AssociationId"], json!(id));
    assert_eq!(told["State"], "associating");
    assert_eq!(
        instance(&sandbox, RUNNING).await["IamInstanceProfile"]["Arn"],
        DEEP
    );
    assert_eq!(
        associations(&sandbox, RUNNING).await,
        [pair(DEEP, "associating")]
    );
    let again = refused(&sandbox, "ReplaceIamInstanceProfileAssociation", input).await;
    assert_eq!(again.0, "InvalidAssociationID.NotFound");
}

#[tokio::test]
async fn a_stopped_instance_is_told_by_the_message() {
    let (sandbox, id) = with_profile(InstanceStatus::Stopped);
    let input = replace(&id, DEEP);
    let (code, text) = refused(&sandbox, "ReplaceIamInstanceProfileAssociation", input).await;
    assert_eq!(code, "IncorrectState");
    assert_eq!(
        text,
        format!("The association {id} is not the active association")
    );
    assert_eq!(
        associations(&sandbox, RUNNING).await,
        [pair(WEB, "associated")]
    );
}

/// On a running instance the old profile takes its time to go, on a stopped one the next can
/// follow at once.
#[tokio::test]
async fn a_profile_goes() {
    for (status, left) in [
        (InstanceStatus::Running, vec![pair(WEB, "disassociating")]),
        (InstanceStatus::Stopped, vec![]),
    ] {
        let (sandbox, id) = with_profile(status);
        let input = json!({"AssociationId": id});
        let answer = ask(&sandbox, "DisassociateIamInstanceProfile", input.clone()).await;
        let told = &answer.unwrap()["IamInstanceProfileAssociation"];
        assert_eq!(told["State"], "disassociating");
        assert_eq!(associations(&sandbox, RUNNING).await, left, "{status:?}");
        assert_eq!(
            instance(&sandbox, RUNNING).await.get("IamInstanceProfile"),
            None
        );
        let next = ask(
            &sandbox,
            "AssociateIamInstanceProfile",
            associate(RUNNING, DEEP),
        )
        .await;
        assert_eq!(next.is_ok(), left.is_empty(), "{status:?}");
        wait(&sandbox, 3);
        let gone = refused(&sandbox, "DisassociateIamInstanceProfile", input).await;
        assert_eq!(gone.0, "InvalidAssociationID.NotFound");
    }
}

/// EC2 does not know a profile in the first seconds.
#[tokio::test]
async fn a_new_profile_has_to_spread() {
    let sandbox = account();
    let iam = |operation, input| ask_in(&sandbox, "iam", operation, "us-east-1", input);
    let name = json!({"InstanceProfileName": "fresh"});
    iam("CreateInstanceProfile", name).await.unwrap();
    let role = json!({"InstanceProfileName": "fresh", "RoleName": "app"});
    iam("AddRoleToInstanceProfile", role).await.unwrap();
    let input = json!({"InstanceId": RUNNING, "IamInstanceProfile": {"Name": "fresh"}});
    let (code, text) = refused(&sandbox, "AssociateIamInstanceProfile", input.clone()).await;
    assert_eq!(code, "IncorrectState");
    assert!(text.contains("InstanceIdentityProfileNotFound"), "{text}");
    assert!(text.contains("111122223333/fresh"), "{text}");
    let launch = json!({
        "ImageId": "ami-1", "MinCount": 1, "MaxCount": 1, "IamInstanceProfile": {"Name": "fresh"},
    });
    let (code, text) = refused(&sandbox, "RunInstances", launch).await;
    assert_eq!(code, "InvalidParameterValue");
    assert!(
        text.ends_with("Invalid IAM Instance Profile name"),
        "{text}"
    );
    wait(&sandbox, 8);
    let answer = ask(&sandbox, "AssociateIamInstanceProfile", input).await;
    answer.unwrap();
}

#[tokio::test]
async fn the_time_to_spread_can_be_set() {
    let mut world = world();
    world.set_profile_propagation(jiff::SignedDuration::ZERO);
    let sandbox = Sandbox::new(world);
    let iam = |operation: &str, input| {
        let call = Call::new("iam", operation, "us-east-1", input);
        sandbox.call(call)
    };
    let role = json!({"InstanceProfileName": "fresh", "RoleName": "app"});
    let name = json!({"InstanceProfileName": "fresh"});
    iam("CreateInstanceProfile", name).await.unwrap();
    iam("AddRoleToInstanceProfile", role).await.unwrap();
    let input = json!({"InstanceId": RUNNING, "IamInstanceProfile": {"Name": "fresh"}});
    let answer = ask(&sandbox, "AssociateIamInstanceProfile", input).await;
    answer.unwrap();
}
