//! The writes that a repair can make. All of them add or bring back what was; none stops or
//! narrows what is recorded.

use std::collections::BTreeMap;

use crate::facts::{BucketSetting, EventSelectors, InsightSelector};
use crate::identity::{AccountId, Arn, Region};
use crate::operation::{self, Operation};
use crate::write_request::{CreateTrail, UpdateTrail};

/// One write, with everything that the executor needs to make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// StartLogging.
    StartLogging(Arn),
    /// PutBucketPolicy with the merged text.
    PutBucketPolicy {
        /// The bucket.
        bucket: String,
        /// Where it lives.
        region: Region,
        /// Who must own it.
        owner: AccountId,
        /// The whole policy, foreign statements as they were.
        policy: String,
        /// Whether the bucket had a policy before.
        existed: bool,
    },
    /// CancelKeyDeletion.
    CancelKeyDeletion(Arn),
    /// EnableKey.
    EnableKey(Arn),
    /// PutKeyPolicy with the merged text.
    PutKeyPolicy {
        /// The key.
        key: Arn,
        /// The whole policy, foreign statements as they were.
        policy: String,
    },
    /// CreateTrail in a Region.
    CreateTrail(Region, CreateTrail),
    /// UpdateTrail with only the fields that differ.
    UpdateTrail(UpdateTrail),
    /// PutEventSelectors with a superset of what is there.
    PutEventSelectors(Arn, EventSelectors),
    /// PutInsightSelectors with a superset of what is there.
    PutInsightSelectors(Arn, Vec<InsightSelector>),
    /// CreateBucket with S3's defaults.
    CreateBucket {
        /// The bucket.
        bucket: String,
        /// Where it is to live.
        region: Region,
    },
    /// A setting of the bucket put back to what it was.
    PutBucketSetting {
        /// The bucket.
        bucket: String,
        /// Where it lives.
        region: Region,
        /// Who must own it.
        owner: AccountId,
        /// Which setting.
        setting: BucketSetting,
        /// S3's text; none deletes the document.
        document: Option<String>,
        /// Whether the bucket had such a document before.
        existed: bool,
    },
    /// AddTags: added or overwritten, none removed.
    AddTags(Arn, BTreeMap<String, String>),
}

/// The kind of a step, in the order in which kinds are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepKind {
    /// StartLogging.
    StartLogging,
    /// PutBucketPolicy.
    PutBucketPolicy,
    /// CancelKeyDeletion.
    CancelKeyDeletion,
    /// EnableKey.
    EnableKey,
    /// PutKeyPolicy.
    PutKeyPolicy,
    /// CreateTrail.
    CreateTrail,
    /// UpdateTrail.
    UpdateTrail,
    /// PutEventSelectors.
    PutEventSelectors,
    /// PutInsightSelectors.
    PutInsightSelectors,
    /// CreateBucket.
    CreateBucket,
    /// PutBucketVersioning and its like.
    PutBucketSetting(BucketSetting),
    /// AddTags.
    AddTags,
}

impl StepKind {
    /// All kinds, in order.
    pub const ALL: [Self; 18] = [
        Self::StartLogging,
        Self::PutBucketPolicy,
        Self::CancelKeyDeletion,
        Self::EnableKey,
        Self::PutKeyPolicy,
        Self::CreateTrail,
        Self::UpdateTrail,
        Self::PutEventSelectors,
        Self::PutInsightSelectors,
        Self::CreateBucket,
        Self::PutBucketSetting(BucketSetting::PublicAccessBlock),
        Self::PutBucketSetting(BucketSetting::RequestPayment),
        Self::PutBucketSetting(BucketSetting::Acl),
        Self::PutBucketSetting(BucketSetting::OwnershipControls),
        Self::PutBucketSetting(BucketSetting::Versioning),
        Self::PutBucketSetting(BucketSetting::Encryption),
        Self::PutBucketSetting(BucketSetting::Lifecycle),
        Self::AddTags,
    ];

