//! Whether the runbook is started, and with which token.

use jiff::{SignedDuration, Timestamp};

use crate::facts::ExecutionFacts;

/// The most runs of the runbook in an hour. One attack takes one run, and one more where AWS
/// Config's verdict comes at the same time. Whoever undoes a fourth repair within the hour undoes
/// the fifth too: it is another automation or somebody who waits for us, and a person has to look.
pub const MOST_REPAIRS: usize = 4;

/// The time in which runs are counted.
pub const REPAIR_WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// Whether a run is added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Budget {
    /// It is.
    Left,
    /// This run has not come to its end; it reads the state anew before it says that all is well.
    Running(String),
    /// So many runs began within the hour.
    Exhausted(usize),
}

/// Whether a run may be added to these, which began within the window before `now` or earlier.
pub fn budget(executions: &[ExecutionFacts], now: Timestamp) -> Budget {
    if let Some(running) = executions.iter().find(|one| one.is_running()) {
        return Budget::Running(running.id.clone());
    }
    // A run without a start has just begun.
    let is_recent = |one: &&ExecutionFacts| {
        let began = one.started;
        began.is_none_or(|began| now.duration_since(began) < REPAIR_WINDOW)
    };
    match executions.iter().filter(is_recent).count() {
        count if count >= MOST_REPAIRS => Budget::Exhausted(count),
        _ => Budget::Left,
    }
}

/// The token of the run that answers an event: a UUID made of the event's id, so that an event
/// that comes twice, or to two functions at once, makes one run.
pub fn client_token(document: &str, event_id: &str) -> String {
    let mut hash = FNV_OFFSET;
    for byte in document.bytes().chain([0]).chain(event_id.bytes()) {
        hash = (hash ^ u128::from(byte)).wrapping_mul(FNV_PRIME);
    }
    // Version 8 of RFC 9562: made in a way of one's own.
    let hash = (hash & !(0xf << 76)) | (0x8 << 76);
    let hash = (hash & !(0x3 << 62)) | (0x2 << 62);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        hash >> 96,
        (hash >> 80) & 0xffff,
        (hash >> 64) & 0xffff,
        (hash >> 48) & 0xffff,
        hash & 0xffff_ffff_ffff,
    )
}

/// FNV-1a of 128 bits. CloudTrail chooses the ids, so that nobody can make two of them alike.
const FNV_OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const FNV_PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
