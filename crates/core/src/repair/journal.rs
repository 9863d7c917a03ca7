//! What this run has tried so far: the source of retries, pacing and the report, never of what
//! the account looks like.

use jiff::{SignedDuration, Timestamp};

use super::goal::Limits;
use super::reaction::{Part, Reaction, reaction};
use super::step::StepKind;
use crate::call_error::{CallError, ErrorClass};
use crate::identity::Arn;
use crate::remediation::Entry;

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Something that was not there is there now.
    Added,
    /// Something that was there is as it should be now.
    Updated,
    /// It was as it should be already.
    NotNeeded,
}

impl Effect {
    /// The effect as text: `added`, `updated`, `not-needed`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Updated => "updated",
            Self::NotNeeded => "not-needed",
        }
    }
}

/// One attempt at a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Which step.
    pub kind: StepKind,
    /// When the call ended.
    pub at: Timestamp,
    /// What it changed, in words.
    pub changes: Vec<Entry>,
    /// The trail for whose sake it was made.
    pub trail: Option<Arn>,
    /// What it did, or why it did not.
    pub result: Result<Effect, CallError>,
    /// How often everything had been read again before.
    pub(crate) rereads_before: usize,
}

impl Attempt {
    /// Whether the call may have had its effect although it failed.
    pub(crate) fn effect_is_unknown(&self) -> bool {
        let error = self.result.as_ref().err();
        error.is_some_and(|error| error.class == ErrorClass::Broken)
    }
}

/// All attempts of the run and the times at which everything was read again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Journal {
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) rereads: Vec<Timestamp>,
}

/// CloudTrail takes one write a second for an account and Region; a tenth more keeps two
/// clocks that disagree a little on the safe side.
const PACE: SignedDuration = SignedDuration::from_millis(1_100);

impl Journal {
    /// The last attempt at a step of this kind.
    pub(crate) fn last(&self, kind: StepKind) -> Option<&Attempt> {
        self.attempts
            .iter()
            .rev()
            .find(|attempt| attempt.kind == kind)
    }

    /// What the failed attempts at `kind` lead to, the last failure judged with how often its
    /// code has come.
    pub(crate) fn reaction(&self, kind: StepKind) -> Option<(&Attempt, Reaction)> {
        let last = self.last(kind)?;
        let error = last.result.as_ref().err()?;
        Some((last, reaction(kind, error, self.count(kind, &error.code))))
    }

    /// The optional parts that failures have shown not to work, each with the error that did.
    pub(crate) fn dropped(&self) -> Vec<(Part, &CallError)> {
        self.attempts
            .iter()
            .filter_map(|attempt| {
                let error = attempt.result.as_ref().err()?;
                let times = self.count(attempt.kind, &error.code);
                match reaction(attempt.kind, error, times) {
                    Reaction::Without(part) => Some((part, error)),
                    _ => None,
                }
            })
            .collect()
    }

    /// The steps that are not tried again, each with its code and the error that decided it.
    pub(crate) fn given_up(&self) -> Vec<(StepKind, &'static str, &CallError)> {
        StepKind::ALL
            .into_iter()
            .filter_map(|kind| match self.reaction(kind)? {
                (attempt, Reaction::GiveUp(code)) => {
                    Some((kind, code, attempt.result.as_ref().err()?))
                }
                _ => None,
            })
            .collect()
    }

    /// Whether a step of this kind has succeeded since everything was last read again.
    pub(crate) fn is_done_since_reread(&self, kind: StepKind) -> bool {
        self.last(kind)
            .is_some_and(|attempt| attempt.result.is_ok() && self.rereads_since(attempt) == 0)
    }

    /// Whether any write, successful or of unknown effect, still waits for a re-read.
    pub(crate) fn has_unverified_write(&self) -> bool {
        self.attempts
            .iter()
            .any(|attempt| self.rereads_since(attempt) == 0)
    }

    /// The trail that this run has settled on: the first one for whose sake it wrote.
    pub(crate) fn chosen(&self) -> Option<&Arn> {
        self.attempts.iter().find_map(|one| one.trail.as_ref())
    }

    /// The last attempt at this very step, which succeeded and where nothing else of its kind has
    /// been tried since.
    pub(crate) fn last_done(&self, kind: StepKind, changes: &[Entry]) -> Option<&Attempt> {
        let last = self.last(kind)?;
        (last.result.is_ok() && last.changes == changes).then_some(last)
    }

    /// Whether any write succeeded in this run.
    pub(crate) fn has_written(&self) -> bool {
        self.attempts.iter().any(|attempt| attempt.result.is_ok())
    }

