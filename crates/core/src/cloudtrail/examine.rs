//! What is wrong with one trail, by the facts read of it.
//!
//! One small predicate for each finding code; the table below is their only caller. A predicate
//! speaks only of what it knows: what was needed and is not known is `could-not-verify`.

mod access;
mod baseline;
mod delivery;
mod openness;
mod selection;
mod settings;
mod unverified;
mod visibility;

pub use access::{bucket_target, key_target};
pub(crate) use access::{is_refused_by_bucket, is_refused_by_key};
pub(crate) use baseline::{usable as usable_baseline, usable_of as usable_baseline_of};
pub(crate) use settings::is_alias;

use jiff::Timestamp;
use trailkeeper_policy::cloudtrail::GrantCheck;
use trailkeeper_policy::exposure::Exposure;

use super::coverage::ManagementCoverage;
use super::finding::{Code, Finding, Note};
use super::requirements::Requirements;
use super::view::TrailView;
use crate::facts::{Fact, Trail, TrailStatus};
use crate::identity::Caller;

/// What was found wrong with one trail; nothing found means that it is as required.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Examination {
    /// What is wrong, in the order of the catalogue.
    pub findings: Vec<Finding>,
    /// What else the reader should know.
    pub notes: Vec<Note>,
}

/// All that a predicate may look at.
struct Subject<'a> {
    requirements: &'a Requirements,
    caller: &'a Caller,
    view: &'a TrailView,
    other: &'a ManagementCoverage,
    now: Timestamp,
    /// What the bucket's policy says to CloudTrail.
    bucket: Option<Checks>,
    /// The statements of the bucket's policy that let others in.
    exposures: Vec<Exposure>,
    /// What the key's policy says to CloudTrail.
    key: Option<Checks>,
}

impl<'a> Subject<'a> {
    fn new(
        requirements: &'a Requirements,
        caller: &'a Caller,
        view: &'a TrailView,
        other: &'a ManagementCoverage,
        now: Timestamp,
    ) -> Self {
        Self {
            requirements,
            caller,
            view,
            other,
            now,
            bucket: access::bucket_checks(requirements, view),
            exposures: openness::exposures(requirements, caller, view),
            key: access::key_checks(view),
        }
    }

    fn trail(&self) -> &Trail {
        &self.view.trail
    }

    fn name(&self) -> &str {
        &self.view.trail.name
    }

    fn is_own(&self) -> bool {
        self.trail().is_owned_by(&self.caller.account)
    }

    fn status(&self) -> Option<&TrailStatus> {
        self.view.status.as_ref().and_then(Fact::known)
    }

    fn wants_digests(&self) -> bool {
        wants_digests(self.requirements, self.trail())
    }
}

/// Whether digests matter: the trail writes them or has to.
fn wants_digests(requirements: &Requirements, trail: &Trail) -> bool {
    requirements.log_file_validation || trail.log_file_validation == Some(true)
}

/// The grants that a policy gives or does not; an error text where it cannot be understood.
type Checks = Result<Vec<GrantCheck>, String>;

