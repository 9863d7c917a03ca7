//! What is wrong: a stable code, how bad it is, and the evidence. The same for all rules.

use std::fmt;

pub use trailkeeper_policy::analysis::Severity;

use trailkeeper_policy::analysis::FindingCode;

use crate::call_error::CallError;
use crate::catalogue;

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
    DataEventsMissing = "data-events-missing";
    TrailTagsChanged = "trail-tags-changed";
    BucketLifecycleChanged = "bucket-lifecycle-changed";
    BucketVersioningOff = "bucket-versioning-off";
    BucketEncryptionChanged = "bucket-encryption-changed";
    BucketRequesterPays = "bucket-requester-pays";
    BucketOwnershipChanged = "bucket-ownership-changed";
    BucketAclChanged = "bucket-acl-changed";
    BucketExposed = "bucket-exposed";
    BucketOpenToOthers = "bucket-open-to-others";
    BucketProtectionChanged = "bucket-protection-changed";
    LogFilesMissing = "log-files-missing";
    BaselineUnusable = "baseline-unusable";
    BadParameter = "bad-parameter";
    CouldNotVerify = "could-not-verify";
    NoInstanceProfile = "no-instance-profile";
    ProfileNotAllowed = "profile-not-allowed";
    ProfileMissing = "profile-missing";
    ProfileWithoutRole = "profile-without-role";
    RoleMissing = "role-missing";
    FullAdmin = "full-admin";
    WildcardAction = "wildcard-action";
    WildcardResource = "wildcard-resource";
    NotAction = "not-action";
    NotResource = "not-resource";
    TypeWideResource = "type-wide-resource";
    PrivilegeEscalation = "privilege-escalation";
    UnscopeableWrite = "unscopeable-write";
    LatentGrant = "latent-grant";
    UnknownAction = "unknown-action";
    InvalidPolicy = "invalid-policy";
    RecorderOff = "recorder-off";
    RecorderChanged = "recorder-changed";
    DeliveryChannelMissing = "delivery-channel-missing";
    ConfigRuleMissing = "config-rule-missing";
    ConfigRuleChanged = "config-rule-changed";
    RemediationMissing = "remediation-missing";
    RemediationChanged = "remediation-changed";
    RemediationBlocked = "remediation-blocked";
    EventRuleOff = "event-rule-off";
    EventRuleChanged = "event-rule-changed";
    FunctionMissing = "function-missing";
    FunctionThrottled = "function-throttled";
    FunctionChanged = "function-changed";
    FunctionPermissionMissing = "function-permission-missing";
    RunbookMissing = "runbook-missing";
    RunbookChanged = "runbook-changed";
    GuardRoleMissing = "guard-role-missing";
    GuardRoleChanged = "guard-role-changed";
    GuardTrailOff = "guard-trail-off";
    GuarddutyOff = "guardduty-off";
    GuarddutySuppressed = "guardduty-suppressed";
    KillSwitchUsed = "kill-switch-used";
    RepairsExhausted = "repairs-exhausted";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<FindingCode> for Code {
    fn from(code: FindingCode) -> Self {
        match code {
            FindingCode::FullAdmin => Self::FullAdmin,
            FindingCode::PrivilegeEscalation => Self::PrivilegeEscalation,
            FindingCode::WildcardAction => Self::WildcardAction,
            FindingCode::WildcardResource => Self::WildcardResource,
            FindingCode::NotAction => Self::NotAction,
            FindingCode::NotResource => Self::NotResource,
            FindingCode::TypeWideResource => Self::TypeWideResource,
            FindingCode::UnscopeableWrite => Self::UnscopeableWrite,
            FindingCode::LatentGrant => Self::LatentGrant,
            FindingCode::UnknownAction => Self::UnknownAction,
            FindingCode::InvalidPolicy => Self::InvalidPolicy,
        }
    }
}

/// One thing that is wrong, with the fact that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The reason code.
    pub code: Code,
    /// How bad it is here; of most codes what the catalogue says, of a grant what it lets happen.
    pub severity: Severity,
    /// The fact in words, with the API's value: `org-audit stopped 2026-03-02T09:57:12Z`.
    pub evidence: String,
}

impl Finding {
    /// A finding of `code`, as bad as the catalogue says, shown by `evidence`.
    pub fn new(code: Code, evidence: impl Into<String>) -> Self {
        Self {
            code,
            severity: catalogue::severity(code),
            evidence: evidence.into(),
        }
    }

    /// The call that should have brought a required fact and did not.
    pub fn unread(error: &CallError) -> Self {
        Self::new(
            Code::CouldNotVerify,
            format!("{} {}", error.operation, error.code),
        )
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.evidence)
    }
}

/// Something to know that makes no verdict bad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// A stable code: `policy-not-visible`.
    pub code: &'static str,
    /// The fact in words.
    pub text: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.text)
    }
}
