//! Condition operators.

use std::cmp::Ordering;

use super::Truth;
use super::values::{self, Range};
use crate::context::Context;
use crate::matching::{Pattern, Unresolved};

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Test {
    Text,
    TextIgnoreCase,
    Like,
    Arn,
    Number(Comparison),
    Date(Comparison),
    Bool,
    Binary,
    Address,
    Null,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    fn fits(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// How several values of a request are taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    Single,
    Any,
    All,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Operator {
    pub(super) test: Test,
    negated: bool,
    if_exists: bool,
    set: Set,
}

/// A value of the policy, ready to be compared.
pub(super) struct Wanted<'a> {
    raw: &'a str,
    pattern: Result<Pattern, Unresolved>,
}

impl<'a> Wanted<'a> {
    pub(super) fn new(raw: &'a str, variables: bool, context: &Context) -> Self {
        let pattern = if variables {
            Pattern::resolve(raw, context)
        } else {
            Ok(Pattern::plain(raw))
        };
        Self { raw, pattern }
    }
}

impl Operator {
    /// Nothing for an operator that is not known here.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (set, name) = match text.split_once(':') {
            None => (Set::Single, text),
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAnyValue") => (Set::Any, rest),
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAllValues") => (Set::All, rest),
            Some(_) => return None,
        };
        let name = name.to_ascii_lowercase();
        let (base, if_exists) = match name.strip_suffix("ifexists") {
            Some(base) => (base, true),
            None => (name.as_str(), false),
        };
        let (test, negated) = base_operator(base)?;
        if test == Test::Null && (if_exists || set != Set::Single) {
            return None;
        }
        Some(Self {
            test,
            negated,
            if_exists,
            set,
        })
    }

    /// The result for a request that does not have the key.
    pub(crate) fn without_key(self) -> Truth {
        match (self.set, self.if_exists) {
            (Set::All, _) | (Set::Single, true) => Truth::True,
            (Set::Any, false) => Truth::False,
            // Public descriptions disagree on this one, so it is not decided.
            (Set::Any, true) => Truth::Unknown,
            (Set::Single, false) => Truth::from(self.negated),
        }
    }

    /// Whether it asks only whether the key is there.
    pub(crate) fn is_null(self) -> bool {
        self.test == Test::Null
    }

    /// Whether it names what must not be.
    pub(crate) fn is_negated(self) -> bool {
        self.negated
    }

    /// Whether it takes large and small letters for one.
    pub(crate) fn ignores_case(self) -> bool {
        self.test == Test::TextIgnoreCase
    }

    /// Whether it asks for what is more, or later.
    pub(crate) fn is_after(self) -> bool {
        let (Test::Number(comparison) | Test::Date(comparison)) = self.test else {
            return false;
        };
        matches!(comparison, Comparison::Greater | Comparison::GreaterOrEqual)
    }

    /// Whether every value of a key passes where the policy gives this one.
    pub(crate) fn takes_any(self, value: &str) -> bool {
        let bytes = value.as_bytes();
        match self.test {
            Test::Like | Test::Arn => {
                !bytes.is_empty()
                    && (bytes.iter().all(|byte| *byte == b'*')
                        || Pattern::resource(value, false).covers(&Pattern::every_arn("aws")))
            }
            Test::Address => value.trim().ends_with("/0"),
            _ => false,
        }
    }

    /// The result for a request that has the key with these values.
    pub(super) fn with_values(self, values: &[String], wanted: &[Wanted<'_>]) -> Truth {
        let one = |value: &String| {
            let matched = Truth::any(wanted.iter().map(|text| self.compare(value, text)));
            matched.negate_if(self.negated)
        };
        match (self.set, values) {
            (Set::Single, [value]) => one(value),
            // A list needs a set operator; without one the result is not defined.
            (Set::Single, _) => Truth::Unknown,
            (Set::Any, _) => Truth::any(values.iter().map(one)),
            (Set::All, _) => Truth::all(values.iter().map(one)),
        }
    }

    /// One value of the request against one of the policy, before negation.
    fn compare(self, value: &str, wanted: &Wanted<'_>) -> Truth {
        match self.test {
            Test::Text | Test::TextIgnoreCase | Test::Like | Test::Arn => {
                self.compare_text(value, wanted)
            }
            Test::Bool => match (values::boolean(wanted.raw), values::boolean(value)) {
                (Some(wanted), Some(value)) => Truth::from(wanted == value),
                _ => Truth::Unknown,
            },
            Test::Binary => Truth::from(value.trim() == wanted.raw.trim()),
            Test::Number(comparison) => order(
                comparison,
                values::number(value),
                values::number(wanted.raw),
            ),
            Test::Date(comparison) => {
                order(comparison, values::date(value), values::date(wanted.raw))
            }
            Test::Address => match (Range::parse(wanted.raw), value.parse()) {
                (Some(range), Ok(address)) => Truth::from(range.holds(address)),
                _ => Truth::Unknown,
            },
            Test::Null => Truth::Unknown,
        }
    }

    fn compare_text(self, value: &str, wanted: &Wanted<'_>) -> Truth {
        let pattern = match &wanted.pattern {
            Ok(pattern) => pattern,
            // A variable without a value equals nothing; that a negated
            // operator then holds is not promised anywhere.
            Err(Unresolved::Absent) if !self.negated => return Truth::False,
            Err(_) => return Truth::Unknown,
        };
        match self.test {
            Test::Like => pattern.matches(value).into(),
            Test::Arn => pattern
                .matches_arn(value)
                .map_or(Truth::Unknown, Truth::from),
            Test::TextIgnoreCase => {
                (pattern.as_text().to_lowercase() == value.to_lowercase()).into()
            }
            _ => (pattern.as_text() == value).into(),
        }
    }
}

