//! The permissions boundary.

use std::cmp::Reverse;

use super::actions::Actions;
use super::narrowing::{Conditions, Narrowing};
use super::parsed::ParsedDocument;
use super::reach::{Reach, Width};
use crate::action_table::{Action, ActionSet};
use crate::document::Effect;

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
            let bound = Bound {
                actions: Actions::of(&statement.action).set(),
                reach: Reach::of(resource, document.has_variables(), partition),
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

    /// How broadly it lets an action through; nothing if it does not.
    pub(super) fn lets_through(&self, action: Action) -> Option<(Width, Narrowing)> {
        if self.open.contains(action) {
            return Some((Width::All, Narrowing::Nothing));
        }
        let bounds = self
            .rest
            .iter()
            .filter(|bound| bound.actions.contains(action));
        bounds
            .map(|bound| {
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
