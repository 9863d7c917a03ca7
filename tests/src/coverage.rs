//! What an account records and who may write to its stores, seen past all faults; and whether any
//! single call of a run took some of it away.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use trailkeeper_app::ports::{BucketReader, KeyReader, TrailReader};
use trailkeeper_core::Region;
use trailkeeper_core::facts::{EventSelectors, InsightSelector, KeyState, Trail};
use trailkeeper_core::repair::covers;
use trailkeeper_policy::Policy;
use trailkeeper_sandbox::{Call, CallRecord, Fault, Sandbox, World};

use crate::account::{ACCOUNT, BUCKET, HOME, key_arn};

/// What the account's own trails record, and the state of bucket and key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The trails by ARN.
    pub trails: BTreeMap<String, OneTrail>,
    /// The statements of the bucket's policy, as they are written.
    pub bucket_statements: Vec<String>,
    /// The statements of the key's policy, as they are written.
    pub key_statements: Vec<String>,
    /// Whether the key can be used.
    pub key_enabled: bool,
}

/// What one trail records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTrail {
    /// Its settings.
    pub trail: Trail,
    /// Whether it records at all.
    pub is_logging: bool,
    /// Its event selectors.
    pub selectors: EventSelectors,
    /// Its insight selectors.
    pub insights: Vec<InsightSelector>,
}

impl Coverage {
    /// The coverage of `world`.
    pub async fn of(world: &World) -> Self {
        let sandbox = Sandbox::new(world.clone());
        let home: Region = HOME.parse().unwrap();
        let mut trails = BTreeMap::new();
        for listed in sandbox.list_trails(&home).await.unwrap() {
            if listed.arn.account == ACCOUNT {
                let name = [listed.arn.to_string()];
                let region = &listed.home_region;
                let described = sandbox.describe_trails(region, &name).await.unwrap();
                let trail = described.first().expect("a listed trail").clone();
                trails.insert(listed.arn.to_string(), one(&sandbox, trail).await);
            }
        }
        let owner = ACCOUNT.parse().unwrap();
        let bucket = sandbox.bucket(BUCKET, &home, &owner).await;
        let policy = bucket.ok().and_then(|facts| facts.policy);
        let key = key_arn().parse().unwrap();
        let key_policy = sandbox.key_policy(&key).await.ok();
        let state = sandbox.describe_key(&key_arn(), &home).await;
        Self {
            trails,
            bucket_statements: statements(policy.as_deref()),
            key_statements: statements(key_policy.as_deref()),
            key_enabled: state.is_ok_and(|facts| facts.state == KeyState::Enabled),
        }
    }

    /// What of this `after` no longer has.
    pub fn lost_in(&self, after: &Self) -> Option<String> {
        for (arn, before) in &self.trails {
            let Some(now) = after.trails.get(arn) else {
                return Some(format!("{arn} is gone"));
            };
            if let Some(text) = before.lost_in(now) {
                return Some(format!("{arn}: {text}"));
            }
        }
        let gone =
            |old: &[String], new: &[String]| old.iter().find(|one| !new.contains(one)).cloned();
        gone(&self.bucket_statements, &after.bucket_statements)
            .or_else(|| gone(&self.key_statements, &after.key_statements))
            .or_else(|| (self.key_enabled && !after.key_enabled).then(|| "the key".to_owned()))
    }
}

impl OneTrail {
    fn lost_in(&self, after: &Self) -> Option<String> {
        let off =
            |before: Option<bool>, after: Option<bool>| before == Some(true) && after != Some(true);
        let cleared =
            |before: &Option<String>, after: &Option<String>| before.is_some() && after.is_none();
        let (old, new) = (&self.trail, &after.trail);
        let lost = [
            ("IsLogging", self.is_logging && !after.is_logging),
            (
                "multi-Region",
                off(old.is_multi_region, new.is_multi_region),
            ),
            (
                "global events",
                off(
                    old.include_global_service_events,
                    new.include_global_service_events,
                ),
            ),
            (
                "validation",
                off(old.log_file_validation, new.log_file_validation),
            ),
            (
                "organization",
                off(old.is_organization_trail, new.is_organization_trail),
            ),
            ("encryption", cleared(&old.kms_key_id, &new.kms_key_id)),
            ("topic", cleared(&old.sns_topic_arn, &new.sns_topic_arn)),
            ("log group", cleared(&old.log_group_arn, &new.log_group_arn)),
            (
                "event selectors",
                !covers(&after.selectors, &self.selectors),
            ),
            (
                "insights",
                !self
                    .insights
                    .iter()
                    .all(|one| has_insight(&after.insights, one)),
            ),
        ];
        lost.into_iter()
            .find(|(_, lost)| *lost)
            .map(|(name, _)| name.to_owned())
    }
}

/// An empty list of categories means Management.
fn has_insight(all: &[InsightSelector], wanted: &InsightSelector) -> bool {
    let categories = |one: &InsightSelector| {
        if one.event_categories.is_empty() {
            vec!["Management".to_owned()]
        } else {
            one.event_categories.clone()
        }
    };
    all.iter().any(|one| {
        let there = categories(one);
        one.insight_type == wanted.insight_type
            && categories(wanted)
                .iter()
                .all(|category| there.contains(category))
    })
}

async fn one(sandbox: &Sandbox, trail: Trail) -> OneTrail {
    let (region, arn) = (trail.home_region.clone(), trail.arn.clone());
    let status = sandbox.trail_status(&region, &arn).await.unwrap();
    OneTrail {
        is_logging: status.is_logging == Some(true),
        selectors: sandbox.event_selectors(&region, &arn).await.unwrap(),
        insights: sandbox.insight_selectors(&region, &arn).await.unwrap(),
        trail,
    }
}

fn statements(policy: Option<&str>) -> Vec<String> {
    let Some(policy) = policy.and_then(|text| Policy::parse(text).ok()) else {
        return Vec::new();
    };
    let texts = policy
        .statements()
        .iter()
        .map(|one| policy.source(one).to_owned());
    texts.collect()
}

/// Makes the calls of a run again, one by one, from the world in which it started, and compares
/// what the account records before and after each of them.
///
/// # Errors
/// The first call that took something away, or that was answered otherwise than in the run.
pub async fn replay(start: &World, faults: &[Fault], calls: &[CallRecord]) -> Result<(), String> {
    let again = Sandbox::new(start.clone());
    for fault in faults {
        again.inject(fault.clone());
    }
    let look = || again.with_world(|world| world.clone());
    let mut before = Coverage::of(&look()).await;
    for record in calls {
        let wait = record.at.duration_since(again.now());
        again.advance(wait.max(SignedDuration::ZERO));
        let CallRecord {
            service,
            operation,
            region,
            input,
            ..
        } = record;
        let call = Call::new(service, operation, region, input.clone());
        let answer = again.call(call).await;
        if answer.is_ok() != (record.outcome == "ok") {
            return Err(format!(
                "{operation} was answered otherwise than in the run: {answer:?}"
            ));
        }
        if record.write {
            let after = Coverage::of(&look()).await;
            if let Some(lost) = before.lost_in(&after) {
                return Err(format!("{operation} took away: {lost}"));
            }
            before = after;
        }
    }
    Ok(())
}
