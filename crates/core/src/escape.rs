//! Foreign texts, made fit to be shown: names, user agents and error messages can be chosen by an
//! intruder.

const CUT: char = '…';

/// `text` in one line: what could break a line, turn its direction or hide in it is written as an
/// escape.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        push(&mut safe, c);
    }
    safe
}

/// The start of `text`, escaped, in at most `room` characters.
pub(crate) fn cut(text: &str, room: usize) -> String {
    let mut safe = String::new();
    let mut next = String::new();
    let mut left = room;
    for c in text.chars() {
        next.clear();
        push(&mut next, c);
        let size = next.chars().count();
        if size > left {
            drop_last(&mut safe, left == 0);
            safe.push(CUT);
            break;
        }
        left -= size;
        safe.push_str(&next);
    }
    safe
}

/// The same for a text that stands alone in a field.
pub(crate) fn field(text: &str, room: usize) -> String {
    guarded(cut(text, room))
}

/// A field that a spreadsheet would take for a formula gets a sign in front that makes it a text.
pub(crate) fn guarded(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@']) {
        format!("'{text}")
    } else {
        text
    }
}

/// Makes room for the sign that a text was cut.
fn drop_last(text: &mut String, is_full: bool) {
    if is_full {
        text.pop();
    }
}

fn push(safe: &mut String, c: char) {
    match c {
        '\u{061c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{e0000}'..='\u{e007f}' => safe.extend(c.escape_unicode()),
        c if c.is_control() => safe.extend(c.escape_default()),
        c => safe.push(c),
    }
}
