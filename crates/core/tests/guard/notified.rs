//! The rules of EventBridge that tell the topic by themselves.

use serde_json::{Value, json};
use trailkeeper_core::facts::EventTargetFacts;
use trailkeeper_core::guard::{
    GuardView, Requirements, examine, failure_pattern, silencing_pattern, verdict_pattern,
};
use trailkeeper_core::{CallError, Fact, operation};

use crate::support::{
    EVALUATOR, EVENTS, FAILURES, REMEDIATOR, RULE, RUNBOOK, SILENCE, TOPIC, VERDICTS, caller,
    config_rule, event_rule, found, known, now, remediation, requirements, silencing, topic, view,
};

const INSTANCES: &str = "trailkeeper-instances";
const ATTACH: &str = "Trailkeeper-AttachInstanceProfile";

type Change = fn(&mut GuardView);

fn pattern(view: &mut GuardView, rule: &str, pattern: &Value) {
    known(&mut view.event_rules, rule).pattern = Some(pattern.to_string());
}

fn target(view: &mut GuardView, rule: &str, arn: &str) {
    let target = EventTargetFacts::of_answer(&json!({ "Id": "1", "Arn": arn })).unwrap();
    known(&mut view.event_rules, rule).targets = vec![target];
}

/// Whoever wants a verdict to change unnoticed begins here.
#[test]
fn each_way_to_silence_them_is_one_finding() {
    let cases: &[(&str, Change)] = &[
        (
            "event-rule-off: the rule of EventBridge trailkeeper-verdict-changed is not there",
            |view| {
                view.event_rules
                    .insert(VERDICTS.to_owned(), Fact::Known(None));
            },
        ),
        (
            "event-rule-off: the rule trailkeeper-runbook-failed is disabled",
            |view| {
                known(&mut view.event_rules, FAILURES).state = "DISABLED".to_owned();
            },
        ),
        (
            "event-rule-changed: the rule trailkeeper-verdict-changed has no target",
            |view| {
                known(&mut view.event_rules, VERDICTS).targets.clear();
            },
        ),
        (
            "event-rule-changed: no target of the rule trailkeeper-verdict-changed is the topic",
            |view| target(view, VERDICTS, "arn:aws:sns:us-east-1:111122223333:nobody"),
        ),
        (
            "event-rule-changed: no target of the rule trailkeeper-runbook-failed is the topic",
            |view| {
                target(
                    view,
                    FAILURES,
                    "arn:aws:sqs:us-east-1:111122223333:trailkeeper-notifications",
                )
            },
        ),
        (
            "event-rule-changed: no rule of EventBridge tells the topic of a changed verdict of trailkeeper-cloudtrail-enabled",
            |view| pattern(view, VERDICTS, &verdict_pattern(&["another"])),
        ),
        (
            "event-rule-changed: no rule of EventBridge tells the topic of a failed execution of Trailkeeper-RestoreCloudTrail",
            |view| pattern(view, FAILURES, &failure_pattern(&["another"])),
        ),
        (
            "event-rule-changed: no rule of EventBridge tells the topic of a changed verdict of",
            |view| {
                let mut narrowed = verdict_pattern(&[RULE]);
                narrowed["detail"]["newEvaluationResult"] =
                    json!({ "complianceType": ["COMPLIANT"] });
                pattern(view, VERDICTS, &narrowed);
            },
        ),
        (
            "event-rule-changed: no rule of EventBridge tells the topic of a failed execution of",
            |view| {
                let mut narrowed = failure_pattern(&[RUNBOOK]);
                narrowed["detail"]["Status"] = json!(["Failed", "Cancelled"]);
                pattern(view, FAILURES, &narrowed);
            },
        ),
        (
            "event-rule-changed: no rule of EventBridge tells the topic of a changed verdict of",
            |view| known(&mut view.event_rules, VERDICTS).pattern = None,
        ),
        (
            "event-rule-changed: no rule of EventBridge tells the topic of every call that can silence the Lambda function trailkeeper-evaluator and 5 more parts",
            |view| {
                pattern(
                    view,
                    SILENCE,
                    &silencing_pattern("another", "another-", "another"),
                )
            },
        ),
        (
            "event-rule-changed: no rule of EventBridge tells the topic of every call that can silence the role trailkeeper-evaluator",
            |view| {
                pattern(
                    view,
                    SILENCE,
                    &silencing_pattern(EVALUATOR, "trailkeeper-", "another"),
                )
            },
        ),
        (
            "event-rule-changed: no rule of EventBridge tells the topic of every call that can silence the rule of EventBridge trailkeeper-cloudtrail-events and 2 more parts",
            |view| {
                let prefix = "trailkeeper-evaluator-";
                pattern(
                    view,
                    SILENCE,
                    &silencing_pattern(EVALUATOR, prefix, EVALUATOR),
                );
            },
        ),
        (
            "event-rule-changed: no rule of EventBridge tells the topic of every call that can silence the Lambda function trailkeeper-evaluator and 5 more parts",
            |view| {
                let mut narrowed = silencing();
                narrowed["detail"]["userIdentity"] = json!({ "type": ["Root"] });
                pattern(view, SILENCE, &narrowed);
            },
        ),
        (
            "event-rule-off: the rule trailkeeper-evaluator-changed is disabled",
            |view| {
                known(&mut view.event_rules, SILENCE).state = "DISABLED".to_owned();
            },
        ),
    ];
    for (expected, change) in cases {
        let mut changed = view();
        change(&mut changed);
        let found = found(&changed, None);
        assert_eq!(found.len(), 1, "{expected}: {found:?}");
        assert!(found[0].starts_with(expected), "{expected}: {found:?}");
    }
}

