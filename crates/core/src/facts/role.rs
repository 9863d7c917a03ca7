//! Instance profiles, roles and policies, as the IAM API describes them.
//!
//! Policy documents are decoded texts here: IAM sends them percent-encoded.

use jiff::Timestamp;

use crate::identity::Arn;

/// The role in an instance profile, as GetInstanceProfile names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ProfileRole {
    /// The role's ARN, path included.
    pub arn: Arn,
    /// Its name.
    pub name: String,
}

/// An instance profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceProfileFacts {
    /// Its ARN, path included.
    pub arn: Arn,
    /// Its name.
    pub name: String,
    /// Its role. A profile holds at most one, and can exist without.
    pub role: Option<ProfileRole>,
}

/// A role, as GetRole answers it; listings leave the boundary out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleFacts {
    /// Its ARN, path included.
    pub arn: Arn,
    /// Its name.
    pub name: String,
    /// The managed policy that is its permissions boundary.
    pub boundary: Option<Arn>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// Its trust policy, decoded.
    pub trust: Option<String>,
}

/// A managed policy attached to a role.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AttachedPolicy {
    /// The policy's name.
    pub name: String,
    /// Its ARN; the account part is `aws` where AWS manages it.
    pub arn: Arn,
}

impl AttachedPolicy {
    /// Whether AWS manages the policy, so that it can be detached but not edited.
    pub fn is_aws_managed(&self) -> bool {
        self.arn.account == "aws"
    }
}

/// An inline policy of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlinePolicy {
    /// Its name.
    pub name: String,
    /// Its document, decoded.
    pub document: String,
}

/// A managed policy, as GetPolicy answers it: without its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagedPolicy {
    /// Its ARN.
    pub arn: Arn,
    /// Its name.
    pub name: String,
    /// The version in force.
    pub default_version: String,
    /// The id that no other policy ever has, not even one made anew under the same name.
    pub id: Option<String>,
}

/// A role in GetAccountAuthorizationDetails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleDetail {
    /// The role, boundary included.
    pub role: RoleFacts,
    /// The profiles it is in.
    pub profiles: Vec<InstanceProfileFacts>,
    /// Its inline policies.
    pub inline: Vec<InlinePolicy>,
    /// The managed policies attached to it.
    pub attached: Vec<AttachedPolicy>,
}

/// A managed policy in GetAccountAuthorizationDetails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyDetail {
    /// The policy and its version in force.
    pub policy: ManagedPolicy,
    /// The document of that version, decoded.
    pub document: String,
}

/// One page of GetAccountAuthorizationDetails.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountDetails {
    /// Roles of the account.
    pub roles: Vec<RoleDetail>,
    /// Managed policies, the account's own and those of AWS that are attached.
    pub policies: Vec<PolicyDetail>,
    /// The next page's marker; none on the last.
    pub next: Option<String>,
}

/// What GetAccountSummary counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AccountSummary {
    /// Roles in the account.
    pub roles: u64,
    /// Customer managed policies in the account.
    pub policies: u64,
}
