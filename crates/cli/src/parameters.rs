//! `--param Name=Value`.

use serde_json::{Map, Value};

/// A parameter as given on the command line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Parameter {
    name: String,
    value: Value,
}

/// Why parameters cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ParameterError {
    /// No `=`, or no name before it.
    #[error("`{0}` is not of the form Name=Value")]
    Form(String),
    /// A list or a map that is no JSON.
    #[error("the value of {name} begins like a list or a map and is not JSON: {why}")]
    Json {
        /// The parameter.
        name: String,
        /// Where the text goes wrong.
        why: String,
    },
    /// The same name again.
    #[error("the parameter {0} is given more than once; give a list as JSON in one value")]
    Twice(String),
    /// A parameter that the command sets itself.
    #[error("the parameter {name} cannot be given here; {instead}")]
    Reserved {
        /// The parameter.
        name: String,
        /// What to do instead.
        instead: &'static str,
    },
}

impl std::str::FromStr for Parameter {
    type Err = ParameterError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let split = text.split_once('=').filter(|(name, _)| !name.is_empty());
        let (name, value) = split.ok_or_else(|| ParameterError::Form(text.to_owned()))?;
        let value = if value.starts_with(['[', '{']) {
            serde_json::from_str(value).map_err(|error| ParameterError::Json {
                name: name.to_owned(),
                why: error.to_string(),
            })?
        } else {
            Value::from(value)
        };
        Ok(Self {
            name: name.to_owned(),
            value,
        })
    }
}

/// The parameters as one object.
///
/// # Errors
/// [`ParameterError::Twice`] for a name that comes again.
pub(crate) fn object(parameters: &[Parameter]) -> Result<Map<String, Value>, ParameterError> {
    let mut object = Map::new();
    for Parameter { name, value } in parameters {
        if object.insert(name.clone(), value.clone()).is_some() {
            return Err(ParameterError::Twice(name.clone()));
        }
    }
    Ok(object)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Parameter, ParameterError, object};

    fn read(texts: &[&str]) -> Result<Value, ParameterError> {
        let parameters: Result<Vec<Parameter>, _> = texts.iter().map(|text| text.parse()).collect();
        Ok(Value::Object(object(&parameters?)?))
    }

    #[test]
    fn values_are_texts_and_lists_and_maps_are_json() {
        let cases: [(&[&str], Value); 5] = [
            (&[], json!({})),
            (&["A=b=c", "D="], json!({"A": "b=c", "D": ""})),
            (&["A=true", "B=7"], json!({"A": "true", "B": "7"})),
            (&[r#"A=["x","y"]"#], json!({"A": ["x", "y"]})),
            (&[r#"A={"x":1}"#], json!({"A": {"x": 1}})),
        ];
        for (texts, expected) in cases {
            assert_eq!(read(texts), Ok(expected), "{texts:?}");
        }
    }

    #[test]
    fn errors_name_the_parameter() {
        let cases: [(&[&str], &str); 4] = [
            (&["Trail"], "`Trail`"),
            (&["=x"], "`=x`"),
            (&["Insights=[x"], "Insights"),
            (&["A=1", "B=2", "A=3"], "parameter A "),
        ];
        for (texts, part) in cases {
            let error = read(texts).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
