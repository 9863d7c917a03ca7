use trailkeeper_app::ports::{KeyReader, KeyWriter};
use trailkeeper_core::ErrorClass;
use trailkeeper_core::facts::{KeyFacts, KeyState};
use trailkeeper_sandbox::Sandbox;
use trailkeeper_sandbox::seed::{self, KeySeed, cloudtrail_key_policy};

use crate::support::{
    ACCOUNT, HOME, KEY_ID, away, expected, failure, home, key_arn, sandbox, world,
};

fn with_state(state: seed::KeyState) -> Sandbox {
    let mut world = world();
    world.seed_key(KeySeed {
        id: KEY_ID.to_owned(),
        state,
        ..KeySeed::default()
    });
    Sandbox::new(world)
}

#[tokio::test]
async fn describe_key_takes_ids_arns_and_aliases() {
    let sandbox = sandbox();
    let alias_arn = format!("arn:aws:kms:{HOME}:{ACCOUNT}:alias/trails");
    for (id, region) in [
        (KEY_ID, home()),
        ("alias/trails", home()),
        // the Region of an ARN wins over the one given
        (&key_arn().to_string(), away()),
        (&alias_arn, away()),
    ] {
        let wanted = KeyFacts {
            arn: key_arn(),
            state: KeyState::Enabled,
            customer_managed: true,
        };
        let found = sandbox.describe_key(id, &region).await;
        assert_eq!(found, Ok(wanted), "{id}");
    }
}

#[tokio::test]
async fn describe_key_tells_the_states() {
    for (state, wanted) in [
        (seed::KeyState::Disabled, KeyState::Disabled),
        (seed::KeyState::PendingDeletion, KeyState::PendingDeletion),
        (
            seed::KeyState::PendingImport,
            KeyState::Other("PendingImport".to_owned()),
        ),
    ] {
        let found = with_state(state).describe_key(KEY_ID, &home()).await;
        assert_eq!(found.unwrap().state, wanted);
    }
}

#[tokio::test]
async fn absent_keys_are_errors() {
    let sandbox = sandbox();
    let mut arn = key_arn();
    arn.resource = "key/00000000-0000-4000-8000-000000000000".to_owned();
    let wanted = |operation| expected(operation, "NotFoundException", ErrorClass::Absent);
    let found = sandbox.describe_key("alias/absent", &home()).await;
    assert_eq!(failure(found), wanted("kms:DescribeKey"));
    let found = sandbox.key_policy(&arn).await;
    assert_eq!(failure(found), wanted("kms:GetKeyPolicy"));
    let policy = cloudtrail_key_policy("aws", ACCOUNT);
    let found = sandbox.put_key_policy(&arn, &policy).await;
    assert_eq!(failure(found), wanted("kms:PutKeyPolicy"));
    let found = sandbox.enable_key(&arn).await;
    assert_eq!(failure(found), wanted("kms:EnableKey"));
    let found = sandbox.cancel_key_deletion(&arn).await;
    assert_eq!(failure(found), wanted("kms:CancelKeyDeletion"));
}

#[tokio::test]
async fn an_arn_without_a_region_is_not_asked_for() {
    let sandbox = sandbox();
    let mut arn = key_arn();
    arn.region.clear();
    let found = sandbox.key_policy(&arn).await;
    let wanted = expected("kms:GetKeyPolicy", "InvalidRequest", ErrorClass::Refused);
    assert_eq!(failure(found), wanted);
    assert!(sandbox.calls().is_empty());
}

#[tokio::test]
async fn a_key_policy_comes_back_as_it_was_put() {
    let sandbox = sandbox();
    let policy = cloudtrail_key_policy("aws", ACCOUNT).replace("  ", "\t");
    sandbox.put_key_policy(&key_arn(), &policy).await.unwrap();
    assert_eq!(sandbox.key_policy(&key_arn()).await, Ok(policy));
}

#[tokio::test]
async fn a_key_comes_back_from_its_deletion_in_two_steps() {
    let sandbox = with_state(seed::KeyState::PendingDeletion);
    let state = async || sandbox.describe_key(KEY_ID, &home()).await.unwrap().state;
    sandbox.cancel_key_deletion(&key_arn()).await.unwrap();
    assert_eq!(state().await, KeyState::Disabled);
    sandbox.enable_key(&key_arn()).await.unwrap();
    assert_eq!(state().await, KeyState::Enabled);
}
