//! The verdict on the account.

use proptest::prelude::*;
use trailkeeper_core::cloudtrail::{Code, Requirements, TrailView, Verdict, judge};
use trailkeeper_core::config_rule::Compliance;
use trailkeeper_core::facts::{EventSelectors, ReadWriteType, TrailStatus};
use trailkeeper_core::operation::{DESCRIBE_TRAILS, GET_TRAIL_STATUS, LIST_TRAILS};
use trailkeeper_core::{CallError, Fact, Operation};

use crate::healthy::{basic, caller, failed, foreign, now, own, status};

fn verdict(wanted: &Requirements, views: &[TrailView]) -> Verdict {
    judge(wanted, &caller(), views, &[], now())
}

fn any() -> Requirements {
    Requirements::default()
}

fn named(trail: &str) -> Requirements {
    Requirements {
        trail: Some(trail.to_owned()),
        ..Requirements::default()
    }
}

fn stopped(name: &str) -> TrailView {
    TrailView {
        status: Some(Fact::Known(TrailStatus {
            is_logging: Some(false),
            ..status()
        })),
        ..own(name)
    }
}

fn recording(name: &str, read_write_type: ReadWriteType) -> TrailView {
    let selectors = EventSelectors::Basic(vec![basic(read_write_type)]);
    TrailView {
        selectors: Some(Fact::Known(selectors)),
        ..own(name)
    }
}

fn codes(verdict: &Verdict) -> Vec<Code> {
    verdict.findings.iter().map(|one| one.code).collect()
}

fn name(verdict: &Verdict) -> Option<&str> {
    verdict.trail.as_ref().map(trailkeeper_core::Arn::name)
}

fn throttled(operation: Operation) -> CallError {
    CallError::from_code(
        operation,
        "111122223333",
        "ThrottlingException",
        "Rate exceeded",
    )
}

#[test]
fn p08_no_trail_is_non_compliant() {
    let verdict = verdict(&any(), &[]);
    assert_eq!(verdict.compliance(), Compliance::NonCompliant);
    assert_eq!(
        verdict.reason(),
        "trail-missing: account 111122223333 has no trail"
    );
}

#[test]
fn one_healthy_trail_is_enough() {
    let verdict = verdict(&any(), &[stopped("a-stopped"), own("b-healthy")]);
    assert_eq!(verdict.compliance(), Compliance::Compliant);
    assert_eq!(
        verdict.reason(),
        "arn:aws:cloudtrail:eu-west-1:111122223333:trail/b-healthy"
    );
}

#[test]
fn a_member_is_covered_by_its_organization_trail() {
    let verdict = verdict(&any(), &[foreign("org-audit")]);
    assert_eq!(verdict.compliance(), Compliance::Compliant);
    assert!(
        verdict.reason().contains("policy-not-visible"),
        "{}",
        verdict.reason()
    );
}

/// One status that was throttled says nothing of the other trails.
#[test]
fn p15_a_throttled_status_spoils_one_trail_only() {
    let mut view = own("a-throttled");
    view.status = failed(GET_TRAIL_STATUS, "ThrottlingException");
    let both = verdict(&any(), &[view.clone(), own("b-healthy")]);
    assert_eq!(both.compliance(), Compliance::Compliant);
    let alone = verdict(&any(), &[view]);
    assert_eq!(codes(&alone), [Code::CouldNotVerify]);
}

#[test]
fn the_named_trail_alone_counts() {
    let views = [stopped("org-audit"), own("other")];
    let arn = views[0].trail.arn.to_string();
    for wanted in [named("org-audit"), named(&arn)] {
        let verdict = verdict(&wanted, &views);
        assert_eq!(codes(&verdict), [Code::TrailNotLogging]);
        assert_eq!(name(&verdict), Some("org-audit"));
    }
    let absent = verdict(&named("gone"), &views);
    assert_eq!(
        absent.reason(),
        "trail-missing: account 111122223333 has no trail gone"
    );
    let elsewhere = verdict(&named(&arn.replace("eu-west-1", "us-east-1")), &views);
    assert_eq!(codes(&elsewhere), [Code::TrailMissing]);
}

