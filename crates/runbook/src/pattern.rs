//! `allowedPattern`: a Java pattern that the whole value must match.

/// A pattern ready to be matched.
#[derive(Debug, Clone)]
pub(crate) struct Pattern(regress::Regex);

impl Pattern {
    /// Reads a pattern; none where it uses what only Java has.
    pub(crate) fn new(pattern: &str) -> Option<Self> {
        // Java's `matches` asks for the whole value, whatever the pattern's own anchors say.
        regress::Regex::new(&format!("^(?:{pattern})$"))
            .ok()
            .map(Self)
    }

    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.0.find(text).is_some()
    }
}
