//! The inventory of AWS Config.

use async_trait::async_trait;
use jiff::Timestamp;
use trailkeeper_core::CallError;
use trailkeeper_core::config_rule::ConfigurationItem;
use trailkeeper_core::facts::{ConfigRuleFacts, EvaluatedResource, RecorderFacts};

/// One page of a listing that is read page by page, so that memory stays bounded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The page's items.
    pub items: Vec<T>,
    /// The next page's token; none on the last.
    pub next: Option<String>,
}

/// Reads of what AWS Config recorded and found, and the request to look again.
#[async_trait]
pub trait Inventory: Send + Sync {
    /// DescribeConfigurationRecorders with DescribeConfigurationRecorderStatus.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn recorders(&self) -> Result<Vec<RecorderFacts>, CallError>;

    /// SelectResourceConfig: one page of at most 100 rows, each a JSON object in a text.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn select(
        &self,
        expression: &str,
        token: Option<&str>,
    ) -> Result<Page<String>, CallError>;

    /// GetResourceConfigHistory with this `later_time` and a limit of one: the item of that time.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn item_at(
        &self,
        resource_type: &str,
        resource_id: &str,
        later_time: Timestamp,
    ) -> Result<Option<ConfigurationItem>, CallError>;

    /// GetComplianceDetailsByConfigRule: one page of the rule's verdicts COMPLIANT and
    /// NON_COMPLIANT.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn evaluated(
        &self,
        rule: &str,
        token: Option<&str>,
    ) -> Result<Page<EvaluatedResource>, CallError>;

    /// DescribeConfigRules of one name. None: there is no such rule.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn config_rule(&self, rule: &str) -> Result<Option<ConfigRuleFacts>, CallError>;

    /// StartConfigRulesEvaluation of one rule.
    ///
    /// # Errors
    /// The service's error, or that no answer came. `LimitExceededException`: the rule ran less
    /// than a minute ago or runs still.
    async fn start_evaluation(&self, rule: &str) -> Result<(), CallError>;
}
