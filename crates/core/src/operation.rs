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
    LIST_TAGS = "cloudtrail" "ListTags";
    ADD_TAGS = "cloudtrail" "AddTags";
    LOOKUP_EVENTS = "cloudtrail" "LookupEvents";
    GET_BUCKET_POLICY = "s3" "GetBucketPolicy";
    LIST_BUCKETS = "s3" "ListBuckets";
    PUT_BUCKET_POLICY = "s3" "PutBucketPolicy";
    CREATE_BUCKET = "s3" "CreateBucket";
    GET_BUCKET_VERSIONING = "s3" "GetBucketVersioning";
    PUT_BUCKET_VERSIONING = "s3" "PutBucketVersioning";
    GET_BUCKET_ENCRYPTION = "s3" "GetBucketEncryption";
    PUT_BUCKET_ENCRYPTION = "s3" "PutBucketEncryption";
    GET_BUCKET_LIFECYCLE = "s3" "GetBucketLifecycleConfiguration";
    PUT_BUCKET_LIFECYCLE = "s3" "PutBucketLifecycleConfiguration";
    GET_BUCKET_REQUEST_PAYMENT = "s3" "GetBucketRequestPayment";
    PUT_BUCKET_REQUEST_PAYMENT = "s3" "PutBucketRequestPayment";
    GET_BUCKET_OWNERSHIP = "s3" "GetBucketOwnershipControls";
    PUT_BUCKET_OWNERSHIP = "s3" "PutBucketOwnershipControls";
    GET_BUCKET_ACL = "s3" "GetBucketAcl";
    PUT_BUCKET_ACL = "s3" "PutBucketAcl";
    GET_PUBLIC_ACCESS_BLOCK = "s3" "GetPublicAccessBlock";
    PUT_PUBLIC_ACCESS_BLOCK = "s3" "PutPublicAccessBlock";
    GET_OBJECT_LOCK = "s3" "GetObjectLockConfiguration";
    PUT_OBJECT_LOCK = "s3" "PutObjectLockConfiguration";
    GET_BUCKET_REPLICATION = "s3" "GetBucketReplication";
    PUT_BUCKET_REPLICATION = "s3" "PutBucketReplication";
    GET_BUCKET_NOTIFICATION = "s3" "GetBucketNotificationConfiguration";
    PUT_BUCKET_NOTIFICATION = "s3" "PutBucketNotificationConfiguration";
    GET_BUCKET_LOGGING = "s3" "GetBucketLogging";
    PUT_BUCKET_LOGGING = "s3" "PutBucketLogging";
    GET_OBJECT = "s3" "GetObject";
    HEAD_OBJECT = "s3" "HeadObject";
    LIST_OBJECTS = "s3" "ListObjectsV2";
    PUT_OBJECT = "s3" "PutObject";
    DESCRIBE_KEY = "kms" "DescribeKey";
    GET_KEY_POLICY = "kms" "GetKeyPolicy";
    PUT_KEY_POLICY = "kms" "PutKeyPolicy";
    ENABLE_KEY = "kms" "EnableKey";
    CANCEL_KEY_DELETION = "kms" "CancelKeyDeletion";
    PUT_EVALUATIONS = "config" "PutEvaluations";
    DESCRIBE_CONFIG_RULES = "config" "DescribeConfigRules";
    DESCRIBE_CONFIGURATION_RECORDERS = "config" "DescribeConfigurationRecorders";
    DESCRIBE_CONFIGURATION_RECORDER_STATUS = "config" "DescribeConfigurationRecorderStatus";
    START_CONFIGURATION_RECORDER = "config" "StartConfigurationRecorder";
    DESCRIBE_DELIVERY_CHANNELS = "config" "DescribeDeliveryChannels";
    DESCRIBE_REMEDIATION_CONFIGURATIONS = "config" "DescribeRemediationConfigurations";
    DESCRIBE_REMEDIATION_EXCEPTIONS = "config" "DescribeRemediationExceptions";
    DELETE_REMEDIATION_EXCEPTIONS = "config" "DeleteRemediationExceptions";
    SELECT_RESOURCE_CONFIG = "config" "SelectResourceConfig";
    GET_RESOURCE_CONFIG_HISTORY = "config" "GetResourceConfigHistory";
    GET_COMPLIANCE_DETAILS_BY_CONFIG_RULE = "config" "GetComplianceDetailsByConfigRule";
    START_CONFIG_RULES_EVALUATION = "config" "StartConfigRulesEvaluation";
    DESCRIBE_INSTANCES = "ec2" "DescribeInstances";
    GET_INSTANCE_PROFILE = "iam" "GetInstanceProfile";
    GET_ROLE = "iam" "GetRole";
    LIST_ROLE_POLICIES = "iam" "ListRolePolicies";
    GET_ROLE_POLICY = "iam" "GetRolePolicy";
    LIST_ATTACHED_ROLE_POLICIES = "iam" "ListAttachedRolePolicies";
    GET_POLICY = "iam" "GetPolicy";
    GET_POLICY_VERSION = "iam" "GetPolicyVersion";
    GET_ACCOUNT_SUMMARY = "iam" "GetAccountSummary";
    GET_ACCOUNT_AUTHORIZATION_DETAILS = "iam" "GetAccountAuthorizationDetails";
    LIST_INSTANCE_PROFILES_FOR_ROLE = "iam" "ListInstanceProfilesForRole";
    LIST_ENTITIES_FOR_POLICY = "iam" "ListEntitiesForPolicy";
    PUBLISH = "sns" "Publish";
    DESCRIBE_RULE = "events" "DescribeRule";
    LIST_TARGETS_BY_RULE = "events" "ListTargetsByRule";
    ENABLE_RULE = "events" "EnableRule";
    PUT_EVENTS = "events" "PutEvents";
    GET_FUNCTION_CONFIGURATION = "lambda" "GetFunctionConfiguration";
    GET_FUNCTION_CONCURRENCY = "lambda" "GetFunctionConcurrency";
    GET_FUNCTION_POLICY = "lambda" "GetPolicy";
    DESCRIBE_DOCUMENT = "ssm" "DescribeDocument";
    START_AUTOMATION_EXECUTION = "ssm" "StartAutomationExecution";
    GET_AUTOMATION_EXECUTION = "ssm" "GetAutomationExecution";
    DESCRIBE_AUTOMATION_EXECUTIONS = "ssm" "DescribeAutomationExecutions";
    LIST_DETECTORS = "guardduty" "ListDetectors";
    GET_DETECTOR = "guardduty" "GetDetector";
    LIST_FILTERS = "guardduty" "ListFilters";
    GET_FILTER = "guardduty" "GetFilter";
    DESCRIBE_ORGANIZATION = "organizations" "DescribeOrganization";
    LIST_DELEGATED_ADMINISTRATORS = "organizations" "ListDelegatedAdministrators";
    GET_CALLER_IDENTITY = "sts" "GetCallerIdentity";
}
