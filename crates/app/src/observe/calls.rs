//! The calls behind the reads. Two reads that come down to the same call share its answer.

use std::collections::BTreeMap;

use futures::future::join_all;
use trailkeeper_core::baseline::{Baseline, BaselineError, key_of};
use trailkeeper_core::cloudtrail::reads::Place;
use trailkeeper_core::cloudtrail::{Read, TrailView};
use trailkeeper_core::facts::{
    BucketFacts, BucketSetting, EventSelectors, InsightSelector, KeyFacts, Trail, TrailStatus,
};
use trailkeeper_core::{AccountId, Arn, Fact, Region};

use super::Readers;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Call {
    Status(Region, Arn),
    Selectors(Region, Arn),
    Insights(Region, Arn),
    Bucket(String, Region, AccountId),
    OwnsBucket(String, Region),
    Key(String, Region),
    KeyPolicy(Arn),
    Tags(Region, Arn),
    Baseline(Place, String),
    Setting(Place, BucketSetting),
}

impl Call {
    /// The call behind a read; none for one that takes several.
    fn of(trail: &Trail, read: &Read) -> Option<Self> {
        let home = || trail.home_region.clone();
        let arn = || trail.arn.clone();
        // A key's ARN decides about the Region, whichever Region is given beside it.
        let key = |id: &str, region: &Region| {
            let own = id.parse::<Arn>().ok().and_then(|arn| arn.region());
            Self::Key(id.to_owned(), own.unwrap_or_else(|| region.clone()))
        };
        Some(match read {
            Read::Status => Self::Status(home(), arn()),
            Read::Selectors => Self::Selectors(home(), arn()),
            Read::Insights => Self::Insights(home(), arn()),
            Read::Bucket { name, hint, owner } => {
                Self::Bucket(name.clone(), hint.clone(), owner.clone())
            }
            Read::OwnsBucket { name, region } => Self::OwnsBucket(name.clone(), region.clone()),
            Read::Key { arn } => key(&arn.to_string(), &trail.home_region),
            Read::KeyPolicy { arn } => Self::KeyPolicy(arn.clone()),
            Read::WantedKey { id, region } => key(id, region),
            Read::Tags => Self::Tags(home(), arn()),
            Read::Baseline { place, sha256 } => Self::Baseline(place.clone(), sha256.clone()),
            Read::Setting { place, setting } => Self::Setting(place.clone(), *setting),
            Read::LogFiles { .. } => return None,
        })
    }

    async fn make(self, readers: Readers<'_>) -> (Self, Answer) {
        let (trails, buckets, keys) = (readers.trails, readers.buckets, readers.keys);
        let answer = match &self {
            Self::Status(region, arn) => {
                Answer::Status(Fact::from_call(trails.trail_status(region, arn).await))
            }
            Self::Selectors(region, arn) => {
                Answer::Selectors(Fact::from_call(trails.event_selectors(region, arn).await))
            }
            Self::Insights(region, arn) => {
                Answer::Insights(Fact::from_call(trails.insight_selectors(region, arn).await))
            }
            Self::Bucket(name, hint, owner) => {
                Answer::Bucket(Fact::from_call(buckets.bucket(name, hint, owner).await))
            }
            Self::OwnsBucket(name, region) => {
                Answer::OwnsBucket(Fact::from_call(buckets.owns_bucket(name, region).await))
            }
            Self::Key(id, region) => {
                Answer::Key(Fact::from_call(keys.describe_key(id, region).await))
            }
            Self::KeyPolicy(arn) => Answer::KeyPolicy(Fact::from_call(keys.key_policy(arn).await)),
            Self::Tags(region, arn) => {
                Answer::Tags(Fact::from_call(readers.tags.tags(region, arn).await))
            }
            Self::Baseline(place, sha256) => {
                Answer::Baseline(Box::new(baseline(readers, place, sha256).await))
            }
            Self::Setting(place, setting) => {
                Answer::Setting(setting_of(readers, place, *setting).await)
            }
        };
        (self, answer)
    }
}

/// The object, checked against the hash by which it was asked for.
async fn baseline(
    readers: Readers<'_>,
    place: &Place,
    sha256: &str,
) -> Fact<Result<Baseline, BaselineError>> {
    let key = key_of(sha256);
    let Place {
        bucket,
        region,
        owner,
    } = place;
    let object = readers.objects.object(bucket, region, owner, &key).await;
    Fact::from_call(object).map(|bytes| Baseline::parse(&bytes, sha256))
}

/// A setting as it is now.
pub(crate) async fn setting_of(
    readers: Readers<'_>,
    place: &Place,
    setting: BucketSetting,
) -> Fact<Option<String>> {
    let Place {
        bucket,
        region,
        owner,
    } = place;
    let read = readers.settings.setting(bucket, region, owner, setting);
    Fact::from_call(read.await)
}

#[derive(Debug, Clone)]
enum Answer {
    Status(Fact<TrailStatus>),
    Selectors(Fact<EventSelectors>),
    Insights(Fact<Vec<InsightSelector>>),
    Bucket(Fact<BucketFacts>),
    OwnsBucket(Fact<bool>),
    Key(Fact<KeyFacts>),
    KeyPolicy(Fact<String>),
    Tags(Fact<BTreeMap<String, String>>),
    Baseline(Box<Fact<Result<Baseline, BaselineError>>>),
    Setting(Fact<Option<String>>),
}

impl Answer {
    /// Puts the answer where the read wants it.
    fn put(self, read: &Read, view: &mut TrailView) {
        match self {
            Self::Status(fact) => view.status = Some(fact),
            Self::Selectors(fact) => view.selectors = Some(fact),
            Self::Insights(fact) => view.insights = Some(fact),
            Self::Bucket(fact) => view.bucket = Some(fact),
            Self::OwnsBucket(fact) => view.owns_bucket = Some(fact),
            Self::Key(fact) if matches!(read, Read::WantedKey { .. }) => {
                view.wanted_key = Some(fact);
            }
            Self::Key(fact) => view.key = Some(fact),
            Self::KeyPolicy(fact) => view.key_policy = Some(fact),
            Self::Tags(fact) => view.beside.tags = Some(fact),
            Self::Baseline(fact) => view.beside.baseline = Some(*fact),
            Self::Setting(fact) => {
                if let Read::Setting { setting, .. } = read {
                    view.beside.settings.insert(*setting, fact);
                }
            }
        }
    }
}

/// The answers got so far.
#[derive(Debug, Default)]
pub(super) struct Answers(BTreeMap<Call, Answer>);

impl Answers {
    /// Makes the calls of all reads at once, leaving out those already made, and fills the views.
    pub(super) async fn fill(
        &mut self,
        readers: Readers<'_>,
        wanted: Vec<(&mut TrailView, Vec<Read>)>,
    ) {
        let mut open: Vec<Call> = wanted
            .iter()
            .flat_map(|(view, reads)| reads.iter().filter_map(|read| Call::of(&view.trail, read)))
            .filter(|call| !self.0.contains_key(call))
            .collect();
        open.sort();
        open.dedup();
        let made = join_all(open.into_iter().map(|call| call.make(readers))).await;
        self.0.extend(made);
        for (view, reads) in wanted {
            for read in reads {
                let call = Call::of(&view.trail, &read);
                if let Some(answer) = call.and_then(|call| self.0.get(&call)) {
                    answer.clone().put(&read, view);
                }
            }
        }
    }
}
