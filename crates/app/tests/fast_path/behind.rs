//! The trail of the account and what AWS Config and Systems Manager know of it, behind the ports.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::Timestamp;
use trailkeeper_app::fast_path::TrailEventPorts;
use trailkeeper_app::ports::{
    AutomationReader, AutomationStart, AutomationStarter, BucketReader, BucketSettingsReader,
    KeyReader, ObjectReader, RemediationReader, TagReader, TrailReader,
};
use trailkeeper_core::cloudtrail::examine::bucket_target;
use trailkeeper_core::config_rule::RuleParameters;
use trailkeeper_core::facts::{
    BasicSelector, BucketFacts, BucketSetting, DeliveryChannelFacts, DocumentFacts, EventSelectors,
    ExecutionFacts, ExecutionRecord, Executions, InsightSelector, KeyFacts, ListedTrail,
    ReadWriteType, RemediationExceptionFacts, RemediationFacts, Trail, TrailStatus,
};
use trailkeeper_core::operation::{self, Operation};
use trailkeeper_core::{AccountId, Arn, CallError, Region};
use trailkeeper_policy::cloudtrail::documented_bucket_policy;

use crate::world::{World, time};

pub(crate) const TRAIL_RULE: &str = "trail-rule";
pub(crate) const GUARD_RULE: &str = "guard-rule";
pub(crate) const RUNBOOK: &str = "Trailkeeper-RestoreCloudTrail";
pub(crate) const TRAIL: &str = "arn:aws:cloudtrail:us-east-1:111122223333:trail/org-audit";
pub(crate) const BUCKET: &str = "amzn-s3-demo-audit";

/// The trail and what is known of it.
pub(crate) struct Behind {
    /// None: it is gone.
    pub(crate) trail: Option<Trail>,
    pub(crate) is_logging: bool,
    /// Whether it was stopped for a while just before.
    pub(crate) has_blinked: bool,
    pub(crate) selector: ReadWriteType,
    pub(crate) policy: Option<String>,
    /// What the trail rule demands, and the guard rule.
    pub(crate) demanded: BTreeMap<String, String>,
    pub(crate) guarded: BTreeMap<String, String>,
    pub(crate) remediation: Option<RemediationFacts>,
    pub(crate) runs: Vec<ExecutionFacts>,
    pub(crate) runs_are_cut: bool,
    pub(crate) started: Mutex<Vec<AutomationStart>>,
}

fn texts<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into()
}

impl Default for Behind {
    /// All is well.
    fn default() -> Self {
        let trail = Trail {
            arn: TRAIL.parse().unwrap(),
            name: "org-audit".to_owned(),
            home_region: "us-east-1".parse().unwrap(),
            bucket: BUCKET.to_owned(),
            key_prefix: None,
            sns_topic_arn: None,
            include_global_service_events: Some(true),
            is_multi_region: Some(true),
            log_file_validation: Some(true),
            is_organization_trail: Some(false),
            kms_key_id: None,
            log_group_arn: None,
            log_group_role_arn: Some("arn:aws:iam::111122223333:role/to-logs".to_owned()),
        };
        let parameters = [
            ("CloudTrailName", "org-audit"),
            ("CloudTrailS3BucketName", BUCKET),
            ("RemediatorFunctionName", "trailkeeper-remediator"),
            (
                "AutomationAssumeRole",
                "arn:aws:iam::111122223333:role/trailkeeper-runbook",
            ),
        ];
        let parameters = parameters.map(|(key, value)| (key.to_owned(), vec![value.to_owned()]));
        Self {
            policy: Some(documented_bucket_policy(&bucket_target(&trail))),
            trail: Some(trail),
            is_logging: true,
            has_blinked: false,
            selector: ReadWriteType::All,
            demanded: texts([
                ("trailName", "org-audit"),
                ("s3BucketName", BUCKET),
                ("requireKms", "false"),
                ("requireInsights", "None"),
            ]),
            guarded: texts([
                ("functions", "trailkeeper-evaluator"),
                ("eventRules", "trailkeeper-events"),
                ("trails", "trailkeeper-guard"),
            ]),
            remediation: Some(RemediationFacts {
                rule: TRAIL_RULE.to_owned(),
                document: RUNBOOK.to_owned(),
                version: Some("3".to_owned()),
                automatic: false,
                parameters: parameters.into(),
                resource_parameter: None,
                settings: Default::default(),
            }),
            runs: Vec::new(),
            runs_are_cut: false,
            started: Mutex::default(),
        }
    }
}

