//! Reading the input of a call, and the errors in EC2's words.

use serde_json::Value;

use crate::call::{ApiError, Call};

/// The members of the operations that are modelled in full; another one is refused there.
const MEMBERS: [(&str, &[&str]); 12] = [
    (
        "AssociateIamInstanceProfile",
        &["IamInstanceProfile", "InstanceId"],
    ),
    ("DisassociateIamInstanceProfile", &["AssociationId"]),
    (
        "ReplaceIamInstanceProfileAssociation",
        &["IamInstanceProfile", "AssociationId"],
    ),
    (
        "DescribeIamInstanceProfileAssociations",
        &["AssociationIds", "Filters", "MaxResults", "NextToken"],
    ),
    (
        "DescribeInstances",
        &[
            "InstanceIds",
            "IncludeManagedResources",
            "DryRun",
            "Filters",
            "NextToken",
            "MaxResults",
        ],
    ),
    (
        "DescribeInstanceStatus",
        &[
            "InstanceIds",
            "MaxResults",
            "NextToken",
            "IncludeManagedResources",
            "DryRun",
            "Filters",
            "IncludeAllInstances",
        ],
    ),
    (
        "StartInstances",
        &["InstanceIds", "AdditionalInfo", "DryRun"],
    ),
    (
        "StopInstances",
        &[
            "InstanceIds",
            "Hibernate",
            "SkipOsShutdown",
            "DryRun",
            "Force",
        ],
    ),
    (
        "TerminateInstances",
        &["InstanceIds", "Force", "SkipOsShutdown", "DryRun"],
    ),
    ("CreateTags", &["DryRun", "Resources", "Tags"]),
    ("DeleteTags", &["DryRun", "Resources", "Tags"]),
    (
        "DescribeTags",
        &["DryRun", "Filters", "MaxResults", "NextToken"],
    ),
];

pub(super) fn error(code: &str, text: impl Into<String>) -> ApiError {
    ApiError::new(code, text)
}

/// A value that EC2 does not take for a parameter.
pub(super) fn invalid(text: impl Into<String>) -> ApiError {
    error("InvalidParameterValue", text)
}

pub(super) fn missing(name: &str) -> ApiError {
    let text = format!("The request must contain the parameter {name}");
    error("MissingParameter", text)
}

/// Refuses members that the operation does not have.
pub(super) fn known(call: &Call) -> Result<(), ApiError> {
    let listed = MEMBERS.iter().find(|(name, _)| *name == call.operation);
    let (Some((_, members)), Some(given)) = (listed, call.input.as_object()) else {
        return Ok(());
    };
    match given.keys().find(|name| !members.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => {
            let text = format!("The parameter {name} is not recognized");
            Err(error("UnknownParameter", text))
        }
    }
}

/// A member that is given, and is not null.
pub(super) fn given<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.get(name).filter(|value| !value.is_null())
}

/// A text of a structure.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> Result<Option<&'a str>, ApiError> {
    given(value, name)
        .map(|value| {
            let text = value.as_str();
            text.ok_or_else(|| invalid(format!("Value ({value}) for parameter {name} is invalid.")))
        })
        .transpose()
}

pub(super) fn needed<'a>(call: &'a Call, name: &str) -> Result<&'a str, ApiError> {
    let text = text(&call.input, name)?.filter(|text| !text.is_empty());
    text.ok_or_else(|| missing(name))
}

pub(super) fn flag(call: &Call, name: &str) -> Result<bool, ApiError> {
    match given(&call.input, name) {
        None => Ok(false),
        Some(value) => value.as_bool().ok_or_else(|| {
            invalid(format!(
                "Invalid value '{value}' for {name}. Expecting a boolean."
            ))
        }),
    }
}

pub(super) fn number(call: &Call, name: &str) -> Result<Option<usize>, ApiError> {
    given(&call.input, name)
        .map(|value| {
            let number = value
                .as_u64()
                .and_then(|number| usize::try_from(number).ok());
            number.ok_or_else(|| {
                invalid(format!(
                    "Value ( {value} ) for parameter {name} is invalid."
                ))
            })
        })
        .transpose()
}

pub(super) fn texts<'a>(call: &'a Call, name: &str) -> Result<Vec<&'a str>, ApiError> {
    let Some(value) = given(&call.input, name) else {
        return Ok(Vec::new());
    };
    let refuse = || invalid(format!("Value ({value}) for parameter {name} is invalid."));
    let items = value.as_array().ok_or_else(refuse)?;
    items
        .iter()
        .map(|item| item.as_str().ok_or_else(refuse))
        .collect()
}

/// How long a page is. Who names what is wanted gets no pages.
pub(super) fn page_size(
    call: &Call,
    ids: &str,
    smallest: usize,
    largest: usize,
) -> Result<Option<usize>, ApiError> {
    let Some(size) = number(call, "MaxResults")? else {
        return Ok(None);
    };
    if given(&call.input, ids).is_some() {
        let text = format!("The parameter {ids} cannot be used with the parameter maxResults");
        return Err(error("InvalidParameterCombination", text));
    }
    if !(smallest..=largest).contains(&size) {
        let text = format!(
            "Value ( {size} ) for parameter maxResults is invalid. Expecting a value between \
             {smallest} and {largest}."
        );
        return Err(invalid(text));
    }
    Ok(Some(size))
}

/// `i-` and 8 or 17 hexadecimal digits.
pub(super) fn check_instance_id(id: &str) -> Result<(), ApiError> {
    if has_form(id, "i-") {
        return Ok(());
    }
    let text = match id.strip_prefix("i-") {
        None => format!("Invalid id: \"{id}\" (expecting \"i-...\")"),
        Some(_) => format!("Invalid id: \"{id}\""),
    };
    Err(error("InvalidInstanceID.Malformed", text))
}

pub(super) fn check_association_id(id: &str) -> Result<(), ApiError> {
    match has_form(id, "iip-assoc-") {
        true => Ok(()),
        false => Err(invalid("Invalid value for associationId.")),
    }
}

fn has_form(id: &str, prefix: &str) -> bool {
    let digits = id.strip_prefix(prefix).unwrap_or_default();
    [8, 17].contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
}

pub(super) fn no_instances(ids: &[&str]) -> ApiError {
    let text = match ids {
        [id] => format!("The instance ID '{id}' does not exist"),
        _ => format!("The instance IDs '{}' do not exist", ids.join(", ")),
    };
    error("InvalidInstanceID.NotFound", text)
}

pub(super) fn no_association(id: &str) -> ApiError {
    let text = format!("An invalid association-id of '{id}' was given");
    error("InvalidAssociationID.NotFound", text)
}
