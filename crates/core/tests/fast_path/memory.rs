//! What was told already, and for how long.

use jiff::{SignedDuration, Timestamp};
use trailkeeper_core::fast_path::Memory;

fn start() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

fn after(minutes: i64) -> Timestamp {
    start() + SignedDuration::from_mins(minutes)
}

#[test]
fn an_event_is_known_for_a_day() {
    let mut memory = Memory::default();
    assert!(!memory.knows_event("a", start()));
    memory.keep_event("a", start());
    assert!(memory.knows_event("a", after(23 * 60)));
    assert!(!memory.knows_event("b", start()));
    assert!(!memory.knows_event("a", after(24 * 60)));
}

#[test]
fn a_repeat_is_the_last_result_with_the_same_evidence() {
    let mut memory = Memory::default();
    memory.keep_result("i-1", "x", start());
    assert!(memory.is_repeat("i-1", "x", after(59)));
    assert!(!memory.is_repeat("i-2", "x", start()));
    assert!(!memory.is_repeat("i-1", "y", start()));
    assert!(
        !memory.is_repeat("i-1", "x", after(60)),
        "told again after an hour"
    );
    memory.keep_result("i-1", "y", after(1));
    assert!(
        !memory.is_repeat("i-1", "x", after(1)),
        "not the last any more"
    );
    memory.forget_result("i-1");
    assert!(!memory.is_repeat("i-1", "y", after(1)));
}

#[test]
fn a_clock_that_was_set_back_forgets_nothing() {
    let mut memory = Memory::default();
    memory.keep_event("a", start());
    memory.keep_result("i-1", "x", start());
    assert!(memory.knows_event("a", after(-600)));
    assert!(memory.is_repeat("i-1", "x", after(-600)));
}

#[test]
fn the_memory_is_bounded_in_number_and_size() {
    let mut memory = Memory::default();
    let huge = "x".repeat(100_000);
    for number in 0..2000 {
        memory.keep_event(&format!("e{number}"), start());
        memory.keep_result(&format!("i-{number}"), &huge, start());
    }
    let events = (0..2000).filter(|number| memory.knows_event(&format!("e{number}"), start()));
    assert_eq!(events.collect::<Vec<_>>(), (1500..2000).collect::<Vec<_>>());
    let results =
        (0..2000).filter(|number| memory.is_repeat(&format!("i-{number}"), &huge, start()));
    assert_eq!(
        results.collect::<Vec<_>>(),
        (1990..2000).collect::<Vec<_>>()
    );
}

/// At the limit nothing is forgotten, beyond it the oldest is.
#[test]
fn the_oldest_gives_way_and_nothing_else() {
    let mut memory = Memory::default();
    assert_eq!(memory.runs(), [""; 0]);
    for number in 0..500 {
        memory.keep_run(&format!("r{number}"));
        memory.keep_result(&format!("i-{number}"), "x", start());
    }
    assert_eq!(memory.runs().len(), 500);
    assert!(memory.is_repeat("i-0", "x", start()));
    memory.keep_run("r500");
    memory.keep_result("i-500", "x", start());
    let expected: Vec<String> = (1..=500).map(|number| format!("r{number}")).collect();
    assert_eq!(memory.runs(), expected);
    assert!(!memory.is_repeat("i-0", "x", start()));
    assert!(memory.is_repeat("i-1", "x", start()) && memory.is_repeat("i-500", "x", start()));
}

/// Names count as well as evidence: a mebibyte in all.
#[test]
fn results_take_a_mebibyte_and_no_byte_more() {
    for (more, is_known) in [(0, true), (1, false)] {
        let mut memory = Memory::default();
        let half = "x".repeat((1 << 19) - 1);
        memory.keep_result("a", &half, start());
        memory.keep_result("b", &format!("{half}{}", "y".repeat(more)), start());
        assert_eq!(memory.is_repeat("a", &half, start()), is_known, "{more}");
    }
    let mut memory = Memory::default();
    memory.keep_result("a", &"x".repeat(1 << 20), start());
    assert!(!memory.is_repeat("a", &"x".repeat(1 << 20), start()));
}

/// What is too old makes room: it does not push out what is new.
#[test]
fn what_is_over_is_dropped_first() {
    let mut memory = Memory::default();
    memory.keep_event("old", start());
    memory.keep_result("old", "x", start());
    memory.keep_event("new", after(24 * 60));
    memory.keep_result("new", "x", after(60));
    // With the clock set back only what was dropped is gone.
    assert!(!memory.knows_event("old", start()));
    assert!(!memory.is_repeat("old", "x", start()));
    assert!(memory.knows_event("new", start()));
    assert!(memory.is_repeat("new", "x", start()));
}
