//! The ports of the product, answered by AWS.
//!
//! Architecture invariant: the only crate that names the AWS SDK. One adapter per service does
//! three things and no more: it fills a request, it sends it to the right Region, and it turns
//! the answer or the error into our own types. It takes no decision about a trail or a role. EC2
//! has no crate of the SDK here: its one request goes over the machinery under all of them.
//!
//! The permissions of each adapter are the operations in `trailkeeper_core::operation`, with two
//! exceptions of naming and need: IAM calls ListBuckets `s3:ListAllMyBuckets`, and the HeadBucket
//! that may follow a redirect needs no permission, because S3 names the bucket's Region even
//! where it refuses the request.

mod buckets;
mod clock;
mod config_service;
mod convert;
mod endpoint;
mod error;
mod identity;
mod instances;
mod inventory;
mod keys;
mod notifier;
mod organization;
mod pages;
mod roles;
mod session;
mod trails;

pub use buckets::Buckets;
pub use clock::SystemClock;
pub use config_service::ConfigRules;
pub use identity::Identity;
pub use instances::Instances;
pub use inventory::ConfigInventory;
pub use keys::Keys;
pub use notifier::Topics;
pub use organization::Organization;
pub use roles::Roles;
pub use session::{Session, SessionError, SessionSettings, https_client};
pub use trails::Trails;
