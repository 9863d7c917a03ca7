//! Making a baseline, of a healthy trail only: what is recorded becomes what is restored.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Baseline, BaselineBucket, VERSION};
use crate::cloudtrail::{ManagementCoverage, Requirements, TrailView, examine};
use crate::facts::{BucketFacts, BucketSettings, EventSelectors, Fact};
use crate::finding::{Code, Finding};
use crate::identity::Caller;

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
    let bucket = known(view.bucket.as_ref(), "bucket", &mut findings);
    let tags = known(view.beside.tags.as_ref(), "tags", &mut findings);
    let (Some(event_selectors), Some(bucket), Some(tags)) = (selectors, bucket, tags) else {
        return Err(findings);
    };
    if !findings.is_empty() {
        return Err(findings);
    }
    Ok(baseline(healthy, event_selectors, bucket, tags))
}

fn baseline(
    healthy: Healthy<'_>,
    event_selectors: &EventSelectors,
    bucket: &BucketFacts,
    tags: &BTreeMap<String, String>,
) -> Baseline {
    let view = healthy.view;
    let insights = view.insights.as_ref().and_then(Fact::known);
    Baseline {
        version: VERSION,
        account: healthy.caller.account.clone(),
        trail: view.trail.arn.clone(),
        captured_at: healthy.now,
        event_selectors: event_selectors.clone(),
        insight_selectors: insights.cloned().unwrap_or_default(),
        tags: tags.clone(),
        bucket: BaselineBucket {
            name: view.trail.bucket.clone(),
            region: bucket.region.clone(),
            settings: read_settings(&view.beside.settings),
        },
        key: view.trail.kms_key_id.clone(),
        guard: serde_json::Value::Null,
    }
}

fn read_settings(
    settings: &BucketSettings,
) -> BTreeMap<crate::facts::BucketSetting, Option<String>> {
    let known = settings
        .iter()
        .filter_map(|(setting, fact)| Some((*setting, fact.known()?.clone())));
    known.collect()
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
