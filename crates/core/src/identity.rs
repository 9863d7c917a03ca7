//! Names of things in AWS: accounts, Regions, ARNs.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text is not the name it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// Not twelve digits.
    #[error("`{0}` is not an account id; it takes exactly 12 digits")]
    Account(String),
    /// Not the name of a Region.
    #[error("`{0}` is not a Region name; it takes a name such as `eu-west-1`")]
    Region(String),
    /// Not an ARN.
    #[error("`{0}` is not an ARN; it takes `arn:partition:service:region:account:resource`")]
    Arn(String),
}

/// An AWS account id: twelve digits, leading zeros kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId(String);

impl AccountId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccountId {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdentityError::Account(text.to_owned()))
        }
    }
}

/// The name of an AWS Region, such as `eu-west-1` or `us-gov-east-1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(String);

impl Region {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Region {
    type Err = IdentityError;

    // Lower-case letters, digits and dashes with at least one dash: open to Regions of the future
    // and of the isolated partitions, closed to anything that could change a host name.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let shaped = text.contains('-') && !text.starts_with('-') && !text.ends_with('-');
        if shaped && text.len() <= 32 && text.bytes().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdentityError::Region(text.to_owned()))
        }
    }
}

macro_rules! text_type {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdentityError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }
    };
}

text_type!(AccountId);
text_type!(Region);

/// An Amazon Resource Name, split at its first five colons.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Arn {
    /// `aws`, `aws-cn`, `aws-us-gov` and so on.
    pub partition: String,
    /// The service: `cloudtrail`.
    pub service: String,
    /// The Region, empty for global resources.
    pub region: String,
    /// The owning account, empty where the resource's kind names none.
    pub account: String,
    /// What follows, colons and slashes included: `trail/org-audit`.
    pub resource: String,
}

impl Arn {
    /// The Region, where the ARN names one.
    pub fn region(&self) -> Option<Region> {
        self.region.parse().ok()
    }

    /// The resource's name without its type: `org-audit` of `trail/org-audit`.
    pub fn name(&self) -> &str {
        self.resource
            .rsplit_once(['/', ':'])
            .map_or(self.resource.as_str(), |(_, name)| name)
    }

    /// Whether the resource belongs to `account`.
    pub fn is_owned_by(&self, account: &AccountId) -> bool {
        self.account == account.as_str()
    }
}

impl FromStr for Arn {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next().unwrap_or_default().to_owned();
        let (scheme, partition, service) = (next(), next(), next());
        let (region, account, resource) = (next(), next(), next());
        if scheme != "arn" || partition.is_empty() || service.is_empty() || resource.is_empty() {
            return Err(IdentityError::Arn(text.to_owned()));
        }
        Ok(Self {
            partition,
            service,
            region,
            account,
            resource,
        })
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            partition,
            service,
            region,
            account,
            resource,
        } = self;
        write!(f, "arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

impl TryFrom<String> for Arn {
    type Error = IdentityError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Arn> for String {
    fn from(arn: Arn) -> Self {
        arn.to_string()
    }
}

/// Who is asking, and from where: the account and Region that a verdict or a repair is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account whose credentials make the calls.
    pub account: AccountId,
    /// The Region in which the rule or the runbook runs.
    pub region: Region,
    /// The partition of both.
    pub partition: String,
}
