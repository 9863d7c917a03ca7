//! `allowedPattern`: a Java pattern that the whole value must match.

/// A pattern ready to be matched.
#[derive(Debug, Clone)]
pub(crate) struct Pattern(regress::Regex);

impl Pattern {
    /// Reads a pattern; none where it uses what only Java has, and would mean something else here.
    pub(crate) fn new(pattern: &str) -> Option<Self> {
        // An intersection of classes, which is two ordinary characters here.
        if pattern.contains("&&[") {
            return None;
        }
        // Java's `matches` asks for the whole value, whatever the pattern's own anchors say.
        let whole = format!("^(?:{pattern})$");
        // Unicode mode knows `\p{L}` as Java does, and refuses escapes it does not know.
        if let Ok(regex) = regress::Regex::with_flags(&whole, "u") {
            return Some(Self(regex));
        }
        if has_java_escape(pattern) {
            return None;
        }
        regress::Regex::new(&whole).ok().map(Self)
    }

    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.0.find(text).is_some()
    }
}

/// Whether a letter is escaped that would stand for itself here: `\A`, `\Q`, `\h`.
fn has_java_escape(pattern: &str) -> bool {
    const KNOWN: &str = "bBdDsSwWnrtfvcxuk";
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            continue;
        }
        let escaped = characters.next().unwrap_or_default();
        if escaped.is_ascii_alphabetic() && !KNOWN.contains(escaped) {
            return true;
        }
    }
    false
}