    /// The operation that the step calls.
    pub fn operation(self) -> Operation {
        match self {
            Self::StartLogging => operation::START_LOGGING,
            Self::PutBucketPolicy => operation::PUT_BUCKET_POLICY,
            Self::CancelKeyDeletion => operation::CANCEL_KEY_DELETION,
            Self::EnableKey => operation::ENABLE_KEY,
            Self::PutKeyPolicy => operation::PUT_KEY_POLICY,
            Self::CreateTrail => operation::CREATE_TRAIL,
            Self::UpdateTrail => operation::UPDATE_TRAIL,
            Self::PutEventSelectors => operation::PUT_EVENT_SELECTORS,
            Self::PutInsightSelectors => operation::PUT_INSIGHT_SELECTORS,
            Self::CreateBucket => operation::CREATE_BUCKET,
            Self::PutBucketSetting(setting) => setting.written_by(),
            Self::AddTags => operation::ADD_TAGS,
        }
    }

    /// The kind's name in reports.
    pub fn code(self) -> &'static str {
        match self {
            Self::StartLogging => "start-logging",
            Self::PutBucketPolicy => "put-bucket-policy",
            Self::CancelKeyDeletion => "cancel-key-deletion",
            Self::EnableKey => "enable-key",
            Self::PutKeyPolicy => "put-key-policy",
            Self::CreateTrail => "create-trail",
            Self::UpdateTrail => "update-trail",
            Self::PutEventSelectors => "put-event-selectors",
            Self::PutInsightSelectors => "put-insight-selectors",
            Self::CreateBucket => "create-bucket",
            Self::PutBucketSetting(setting) => setting_code(setting),
            Self::AddTags => "add-tags",
        }
    }

    /// Whether the call counts against CloudTrail's one write a second.
    pub fn is_paced(self) -> bool {
        self.operation().service == "cloudtrail"
    }
}

impl Step {
    /// The step's kind.
    pub fn kind(&self) -> StepKind {
        match self {
            Self::StartLogging(_) => StepKind::StartLogging,
            Self::PutBucketPolicy { .. } => StepKind::PutBucketPolicy,
            Self::CancelKeyDeletion(_) => StepKind::CancelKeyDeletion,
            Self::EnableKey(_) => StepKind::EnableKey,
            Self::PutKeyPolicy { .. } => StepKind::PutKeyPolicy,
            Self::CreateTrail(..) => StepKind::CreateTrail,
            Self::UpdateTrail(_) => StepKind::UpdateTrail,
            Self::PutEventSelectors(..) => StepKind::PutEventSelectors,
            Self::PutInsightSelectors(..) => StepKind::PutInsightSelectors,
            Self::CreateBucket { .. } => StepKind::CreateBucket,
            Self::PutBucketSetting { setting, .. } => StepKind::PutBucketSetting(*setting),
            Self::AddTags(..) => StepKind::AddTags,
        }
    }

    /// What the step is about: a trail's name, a bucket, a key's ARN.
    pub fn resource(&self) -> String {
        match self {
            Self::StartLogging(arn)
            | Self::PutEventSelectors(arn, _)
            | Self::PutInsightSelectors(arn, _)
            | Self::AddTags(arn, _)
            | Self::CancelKeyDeletion(arn)
            | Self::EnableKey(arn)
            | Self::PutKeyPolicy { key: arn, .. } => arn.to_string(),
            Self::PutBucketPolicy { bucket, .. }
            | Self::CreateBucket { bucket, .. }
            | Self::PutBucketSetting { bucket, .. } => bucket.clone(),
            Self::CreateTrail(_, trail) => trail.name.clone(),
            Self::UpdateTrail(update) => update.arn.to_string(),
        }
    }
}

fn setting_code(setting: BucketSetting) -> &'static str {
    match setting {
        BucketSetting::Versioning => "put-bucket-versioning",
        BucketSetting::Encryption => "put-bucket-encryption",
        BucketSetting::Lifecycle => "put-bucket-lifecycle",
        BucketSetting::RequestPayment => "put-bucket-request-payment",
        BucketSetting::OwnershipControls => "put-bucket-ownership",
        BucketSetting::Acl => "put-bucket-acl",
        BucketSetting::PublicAccessBlock => "put-public-access-block",
        BucketSetting::ObjectLock => "put-object-lock",
        BucketSetting::Replication => "put-bucket-replication",
        BucketSetting::Notification => "put-bucket-notification",
        BucketSetting::Logging => "put-bucket-logging",
    }
}
