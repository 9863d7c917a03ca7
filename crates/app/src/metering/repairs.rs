//! The ports that tell of remediations and of runs of runbooks, each call counted.

use async_trait::async_trait;
use jiff::Timestamp;
use trailkeeper_core::CallError;
use trailkeeper_core::facts::{
    DeliveryChannelFacts, DocumentFacts, ExecutionFacts, RemediationExceptionFacts,
    RemediationFacts,
};
use trailkeeper_core::operation::{
    DESCRIBE_AUTOMATION_EXECUTIONS, DESCRIBE_DELIVERY_CHANNELS, DESCRIBE_DOCUMENT,
    DESCRIBE_REMEDIATION_CONFIGURATIONS, DESCRIBE_REMEDIATION_EXCEPTIONS,
};

use super::Metered;
use crate::ports::{AutomationReader, RemediationReader};

#[async_trait]
impl AutomationReader for Metered<dyn AutomationReader> {
    async fn document(&self, name: &str) -> Result<Option<DocumentFacts>, CallError> {
        let call = self.port.document(name);
        self.meter.count(DESCRIBE_DOCUMENT, call).await
    }

    async fn executions(
        &self,
        document: &str,
        since: Timestamp,
    ) -> Result<Vec<ExecutionFacts>, CallError> {
        let call = self.port.executions(document, since);
        self.meter.count(DESCRIBE_AUTOMATION_EXECUTIONS, call).await
    }
}

#[async_trait]
impl RemediationReader for Metered<dyn RemediationReader> {
    async fn delivery_channels(&self) -> Result<Vec<DeliveryChannelFacts>, CallError> {
        let call = self.port.delivery_channels();
        self.meter.count(DESCRIBE_DELIVERY_CHANNELS, call).await
    }

    async fn remediation(&self, rule: &str) -> Result<Option<RemediationFacts>, CallError> {
        let call = self.port.remediation(rule);
        self.meter
            .count(DESCRIBE_REMEDIATION_CONFIGURATIONS, call)
            .await
    }

    async fn exceptions(&self, rule: &str) -> Result<Vec<RemediationExceptionFacts>, CallError> {
        let call = self.port.exceptions(rule);
        self.meter
            .count(DESCRIBE_REMEDIATION_EXCEPTIONS, call)
            .await
    }
}
