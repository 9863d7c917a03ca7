//! One trait for each thing that the product asks of an AWS account.
//!
//! Readers and writers are separate, so that the evaluator cannot hold a writer.

mod buckets;
mod clock;
mod config_service;
mod keys;
mod organization;
mod trails;

pub use buckets::{BucketReader, BucketWriter};
pub use clock::Clock;
pub use config_service::ConfigService;
pub use keys::{KeyReader, KeyWriter};
pub use organization::{CallerIdentity, OrganizationReader};
pub use trails::{TrailReader, TrailWriter};
