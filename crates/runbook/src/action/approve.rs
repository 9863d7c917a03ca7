//! `aws:approve`: principals say whether the run may go on.

use serde_json::{Map, Value, json};

use super::failure::Failure;
use super::prepare::Work;
use crate::convert::{describe, integer, text_of};

/// The most principals a step may name.
pub(crate) const MOST_APPROVERS: usize = 10;
/// The longest message, in characters.
pub(crate) const LONGEST_MESSAGE: usize = 4096;

/// What a run asks for before it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalRequest {
    /// The step that asks.
    pub step: String,
    /// What is to be approved.
    pub message: String,
    /// Who may decide: ARNs, or names of IAM users.
    pub approvers: Vec<String>,
    /// How many of them have to agree.
    pub needed: usize,
}

impl ApprovalRequest {
    /// Whether a principal is one of those who may decide. An approver is named by an ARN or by
    /// the name of a user; who acts in a session of a role counts as the role.
    pub fn names(&self, principal: &str) -> bool {
        self.approvers
            .iter()
            .any(|approver| same_principal(approver, principal))
    }
}

fn same_principal(approver: &str, principal: &str) -> bool {
    let user = principal.split_once(":user/").map(|(_, path)| path);
    let user = user.map(|path| path.rsplit('/').next().unwrap_or(path));
    approver == principal
        || user == Some(approver)
        || role_of_session(principal).is_some_and(|session| role(approver) == Some(session))
}

/// (account, role name) of `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION`.
fn role_of_session(principal: &str) -> Option<(&str, &str)> {
    let (head, tail) = principal.split_once(":assumed-role/")?;
    Some((head.rsplit(':').next()?, tail.split('/').next()?))
}

/// The same of `arn:aws:iam::ACCOUNT:role/PATH/NAME`, and of the form a session has.
fn role(approver: &str) -> Option<(&str, &str)> {
    let Some((head, path)) = approver.split_once(":role/") else {
        return role_of_session(approver);
    };
    Some((head.rsplit(':').next()?, path.rsplit('/').next()?))
}

/// What one principal decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Who: an ARN.
    pub principal: String,
    /// Approved, or rejected.
    pub approved: bool,
    /// What they wrote with it.
    pub comment: String,
}

/// Why a decision was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecisionError {
    /// No step of the run waits for one.
    #[error("the run waits for no approval: look at its status")]
    NotAsked,
    /// The principal is not named.
    #[error("{principal} is not an approver of step {step}: ask one of {}", approvers.join(", "))]
    NotAnApprover {
        /// Who tried.
        principal: String,
        /// The step.
        step: String,
        /// Who may.
        approvers: Vec<String>,
    },
    /// The principal has decided before.
    #[error("{principal} has approved step {step} before: another approver has to decide")]
    Repeated {
        /// Who.
        principal: String,
        /// The step.
        step: String,
    },
}

/// The request, and the message to its topic if it has one.
pub(super) fn work(step: &str, inputs: &Map<String, Value>) -> Result<Work, Failure> {
    let message = inputs.get("Message").map(text_of).unwrap_or_default();
    if message.chars().count() > LONGEST_MESSAGE {
        let problem = format!("Message has over {LONGEST_MESSAGE} characters");
        return Err(Failure::input(problem));
    }
    let approvers = approvers(inputs)?;
    let needed = needed(inputs, approvers.len())?;
    let notice = inputs.get("NotificationArn").map(|topic| {
        json!({
            "TopicArn": topic,
            "Subject": "Systems Manager Automation: approval needed",
            "Message": format!("Step {step} waits for {needed} approval(s). {message}"),
        })
    });
    let request = ApprovalRequest {
        step: step.to_owned(),
        message,
        approvers,
        needed,
    };
    Ok(Work::Approve { request, notice })
}

fn approvers(inputs: &Map<String, Value>) -> Result<Vec<String>, Failure> {
    let named: Vec<String> = match inputs.get("Approvers") {
        Some(Value::Array(items)) => items.iter().map(text_of).collect(),
        Some(Value::String(text)) => vec![text.clone()],
        Some(other) => {
            let problem = format!("Approvers is {}, and must be a list", describe(other));
            return Err(Failure::input(problem));
        }
        None => Vec::new(),
    };
    match named.len() {
        0 => Err(Failure::input("Approvers names nobody")),
        1..=MOST_APPROVERS => Ok(named),
        count => Err(Failure::input(format!(
            "Approvers names {count} principals; at most {MOST_APPROVERS} go"
        ))),
    }
}

fn needed(inputs: &Map<String, Value>, approvers: usize) -> Result<usize, Failure> {
    let Some(written) = inputs.get("MinRequiredApprovals") else {
        return Ok(1);
    };
    let count = integer(&text_of(written)).and_then(|count| usize::try_from(count).ok());
    count
        .filter(|count| (1..=approvers).contains(count))
        .ok_or_else(|| {
            let found = describe(written);
            Failure::input(format!(
                "MinRequiredApprovals is {found}, and must be from 1 to the {approvers} of Approvers"
            ))
        })
}

/// What the step hands on.
pub(crate) fn approval_outputs(decisions: &[Decision], status: &str) -> Map<String, Value> {
    let told = decisions.iter().map(|decision| {
        json!({
            "Approver": decision.principal,
            "Decision": if decision.approved { "Approved" } else { "Rejected" },
            "Comment": decision.comment,
        })
    });
    let told: Value = told.collect();
    let mut outputs = Map::new();
    outputs.insert("ApprovalStatus".to_owned(), status.into());
    outputs.insert("ApproverDecisions".to_owned(), told);
    outputs
}
