//! Deny statements.

use super::actions::Actions;
use super::narrowing::{Conditions, Narrowing};
use super::parsed::ParsedDocument;
use super::reach::{MAX_STEPS, Reach};
use crate::action_table::{Action, ActionSet};
use crate::document::{Effect, Statement, Text};
use crate::matching::Pattern;

/// A Deny statement.
#[derive(Debug)]
pub(super) struct Deny<'p> {
    document: &'p ParsedDocument<'p>,
    statement: &'p Statement<'p>,
    actions: ActionSet,
    reach: Reach<'p>,
    patterns: Vec<Pattern>,
    conditions: Conditions<'p>,
}

impl<'p> Deny<'p> {
    fn of(
        document: &'p ParsedDocument<'p>,
        statement: &'p Statement<'p>,
        partition: &'p str,
    ) -> Option<Self> {
        let variables = document.has_variables();
        let reach = Reach::of(statement.resource.as_ref()?, variables, partition);
        Some(Self {
            document,
            statement,
            actions: Actions::of(&statement.action).set(),
            patterns: patterns(&reach, variables),
            reach,
            conditions: Conditions::of(&statement.conditions, None),
        })
    }

    fn is_unconditional(&self) -> bool {
        self.statement.conditions.is_empty()
    }

    /// `Deny #2 of backup`, to be read in a sentence.
    pub(super) fn name(&self) -> String {
        let label = self.document.label(self.statement);
        format!("Deny {label} of {}", self.document.name())
    }

    /// The actions for which it leaves no resource at all.
    fn swept(&self) -> ActionSet {
        if !self.is_unconditional() {
            return ActionSet::new();
        }
        if self.reach.is_all() {
            return self.actions.clone();
        }
        let swept = |action: &Action| self.reach.leaves_nothing(*action);
        self.actions.iter().filter(swept).collect()
    }

    /// Whether it denies everything that another statement's resources stand for.
    fn covers(&self, other: &Reach<'_>, variables: bool, patterns: &[Pattern]) -> bool {
        if !self.is_unconditional() || other.is_all() {
            return false;
        }
        match (self.reach.is_except(), other.is_except()) {
            (false, false) => {
                // `${` is a variable in one Version and plain text in the other.
                let alike = variables == self.document.has_variables();
                let same = |text: &str| {
                    (alike || !text.contains("${"))
                        && self.reach.texts().iter().any(|mine| mine.value == text)
                };
                patterns.iter().zip(other.texts()).all(|(pattern, text)| {
                    same(&text.value) || self.patterns.iter().any(|mine| mine.covers(pattern))
                })
            }
            (true, false) => !touch(&self.patterns, patterns),
            (true, true) => self
                .patterns
                .iter()
                .all(|mine| patterns.iter().any(|theirs| theirs.covers(mine))),
            (false, true) => false,
        }
    }

    /// Whether it denies some of what is granted on other resources.
    fn limits(&self, action: Action, other: &Reach<'_>, patterns: &[Pattern]) -> bool {
        if self.reach.is_except() && self.reach.everything().is_some() {
            return false;
        }
        let whole = self.reach.is_except() || other.is_except() || other.is_all();
        self.actions.contains(action)
            && self.conditions.narrowing(action) != Narrowing::Dead
            && (whole || touch(&self.patterns, patterns))
    }
}

pub(super) fn touch(ours: &[Pattern], theirs: &[Pattern]) -> bool {
    ours.iter()
        .any(|one| theirs.iter().any(|other| one.touches(other)))
}

/// One pattern for each text; what is longer than any ARN means none.
pub(super) fn patterns(reach: &Reach<'_>, variables: bool) -> Vec<Pattern> {
    let read = |text: &Text<'_>| {
        let pattern = Pattern::resource(&text.value, variables);
        match pattern.steps() > MAX_STEPS {
            true => Pattern::literal(""),
            false => pattern,
        }
    };
    reach.texts().iter().map(read).collect()
}

/// All Deny statements of a subject.
#[derive(Debug, Default)]
pub(super) struct Denies<'p> {
    all: Vec<Deny<'p>>,
    swept: Option<ActionSet>,
}

impl<'p> Denies<'p> {
    pub(super) fn of(
        documents: impl Iterator<Item = &'p ParsedDocument<'p>>,
        partition: &'p str,
    ) -> Self {
        let mut denies = Self::default();
        for document in documents {
            let statements = document.statements().iter();
            let denied = statements.filter(|one| one.effect == Effect::Deny);
            denies
                .all
                .extend(denied.filter_map(|one| Deny::of(document, one, partition)));
        }
        for deny in &denies.all {
            let swept = deny.swept();
            denies.swept.get_or_insert_default().add(&swept);
        }
        denies
    }

    /// What they do to the grant of a statement.
    pub(super) fn cut<'c>(
        &'c self,
        actions: &ActionSet,
        reach: &'c Reach<'c>,
        variables: bool,
    ) -> Cut<'c> {
        let mut cut = Cut::none(self, reach);
        if self.all.is_empty() || reach.is_all() {
            return cut;
        }
        cut.patterns = patterns(reach, variables);
        let covering = |deny: &&Deny<'_>| {
            deny.actions.meets(actions) && deny.covers(reach, variables, &cut.patterns)
        };
        cut.covering = self.all.iter().filter(covering).collect();
        cut
    }
}

/// What the Deny statements do to the grant of one statement.
#[derive(Debug)]
pub(super) struct Cut<'c> {
    denies: &'c Denies<'c>,
    reach: &'c Reach<'c>,
    patterns: Vec<Pattern>,
    covering: Vec<&'c Deny<'c>>,
    /// The statements of the boundary that are about other resources.
    pub(super) apart: Vec<usize>,
}

impl<'c> Cut<'c> {
    /// For a statement whose grants are not looked at one by one.
    pub(super) fn none(denies: &'c Denies<'c>, reach: &'c Reach<'c>) -> Self {
        Self {
            denies,
            reach,
            patterns: Vec::new(),
            covering: Vec::new(),
            apart: Vec::new(),
        }
    }

    /// Whether nothing is left of the grant of an action.
    pub(super) fn cancels(&self, action: Action) -> bool {
        let swept = self.denies.swept.as_ref();
        swept.is_some_and(|swept| swept.contains(action))
            || self
                .covering
                .iter()
                .any(|deny| deny.actions.contains(action))
    }

    /// The statement that cancels the grant of an action.
    pub(super) fn cancelling(&self, action: Action) -> Option<&'c Deny<'c>> {
        let sweeps = |deny: &&Deny<'_>| {
            deny.is_unconditional()
                && deny.actions.contains(action)
                && deny.reach.leaves_nothing(action)
        };
        let covering = self.covering.iter().copied();
        let covering = covering.filter(|deny| deny.actions.contains(action));
        self.denies.all.iter().filter(sweeps).chain(covering).next()
    }

    /// The statement that takes away some of the grant of an action.
    pub(super) fn limiting(&self, action: Action) -> Option<&'c Deny<'c>> {
        let mut all = self.denies.all.iter();
        all.find(|deny| deny.limits(action, self.reach, &self.patterns))
    }
}