fn order<T: PartialOrd>(comparison: Comparison, value: Option<T>, wanted: Option<T>) -> Truth {
    match value
        .zip(wanted)
        .and_then(|(value, wanted)| value.partial_cmp(&wanted))
    {
        Some(order) => Truth::from(comparison.fits(order)),
        None => Truth::Unknown,
    }
}

/// The test of a lower-case operator name, and whether it is negated.
fn base_operator(name: &str) -> Option<(Test, bool)> {
    if let Some(rest) = name.strip_prefix("numeric") {
        return comparison(rest).map(|(comparison, negated)| (Test::Number(comparison), negated));
    }
    if let Some(rest) = name.strip_prefix("date") {
        return comparison(rest).map(|(comparison, negated)| (Test::Date(comparison), negated));
    }
    Some(match name {
        "stringequals" => (Test::Text, false),
        "stringnotequals" => (Test::Text, true),
        "stringequalsignorecase" => (Test::TextIgnoreCase, false),
        "stringnotequalsignorecase" => (Test::TextIgnoreCase, true),
        "stringlike" => (Test::Like, false),
        "stringnotlike" => (Test::Like, true),
        "arnequals" | "arnlike" => (Test::Arn, false),
        "arnnotequals" | "arnnotlike" => (Test::Arn, true),
        "bool" => (Test::Bool, false),
        "binaryequals" => (Test::Binary, false),
        "ipaddress" => (Test::Address, false),
        "notipaddress" => (Test::Address, true),
        "null" => (Test::Null, false),
        _ => return None,
    })
}

fn comparison(name: &str) -> Option<(Comparison, bool)> {
    Some(match name {
        "equals" => (Comparison::Equal, false),
        "notequals" => (Comparison::Equal, true),
        "lessthan" => (Comparison::Less, false),
        "lessthanequals" => (Comparison::LessOrEqual, false),
        "greaterthan" => (Comparison::Greater, false),
        "greaterthanequals" => (Comparison::GreaterOrEqual, false),
        _ => return None,
    })
}
