//! Reads an input structure and refuses what the API model refuses, in the words of the service.

use serde_json::{Map, Value};

use crate::call::ApiError;

/// A structure of the input and where in the input it stands.
#[derive(Clone)]
pub(in crate::services) struct Input<'a> {
    members: Option<&'a Map<String, Value>>,
    path: String,
}

impl<'a> Input<'a> {
    /// The whole input of a call.
    pub(in crate::services) fn of(value: &'a Value) -> Result<Self, ApiError> {
        Self::at(value, String::new())
    }

    fn at(value: &'a Value, path: String) -> Result<Self, ApiError> {
        match value {
            Value::Null => Ok(Self {
                members: None,
                path,
            }),
            Value::Object(members) => Ok(Self {
                members: Some(members),
                path,
            }),
            _ => Err(wrong_type("structure")),
        }
    }

    /// The member as it stands; `null` counts as absent.
    pub(in crate::services) fn value(&self, name: &str) -> Option<&'a Value> {
        self.members?.get(name).filter(|value| !value.is_null())
    }

    /// The structure as it was given.
    pub(in crate::services) fn given(&self) -> Value {
        self.members.cloned().map_or(Value::Null, Value::Object)
    }

    /// The structure `name`, nothing if it is absent.
    pub(in crate::services) fn structure(&self, name: &str) -> Result<Option<Input<'a>>, ApiError> {
        self.value(name)
            .map(|value| Input::at(value, self.path_of(name)))
            .transpose()
    }

    /// The text `name`, of `least` to `most` characters.
    pub(in crate::services) fn text(
        &self,
        name: &str,
        least: usize,
        most: usize,
    ) -> Result<Option<&'a str>, ApiError> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let text = value.as_str().ok_or_else(|| wrong_type("string"))?;
        within(text.chars().count(), text, &self.path_of(name), least, most)?;
        Ok(Some(text))
    }

    /// The text `name`, which must be there.
    pub(in crate::services) fn required_text(
        &self,
        name: &str,
        least: usize,
        most: usize,
    ) -> Result<&'a str, ApiError> {
        self.text(name, least, most)?
            .ok_or_else(|| self.missing(name))
    }

    /// The list of texts `name`: `least` to `most` of them, each of up to `longest` characters.
    pub(in crate::services) fn texts(
        &self,
        name: &str,
        least: usize,
        most: usize,
        longest: usize,
    ) -> Result<Vec<&'a str>, ApiError> {
        let path = self.path_of(name);
        let mut texts = Vec::new();
        for (index, value) in self.list(name, least, most)?.iter().enumerate() {
            let text = value.as_str().ok_or_else(|| wrong_type("string"))?;
            let place = format!("{path}.{}.member", index + 1);
            within(text.chars().count(), text, &place, 1, longest)?;
            texts.push(text);
        }
        Ok(texts)
    }

    /// The list of structures `name`.
    pub(in crate::services) fn structures(
        &self,
        name: &str,
        most: usize,
    ) -> Result<Vec<Input<'a>>, ApiError> {
        let path = self.path_of(name);
        let list = self.list(name, 0, most)?;
        list.iter()
            .enumerate()
            .map(|(index, value)| Input::at(value, format!("{path}.{}.member", index + 1)))
            .collect()
    }

    fn list(&self, name: &str, least: usize, most: usize) -> Result<&'a [Value], ApiError> {
        let Some(value) = self.value(name) else {
            return Ok(&[]);
        };
        let list = value.as_array().ok_or_else(|| wrong_type("list"))?;
        let shown = format!("[{} members]", list.len());
        within(list.len(), &shown, &self.path_of(name), least, most)?;
        Ok(list)
    }

    /// The text `name`, one of `choices`.
    pub(in crate::services) fn choice(
        &self,
        name: &str,
        choices: &[&str],
    ) -> Result<Option<&'a str>, ApiError> {
        let Some(text) = self.text(name, 0, usize::MAX)? else {
            return Ok(None);
        };
        one_of(text, &self.path_of(name), choices)?;
        Ok(Some(text))
    }

    /// The list of choices `name`.
    pub(in crate::services) fn choices(
        &self,
        name: &str,
        most: usize,
        choices: &[&str],
    ) -> Result<Vec<&'a str>, ApiError> {
        let texts = self.texts(name, 0, most, usize::MAX)?;
        for text in &texts {
            one_of(text, &self.path_of(name), choices)?;
        }
        Ok(texts)
    }

    /// The number `name`, from 0 to `most`.
    pub(in crate::services) fn limit(
        &self,
        name: &str,
        most: u64,
    ) -> Result<Option<usize>, ApiError> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let number = value.as_i64().ok_or_else(|| wrong_type("integer"))?;
        let path = self.path_of(name);
        let number = u64::try_from(number).map_err(|_| {
            refused(
                &number.to_string(),
                &path,
                "value greater than or equal to 0",
            )
        })?;
        if number > most {
            let rule = format!("value less than or equal to {most}");
            return Err(refused(&number.to_string(), &path, &rule));
        }
        Ok(usize::try_from(number).ok())
    }

    /// The number `name`, from `least` to `most`.
    pub(in crate::services) fn number(
        &self,
        name: &str,
        least: i64,
        most: i64,
    ) -> Result<Option<i64>, ApiError> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let number = value.as_i64().ok_or_else(|| wrong_type("integer"))?;
        let rule = match number {
            _ if number < least => format!("value greater than or equal to {least}"),
            _ if number > most => format!("value less than or equal to {most}"),
            _ => return Ok(Some(number)),
        };
        Err(refused(&number.to_string(), &self.path_of(name), &rule))
    }

    /// The map `name` as a structure, of `least` to `most` entries whose keys have 1 to `longest`
    /// characters, and these keys.
    pub(in crate::services) fn map(
        &self,
        name: &str,
        (least, most): (usize, usize),
        longest: usize,
    ) -> Result<Option<(Input<'a>, Vec<&'a str>)>, ApiError> {
        let Some(map) = self.structure(name)? else {
            return Ok(None);
        };
        let keys: Vec<&str> = map.keys().collect();
        let shown = format!("{{{}}}", keys.join(", "));
        within(keys.len(), &shown, &self.path_of(name), least, most)?;
        for key in &keys {
            within(key.chars().count(), key, &self.path_of(name), 1, longest)?;
        }
        Ok(Some((map, keys)))
    }

    fn keys(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let members = self.members.into_iter().flatten();
        members.map(|(key, _)| key.as_str())
    }

    /// The truth value `name`, false if it is absent.
    pub(in crate::services) fn flag(&self, name: &str) -> Result<bool, ApiError> {
        match self.value(name) {
            None => Ok(false),
            Some(value) => value.as_bool().ok_or_else(|| wrong_type("boolean")),
        }
    }

    /// The service's answer to a required member that is not there.
    pub(in crate::services) fn missing(&self, name: &str) -> ApiError {
        let path = self.path_of(name);
        let text = format!(
            "1 validation error detected: Value null at '{path}' failed to satisfy constraint: \
             Member must not be null"
        );
        ApiError::new("ValidationException", text)
    }

    fn path_of(&self, name: &str) -> String {
        let mut letters = name.chars();
        let first = letters.next().map(|letter| letter.to_ascii_lowercase());
        let member: String = first.into_iter().chain(letters).collect();
        if self.path.is_empty() {
            return member;
        }
        format!("{}.{member}", self.path)
    }
}

