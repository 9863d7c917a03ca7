//! From resource types to ARNs: those that the statement names already, else placeholders.

use std::collections::HashMap;

use super::fill::{Filling, filled, head, placeholder};
use crate::action_table::{Action, ActionResource, ArnTemplate, ResourceClass, ResourceType};
use crate::analysis::Subject;
use crate::document::Selection;
use crate::matching::Pattern;

/// So many alternative types are all listed; of more, a person has to choose.
const FEW_TYPES: usize = 4;

/// The resources of a statement.
pub(super) struct Written<'a> {
    /// Whether everything is among them.
    pub(super) everything: bool,
    /// The others.
    arns: Vec<WrittenArn<'a>>,
}

struct WrittenArn<'a> {
    text: &'a str,
    whole: Pattern,
    parts: Vec<Pattern>,
}

impl<'a> WrittenArn<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            whole: Pattern::plain(text),
            parts: text.splitn(6, ':').map(Pattern::plain).collect(),
        }
    }
}

impl<'a> Written<'a> {
    pub(super) fn of(resource: &'a Selection<'_>) -> Self {
        let Selection::Only(texts) = resource else {
            return Self {
                everything: true,
                arns: Vec::new(),
            };
        };
        let is_star = |text: &&str| text.bytes().all(|byte| byte == b'*');
        let texts = || texts.iter().map(|text| &*text.value);
        Self {
            everything: texts().any(|text| is_star(&text)),
            arns: texts()
                .filter(|text| !is_star(text))
                .map(WrittenArn::new)
                .collect(),
        }
    }
}

/// The ARNs for one resource type.
#[derive(Default)]
struct OfType {
    /// Written ones that are narrow enough.
    given: Vec<String>,
    /// Placeholders, where what is written covers the whole type.
    open: Vec<String>,
}

/// Finds ARNs for actions.
pub(super) struct Arns<'a> {
    subject: &'a Subject<'a>,
    pub(super) written: Written<'a>,
    known: HashMap<ResourceType, OfType>,
}

impl<'a> Arns<'a> {
    pub(super) fn new(subject: &'a Subject<'a>, written: Written<'a>) -> Self {
        Self {
            subject,
            written,
            known: HashMap::new(),
        }
    }

    fn of_type(&mut self, kind: ResourceType) -> &OfType {
        let (subject, written) = (self.subject, &self.written);
        self.known
            .entry(kind)
            .or_insert_with(|| look(subject, written, kind))
    }

    /// The ARNs that an action of the statement must be allowed on; none if what is written does
    /// not apply to it at all.
    pub(super) fn of_action(&mut self, action: Action) -> Vec<String> {
        let kinds: Vec<ActionResource> = action.resource_types().collect();
        let mut arns = Vec::new();
        let named = if self.written.arns.is_empty() {
            &[][..]
        } else {
            &kinds
        };
        for kind in named {
            arns.extend_from_slice(&self.of_type(kind.resource_type()).given);
        }
        if arns.is_empty() || action.class() == ResourceClass::Required {
            self.add_placeholders(action, &kinds, &mut arns);
        }
        arns.sort();
        arns.dedup();
        arns
    }

    fn add_placeholders(
        &mut self,
        action: Action,
        kinds: &[ActionResource],
        arns: &mut Vec<String>,
    ) {
        let chosen = chosen(action, kinds);
        for kind in &chosen {
            let found = self.of_type(*kind);
            if found.given.is_empty() {
                arns.extend_from_slice(&found.open);
            }
        }
        if chosen.is_empty() {
            let open = |kind: &&ActionResource| {
                let found = self.of_type(kind.resource_type());
                !found.open.is_empty()
            };
            let first = kinds.iter().find(open).map(|kind| kind.resource_type());
            let template = first.and_then(|kind| kind.arn_templates().next());
            arns.extend(template.map(|it| format!("{}RESOURCE", head(self.subject, it, None))));
        }
    }
}

/// The types that a call names: the required ones; else those that the action's name holds; else
/// all, if they are few.
fn chosen(action: Action, kinds: &[ActionResource]) -> Vec<ResourceType> {
    let of = |keep: &dyn Fn(&ActionResource) -> bool| -> Vec<ResourceType> {
        let kept = kinds.iter().filter(|kind| keep(kind));
        kept.map(|kind| kind.resource_type()).collect()
    };
    if action.class() == ResourceClass::Required {
        return of(&|kind| kind.required);
    }
    let letters = |text: &str| -> String {
        let letters = text.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|letter| letter.to_ascii_lowercase()).collect()
    };
    let name = letters(action.name().split(':').nth(1).unwrap_or_default());
    let named = of(&|kind| name.contains(&letters(kind.resource_type().name())));
    if !named.is_empty() {
        named
    } else if kinds.len() <= FEW_TYPES {
        of(&|_| true)
    } else {
        Vec::new()
    }
}

fn look(subject: &Subject<'_>, written: &Written<'_>, kind: ResourceType) -> OfType {
    let mut found = OfType::default();
    for template in kind.arn_templates() {
        let shape = (!written.arns.is_empty()).then(|| Shape::of(template, subject.partition));
        let mut open = written
            .everything
            .then(|| placeholder(subject, template, None));
        for arn in &written.arns {
            match shape
                .as_ref()
                .map_or(Reach::None, |shape| shape.reached_by(arn))
            {
                Reach::None => {}
                Reach::Some => found.given.push(arn.text.to_owned()),
                Reach::All => open = Some(placeholder(subject, template, Some(arn.text))),
            }
        }
        found.open.extend(open);
    }
    found
}

/// How much of a type an ARN stands for.
enum Reach {
    None,
    Some,
    All,
}

/// What the ARNs of a template look like, as patterns.
struct Shape {
    template: ArnTemplate,
    whole: Pattern,
    parts: Vec<Pattern>,
}

impl Shape {
    fn of(template: ArnTemplate, partition: &str) -> Self {
        let whole = template.to_string().replace("${Partition}", partition);
        let mut parts: Vec<Pattern> = whole
            .splitn(6, ':')
            // a Region or an account is never empty where the template has one
            .map(|part| Pattern::plain(&filled(part, &Filling::Shape("?*"))))
            .collect();
        if let Some(last) = parts.last_mut() {
            *last = Pattern::plain(&filled(template.resource(), &Filling::Shape("*")));
        }
        Self {
            whole: Pattern::plain(&filled(&whole, &Filling::Shape("*"))),
            template,
            parts,
        }
    }

    fn reached_by(&self, arn: &WrittenArn<'_>) -> Reach {
        let touched = if arn.parts.len() == self.parts.len() {
            let mut pairs = arn.parts.iter().zip(&self.parts);
            pairs.all(|(written, part)| written.touches(part))
        } else {
            // a star stands for several parts
            arn.whole.touches(&self.whole)
        };
        if !touched || is_of_a_part(self.template, arn.text) {
            return Reach::None;
        }
        let last = arn.parts.get(5).zip(self.parts.last());
        let all_names = last.is_some_and(|(written, part)| written.covers(part));
        if arn.whole.covers(&self.whole) || (all_names && is_open(&self.template)) {
            Reach::All
        } else {
            Reach::Some
        }
    }
}

/// Whether the template leaves anything open in its last part: else it is one resource.
fn is_open(template: &ArnTemplate) -> bool {
    template.resource().contains(['$', '*'])
}

/// A bucket's name has no slash: what has one is about objects.
fn is_of_a_part(template: ArnTemplate, arn: &str) -> bool {
    template.resource() == "${BucketName}" && arn.contains('/')
}
