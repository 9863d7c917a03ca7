//! Splicing new statements into the text of a policy.

use super::statement::Draft;
use crate::document::{Policy, StatementBlock};
use crate::json::write::Layout;

/// The text with the drafts, set out like the rest of it if that fits a limit.
pub(super) fn spliced(
    policy: &Policy<'_>,
    drafts: &[Draft],
    sids: &[String],
    limit: usize,
) -> String {
    let layout = layout_of(policy);
    let text = splice(policy, drafts, sids, &layout);
    if text.len() > limit && layout != Layout::Compact {
        return splice(policy, drafts, sids, &Layout::Compact);
    }
    text
}

/// A new document of these statements alone.
pub(super) fn fresh(drafts: &[Draft]) -> String {
    let layout = Layout::Lines {
        before: "\n    ".to_owned(),
        step: "  ".to_owned(),
    };
    let statements: Vec<String> = drafts.iter().map(|d| d.write(d.sid, &layout)).collect();
    let list = match statements.as_slice() {
        [] => String::new(),
        some => format!("\n    {}\n  ", some.join(",\n    ")),
    };
    format!("{{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{list}]\n}}\n")
}

/// Puts the new statements behind the last one; nothing else changes.
fn splice(policy: &Policy<'_>, drafts: &[Draft], sids: &[String], layout: &Layout) -> String {
    let text = policy.text();
    let piece = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let last_end = policy
        .statements()
        .last()
        .map(|statement| statement.span.end);
    let mut added = String::new();
    for (index, (draft, sid)) in drafts.iter().zip(sids).enumerate() {
        if index > 0 || last_end.is_some() {
            added.push(',');
        }
        layout.new_line(0, &mut added);
        added.push_str(&draft.write(sid, layout));
    }
    match policy.block() {
        StatementBlock::Single(span) => {
            let (before, single) = (piece(0, span.start), piece(span.start, span.end));
            format!("{before}[{single}{added}]{}", piece(span.end, text.len()))
        }
        StatementBlock::List(span) => {
            let at = last_end.unwrap_or(span.start + 1);
            format!("{}{added}{}", piece(0, at), piece(at, text.len()))
        }
    }
}

/// How the statements of a document are set out: by lines if the last one
/// begins a line of its own.
fn layout_of(policy: &Policy<'_>) -> Layout {
    let Some(last) = policy.statements().last() else {
        return Layout::Compact;
    };
    let before = policy.text().get(..last.span.start).unwrap_or_default();
    let margin = before.rsplit('\n').next().unwrap_or_default();
    let own_line = before.contains('\n') && margin.bytes().all(|byte| matches!(byte, b' ' | b'\t'));
    if !own_line {
        return Layout::Compact;
    }
    let end = if before.ends_with(&format!("\r\n{margin}")) {
        "\r\n"
    } else {
        "\n"
    };
    Layout::Lines {
        before: format!("{end}{margin}"),
        step: step_below(policy, margin),
    }
}

/// The further indentation of what is inside the last statement.
fn step_below(policy: &Policy<'_>, margin: &str) -> String {
    let inside = policy
        .statements()
        .last()
        .and_then(|last| policy.source(last).lines().nth(1));
    let step = inside
        .and_then(|line| line.strip_prefix(margin))
        .map(|rest| {
            let width = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            rest.get(..width).unwrap_or_default()
        });
    step.filter(|step| !step.is_empty())
        .unwrap_or("  ")
        .to_owned()
}
