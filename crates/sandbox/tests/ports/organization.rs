use trailkeeper_app::ports::{CallerIdentity, OrganizationReader};
use trailkeeper_core::ErrorClass;
use trailkeeper_core::facts::OrganizationFacts;
use trailkeeper_sandbox::seed::OrganizationSeed;
use trailkeeper_sandbox::{Fault, FaultKind, OrganizationRole, Sandbox, When};

use crate::support::{ACCOUNT, account, expected, failure, sandbox, world};

fn with_role(role: OrganizationRole) -> Sandbox {
    let mut world = world();
    world.seed_organization(OrganizationSeed {
        role,
        ..OrganizationSeed::default()
    });
    Sandbox::new(world)
}

#[tokio::test]
async fn the_organization_depends_on_the_role() {
    for (role, management, delegated) in [
        (OrganizationRole::Management, ACCOUNT, false),
        (OrganizationRole::Member, "999999999999", false),
        (
            OrganizationRole::DelegatedAdministrator,
            "999999999999",
            true,
        ),
    ] {
        let found = with_role(role).organization(&account()).await;
        let wanted = OrganizationFacts {
            id: "o-exampleorg1".to_owned(),
            management_account: management.parse().unwrap(),
            is_delegated_administrator: delegated,
        };
        assert_eq!(found, Ok(Some(wanted)), "{role:?}");
    }
}

#[tokio::test]
async fn an_account_without_an_organization_is_an_answer() {
    assert_eq!(sandbox().organization(&account()).await, Ok(None));
}

#[tokio::test]
async fn a_throttled_organization_is_an_error() {
    for operation in ["DescribeOrganization", "ListDelegatedAdministrators"] {
        let sandbox = with_role(OrganizationRole::DelegatedAdministrator);
        let kind = FaultKind::Throttle;
        sandbox.inject(Fault::new("organizations", operation, When::Always, kind));
        let found = sandbox.organization(&account()).await;
        let wanted = expected(
            &format!("organizations:{operation}"),
            "TooManyRequestsException",
            ErrorClass::Throttled,
        );
        assert_eq!(failure(found), wanted);
    }
}

#[tokio::test]
async fn the_caller_is_the_account_in_its_partition() {
    let mut world = world();
    world.partition = "aws-us-gov".to_owned();
    let found = Sandbox::new(world).caller().await;
    assert_eq!(found, Ok((account(), "aws-us-gov".to_owned())));
}

#[tokio::test]
async fn a_caller_that_gets_no_answer_is_unknown() {
    let sandbox = sandbox();
    let kind = FaultKind::TimeoutBefore;
    sandbox.inject(Fault::new("sts", "GetCallerIdentity", When::Always, kind));
    let wanted = expected("sts:GetCallerIdentity", "Timeout", ErrorClass::Broken);
    assert_eq!(failure(sandbox.caller().await), wanted);
}
