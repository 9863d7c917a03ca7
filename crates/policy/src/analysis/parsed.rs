//! Documents read once and judged as often as they are attached.

use std::borrow::Cow;

use super::finding::Severity;
use super::subject::{AttachedDocument, DocumentKind, Subject};
use crate::document::{Policy, Selection, Statement};
use crate::error::{Fault, PolicyError};

/// A policy document that has been read.
#[derive(Debug, Clone)]
pub struct ParsedDocument<'a> {
    name: &'a str,
    kind: DocumentKind,
    policy: Result<Policy<'a>, PolicyError>,
    repeated: Vec<Cow<'a, str>>,
}

impl<'a> ParsedDocument<'a> {
    /// Reads a document; a text that is no policy becomes a finding when it is judged.
    #[must_use]
    pub fn new(document: AttachedDocument<'a>) -> Self {
        let policy = Policy::parse(document.text).and_then(|policy| match too_complex(&policy) {
            Some(fault) => Err(fault.placed(document.text)),
            None => Ok(policy),
        });
        let repeated = policy.as_ref().map(repeated_sids).unwrap_or_default();
        Self {
            name: document.name,
            kind: document.kind,
            policy,
            repeated,
        }
    }

    /// The policy's name.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// Where it comes from.
    #[must_use]
    pub fn kind(&self) -> DocumentKind {
        self.kind
    }

    /// The policy.
    ///
    /// # Errors
    /// The text is no policy document.
    pub fn policy(&self) -> Result<&Policy<'a>, &PolicyError> {
        self.policy.as_ref()
    }

    /// The document as it was given; without its text if that is no policy.
    pub(super) fn attached(&self) -> AttachedDocument<'a> {
        AttachedDocument {
            name: self.name,
            kind: self.kind,
            text: self.policy.as_ref().map_or("", Policy::text),
        }
    }

    /// The statements; none of a text that is no policy.
    pub(super) fn statements(&self) -> &[Statement<'a>] {
        self.policy.as_ref().map_or(&[], Policy::statements)
    }

    pub(super) fn has_variables(&self) -> bool {
        self.policy.as_ref().is_ok_and(Policy::has_variables)
    }

    /// The Sids that stand more than once.
    pub(super) fn repeated(&self) -> &[Cow<'a, str>] {
        &self.repeated
    }

    /// What reports call a statement: its Sid, if that is its alone, else `#` and its position.
    pub(super) fn label(&self, statement: &Statement<'_>) -> String {
        match statement.sid.as_deref() {
            Some(sid) if !sid.is_empty() && !self.repeated.iter().any(|other| other == sid) => {
                sid.to_owned()
            }
            _ => format!("#{}", statement.index + 1),
        }
    }
}

/// Each of them is compared with every action there is.
const MOST_OPEN_PREFIXES: usize = 500;

/// What would take too long to judge; who writes so many wildcards means all services.
fn too_complex(policy: &Policy<'_>) -> Option<Fault> {
    let texts = policy
        .statements()
        .iter()
        .flat_map(|one| match &one.action {
            Selection::Only(texts) | Selection::AllBut(texts) => texts,
        });
    let mut open = texts.filter(|text| {
        let prefix = text.value.split_once(':').map(|(prefix, _)| prefix);
        prefix.is_some_and(|prefix| prefix.contains(['*', '?']))
    });
    let first_too_many = open.nth(MOST_OPEN_PREFIXES)?;
    let message = format!(
        "more than {MOST_OPEN_PREFIXES} actions have a wildcard before the colon; name their \
         services"
    );
    Some(Fault::policy(first_too_many.offset, message))
}

fn repeated_sids<'a>(policy: &Policy<'a>) -> Vec<Cow<'a, str>> {
    let sids = policy
        .statements()
        .iter()
        .filter_map(|one| one.sid.as_ref());
    let mut sids: Vec<&Cow<'a, str>> = sids.filter(|sid| !sid.is_empty()).collect();
    sids.sort_unstable();
    let groups = sids.chunk_by(|a, b| a == b);
    let repeated = groups.filter(|group| group.len() > 1);
    repeated
        .filter_map(|group| group.first().map(|sid| (*sid).clone()))
        .collect()
}

/// A role with all its policies, read already.
#[derive(Debug, Clone, Copy)]
pub struct ParsedSubject<'s, 'a> {
    /// The partition: `aws`.
    pub partition: &'s str,
    /// The account, where it is known.
    pub account: Option<&'s str>,
    /// The Region, for suggestions, where it is known.
    pub region: Option<&'s str>,
    /// The identity policies, in any order.
    pub policies: &'s [&'s ParsedDocument<'a>],
    /// The permissions boundary.
    pub boundary: Option<&'s ParsedDocument<'a>>,
    /// The severity from which findings carry a suggestion, which takes longer than the verdict;
    /// none for no suggestions.
    pub suggest_from: Option<Severity>,
}

impl<'s> ParsedSubject<'s, '_> {
    /// Whose policies they are, without the policies.
    pub(super) fn setting(&self) -> Subject<'s> {
        Subject {
            partition: self.partition,
            account: self.account,
            region: self.region,
            policies: &[],
            boundary: None,
        }
    }
}

/// A document as IAM's API gives it, percent-decoded once; other texts stay as they are. A plus
/// sign means a plus sign.
#[must_use]
pub fn percent_decoded(text: &str) -> Cow<'_, str> {
    if !text.trim_start().starts_with('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let decoded = (*first == b'%')
            .then(|| behind.split_at_checked(2))
            .flatten();
        let decoded = decoded.and_then(|(digits, after)| Some((hexadecimal(digits)?, after)));
        let (byte, after) = decoded.unwrap_or((*first, behind));
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Whether a text can be the name of a partition: `aws`, `aws-cn`, `aws-iso-b`.
#[must_use]
pub fn is_partition(name: &str) -> bool {
    let more = name.strip_prefix("aws-");
    let plain = |more: &str| more.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    name == "aws" || more.is_some_and(|more| !more.is_empty() && plain(more))
}

/// The partition that a document is about: that of its first ARN outside `aws`, else `aws`.
#[must_use]
pub fn partition_of(text: &str) -> &str {
    // A percent-encoded colon ends in a letter, which can be large or small.
    let (colon, letters): (&str, &[char]) = match text.trim_start().starts_with('%') {
        true => ("%3", &['A', 'a']),
        false => (":", &[]),
    };
    let start = ["arn", colon].concat();
    let named = text.split(&start).skip(1).filter_map(|behind| {
        let behind = behind.strip_prefix(letters).unwrap_or(behind);
        behind.split_once(colon).map(|(name, _)| name)
    });
    let mut named = named.filter(|name| *name != "aws" && is_partition(name));
    named.next().unwrap_or("aws")
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    digits.iter().try_fold(0, |number: u8, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        Some(number << 4 | u8::try_from(digit).ok()?)
    })
}
