//! State set up past the rules of the API: for tests, scenarios and the demo.

mod bucket;
mod key;
mod organization;

pub use bucket::{BucketSeed, cloudtrail_bucket_policy};
pub use key::{KeySeed, KeyState, cloudtrail_key_policy};
pub use organization::OrganizationSeed;