fn within(
    length: usize,
    shown: &str,
    path: &str,
    least: usize,
    most: usize,
) -> Result<(), ApiError> {
    if length > most {
        let rule = format!("length less than or equal to {most}");
        return Err(refused(shown, path, &rule));
    }
    if length < least {
        let rule = format!("length greater than or equal to {least}");
        return Err(refused(shown, path, &rule));
    }
    Ok(())
}

fn one_of(text: &str, path: &str, choices: &[&str]) -> Result<(), ApiError> {
    if choices.contains(&text) {
        return Ok(());
    }
    let set = format!("[{}]", choices.join(", "));
    let message = format!(
        "1 validation error detected: Value '{text}' at '{path}' failed to satisfy constraint: \
         Member must satisfy enum value set: {set}"
    );
    Err(ApiError::new("ValidationException", message))
}

fn refused(shown: &str, path: &str, rule: &str) -> ApiError {
    let text = format!(
        "1 validation error detected: Value '{shown}' at '{path}' failed to satisfy constraint: \
         Member must have {rule}"
    );
    ApiError::new("ValidationException", text)
}

fn wrong_type(expected: &str) -> ApiError {
    let text = format!("a value of the input cannot be converted to {expected}");
    ApiError::new("SerializationException", text)
}

/// The service's answer to a value that is well-formed and still wrong.
pub(in crate::services) fn invalid(text: impl Into<String>) -> ApiError {
    ApiError::new("InvalidParameterValueException", text)
}
