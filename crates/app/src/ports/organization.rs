//! AWS Organizations and STS.

use async_trait::async_trait;
use trailkeeper_core::facts::OrganizationFacts;
use trailkeeper_core::{AccountId, CallError};

/// Reads of the account's organization.
#[async_trait]
pub trait OrganizationReader: Send + Sync {
    /// DescribeOrganization, and ListDelegatedAdministrators for CloudTrail where the account is
    /// not the management account. None: the account belongs to no organization.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn organization(
        &self,
        account: &AccountId,
    ) -> Result<Option<OrganizationFacts>, CallError>;
}

/// Who the credentials belong to.
#[async_trait]
pub trait CallerIdentity: Send + Sync {
    /// GetCallerIdentity: the account and the partition of its ARN.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn caller(&self) -> Result<(AccountId, String), CallError>;
}
