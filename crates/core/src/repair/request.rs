//! The reads that a repair asks for, and their answers.

use std::collections::BTreeMap;

use crate::facts::{
    BucketFacts, BucketSetting, EventSelectors, InsightSelector, KeyFacts, ListedTrail,
    OrganizationFacts, Trail, TrailStatus,
};
use crate::identity::{AccountId, Arn, Region};

/// One read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Request {
    /// DescribeTrails in a Region: all visible trails, or the one with this ARN.
    Trails(Region, Option<Arn>),
    /// ListTrails, asked in this Region about all of them.
    AllTrails(Region),
    /// The account's organization.
    Organization,
    /// GetTrailStatus.
    Status(Arn),
    /// GetEventSelectors.
    Selectors(Arn),
    /// GetInsightSelectors.
    Insights(Arn),
    /// The bucket and its policy: name, where it probably is, and who must own it.
    Bucket(String, Region, AccountId),
    /// Whether this account owns the bucket.
    OwnsBucket(String, Region),
    /// DescribeKey by id, alias or ARN, in this Region unless the id is an ARN.
    Key(String, Region),
    /// GetKeyPolicy.
    KeyPolicy(Arn),
    /// ListTags.
    Tags(Arn),
    /// GetObject: bucket, its Region, who must own it, key.
    Object(String, Region, AccountId, String),
    /// A setting of a bucket: its name, its Region, who must own it.
    Setting(String, Region, AccountId, BucketSetting),
}

/// What a read brought; the variants pair with those of [`Request`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Trails.
    Trails(Vec<Trail>),
    /// The listed trails of all Regions.
    AllTrails(Vec<ListedTrail>),
    /// The organization, or that there is none.
    Organization(Option<OrganizationFacts>),
    /// A trail's status.
    Status(TrailStatus),
    /// A trail's event selectors.
    Selectors(EventSelectors),
    /// A trail's insight selectors.
    Insights(Vec<InsightSelector>),
    /// A bucket and its policy.
    Bucket(BucketFacts),
    /// Whether the bucket is this account's.
    OwnsBucket(bool),
    /// A key.
    Key(KeyFacts),
    /// A key's policy.
    KeyPolicy(String),
    /// A trail's tags.
    Tags(BTreeMap<String, String>),
    /// An object's bytes.
    Object(Vec<u8>),
    /// A setting's document, or that there is none.
    Setting(Option<String>),
}
