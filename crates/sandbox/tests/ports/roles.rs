//! Roles and their policies.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use trailkeeper_app::ports::RoleReader;
use trailkeeper_core::{Arn, ErrorClass};
use trailkeeper_sandbox::Sandbox;
use trailkeeper_sandbox::seed::{InstanceProfileSeed, ManagedPolicySeed, RoleSeed};

use crate::support::{sandbox, world};

const READ: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::a+b/é*"}}"#;

fn arn(text: &str) -> Arn {
    text.parse().unwrap()
}

fn own() -> Arn {
    arn("arn:aws:iam::111122223333:policy/team/own")
}

fn aws() -> Arn {
    arn("arn:aws:iam::aws:policy/ReadOnlyAccess")
}

/// The role `app`, with one of everything, and 1,200 roles more.
fn account() -> Sandbox {
    let mut world = world();
    world.seed_managed_policy(ManagedPolicySeed {
        path: "/team/".to_owned(),
        version: 3,
        earlier: BTreeMap::from([(2, "{}".to_owned())]),
        ..ManagedPolicySeed::new("own", READ)
    });
    world.seed_managed_policy(ManagedPolicySeed::of_aws("ReadOnlyAccess", READ));
    world.seed_role(RoleSeed {
        path: "/team/".to_owned(),
        boundary: Some(own().to_string()),
        ..RoleSeed::new("app")
            .with_inline("first", READ)
            .with_inline("second", READ)
            .with_attached(&aws().to_string())
    });
    for number in 0..1200 {
        let role = RoleSeed::new(&format!("more-{number:04}"));
        world.seed_role(role.with_attached(&own().to_string()));
    }
    world.seed_instance_profile(InstanceProfileSeed {
        path: "/team/".to_owned(),
        ..InstanceProfileSeed::new("web", Some("app"))
    });
    world.seed_instance_profile(InstanceProfileSeed::new("empty", None));
    Sandbox::new(world)
}

#[tokio::test]
async fn the_way_from_profile_to_documents() {
    let sandbox = account();
    let profile = sandbox.instance_profile("web").await.unwrap();
    assert_eq!(
        profile.arn,
        arn("arn:aws:iam::111122223333:instance-profile/team/web")
    );
    let held = profile.role.unwrap();
    assert_eq!(held.arn, arn("arn:aws:iam::111122223333:role/team/app"));
    assert_eq!(sandbox.instance_profile("empty").await.unwrap().role, None);

    let role = sandbox.role(&held.name).await.unwrap();
    assert_eq!((role.arn, role.boundary), (held.arn, Some(own())));
    assert!(role.created.is_some());
    let names = sandbox.inline_policy_names("app").await.unwrap();
    assert_eq!(names, ["first", "second"]);
    assert_eq!(sandbox.inline_policy("app", "first").await.unwrap(), READ);

    let attached = sandbox.attached_policies("app").await.unwrap();
    assert_eq!(attached.len(), 1);
    assert!(attached[0].is_aws_managed());
    assert_eq!(
        (attached[0].name.as_str(), &attached[0].arn),
        ("ReadOnlyAccess", &aws())
    );
    let policy = sandbox.managed_policy(&own()).await.unwrap();
    assert_eq!(
        (policy.name.as_str(), policy.default_version.as_str()),
        ("own", "v3")
    );
    assert_eq!(sandbox.policy_version(&own(), "v3").await.unwrap(), READ);
    assert_eq!(sandbox.policy_version(&own(), "v2").await.unwrap(), "{}");
    let profiles = sandbox.profiles_of_role("app").await.unwrap();
    assert_eq!(profiles.len(), 1);
}

/// Listings are read to their end; who has the policy as its boundary is among the roles.
#[tokio::test]
async fn p19_all_pages_are_read() {
    let sandbox = account();
    let roles = sandbox.roles_with_policy(&own()).await.unwrap();
    assert_eq!(roles.len(), 1201);
    assert!(roles.contains(&"app".to_owned()));
    let pages = sandbox.calls().len();
    assert_eq!(pages, 2);
}

#[tokio::test]
async fn the_account_comes_in_pages_of_a_thousand() {
    let sandbox = account();
    let summary = sandbox.account_summary().await.unwrap();
    assert_eq!((summary.roles, summary.policies), (1201, 1));
    let first = sandbox.account_details(None).await.unwrap();
    assert_eq!((first.roles.len(), first.policies.len()), (1000, 0));
    let last = sandbox
        .account_details(first.next.as_deref())
        .await
        .unwrap();
    assert_eq!((last.roles.len(), last.policies.len()), (201, 2));
    assert_eq!(last.next, None);
    let app = &first.roles[0];
    assert_eq!(app.role.boundary, Some(own()));
    assert_eq!(app.inline[1].document, READ);
    assert_eq!(app.attached[0].arn, aws());
    assert_eq!(app.profiles[0].name, "web");
    let own = last
        .policies
        .iter()
        .find(|one| one.policy.arn == own())
        .unwrap();
    assert_eq!(
        (own.policy.default_version.as_str(), own.document.as_str()),
        ("v3", READ)
    );
}

#[tokio::test]
async fn absence_is_told_from_failure() {
    let sandbox = sandbox();
    let cases = [
        sandbox.instance_profile("absent").await.err(),
        sandbox.role("absent").await.err(),
        sandbox.inline_policy("absent", "p").await.err(),
        sandbox.attached_policies("absent").await.err(),
        sandbox.managed_policy(&own()).await.err(),
        sandbox.policy_version(&own(), "v1").await.err(),
        sandbox.roles_with_policy(&own()).await.err(),
    ];
    for error in cases {
        let error = error.unwrap();
        assert_eq!(
            (error.code.as_str(), error.class),
            ("NoSuchEntity", ErrorClass::Absent)
        );
    }
}

#[tokio::test]
async fn calls_go_to_the_one_endpoint() {
    for (own_region, endpoint) in [
        ("eu-west-1", "us-east-1"),
        ("cn-northwest-1", "cn-north-1"),
        ("us-gov-east-1", "us-gov-west-1"),
    ] {
        let mut world = world();
        world.region = own_region.to_owned();
        let sandbox = Sandbox::new(world);
        let _ = sandbox.role("app").await;
        let _ = sandbox.inline_policy_names("app").await;
        let _ = sandbox.roles_with_policy(&own()).await;
        let _ = sandbox.account_details(Some("m")).await;
        let calls = sandbox.calls().into_iter();
        let calls: Value = calls
            .map(|call| json!([call.service, call.operation, call.region, call.input]))
            .collect();
        let wanted = json!([
            ["iam", "GetRole", endpoint, {"RoleName": "app"}],
            ["iam", "ListRolePolicies", endpoint, {"RoleName": "app", "MaxItems": 1000}],
            ["iam", "ListEntitiesForPolicy", endpoint,
                {"PolicyArn": own().to_string(), "EntityFilter": "Role", "MaxItems": 1000}],
            ["iam", "GetAccountAuthorizationDetails", endpoint, {
                "Filter": ["Role", "LocalManagedPolicy", "AWSManagedPolicy"],
                "MaxItems": 1000, "Marker": "m",
            }],
        ]);
        assert_eq!(calls, wanted);
    }
}
