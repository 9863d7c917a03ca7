//! What one state records that another does not.

use std::collections::BTreeSet;

use serde_json::Value;
use trailkeeper_policy::Policy;
use trailkeeper_sandbox::seed::{EventSelectors, KeyState};
use trailkeeper_sandbox::{Recorded, RecordedSettings, RecordedTrail};

use super::events;
use super::invariant::{Break, Invariant};

/// What of `before` the account no longer has: coverage (I1) or statements of others (I5).
pub(super) fn lost(before: &Recorded, after: &Recorded) -> Option<Break> {
    for (arn, old) in &before.trails {
        let Some(new) = after.trails.get(arn) else {
            return Some(Break::new(Invariant::I1, format!("{arn} is gone")));
        };
        if let Some(what) = lost_of_trail(old, new) {
            return Some(Break::new(Invariant::I1, format!("{arn} lost {what}")));
        }
    }
    for (name, old) in &before.buckets {
        let new = after.buckets.get(name).cloned().flatten();
        if let Some(text) = lost_statement(old.as_deref(), new.as_deref()) {
            let text = format!("bucket {name} lost the statement {text}");
            return Some(Break::new(Invariant::I5, text));
        }
    }
    for (name, old) in &before.settings {
        let new = after.settings.get(name);
        let lost = new.is_none_or(|new| is_less(old, new));
        if lost {
            let text = format!("the settings of bucket {name} are {new:?} and were {old:?}");
            return Some(Break::new(Invariant::I1, text));
        }
    }
    for (arn, (state, policy)) in &before.keys {
        let new = after.keys.get(arn);
        if *state == KeyState::Enabled && new.map(|key| key.0) != Some(KeyState::Enabled) {
            return Some(Break::new(Invariant::I1, format!("{arn} is not enabled")));
        }
        let new = new.map(|key| key.1.as_str());
        if let Some(text) = lost_statement(Some(policy), new) {
            let text = format!("{arn} lost the statement {text}");
            return Some(Break::new(Invariant::I5, text));
        }
    }
    None
}

/// Whether less of the log is kept, or more people can reach it. Which lifecycle rules are right only
/// the end can tell.
fn is_less(old: &RecordedSettings, new: &RecordedSettings) -> bool {
    old.is_versioned && !new.is_versioned
        || old.public_access_blocked > new.public_access_blocked
        || !old.requester_pays && new.requester_pays
        || new.grants.iter().any(|grant| !old.grants.contains(grant))
}

fn lost_of_trail(old: &RecordedTrail, new: &RecordedTrail) -> Option<String> {
    if old == new {
        return None;
    }
    let off = |old: bool, new: bool| old && !new;
    let cleared = |old: &Option<String>, new: &Option<String>| old.is_some() && new.is_none();
    let (was, is) = (&old.settings, &new.settings);
    let checks = [
        ("logging", off(old.is_logging, new.is_logging)),
        (
            "multi-Region",
            off(was.is_multi_region_trail, is.is_multi_region_trail),
        ),
        (
            "global events",
            off(
                was.include_global_service_events,
                is.include_global_service_events,
            ),
        ),
        (
            "validation",
            off(
                was.log_file_validation_enabled,
                is.log_file_validation_enabled,
            ),
        ),
        (
            "the organization",
            off(was.is_organization_trail, is.is_organization_trail),
        ),
        ("its key", cleared(&was.kms_key_id, &is.kms_key_id)),
        ("its topic", cleared(&was.sns_topic_arn, &is.sns_topic_arn)),
        (
            "its log group",
            cleared(
                &was.cloud_watch_logs_log_group_arn,
                &is.cloud_watch_logs_log_group_arn,
            ),
        ),
        (
            "a tag",
            !old.tags
                .iter()
                .all(|(key, tag)| new.tags.get(key) == Some(tag)),
        ),
        ("an insight", lost_insight(old, new)),
    ];
    let found = checks.into_iter().find(|(_, lost)| *lost);
    found
        .map(|(name, _)| name.to_owned())
        .or_else(|| events::lost(&old.selectors, &new.selectors))
}

/// Insights watch what the trail records: those on data events are idle without data selectors.
fn lost_insight(old: &RecordedTrail, new: &RecordedTrail) -> bool {
    let has_data = records_data(&old.selectors);
    let before = insights(&old.insights);
    let after = insights(&new.insights);
    before
        .iter()
        .any(|one| (has_data || one.1 != "Data") && !after.contains(one))
}

fn records_data(selectors: &EventSelectors) -> bool {
    let (EventSelectors::Basic(list) | EventSelectors::Advanced(list)) = selectors;
    let text: Vec<String> = list.iter().map(Value::to_string).collect();
    text.iter()
        .any(|one| one.contains("\"Data\"") || one.contains("\"AWS::"))
}

/// Kind and category of each insight; none named means management events.
fn insights(list: &[Value]) -> BTreeSet<(String, String)> {
    let mut all = BTreeSet::new();
    for one in list {
        let kind = one["InsightType"].as_str().unwrap_or_default().to_owned();
        let categories = one["EventCategories"].as_array();
        let names: Vec<&str> = categories
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if names.is_empty() {
            all.insert((kind.clone(), "Management".to_owned()));
        }
        for name in names {
            all.insert((kind.clone(), name.to_owned()));
        }
    }
    all
}

fn lost_statement(old: Option<&str>, new: Option<&str>) -> Option<String> {
    if old == new {
        return None;
    }
    let after = statements(new);
    statements(old).into_iter().find(|one| !after.contains(one))
}

/// The statements of a policy as they are written.
fn statements(policy: Option<&str>) -> BTreeSet<String> {
    let Some(policy) = policy.and_then(|text| Policy::parse(text).ok()) else {
        return BTreeSet::new();
    };
    let all = policy.statements().iter();
    all.map(|one| policy.source(one).to_owned()).collect()
}

/// How two ends differ: each must have all that the other has, and deliver to the same places.
pub(super) fn difference(wanted: &Recorded, found: &Recorded) -> Option<String> {
    if wanted == found {
        return None;
    }
    if let Some(broken) = lost(wanted, found) {
        return Some(broken.text);
    }
    if let Some(broken) = lost(found, wanted) {
        return Some(format!("more than wanted: {}", broken.text));
    }
    for (name, one) in &wanted.settings {
        let other = found.settings.get(name);
        if other != Some(one) {
            return Some(format!(
                "the settings of {name} are {other:?} and not {one:?}"
            ));
        }
    }
    wanted.trails.iter().find_map(|(arn, one)| {
        let other = found.trails.get(arn)?;
        (one.settings != other.settings)
            .then(|| format!("{arn} is {:?} and not {:?}", other.settings, one.settings))
    })
}
