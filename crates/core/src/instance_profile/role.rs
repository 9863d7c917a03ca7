//! What a role's policies grant.

use std::sync::Arc;

use trailkeeper_policy::analysis::{
    AttachedDocument, DocumentKind, FindingCode, ParsedDocument, ParsedSubject, PolicyFinding,
    Severity, analyse_parsed,
};

use super::requirements::{ManagedPolicies, Requirements};
use crate::call_error::CallError;
use crate::facts::{Fact, ProfileRole, RoleFacts};
use crate::finding::{Code, Finding};
use crate::identity::{AccountId, Arn, Region};

/// A policy of a role, with its document in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyView {
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub kind: DocumentKind,
    /// Its document, decoded.
    pub text: Fact<Arc<str>>,
}

impl PolicyView {
    /// Where a managed policy comes from, by its ARN.
    pub fn kind_of(arn: &Arn) -> DocumentKind {
        if arn.account == "aws" {
            DocumentKind::AwsManaged
        } else {
            DocumentKind::CustomerManaged
        }
    }
}

/// What was read of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleView {
    /// GetRole.
    pub role: Fact<RoleFacts>,
    /// The inline and managed policies that the listings named.
    pub policies: Vec<PolicyView>,
    /// The listings of policies that failed.
    pub unlisted: Vec<CallError>,
    /// The permissions boundary, where the role has one.
    pub boundary: Option<PolicyView>,
}

/// What is wrong with a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleVerdict {
    /// The role.
    pub role: ProfileRole,
    /// What counts, worst first.
    pub findings: Vec<Finding>,
    /// Those of them that are about policies, in full.
    pub policy_findings: Vec<PolicyFinding>,
    /// How many findings about policies do not count by what is required.
    pub left_out: usize,
}

/// How much is told of the findings about policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Everything, with what to write instead.
    Full,
    /// Only what an annotation says, which takes a third of the time.
    Short,
}

/// Judges a role by what was read of it. A fact that is missing is a finding of its own, so that
/// nothing unread is ever called good.
pub fn judge_role(
    requirements: &Requirements,
    region: &Region,
    role: &ProfileRole,
    view: &RoleView,
    detail: Detail,
) -> RoleVerdict {
    let mut verdict = RoleVerdict {
        role: role.clone(),
        findings: Vec::new(),
        policy_findings: Vec::new(),
        left_out: 0,
    };
    if view.role.is_absent() {
        let evidence = format!("{} is in the profile and does not exist", role.arn);
        verdict.findings = vec![Finding::new(Code::RoleMissing, evidence)];
        return verdict;
    }
    verdict.findings = unread(view);
    // Without the boundary nobody can say what the policies grant.
    let boundary_is_known = match &view.boundary {
        Some(boundary) => boundary.text.known().is_some(),
        None => view.role.known().is_some(),
    };
    if boundary_is_known {
        add_policies(&mut verdict, requirements, region, view, detail);
    }
    sort(&mut verdict.findings);
    verdict
}

/// Worst first, then in the order of the codes.
pub(super) fn sort(findings: &mut [Finding]) {
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.code));
}

fn unread(view: &RoleView) -> Vec<Finding> {
    let of_role = view.role.failure();
    let of_texts = view.policies.iter().chain(&view.boundary);
    let failures = of_role
        .into_iter()
        .chain(&view.unlisted)
        .chain(of_texts.filter_map(|policy| policy.text.failure()));
    let mut findings: Vec<Finding> = failures.map(unread_fact).collect();
    findings.dedup();
    findings
}

pub(super) fn unread_fact(error: &CallError) -> Finding {
    let Finding { evidence, .. } = Finding::unread(error);
    Finding::new(
        Code::CouldNotVerify,
        format!("{evidence} on {}", error.resource),
    )
}

