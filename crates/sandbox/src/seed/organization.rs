//! The account's organization.

use crate::world::{OrganizationRole, World};

/// An organization to set up. The default is a healthy one, with all features and trusted access
/// for CloudTrail, seen from its management account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationSeed {
    /// The sandbox's account in it; `Standalone` takes the account out.
    pub role: OrganizationRole,
    /// The organization's id, `o-` and at least ten letters or digits.
    pub organization_id: String,
    /// The management account; none: the sandbox's account where that is its role, else
    /// `999999999999`.
    pub management_account: Option<String>,
    /// Whether all features are on; false: consolidated billing only.
    pub all_features: bool,
    /// Whether CloudTrail has trusted access.
    pub cloudtrail_trusted_access: bool,
    /// The delegated administrators for CloudTrail, without the sandbox's account, which its role
    /// adds.
    pub delegated_administrators: Vec<String>,
}

impl Default for OrganizationSeed {
    fn default() -> Self {
        Self {
            role: OrganizationRole::Management,
            organization_id: "o-exampleorg1".to_owned(),
            management_account: None,
            all_features: true,
            cloudtrail_trusted_access: true,
            delegated_administrators: Vec::new(),
        }
    }
}

impl World {
    /// Puts the account into an organization, in place of the one before.
    pub fn seed_organization(&mut self, seed: OrganizationSeed) {
        let now = self.now();
        let own = self.account_id.clone();
        let state = &mut self.services.organizations;
        let management = seed.management_account;
        state.management_account = match seed.role {
            OrganizationRole::Management => management.unwrap_or_else(|| own.clone()),
            _ => management.unwrap_or_else(|| "999999999999".to_owned()),
        };
        state.delegated_administrators = seed.delegated_administrators;
        if seed.role == OrganizationRole::DelegatedAdministrator {
            state.delegated_administrators.insert(0, own);
        }
        state.role = seed.role;
        state.organization_id = seed.organization_id;
        state.all_features = seed.all_features;
        state.cloudtrail_trusted_access = seed.cloudtrail_trusted_access;
        state.since = now;
    }
}