impl Behind {
    pub(crate) fn stop(&mut self) {
        self.is_logging = false;
    }

    /// The bucket's policy lets a named account read, too.
    pub(crate) fn open_to(&mut self, account: &str) {
        let text = self.policy.as_deref().unwrap();
        let mut policy: serde_json::Value = serde_json::from_str(text).unwrap();
        let statement = serde_json::json!({
            "Effect": "Allow",
            "Principal": {"AWS": format!("arn:aws:iam::{account}:root")},
            "Action": "s3:GetObject",
            "Resource": format!("arn:aws:s3:::{BUCKET}/*"),
        });
        policy["Statement"].as_array_mut().unwrap().push(statement);
        self.policy = Some(policy.to_string());
    }

    pub(crate) fn update(&mut self, change: impl FnOnce(&mut Trail)) {
        change(self.trail.as_mut().unwrap());
    }

    /// Runs that ended so many minutes before the event.
    pub(crate) fn ran(&mut self, minutes: &[i64]) {
        let run = |minutes: &i64| ExecutionFacts {
            id: format!("run-{minutes}"),
            status: "Success".to_owned(),
            started: Some(time("2026-03-02T09:57:12Z") - jiff::SignedDuration::from_mins(*minutes)),
            executed_by: None,
        };
        self.runs = minutes.iter().map(run).collect();
    }

    pub(crate) fn parameters(&self, rule: &str) -> Option<RuleParameters> {
        match rule {
            TRAIL_RULE => Some(self.demanded.clone().into()),
            GUARD_RULE => Some(self.guarded.clone().into()),
            _ => None,
        }
    }

    fn status(&self) -> TrailStatus {
        TrailStatus {
            is_logging: Some(self.is_logging),
            delivery_time: Some(time("2026-03-02T09:56:00Z")),
            digest_time: Some(time("2026-03-02T09:35:00Z")),
            start_logging_time: Some(time(match self.has_blinked {
                true => "2026-03-02T09:55:00Z",
                false => "2025-01-10T00:00:00Z",
            })),
            stop_logging_time: match (self.is_logging, self.has_blinked) {
                (false, _) => Some(time("2026-03-02T09:57:12Z")),
                (true, true) => Some(time("2026-03-02T09:50:00Z")),
                (true, false) => None,
            },
            ..TrailStatus::default()
        }
    }
}

pub(crate) fn ports(world: &Arc<World>) -> TrailEventPorts {
    TrailEventPorts {
        trails: Arc::clone(world) as Arc<dyn TrailReader>,
        buckets: Arc::clone(world) as Arc<dyn BucketReader>,
        keys: Arc::clone(world) as Arc<dyn KeyReader>,
        tags: Arc::clone(world) as Arc<dyn TagReader>,
        settings: Arc::clone(world) as Arc<dyn BucketSettingsReader>,
        objects: Arc::clone(world) as Arc<dyn ObjectReader>,
        remediation: Arc::clone(world) as Arc<dyn RemediationReader>,
        automation: Arc::clone(world) as Arc<dyn AutomationReader>,
        starter: Arc::clone(world) as Arc<dyn AutomationStarter>,
    }
}

impl World {
    fn trail(&self, operation: Operation) -> Result<&Trail, CallError> {
        let trail = self.behind.trail.as_ref();
        trail.ok_or_else(|| CallError::from_code(operation, TRAIL, "TrailNotFoundException", "no"))
    }
}

#[async_trait]
impl TrailReader for World {
    async fn describe_trails(
        &self,
        _region: &Region,
        _names: &[String],
    ) -> Result<Vec<Trail>, CallError> {
        self.call(operation::DESCRIBE_TRAILS, "")?;
        Ok(self.behind.trail.iter().cloned().collect())
    }

    async fn list_trails(&self, _region: &Region) -> Result<Vec<ListedTrail>, CallError> {
        self.call(operation::LIST_TRAILS, "")?;
        let listed = |trail: &Trail| ListedTrail {
            arn: trail.arn.clone(),
            home_region: trail.home_region.clone(),
        };
        Ok(self.behind.trail.iter().map(listed).collect())
    }

    async fn trail_status(&self, _region: &Region, arn: &Arn) -> Result<TrailStatus, CallError> {
        self.call(operation::GET_TRAIL_STATUS, arn.name())?;
        self.trail(operation::GET_TRAIL_STATUS)?;
        Ok(self.behind.status())
    }

