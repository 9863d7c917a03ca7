//! Modes, rules, topics; events that are for nobody.

use std::sync::Arc;

use serde_json::{Value, json};
use trailkeeper_app::fast_path::Mode;
use trailkeeper_core::operation;

use crate::world::{World, event, launch, of_profile, of_role};

const STOP: &str = include_str!("../fixtures/stop-logging-iam-user.json");

#[tokio::test]
async fn mode_off_ignores_all_events() {
    let mut world = World::new();
    world.settings.mode = Mode::Off;
    let world = Arc::new(world);
    for event in [
        launch(1, &["i-bare"]),
        of_role(2, "PutRolePolicy", "app-role"),
        json!(7),
    ] {
        let answer = world.answer(&event).await;
        assert_eq!(
            answer,
            json!({"action": "none", "executionId": "", "notes": ["mode-off"]})
        );
    }
    assert_eq!(world.calls(), Vec::<String>::new());
}

/// The switch must not silence its own alarm; but it turns everything else off.
#[tokio::test]
async fn mode_off_still_tells_of_the_products_parts() {
    let update = |function: &str| {
        let request = json!({"functionName": function});
        let name = "UpdateFunctionConfiguration20150331v2";
        event(1, "lambda", name, request, Value::Null)
    };
    for (function, action) in [("evaluator", "notified"), ("shop", "none")] {
        let mut world = World::new();
        world.settings.mode = Mode::Off;
        world.settings.guard_rule = Some(crate::behind::GUARD_RULE.to_owned());
        world.settings.function = Some("evaluator".to_owned());
        let world = Arc::new(world);
        let answer = world.answer(&update(function)).await;
        assert_eq!(answer["action"], action, "{function} {answer}");
        assert_eq!(world.called(operation::START_CONFIG_RULES_EVALUATION), 0);
        assert_eq!(world.called(operation::START_AUTOMATION_EXECUTION), 0);
    }
}

/// Our own roles and the guard trail are parts too; the trail that is judged and other roles are
/// not. Nothing is started or judged.
#[tokio::test]
async fn mode_off_tells_of_own_roles_and_the_guard_trail_only() {
    let role = |name, role: &str| of_role(1, name, role);
    let stop = |trail: &str| {
        let request = json!({"name": trail});
        event(1, "cloudtrail", "StopLogging", request, Value::Null)
    };
    let nameless = event(1, "iam", "PutRolePolicy", Value::Null, Value::Null);
    let cases = [
        (role("DeleteRolePolicy", "trailkeeper-runbook"), true),
        (
            role("PutRolePermissionsBoundary", "trailkeeper-runbook"),
            true,
        ),
        (role("DeleteRole", "trailkeeper-remediator-role"), true),
        (role("DeleteRolePolicy", "app-role"), false),
        (role("UpdateAssumeRolePolicy", "trailkeeper-runbook"), true),
        (stop("trailkeeper-guard"), true),
        (stop("org-audit"), false),
        (nameless, true),
    ];
    for (event, is_told) in cases {
        let mut world = crate::trail::world(crate::behind::Behind::stop);
        world.settings.mode = Mode::Off;
        let world = Arc::new(world);
        let answer = world.answer(&event).await;
        let (action, notes) = match is_told {
            true => ("notified", json!([])),
            false => ("none", json!(["mode-off"])),
        };
        assert_eq!(answer["action"], action, "{event} {answer}");
        assert_eq!(answer["notes"], notes, "{event}");
        assert_eq!(world.messages().len(), usize::from(is_told));
        assert_eq!(world.called(operation::START_CONFIG_RULES_EVALUATION), 0);
        assert_eq!(world.called(operation::START_AUTOMATION_EXECUTION), 0);
    }
}

/// While what names the parts cannot be read the event is kept for another try.
#[tokio::test]
async fn mode_off_forgets_no_event_that_may_be_about_a_part() {
    let mut world = crate::trail::world(|_| ());
    world.settings.mode = Mode::Off;
    world
        .failures
        .insert("DescribeConfigRules", "ThrottlingException");
    let world = Arc::new(world);
    let stop = event(
        1,
        "cloudtrail",
        "StopLogging",
        json!({"name": "trailkeeper-guard"}),
        Value::Null,
    );
    assert!(world.try_answer(&stop).await.is_err());
}

