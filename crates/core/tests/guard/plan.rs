//! What is put right, and the budget.

use jiff::SignedDuration;
use trailkeeper_core::Fact;
use trailkeeper_core::config_rule::Compliance;
use trailkeeper_core::facts::EvaluatedResource;
use trailkeeper_core::guard::{GuardStep, GuardView, is_exhausted, plan};

use crate::examine::exception;
use crate::support::{EVENTS, RULE, VERDICTS, execution, known, now, requirements, view};

fn planned(view: &GuardView) -> Vec<GuardStep> {
    let mut wanted = requirements();
    assert!(
        plan(&wanted, view).is_empty(),
        "nothing without being asked"
    );
    wanted.repair = true;
    plan(&wanted, view)
}

fn verdict(compliance: Compliance, id: &str) -> EvaluatedResource {
    EvaluatedResource {
        resource_type: "AWS::::Account".to_owned(),
        resource_id: id.to_owned(),
        compliance,
        annotation: None,
        ordering_timestamp: None,
    }
}

#[test]
fn a_healthy_account_needs_nothing() {
    assert!(planned(&view()).is_empty());
}

#[test]
fn a_stopped_recorder_is_started_only_with_a_channel() {
    let mut stopped = view();
    if let Some(Fact::Known(all)) = &mut stopped.recorders {
        all.iter_mut().for_each(|one| one.recording = false);
    }
    let name = "default".to_owned();
    assert_eq!(planned(&stopped), [GuardStep::StartRecorder { name }]);
    stopped.channels = Some(Fact::Known(Vec::new()));
    assert!(planned(&stopped).is_empty());
}

#[test]
fn only_a_disabled_rule_that_is_required_by_name_is_enabled() {
    for rule in [EVENTS, VERDICTS] {
        let mut off = view();
        known(&mut off.event_rules, rule).state = "DISABLED".to_owned();
        let name = rule.to_owned();
        assert_eq!(planned(&off), [GuardStep::EnableEventRule { name }]);
        let moved = off.event_rules.remove(rule).unwrap();
        off.event_rules.insert("somebody-elses".to_owned(), moved);
        assert!(planned(&off).is_empty());
    }
}

#[test]
fn an_exception_is_cleared_only_where_its_own_resource_is_healthy() {
    let own = "111122223333";
    let cases = [
        (None, false),
        (Some(verdict(Compliance::NonCompliant, own)), false),
        (Some(verdict(Compliance::Compliant, "444455556666")), false),
        (Some(verdict(Compliance::Compliant, own)), true),
    ];
    for (verdict, expected) in cases {
        let mut blocked = view();
        let rule = RULE.to_owned();
        blocked
            .exceptions
            .insert(rule.clone(), Fact::Known(vec![exception()]));
        if let Some(verdict) = verdict {
            blocked.verdicts.insert(rule, Fact::Known(vec![verdict]));
        }
        assert_eq!(planned(&blocked).len(), usize::from(expected));
    }
}

#[test]
fn the_budget_is_four_runs_within_an_hour() {
    let at = |minutes: i64| {
        let time = now() - SignedDuration::from_mins(minutes);
        execution("x", &time.to_string())
    };
    let cases: [(&[i64], bool); 5] = [
        (&[], false),
        (&[1, 2, 3], false),
        (&[1, 2, 3, 59], true),
        (&[1, 2, 3, 60], false),
        (&[0, 0, 0, 0, 0], true),
    ];
    for (minutes, expected) in cases {
        let runs: Vec<_> = minutes.iter().map(|minutes| at(*minutes)).collect();
        assert_eq!(is_exhausted(&runs, now()), expected, "{minutes:?}");
    }
    let mut unknown = vec![at(500); 4];
    unknown.iter_mut().for_each(|run| run.started = None);
    assert!(
        is_exhausted(&unknown, now()),
        "a run without a start has just begun"
    );
}
