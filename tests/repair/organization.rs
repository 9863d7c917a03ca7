//! Organization trails.

use trailkeeper_sandbox::OrganizationRole;
use trailkeeper_sandbox::World;
use trailkeeper_sandbox::seed::OrganizationSeed;
use trailkeeper_tests::{
    Account, Coverage, FOREIGN_STATEMENTS, healthy_world, outcome_of, plain_world, trail_arn,
};

fn in_organization(mut world: World, role: OrganizationRole) -> World {
    world.seed_organization(OrganizationSeed {
        role,
        ..OrganizationSeed::default()
    });
    world
}

async fn coverage(account: &Account) -> Coverage {
    let world = account.sandbox.with_world(|world| world.clone());
    Coverage::of(&world).await
}

#[tokio::test]
async fn a_management_account_creates_an_organization_trail() {
    let world = in_organization(plain_world(), OrganizationRole::Management);
    let account = Account::of(world);
    let ending = account.repair().await;
    assert_eq!(outcome_of(&ending), "repaired", "{ending:?}");
    let after = coverage(&account).await;
    let made = &after.trails[&trail_arn()];
    assert_eq!(made.trail.is_organization_trail, Some(true));
    assert!(made.is_logging);
    let folder = after
        .bucket_statements
        .iter()
        .any(|text| text.contains("AWSLogs/o-exampleorg1/*"));
    assert!(folder, "{:?}", after.bucket_statements);
    for foreign in FOREIGN_STATEMENTS {
        assert!(after.bucket_statements.iter().any(|text| text == foreign));
    }
    account.sandbox.clear_calls();
    assert_eq!(outcome_of(&account.repair().await), "already-healthy");
    account.pass(70);
    assert_eq!(account.findings().await, [""; 0]);
}

#[tokio::test]
async fn where_there_can_be_no_organization_trail_the_accounts_own_is_made() {
    let refusing = |seed: fn(&mut OrganizationSeed)| {
        let mut world = plain_world();
        let mut organization = OrganizationSeed::default();
        seed(&mut organization);
        world.seed_organization(organization);
        world
    };
    let worlds = [
        ("standalone", plain_world()),
        (
            "member",
            in_organization(plain_world(), OrganizationRole::Member),
        ),
        (
            "no trusted access",
            refusing(|seed| seed.cloudtrail_trusted_access = false),
        ),
        (
            "not all features",
            refusing(|seed| seed.all_features = false),
        ),
    ];
    for (name, world) in worlds {
        let account = Account::of(world);
        let ending = account.repair().await;
        assert_eq!(outcome_of(&ending), "repaired", "{name}: {ending:?}");
        let result = ending.unwrap();
        let told = result
            .notes
            .iter()
            .any(|note| note.code == "organization-not-available");
        assert!(told, "{name}: {result:?}");
        let after = coverage(&account).await;
        let made = &after.trails[&trail_arn()];
        assert_eq!(made.trail.is_organization_trail, Some(false), "{name}");
        assert!(made.is_logging, "{name}");
    }
}

/// An existing trail is never converted by the way.
#[tokio::test]
async fn an_existing_trail_is_converted_only_on_demand() {
    let world = in_organization(healthy_world(), OrganizationRole::Management);
    let account = Account::of(world);
    assert_eq!(outcome_of(&account.repair().await), "already-healthy");
    let account = account.with("ConvertToOrganizationTrail", true);
    let ending = account.repair().await;
    assert_eq!(outcome_of(&ending), "repaired", "{ending:?}");
    assert_eq!(account.writes(), ["PutBucketPolicy", "UpdateTrail"]);
    let made = &coverage(&account).await.trails[&trail_arn()].trail.clone();
    assert_eq!(made.is_organization_trail, Some(true));
    account.sandbox.clear_calls();
    assert_eq!(outcome_of(&account.repair().await), "already-healthy");
    assert_eq!(account.writes(), [""; 0]);
}
