//! Services and parts that are there, half there, or not asked for.

use serde_json::json;
use trailkeeper_core::config_rule::Compliance;
use trailkeeper_core::facts::{
    DetectorFacts, EvaluatedResource, EventTargetFacts, Executions, RecorderFacts,
    RemediationExceptionFacts,
};
use trailkeeper_core::guard::{GuardRecord, GuardStep, GuardView, Requirements, examine, plan};
use trailkeeper_core::{CallError, Fact, operation};

use crate::examine::exception;
use crate::support::{
    EVALUATOR, EVENTS, KEY, REMEDIATOR, RULE, RUNBOOK, caller, execution, found, known, now,
    requirements, view,
};

fn texts(wanted: &Requirements, view: &GuardView, record: Option<&GuardRecord>) -> Vec<String> {
    let findings = examine(wanted, &caller(), view, record, now());
    findings.iter().map(ToString::to_string).collect()
}

/// The name of a recorder, whether it records, and its last error.
type Seen<'a> = (&'a str, bool, Option<&'a str>);

fn recorders(all: &[Seen<'_>]) -> Option<Fact<Vec<RecorderFacts>>> {
    let Some(Fact::Known(one)) = view().recorders else {
        return None;
    };
    let of = |(name, recording, error): &Seen<'_>| RecorderFacts {
        name: (*name).to_owned(),
        recording: *recording,
        last_error: error.map(str::to_owned),
        ..one[0].clone()
    };
    Some(Fact::Known(all.iter().map(of).collect()))
}

