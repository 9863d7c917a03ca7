//! What AWS allows as the name of a thing, for names that come in as parameters.
//!
//! Each check answers what the text should have been, so that the caller can say it.

use crate::identity::{AccountId, Arn, Region};

/// What a parameter's text should have been: `a bucket name (…)`.
pub(crate) type Expected = &'static str;

const TRAIL: Expected = "a trail name (3 to 128 letters, digits, `.`, `_` or `-`) or a trail ARN";
const BUCKET: Expected =
    "a bucket name (3 to 63 lower-case letters, digits, `.` or `-`, not an IP address)";
const TOPIC_ARN: Expected = "the ARN of an SNS topic";
const TOPIC: Expected = "the name or the ARN of an SNS topic";
const LOG_GROUP: Expected = "the ARN of a CloudWatch Logs log group";
const ROLE: Expected = "the ARN of an IAM role";
/// A list of instance profiles.
pub(crate) const PROFILES: Expected =
    "ARNs of instance profiles, path included, with a comma between";
const KEY: Expected = "a KMS key id, a key ARN or an alias";
const SHA256: Expected = "a SHA-256 in 64 hexadecimal digits";
const PREFIX: Expected = "a key prefix of at most 200 characters";

/// A trail, by name or by ARN.
pub(crate) fn trail(text: &str) -> Result<String, Expected> {
    let by_arn = || {
        let name = arn_of("cloudtrail", text)?.resource;
        name.strip_prefix("trail/").map(is_trail_name)
    };
    keep_if(is_trail_name(text) || by_arn() == Some(true), text, TRAIL)
}

/// A general purpose bucket.
pub(crate) fn bucket(text: &str) -> Result<String, Expected> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let shaped = (3..=63).contains(&text.len())
        && text
            .bytes()
            .all(|byte| plain(byte) || byte == b'.' || byte == b'-')
        && text.bytes().next().is_some_and(plain)
        && text.bytes().last().is_some_and(plain)
        && !text.contains("..")
        && !is_ip_address(text);
    keep_if(shaped, text, BUCKET)
}

/// An account id.
pub(crate) fn account(text: &str) -> Result<AccountId, Expected> {
    text.parse()
        .map_err(|_| "an account id of exactly 12 digits")
}

/// A topic, by ARN.
pub(crate) fn topic_arn(text: &str) -> Result<String, Expected> {
    let known = arn_of("sns", text).is_some_and(|arn| is_topic_name(&arn.resource));
    keep_if(known, text, TOPIC_ARN)
}

/// A topic, by name or by ARN.
pub(crate) fn topic(text: &str) -> Result<String, Expected> {
    if is_topic_name(text) {
        return Ok(text.to_owned());
    }
    topic_arn(text).map_err(|_| TOPIC)
}

/// A log group.
pub(crate) fn log_group(text: &str) -> Result<String, Expected> {
    let named = |arn: Arn| is_clean(&arn.resource) && tail_of(&arn, "log-group:").is_some();
    keep_if(arn_of("logs", text).is_some_and(named), text, LOG_GROUP)
}

/// A role.
pub(crate) fn role(text: &str) -> Result<String, Expected> {
    keep_if(role_arn(text).is_some(), text, ROLE)
}

/// A role, as an ARN.
pub(crate) fn role_arn(text: &str) -> Option<Arn> {
    iam_arn("role/", text)
}

/// An instance profile, by ARN.
pub(crate) fn instance_profile_arn(text: &str) -> Result<Arn, Expected> {
    iam_arn("instance-profile/", text).ok_or(PROFILES)
}

/// A key, by id, ARN or alias.
pub(crate) fn key(text: &str) -> Result<String, Expected> {
    let is_id = |id: &str| {
        (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let is_alias = |name: &str| (1..=250).contains(&name.len()) && is_clean(name);
    let by_arn = |arn: Arn| {
        tail_of(&arn, "key/").is_some_and(is_id) || tail_of(&arn, "alias/").is_some_and(is_alias)
    };
    let known = is_id(text)
        || text.strip_prefix("alias/").is_some_and(is_alias)
        || arn_of("kms", text).is_some_and(by_arn);
    keep_if(known, text, KEY)
}

/// A SHA-256, in lower case whatever was given.
pub(crate) fn sha256(text: &str) -> Result<String, Expected> {
    let shaped = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    keep_if(shaped, &text.to_ascii_lowercase(), SHA256)
}

/// A prefix in a bucket.
pub(crate) fn key_prefix(text: &str) -> Result<String, Expected> {
    let shaped = text.chars().count() <= 200 && !text.chars().any(char::is_control);
    keep_if(shaped, text, PREFIX)
}

/// CloudTrail's rules: letters and digits at both ends, no two punctuation marks side by side,
/// nothing that looks like an IP address.
fn is_trail_name(text: &str) -> bool {
    let is_mark = |byte: u8| matches!(byte, b'.' | b'_' | b'-');
    let bytes = text.as_bytes();
    let at_ends = [bytes.first(), bytes.last()];
    (3..=128).contains(&bytes.len())
        && bytes
            .iter()
            .all(|&byte| byte.is_ascii_alphanumeric() || is_mark(byte))
        && at_ends.into_iter().flatten().all(u8::is_ascii_alphanumeric)
        && bytes
            .iter()
            .zip(bytes.iter().skip(1))
            .all(|(&a, &b)| !(is_mark(a) && is_mark(b)))
        && !is_ip_address(text)
}

fn is_topic_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=256).contains(&text.len()) && text.bytes().all(plain)
}

fn is_ip_address(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    parts.len() == 4 && parts.iter().all(is_number)
}

fn is_clean(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| !c.is_control() && !c.is_whitespace())
}

fn tail_of<'a>(arn: &'a Arn, start: &str) -> Option<&'a str> {
    arn.resource
        .strip_prefix(start)
        .filter(|tail| !tail.is_empty())
}

fn parsed_arn(service: &str, text: &str) -> Option<Arn> {
    let arn: Arn = text.parse().ok()?;
    let in_aws = arn.partition == "aws" || arn.partition.starts_with("aws-");
    (in_aws && arn.service == service).then_some(arn)
}

/// An ARN of IAM whose resource begins with `kind`.
fn iam_arn(kind: &str, text: &str) -> Option<Arn> {
    parsed_arn("iam", text).filter(|arn| {
        arn.region.is_empty()
            && arn.account.parse::<AccountId>().is_ok()
            && is_clean(&arn.resource)
            && tail_of(arn, kind).is_some()
    })
}

/// An ARN of `service` that names Region and account.
fn arn_of(service: &str, text: &str) -> Option<Arn> {
    parsed_arn(service, text).filter(|arn| {
        arn.region.parse::<Region>().is_ok() && arn.account.parse::<AccountId>().is_ok()
    })
}

fn keep_if(good: bool, text: &str, expected: Expected) -> Result<String, Expected> {
    if good {
        Ok(text.to_owned())
    } else {
        Err(expected)
    }
}
