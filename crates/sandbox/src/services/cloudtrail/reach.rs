//! Whether a trail's notifications and its events for CloudWatch Logs arrive.

use super::grant;
use crate::services::{iam, sns};
use crate::world::World;

const SERVICE: &str = "cloudtrail.amazonaws.com";

/// Why the notifications of the trail of this ARN do not arrive. What a seed says of the topic
/// counts before its policy.
pub(super) fn topic_error(world: &World, topic: &str, trail: &str) -> Option<String> {
    if let Some(seeded) = world.services.cloudtrail.topics.get(topic) {
        return seeded.clone();
    }
    match sns::policy_of(world, topic) {
        None => Some("NotFound".to_owned()),
        Some(policy) if may_publish(topic, trail, policy) => None,
        Some(_) => Some("AuthorizationError".to_owned()),
    }
}

/// SNS's own policy lets nobody in but the topic's owner.
fn may_publish(topic: &str, trail: &str, policy: Option<&str>) -> bool {
    policy.is_some_and(|policy| grant::may_publish(policy, topic, trail))
}

/// Why events do not arrive in a log group.
pub(super) fn logs_error(world: &World, group: &str, role: &str) -> Option<&'static str> {
    if !role_is_usable(world, role) {
        Some("AccessDenied")
    } else if world.services.cloudtrail.log_groups.contains(group) {
        None
    } else {
        Some("ResourceNotFoundException")
    }
}

/// Whether CloudTrail can take the role on and write with it: by IAM where IAM knows the role,
/// else as it was set up.
pub(super) fn role_is_usable(world: &World, role: &str) -> bool {
    match iam::serves(
        world,
        role,
        SERVICE,
        &["logs:CreateLogStream", "logs:PutLogEvents"],
    ) {
        Some(serves) => serves,
        None => world.services.cloudtrail.log_roles.get(role) == Some(&true),
    }
}
