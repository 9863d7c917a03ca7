//! The trail as it should be: what is there, with what is required laid over it.

use super::goal::Goal;
use crate::facts::Trail;
use crate::identity::{Arn, Caller};

/// The parts of the wanted trail that had to be worked out first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Resolved {
    /// The ARN of the key to use; none keeps what is there.
    pub(crate) key: Option<String>,
    /// The account in whose name a new organization trail is made.
    pub(crate) organization_owner: Option<String>,
    /// Whether the topic is left out because CloudTrail refused it.
    pub(crate) without_topic: bool,
    /// Whether the log group is left out because CloudTrail refused it.
    pub(crate) without_log_group: bool,
}

/// Lays the requirements over `current`, or over an empty trail where there is none. A flag that
/// is not required stays as it is.
pub(crate) fn desired(
    goal: &Goal,
    caller: &Caller,
    current: Option<&Trail>,
    resolved: &Resolved,
) -> Trail {
    let wanted = &goal.requirements;
    let mut trail = current
        .cloned()
        .unwrap_or_else(|| blank(goal, caller, resolved));
    trail.bucket.clone_from(&goal.bucket);
    // a baseline's empty prefix takes one away, where there is one
    let has_prefix = trail.key_prefix.as_ref().is_some_and(|one| !one.is_empty());
    let prefix = wanted.key_prefix.as_ref();
    let prefix = prefix.filter(|prefix| has_prefix || !prefix.is_empty());
    keep_or_set(&mut trail.key_prefix, prefix);
    require(&mut trail.is_multi_region, wanted.multi_region);
    require(
        &mut trail.include_global_service_events,
        wanted.global_service_events || wanted.multi_region,
    );
    require(&mut trail.log_file_validation, wanted.log_file_validation);
    require(
        &mut trail.is_organization_trail,
        resolved.organization_owner.is_some(),
    );
    keep_or_set(&mut trail.kms_key_id, resolved.key.as_ref());
    if !resolved.without_topic && !has_topic(&trail, wanted.sns_topic.as_deref()) {
        keep_or_set(&mut trail.sns_topic_arn, wanted.sns_topic.as_ref());
    }
    if !resolved.without_log_group {
        let group = wanted.log_group_arn.as_deref().map(with_streams);
        keep_or_set(&mut trail.log_group_arn, group.as_ref());
        keep_or_set(
            &mut trail.log_group_role_arn,
            wanted.log_group_role_arn.as_ref(),
        );
    }
    trail
}

fn require(flag: &mut Option<bool>, required: bool) {
    if required {
        *flag = Some(true);
    }
}

fn keep_or_set(field: &mut Option<String>, wanted: Option<&String>) {
    if let Some(wanted) = wanted {
        *field = Some(wanted.clone());
    }
}

/// A log group's ARN as CloudTrail takes and shows it; people leave the `:*` out.
fn with_streams(group: &str) -> String {
    format!("{}:*", group.strip_suffix(":*").unwrap_or(group))
}

/// Whether the trail notifies the wanted topic, which may be given by name.
fn has_topic(trail: &Trail, wanted: Option<&str>) -> bool {
    let seen = trail.sns_topic_arn.as_deref();
    match (seen, wanted) {
        (Some(seen), Some(wanted)) => {
            seen == wanted
                || seen
                    .rsplit_once(':')
                    .is_some_and(|(_, name)| name == wanted)
        }
        _ => false,
    }
}

/// A trail that does not exist yet, at home in the Region of the ARN or of the caller. An
/// organization trail bears the management account's id, whoever creates it.
fn blank(goal: &Goal, caller: &Caller, resolved: &Resolved) -> Trail {
    let given = goal.trail_arn();
    let home = given
        .as_ref()
        .and_then(Arn::region)
        .unwrap_or_else(|| caller.region.clone());
    let owner = resolved
        .organization_owner
        .as_deref()
        .unwrap_or(caller.account.as_str());
    let name = goal.trail_name();
    Trail {
        arn: Arn {
            partition: caller.partition.clone(),
            service: "cloudtrail".to_owned(),
            region: home.to_string(),
            account: owner.to_owned(),
            resource: format!("trail/{name}"),
        },
        name,
        home_region: home,
        bucket: goal.bucket.clone(),
        key_prefix: None,
        sns_topic_arn: None,
        include_global_service_events: Some(false),
        is_multi_region: Some(false),
        log_file_validation: Some(false),
        is_organization_trail: Some(false),
        kms_key_id: None,
        log_group_arn: None,
        log_group_role_arn: None,
    }
}
