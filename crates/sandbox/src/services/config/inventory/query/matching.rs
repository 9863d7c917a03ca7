//! Whether a resource fulfils a condition. Each comparison looks at all values of a property by
//! itself: in a list it is enough that one of them fits.

use std::cmp::Ordering;

use super::super::Item;
use super::parser::Condition;
use super::property::scalars;

pub(super) fn holds(condition: &Condition, item: &Item) -> bool {
    match condition {
        Condition::All(parts) => parts.iter().all(|part| holds(part, item)),
        Condition::Any(parts) => parts.iter().any(|part| holds(part, item)),
        Condition::Not(inner) => !holds(inner, item),
        Condition::In(path, wanted) => {
            let same = |value: &String| wanted.iter().any(|wanted| is_same(value, wanted));
            scalars(item, path).iter().any(same)
        }
        Condition::Between(path, low, high) => {
            let within = |value: &String| {
                compare(value, low) != Ordering::Less && compare(value, high) != Ordering::Greater
            };
            scalars(item, path).iter().any(within)
        }
        Condition::Like(path, start, more) => {
            let fits = |value: &String| {
                let rest = value.strip_prefix(start.as_str());
                rest.is_some_and(|rest| more.is_none_or(|more| rest.chars().count() == more))
            };
            scalars(item, path).iter().any(fits)
        }
    }
}

fn is_same(one: &str, other: &str) -> bool {
    one == other || compare(one, other) == Ordering::Equal
}

/// Numbers by their value, everything else by its letters.
fn compare(one: &str, other: &str) -> Ordering {
    match (one.parse::<f64>(), other.parse::<f64>()) {
        (Ok(one), Ok(other)) => one.total_cmp(&other),
        _ => one.cmp(other),
    }
}
