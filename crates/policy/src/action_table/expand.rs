//! From an action pattern to the actions it stands for.

use std::fmt;
use std::ops::Range;

use fst::Streamer;

use super::{Action, store};
use crate::matching::glob_ignore_case;

/// The actions a pattern stands for.
pub struct Expansion<'p> {
    walk: Walk<'p>,
}

enum Walk<'p> {
    /// All of these.
    Run(Range<u32>),
    /// Those of the names up to the end that match.
    Matching {
        pattern: &'p str,
        names: fst::raw::Stream<'static>,
        end: u32,
    },
}

impl fmt::Debug for Expansion<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.walk {
            Walk::Run(run) => write!(f, "Expansion({run:?})"),
            Walk::Matching { pattern, .. } => write!(f, "Expansion({pattern})"),
        }
    }
}

/// The part of a pattern before its first wildcard.
fn literal_prefix(pattern: &str) -> &str {
    pattern.split(['*', '?']).next().unwrap_or_default()
}

/// See [`super::ActionTable::run`].
pub(super) fn run(pattern: &str) -> Option<Range<u32>> {
    let prefix = literal_prefix(pattern);
    let rest = pattern.strip_prefix(prefix).unwrap_or_default();
    let only_stars = rest.bytes().all(|byte| byte == b'*');
    if rest.is_empty() {
        Some(store::find(pattern).map_or(0..0, |id| id..id + 1))
    } else if only_stars && (prefix.is_empty() || prefix.contains(':')) {
        Some(store::prefix_range(prefix.bytes()))
    } else if !pattern.contains(':') {
        Some(0..0)
    } else if prefix.is_empty() && is_everything(rest) {
        Some(0..store::action_count())
    } else {
        None
    }
}

/// `*:*`, in whatever number of stars.
fn is_everything(pattern: &str) -> bool {
    let stars = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte == b'*');
    pattern
        .split_once(':')
        .is_some_and(|(service, name)| stars(service) && stars(name))
}

impl<'p> Expansion<'p> {
    pub(super) fn new(pattern: &'p str) -> Self {
        let walk = match run(pattern) {
            Some(run) => Walk::Run(run),
            None => Self::matching(pattern),
        };
        Self { walk }
    }

    fn matching(pattern: &'p str) -> Walk<'p> {
        let prefix = literal_prefix(pattern).to_ascii_lowercase();
        let run = store::prefix_range(prefix.bytes());
        match store::names_from(&prefix) {
            Some(names) if !run.is_empty() => Walk::Matching {
                pattern,
                names,
                end: run.end,
            },
            _ => Walk::Run(0..0),
        }
    }
}

impl Iterator for Expansion<'_> {
    type Item = Action;

    fn next(&mut self) -> Option<Action> {
        match &mut self.walk {
            Walk::Run(run) => run.next().map(|id| Action { id }),
            Walk::Matching {
                pattern,
                names,
                end,
            } => loop {
                let (name, number) = names.next()?;
                let id = u32::try_from(number.value()).ok().filter(|id| id < end)?;
                let name = std::str::from_utf8(name).unwrap_or_default();
                if glob_ignore_case(pattern, name) {
                    return Some(Action { id });
                }
            },
        }
    }
}
