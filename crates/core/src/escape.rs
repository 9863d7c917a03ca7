//! Foreign texts, made fit to be shown: names, user agents and error messages can be chosen by an
//! intruder. This is the one list of what is not shown as it is, for every output.

const CUT: char = '…';

/// Whether the character could move a cursor, break a line, turn the direction of what stands
/// around it, or hide: two names that differ in it look the same.
///
/// These are Unicode's control characters (general category Cc), its two separators of lines and
/// paragraphs (Zl, Zp), whatever has the property Default_Ignorable_Code_Point, assigned or not,
/// and the three characters of interlinear annotation, which that property leaves out.
pub fn misleads(c: char) -> bool {
    !matches!(c, ' '..='~')
        && (c.is_control()
            || is_default_ignorable(c)
            || matches!(c, '\u{2028}'..='\u{2029}' | '\u{fff9}'..='\u{fffb}'))
}

/// Default_Ignorable_Code_Point of Unicode 17 (`DerivedCoreProperties.txt`): joiners, marks and
/// overrides of direction, fillers, selectors of variations, tags, and what is reserved for more of
/// the kind.
fn is_default_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// `text` in one line: what [`misleads`] is written as an escape, `\n` or `\u{202e}`. Escaped
/// once more it stays the same.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        push(&mut safe, c);
    }
    safe
}

/// JSON in one line, where what [`misleads`] can stand within texts only: the same value, with
/// JSON's own escapes, `\u202e`, and two of them for what lies beyond the first plane.
pub fn escaped_json(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    let mut units = [0; 2];
    for c in json.chars() {
        if misleads(c) {
            for unit in c.encode_utf16(&mut units) {
                safe.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            safe.push(c);
        }
    }
    safe
}

/// `text` in one line without its ends: where it breaks a line there is a blank, the rest is
/// [`escaped`]. For sentences of services, which may have several lines.
pub fn one_line(text: &str) -> String {
    let parts = text.split(['\n', '\r', '\t']).map(str::trim);
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    escaped(&parts.join(" "))
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
    if misleads(c) {
        safe.extend(c.escape_default());
    } else {
        safe.push(c);
    }
}
