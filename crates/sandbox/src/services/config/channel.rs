//! The delivery channel, without which a recorder does not start.

use serde_json::{Value, json};

use super::input::Input;
use super::rule::FREQUENCIES;
use crate::call::{ApiError, Call};
use crate::world::World;

pub(super) fn describe(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let names = input.texts("DeliveryChannelNames", 0, usize::MAX, 256)?;
    let own = world.services.config.channels.get(&call.region);
    for name in &names {
        let named = |channel: &&Value| channel.get("name") == Some(&json!(name));
        if own.filter(named).is_none() {
            return Err(no_such_channel(name));
        }
    }
    let found: Vec<&Value> = own.into_iter().collect();
    Ok(json!({"DeliveryChannels": found}))
}

pub(super) fn put(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let given = input.structure("DeliveryChannel")?;
    let given = given.ok_or_else(|| input.missing("DeliveryChannel"))?;
    let name = given.text("name", 1, 256)?.unwrap_or("default").to_owned();
    for member in ["s3KeyPrefix", "s3KmsKeyArn"] {
        given.text(member, 0, usize::MAX)?;
    }
    if let Some(properties) = given.structure("configSnapshotDeliveryProperties")? {
        properties.choice("deliveryFrequency", &FREQUENCIES)?;
    }
    fits(world, &call.region, &name)?;
    check_targets(world, &given)?;
    let mut channel = given.given();
    if let Some(members) = channel.as_object_mut() {
        members.insert("name".to_owned(), json!(name));
    }
    let channels = &mut world.services.config.channels;
    channels.insert(call.region.clone(), channel);
    Ok(json!({}))
}

/// A Region has one channel, and a recorder before that.
fn fits(world: &World, region: &str, name: &str) -> Result<(), ApiError> {
    let config = &world.services.config;
    if !config.recorders.contains_key(region) {
        let code = "NoAvailableConfigurationRecorderException";
        let text = "There is no configuration recorder available to create a delivery channel.";
        return Err(ApiError::new(code, text));
    }
    let own = config.channels.get(region);
    if own.is_none_or(|own| own.get("name") == Some(&json!(name))) {
        return Ok(());
    }
    let code = "MaxNumberOfDeliveryChannelsExceededException";
    let text = format!(
        "Failed to put delivery channel '{name}' because the maximum number of delivery \
         channels: 1 is reached."
    );
    Err(ApiError::new(code, text))
}

/// Whether the channel may write to the bucket is not looked at.
fn check_targets(world: &World, given: &Input<'_>) -> Result<(), ApiError> {
    let bucket = given.text("s3BucketName", 0, usize::MAX)?;
    let bucket = bucket.unwrap_or_default();
    if !world.services.s3.buckets.contains_key(bucket) {
        let text =
            format!("Cannot find a S3 bucket with an empty bucket name or named '{bucket}'.");
        return Err(ApiError::new("NoSuchBucketException", text));
    }
    let topic = given.text("snsTopicARN", 0, usize::MAX)?;
    if topic.is_some_and(|topic| !is_topic(topic)) {
        let text = "The sns topic arn is not valid, provide valid sns topic arn.";
        return Err(ApiError::new("InvalidSNSTopicARNException", text));
    }
    Ok(())
}

fn is_topic(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    matches!(parts.as_slice(), ["arn", _, "sns", _, _, name] if !name.is_empty())
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let name = input.required_text("DeliveryChannelName", 1, 256)?;
    let config = &mut world.services.config;
    let own = config.channels.get(&call.region);
    if own.is_none_or(|own| own.get("name") != Some(&json!(name))) {
        return Err(no_such_channel(name));
    }
    let recorder = config.recorders.get(&call.region);
    if recorder.is_some_and(|recorder| recorder.recording) {
        let text = format!(
            "Failed to delete last specified delivery channel with name '{name}', because there \
             is a running configuration recorder."
        );
        return Err(ApiError::new(
            "LastDeliveryChannelDeleteFailedException",
            text,
        ));
    }
    config.channels.remove(&call.region);
    Ok(json!({}))
}

fn no_such_channel(name: &str) -> ApiError {
    let text = format!("Cannot find delivery channel with specified name '{name}'.");
    ApiError::new("NoSuchDeliveryChannelException", text)
}