fn add_policies(
    verdict: &mut RoleVerdict,
    requirements: &Requirements,
    region: &Region,
    view: &RoleView,
    detail: Detail,
) {
    let labels = labels(&view.policies);
    let suggest_from = match detail {
        Detail::Full => Some(requirements.minimum_severity),
        Detail::Short => None,
    };
    let found = grants(&verdict.role, region, view, &labels, suggest_from);
    let kind = |policy: &str| {
        let named = labels.iter().zip(&view.policies);
        let mut named = named.filter(|(label, _)| *label == policy);
        named.next().map(|(_, policy)| policy.kind)
    };
    let all = found.len();
    verdict.policy_findings = found
        .into_iter()
        .filter(|finding| counts(requirements, finding, kind(&finding.policy)))
        .collect();
    verdict.left_out = all - verdict.policy_findings.len();
    let name = &verdict.role.name;
    let short = verdict.policy_findings.iter().map(|one| short(name, one));
    verdict.findings.extend(short);
    if detail == Detail::Short {
        verdict.policy_findings = Vec::new();
    }
}

/// A name for each policy that no other one has: an inline policy may be named as a managed one.
fn labels(policies: &[PolicyView]) -> Vec<String> {
    let named = |name: &str| policies.iter().filter(|one| one.name == name).count();
    let label = |policy: &PolicyView| match policy.kind {
        _ if named(&policy.name) < 2 => policy.name.clone(),
        DocumentKind::Inline => format!("{} (inline)", policy.name),
        DocumentKind::CustomerManaged => format!("{} (customer managed)", policy.name),
        DocumentKind::AwsManaged => format!("{} (AWS managed)", policy.name),
    };
    policies.iter().map(label).collect()
}

fn grants(
    role: &ProfileRole,
    region: &Region,
    view: &RoleView,
    labels: &[String],
    suggest_from: Option<Severity>,
) -> Vec<PolicyFinding> {
    fn document<'a>(name: &'a str, policy: &'a PolicyView) -> Option<ParsedDocument<'a>> {
        let attached = |text| AttachedDocument {
            name,
            kind: policy.kind,
            text,
        };
        let text = policy.text.known();
        text.map(|text| ParsedDocument::new(attached(text)))
    }
    let policies: Vec<ParsedDocument<'_>> = view
        .policies
        .iter()
        .zip(labels)
        .filter_map(|(policy, label)| document(label, policy))
        .collect();
    let boundary = view.boundary.as_ref();
    let boundary = boundary.and_then(|policy| document(&policy.name, policy));
    analyse_parsed(&ParsedSubject {
        partition: &role.arn.partition,
        account: role
            .arn
            .account
            .parse::<AccountId>()
            .is_ok()
            .then_some(role.arn.account.as_str()),
        region: Some(region.as_str()),
        policies: &policies.iter().collect::<Vec<_>>(),
        boundary: boundary.as_ref(),
        suggest_from,
    })
}

/// Whether a finding about a policy counts by what is required. `kind` is where the policy comes
/// from, where that is known. A document that cannot be read counts always: what it grants is a
/// required fact.
pub fn counts(
    requirements: &Requirements,
    finding: &PolicyFinding,
    kind: Option<DocumentKind>,
) -> bool {
    if finding.code == FindingCode::InvalidPolicy {
        return true;
    }
    let ignored = requirements.aws_managed == ManagedPolicies::Ignore
        && kind == Some(DocumentKind::AwsManaged);
    let breadth = finding.breadth;
    let caused = breadth.actions || breadth.resources;
    let wanted = (breadth.actions && requirements.wildcard_actions)
        || (breadth.resources && requirements.wildcard_resources);
    !ignored && (wanted || !caused) && finding.severity >= requirements.minimum_severity
}

fn short(role: &str, finding: &PolicyFinding) -> Finding {
    let mut evidence = format!("role {role}, policy {}", finding.policy);
    if !finding.statement.is_empty() {
        evidence.push_str(&format!(" {}", finding.statement));
    }
    let told = matches!(
        finding.code,
        FindingCode::PrivilegeEscalation | FindingCode::InvalidPolicy
    );
    if told || finding.action_pattern.is_empty() {
        evidence.push_str(&format!(": {}", finding.why));
    } else {
        evidence.push_str(&format!(": {}", finding.action_pattern));
        if !finding.resource.is_empty() {
            evidence.push_str(&format!(" on {}", finding.resource));
        }
    }
    Finding {
        code: finding.code.into(),
        severity: finding.severity,
        evidence,
    }
}
