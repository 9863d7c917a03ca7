//! What a remediator does in one turn, and the gate that holds it up until then.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use trailkeeper_sandbox::Call;

/// What is done without a break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Grain {
    /// A write, or all reads up to the next write: the other one can come between what a
    /// remediator has seen and what it does about it.
    #[default]
    Apart,
    /// A write with the reads that led to it.
    Glued,
}

/// What a remediator does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Unit {
    Reads,
    WriteTo(&'static str),
}

impl Unit {
    fn of(call: &Call) -> Self {
        match (call.is_write(), call.service.as_str()) {
            (false, _) => Self::Reads,
            (true, "s3") => Self::WriteTo("s3"),
            (true, "kms") => Self::WriteTo("kms"),
            (true, _) => Self::WriteTo("cloudtrail"),
        }
    }

    /// Whether two neighbouring units come to the same in either order. What begins with reads
    /// ends with a write that nobody knows yet, where the two are glued.
    pub(super) fn commutes(self, other: Self, grain: Grain) -> bool {
        match (self, other) {
            (Self::Reads, Self::Reads) => grain == Grain::Apart,
            (Self::WriteTo(one), Self::WriteTo(other)) => {
                one != other && one != "cloudtrail" && other != "cloudtrail"
            }
            _ => false,
        }
    }
}

/// Holds one remediator up until it is its turn.
#[derive(Clone, Default)]
pub(super) struct Turn(Arc<Mutex<Gate>>);

#[derive(Default)]
struct Gate {
    grain: Grain,
    /// What may pass now.
    open: Option<Unit>,
    /// What waits.
    waits: Option<Unit>,
    /// How many units have passed in this turn: two where a write followed the reads.
    passed: usize,
}

impl Turn {
    pub(super) fn new(grain: Grain) -> Self {
        let gate = Gate {
            grain,
            ..Gate::default()
        };
        Self(Arc::new(Mutex::new(gate)))
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn may_pass(&self, call: &Call) -> Poll<()> {
        let mut gate = self.gate();
        let unit = Unit::of(call);
        let is_glued = gate.grain == Grain::Glued;
        match (gate.open, unit) {
            (Some(Unit::Reads), Unit::Reads) => Poll::Ready(()),
            (Some(open), Unit::WriteTo(_)) if is_glued || open != Unit::Reads => {
                gate.passed += usize::from(open == Unit::Reads);
                gate.open = None;
                Poll::Ready(())
            }
            _ => {
                gate.waits = Some(unit);
                Poll::Pending
            }
        }
    }

    /// Lets what waits pass.
    pub(super) fn give(&self) {
        let mut gate = self.gate();
        gate.open = gate.waits.take();
        gate.passed = 1;
    }

    /// How many units the last turn took.
    pub(super) fn passed(&self) -> usize {
        self.gate().passed
    }

    pub(super) fn next(&self) -> Option<Unit> {
        self.gate().waits
    }
}
