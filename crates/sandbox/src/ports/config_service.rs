//! AWS Config.

use async_trait::async_trait;
use serde_json::{Value, json};
use trailkeeper_app::ports::ConfigService;
use trailkeeper_core::CallError;
use trailkeeper_core::config_rule::Evaluation;
use trailkeeper_core::operation::PUT_EVALUATIONS;

use super::{invalid_response, list, structure, text};
use crate::account::Sandbox;
use crate::conversions::to_epoch;

#[async_trait]
impl ConfigService for Sandbox {
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
        let items: Vec<Value> = evaluations.iter().map(item).collect();
        let input = json!({
            "ResultToken": result_token,
            "Evaluations": items,
            "TestMode": test_mode,
        });
        let region = self.own_region();
        let answer = self.ask(PUT_EVALUATIONS, &region, &resource, input).await?;
        list(&answer, "FailedEvaluations")
            .iter()
            .map(|failed| sent(failed, evaluations, &resource))
            .collect()
    }
}

fn item(evaluation: &Evaluation) -> Value {
    structure([
        (
            "ComplianceResourceType",
            Some(json!(evaluation.resource_type)),
        ),
        ("ComplianceResourceId", Some(json!(evaluation.resource_id))),
        (
            "ComplianceType",
            Some(json!(evaluation.compliance.as_str())),
        ),
        (
            "Annotation",
            evaluation.annotation.as_deref().map(Value::from),
        ),
        (
            "OrderingTimestamp",
            Some(to_epoch(evaluation.ordering_timestamp)),
        ),
    ])
}

/// The evaluation as it was sent, so that a second try sends the very same.
fn sent(
    failed: &Value,
    evaluations: &[Evaluation],
    resource: &str,
) -> Result<Evaluation, CallError> {
    let kind = text(failed, "ComplianceResourceType").unwrap_or_default();
    let id = text(failed, "ComplianceResourceId").unwrap_or_default();
    let same = |sent: &&Evaluation| sent.resource_type == kind && sent.resource_id == id;
    evaluations.iter().find(same).cloned().ok_or_else(|| {
        let reason = format!("FailedEvaluations names `{id}`, which was not sent");
        invalid_response(PUT_EVALUATIONS, resource, &reason)
    })
}
