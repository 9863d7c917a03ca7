//! Where a run goes after a step.

use crate::document::{Action, Document, OnFailure, Step, Target};

/// After success: where a branch points, else the end, `nextStep`, or the next in order.
pub(super) fn after_success(
    document: &Document,
    index: usize,
    chosen: Option<&str>,
) -> Option<usize> {
    let step = document.steps.get(index)?;
    if let Some(chosen) = chosen {
        return document.step_index(chosen);
    }
    if step.is_end {
        return None;
    }
    match &step.next_step {
        Some(target) => document.step_index(&target.name),
        None => in_order(document, index),
    }
}

/// After a failure: the end, on as after success, or a step.
pub(super) fn after_failure(document: &Document, index: usize) -> Option<usize> {
    let step = document.steps.get(index)?;
    if step.is_end {
        return None;
    }
    match &step.on_failure {
        OnFailure::Abort => None,
        OnFailure::Continue => after_success(document, index, None),
        OnFailure::Step(target) => document.step_index(&target.name),
    }
}

fn in_order(document: &Document, index: usize) -> Option<usize> {
    (index + 1 < document.steps.len()).then_some(index + 1)
}

/// Every step that may come after one, each once.
pub(super) fn valid_next_steps(document: &Document, step: &Step) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut add = |target: &Target| {
        if !names.contains(&target.name) {
            names.push(target.name.clone());
        }
    };
    if let Action::Branch(branch) = &step.action {
        branch
            .choices
            .iter()
            .for_each(|choice| add(&choice.next_step));
        branch.default.iter().for_each(&mut add);
    }
    step.next_step.iter().for_each(&mut add);
    if let OnFailure::Step(target) = &step.on_failure {
        add(target);
    }
    let next = document
        .step_index(&step.name)
        .and_then(|index| after_success(document, index, None))
        .and_then(|index| document.steps.get(index));
    if let Some(next) = next.filter(|next| !names.contains(&next.name)) {
        names.push(next.name.clone());
    }
    names
}
