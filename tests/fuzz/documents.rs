//! Files that others write: runbooks with their references and selectors, and scenarios.

use serde_json::{Value, json};
use trailkeeper_runbook::{Part, Selector, Severity, check, load, parts};
use trailkeeper_sandbox::scenario::Scenario;

use crate::input::target;

target!(runbook, 150, |text| {
    let findings = check(text);
    let lines = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
    for finding in &findings {
        assert!(finding.at.line <= lines.max(1) + 1, "{finding:?}");
        assert!(!finding.code.is_empty() && !finding.message.is_empty());
    }
    let wrong = findings.iter().any(|it| it.severity == Severity::Error);
    assert_eq!(load(text).is_err(), wrong, "{findings:?}");
});

// What is between the braces is taken out, the rest stays as it is.
target!(runbook_reference, 1_000, |text| {
    let mut rest = text;
    for part in parts(text) {
        if let Part::Literal(plain) = part {
            let at = rest.find(plain).expect("in its order");
            rest = rest.get(at + plain.len()..).unwrap_or_default();
        }
    }
});

target!(runbook_selector, 1_000, |text| {
    let Ok(selector) = Selector::parse(text) else {
        return;
    };
    assert_eq!(selector.as_str(), text);
    assert_eq!(
        Selector::parse(selector.as_str()).ok(),
        Some(selector.clone())
    );
    let nested = json!({"a": [{"b": 1, "c": "x"}, {"b": null}], "": {"$": [[], {}]}});
    let texts = [Value::Null, json!([]), json!("x"), nested];
    for value in &texts {
        drop(selector.select(value));
    }
});

// A scenario that can be read can be built, and then says what it is.
target!(scenario, 250, |text| {
    match Scenario::parse(text) {
        Ok(scenario) => {
            assert_eq!(scenario.build().calls(), []);
            assert!(!scenario.rule().is_empty() && !scenario.lambda().is_empty());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
