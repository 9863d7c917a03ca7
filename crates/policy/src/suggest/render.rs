//! The text of the new statements.

use super::plan::{Part, Plan};
use crate::analysis::{AttachedDocument, DocumentKind, Subject};
use crate::document::{Condition, Policy, Statement, Text};
use crate::json::write::{Json, Layout};

/// What a managed policy may have, white space not counted.
const MANAGED_LIMIT: usize = 6_144;
/// What all inline policies of a role together may have.
const INLINE_LIMIT: usize = 10_240;

/// A policy that would be too long.
pub(super) struct Excess {
    pub(super) characters: usize,
    pub(super) limit: usize,
}

/// The statements that take the place of one: an object, or a list of them.
pub(super) fn statements(policy: &Policy<'_>, statement: &Statement<'_>, plan: &Plan) -> String {
    let mut sids = Sids::of(policy, statement);
    let mut written: Vec<Json> = plan
        .parts
        .iter()
        .map(|part| object(part, sids.next(), statement))
        .collect();
    let json = match written.pop() {
        Some(only) if written.is_empty() => only,
        last => {
            written.extend(last);
            Json::List(written)
        }
    };
    let layout = Layout::Lines {
        before: "\n".to_owned(),
        step: "  ".to_owned(),
    };
    let mut text = String::new();
    json.write(&layout, 0, &mut text);
    text
}

fn object(part: &Part, sid: Option<String>, statement: &Statement<'_>) -> Json {
    let mut members = Vec::new();
    members.extend(sid.map(|sid| ("Sid".to_owned(), Json::Text(sid))));
    members.push(("Effect".to_owned(), Json::Text("Allow".to_owned())));
    members.push(("Action".to_owned(), one_or_list(&part.actions)));
    members.push(("Resource".to_owned(), one_or_list(&part.resources)));
    if !statement.conditions.is_empty() {
        members.push(("Condition".to_owned(), condition(&statement.conditions)));
    }
    Json::Object(members)
}

fn one_or_list(texts: &[String]) -> Json {
    match texts {
        [one] => Json::Text(one.clone()),
        many => Json::List(many.iter().cloned().map(Json::Text).collect()),
    }
}

fn condition(lines: &[Condition<'_>]) -> Json {
    let mut operators: Vec<(String, Vec<(String, Json)>)> = Vec::new();
    for line in lines {
        let values: Vec<String> = line.values.iter().map(|it| it.value.to_string()).collect();
        let line_json = (line.key.value.to_string(), one_or_list(&values));
        let operator = &*line.operator.value;
        match operators.iter_mut().find(|(name, _)| name == operator) {
            Some((_, lines)) => lines.push(line_json),
            None => operators.push((operator.to_owned(), vec![line_json])),
        }
    }
    let operators = operators.into_iter();
    Json::Object(
        operators
            .map(|(name, lines)| (name, Json::Object(lines)))
            .collect(),
    )
}

/// Sids for the new statements: the old one, then the old one with a number.
struct Sids<'p> {
    own: Option<String>,
    taken: Vec<&'p str>,
    number: usize,
}

impl<'p> Sids<'p> {
    fn of(policy: &'p Policy<'_>, statement: &Statement<'_>) -> Self {
        Self {
            own: statement.sid.as_deref().map(str::to_owned),
            taken: policy
                .statements()
                .iter()
                .filter_map(|it| it.sid.as_deref())
                .collect(),
            number: 1,
        }
    }

    fn next(&mut self) -> Option<String> {
        let own = self.own.as_deref()?;
        if self.number == 1 {
            self.number = 2;
            return Some(own.to_owned());
        }
        loop {
            let sid = format!("{own}{}", self.number);
            self.number += 1;
            if !self.taken.contains(&sid.as_str()) {
                return Some(sid);
            }
        }
    }
}

/// The characters that count, as far as it matters: nobody asks how far past the limit a text is
/// that is past it.
fn characters(text: &str, limit: usize) -> usize {
    let counts = |byte: &&u8| !byte.is_ascii_whitespace() && **byte & 0xC0 != 0x80;
    let mut sum = 0;
    for some in text.as_bytes().chunks(2_048) {
        sum += some.iter().filter(counts).count();
        if sum > limit {
            break;
        }
    }
    sum
}

fn limit(kind: DocumentKind) -> usize {
    match kind {
        DocumentKind::Inline => INLINE_LIMIT,
        DocumentKind::CustomerManaged | DocumentKind::AwsManaged => MANAGED_LIMIT,
    }
}

/// Whether the actions alone, with quotes and commas, are more than IAM takes.
pub(super) fn too_long(document: &AttachedDocument<'_>, actions: &[Text<'_>]) -> Option<Excess> {
    let characters = actions.iter().map(|text| text.value.len() + 3).sum();
    let limit = limit(document.kind);
    (characters > limit).then_some(Excess { characters, limit })
}

/// Whether the text is more than IAM takes. A document that is too long already cannot be in
/// force as it is; then only the text itself is looked at.
pub(super) fn excess(
    subject: &Subject<'_>,
    document: &AttachedDocument<'_>,
    policy: &Policy<'_>,
    statement: &Statement<'_>,
    text: &str,
) -> Option<Excess> {
    let is_inline = |kind: DocumentKind| kind == DocumentKind::Inline;
    let limit = limit(document.kind);
    let others = subject.policies.iter().filter(|other| {
        is_inline(document.kind) && is_inline(other.kind) && other.name != document.name
    });
    let count = |text: &str| characters(text, limit);
    let before = count(document.text) + others.map(|other| count(other.text)).sum::<usize>();
    let new = text
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .count();
    let characters = if before <= limit {
        (before + new).saturating_sub(count(policy.source(statement)))
    } else {
        new
    };
    (characters > limit).then_some(Excess { characters, limit })
}
