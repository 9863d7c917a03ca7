//! IAM roles, instance profiles and managed policies that exist already.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::services::iam;
use crate::world::World;

/// The trust policy of a role for EC2 instances.
const EC2_TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// A role. Documents are kept as they are, also where IAM would refuse them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleSeed {
    /// The name.
    pub name: String,
    /// The path, from slash to slash.
    pub path: String,
    /// The trust policy.
    pub trust: String,
    /// The ARN of the permissions boundary.
    pub boundary: Option<String>,
    /// The inline policies: name and document.
    pub inline: BTreeMap<String, String>,
    /// The ARNs of the attached policies; they need not exist.
    pub attached: Vec<String>,
    /// When it was made; none: now.
    pub created: Option<Timestamp>,
}

impl RoleSeed {
    /// A role for EC2 instances, without permissions.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            path: "/".to_owned(),
            trust: EC2_TRUST.to_owned(),
            boundary: None,
            inline: BTreeMap::new(),
            attached: Vec::new(),
            created: None,
        }
    }

    /// The same with this inline policy.
    #[must_use]
    pub fn with_inline(mut self, name: &str, document: &str) -> Self {
        self.inline.insert(name.to_owned(), document.to_owned());
        self
    }

    /// The same with this managed policy attached.
    #[must_use]
    pub fn with_attached(mut self, arn: &str) -> Self {
        self.attached.push(arn.to_owned());
        self
    }
}

/// An instance profile; EC2 knows it at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceProfileSeed {
    /// The name.
    pub name: String,
    /// The path, from slash to slash.
    pub path: String,
    /// The name of its role, which need not exist.
    pub role: Option<String>,
    /// When it was made; none: now.
    pub created: Option<Timestamp>,
}

impl InstanceProfileSeed {
    /// A profile with this role.
    pub fn new(name: &str, role: Option<&str>) -> Self {
        Self {
            name: name.to_owned(),
            path: "/".to_owned(),
            role: role.map(str::to_owned),
            created: None,
        }
    }
}

/// A managed policy. Documents are kept as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagedPolicySeed {
    /// The name.
    pub name: String,
    /// The path, from slash to slash.
    pub path: String,
    /// Whether AWS manages it: the account in its ARN is `aws`.
    pub aws_managed: bool,
    /// The document in force.
    pub document: String,
    /// The number of the version in force.
    pub version: u32,
    /// Other versions: number and document.
    pub earlier: BTreeMap<u32, String>,
    /// When it was made; none: now.
    pub created: Option<Timestamp>,
}

impl ManagedPolicySeed {
    /// A policy of the account in its first version.
    pub fn new(name: &str, document: &str) -> Self {
        Self {
            name: name.to_owned(),
            path: "/".to_owned(),
            aws_managed: false,
            document: document.to_owned(),
            version: 1,
            earlier: BTreeMap::new(),
            created: None,
        }
    }

    /// A policy that AWS manages, in its first version.
    pub fn of_aws(name: &str, document: &str) -> Self {
        Self {
            aws_managed: true,
            ..Self::new(name, document)
        }
    }
}

impl World {
    /// Puts a role, in place of one of the same name; answers its ARN.
    pub fn seed_role(&mut self, seed: RoleSeed) -> String {
        iam::seed_role(self, seed)
    }

    /// Puts an instance profile, in place of one of the same name; answers its ARN.
    pub fn seed_instance_profile(&mut self, seed: InstanceProfileSeed) -> String {
        iam::seed_profile(self, seed)
    }

    /// Puts a managed policy, in place of one of the same ARN, which is the answer.
    pub fn seed_managed_policy(&mut self, seed: ManagedPolicySeed) -> String {
        iam::seed_policy(self, seed)
    }

    /// Says for how long EC2 does not know a new instance profile; 8 seconds at first.
    pub fn set_profile_propagation(&mut self, time: SignedDuration) {
        self.services.iam.propagation = time;
    }
}
