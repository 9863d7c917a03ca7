//! Trails, what they deliver to besides buckets, and the events that LookupEvents finds.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::services::{logs, sns};
use crate::world::World;

/// A trail's settings, named as DescribeTrails names them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrailSettings {
    /// The bucket that receives the log files.
    pub s3_bucket_name: String,
    /// What comes before `AWSLogs/` in the bucket.
    pub s3_key_prefix: Option<String>,
    /// The topic that is told about each delivery.
    pub sns_topic_arn: Option<String>,
    /// Whether events of global services are recorded.
    pub include_global_service_events: bool,
    /// Whether the trail exists in all Regions.
    pub is_multi_region_trail: bool,
    /// Whether digest files are written.
    pub log_file_validation_enabled: bool,
    /// The log group that receives the events too.
    pub cloud_watch_logs_log_group_arn: Option<String>,
    /// The role that CloudTrail takes on to write to the log group.
    pub cloud_watch_logs_role_arn: Option<String>,
    /// The ARN of the key that encrypts the files.
    pub kms_key_id: Option<String>,
    /// Whether the trail records for the whole organization.
    pub is_organization_trail: bool,
}

/// How a kind of delivery went last.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LastDelivery {
    /// When it last succeeded.
    pub time: Option<Timestamp>,
    /// The error since then; the empty text occurs too and means none.
    pub error: Option<String>,
}

/// A trail's status in one Region.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrailStatus {
    /// Whether the trail records.
    pub is_logging: bool,
    /// When it last began to.
    pub start_logging_time: Option<Timestamp>,
    /// When it last ceased to.
    pub stop_logging_time: Option<Timestamp>,
    /// Log files to the bucket.
    pub delivery: LastDelivery,
    /// Digest files to the bucket.
    pub digest: LastDelivery,
    /// Notifications to the topic.
    pub notification: LastDelivery,
    /// Events to the log group.
    pub cloud_watch_logs: LastDelivery,
    /// The retired text member of the same name: filled by StartLogging, `""` otherwise.
    pub time_logging_started: String,
    /// The retired text member of the same name: filled by StopLogging, `""` otherwise.
    pub time_logging_stopped: String,
}

impl TrailStatus {
    /// A trail that has recorded for thirty days and delivered three minutes before `now`.
    pub fn healthy(now: Timestamp) -> Self {
        Self {
            is_logging: true,
            start_logging_time: Some(now - SignedDuration::from_hours(30 * 24)),
            delivery: delivered(now - SignedDuration::from_mins(3)),
            digest: delivered(now - SignedDuration::from_mins(24)),
            ..Self::default()
        }
    }

    /// A once healthy trail that was stopped at `at`.
    pub fn stopped(at: Timestamp) -> Self {
        Self {
            is_logging: false,
            stop_logging_time: Some(at),
            ..Self::healthy(at)
        }
    }
}

fn delivered(at: Timestamp) -> LastDelivery {
    LastDelivery {
        time: Some(at),
        error: None,
    }
}

/// Which events a trail records; a trail has selectors of one kind only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventSelectors {
    /// `EventSelectors` in the form of the API model.
    Basic(Vec<Value>),
    /// `AdvancedEventSelectors` in the form of the API model.
    Advanced(Vec<Value>),
}

impl Default for EventSelectors {
    /// What a new trail has: all management events and nothing else.
    fn default() -> Self {
        Self::Basic(vec![json!({
            "ReadWriteType": "All",
            "IncludeManagementEvents": true,
            "DataResources": [],
            "ExcludeManagementEventSources": [],
        })])
    }
}

/// A trail to put into the account as it is, past all checks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrailSeed {
    /// The name.
    pub name: String,
    /// The Region in which the trail was created.
    pub home_region: String,
    /// The account in the ARN; none: the account of the sandbox. An organization trail of another
    /// account shows up here if this account belongs to that organization.
    pub account: Option<String>,
    /// The settings.
    pub settings: TrailSettings,
    /// The event selectors.
    pub selectors: EventSelectors,
    /// The `InsightSelectors` in the form of the API model.
    pub insights: Vec<Value>,
    /// The tags.
    pub tags: BTreeMap<String, String>,
    /// The status, in all Regions that `status_in` does not name.
    pub status: TrailStatus,
    /// The status in single Regions.
    pub status_in: BTreeMap<String, TrailStatus>,
}

