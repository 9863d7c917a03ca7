//! Managed policies and their versions.

use serde_json::{Value, json};
use trailkeeper_sandbox::Sandbox;
use trailkeeper_sandbox::seed::{ManagedPolicySeed, RoleSeed};

use crate::{POLICY, READ, account, all, ask, decoded, world};

fn policy() -> Value {
    json!({"PolicyArn": POLICY})
}

fn version(id: &str) -> Value {
    json!({"PolicyArn": POLICY, "VersionId": id})
}

async fn in_force(sandbox: &Sandbox) -> Value {
    let answer = ask(sandbox, "GetPolicy", policy()).await.unwrap();
    answer["Policy"]["DefaultVersionId"].clone()
}

/// A new version is in force only if that is said; numbers are not used again.
#[tokio::test]
async fn p10_a_policy_changes_by_versions() {
    let sandbox = account().await;
    let wide = READ.replace("GetObject", "*");
    let add = |default: bool| json!({"PolicyArn": POLICY, "PolicyDocument": wide, "SetAsDefault": default});
    let made = ask(&sandbox, "CreatePolicyVersion", add(false))
        .await
        .unwrap();
    assert_eq!(made["PolicyVersion"]["VersionId"], "v2");
    assert_eq!(in_force(&sandbox).await, "v1");
    let got = ask(&sandbox, "GetPolicyVersion", version("v2"))
        .await
        .unwrap();
    assert_eq!(decoded(&got["PolicyVersion"]["Document"]), wide);
    assert_eq!(got["PolicyVersion"]["IsDefaultVersion"], false);
    all(&sandbox, &[("SetDefaultPolicyVersion", version("v2"))]).await;
    assert_eq!(in_force(&sandbox).await, "v2");
    let kept = ask(&sandbox, "DeletePolicyVersion", version("v2"))
        .await
        .unwrap_err();
    assert_eq!(kept.code, "DeleteConflict");
    all(&sandbox, &[("DeletePolicyVersion", version("v1"))]).await;
    ask(&sandbox, "CreatePolicyVersion", add(true))
        .await
        .unwrap();
    assert_eq!(in_force(&sandbox).await, "v3");
    for _ in 4..=6 {
        ask(&sandbox, "CreatePolicyVersion", add(false))
            .await
            .unwrap();
    }
    let full = ask(&sandbox, "CreatePolicyVersion", add(false))
        .await
        .unwrap_err();
    assert_eq!((full.code.as_str(), full.status), ("LimitExceeded", 409));
    let list = ask(&sandbox, "ListPolicyVersions", policy()).await.unwrap();
    let versions = list["Versions"].as_array().unwrap();
    let ids: Vec<&str> = versions
        .iter()
        .map(|one| one["VersionId"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["v6", "v5", "v4", "v3", "v2"]);
    assert!(versions.iter().all(|one| one.get("Document").is_none()));
}

#[tokio::test]
async fn a_policy_is_deleted_when_nobody_has_it_and_one_version_is_left() {
    let sandbox = account().await;
    let kept = ask(&sandbox, "DeletePolicy", policy()).await.unwrap_err();
    assert_eq!(kept.message, "Cannot delete a policy attached to entities.");
    let detach = json!({"RoleName": "app", "PolicyArn": POLICY});
    let add = json!({"PolicyArn": POLICY, "PolicyDocument": READ});
    all(
        &sandbox,
        &[("DetachRolePolicy", detach), ("CreatePolicyVersion", add)],
    )
    .await;
    let kept = ask(&sandbox, "DeletePolicy", policy()).await.unwrap_err();
    assert_eq!((kept.code.as_str(), kept.status), ("DeleteConflict", 409));
    all(
        &sandbox,
        &[
            ("DeletePolicyVersion", version("v2")),
            ("DeletePolicy", policy()),
        ],
    )
    .await;
    let gone = ask(&sandbox, "GetPolicy", policy()).await.unwrap_err();
    assert_eq!(gone.code, "NoSuchEntity");
}

/// Some of the policies that AWS manages, which can be attached and not be changed.
#[tokio::test]
async fn policies_of_aws_cannot_be_changed() {
    let mut world = world();
    let arn = world.seed_managed_policy(ManagedPolicySeed {
        version: 9,
        earlier: [(8, READ.to_owned())].into(),
        ..ManagedPolicySeed::of_aws("AmazonSSMManagedInstanceCore", READ)
    });
    assert_eq!(arn, "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore");
    world.seed_role(RoleSeed::new("app"));
    let sandbox = Sandbox::new(world);
    let attach = json!({"RoleName": "app", "PolicyArn": arn});
    all(&sandbox, &[("AttachRolePolicy", attach)]).await;
    let got = ask(&sandbox, "GetPolicy", json!({"PolicyArn": arn}))
        .await
        .unwrap();
    assert_eq!(got["Policy"]["DefaultVersionId"], "v9");
    assert_eq!(got["Policy"]["AttachmentCount"], 1);
    let refused = [
        (
            "CreatePolicyVersion",
            json!({"PolicyArn": arn, "PolicyDocument": READ}),
        ),
        (
            "SetDefaultPolicyVersion",
            json!({"PolicyArn": arn, "VersionId": "v8"}),
        ),
        (
            "DeletePolicyVersion",
            json!({"PolicyArn": arn, "VersionId": "v8"}),
        ),
        ("DeletePolicy", json!({"PolicyArn": arn})),
    ];
    for (operation, input) in refused {
        let error = ask(&sandbox, operation, input).await.unwrap_err();
        assert_eq!(
            (error.code.as_str(), error.status),
            ("AccessDenied", 403),
            "{operation}"
        );
    }
}

#[tokio::test]
async fn policies_are_listed_by_scope_use_and_path() {
    let mut world = world();
    let boundary = world.seed_managed_policy(ManagedPolicySeed::new("limit", READ));
    world.seed_managed_policy(ManagedPolicySeed {
        path: "/team/".to_owned(),
        ..ManagedPolicySeed::new("unused", READ)
    });
    let aws = world.seed_managed_policy(ManagedPolicySeed::of_aws("ReadOnlyAccess", READ));
    world.seed_role(RoleSeed {
        boundary: Some(boundary.clone()),
        ..RoleSeed::new("app").with_attached(&aws)
    });
    let sandbox = Sandbox::new(world);
    let cases = [
        (json!({}), vec!["limit", "unused", "ReadOnlyAccess"]),
        (json!({"Scope": "Local"}), vec!["limit", "unused"]),
        (json!({"Scope": "AWS"}), vec!["ReadOnlyAccess"]),
        (json!({"OnlyAttached": true}), vec!["ReadOnlyAccess"]),
        (
            json!({"PolicyUsageFilter": "PermissionsBoundary"}),
            vec!["limit"],
        ),
        (json!({"PathPrefix": "/team/"}), vec!["unused"]),
    ];
    for (input, wanted) in cases {
        let answer = ask(&sandbox, "ListPolicies", input.clone()).await.unwrap();
        let policies = answer["Policies"].as_array().unwrap();
        let names: Vec<&str> = policies
            .iter()
            .map(|one| one["PolicyName"].as_str().unwrap())
            .collect();
        assert_eq!(names, wanted, "{input}");
    }
    let entities = [
        (json!({"PolicyArn": boundary}), 1),
        (json!({"PolicyArn": boundary, "EntityFilter": "Role"}), 1),
        (json!({"PolicyArn": boundary, "EntityFilter": "User"}), 0),
        (
            json!({"PolicyArn": boundary, "PolicyUsageFilter": "PermissionsPolicy"}),
            0,
        ),
        (
            json!({"PolicyArn": aws, "PolicyUsageFilter": "PermissionsPolicy"}),
            1,
        ),
        (json!({"PolicyArn": aws, "PathPrefix": "/team/"}), 0),
    ];
    for (input, count) in entities {
        let answer = ask(&sandbox, "ListEntitiesForPolicy", input.clone())
            .await
            .unwrap();
        assert_eq!(
            answer["PolicyRoles"].as_array().unwrap().len(),
            count,
            "{input}"
        );
        assert_eq!(answer["PolicyUsers"], json!([]));
    }
}