/// One that works is enough; of those that do not the failing one tells most.
#[test]
fn several_recorders() {
    let cases: [(&[Seen<'_>], Option<&str>); 6] = [
        (&[("a", false, None), ("b", true, None)], None),
        (&[("a", true, Some("x")), ("b", true, None)], None),
        (
            &[("a", false, None), ("b", true, Some("x\n"))],
            Some("the recorder b fails: x\\n"),
        ),
        (
            &[("a", false, Some("x"))],
            Some("the recorder a is stopped: x"),
        ),
        (
            &[("a", false, None), ("b", false, None)],
            Some("the recorder a is stopped"),
        ),
        (&[], Some("AWS Config has no recorder in this Region")),
    ];
    for (all, expected) in cases {
        let mut changed = view();
        changed.recorders = recorders(all);
        let expected = expected.map(|text| format!("recorder-off: {text}"));
        assert_eq!(found(&changed, None), Vec::from_iter(expected), "{all:?}");
        let mut wanted = requirements();
        wanted.recorder = false;
        assert_eq!(texts(&wanted, &changed, None), [""; 0], "{all:?}");
    }
}

/// That there is none at all is told once: by the demand for one, else by the record.
#[test]
fn a_recorded_recorder_that_is_gone_is_told_once() {
    let record = view().record();
    let mut gone = view();
    gone.recorders = Some(Fact::Known(Vec::new()));
    gone.channels = Some(Fact::Known(Vec::new()));
    let demanded = [
        "recorder-off: AWS Config has no recorder in this Region",
        "delivery-channel-missing: AWS Config has no delivery channel in this Region",
    ];
    assert_eq!(texts(&requirements(), &gone, Some(&record)), demanded);
    let mut wanted = requirements();
    wanted.recorder = false;
    let recorded = [
        "recorder-off: the configuration recorder default is not there",
        "delivery-channel-missing: the delivery channel default is not there",
    ];
    assert_eq!(texts(&wanted, &gone, Some(&record)), recorded);
}

#[test]
fn keys_and_detectors() {
    let mut gone = view();
    let error = CallError::from_code(operation::DESCRIBE_KEY, "x", "NotFoundException", "no");
    gone.key = Some(Fact::from_call(Err(error)));
    let expected = format!("key-missing: there is no key {KEY}");
    assert_eq!(found(&gone, None), [expected]);
    let mut wanted = requirements();
    wanted.key = None;
    assert_eq!(texts(&wanted, &gone, None), [""; 0]);

    let detectors = |all: &[(&str, bool)]| {
        let of = |(id, enabled): &(&str, bool)| DetectorFacts {
            id: (*id).to_owned(),
            enabled: *enabled,
            archiving_filters: vec![format!("of-{id}")],
        };
        let mut changed = view();
        changed.detectors = Some(Fact::Known(all.iter().map(of).collect()));
        changed
    };
    let suspended = detectors(&[("a", false), ("b", false)]);
    let expected = ["guardduty-off: the detector a is suspended"];
    assert_eq!(found(&suspended, None), expected);
    let filtered = found(&detectors(&[("a", false), ("b", true)]), None);
    assert_eq!(filtered.len(), 2, "{filtered:?}");
    assert!(
        filtered[1].contains("the filter of-b archives"),
        "{filtered:?}"
    );
    let mut wanted = requirements();
    wanted.guard_duty = false;
    assert_eq!(texts(&wanted, &suspended, None), [""; 0]);
}

/// A value that became long, or was, stands as a hash and is not shown.
#[test]
fn a_change_from_or_to_a_long_value_shows_neither() {
    let long = "x".repeat(300);
    let with = |value: &str| {
        let mut view = view();
        let parameters = &mut known(&mut view.remediations, RULE).parameters;
        parameters.insert("CloudTrailName".to_owned(), vec![value.to_owned()]);
        view
    };
    let start =
        format!("remediation-changed: remediation configuration {RULE}: parameter:CloudTrailName");
    let cases = [
        ("a", long.as_str(), "is not what it was"),
        (long.as_str(), "a", "is not what it was"),
        ("a", "b\n", "is b\\n, was a"),
    ];
    for (was, now, expected) in cases {
        let found = found(&with(now), Some(&with(was).record()));
        assert_eq!(found, [format!("{start} {expected}")]);
    }
}

fn verdict(kind: &str, id: &str, compliance: Compliance) -> EvaluatedResource {
    EvaluatedResource {
        resource_type: kind.to_owned(),
        resource_id: id.to_owned(),
        compliance,
        annotation: None,
        ordering_timestamp: None,
    }
}

/// A resource is meant by type and id; until it is known to be well its repair is what is blocked.
#[test]
fn what_an_exception_blocks() {
    use Compliance::{Compliant, NonCompliant};
    let (kind, id) = ("AWS::::Account", "111122223333");
    let cases = [
        (vec![], false),
        (vec![verdict(kind, id, Compliant)], true),
        (vec![verdict(kind, id, NonCompliant)], false),
        (vec![verdict("AWS::S3::Bucket", id, Compliant)], false),
        (vec![verdict(kind, "444455556666", Compliant)], false),
        (
            vec![
                verdict(kind, "444455556666", NonCompliant),
                verdict(kind, id, Compliant),
            ],
            true,
        ),
    ];
    for (verdicts, is_healthy) in cases {
        let mut blocked = view();
        let silent = RemediationExceptionFacts {
            message: String::new(),
            ..exception()
        };
        blocked
            .exceptions
            .insert(RULE.to_owned(), Fact::Known(vec![silent]));
        blocked
            .verdicts
            .insert(RULE.to_owned(), Fact::Known(verdicts.clone()));
        let what = if is_healthy {
            "the next repair"
        } else {
            "its repair"
        };
        let expected =
            format!("remediation-blocked: an exception of {RULE} on {kind} {id} blocks {what}");
        assert_eq!(found(&blocked, None), [expected], "{verdicts:?}");
        let mut wanted = requirements();
        wanted.repair = true;
        let steps = plan(&wanted, &blocked);
        assert_eq!(steps.len(), usize::from(is_healthy), "{verdicts:?}");
    }
}

#[test]
fn three_runs_an_hour_are_no_quarrel() {
    for (count, is_told) in [(3, false), (4, true), (5, true)] {
        let mut busy = view();
        let runs = vec![execution("x", "2026-03-02T09:30:00Z"); count];
        let is_cut = false;
        let runs = Fact::Known(Executions { runs, is_cut });
        busy.executions.insert(RUNBOOK.to_owned(), runs);
        let text = format!("repairs-exhausted: {RUNBOOK} began {count} times within an hour");
        let expected = Some(text).filter(|_| is_told);
        assert_eq!(found(&busy, None), Vec::from_iter(expected));
    }
}

/// What may be otherwise and is in order.
#[test]
fn what_is_in_order_in_other_words() {
    const ALL: &str = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";
    let cases: [fn(&mut GuardView); 6] = [
        |view| known(&mut view.config_rules, RULE).state = None,
        |view| known(&mut view.event_rules, EVENTS).state = ALL.to_owned(),
        |view| known(&mut view.functions, REMEDIATOR).reserved_concurrency = Some(1),
        |view| {
            // The mode is that of the function that answers events.
            let environment = &mut known(&mut view.functions, REMEDIATOR).environment;
            environment.insert("TRAILKEEPER_MODE".to_owned(), "off".to_owned());
            environment.remove("TRAILKEEPER_CONFIG_RULE");
        },
        |view| {
            let target = &mut known(&mut view.event_rules, EVENTS).targets[0];
            target.arn = format!("{}:live", target.arn);
        },
        |view| {
            let target = &mut known(&mut view.event_rules, EVENTS).targets[0];
            target.arn = target.arn.replace(EVALUATOR, REMEDIATOR);
        },
    ];
    for (place, change) in cases.iter().enumerate() {
        let mut changed = view();
        change(&mut changed);
        assert_eq!(found(&changed, None), [""; 0], "case {place}");
    }
    // Only a remediation that is to be automatic must be.
    let mut manual = view();
    known(&mut manual.remediations, RULE).automatic = false;
    let mut wanted = requirements();
    wanted.remediated_rules.insert(RULE.to_owned(), false);
    assert_eq!(texts(&wanted, &manual, None), [""; 0]);
}

/// A target counts by service, account, Region and name.
#[test]
fn a_target_is_the_function_itself_or_none() {
    let arn = "arn:aws:lambda:us-east-1:111122223333:function:trailkeeper-evaluator";
    let others = [
        arn.replace("lambda", "states"),
        arn.replace("us-east-1", "us-west-2"),
        arn.replace("111122223333", "444455556666"),
        arn.replace("evaluator", "other"),
        arn.replace("function:", "layer:"),
        "trailkeeper-evaluator".to_owned(),
    ];
    for other in &others {
        let mut changed = view();
        let target = json!({ "Id": "1", "Arn": other });
        known(&mut changed.event_rules, EVENTS).targets =
            vec![EventTargetFacts::of_answer(&target).unwrap()];
        let found = found(&changed, None);
        let expected = format!(
            "event-rule-changed: no target of the rule {EVENTS} is a function of the guard"
        );
        assert_eq!(found, [expected], "{other}");
    }
    // Where no function is named any target does.
    let mut wanted = requirements();
    wanted.functions.clear();
    wanted.invoked_functions.clear();
    let mut changed = view();
    known(&mut changed.event_rules, EVENTS).targets[0]
        .arn
        .clone_from(&others[3]);
    let found = texts(&wanted, &changed, None);
    assert!(
        !found.iter().any(|text| text.contains("of the guard")),
        "{found:?}"
    );
}

/// Without rules of EventBridge, or of AWS Config, nobody has to be let in by them.
#[test]
fn only_who_calls_must_be_let_in() {
    let lacking = "function-permission-missing: the function trailkeeper-evaluator does not let";
    let cases: [(bool, bool, Option<&str>); 3] = [
        (true, true, Some("config.amazonaws.com")),
        (false, true, Some("events.amazonaws.com")),
        (false, false, None),
    ];
    for (by_config, by_events, service) in cases {
        let mut changed = view();
        let evaluator = known(&mut changed.functions, EVALUATOR);
        evaluator.policy = None;
        evaluator
            .environment
            .insert("TRAILKEEPER_MODE".to_owned(), "off".to_owned());
        let mut wanted = requirements();
        wanted.notification_rules.clear();
        if !by_config {
            wanted.config_rules.clear();
        }
        if !by_events {
            wanted.event_rules.clear();
        }
        let found = texts(&wanted, &changed, None);
        let expected = service.map(|service| format!("{lacking} {service} in"));
        let denied: Vec<&String> = found
            .iter()
            .filter(|text| text.starts_with(lacking))
            .collect();
        assert_eq!(denied, expected.iter().collect::<Vec<_>>());
        // Off without events is as it was deployed.
        let switched = found
            .iter()
            .any(|text| text.starts_with("kill-switch-used: "));
        assert_eq!(switched, by_events, "{found:?}");
        // Throttled to nothing it needs no permission.
        known(&mut changed.functions, EVALUATOR).reserved_concurrency = Some(0);
        let throttled = texts(&wanted, &changed, None);
        assert!(
            !throttled.iter().any(|text| text.starts_with(lacking)),
            "{throttled:?}"
        );
    }
}

/// Started is only a recorder that is stopped, while no other works, with a channel that is known.
#[test]
fn which_recorder_is_started() {
    let step = |name: &str| GuardStep::StartRecorder {
        name: name.to_owned(),
    };
    let mut wanted = requirements();
    wanted.repair = true;
    let cases: [(&[Seen<'_>], Option<&str>); 4] = [
        (&[("a", false, None), ("b", false, None)], Some("a")),
        (&[("a", false, None), ("b", true, None)], None),
        (&[("a", true, Some("x"))], None),
        (&[], None),
    ];
    for (all, expected) in cases {
        let mut stopped = view();
        stopped.recorders = recorders(all);
        assert_eq!(
            plan(&wanted, &stopped),
            Vec::from_iter(expected.map(step)),
            "{all:?}"
        );
        let error = CallError::from_code(operation::DESCRIBE_RULE, "x", "AccessDenied", "no");
        stopped.channels = Some(Fact::Denied(error));
        assert_eq!(plan(&wanted, &stopped), [], "{all:?}");
        let mut not_asked = wanted.clone();
        not_asked.recorder = false;
        stopped.channels = view().channels;
        assert_eq!(plan(&not_asked, &stopped), [], "{all:?}");
    }
}
