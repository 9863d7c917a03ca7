//! The product's own parts: whether they are there, at work, and as they were recorded.

use jiff::Timestamp;
use trailkeeper_policy::{Context, Decision, Policy, ServiceRequest};

use super::services::known;
use super::{GuardRecord, GuardView, Requirements};
use crate::escape;
use crate::facts::{EventRuleFacts, Fact, FunctionFacts, RemediationExceptionFacts};
use crate::finding::{Code, Finding};
use crate::guard::budget::{MOST_REPAIRS, started_within};
use crate::guard::fingerprint::HASHED;
use crate::guard::part::{Fingerprint, Part, PartKind};
use crate::guard::plan::is_healthy;
use crate::identity::Caller;

/// The switch that turns the fast path off.
const KILL_SWITCH: &str = "environment:TRAILKEEPER_MODE";

/// The longest foreign text in a finding.
const SHOWN: usize = 96;

pub(super) fn examine(
    requirements: &Requirements,
    caller: &Caller,
    view: &GuardView,
    record: Option<&GuardRecord>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for part in GuardView::parts(requirements, record) {
        let recorded = record.and_then(|record| record.0.get(&part));
        let seen = view.fingerprint(&part);
        findings.extend(known(seen.as_ref(), |now| match now {
            None => vec![missing(&part)],
            Some(now) => recorded.map_or_else(Vec::new, |was| changes(&part, was, now)),
        }));
        findings.extend(state(&part, requirements, caller, view));
    }
    findings
}

fn missing(part: &Part) -> Finding {
    let text = format!("the {} {} is not there", part.kind.noun(), part.name);
    Finding::new(part.kind.missing(), text)
}

fn changes(part: &Part, was: &Fingerprint, now: &Fingerprint) -> Vec<Finding> {
    let (switch, others): (Vec<_>, Vec<_>) = was
        .differences(now)
        .partition(|(name, ..)| *name == KILL_SWITCH);
    let switched = switch
        .into_iter()
        .map(|change| (Code::KillSwitchUsed, change));
    let others = others
        .into_iter()
        .map(|change| (part.kind.changed(), change));
    let told = switched.chain(others).map(|(code, (name, was, now))| {
        let text = format!(
            "{} {}: {}",
            part.kind.noun(),
            part.name,
            change(name, was, now)
        );
        Finding::new(code, text)
    });
    told.collect()
}

fn change(name: &str, was: Option<&str>, now: Option<&str>) -> String {
    let shown = |value: &str| escape::cut(value, SHOWN);
    match (was, now) {
        (Some(was), Some(now)) if was.starts_with(HASHED) || now.starts_with(HASHED) => {
            format!("{name} is not what it was")
        }
        (Some(was), Some(now)) => format!("{name} is {}, was {}", shown(now), shown(was)),
        (Some(_), None) => format!("{name} is gone"),
        (None, _) => format!("{name} was added"),
    }
}

/// What is wrong with a part that is there, whatever was recorded.
fn state(
    part: &Part,
    requirements: &Requirements,
    caller: &Caller,
    view: &GuardView,
) -> Option<Finding> {
    let name = &part.name;
    match part.kind {
        PartKind::ConfigRule => {
            let rule = there(view.config_rules.get(name))?;
            let state = rule.state.as_deref().filter(|state| *state != "ACTIVE")?;
            let text = format!("the rule {name} is {}", state.to_lowercase());
            Some(Finding::new(Code::ConfigRuleMissing, text))
        }
        PartKind::Remediation => {
            let remediation = there(view.remediations.get(name))?;
            let wanted = requirements.remediated_rules.get(name).copied();
            let text = format!("the remediation of {name} is not automatic any more");
            (wanted == Some(true) && !remediation.automatic)
                .then(|| Finding::new(Code::RemediationChanged, text))
        }
        PartKind::EventRule => event_rule(there(view.event_rules.get(name))?),
        PartKind::Function => {
            function(there(view.functions.get(name))?, name, requirements, caller)
        }
        PartKind::Runbook => {
            let runbook = there(view.runbooks.get(name))?;
            let text = format!("the document {name} is {}", runbook.status);
            (runbook.status != "Active").then(|| Finding::new(Code::RunbookMissing, text))
        }
        PartKind::Role => None,
    }
}

