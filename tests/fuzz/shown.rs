//! What a text must be before anybody is shown it.

/// The text is one line in which nothing hides and nothing turns the direction. The list is this
/// test's own, so that a gap in the code's shows.
pub(crate) fn assert_one_line(text: &str) {
    let hidden = |c: char| {
        c.is_control()
            || matches!(
                c,
                '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}'
            )
            || matches!(c, '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}')
            || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}')
            || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}')
            || matches!(c, '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}')
            || matches!(c, '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
    };
    assert!(!text.contains(hidden), "{text:?}");
}

/// The same of a text that repeats what it found, which can be of any length.
pub(crate) fn assert_told(text: &str) {
    assert_one_line(text);
    assert!(text.chars().count() < 1024, "{text}");
}
