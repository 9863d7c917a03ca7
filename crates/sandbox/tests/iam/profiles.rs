//! Instance profiles.

use serde_json::{Value, json};
use trailkeeper_sandbox::Sandbox;
use trailkeeper_sandbox::seed::{InstanceProfileSeed, RoleSeed};

use crate::{account, all, ask, decoded, world};

fn web() -> Value {
    json!({"InstanceProfileName": "web"})
}

/// Path, partition, and a name that is not the role's.
#[tokio::test]
async fn p7_the_arn_holds_partition_and_path() {
    let cases = [("aws", "/"), ("aws-cn", "/a/"), ("aws-us-gov", "/a/b/c/")];
    for (partition, path) in cases {
        let mut world = world();
        world.partition = partition.to_owned();
        let sandbox = Sandbox::new(world);
        let input = json!({"InstanceProfileName": "web", "Path": path});
        let made = ask(&sandbox, "CreateInstanceProfile", input).await.unwrap();
        let wanted = format!("arn:{partition}:iam::111122223333:instance-profile{path}web");
        assert_eq!(made["InstanceProfile"]["Arn"], json!(wanted));
        let got = ask(&sandbox, "GetInstanceProfile", web()).await.unwrap();
        assert_eq!(got, made);
        assert_eq!(got["InstanceProfile"]["Roles"], json!([]));
    }
}

#[tokio::test]
async fn a_profile_holds_one_role() {
    let sandbox = account().await;
    let got = ask(&sandbox, "GetInstanceProfile", web()).await.unwrap();
    let roles = got["InstanceProfile"]["Roles"].as_array().unwrap();
    assert_eq!(roles.len(), 1);
    assert_eq!(roles[0]["Arn"], "arn:aws:iam::111122223333:role/app");
    assert!(decoded(&roles[0]["AssumeRolePolicyDocument"]).contains("ec2.amazonaws.com"));
    let add = json!({"InstanceProfileName": "web", "RoleName": "app"});
    let second = ask(&sandbox, "AddRoleToInstanceProfile", add.clone())
        .await
        .unwrap_err();
    assert_eq!(
        (second.code.as_str(), second.status),
        ("LimitExceeded", 409)
    );
    let kept = ask(&sandbox, "DeleteInstanceProfile", web())
        .await
        .unwrap_err();
    assert_eq!(kept.code, "DeleteConflict");
    all(
        &sandbox,
        &[
            ("RemoveRoleFromInstanceProfile", add),
            ("DeleteInstanceProfile", web()),
        ],
    )
    .await;
    let gone = ask(&sandbox, "GetInstanceProfile", web())
        .await
        .unwrap_err();
    assert_eq!(gone.code, "NoSuchEntity");
}

#[tokio::test]
async fn profiles_are_found_by_path_and_by_role() {
    let mut world = world();
    world.seed_role(RoleSeed::new("app"));
    world.seed_role(RoleSeed::new("other"));
    for (name, path, role) in [
        ("one", "/", Some("app")),
        ("two", "/a/", Some("app")),
        ("three", "/a/", None),
        ("four", "/b/", Some("other")),
    ] {
        world.seed_instance_profile(InstanceProfileSeed {
            path: path.to_owned(),
            ..InstanceProfileSeed::new(name, role)
        });
    }
    let sandbox = Sandbox::new(world);
    let cases = [
        (
            "ListInstanceProfiles",
            json!({}),
            vec!["four", "one", "three", "two"],
        ),
        (
            "ListInstanceProfiles",
            json!({"PathPrefix": "/a/"}),
            vec!["three", "two"],
        ),
        (
            "ListInstanceProfilesForRole",
            json!({"RoleName": "app"}),
            vec!["one", "two"],
        ),
    ];
    for (operation, input, wanted) in cases {
        let answer = ask(&sandbox, operation, input).await.unwrap();
        let profiles = answer["InstanceProfiles"].as_array().unwrap();
        let names: Vec<&str> = profiles
            .iter()
            .map(|one| one["InstanceProfileName"].as_str().unwrap())
            .collect();
        assert_eq!(names, wanted, "{operation}");
    }
}

/// A seed may leave a profile behind whose role is gone.
#[tokio::test]
async fn a_role_that_is_gone_is_still_named() {
    let mut world = world();
    world.seed_instance_profile(InstanceProfileSeed::new("web", Some("gone")));
    let sandbox = Sandbox::new(world);
    let got = ask(&sandbox, "GetInstanceProfile", web()).await.unwrap();
    let role = &got["InstanceProfile"]["Roles"][0];
    assert_eq!(role["RoleName"], "gone");
    let role = ask(&sandbox, "GetRole", json!({"RoleName": "gone"})).await;
    assert_eq!(role.unwrap_err().code, "NoSuchEntity");
}
