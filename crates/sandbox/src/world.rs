//! The state of the account, all services together, and the virtual clock.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::services::Services;

/// The account's place in an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OrganizationRole {
    /// The account belongs to no organization.
    #[default]
    Standalone,
    /// A member account without further rights.
    Member,
    /// The management account.
    Management,
    /// A member that is registered as delegated administrator for CloudTrail.
    DelegatedAdministrator,
}

/// Everything the account holds.
#[derive(Debug, Clone)]
pub struct World {
    /// The account that makes the calls, 12 digits.
    pub account_id: String,
    /// `aws`, `aws-cn`, `aws-us-gov` and so on.
    pub partition: String,
    /// The Region that the sandbox reports as its own.
    pub region: String,
    /// The Regions enabled in the account.
    pub enabled_regions: BTreeSet<String>,
    /// Virtual time.
    pub(crate) now: Timestamp,
    /// The state of each service.
    pub(crate) services: Services,
}

impl World {
    /// An empty account in the commercial partition with four Regions, at `now`.
    pub fn new(account_id: &str, region: &str, now: Timestamp) -> Self {
        let mut enabled_regions: BTreeSet<String> =
            ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1"]
                .map(String::from)
                .into();
        enabled_regions.insert(region.to_owned());
        Self {
            account_id: account_id.to_owned(),
            partition: "aws".to_owned(),
            region: region.to_owned(),
            enabled_regions,
            now,
            services: Services::default(),
        }
    }

    /// Virtual time.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Moves the virtual clock on and lets the services do what they do with time: trails deliver
    /// or fail to, periodic rules fall due.
    pub fn advance(&mut self, by: SignedDuration) {
        let Ok(to) = self.now.checked_add(by) else {
            return;
        };
        crate::services::pass_time(self, to);
        self.now = to;
        crate::services::follow(self);
    }
}
