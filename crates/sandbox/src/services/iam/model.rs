//! What IAM holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::user::User;

/// The roles by name, the profiles by name, the managed policies by ARN.
///
/// The maps are shared with the states kept of earlier times, until one of them changes.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(super) roles: Arc<BTreeMap<String, Role>>,
    pub(super) profiles: Arc<BTreeMap<String, Profile>>,
    pub(super) policies: Arc<BTreeMap<String, Policy>>,
    /// The users by name.
    pub(super) users: Arc<BTreeMap<String, User>>,
    /// How many access keys were made.
    pub(super) keys_made: u32,
    /// How long EC2 does not see a profile after it was made.
    pub(crate) propagation: SignedDuration,
}

impl Default for State {
    fn default() -> Self {
        Self {
            roles: Arc::default(),
            profiles: Arc::default(),
            policies: Arc::default(),
            users: Arc::default(),
            keys_made: 0,
            propagation: SignedDuration::from_secs(8),
        }
    }
}

impl State {
    pub(super) fn roles_mut(&mut self) -> &mut BTreeMap<String, Role> {
        Arc::make_mut(&mut self.roles)
    }

    pub(super) fn profiles_mut(&mut self) -> &mut BTreeMap<String, Profile> {
        Arc::make_mut(&mut self.profiles)
    }

    pub(super) fn policies_mut(&mut self) -> &mut BTreeMap<String, Policy> {
        Arc::make_mut(&mut self.policies)
    }

    pub(super) fn users_mut(&mut self) -> &mut BTreeMap<String, User> {
        Arc::make_mut(&mut self.users)
    }

    /// The profiles that hold the role.
    pub(super) fn profiles_of<'a>(&'a self, role: &'a str) -> impl Iterator<Item = &'a Profile> {
        let profiles = self.profiles.values();
        profiles.filter(move |profile| profile.role.as_deref() == Some(role))
    }

    /// For each policy on how many roles it is, and of how many it is the boundary.
    pub(super) fn uses(&self) -> BTreeMap<&str, (usize, usize)> {
        let mut uses: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for role in self.roles.values() {
            for arn in &role.attached {
                uses.entry(arn).or_default().0 += 1;
            }
            if let Some(arn) = &role.boundary {
                uses.entry(arn).or_default().1 += 1;
            }
        }
        uses
    }

    /// How many roles the policy is attached to.
    pub(super) fn attachments(&self, arn: &str) -> usize {
        let has = |role: &&Role| role.attached.iter().any(|one| one == arn);
        self.roles.values().filter(has).count()
    }

    /// How many roles have the policy as their boundary.
    pub(super) fn boundaries(&self, arn: &str) -> usize {
        let has = |role: &&Role| role.boundary.as_deref() == Some(arn);
        self.roles.values().filter(has).count()
    }
}

/// A role.
#[derive(Debug, Clone)]
pub(super) struct Role {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) created: Timestamp,
    pub(super) trust: String,
    pub(super) description: Option<String>,
    pub(super) max_session: u64,
    /// The ARN of its permissions boundary.
    pub(super) boundary: Option<String>,
    /// Inline policies: name and document.
    pub(super) inline: BTreeMap<String, String>,
    /// The ARNs of the managed policies, in the order in which they were attached.
    pub(super) attached: Vec<String>,
    pub(super) tags: BTreeMap<String, String>,
}

/// An instance profile.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) created: Timestamp,
    /// Its role, by name. A seed may name one that does not exist.
    pub(super) role: Option<String>,
    /// From when on EC2 knows it.
    pub(super) propagated: Timestamp,
    pub(super) tags: BTreeMap<String, String>,
}

/// A managed policy.
#[derive(Debug, Clone)]
pub(super) struct Policy {
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) path: String,
    pub(super) description: Option<String>,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
    /// The number of the version in force.
    pub(super) default: u32,
    /// By number; numbers are never used again.
    pub(super) versions: BTreeMap<u32, PolicyVersion>,
    /// The next version's number.
    pub(super) next: u32,
    pub(super) tags: BTreeMap<String, String>,
}

impl Policy {
    pub(super) fn is_aws_managed(&self) -> bool {
        self.arn.split(':').nth(4) == Some("aws")
    }
}

/// A version of a managed policy, which never changes.
#[derive(Debug, Clone)]
pub(super) struct PolicyVersion {
    pub(super) document: Arc<str>,
    pub(super) created: Timestamp,
}
