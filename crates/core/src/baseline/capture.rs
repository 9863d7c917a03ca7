//! Making a baseline, of a healthy trail only: what is recorded becomes what is restored.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Baseline, BaselineBucket, VERSION};
use crate::call_error::CallError;
use crate::cloudtrail::reads::bucket_region;
use crate::cloudtrail::{ManagementCoverage, Requirements, TrailView, examine};
use crate::facts::{BucketFacts, BucketSetting, BucketSettings, EventSelectors, Fact};
use crate::finding::{Code, Finding};
use crate::identity::{AccountId, Caller};

/// What a baseline is made of.
#[derive(Debug, Clone, Copy)]
pub struct Healthy<'a> {
    /// What the trail must be.
    pub requirements: &'a Requirements,
    /// Who looks.
    pub caller: &'a Caller,
    /// The trail with all facts, tags and settings read.
    pub view: &'a TrailView,
    /// When they were read.
    pub now: Timestamp,
}

/// The baseline of a trail.
///
/// # Errors
/// What the examination finds wrong with the trail, or what has to be known and is not: a baseline
/// of a trail that is not healthy would make its faults the measure.
pub fn capture(healthy: Healthy<'_>) -> Result<Baseline, Vec<Finding>> {
    let Healthy {
        requirements,
        caller,
        view,
        now,
    } = healthy;
    let requirements = Requirements {
        baseline_sha256: None,
        ..requirements.clone()
    };
    let alone = ManagementCoverage::default();
    let mut findings = examine(&requirements, caller, view, &alone, now).findings;
    let selectors = known(view.selectors.as_ref(), "event selectors", &mut findings);
    let tags = known(view.beside.tags.as_ref(), "tags", &mut findings);
    let owner = requirements.bucket_owner.as_ref();
    let bucket = match owner.filter(|owner| **owner != caller.account) {
        Some(owner) => Some(foreign_bucket(view, owner)),
        None => own_bucket(view, &mut findings),
    };
    let (Some(event_selectors), Some(bucket), Some(tags)) = (selectors, bucket, tags) else {
        return Err(findings);
    };
    if !findings.is_empty() {
        return Err(findings);
    }
    Ok(baseline(healthy, event_selectors, bucket, tags))
}

/// Another account's bucket: where it is follows from the key, and what guards it is not ours to
/// read.
fn foreign_bucket(view: &TrailView, owner: &AccountId) -> BaselineBucket {
    BaselineBucket {
        name: view.trail.bucket.clone(),
        region: bucket_region(&view.trail),
        owner: Some(owner.clone()),
        settings: BTreeMap::new(),
    }
}

fn own_bucket(view: &TrailView, findings: &mut Vec<Finding>) -> Option<BaselineBucket> {
    let facts: &BucketFacts = known(view.bucket.as_ref(), "bucket", findings)?;
    Some(BaselineBucket {
        name: view.trail.bucket.clone(),
        region: facts.region.clone(),
        owner: None,
        settings: read_settings(&view.beside.settings, findings),
    })
}

fn baseline(
    healthy: Healthy<'_>,
    event_selectors: &EventSelectors,
    bucket: BaselineBucket,
    tags: &BTreeMap<String, String>,
) -> Baseline {
    let view = healthy.view;
    let trail = &view.trail;
    let insights = view.insights.as_ref().and_then(Fact::known);
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    Baseline {
        version: VERSION,
        account: healthy.caller.account.clone(),
        trail: trail.arn.clone(),
        captured_at: healthy.now,
        event_selectors: event_selectors.clone(),
        insight_selectors: insights.cloned().unwrap_or_default(),
        tags: tags.clone(),
        bucket,
        key: given(&trail.kms_key_id),
        key_prefix: Some(trail.key_prefix.clone().unwrap_or_default()),
        sns_topic_arn: given(&trail.sns_topic_arn),
        log_group_arn: given(&trail.log_group_arn),
        log_group_role_arn: given(&trail.log_group_role_arn),
        guard: serde_json::Value::Null,
    }
}

/// The settings as they were read. What the service does not have is left out and not compared;
/// one that could not be read for another reason would be left unguarded without a word.
fn read_settings(
    settings: &BucketSettings,
    findings: &mut Vec<Finding>,
) -> BTreeMap<BucketSetting, Option<String>> {
    let mut read = BTreeMap::new();
    for setting in BucketSetting::ALL {
        let fact = settings.get(setting);
        let is_offered = !fact.and_then(Fact::failure).is_some_and(is_not_implemented);
        let what = format!("bucket's setting {}", setting.as_str());
        if is_offered && let Some(text) = known(fact, &what, findings) {
            read.insert(*setting, text.clone());
        }
    }
    read
}

/// S3's own code, and that of other services and stores that speak its language.
fn is_not_implemented(error: &CallError) -> bool {
    ["NotImplemented", "NotImplementedException"].contains(&error.code.as_str())
}

fn known<'a, T>(
    fact: Option<&'a Fact<T>>,
    what: &str,
    findings: &mut Vec<Finding>,
) -> Option<&'a T> {
    let unread = match fact {
        Some(Fact::Known(value)) => return Some(value),
        Some(Fact::Denied(error) | Fact::Unavailable(error)) => Finding::unread(error),
        None => Finding::new(
            Code::CouldNotVerify,
            format!("the trail's {what} were not read"),
        ),
    };
    if !findings.contains(&unread) {
        findings.push(unread);
    }
    None
}
