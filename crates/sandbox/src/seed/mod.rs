//! State set up past the rules of the API: for tests, scenarios and the demo.

mod bucket;
mod key;
mod organization;
mod trail;

pub use bucket::{BucketSeed, cloudtrail_bucket_policy};
pub use key::{KeySeed, KeyState, cloudtrail_key_policy};
pub use organization::OrganizationSeed;
pub use trail::{
    Actor, EventSeed, EventSelectors, LastDelivery, TrailSeed, TrailSettings, TrailStatus,
};
