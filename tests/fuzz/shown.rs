//! What a text must be before anybody is shown it.

/// The text is one line in which nothing hides and nothing turns the direction.
pub(crate) fn assert_one_line(text: &str) {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
    };
    assert!(!text.contains(hidden), "{text:?}");
}
