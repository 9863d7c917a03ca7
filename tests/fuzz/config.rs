//! What AWS Config sends: the event, its notification, configuration items, rule parameters.

use serde_json::{Value, json};
use trailkeeper_core::config_rule::{
    ConfigEvent, ConfigurationItem, EventError, Notification, RuleParameters, Scope, annotation,
    dispatch, parse_guard_requirements, parse_instance_requirements, parse_requirements,
    render_guard_requirements, render_instance_requirements, render_requirements,
};

use crate::input::target;
use crate::shown::assert_one_line;

target!(config_event, 1_000, |text| {
    let event = serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
    match ConfigEvent::parse(&event) {
        Err(error) => assert_told(&error),
        Ok(event) => {
            assert!(!event.result_token.is_empty());
            let is_other = matches!(event.notification, Notification::Other { .. });
            assert_eq!(event.scope() == Scope::Nothing, is_other);
            assert_eq!(event.ordering_time().is_none(), is_other);
            assert_eq!(event.event_time().is_none(), is_other);
            if let Err(error) = dispatch(&event.rule_parameters, &event.config_rule_name) {
                assert_one_line(&error.to_string());
            }
        }
    }
});

// The notification is a text in the event; an object in its place is as good.
target!(invoking_event, 1_000, |text| {
    let event = |invoking: Value| {
        let event = json!({"invokingEvent": invoking, "resultToken": "token"});
        ConfigEvent::parse(&event)
    };
    let read = event(Value::from(text));
    if let Err(error) = &read {
        assert_told(error);
    }
    match serde_json::from_str(text) {
        Ok(decoded @ Value::Object(_)) => assert_eq!(read, event(decoded)),
        _ => assert!(read.is_err()),
    }
});

// GetResourceConfigHistory writes as text what the event writes as an object.
target!(configuration_item, 1_000, |text| {
    let Ok(mut value) = serde_json::from_str::<Value>(text) else {
        return;
    };
    let read = ConfigurationItem::parse(&value);
    if let Err(error) = &read {
        assert_told(error);
    }
    let Some(configuration) = value.get_mut("configuration") else {
        return;
    };
    if configuration.is_object() {
        *configuration = Value::from(configuration.to_string());
        assert_eq!(read, ConfigurationItem::parse(&value));
    }
});

target!(rule_parameters, 1_000, |text| {
    let Ok(Value::Object(given)) = serde_json::from_str(text) else {
        return;
    };
    let parameters = RuleParameters::new(given);
    // What is written of what was read says the same.
    macro_rules! told_again {
        ($parse:path, $render:path) => {
            match $parse(&parameters) {
                Ok(wanted) => {
                    let again = RuleParameters::from($render(&wanted));
                    assert_eq!($parse(&again), Ok(wanted));
                }
                Err(error) => assert_annotation(&annotation::of_findings(&[error.finding()])),
            }
        };
    }
    told_again!(parse_requirements, render_requirements);
    told_again!(parse_instance_requirements, render_instance_requirements);
    told_again!(parse_guard_requirements, render_guard_requirements);
});

target!(annotation_text, 1_000, |text| {
    assert_annotation(&annotation::of_text(text));
});

/// What AWS Config takes: 1 to 256 characters.
fn assert_annotation(text: &str) {
    let units = text.encode_utf16().count();
    assert!((1..=256).contains(&units), "{units}: {text:?}");
    assert_one_line(text);
}

fn assert_told(error: &EventError) {
    assert_one_line(&error.to_string());
    assert!(matches!(error.code(), "malformed-event" | "missing-token"));
}
