//! SNS.

use async_trait::async_trait;
use serde_json::json;
use trailkeeper_app::ports::Notifier;
use trailkeeper_core::operation::PUBLISH;
use trailkeeper_core::{Arn, CallError};

use super::invalid_request;
use crate::account::Sandbox;

#[async_trait]
impl Notifier for Sandbox {
    async fn publish(&self, topic: &Arn, subject: &str, message: &str) -> Result<(), CallError> {
        let arn = topic.to_string();
        let region = topic
            .region()
            .ok_or_else(|| invalid_request(PUBLISH, &arn, "the topic's ARN names no Region"))?;
        let input = json!({"TopicArn": arn, "Subject": subject, "Message": message});
        let answer = self.ask(PUBLISH, region.as_str(), &arn, input).await;
        answer.map(drop)
    }
}
