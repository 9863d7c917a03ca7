//! What cannot be read is not in order, and is asked again.

use std::sync::Arc;

use serde_json::json;
use trailkeeper_core::operation;

use crate::behind::{Behind, TRAIL};
use crate::trail::{on_trail, started, world};
use crate::world::{World, event};

/// The account is changed between the deliveries, and the memory stays.
fn change(world: Arc<World>, change: impl FnOnce(&mut World)) -> Arc<World> {
    let mut world = Arc::into_inner(world).unwrap();
    change(&mut world);
    Arc::new(world)
}

/// A stopped trail whose status nobody tells is started: a run on a healthy one changes nothing.
#[tokio::test]
async fn a_stop_is_answered_also_where_the_status_is_unreadable() {
    for name in ["StopLogging", "DeleteTrail"] {
        for code in ["ThrottlingException", "AccessDenied"] {
            let mut world = world(|_| ());
            world.failures.insert("GetTrailStatus", code);
            let world = Arc::new(world);
            let answer = world.answer(&on_trail(1, name)).await;
            assert_eq!(answer["action"], "repair-started", "{name} {code}");
            let finding = world.messages()[0]["findings"][0].clone();
            assert_eq!(finding["code"], "could-not-verify");
            let why = finding["why"].as_str().unwrap();
            assert!(why.contains(&format!("logging after {name}: ")), "{why}");
        }
    }
}

/// Lambda asks again after an error; what was told is not told again, and the run then starts.
#[tokio::test]
async fn what_passes_is_an_error_until_it_has_passed() {
    let cases = [
        (
            "DescribeRemediationConfigurations",
            "ThrottlingException",
            true,
        ),
        ("StartAutomationExecution", "ThrottlingException", true),
        ("StartAutomationExecution", "InternalServerError", true),
        ("StartAutomationExecution", "AccessDenied", false),
        (
            "DescribeRemediationConfigurations",
            "AccessDeniedException",
            false,
        ),
    ];
    for (operation, code, is_error) in cases {
        let mut world = world(Behind::stop);
        world.failures.insert(operation, code);
        let world = Arc::new(world);
        let stop = on_trail(1, "StopLogging");
        let answer = world.try_answer(&stop).await;
        assert_eq!(world.messages().len(), 1, "told all the same");
        assert_eq!(answer.is_err(), is_error, "{operation} {code}");
        if let Err(error) = answer {
            assert_eq!(error.code(), "answer-unfinished");
            assert!(error.to_string().contains("StopLogging"), "{error}");
            let world = change(world, |world| {
                world.failures.clear();
            });
            let again = world.answer(&stop).await;
            assert_eq!(again["action"], "repair-started");
            assert_eq!(world.messages().len(), 1, "{operation} {code}");
            assert_eq!(started(&world), 1);
        }
    }
}

/// Nobody says that the rule finds nothing wrong who has not read it.
#[tokio::test]
async fn a_rule_that_was_not_read_finds_nothing_at_all() {
    for (code, is_error) in [("ThrottlingException", true), ("AccessDenied", false)] {
        let mut world = world(|_| ());
        // By the rule's defaults a run would be started, which is an answer.
        world.settings.mode = trailkeeper_app::fast_path::Mode::Notify;
        world.failures.insert("DescribeConfigRules", code);
        let world = Arc::new(world);
        let answer = world.try_answer(&on_trail(1, "RemoveTags")).await;
        assert_eq!(answer.is_err(), is_error, "{code}");
        let text = world.messages()[0]["text"].to_string();
        assert!(!text.contains("finds nothing wrong"), "{text}");
    }
    let world = Arc::new(world(|_| ()));
    world.answer(&on_trail(1, "RemoveTags")).await;
    let text = world.messages()[0]["text"].to_string();
    assert!(text.contains("finds nothing wrong"), "{text}");
}

/// Whether a function is ours says the rule `guard`.
#[tokio::test]
async fn a_part_is_not_foreign_before_the_guard_was_read() {
    let name = "UpdateFunctionConfiguration20150331v2";
    let request = json!({"functionName": "trailkeeper-evaluator"});
    let event = event(1, "lambda", name, request, serde_json::Value::Null);
    let mut world = world(|_| ());
    world
        .failures
        .insert("DescribeConfigRules", "ThrottlingException");
    let world = Arc::new(world);
    let error = world.try_answer(&event).await.unwrap_err();
    assert_eq!(error.code(), "answer-unfinished");
    let world = change(world, |world| world.failures.clear());
    assert_eq!(world.answer(&event).await["action"], "notified");
}

/// Deleted a second time within the hour it is news: in between it was there.
#[tokio::test]
async fn a_trail_that_is_deleted_twice_is_told_twice() {
    let mut world = world(|one| one.trail = None);
    world.settings.mode = trailkeeper_app::fast_path::Mode::Notify;
    let world = Arc::new(world);
    for number in [1, 2] {
        let answer = world.answer(&on_trail(number, "DeleteTrail")).await;
        assert_eq!(answer["action"], "notified", "{answer}");
    }
    assert_eq!(world.messages().len(), 2);
    assert_eq!(world.messages()[0]["resource"]["id"], TRAIL);
    assert_eq!(world.called(operation::START_AUTOMATION_EXECUTION), 0);
}
