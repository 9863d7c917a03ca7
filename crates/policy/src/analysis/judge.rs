//! What one Allow statement grants too broadly.

use super::actions::{Actions, Entry, Meaning};
use super::boundary::Boundary;
use super::deny::{Cut, Denies};
use super::finding::Severity;
use super::granted::{Bucket, Granted};
use super::narrowing::{Conditions, Narrowing};
use super::parsed::{ParsedDocument, ParsedSubject};
use super::reach::{Reach, Width};
use super::subject::Subject;
use crate::action_table::{AccessLevel, Action, ActionSet, ActionTable};
use crate::document::{Selection, Statement};

/// What all grants of a subject are judged against.
pub(super) struct Case<'s> {
    /// Whose grants they are, without the policies.
    pub(super) setting: Subject<'s>,
    pub(super) suggest_from: Option<Severity>,
    pub(super) denies: Denies<'s>,
    pub(super) boundary: Option<Boundary<'s>>,
}

/// An Allow statement and what it says.
pub(super) struct Grant<'p> {
    pub(super) document: &'p ParsedDocument<'p>,
    pub(super) statement: &'p Statement<'p>,
    pub(super) actions: Actions<'p>,
    pub(super) reach: Reach<'p>,
    pub(super) conditions: Conditions<'p>,
}

/// What becomes of the grant of one action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It holds.
    Granted(Width, Narrowing),
    /// A Deny leaves nothing of it.
    Cancelled,
    /// The boundary does not let it through.
    Latent,
    /// It never had an effect.
    Dead,
}

/// All that a statement grants.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// In the order of the table.
    pub(super) granted: Vec<Granted>,
    /// Broad grants that a Deny cancels.
    pub(super) cancelled: Vec<Action>,
    /// Broad grants that the boundary holds back.
    pub(super) latent: Vec<Action>,
}

impl<'s> Case<'s> {
    pub(super) fn of(subject: &ParsedSubject<'s, 's>) -> Self {
        let documents = subject.policies.iter().copied().chain(subject.boundary);
        let bounding = subject
            .boundary
            .filter(|document| document.policy().is_ok());
        Self {
            setting: subject.setting(),
            suggest_from: subject.suggest_from,
            denies: Denies::of(documents, subject.partition),
            boundary: bounding.map(|document| Boundary::of(document, subject.partition)),
        }
    }

    /// What the Deny statements and the boundary do to the grant of a statement.
    pub(super) fn cut<'c>(
        &'c self,
        actions: &ActionSet,
        reach: &'c Reach<'c>,
        variables: bool,
    ) -> Cut<'c> {
        let mut cut = self.denies.cut(actions, reach, variables);
        if let Some(boundary) = &self.boundary {
            cut.apart = boundary.apart(reach, variables);
        }
        cut
    }

    /// What becomes of the grant of an action, before its severity is looked at.
    pub(super) fn outcome(
        &self,
        grant: &Grant<'_>,
        cut: &Cut<'_>,
        action: Action,
        exact: bool,
    ) -> Outcome {
        let width = grant.reach.width(action, exact);
        self.bounded(cut, action, width, grant.conditions.narrowing(action))
    }

    pub(super) fn bounded(
        &self,
        cut: &Cut<'_>,
        action: Action,
        width: Width,
        narrowing: Narrowing,
    ) -> Outcome {
        if width == Width::Nothing || narrowing == Narrowing::Dead {
            return Outcome::Dead;
        }
        if cut.cancels(action) {
            return Outcome::Cancelled;
        }
        let Some(boundary) = &self.boundary else {
            return Outcome::Granted(width, narrowing);
        };
        match boundary.lets_through(action, &cut.apart) {
            None => Outcome::Latent,
            Some((most, also)) => Outcome::Granted(width.min(most), narrowing.max(also)),
        }
    }
}

