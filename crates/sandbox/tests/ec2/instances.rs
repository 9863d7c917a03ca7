//! Launching, stopping, starting and terminating, over time.

use serde_json::{Value, json};

use crate::{
    DEEP, PENDING, REGION, RUNNING, STOPPED, WEB, account, ask, associations, instance, wait, world,
};
use trailkeeper_sandbox::Sandbox;
use trailkeeper_sandbox::seed::InstanceSeed;

async fn state(sandbox: &Sandbox, id: &str) -> String {
    let state = &instance(sandbox, id).await["State"]["Name"];
    state.as_str().unwrap().to_owned()
}

async fn launch(sandbox: &Sandbox, mut input: Value) -> Vec<String> {
    input["MinCount"] = json!(1);
    if input.get("MaxCount").is_none() {
        input["MaxCount"] = json!(1);
    }
    let answer = ask(sandbox, "RunInstances", input).await.unwrap();
    let instances = answer["Instances"].as_array().unwrap();
    let id = |one: &Value| one["InstanceId"].as_str().unwrap().to_owned();
    instances.iter().map(id).collect()
}

#[tokio::test]
async fn a_launch_of_two_comes_up_with_its_profile() {
    let sandbox = account();
    let profile = json!({"Name": "web"});
    let tags = json!([{"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "b"}]}]);
    let input = json!({
        "ImageId": "ami-1", "MaxCount": 2, "IamInstanceProfile": profile,
        "TagSpecifications": tags,
    });
    let ids = launch(&sandbox, input).await;
    assert_eq!(ids.len(), 2);
    for id in &ids {
        let told = instance(&sandbox, id).await;
        assert_eq!(told["State"], json!({"Code": 0, "Name": "pending"}));
        assert_eq!(told["IamInstanceProfile"]["Arn"], WEB);
        assert_eq!(told["Tags"], json!([{"Key": "a", "Value": "b"}]));
    }
    wait(&sandbox, 3);
    let associated = [(WEB.to_owned(), "associated".to_owned())];
    assert_eq!(associations(&sandbox, &ids[0]).await, associated);
    wait(&sandbox, 5);
    assert_eq!(state(&sandbox, &ids[1]).await, "running");
}

#[tokio::test]
async fn a_launch_template_brings_a_profile() {
    let mut world = world();
    let id = world.seed_launch_template(REGION, "with", Some(DEEP));
    world.seed_launch_template(REGION, "without", None);
    let sandbox = Sandbox::new(world);
    let cases = [
        (json!({"LaunchTemplateId": id}), None, json!(DEEP)),
        (json!({"LaunchTemplateName": "without"}), None, Value::Null),
        (
            json!({"LaunchTemplateName": "with"}),
            Some("web"),
            json!(WEB),
        ),
    ];
    for (template, own, wanted) in cases {
        let mut input = json!({"LaunchTemplate": template});
        if let Some(name) = own {
            input["IamInstanceProfile"] = json!({"Name": name});
        }
        let ids = launch(&sandbox, input).await;
        let told = instance(&sandbox, &ids[0]).await;
        assert_eq!(told["IamInstanceProfile"]["Arn"], wanted, "{template}");
    }
}

#[tokio::test]
async fn stopping_and_starting_take_their_time() {
    let sandbox = account();
    let ids = json!({"InstanceIds": [RUNNING]});
    let answer = ask(&sandbox, "StopInstances", ids.clone()).await.unwrap();
    let told = &answer["StoppingInstances"][0];
    assert_eq!(told["PreviousState"]["Name"], "running");
    assert_eq!(told["CurrentState"]["Name"], "stopping");
    let early = ask(&sandbox, "StartInstances", ids.clone()).await;
    assert_eq!(early.unwrap_err().code, "IncorrectInstanceState");
    wait(&sandbox, 19);
    assert_eq!(state(&sandbox, RUNNING).await, "stopping");
    wait(&sandbox, 1);
    assert_eq!(state(&sandbox, RUNNING).await, "stopped");
    let answer = ask(&sandbox, "StartInstances", ids.clone()).await.unwrap();
    assert_eq!(
        answer["StartingInstances"][0]["CurrentState"]["Name"],
        "pending"
    );
    wait(&sandbox, 8);
    assert_eq!(state(&sandbox, RUNNING).await, "running");
    let again = ask(&sandbox, "StartInstances", ids).await.unwrap();
    let told = &again["StartingInstances"][0];
    assert_eq!(told["CurrentState"], told["PreviousState"]);
}

/// A terminated instance can be seen for an hour; its profile is off at once.
#[tokio::test]
async fn a_terminated_instance_is_forgotten() {
    let mut world = world();
    world.seed_instance(InstanceSeed::new(REGION, RUNNING).with_profile(WEB));
    let sandbox = Sandbox::new(world);
    let ids = json!({"InstanceIds": [RUNNING, STOPPED]});
    ask(&sandbox, "TerminateInstances", ids.clone())
        .await
        .unwrap();
    assert_eq!(state(&sandbox, RUNNING).await, "shutting-down");
    assert_eq!(associations(&sandbox, RUNNING).await.len(), 1);
    wait(&sandbox, 15);
    assert_eq!(state(&sandbox, RUNNING).await, "terminated");
    assert_eq!(associations(&sandbox, RUNNING).await, []);
    let recorded = |id| sandbox.with_world(|world| world.instance_configuration(REGION, id));
    assert_eq!(recorded(RUNNING), None);
    wait(&sandbox, 3600);
    let gone = ask(&sandbox, "DescribeInstances", ids).await.unwrap_err();
    assert_eq!(gone.code, "InvalidInstanceID.NotFound");
}

/// One long wait does what many short ones do.
#[tokio::test]
async fn long_waits_skip_nothing() {
    let sandbox = account();
    let ids = json!({"InstanceIds": [RUNNING]});
    ask(&sandbox, "TerminateInstances", ids.clone())
        .await
        .unwrap();
    wait(&sandbox, 7200);
    let gone = ask(&sandbox, "DescribeInstances", ids).await.unwrap_err();
    assert_eq!(gone.code, "InvalidInstanceID.NotFound");
}

#[tokio::test]
async fn config_records_an_instance_as_the_api_shows_it() {
    let mut world = world();
    world.seed_instance(InstanceSeed::new(REGION, RUNNING).with_profile(WEB));
    let with = world.instance_configuration(REGION, RUNNING).unwrap();
    assert_eq!(with["iamInstanceProfile"]["arn"], WEB);
    assert_eq!(with["state"], json!({"code": 16, "name": "running"}));
    assert_eq!(with["launchTime"], "2026-03-02T09:00:00.000Z");
    let without = world.instance_configuration(REGION, PENDING).unwrap();
    assert_eq!(without["iamInstanceProfile"], Value::Null);
    assert_eq!(world.instance_configuration("us-east-1", RUNNING), None);
}
