//! Filters and pages of the Describe operations.

use serde_json::Value;
use trailkeeper_policy::matching::glob_ignore_case;

use super::input::{self, error, invalid};
use crate::call::{ApiError, Call};

/// Filter values in one request.
const MOST_VALUES: usize = 200;

/// All filters of a request; each holds where one of its values fits.
pub(super) struct Filters<'a> {
    filters: Vec<(&'a str, Vec<&'a str>)>,
}

impl<'a> Filters<'a> {
    /// Reads `Filters`, whose names must be among `known`; `tag:*` stands for any tag.
    pub(super) fn read(call: &'a Call, known: &[&str]) -> Result<Self, ApiError> {
        let given = input::given(&call.input, "Filters");
        let given = given
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        let mut filters = Vec::new();
        for filter in given {
            let name = input::text(filter, "Name")?.ok_or_else(|| input::missing("Filter.Name"))?;
            let tag = name.starts_with("tag:") && known.contains(&"tag:*");
            if !tag && !known.contains(&name) {
                return Err(invalid(format!("The filter '{name}' is invalid")));
            }
            let values = filter.get("Values").and_then(Value::as_array);
            let values: Vec<&str> = values
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            if values.is_empty() {
                let text = format!("The filter '{name}' has no value");
                return Err(invalid(text));
            }
            filters.push((name, values));
        }
        let count: usize = filters.iter().map(|(_, values)| values.len()).sum();
        if count > MOST_VALUES {
            let text = format!(
                "The maximum number of filter values specified on a single call is {MOST_VALUES}"
            );
            return Err(error("FilterLimitExceeded", text));
        }
        Ok(Self { filters })
    }

    /// Whether every filter holds, for the values that `of` gives for its name.
    pub(super) fn hold(&self, of: impl Fn(&str) -> Vec<String>) -> bool {
        self.filters.iter().all(|(name, wanted)| {
            let here = of(name);
            let fits = |value: &&str| here.iter().any(|here| is_like(value, here));
            wanted.iter().any(fits)
        })
    }
}

/// Filter values may hold wildcards. The ids and words that are asked for have one spelling, so it
/// does no harm that patterns look past the case of letters.
fn is_like(value: &str, here: &str) -> bool {
    if !value.contains(['*', '?']) {
        return value == here;
    }
    glob_ignore_case(value, here)
}

/// A page of `items` under `name`, each told by `tell`, with the token of the next one.
pub(super) fn page<T>(
    call: &Call,
    name: &str,
    items: Vec<T>,
    size: Option<usize>,
    tell: impl Fn(T) -> Value,
) -> Result<Value, ApiError> {
    let start = match input::text(&call.input, "NextToken")?.filter(|token| !token.is_empty()) {
        None => 0,
        Some(token) => token
            .strip_prefix(&format!("{}/", call.operation))
            .and_then(|start| start.parse::<usize>().ok())
            .filter(|start| *start < items.len())
            .ok_or_else(|| {
                let text = "The specified pagination token is not valid or is expired.";
                error("InvalidPaginationToken", text)
            })?,
    };
    let end = start.saturating_add(size.unwrap_or(1000));
    let more = end < items.len();
    let page = items.into_iter().take(end).skip(start);
    let page: Vec<Value> = page.map(tell).collect();
    let mut answer = serde_json::Map::new();
    answer.insert(name.to_owned(), Value::Array(page));
    if more {
        let token = format!("{}/{end}", call.operation);
        answer.insert("NextToken".to_owned(), Value::String(token));
    }
    Ok(Value::Object(answer))
}
