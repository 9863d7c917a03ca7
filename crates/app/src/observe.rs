//! Reading what a judgement of the account's trails needs, in as few round trips as possible.
//!
//! Which facts those are is decided in the core; here they are fetched, each call once, and a call
//! that fails spoils no fact but its own.

mod calls;
mod log_files;
mod survey;

use jiff::Timestamp;
use trailkeeper_core::cloudtrail::{Requirements, TrailView};
use trailkeeper_core::{CallError, Caller};

use crate::ports::{
    BucketReader, BucketSettingsReader, KeyReader, ObjectReader, TagReader, TrailReader,
};
pub(crate) use calls::setting_of;
use survey::Survey;

/// The ports that an observation reads through.
#[derive(Clone, Copy)]
pub struct Readers<'a> {
    /// CloudTrail.
    pub trails: &'a dyn TrailReader,
    /// S3.
    pub buckets: &'a dyn BucketReader,
    /// KMS.
    pub keys: &'a dyn KeyReader,
    /// The tags of trails; asked only with a baseline.
    pub tags: &'a dyn TagReader,
    /// The settings of buckets; asked only with a baseline.
    pub settings: &'a dyn BucketSettingsReader,
    /// Objects in buckets: the baseline, and the digests where log files are checked.
    pub objects: &'a dyn ObjectReader,
}

/// What was seen of the account's trails.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Observation {
    /// The trails, each once.
    pub views: Vec<TrailView>,
    /// The calls that should have told which trails there are, and failed.
    pub failures: Vec<CallError>,
}

/// Observes the trails of the account.
///
/// First come the trails that DescribeTrails shows and that look satisfying; where one of them is
/// healthy nothing else is asked. Otherwise the trails of other Regions are looked for where they
/// could change the verdict, and the facts of all trails are read.
pub async fn observe(
    readers: Readers<'_>,
    requirements: &Requirements,
    caller: &Caller,
    now: Timestamp,
) -> Observation {
    let mut survey = Survey::new(readers, requirements, caller, now);
    survey.describe().await;
    survey.read_candidates().await;
    if !survey.is_satisfied() {
        if survey.may_have_overlooked() {
            survey.list().await;
        }
        survey.read_all().await;
    }
    survey.finish()
}
