//! Every listing in pages.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use trailkeeper_sandbox::Sandbox;
use trailkeeper_sandbox::seed::{InstanceProfileSeed, ManagedPolicySeed, RoleSeed};

use crate::{READ, ask, world};

/// One role with five of everything, and five of everything in the account.
fn account() -> Sandbox {
    let mut world = world();
    let versions: BTreeMap<u32, String> = (1..5).map(|number| (number, READ.to_owned())).collect();
    let mut app = RoleSeed::new("app-0");
    for number in 0..5 {
        let arn = world.seed_managed_policy(ManagedPolicySeed {
            version: 5,
            earlier: versions.clone(),
            ..ManagedPolicySeed::new(&format!("p{number}"), READ)
        });
        app = app
            .with_inline(&format!("i{number}"), READ)
            .with_attached(&arn);
        let profile = InstanceProfileSeed::new(&format!("w{number}"), Some("app-0"));
        world.seed_instance_profile(profile);
    }
    for number in 0..5 {
        let name = format!("app-{number}");
        world.seed_role(RoleSeed {
            name,
            ..app.clone()
        });
    }
    Sandbox::new(world)
}

#[tokio::test]
async fn five_items_by_two_are_three_pages() {
    let arn = "arn:aws:iam::111122223333:policy/p0";
    let role = json!({"RoleName": "app-0"});
    let cases = [
        ("ListRoles", json!({}), "Roles"),
        ("ListRolePolicies", role.clone(), "PolicyNames"),
        ("ListAttachedRolePolicies", role.clone(), "AttachedPolicies"),
        ("ListInstanceProfiles", json!({}), "InstanceProfiles"),
        ("ListInstanceProfilesForRole", role, "InstanceProfiles"),
        ("ListPolicies", json!({}), "Policies"),
        ("ListPolicyVersions", json!({"PolicyArn": arn}), "Versions"),
        (
            "ListEntitiesForPolicy",
            json!({"PolicyArn": arn}),
            "PolicyRoles",
        ),
    ];
    let sandbox = account();
    for (operation, input, list) in cases {
        let whole = ask(&sandbox, operation, input.clone()).await.unwrap();
        assert_eq!(whole["IsTruncated"], false, "{operation}");
        assert_eq!(whole.get("Marker"), None, "{operation}");
        let (mut sizes, mut items) = (Vec::new(), Vec::new());
        let mut input = input;
        input["MaxItems"] = json!(2);
        loop {
            let page = ask(&sandbox, operation, input.clone()).await.unwrap();
            let part = page[list].as_array().unwrap().clone();
            sizes.push(part.len());
            items.extend(part);
            assert_eq!(page["IsTruncated"] == true, page.get("Marker").is_some());
            match page.get("Marker") {
                None => break,
                Some(marker) => input["Marker"] = marker.clone(),
            }
        }
        assert_eq!(sizes, [2, 2, 1], "{operation}");
        assert_eq!(Value::Array(items), whole[list], "{operation}");
    }
}

#[tokio::test]
async fn a_marker_belongs_to_its_operation() {
    let sandbox = account();
    let page = ask(&sandbox, "ListRoles", json!({"MaxItems": 1}))
        .await
        .unwrap();
    let marker = json!({"Marker": page["Marker"]});
    let refused = ask(&sandbox, "ListPolicies", marker).await.unwrap_err();
    assert_eq!(refused.code, "ValidationError");
}
