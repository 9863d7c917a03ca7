//! SNS: topics and what was published to them.

use jiff::Timestamp;

use crate::services::sns;
use crate::world::World;

/// A message that was published.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PublishedMessage {
    /// When.
    pub at: Timestamp,
    /// The Region.
    pub region: String,
    /// The topic.
    pub topic_arn: String,
    /// Its id.
    pub message_id: String,
    /// The subject, if it has one.
    pub subject: Option<String>,
    /// The text.
    pub message: String,
}

impl World {
    /// Puts a topic and answers its ARN; nothing happens if it exists.
    pub fn seed_sns_topic(&mut self, region: &str, name: &str) -> String {
        sns::seed(self, region, name)
    }

    /// Puts a confirmed subscription on a topic; `id` is the last part of its ARN. Whether there is
    /// such a topic.
    pub fn seed_subscription(
        &mut self,
        topic_arn: &str,
        id: &str,
        protocol: &str,
        endpoint: &str,
    ) -> bool {
        sns::seed_subscription(self, topic_arn, id, [protocol, endpoint])
    }

    /// What was published so far, in that order.
    pub fn published_messages(&self) -> &[PublishedMessage] {
        &self.services.sns.messages
    }
}
