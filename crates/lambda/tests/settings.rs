//! Reading of the environment.
#![expect(clippy::unwrap_used, reason = "test code")]

use tracing::Level;
use trailkeeper_app::fast_path::{EventSettings, Mode};
use trailkeeper_lambda::{HandlerError, Settings};

const MODE: &str = "TRAILKEEPER_MODE";
const TOPIC: &str = "TRAILKEEPER_TOPIC_ARN";
const INSTANCE_RULE: &str = "TRAILKEEPER_INSTANCE_CONFIG_RULE";

fn read(variables: &[(&str, &str)]) -> Settings {
    Settings::read(|name| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    })
}

fn events(name: &str, value: &str) -> Result<EventSettings, HandlerError> {
    read(&[(name, value)]).events
}

fn refused(name: &str, value: &str) {
    let error = events(name, value).unwrap_err();
    assert_eq!(error.error_type, "bad-setting");
    let message = &error.error_message;
    assert!(message.starts_with(name), "{message}");
    assert!(message.contains(&format!("`{value}`")), "{message}");
}

#[test]
fn without_variables_the_defaults_hold() {
    let defaults = EventSettings {
        mode: Mode::Notify,
        ..EventSettings::default()
    };
    assert_eq!(read(&[]).events, Ok(defaults.clone()));
    for name in [MODE, TOPIC, INSTANCE_RULE] {
        for empty in ["", " "] {
            assert_eq!(events(name, empty), Ok(defaults.clone()), "{name}");
        }
    }
}

#[test]
fn modes() {
    let cases = [
        ("off", Mode::Off),
        ("notify", Mode::Notify),
        ("enforce", Mode::Enforce),
        ("Enforce", Mode::Enforce),
    ];
    for (text, wanted) in cases {
        assert_eq!(events(MODE, text).unwrap().mode, wanted, "{text}");
    }
    for text in ["loud", "true"] {
        refused(MODE, text);
    }
}

#[test]
fn topics() {
    let good = [
        "arn:aws:sns:eu-west-1:111122223333:alerts",
        "arn:aws-cn:sns:cn-north-1:111122223333:alerts.fifo",
    ];
    for text in good {
        let topic = events(TOPIC, text).unwrap().topic;
        assert_eq!(topic.unwrap().to_string(), text);
    }
    let bad = [
        "alerts",
        "arn:aws:sqs:eu-west-1:111122223333:alerts",
        "arn:aws:sns::111122223333:alerts",
        "arn:aws:sns:eu-west-1::alerts",
        "arn:aws:sns:eu-west-1:111122223333:alerts:6b0e71bd-7e97-4d97-80ce-4a0994e55286",
    ];
    for text in bad {
        refused(TOPIC, text);
    }
}

#[test]
fn names_of_the_rule() {
    let longest = "r".repeat(128);
    for text in ["trailkeeper-instance-profile", &longest] {
        let rule = events(INSTANCE_RULE, text).unwrap().instance_rule;
        assert_eq!(rule.as_deref(), Some(text));
    }
    refused(INSTANCE_RULE, &"r".repeat(129));
    refused(
        INSTANCE_RULE,
        "arn:aws:config:eu-west-1:111122223333:config-rule/config-rule-a1",
    );
}

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

#[test]
fn rules_lists_and_the_switch() {
    let read = read(&[
        ("TRAILKEEPER_CONFIG_RULE", "trailkeeper-cloudtrail-enabled"),
        ("TRAILKEEPER_GUARD_CONFIG_RULE", "trailkeeper-guard"),
        ("TRAILKEEPER_ALARMS", "trailkeeper-*, trail-silent"),
        ("TRAILKEEPER_OWN_ROLES", "trailkeeper-remediator-us-east-1,"),
        ("TRAILKEEPER_KEY_ARN", KEY),
        ("TRAILKEEPER_EVENTS", "On"),
        ("AWS_LAMBDA_FUNCTION_NAME", "trailkeeper-evaluator"),
        (TOPIC, "arn:aws:sns:eu-west-1:111122223333:alerts"),
    ]);
    let events = read.events.unwrap();
    assert_eq!(
        events.trail_rule.as_deref(),
        Some("trailkeeper-cloudtrail-enabled")
    );
    assert_eq!(events.guard_rule.as_deref(), Some("trailkeeper-guard"));
    assert_eq!(events.alarms, ["trailkeeper-*", "trail-silent"]);
    assert_eq!(events.own_roles, ["trailkeeper-remediator-us-east-1"]);
    assert_eq!(events.key.map(|key| key.to_string()).as_deref(), Some(KEY));
    assert_eq!(events.function.as_deref(), Some("trailkeeper-evaluator"));
    let incident = read.incident.unwrap();
    assert!(incident.events);
    assert_eq!(incident.topic, events.topic);
    assert_eq!(incident.own_roles, events.own_roles);
    let error = self::read(&[("TRAILKEEPER_KEY_ARN", "alias/audit")]).events;
    assert_eq!(error.unwrap_err().error_type, "bad-setting");
    let error = self::read(&[("TRAILKEEPER_EVENTS", "loud")]).incident;
    assert_eq!(error.unwrap_err().error_type, "bad-setting");
}

#[test]
fn destinations_are_a_list_or_none() {
    let read = |text: &str| self::read(&[("TRAILKEEPER_DESTINATIONS", text)]).destinations;
    for empty in ["", " "] {
        assert_eq!(read(empty), Ok(None));
    }
    assert!(read("trail-logs,,111122223333,").unwrap().is_some());
    for (text, item) in [("trail-logs, a b", "a b"), (",", ",")] {
        let error = read(text).unwrap_err();
        assert_eq!(error.error_type, "bad-setting");
        let message = &error.error_message;
        assert!(
            message.starts_with("TRAILKEEPER_DESTINATIONS takes "),
            "{message}"
        );
        assert!(message.contains(&format!("`{item}`")), "{message}");
    }
}

#[test]
fn log_levels_are_those_of_lambda() {
    assert_eq!(read(&[]).log_level, Level::INFO);
    let cases = [
        ("TRACE", Level::TRACE),
        ("DEBUG", Level::DEBUG),
        ("INFO", Level::INFO),
        ("warn", Level::WARN),
        ("ERROR", Level::ERROR),
        ("FATAL", Level::ERROR),
        ("SHOUT", Level::INFO),
    ];
    for (text, level) in cases {
        let read = read(&[("AWS_LAMBDA_LOG_LEVEL", text)]);
        assert_eq!(read.log_level, level, "{text}");
    }
}
