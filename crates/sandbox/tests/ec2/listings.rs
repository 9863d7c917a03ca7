//! Filters and pages.

use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{InstanceSeed, InstanceStatus};
use trailkeeper_sandbox::{Sandbox, World};

use crate::{PENDING, REGION, RUNNING, STOPPED, WEB, account, ask, world};

fn ids(answer: &Value) -> Vec<String> {
    let reservations = answer["Reservations"].as_array().unwrap();
    let instances = reservations
        .iter()
        .flat_map(|one| one["Instances"].as_array().unwrap());
    let id = |one: &Value| one["InstanceId"].as_str().unwrap().to_owned();
    instances.map(id).collect()
}

async fn filtered(sandbox: &Sandbox, filters: Value) -> Vec<String> {
    let input = json!({"Filters": filters});
    ids(&ask(sandbox, "DescribeInstances", input).await.unwrap())
}

#[tokio::test]
async fn all_filters_must_hold_and_one_of_their_values() {
    let mut world = world();
    world.seed_instance(InstanceSeed::new(REGION, RUNNING).with_profile(WEB));
    world.seed_instance(InstanceSeed::new("us-east-1", "i-0000000000000000f"));
    let sandbox = Sandbox::new(world);
    let filter = |name: &str, values: &[&str]| json!({"Name": name, "Values": values});
    let cases = [
        (json!([]), vec![RUNNING, STOPPED, PENDING]),
        (
            json!([filter("instance-id", &[STOPPED, "i-00000000000000fff"])]),
            vec![STOPPED],
        ),
        (
            json!([filter("instance-state-name", &["running", "stopped"])]),
            vec![RUNNING, STOPPED],
        ),
        (
            json!([
                filter("instance-state-name", &["running", "stopped"]),
                filter("instance-id", &[STOPPED, PENDING]),
            ]),
            vec![STOPPED],
        ),
        (
            json!([filter("iam-instance-profile.arn", &["*/web"])]),
            vec![RUNNING],
        ),
        (
            json!([filter("iam-instance-profile.arn", &["web"])]),
            vec![],
        ),
        (
            json!([filter("instance-state-code", &["80"])]),
            vec![STOPPED],
        ),
    ];
    for (filters, wanted) in cases {
        assert_eq!(
            filtered(&sandbox, filters.clone()).await,
            wanted,
            "{filters}"
        );
    }
}

fn crowd() -> World {
    let mut world = world();
    for number in 0..22 {
        let id = format!("i-{number:017x}");
        world.seed_instance(InstanceSeed::new("us-east-1", &id).with_profile(WEB));
    }
    world
}

async fn pages(operation: &str, list: &str) -> Vec<usize> {
    let sandbox = Sandbox::new(crowd());
    let mut sizes = Vec::new();
    let mut input = json!({"MaxResults": 10});
    loop {
        let answer = crate::ask_in(&sandbox, "ec2", operation, "us-east-1", input.clone())
            .await
            .unwrap();
        sizes.push(answer[list].as_array().unwrap().len());
        match answer.get("NextToken") {
            None => return sizes,
            Some(token) => input["NextToken"] = token.clone(),
        }
    }
}

#[tokio::test]
async fn listings_come_in_pages() {
    let cases = [
        ("DescribeInstances", "Reservations"),
        ("DescribeInstanceStatus", "InstanceStatuses"),
        (
            "DescribeIamInstanceProfileAssociations",
            "IamInstanceProfileAssociations",
        ),
    ];
    for (operation, list) in cases {
        assert_eq!(pages(operation, list).await, [10, 10, 2], "{operation}");
    }
}

#[tokio::test]
async fn instances_of_one_launch_are_one_reservation() {
    let sandbox = account();
    let input = json!({"ImageId": "ami-1", "MinCount": 3, "MaxCount": 3});
    ask(&sandbox, "RunInstances", input).await.unwrap();
    let answer = ask(&sandbox, "DescribeInstances", json!({})).await.unwrap();
    let reservations = answer["Reservations"].as_array().unwrap();
    let sizes: Vec<usize> = reservations
        .iter()
        .map(|one| one["Instances"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [1, 1, 1, 3]);
}

#[tokio::test]
async fn the_status_of_running_instances_only_unless_all_are_asked_for() {
    let sandbox = account();
    for (input, wanted) in [(json!({}), 1), (json!({"IncludeAllInstances": true}), 3)] {
        let answer = ask(&sandbox, "DescribeInstanceStatus", input)
            .await
            .unwrap();
        assert_eq!(answer["InstanceStatuses"].as_array().unwrap().len(), wanted);
    }
}

/// Calls of other services, reads and waits do not copy all instances.
#[tokio::test]
async fn many_instances() {
    let mut world = world();
    for number in 0..20_000 {
        let id = format!("i-{number:017x}");
        let status = if number % 2 == 0 {
            InstanceStatus::Running
        } else {
            InstanceStatus::Stopped
        };
        world.seed_instance(InstanceSeed::new(REGION, &id).in_state(status));
    }
    let sandbox = Sandbox::new(world);
    for _ in 0..500 {
        let role = json!({"RoleName": "app"});
        let answer = crate::ask_in(&sandbox, "iam", "DeleteRole", REGION, role).await;
        assert_eq!(answer.unwrap_err().code, "DeleteConflict");
        crate::wait(&sandbox, 1);
    }
    let answer = ask(&sandbox, "DescribeInstances", json!({"MaxResults": 1000})).await;
    assert_eq!(ids(&answer.unwrap()).len(), 1000);
}
