//! Adding statements to a policy by splicing its text.

use std::collections::BTreeSet;

use super::GrantCheck;
use super::statement::{Draft, Layout};
use crate::decide::{Decision, StatementRef};
use crate::document::{Policy, StatementBlock};
use crate::error::{Place, PolicyError};

/// The most bytes a bucket policy may have.
pub const BUCKET_POLICY_LIMIT: usize = 20_480;
/// The most bytes a key policy may have.
pub const KEY_POLICY_LIMIT: usize = 32_768;

/// What a merge came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merge {
    /// Everything needed is granted already.
    NotNeeded,
    /// The policy with the missing statements.
    Updated {
        /// The whole new policy.
        text: String,
        /// The `Sid` of every statement that was added, in order.
        added: Vec<String>,
    },
}

/// Why a policy cannot be merged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// The policy is not valid.
    #[error("the policy cannot be read, so nothing may be added to it; correct it by hand")]
    Invalid(#[from] PolicyError),
    /// A statement of somebody else forbids CloudTrail.
    #[error(
        "{statement} denies CloudTrail {action} on {resource}, and no added statement can undo a \
         Deny; exempt cloudtrail.amazonaws.com there, for instance with the condition Bool \
         aws:PrincipalIsAWSService false"
    )]
    ForeignDeny {
        /// The statement.
        statement: StatementRef,
        /// The action it denies.
        action: &'static str,
        /// What it denies it on.
        resource: String,
    },
    /// A statement of somebody else may forbid CloudTrail.
    #[error(
        "{statement} may deny CloudTrail {action} on {resource}: its condition depends on facts \
         that cannot be known beforehand; exempt cloudtrail.amazonaws.com there, for instance \
         with the condition Bool aws:PrincipalIsAWSService false"
    )]
    Undetermined {
        /// The statement.
        statement: StatementRef,
        /// The action it may deny.
        action: &'static str,
        /// What it may deny it on.
        resource: String,
    },
    /// The result would be too large.
    #[error(
        "with the statements CloudTrail needs the policy would have {size} bytes, more than the \
         {limit} AWS takes; shorten or remove statements of it first"
    )]
    TooLarge {
        /// The bytes it would have.
        size: usize,
        /// The most it may have.
        limit: usize,
    },
    /// The result holds a character KMS does not take.
    #[error(
        "the key policy holds the character {character:?} at {place}, which KMS does not take; \
         remove it or write it as a JSON escape"
    )]
    BadCharacters {
        /// The first such character.
        character: char,
        /// Where it stands in the new policy.
        place: Place,
    },
    /// The documented statements do not do what they must for this trail.
    #[error(
        "the documented statements would not let CloudTrail do {action} on {resource}; check that \
         trail, account and partition belong together"
    )]
    Ineffective {
        /// The action still not granted.
        action: &'static str,
        /// What it is not granted on.
        resource: String,
    },
}

impl MergeError {
    /// The stable code, such as `foreign-deny`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid(error) => error.code(),
            Self::ForeignDeny { .. } => "foreign-deny",
            Self::Undetermined { .. } => "undetermined-deny",
            Self::TooLarge { .. } => "policy-too-large",
            Self::BadCharacters { .. } => "bad-characters",
            Self::Ineffective { .. } => "ineffective-merge",
        }
    }
}

/// Refuses what no added statement can repair; a certain Deny is named first.
pub(super) fn refuse_blocked(checks: &[GrantCheck]) -> Result<(), MergeError> {
    for check in checks {
        if let Decision::Denied { statement } = &check.decision {
            let (statement, resource) = (statement.clone(), check.resource.clone());
            return Err(MergeError::ForeignDeny {
                statement,
                action: check.action,
                resource,
            });
        }
    }
    for check in checks {
        if let Decision::Undetermined { statement } = &check.decision {
            let (statement, resource) = (statement.clone(), check.resource.clone());
            return Err(MergeError::Undetermined {
                statement,
                action: check.action,
                resource,
            });
        }
    }
    Ok(())
}

/// Refuses characters outside those KMS takes in a key policy.
pub(super) fn refuse_characters(text: &str) -> Result<(), MergeError> {
    let taken = |character| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{FF}');
    match text
        .char_indices()
        .find(|(_, character)| !taken(*character))
    {
        None => Ok(()),
        Some((offset, character)) => Err(MergeError::BadCharacters {
            character,
            place: Place::of(text, offset),
        }),
    }
}

/// One merge.
pub(super) struct Job<'j> {
    pub(super) policy: Option<&'j Policy<'j>>,
    pub(super) drafts: Vec<Draft>,
    pub(super) limit: usize,
    /// What stands between a documented `Sid` and a number, if it is taken.
    pub(super) sid_separator: &'static str,
}

