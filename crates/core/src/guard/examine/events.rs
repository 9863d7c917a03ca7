//! Whether the rules of EventBridge together still hear everything that is answered.

use serde_json::Value;

use super::notified::judges_instances;
use super::state::is_own_target;
use super::{GuardView, Requirements};
use crate::facts::EventRuleFacts;
use crate::fast_path::{EventRow, Handler, events, hears};
use crate::finding::{Code, Finding};
use crate::identity::Caller;

/// The calls that no rule hears any more. A rule that is not
/// there or cannot be read is told by itself; what it heard cannot be known then.
pub(super) fn examine(
    requirements: &Requirements,
    caller: &Caller,
    view: &GuardView,
) -> Option<Finding> {
    let mut patterns = Vec::new();
    for name in &requirements.event_rules {
        let rule = view.event_rules.get(name)?.known()?.as_ref()?;
        let mut targets = rule.targets.iter();
        if targets.any(|target| is_own_target(target, requirements, caller)) {
            patterns.push(pattern_of(rule));
        }
    }
    if patterns.is_empty() {
        return None;
    }
    let with_instances = judges_instances(requirements, view);
    let expected = events().filter(|row| with_instances || !is_of_instances(row));
    let is_unheard = |row: &&EventRow| !patterns.iter().any(|pattern| hears(pattern, row));
    let unheard: Vec<&EventRow> = expected.filter(is_unheard).collect();
    let (first, more) = unheard.split_first()?;
    let others = match more.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let (source, name) = (first.bus_source, first.event_name);
    let text = format!("no rule of EventBridge hears {name} of {source}{others}");
    Some(Finding::new(Code::EventRuleChanged, text))
}

/// Whether the event is EC2's own. The rule for those comes with the rule of AWS Config about
/// instances; the one for roles, policies and profiles comes without it too, since they can be ours.
fn is_of_instances(row: &EventRow) -> bool {
    let handlers = [Handler::LaunchedInstances, Handler::ProfileAssociation];
    handlers.contains(&row.handler)
}

/// What the rule matches: nothing where it has no pattern that can be read.
pub(super) fn pattern_of(rule: &EventRuleFacts) -> Value {
    let text = rule.pattern.as_deref().unwrap_or_default();
    serde_json::from_str(text).unwrap_or_default()
}
