//! IAM users that exist already.

use std::collections::BTreeMap;

use crate::services::iam;
use crate::world::World;

/// A user to set up; the default has a name only where one is given, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserSeed {
    /// The name.
    pub name: String,
    /// The inline policies: name and document.
    pub inline_policies: BTreeMap<String, String>,
    /// The ARNs of the attached policies; they need not exist.
    pub attached_policies: Vec<String>,
    /// The names of the groups.
    pub groups: Vec<String>,
    /// The ids of the access keys, and whether each is active.
    pub access_keys: Vec<(String, bool)>,
}

impl World {
    /// Sets up a user, in place of one of the same name.
    pub fn seed_user(&mut self, seed: UserSeed) {
        iam::seed_user(self, seed);
    }
}
