//! What the API models say an operation can answer.

use std::collections::BTreeMap;

/// The modelled errors, page tokens and sets of names, by service and operation.
#[derive(Debug, Clone, Default)]
pub struct Model {
    errors: BTreeMap<(String, String), Vec<(String, u16)>>,
    tokens: BTreeMap<(String, String), Vec<String>>,
    enums: BTreeMap<(String, String), Vec<String>>,
}

impl Model {
    /// The models from which `external/errors.py` has made `data/errors.txt`.
    pub fn load() -> Self {
        let mut model = Self::default();
        for line in include_str!("../../data/errors.txt").lines() {
            let words: Vec<&str> = line.split(' ').collect();
            let [kind, service, operation, what, rest @ ..] = words.as_slice() else {
                continue;
            };
            let key = (service.to_string(), operation.to_string());
            match (*kind, rest) {
                ("error", [status]) => {
                    let status = status.parse().expect("a status");
                    let errors = model.errors.entry(key).or_default();
                    errors.push((what.to_string(), status));
                }
                ("page", _) => model.tokens.entry(key).or_default().push(what.to_string()),
                ("enum", _) => model.enums.entry(key).or_default().push(what.to_string()),
                _ => {}
            }
        }
        model
    }

    /// The modelled errors with their status.
    pub fn errors(&self, service: &str, operation: &str) -> &[(String, u16)] {
        of(&self.errors, service, operation)
    }

    /// The members that hold the next page's token.
    pub fn tokens(&self, service: &str, operation: &str) -> &[String] {
        of(&self.tokens, service, operation)
    }

    /// The places of the answer that hold one of a set of names.
    pub fn enums(&self, service: &str, operation: &str) -> &[String] {
        of(&self.enums, service, operation)
    }
}

fn of<'a, T>(
    map: &'a BTreeMap<(String, String), Vec<T>>,
    service: &str,
    operation: &str,
) -> &'a [T] {
    let key = (service.to_owned(), operation.to_owned());
    map.get(&key).map_or(&[], Vec::as_slice)
}
