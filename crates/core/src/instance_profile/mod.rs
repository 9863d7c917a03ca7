//! EC2 instances: each has an instance profile, and its role grants no more than it must.
//!
//! A role is judged once, however many instances have it: [`judge_role`] looks at its policies,
//! [`judge_instance`] at one instance and the verdict on its role.

mod recorded;
mod requirements;
mod role;
mod verdict;

pub use recorded::{EXPRESSION, RESOURCE_TYPE, Recorded, RowError};
pub use requirements::{Exemption, ManagedPolicies, Requirements};
pub use role::{Detail, PolicyView, RoleVerdict, RoleView, counts, judge_role};
pub use verdict::{InstanceVerdict, Permissions, judge_instance};
