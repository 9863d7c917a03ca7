//! From resource types to ARNs: those that the statement names already, else placeholders.

use std::collections::{HashMap, HashSet};

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
    arns: Vec<&'a str>,
    /// Whether `${...}` is a policy variable in them.
    variables: bool,
}

impl<'a> Written<'a> {
    pub(super) fn of(resource: &'a Selection<'_>, variables: bool) -> Self {
        let Selection::Only(texts) = resource else {
            return Self {
                everything: true,
                arns: Vec::new(),
                variables,
            };
        };
        let is_star = |text: &&str| text.bytes().all(|byte| byte == b'*');
        let texts = || texts.iter().map(|text| &*text.value);
        Self {
            everything: texts().any(|text| is_star(&text)),
            arns: texts().filter(|text| !is_star(text)).collect(),
            variables,
        }
    }
}

/// The ARNs for one resource type.
#[derive(Default)]
struct OfType<'a> {
    /// Written ones that are narrow enough, and what they are ARNs of.
    given: Vec<(&'a str, ArnTemplate)>,
    /// Placeholders, where what is written is too wide.
    open: Vec<String>,
    /// Written ones that cover the whole type.
    wide: Vec<&'a str>,
}

/// Finds ARNs for actions.
pub(super) struct Arns<'a> {
    subject: &'a Subject<'a>,
    pub(super) written: Written<'a>,
    known: HashMap<ResourceType, OfType<'a>>,
}

impl<'a> Arns<'a> {
    pub(super) fn new(subject: &'a Subject<'a>, written: Written<'a>, actions: &[Action]) -> Self {
        let mut arns = Self {
            subject,
            written,
            known: HashMap::new(),
        };
        arns.drop_wide(actions);
        arns
    }

    /// A written ARN that is as wide as one type is not kept for another one either, since an
    /// action can know both.
    fn drop_wide(&mut self, actions: &[Action]) {
        if self.written.arns.is_empty() {
            return;
        }
        for kind in actions.iter().flat_map(|action| action.resource_types()) {
            self.of_type(kind.resource_type());
        }
        let wide: HashSet<&str> = self
            .known
            .values()
            .flat_map(|it| &it.wide)
            .copied()
            .collect();
        if wide.is_empty() {
            return;
        }
        for found in self.known.values_mut() {
            let (dropped, kept) = found.given.iter().partition(|(arn, _)| wide.contains(arn));
            found.given = kept;
            let dropped: Vec<(&str, ArnTemplate)> = dropped;
            let new = |(arn, template)| placeholder(self.subject, template, Some(arn));
            found.open.extend(dropped.into_iter().map(new));
        }
    }

    fn of_type(&mut self, kind: ResourceType) -> &OfType<'a> {
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
        if !self.written.arns.is_empty() {
            for kind in &kinds {
                let given = &self.of_type(kind.resource_type()).given;
                arns.extend(given.iter().map(|(arn, _)| (*arn).to_owned()));
            }
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
        let mut chosen = chosen(action, kinds);
        if !self.written.everything {
            let is_open = |kind: &ResourceType| !self.of_type(*kind).open.is_empty();
            let all = kinds.iter().map(|kind| kind.resource_type());
            let open: Vec<ResourceType> = all.filter(is_open).collect();
            if open.len() <= FEW_TYPES {
                chosen = open;
            }
        }
        let before = arns.len();
        for kind in chosen {
            let found = self.of_type(kind);
            if found.given.is_empty() {
                arns.extend_from_slice(&found.open);
            }
        }
        if arns.len() == before && before == 0 {
            arns.extend(self.any_of(kinds));
        }
    }

    /// A placeholder for a resource of any of these types.
    fn any_of(&mut self, kinds: &[ActionResource]) -> Option<String> {
        let mut all = kinds.iter().map(|kind| kind.resource_type());
        let open = all.find(|kind| !self.of_type(*kind).open.is_empty())?;
        let template = open.arn_templates().next()?;
        Some(format!("{}RESOURCE", head(self.subject, template, None)))
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

fn look<'a>(subject: &Subject<'_>, written: &Written<'a>, kind: ResourceType) -> OfType<'a> {
    let mut found = OfType::default();
    for template in kind.arn_templates() {
        let new = |arn| placeholder(subject, template, arn);
        let mut open = written.everything.then(|| new(None));
        for arn in &written.arns {
            match reach(arn, template, subject.partition, written.variables) {
                Reach::None => {}
                Reach::Some => found.given.push((arn, template)),
                Reach::All => {
                    found.wide.push(arn);
                    open = Some(new(Some(arn)));
                }
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

fn reach(arn: &str, template: ArnTemplate, partition: &str, variables: bool) -> Reach {
    let last = arn.splitn(6, ':').nth(5);
    let fits = head_fits(arn, template, partition)
        && last.is_none_or(|last| resource_fits(last, template.resource()));
    if !fits {
        return Reach::None;
    }
    if !arn.contains('*') {
        return Reach::Some;
    }
    let covers = |written: &str, head: &str| {
        let shape = Pattern::shape([head, template.resource()], partition);
        Pattern::resource(written, variables).covers(&shape)
    };
    let open = last.filter(|_| is_open(&template));
    let all = open.is_some_and(|last| last == "*" || covers(last, ""))
        // one resource in every Region, or a star for several parts
        || covers(arn, template.head());
    if all { Reach::All } else { Reach::Some }
}

/// Whether the first five parts of a written ARN, or as many as it has, agree with a template.
fn head_fits(arn: &str, template: ArnTemplate, partition: &str) -> bool {
    let mut parts = arn.splitn(6, ':').zip(template.head().split(':')).take(5);
    parts.all(|(written, part)| match part {
        "${Partition}" => glob(written, partition),
        // a Region or an account is never empty where the template has one
        open if open.contains(['$', '*']) => !written.is_empty(),
        fixed => glob(written, fixed),
    })
}

fn glob(written: &str, text: &str) -> bool {
    written == text || (written.contains(['*', '?']) && Pattern::plain(written).matches(text))
}

/// Whether the last part of a written ARN can be one of a template.
fn resource_fits(written: &str, resource: &str) -> bool {
    let before = |text: &str| text.split(['*', '?', '$']).next().map_or(0, str::len);
    let behind = |text: &str| text.rsplit(['*', '?', '}']).next().map_or(0, str::len);
    let common = before(written).min(before(resource));
    let starts_alike = written.get(..common) == resource.get(..common);
    let common = behind(written).min(behind(resource));
    let ends_alike =
        written.get(written.len() - common..) == resource.get(resource.len() - common..);
    if !starts_alike || !ends_alike {
        return false;
    }
    // a bucket's name has no slash: what has one is about objects
    let is_of_a_part = resource == "${BucketName}" && written.contains('/');
    let shape = || Pattern::plain(&filled(resource, &Filling::Shape("*")));
    let touches = || written == "*" || Pattern::plain(written).touches(&shape());
    !is_of_a_part && touches()
}

/// Whether the template leaves anything open in its last part: else it is one resource.
fn is_open(template: &ArnTemplate) -> bool {
    template.resource().contains(['$', '*'])
}
