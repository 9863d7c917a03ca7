//! What brings bucket and tags back to the baseline, and what a bucket that was made anew needs.

use std::collections::BTreeMap;

use super::goal::Goal;
use super::plan::PlannedStep;
use super::step::{Step, StepKind};
use super::survey::Survey;
use crate::baseline::{
    ALL_BLOCKED, Baseline, VERSIONED, change_of, is_enforcing_ownership, is_versioned,
};
use crate::cloudtrail::Code;
use crate::facts::{BucketFacts, BucketSetting, Fact};
use crate::identity::{AccountId, Caller};

/// The steps before the bucket's policy and those that delivery does not depend on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct SettingSteps {
    pub(crate) before: Vec<PlannedStep>,
    pub(crate) after: Vec<PlannedStep>,
}

impl SettingSteps {
    pub(crate) fn without(mut self, given_up: &[StepKind]) -> Self {
        let stays = |planned: &PlannedStep| !given_up.contains(&planned.step.kind());
        self.before.retain(stays);
        self.after.retain(stays);
        self
    }
}

/// The settings of the bucket that have to be put back.
pub(crate) fn setting_steps(goal: &Goal, caller: &Caller, survey: &Survey) -> SettingSteps {
    let Some(Fact::Known(facts)) = &survey.wanted.bucket else {
        return SettingSteps::default();
    };
    let bucket = Bucket {
        survey,
        facts,
        owner: &caller.account,
    };
    match survey.baseline() {
        Some(baseline) => bucket.restored(baseline),
        None if is_new(goal, facts) => bucket.secured(),
        None => SettingSteps::default(),
    }
}

/// Whether the bucket may be one that a run has made and not completed: the policy comes last.
pub(crate) fn is_new(goal: &Goal, facts: &BucketFacts) -> bool {
    goal.recreate_bucket && facts.policy.is_none()
}

/// The finding that a change of the setting is, where a repair undoes it.
pub(crate) fn code_of(setting: BucketSetting) -> Option<Code> {
    match setting {
        BucketSetting::Versioning => Some(Code::BucketVersioningOff),
        BucketSetting::Encryption => Some(Code::BucketEncryptionChanged),
        BucketSetting::Lifecycle => Some(Code::BucketLifecycleChanged),
        BucketSetting::RequestPayment => Some(Code::BucketRequesterPays),
        BucketSetting::OwnershipControls => Some(Code::BucketOwnershipChanged),
        BucketSetting::Acl => Some(Code::BucketAclChanged),
        BucketSetting::PublicAccessBlock
        | BucketSetting::ObjectLock
        | BucketSetting::Replication
        | BucketSetting::Notification
        | BucketSetting::Logging => None,
    }
}

struct Bucket<'a> {
    survey: &'a Survey,
    facts: &'a BucketFacts,
    owner: &'a AccountId,
}

impl Bucket<'_> {
    fn restored(&self, baseline: &Baseline) -> SettingSteps {
        if baseline.bucket.name != self.survey.wanted.trail.bucket {
            return SettingSteps::default();
        }
        let step = |setting| self.restore(baseline, setting);
        let acl = step(BucketSetting::Acl);
        let ownership = step(BucketSetting::OwnershipControls);
        let owned = baseline
            .bucket
            .settings
            .get(&BucketSetting::OwnershipControls);
        let is_enforced = owned.is_some_and(|text| is_enforcing_ownership(text.as_deref()));
        let (first, last) = if is_enforced {
            (acl, None)
        } else {
            (None, acl)
        };
        let payment = step(BucketSetting::RequestPayment);
        let others = [
            BucketSetting::Versioning,
            BucketSetting::Encryption,
            BucketSetting::Lifecycle,
        ];
        SettingSteps {
            before: [payment, first, ownership].into_iter().flatten().collect(),
            after: last
                .into_iter()
                .chain(others.into_iter().filter_map(step))
                .collect(),
        }
    }

    fn restore(&self, baseline: &Baseline, setting: BucketSetting) -> Option<PlannedStep> {
        let before = baseline.bucket.settings.get(&setting)?;
        // only a lifecycle can be taken away again
        if before.is_none() && setting != BucketSetting::Lifecycle {
            return None;
        }
        let now = self.now(setting)?;
        let change = change_of(setting, now, before.as_deref())?;
        let code = code_of(setting)?;
        let document = match setting {
            // MFA delete, which stands beside it, takes the device of the account's root user
            BucketSetting::Versioning if is_versioned(now) => return None,
            BucketSetting::Versioning => Some(VERSIONED.to_owned()),
            _ => before.clone(),
        };
        Some(self.put(setting, document, code, &change))
    }

    /// S3's own defaults for a new bucket are mostly these; they are not left to chance.
    fn secured(&self) -> SettingSteps {
        let block = BucketSetting::PublicAccessBlock;
        let blocked = self
            .now(block)
            .and_then(|now| change_of(block, now, Some(ALL_BLOCKED)));
        let is_open =
            blocked.map(|change| self.put(block, Some(ALL_BLOCKED), Code::BucketMissing, &change));
        let setting = BucketSetting::Versioning;
        let unversioned = self.now(setting).filter(|now| !is_versioned(*now));
        let unversioned = unversioned.map(|_| {
            let change = "versioning -> Enabled";
            self.put(setting, Some(VERSIONED), Code::BucketMissing, change)
        });
        SettingSteps {
            before: is_open.into_iter().chain(unversioned).collect(),
            after: Vec::new(),
        }
    }

    /// The setting as it was read; nothing where it was not.
    fn now(&self, setting: BucketSetting) -> Option<Option<&str>> {
        let fact = self.survey.wanted.beside.settings.get(&setting)?;
        fact.known().map(Option::as_deref)
    }

    fn put(
        &self,
        setting: BucketSetting,
        document: Option<impl Into<String>>,
        code: Code,
        change: &str,
    ) -> PlannedStep {
        let bucket = &self.survey.wanted.trail.bucket;
        let step = Step::PutBucketSetting {
            bucket: bucket.clone(),
            region: self.facts.region.clone(),
            owner: self.owner.clone(),
            setting,
            document: document.map(Into::into),
            existed: self.now(setting).is_some_and(|now| now.is_some()),
        };
        PlannedStep::new(step, code.as_str(), format!("{bucket}: {change}"))
    }
}

/// AddTags with those of the baseline that are gone or changed.
pub(crate) fn tag_step(survey: &Survey) -> Option<PlannedStep> {
    let baseline = survey.baseline()?;
    let seen = survey.wanted.beside.tags.as_ref()?.known()?;
    let lost: BTreeMap<String, String> = baseline
        .tags
        .iter()
        .filter(|(key, value)| seen.get(*key) != Some(*value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    if lost.is_empty() {
        return None;
    }
    let trail = &survey.wanted.trail;
    let names: Vec<&str> = lost.keys().map(String::as_str).collect();
    let change = format!("{} + tags {}", trail.name, names.join(", "));
    let step = Step::AddTags(trail.arn.clone(), lost);
    Some(PlannedStep::new(
        step,
        Code::TrailTagsChanged.as_str(),
        change,
    ))
}
