//! The times `aws:sleep` takes.

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

/// The longest sleep, in seconds: a week less one.
const LONGEST: i64 = 604_799;

/// Reads an ISO 8601 duration; the error says what is wrong with it.
pub(crate) fn parse_duration(text: &str) -> Result<SignedDuration, String> {
    let text = text.trim();
    let unreadable = || format!("is {text:?}, which is not a duration such as PT10M");
    // The reader also takes friendlier forms, which SSM does not.
    if !text.starts_with('P') {
        return Err(unreadable());
    }
    let span: Span = text.parse().map_err(|_| unreadable())?;
    let duration = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| unreadable())?;
    if duration.is_negative() || duration.as_secs() > LONGEST {
        return Err(format!("is {text}; it goes up to {LONGEST} seconds"));
    }
    Ok(duration)
}

/// Reads an ISO 8601 time; the error says what is wrong with it.
pub(crate) fn parse_timestamp(text: &str) -> Result<Timestamp, String> {
    let unreadable = |_| format!("is {text:?}, which is not a time such as 2026-03-02T10:00:00Z");
    text.trim().parse().map_err(unreadable)
}
