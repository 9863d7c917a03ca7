//! Whether the rules of EventBridge together still hear everything that is answered.

use serde_json::Value;

use super::state::is_own_target;
use super::{GuardView, Requirements};
use crate::facts::EventRuleFacts;
use crate::fast_path::{Concerns, EventRow, events, hears};
use crate::finding::{Code, Finding};
use crate::identity::Caller;

/// The calls about the trail and about the guard that no rule hears any more. A rule that is not
/// there or cannot be read is told by itself; what it heard cannot be known then.
pub(super) fn examine(
    requirements: &Requirements,
    caller: &Caller,
    view: &GuardView,
) -> Option<Finding> {
    let mut patterns = Vec::new();
    for name in &requirements.event_rules {
        let rule = view.event_rules.get(name)?.known()?.as_ref()?;
        patterns.extend(pattern(rule, requirements, caller));
    }
    if patterns.is_empty() {
        return None;
    }
    let is_unheard = |row: &&EventRow| {
        row.handler.concerns() != Concerns::Instances
            && !patterns.iter().any(|pattern| hears(pattern, row))
    };
    let unheard: Vec<&EventRow> = events().filter(is_unheard).collect();
    let (first, more) = unheard.split_first()?;
    let others = match more.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let (source, name) = (first.bus_source, first.event_name);
    let text = format!("no rule of EventBridge hears {name} of {source}{others}");
    Some(Finding::new(Code::EventRuleChanged, text))
}

/// What the rule hears for a function of ours: nothing where it has no pattern that can be read.
fn pattern(rule: &EventRuleFacts, requirements: &Requirements, caller: &Caller) -> Option<Value> {
    let mut targets = rule.targets.iter();
    let is_ours = targets.any(|target| is_own_target(target, requirements, caller));
    is_ours.then(|| {
        let text = rule.pattern.as_deref().unwrap_or_default();
        serde_json::from_str(text).unwrap_or_default()
    })
}
