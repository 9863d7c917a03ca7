//! Which resources a statement reaches, and how broadly for an action.

use std::cell::RefCell;

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

    /// The same reach with the account of the subject open, as that is all its ARNs can be of.
    pub(super) fn in_account(&self, account: &str) -> Option<Vec<Text<'static>>> {
        let (written, open) = (format!(":{account}:"), ":*:");
        let named = self.texts.iter().any(|text| text.value.contains(&written));
        let opened = |text: &Text<'_>| Text {
            value: text.value.replacen(&written, open, 1).into(),
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
    pub(super) fn covers_all_types(&self, action: Action) -> bool {
        if action.class() == ResourceClass::Unscopeable || self.candidates.is_empty() {
            return false;
        }
        types(action).all(|kind| self.covered(kind) & ALL_SHAPES_COVERED != 0)
    }

    /// Whether it is all that the action can be done on.
    pub(super) fn is_whole(&self, action: Action) -> bool {
        match self.width(action, true) {
            Width::All => true,
            Width::Type => self.covers_all_types(action),
            _ => false,
        }
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

/// `*`, in whatever number of stars.
pub(super) fn is_everything(pattern: &str) -> bool {
    pattern.contains('*') && pattern.bytes().all(|byte| matches!(byte, b'*' | b'?'))
}

/// Whether a pattern can be as wide as a type at all: seen from the text, for speed.
fn may_be_wide(text: &str) -> bool {
    let mut segments = text.splitn(6, ':').skip(4);
    let one_account = segments
        .next()
        .is_some_and(|account| account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()));
    text.contains('*') && !(one_account && segments.next().is_some())
}

/// The service an ARN pattern is written for; nothing if a wildcard stands for it, or may.
fn service_of(text: &str) -> Option<&str> {
    let mut parts = text.splitn(6, ':').skip(1);
    let (partition, service) = (parts.next()?, parts.next()?);
    let whole = parts.count() == 3;
    let open = ['*', '?', '$'];
    (!service.contains(open) && (whole || !partition.contains(open))).then_some(service)
}

/// Variables of templates that stand for names without a slash.
const WITHOUT_SLASH: [&str; 2] = ["${BucketName}", "${TableName}"];

/// Whether an ARN pattern can mean a resource of this shape. It may say yes wrongly.
fn touches(pattern: &str, template: ArnTemplate) -> bool {
    if is_everything(pattern) {
        return true;
    }
    let mut parts = [""; 6];
    let count = pattern
        .splitn(6, ':')
        .zip(&mut parts)
        .map(|(part, slot)| *slot = part)
        .count();
    let head = template.head().split(':').zip(&parts);
    // A star at the end of a segment can stand for the segments that are missing.
    let sure = match count {
        6 => 5,
        few => parts
            .iter()
            .position(|part| part.contains('*'))
            .unwrap_or(few),
    };
    let fits = head
        .take(sure)
        .skip(1)
        .all(|(shape, part)| may_meet(part, shape));
    let [.., part] = parts;
    let resource =
        count < 6 || may_meet(part, template.resource()) && slashes_fit(part, template.resource());
    fits && resource
}

fn slashes_fit(part: &str, shape: &str) -> bool {
    let slashes = |text: &str| text.bytes().filter(|byte| *byte == b'/').count();
    let flat = WITHOUT_SLASH
        .iter()
        .any(|variable| shape.ends_with(variable));
    let too_many = flat && slashes(part) > slashes(shape);
    let too_few = !part.contains('*') && slashes(part) < slashes(shape);
    !too_many && !too_few
}

/// Whether a part of a pattern and one of a template agree before and behind what is open.
fn may_meet(part: &str, shape: &str) -> bool {
    let (open_part, open_shape) = (part.contains(['*', '?', '$']), shape.contains("${"));
    let (before, behind) = match (open_part, open_shape) {
        (false, false) => return part == shape,
        _ => (
            ends(part, ['*', '?', '$'], ['*', '?', '}']),
            ends(shape, ['$'; 3], ['}'; 3]),
        ),
    };
    let long_enough = |open: bool, text: &str, needed: (&str, &str)| {
        open || text.len() >= needed.0.len() + needed.1.len()
    };
    let meet = |a: &str, b: &str| {
        let length = a.len().min(b.len());
        a.as_bytes().get(..length) == b.as_bytes().get(..length)
    };
    let meet_at_end = |a: &str, b: &str| {
        let (a, b) = (a.bytes().rev(), b.bytes().rev());
        a.zip(b).all(|(a, b)| a == b)
    };
    meet(before.0, behind.0)
        && meet_at_end(before.1, behind.1)
        && long_enough(open_part, part, behind)
        && long_enough(open_shape, shape, before)
}

/// Whether two texts agree up to where one is open.
fn begin_alike(part: &str, shape: &str) -> bool {
    let mut pairs = part.bytes().zip(shape.bytes());
    let decided = pairs.find(|(part, shape)| part != shape || matches!(part, b'*' | b'?' | b'$'));
    decided.is_none_or(|(part, shape)| matches!(part, b'*' | b'?' | b'$') || shape == b'$')
}

/// What stands before the first and behind the last of these characters.
fn ends(text: &str, first: [char; 3], last: [char; 3]) -> (&str, &str) {
    let start = text.split(first).next().unwrap_or(text);
    let end = text.rsplit(last).next().unwrap_or(text);
    (start, end)
}
