//! Text that came from an account is not to be trusted with a terminal.

/// Whether a character could move the cursor, break a line or turn the reading direction. Names in
/// an account can be chosen by an intruder.
fn is_dangerous(c: char) -> bool {
    let is_invisible = matches!(
        c,
        '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
    );
    is_invisible || c.is_control()
}

/// The text with every dangerous character written as an escape.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if is_dangerous(c) {
            safe.extend(c.escape_default());
        } else {
            safe.push(c);
        }
    }
    safe
}

/// The same JSON with every dangerous character written as JSON's escape. In JSON on one line they
/// occur within texts only.
pub(crate) fn escaped_json(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        if is_dangerous(c) {
            // all of them lie in the first plane, where one escape of four digits is enough
            safe.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            safe.push(c);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::{escaped, escaped_json};

    #[test]
    fn control_characters_are_shown_and_not_obeyed() {
        let cases = [
            ("org-audit", "org-audit"),
            ("a\u{1b}[2Jb", "a\\u{1b}[2Jb"),
            ("two\nlines\r\tend", "two\\nlines\\r\\tend"),
            ("c1 \u{9b}31m", "c1 \\u{9b}31m"),
            ("\u{202e}txt.exe", "\\u{202e}txt.exe"),
            ("Prüfspur …", "Prüfspur …"),
        ];
        for (text, expected) in cases {
            assert_eq!(escaped(text), expected);
        }
    }

    #[test]
    fn json_stays_the_same_value() {
        let value = serde_json::json!({"a\u{9b}": "\u{1b}[2J \u{202e}x\u{feff} …\n"});
        let safe = escaped_json(&value.to_string());
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&safe).ok(),
            Some(value)
        );
        assert_eq!(safe, escaped(&safe));
    }
}
