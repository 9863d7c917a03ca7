//! Reading and checking the input of a call, and the errors in IAM's words.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::call::{ApiError, Call};

/// What a text may consist of.
#[derive(Debug, Clone, Copy)]
enum Form {
    Any,
    /// A name of something.
    Name,
    /// A path, from slash to slash.
    Path,
    /// The beginning of a path.
    Prefix,
    /// `v1` and so on.
    Version,
    /// The letters that documents may hold.
    Document,
}

impl Form {
    fn pattern(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::Name => "[\\w+=,.@-]+",
            Self::Path => "(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)",
            Self::Prefix => "\\u002F[\\u0021-\\u007F]*",
            Self::Version => "v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?",
            Self::Document => "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+",
        }
    }

    fn fits(self, text: &str) -> bool {
        let visible = |text: &str| text.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
        match self {
            Self::Any => true,
            Self::Name => text
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "_+=,.@-".contains(letter)),
            Self::Path => text.starts_with('/') && text.ends_with('/') && visible(text),
            Self::Prefix => text.starts_with('/') && visible(text),
            Self::Version => {
                let number = text.strip_prefix('v').unwrap_or_default();
                let number = number.split('.').next().unwrap_or_default();
                !number.starts_with('0') && number.parse::<u32>().is_ok()
            }
            Self::Document => text
                .chars()
                .all(|letter| "\t\n\r".contains(letter) || (' '..='\u{ff}').contains(&letter)),
        }
    }
}

/// The text members, with their shortest and longest length.
const TEXTS: [(&str, usize, usize, Form); 17] = [
    ("RoleName", 1, 64, Form::Name),
    ("UserName", 1, 128, Form::Name),
    ("AccessKeyId", 16, 128, Form::Name),
    ("AWSServiceName", 1, 128, Form::Name),
    ("PolicyName", 1, 128, Form::Name),
    ("InstanceProfileName", 1, 128, Form::Name),
    ("PolicyArn", 20, 2048, Form::Any),
    ("PermissionsBoundary", 20, 2048, Form::Any),
    ("PolicyDocument", 1, 131_072, Form::Document),
    ("AssumeRolePolicyDocument", 1, 131_072, Form::Document),
    ("Description", 0, 1000, Form::Any),
    ("Path", 1, 512, Form::Path),
    ("PathPrefix", 1, 512, Form::Prefix),
    ("Marker", 1, 320, Form::Any),
    ("VersionId", 1, 100, Form::Version),
    ("EntityFilter", 1, 20, Form::Any),
    ("PolicyUsageFilter", 1, 20, Form::Any),
];

const NUMBERS: [(&str, u64, u64); 2] =
    [("MaxItems", 1, 1000), ("MaxSessionDuration", 3600, 43_200)];

/// Members with a fixed set of values.
const CHOICES: [(&str, &[&str]); 3] = [
    (
        "EntityFilter",
        &[
            "User",
            "Role",
            "Group",
            "LocalManagedPolicy",
            "AWSManagedPolicy",
        ],
    ),
    (
        "PolicyUsageFilter",
        &["PermissionsPolicy", "PermissionsBoundary"],
    ),
    ("Scope", &["All", "AWS", "Local"]),
];

/// Checks the form of every member that is given.
pub(super) fn check(call: &Call) -> Result<(), ApiError> {
    for (name, shortest, longest, form) in TEXTS {
        let Some(text) = text(call, name)? else {
            continue;
        };
        let length = text.chars().count();
        if length < shortest {
            let rule = format!("Member must have length greater than or equal to {shortest}");
            return Err(violated(name, text, &rule));
        }
        if length > longest {
            let rule = format!("Member must have length less than or equal to {longest}");
            return Err(violated(name, text, &rule));
        }
        if !form.fits(text) {
            let pattern = form.pattern();
            let rule = format!("Member must satisfy regular expression pattern: {pattern}");
            return Err(violated(name, text, &rule));
        }
    }
    for (name, least, most) in NUMBERS {
        let Some(value) = given(call, name) else {
            continue;
        };
        let fits = value
            .as_u64()
            .is_some_and(|number| (least..=most).contains(&number));
        if !fits {
            let rule = format!("Member must have value between {least} and {most}");
            return Err(violated(name, &value.to_string(), &rule));
        }
    }
    for (name, known) in CHOICES {
        if let Some(text) = text(call, name)?.filter(|text| !known.contains(text)) {
            return Err(violated(name, text, &enumeration(known)));
        }
    }
    Ok(())
}

