use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{OrganizationSeed, TrailSeed};
use trailkeeper_sandbox::{OrganizationRole, Sandbox};

use crate::{OTHER, OWN, REGION, all_refused, all_well, told, world};

const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";

/// An account in an organization that has a trail, made in the management account.
fn account(role: OrganizationRole, all_features: bool) -> Sandbox {
    let mut world = world();
    let management = role == OrganizationRole::Management;
    world.seed_organization(OrganizationSeed {
        role,
        all_features,
        management_account: (!management).then(|| OTHER.to_owned()),
        ..OrganizationSeed::default()
    });
    let mut trail = TrailSeed::healthy("org", REGION, "logs", world.now());
    trail.settings.is_organization_trail = true;
    trail.account = Some(if management { OWN } else { OTHER }.to_owned());
    world.seed_trail(trail);
    Sandbox::new(world)
}

fn service() -> Value {
    json!({"ServicePrincipal": CLOUDTRAIL})
}

fn administrator(account: &str) -> Value {
    json!({"AccountId": account, "ServicePrincipal": CLOUDTRAIL})
}

async fn trails(sandbox: &Sandbox) -> Vec<bool> {
    let list = told(
        sandbox,
        "cloudtrail",
        "DescribeTrails",
        json!({}),
        "/trailList",
    )
    .await;
    let list = list.as_array().unwrap().iter();
    list.map(|trail| trail["IsOrganizationTrail"] == json!(true))
        .collect()
}

#[tokio::test]
async fn an_account_that_leaves_loses_the_trail_of_its_organization() {
    let sandbox = account(OrganizationRole::Member, true);
    assert_eq!(trails(&sandbox).await, [true]);
    let leave = || ("LeaveOrganization", json!({}));
    all_well(&sandbox, "organizations", &[leave()]).await;
    assert!(trails(&sandbox).await.is_empty());
    let not_in_use = "AWSOrganizationsNotInUseException";
    let refused = [
        ("LeaveOrganization", json!({}), not_in_use),
        ("DescribeOrganization", json!({}), not_in_use),
    ];
    all_refused(&sandbox, "organizations", &refused).await;
}

#[tokio::test]
async fn without_trusted_access_the_trail_is_a_plain_one() {
    let sandbox = account(OrganizationRole::Management, true);
    let list = "ListAWSServiceAccessForOrganization";
    let services = |sandbox: &Sandbox| {
        let sandbox = sandbox.clone();
        async move {
            told(
                &sandbox,
                "organizations",
                list,
                json!({}),
                "/EnabledServicePrincipals/0/ServicePrincipal",
            )
            .await
        }
    };
    assert_eq!(services(&sandbox).await, json!(CLOUDTRAIL));
    let disable = [("DisableAWSServiceAccess", service())];
    all_well(&sandbox, "organizations", &disable).await;
    assert_eq!(
        (services(&sandbox).await, trails(&sandbox).await),
        (Value::Null, vec![false])
    );
    let other = json!({"ServicePrincipal": "config.amazonaws.com"});
    all_well(
        &sandbox,
        "organizations",
        &[("EnableAWSServiceAccess", other)],
    )
    .await;
    assert_eq!(services(&sandbox).await, json!("config.amazonaws.com"));
    // access that comes back does not make it the organization's trail again
    let enable = [("EnableAWSServiceAccess", service())];
    all_well(&sandbox, "organizations", &enable).await;
    assert_eq!(
        (services(&sandbox).await, trails(&sandbox).await),
        (json!(CLOUDTRAIL), vec![false])
    );
}

#[tokio::test]
async fn delegated_administrators_come_and_go() {
    let sandbox = account(OrganizationRole::Management, true);
    let list = || {
        told(
            &sandbox,
            "organizations",
            "ListDelegatedAdministrators",
            service(),
            "/DelegatedAdministrators/0/Id",
        )
    };
    all_well(
        &sandbox,
        "organizations",
        &[("RegisterDelegatedAdministrator", administrator(OTHER))],
    )
    .await;
    assert_eq!(list().await, json!(OTHER));
    let refused = [
        (
            "RegisterDelegatedAdministrator",
            administrator(OTHER),
            "AccountAlreadyRegisteredException",
        ),
        (
            "RemoveAccountFromOrganization",
            json!({"AccountId": OTHER}),
            "ConstraintViolationException",
        ),
    ];
    all_refused(&sandbox, "organizations", &refused).await;
    let calls = [
        ("DeregisterDelegatedAdministrator", administrator(OTHER)),
        ("RemoveAccountFromOrganization", json!({"AccountId": OTHER})),
    ];
    all_well(&sandbox, "organizations", &calls).await;
    assert_eq!(list().await, Value::Null);
}

