//! Which resources a statement reaches, and how broadly for an action.

use std::cell::RefCell;

use super::arn::{begin_alike, is_account, is_everything, may_be_wide, service_of, touches};
use crate::action_table::{Action, ArnTemplate, ResourceClass, ResourceType};
use crate::document::{Selection, Text};
use crate::matching::Pattern;

/// Longer than any ARN: such a pattern is not followed, which bounds the time of matching.
pub(super) const MAX_STEPS: usize = 2_048;

/// How much of what an action can be done on is reached, from the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Width {
    /// Nothing: no resource named is of a type of the action.
    Nothing,
    /// Some resources.
    Narrow,
    /// All resources of a type.
    Type,
    /// Everything.
    All,
}

/// The `Resource` or `NotResource` of a statement.
#[derive(Debug)]
pub(super) struct Reach<'p> {
    texts: &'p [Text<'p>],
    except: bool,
    variables: bool,
    partition: &'p str,
    /// The pattern that is every resource, also where an action has none.
    everything: Option<&'p Text<'p>>,
    /// The pattern that is every ARN of the partition.
    every_arn: Option<&'p Text<'p>>,
    /// The patterns that may be as wide as a resource type.
    candidates: Vec<Candidate<'p>>,
    /// What was found of each resource type.
    seen: RefCell<Vec<u8>>,
}

#[derive(Debug)]
struct Candidate<'p> {
    text: &'p Text<'p>,
    pattern: Pattern,
    /// The service it is written for, if it is written for one: most types need no closer look.
    service: Option<&'p str>,
    /// What follows the fifth colon.
    resource: Option<&'p str>,
}

impl Candidate<'_> {
    fn may_be_of(&self, template: ArnTemplate) -> bool {
        let service = || self.service.is_none_or(|own| own == template.service());
        let begins = |own: &str| begin_alike(own, template.resource());
        self.resource.is_none_or(begins) && service()
    }
}

const COVERED_KNOWN: u8 = 1;
const ONE_SHAPE_COVERED: u8 = 2;
const ALL_SHAPES_COVERED: u8 = 4;
const TOUCHED_KNOWN: u8 = 8;
const TOUCHED: u8 = 16;

impl<'p> Reach<'p> {
    pub(super) fn of(selection: &'p Selection<'p>, variables: bool, partition: &'p str) -> Self {
        let (texts, except) = match selection {
            Selection::Only(texts) => (texts, false),
            Selection::AllBut(texts) => (texts, true),
        };
        let mut reach = Self {
            texts,
            except,
            variables,
            partition,
            everything: texts.iter().find(|text| is_everything(&text.value)),
            every_arn: None,
            candidates: Vec::new(),
            seen: RefCell::default(),
        };
        if reach.everything.is_none() {
            reach.read_candidates();
        }
        reach
    }

    fn read_candidates(&mut self) {
        for text in self.texts.iter().filter(|text| may_be_wide(&text.value)) {
            let pattern = Pattern::resource(&text.value, self.variables);
            if pattern.steps() > MAX_STEPS {
                continue;
            }
            let service = service_of(&text.value);
            if service.is_none() && pattern.covers(&Pattern::every_arn(self.partition)) {
                self.every_arn = self.every_arn.or(Some(text));
            }
            self.candidates.push(Candidate {
                text,
                pattern,
                service,
                resource: service.and(text.value.splitn(6, ':').nth(5)),
            });
        }
    }

