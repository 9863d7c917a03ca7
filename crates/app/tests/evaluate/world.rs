//! An account in memory behind the ports, which keeps a log of the calls.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use trailkeeper_app::evaluate::EvaluatePorts;
use trailkeeper_app::ports::{
    BucketReader, BucketSettingsReader, Clock, ConfigService, KeyReader, ObjectReader, TagReader,
    TrailReader,
};
use trailkeeper_app::roles::PolicyCache;
use trailkeeper_core::cloudtrail::examine::{bucket_target, key_target};
use trailkeeper_core::cloudtrail::{Beside, TrailView};
use trailkeeper_core::config_rule::Evaluation;
use trailkeeper_core::facts::{
    BasicSelector, BucketFacts, BucketSetting, EventSelectors, InsightSelector, KeyFacts, KeyState,
    ListedTrail, ReadWriteType, Trail, TrailStatus,
};
use trailkeeper_core::{AccountId, Arn, CallError, Caller, Fact, Operation, Region, operation};
use trailkeeper_policy::cloudtrail::{documented_bucket_policy, documented_key_policy};

use crate::account::Account;
use crate::guarded::unwatched;

pub(crate) const OWN: &str = "111122223333";
pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn caller() -> Caller {
    Caller {
        account: OWN.parse().unwrap(),
        region: "us-east-1".parse().unwrap(),
        partition: "aws".to_owned(),
    }
}

pub(crate) fn error(operation: Operation, code: &str) -> CallError {
    CallError::from_code(operation, "x", code, "refused")
}

/// A trail with all its facts, none of them bad.
pub(crate) fn healthy(account: &str, region: &str, name: &str) -> TrailView {
    let arn: Arn = format!("arn:aws:cloudtrail:{region}:{account}:trail/{name}")
        .parse()
        .unwrap();
    let key: Arn = format!("arn:aws:kms:{region}:{account}:key/of-{name}")
        .parse()
        .unwrap();
    let insight = |kind: &str| InsightSelector {
        insight_type: kind.to_owned(),
        event_categories: Vec::new(),
    };
    let trail = Trail {
        arn,
        name: name.to_owned(),
        home_region: region.parse().unwrap(),
        bucket: format!("amzn-s3-demo-{name}"),
        key_prefix: None,
        sns_topic_arn: None,
        include_global_service_events: Some(true),
        is_multi_region: Some(true),
        log_file_validation: Some(true),
        is_organization_trail: Some(account != OWN),
        kms_key_id: Some(key.to_string()),
        log_group_arn: None,
        log_group_role_arn: None,
    };
    TrailView {
        status: Some(Fact::Known(TrailStatus {
            is_logging: Some(true),
            delivery_time: Some(time("2026-03-02T09:56:00Z")),
            digest_time: Some(time("2026-03-02T09:35:00Z")),
            start_logging_time: Some(time("2025-01-10T00:00:00Z")),
            ..TrailStatus::default()
        })),
        selectors: Some(Fact::Known(EventSelectors::Basic(vec![BasicSelector {
            read_write_type: ReadWriteType::All,
            include_management_events: true,
            data_resources: Vec::new(),
            exclude_management_event_sources: Vec::new(),
        }]))),
        insights: Some(Fact::Known(vec![
            insight("ApiCallRateInsight"),
            insight("ApiErrorRateInsight"),
        ])),
        bucket: Some(Fact::Known(BucketFacts {
            region: region.parse().unwrap(),
            policy: Some(documented_bucket_policy(&bucket_target(&trail))),
        })),
        owns_bucket: Some(Fact::Known(true)),
        key: Some(Fact::Known(KeyFacts {
            arn: key.clone(),
            state: KeyState::Enabled,
            customer_managed: true,
        })),
        key_policy: Some(Fact::Known(documented_key_policy(&key_target(
            &trail, &key,
        )))),
        wanted_key: None,
        beside: Beside::default(),
        trail,
    }
}

pub(crate) fn stopped(mut view: TrailView) -> TrailView {
    if let Some(Fact::Known(status)) = &mut view.status {
        status.is_logging = Some(false);
        status.stop_logging_time = Some(time("2026-03-02T09:57:12Z"));
    }
    view
}

enum Step {
    Begun(String),
    Ended,
}

/// What was reported: token, evaluations, test mode.
pub(crate) type Report = (String, Vec<Evaluation>, bool);

#[derive(Default)]
pub(crate) struct World {
    /// The account's trails with what reads of them answer.
    pub(crate) trails: Vec<TrailView>,
    /// DescribeTrails fails in these Regions.
    pub(crate) describe_errors: BTreeMap<&'static str, CallError>,
    /// ListTrails fails.
    pub(crate) list_error: Option<CallError>,
    /// The objects in any bucket, by key.
    pub(crate) objects: BTreeMap<String, Vec<u8>>,
    steps: Mutex<Vec<Step>>,
    reports: Mutex<Vec<Report>>,
}

impl World {
    pub(crate) fn of(trails: Vec<TrailView>) -> Self {
        Self {
            trails,
            ..Self::default()
        }
    }