    async fn event_selectors(
        &self,
        _region: &Region,
        arn: &Arn,
    ) -> Result<EventSelectors, CallError> {
        self.call(operation::GET_EVENT_SELECTORS, arn.name())?;
        Ok(EventSelectors::Basic(vec![BasicSelector {
            read_write_type: self.behind.selector,
            include_management_events: true,
            data_resources: Vec::new(),
            exclude_management_event_sources: Vec::new(),
        }]))
    }

    async fn insight_selectors(
        &self,
        _region: &Region,
        _arn: &Arn,
    ) -> Result<Vec<InsightSelector>, CallError> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl BucketReader for World {
    async fn bucket(
        &self,
        name: &str,
        hint: &Region,
        _owner: &AccountId,
    ) -> Result<BucketFacts, CallError> {
        self.call(operation::GET_BUCKET_POLICY, name)?;
        Ok(BucketFacts {
            region: hint.clone(),
            policy: self.behind.policy.clone(),
        })
    }

    async fn owns_bucket(&self, _name: &str, _region: &Region) -> Result<bool, CallError> {
        Ok(true)
    }
}

#[async_trait]
impl KeyReader for World {
    async fn describe_key(&self, id: &str, _region: &Region) -> Result<KeyFacts, CallError> {
        Err(CallError::from_code(
            operation::DESCRIBE_KEY,
            id,
            "NotFoundException",
            "no",
        ))
    }

    async fn key_policy(&self, key: &Arn) -> Result<String, CallError> {
        let key = key.to_string();
        Err(CallError::from_code(
            operation::GET_KEY_POLICY,
            key,
            "NotFoundException",
            "no",
        ))
    }
}

#[async_trait]
impl TagReader for World {
    async fn tags(&self, _: &Region, _: &Arn) -> Result<BTreeMap<String, String>, CallError> {
        Ok(BTreeMap::new())
    }
}

#[async_trait]
impl BucketSettingsReader for World {
    async fn setting(
        &self,
        _bucket: &str,
        _region: &Region,
        _owner: &AccountId,
        _setting: BucketSetting,
    ) -> Result<Option<String>, CallError> {
        Ok(None)
    }
}

#[async_trait]
impl ObjectReader for World {
    async fn object(
        &self,
        _bucket: &str,
        _region: &Region,
        _owner: &AccountId,
        key: &str,
    ) -> Result<Vec<u8>, CallError> {
        Err(CallError::from_code(
            operation::GET_OBJECT,
            key,
            "NoSuchKey",
            "no",
        ))
    }

    async fn has_object(
        &self,
        _bucket: &str,
        _region: &Region,
        _owner: &AccountId,
        _key: &str,
    ) -> Result<bool, CallError> {
        Ok(false)
    }

    async fn keys(
        &self,
        _bucket: &str,
        _region: &Region,
        _owner: &AccountId,
        _prefix: &str,
        _start_after: &str,
    ) -> Result<Vec<String>, CallError> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl RemediationReader for World {
    async fn delivery_channels(&self) -> Result<Vec<DeliveryChannelFacts>, CallError> {
        Ok(Vec::new())
    }

    async fn remediation(&self, rule: &str) -> Result<Option<RemediationFacts>, CallError> {
        self.call(operation::DESCRIBE_REMEDIATION_CONFIGURATIONS, rule)?;
        Ok(self.behind.remediation.clone())
    }

    async fn exceptions(&self, _: &str) -> Result<Vec<RemediationExceptionFacts>, CallError> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl AutomationReader for World {
    async fn document(&self, _name: &str) -> Result<Option<DocumentFacts>, CallError> {
        Ok(None)
    }

    async fn executions(&self, document: &str, _since: Timestamp) -> Result<Executions, CallError> {
        self.call(operation::DESCRIBE_AUTOMATION_EXECUTIONS, document)?;
        Ok(Executions {
            runs: self.behind.runs.clone(),
            is_cut: self.behind.runs_are_cut,
        })
    }

    async fn execution(&self, id: &str) -> Result<Option<ExecutionRecord>, CallError> {
        self.call(operation::GET_AUTOMATION_EXECUTION, id)?;
        Ok(None)
    }
}

#[async_trait]
impl AutomationStarter for World {
    async fn start(&self, start: &AutomationStart) -> Result<String, CallError> {
        self.call(operation::START_AUTOMATION_EXECUTION, &start.document)?;
        self.behind.started.lock().unwrap().push(start.clone());
        Ok("execution-1".to_owned())
    }
}
