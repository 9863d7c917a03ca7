//! Which findings of GuardDuty a filter is about.

use serde_json::Value;
use trailkeeper_policy::matching::glob_ignore_case;

/// GuardDuty's finding about a trail that was stopped, deleted or changed.
const ABOUT_TRAILS: &str = "Stealth:IAMUser/CloudTrailLoggingDisabled";

/// Whether a filter with these `findingCriteria` takes in GuardDuty's finding about a stopped
/// trail. Criteria other than the type may leave it out in one case and not in the next, so they
/// do not count.
pub fn takes_in_stopped_trails(criteria: &Value) -> bool {
    let Some(kind) = member(criteria, "criterion").and_then(|all| member(all, "type")) else {
        return true;
    };
    let names = |operator: &str, is_it: fn(&str) -> bool| {
        let texts = member(kind, operator).and_then(Value::as_array)?;
        Some(texts.iter().filter_map(Value::as_str).any(is_it))
    };
    let same: fn(&str) -> bool = |text| text == ABOUT_TRAILS;
    let like: fn(&str) -> bool = |text| glob_ignore_case(text, ABOUT_TRAILS);
    let wanted = [("eq", same), ("equals", same), ("matches", like)];
    let unwanted = [("neq", same), ("notEquals", same), ("notMatches", like)];
    let mut wanted = wanted.iter().filter_map(|(name, is)| names(name, *is));
    let mut unwanted = unwanted.iter().filter_map(|(name, is)| names(name, *is));
    wanted.all(|holds| holds) && !unwanted.any(|holds| holds)
}

/// A member, however its name is capitalized.
fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let mut members = value.as_object()?.iter();
    let found = members.find(|(key, value)| key.eq_ignore_ascii_case(name) && !value.is_null());
    found.map(|(_, value)| value)
}
