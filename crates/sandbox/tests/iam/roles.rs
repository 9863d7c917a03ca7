//! Roles and what hangs on them.

use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{ManagedPolicySeed, RoleSeed};
use trailkeeper_sandbox::{Call, Sandbox};

use crate::{POLICY, READ, REGION, TRUST, account, all, ask, decoded, world};

fn app() -> Value {
    json!({"RoleName": "app"})
}

#[tokio::test]
async fn a_role_comes_back_as_it_was_made() {
    let sandbox = account().await;
    let input = json!({
        "RoleName": "deep", "Path": "/team/app/", "AssumeRolePolicyDocument": TRUST,
        "Description": "d", "MaxSessionDuration": 7200, "PermissionsBoundary": POLICY,
        "Tags": [{"Key": "a", "Value": "b"}],
    });
    let made = ask(&sandbox, "CreateRole", input).await.unwrap();
    let answer = ask(&sandbox, "GetRole", json!({"RoleName": "deep"})).await;
    let role = &answer.unwrap()["Role"];
    assert_eq!(role["Arn"], "arn:aws:iam::111122223333:role/team/app/deep");
    assert_eq!(role["Arn"], made["Role"]["Arn"]);
    assert_eq!(decoded(&role["AssumeRolePolicyDocument"]), TRUST);
    assert_eq!(role["MaxSessionDuration"], 7200);
    assert_eq!(role["CreateDate"], 1_772_445_600);
    assert_eq!(
        role["PermissionsBoundary"]["PermissionsBoundaryArn"],
        POLICY
    );
    assert_eq!(role["Tags"], json!([{"Key": "a", "Value": "b"}]));
    // listings leave out boundary and tags
    let prefix = json!({"PathPrefix": "/team/"});
    let list = ask(&sandbox, "ListRoles", prefix).await.unwrap();
    let listed = list["Roles"].as_array().unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["RoleName"], "deep");
    assert_eq!(listed[0].get("PermissionsBoundary"), None);
    assert_eq!(listed[0].get("Tags"), None);
}

/// What is still on a role keeps it from being deleted.
#[tokio::test]
async fn a_role_is_deleted_when_nothing_is_left_on_it() {
    let sandbox = account().await;
    let off = [
        (
            "RemoveRoleFromInstanceProfile",
            json!({"InstanceProfileName": "web"}),
        ),
        ("DetachRolePolicy", json!({"PolicyArn": POLICY})),
        ("DeleteRolePolicy", json!({"PolicyName": "inline"})),
    ];
    for (operation, mut input) in off {
        let refused = ask(&sandbox, "DeleteRole", app()).await.unwrap_err();
        assert_eq!(
            (refused.code.as_str(), refused.status),
            ("DeleteConflict", 409)
        );
        input["RoleName"] = json!("app");
        ask(&sandbox, operation, input.clone()).await.unwrap();
        let again = ask(&sandbox, operation, input).await.unwrap_err();
        assert_eq!(
            (again.code.as_str(), again.status),
            ("NoSuchEntity", 404),
            "{operation}"
        );
    }
    ask(&sandbox, "DeleteRole", app()).await.unwrap();
    let gone = ask(&sandbox, "GetRole", app()).await.unwrap_err();
    assert_eq!(gone.code, "NoSuchEntity");
}

#[tokio::test]
async fn inline_policies_are_read_replaced_and_listed() {
    let sandbox = account().await;
    let named = json!({"RoleName": "app", "PolicyName": "inline"});
    let got = ask(&sandbox, "GetRolePolicy", named.clone()).await.unwrap();
    assert_eq!(decoded(&got["PolicyDocument"]), READ);
    let other = READ.replace("GetObject", "GetObject+*");
    let mut put = named.clone();
    put["PolicyDocument"] = json!(other);
    ask(&sandbox, "PutRolePolicy", put).await.unwrap();
    let got = ask(&sandbox, "GetRolePolicy", named).await.unwrap();
    assert_eq!(decoded(&got["PolicyDocument"]), other);
    let list = ask(&sandbox, "ListRolePolicies", app()).await.unwrap();
    assert_eq!(
        list,
        json!({"PolicyNames": ["inline"], "IsTruncated": false})
    );
}

/// White space does not count; all inline policies of a role count together.
#[tokio::test]
async fn inline_policies_share_their_room() {
    let sandbox = account().await;
    let put = |name: &str, length: usize, space: usize| {
        let resource = format!("arn:aws:s3:::{}", "b".repeat(length));
        let document = READ.replace("arn:aws:s3:::logs/*", &resource) + &" ".repeat(space);
        json!({"RoleName": "app", "PolicyName": name, "PolicyDocument": document})
    };
    let cases = [
        (put("inline", 10_000, 9_000), true),
        (put("more", 300, 0), false),
        (put("inline", 5_000, 0), true),
        (put("more", 4_500, 0), true),
        (put("third", 600, 0), false),
    ];
    for (input, fits) in cases {
        let answer = ask(&sandbox, "PutRolePolicy", input).await;
        let code = answer.err().map(|error| error.code);
        let wanted = (!fits).then_some("LimitExceeded");
        assert_eq!(code.as_deref(), wanted);
    }
}

