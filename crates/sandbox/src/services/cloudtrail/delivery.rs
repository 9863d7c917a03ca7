//! What trails deliver as time passes.

use std::cell::LazyCell;

use jiff::{SignedDuration, Timestamp};

use super::destination::{self, Files};
use super::files::{self, File, Taken};
use super::trail::{DELIVERY, DIGEST, Trail};
use super::{find, reach};
use crate::seed::{LastDelivery, TrailStatus};
use crate::world::World;

/// Delivers, or fails to, what falls due between now and `to`. Buckets and keys do not change
/// meanwhile, so that of all deliveries of a kind the last one tells the outcome.
pub(crate) fn pass_time(world: &mut World, to: Timestamp) {
    let trails = world.services.cloudtrail.trails.values();
    let trails: Vec<_> = trails
        .filter_map(|trail| deliver(world, trail, to))
        .collect();
    for (trail, files) in trails {
        let state = &mut world.services.cloudtrail;
        state.trails.insert(trail.arn.clone(), trail);
        files::store(world, files);
    }
}

/// The trail after its deliveries up to `to`, and the files if they are kept; none if nothing was
/// due.
fn deliver(world: &World, trail: &Trail, to: Timestamp) -> Option<(Trail, Vec<File>)> {
    let logs = last_due(trail.next_delivery, DELIVERY, to);
    let digests = last_due(trail.next_digest, DIGEST, to);
    if logs.is_none() && digests.is_none() {
        return None;
    }
    let mut after = trail.clone();
    let mut files = Vec::new();
    // the same from every Region: one bucket, one key
    let refused = LazyCell::new(|| error(world, trail, Files::Logs));
    let refused_digests = LazyCell::new(|| error(world, trail, Files::Digests));
    for region in find::regions(world, trail) {
        let mut status = trail.status_in(&region);
        if let Some(at) = logs.filter(|_| status.is_logging) {
            deliver_logs(world, trail, &mut status, &refused, at);
        }
        let validated = trail.settings.log_file_validation_enabled;
        if let Some(at) = digests.filter(|_| status.is_logging && validated) {
            settle(&mut status.digest, refused_digests.clone(), at);
        }
        if world.services.cloudtrail.keep_files && status.is_logging {
            let taken = Taken {
                logs: refused.is_none(),
                digests: validated && refused_digests.is_none(),
            };
            files.extend(files::deliver(world, &mut after, &region, taken, to));
        }
        after.status.insert(region, status);
    }
    after.next_delivery = logs.map_or(trail.next_delivery, |at| at + DELIVERY);
    after.next_digest = digests.map_or(trail.next_digest, |at| at + DIGEST);
    Some((after, files))
}

fn last_due(first: Timestamp, every: SignedDuration, to: Timestamp) -> Option<Timestamp> {
    let waited = to.duration_since(first).as_secs();
    let behind = waited.checked_rem(every.as_secs()).unwrap_or_default();
    (first <= to).then(|| first + SignedDuration::from_secs(waited - behind))
}

fn deliver_logs(
    world: &World,
    trail: &Trail,
    status: &mut TrailStatus,
    failed: &Option<String>,
    at: Timestamp,
) {
    let settings = &trail.settings;
    // nothing is announced that was not delivered; CloudWatch Logs does not depend on the bucket
    let topic = settings.sns_topic_arn.as_ref();
    if let Some(topic) = topic.filter(|_| failed.is_none()) {
        let error = reach::topic_error(world, topic, &trail.arn);
        settle(&mut status.notification, error, at);
    }
    let group = settings.cloud_watch_logs_log_group_arn.as_ref();
    if let (Some(group), Some(role)) = (group, settings.cloud_watch_logs_role_arn.as_ref()) {
        let error = reach::logs_error(world, group, role).map(str::to_owned);
        settle(&mut status.cloud_watch_logs, error, at);
    }
    settle(&mut status.delivery, failed.clone(), at);
}

fn error(world: &World, trail: &Trail, files: Files) -> Option<String> {
    let foreign = trail.account != world.account_id;
    let bucket_known = world
        .services
        .s3
        .buckets
        .contains_key(&trail.settings.s3_bucket_name);
    if foreign && !bucket_known {
        // another account's trail delivers to a bucket that this account need not know
        return None;
    }
    let trouble = destination::trouble(world, trail, files)?;
    Some(destination::delivery_error(trouble).to_owned())
}

/// An error stays until the next good delivery.
fn settle(last: &mut LastDelivery, error: Option<String>, at: Timestamp) {
    if error.is_none() {
        last.time = Some(at);
    }
    last.error = error;
}
