//! Conditions: all operators and keys of a block have to hold.

use serde_json::Value;

use super::glob::{arn_like, filled, like_with_variables};
use super::{Request, texts};

/// Whether a statement's conditions hold. An operator that is not known here holds never.
pub(super) fn holds(block: Option<&Value>, call: &Request, variables: bool) -> bool {
    let Some(block) = block else {
        return true;
    };
    let Some(operators) = block.as_object() else {
        return false;
    };
    operators.iter().all(|(operator, keys)| {
        let keys = keys.as_object().into_iter().flatten();
        let mut lines = keys.map(|(key, values)| (key, texts(Some(values))));
        lines.all(|(key, values)| line_holds(operator, key, &values, call, variables))
    })
}

/// How several values of a call are taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Set {
    One,
    Any,
    All,
}

fn line_holds(
    operator: &str,
    key: &str,
    wanted: &[String],
    call: &Request,
    variables: bool,
) -> bool {
    let operator = operator.to_ascii_lowercase();
    let (set, name) = match operator.split_once(':') {
        Some(("forallvalues", name)) => (Set::All, name),
        Some(("foranyvalue", name)) => (Set::Any, name),
        _ => (Set::One, operator.as_str()),
    };
    let given = call.key(key);
    if name == "null" {
        let is_absent = given.is_none().to_string();
        return wanted
            .iter()
            .any(|one| one.eq_ignore_ascii_case(&is_absent));
    }
    let (name, if_exists) = match name.strip_suffix("ifexists") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let Some((compare, is_negated)) = comparison(name) else {
        return false;
    };
    let Some(given) = given else {
        return match set {
            Set::All => true,
            Set::Any => false,
            Set::One => if_exists || is_negated,
        };
    };
    let test = Test {
        call,
        variables,
        compare,
    };
    let one = |value: &String| wanted.iter().any(|wanted| test.passes(wanted, value)) != is_negated;
    match set {
        Set::All => given.iter().all(one),
        Set::One | Set::Any => given.iter().any(one),
    }
}

/// How two values are compared.
#[derive(Clone, Copy)]
enum Compare {
    Text,
    TextIgnoringCase,
    Like,
    Arn,
    Bool,
    Number(fn(f64, f64) -> bool),
}

fn comparison(name: &str) -> Option<(Compare, bool)> {
    Some(match name {
        "stringequals" => (Compare::Text, false),
        "stringnotequals" => (Compare::Text, true),
        "stringequalsignorecase" => (Compare::TextIgnoringCase, false),
        "stringnotequalsignorecase" => (Compare::TextIgnoringCase, true),
        "stringlike" => (Compare::Like, false),
        "stringnotlike" => (Compare::Like, true),
        "arnequals" | "arnlike" => (Compare::Arn, false),
        "arnnotequals" | "arnnotlike" => (Compare::Arn, true),
        "bool" => (Compare::Bool, false),
        "numericequals" => (Compare::Number(|given, wanted| given == wanted), false),
        "numericnotequals" => (Compare::Number(|given, wanted| given == wanted), true),
        "numericlessthan" => (Compare::Number(|given, wanted| given < wanted), false),
        "numericlessthanequals" => (Compare::Number(|given, wanted| given <= wanted), false),
        "numericgreaterthan" => (Compare::Number(|given, wanted| given > wanted), false),
        "numericgreaterthanequals" => (Compare::Number(|given, wanted| given >= wanted), false),
        // the call's address is not among its keys
        "ipaddress" => (Compare::Text, false),
        "notipaddress" => (Compare::Text, true),
        _ => return None,
    })
}

struct Test<'t> {
    call: &'t Request,
    variables: bool,
    compare: Compare,
}

impl Test<'_> {
    fn passes(&self, wanted: &str, given: &str) -> bool {
        let filled = || filled(wanted, self.call, self.variables);
        match self.compare {
            Compare::Text => filled().is_some_and(|wanted| wanted == given),
            Compare::TextIgnoringCase => {
                filled().is_some_and(|wanted| wanted.eq_ignore_ascii_case(given))
            }
            Compare::Like => like_with_variables(wanted, given, self.call, self.variables),
            Compare::Arn => arn_like(wanted, given, self.call, self.variables),
            Compare::Bool => wanted.eq_ignore_ascii_case(given),
            Compare::Number(compare) => {
                let numbers = given.parse().ok().zip(wanted.parse().ok());
                numbers.is_some_and(|(given, wanted)| compare(given, wanted))
            }
        }
    }
}
