//! AWS Config.

use async_trait::async_trait;
use aws_sdk_config::types;
use trailkeeper_app::ports::ConfigService;
use trailkeeper_core::CallError;
use trailkeeper_core::config_rule::Evaluation;
use trailkeeper_core::operation::PUT_EVALUATIONS;

use crate::convert::date_time;
use crate::error::{call_error, invalid_request, invalid_response};
use crate::session::Session;

/// What a custom rule asks of AWS Config in the session's Region.
#[derive(Debug, Clone)]
pub struct ConfigRules {
    session: Session,
}

impl ConfigRules {
    /// AWS Config as `session` sees it.
    pub fn new(session: Session) -> Self {
        Self { session }
    }
}

#[async_trait]
impl ConfigService for ConfigRules {
    async fn put_evaluations(
        &self,
        result_token: &str,
        evaluations: &[Evaluation],
        test_mode: bool,
    ) -> Result<Vec<Evaluation>, CallError> {
        let resource = match evaluations {
            [one] => format!("{} {}", one.resource_type, one.resource_id),
            more => format!("{} evaluations", more.len()),
        };
        let items: Result<Vec<_>, _> = evaluations.iter().map(item).collect();
        let items = items.map_err(|why| invalid_request(PUT_EVALUATIONS, &resource, &why))?;
        let answer = self
            .session
            .config_service(self.session.region())
            .put_evaluations()
            .result_token(result_token)
            .set_evaluations(Some(items))
            .test_mode(test_mode)
            .send()
            .await
            .map_err(|error| call_error(PUT_EVALUATIONS, &resource, &error))?;
        let failed = answer.failed_evaluations.unwrap_or_default();
        failed
            .iter()
            .map(|failed| sent(failed, evaluations, &resource))
            .collect()
    }
}

fn item(evaluation: &Evaluation) -> Result<types::Evaluation, String> {
    types::Evaluation::builder()
        .compliance_resource_type(&evaluation.resource_type)
        .compliance_resource_id(&evaluation.resource_id)
        .compliance_type(evaluation.compliance.as_str().into())
        .set_annotation(evaluation.annotation.clone())
        .ordering_timestamp(date_time(evaluation.ordering_timestamp))
        .build()
        .map_err(|error| error.to_string())
}

// The evaluation as it was sent, so that a second try sends the very same.
fn sent(
    failed: &types::Evaluation,
    evaluations: &[Evaluation],
    resource: &str,
) -> Result<Evaluation, CallError> {
    let same = |sent: &&Evaluation| {
        sent.resource_type == failed.compliance_resource_type
            && sent.resource_id == failed.compliance_resource_id
    };
    evaluations.iter().find(same).cloned().ok_or_else(|| {
        let stranger = &failed.compliance_resource_id;
        let reason = format!("FailedEvaluations names `{stranger}`, which was not sent");
        invalid_response(PUT_EVALUATIONS, resource, &reason)
    })
}
