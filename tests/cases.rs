//! Every `case/v1` file in `cases/`: the world and the event of the file give the evaluations of
//! the file beside it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use regex_lite::Regex;
use serde_json::Value;
use trailkeeper_app::evaluate::evaluate_event;
use trailkeeper_app::roles::PolicyCache;
use trailkeeper_core::Caller;
use trailkeeper_sandbox::scenario::Scenario;

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let all = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = all.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| !path.to_string_lossy().ends_with(".expected.json"));
    paths.sort();
    paths
}

/// What PutEvaluations took, as `type id compliance seconds`, and the annotations.
async fn evaluate(scenario: &Scenario) -> (Vec<String>, Vec<String>) {
    let sandbox = scenario.build();
    let caller = sandbox.with_world(|world| Caller {
        account: world.account_id.parse().unwrap(),
        region: world.region.parse().unwrap(),
        partition: world.partition.clone(),
    });
    let deadline = sandbox.now() + SignedDuration::from_secs(50);
    let ports = sandbox.evaluate_ports(&PolicyCache::default());
    evaluate_event(&ports, &caller, scenario.event(), deadline)
        .await
        .unwrap();
    let calls = sandbox.calls();
    let taken = calls
        .iter()
        .filter(|call| call.operation == "PutEvaluations" && call.outcome == "ok");
    let sent: Vec<Value> = taken
        .flat_map(|call| call.input["Evaluations"].as_array().cloned().unwrap())
        .collect();
    let mut lines: Vec<String> = sent.iter().map(line).collect();
    lines.sort();
    let annotation = |one: &Value| one["Annotation"].as_str().unwrap_or_default().to_owned();
    (lines, sent.iter().map(annotation).collect())
}

fn line(sent: &Value) -> String {
    let text = |name: &str| sent[name].as_str().unwrap();
    format!(
        "{} {} {} {:.3}",
        text("ComplianceResourceType"),
        text("ComplianceResourceId"),
        text("ComplianceType"),
        sent["OrderingTimestamp"].as_f64().unwrap()
    )
}

fn expected_line(expected: &Value) -> String {
    let text = |name: &str| expected[name].as_str().unwrap();
    let time: Timestamp = text("orderingTimestamp").parse().unwrap();
    format!(
        "{} {} {} {}.{:03}",
        text("resourceType"),
        text("resourceId"),
        text("compliance"),
        time.as_second(),
        time.subsec_millisecond()
    )
}

#[tokio::test]
async fn every_case_is_answered_as_expected() {
    let files = files();
    assert!(!files.is_empty(), "no case was found");
    for path in files {
        let scenario = Scenario::parse(&std::fs::read_to_string(&path).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let is_of_a_rule = ["cloudtrail-enabled", "instance-profile"].contains(&scenario.rule());
        if scenario.lambda() != "evaluator" || !is_of_a_rule {
            panic!("{}: no test runs cases of this kind", scenario.id());
        }
        let text = std::fs::read_to_string(path.with_extension("expected.json")).unwrap();
        let expected: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(expected["case"], scenario.id());
        let (sent, annotations) = evaluate(&scenario).await;
        let listed = expected["evaluations"].as_array().unwrap();
        let mut wanted: Vec<String> = listed.iter().map(expected_line).collect();
        wanted.sort();
        assert_eq!(sent, wanted, "{}", scenario.id());
        let reasons = expected["reasonAnyOf"].as_array().unwrap();
        let matches = |text: &String| {
            let mut patterns = reasons.iter().map(|one| Regex::new(one.as_str().unwrap()));
            patterns.any(|pattern| pattern.unwrap().is_match(text))
        };
        assert!(
            annotations.iter().any(matches),
            "{}: {annotations:?}",
            scenario.id()
        );
    }
}
