//! The ports, each call counted.

use std::sync::Arc;

use async_trait::async_trait;
use trailkeeper_core::config_rule::Evaluation;
use trailkeeper_core::facts::{
    BucketFacts, EventSelectors, InsightSelector, KeyFacts, ListedTrail, OrganizationFacts, Trail,
    TrailStatus,
};
use trailkeeper_core::operation::{
    CANCEL_KEY_DELETION, CREATE_TRAIL, DESCRIBE_KEY, DESCRIBE_ORGANIZATION, DESCRIBE_TRAILS,
    ENABLE_KEY, GET_BUCKET_POLICY, GET_EVENT_SELECTORS, GET_INSIGHT_SELECTORS, GET_KEY_POLICY,
    GET_TRAIL_STATUS, LIST_BUCKETS, LIST_TRAILS, PUT_BUCKET_POLICY, PUT_EVALUATIONS,
    PUT_EVENT_SELECTORS, PUT_INSIGHT_SELECTORS, PUT_KEY_POLICY, START_LOGGING, UPDATE_TRAIL,
};
use trailkeeper_core::write_request::{CreateTrail, UpdateTrail};
use trailkeeper_core::{AccountId, Arn, CallError, Region};

use super::Meter;
use crate::ports::{
    BucketReader, BucketWriter, ConfigService, KeyReader, KeyWriter, OrganizationReader,
    TrailReader, TrailWriter,
};

/// A port whose calls are counted.
#[derive(Debug)]
pub struct Metered<P: ?Sized> {
    pub(super) port: Arc<P>,
    pub(super) meter: Meter,
}

#[async_trait]
impl TrailReader for Metered<dyn TrailReader> {
    async fn describe_trails(
        &self,
        region: &Region,
        names: &[String],
    ) -> Result<Vec<Trail>, CallError> {
        let call = self.port.describe_trails(region, names);
        self.meter.count(DESCRIBE_TRAILS, call).await
    }

    async fn list_trails(&self, region: &Region) -> Result<Vec<ListedTrail>, CallError> {
        let call = self.port.list_trails(region);
        self.meter.count(LIST_TRAILS, call).await
    }

    async fn trail_status(&self, region: &Region, arn: &Arn) -> Result<TrailStatus, CallError> {
        let call = self.port.trail_status(region, arn);
        self.meter.count(GET_TRAIL_STATUS, call).await
    }

    async fn event_selectors(
        &self,
        region: &Region,
        arn: &Arn,
    ) -> Result<EventSelectors, CallError> {
        let call = self.port.event_selectors(region, arn);
        self.meter.count(GET_EVENT_SELECTORS, call).await
    }

    async fn insight_selectors(
        &self,
        region: &Region,
        arn: &Arn,
    ) -> Result<Vec<InsightSelector>, CallError> {
        let call = self.port.insight_selectors(region, arn);
        self.meter.count(GET_INSIGHT_SELECTORS, call).await
    }
}

#[async_trait]
impl TrailWriter for Metered<dyn TrailWriter> {
    async fn create_trail(&self, region: &Region, trail: &CreateTrail) -> Result<Arn, CallError> {
        let call = self.port.create_trail(region, trail);
        self.meter.count(CREATE_TRAIL, call).await
    }

    async fn update_trail(&self, region: &Region, update: &UpdateTrail) -> Result<(), CallError> {
        let call = self.port.update_trail(region, update);
        self.meter.count(UPDATE_TRAIL, call).await
    }

    async fn start_logging(&self, region: &Region, arn: &Arn) -> Result<(), CallError> {
        let call = self.port.start_logging(region, arn);
        self.meter.count(START_LOGGING, call).await
    }

    async fn put_event_selectors(
        &self,
        region: &Region,
        arn: &Arn,
        selectors: &EventSelectors,
    ) -> Result<(), CallError> {
        let call = self.port.put_event_selectors(region, arn, selectors);
        self.meter.count(PUT_EVENT_SELECTORS, call).await
    }

    async fn put_insight_selectors(
        &self,
        region: &Region,
        arn: &Arn,
        selectors: &[InsightSelector],
    ) -> Result<(), CallError> {
        let call = self.port.put_insight_selectors(region, arn, selectors);
        self.meter.count(PUT_INSIGHT_SELECTORS, call).await
    }
}

#[async_trait]
impl BucketReader for Metered<dyn BucketReader> {
    async fn bucket(
        &self,
        name: &str,
        hint: &Region,
        owner: &AccountId,
    ) -> Result<BucketFacts, CallError> {
        let call = self.port.bucket(name, hint, owner);
        self.meter.count(GET_BUCKET_POLICY, call).await
    }

    async fn owns_bucket(&self, name: &str, region: &Region) -> Result<bool, CallError> {
        let call = self.port.owns_bucket(name, region);
        self.meter.count(LIST_BUCKETS, call).await
    }
}

#[async_trait]
impl BucketWriter for Metered<dyn BucketWriter> {
    async fn put_bucket_policy(
        &self,
        name: &str,
        region: &Region,
        owner: &AccountId,
        policy: &str,
    ) -> Result<(), CallError> {
        let call = self.port.put_bucket_policy(name, region, owner, policy);
        self.meter.count(PUT_BUCKET_POLICY, call).await
    }
}

#[async_trait]
impl KeyReader for Metered<dyn KeyReader> {
    async fn describe_key(&self, id: &str, region: &Region) -> Result<KeyFacts, CallError> {
        let call = self.port.describe_key(id, region);
        self.meter.count(DESCRIBE_KEY, call).await
    }

    async fn key_policy(&self, key: &Arn) -> Result<String, CallError> {
        let call = self.port.key_policy(key);
        self.meter.count(GET_KEY_POLICY, call).await
    }
}

#[async_trait]
impl KeyWriter for Metered<dyn KeyWriter> {
    async fn put_key_policy(&self, key: &Arn, policy: &str) -> Result<(), CallError> {
        let call = self.port.put_key_policy(key, policy);
        self.meter.count(PUT_KEY_POLICY, call).await
    }

    async fn enable_key(&self, key: &Arn) -> Result<(), CallError> {
        let call = self.port.enable_key(key);
        self.meter.count(ENABLE_KEY, call).await
    }

    async fn cancel_key_deletion(&self, key: &Arn) -> Result<(), CallError> {
        let call = self.port.cancel_key_deletion(key);
        self.meter.count(CANCEL_KEY_DELETION, call).await
    }
}

#[async_trait]
impl OrganizationReader for Metered<dyn OrganizationReader> {
    async fn organization(
        &self,
        account: &AccountId,
    ) -> Result<Option<OrganizationFacts>, CallError> {
        let call = self.port.organization(account);
        self.meter.count(DESCRIBE_ORGANIZATION, call).await
    }
}

#[async_trait]
impl ConfigService for Metered<dyn ConfigService> {
    async fn put_evaluations(
        &self,
        result_token: &str,
        evaluations: &[Evaluation],
        test_mode: bool,
    ) -> Result<Vec<Evaluation>, CallError> {
        let call = self
            .port
            .put_evaluations(result_token, evaluations, test_mode);
        self.meter.count(PUT_EVALUATIONS, call).await
    }
}
