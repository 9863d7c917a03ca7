//! From the flat names of a form to a structure.

use serde_json::{Map, Value};

use super::tables::{FLAGS, LISTS, NUMBERS};
use crate::http::query::Branch;

/// `InstanceId.1=i-1` is the first of `InstanceIds`, `InstanceId=i-1` the member `InstanceId`.
pub(super) fn structure(form: &[(String, String)]) -> Value {
    Value::Object(members(Branch::of(form)))
}

fn members(branch: Branch) -> Map<String, Value> {
    let member = |(name, branch): (String, Branch)| {
        if !branch.is_list() {
            let value = value(&name, branch);
            return (name, value);
        }
        let listed = LISTS.iter().find(|(wire, _)| *wire == name);
        let member = listed.map_or(name.clone(), |(_, member)| (*member).to_owned());
        let items = branch.items().map(|item| value(&name, item));
        (member, items.collect())
    };
    branch.below.into_iter().map(member).collect()
}

fn value(name: &str, branch: Branch) -> Value {
    let Some(text) = branch.text else {
        return Value::Object(members(branch));
    };
    let typed = if NUMBERS.contains(&name) {
        text.parse::<i64>().ok().map(Value::from)
    } else if FLAGS.contains(&name) {
        text.parse::<bool>().ok().map(Value::from)
    } else {
        None
    };
    typed.unwrap_or(Value::String(text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::structure;

    #[test]
    fn flat_lists_have_the_members_of_the_model() {
        let form = [
            ("InstanceId.2", "i-2"),
            ("InstanceId.1", "i-1"),
            ("InstanceId.10", "i-10"),
            ("Filter.1.Name", "instance-state-name"),
            ("Filter.1.Value.1", "running"),
            ("Filter.1.Value.2", "stopped"),
            ("IamInstanceProfile.Name", "web"),
            ("MaxResults", "5"),
            ("DryRun", "false"),
            ("TagSpecification.1.ResourceType", "instance"),
            ("TagSpecification.1.Tag.1.Key", "a"),
            ("TagSpecification.1.Tag.1.Value", "1"),
        ];
        let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let wanted = json!({
            "InstanceIds": ["i-1", "i-2", "i-10"],
            "Filters": [{"Name": "instance-state-name", "Values": ["running", "stopped"]}],
            "IamInstanceProfile": {"Name": "web"},
            "MaxResults": 5,
            "DryRun": false,
            "TagSpecifications": [
                {"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "1"}]},
            ],
        });
        assert_eq!(structure(&form), wanted);
        let one = [("InstanceId".to_owned(), "i-1".to_owned())];
        assert_eq!(structure(&one), json!({"InstanceId": "i-1"}));
    }
}
