//! The permissions boundary.

use std::cmp::Reverse;

use super::actions::Actions;
use super::deny::{patterns, touch};
use super::narrowing::{Conditions, Narrowing};
use super::parsed::ParsedDocument;
use super::reach::{Reach, Width};
use crate::action_table::{Action, ActionSet};
use crate::document::Effect;
use crate::matching::Pattern;

/// What a permissions boundary lets through.
#[derive(Debug)]
pub(super) struct Boundary<'p> {
    /// Without condition and on everything.
    open: ActionSet,
    rest: Vec<Bound<'p>>,
}

#[derive(Debug)]
struct Bound<'p> {
    actions: ActionSet,
    reach: Reach<'p>,
    patterns: Vec<Pattern>,
    conditions: Conditions<'p>,
}

impl<'p> Boundary<'p> {
    pub(super) fn of(document: &'p ParsedDocument<'p>, partition: &'p str) -> Self {
        let mut boundary = Self {
            open: ActionSet::new(),
            rest: Vec::new(),
        };
        let statements = document.statements().iter();
        for statement in statements.filter(|one| one.effect == Effect::Allow) {
            let Some(resource) = &statement.resource else {
                continue;
            };
            let variables = document.has_variables();
            let reach = Reach::of(resource, variables, partition);
            let bound = Bound {
                actions: Actions::of(&statement.action).set(),
                patterns: patterns(&reach, variables),
                reach,
                conditions: Conditions::of(&statement.conditions, None),
            };
            if bound.reach.is_all() && bound.conditions.narrow_nothing() {
                boundary.open.add(&bound.actions);
            } else {
                boundary.rest.push(bound);
            }
        }
        boundary
    }

    /// The statements that allow nothing of what these resources stand for.
    pub(super) fn apart(&self, reach: &Reach<'_>, variables: bool) -> Vec<usize> {
        let names = |reach: &Reach<'_>| !reach.is_except() && reach.everything().is_none();
        if self.rest.is_empty() || !names(reach) {
            return Vec::new();
        }
        let theirs = patterns(reach, variables);
        let apart = |bound: &Bound<'_>| names(&bound.reach) && !touch(&bound.patterns, &theirs);
        let rest = self.rest.iter().enumerate();
        rest.filter(|(_, bound)| apart(bound))
            .map(|(at, _)| at)
            .collect()
    }

    /// How broadly it lets an action through, leaving out the statements that are `apart`; nothing
    /// if it does not.
    pub(super) fn lets_through(
        &self,
        action: Action,
        apart: &[usize],
    ) -> Option<(Width, Narrowing)> {
        if self.open.contains(action) {
            return Some((Width::All, Narrowing::Nothing));
        }
        let bounds = self
            .rest
            .iter()
            .enumerate()
            .filter(|(at, bound)| bound.actions.contains(action) && !apart.contains(at));
        bounds
            .map(|(_, bound)| {
                let narrowing = bound.conditions.narrowing(action);
                (bound.reach.width(action, true), narrowing)
            })
            .filter(|(width, narrowing)| *width > Width::Nothing && *narrowing < Narrowing::Dead)
            .max_by_key(|(width, narrowing)| {
                let broad = *width >= Width::Type && *narrowing < Narrowing::Resources;
                (broad, *width, Reverse(*narrowing))
            })
    }
}
