//! From the flat names of a form to a structure.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// `Tags.member.1.Key=a` is a list of structures, `Attributes.entry.1.key=a` a map; a value is
/// always text.
pub(super) fn structure(form: &[(String, String)]) -> Value {
    Branch::of(form).value()
}

/// A place in the structure: its own text, or what is below it.
#[derive(Default)]
pub(in crate::http) struct Branch {
    pub(in crate::http) text: Option<String>,
    pub(in crate::http) below: BTreeMap<String, Branch>,
}

impl Branch {
    /// The tree of the names of a form.
    pub(in crate::http) fn of(form: &[(String, String)]) -> Self {
        let mut tree = Self::default();
        for (name, value) in form {
            tree.put(name, value);
        }
        tree
    }

    /// Whether all names below are numbers.
    pub(in crate::http) fn is_list(&self) -> bool {
        let number = |name: &String| name.bytes().all(|byte| byte.is_ascii_digit());
        !self.below.is_empty() && self.below.keys().all(number)
    }

    fn put(&mut self, name: &str, value: &str) {
        let mut place = self;
        for part in name.split('.') {
            place = place.below.entry(part.to_owned()).or_default();
        }
        place.text = Some(value.to_owned());
    }

    fn value(self) -> Value {
        if let Some(text) = self.text {
            return Value::String(text);
        }
        let mut below = self.below;
        if below.len() == 1 {
            if let Some(list) = below.remove("member") {
                return Value::Array(list.items().map(Branch::value).collect());
            }
            if let Some(map) = below.remove("entry") {
                return Value::Object(map.items().filter_map(Branch::pair).collect());
            }
        }
        let members = below
            .into_iter()
            .map(|(name, branch)| (name, branch.value()));
        Value::Object(members.collect::<Map<String, Value>>())
    }

    /// What stands under 1, 2, 3 and so on.
    pub(in crate::http) fn items(self) -> impl Iterator<Item = Branch> {
        let mut items: Vec<(u64, Branch)> = self
            .below
            .into_iter()
            .filter_map(|(number, item)| Some((number.parse().ok()?, item)))
            .collect();
        items.sort_by_key(|(number, _)| *number);
        items.into_iter().map(|(_, item)| item)
    }

    /// An entry of a map: `key` and `value`, or `Name` and `Value`.
    fn pair(mut self) -> Option<(String, Value)> {
        let mut take = |names: [&str; 2]| names.iter().find_map(|name| self.below.remove(*name));
        let key = take(["key", "Name"])?.text?;
        let value = take(["value", "Value"])?.value();
        Some((key, value))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::structure;

    #[test]
    fn flat_names_become_lists_and_maps() {
        let form = [
            ("Name", "alerts"),
            ("Tags.member.2.Key", "b"),
            ("Tags.member.1.Key", "a"),
            ("Tags.member.1.Value", ""),
            ("Attributes.entry.1.key", "DisplayName"),
            ("Attributes.entry.1.value", "x.y"),
            ("MessageAttributes.entry.1.Name", "n"),
            ("MessageAttributes.entry.1.Value.DataType", "String"),
        ];
        let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let wanted = json!({
            "Name": "alerts",
            "Tags": [{"Key": "a", "Value": ""}, {"Key": "b"}],
            "Attributes": {"DisplayName": "x.y"},
            "MessageAttributes": {"n": {"DataType": "String"}},
        });
        assert_eq!(structure(&form), wanted);
    }
}
