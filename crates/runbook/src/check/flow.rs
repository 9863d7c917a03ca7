//! Names of steps, the ways between them, and what no way leads to.

use std::collections::BTreeSet;

use crate::document::{Action, Document, OnCancel, OnFailure, Step, Target};
use crate::finding::Findings;
use crate::node::Position;
use crate::suggest;

/// What a cancelled run may not go to.
const NOT_ON_CANCEL: &[&str] = &[
    "aws:approve",
    "aws:copyImage",
    "aws:createImage",
    "aws:createStack",
    "aws:createTags",
    "aws:loop",
    "aws:pause",
    "aws:runInstances",
    "aws:sleep",
];

pub(super) fn check(document: &Document, findings: &mut Findings) {
    let steps = document.all_steps();
    let mut seen = BTreeSet::new();
    for step in &steps {
        check_name(step, findings);
        if !seen.insert(step.name.as_str()) {
            findings.error(
                "duplicate-step",
                step.at,
                format!("there are two steps {}", step.name),
                "give one of them another name",
            );
        }
        check_ways(step, &steps, findings);
    }
    check_reachable(document, findings);
}

fn check_name(step: &Step, findings: &mut Findings) {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if step.name.is_empty() || !step.name.chars().all(plain) {
        findings.error(
            "step-name",
            step.at,
            format!("{:?} cannot be the name of a step", step.name),
            "use letters, digits and underscores only",
        );
    }
}

fn check_ways(step: &Step, steps: &[&Step], findings: &mut Findings) {
    for (what, target) in targets(step) {
        if !steps.iter().any(|other| other.name == target.name) {
            unknown_step(&step.name, what, target, steps, findings);
        }
    }
    if let (true, Some(next)) = (step.is_end, &step.next_step) {
        findings.error(
            "end-with-next-step",
            next.at,
            format!("step {} has nextStep and is the end", step.name),
            "take out nextStep or isEnd",
        );
    }
    if let (true, OnFailure::Step(target)) = (step.is_end, &step.on_failure) {
        findings.warning(
            "end-with-failure-step",
            target.at,
            format!(
                "step {} is the end, and onFailure names {}",
                step.name, target.name
            ),
            "isEnd is documented to end the run after a failure too; take one of them out",
        );
    }
    check_on_cancel(step, steps, findings);
}

fn unknown_step(step: &str, what: &str, target: &Target, steps: &[&Step], findings: &mut Findings) {
    let names = steps.iter().map(|step| step.name.as_str());
    findings.error(
        "unknown-step",
        target.at,
        format!(
            "{what} of step {step} names {}, which is no step",
            target.name
        ),
        suggest::help(&target.name, names),
    );
}

/// Every step that a step names, and by what.
fn targets(step: &Step) -> Vec<(&'static str, &Target)> {
    let mut targets = Vec::new();
    targets.extend(step.next_step.iter().map(|target| ("nextStep", target)));
    if let OnFailure::Step(target) = &step.on_failure {
        targets.push(("onFailure", target));
    }
    if let OnCancel::Step(target) = &step.on_cancel {
        targets.push(("onCancel", target));
    }
    if let Action::Branch(branch) = &step.action {
        let choices = branch.choices.iter();
        targets.extend(choices.map(|choice| ("NextStep", &choice.next_step)));
        targets.extend(branch.default.iter().map(|target| ("Default", target)));
    }
    targets
}

fn check_on_cancel(step: &Step, steps: &[&Step], findings: &mut Findings) {
    let OnCancel::Step(target) = &step.on_cancel else {
        return;
    };
    let named = steps.iter().find(|other| other.name == target.name);
    if let Some(named) = named.filter(|named| NOT_ON_CANCEL.contains(&named.action.as_str())) {
        findings.error(
            "on-cancel",
            target.at,
            format!(
                "onCancel of step {} names {}, an {} step",
                step.name,
                named.name,
                named.action.as_str()
            ),
            "a cancelled run has two minutes; name a step of another action",
        );
    }
}

/// Walks every way from the first step; what is left over is never run.
fn check_reachable(document: &Document, findings: &mut Findings) {
    let mut reached = BTreeSet::new();
    let mut open = vec![0];
    while let Some(index) = open.pop() {
        let Some(step) = document.steps.get(index) else {
            continue;
        };
        if reached.insert(index) {
            open.extend(followers(document, index, step));
        }
    }
    for (index, step) in document.steps.iter().enumerate() {
        if !reached.contains(&index) {
            unreachable_step(&step.name, step.at, findings);
        }
    }
}

fn unreachable_step(name: &str, at: Position, findings: &mut Findings) {
    findings.warning(
        "unreachable-step",
        at,
        format!("no way leads to step {name}"),
        "name it in a nextStep, NextStep, Default or onFailure, or take it out",
    );
}

fn followers(document: &Document, index: usize, step: &Step) -> Vec<usize> {
    let ways = targets(step).into_iter().chain(inner_targets(step));
    let mut followers: Vec<usize> = ways
        .filter_map(|(_, target)| document.step_index(&target.name))
        .collect();
    if !step.is_end && step.next_step.is_none() && !branches_always(step) {
        followers.push(index + 1);
    }
    followers
}

/// A loop's steps can jump out of it.
fn inner_targets(step: &Step) -> Vec<(&'static str, &Target)> {
    let mut found = Vec::new();
    for inner in &step.inner {
        found.extend(targets(inner));
        found.extend(inner_targets(inner));
    }
    found
}

fn branches_always(step: &Step) -> bool {
    matches!(&step.action, Action::Branch(branch) if branch.default.is_some())
}
