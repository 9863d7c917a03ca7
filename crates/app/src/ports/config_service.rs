//! AWS Config.

use async_trait::async_trait;
use trailkeeper_core::CallError;
use trailkeeper_core::config_rule::Evaluation;

/// What a custom rule asks of AWS Config.
#[async_trait]
pub trait ConfigService: Send + Sync {
    /// PutEvaluations with at most 100 evaluations. Returns those that the service reports as
    /// FailedEvaluations. With `test_mode` nothing is stored.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn put_evaluations(
        &self,
        result_token: &str,
        evaluations: &[Evaluation],
        test_mode: bool,
    ) -> Result<Vec<Evaluation>, CallError>;
}