impl<'p> Grant<'p> {
    /// Nothing for a statement without resources, which IAM does not take.
    pub(super) fn of(
        document: &'p ParsedDocument<'p>,
        statement: &'p Statement<'p>,
        partition: &'p str,
    ) -> Option<Self> {
        let resource: &'p Selection<'p> = statement.resource.as_ref()?;
        Some(Self {
            document,
            statement,
            actions: Actions::of(&statement.action),
            reach: Reach::of(resource, document.has_variables(), partition),
            conditions: Conditions::of(&statement.conditions, None),
        })
    }

    /// What it grants and what of that is too broad.
    pub(super) fn judge<'c>(&'c self, case: &'c Case<'c>) -> (Verdict, Cut<'c>) {
        let wildcards = self.actions.has_wildcards();
        if !wildcards && !self.reach.may_be_broad() {
            return (Verdict::default(), Cut::none(&case.denies, &self.reach));
        }
        let set = self.actions.set();
        let cut = case.cut(&set, &self.reach, self.document.has_variables());
        let mut verdict = self.effective(case, &cut, &set, wildcards);
        self.sort_into_buckets(&mut verdict.granted);
        (verdict, cut)
    }

    fn effective(&self, case: &Case<'_>, cut: &Cut<'_>, set: &ActionSet, exact: bool) -> Verdict {
        let mut verdict = Verdict::default();
        for action in set.iter() {
            match case.outcome(self, cut, action, exact) {
                Outcome::Granted(width, narrowing) => {
                    verdict.granted.push(Granted::new(action, width, narrowing));
                }
                Outcome::Cancelled if self.would_be_broad(action) => {
                    verdict.cancelled.push(action);
                }
                Outcome::Latent if self.would_be_broad(action) => verdict.latent.push(action),
                _ => {}
            }
        }
        verdict
    }

    fn would_be_broad(&self, action: Action) -> bool {
        action.class().is_scopeable() && self.reach.width(action, false) >= Width::Type
    }

    fn sort_into_buckets(&self, granted: &mut [Granted]) {
        if self.actions.except {
            mark(granted);
        } else {
            let wildcards = self
                .actions
                .entries
                .iter()
                .filter(|entry| entry.is_wildcard());
            wildcards.for_each(|entry| mark_entry(entry, granted));
        }
        for one in granted.iter_mut().filter(|one| one.bucket == Bucket::Fine) {
            one.bucket = match one.by_itself() {
                Bucket::Resource if self.reach.is_except() => Bucket::Pattern,
                bucket => bucket,
            };
        }
    }

    /// Whether it is as good as all actions on everything.
    pub(super) fn is_admin(&self, granted: &[Granted]) -> bool {
        let open = granted
            .iter()
            .filter(|one| one.width >= Width::Type && one.narrowing == Narrowing::Nothing);
        let wanted = ActionTable::get().len() / 2;
        (self.actions.except || self.actions.is_everything()) && open.count() >= wanted
    }
}

/// Marks the actions of a pattern that is too broad.
fn mark_entry(entry: &Entry<'_>, granted: &mut [Granted]) {
    match &entry.meaning {
        Meaning::Everything => mark(granted),
        Meaning::Run(run) => {
            let from = granted.partition_point(|one| one.action.id() < run.start);
            let to = granted.partition_point(|one| one.action.id() < run.end);
            mark(granted.get_mut(from..to).unwrap_or_default());
        }
        Meaning::Scattered(actions) => {
            let means = |one: &Granted| actions.binary_search(&one.action).is_ok();
            if is_broad(granted.iter().filter(|one| means(one))) {
                let them = granted.iter_mut().filter(|one| means(one));
                them.for_each(|one| one.bucket = Bucket::Pattern);
            }
        }
        Meaning::Named(_) | Meaning::Unknown => {}
    }
}

fn mark(granted: &mut [Granted]) {
    if is_broad(granted.iter()) {
        granted
            .iter_mut()
            .for_each(|one| one.bucket = Bucket::Pattern);
    }
}

/// Whether more than one access level above list is among them.
fn is_broad<'g>(granted: impl Iterator<Item = &'g Granted>) -> bool {
    let mut first = None;
    for one in granted {
        let found = one.level;
        if found > AccessLevel::List && *first.get_or_insert(found) != found {
            return true;
        }
    }
    false
}