#[tokio::test]
async fn what_organizations_refuses() {
    use OrganizationRole::{DelegatedAdministrator, Management, Member};
    let denied = "AccessDeniedException";
    let constraint = "ConstraintViolationException";
    let input = "InvalidInputException";
    let unknown = json!({"AccountId": OTHER, "ServicePrincipal": "config.amazonaws.com"});
    let cases = [
        (
            Management,
            "LeaveOrganization",
            json!({}),
            "MasterCannotLeaveOrganizationException",
        ),
        (
            DelegatedAdministrator,
            "LeaveOrganization",
            json!({}),
            constraint,
        ),
        (
            Member,
            "DetachPolicy",
            json!({"PolicyId": "p-examplepolicyid111", "TargetId": "r-examplerootid111"}),
            denied,
        ),
        (
            Management,
            "DisablePolicyType",
            json!({"RootId": "r-examplerootid111"}),
            input,
        ),
        (
            Management,
            "MoveAccount",
            json!({"AccountId": OTHER, "SourceParentId": "r-examplerootid111"}),
            input,
        ),
        (
            Member,
            "RemoveAccountFromOrganization",
            json!({"AccountId": OWN}),
            denied,
        ),
        (
            Management,
            "RemoveAccountFromOrganization",
            json!({"AccountId": OWN}),
            "MasterCannotLeaveOrganizationException",
        ),
        (
            Management,
            "RemoveAccountFromOrganization",
            json!({"AccountId": "1"}),
            input,
        ),
        (Member, "DisableAWSServiceAccess", service(), denied),
        (
            DelegatedAdministrator,
            "EnableAWSServiceAccess",
            service(),
            denied,
        ),
        (
            Management,
            "EnableAWSServiceAccess",
            json!({"ServicePrincipal": "cloudtrail"}),
            input,
        ),
        (
            Management,
            "RegisterDelegatedAdministrator",
            administrator(OWN),
            constraint,
        ),
        (
            Management,
            "RegisterDelegatedAdministrator",
            unknown,
            constraint,
        ),
        (
            Management,
            "DeregisterDelegatedAdministrator",
            administrator(OTHER),
            "AccountNotRegisteredException",
        ),
    ];
    for (role, operation, input, code) in cases {
        let refused = [(operation, input, code)];
        all_refused(&account(role, true), "organizations", &refused).await;
    }
    let billing = account(Management, false);
    let refused = [("EnableAWSServiceAccess", service(), constraint)];
    all_refused(&billing, "organizations", &refused).await;
}

#[tokio::test]
async fn an_account_makes_one_organization_and_manages_it() {
    let sandbox = Sandbox::new(world());
    let create = |features: &str| ("CreateOrganization", json!({"FeatureSet": features}));
    let refused = [
        (
            "DisableAWSServiceAccess",
            service(),
            "AWSOrganizationsNotInUseException",
        ),
        (create("SOME").0, create("SOME").1, "InvalidInputException"),
    ];
    all_refused(&sandbox, "organizations", &refused).await;
    let made = told(
        &sandbox,
        "organizations",
        create("ALL").0,
        create("ALL").1,
        "/Organization",
    )
    .await;
    assert_eq!(
        (&made["MasterAccountId"], &made["FeatureSet"]),
        (&json!(OWN), &json!("ALL"))
    );
    let calls = [
        ("EnableAWSServiceAccess", service()),
        ("RegisterDelegatedAdministrator", administrator(OTHER)),
    ];
    all_well(&sandbox, "organizations", &calls).await;
    let refused = [
        (
            create("ALL").0,
            create("ALL").1,
            "AlreadyInOrganizationException",
        ),
        (
            "LeaveOrganization",
            json!({}),
            "MasterCannotLeaveOrganizationException",
        ),
    ];
    all_refused(&sandbox, "organizations", &refused).await;
}
