//! To whom else a bucket policy opens the log.
//!
//! A statement is told of if it lets anybody but the accounts that are known to be ours read,
//! write or delete log files, or change what keeps them. AWS services and the accounts of an
//! organization are not others: whose organization a condition names is not known here.

mod limit;
mod who;

use crate::decide::StatementRef;
use crate::document::{Effect, Policy, Selection, Statement, Text};
use crate::error::PolicyError;
use crate::matching::{Pattern, action_matches};
use limit::Limit;

/// The log in its bucket, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPlace {
    /// The partition, such as `aws`.
    pub partition: String,
    /// The name of the bucket.
    pub bucket: String,
    /// The folder below which the log files are, with a slash at its end: `AWSLogs/111122223333/`.
    pub folder: String,
    /// The accounts that are not others.
    pub accounts: Vec<String>,
}

/// Who else is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Openness {
    /// Somebody who is named, or whoever comes from a place that is.
    Others,
    /// Everybody.
    Public,
}

/// A statement that lets others in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    /// The statement.
    pub statement: StatementRef,
    /// Who else.
    pub openness: Openness,
    /// The principal as written; `everybody` for all.
    pub principal: String,
    /// The first action that matters of those it allows.
    pub action: &'static str,
}

/// What reads, makes, changes or deletes objects.
const OBJECT_ACTIONS: [&str; 7] = [
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:PutObjectAcl",
    "s3:PutObjectVersionAcl",
];

/// What lets somebody in, has objects deleted, or takes the bucket away.
const BUCKET_ACTIONS: [&str; 6] = [
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutLifecycleConfiguration",
    "s3:PutReplicationConfiguration",
    "s3:DeleteBucket",
];

/// The statements of a bucket policy that open the log to others, in order.
///
/// # Errors
/// The text is not a policy.
pub fn bucket_exposures(policy: &str, place: &LogPlace) -> Result<Vec<Exposure>, PolicyError> {
    let policy = Policy::parse(policy)?;
    let case = Case::new(&policy, place);
    let allows = policy.statements().iter();
    Ok(allows
        .filter(|statement| statement.effect == Effect::Allow)
        .filter_map(|statement| case.exposure(statement))
        .collect())
}

struct Case<'c> {
    policy: &'c Policy<'c>,
    place: &'c LogPlace,
    objects: Pattern,
    bucket: Pattern,
}

impl<'c> Case<'c> {
    fn new(policy: &'c Policy<'c>, place: &'c LogPlace) -> Self {
        let bucket = format!("arn:{}:s3:::{}", place.partition, place.bucket);
        let folder = Pattern::literal(&format!("{bucket}/{}", place.folder));
        Self {
            policy,
            place,
            objects: folder.join(Pattern::plain("*")),
            bucket: Pattern::literal(&bucket),
        }
    }

    fn exposure(&self, statement: &Statement<'_>) -> Option<Exposure> {
        let let_in = who::let_in(statement, &self.place.accounts)?;
        let allowed = |action: &&'static str| {
            self.concerns(statement, action, TOUCHES) && self.limit(statement, action) > Limit::Ours
        };
        let action = OBJECT_ACTIONS
            .iter()
            .chain(&BUCKET_ACTIONS)
            .copied()
            .find(allowed)?;
        let is_public = let_in.is_everybody && self.limit(statement, action) == Limit::None;
        Some(Exposure {
            statement: StatementRef::of(statement),
            openness: if is_public {
                Openness::Public
            } else {
                Openness::Others
            },
            principal: let_in.name,
            action,
        })
    }

    /// What the statement's own conditions, and any Deny, leave of whom it lets in.
    fn limit(&self, statement: &Statement<'_>, action: &str) -> Limit {
        let own = limit::of_allow(&statement.conditions, &self.place.accounts);
        let denies = self.policy.statements().iter().filter(|deny| {
            deny.effect == Effect::Deny
                && who::is_everybody(deny)
                && self.concerns(deny, action, COVERS)
        });
        denies
            .map(|deny| limit::of_deny(&deny.conditions, &self.place.accounts))
            .chain([own])
            .min()
            .unwrap_or(own)
    }

    /// Whether the statement is about this action on the log: on some of it, or on all.
    fn concerns(&self, statement: &Statement<'_>, action: &str, compare: Compare) -> bool {
        let target = if BUCKET_ACTIONS.contains(&action) {
            &self.bucket
        } else {
            &self.objects
        };
        let named = |texts: &[Text<'_>]| {
            let mut texts = texts.iter();
            texts.any(|text| action_matches(&text.value, action))
        };
        let is_meant = match &statement.action {
            Selection::Only(texts) => named(texts),
            Selection::AllBut(texts) => !named(texts),
        };
        let variables = self.policy.has_variables();
        let hit = |texts: &[Text<'_>], compare: fn(&Pattern, &Pattern) -> bool| {
            let mut texts = texts.iter();
            texts.any(|text| compare(&Pattern::resource(&text.value, variables), target))
        };
        is_meant
            && match &statement.resource {
                None => false,
                Some(Selection::Only(texts)) => hit(texts, compare.only),
                Some(Selection::AllBut(texts)) => !hit(texts, compare.all_but),
            }
    }
}

/// How the resources of a statement are compared with the log.
#[derive(Clone, Copy)]
struct Compare {
    only: fn(&Pattern, &Pattern) -> bool,
    all_but: fn(&Pattern, &Pattern) -> bool,
}

/// Some of the log.
const TOUCHES: Compare = Compare {
    only: Pattern::touches,
    all_but: Pattern::covers,
};

/// All of the log.
const COVERS: Compare = Compare {
    only: Pattern::covers,
    all_but: Pattern::touches,
};