fn enumeration(known: &[&str]) -> String {
    format!("Member must satisfy enum value set: [{}]", known.join(", "))
}

/// The members of a list of words, each of which must be known.
pub(super) fn words<'a>(
    call: &'a Call,
    name: &str,
    known: &[&str],
) -> Result<Vec<&'a str>, ApiError> {
    let items = given(call, name).and_then(Value::as_array);
    items
        .into_iter()
        .flatten()
        .map(|item| {
            let word = item.as_str().filter(|word| known.contains(word));
            word.ok_or_else(|| violated(name, &item.to_string(), &enumeration(known)))
        })
        .collect()
}

fn given<'a>(call: &'a Call, name: &str) -> Option<&'a Value> {
    call.input.get(name).filter(|value| !value.is_null())
}

pub(super) fn text<'a>(call: &'a Call, name: &str) -> Result<Option<&'a str>, ApiError> {
    given(call, name)
        .map(|value| {
            let text = value.as_str();
            text.ok_or_else(|| violated(name, &value.to_string(), "Member must be a string"))
        })
        .transpose()
}

pub(super) fn needed<'a>(call: &'a Call, name: &str) -> Result<&'a str, ApiError> {
    text(call, name)?.ok_or_else(|| {
        let text = format!(
            "1 validation error detected: Value null at '{}' failed to satisfy constraint: \
             Member must not be null",
            first_small(name)
        );
        error("ValidationError", text)
    })
}

pub(super) fn number(call: &Call, name: &str) -> Option<u64> {
    given(call, name)?.as_u64()
}

pub(super) fn flag(call: &Call, name: &str) -> Result<bool, ApiError> {
    match given(call, name) {
        None => Ok(false),
        Some(value) => value
            .as_bool()
            .ok_or_else(|| violated(name, &value.to_string(), "Member must be a boolean")),
    }
}

/// The path of what is made.
pub(super) fn path(call: &Call) -> Result<String, ApiError> {
    Ok(text(call, "Path")?.unwrap_or("/").to_owned())
}

pub(super) fn tags(call: &Call) -> BTreeMap<String, String> {
    let tags = given(call, "Tags").and_then(Value::as_array);
    let text = |tag: &Value, name: &str| Some(tag.get(name)?.as_str()?.to_owned());
    tags.into_iter()
        .flatten()
        .filter_map(|tag| Some((text(tag, "Key")?, text(tag, "Value")?)))
        .collect()
}

pub(super) fn tags_json(tags: &BTreeMap<String, String>) -> Value {
    let one = |(key, value): (&String, &String)| json!({"Key": key, "Value": value});
    tags.iter().map(one).collect()
}

fn violated(name: &str, value: &str, rule: &str) -> ApiError {
    let name = first_small(name);
    let text = format!(
        "1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint: \
         {rule}"
    );
    error("ValidationError", text)
}

fn first_small(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

/// An error with the status that IAM sends it with.
pub(super) fn error(code: &str, text: impl Into<String>) -> ApiError {
    let status = match code {
        "NoSuchEntity" => 404,
        "EntityAlreadyExists" | "LimitExceeded" | "DeleteConflict" => 409,
        "AccessDenied" => 403,
        _ => 400,
    };
    ApiError::new(code, text).with_status(status)
}

pub(super) fn missing(text: impl Into<String>) -> ApiError {
    error("NoSuchEntity", text)
}

pub(super) fn quota(name: &str, most: usize) -> ApiError {
    error(
        "LimitExceeded",
        format!("Cannot exceed quota for {name}: {most}"),
    )
}