/// What hears more, by other words or together with another rule, hears enough.
#[test]
fn what_tells_enough_is_in_order() {
    let cases: &[Change] = &[
        |view| pattern(view, VERDICTS, &json!({ "source": ["aws.config"] })),
        |view| pattern(view, VERDICTS, &verdict_pattern(&["another", RULE])),
        |view| {
            let mut wide = verdict_pattern(&[]);
            wide["detail"]["configRuleName"] = json!([{ "prefix": "trailkeeper-" }]);
            pattern(view, VERDICTS, &wide);
        },
        |view| {
            let failures = known(&mut view.event_rules, FAILURES).pattern.clone();
            let verdicts = known(&mut view.event_rules, VERDICTS).pattern.clone();
            known(&mut view.event_rules, VERDICTS).pattern = failures;
            known(&mut view.event_rules, FAILURES).pattern = verdicts;
        },
        |view| {
            let mut wide = silencing();
            wide["detail"].as_object_mut().unwrap().remove("errorCode");
            wide["detail"]
                .as_object_mut()
                .unwrap()
                .remove("requestParameters");
            pattern(view, SILENCE, &wide);
        },
        |view| {
            let mut both = known(&mut view.event_rules, VERDICTS).targets.clone();
            both[0].arn = "arn:aws:sqs:us-east-1:111122223333:copies".to_owned();
            both.push(topic());
            known(&mut view.event_rules, VERDICTS).targets = both;
        },
    ];
    for (place, change) in cases.iter().enumerate() {
        let mut changed = view();
        change(&mut changed);
        assert_eq!(found(&changed, None), [""; 0], "case {place}");
    }
}

/// Which topic it is the functions know. Where they do not say, any here will do.
#[test]
fn the_topic_is_the_one_of_the_functions() {
    let told = |arn: &str, with_topic: bool| {
        let mut view = view();
        for name in [EVALUATOR, REMEDIATOR] {
            let environment = &mut known(&mut view.functions, name).environment;
            if !with_topic {
                environment.remove("TRAILKEEPER_TOPIC_ARN");
            }
        }
        target(&mut view, VERDICTS, arn);
        let found = found(&view, None);
        found.iter().any(|one| one.contains("is the topic"))
    };
    let other = "arn:aws:sns:us-east-1:111122223333:other";
    let cases = [
        (TOPIC, true, false),
        (other, true, true),
        (other, false, false),
        ("arn:aws:sns:us-east-1:444455556666:other", false, true),
        ("arn:aws:sns:us-west-2:111122223333:other", false, true),
        (
            "arn:aws:lambda:us-east-1:111122223333:function:x",
            false,
            true,
        ),
        ("x", false, true),
    ];
    for (arn, with_topic, expected) in cases {
        assert_eq!(told(arn, with_topic), expected, "{arn} {with_topic}");
    }
}

