//! What is wrong with a part that is there, whatever was recorded.

use std::collections::BTreeSet;

use super::invoked::lets_in;
use super::notified::tells_topic;
use super::trusted::trust;
use super::{GuardView, Requirements};
use crate::facts::{EventRuleFacts, EventTargetFacts, Fact, FunctionFacts};
use crate::finding::{Code, Finding};
use crate::guard::part::{Part, PartKind};
use crate::identity::{Arn, Caller};

/// The variable with the mode of the fast path, and the mode that ends all answers.
const MODE: (&str, &str) = ("TRAILKEEPER_MODE", "off");

/// The variables without which the fast path tells nobody, or takes every trail for a stranger's.
const NEEDED: [&str; 2] = ["TRAILKEEPER_TOPIC_ARN", "TRAILKEEPER_CONFIG_RULE"];

/// The variables that send the SDK's calls elsewhere begin with this.
const ENDPOINT: &str = "AWS_ENDPOINT_URL";

pub(super) fn state(
    part: &Part,
    requirements: &Requirements,
    caller: &Caller,
    view: &GuardView,
) -> Vec<Finding> {
    let name = &part.name;
    let found = match part.kind {
        PartKind::Recorder | PartKind::DeliveryChannel => None,
        PartKind::Role => there(view.roles.get(name)).and_then(|role| trust(name, &role.facts)),
        PartKind::ConfigRule => there(view.config_rules.get(name)).and_then(|rule| {
            let state = rule.state.as_deref().filter(|state| *state != "ACTIVE")?;
            let text = format!("the rule {name} is {}", state.to_lowercase());
            Some(Finding::new(Code::ConfigRuleMissing, text))
        }),
        PartKind::Remediation => there(view.remediations.get(name)).and_then(|remediation| {
            let wanted = requirements.remediated_rules.get(name).copied();
            let text = format!("the remediation of {name} is not automatic any more");
            (wanted == Some(true) && !remediation.automatic)
                .then(|| Finding::new(Code::RemediationChanged, text))
        }),
        PartKind::EventRule => there(view.event_rules.get(name))
            .and_then(|rule| event_rule(rule, requirements, caller, view)),
        PartKind::Function => {
            let function = there(view.functions.get(name));
            return function.map_or_else(Vec::new, |it| {
                self::function(it, name, requirements, caller)
            });
        }
        PartKind::Runbook => there(view.runbooks.get(name)).and_then(|runbook| {
            let text = format!("the document {name} is {}", runbook.status);
            (runbook.status != "Active").then(|| Finding::new(Code::RunbookMissing, text))
        }),
    };
    found.into_iter().collect()
}

/// The part behind a fact, where it is known and there.
pub(super) fn there<T>(fact: Option<&Fact<Option<T>>>) -> Option<&T> {
    fact?.known()?.as_ref()
}

fn event_rule(
    rule: &EventRuleFacts,
    requirements: &Requirements,
    caller: &Caller,
    view: &GuardView,
) -> Option<Finding> {
    let name = &rule.name;
    if !rule.state.starts_with("ENABLED") {
        let text = format!("the rule {name} is {}", rule.state.to_lowercase());
        return Some(Finding::new(Code::EventRuleOff, text));
    }
    let changed = |text: String| Some(Finding::new(Code::EventRuleChanged, text));
    if rule.targets.is_empty() {
        return changed(format!("the rule {name} has no target"));
    }
    if requirements.notification_rules.contains(name) {
        let is_told = tells_topic(rule, requirements, caller, view);
        let text = || format!("no target of the rule {name} is the topic");
        return (!is_told).then(text).and_then(changed);
    }
    let is_named = functions(requirements).any(|names| !names.is_empty());
    // Only a rule that is required by name has to reach the functions: another one, which was
    // recorded, is compared with its record.
    if !is_named || !requirements.event_rules.contains(name) {
        return None;
    }
    let is_ours = |target: &&EventTargetFacts| is_own_target(target, requirements, caller);
    let mut ours = rule.targets.iter().filter(is_ours).peekable();
    if ours.peek().is_none() {
        return changed(format!(
            "no target of the rule {name} is a function of the guard"
        ));
    }
    let reworded = ours.find(|target| target.is_reworded())?;
    changed(format!(
        "the rule {name} sends {} something else than the event",
        reworded.arn
    ))
}