impl TrailSeed {
    /// A trail as it should be: multi-Region, validated, recording, with both Insights kinds, and
    /// without a key.
    pub fn healthy(name: &str, home_region: &str, bucket: &str, now: Timestamp) -> Self {
        Self {
            name: name.to_owned(),
            home_region: home_region.to_owned(),
            settings: TrailSettings {
                s3_bucket_name: bucket.to_owned(),
                include_global_service_events: true,
                is_multi_region_trail: true,
                log_file_validation_enabled: true,
                ..TrailSettings::default()
            },
            insights: vec![
                json!({"InsightType": "ApiCallRateInsight"}),
                json!({"InsightType": "ApiErrorRateInsight"}),
            ],
            status: TrailStatus::healthy(now),
            ..Self::default()
        }
    }
}

/// Who makes calls, as the event records show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The record's `userIdentity`.
    pub user_identity: Value,
    /// The `Username` of LookupEvents.
    pub username: String,
    /// The `AccessKeyId` of LookupEvents.
    pub access_key_id: Option<String>,
    /// The record's `sourceIPAddress`.
    pub source_ip_address: String,
    /// The record's `userAgent`.
    pub user_agent: String,
}

impl Actor {
    /// Whoever a record's `userIdentity` tells of. The name of LookupEvents is the user's, or the
    /// session's.
    pub fn of_identity(user_identity: Value, source_ip_address: &str, user_agent: &str) -> Self {
        let text = |member: &str| user_identity.get(member).and_then(Value::as_str);
        let session = text("arn").and_then(|arn| arn.rsplit_once('/'));
        let name = text("userName").or(session.map(|(_, session)| session));
        let service = text("invokedBy");
        Self {
            username: name.or(service).unwrap_or("root").to_owned(),
            access_key_id: text("accessKeyId").map(str::to_owned),
            source_ip_address: source_ip_address.to_owned(),
            user_agent: user_agent.to_owned(),
            user_identity,
        }
    }

    /// A session of a role of `account` with a temporary key.
    pub fn role_session(account: &str, role: &str, session: &str, address: &str) -> Self {
        let identity = json!({
            "type": "AssumedRole",
            "principalId": format!("AROAIDPPEZS35WEXAMPLE:{session}"),
            "arn": format!("arn:aws:sts::{account}:assumed-role/{role}/{session}"),
            "accountId": account,
            "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": "AROAIDPPEZS35WEXAMPLE",
                    "arn": format!("arn:aws:iam::{account}:role/{role}"),
                    "accountId": account,
                    "userName": role,
                },
                "attributes": {
                    "creationDate": "2026-03-02T09:30:00Z",
                    "mfaAuthenticated": "false",
                },
            },
        });
        Self::of_identity(identity, address, "aws-cli/2.17.0")
    }

    /// An IAM user of `account` with a long-term key.
    pub fn iam_user(account: &str, name: &str, access_key_id: &str, address: &str) -> Self {
        let identity = json!({
            "type": "IAMUser",
            "principalId": "AIDACKCEVSQ6C2EXAMPLE",
            "arn": format!("arn:aws:iam::{account}:user/{name}"),
            "accountId": account,
            "accessKeyId": access_key_id,
            "userName": name,
        });
        Self {
            user_identity: identity,
            username: name.to_owned(),
            access_key_id: Some(access_key_id.to_owned()),
            source_ip_address: address.to_owned(),
            user_agent: "aws-cli/2.17.0".to_owned(),
        }
    }
}

/// An event as CloudTrail's own 90-day history keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSeed {
    /// When the call was made.
    pub at: Timestamp,
    /// The Region of the call.
    pub region: String,
    /// The service, as in `cloudtrail.amazonaws.com`.
    pub event_source: String,
    /// The operation.
    pub event_name: String,
    /// Who called; none: the account's actor at that time.
    pub actor: Option<Actor>,
    /// The type and the name of the resource concerned.
    pub resource: Option<(String, String)>,
    /// The record's `requestParameters`.
    pub request_parameters: Value,
    /// The record's `responseElements`.
    pub response_elements: Value,
    /// The record's `errorCode` and `errorMessage`, where the call failed.
    pub error: Option<(String, String)>,
}

