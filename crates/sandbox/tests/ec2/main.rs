//! EC2 through the account's door.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code"
)]

mod associations;
mod instances;
mod listings;
mod records;
mod refusals;
mod tags;

use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{InstanceProfileSeed, InstanceSeed, InstanceStatus, RoleSeed};
use trailkeeper_sandbox::{ApiError, Call, Failure, Sandbox, World};

const REGION: &str = "eu-west-1";
const RUNNING: &str = "i-0000000000000000a";
const STOPPED: &str = "i-0000000000000000b";
const PENDING: &str = "i-0000000000000000c";
const WEB: &str = "arn:aws:iam::111122223333:instance-profile/web";
const DEEP: &str = "arn:aws:iam::111122223333:instance-profile/team/app/deep";

fn world() -> World {
    let now = "2026-03-02T10:00:00Z".parse().unwrap();
    let mut world = World::new("111122223333", REGION, now);
    world.seed_role(RoleSeed::new("app"));
    assert_eq!(
        world.seed_instance_profile(InstanceProfileSeed::new("web", Some("app"))),
        WEB
    );
    let deep = InstanceProfileSeed {
        path: "/team/app/".to_owned(),
        ..InstanceProfileSeed::new("deep", Some("app"))
    };
    assert_eq!(world.seed_instance_profile(deep), DEEP);
    world.seed_instance_profile(InstanceProfileSeed::new("empty", None));
    world.seed_instance(InstanceSeed::new(REGION, RUNNING));
    world.seed_instance(InstanceSeed::new(REGION, STOPPED).in_state(InstanceStatus::Stopped));
    world.seed_instance(InstanceSeed::new(REGION, PENDING).in_state(InstanceStatus::Pending));
    world
}

fn account() -> Sandbox {
    Sandbox::new(world())
}

async fn ask(sandbox: &Sandbox, operation: &str, input: Value) -> Result<Value, ApiError> {
    ask_in(sandbox, "ec2", operation, REGION, input).await
}

async fn ask_in(
    sandbox: &Sandbox,
    service: &str,
    operation: &str,
    region: &str,
    input: Value,
) -> Result<Value, ApiError> {
    match sandbox
        .call(Call::new(service, operation, region, input))
        .await
    {
        Ok(output) => Ok(output),
        Err(Failure::Api(error)) => Err(error),
        Err(Failure::NoAnswer) => panic!("{operation}: no answer"),
    }
}

/// The code and the message of a refusal.
async fn refused(sandbox: &Sandbox, operation: &str, input: Value) -> (String, String) {
    let error = ask(sandbox, operation, input).await.unwrap_err();
    (error.code, error.message)
}

fn wait(sandbox: &Sandbox, seconds: i64) {
    sandbox.advance(SignedDuration::from_secs(seconds));
}

fn associate(instance: &str, arn: &str) -> Value {
    json!({"InstanceId": instance, "IamInstanceProfile": {"Arn": arn}})
}

/// The associations of an instance: profile and state.
async fn associations(sandbox: &Sandbox, instance: &str) -> Vec<(String, String)> {
    let filter = json!({"Filters": [{"Name": "instance-id", "Values": [instance]}]});
    let answer = ask(sandbox, "DescribeIamInstanceProfileAssociations", filter).await;
    let answer = answer.unwrap();
    let all = answer["IamInstanceProfileAssociations"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    all.iter()
        .map(|one| (text(&one["IamInstanceProfile"]["Arn"]), text(&one["State"])))
        .collect()
}

/// An instance as DescribeInstances answers it.
async fn instance(sandbox: &Sandbox, id: &str) -> Value {
    let answer = ask(sandbox, "DescribeInstances", json!({"InstanceIds": [id]})).await;
    answer.unwrap()["Reservations"][0]["Instances"][0].clone()
}