    pub(crate) fn ports(self: &Arc<Self>) -> EvaluatePorts {
        EvaluatePorts {
            trails: Arc::clone(self) as Arc<dyn TrailReader>,
            buckets: Arc::clone(self) as Arc<dyn BucketReader>,
            keys: Arc::clone(self) as Arc<dyn KeyReader>,
            tags: Arc::clone(self) as Arc<dyn TagReader>,
            settings: Arc::clone(self) as Arc<dyn BucketSettingsReader>,
            objects: Arc::clone(self) as Arc<dyn ObjectReader>,
            inventory: Arc::new(Account::default()),
            roles: Arc::new(Account::default()),
            policies: PolicyCache::default(),
            guard: unwatched(),
            config: Arc::clone(self) as Arc<dyn ConfigService>,
            attribution: None,
            clock: Arc::clone(self) as Arc<dyn Clock>,
        }
    }

    /// The reads that were made, as `Operation argument`, sorted.
    pub(crate) fn calls(&self) -> Vec<String> {
        let steps = self.steps.lock().unwrap();
        let begun = steps.iter().filter_map(|step| match step {
            Step::Begun(call) => Some(call.clone()),
            Step::Ended => None,
        });
        let mut calls: Vec<String> = begun.collect();
        calls.sort();
        calls
    }

    /// How many times reads were waited for: calls made together count once.
    pub(crate) fn round_trips(&self) -> usize {
        let steps = self.steps.lock().unwrap();
        let mut waiting = false;
        let mut trips = 0;
        for step in steps.iter() {
            let begun = matches!(step, Step::Begun(_));
            trips += usize::from(begun && !waiting);
            waiting = begun;
        }
        trips
    }

    pub(crate) fn reports(&self) -> Vec<Report> {
        self.reports.lock().unwrap().clone()
    }

    /// A call takes until all calls made together with it have begun.
    async fn call(&self, operation: Operation, argument: &str) {
        let begun = format!("{} {argument}", operation.name);
        self.steps.lock().unwrap().push(Step::Begun(begun));
        tokio::task::yield_now().await;
        self.steps.lock().unwrap().push(Step::Ended);
    }

    fn view(&self, is_meant: impl Fn(&TrailView) -> bool) -> Option<&TrailView> {
        self.trails.iter().find(|view| is_meant(view))
    }

    /// What the trail's fact answers, in its home Region and by its ARN only.
    fn of_trail<T: Clone>(
        &self,
        (region, arn): (&Region, &Arn),
        fact: impl Fn(&TrailView) -> &Option<Fact<T>>,
        operation: Operation,
    ) -> Result<T, CallError> {
        let view = self.view(|view| view.trail.arn == *arn && view.trail.home_region == *region);
        answer(
            view.and_then(|view| fact(view).clone()),
            operation,
            "TrailNotFoundException",
        )
    }
}

fn answer<T>(fact: Option<Fact<T>>, operation: Operation, absent: &str) -> Result<T, CallError> {
    match fact {
        Some(Fact::Known(value)) => Ok(value),
        Some(Fact::Denied(error) | Fact::Unavailable(error)) => Err(error),
        None => Err(error(operation, absent)),
    }
}

#[async_trait]
impl TrailReader for World {
    async fn describe_trails(
        &self,
        region: &Region,
        names: &[String],
    ) -> Result<Vec<Trail>, CallError> {
        let argument = format!("{region} {}", names.join(","));
        self.call(operation::DESCRIBE_TRAILS, argument.trim()).await;
        if let Some(error) = self.describe_errors.get(region.as_str()) {
            return Err(error.clone());
        }
        let trails = self.trails.iter().map(|view| &view.trail);
        let shown = trails
            .filter(|trail| trail.home_region == *region || trail.is_multi_region == Some(true))
            .filter(|trail| names.is_empty() || names.contains(&trail.arn.to_string()));
        Ok(shown.cloned().collect())
    }

    async fn list_trails(&self, region: &Region) -> Result<Vec<ListedTrail>, CallError> {
        self.call(operation::LIST_TRAILS, region.as_str()).await;
        if let Some(error) = &self.list_error {
            return Err(error.clone());
        }
        let listed = self.trails.iter().map(|view| ListedTrail {
            arn: view.trail.arn.clone(),
            home_region: view.trail.home_region.clone(),
        });
        Ok(listed.collect())
    }

    async fn trail_status(&self, region: &Region, arn: &Arn) -> Result<TrailStatus, CallError> {
        self.call(operation::GET_TRAIL_STATUS, arn.name()).await;
        self.of_trail(
            (region, arn),
            |view| &view.status,
            operation::GET_TRAIL_STATUS,
        )
    }

    async fn event_selectors(
        &self,
        region: &Region,
        arn: &Arn,
    ) -> Result<EventSelectors, CallError> {
        self.call(operation::GET_EVENT_SELECTORS, arn.name()).await;
        self.of_trail(
            (region, arn),
            |view| &view.selectors,
            operation::GET_EVENT_SELECTORS,
        )
    }

