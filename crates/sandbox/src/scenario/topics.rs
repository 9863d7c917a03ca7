//! Topics that messages are published to.

use trailkeeper_core::Arn;

use super::ScenarioError;
use super::answers::Listed;
use super::draft::Draft;

pub(super) fn load(draft: &mut Draft, listed: &[Listed<'_>]) -> Result<(), ScenarioError> {
    for entry in listed.iter().filter(|entry| entry.service == "sns") {
        if let Some(error) = entry.failure()? {
            draft.refuse(entry, &error);
            continue;
        }
        let topic: Option<Arn> = entry.argument.and_then(|text| text.parse().ok());
        let wrong = || entry.place.wrong("this is not the ARN of a topic");
        let topic = topic.ok_or_else(wrong)?;
        draft.enable(&topic.region);
        draft.world.seed_sns_topic(&topic.region, topic.name());
    }
    Ok(())
}