    /// The same reach with the account of the subject open, as that is all its ARNs can be of. An
    /// account that is not known can be any that is written.
    pub(super) fn in_account(&self, account: Option<&str>) -> Option<Vec<Text<'static>>> {
        let written = |text: &Text<'_>| {
            let mut parts = text.value.split(':');
            let found = parts.find(|part| match account {
                Some(account) => *part == account,
                None => is_account(part),
            });
            found.map(|found| format!(":{found}:"))
        };
        let named = self.texts.iter().any(|text| written(text).is_some());
        let opened = |text: &Text<'_>| Text {
            value: match written(text) {
                Some(written) => text.value.replacen(&written, ":*:", 1).into(),
                None => text.value.clone().into_owned().into(),
            },
            offset: text.offset,
        };
        (named && !self.except).then(|| self.texts.iter().map(opened).collect())
    }

    pub(super) fn is_except(&self) -> bool {
        self.except
    }

    pub(super) fn texts(&self) -> &'p [Text<'p>] {
        self.texts
    }

    pub(super) fn everything(&self) -> Option<&'p Text<'p>> {
        self.everything
    }

    pub(super) fn every_arn(&self) -> Option<&'p Text<'p>> {
        self.every_arn
    }

    /// Whether it can be broad for any action.
    pub(super) fn may_be_broad(&self) -> bool {
        self.except || self.everything.is_some() || !self.candidates.is_empty()
    }

    /// Whether it is all there is, for every action.
    pub(super) fn is_all(&self) -> bool {
        !self.except && self.everything.is_some()
    }

    /// How broad it is for an action. Whether an ARN has no effect, being of no type of the
    /// action, is looked into only where it is `exact`.
    pub(super) fn width(&self, action: Action, exact: bool) -> Width {
        if self.except {
            return if self.spares(action) {
                Width::All
            } else {
                Width::Nothing
            };
        }
        if self.everything.is_some() {
            return Width::All;
        }
        let class = action.class();
        if class == ResourceClass::Unscopeable {
            return Width::Nothing;
        }
        if self.every_arn.is_some() || self.covers_a_type(action) {
            return Width::Type;
        }
        let touched = || types(action).any(|kind| self.touches(kind));
        if !exact || touched() {
            Width::Narrow
        } else {
            Width::Nothing
        }
    }

    /// For `NotResource`: whether it leaves out less than all the action can be done on.
    fn spares(&self, action: Action) -> bool {
        self.everything.is_none() && !self.covers_all_types(action)
    }

    fn covers_a_type(&self, action: Action) -> bool {
        !self.candidates.is_empty()
            && types(action).any(|kind| self.covered(kind) & ONE_SHAPE_COVERED != 0)
    }

    /// Whether the patterns themselves (whatever `except`) are all the action can be done on.
    fn covers_all_types(&self, action: Action) -> bool {
        if action.class() == ResourceClass::Unscopeable || self.candidates.is_empty() {
            return false;
        }
        types(action).all(|kind| self.covered(kind) & ALL_SHAPES_COVERED != 0)
    }

    /// For a Deny: whether it leaves nothing that the action can be done on.
    pub(super) fn leaves_nothing(&self, action: Action) -> bool {
        match (self.except, self.everything.is_some()) {
            (false, true) => true,
            (true, true) => false,
            (false, false) => self.covers_all_types(action),
            (true, false) => !types(action).any(|kind| self.touches(kind)),
        }
    }

    /// The pattern that is as wide as a type of the action, else one that is of such a type.
    pub(super) fn text_for(&self, action: Action) -> Option<&'p Text<'p>> {
        let templates: Vec<ArnTemplate> = types(action)
            .flat_map(ResourceType::arn_templates)
            .collect();
        let wide = |candidate: &&Candidate<'_>| {
            let mut open = templates.iter().filter(|template| is_open(**template));
            open.any(|template| self.covers(candidate, *template))
        };
        let fits = |text: &&Text<'_>| {
            templates
                .iter()
                .any(|template| touches(&text.value, *template))
        };
        let found = self.candidates.iter().find(wide);
        found
            .map(|candidate| candidate.text)
            .or_else(|| self.texts.iter().find(fits))
    }

    fn covered(&self, kind: ResourceType) -> u8 {
        self.remember(kind, COVERED_KNOWN, || {
            let (mut one, mut all) = (false, true);
            for template in kind.arn_templates() {
                let mut candidates = self.candidates.iter();
                let covered = candidates.any(|candidate| self.covers(candidate, template));
                one |= covered && is_open(template);
                all &= covered;
            }
            let one = if one { ONE_SHAPE_COVERED } else { 0 };
            one | if all { ALL_SHAPES_COVERED } else { 0 }
        })
    }

    fn covers(&self, candidate: &Candidate<'_>, template: ArnTemplate) -> bool {
        candidate.may_be_of(template) && candidate.pattern.covers(&shape(template, self.partition))
    }

    fn touches(&self, kind: ResourceType) -> bool {
        let found = self.remember(kind, TOUCHED_KNOWN, || {
            let touched = kind.arn_templates().any(|template| {
                let mut texts = self.texts.iter();
                texts.any(|text| touches(&text.value, template))
            });
            if touched { TOUCHED } else { 0 }
        });
        found & TOUCHED != 0
    }

    fn remember(&self, kind: ResourceType, known: u8, find: impl FnOnce() -> u8) -> u8 {
        let at = usize::from(kind.id());
        let bits = self.seen.borrow().get(at).copied().unwrap_or(0);
        if bits & known != 0 {
            return bits;
        }
        let bits = bits | known | find();
        let mut seen = self.seen.borrow_mut();
        if seen.len() <= at {
            seen.resize(at + 1, 0);
        }
        if let Some(slot) = seen.get_mut(at) {
            *slot = bits;
        }
        bits
    }
}

fn types(action: Action) -> impl Iterator<Item = ResourceType> {
    action.resource_types().map(|used| used.resource_type())
}

/// Whether there can be several in an account and Region; to name the only one is not broad.
fn is_open(template: ArnTemplate) -> bool {
    template.resource().contains("${")
}

fn shape(template: ArnTemplate, partition: &str) -> Pattern {
    Pattern::shape([template.head(), template.resource()], partition)
}
