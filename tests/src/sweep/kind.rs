//! Faults as the words of a script.

use trailkeeper_sandbox::{ApiError, FaultKind, When};

/// What a fault does, in words without spaces between them but the one before its argument.
pub(super) fn write(kind: &FaultKind) -> String {
    let error = |word: &str, error: &ApiError| format!("{word} {}/{}", error.code, error.status);
    match kind {
        FaultKind::Error(what) => error("error", what),
        FaultKind::ErrorAfter(what) => error("error-after", what),
        FaultKind::Throttle => "throttle".to_owned(),
        FaultKind::Denied { scp: false } => "denied".to_owned(),
        FaultKind::Denied { scp: true } => "denied-by-scp".to_owned(),
        FaultKind::TimeoutBefore => "timeout-before".to_owned(),
        FaultKind::TimeoutAfter => "timeout-after".to_owned(),
        FaultKind::StaleRead => "stale".to_owned(),
        FaultKind::Dropped => "dropped".to_owned(),
        FaultKind::Invisible { reads } => format!("invisible {reads}"),
        FaultKind::Killed => "killed".to_owned(),
        FaultKind::Emptied => "emptied".to_owned(),
        FaultKind::Without(place) => format!("without {place}"),
        FaultKind::Unknown(place) => format!("unknown {place}"),
        FaultKind::LoopingToken(member) => format!("looping {member}"),
    }
}

/// The fault of these words.
pub(super) fn read(words: &[&str]) -> Option<FaultKind> {
    Some(match words {
        ["error", error] => FaultKind::Error(api_error(error)?),
        ["error-after", error] => FaultKind::ErrorAfter(api_error(error)?),
        ["throttle"] => FaultKind::Throttle,
        ["denied"] => FaultKind::Denied { scp: false },
        ["denied-by-scp"] => FaultKind::Denied { scp: true },
        ["timeout-before"] => FaultKind::TimeoutBefore,
        ["timeout-after"] => FaultKind::TimeoutAfter,
        ["stale"] => FaultKind::StaleRead,
        ["dropped"] => FaultKind::Dropped,
        ["invisible", reads] => FaultKind::Invisible {
            reads: reads.parse().ok()?,
        },
        ["killed"] => FaultKind::Killed,
        ["emptied"] => FaultKind::Emptied,
        ["without", place] => FaultKind::Without(place.to_string()),
        ["unknown", place] => FaultKind::Unknown(place.to_string()),
        ["looping", member] => FaultKind::LoopingToken(member.to_string()),
        _ => return None,
    })
}

fn api_error(text: &str) -> Option<ApiError> {
    let (code, status) = text.split_once('/')?;
    Some(ApiError::new(code, "injected").with_status(status.parse().ok()?))
}

/// Which calls a fault strikes, in one word.
pub(super) fn write_when(when: When) -> String {
    match when {
        When::Nth(n) => format!("nth={n}"),
        When::First(n) => format!("first={n}"),
        When::Always => "always".to_owned(),
    }
}

/// The calls that this word means.
pub(super) fn read_when(word: &str) -> Option<When> {
    let number = |text: &str| text.parse().ok();
    match word.split_once('=') {
        None => (word == "always").then_some(When::Always),
        Some(("nth", n)) => Some(When::Nth(number(n)?)),
        Some(("first", n)) => Some(When::First(number(n)?)),
        Some(_) => None,
    }
}

/// Whether the answers of such a fault are well-formed and wrong, or hide what was done: no
/// program can tell them from true ones as long as they last.
pub(super) fn is_lie(kind: &FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::StaleRead
            | FaultKind::Dropped
            | FaultKind::Invisible { .. }
            | FaultKind::Emptied
            | FaultKind::Without(_)
            | FaultKind::Unknown(_)
    )
}
