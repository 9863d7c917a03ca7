//! Every AWS operation that the product calls, as IAM and the API models name it.

use std::fmt;

/// An operation of an AWS service: `cloudtrail:GetTrailStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Operation {
    /// The service prefix: `cloudtrail`.
    pub service: &'static str,
    /// The operation's name in the API model: `GetTrailStatus`.
    pub name: &'static str,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.service, self.name)
    }
}

macro_rules! operations {
    ($($constant:ident = $service:literal $name:literal;)*) => {
        $(
            #[doc = concat!("`", $service, ":", $name, "`")]
            pub const $constant: Operation = Operation { service: $service, name: $name };
        )*

        /// All of them, in the order of this file.
        pub const ALL: &[Operation] = &[$($constant),*];
    };
}

operations! {
    DESCRIBE_TRAILS = "cloudtrail" "DescribeTrails";
    LIST_TRAILS = "cloudtrail" "ListTrails";
    GET_TRAIL_STATUS = "cloudtrail" "GetTrailStatus";
    GET_EVENT_SELECTORS = "cloudtrail" "GetEventSelectors";
    GET_INSIGHT_SELECTORS = "cloudtrail" "GetInsightSelectors";
    CREATE_TRAIL = "cloudtrail" "CreateTrail";
    UPDATE_TRAIL = "cloudtrail" "UpdateTrail";
    START_LOGGING = "cloudtrail" "StartLogging";
    PUT_EVENT_SELECTORS = "cloudtrail" "PutEventSelectors";
    PUT_INSIGHT_SELECTORS = "cloudtrail" "PutInsightSelectors";
    GET_BUCKET_POLICY = "s3" "GetBucketPolicy";
    LIST_BUCKETS = "s3" "ListBuckets";
    PUT_BUCKET_POLICY = "s3" "PutBucketPolicy";
    DESCRIBE_KEY = "kms" "DescribeKey";
    GET_KEY_POLICY = "kms" "GetKeyPolicy";
    PUT_KEY_POLICY = "kms" "PutKeyPolicy";
    ENABLE_KEY = "kms" "EnableKey";
    CANCEL_KEY_DELETION = "kms" "CancelKeyDeletion";
    PUT_EVALUATIONS = "config" "PutEvaluations";
    DESCRIBE_ORGANIZATION = "organizations" "DescribeOrganization";
    LIST_DELEGATED_ADMINISTRATORS = "organizations" "ListDelegatedAdministrators";
    GET_CALLER_IDENTITY = "sts" "GetCallerIdentity";
}
