//! Findings in the words of the message.

use std::fmt::Write as _;

use serde::Serialize;
use trailkeeper_policy::analysis::{FindingCode, PolicyFinding};

use crate::catalogue::{self, RepairedBy};
use crate::escape;
use crate::finding::{Code, Finding};
use crate::instance_profile::InstanceVerdict;

/// The most characters of names and of sentences.
pub(super) const NAME: usize = 512;
pub(super) const SENTENCE: usize = 2048;
/// A suggestion can be a whole statement.
const SUGGESTION: usize = 8192;

/// What is wrong, in the words of the message.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reported {
    /// The stable code: `wildcard-action`.
    pub code: String,
    /// How bad it is: `high`.
    pub severity: String,
    /// The policy's name; empty where no policy is meant.
    pub policy_name: String,
    /// The statement's Sid or position; empty where none is meant.
    pub statement: String,
    /// What is allowed on what: `s3:* on arn:aws:s3:::payroll/*`; it stands in the message's text.
    #[serde(skip)]
    pub grant: String,
    /// Why it is wrong, in one sentence.
    pub why: String,
    /// What to do instead; it may be empty.
    pub suggestion: String,
}

impl Reported {
    /// What is wrong with an instance: what is wrong with its policies in full.
    pub fn of_verdict(verdict: &InstanceVerdict) -> Vec<Self> {
        let role = verdict.role_verdict.as_deref();
        let policies = role.map(|role| role.policy_findings.as_slice());
        let others = verdict.findings.iter();
        let others = others.filter(|finding| policies.is_none() || !is_of_policy(finding.code));
        let all = others.map(Self::of_finding);
        all.chain(policies.unwrap_or_default().iter().map(Self::of_policy))
            .collect()
    }

    /// A finding that is about no policy. Its code's entry in the catalogue says what to do.
    pub fn of_finding(finding: &Finding) -> Self {
        let entry = catalogue::entry(finding.code);
        let suggestion = match entry.map(|entry| entry.repaired_by) {
            Some(RepairedBy::Runbook(name, does)) => format!("the runbook {name}: {does}"),
            Some(RepairedBy::Not(why)) => why.to_owned(),
            Some(RepairedBy::Steps(_)) | None => String::new(),
        };
        Self {
            code: finding.code.to_string(),
            severity: finding.severity.to_string(),
            policy_name: String::new(),
            statement: String::new(),
            grant: String::new(),
            why: finding.evidence.clone(),
            suggestion,
        }
    }

    fn of_policy(finding: &PolicyFinding) -> Self {
        Self {
            code: finding.code.to_string(),
            severity: finding.severity.to_string(),
            policy_name: finding.policy.clone(),
            statement: finding.statement.clone(),
            grant: grant(finding),
            why: finding.why.clone(),
            suggestion: finding.suggestion.clone(),
        }
    }

    /// The finding, fit to be shown.
    pub(super) fn shown(&self) -> Self {
        Self {
            code: escape::cut(&self.code, NAME),
            severity: escape::cut(&self.severity, NAME),
            policy_name: escape::field(&self.policy_name, NAME),
            statement: escape::field(&self.statement, NAME),
            grant: escape::cut(&self.grant, NAME),
            why: escape::field(&self.why, SENTENCE),
            suggestion: escape::cut(&self.suggestion, SUGGESTION),
        }
    }

    /// The finding as a line of text.
    pub(super) fn line(&self) -> String {
        let mut line = format!("- {} ({})", self.code, self.severity);
        let named = [
            ("policy", &self.policy_name),
            ("statement", &self.statement),
        ];
        for (word, name) in named.iter().filter(|(_, name)| !name.is_empty()) {
            let _ = write!(line, " {word} {name}");
        }
        if !self.grant.is_empty() {
            let _ = write!(line, " allows {}", self.grant);
        }
        line + ": " + &self.why
    }
}

/// What a finding says of the grant. Without it a statement that is changed from one broad grant to
/// another would read the same.
fn grant(finding: &PolicyFinding) -> String {
    let parts = [finding.action_pattern.as_str(), finding.resource.as_str()];
    let named: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    named.join(" on ")
}

fn is_of_policy(code: Code) -> bool {
    let mut codes = FindingCode::ALL.iter();
    codes.any(|of_policy| Code::from(*of_policy) == code)
}
