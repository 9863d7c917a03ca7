//! The whole account at once.

use serde_json::{Value, json};
use trailkeeper_sandbox::Sandbox;
use trailkeeper_sandbox::seed::{InstanceProfileSeed, ManagedPolicySeed, RoleSeed};

use crate::{READ, ask, decoded, world};

/// 150 roles, 3 own policies, one policy of AWS in use and one not.
fn account() -> Sandbox {
    let mut world = world();
    let own = world.seed_managed_policy(ManagedPolicySeed {
        version: 4,
        earlier: [(3, READ.replace("GetObject", "*"))].into(),
        ..ManagedPolicySeed::new("own", READ)
    });
    world.seed_managed_policy(ManagedPolicySeed::new("b", READ));
    world.seed_managed_policy(ManagedPolicySeed::new("c", READ));
    let used = world.seed_managed_policy(ManagedPolicySeed::of_aws("Used", READ));
    world.seed_managed_policy(ManagedPolicySeed::of_aws("Unused", READ));
    for number in 1..150 {
        world.seed_role(RoleSeed::new(&format!("role-{number:03}")));
    }
    world.seed_role(RoleSeed {
        boundary: Some(own.clone()),
        ..RoleSeed::new("app")
            .with_inline("i", READ)
            .with_attached(&used)
    });
    world.seed_instance_profile(InstanceProfileSeed::new("web", Some("app")));
    Sandbox::new(world)
}

const LISTS: [&str; 4] = [
    "UserDetailList",
    "GroupDetailList",
    "RoleDetailList",
    "Policies",
];

/// All pages joined, and how many there were.
async fn whole(sandbox: &Sandbox, mut input: Value) -> (Value, usize) {
    let mut whole = json!({});
    for pages in 1.. {
        let page = ask(sandbox, "GetAccountAuthorizationDetails", input.clone())
            .await
            .unwrap();
        for list in LISTS {
            let more = page[list].as_array().unwrap().clone();
            match whole[list].as_array_mut() {
                Some(known) => known.extend(more),
                None => whole[list] = Value::Array(more),
            }
        }
        match page.get("Marker") {
            None => return (whole, pages),
            Some(marker) => input["Marker"] = marker.clone(),
        }
    }
    (whole, 0)
}

fn count(whole: &Value, list: &str) -> usize {
    whole[list].as_array().unwrap().len()
}

#[tokio::test]
async fn the_pages_hold_a_hundred_unless_more_are_asked_for() {
    let sandbox = account();
    for (input, wanted) in [
        (json!({}), 2),
        (json!({"MaxItems": 1000}), 1),
        (json!({"MaxItems": 50}), 4),
    ] {
        let (whole, pages) = whole(&sandbox, input.clone()).await;
        assert_eq!(pages, wanted, "{input}");
        assert_eq!(count(&whole, "RoleDetailList"), 150);
        assert_eq!(count(&whole, "Policies"), 4);
    }
}

#[tokio::test]
async fn filters_choose_the_kinds() {
    let sandbox = account();
    let cases = [
        (vec!["Role"], 150, 0),
        (vec!["LocalManagedPolicy"], 0, 3),
        (vec!["AWSManagedPolicy"], 0, 1),
        (vec!["User", "Group"], 0, 0),
        (
            vec!["Role", "LocalManagedPolicy", "AWSManagedPolicy"],
            150,
            4,
        ),
    ];
    for (filter, roles, policies) in cases {
        let (whole, _) = whole(&sandbox, json!({"Filter": filter})).await;
        let counts = (count(&whole, "RoleDetailList"), count(&whole, "Policies"));
        assert_eq!(counts, (roles, policies), "{filter:?}");
    }
    let bad = json!({"Filter": ["Roles"]});
    let refused = ask(&sandbox, "GetAccountAuthorizationDetails", bad)
        .await
        .unwrap_err();
    assert_eq!(refused.code, "ValidationError");
}

#[tokio::test]
async fn a_role_is_told_with_all_that_belongs_to_it() {
    let sandbox = account();
    let (whole, _) = whole(&sandbox, json!({})).await;
    let app = &whole["RoleDetailList"][0];
    assert_eq!(app["RoleName"], "app");
    assert_eq!(app["InstanceProfileList"][0]["InstanceProfileName"], "web");
    assert_eq!(app["RolePolicyList"][0]["PolicyName"], "i");
    assert_eq!(decoded(&app["RolePolicyList"][0]["PolicyDocument"]), READ);
    assert_eq!(app["AttachedManagedPolicies"][0]["PolicyName"], "Used");
    let boundary = &app["PermissionsBoundary"]["PermissionsBoundaryArn"];
    assert_eq!(boundary, "arn:aws:iam::111122223333:policy/own");
    let policies = whole["Policies"].as_array().unwrap();
    let own = policies
        .iter()
        .find(|one| one["PolicyName"] == "own")
        .unwrap();
    assert_eq!(own["DefaultVersionId"], "v4");
    assert_eq!(own["PermissionsBoundaryUsageCount"], 1);
    let versions = own["PolicyVersionList"].as_array().unwrap();
    assert_eq!(versions.len(), 2);
    assert_eq!(versions[0]["IsDefaultVersion"], true);
    assert_eq!(decoded(&versions[0]["Document"]), READ);
}

#[tokio::test]
async fn the_summary_counts() {
    let sandbox = account();
    let answer = ask(&sandbox, "GetAccountSummary", json!({})).await.unwrap();
    let map = &answer["SummaryMap"];
    for (name, wanted) in [
        ("Roles", 150),
        ("Policies", 3),
        ("InstanceProfiles", 1),
        ("PolicyVersionsInUse", 4),
        ("AttachedPoliciesPerRoleQuota", 10),
    ] {
        assert_eq!(map[name], wanted, "{name}");
    }
}