/// An account whose instances are judged too, and repaired by themselves or not.
fn with_instances(is_automatic: bool) -> (Requirements, GuardView) {
    let (mut wanted, mut view) = (requirements(), view());
    wanted.config_rules.insert(INSTANCES.to_owned());
    wanted
        .remediated_rules
        .insert(INSTANCES.to_owned(), is_automatic);
    wanted.runbooks.insert(ATTACH.to_owned());
    let rule = Fact::Known(Some(config_rule(INSTANCES, "instance-profile")));
    view.config_rules.insert(INSTANCES.to_owned(), rule);
    let repair = Fact::Known(Some(remediation(INSTANCES, ATTACH)));
    view.remediations.insert(INSTANCES.to_owned(), repair);
    let mut runbook = known(&mut view.runbooks, RUNBOOK).clone();
    runbook.name = ATTACH.to_owned();
    view.runbooks
        .insert(ATTACH.to_owned(), Fact::Known(Some(runbook)));
    (wanted, view)
}

fn texts(wanted: &Requirements, view: &GuardView) -> Vec<String> {
    let findings = examine(wanted, &caller(), view, None, now());
    findings.iter().map(ToString::to_string).collect()
}

/// Neither the verdicts on instances nor what AWS Config starts for each of them again and again
/// is told.
#[test]
fn instances_are_told_of_only_where_people_start_their_repair() {
    let (wanted, seen) = with_instances(true);
    assert_eq!(texts(&wanted, &seen), [""; 0]);
    let (wanted, mut seen) = with_instances(false);
    let untold = "event-rule-changed: no rule of EventBridge tells the topic of a failed execution of Trailkeeper-AttachInstanceProfile";
    assert_eq!(texts(&wanted, &seen), [untold]);
    pattern(&mut seen, FAILURES, &failure_pattern(&[RUNBOOK, ATTACH]));
    assert_eq!(texts(&wanted, &seen), [""; 0]);
}

/// I9: what is not known is said once, and nothing is made of it.
#[test]
fn what_is_not_known_accuses_no_rule() {
    let denied = || CallError::from_code(operation::DESCRIBE_RULE, "x", "AccessDenied", "no");
    let (wanted, whole) = with_instances(true);
    let cases: [Change; 3] = [
        |view| view.event_rules.retain(|name, _| name != VERDICTS),
        |view| view.remediations.retain(|name, _| name != INSTANCES),
        |view| view.config_rules.retain(|name, _| name != INSTANCES),
    ];
    for (place, change) in cases.iter().enumerate() {
        let mut view = whole.clone();
        change(&mut view);
        let narrowed = failure_pattern(&[RUNBOOK]);
        pattern(&mut view, FAILURES, &narrowed);
        assert_eq!(texts(&wanted, &view), [""; 0], "case {place}");
    }
    let mut view = whole;
    view.event_rules
        .insert(VERDICTS.to_owned(), Fact::Denied(denied()));
    let expected = format!("could-not-verify: {} {}", denied().operation, denied().code);
    assert_eq!(texts(&wanted, &view), [expected]);
}

/// A guard that names no such rule asks for none, and a rule of the functions stays one.
#[test]
fn only_rules_that_are_named_are_missed() {
    let (mut wanted, mut seen) = (requirements(), view());
    wanted.notification_rules.clear();
    seen.event_rules.retain(|name, _| name == EVENTS);
    assert_eq!(texts(&wanted, &seen), [""; 0]);
    let events = known(&mut seen.event_rules, EVENTS).clone();
    let silent = event_rule(EVENTS, events.pattern.unwrap(), topic());
    seen.event_rules
        .insert(EVENTS.to_owned(), Fact::Known(Some(silent)));
    let found = texts(&wanted, &seen);
    assert!(found[0].contains("is a function of the guard"), "{found:?}");
}
