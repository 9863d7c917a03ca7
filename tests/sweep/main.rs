//! The sweep: faults, interleavings, attackers and pairs of faults, from one seed, with the
//! invariants checked after every call.
//!
//! `TRAILKEEPER_SWEEP_SEED` gives another seed, `TRAILKEEPER_SWEEP_PAIRS` more pairs of faults,
//! `TRAILKEEPER_SWEEP_SCRIPT` the one scenario that a failure has printed,
//! `TRAILKEEPER_SWEEP_ORDERS=all` all orders also of two long runs, and
//! `TRAILKEEPER_SWEEP_ONE_IN` a quick look at one scenario in so many.
#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "test code"
)]

mod breakages;
mod chain;
mod disturbed;
mod event;
#[expect(
    dead_code,
    reason = "the table also tells what the tests of `repair` ask"
)]
#[path = "../repair/moves.rs"]
mod moves;
mod orders;
mod own;
mod parts;
#[path = "../threats/product.rs"]
mod product;
mod runbooks;
#[expect(dead_code, reason = "its account too")]
#[path = "../threats/stage.rs"]
mod stage;
mod states;

use parts::Sweep;
use trailkeeper_tests::sweep::{Script, Start};

#[test]
fn no_fault_no_order_and_no_attacker_breaks_an_invariant() {
    if let Ok(text) = std::env::var("TRAILKEEPER_SWEEP_SCRIPT") {
        return parts::replay(&text);
    }
    let sweep = Sweep::begin();
    sweep.faults();
    sweep.evaluator();
    sweep.interleavings();
    sweep.attackers();
    sweep.pairs();
    sweep.close();
}

/// A4, also of a trail that is stopped while everything else is fine.
#[test]
fn a_stopped_trail_is_started_after_two_more_calls_at_most() {
    let starts = states::starts();
    let stopped: Vec<&Start> = starts.iter().filter(|start| start.is_stopped()).collect();
    assert!(stopped.len() >= 3, "{}", stopped.len());
    for start in stopped {
        let calls = &start.clean.calls;
        let place = |name: &str| calls.iter().position(|call| call.operation == name);
        let (seen, started) = (place("GetTrailStatus"), place("StartLogging"));
        let between = started.unwrap() - seen.unwrap() - 1;
        println!(
            "{}: {between} calls between seeing it stopped and StartLogging",
            start.name
        );
        assert!(between <= 2, "{}", start.name);
    }
}

/// What a failure prints can be read again, whatever the fault.
#[test]
fn every_script_can_be_replayed_from_its_text() {
    for point in Sweep::begin().points {
        for schedule in trailkeeper_tests::sweep::Schedule::ALL {
            let script = Script {
                start: "B25 deleted".to_owned(),
                faults: vec![point.fault(schedule)],
                attack: Some((3, "B06 none".to_owned())),
                turns: Some(vec![0, 1, 1]),
            };
            let again: Script = script.to_string().parse().unwrap();
            assert_eq!(again.to_string(), script.to_string());
        }
    }
}
