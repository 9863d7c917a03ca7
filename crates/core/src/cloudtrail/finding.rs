//! What is wrong with a trail: a stable code and the evidence.

use std::fmt;

macro_rules! codes {
    ($($name:ident = $text:literal;)*) => {
        /// A stable reason code, in the order in which codes are shown. Never renamed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(
                #[doc = concat!("`", $text, "`")]
                $name,
            )*
        }

        impl Code {
            /// All codes, in order.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code as text.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

codes! {
    TrailMissing = "trail-missing";
    TrailNotLogging = "trail-not-logging";
    NotMultiRegion = "not-multi-region";
    GlobalEventsMissing = "global-events-missing";
    LogValidationOff = "log-validation-off";
    NotEncrypted = "not-encrypted";
    WrongKey = "wrong-key";
    KeyMissing = "key-missing";
    KeyDisabled = "key-disabled";
    KeyPendingDeletion = "key-pending-deletion";
    KeyUnusable = "key-unusable";
    KeyRefusesCloudtrail = "key-refuses-cloudtrail";
    ManagementEventsMissing = "management-events-missing";
    ManagementEventsNarrowed = "management-events-narrowed";
    InsightsMissing = "insights-missing";
    DeliveryError = "delivery-error";
    DigestError = "digest-error";
    CloudwatchError = "cloudwatch-error";
    NotificationError = "notification-error";
    DeliveryStale = "delivery-stale";
    BucketMissing = "bucket-missing";
    BucketNotOurs = "bucket-not-ours";
    BucketRefusesCloudtrail = "bucket-refuses-cloudtrail";
    WrongBucket = "wrong-bucket";
    WrongPrefix = "wrong-prefix";
    WrongTopic = "wrong-topic";
    WrongLogGroup = "wrong-log-group";
    OrganizationTrailRequired = "organization-trail-required";
    BadParameter = "bad-parameter";
    CouldNotVerify = "could-not-verify";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing that is wrong, with the fact that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The reason code.
    pub code: Code,
    /// The fact in words, with the API's value: `org-audit stopped 2026-03-02T09:57:12Z`.
    pub evidence: String,
}

impl Finding {
    /// A finding of `code`, shown by `evidence`.
    pub fn new(code: Code, evidence: impl Into<String>) -> Self {
        Self {
            code,
            evidence: evidence.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.evidence)
    }
}
