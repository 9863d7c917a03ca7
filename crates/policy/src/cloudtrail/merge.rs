//! Adding statements to a policy by splicing its text.

use std::collections::BTreeSet;

use super::GrantCheck;
use super::splice::{self, fresh};
use super::statement::Draft;
use crate::decide::{Decision, StatementRef};
use crate::document::Policy;
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
         remove it or spell it otherwise"
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

/// Refuses what no added statement can repair. A Deny that only may apply stands in the way of
/// nothing that is missing.
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
    if checks.iter().any(GrantCheck::lacks_allow) {
        return Ok(());
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
                (
                    splice::spliced(policy, &self.drafts, &sids, self.limit),
                    sids,
                )
            }
        };
        if text.len() > self.limit {
            return Err(MergeError::TooLarge {
                size: text.len(),
                limit: self.limit,
            });
        }
        let checks = grants(&Policy::parse(&text)?);
        // a Deny that may apply has done so before, and does not make the addition useless
        match checks.into_iter().find(GrantCheck::lacks_allow) {
            None => Ok(Merge::Updated { text, added }),
            Some(GrantCheck {
                action, resource, ..
            }) => Err(MergeError::Ineffective { action, resource }),
        }
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
