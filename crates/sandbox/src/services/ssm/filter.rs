//! The filters of lists of executions and steps.

use jiff::Timestamp;

use crate::call::ApiError;
use crate::services::config::input::Input;

/// One filter: a key, and values of which one must fit.
pub(super) struct Filter {
    pub(super) key: String,
    values: Vec<String>,
    times: Vec<Timestamp>,
}

impl Filter {
    pub(super) fn any(&self, fits: impl Fn(&str) -> bool) -> bool {
        self.values.iter().any(|value| fits(value))
    }

    /// Whether `at` lies on the side of the filter's time that its key says.
    pub(super) fn time(&self, at: Timestamp) -> bool {
        let before = self.key == "StartTimeBefore";
        let fits = |time: &Timestamp| if before { at <= *time } else { at >= *time };
        self.times.iter().all(fits)
    }
}

pub(super) fn read(input: &Input<'_>, most: usize, keys: &[&str]) -> Result<Vec<Filter>, ApiError> {
    let mut filters = Vec::new();
    for filter in input.structures("Filters", most)? {
        let key = filter.choice("Key", keys)?;
        let key = key.ok_or_else(|| filter.missing("Key"))?;
        if filter.value("Values").is_none() {
            return Err(filter.missing("Values"));
        }
        let values = filter.texts("Values", 1, 10, 150)?;
        let times = match key {
            "StartTimeBefore" | "StartTimeAfter" => times(key, &values)?,
            _ => Vec::new(),
        };
        filters.push(Filter {
            key: key.to_owned(),
            values: values.into_iter().map(str::to_owned).collect(),
            times,
        });
    }
    Ok(filters)
}

fn times(key: &str, values: &[&str]) -> Result<Vec<Timestamp>, ApiError> {
    let one = |value: &&str| {
        value.parse().map_err(|_| {
            let text = format!("The value {value} of the filter {key} is no ISO 8601 time.");
            ApiError::new("InvalidFilterValue", text)
        })
    };
    values.iter().map(one).collect()
}
