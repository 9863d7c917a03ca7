//! The account's organization.

use crate::identity::AccountId;

/// What DescribeOrganization and ListDelegatedAdministrators say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationFacts {
    /// The organization's id: `o-exampleorgid`.
    pub id: String,
    /// The management account.
    pub management_account: AccountId,
    /// Whether this account is registered as delegated administrator for CloudTrail.
    pub is_delegated_administrator: bool,
}
