//! Whether the topic is still told what no function of ours tells it: that a verdict changed, that
//! an execution of a runbook failed, and that the function was silenced which tells all else.

use std::collections::BTreeSet;

use serde_json::Value;

use super::events::pattern_of;
use super::state::there;
use super::{GuardView, Requirements};
use crate::config_rule::{RuleName, dispatch};
use crate::facts::{EventRuleFacts, EventTargetFacts};
use crate::fast_path::covers;
use crate::finding::{Code, Finding};
use crate::guard::notification::{failure_pattern, silencing_patterns, verdict_pattern};
use crate::guard::part::PartKind;
use crate::identity::{Arn, Caller};

/// The variable of our functions with the topic.
const TOPIC: &str = "TRAILKEEPER_TOPIC_ARN";

/// What no rule tells the topic any more. That a rule is not there, cannot be read or has another
/// target is told by itself.
pub(super) fn examine(requirements: &Requirements, view: &GuardView) -> Vec<Finding> {
    let Some(patterns) = patterns(requirements, view) else {
        return Vec::new();
    };
    let is_told = |needed: &Value| patterns.iter().any(|pattern| covers(pattern, needed));
    let verdicts = judging_rules(requirements, view).into_iter();
    let verdicts = verdicts.filter(|rule| !is_told(&verdict_pattern(&[rule])));
    let verdicts = verdicts.map(|rule| format!("a changed verdict of {rule}"));
    let runbooks = watched_runbooks(requirements, view).unwrap_or_default();
    let failures = runbooks.into_iter();
    let failures = failures.filter(|runbook| !is_told(&failure_pattern(&[runbook])));
    let failures = failures.map(|runbook| format!("a failed execution of {runbook}"));
    let told = verdicts.chain(failures);
    let told = told.chain(unheard_silence(requirements, view, is_told));
    let told = told.map(|what| {
        let text = format!("no rule of EventBridge tells the topic of {what}");
        Finding::new(Code::EventRuleChanged, text)
    });
    told.collect()
}

/// The parts of whose silencing nobody is told: the functions that answer events, their roles, and
/// the rules by which events arrive. Without these nothing is answered that could fall silent.
fn unheard_silence(
    requirements: &Requirements,
    view: &GuardView,
    is_told: impl Fn(&Value) -> bool,
) -> Option<String> {
    if requirements.event_rules.is_empty() {
        return None;
    }
    let functions = requirements.invoked_functions.iter();
    let roles = functions.clone().filter_map(|name| {
        let function = there(view.functions.get(name))?;
        let role: Arn = function.role.parse().ok()?;
        Some((PartKind::Role, role.name().to_owned()))
    });
    let functions = functions.map(|name| (PartKind::Function, name.clone()));
    let rules = requirements.event_rules.iter();
    let rules = rules.chain(&requirements.notification_rules);
    let rules = rules.map(|name| (PartKind::EventRule, name.clone()));
    let all = functions.chain(roles).chain(rules);
    let mut unheard = all.filter(|(kind, name)| {
        let patterns = silencing_patterns(*kind, name);
        !patterns.iter().all(&is_told)
    });
    let (kind, name) = unheard.next()?;
    let others = match unheard.count() {
        0 => String::new(),
        more => format!(" and {more} more parts"),
    };
    let kind = kind.noun();
    Some(format!(
        "every call that can silence the {kind} {name}{others}"
    ))
}

/// What the named rules match. None: none is named, or one of them is not known.
fn patterns(requirements: &Requirements, view: &GuardView) -> Option<Vec<Value>> {
    let names = requirements.notification_rules.iter();
    let patterns = names.map(|name| there(view.event_rules.get(name)).map(pattern_of));
    let patterns: Vec<Value> = patterns.collect::<Option<_>>()?;
    Some(patterns).filter(|patterns| !patterns.is_empty())
}

/// Whether a target of the rule is the topic: the one that our functions tell, where they say
/// which; else any of this account and Region.
pub(super) fn tells_topic(
    rule: &EventRuleFacts,
    requirements: &Requirements,
    caller: &Caller,
    view: &GuardView,
) -> bool {
    let functions = requirements.functions.iter();
    let functions = functions.chain(&requirements.invoked_functions);
    let functions = functions.filter_map(|name| there(view.functions.get(name)));
    let topics = functions.filter_map(|function| function.environment.get(TOPIC));
    let topics: BTreeSet<&String> = topics.filter(|topic| !topic.is_empty()).collect();
    let is_topic = |target: &EventTargetFacts| {
        topics.contains(&target.arn) || (topics.is_empty() && is_here(&target.arn, caller))
    };
    rule.targets.iter().any(is_topic)
}

fn is_here(arn: &str, caller: &Caller) -> bool {
    let arn: Option<Arn> = arn.parse().ok();
    arn.is_some_and(|arn| {
        arn.service == "sns"
            && arn.account == caller.account.as_str()
            && arn.region().as_ref() == Some(&caller.region)
    })
}

/// Whether a rule of AWS Config judges instances. None: it is not there, or not known.
fn is_of_instances(name: &str, view: &GuardView) -> Option<bool> {
    let rule = there(view.config_rules.get(name))?;
    Some(dispatch(&rule.parameters, name) == Ok(RuleName::InstanceProfile))
}

/// Whether one of the named rules judges instances.
pub(super) fn judges_instances(requirements: &Requirements, view: &GuardView) -> bool {
    let mut rules = requirements.config_rules.iter();
    rules.any(|name| is_of_instances(name, view) == Some(true))
}

/// The rules whose changed verdict is told: not that about instances, which changes with each of
/// them.
fn judging_rules<'a>(requirements: &'a Requirements, view: &GuardView) -> Vec<&'a str> {
    let rules = requirements.config_rules.iter().map(String::as_str);
    let told = rules.filter(|name| is_of_instances(name, view) == Some(false));
    told.collect()
}

/// The runbooks whose failure is told: not the one that AWS Config starts by itself for instances,
/// again and again for each that stays as it is. None: which one that is is not known.
fn watched_runbooks<'a>(requirements: &'a Requirements, view: &GuardView) -> Option<Vec<&'a str>> {
    let mut repeated = BTreeSet::new();
    for (rule, is_automatic) in &requirements.remediated_rules {
        if *is_automatic && is_of_instances(rule, view)? {
            let remediation = there(view.remediations.get(rule))?;
            repeated.insert(remediation.document.as_str());
        }
    }
    let runbooks = requirements.runbooks.iter().map(String::as_str);
    Some(runbooks.filter(|name| !repeated.contains(name)).collect())
}