/// Instances are repaired after AWS Config's verdict, not from here.
#[tokio::test]
async fn mode_enforce_notifies() {
    let mut world = World::new();
    world.settings.mode = Mode::Enforce;
    let world = Arc::new(world);
    let answer = world.answer(&launch(1, &["i-bare"])).await;
    assert_eq!(
        answer,
        json!({"action": "notified", "executionId": "", "notes": []})
    );
}

#[test]
fn modes_by_name() {
    for (text, mode) in [
        ("off", Some(Mode::Off)),
        (" Notify ", Some(Mode::Notify)),
        ("ENFORCE", Some(Mode::Enforce)),
        ("", None),
        ("on", None),
    ] {
        assert_eq!(Mode::from_name(text), mode, "{text}");
    }
    assert_eq!(Mode::default(), Mode::Notify);
}

#[tokio::test]
async fn without_a_topic_nobody_is_told_and_the_rule_runs() {
    let mut world = World::new();
    world.settings.topic = None;
    world.empty_profile("app");
    let world = Arc::new(world);
    let answer = world.answer(&launch(1, &["i-bare"])).await;
    assert_eq!(
        answer,
        json!({"action": "none", "executionId": "", "notes": ["no-topic"]})
    );
    world
        .answer(&of_profile(2, "RemoveRoleFromInstanceProfile", "app"))
        .await;
    assert_eq!(world.called(operation::START_CONFIG_RULES_EVALUATION), 1);
}

/// Without the rule its defaults are what is wanted.
#[tokio::test]
async fn rules_that_cannot_be_read() {
    let bad = [("minimumSeverity".to_owned(), "huge".to_owned())];
    for (rule, failure, parameters, note) in [
        (None, None, None, None),
        (Some("other"), None, None, Some("rule-missing: other")),
        (
            Some(crate::world::RULE),
            Some("AccessDeniedException"),
            None,
            Some("rule-not-read: config:DescribeConfigRules AccessDeniedException"),
        ),
        (
            Some(crate::world::RULE),
            None,
            Some(bad),
            Some("rule-not-understood: bad-parameter: minimumSeverity takes"),
        ),
    ] {
        let mut world = World::new();
        world.settings.instance_rule = rule.map(str::to_owned);
        world
            .failures
            .extend(failure.map(|code| ("DescribeConfigRules", code)));
        if let Some(parameters) = parameters {
            world.parameters = std::collections::BTreeMap::from(parameters).into();
        }
        let world = Arc::new(world);
        let answer = world.answer(&launch(1, &["i-bare"])).await;
        assert_eq!(answer["action"], "notified", "{rule:?}");
        let notes = answer["notes"].as_array().unwrap();
        match note {
            None => assert_eq!(*notes, Vec::<Value>::new()),
            Some(note) => assert!(notes[0].as_str().unwrap().starts_with(note), "{notes:?}"),
        }
        if rule.is_none() {
            world.answer(&of_role(2, "PutRolePolicy", "app-role")).await;
            assert_eq!(world.called(operation::START_CONFIG_RULES_EVALUATION), 0);
        }
    }
}

#[tokio::test]
async fn events_for_nobody_are_no_error() {
    let mut foreign = launch(1, &["i-bare"]);
    foreign["detail"]["recipientAccountId"] = json!("444455556666");
    let unknown = event(2, "ec2", "StopInstances", json!({}), Value::Null);
    for (event, note) in [
        (
            json!({"detail-type": "Scheduled Event"}),
            "unknown-event: Scheduled Event",
        ),
        (unknown, "no-handler: ec2.amazonaws.com StopInstances"),
        (foreign, "other-account: 444455556666"),
        (
            serde_json::from_str(STOP).unwrap(),
            "no-trail-rule: StopLogging",
        ),
    ] {
        let world = Arc::new(World::new());
        let answer = world.answer(&event).await;
        assert_eq!(
            answer,
            json!({"action": "none", "executionId": "", "notes": [note]})
        );
        assert_eq!(world.calls(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn an_unreadable_event_is_an_error_with_the_place() {
    let world = Arc::new(World::new());
    let mut event = launch(1, &["i-bare"]);
    event["detail"]["eventTime"] = json!("noon");
    let error = world.try_answer(&event).await.unwrap_err();
    assert_eq!(error.code(), "malformed-event");
    assert!(
        error
            .to_string()
            .contains("`detail.eventTime` is not a time"),
        "{error}"
    );
}
