//! Reads, several at a time.

use futures::future::join_all;
use trailkeeper_core::repair::{Answer, Request};
use trailkeeper_core::{Arn, CallError, Caller, Region};

use super::RepairPorts;

/// Makes the reads concurrently and returns each with its result.
pub(super) async fn read_all(
    ports: &RepairPorts,
    caller: &Caller,
    requests: Vec<Request>,
) -> Vec<(Request, Result<Answer, CallError>)> {
    let reads = requests.into_iter().map(|request| async move {
        let result = read(ports, caller, &request).await;
        (request, result)
    });
    join_all(reads).await
}

async fn read(
    ports: &RepairPorts,
    caller: &Caller,
    request: &Request,
) -> Result<Answer, CallError> {
    let home = |arn: &Arn| home_of(arn, caller);
    let trails = &ports.trails;
    Ok(match request {
        Request::Trails(region, arn) => {
            let names: Vec<String> = arn.iter().map(Arn::to_string).collect();
            Answer::Trails(trails.describe_trails(region, &names).await?)
        }
        Request::AllTrails(region) => Answer::AllTrails(trails.list_trails(region).await?),
        Request::Organization => {
            Answer::Organization(ports.organization.organization(&caller.account).await?)
        }
        Request::Status(arn) => Answer::Status(trails.trail_status(&home(arn), arn).await?),
        Request::Selectors(arn) => {
            Answer::Selectors(trails.event_selectors(&home(arn), arn).await?)
        }
        Request::Insights(arn) => {
            Answer::Insights(trails.insight_selectors(&home(arn), arn).await?)
        }
        Request::Bucket(name, hint, owner) => {
            Answer::Bucket(ports.buckets.bucket(name, hint, owner).await?)
        }
        Request::OwnsBucket(name, region) => {
            Answer::OwnsBucket(ports.buckets.owns_bucket(name, region).await?)
        }
        Request::Key(id, region) => Answer::Key(ports.keys.describe_key(id, region).await?),
        Request::KeyPolicy(arn) => Answer::KeyPolicy(ports.keys.key_policy(arn).await?),
        Request::Tags(arn) => Answer::Tags(ports.tags.tags(&home(arn), arn).await?),
        Request::Object(bucket, region, owner, key) => {
            Answer::Object(ports.objects.object(bucket, region, owner, key).await?)
        }
        Request::Setting(bucket, region, owner, setting) => {
            let read = ports.settings.setting(bucket, region, owner, *setting);
            Answer::Setting(read.await?)
        }
    })
}

/// A trail's home Region, which its ARN names.
pub(super) fn home_of(arn: &Arn, caller: &Caller) -> Region {
    arn.region().unwrap_or_else(|| caller.region.clone())
}
