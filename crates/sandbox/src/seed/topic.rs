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

    /// What was published so far, in that order.
    pub fn published_messages(&self) -> &[PublishedMessage] {
        &self.services.sns.messages
    }
}
