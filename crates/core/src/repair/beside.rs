//! The reads that a baseline, or a bucket made anew, makes necessary.

use std::collections::BTreeMap;

use super::ask::Ask;
use super::baseline_steps::is_new;
use super::goal::Goal;
use super::request::Request;
use super::survey::Surveyor;
use crate::baseline::{Baseline, BaselineError, key_of};
use crate::cloudtrail::Beside;
use crate::facts::{BucketFacts, BucketSetting, BucketSettings, Fact};
use crate::identity::Region;

type Read = Fact<Result<Baseline, BaselineError>>;

/// Asks for them.
pub(super) struct Besides<'a> {
    pub(super) goal: &'a Goal,
    pub(super) surveyor: &'a Surveyor<'a>,
}

impl Besides<'_> {
    /// The facts, or nothing while reads are missing. `bucket` is what is known of the bucket: the
    /// outer option is "still to be read", the inner one that it is another account's.
    pub(super) fn ask(
        &self,
        bucket: Option<&Option<Fact<BucketFacts>>>,
        ask: &mut Ask<'_>,
    ) -> Option<Beside> {
        let tags = self.tags(ask);
        let bucket = bucket?;
        let region = match bucket {
            None => Some(self.surveyor.bucket_hint()),
            Some(fact) => fact.known().map(|facts| facts.region.clone()),
        };
        let baseline = region
            .as_ref()
            .map_or(Some(None), |at| self.object(at, ask));
        let own = bucket.as_ref().and_then(Fact::known);
        let settings = own.map_or_else(|| Some(BTreeMap::new()), |own| self.settings(own, ask));
        Some(Beside {
            baseline: baseline?,
            tags: tags?,
            settings: settings?,
            log_files: None,
        })
    }

    fn tags(&self, ask: &mut Ask<'_>) -> Option<Option<Fact<BTreeMap<String, String>>>> {
        let wanted = self.goal.requirements.baseline_sha256.is_some();
        match self.surveyor.current.filter(|_| wanted) {
            Some(trail) => ask.tags(Request::Tags(trail.arn.clone())).map(Some),
            None => Some(None),
        }
    }

    fn object(&self, region: &Region, ask: &mut Ask<'_>) -> Option<Option<Read>> {
        let Some(sha256) = &self.goal.requirements.baseline_sha256 else {
            return Some(None);
        };
        let request = Request::Object(
            self.goal.bucket.clone(),
            region.clone(),
            self.surveyor.bucket_owner(),
            key_of(sha256),
        );
        let read = ask.object(request)?;
        Some(Some(read.map(|bytes| Baseline::parse(&bytes, sha256))))
    }

    /// All settings with a baseline, those of a new bucket where it may be one.
    fn settings(&self, bucket: &BucketFacts, ask: &mut Ask<'_>) -> Option<BucketSettings> {
        let wanted: &[BucketSetting] = if self.goal.requirements.baseline_sha256.is_some() {
            BucketSetting::ALL
        } else if is_new(self.goal, bucket) {
            &[BucketSetting::Versioning, BucketSetting::PublicAccessBlock]
        } else {
            &[]
        };
        let (name, owner) = (&self.goal.bucket, &self.surveyor.caller.account);
        let read: Vec<_> = wanted
            .iter()
            .map(|setting| {
                let region = bucket.region.clone();
                let request = Request::Setting(name.clone(), region, owner.clone(), *setting);
                ask.setting(request).map(|fact| (*setting, fact))
            })
            .collect();
        read.into_iter().collect()
    }
}