#[tokio::test]
async fn ten_managed_policies_fit_on_a_role() {
    let mut world = world();
    world.seed_role(RoleSeed::new("app"));
    for number in 0..11 {
        world.seed_managed_policy(ManagedPolicySeed::of_aws(&format!("P{number:02}"), READ));
    }
    let sandbox = Sandbox::new(world);
    let attach = |number: usize| {
        let arn = format!("arn:aws:iam::aws:policy/P{number:02}");
        ask(
            &sandbox,
            "AttachRolePolicy",
            json!({"RoleName": "app", "PolicyArn": arn}),
        )
    };
    for number in (0..10).chain([3]) {
        attach(number).await.unwrap();
    }
    let refused = attach(10).await.unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.status),
        ("LimitExceeded", 409)
    );
    assert_eq!(
        refused.message,
        "Cannot exceed quota for PoliciesPerRole: 10"
    );
    let list = ask(&sandbox, "ListAttachedRolePolicies", app())
        .await
        .unwrap();
    let attached = list["AttachedPolicies"].as_array().unwrap();
    assert_eq!(attached.len(), 10);
    let first = json!({"PolicyName": "P00", "PolicyArn": "arn:aws:iam::aws:policy/P00"});
    assert_eq!(attached[0], first);
}

#[tokio::test]
async fn a_boundary_is_put_and_taken() {
    let sandbox = account().await;
    let put = json!({"RoleName": "app", "PermissionsBoundary": POLICY});
    all(&sandbox, &[("PutRolePermissionsBoundary", put)]).await;
    let boundary = |role: &Value| role["Role"]["PermissionsBoundary"].clone();
    let role = ask(&sandbox, "GetRole", app()).await.unwrap();
    let wanted = json!({"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": POLICY});
    assert_eq!(boundary(&role), wanted);
    // a policy in use as a boundary cannot be deleted
    let detach = json!({"RoleName": "app", "PolicyArn": POLICY});
    all(&sandbox, &[("DetachRolePolicy", detach)]).await;
    let delete = json!({"PolicyArn": POLICY});
    let refused = ask(&sandbox, "DeletePolicy", delete.clone())
        .await
        .unwrap_err();
    assert_eq!(refused.code, "DeleteConflict");
    all(
        &sandbox,
        &[
            ("DeleteRolePermissionsBoundary", app()),
            ("DeletePolicy", delete),
        ],
    )
    .await;
    let role = ask(&sandbox, "GetRole", app()).await.unwrap();
    assert_eq!(boundary(&role), Value::Null);
    let again = ask(&sandbox, "DeleteRolePermissionsBoundary", app())
        .await
        .unwrap_err();
    assert_eq!(again.code, "NoSuchEntity");
}

#[tokio::test]
async fn the_trust_policy_can_be_changed() {
    let sandbox = account().await;
    let other = TRUST.replace("ec2.", "lambda.");
    let input = json!({"RoleName": "app", "PolicyDocument": other});
    all(&sandbox, &[("UpdateAssumeRolePolicy", input)]).await;
    let role = ask(&sandbox, "GetRole", app()).await.unwrap();
    assert_eq!(decoded(&role["Role"]["AssumeRolePolicyDocument"]), other);
}

/// One IAM for all Regions; its calls are recorded in one of them.
#[tokio::test]
async fn iam_is_global() {
    for (partition, region) in [("aws", "us-east-1"), ("aws-cn", "cn-north-1")] {
        let mut world = world();
        world.partition = partition.to_owned();
        world.enabled_regions.insert("cn-north-1".to_owned());
        world.seed_role(RoleSeed::new("app"));
        let sandbox = Sandbox::new(world);
        let call = Call::new("iam", "DeleteRole", "us-west-2", app());
        sandbox.call(call).await.unwrap();
        assert_eq!(
            ask(&sandbox, "GetRole", app()).await.unwrap_err().code,
            "NoSuchEntity"
        );
        let about = json!({"LookupAttributes": [
            {"AttributeKey": "ResourceName", "AttributeValue": "app"},
        ]});
        for (asked, count) in [(region, 1), ("us-west-2", 0), (REGION, 0)] {
            let call = Call::new("cloudtrail", "LookupEvents", asked, about.clone());
            let answer = sandbox.call(call).await.unwrap();
            let events = answer["Events"].as_array().unwrap();
            assert_eq!(events.len(), count, "{partition} {asked}");
        }
    }
}
