//! Whether advanced event selectors take in all that another one does, however they are written.
//!
//! It never says yes wrongly. What it may miss is a selector of which several others take in parts
//! that differ in more than one list of values and in `readOnly`.

use super::coverage::{states_something, takes_value};
use crate::facts::{AdvancedSelector, FieldSelector};

/// Whether the selectors together take in all that `wanted` does: one of them, or several by what
/// a list of its values names or by reads and writes.
pub(super) fn take_in(seen: &[AdvancedSelector], wanted: &AdvancedSelector) -> bool {
    if one_or_by_values(seen, wanted) {
        return true;
    }
    let is_split = |field: &FieldSelector| field.field == "readOnly";
    !wanted.field_selectors.iter().any(is_split)
        && ["true", "false"].iter().all(|value| {
            let mut part = wanted.clone();
            part.field_selectors.push(FieldSelector {
                field: "readOnly".to_owned(),
                equals: vec![(*value).to_owned()],
                ..FieldSelector::default()
            });
            one_or_by_values(seen, &part)
        })
}

fn one_or_by_values(seen: &[AdvancedSelector], wanted: &AdvancedSelector) -> bool {
    let by_one = |wanted: &AdvancedSelector| seen.iter().any(|one| takes_in(one, wanted));
    by_one(wanted)
        || (0..wanted.field_selectors.len()).any(|place| {
            let parts = parts(wanted, place);
            parts.len() > 1 && parts.iter().all(by_one)
        })
}

/// A selector for each value of the condition at `place`, of which one has to hold.
fn parts(selector: &AdvancedSelector, place: usize) -> Vec<AdvancedSelector> {
    let lists: [fn(&mut FieldSelector) -> &mut Vec<String>; 3] = [
        |field| &mut field.equals,
        |field| &mut field.starts_with,
        |field| &mut field.ends_with,
    ];
    let Some(mut whole) = selector.field_selectors.get(place).cloned() else {
        return Vec::new();
    };
    let Some(list) = lists.into_iter().find(|list| list(&mut whole).len() > 1) else {
        return Vec::new();
    };
    let values = list(&mut whole).clone();
    let with = |value: String| {
        let mut part = selector.clone();
        if let Some(field) = part.field_selectors.get_mut(place) {
            *list(field) = vec![value];
        }
        part
    };
    values.into_iter().map(with).collect()
}

/// Whether `wide` lets through whatever `narrow` does. One without a category takes for certain
/// nothing. The name has no meaning, nor has the order of conditions and values.
fn takes_in(wide: &AdvancedSelector, narrow: &AdvancedSelector) -> bool {
    let has_category = |one: &FieldSelector| one.field == "eventCategory";
    let is_met = |wide: &FieldSelector| {
        let mut narrow = narrow.field_selectors.iter();
        narrow.any(|narrow| narrow.field == wide.field && implies(narrow, wide))
    };
    wide.field_selectors.iter().any(has_category) && wide.field_selectors.iter().all(is_met)
}

/// Whether every value that meets `narrow` meets `wide`.
fn implies(narrow: &FieldSelector, wide: &FieldSelector) -> bool {
    if !states_something(wide) || !states_something(narrow) {
        // an operator that is not known here
        return narrow == wide;
    }
    if !narrow.equals.is_empty() {
        return narrow.equals.iter().all(|value| takes_value(wide, value));
    }
    let starts = Ends {
        narrow: &narrow.starts_with,
        narrow_not: &narrow.not_starts_with,
        is_at: |value, end| value.starts_with(end),
    };
    let ends = Ends {
        narrow: &narrow.ends_with,
        narrow_not: &narrow.not_ends_with,
        is_at: |value, end| value.ends_with(end),
    };
    wide.equals.is_empty()
        && wide
            .not_equals
            .iter()
            .all(|value| !takes_value(narrow, value))
        && starts.imply(&wide.starts_with, &wide.not_starts_with)
        && ends.imply(&wide.ends_with, &wide.not_ends_with)
}

/// The beginnings of `narrow`'s values, or their ends.
struct Ends<'n> {
    narrow: &'n [String],
    narrow_not: &'n [String],
    is_at: fn(&str, &str) -> bool,
}

impl Ends<'_> {
    fn imply(&self, wide: &[String], wide_not: &[String]) -> bool {
        let is_within = |end: &String| wide.iter().any(|wider| (self.is_at)(end, wider));
        let some = wide.is_empty() || !self.narrow.is_empty() && self.narrow.iter().all(is_within);
        some && wide_not.iter().all(|end| self.exclude(end))
    }

    /// Whether no value of `narrow` has this end.
    fn exclude(&self, end: &str) -> bool {
        let apart = |one: &String| !(self.is_at)(one, end) && !(self.is_at)(end, one);
        let is_left_out = self.narrow_not.iter().any(|wider| (self.is_at)(end, wider));
        is_left_out || !self.narrow.is_empty() && self.narrow.iter().all(apart)
    }
}
