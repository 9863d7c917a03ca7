//! The rules for advanced event selectors on a trail.

use serde_json::Value;

use super::input::{list, text, texts};
use super::selectors::{Coverage, EXCLUDABLE, invalid};
use crate::call::ApiError;

const VALUES: usize = 500;
const OPERATORS: [&str; 6] = [
    "Equals",
    "StartsWith",
    "EndsWith",
    "NotEquals",
    "NotStartsWith",
    "NotEndsWith",
];

/// One condition: a field and, for each operator given, its values.
struct Condition<'a> {
    field: &'a str,
    operators: Vec<(&'static str, Vec<&'a str>)>,
}

impl Condition<'_> {
    /// The values if `Equals` is the only operator.
    fn equals(&self) -> Option<&[&str]> {
        match self.operators.as_slice() {
            [("Equals", values)] => Some(values),
            _ => None,
        }
    }
}

/// Checks all advanced selectors of a call.
pub(super) fn check(given: &[Value]) -> Result<(), ApiError> {
    if given.is_empty() {
        return Err(invalid("Advanced event selectors cannot be empty."));
    }
    let counts: Vec<_> = given.iter().map(check_selector).collect::<Result<_, _>>()?;
    if counts.into_iter().sum::<usize>() > VALUES {
        let text = format!("The conditions of a trail can have at most {VALUES} values in all.");
        return Err(invalid(text));
    }
    Ok(())
}

/// Checks one selector; answers how many values it has.
fn check_selector(given: &Value) -> Result<usize, ApiError> {
    let name = text(given, "Name")?.unwrap_or_default();
    if name.chars().count() > 1000 {
        return Err(invalid(
            "The name of a selector can have at most 1000 characters.",
        ));
    }
    let fields = list(given, "FieldSelectors")?.unwrap_or_default();
    let conditions: Vec<_> = fields
        .iter()
        .map(read_condition)
        .collect::<Result<_, _>>()?;
    let mut names: Vec<_> = conditions.iter().map(|condition| condition.field).collect();
    names.sort_unstable();
    names.dedup();
    if names.len() != conditions.len() {
        return Err(invalid("A field can occur only once in a selector."));
    }
    let category = conditions
        .iter()
        .find(|condition| condition.field == "eventCategory");
    match category.and_then(Condition::equals) {
        Some(["Management"]) => check_fields(&conditions, management_field),
        Some(["Data"]) => check_data(&conditions),
        Some(["NetworkActivity"]) => check_network(&conditions),
        _ => Err(invalid(
            "Each selector needs the field eventCategory with the operator Equals and one of the \
             values Management, Data and NetworkActivity.",
        )),
    }?;
    let values = conditions.iter().flat_map(|condition| &condition.operators);
    Ok(values.map(|(_, values)| values.len()).sum())
}

fn read_condition(given: &Value) -> Result<Condition<'_>, ApiError> {
    let field = text(given, "Field")?.unwrap_or_default();
    let mut operators = Vec::new();
    for operator in OPERATORS {
        if list(given, operator)?.is_some() {
            let values = texts(given, operator)?;
            let fits = |value: &&str| (1..=2048).contains(&value.chars().count());
            if values.is_empty() || !values.iter().all(fits) {
                let text = format!("{operator} of {field} needs values of 1 to 2048 characters.");
                return Err(invalid(text));
            }
            operators.push((operator, values));
        }
    }
    let known = |member: &String| member == "Field" || OPERATORS.contains(&member.as_str());
    let members = given.as_object().is_some_and(|map| map.keys().all(known));
    if field.is_empty() || operators.is_empty() || !members {
        return Err(invalid(
            "A field selector needs a field and at least one operator.",
        ));
    }
    Ok(Condition { field, operators })
}

fn check_fields(
    conditions: &[Condition<'_>],
    allowed: fn(&Condition<'_>) -> bool,
) -> Result<(), ApiError> {
    let bad = conditions
        .iter()
        .filter(|condition| condition.field != "eventCategory")
        .find(|condition| !allowed(condition));
    match bad {
        None => Ok(()),
        Some(condition) => {
            let field = condition.field;
            let text = format!("The field {field} or its operator or value is not allowed here.");
            Err(invalid(text))
        }
    }
}

fn read_only(condition: &Condition<'_>) -> bool {
    matches!(condition.equals(), Some(["true"] | ["false"]))
}

fn management_field(condition: &Condition<'_>) -> bool {
    match (condition.field, condition.operators.as_slice()) {
        ("readOnly", _) => read_only(condition),
        ("eventSource", [("NotEquals", values)]) => {
            values.iter().all(|value| EXCLUDABLE.contains(value))
        }
        _ => false,
    }
}

fn check_data(conditions: &[Condition<'_>]) -> Result<(), ApiError> {
    let kind = conditions
        .iter()
        .find(|condition| condition.field == "resources.type");
    if !matches!(kind.and_then(Condition::equals), Some([_])) {
        return Err(invalid(
            "Data events need the field resources.type with one value in Equals.",
        ));
    }
    check_fields(conditions, |condition| match condition.field {
        "readOnly" => read_only(condition),
        field => [
            "resources.type",
            "resources.ARN",
            "eventName",
            "eventSource",
            "eventType",
            "sessionCredentialFromConsole",
            "userIdentity.arn",
        ]
        .contains(&field),
    })
}

fn check_network(conditions: &[Condition<'_>]) -> Result<(), ApiError> {
    let source = conditions
        .iter()
        .find(|condition| condition.field == "eventSource");
    if source.and_then(Condition::equals).is_none() {
        return Err(invalid(
            "Network activity events need the field eventSource with Equals.",
        ));
    }
    check_fields(conditions, |condition| match condition.field {
        "errorCode" => matches!(condition.equals(), Some(["VpceAccessDenied"])),
        field => ["eventSource", "eventName", "vpcEndpointId"].contains(&field),
    })
}

/// Adds what one selector lets through. Only `readOnly` matters to Insights.
pub(super) fn cover(selector: &Value, all: &mut Coverage) {
    let fields = selector.get("FieldSelectors").and_then(Value::as_array);
    let conditions = fields
        .into_iter()
        .flatten()
        .filter_map(|field| read_condition(field).ok());
    let conditions: Vec<_> = conditions.collect();
    let value = |name: &str| {
        let condition = conditions.iter().find(|condition| condition.field == name);
        condition.and_then(|condition| condition.equals()?.first().copied())
    };
    match value("eventCategory") {
        Some("Management") => {
            all.management_reads |= value("readOnly") != Some("false");
            all.management_writes |= value("readOnly") != Some("true");
        }
        Some("Data") => all.data = true,
        _ => {}
    }
}
