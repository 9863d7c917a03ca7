//! Selectors applied to values.

use std::cmp::Ordering;

use serde_json::Value;

use super::{Filter, Relation, Segment, Selected, Selector};

impl Selector {
    /// What the selector finds in a value.
    pub fn select(&self, root: &Value) -> Selected {
        let found = walk(&self.segments, root);
        if self.is_definite() {
            return Selected::One(found.first().map(|value| (*value).clone()));
        }
        Selected::Many(found.into_iter().cloned().collect())
    }
}

fn walk<'a>(segments: &[Segment], root: &'a Value) -> Vec<&'a Value> {
    let mut found = vec![root];
    for segment in segments {
        found = found
            .into_iter()
            .flat_map(|value| step(segment, value))
            .collect();
    }
    found
}

fn step<'a>(segment: &Segment, value: &'a Value) -> Vec<&'a Value> {
    match segment {
        Segment::Child(name) => value.get(name.as_str()).into_iter().collect(),
        Segment::Index(index) => item(value, *index).into_iter().collect(),
        Segment::All => children(value),
        Segment::Slice(from, to) => slice(value, *from, *to),
        Segment::Filter(filter) => {
            // A filter on a map asks the map itself, one on a list its items.
            let candidates = match value {
                Value::Array(items) => items.iter().collect(),
                _ => vec![value],
            };
            let kept = candidates.into_iter().filter(|item| filter.keeps(item));
            kept.collect()
        }
        Segment::Descend => {
            let mut all = Vec::new();
            descend(value, &mut all);
            all
        }
    }
}

fn item(value: &Value, index: i64) -> Option<&Value> {
    let items = value.as_array()?;
    items.get(place(index, items.len())?)
}

/// A place counted from the start, or from the end if it is negative.
fn place(index: i64, length: usize) -> Option<usize> {
    if index >= 0 {
        return usize::try_from(index).ok();
    }
    length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?)
}

fn children(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(map) => map.values().collect(),
        _ => Vec::new(),
    }
}

fn slice(value: &Value, from: Option<i64>, to: Option<i64>) -> Vec<&Value> {
    let Some(items) = value.as_array() else {
        return Vec::new();
    };
    let bound = |index: Option<i64>, otherwise: usize| match index {
        Some(index) => place(index, items.len()).unwrap_or(0),
        None => otherwise,
    };
    let (from, to) = (bound(from, 0), bound(to, items.len()));
    items.iter().take(to).skip(from).collect()
}

fn descend<'a>(value: &'a Value, all: &mut Vec<&'a Value>) {
    all.push(value);
    for child in children(value) {
        descend(child, all);
    }
}

impl Filter {
    fn keeps(&self, item: &Value) -> bool {
        let found = walk(&self.path, item);
        let Some((relation, wanted)) = &self.test else {
            return !found.is_empty();
        };
        match found.first() {
            Some(value) => relation.holds(value, wanted),
            None => *relation == Relation::NotEqual,
        }
    }
}

impl Relation {
    fn holds(self, left: &Value, right: &Value) -> bool {
        let order = compare(left, right);
        match self {
            Self::Equal => order == Some(Ordering::Equal) || left == right,
            Self::NotEqual => order != Some(Ordering::Equal) && left != right,
            Self::Less => order == Some(Ordering::Less),
            Self::LessOrEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            Self::Greater => order == Some(Ordering::Greater),
            Self::GreaterOrEqual => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        }
    }
}

fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        (Value::Number(left), Value::Number(right)) => left.as_f64()?.partial_cmp(&right.as_f64()?),
        _ => None,
    }
}
