//! The report of one invocation, sent in batches while it is being made.

use std::collections::BTreeSet;

use jiff::Timestamp;
use trailkeeper_core::config_rule::{Compliance, Evaluation, RuleName};
use trailkeeper_core::{Code, Finding, Note};

use super::Evaluated;
use crate::ports::{Clock, ConfigService};
use crate::submit::{MOST_IN_A_CALL, SubmitError, Submitted, submit};

/// How many evaluations, findings and notes an answer repeats: a run over 100,000 instances does
/// not hold them all.
pub const SHOWN: usize = 20;

/// How many evaluations were reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// COMPLIANT.
    pub compliant: usize,
    /// NON_COMPLIANT.
    pub non_compliant: usize,
    /// NOT_APPLICABLE, withdrawn results included.
    pub not_applicable: usize,
}

impl Counts {
    /// All of them.
    pub fn total(self) -> usize {
        self.compliant + self.non_compliant + self.not_applicable
    }

    fn add(&mut self, compliance: Compliance) {
        *match compliance {
            Compliance::Compliant => &mut self.compliant,
            Compliance::NonCompliant => &mut self.non_compliant,
            Compliance::NotApplicable => &mut self.not_applicable,
        } += 1;
    }
}

/// Evaluations on their way to AWS Config.
pub(super) struct Report<'a> {
    config: &'a dyn ConfigService,
    clock: &'a dyn Clock,
    token: &'a str,
    deadline: Timestamp,
    pending: Vec<Evaluation>,
    calls: usize,
    rule_deleted: bool,
    /// The first evaluations that AWS Config refused for good; the others are still sent.
    refused: Option<SubmitError>,
    counts: Counts,
    codes: BTreeSet<Code>,
    evaluations: Vec<Evaluation>,
    findings: Vec<Finding>,
    /// What is about the whole run, and must not be lost among what is about instances.
    run_notes: Vec<Note>,
    notes: Vec<Note>,
}

impl<'a> Report<'a> {
    pub(super) fn new(
        config: &'a dyn ConfigService,
        clock: &'a dyn Clock,
        token: &'a str,
        deadline: Timestamp,
    ) -> Self {
        Self {
            config,
            clock,
            token,
            deadline,
            pending: Vec::new(),
            calls: 0,
            rule_deleted: false,
            refused: None,
            counts: Counts::default(),
            codes: BTreeSet::new(),
            evaluations: Vec::new(),
            findings: Vec::new(),
            run_notes: Vec::new(),
            notes: Vec::new(),
        }
    }

    pub(super) fn deadline(&self) -> Timestamp {
        self.deadline
    }

    /// Whether the rule was deleted meanwhile, so that nobody waits for the rest.
    pub(super) fn is_in_vain(&self) -> bool {
        self.rule_deleted
    }

    /// Adds an evaluation with what is behind it, and sends those that make a full call.
    pub(super) async fn add(
        &mut self,
        evaluation: Evaluation,
        findings: &[Finding],
        notes: &[Note],
    ) -> Result<(), SubmitError> {
        self.counts.add(evaluation.compliance);
        keep(&mut self.evaluations, std::slice::from_ref(&evaluation));
        self.codes
            .extend(findings.iter().map(|finding| finding.code));
        keep(&mut self.findings, findings);
        keep(&mut self.notes, notes);
        self.pending.push(evaluation);
        if self.pending.len() >= MOST_IN_A_CALL {
            self.send().await?;
        }
        Ok(())
    }

    /// Adds a note that is about no evaluation.
    pub(super) fn note(&mut self, note: Note) {
        keep(&mut self.run_notes, &[note]);
    }

    async fn send(&mut self) -> Result<(), SubmitError> {
        let batch = std::mem::take(&mut self.pending);
        if self.rule_deleted {
            return Ok(());
        }
        if self.calls > 0 && self.clock.now() >= self.deadline {
            return Err(SubmitError::OutOfTime { left: batch.len() });
        }
        match submit(self.config, self.clock, self.token, batch, self.deadline).await {
            Ok(Submitted::Accepted { calls }) => self.calls += calls,
            Ok(Submitted::RuleDeleted) => self.rule_deleted = true,
            Err(error @ SubmitError::EvaluationsRefused { .. }) => {
                self.calls += 1;
                self.refused.get_or_insert(error);
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Sends what is left. Without any evaluation one empty call is made, which tells AWS Config
    /// that the evaluation ended.
    pub(super) async fn finish(
        mut self,
        rule: Option<RuleName>,
        trigger: &'static str,
    ) -> Result<Evaluated, SubmitError> {
        let nothing_sent = self.calls == 0 && !self.rule_deleted;
        if nothing_sent || !self.pending.is_empty() {
            self.send().await?;
        }
        match self.refused {
            Some(error) => Err(error),
            None => Ok(Evaluated {
                rule,
                trigger,
                counts: self.counts,
                codes: self.codes,
                evaluations: self.evaluations,
                findings: self.findings,
                notes: [self.run_notes, self.notes].concat(),
                submitted: if self.rule_deleted {
                    Submitted::RuleDeleted
                } else {
                    Submitted::Accepted { calls: self.calls }
                },
            }),
        }
    }
}

fn keep<T: Clone>(kept: &mut Vec<T>, more: &[T]) {
    let room = SHOWN.saturating_sub(kept.len());
    kept.extend(more.iter().take(room).cloned());
}
