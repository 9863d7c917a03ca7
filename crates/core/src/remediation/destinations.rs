//! What a repair may make a trail deliver to, whatever the payload asks for.
//!
//! The remediator obeys its payload, and whoever may start the runbook writes that. With this list
//! it obeys only where the trail's files stay with those who are meant to have them.

use super::parameters::{BASELINE, BUCKET, BUCKET_OWNER, KEY, LOG_GROUP, LOG_GROUP_ROLE, TOPIC};
use super::request::RepairRequest;
use crate::escape;
use crate::identity::{Arn, Caller};
use crate::naming::{self, Expected};
use crate::parameter::items;

/// The most of a value that is repeated: the longest that the runbook takes for any but a role.
const SHOWN: usize = 128;

/// One thing that is listed. Its kind is told by its form, so that a bucket that somebody names
/// like an account or a key does not pass for either.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Listed {
    Account(String),
    Sha256(String),
    /// A key's id, which KMS chooses.
    KeyId(String),
    /// A log group's ARN, without the `:*` that people leave out.
    LogGroup(String),
    /// An ARN, an alias, or a name: of a bucket or of a topic of this account.
    Other(String),
}

/// The values that a repair may be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destinations(Vec<Listed>);

/// A repair that was asked to deliver to, or to encrypt with, what is not listed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "destination-not-allowed: {parameter} asks for `{value}`, which is not in the function's list \
     TRAILKEEPER_DESTINATIONS, and nothing was read or written; see who started the run, and if \
     it was meant change the stack's parameters, from which the list is made"
)]
pub struct NotAllowed {
    /// The runbook's parameter.
    pub parameter: &'static str,
    /// What it asked for, fit to be shown.
    pub value: String,
}

impl NotAllowed {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        "destination-not-allowed"
    }
}

impl Destinations {
    /// Reads the list: items with a comma between; empty ones do not count.
    ///
    /// # Errors
    /// The item that is none of what can be listed, or the whole text where it lists nothing, fit
    /// to be shown, with what should have been there.
    pub fn parse(text: &str) -> Result<Self, (String, Expected)> {
        const EXPECTED: Expected = "names of buckets and topics, ids of accounts, ids, ARNs and \
            aliases of keys, ARNs of topics, log groups and roles, and hashes of baselines, with \
            a comma between";
        let mut all = Vec::new();
        for item in items(text) {
            let item = listed_as(item).ok_or_else(|| (escape::cut(item, SHOWN), EXPECTED))?;
            all.push(item);
        }
        match all.is_empty() {
            true => Err((escape::cut(text, SHOWN), EXPECTED)),
            false => Ok(Self(all)),
        }
    }

    /// Whether everything that the request asks for is listed. What it does not ask for keeps what
    /// the trail has. A name stands for what this account has by it.
    ///
    /// # Errors
    /// The first value that is not.
    pub fn check(&self, request: &RepairRequest, caller: &Caller) -> Result<(), NotAllowed> {
        let owner = request.bucket_owner.as_ref().map(ToString::to_string);
        let asked = [
            (BUCKET, Some(request.bucket.as_str())),
            (BUCKET_OWNER, owner.as_deref()),
            (KEY, request.kms_key_id.as_deref()),
            (TOPIC, request.sns_topic.as_deref()),
            (LOG_GROUP, request.log_group_arn.as_deref()),
            (LOG_GROUP_ROLE, request.log_group_role_arn.as_deref()),
            // It says which key, topic and log group the trail had, and gets them back.
            (BASELINE, request.baseline_sha256.as_deref()),
        ];
        for (parameter, value) in asked {
            let Some(value) = value.filter(|value| !value.is_empty()) else {
                continue;
            };
            if !self.has(parameter, value, caller) {
                let value = escape::cut(value, SHOWN);
                return Err(NotAllowed { parameter, value });
            }
        }
        Ok(())
    }

    fn has(&self, parameter: &str, value: &str, caller: &Caller) -> bool {
        self.0.iter().any(|listed| match listed {
            Listed::Account(one) => parameter == BUCKET_OWNER && one == value,
            Listed::Sha256(one) => parameter == BASELINE && one == value,
            Listed::KeyId(one) => parameter == KEY && is_key(one, value, caller),
            Listed::LogGroup(one) => parameter == LOG_GROUP && one == without_streams(value),
            Listed::Other(one) => match parameter {
                KEY => one == value || is_key(value, one, caller),
                TOPIC => {
                    one == value || is_topic(one, value, caller) || is_topic(value, one, caller)
                }
                BUCKET | LOG_GROUP_ROLE => one == value,
                _ => false,
            },
        })
    }
}

/// What an item is by its form; none: nothing that can be listed.
fn listed_as(item: &str) -> Option<Listed> {
    let text = item.to_owned();
    if naming::account(item).is_ok() {
        return Some(Listed::Account(text));
    }
    if let Ok(hash) = naming::sha256(item) {
        return Some(Listed::Sha256(hash));
    }
    if is_key_id(item) {
        return Some(Listed::KeyId(text));
    }
    if naming::log_group(item).is_ok() {
        return Some(Listed::LogGroup(without_streams(item).to_owned()));
    }
    let is_key = item.contains('/') && naming::key(item).is_ok();
    let is_known = is_key
        || naming::bucket(item).is_ok()
        || naming::topic(item).is_ok()
        || naming::role(item).is_ok();
    is_known.then_some(Listed::Other(text))
}

/// The form of the ids that KMS gives: a UUID, or `mrk-` and as many digits.
fn is_key_id(text: &str) -> bool {
    let is_hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    if let Some(digits) = text.strip_prefix("mrk-") {
        return digits.len() == 32 && is_hex(digits);
    }
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [8, 4, 4, 4, 12] && parts.into_iter().all(is_hex)
}

/// Whether the id and the other text, an id or a key's ARN, are the same key. KMS looks an id up
/// in the account that asks.
fn is_key(id: &str, other: &str, caller: &Caller) -> bool {
    is_key_id(id) && (id == other || is_own(other, "kms", &format!("key/{id}"), caller))
}

/// Whether the ARN is that of the topic that CloudTrail finds in this account by the name.
fn is_topic(name: &str, arn: &str, caller: &Caller) -> bool {
    is_own(arn, "sns", name, caller)
}

fn is_own(arn: &str, service: &str, resource: &str, caller: &Caller) -> bool {
    let Ok(arn) = arn.parse::<Arn>() else {
        return false;
    };
    arn.service == service && arn.resource == resource && arn.is_owned_by(&caller.account)
}

fn without_streams(group: &str) -> &str {
    group.strip_suffix(":*").unwrap_or(group)
}
