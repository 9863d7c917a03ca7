//! Which facts a judgement of one trail needs: no more calls than that, and no fewer.

use super::requirements::{ManagementEvents, Requirements};
use super::view::TrailView;
use crate::facts::{BucketSetting, Fact, Trail};
use crate::identity::{AccountId, Arn, Caller, Region};

/// One fact to read of a trail. Status, selectors and insights are asked for by the trail's ARN
/// in its home Region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Read {
    /// GetTrailStatus.
    Status,
    /// GetEventSelectors.
    Selectors,
    /// GetInsightSelectors.
    Insights,
    /// GetBucketPolicy of the trail's bucket.
    Bucket {
        /// The bucket's name.
        name: String,
        /// Where the bucket probably is.
        hint: Region,
        /// The account that must own it.
        owner: AccountId,
    },
    /// ListBuckets: whether the account owns the bucket whose policy it may not read.
    OwnsBucket {
        /// The bucket's name.
        name: String,
        /// The Region to ask in.
        region: Region,
    },
    /// DescribeKey of the trail's key.
    Key {
        /// The key's ARN.
        arn: Arn,
    },
    /// GetKeyPolicy of the trail's key.
    KeyPolicy {
        /// The key's ARN.
        arn: Arn,
    },
    /// DescribeKey of the required key, to learn its ARN.
    WantedKey {
        /// Key id, ARN or alias as it was required.
        id: String,
        /// The Region to ask in where `id` is no ARN.
        region: Region,
    },
    /// ListTags of the trail.
    Tags,
    /// GetObject of the baseline.
    Baseline {
        /// The bucket that holds it.
        place: Place,
        /// Its SHA-256, by which it is found and checked.
        sha256: String,
    },
    /// A setting of the trail's bucket.
    Setting {
        /// The bucket.
        place: Place,
        /// The setting.
        setting: BucketSetting,
    },
    /// The newest digests and the log files that they name.
    LogFiles {
        /// The bucket.
        place: Place,
    },
}

/// A bucket of which it is known where it is and whose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The bucket's name.
    pub bucket: String,
    /// Its Region.
    pub region: Region,
    /// The account that must own it.
    pub owner: AccountId,
}

/// The reads that decide about `trail`, beyond its description.
///
/// Of an organization trail that another account owns only the status is read: selectors,
/// insights, bucket and key are its owner's to see. Bucket and key are read where they belong to
/// this account; a central log archive is closed to others.
pub fn needs(requirements: &Requirements, caller: &Caller, trail: &Trail) -> Vec<Read> {
    let mut reads = vec![Read::Status];
    if !trail.is_owned_by(&caller.account) {
        return reads;
    }
    if requirements.management_events != ManagementEvents::None {
        reads.push(Read::Selectors);
    }
    if !requirements.insights.is_empty() {
        reads.push(Read::Insights);
    }
    if owns_bucket_by_requirement(requirements, caller) {
        reads.push(Read::Bucket {
            name: trail.bucket.clone(),
            hint: bucket_region(trail),
            owner: caller.account.clone(),
        });
    }
    if let Some(arn) = key_arn(trail).filter(|arn| arn.is_owned_by(&caller.account)) {
        reads.push(Read::Key { arn: arn.clone() });
        reads.push(Read::KeyPolicy { arn });
    }
    reads.extend(wanted_key(requirements, trail));
    if requirements.baseline_sha256.is_some() {
        reads.push(Read::Tags);
    }
    reads
}

/// The reads that the answers of the first ones make necessary: S3 says AccessDenied both of a
/// bucket whose policy we may not read and of a bucket that another account owns.
pub fn follow_up(view: &TrailView) -> Vec<Read> {
    match (&view.bucket, &view.owns_bucket) {
        (Some(Fact::Denied(_)), None) => vec![Read::OwnsBucket {
            name: view.trail.bucket.clone(),
            region: bucket_region(&view.trail),
        }],
        _ => Vec::new(),
    }
}

/// What a baseline and the check of log files ask of the bucket, once it is known where it is.
pub fn baseline_reads(requirements: &Requirements, caller: &Caller, view: &TrailView) -> Vec<Read> {
    let Some(place) = baseline_place(requirements, caller, view) else {
        return Vec::new();
    };
    let mut reads = Vec::new();
    if let Some(sha256) = &requirements.baseline_sha256 {
        reads.push(Read::Baseline {
            place: place.clone(),
            sha256: sha256.clone(),
        });
        if place.owner == caller.account {
            reads.extend(BucketSetting::ALL.iter().map(|setting| Read::Setting {
                place: place.clone(),
                setting: *setting,
            }));
        }
    }
    let trail = &view.trail;
    let has_digests =
        trail.log_file_validation != Some(false) && trail.is_organization_trail != Some(true);
    if requirements.check_log_files && has_digests {
        reads.push(Read::LogFiles { place });
    }
    reads
}

/// The bucket that holds the baseline and the log files: the trail's, where it is the right one
/// and is there. What is wrong with it otherwise is a finding of its own.
pub(super) fn baseline_place(
    requirements: &Requirements,
    caller: &Caller,
    view: &TrailView,
) -> Option<Place> {
    let trail = &view.trail;
    let is_other = |wanted: &String| *wanted != trail.bucket;
    if !trail.is_owned_by(&caller.account) || requirements.bucket.as_ref().is_some_and(is_other) {
        return None;
    }
    let region = match &view.bucket {
        Some(fact) => fact.known()?.region.clone(),
        // another account's bucket, of which only the parameters tell
        None => bucket_region(trail),
    };
    let owner = requirements.bucket_owner.as_ref();
    Some(Place {
        bucket: trail.bucket.clone(),
        region,
        owner: owner.unwrap_or(&caller.account).clone(),
    })
}

/// Whether the bucket is required to be this account's, so that its policy can be read.
pub(super) fn owns_bucket_by_requirement(requirements: &Requirements, caller: &Caller) -> bool {
    requirements
        .bucket_owner
        .as_ref()
        .is_none_or(|owner| *owner == caller.account)
}

/// The ARN of the trail's key, where it has one.
pub(super) fn key_arn(trail: &Trail) -> Option<Arn> {
    trail.kms_key_id.as_deref()?.parse().ok()
}

/// The key has to be in the bucket's Region, and the bucket need not be in the trail's.
pub(crate) fn bucket_region(trail: &Trail) -> Region {
    key_arn(trail)
        .and_then(|arn| arn.region())
        .unwrap_or_else(|| trail.home_region.clone())
}

fn wanted_key(requirements: &Requirements, trail: &Trail) -> Option<Read> {
    let id = requirements.kms_key_id.as_deref()?;
    let used = key_arn(trail)?;
    is_same_key(id, &used).is_none().then(|| Read::WantedKey {
        id: id.to_owned(),
        region: bucket_region(trail),
    })
}

/// Whether the required key `id` is the key `used`, as far as the text alone tells: a key has one
/// ARN and one id; an alias has to be asked for.
pub(super) fn is_same_key(id: &str, used: &Arn) -> Option<bool> {
    if id == used.to_string() || used.resource.strip_prefix("key/") == Some(id) {
        return Some(true);
    }
    let arn: Option<Arn> = id.parse().ok();
    arn.filter(|arn| arn.resource.starts_with("key/"))
        .map(|_| false)
}
