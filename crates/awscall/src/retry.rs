//! Whether and when a call is tried again.

use jiff::SignedDuration;
use trailkeeper_runbook::{ApiFailure, FailureKind};

/// The longest pause between two attempts, as in boto3.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_secs(20);
/// The range of the first pause; it doubles with each further one.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(1);

/// What may be done about a failure of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// The call may be made again even if an earlier attempt took effect.
    Always,
    /// Only where the service says that it did nothing.
    OnlyThrottled,
}

/// The pause before the next attempt, or none where the failure stands.
///
/// `chance` is drawn anew each time: full jitter, so that callers refused together do not return
/// together.
pub(crate) fn pause(
    failure: &ApiFailure,
    repeat: Repeat,
    attempt: u32,
    attempts: u32,
    chance: u64,
) -> Option<SignedDuration> {
    let worth_it = match failure.kind {
        FailureKind::Throttled => true,
        FailureKind::NoAnswer => repeat == Repeat::Always,
        FailureKind::Denied | FailureKind::Other => false,
    };
    if !worth_it || attempt >= attempts {
        return None;
    }
    let range = FIRST_PAUSE
        .saturating_mul(
            1_i32
                .checked_shl(attempt.saturating_sub(1).min(16))
                .unwrap_or(1),
        )
        .min(LONGEST_PAUSE);
    let millis = u64::try_from(range.as_millis()).unwrap_or(0);
    let drawn = chance.checked_rem(millis.saturating_add(1)).unwrap_or(0);
    Some(SignedDuration::from_millis(
        i64::try_from(drawn).unwrap_or(0),
    ))
}
