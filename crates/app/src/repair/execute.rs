//! Writes, one at a time, each exactly as planned.

use trailkeeper_core::repair::{Effect, Step};
use trailkeeper_core::{Arn, CallError, ErrorClass, Region};

use super::RepairPorts;

/// Makes the write and says whether it added or updated something.
pub(super) async fn perform(ports: &RepairPorts, step: &Step) -> Result<Effect, CallError> {
    let trails = &ports.trail_writer;
    match step {
        Step::StartLogging(arn) => trails.start_logging(&home(step, arn)?, arn).await?,
        Step::PutBucketPolicy {
            bucket,
            region,
            owner,
            policy,
            existed,
        } => {
            ports
                .bucket_writer
                .put_bucket_policy(bucket, region, owner, policy)
                .await?;
            return Ok(written(*existed));
        }
        Step::CreateBucket { bucket, region } => {
            ports.settings_writer.create_bucket(bucket, region).await?;
            return Ok(Effect::Added);
        }
        Step::PutBucketSetting {
            bucket,
            region,
            owner,
            setting,
            document,
            existed,
        } => {
            ports
                .settings_writer
                .put_setting(bucket, region, owner, *setting, document.as_deref())
                .await?;
            return Ok(written(*existed));
        }
        Step::AddTags(arn, tags) => {
            let region = home(step, arn)?;
            ports.tag_writer.add_tags(&region, arn, tags).await?;
        }
        Step::CancelKeyDeletion(arn) => ports.key_writer.cancel_key_deletion(arn).await?,
        Step::EnableKey(arn) => ports.key_writer.enable_key(arn).await?,
        Step::PutKeyPolicy { key, policy } => ports.key_writer.put_key_policy(key, policy).await?,
        Step::CreateTrail(region, trail) => {
            trails.create_trail(region, trail).await?;
            return Ok(Effect::Added);
        }
        Step::UpdateTrail(update) => {
            trails
                .update_trail(&home(step, &update.arn)?, update)
                .await?;
        }
        Step::PutEventSelectors(arn, selectors) => {
            trails
                .put_event_selectors(&home(step, arn)?, arn, selectors)
                .await?;
        }
        Step::PutInsightSelectors(arn, selectors) => {
            trails
                .put_insight_selectors(&home(step, arn)?, arn, selectors)
                .await?;
        }
    }
    Ok(Effect::Updated)
}

fn written(existed: bool) -> Effect {
    if existed {
        Effect::Updated
    } else {
        Effect::Added
    }
}

/// The home Region, where alone a trail can be changed.
fn home(step: &Step, arn: &Arn) -> Result<Region, CallError> {
    arn.region().ok_or_else(|| CallError {
        operation: step.kind().operation(),
        resource: arn.to_string(),
        code: "CloudTrailARNInvalidException".to_owned(),
        message: "the trail's ARN names no region".to_owned(),
        class: ErrorClass::Refused,
    })
}
