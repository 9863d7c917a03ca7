//! A scenario in words: what a failure prints, and what `TRAILKEEPER_SWEEP_SCRIPT` replays.

use std::fmt;
use std::str::FromStr;

use trailkeeper_sandbox::{Fault, FaultKind, When};

use super::kind;

/// A fault in a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultLine {
    /// The service.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// Which of its calls are struck.
    pub when: When,
    /// What happens to them.
    pub kind: FaultKind,
}

impl FaultLine {
    /// The fault for the sandbox.
    pub fn fault(&self) -> Fault {
        Fault::new(&self.service, &self.operation, self.when, self.kind.clone())
    }

    /// Whether it strikes the nth call of its operation.
    pub fn strikes(&self, nth: u32) -> bool {
        match self.when {
            When::Nth(n) => n == nth,
            When::First(n) => nth <= n,
            When::Always => true,
        }
    }

    /// Whether it makes a write look done that is not, which every later read shows.
    pub(super) fn is_write_dropped(&self) -> bool {
        matches!(self.kind, FaultKind::Dropped | FaultKind::Invisible { .. })
    }

    /// Whether it refuses a read with an error that no repetition is tried against.
    pub(super) fn is_refused_read(&self) -> bool {
        let is_read = ["Get", "List", "Describe", "Head"]
            .iter()
            .any(|verb| self.operation.starts_with(verb));
        is_read && matches!(self.kind, FaultKind::Error(_) | FaultKind::Denied { .. })
    }

    /// Whether it hides what a later write replaces, in an answer that is as good as any: members
    /// that CloudTrail leaves out where there is nothing, and the error that says so. Nobody can
    /// keep what such an answer denies, so that nothing is asked then but to stay on the target.
    pub(super) fn is_unknowable(&self) -> bool {
        let hides = |places: &[&str]| match &self.kind {
            FaultKind::Emptied => places.is_empty() || places.contains(&""),
            FaultKind::Without(place) | FaultKind::Unknown(place) => {
                places.contains(&place.as_str())
            }
            FaultKind::Error(error) => error.code == "InsightNotEnabledException",
            _ => false,
        };
        match self.operation.as_str() {
            "GetEventSelectors" => hides(&[
                "EventSelectors[].DataResources",
                "EventSelectors[].IncludeManagementEvents",
                "EventSelectors[].ReadWriteType",
                "EventSelectors[].ExcludeManagementEventSources",
                "AdvancedEventSelectors[].Name",
            ]),
            "GetInsightSelectors" => {
                hides(&["", "InsightSelectors", "InsightSelectors[].EventCategories"])
            }
            _ => false,
        }
    }

    /// Whether its answers cannot be told from true ones.
    pub fn is_lie(&self) -> bool {
        kind::is_lie(&self.kind)
    }
}

/// A scenario: a start, and what happens to the runs from there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script {
    /// The name of the start.
    pub start: String,
    /// The faults.
    pub faults: Vec<FaultLine>,
    /// Before which call an attacker makes which move.
    pub attack: Option<(usize, String)>,
    /// Whose turn it is, where two remediators run.
    pub turns: Option<Vec<usize>>,
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "start {}", self.start)?;
        for fault in &self.faults {
            let FaultLine {
                service, operation, ..
            } = fault;
            let when = kind::write_when(fault.when);
            let what = kind::write(&fault.kind);
            write!(f, "; fault {service} {operation} {when} {what}")?;
        }
        if let Some((position, attack)) = &self.attack {
            write!(f, "; attack {position} {attack}")?;
        }
        if let Some(turns) = &self.turns {
            let turns: Vec<String> = turns.iter().map(usize::to_string).collect();
            write!(f, "; turns {}", turns.join(" "))?;
        }
        Ok(())
    }
}

impl FromStr for Script {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut script = Self::default();
        for part in text.split(';').map(str::trim) {
            let words: Vec<&str> = part.split_whitespace().collect();
            let unreadable = || format!("`{part}` is no part of a script");
            match words.as_slice() {
                ["start", name @ ..] => script.start = name.join(" "),
                ["fault", service, operation, when, kind @ ..] => script.faults.push(FaultLine {
                    service: service.to_string(),
                    operation: operation.to_string(),
                    when: kind::read_when(when).ok_or_else(unreadable)?,
                    kind: kind::read(kind).ok_or_else(unreadable)?,
                }),
                ["attack", position, name @ ..] => {
                    let position = position.parse().map_err(|_| unreadable())?;
                    script.attack = Some((position, name.join(" ")));
                }
                ["turns", turns @ ..] => {
                    let turns = turns.iter().map(|turn| turn.parse().ok());
                    script.turns = Some(turns.collect::<Option<_>>().ok_or_else(unreadable)?);
                }
                _ => return Err(unreadable()),
            }
        }
        Ok(script)
    }
}

/// The script with fewest faults that still fails.
pub fn shrink(script: &Script, fails: impl Fn(&Script) -> bool) -> Script {
    let mut least = script.clone();
    let mut place = 0;
    while place < least.faults.len() {
        let mut fewer = least.clone();
        fewer.faults.remove(place);
        if fails(&fewer) {
            least = fewer;
        } else {
            place += 1;
        }
    }
    let mut calm = least.clone();
    calm.attack = None;
    if least.attack.is_some() && fails(&calm) {
        return calm;
    }
    least
}
