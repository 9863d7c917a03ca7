//! What is wanted of the instances.

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::Date;

use crate::finding::Severity;
use crate::identity::Arn;

/// What is done with findings about policies that AWS manages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ManagedPolicies {
    /// They count as any other.
    #[default]
    Judge,
    /// They are left out. What such a policy denies still counts.
    Ignore,
}

/// A role whose policies are not judged for a time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exemption {
    /// The role, path included.
    pub role: Arn,
    /// The last day (UTC) on which the exemption holds.
    pub last_day: Date,
}

impl fmt::Display for Exemption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.role, self.last_day)
    }
}

/// What the rule `instance-profile` demands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirements {
    /// The profiles that an instance may have; none: any.
    pub allowed_profiles: BTreeSet<Arn>,
    /// Whether grants count that are broad only by their actions.
    pub wildcard_actions: bool,
    /// Whether grants count that are broad only by their resources.
    pub wildcard_resources: bool,
    /// Whether policies of AWS are judged.
    pub aws_managed: ManagedPolicies,
    /// From this severity on a finding about a policy counts.
    pub minimum_severity: Severity,
    /// Roles that are not judged for a time.
    pub exempt_roles: BTreeSet<Exemption>,
}

impl Default for Requirements {
    /// The defaults of the rule's parameters. Below medium are reads, and grants that cannot be
    /// narrowed: too many of them to act on.
    fn default() -> Self {
        Self {
            allowed_profiles: BTreeSet::new(),
            wildcard_actions: true,
            wildcard_resources: true,
            aws_managed: ManagedPolicies::Judge,
            minimum_severity: Severity::Medium,
            exempt_roles: BTreeSet::new(),
        }
    }
}

impl Requirements {
    /// Until when `role` is exempt, where it is on the day `today`.
    pub fn exempt_until(&self, role: &Arn, today: Date) -> Option<Date> {
        self.last_day(role).filter(|last_day| *last_day >= today)
    }

    /// When the exemption of `role` ended, where it did.
    pub fn exemption_ended(&self, role: &Arn, today: Date) -> Option<Date> {
        self.last_day(role).filter(|last_day| *last_day < today)
    }

    /// Of a role that is named twice the later day.
    fn last_day(&self, role: &Arn) -> Option<Date> {
        let named = self.exempt_roles.iter().filter(|one| one.role == *role);
        named.map(|one| one.last_day).max()
    }
}
