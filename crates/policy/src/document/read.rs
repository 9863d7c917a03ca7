//! From JSON to a policy.

use std::borrow::Cow;

use super::{
    Condition, Effect, Policy, Principal, PrincipalElement, PrincipalKind, Selection, Statement,
    StatementBlock, Text, Version,
};
use crate::error::{Fault, Kind, Place};
use crate::json::{self, Member, Node, Value};

pub(super) fn policy(text: &str) -> Result<Policy<'_>, Fault> {
    let root = json::read(text)?;
    let start = root.span.start;
    let (mut version, mut id, mut block) = (None, None, None);
    for member in object(root, "the document")? {
        match member.key.as_ref() {
            "Version" => version = Some(read_version(member.node)?),
            "Id" => id = Some(string(member.node, "`Id`")?.value),
            "Statement" => block = Some(member.node),
            _ => {
                return Err(unknown(
                    &member,
                    "the document",
                    "Version, Id and Statement",
                ));
            }
        }
    }
    let Some(node) = block else {
        return Err(Fault::policy(start, "the document has no `Statement`"));
    };
    let (block, statements) = read_block(text, node)?;
    Ok(Policy {
        text,
        version,
        id,
        statements,
        block,
    })
}

fn read_version(node: Node<'_>) -> Result<Version, Fault> {
    let at = node.span.start;
    match string(node, "`Version`")?.value.as_ref() {
        "2012-10-17" => Ok(Version::V2012),
        "2008-10-17" => Ok(Version::V2008),
        other => Err(Fault::policy(
            at,
            format!("`Version` is `{other}`; it must be 2012-10-17 or 2008-10-17"),
        )),
    }
}

fn read_block<'a>(
    text: &'a str,
    node: Node<'a>,
) -> Result<(StatementBlock, Vec<Statement<'a>>), Fault> {
    let (block, nodes) = match node.value {
        Value::List(items) => (StatementBlock::List(node.span), items),
        _ => (StatementBlock::Single(node.span.clone()), vec![node]),
    };
    let mut places = Places {
        text,
        offset: 0,
        place: Place { line: 1, column: 1 },
    };
    let statements = nodes
        .into_iter()
        .enumerate()
        .map(|(index, node)| {
            let place = places.advance(node.span.start);
            statement(index, place, node)
        })
        .collect::<Result<_, _>>()?;
    Ok((block, statements))
}

/// Counts lines once over the whole document, since statements come in order.
struct Places<'a> {
    text: &'a str,
    offset: usize,
    place: Place,
}

impl Places<'_> {
    fn advance(&mut self, offset: usize) -> Place {
        let step = Place::of(
            self.text.get(self.offset..offset).unwrap_or_default(),
            usize::MAX,
        );
        let carried = if step.line == 1 {
            self.place.column - 1
        } else {
            0
        };
        self.place = Place {
            line: self.place.line + step.line - 1,
            column: carried + step.column,
        };
        self.offset = offset;
        self.place
    }
}

/// The elements of a statement as they are found.
#[derive(Default)]
struct Draft<'a> {
    sid: Option<Cow<'a, str>>,
    effect: Option<Effect>,
    principal: Option<PrincipalElement<'a>>,
    action: Option<Selection<'a>>,
    resource: Option<Selection<'a>>,
    conditions: Vec<Condition<'a>>,
}

fn statement(index: usize, place: Place, node: Node<'_>) -> Result<Statement<'_>, Fault> {
    let span = node.span.clone();
    let mut draft = Draft::default();
    for member in object(node, "a statement")? {
        element(&mut draft, member)?;
    }
    let missing = |what| Fault::policy(span.start, format!("the statement has no {what}"));
    Ok(Statement {
        index,
        place,
        sid: draft.sid,
        effect: draft.effect.ok_or_else(|| missing("`Effect`"))?,
        principal: draft.principal,
        action: draft
            .action
            .ok_or_else(|| missing("`Action` or `NotAction`"))?,
        resource: draft.resource,
        conditions: draft.conditions,
        span,
    })
}

fn element<'a>(draft: &mut Draft<'a>, member: Member<'a>) -> Result<(), Fault> {
    let at = member.at;
    let key = member.key.clone();
    match key.as_ref() {
        "Sid" => draft.sid = Some(string(member.node, "`Sid`")?.value),
        "Effect" => draft.effect = Some(read_effect(member.node)?),
        "Principal" => {
            let value = PrincipalElement::Only(principal(member.node)?);
            set(&mut draft.principal, value, at, "Principal")?;
        }
        "NotPrincipal" => {
            let value = PrincipalElement::AllBut(principal(member.node)?);
            set(&mut draft.principal, value, at, "Principal")?;
        }
        "Action" | "NotAction" => {
            let texts = strings(member.node, &key)?;
            set(&mut draft.action, select(texts, &key), at, "Action")?;
        }
        "Resource" | "NotResource" => {
            let texts = strings(member.node, &key)?;
            set(&mut draft.resource, select(texts, &key), at, "Resource")?;
        }
        "Condition" => draft.conditions = conditions(member.node)?,
        _ => {
            let known = "Sid, Effect, Principal, NotPrincipal, Action, NotAction, Resource, \
                         NotResource and Condition";
            return Err(unknown(&member, "a statement", known));
        }
    }
    Ok(())
}

