//! State set up past the rules of the API: for tests, scenarios and the demo.

mod bucket;
mod detector;
mod document;
mod event_rule;
mod function;
mod instance;
mod key;
mod organization;
mod role;
mod rule;
mod topic;
mod trail;
mod user;

pub use bucket::{BucketSeed, cloudtrail_bucket_policy};
pub use detector::DetectorSeed;
pub use document::DocumentSeed;
pub use event_rule::EventRuleSeed;
pub use function::{FunctionSeed, PermissionSeed};
pub use instance::{InstanceSeed, InstanceStatus};
pub use key::{KeySeed, KeyState, cloudtrail_key_policy};
pub use organization::OrganizationSeed;
pub use role::{InstanceProfileSeed, ManagedPolicySeed, RoleSeed};
pub use rule::{EvaluationSeed, RecorderSeed, ResultTokenSeed, RuleSeed};
pub use topic::PublishedMessage;
pub use trail::{
    Actor, EventSeed, EventSelectors, LastDelivery, TrailSeed, TrailSettings, TrailStatus,
};
pub use user::UserSeed;
