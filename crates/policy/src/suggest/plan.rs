//! Which actions go with which resources.

use super::arn::{Arns, Written};
use super::render::Excess;
use crate::action_table::{AccessLevel, Action, ActionTable, ResourceClass};
use crate::analysis::Subject;
use crate::document::{Policy, Selection, Text};

/// More of them do not fit into a policy.
const MOST_WRITES: usize = 250;
/// From so many actions of one verb on, a pattern is written for them.
const WORTH_A_PATTERN: usize = 3;
/// With more ARNs, what a pattern is allowed on cannot be seen any more.
const MOST_ARNS: usize = 20;

/// Why no statement can be offered.
pub(super) enum Obstacle {
    /// The actions of all services are allowed.
    Everything,
    /// Too many actions to name.
    TooMany {
        /// How many of them change something.
        writes: usize,
    },
    /// The policy would be too long.
    Size(Excess),
    /// No resource narrows this action for certain.
    NoNarrower(Action),
    /// There is nothing to narrow.
    Nothing,
}

/// Actions and the resources they are allowed on.
pub(super) struct Part {
    pub(super) actions: Vec<String>,
    pub(super) resources: Vec<String>,
}

/// The statements to write.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) parts: Vec<Part>,
}

impl Plan {
    pub(super) fn of(
        subject: &Subject<'_>,
        policy: &Policy<'_>,
        actions: &[Text<'_>],
        resource: &Selection<'_>,
    ) -> Result<Self, Obstacle> {
        let granted = Granted::of(actions)?;
        let written = Written::of(resource, policy.has_variables());
        let mut arns = Arns::new(subject, written, &granted.actions);
        let mut plan = Self::default();
        let mut open = Vec::new();
        let mut unnamed = granted.actions.clone();
        for pattern in &granted.read_patterns() {
            plan.add_pattern(pattern, &mut arns, &mut unnamed, &mut open);
        }
        for action in unnamed {
            if stays_open(action, &arns) {
                open.push(action.name().to_owned());
            } else if action.class() != ResourceClass::Unscopeable {
                plan.add(action.name().to_owned(), arns.of_action(action));
            }
        }
        if plan.parts.is_empty() && granted.is_plain {
            return Err(granted.no_narrower());
        }
        plan.add_open(open, granted.unknown, &arns.written, resource);
        if plan.parts.is_empty() {
            return Err(Obstacle::Nothing);
        }
        Ok(plan)
    }

    fn add(&mut self, action: String, resources: Vec<String>) {
        if resources.is_empty() {
            return;
        }
        let same = self
            .parts
            .iter_mut()
            .find(|part| part.resources == resources);
        match same {
            Some(part) => part.actions.push(action),
            None => self.parts.push(Part {
                actions: vec![action],
                resources,
            }),
        }
    }

    /// One pattern for actions that only read, on the resources of all of them.
    fn add_pattern(
        &mut self,
        pattern: &str,
        arns: &mut Arns<'_>,
        unnamed: &mut Vec<Action>,
        open: &mut Vec<String>,
    ) {
        let meant: Vec<Action> = ActionTable::get().expand(pattern).collect();
        let (left_open, closed): (Vec<Action>, Vec<Action>) =
            meant.iter().partition(|action| stays_open(**action, arns));
        if closed.is_empty() {
            open.push(pattern.to_owned());
            unnamed.retain(|action| left_open.binary_search(action).is_err());
            return;
        }
        let mut union: Vec<String> = Vec::new();
        for action in &closed {
            union.extend(arns.of_action(*action));
        }
        union.sort();
        union.dedup();
        if union.len() <= MOST_ARNS {
            unnamed.retain(|action| closed.binary_search(action).is_err());
            self.add(pattern.to_owned(), union);
        }
    }

    /// What cannot be narrowed stays where it is.
    fn add_open(
        &mut self,
        mut open: Vec<String>,
        unknown: Vec<String>,
        written: &Written<'_>,
        resource: &Selection<'_>,
    ) {
        open.sort_by_key(|action| action.to_ascii_lowercase());
        if written.everything {
            open.extend(unknown);
            if !open.is_empty() {
                let resources = vec!["*".to_owned()];
                self.parts.push(Part {
                    actions: open,
                    resources,
                });
            }
        } else if let (Selection::Only(texts), false) = (resource, unknown.is_empty()) {
            let resources = texts
                .iter()
                .map(|text| text.value.clone().into_owned())
                .collect();
            self.parts.push(Part {
                actions: unknown,
                resources,
            });
        }
    }
}

/// Whether an action keeps `*`: naming a resource could take calls away.
fn stays_open(action: Action, arns: &Arns<'_>) -> bool {
    arns.written.everything && !action.class().is_scopeable()
}

/// What a statement allows.
struct Granted {
    /// In order, each once.
    actions: Vec<Action>,
    /// Patterns that stand only for actions that read.
    patterns: Vec<String>,
    /// Actions that the table does not know.
    unknown: Vec<String>,
    /// Whether every action is named in full.
    is_plain: bool,
}

impl Granted {
    fn of(texts: &[Text<'_>]) -> Result<Self, Obstacle> {
        let mut granted = Self {
            actions: Vec::new(),
            patterns: Vec::new(),
            unknown: Vec::new(),
            is_plain: true,
        };
        for text in texts {
            granted.see(&text.value)?;
        }
        granted.actions.sort_unstable();
        granted.actions.dedup();
        let writes = granted
            .actions
            .iter()
            .filter(|action| action.level().is_write_like());
        match writes.count() {
            writes if writes > MOST_WRITES => Err(Obstacle::TooMany { writes }),
            _ if granted.actions.is_empty() => Err(Obstacle::Nothing),
            _ => Ok(granted),
        }
    }

    fn see(&mut self, pattern: &str) -> Result<(), Obstacle> {
        let service = pattern.split(':').next().unwrap_or_default();
        if service.contains(['*', '?']) {
            return Err(Obstacle::Everything);
        }
        let meant: Vec<Action> = ActionTable::get().expand(pattern).collect();
        if meant.is_empty() {
            self.unknown.push(pattern.to_owned());
        } else if pattern.contains(['*', '?']) {
            self.is_plain = false;
            if meant.iter().all(|action| !action.level().is_write_like()) {
                self.patterns.push(pattern.to_owned());
            }
        }
        self.actions.extend(meant);
        Ok(())
    }

    /// The patterns as written, and one for each verb that only reads.
    fn read_patterns(&self) -> Vec<String> {
        let mut patterns = self.patterns.clone();
        if self.is_plain {
            return patterns;
        }
        let mut last = String::new();
        for action in self
            .actions
            .iter()
            .filter(|action| !action.level().is_write_like())
        {
            let pattern = verb_pattern(action.name());
            if pattern != last && !self.patterns.contains(&pattern) && self.has_all_of(&pattern) {
                patterns.push(pattern.clone());
            }
            last = pattern;
        }
        patterns.dedup();
        patterns
    }

    /// Whether a pattern is worth it, reads only, and stands for nothing that is not granted.
    fn has_all_of(&self, pattern: &str) -> bool {
        let mut count = 0;
        let all = ActionTable::get().expand(pattern).all(|action| {
            count += 1;
            action.level() <= AccessLevel::Read && self.actions.binary_search(&action).is_ok()
        });
        all && count >= WORTH_A_PATTERN
    }

    /// The most harmful action that no resource narrows.
    fn no_narrower(&self) -> Obstacle {
        let writes = self
            .actions
            .iter()
            .filter(|action| action.level().is_write_like() && !action.class().is_scopeable());
        writes
            .max_by_key(|action| action.level())
            .copied()
            .map_or(Obstacle::Nothing, Obstacle::NoNarrower)
    }
}

/// `s3:Get*` for `s3:GetObject`.
fn verb_pattern(name: &str) -> String {
    let (service, bare) = name.split_once(':').unwrap_or_default();
    let later = bare.char_indices().skip(1);
    let mut ends = later.filter(|(_, letter)| !letter.is_ascii_lowercase());
    let end = ends.next().map_or(bare.len(), |(at, _)| at);
    format!("{service}:{}*", bare.get(..end).unwrap_or(bare))
}