    async fn insight_selectors(
        &self,
        region: &Region,
        arn: &Arn,
    ) -> Result<Vec<InsightSelector>, CallError> {
        self.call(operation::GET_INSIGHT_SELECTORS, arn.name())
            .await;
        self.of_trail(
            (region, arn),
            |view| &view.insights,
            operation::GET_INSIGHT_SELECTORS,
        )
    }
}

#[async_trait]
impl BucketReader for World {
    async fn bucket(
        &self,
        name: &str,
        _hint: &Region,
        owner: &AccountId,
    ) -> Result<BucketFacts, CallError> {
        self.call(operation::GET_BUCKET_POLICY, &format!("{name} {owner}"))
            .await;
        let view = self.view(|view| view.trail.bucket == name);
        let fact = view.and_then(|view| view.bucket.clone());
        answer(fact, operation::GET_BUCKET_POLICY, "NoSuchBucket")
    }

    async fn owns_bucket(&self, name: &str, _region: &Region) -> Result<bool, CallError> {
        self.call(operation::LIST_BUCKETS, name).await;
        let view = self.view(|view| view.trail.bucket == name);
        let fact = view.and_then(|view| view.owns_bucket.clone());
        answer(fact, operation::LIST_BUCKETS, "AccessDenied")
    }
}

#[async_trait]
impl TagReader for World {
    async fn tags(
        &self,
        region: &Region,
        arn: &Arn,
    ) -> Result<BTreeMap<String, String>, CallError> {
        self.call(operation::LIST_TAGS, arn.name()).await;
        let tags = |view: &TrailView| view.trail.arn == *arn && view.trail.home_region == *region;
        let view = self.view(tags);
        let fact = view.and_then(|view| view.beside.tags.clone());
        answer(fact, operation::LIST_TAGS, "ResourceNotFoundException")
    }
}

#[async_trait]
impl BucketSettingsReader for World {
    async fn setting(
        &self,
        bucket: &str,
        region: &Region,
        _owner: &AccountId,
        setting: BucketSetting,
    ) -> Result<Option<String>, CallError> {
        let operation = setting.read_by();
        self.call(operation, &format!("{bucket} {region}")).await;
        let view = self.view(|view| view.trail.bucket == bucket);
        let fact = view.and_then(|view| view.beside.settings.get(&setting).cloned());
        fact.map_or(Ok(None), |fact| {
            answer(Some(fact), operation, "NoSuchBucket")
        })
    }
}

#[async_trait]
impl ObjectReader for World {
    async fn object(
        &self,
        bucket: &str,
        _region: &Region,
        owner: &AccountId,
        key: &str,
    ) -> Result<Vec<u8>, CallError> {
        self.call(operation::GET_OBJECT, &format!("{bucket} {owner} {key}"))
            .await;
        let found = self.objects.get(key).cloned();
        found.ok_or_else(|| error(operation::GET_OBJECT, "NoSuchKey"))
    }

    async fn has_object(
        &self,
        _bucket: &str,
        _region: &Region,
        _owner: &AccountId,
        key: &str,
    ) -> Result<bool, CallError> {
        self.call(operation::HEAD_OBJECT, key).await;
        Ok(self.objects.contains_key(key))
    }

    async fn keys(
        &self,
        _bucket: &str,
        _region: &Region,
        _owner: &AccountId,
        prefix: &str,
        start_after: &str,
    ) -> Result<Vec<String>, CallError> {
        self.call(operation::LIST_OBJECTS, prefix).await;
        let keys = self.objects.keys();
        let page = keys.filter(|key| key.starts_with(prefix) && key.as_str() > start_after);
        Ok(page.take(1_000).cloned().collect())
    }
}

#[async_trait]
impl KeyReader for World {
    async fn describe_key(&self, id: &str, region: &Region) -> Result<KeyFacts, CallError> {
        self.call(operation::DESCRIBE_KEY, &format!("{region} {id}"))
            .await;
        // `alias/NAME` is an alias of the key of the trail NAME.
        let view = self.view(|view| {
            view.trail.kms_key_id.as_deref() == Some(id)
                || id.strip_prefix("alias/") == Some(view.trail.name.as_str())
        });
        answer(
            view.and_then(|view| view.key.clone()),
            operation::DESCRIBE_KEY,
            "NotFoundException",
        )
    }

    async fn key_policy(&self, key: &Arn) -> Result<String, CallError> {
        self.call(operation::GET_KEY_POLICY, key.name()).await;
        let view = self.view(|view| view.trail.kms_key_id == Some(key.to_string()));
        let fact = view.and_then(|view| view.key_policy.clone());
        answer(fact, operation::GET_KEY_POLICY, "NotFoundException")
    }
}

#[async_trait]
impl ConfigService for World {
    async fn put_evaluations(
        &self,
        result_token: &str,
        evaluations: &[Evaluation],
        test_mode: bool,
    ) -> Result<Vec<Evaluation>, CallError> {
        let report = (result_token.to_owned(), evaluations.to_vec(), test_mode);
        self.reports.lock().unwrap().push(report);
        Ok(Vec::new())
    }
}

#[async_trait]
impl Clock for World {
    fn now(&self) -> Timestamp {
        time("2026-03-02T10:00:05Z")
    }

    async fn sleep(&self, _duration: SignedDuration) {}
}
