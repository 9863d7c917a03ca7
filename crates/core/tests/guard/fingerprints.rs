//! What is recorded of each part, in which words, and how two records differ.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use trailkeeper_core::Fact;
use trailkeeper_core::facts::{AttachedPolicy, ResourceTypeSelection};
use trailkeeper_core::guard::{
    Fingerprint, GuardRecord, GuardStep, GuardView, ManagedRecord, Part, PartKind, Requirements,
};

use crate::support::{
    EVALUATOR, EVENTS, POLICY, REMEDIATOR, ROLE, RULE, RUNBOOK, known, requirements, view,
};

fn of(view: &GuardView, kind: PartKind, name: &str) -> Fingerprint {
    match view.fingerprint(&Part::new(kind, name)) {
        Some(Fact::Known(Some(fingerprint))) => fingerprint,
        other => panic!("{kind:?} {name}: {other:?}"),
    }
}

/// The recorded values of a part, as the baseline holds them.
fn recorded(view: &GuardView, kind: PartKind, name: &str) -> Value {
    let fingerprint = of(view, kind, name);
    let record = GuardRecord(BTreeMap::from([(Part::new(kind, name), fingerprint)]));
    record.to_json()[kind.as_str()][name].clone()
}

fn sha(text: &str) -> String {
    let hash = trailkeeper_core::baseline::sha256_of(text.as_bytes());
    format!("sha256:{hash}")
}

