//! A KMS key that exists already.

use crate::world::World;

/// A key's state, as DescribeKey reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyState {
    /// Usable.
    #[default]
    Enabled,
    /// Switched off; EnableKey brings it back.
    Disabled,
    /// Waiting for its deletion; CancelKeyDeletion brings it back as disabled.
    PendingDeletion,
    /// Made without key material.
    PendingImport,
    /// Its custom key store is not connected.
    Unavailable,
}

impl KeyState {
    /// The state's name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Enabled => "Enabled",
            Self::Disabled => "Disabled",
            Self::PendingDeletion => "PendingDeletion",
            Self::PendingImport => "PendingImport",
            Self::Unavailable => "Unavailable",
        }
    }
}

/// A key to set up. The default is an enabled key of the sandbox's account in the sandbox's
/// Region, with a policy that lets CloudTrail encrypt for all trails of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySeed {
    /// The key id.
    pub id: String,
    /// The owning account; none: the sandbox's.
    pub account: Option<String>,
    /// The Region; none: the sandbox's.
    pub region: Option<String>,
    /// The key's state; a key that is pending deletion goes in 30 days.
    pub state: KeyState,
    /// The policy's text, kept as it is; none: the one that AWS documents for CloudTrail.
    pub policy: Option<String>,
    /// Alias names, each beginning with `alias/`.
    pub aliases: Vec<String>,
    /// Whether its material is imported and can be deleted by itself.
    pub external_origin: bool,
    /// The id of the custom key store that holds it; the store is set up too, connected unless the
    /// key is unavailable.
    pub custom_key_store: Option<String>,
}

impl Default for KeySeed {
    fn default() -> Self {
        Self {
            id: "1a2b3c4d-1111-4222-8333-0123456789ab".to_owned(),
            account: None,
            region: None,
            state: KeyState::Enabled,
            policy: None,
            aliases: Vec::new(),
            external_origin: false,
            custom_key_store: None,
        }
    }
}

impl World {
    /// Sets up a key, in place of one of the same ARN, and returns its ARN.
    pub fn seed_key(&mut self, seed: KeySeed) -> String {
        let partition = self.partition.clone();
        let account = seed.account.clone();
        let account = account.unwrap_or_else(|| self.account_id.clone());
        let region = seed.region.clone();
        let region = region.unwrap_or_else(|| self.region.clone());
        let place = [partition.as_str(), region.as_str(), account.as_str()];
        let now = self.now();
        self.services.kms.place(seed, place, now)
    }
}

/// The key policy that AWS documents for CloudTrail: the account's root may do everything, the
/// service may encrypt for trails of the account and describe the key.
pub fn cloudtrail_key_policy(partition: &str, account: &str) -> String {
    format!(
        r#"{{
  "Version": "2012-10-17",
  "Statement": [
    {{
      "Sid": "Enable IAM User Permissions",
      "Effect": "Allow",
      "Principal": {{"AWS": "arn:{partition}:iam::{account}:root"}},
      "Action": "kms:*",
      "Resource": "*"
    }},
    {{
      "Sid": "Allow CloudTrail to encrypt logs",
      "Effect": "Allow",
      "Principal": {{"Service": "cloudtrail.amazonaws.com"}},
      "Action": "kms:GenerateDataKey*",
      "Resource": "*",
      "Condition": {{
        "StringLike": {{
          "aws:SourceArn": "arn:{partition}:cloudtrail:*:{account}:trail/*",
          "kms:EncryptionContext:aws:cloudtrail:arn": "arn:{partition}:cloudtrail:*:{account}:trail/*"
        }}
      }}
    }},
    {{
      "Sid": "Allow CloudTrail to describe key",
      "Effect": "Allow",
      "Principal": {{"Service": "cloudtrail.amazonaws.com"}},
      "Action": "kms:DescribeKey",
      "Resource": "*"
    }}
  ]
}}"#
    )
}
