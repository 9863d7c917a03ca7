//! SNS.

use async_trait::async_trait;
use trailkeeper_app::ports::Notifier;
use trailkeeper_core::operation::PUBLISH;
use trailkeeper_core::{Arn, CallError};

use crate::error::{call_error, invalid_request};
use crate::session::Session;

/// Sends messages to topics, each in its own Region.
#[derive(Debug, Clone)]
pub struct Topics {
    session: Session,
}

impl Topics {
    /// Topics as `session` sees them.
    pub fn new(session: Session) -> Self {
        Self { session }
    }
}

#[async_trait]
impl Notifier for Topics {
    async fn publish(&self, topic: &Arn, subject: &str, message: &str) -> Result<(), CallError> {
        let arn = topic.to_string();
        let region = topic
            .region()
            .ok_or_else(|| invalid_request(PUBLISH, &arn, "the topic's ARN names no Region"))?;
        self.session
            .sns(&region)
            .publish()
            .topic_arn(&arn)
            .subject(subject)
            .message(message)
            .send()
            .await
            .map(drop)
            .map_err(|error| call_error(PUBLISH, &arn, &error))
    }
}
