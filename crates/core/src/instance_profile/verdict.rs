//! The verdict on one instance.

use std::sync::Arc;

use jiff::civil::Date;

use super::recorded::{RESOURCE_TYPE, Recorded};
use super::requirements::Requirements;
use super::role::{RoleVerdict, sort, unread_fact};
use crate::config_rule::{Compliance, Evaluation, annotation};
use crate::facts::{Fact, InstanceFacts, InstanceProfileFacts, InstanceState, ProfileRole};
use crate::finding::{Code, Finding, Note};
use crate::identity::{Arn, Caller};
use crate::operation;

use jiff::Timestamp;

/// What is known of an instance's permissions.
#[derive(Debug, Clone, Copy, Default)]
pub struct Permissions<'a> {
    /// GetInstanceProfile; none where it was not asked.
    pub profile: Option<&'a Fact<InstanceProfileFacts>>,
    /// The verdict on the profile's role; none where the role was not judged.
    pub role: Option<&'a Arc<RoleVerdict>>,
}

/// The verdict on an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceVerdict {
    /// The instance's id.
    pub id: String,
    /// Its state, where that was understood.
    pub state: Option<InstanceState>,
    /// Its profile.
    pub profile: Option<Arn>,
    /// The profile's role.
    pub role: Option<ProfileRole>,
    /// The verdict in AWS Config's words.
    pub compliance: Compliance,
    /// What is wrong, worst first.
    pub findings: Vec<Finding>,
    /// What else the reader should know.
    pub notes: Vec<Note>,
    /// The verdict on the role, with the findings about its policies in full.
    pub role_verdict: Option<Arc<RoleVerdict>>,
}

impl InstanceVerdict {
    /// The text for AWS Config: of a bad instance the findings, else what was looked at.
    pub fn annotation(&self) -> String {
        match self.compliance {
            Compliance::NonCompliant => annotation::of_findings(&self.findings),
            Compliance::Compliant => annotation::of_text(&self.good()),
            Compliance::NotApplicable => annotation::of_text(&format!(
                "{} goes away or is gone; it needs no permissions",
                self.id
            )),
        }
    }

    fn good(&self) -> String {
        let name = |arn: &Option<Arn>| arn.as_ref().map_or("", Arn::name).to_owned();
        let role = self.role.as_ref().map_or("", |role| role.name.as_str());
        let mut parts = vec![format!("profile {}, role {role}", name(&self.profile))];
        parts.extend(self.notes.iter().map(Note::to_string));
        parts.join("; ")
    }

    /// What is reported to AWS Config.
    pub fn evaluation(&self, ordering_timestamp: Timestamp) -> Evaluation {
        Evaluation {
            resource_type: RESOURCE_TYPE.to_owned(),
            resource_id: self.id.clone(),
            compliance: self.compliance,
            annotation: Some(self.annotation()),
            ordering_timestamp,
        }
    }

    fn note(&mut self, code: &'static str, text: String) {
        self.notes.push(Note { code, text });
    }

    fn find(&mut self, code: Code, evidence: String) {
        self.findings.push(Finding::new(code, evidence));
    }
}

/// Judges an instance on the day `today` (UTC).
pub fn judge_instance(
    requirements: &Requirements,
    caller: &Caller,
    recorded: &Recorded,
    permissions: Permissions<'_>,
    today: Date,
) -> InstanceVerdict {
    let mut verdict = InstanceVerdict {
        id: recorded.id.clone(),
        state: None,
        profile: None,
        role: None,
        compliance: Compliance::NotApplicable,
        findings: Vec::new(),
        notes: Vec::new(),
        role_verdict: None,
    };
    match &recorded.facts {
        Err(why) => verdict.find(Code::CouldNotVerify, why.clone()),
        Ok(facts) => {
            verdict.state = Some(facts.state.clone());
            verdict.profile = facts.profile.clone();
            if !facts.state.is_judged() {
                return verdict;
            }
            of_profile(
                &mut verdict,
                requirements,
                caller,
                facts,
                permissions.profile,
            );
            of_role(&mut verdict, requirements, permissions.role, today);
        }
    }
    sort(&mut verdict.findings);
    verdict.compliance = if verdict.findings.is_empty() {
        Compliance::Compliant
    } else {
        Compliance::NonCompliant
    };
    verdict
}

fn of_profile(
    verdict: &mut InstanceVerdict,
    requirements: &Requirements,
    caller: &Caller,
    facts: &InstanceFacts,
    read: Option<&Fact<InstanceProfileFacts>>,
) {
    let Some(arn) = &facts.profile else {
        let evidence = format!("{} has no instance profile", facts.id);
        return verdict.find(Code::NoInstanceProfile, evidence);
    };
    let allowed = &requirements.allowed_profiles;
    if !allowed.is_empty() && !allowed.contains(arn) {
        verdict.find(Code::ProfileNotAllowed, arn.to_string());
    }
    match read {
        // By its name IAM would answer with a profile of ours.
        _ if !arn.is_owned_by(&caller.account) => {
            let evidence = format!("{arn} is not a profile of account {}", caller.account);
            verdict.find(Code::CouldNotVerify, evidence);
        }
        None => {
            let evidence = format!("{} was not called", operation::GET_INSTANCE_PROFILE);
            verdict.find(Code::CouldNotVerify, evidence);
        }
        Some(fact) if fact.is_absent() => {
            verdict.find(Code::ProfileMissing, format!("{arn} does not exist"));
        }
        Some(Fact::Denied(error) | Fact::Unavailable(error)) => {
            verdict.findings.push(unread_fact(error));
        }
        Some(Fact::Known(profile)) => of_known_profile(verdict, arn, profile),
    }
}

fn of_known_profile(verdict: &mut InstanceVerdict, arn: &Arn, profile: &InstanceProfileFacts) {
    if profile.arn != *arn {
        // Names are unique in an account, so the instance's own profile is gone.
        let evidence = format!("{arn} does not exist; IAM knows {}", profile.arn);
        return verdict.find(Code::ProfileMissing, evidence);
    }
    if profile.role.is_none() {
        verdict.find(Code::ProfileWithoutRole, format!("{arn} holds no role"));
    }
    verdict.role = profile.role.clone();
}

fn of_role(
    verdict: &mut InstanceVerdict,
    requirements: &Requirements,
    judged: Option<&Arc<RoleVerdict>>,
    today: Date,
) {
    let Some(role) = verdict.role.clone() else {
        return;
    };
    if let Some(last_day) = requirements.exempt_until(&role.arn, today) {
        return verdict.note("exempt", format!("{} until {last_day}", role.arn));
    }
    if let Some(last_day) = requirements.exemption_ended(&role.arn, today) {
        verdict.note("exemption-ended", format!("{} on {last_day}", role.arn));
    }
    let Some(judged) = judged else {
        let evidence = format!("{} was not called on {}", operation::GET_ROLE, role.name);
        return verdict.find(Code::CouldNotVerify, evidence);
    };
    if judged.left_out > 0 {
        let text = match judged.left_out {
            1 => "1 finding about the role's policies does not count".to_owned(),
            count => format!("{count} findings about the role's policies do not count"),
        };
        verdict.note("below-minimum", text);
    }
    verdict.findings.extend(judged.findings.iter().cloned());
    verdict.role_verdict = Some(Arc::clone(judged));
}
