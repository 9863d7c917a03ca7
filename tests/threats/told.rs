//! What a scenario has shown of an attack.

use std::collections::BTreeSet;

use jiff::Timestamp;
use trailkeeper_core::threats::{Class, SeenBy, Threat};

/// By what an attack is seen, in a word.
pub(crate) fn word(seen: SeenBy) -> &'static str {
    match seen {
        SeenBy::Event => "event",
        SeenBy::TrailRule(word) | SeenBy::GuardRule(word) | SeenBy::DeliveryField(word) => word,
        SeenBy::GuardDuty => "GuardDuty",
        SeenBy::Digest => "digest",
    }
}

/// What was seen and done, over all ways to perform the attack.
#[derive(Debug, Default)]
pub(crate) struct Story {
    /// The codes of the findings, and by what else it was seen.
    pub(crate) seen: BTreeSet<String>,
    /// The writes that undid it.
    pub(crate) undone: BTreeSet<String>,
    /// How long nothing, or not everything, was recorded.
    pub(crate) gap: String,
    /// What could not be shown, way by way.
    pub(crate) open: Vec<String>,
}

impl Story {
    /// What the row says was not seen in any way, or more was done than it says: that is open too.
    pub(crate) fn compare(&mut self, threat: &Threat) {
        let said: BTreeSet<&str> = threat.seen_by.iter().map(|seen| word(*seen)).collect();
        for word in &said {
            if !self.seen.contains(*word) {
                self.open.push(format!("not seen by {word}"));
            }
        }
        for word in &self.seen {
            if !said.contains(word.as_str()) {
                self.open.push(format!("the table lacks {word}"));
            }
        }
        let words = threat.undone_by.split([',', ' ']);
        let said: BTreeSet<&str> = words
            .filter(|word| word.starts_with(|letter: char| letter.is_ascii_uppercase()))
            .collect();
        let made: BTreeSet<&str> = self.undone.iter().map(String::as_str).collect();
        let unsaid = made.difference(&said);
        let unsaid: Vec<String> = unsaid.map(|one| format!("the table lacks {one}")).collect();
        // Of what is only noticed no run is awaited: the row says what one puts right besides.
        let unmade = said
            .difference(&made)
            .filter(|_| threat.class == Class::Undone);
        let unmade = unmade.map(|one| format!("no way was undone by {one}"));
        self.open.extend(unsaid.into_iter().chain(unmade));
    }

    /// The gap as the runbook reports it; where it knows of none, how long the attack lasted.
    pub(crate) fn had_gap(&mut self, reported: &str, attacked: Timestamp, undone: Timestamp) {
        if !reported.is_empty() {
            self.gap = reported.to_owned();
        } else if self.gap.is_empty() {
            let time = undone.duration_since(attacked).as_secs();
            self.gap = format!("none reported, undone after {time} s");
        }
    }

    /// Whether everything that the row promises was shown.
    pub(crate) fn is_whole(&self) -> bool {
        self.open.is_empty()
    }

    /// The line of the closing list.
    pub(crate) fn line(&self, threat: &Threat) -> String {
        let Threat { id, class, .. } = threat;
        let class = class.letter();
        if !self.is_whole() {
            return format!("{id} {class}  OPEN  {}", self.open.join("; "));
        }
        let joined = |words: &BTreeSet<String>| {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            if words.is_empty() {
                "-".to_owned()
            } else {
                words.join(", ")
            }
        };
        let undone = match threat.class {
            Class::Undone => joined(&self.undone),
            _ => "-".to_owned(),
        };
        let gap = if self.gap.is_empty() { "-" } else { &self.gap };
        format!(
            "{id} {class}  seen by {}; undone by {undone}; gap {gap}",
            joined(&self.seen)
        )
    }
}