fn there<T>(fact: Option<&Fact<Option<T>>>) -> Option<&T> {
    fact?.known()?.as_ref()
}

fn event_rule(rule: &EventRuleFacts) -> Option<Finding> {
    let name = &rule.name;
    if !rule.state.starts_with("ENABLED") {
        let text = format!("the rule {name} is {}", rule.state.to_lowercase());
        return Some(Finding::new(Code::EventRuleOff, text));
    }
    let text = format!("the rule {name} has no target");
    rule.targets
        .is_empty()
        .then(|| Finding::new(Code::EventRuleChanged, text))
}

fn function(
    function: &FunctionFacts,
    name: &str,
    requirements: &Requirements,
    caller: &Caller,
) -> Option<Finding> {
    if function.reserved_concurrency == Some(0) {
        let text = format!("the function {name} has a reserved concurrency of 0");
        return Some(Finding::new(Code::FunctionThrottled, text));
    }
    if !requirements.invoked_functions.contains(name) {
        return None;
    }
    let services = [
        (
            !requirements.config_rules.is_empty(),
            "config.amazonaws.com",
        ),
        (!requirements.event_rules.is_empty(), "events.amazonaws.com"),
    ];
    let mut wanted = services.iter().filter(|(wanted, _)| *wanted);
    let shut_out = wanted.find(|(_, service)| !lets_in(function, service, caller))?;
    let text = format!("the function {name} does not let {} in", shut_out.1);
    Some(Finding::new(Code::FunctionPermissionMissing, text))
}

/// Whether the function's policy allows the service to invoke it. A condition on something that is
/// not known here, such as the rule's ARN, does not count against it.
fn lets_in(function: &FunctionFacts, service: &str, caller: &Caller) -> bool {
    let policy = function.policy.as_deref();
    let Some(policy) = policy.and_then(|text| Policy::parse(text).ok()) else {
        return false;
    };
    let context =
        Context::of_service(service).with_value("aws:SourceAccount", caller.account.as_str());
    let mut statements = policy.statements().iter();
    let resource = function.arn.to_string();
    let request = ServiceRequest {
        service,
        action: "lambda:InvokeFunction",
        resource: &resource,
        context: &context,
    };
    match policy.decide(&request) {
        Decision::Allowed => true,
        Decision::Denied { .. } => false,
        Decision::Undetermined { .. } => true,
        // Each permission names its rule, which is not known here.
        Decision::NotAllowed => statements.any(|one| {
            one.effect == trailkeeper_policy::Effect::Allow && policy.source(one).contains(service)
        }),
    }
}

/// The exceptions that keep AWS Config from the next repair.
pub(super) fn exceptions(view: &GuardView) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (rule, fact) in &view.exceptions {
        let verdicts = view.verdicts.get(rule);
        findings.extend(known(Some(fact), |all| {
            let told = all
                .iter()
                .map(|one| exception(rule, one, is_healthy(verdicts, one)));
            told.collect()
        }));
    }
    findings
}

fn exception(rule: &str, exception: &RemediationExceptionFacts, is_healthy: bool) -> Finding {
    let when = if is_healthy {
        "the next repair"
    } else {
        "its repair"
    };
    let why = escape::cut(&exception.message, SHOWN);
    let why = Some(why).filter(|why| !why.is_empty());
    let why = why.map_or_else(String::new, |why| format!(": {why}"));
    let text = format!(
        "an exception of {rule} on {} {} blocks {when}{why}",
        exception.resource_type,
        escape::cut(&exception.resource_id, SHOWN),
    );
    Finding::new(Code::RemediationBlocked, text)
}

/// The runbooks that ran so often that somebody undoes what they repair.
pub(super) fn executions(view: &GuardView, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (document, fact) in &view.executions {
        findings.extend(known(Some(fact), |all| {
            let count = started_within(all, now);
            let text = format!("{document} began {count} times within an hour");
            let exhausted = Finding::new(Code::RepairsExhausted, text);
            (count >= MOST_REPAIRS)
                .then_some(exhausted)
                .into_iter()
                .collect()
        }));
    }
    findings
}
