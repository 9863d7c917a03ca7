//! Whether the runbook is started, and with which token.

use jiff::{SignedDuration, Timestamp};

use super::own::OwnRoles;
use crate::facts::{ExecutionFacts, Executions};
use crate::guard::{is_exhausted, started_within};

/// CloudTrail gives the time of a call in whole seconds.
const CALL_PRECISION: SignedDuration = SignedDuration::from_secs(1);

/// Whether a run is added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Budget {
    /// It is.
    Left,
    /// This run began after the call and has not come to its end: it reads what the call left.
    Running(String),
    /// So many runs began within the hour.
    Exhausted(usize),
    /// There were more runs than can be listed, so that nobody knows how many of them are ours. To
    /// take that for few would let whoever may start runs buy as many repairs as he likes.
    Uncounted,
}

/// Which runs of a runbook count: those of AWS Config's remediation and of our own. Whoever else
/// may start the runbook, in a mode that repairs nothing too, must not use up what is ours.
#[derive(Debug, Clone, Copy)]
pub struct Runs<'a> {
    /// Our own roles.
    pub own: OwnRoles<'a>,
    /// The ids of runs that are known to be ours.
    pub known: &'a [String],
}

impl Runs<'_> {
    /// Those of the runs that count.
    pub fn ours(&self, executions: &Executions) -> Executions {
        let runs = executions.runs.iter().filter(|run| self.counts(run));
        Executions {
            runs: runs.cloned().collect(),
            is_cut: executions.is_cut,
        }
    }

    fn counts(&self, run: &ExecutionFacts) -> bool {
        self.known.contains(&run.id) || self.own.started(run.executed_by.as_deref())
    }
}

/// Whether a run may be added to these, which began within the window before `now` or earlier, to
/// answer a call of the time `called`. A run that began before the call can have read the state
/// before it, and does not see what the call left.
pub fn budget(
    executions: &Executions,
    runs: Runs<'_>,
    called: Timestamp,
    now: Timestamp,
) -> Budget {
    let Executions { runs: ours, is_cut } = runs.ours(executions);
    let sees_it = |run: &&ExecutionFacts| {
        let is_later = |started: Timestamp| started.duration_since(called) >= CALL_PRECISION;
        run.is_running() && run.status != "Cancelling" && run.started.is_none_or(is_later)
    };
    if let Some(running) = ours.iter().find(sees_it) {
        return Budget::Running(running.id.clone());
    }
    if is_exhausted(&ours, now) {
        Budget::Exhausted(started_within(&ours, now))
    } else if is_cut {
        Budget::Uncounted
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
