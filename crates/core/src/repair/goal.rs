//! What a repair is to reach, and within which bounds.

use jiff::{SignedDuration, Timestamp};

use crate::baseline::Baseline;
use crate::cloudtrail::Requirements;
use crate::identity::Arn;
use crate::remediation::{Mode, RepairRequest};

/// The wanted trail and what the repair may do to get there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    /// The trail's name or ARN.
    pub trail: String,
    /// The bucket that must take its log files.
    pub bucket: String,
    /// What the trail must be.
    pub requirements: Requirements,
    /// Create it as an organization trail, where this account can.
    pub create_as_organization_trail: bool,
    /// Turn an existing account trail into an organization trail.
    pub convert_to_organization_trail: bool,
    /// With the named trail absent: repair the best existing one instead of creating another.
    pub adopt_existing_trail: bool,
    /// Enable the key, cancel its deletion and merge its policy where needed.
    pub repair_key: bool,
    /// Make the bucket where it does not exist.
    pub recreate_bucket: bool,
    /// Only say what would be done.
    pub plan_only: bool,
}

impl From<&RepairRequest> for Goal {
    fn from(request: &RepairRequest) -> Self {
        Self {
            trail: request.trail.clone(),
            bucket: request.bucket.clone(),
            requirements: request.requirements(),
            create_as_organization_trail: request.create_as_organization_trail,
            convert_to_organization_trail: request.convert_to_organization_trail,
            adopt_existing_trail: request.adopt_existing_trail,
            repair_key: request.repair_key,
            recreate_bucket: request.recreate_bucket,
            plan_only: request.mode == Mode::Plan,
        }
    }
}

impl Goal {
    /// The trail's ARN, where it was given as one.
    pub fn trail_arn(&self) -> Option<Arn> {
        self.trail.parse().ok()
    }

    /// The goal with what a baseline says of the trail where no parameter does.
    pub(super) fn with(&self, before: &Baseline) -> Self {
        let mut goal = self.clone();
        let wanted = &mut goal.requirements;
        let fill = |wanted: &mut Option<String>, before: &Option<String>| {
            if wanted.is_none() {
                wanted.clone_from(before);
            }
        };
        fill(&mut wanted.kms_key_id, &before.key);
        fill(&mut wanted.key_prefix, &before.key_prefix);
        fill(&mut wanted.sns_topic, &before.sns_topic_arn);
        if wanted.log_group_arn.is_none() && before.log_group_arn.is_some() {
            wanted.log_group_arn.clone_from(&before.log_group_arn);
            fill(&mut wanted.log_group_role_arn, &before.log_group_role_arn);
        }
        goal
    }

    /// The trail's bare name.
    pub fn trail_name(&self) -> String {
        self.trail_arn()
            .map_or_else(|| self.trail.clone(), |arn| arn.name().to_owned())
    }
}

/// The bounds of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// When the run must have ended.
    pub deadline: Timestamp,
    /// The longest that one call can take; none is started later than this before the deadline.
    pub call_time: SignedDuration,
    /// A random value of the caller's, for jitter.
    pub seed: u64,
}

impl Limits {
    /// Whether an action that starts at `start` can end in time.
    pub(super) fn leave_room_at(&self, start: Timestamp) -> bool {
        start
            .checked_add(self.call_time)
            .is_ok_and(|end| end <= self.deadline)
    }
}
