//! What guards the trail besides the trail: parts of AWS Config, Lambda and GuardDuty, in the
//! function's Region.

use async_trait::async_trait;
use trailkeeper_core::CallError;
use trailkeeper_core::facts::{
    DeliveryChannelFacts, DetectorFacts, FunctionFacts, RemediationExceptionFacts, RemediationFacts,
};

/// Reads of AWS Config's own parts.
#[async_trait]
pub trait RemediationReader: Send + Sync {
    /// DescribeDeliveryChannels.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn delivery_channels(&self) -> Result<Vec<DeliveryChannelFacts>, CallError>;

    /// DescribeRemediationConfigurations of one rule. None: it has none.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn remediation(&self, rule: &str) -> Result<Option<RemediationFacts>, CallError>;

    /// DescribeRemediationExceptions of one rule, all pages.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn exceptions(&self, rule: &str) -> Result<Vec<RemediationExceptionFacts>, CallError>;
}

/// Puts parts of AWS Config back to work. None of it can widen what anybody may do.
#[async_trait]
pub trait RemediationWriter: Send + Sync {
    /// DeleteRemediationExceptions for one resource.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn delete_exception(
        &self,
        rule: &str,
        resource_type: &str,
        resource_id: &str,
    ) -> Result<(), CallError>;

    /// StartConfigurationRecorder.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn start_recorder(&self, name: &str) -> Result<(), CallError>;
}

/// Reads of functions.
#[async_trait]
pub trait FunctionReader: Send + Sync {
    /// GetFunctionConfiguration, GetFunctionConcurrency and GetPolicy. None: there is no such
    /// function.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn function(&self, name: &str) -> Result<Option<FunctionFacts>, CallError>;
}

/// Reads of GuardDuty.
#[async_trait]
pub trait DetectorReader: Send + Sync {
    /// ListDetectors, GetDetector, ListFilters and GetFilter: the Region's detectors, of which
    /// there is one at most.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn detectors(&self) -> Result<Vec<DetectorFacts>, CallError>;
}