/// Duplicates of one key never come here, so a slot that is taken holds the
/// other key of the pair.
fn set<T>(slot: &mut Option<T>, value: T, at: usize, name: &str) -> Result<(), Fault> {
    if slot.replace(value).is_some() {
        let message = format!("a statement has `{name}` or `Not{name}`, not both");
        return Err(Fault::policy(at, message));
    }
    Ok(())
}

fn select<'a>(texts: Vec<Text<'a>>, key: &str) -> Selection<'a> {
    if key.starts_with("Not") {
        Selection::AllBut(texts)
    } else {
        Selection::Only(texts)
    }
}

fn read_effect(node: Node<'_>) -> Result<Effect, Fault> {
    let at = node.span.start;
    match string(node, "`Effect`")?.value.as_ref() {
        "Allow" => Ok(Effect::Allow),
        "Deny" => Ok(Effect::Deny),
        other => Err(Fault::policy(
            at,
            format!("`Effect` is `{other}`; it must be Allow or Deny"),
        )),
    }
}

fn principal(node: Node<'_>) -> Result<Principal<'_>, Fault> {
    let at = node.span.start;
    if let Value::Text(text) = &node.value {
        return match text.as_ref() {
            "*" => Ok(Principal::Everyone),
            other => Err(Fault::policy(
                at,
                format!("a principal given as a plain string must be `*`, not `{other}`"),
            )),
        };
    }
    let mut named = Vec::new();
    for member in object(node, "the principal")? {
        let kind = match member.key.as_ref() {
            "AWS" => PrincipalKind::Aws,
            "Service" => PrincipalKind::Service,
            "Federated" => PrincipalKind::Federated,
            "CanonicalUser" => PrincipalKind::CanonicalUser,
            _ => {
                let known = "AWS, Service, Federated and CanonicalUser";
                return Err(unknown(&member, "a principal", known));
            }
        };
        named.push((kind, strings(member.node, &member.key)?));
    }
    Ok(Principal::Named(named))
}

fn conditions(node: Node<'_>) -> Result<Vec<Condition<'_>>, Fault> {
    let mut lines = Vec::new();
    for operator in object(node, "`Condition`")? {
        let name = Text {
            value: operator.key.clone(),
            offset: operator.at,
        };
        for key in object(operator.node, "a condition operator")? {
            let values = match key.node.value {
                Value::List(items) => items
                    .into_iter()
                    .map(scalar)
                    .collect::<Result<Vec<_>, _>>()?,
                _ => vec![scalar(key.node)?],
            };
            let key = Text {
                value: key.key,
                offset: key.at,
            };
            lines.push(Condition {
                operator: name.clone(),
                key,
                values,
            });
        }
    }
    Ok(lines)
}

fn scalar(node: Node<'_>) -> Result<Text<'_>, Fault> {
    let offset = node.span.start;
    let value = match node.value {
        Value::Text(text) => text,
        Value::Number(text) => Cow::Borrowed(text),
        Value::Bool(true) => Cow::Borrowed("true"),
        Value::Bool(false) => Cow::Borrowed("false"),
        other => {
            let message = format!(
                "a condition value is a string, number or boolean, not {}",
                other.kind()
            );
            return Err(Fault::policy(offset, message));
        }
    };
    Ok(Text { value, offset })
}

fn strings<'a>(node: Node<'a>, name: &str) -> Result<Vec<Text<'a>>, Fault> {
    let what = format!("`{name}`");
    match node.value {
        Value::List(items) => items.into_iter().map(|item| string(item, &what)).collect(),
        _ => Ok(vec![string(node, &what)?]),
    }
}

fn string<'a>(node: Node<'a>, what: &str) -> Result<Text<'a>, Fault> {
    let offset = node.span.start;
    match node.value {
        Value::Text(value) => Ok(Text { value, offset }),
        other => Err(Fault::policy(
            offset,
            format!("{what} takes strings, not {}", other.kind()),
        )),
    }
}

fn object<'a>(node: Node<'a>, what: &str) -> Result<Vec<Member<'a>>, Fault> {
    match node.value {
        Value::Object(members) => Ok(members),
        other => Err(Fault::policy(
            node.span.start,
            format!("{what} must be an object, not {}", other.kind()),
        )),
    }
}

fn unknown(member: &Member<'_>, place: &str, known: &str) -> Fault {
    let message = format!("{place} has no element `{}`; it has {known}", member.key);
    Fault::new(Kind::UnknownElement, member.at, message)
}