/// The evidence, where the thing is wrong.
type Predicate = fn(&Subject<'_>) -> Option<String>;

/// In the order of the codes, which is the order in which findings are shown.
const PREDICATES: &[(Code, Predicate)] = &[
    (Code::TrailNotLogging, delivery::not_logging),
    (Code::NotMultiRegion, settings::not_multi_region),
    (Code::GlobalEventsMissing, settings::global_events_missing),
    (Code::LogValidationOff, settings::log_validation_off),
    (Code::NotEncrypted, settings::not_encrypted),
    (Code::WrongKey, settings::wrong_key),
    (Code::KeyMissing, access::key_missing),
    (Code::KeyDisabled, access::key_disabled),
    (Code::KeyPendingDeletion, access::key_pending_deletion),
    (Code::KeyUnusable, access::key_unusable),
    (Code::KeyRefusesCloudtrail, access::key_refuses),
    (Code::ManagementEventsMissing, selection::management_missing),
    (
        Code::ManagementEventsNarrowed,
        selection::management_narrowed,
    ),
    (Code::InsightsMissing, selection::insights_missing),
    (Code::DeliveryError, delivery::delivery_error),
    (Code::DigestError, delivery::digest_error),
    (Code::CloudwatchError, delivery::cloudwatch_error),
    (Code::NotificationError, delivery::notification_error),
    (Code::DeliveryStale, delivery::stale),
    (Code::BucketMissing, access::bucket_missing),
    (Code::BucketNotOurs, access::bucket_not_ours),
    (Code::BucketRefusesCloudtrail, access::bucket_refuses),
    (Code::WrongBucket, settings::wrong_bucket),
    (Code::WrongPrefix, settings::wrong_prefix),
    (Code::WrongTopic, settings::wrong_topic),
    (Code::WrongLogGroup, settings::wrong_log_group),
    (
        Code::OrganizationTrailRequired,
        settings::organization_required,
    ),
    (Code::DataEventsMissing, baseline::data_events_missing),
    (Code::TrailTagsChanged, baseline::tags_changed),
    (Code::BucketLifecycleChanged, baseline::lifecycle_changed),
    (Code::BucketVersioningOff, baseline::versioning_off),
    (Code::BucketEncryptionChanged, baseline::encryption_changed),
    (Code::BucketRequesterPays, baseline::requester_pays),
    (Code::BucketOwnershipChanged, baseline::ownership_changed),
    (Code::BucketAclChanged, baseline::acl_changed),
    (Code::BucketExposed, baseline::exposed),
    (Code::BucketOpenToOthers, openness::public),
    (Code::BucketProtectionChanged, baseline::protection_changed),
    (Code::LogFilesMissing, baseline::log_files_missing),
    (Code::BaselineUnusable, baseline::unusable),
];

/// Judges the trail of `view` at the time `now`. `other` is what the trails beside this one record
/// of management events: that alone several trails may provide together.
pub fn examine(
    requirements: &Requirements,
    caller: &Caller,
    view: &TrailView,
    other: &ManagementCoverage,
    now: Timestamp,
) -> Examination {
    let subject = Subject::new(requirements, caller, view, other, now);
    let mut findings = wrong(&subject);
    let unverified = unverified::facts(&subject);
    findings.extend(
        unverified
            .iter()
            .map(|fact| Finding::new(Code::CouldNotVerify, fact.as_str())),
    );
    Examination {
        findings,
        // The gap first: an annotation has room for little more.
        notes: [
            delivery::gap(&subject).into_iter().collect(),
            visibility::notes(&subject),
            openness::notes(&subject),
            baseline::notes(&subject),
        ]
        .concat(),
    }
}

/// What of the trail goes elsewhere than required, as far as its description tells. A topic or log
/// group that is not there is not elsewhere.
pub fn redirected(
    requirements: &Requirements,
    caller: &Caller,
    trail: &Trail,
    now: Timestamp,
) -> Vec<Finding> {
    let is_set = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    let (view, other) = (TrailView::described(trail.clone()), Default::default());
    let subject = Subject::new(requirements, caller, &view, &other, now);
    wrong(&subject)
        .into_iter()
        .filter(|finding| match finding.code {
            Code::WrongBucket | Code::WrongPrefix | Code::WrongKey => true,
            Code::WrongTopic => is_set(&trail.sns_topic_arn),
            Code::WrongLogGroup => is_set(&trail.log_group_arn),
            _ => false,
        })
        .collect()
}

/// Whether nothing is wrong with the trail as far as its description tells: such a trail is worth
/// reading first.
pub fn looks_satisfying(
    requirements: &Requirements,
    caller: &Caller,
    trail: &Trail,
    now: Timestamp,
) -> bool {
    let view = TrailView::described(trail.clone());
    let other = ManagementCoverage::default();
    wrong(&Subject::new(requirements, caller, &view, &other, now)).is_empty()
}

fn wrong(subject: &Subject<'_>) -> Vec<Finding> {
    PREDICATES
        .iter()
        .filter_map(|(code, predicate)| {
            predicate(subject).map(|evidence| Finding::new(*code, evidence))
        })
        .collect()
}
