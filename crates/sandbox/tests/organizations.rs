//! Organizations through the account's door.

use serde_json::{Value, json};
use trailkeeper_sandbox::seed::OrganizationSeed;
use trailkeeper_sandbox::{Call, Failure, OrganizationRole, Sandbox, World};

const OWN: &str = "111122223333";
const OTHER: &str = "999999999999";

async fn ask(role: OrganizationRole, operation: &str, input: Value) -> Result<Value, String> {
    let mut world = World::new(OWN, "eu-west-1", jiff::Timestamp::UNIX_EPOCH);
    world.seed_organization(OrganizationSeed {
        role,
        ..OrganizationSeed::default()
    });
    let call = Call::new("organizations", operation, "eu-central-1", input);
    let answer = Sandbox::new(world).call(call).await;
    answer.map_err(|failure| match failure {
        Failure::Api(error) => error.code,
        Failure::NoAnswer => "NoAnswer".to_owned(),
    })
}

#[tokio::test]
async fn members_see_the_organization() {
    use OrganizationRole::{DelegatedAdministrator, Management, Member};
    for (role, management) in [
        (Management, OWN),
        (Member, OTHER),
        (DelegatedAdministrator, OTHER),
    ] {
        let answer = ask(role, "DescribeOrganization", json!({})).await.unwrap();
        let arn = format!("arn:aws:organizations::{management}:organization/o-exampleorg1");
        let account =
            format!("arn:aws:organizations::{management}:account/o-exampleorg1/{management}");
        let organization = &answer["Organization"];
        assert_eq!(organization["Id"], "o-exampleorg1");
        assert_eq!(organization["Arn"], arn);
        assert_eq!(organization["FeatureSet"], "ALL");
        assert_eq!(organization["MasterAccountId"], management);
        assert_eq!(organization["MasterAccountArn"], account);
        assert!(organization["MasterAccountEmail"].is_string());
    }
}

#[tokio::test]
async fn refusals() {
    use OrganizationRole::{Management, Member, Standalone};
    let none = || json!({});
    let not_in_use = "AWSOrganizationsNotInUseException";
    let cases = [
        (Standalone, "DescribeOrganization", none(), not_in_use),
        (
            Standalone,
            "ListDelegatedAdministrators",
            none(),
            not_in_use,
        ),
        (
            Standalone,
            "ListAWSServiceAccessForOrganization",
            none(),
            not_in_use,
        ),
        (
            Member,
            "ListDelegatedAdministrators",
            none(),
            "AccessDeniedException",
        ),
        (
            Member,
            "ListAWSServiceAccessForOrganization",
            none(),
            "AccessDeniedException",
        ),
        (
            Management,
            "ListDelegatedAdministrators",
            json!({"MaxResults": 21}),
            "InvalidInputException",
        ),
        (
            Management,
            "ListDelegatedAdministrators",
            json!({"ServicePrincipal": "a b"}),
            "InvalidInputException",
        ),
        (
            Management,
            "ListDelegatedAdministrators",
            json!({"ServicePrincipal": ""}),
            "InvalidInputException",
        ),
        (
            Management,
            "ListAWSServiceAccessForOrganization",
            json!({"NextToken": "x"}),
            "InvalidInputException",
        ),
        (
            Management,
            "CreateOrganization",
            none(),
            "AlreadyInOrganizationException",
        ),
        (Management, "ListRoots", none(), "NotImplementedException"),
    ];
    for (role, operation, input, code) in cases {
        let answer = ask(role, operation, input.clone()).await;
        assert_eq!(answer, Err(code.to_owned()), "{role:?} {operation} {input}");
    }
}

#[tokio::test]
async fn the_delegated_administrator_is_listed_for_cloudtrail_only() {
    let role = OrganizationRole::DelegatedAdministrator;
    for (input, ids) in [
        (json!({}), vec![OWN]),
        (
            json!({"ServicePrincipal": "cloudtrail.amazonaws.com"}),
            vec![OWN],
        ),
        (json!({"ServicePrincipal": "config.amazonaws.com"}), vec![]),
    ] {
        let answer = ask(role, "ListDelegatedAdministrators", input)
            .await
            .unwrap();
        let listed = answer["DelegatedAdministrators"].as_array().unwrap();
        let listed: Vec<_> = listed.iter().map(|a| a["Id"].as_str().unwrap()).collect();
        assert_eq!(listed, ids);
    }
}

#[tokio::test]
async fn trusted_access_and_features_follow_the_seed() {
    for on in [true, false] {
        let mut world = World::new(OWN, "eu-west-1", jiff::Timestamp::UNIX_EPOCH);
        world.seed_organization(OrganizationSeed {
            all_features: on,
            cloudtrail_trusted_access: on,
            ..OrganizationSeed::default()
        });
        let sandbox = Sandbox::new(world);
        let call = |operation| Call::new("organizations", operation, "us-east-1", json!({}));
        let access = sandbox
            .call(call("ListAWSServiceAccessForOrganization"))
            .await
            .unwrap();
        let principals = access["EnabledServicePrincipals"].as_array().unwrap();
        assert_eq!(principals.len(), usize::from(on));
        let organization = sandbox.call(call("DescribeOrganization")).await.unwrap();
        let features = if on { "ALL" } else { "CONSOLIDATED_BILLING" };
        assert_eq!(organization["Organization"]["FeatureSet"], features);
    }
}
