use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{DocumentSeed, TrailSeed};
use trailkeeper_sandbox::{Call, Sandbox};

use crate::{OTHER, REGION, all_refused, all_well, told, world};

const NEW: &str = "eu-south-1";

fn account(multi_region: bool) -> Sandbox {
    let mut world = world();
    let mut trail = TrailSeed::healthy("main", REGION, "logs", world.now());
    trail.settings.is_multi_region_trail = multi_region;
    world.seed_trail(trail);
    Sandbox::new(world)
}

fn region(name: &str) -> Value {
    json!({"RegionName": name})
}

async fn status(sandbox: &Sandbox, name: &str) -> Value {
    told(
        sandbox,
        "account",
        "GetRegionOptStatus",
        region(name),
        "/RegionOptStatus",
    )
    .await
}

#[tokio::test]
async fn only_a_multi_region_trail_covers_a_region_that_is_turned_on() {
    for (multi_region, trails) in [(true, 1), (false, 0)] {
        let sandbox = account(multi_region);
        assert_eq!(status(&sandbox, NEW).await, json!("DISABLED"));
        all_well(&sandbox, "account", &[("EnableRegion", region(NEW))]).await;
        assert_eq!(status(&sandbox, NEW).await, json!("ENABLED"));
        let call = Call::new("cloudtrail", "DescribeTrails", NEW, json!({}));
        let answer = sandbox.call(call).await.unwrap();
        assert_eq!(answer["trailList"].as_array().unwrap().len(), trails);
        all_well(&sandbox, "account", &[("DisableRegion", region(NEW))]).await;
        assert_eq!(status(&sandbox, NEW).await, json!("DISABLED"));
    }
}

#[tokio::test]
async fn regions_are_listed_by_their_state_and_what_is_refused() {
    let sandbox = account(true);
    all_well(&sandbox, "account", &[("EnableRegion", region(NEW))]).await;
    let wanted = json!({"RegionOptStatusContains": ["ENABLED"]});
    let found = told(&sandbox, "account", "ListRegions", wanted, "/Regions").await;
    assert_eq!(
        found,
        json!([{"RegionName": NEW, "RegionOptStatus": "ENABLED"}])
    );
    let (mut token, mut seen) = (json!(""), 0);
    while !token.is_null() {
        let input = json!({"MaxResults": 5, "NextToken": token});
        let page = told(&sandbox, "account", "ListRegions", input, "").await;
        seen += page["Regions"].as_array().unwrap().len();
        token = page["NextToken"].clone();
    }
    assert_eq!(seen, 21);
    let invalid = "ValidationException";
    let cases = [
        ("EnableRegion", region("us-east-1"), invalid),
        ("EnableRegion", json!({}), invalid),
        ("DisableRegion", region(REGION), invalid),
        ("ListRegions", json!({"MaxResults": 51}), invalid),
        ("ListRegions", json!({"NextToken": "x"}), invalid),
        (
            "EnableRegion",
            json!({"RegionName": NEW, "AccountId": OTHER}),
            "AccessDeniedException",
        ),
    ];
    all_refused(&sandbox, "account", &cases).await;
}

#[tokio::test]
async fn a_document_is_shared_and_cannot_be_deleted_meanwhile() {
    let mut world = world();
    let content = json!({"schemaVersion": "0.3", "mainSteps": [
        {"name": "wait", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}]});
    let document = DocumentSeed {
        region: REGION.to_owned(),
        name: "guard".to_owned(),
        content: content.to_string(),
        owner: None,
    };
    world.seed_document(document).unwrap();
    let sandbox = Sandbox::new(world);
    let share = |member: &str, accounts: Value| {
        let mut input = json!({"Name": "guard", "PermissionType": "Share"});
        input[member] = accounts;
        input
    };
    let modify = "ModifyDocumentPermission";
    let add = share("AccountIdsToAdd", json!([OTHER, "All"]));
    all_well(&sandbox, "ssm", &[(modify, add)]).await;
    let read = || {
        told(
            &sandbox,
            "ssm",
            "DescribeDocumentPermission",
            share("MaxResults", json!(5)),
            "/AccountIds",
        )
    };
    assert_eq!(read().await, json!([OTHER, "all"]));
    let name = || json!({"Name": "guard"});
    let kind = json!({"Name": "guard", "PermissionType": "Sell"});
    let none = json!({"Name": "none", "PermissionType": "Share"});
    let cases = [
        ("DeleteDocument", name(), "InvalidDocumentOperation"),
        (modify, kind, "InvalidPermissionType"),
        (modify, none, "InvalidDocument"),
        (
            modify,
            share("AccountIdsToAdd", json!(["me"])),
            "ValidationException",
        ),
    ];
    all_refused(&sandbox, "ssm", &cases).await;
    let remove = share("AccountIdsToRemove", json!([OTHER, "all"]));
    all_well(
        &sandbox,
        "ssm",
        &[(modify, remove), ("DeleteDocument", name())],
    )
    .await;
}
