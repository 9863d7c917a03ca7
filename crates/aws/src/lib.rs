//! The ports of the product, answered by AWS.
//!
//! Architecture invariant: the only crate that names the AWS SDK. One adapter per service does
//! three things and no more: it fills a request, it sends it to the right Region, and it turns
//! the answer or the error into our own types. It takes no decision about a trail or a role. EC2,
//! Systems Manager, EventBridge, Lambda and GuardDuty have no crate of the SDK here: their few
//! requests go over the machinery under all of them.
//!
//! The permissions of each adapter are the operations in `trailkeeper_core::operation`, with
//! exceptions of naming and need: IAM has names of its own for several operations of S3
//! (ListBuckets is `s3:ListAllMyBuckets`), one permission for the putting and the deleting of a
//! lifecycle configuration, and the HeadBucket that may follow a redirect needs none, because S3
//! names the bucket's Region even where it refuses the request.

mod automation;
mod buckets;
mod bundles;
mod clock;
mod config_service;
mod convert;
mod detectors;
mod endpoint;
mod error;
mod event_bus;
mod functions;
mod identity;
mod instances;
mod inventory;
mod keys;
mod notifier;
mod organization;
mod pages;
mod roles;
mod service_call;
mod session;
mod trails;

pub use automation::Automation;
pub use buckets::Buckets;
pub use clock::SystemClock;
pub use config_service::ConfigRules;
pub use detectors::Detectors;
pub use event_bus::EventBus;
pub use functions::Functions;
pub use identity::Identity;
pub use instances::Instances;
pub use inventory::ConfigInventory;
pub use keys::Keys;
pub use notifier::Topics;
pub use organization::Organization;
pub use roles::Roles;
pub use session::{Session, SessionError, SessionSettings, https_client};
pub use trails::Trails;
