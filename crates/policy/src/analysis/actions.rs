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
    /// A wildcard for actions here and there.
    Scattered,
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

    /// Whether it stands for all actions, also those not in the table.
    pub(super) fn is_everything(&self) -> bool {
        !self.except && self.entries.iter().any(Entry::is_everything)
    }

    /// The actions of the table.
    pub(super) fn set(&self) -> ActionSet {
        let mut named = ActionSet::new();
        for entry in &self.entries {
            match &entry.meaning {
                Meaning::Named(action) => named.insert(*action),
                Meaning::Unknown => {}
                _ => named.insert_pattern(&entry.text.value),
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
                None if table.expand(pattern).next().is_none() => Meaning::Unknown,
                None => Meaning::Scattered,
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

    /// The actions it stands for.
    pub(super) fn expand(&self) -> impl Iterator<Item = Action> {
        ActionTable::get().expand(&self.text.value)
    }
}
