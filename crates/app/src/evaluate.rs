//! The evaluator of AWS Config's custom rules: from the event to the report.

mod error;
mod guard;
mod instances;
mod pace;
mod report;
mod schedule;
mod stale;
mod sweep;
mod trail;

pub use error::EvaluateError;
pub use report::{Counts, SHOWN};
pub use sweep::{InstanceReaders, JudgedInstances, judge_instances};
pub use trail::judge_account;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use trailkeeper_core::config_rule::{
    Compliance, ConfigEvent, Evaluation, RuleName, Scope, annotation, dispatch,
};
use trailkeeper_core::{Caller, Code, Finding, Note};

use crate::guard::GuardPorts;
use crate::incident::Attribution;
use crate::observe::Readers;
use crate::ports::{
    BucketReader, BucketSettingsReader, Clock, ConfigService, Inventory, KeyReader, ObjectReader,
    RoleReader, TagReader, TrailReader,
};
use crate::roles::PolicyCache;
use crate::submit::Submitted;
use report::Report;

const ACCOUNT_TYPE: &str = "AWS::::Account";
const TRAIL_TYPE: &str = "AWS::CloudTrail::Trail";

/// The ports of the evaluator. Its only writers are those of the rule `guard`, which switch on.
#[derive(Clone)]
pub struct EvaluatePorts {
    /// CloudTrail.
    pub trails: Arc<dyn TrailReader>,
    /// S3.
    pub buckets: Arc<dyn BucketReader>,
    /// KMS.
    pub keys: Arc<dyn KeyReader>,
    /// The tags of trails.
    pub tags: Arc<dyn TagReader>,
    /// The settings of buckets.
    pub settings: Arc<dyn BucketSettingsReader>,
    /// Objects in buckets.
    pub objects: Arc<dyn ObjectReader>,
    /// What AWS Config recorded and found.
    pub inventory: Arc<dyn Inventory>,
    /// IAM.
    pub roles: Arc<dyn RoleReader>,
    /// Documents that need not be read again; keep it as long as the process lives.
    pub policies: PolicyCache,
    /// What the rule `guard` looks at.
    pub guard: GuardPorts,
    /// AWS Config.
    pub config: Arc<dyn ConfigService>,
    /// By what is found who made the trail NON_COMPLIANT; none: it is not told.
    pub attribution: Option<Attribution>,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

impl EvaluatePorts {
    /// The ports that an observation of the trails needs.
    pub fn readers(&self) -> Readers<'_> {
        Readers {
            trails: self.trails.as_ref(),
            buckets: self.buckets.as_ref(),
            keys: self.keys.as_ref(),
            tags: self.tags.as_ref(),
            settings: self.settings.as_ref(),
            objects: self.objects.as_ref(),
        }
    }

    /// The ports that a judgement of the instances needs.
    pub fn instance_readers(&self) -> InstanceReaders<'_> {
        InstanceReaders {
            inventory: self.inventory.as_ref(),
            roles: self.roles.as_ref(),
            policies: &self.policies,
        }
    }
}

/// An event that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluated {
    /// The rule; none where the event asked for no evaluation.
    pub rule: Option<RuleName>,
    /// Why the rule was invoked: `schedule`, `change` or `other`.
    pub trigger: &'static str,
    /// How many evaluations were reported.
    pub counts: Counts,
    /// The codes of all findings behind them, each once.
    pub codes: BTreeSet<Code>,
    /// The first evaluations, at most [`SHOWN`].
    pub evaluations: Vec<Evaluation>,
    /// The findings behind them, uncut, at most [`SHOWN`].
    pub findings: Vec<Finding>,
    /// What else is to know: of the run, then of single resources, at most [`SHOWN`] each.
    pub notes: Vec<Note>,
    /// How AWS Config took it.
    pub submitted: Submitted,
}