impl Job<'_> {
    /// Adds the drafts, and asks the new policy whether they help.
    pub(super) fn run(
        self,
        grants: impl Fn(&Policy<'_>) -> Vec<GrantCheck>,
    ) -> Result<Merge, MergeError> {
        if self.drafts.is_empty() {
            return Ok(Merge::NotNeeded);
        }
        let (text, added) = match self.policy {
            None => (
                fresh(&self.drafts),
                self.drafts.iter().map(|d| d.sid.to_owned()).collect(),
            ),
            Some(policy) => {
                let sids = self.free_sids(policy);
                (self.spliced(policy, &sids), sids)
            }
        };
        if text.len() > self.limit {
            return Err(MergeError::TooLarge {
                size: text.len(),
                limit: self.limit,
            });
        }
        let checks = grants(&Policy::parse(&text)?);
        match checks.into_iter().find(|check| !check.is_allowed()) {
            None => Ok(Merge::Updated { text, added }),
            Some(GrantCheck {
                action, resource, ..
            }) => Err(MergeError::Ineffective { action, resource }),
        }
    }

    /// The text with the drafts, set out like the rest of it if that fits.
    fn spliced(&self, policy: &Policy<'_>, sids: &[String]) -> String {
        let layout = layout_of(policy);
        let text = splice(policy, &self.drafts, sids, &layout);
        if text.len() > self.limit && layout != Layout::Compact {
            return splice(policy, &self.drafts, sids, &Layout::Compact);
        }
        text
    }

    /// The documented `Sid`s, numbered where another statement has them.
    fn free_sids(&self, policy: &Policy<'_>) -> Vec<String> {
        let mut taken: BTreeSet<String> = policy
            .statements()
            .iter()
            .filter_map(|statement| statement.sid.as_deref().map(str::to_owned))
            .collect();
        let mut sids = Vec::new();
        for Draft { sid, .. } in &self.drafts {
            let numbered = (2_usize..).map(|number| format!("{sid}{}{number}", self.sid_separator));
            let free = std::iter::once((*sid).to_owned())
                .chain(numbered)
                .find(|candidate| !taken.contains(candidate));
            let free = free.unwrap_or_default();
            taken.insert(free.clone());
            sids.push(free);
        }
        sids
    }
}

/// A new document of these statements alone.
pub(super) fn fresh(drafts: &[Draft]) -> String {
    let layout = Layout::Lines {
        before: "\n    ".to_owned(),
        step: "  ".to_owned(),
    };
    let statements: Vec<String> = drafts.iter().map(|d| d.write(d.sid, &layout)).collect();
    let list = match statements.as_slice() {
        [] => String::new(),
        some => format!("\n    {}\n  ", some.join(",\n    ")),
    };
    format!("{{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{list}]\n}}\n")
}

/// Puts the new statements behind the last one; nothing else changes.
fn splice(policy: &Policy<'_>, drafts: &[Draft], sids: &[String], layout: &Layout) -> String {
    let text = policy.text();
    let spans = policy.statements().first().zip(policy.statements().last());
    let (opening, at, closing) = match (policy.block(), spans) {
        (StatementBlock::Single, Some((first, last))) => {
            (Some(first.span.start), last.span.end, "]")
        }
        (StatementBlock::List(_), Some((_, last))) => (None, last.span.end, ""),
        (StatementBlock::List(span), None) => (None, span.start + 1, ""),
        (StatementBlock::Single, None) => (None, text.len(), ""),
    };
    let mut out = String::with_capacity(text.len() + 600 * drafts.len());
    let start = opening.unwrap_or(at);
    out.push_str(text.get(..start).unwrap_or_default());
    if opening.is_some() {
        out.push('[');
    }
    out.push_str(text.get(start..at).unwrap_or_default());
    for (index, (draft, sid)) in drafts.iter().zip(sids).enumerate() {
        if index > 0 || spans.is_some() {
            out.push(',');
        }
        layout.new_line(0, &mut out);
        out.push_str(&draft.write(sid, layout));
    }
    out.push_str(closing);
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// How the statements of a document are set out: by lines if the last one
/// begins a line of its own.
fn layout_of(policy: &Policy<'_>) -> Layout {
    let Some(last) = policy.statements().last() else {
        return Layout::Compact;
    };
    let before = policy.text().get(..last.span.start).unwrap_or_default();
    let margin = before.rsplit('\n').next().unwrap_or_default();
    let own_line = before.contains('\n') && margin.bytes().all(|byte| matches!(byte, b' ' | b'\t'));
    if !own_line {
        return Layout::Compact;
    }
    let end = if before.ends_with(&format!("\r\n{margin}")) {
        "\r\n"
    } else {
        "\n"
    };
    Layout::Lines {
        before: format!("{end}{margin}"),
        step: step_below(policy, margin),
    }
}

/// The further indentation of what is inside the last statement.
fn step_below(policy: &Policy<'_>, margin: &str) -> String {
    let inside = policy
        .statements()
        .last()
        .and_then(|last| policy.source(last).lines().nth(1));
    let step = inside
        .and_then(|line| line.strip_prefix(margin))
        .map(|rest| {
            let width = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            rest.get(..width).unwrap_or_default()
        });
    step.filter(|step| !step.is_empty())
        .unwrap_or("  ")
        .to_owned()
}
