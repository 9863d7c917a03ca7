//! Whether the runbook is started, and with which token.

use jiff::Timestamp;

use crate::facts::ExecutionFacts;
use crate::guard::{is_exhausted, started_within};

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
    if is_exhausted(executions, now) {
        Budget::Exhausted(started_within(executions, now))
    } else {
        Budget::Left
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
