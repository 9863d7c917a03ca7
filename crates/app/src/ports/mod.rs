//! One trait for each thing that the product asks of an AWS account.
//!
//! Readers and writers are separate, so that the evaluator cannot hold a writer.

mod automation;
mod bucket_settings;
mod buckets;
mod clock;
mod config_service;
mod event_rules;
mod guarded;
mod history;
mod instances;
mod inventory;
mod keys;
mod notifier;
mod objects;
mod organization;
mod roles;
mod trail_tags;
mod trails;

pub use automation::{AutomationReader, AutomationStart, AutomationStarter, MOST_PAGES_OF_RUNS};
pub use bucket_settings::{BucketSettingsReader, BucketSettingsWriter};
pub use buckets::{BucketReader, BucketWriter};
pub use clock::Clock;
pub use config_service::ConfigService;
pub use event_rules::{EventRuleReader, EventRuleWriter, EventSink};
pub use guarded::{DetectorReader, FunctionReader, RemediationReader, RemediationWriter};
pub use history::{HistoryAttribute, HistoryReader};
pub use instances::InstanceReader;
pub use inventory::{Inventory, Page};
pub use keys::{KeyReader, KeyWriter};
pub use notifier::Notifier;
pub use objects::{MOST_OBJECT_BYTES, ObjectReader, ObjectWriter};
pub use organization::{CallerIdentity, OrganizationReader};
pub use roles::RoleReader;
pub use trail_tags::{TagReader, TagWriter};
pub use trails::{TrailReader, TrailWriter};
