//! The `Action` or `NotAction` of a statement.

use std::ops::Range;

use crate::action_table::{Action, ActionSet, ActionTable};
use crate::document::{Selection, Text};

/// What a statement says of actions.
#[derive(Debug)]
pub(super) struct Actions<'p> {
    /// Whether it is `NotAction`.
    pub(super) except: bool,
    /// What is written.
    pub(super) entries: Vec<Entry<'p>>,
}

/// One action pattern.
#[derive(Debug)]
pub(super) struct Entry<'p> {
    pub(super) text: &'p Text<'p>,
    pub(super) meaning: Meaning,
}

/// What an action pattern stands for in the table.
#[derive(Debug)]
pub(super) enum Meaning {
    /// A wildcard for all actions.
    Everything,
    /// A wildcard for an unbroken run of actions.
    Run(Range<u32>),
    /// A wildcard for actions here and there, in order.
    Scattered(Vec<Action>),
    /// A name.
    Named(Action),
    /// Nothing in the table.
    Unknown,
}

impl<'p> Actions<'p> {
    pub(super) fn of(selection: &'p Selection<'p>) -> Self {
        let (texts, except) = match selection {
            Selection::Only(texts) => (texts, false),
            Selection::AllBut(texts) => (texts, true),
        };
        Self {
            except,
            entries: texts.iter().map(Entry::of).collect(),
        }
    }

    /// Whether it stands for actions that it does not name.
    pub(super) fn has_wildcards(&self) -> bool {
        self.except || self.entries.iter().any(Entry::is_wildcard)
    }

    /// Whether it stands for all actions of a service.
    pub(super) fn has_whole_services(&self) -> bool {
        let mut wildcards = self.entries.iter().filter(|entry| entry.is_wildcard());
        wildcards.any(|entry| entry.is_everything() || entry.text.value.ends_with(":*"))
    }

    /// Whether it stands for all actions, also those not in the table.
    pub(super) fn is_everything(&self) -> bool {
        !self.except && self.entries.iter().any(Entry::is_everything)
    }

    /// The actions of the table.
    pub(super) fn set(&self) -> ActionSet {
        let mut named = ActionSet::new();
        for entry in &self.entries {
            match &entry.meaning {
                Meaning::Everything => named.insert_run(0..u32::MAX),
                Meaning::Run(run) => named.insert_run(run.clone()),
                Meaning::Scattered(actions) => named.extend(actions.iter().copied()),
                Meaning::Named(action) => named.insert(*action),
                Meaning::Unknown => {}
            }
        }
        if !self.except {
            return named;
        }
        let mut others = ActionSet::all();
        others.subtract(&named);
        others
    }

    /// The patterns that stand for nothing in the table.
    pub(super) fn unknown(&self) -> impl Iterator<Item = &'p Text<'p>> {
        let unknown = |entry: &&Entry<'p>| matches!(entry.meaning, Meaning::Unknown);
        self.entries.iter().filter(unknown).map(|entry| entry.text)
    }
}

impl<'p> Entry<'p> {
    fn of(text: &'p Text<'p>) -> Self {
        let pattern: &str = &text.value;
        let table = ActionTable::get();
        let meaning = if !pattern.contains(['*', '?']) {
            table.find(pattern).map_or(Meaning::Unknown, Meaning::Named)
        } else {
            match table.run(pattern) {
                Some(run) if run.is_empty() => Meaning::Unknown,
                Some(run) if run.len() == table.len() => Meaning::Everything,
                Some(run) => Meaning::Run(run),
                None => match table.expand(pattern).collect::<Vec<Action>>() {
                    none if none.is_empty() => Meaning::Unknown,
                    actions => Meaning::Scattered(actions),
                },
            }
        };
        Self { text, meaning }
    }

    pub(super) fn is_wildcard(&self) -> bool {
        !matches!(self.meaning, Meaning::Named(_) | Meaning::Unknown)
    }

    pub(super) fn is_everything(&self) -> bool {
        matches!(self.meaning, Meaning::Everything)
    }

    /// Whether it stands for an action that fits.
    pub(super) fn means_any(&self, fits: impl Fn(Action) -> bool) -> bool {
        let table = ActionTable::get();
        match &self.meaning {
            Meaning::Everything => true,
            Meaning::Run(run) => run.clone().filter_map(|id| table.action(id)).any(fits),
            Meaning::Scattered(actions) => actions.iter().copied().any(fits),
            Meaning::Named(action) => fits(*action),
            Meaning::Unknown => false,
        }
    }
}