    /// Whether any write succeeded or got no answer.
    pub(crate) fn may_have_written(&self) -> bool {
        let attempts = &self.attempts;
        attempts
            .iter()
            .any(|attempt| attempt.result.is_ok() || attempt.effect_is_unknown())
    }

    /// What the writes changed, in the order in which they were made; what took several writes is
    /// told once. Where the re-read shows everything as it should be, writes that got no answer
    /// are among them.
    pub(crate) fn changes(&self, is_confirmed: bool) -> Vec<Entry> {
        let done = self.attempts.iter().filter(|attempt| {
            attempt.result.is_ok() || is_confirmed && attempt.effect_is_unknown()
        });
        let mut changes = Vec::new();
        for change in done.flat_map(|attempt| &attempt.changes) {
            if !changes.contains(change) {
                changes.push(change.clone());
            }
        }
        changes
    }

    /// The result to report for a kind of step: a success if there was one, else the last error.
    pub(crate) fn best(&self, kind: StepKind) -> Option<Result<Effect, &CallError>> {
        let mut of_kind = self.attempts.iter().filter(|attempt| attempt.kind == kind);
        let success = of_kind.find_map(|attempt| attempt.result.as_ref().ok().copied());
        success
            .map(Ok)
            .or_else(|| self.last(kind)?.result.as_ref().err().map(Err))
    }

    /// How often the step that changes this has succeeded.
    pub(crate) fn repetitions(&self, kind: StepKind, changes: &[Entry]) -> usize {
        let same = |one: &&Attempt| one.kind == kind && one.changes == changes;
        let same = self.attempts.iter().filter(same);
        same.filter(|attempt| attempt.result.is_ok()).count()
    }

    /// How often a step of this kind has succeeded.
    pub(crate) fn successes(&self, kind: StepKind) -> usize {
        let of_kind = self.attempts.iter().filter(|attempt| attempt.kind == kind);
        of_kind.filter(|attempt| attempt.result.is_ok()).count()
    }

    /// How often a step of this kind has failed since it last succeeded.
    pub(crate) fn failures_in_a_row(&self, kind: StepKind) -> u32 {
        let of_kind = self
            .attempts
            .iter()
            .rev()
            .filter(|attempt| attempt.kind == kind);
        let failures = of_kind
            .take_while(|attempt| attempt.result.is_err())
            .count();
        u32::try_from(failures).unwrap_or(u32::MAX)
    }

    /// How often everything was read again after this attempt. Times would not tell: a clock can
    /// show the same one for a re-read and the write that follows it.
    pub(crate) fn rereads_since(&self, attempt: &Attempt) -> usize {
        self.rereads.len().saturating_sub(attempt.rereads_before)
    }

    /// How often everything was read again after the last attempt at anything.
    pub(crate) fn rereads_since_last_attempt(&self) -> usize {
        let last = self.attempts.last();
        last.map_or(self.rereads.len(), |attempt| self.rereads_since(attempt))
    }

    /// When the next step of this kind may be made, so that CloudTrail's pace is kept.
    pub(crate) fn earliest(&self, kind: StepKind) -> Option<Timestamp> {
        if !kind.is_paced() {
            return None;
        }
        let last = self
            .attempts
            .iter()
            .rev()
            .find(|attempt| attempt.kind.is_paced())?;
        last.at.checked_add(PACE).ok()
    }

    /// How often a step of this kind has failed with this code, the last time included.
    fn count(&self, kind: StepKind, code: &str) -> u32 {
        let same = |attempt: &&Attempt| {
            attempt.kind == kind
                && attempt
                    .result
                    .as_ref()
                    .is_err_and(|error| error.code == code)
        };
        u32::try_from(self.attempts.iter().filter(same).count()).unwrap_or(u32::MAX)
    }
}

/// The wait before attempt `times + 1`: doubling from `base`, capped at 20 seconds, plus up to
/// one `base` of jitter so that several remediators do not march in step.
pub(crate) fn backoff(base: SignedDuration, times: u32, limits: &Limits) -> SignedDuration {
    let doubled = base.saturating_mul(1 << times.saturating_sub(1).min(5));
    let capped = doubled.min(SignedDuration::from_secs(20));
    let mixed = (limits.seed ^ u64::from(times).wrapping_mul(0x9E37_79B9_7F4A_7C15))
        .wrapping_mul(0xBF58_476D_1CE4_E5B9)
        >> 54;
    let jitter = base.as_millis().saturating_mul(i128::from(mixed)) / 1_024;
    capped.saturating_add(SignedDuration::from_millis(
        i64::try_from(jitter).unwrap_or(0),
    ))
}
