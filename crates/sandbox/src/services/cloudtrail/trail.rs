//! A trail and how the reads show it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::State;
use super::files::Chain;
use crate::seed::{EventSelectors, TrailSeed, TrailSettings, TrailStatus};
use crate::view::RecordedTrail;

/// Log files come about every five minutes.
pub(super) const DELIVERY: SignedDuration = SignedDuration::from_mins(5);
/// Digest files come every hour.
pub(super) const DIGEST: SignedDuration = SignedDuration::from_mins(60);

/// One trail.
#[derive(Debug, Clone)]
pub(crate) struct Trail {
    pub(super) name: String,
    pub(super) arn: String,
    /// The account in the ARN.
    pub(super) account: String,
    pub(super) home_region: String,
    pub(super) settings: TrailSettings,
    pub(super) selectors: EventSelectors,
    pub(super) insights: Vec<Value>,
    /// The `AggregationConfigurations` of its data events.
    pub(super) aggregations: Vec<Value>,
    pub(super) tags: BTreeMap<String, String>,
    /// By Region; a Region that is not named has the home Region's.
    pub(super) status: BTreeMap<String, TrailStatus>,
    pub(super) next_delivery: Timestamp,
    pub(super) next_digest: Timestamp,
    /// The digests by Region, where files are kept.
    pub(super) chains: BTreeMap<String, Chain>,
}

impl Trail {
    /// A new trail: it records nothing until it is told to.
    pub(super) fn new(
        name: &str,
        arn: String,
        account: &str,
        region: &str,
        settings: TrailSettings,
        now: Timestamp,
    ) -> Self {
        Self {
            name: name.to_owned(),
            arn,
            account: account.to_owned(),
            home_region: region.to_owned(),
            settings,
            selectors: EventSelectors::default(),
            insights: Vec::new(),
            aggregations: Vec::new(),
            tags: BTreeMap::new(),
            status: BTreeMap::from([(region.to_owned(), TrailStatus::default())]),
            next_delivery: now + DELIVERY,
            next_digest: now + DIGEST,
            chains: BTreeMap::new(),
        }
    }

    /// The status that `region` reports.
    pub(super) fn status_in(&self, region: &str) -> TrailStatus {
        let found = self.status.get(region);
        let found = found.or_else(|| self.status.get(&self.home_region));
        found.cloned().unwrap_or_default()
    }

    /// Whether the trail's files go to this bucket.
    pub(crate) fn delivers_to(&self, bucket: &str) -> bool {
        self.settings.s3_bucket_name == bucket
    }

    /// The members that CreateTrail and UpdateTrail answer.
    pub(super) fn settings_json(&self) -> Map<String, Value> {
        let settings = &self.settings;
        let mut out = Map::new();
        let mut set = |name: &str, value: Value| out.insert(name.to_owned(), value);
        set("Name", json!(self.name));
        set("S3BucketName", json!(settings.s3_bucket_name));
        set("TrailARN", json!(self.arn));
        set(
            "IncludeGlobalServiceEvents",
            json!(settings.include_global_service_events),
        );
        set("IsMultiRegionTrail", json!(settings.is_multi_region_trail));
        set(
            "LogFileValidationEnabled",
            json!(settings.log_file_validation_enabled),
        );
        set("IsOrganizationTrail", json!(settings.is_organization_trail));
        let topic = settings.sns_topic_arn.as_deref();
        let optional = [
            ("S3KeyPrefix", settings.s3_key_prefix.as_deref()),
            ("SnsTopicName", topic.and_then(|arn| arn.rsplit(':').next())),
            ("SnsTopicARN", topic),
            (
                "CloudWatchLogsLogGroupArn",
                settings.cloud_watch_logs_log_group_arn.as_deref(),
            ),
            (
                "CloudWatchLogsRoleArn",
                settings.cloud_watch_logs_role_arn.as_deref(),
            ),
            ("KmsKeyId", settings.kms_key_id.as_deref()),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                set(name, json!(value));
            }
        }
        out
    }

    /// The trail as DescribeTrails shows it.
    pub(super) fn describe_json(&self) -> Value {
        let mut out = self.settings_json();
        let custom = self.selectors != EventSelectors::default();
        out.insert("HomeRegion".to_owned(), json!(self.home_region));
        out.insert("HasCustomEventSelectors".to_owned(), json!(custom));
        out.insert(
            "HasInsightSelectors".to_owned(),
            json!(!self.insights.is_empty()),
        );
        Value::Object(out)
    }
}

impl State {
    /// What the trails record.
    pub(crate) fn recorded(&self) -> BTreeMap<String, RecordedTrail> {
        let trails = self.trails.iter().map(|(arn, trail)| {
            let home = trail.status.get(&trail.home_region);
            let recorded = RecordedTrail {
                is_logging: home.is_some_and(|status| status.is_logging),
                settings: trail.settings.clone(),
                selectors: trail.selectors.clone(),
                insights: trail.insights.clone(),
                tags: trail.tags.clone(),
            };
            (arn.clone(), recorded)
        });
        trails.collect()
    }

    /// Puts a trail in past all checks.
    pub(crate) fn seed(&mut self, seed: TrailSeed, partition: &str, account: &str, now: Timestamp) {
        let (name, home_region) = (&seed.name, &seed.home_region);
        let arn = format!("arn:{partition}:cloudtrail:{home_region}:{account}:trail/{name}");
        let mut trail = Trail::new(name, arn.clone(), account, home_region, seed.settings, now);
        let due = |last: Option<Timestamp>, every: SignedDuration| {
            // the rhythm of the past goes on; a long silence does not fall due all at once
            last.map(|time| time + every)
                .filter(|time| *time > now)
                .unwrap_or(now + every)
        };
        trail.next_delivery = due(seed.status.delivery.time, DELIVERY);
        trail.next_digest = due(seed.status.digest.time, DIGEST);
        trail.selectors = seed.selectors;
        trail.insights = seed.insights;
        trail.tags = seed.tags;
        trail.status = seed.status_in;
        trail
            .status
            .entry(trail.home_region.clone())
            .or_insert(seed.status);
        self.trails.insert(arn, trail);
    }
}

/// A point in time as the JSON protocols write it.
pub(super) fn epoch(time: Timestamp) -> Value {
    json!(time.as_millisecond() as f64 / 1000.0)
}
