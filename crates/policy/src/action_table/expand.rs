//! From an action pattern to the actions it stands for.

use std::ops::Range;

use super::{Action, names, store};
use crate::matching::glob_ignore_case;

/// The actions a pattern stands for.
#[derive(Debug)]
pub struct Expansion<'p> {
    /// Of these,
    candidates: Range<u32>,
    /// those whose names match; none: all.
    pattern: Option<&'p str>,
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
        match run(pattern) {
            Some(candidates) => Self {
                candidates,
                pattern: None,
            },
            None => Self {
                candidates: store::prefix_range(literal_prefix(pattern).bytes()),
                pattern: Some(pattern),
            },
        }
    }
}

impl Iterator for Expansion<'_> {
    type Item = Action;

    fn next(&mut self) -> Option<Action> {
        let matches = |id: &u32| {
            self.pattern
                .is_none_or(|pattern| glob_ignore_case(pattern, names::name(*id)))
        };
        self.candidates.find(matches).map(|id| Action { id })
    }
}
