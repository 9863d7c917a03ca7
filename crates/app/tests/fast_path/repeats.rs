//! Each thing is told once, and nothing is left untold for that.

use std::sync::Arc;

use serde_json::json;
use trailkeeper_app::fast_path::AnswerError;
use trailkeeper_core::operation;

use crate::world::{World, association, launch, of_role, profile_arn};

/// The account is changed between the events, and the memory stays.
fn change(world: Arc<World>, change: impl FnOnce(&mut World)) -> Arc<World> {
    let mut world = Arc::into_inner(world).unwrap();
    change(&mut world);
    Arc::new(world)
}

#[tokio::test]
async fn one_event_is_answered_once() {
    let world = Arc::new(World::new());
    assert_eq!(
        world.answer(&launch(1, &["i-bare"])).await["action"],
        "notified"
    );
    let calls = world.calls().len();
    let answer = world.answer(&launch(1, &["i-bare"])).await;
    assert_eq!(answer["action"], "none");
    let id = "a1b2c3d4-5678-90ab-cdef-EXAMPLE00001";
    assert_eq!(answer["notes"], json!([format!("duplicate-event: {id}")]));
    assert_eq!(world.calls().len(), calls, "nothing is asked again");
}

#[tokio::test]
async fn two_events_about_one_instance_in_the_same_state_are_one_message() {
    let world = Arc::new(World::new());
    world.answer(&launch(1, &["i-bare"])).await;
    let again = association(
        2,
        "DisassociateIamInstanceProfile",
        "i-bare",
        &profile_arn("app"),
    );
    let answer = world.answer(&again).await;
    assert_eq!(answer["notes"], json!(["repeat-suppressed"]));
    assert_eq!(world.messages().len(), 1);
}

#[tokio::test]
async fn another_state_is_news() {
    let world = Arc::new(World::new());
    world.answer(&launch(1, &["i-bare"])).await;
    let world = change(world, |world| {
        world.add_instance("i-bare", Some(profile_arn("gone")));
    });
    world
        .answer(&association(
            2,
            "AssociateIamInstanceProfile",
            "i-bare",
            &profile_arn("gone"),
        ))
        .await;
    let codes: Vec<_> = world
        .messages()
        .iter()
        .map(|m| m["findings"][0]["code"].clone())
        .collect();
    assert_eq!(codes, ["no-instance-profile", "profile-missing"]);
}

#[tokio::test]
async fn a_fault_that_was_mended_is_news_when_it_comes_again() {
    let profile = profile_arn("team/app");
    let world = Arc::new(World::new());
    world.answer(&launch(1, &["i-bare"])).await;
    let world = change(world, |world| {
        world.add_instance("i-bare", Some(profile.clone()))
    });
    world
        .answer(&association(
            2,
            "AssociateIamInstanceProfile",
            "i-bare",
            &profile,
        ))
        .await;
    let world = change(world, |world| world.add_instance("i-bare", None));
    world
        .answer(&association(
            3,
            "DisassociateIamInstanceProfile",
            "i-bare",
            &profile,
        ))
        .await;
    assert_eq!(world.messages().len(), 2);
}

#[tokio::test]
async fn a_role_that_left_its_profile_is_news_when_it_is_back() {
    let mut world = World::new();
    world
        .failures
        .insert("ListAttachedRolePolicies", "AccessDenied");
    let world = Arc::new(world);
    world.answer(&of_role(1, "PutRolePolicy", "app-role")).await;
    let held = world.profiles.clone();
    let world = change(world, |world| world.profiles.clear());
    world.answer(&of_role(2, "PutRolePolicy", "app-role")).await;
    let world = change(world, |world| world.profiles = held);
    world.answer(&of_role(3, "PutRolePolicy", "app-role")).await;
    assert_eq!(world.messages().len(), 2);
}

/// The same statement, as broad as before, with another right.
#[tokio::test]
async fn another_grant_under_the_same_sid_is_news() {
    let broad = |action: &str| {
        json!({"Version": "2012-10-17", "Statement": [
            {"Sid": "App", "Effect": "Allow", "Action": action, "Resource": "*"}
        ]})
        .to_string()
    };
    let mut world = World::new();
    world.inline = Some(broad("sqs:DeleteQueue"));
    let world = Arc::new(world);
    world.answer(&of_role(1, "PutRolePolicy", "app-role")).await;
    let world = change(world, |world| {
        world.inline = Some(broad("secretsmanager:GetSecretValue"));
    });
    world.answer(&of_role(2, "PutRolePolicy", "app-role")).await;
    let texts: Vec<_> = world.messages();
    assert_eq!(texts.len(), 2);
    let text = texts[1]["text"].to_string();
    assert!(
        text.contains("allows secretsmanager:GetSecretValue on *"),
        "{text}"
    );
}

#[tokio::test]
async fn what_lasts_is_told_again_after_an_hour() {
    let world = Arc::new(World::new());
    world.answer(&launch(1, &["i-bare"])).await;
    let world = change(world, |world| world.later(61));
    assert_eq!(
        world.answer(&launch(2, &["i-bare"])).await["action"],
        "notified"
    );
}

/// Of a launch only the instances are told that were not yet.
#[tokio::test]
async fn news_and_repeats_in_one_event() {
    let mut world = World::new();
    world.add_instance("i-bare-2", None);
    let world = Arc::new(world);
    world.answer(&launch(1, &["i-bare"])).await;
    world.answer(&launch(2, &["i-bare", "i-bare-2"])).await;
    let message = world.messages().remove(1);
    assert_eq!(message["resource"]["id"], "i-bare-2");
    assert!(!message["text"].as_str().unwrap().contains("i-bare:"));
}

#[tokio::test]
async fn p19_a_message_that_was_not_sent_is_an_error_and_no_repeat() {
    let mut world = World::new();
    world.failures.insert("Publish", "AuthorizationError");
    world
        .failures
        .insert("ListAttachedRolePolicies", "AccessDenied");
    let world = Arc::new(world);
    let error = world
        .try_answer(&of_role(1, "PutRolePolicy", "app-role"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "message-not-sent");
    assert!(error.to_string().contains("PutRolePolicy"), "{error}");
    let AnswerError::NotSent { source, .. } = error else {
        return assert_eq!(error.code(), "message-not-sent");
    };
    assert_eq!(source.code, "AuthorizationError");
    assert_eq!(
        world.called(operation::START_CONFIG_RULES_EVALUATION),
        1,
        "asked all the same"
    );
    // The next delivery of the same event is no repeat.
    let world = change(world, |world| {
        world.failures.remove("Publish");
    });
    let answer = world.answer(&of_role(1, "PutRolePolicy", "app-role")).await;
    assert_eq!(answer["action"], "notified");
}
