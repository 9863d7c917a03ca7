//! A setting of a log bucket, as S3 writes it.

use std::collections::BTreeMap;

use super::Fact;
use crate::operation::{self, Operation};

macro_rules! settings {
    ($($name:ident = $query:literal $get:ident $put:ident;)*) => {
        /// A setting of a bucket that S3 keeps as a document of its own.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum BucketSetting {
            $(
                #[doc = concat!("The sub-resource `?", $query, "`.")]
                $name,
            )*
        }

        impl BucketSetting {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The sub-resource's name, which is also the setting's name in a baseline.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $query,)*
                }
            }

            /// The operation that reads it.
            pub fn read_by(self) -> Operation {
                match self {
                    $(Self::$name => operation::$get,)*
                }
            }

            /// The operation that writes it.
            pub fn written_by(self) -> Operation {
                match self {
                    $(Self::$name => operation::$put,)*
                }
            }
        }
    };
}

settings! {
    Versioning = "versioning" GET_BUCKET_VERSIONING PUT_BUCKET_VERSIONING;
    Encryption = "encryption" GET_BUCKET_ENCRYPTION PUT_BUCKET_ENCRYPTION;
    Lifecycle = "lifecycle" GET_BUCKET_LIFECYCLE PUT_BUCKET_LIFECYCLE;
    RequestPayment = "requestPayment" GET_BUCKET_REQUEST_PAYMENT PUT_BUCKET_REQUEST_PAYMENT;
    OwnershipControls = "ownershipControls" GET_BUCKET_OWNERSHIP PUT_BUCKET_OWNERSHIP;
    Acl = "acl" GET_BUCKET_ACL PUT_BUCKET_ACL;
    PublicAccessBlock = "publicAccessBlock" GET_PUBLIC_ACCESS_BLOCK PUT_PUBLIC_ACCESS_BLOCK;
    ObjectLock = "object-lock" GET_OBJECT_LOCK PUT_OBJECT_LOCK;
    Replication = "replication" GET_BUCKET_REPLICATION PUT_BUCKET_REPLICATION;
    Notification = "notification" GET_BUCKET_NOTIFICATION PUT_BUCKET_NOTIFICATION;
    Logging = "logging" GET_BUCKET_LOGGING PUT_BUCKET_LOGGING;
}

impl BucketSetting {
    /// The setting that a baseline names `text`.
    pub fn from_name(text: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|setting| setting.as_str() == text)
    }
}

/// What S3 says of a bucket that it knows and that has no such document.
const WITHOUT: &[&str] = &[
    "NoSuchLifecycleConfiguration",
    "NoSuchPublicAccessBlockConfiguration",
    "ServerSideEncryptionConfigurationNotFoundError",
    "OwnershipControlsNotFoundError",
    "ObjectLockConfigurationNotFoundError",
    "ReplicationConfigurationNotFoundError",
];

impl BucketSetting {
    /// Whether S3's error code says that the bucket has no document of a setting.
    pub fn is_none(code: &str) -> bool {
        WITHOUT.contains(&code)
    }
}

/// The settings of a bucket: for each that was read S3's XML text, or none where the bucket has no
/// such document.
pub type BucketSettings = BTreeMap<BucketSetting, Fact<Option<String>>>;
