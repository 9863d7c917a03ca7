//! IAM.

use async_trait::async_trait;
use trailkeeper_core::facts::{
    AccountDetails, AccountSummary, AttachedPolicy, InstanceProfileFacts, ManagedPolicy, RoleFacts,
};
use trailkeeper_core::{Arn, CallError};

/// Reads of instance profiles, roles and their policies. Documents come decoded.
#[async_trait]
pub trait RoleReader: Send + Sync {
    /// GetInstanceProfile by name, which is the last part of the ARN's path.
    ///
    /// # Errors
    /// The service's error (`NoSuchEntity` is absence), or that no answer came.
    async fn instance_profile(&self, name: &str) -> Result<InstanceProfileFacts, CallError>;

    /// GetRole by name.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn role(&self, name: &str) -> Result<RoleFacts, CallError>;

    /// ListRolePolicies, all pages: the names of the inline policies.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn inline_policy_names(&self, role: &str) -> Result<Vec<String>, CallError>;

    /// GetRolePolicy: the document of an inline policy.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn inline_policy(&self, role: &str, policy: &str) -> Result<String, CallError>;

    /// ListAttachedRolePolicies, all pages.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn attached_policies(&self, role: &str) -> Result<Vec<AttachedPolicy>, CallError>;

    /// GetPolicy: the policy and its version in force.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn managed_policy(&self, arn: &Arn) -> Result<ManagedPolicy, CallError>;

    /// GetPolicyVersion: the document of a version, which never changes.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn policy_version(&self, arn: &Arn, version: &str) -> Result<String, CallError>;

    /// GetAccountSummary.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn account_summary(&self) -> Result<AccountSummary, CallError>;

    /// GetAccountAuthorizationDetails of roles and managed policies (filter `Role`,
    /// `LocalManagedPolicy`, `AWSManagedPolicy`): one page of at most 1,000.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn account_details(&self, marker: Option<&str>) -> Result<AccountDetails, CallError>;

    /// ListInstanceProfilesForRole, all pages.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn profiles_of_role(&self, role: &str) -> Result<Vec<InstanceProfileFacts>, CallError>;

    /// ListEntitiesForPolicy with the filter `Role`, all pages: the names of the roles that the
    /// policy is attached to or is the boundary of.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn roles_with_policy(&self, arn: &Arn) -> Result<Vec<String>, CallError>;
}
