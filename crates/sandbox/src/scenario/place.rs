//! Reading a scenario's JSON, always knowing where in the file one is.

use jiff::Timestamp;
use serde_json::Value;

use super::ScenarioError;
use crate::conversions::from_epoch;

type Read<T> = Result<T, ScenarioError>;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Place<'a> {
    value: &'a Value,
    path: String,
}

impl<'a> Place<'a> {
    /// The whole file.
    pub(super) fn root(value: &'a Value) -> Self {
        let path = String::new();
        Self { value, path }
    }

    /// The value itself.
    pub(super) fn value(&self) -> &'a Value {
        self.value
    }

    /// An error about this place.
    pub(super) fn wrong(&self, problem: impl Into<String>) -> ScenarioError {
        let place = if self.path.is_empty() {
            "the file".to_owned()
        } else {
            self.path.clone()
        };
        let problem = problem.into();
        ScenarioError::Content { place, problem }
    }

    fn path_of(&self, name: &str) -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !name.chars().all(plain) {
            return format!("{}[\"{name}\"]", self.path);
        }
        if self.path.is_empty() {
            return name.to_owned();
        }
        format!("{}.{name}", self.path)
    }

    /// The member `name`; `null` counts as absent.
    pub(super) fn get(&self, name: &str) -> Option<Place<'a>> {
        let value = self.value.get(name).filter(|value| !value.is_null())?;
        let path = self.path_of(name);
        Some(Place { value, path })
    }

    /// The member `name`, which must be there.
    pub(super) fn need(&self, name: &str) -> Read<Place<'a>> {
        self.get(name)
            .ok_or_else(|| self.wrong(format!("the member `{name}` is missing")))
    }

    /// All members of an object.
    pub(super) fn members(&self) -> Read<Vec<(&'a str, Place<'a>)>> {
        let members = self.value.as_object();
        let members = members.ok_or_else(|| self.wrong("an object is expected here"))?;
        let place = |(name, value): (&'a String, &'a Value)| {
            let path = self.path_of(name);
            (name.as_str(), Place { value, path })
        };
        Ok(members.iter().map(place).collect())
    }

    /// All items of a list.
    pub(super) fn items(&self) -> Read<Vec<Place<'a>>> {
        let items = self.value.as_array();
        let items = items.ok_or_else(|| self.wrong("a list is expected here"))?;
        let place = |(index, value): (usize, &'a Value)| {
            let path = format!("{}[{index}]", self.path);
            Place { value, path }
        };
        Ok(items.iter().enumerate().map(place).collect())
    }

    /// The items of the list `name`; an absent list is empty.
    pub(super) fn list(&self, name: &str) -> Read<Vec<Place<'a>>> {
        self.get(name).map_or(Ok(Vec::new()), |list| list.items())
    }

    /// This value as a text.
    pub(super) fn as_text(&self) -> Read<&'a str> {
        let text = self.value.as_str();
        text.ok_or_else(|| self.wrong("a text is expected here"))
    }

    /// The text `name`, if it is there and not empty.
    pub(super) fn text(&self, name: &str) -> Read<Option<&'a str>> {
        let text = self.get(name).map(|place| place.as_text()).transpose()?;
        Ok(text.filter(|text| !text.is_empty()))
    }

    /// The text `name`, owned.
    pub(super) fn string(&self, name: &str) -> Read<Option<String>> {
        Ok(self.text(name)?.map(str::to_owned))
    }

    /// The text `name`, which must be there and not empty.
    pub(super) fn need_text(&self, name: &str) -> Read<&'a str> {
        let place = self.need(name)?;
        let text = place.as_text()?;
        if text.is_empty() {
            return Err(place.wrong("the text must not be empty"));
        }
        Ok(text)
    }

    /// The flag `name`; absent: false.
    pub(super) fn flag(&self, name: &str) -> Read<bool> {
        let Some(place) = self.get(name) else {
            return Ok(false);
        };
        let flag = place.value.as_bool();
        flag.ok_or_else(|| place.wrong("true or false is expected here"))
    }

    /// The point in time `name`: seconds since 1970 or an RFC 3339 text.
    pub(super) fn time(&self, name: &str) -> Read<Option<Timestamp>> {
        self.get(name).map(|place| place.as_time()).transpose()
    }

    /// This value as a point in time.
    pub(super) fn as_time(&self) -> Read<Timestamp> {
        let time = match self.value {
            Value::String(text) => text.parse().ok(),
            other => from_epoch(other),
        };
        let wanted = "a time is expected here: seconds since 1970, or `2026-03-02T10:00:05Z`";
        time.ok_or_else(|| self.wrong(wanted))
    }

    /// Refuses members that are not in `known`: what is not understood must not be dropped.
    pub(super) fn only(&self, known: &[&str]) -> Read<()> {
        match self
            .members()?
            .into_iter()
            .find(|(name, _)| !known.contains(name))
        {
            None => Ok(()),
            Some((_, place)) => {
                let known = known.join(", ");
                Err(place.wrong(format!("unknown member; known here are {known}")))
            }
        }
    }
}