#[test]
fn the_nearest_trail_is_reported() {
    let mut two_faults = stopped("a-two-faults");
    two_faults.trail.is_multi_region = Some(false);
    let views = [two_faults, stopped("c-one-fault"), stopped("b-one-fault")];
    let verdict = verdict(&any(), &views);
    assert_eq!(name(&verdict), Some("b-one-fault"));
    assert_eq!(codes(&verdict), [Code::TrailNotLogging]);
}

#[test]
fn trails_complement_each_other_in_management_events_alone() {
    use ReadWriteType::{ReadOnly, WriteOnly};
    let (reads, writes) = (recording("reads", ReadOnly), recording("writes", WriteOnly));
    let both = verdict(&any(), &[reads.clone(), writes.clone()]);
    assert_eq!(both.compliance(), Compliance::Compliant);
    let one = verdict(&any(), std::slice::from_ref(&reads));
    assert_eq!(codes(&one), [Code::ManagementEventsNarrowed]);
    let mut unhealthy = writes.clone();
    unhealthy.trail.is_multi_region = Some(false);
    let spoilt = verdict(&any(), &[reads.clone(), unhealthy]);
    assert_eq!(codes(&spoilt), [Code::ManagementEventsNarrowed]);
    let of_named = verdict(&named("reads"), &[reads, writes]);
    assert_eq!(of_named.compliance(), Compliance::Compliant);
}

#[test]
fn a_failed_listing_never_makes_a_trail_missing() {
    for operation in [DESCRIBE_TRAILS, LIST_TRAILS] {
        let failures = [throttled(operation)];
        for wanted in [any(), named("org-audit")] {
            let verdict = judge(&wanted, &caller(), &[], &failures, now());
            let expected = format!("could-not-verify: {operation} ThrottlingException");
            assert_eq!(verdict.reason(), expected);
        }
    }
}

#[test]
fn a_failed_listing_is_told_beside_what_was_found() {
    let failures = [throttled(LIST_TRAILS)];
    let bad = judge(&any(), &caller(), &[stopped("org-audit")], &failures, now());
    assert_eq!(codes(&bad), [Code::TrailNotLogging, Code::CouldNotVerify]);
    let good = judge(&any(), &caller(), &[own("org-audit")], &failures, now());
    assert_eq!(good.compliance(), Compliance::Compliant);
}

fn any_view(number: usize) -> impl Strategy<Value = TrailView> {
    (0_u8..6).prop_map(move |kind| {
        let name = format!("trail-{number}");
        match kind {
            0 => own(&name),
            1 => stopped(&name),
            2 => recording(&name, ReadWriteType::ReadOnly),
            3 => recording(&name, ReadWriteType::WriteOnly),
            4 => foreign(&name),
            _ => TrailView::described(own(&name).trail),
        }
    })
}

proptest! {
    #[test]
    fn the_order_of_trails_is_irrelevant(
        views in (0..4_usize).prop_flat_map(|n| (0..n).map(any_view).collect::<Vec<_>>()).prop_shuffle()
    ) {
        let turned: Vec<TrailView> = views.iter().rev().cloned().collect();
        prop_assert_eq!(verdict(&any(), &views), verdict(&any(), &turned));
    }

    /// A further trail never makes a COMPLIANT account NON_COMPLIANT.
    #[test]
    fn a_further_trail_does_no_harm(
        views in (1..4_usize).prop_flat_map(|n| (0..n).map(any_view).collect::<Vec<_>>())
    ) {
        let fewer = verdict(&any(), &views[1..]).compliance();
        let all = verdict(&any(), &views).compliance();
        prop_assert!(fewer != Compliance::Compliant || all == Compliance::Compliant);
    }
}
