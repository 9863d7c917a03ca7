//! One trait for each thing that the product asks of an AWS account.
//!
//! Readers and writers are separate, so that the evaluator cannot hold a writer.

mod buckets;
mod clock;
mod config_service;
mod instances;
mod inventory;
mod keys;
mod notifier;
mod organization;
mod roles;
mod trails;

pub use buckets::{BucketReader, BucketWriter};
pub use clock::Clock;
pub use config_service::ConfigService;
pub use instances::InstanceReader;
pub use inventory::{Inventory, Page};
pub use keys::{KeyReader, KeyWriter};
pub use notifier::Notifier;
pub use organization::{CallerIdentity, OrganizationReader};
pub use roles::RoleReader;
pub use trails::{TrailReader, TrailWriter};
