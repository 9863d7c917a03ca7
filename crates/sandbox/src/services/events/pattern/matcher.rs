//! The content filters.

use std::net::IpAddr;

use serde_json::Value;

/// One filter.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Matcher {
    Equals(Value),
    EqualsIgnoreCase(String),
    Prefix(Affix),
    Suffix(Affix),
    /// Any value that none of these matches.
    AnythingBut(Vec<Matcher>),
    Exists(bool),
    /// All of these.
    Numeric(Vec<(Comparison, f64)>),
    Wildcard(Wildcard),
    Cidr(Network),
}

/// The beginning or the end of a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Affix {
    pub(super) text: String,
    pub(super) ignore_case: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// The literal pieces between the stars.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wildcard(pub(super) Vec<String>);

/// A block of addresses.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Network {
    pub(super) address: IpAddr,
    pub(super) bits: u32,
}

impl Matcher {
    /// Whether one of the values at this place of the event fits.
    pub(super) fn matches(&self, leaves: &[&Value]) -> bool {
        match self {
            Self::Exists(wanted) => leaves.is_empty() != *wanted,
            _ => leaves.iter().any(|leaf| self.takes(leaf)),
        }
    }

    fn takes(&self, leaf: &Value) -> bool {
        let text = leaf.as_str();
        match self {
            Self::Equals(wanted) => same(wanted, leaf),
            Self::EqualsIgnoreCase(wanted) => {
                text.is_some_and(|text| text.to_lowercase() == wanted.to_lowercase())
            }
            Self::Prefix(affix) => text.is_some_and(|text| affix.begins(text)),
            Self::Suffix(affix) => text.is_some_and(|text| affix.ends(text)),
            Self::AnythingBut(not) => !not.iter().any(|matcher| matcher.takes(leaf)),
            Self::Exists(wanted) => *wanted,
            Self::Numeric(range) => leaf.as_f64().is_some_and(|number| {
                let mut bounds = range.iter();
                bounds.all(|(comparison, bound)| comparison.holds(number, *bound))
            }),
            Self::Wildcard(wildcard) => text.is_some_and(|text| wildcard.matches(text)),
            Self::Cidr(network) => text
                .and_then(|text| text.parse().ok())
                .is_some_and(|address| network.contains(address)),
        }
    }
}

/// Numbers are compared by value, so that 1 and 1.0 are the same.
fn same(wanted: &Value, leaf: &Value) -> bool {
    match (wanted.as_f64(), leaf.as_f64()) {
        (Some(wanted), Some(leaf)) => wanted == leaf,
        _ => wanted == leaf,
    }
}

impl Affix {
    fn begins(&self, text: &str) -> bool {
        self.folded(text).starts_with(&self.folded(&self.text))
    }

    fn ends(&self, text: &str) -> bool {
        self.folded(text).ends_with(&self.folded(&self.text))
    }

    fn folded(&self, text: &str) -> String {
        if self.ignore_case {
            return text.to_lowercase();
        }
        text.to_owned()
    }
}

impl Comparison {
    fn holds(self, number: f64, bound: f64) -> bool {
        match self {
            Self::Equal => number == bound,
            Self::Less => number < bound,
            Self::AtMost => number <= bound,
            Self::Greater => number > bound,
            Self::AtLeast => number >= bound,
        }
    }
}

impl Wildcard {
    fn matches(&self, text: &str) -> bool {
        let Some((first, rest)) = self.0.split_first() else {
            return text.is_empty();
        };
        let Some((last, middle)) = rest.split_last() else {
            return text == first;
        };
        let Some(mut text) = text.strip_prefix(first.as_str()) else {
            return false;
        };
        for piece in middle {
            let Some((_, after)) = text.split_once(piece.as_str()) else {
                return false;
            };
            text = after;
        }
        text.ends_with(last.as_str())
    }
}

impl Network {
    fn contains(&self, address: IpAddr) -> bool {
        let differing = match (self.address, address) {
            (IpAddr::V4(one), IpAddr::V4(other)) => {
                let difference = one.to_bits() ^ other.to_bits();
                (32 - self.bits.min(32), u128::from(difference))
            }
            (IpAddr::V6(one), IpAddr::V6(other)) => {
                (128 - self.bits.min(128), one.to_bits() ^ other.to_bits())
            }
            _ => return false,
        };
        let (host_bits, difference) = differing;
        difference.checked_shr(host_bits).unwrap_or(0) == 0
    }
}
