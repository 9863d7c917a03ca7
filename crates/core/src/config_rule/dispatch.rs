//! Which rule an event is for.

use super::parameters::{RULE, RuleParameters};
use crate::escape;
use crate::parameter;

/// Longest name that is repeated in an error; the names of Config rules are shorter.
const LONGEST_NAME: usize = 128;

macro_rules! rules {
    ($($name:ident = $text:literal;)*) => {
        /// A rule that this product evaluates.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum RuleName {
            $(
                #[doc = concat!("`", $text, "`")]
                $name,
            )*
        }

        impl RuleName {
            /// All rules.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The rule's name in the `rule` parameter.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

rules! {
    CloudtrailEnabled = "cloudtrail-enabled";
    InstanceProfile = "instance-profile";
    Guard = "guard";
}

/// No rule, or more than one, is meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DispatchError {
    /// The `rule` parameter names no rule.
    #[error("the parameter `rule` names no rule, `{name}`; it takes {}", known())]
    UnknownParameter {
        /// What the parameter says.
        name: String,
    },
    /// The Config rule's name holds no rule's name.
    #[error(
        "the Config rule `{name}` names no rule; set the parameter `rule` to {}",
        known()
    )]
    NoneInName {
        /// The Config rule's name.
        name: String,
    },
    /// The Config rule's name holds the names of several rules.
    #[error(
        "the Config rule `{name}` names several rules; set the parameter `rule` to {}",
        known()
    )]
    SeveralInName {
        /// The Config rule's name.
        name: String,
    },
}

impl DispatchError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        "unknown-rule"
    }
}

/// The rule that the `rule` parameter names; without it the one whose name occurs in the Config
/// rule's name. Organization rules and conformance packs add prefixes and suffixes to that.
///
/// # Errors
/// The parameter names no rule, or the Config rule's name holds none or several.
pub fn dispatch(
    parameters: &RuleParameters,
    config_rule_name: &str,
) -> Result<RuleName, DispatchError> {
    let name = parameters.value(RULE).map_or_else(String::new, |value| {
        parameter::scalar(RULE, value).unwrap_or_else(|_| value.to_string())
    });
    if !name.is_empty() {
        let by_name = RuleName::ALL.iter().find(|rule| rule.as_str() == name);
        return by_name
            .copied()
            .ok_or_else(|| DispatchError::UnknownParameter { name: shown(&name) });
    }
    let name = shown(config_rule_name);
    match found_in(config_rule_name, RuleName::ALL, |rule| rule.as_str()).as_slice() {
        [] => Err(DispatchError::NoneInName { name }),
        [rule] => Ok(*rule),
        _ => Err(DispatchError::SeveralInName { name }),
    }
}

fn shown(name: &str) -> String {
    escape::cut(name, LONGEST_NAME)
}

/// The candidates whose name occurs in `text` as a whole run of its dash-delimited words.
fn found_in<T: Copy>(text: &str, candidates: &[T], name: impl Fn(T) -> &'static str) -> Vec<T> {
    let framed = format!("-{text}-");
    let occurs = |candidate: &T| framed.contains(&format!("-{}-", name(*candidate)));
    candidates.iter().copied().filter(occurs).collect()
}

fn known() -> String {
    let names: Vec<&str> = RuleName::ALL.iter().map(|rule| rule.as_str()).collect();
    names.join(" or ")
}

#[cfg(test)]
mod tests {
    use super::found_in;

    #[test]
    fn a_name_can_hold_several_rules() {
        let rules = ["cloudtrail-enabled", "instance-profile"];
        let cases: [(&str, &[&str]); 4] = [
            ("cloudtrail-enabled-instance-profile", &rules),
            ("x-instance-profile-1", &["instance-profile"]),
            (
                "cloudtrail-enabled-cloudtrail-enabled",
                &["cloudtrail-enabled"],
            ),
            ("cloudtrail-enabledinstance-profile", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(found_in(text, &rules, |rule| rule), expected, "{text}");
        }
    }
}
