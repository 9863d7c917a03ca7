//! The rule's judgement, as the fast path asks for it.

use async_trait::async_trait;
use jiff::Timestamp;
use trailkeeper_core::Arn;
use trailkeeper_core::config_rule::RuleParameters;
use trailkeeper_core::fast_path::Reported;

/// Judges an instance by its profile as the rule `instance-profile` does.
#[async_trait]
pub trait ProfileJudge: Send + Sync {
    /// What makes an instance with this profile, or with none, NON_COMPLIANT at the time `at`;
    /// nothing where it is COMPLIANT. Facts that could not be read are findings too.
    async fn judge(
        &self,
        parameters: &RuleParameters,
        profile: Option<&Arn>,
        at: Timestamp,
    ) -> Vec<Reported>;
}
