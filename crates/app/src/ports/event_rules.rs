//! EventBridge, in the function's Region.

use async_trait::async_trait;
use trailkeeper_core::CallError;
use trailkeeper_core::facts::EventRuleFacts;

/// Reads of rules on the default event bus.
#[async_trait]
pub trait EventRuleReader: Send + Sync {
    /// DescribeRule with ListTargetsByRule, all pages. None: there is no such rule.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn event_rule(&self, name: &str) -> Result<Option<EventRuleFacts>, CallError>;
}

/// Switches rules on; there is nothing to switch one off.
#[async_trait]
pub trait EventRuleWriter: Send + Sync {
    /// EnableRule.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn enable_event_rule(&self, name: &str) -> Result<(), CallError>;
}

/// Sends events of ours.
#[async_trait]
pub trait EventSink: Send + Sync {
    /// PutEvents with one entry on the default event bus, of the source `trailkeeper`. An entry
    /// that the service reports as failed is an error.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn put_event(&self, detail_type: &str, detail: &str) -> Result<(), CallError>;
}