fn functions(requirements: &Requirements) -> impl Iterator<Item = &BTreeSet<String>> {
    [&requirements.functions, &requirements.invoked_functions].into_iter()
}

/// Whether the target is one of the functions that are named.
pub(super) fn is_own_target(
    target: &EventTargetFacts,
    requirements: &Requirements,
    caller: &Caller,
) -> bool {
    let own = own_function(&target.arn, caller);
    own.is_some_and(|own| functions(requirements).any(|names| names.contains(&own)))
}

/// The name of the function in this account and Region that the ARN is of.
fn own_function(arn: &str, caller: &Caller) -> Option<String> {
    let arn: Arn = arn.parse().ok()?;
    let is_here = arn.service == "lambda"
        && arn.account == caller.account.as_str()
        && arn.region().as_ref() == Some(&caller.region);
    let name = arn.resource.strip_prefix("function:")?;
    let name = name.split(':').next()?;
    is_here.then(|| name.to_owned())
}

fn function(
    function: &FunctionFacts,
    name: &str,
    requirements: &Requirements,
    caller: &Caller,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let is_invoked = requirements.invoked_functions.contains(name);
    if function.reserved_concurrency == Some(0) {
        let text = format!("the function {name} has a reserved concurrency of 0");
        findings.push(Finding::new(Code::FunctionThrottled, text));
    } else if is_invoked && let Some(service) = shut_out(function, requirements, caller) {
        let text = format!("the function {name} does not let {service} in");
        findings.push(Finding::new(Code::FunctionPermissionMissing, text));
    }
    findings.extend(redirected(function, name));
    if is_invoked {
        findings.extend(silenced(function, name, requirements));
    }
    findings
}

/// Calls that go to another endpoint: whoever answers there says what is seen and repaired.
fn redirected(function: &FunctionFacts, name: &str) -> Option<Finding> {
    let mut variables = function.environment.keys();
    let variable = variables.find(|variable| variable.starts_with(ENDPOINT))?;
    let text = format!("the function {name} does not call AWS itself: its {variable} is set");
    Some(Finding::new(Code::FunctionChanged, text))
}

/// A function that events come to, and that answers none, tells nobody or does not know what it
/// watches over. Without rules of EventBridge nothing comes, and off is as it was deployed.
fn silenced(function: &FunctionFacts, name: &str, requirements: &Requirements) -> Option<Finding> {
    if requirements.event_rules.is_empty() {
        return None;
    }
    let value = |variable: &str| function.environment.get(variable).map(String::as_str);
    let (variable, off) = MODE;
    let why = if value(variable) == Some(off) {
        format!("answers to no event: its {variable} is {off}")
    } else {
        let is_missing = |one: &&&str| value(one).unwrap_or_default().is_empty();
        let variable = NEEDED.iter().find(is_missing)?;
        format!("cannot answer to an event: it has no {variable}")
    };
    Some(Finding::new(
        Code::KillSwitchUsed,
        format!("the function {name} {why}"),
    ))
}

/// The service that has to invoke the function and may not.
fn shut_out(
    function: &FunctionFacts,
    requirements: &Requirements,
    caller: &Caller,
) -> Option<&'static str> {
    let services = [
        (
            !requirements.config_rules.is_empty(),
            "config.amazonaws.com",
        ),
        (!requirements.event_rules.is_empty(), "events.amazonaws.com"),
    ];
    let mut wanted = services.into_iter().filter(|(wanted, _)| *wanted);
    let found = wanted.find(|(_, service)| !lets_in(function, service, caller));
    found.map(|(_, service)| service)
}