/// Answers an event of AWS Config. Every readable event with a token ends in a report, if only an
/// empty one, or in an error.
///
/// # Errors
/// The event cannot be read or carries no token, it is about another account than `caller`'s, no
/// rule or several are meant, or AWS Config did not take the report before `deadline`.
pub async fn evaluate_event(
    ports: &EvaluatePorts,
    caller: &Caller,
    event: &Value,
    deadline: Timestamp,
) -> Result<Evaluated, EvaluateError> {
    let event = ConfigEvent::parse(event)?;
    check_account(&event, caller)?;
    let mut report = Report::new(
        ports.config.as_ref(),
        ports.clock.as_ref(),
        &event.result_token,
        deadline,
    );
    let rule = answer(ports, caller, &event, &mut report).await?;
    Ok(report.finish(rule, event.notification.trigger()).await?)
}

/// Facts of one account are no verdict on another, and AWS Config takes a report from the rule's
/// own account only.
fn check_account(event: &ConfigEvent, caller: &Caller) -> Result<(), EvaluateError> {
    match &event.account_id {
        Some(rule) if *rule != caller.account => Err(EvaluateError::CrossAccount {
            rule: rule.clone(),
            function: caller.account.clone(),
        }),
        _ => Ok(()),
    }
}

/// An event and what its answer needs to know of it.
#[derive(Clone, Copy)]
struct Asked<'a> {
    ports: &'a EvaluatePorts,
    caller: &'a Caller,
    event: &'a ConfigEvent,
    /// The time that evaluations are about.
    ordering: Timestamp,
    /// The time to measure ages at.
    now: Timestamp,
    deadline: Timestamp,
}

async fn answer(
    ports: &EvaluatePorts,
    caller: &Caller,
    event: &ConfigEvent,
    report: &mut Report<'_>,
) -> Result<Option<RuleName>, EvaluateError> {
    // A kind of message that asks for nothing must not fail for its parameters: the error would
    // only bring it back twice.
    let (Some(ordering), Some(now)) = (event.ordering_time(), event.event_time()) else {
        return Ok(None);
    };
    let rule = dispatch(&event.rule_parameters, &event.config_rule_name)?;
    let asked = Asked {
        ports,
        caller,
        event,
        ordering,
        now,
        deadline: report.deadline(),
    };
    if let Some(evaluation) = not_applicable(event, rule, ordering) {
        report.add(evaluation, &[], &[]).await?;
        return Ok(Some(rule));
    }
    match rule {
        RuleName::CloudtrailEnabled => trail::answer(asked, report).await?,
        RuleName::InstanceProfile => instances::answer(asked, report).await?,
        RuleName::Guard => guard::answer(asked, report).await?,
    }
    Ok(Some(rule))
}

/// What the rule judges, and the resource type whose changes it is for.
fn subject(rule: RuleName) -> (&'static str, &'static str) {
    match rule {
        RuleName::CloudtrailEnabled => ("the account", TRAIL_TYPE),
        RuleName::InstanceProfile => (
            "instances",
            trailkeeper_core::instance_profile::RESOURCE_TYPE,
        ),
        RuleName::Guard => ("what guards the account's trail", ACCOUNT_TYPE),
    }
}

/// Whatever else a change is about gets an answer too, or an old verdict on it would stand for
/// ever.
fn not_applicable(
    event: &ConfigEvent,
    rule: RuleName,
    ordering_timestamp: Timestamp,
) -> Option<Evaluation> {
    let item = event.resource()?;
    let (what, resource_type) = subject(rule);
    let reason = match event.scope() {
        Scope::Judge if item.resource_type == resource_type => return None,
        Scope::Judge => format!("{} judges {what}, not this resource", rule.as_str()),
        _ => not_any_more(rule),
    };
    Some(Evaluation {
        resource_type: item.resource_type.clone(),
        resource_id: item.resource_id.clone(),
        compliance: Compliance::NotApplicable,
        annotation: Some(annotation::of_text(&reason)),
        ordering_timestamp,
    })
}

fn not_any_more(rule: RuleName) -> String {
    format!("{} does not judge this resource any more", rule.as_str())
}

impl Asked<'_> {
    fn on_account(&self, compliance: Compliance, text: String) -> Evaluation {
        Evaluation {
            resource_type: ACCOUNT_TYPE.to_owned(),
            resource_id: self.caller.account.to_string(),
            compliance,
            annotation: Some(text),
            ordering_timestamp: self.ordering,
        }
    }
}