#[test]
fn each_part_in_the_words_of_the_record() {
    let view = view();
    let recorder = json!({
        "types": "all",
        "setting:recordingMode": "{\"recordingFrequency\":\"CONTINUOUS\"}",
        "setting:roleARN": "arn:aws:iam::111122223333:role/config",
    });
    assert_eq!(recorded(&view, PartKind::Recorder, "default"), recorder);
    let channel = json!({ "bucket": "amzn-s3-demo-config" });
    assert_eq!(
        recorded(&view, PartKind::DeliveryChannel, "default"),
        channel
    );
    let rule = recorded(&view, PartKind::ConfigRule, RULE);
    let source = "arn:aws:lambda:us-east-1:111122223333:function:trailkeeper-evaluator";
    assert_eq!(rule["source"], source);
    assert_eq!(rule["parameter:trailName"], "org-audit");
    assert_eq!(rule["setting:MaximumExecutionFrequency"], "One_Hour");
    let remediation = json!({
        "document": RUNBOOK, "automatic": "true", "parameter:CloudTrailName": "org-audit",
        "setting:MaximumAutomaticAttempts": "5", "setting:RetryAttemptSeconds": "60",
    });
    assert_eq!(recorded(&view, PartKind::Remediation, RULE), remediation);
    let runbook = json!({ "hash": "ab".repeat(32), "version": "1" });
    assert_eq!(recorded(&view, PartKind::Runbook, RUNBOOK), runbook);
    let function = recorded(&view, PartKind::Function, EVALUATOR);
    assert_eq!(function["codeSha256"], "q1w2e3");
    assert_eq!(function["environment:TRAILKEEPER_MODE"], "enforce");
    assert_eq!(function["environment:SECRET"], sha("hunter2"));
    assert_eq!(function["reservedConcurrency"], Value::Null);
    let event_rule = recorded(&view, PartKind::EventRule, EVENTS);
    assert_eq!(event_rule["target:evaluator"], source);
    assert_eq!(event_rule.as_object().unwrap().len(), 2);
    let role = json!({
        "arn": format!("arn:aws:iam::111122223333:role/{ROLE}"),
        "trust": sha(r#"{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":"ssm.amazonaws.com"}}],"Version":"2012-10-17"}"#),
        "inline:run": sha(r#"{"Statement":[]}"#),
        format!("content:{POLICY}"): sha(r#"{"Statement":[]}"#),
    });
    assert_eq!(recorded(&view, PartKind::Role, ROLE), role);
}

/// What a part has only sometimes.
#[test]
fn what_not_every_part_has() {
    let mut view = view();
    let boundary = "arn:aws:iam::111122223333:policy/boundary";
    let aws = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let role = known(&mut view.roles, ROLE);
    role.facts.boundary = boundary.parse().ok();
    role.facts.trust = None;
    role.attached = vec![AttachedPolicy {
        arn: aws.parse().unwrap(),
        name: "ReadOnlyAccess".to_owned(),
    }];
    role.managed = BTreeMap::from([(aws.to_owned(), ManagedRecord::Version("v7".to_owned()))]);
    let role = recorded(&view, PartKind::Role, ROLE);
    assert_eq!(role["boundary"], boundary);
    assert_eq!(role[format!("attached:{aws}")], "attached");
    assert_eq!(role[format!("content:{aws}")], "v7");
    assert_eq!(role["trust"], sha(""));

    let remediation = known(&mut view.remediations, RULE);
    remediation.version = Some("3".to_owned());
    remediation.resource_parameter = Some("TrailName".to_owned());
    let both = vec!["a".to_owned(), "b".to_owned()];
    remediation.parameters.insert("Two".to_owned(), both);
    let remediation = recorded(&view, PartKind::Remediation, RULE);
    assert_eq!(remediation["version"], "3");
    assert_eq!(remediation["resourceParameter"], "TrailName");
    assert_eq!(remediation["parameter:Two"], "a,b");
    assert_eq!(remediation["document"], RUNBOOK);

    known(&mut view.functions, REMEDIATOR).reserved_concurrency = Some(7);
    known(&mut view.functions, REMEDIATOR).policy = None;
    let function = recorded(&view, PartKind::Function, REMEDIATOR);
    assert_eq!(function["reservedConcurrency"], "7");
    assert_eq!(function["policy"], Value::Null);
    known(&mut view.config_rules, RULE).source = None;
    assert_eq!(
        recorded(&view, PartKind::ConfigRule, RULE)["source"],
        Value::Null
    );
    known(&mut view.event_rules, EVENTS).pattern = None;
    assert_eq!(
        recorded(&view, PartKind::EventRule, EVENTS)["pattern"],
        Value::Null
    );
    let types = ["b", "a"].map(str::to_owned).to_vec();
    for (selection, expected) in [
        (ResourceTypeSelection::AllBut(types.clone()), "all but a,b"),
        (ResourceTypeSelection::Only(types), "only a,b"),
    ] {
        if let Some(Fact::Known(all)) = &mut view.recorders {
            all[0].types = selection;
        }
        let recorder = recorded(&view, PartKind::Recorder, "default");
        assert_eq!(recorder["types"], expected);
    }
}

/// A value of 256 characters stands as it is, a longer one as its hash.
#[test]
fn long_values_stand_as_hashes() {
    for (length, is_shown) in [(255, true), (256, true), (257, false)] {
        let value = "é".repeat(length);
        let mut view = view();
        let parameters = &mut known(&mut view.remediations, RULE).parameters;
        parameters.insert("Long".to_owned(), vec![value.clone()]);
        let expected = if is_shown { value.clone() } else { sha(&value) };
        let seen = recorded(&view, PartKind::Remediation, RULE);
        assert_eq!(seen["parameter:Long"], expected, "{length}");
    }
}

/// What is gone, what came and what is another value, each once.
#[test]
fn two_fingerprints_and_what_differs() {
    let record = |values: Value| {
        let json = json!({ "runbook": { "r": values } });
        let mut record = GuardRecord::from_json(&json).unwrap();
        record.0.pop_first().unwrap().1
    };
    let was = record(json!({ "a": "1", "b": "2", "c": "3" }));
    let now = record(json!({ "b": "2", "c": "4", "d": "5" }));
    let differences: Vec<_> = was.differences(&now).collect();
    let expected = [
        ("a", Some("1"), None),
        ("c", Some("3"), Some("4")),
        ("d", None, Some("5")),
    ];
    assert_eq!(differences, expected);
    assert_eq!(was.differences(&was).count(), 0);
    assert_eq!((was.value("b"), was.value("d")), (Some("2"), None));
    let part = Part::new(PartKind::ConfigRule, "r");
    assert_eq!(part.to_string(), "config-rule/r");
}

/// Everything that is there is recorded, and nothing that is not.
#[test]
fn the_record_holds_what_is_there() {
    let mut view = view();
    view.functions
        .insert(REMEDIATOR.to_owned(), Fact::Known(None));
    view.channels = Some(Fact::Known(Vec::new()));
    let record = view.record();
    let parts: Vec<String> = record.0.keys().map(Part::to_string).collect();
    assert!(parts.contains(&"recorder/default".to_owned()), "{parts:?}");
    assert!(
        parts.contains(&format!("function/{EVALUATOR}")),
        "{parts:?}"
    );
    assert!(
        !parts.contains(&format!("function/{REMEDIATOR}")),
        "{parts:?}"
    );
    assert!(
        !parts.iter().any(|part| part.starts_with("delivery")),
        "{parts:?}"
    );
    assert_eq!(
        view.fingerprint(&Part::new(PartKind::Role, "another")),
        None
    );
    let gone = view.fingerprint(&Part::new(PartKind::Recorder, "another"));
    assert_eq!(gone, Some(Fact::Known(None)));
    let gone = view.fingerprint(&Part::new(PartKind::Function, REMEDIATOR));
    assert_eq!(gone, Some(Fact::Known(None)));
}

/// The parts that are looked at are those with a name, of each kind.
#[test]
fn every_part_that_is_named_is_looked_at() {
    let parts = GuardView::parts(&requirements(), None);
    let parts: Vec<String> = parts.iter().map(Part::to_string).collect();
    let expected = [
        "config-rule/trailkeeper-cloudtrail-enabled",
        "remediation/trailkeeper-cloudtrail-enabled",
        "event-rule/trailkeeper-cloudtrail-events",
        "event-rule/trailkeeper-evaluator-changed",
        "event-rule/trailkeeper-runbook-failed",
        "event-rule/trailkeeper-verdict-changed",
        "function/trailkeeper-evaluator",
        "function/trailkeeper-remediator",
        "runbook/Trailkeeper-RestoreCloudTrail",
        "role/trailkeeper-automation",
    ];
    assert_eq!(parts, expected);
}

#[test]
fn steps_and_the_place_of_the_baseline_in_words() {
    let name = || "x".to_owned();
    let cleared = GuardStep::ClearException {
        rule: "r".to_owned(),
        resource_type: "AWS::::Account".to_owned(),
        resource_id: "1".to_owned(),
    };
    let cases = [
        (
            GuardStep::StartRecorder { name: name() },
            ("recorder-started", "x"),
        ),
        (
            GuardStep::EnableEventRule { name: name() },
            ("event-rule-enabled", "x"),
        ),
        (cleared, ("exception-cleared", "r 1")),
    ];
    for (step, (code, text)) in cases {
        assert_eq!(step.note(), (code, text.to_owned()));
    }
    let place = |sha256: Option<&str>, bucket: Option<&str>| {
        let wanted = Requirements {
            baseline_sha256: sha256.map(str::to_owned),
            baseline_bucket: bucket.map(str::to_owned),
            ..Requirements::default()
        };
        wanted
            .baseline()
            .map(|place| format!("{} {}", place.sha256, place.bucket))
    };
    assert_eq!(place(Some("ab"), Some("logs")).as_deref(), Some("ab logs"));
    assert_eq!(place(Some("ab"), None), None);
    assert_eq!(place(None, Some("logs")), None);
}
