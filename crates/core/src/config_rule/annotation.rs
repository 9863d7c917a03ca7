//! The annotation of an evaluation: 1 to 256 characters, or AWS Config refuses the whole batch.

use crate::escape;
use crate::fast_path::Actor;
use crate::finding::Finding;

/// The most characters that AWS Config takes. They are counted in UTF-16 units here, which are
/// never fewer than the characters, whichever way the service counts.
pub const MOST_CHARACTERS: usize = 256;

const CUT: &str = "…";

/// The annotation for `findings`, in their order: the code first, then the fact. Findings that do
/// not fit are counted at the end.
pub fn of_findings(findings: &[Finding]) -> String {
    let texts: Vec<String> = findings
        .iter()
        .map(|finding| escape::escaped(finding.to_string().trim()))
        .collect();
    let Some(first) = texts.first() else {
        return of_text("");
    };
    let whole = texts.join("; ");
    if units(&whole) <= MOST_CHARACTERS {
        return whole;
    }
    let kept = (1..texts.len()).rev().find_map(|kept| {
        let start: Vec<&str> = texts.iter().take(kept).map(String::as_str).collect();
        let text = start.join("; ") + &more(texts.len() - kept);
        (units(&text) <= MOST_CHARACTERS).then_some(text)
    });
    kept.unwrap_or_else(|| {
        let end = if texts.len() > 1 {
            more(texts.len() - 1)
        } else {
            String::new()
        };
        cut(first, MOST_CHARACTERS - units(&end).min(MOST_CHARACTERS)) + &end
    })
}

/// The annotation with who did it, in one line, else by name only, where that fits; nothing of
/// what is wrong is given up for it.
pub fn with_actor(text: String, actor: &Actor) -> String {
    let lines = [actor.whole(), actor.to_string(), actor.short()];
    let mut whole = lines.iter().map(|line| format!("{text}; by {line}"));
    let fitting = whole.find(|whole| units(whole) <= MOST_CHARACTERS);
    fitting.unwrap_or(text)
}

/// An annotation with any text; `no details` where there is none.
pub fn of_text(text: &str) -> String {
    let text = escape::escaped(text.trim());
    match units(&text) {
        0 => "no details".to_owned(),
        1..=MOST_CHARACTERS => text,
        _ => cut(&text, MOST_CHARACTERS),
    }
}

fn more(count: usize) -> String {
    format!(" (+{count} more)")
}

/// The start of `text` that fits into `room` together with the sign that it was cut.
fn cut(text: &str, room: usize) -> String {
    let mut left = room.saturating_sub(units(CUT));
    let fits = |c: &char| {
        let enough = c.len_utf16() <= left;
        left = left.saturating_sub(c.len_utf16());
        enough
    };
    let start: String = text.chars().take_while(fits).collect();
    start + CUT
}

fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}
