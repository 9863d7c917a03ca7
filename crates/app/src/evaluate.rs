//! The evaluator of AWS Config's custom rules: from the event to the report.

mod error;

pub use error::EvaluateError;

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use trailkeeper_core::Caller;
use trailkeeper_core::cloudtrail::{Code, Finding, Note, Requirements, Verdict, judge};
use trailkeeper_core::config_rule::{
    Compliance, ConfigEvent, Evaluation, RuleName, Scope, annotation, dispatch, parse_requirements,
};

use crate::observe::{Readers, observe};
use crate::ports::{BucketReader, Clock, ConfigService, KeyReader, TrailReader};
use crate::submit::{Submitted, submit};

const ACCOUNT_TYPE: &str = "AWS::::Account";
const TRAIL_TYPE: &str = "AWS::CloudTrail::Trail";

/// The ports of the evaluator. It holds no writer.
#[derive(Clone)]
pub struct EvaluatePorts {
    /// CloudTrail.
    pub trails: Arc<dyn TrailReader>,
    /// S3.
    pub buckets: Arc<dyn BucketReader>,
    /// KMS.
    pub keys: Arc<dyn KeyReader>,
    /// AWS Config.
    pub config: Arc<dyn ConfigService>,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

impl EvaluatePorts {
    /// The ports that an observation needs.
    pub fn readers(&self) -> Readers<'_> {
        Readers {
            trails: self.trails.as_ref(),
            buckets: self.buckets.as_ref(),
            keys: self.keys.as_ref(),
        }
    }
}

/// An event that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluated {
    /// The rule; none where the event asked for no evaluation.
    pub rule: Option<RuleName>,
    /// What was reported.
    pub evaluations: Vec<Evaluation>,
    /// The findings behind it, uncut.
    pub findings: Vec<Finding>,
    /// What else is to know.
    pub notes: Vec<Note>,
    /// How AWS Config took it.
    pub submitted: Submitted,
}

/// Answers an event of AWS Config. Every readable event with a token ends in a report, if only an
/// empty one, or in an error.
///
/// # Errors
/// The event cannot be read or carries no token, no rule or several are meant, or AWS Config did
/// not take the report before `deadline`.
pub async fn evaluate_event(
    ports: &EvaluatePorts,
    caller: &Caller,
    event: &Value,
    deadline: Timestamp,
) -> Result<Evaluated, EvaluateError> {
    let event = ConfigEvent::parse(event)?;
    let answer = answer(ports.readers(), caller, &event).await?;
    let Answer {
        rule,
        evaluation,
        findings,
        notes,
    } = answer;
    let evaluations: Vec<Evaluation> = evaluation.into_iter().collect();
    let submitted = submit(
        ports.config.as_ref(),
        ports.clock.as_ref(),
        &event.result_token,
        evaluations.clone(),
        deadline,
    )
    .await?;
    Ok(Evaluated {
        rule,
        evaluations,
        findings,
        notes,
        submitted,
    })
}

/// Judges the account by its trails at the time `now`, without any event.
pub async fn judge_account(
    readers: Readers<'_>,
    requirements: &Requirements,
    caller: &Caller,
    now: Timestamp,
) -> Verdict {
    let seen = observe(readers, requirements, caller, now).await;
    judge(requirements, caller, &seen.views, &seen.failures, now)
}

/// What is to be reported.
#[derive(Default)]
struct Answer {
    rule: Option<RuleName>,
    evaluation: Option<Evaluation>,
    findings: Vec<Finding>,
    notes: Vec<Note>,
}

async fn answer(
    readers: Readers<'_>,
    caller: &Caller,
    event: &ConfigEvent,
) -> Result<Answer, EvaluateError> {
    // A kind of message that asks for nothing must not fail for its parameters: the error would
    // only bring it back twice.
    let (Some(ordering), Some(now)) = (event.ordering_time(), event.event_time()) else {
        return Ok(Answer::default());
    };
    let rule = dispatch(&event.rule_parameters, &event.config_rule_name)?;
    if let Some(evaluation) = not_applicable(event, rule, ordering) {
        return Ok(Answer {
            rule: Some(rule),
            evaluation: Some(evaluation),
            ..Answer::default()
        });
    }
    let verdict = match rule {
        RuleName::CloudtrailEnabled => trail_verdict(readers, caller, event, now).await,
    };
    Ok(Answer {
        rule: Some(rule),
        evaluation: Some(on_account(caller, event, &verdict, ordering)),
        findings: verdict.findings,
        notes: verdict.notes,
    })
}

async fn trail_verdict(
    readers: Readers<'_>,
    caller: &Caller,
    event: &ConfigEvent,
    now: Timestamp,
) -> Verdict {
    let bad = |finding| Verdict {
        trail: None,
        findings: vec![finding],
        notes: Vec::new(),
    };
    // Facts of one account are no verdict on another.
    if let Some(other) = event
        .account_id
        .as_ref()
        .filter(|id| **id != caller.account)
    {
        let ours = &caller.account;
        let evidence = format!("account {other}: the credentials are those of account {ours}");
        return bad(Finding::new(Code::CouldNotVerify, evidence));
    }
    match parse_requirements(&event.rule_parameters) {
        Ok(requirements) => judge_account(readers, &requirements, caller, now).await,
        Err(error) => bad(error.finding()),
    }
}

/// The rule judges the account, by a schedule or when a trail changed. Whatever else a change is
/// about gets an answer too, or an old verdict on it would stand for ever.
fn not_applicable(
    event: &ConfigEvent,
    rule: RuleName,
    ordering_timestamp: Timestamp,
) -> Option<Evaluation> {
    let item = event.resource()?;
    let reason = match event.scope() {
        Scope::Judge if item.resource_type == TRAIL_TYPE => return None,
        Scope::Judge => format!("{} judges the account, not this resource", rule.as_str()),
        _ => format!("{} does not judge this resource any more", rule.as_str()),
    };
    Some(Evaluation {
        resource_type: item.resource_type.clone(),
        resource_id: item.resource_id.clone(),
        compliance: Compliance::NotApplicable,
        annotation: Some(annotation::of_text(&reason)),
        ordering_timestamp,
    })
}

fn on_account(
    caller: &Caller,
    event: &ConfigEvent,
    verdict: &Verdict,
    ordering_timestamp: Timestamp,
) -> Evaluation {
    let compliance = verdict.compliance();
    let text = match compliance {
        Compliance::NonCompliant => annotation::of_findings(&verdict.findings),
        _ => annotation::of_text(&verdict.reason()),
    };
    let account = event.account_id.as_ref().unwrap_or(&caller.account);
    Evaluation {
        resource_type: ACCOUNT_TYPE.to_owned(),
        resource_id: account.to_string(),
        compliance,
        annotation: Some(text),
        ordering_timestamp,
    }
}