impl World {
    /// Puts a trail into the account, in place of one with the same ARN; answers its ARN.
    pub fn seed_trail(&mut self, seed: TrailSeed) -> String {
        let account = seed.account.clone();
        let account = account.unwrap_or_else(|| self.account_id.clone());
        let arn = self.trail_arn(&seed.home_region, &account, &seed.name);
        let (now, partition) = (self.now, self.partition.clone());
        let state = &mut self.services.cloudtrail;
        state.seed(seed, &partition, &account, now);
        arn
    }

    /// The ARN of a trail, whether it exists or not.
    pub fn trail_arn(&self, home_region: &str, account: &str, name: &str) -> String {
        let partition = &self.partition;
        format!("arn:{partition}:cloudtrail:{home_region}:{account}:trail/{name}")
    }

    /// Takes a trail out of the account; whether it was there.
    pub fn remove_trail(&mut self, arn: &str) -> bool {
        self.services.cloudtrail.trails.remove(arn).is_some()
    }

    /// How many trails this account owns, in all Regions together; shadows are not counted.
    pub fn count_trails(&self) -> usize {
        let own = |arn: &&String| arn.split(':').nth(4) == Some(self.account_id.as_str());
        self.services.cloudtrail.trails.keys().filter(own).count()
    }

    /// How many trails exist in `region` by the rule of the quota: shadows and the organization's
    /// trails count.
    pub fn count_trails_in(&self, region: &str) -> usize {
        self.visible_trails(region).count()
    }

    /// Keeps the log and digest files of all trails as objects in their buckets, from now on.
    ///
    /// A digest names the one before it and its hash, as CloudTrail's do, but is not signed.
    pub fn keep_log_files(&mut self) {
        self.services.cloudtrail.keep_files = true;
    }

    /// Creates a topic, with or without CloudTrail's permission to publish to it, whatever its
    /// policy says until SNS changes that: with `error`, CloudTrail reports that text.
    pub fn seed_topic(&mut self, arn: &str, error: Option<&str>) {
        sns::seed_arn(self, arn, error.is_none());
        let topics = &mut self.services.cloudtrail.topics;
        topics.insert(arn.to_owned(), error.map(str::to_owned));
    }

    /// Deletes a topic.
    pub fn remove_topic(&mut self, arn: &str) {
        sns::forget(self, arn);
    }

    /// Creates a log group; the ARN ends in `:*`.
    pub fn seed_log_group(&mut self, arn: &str) {
        logs::seed(self, arn);
    }

    /// Deletes a log group.
    pub fn remove_log_group(&mut self, arn: &str) {
        logs::forget(self, arn);
    }

    /// Creates a role that IAM need not know for the delivery to log groups; `usable` says whether CloudTrail can take it
    /// on and write with it.
    pub fn seed_log_role(&mut self, arn: &str, usable: bool) {
        let roles = &mut self.services.cloudtrail.log_roles;
        roles.insert(arn.to_owned(), usable);
    }

    /// Deletes a role.
    pub fn remove_log_role(&mut self, arn: &str) {
        self.services.cloudtrail.log_roles.remove(arn);
    }

    /// Says who makes the calls from now on; none: the sandbox's own role.
    pub fn set_actor(&mut self, actor: Option<Actor>) {
        self.services.cloudtrail.actor = actor;
    }

    /// Adds an event to the account's 90-day history.
    pub fn seed_event(&mut self, event: EventSeed) {
        self.remember(event);
    }

    /// How long an event takes to appear in the answers of LookupEvents. On AWS these are minutes;
    /// here events appear at once unless this says otherwise.
    pub fn set_lookup_lag(&mut self, lag: SignedDuration) {
        self.services.cloudtrail.lookup_lag = lag;
    }

    /// How many trails an answer of ListTrails holds before it hands out a token.
    pub fn set_list_trails_page(&mut self, size: usize) {
        self.services.cloudtrail.list_page = size.max(1);
    }
}
