//! What can go wrong with a call to AWS, in words that the decisions use.

use crate::operation::Operation;

/// The four kinds of failure that must never be taken for one another, and two finer ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// The caller may not do this: IAM, a resource policy or a service control policy refused it.
    Denied,
    /// The service asked for patience; the call had no effect.
    Throttled,
    /// The resource does not exist where it was looked for.
    Absent,
    /// Another actor works on the resource at this moment.
    Conflict,
    /// The service refused the request's content, or the state does not allow it.
    Refused,
    /// No usable answer: timeout, lost connection, service fault. The effect is unknown.
    Broken,
}

/// A call that brought no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{operation} failed on {resource}: {code}: {message}")]
pub struct CallError {
    /// The operation that failed.
    pub operation: Operation,
    /// What the call was about, for the reader: a name or an ARN.
    pub resource: String,
    /// The service's error code (`TrailNotFoundException`); of a call that got no answer
    /// `Timeout` or `ConnectionLost`.
    pub code: String,
    /// The service's own text.
    pub message: String,
    /// The kind of failure.
    pub class: ErrorClass,
}

impl CallError {
    /// An error answer of the service; its class follows from its code.
    pub fn from_code(
        operation: Operation,
        resource: impl Into<String>,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        let code = code.into();
        let class = class_of(&code);
        Self {
            operation,
            resource: resource.into(),
            code,
            message: message.into(),
            class,
        }
    }

    /// A call that got no answer.
    pub fn no_answer(operation: Operation, resource: impl Into<String>, code: &str) -> Self {
        Self {
            operation,
            resource: resource.into(),
            code: code.to_owned(),
            message: "no answer from the service; the effect of the call is unknown".to_owned(),
            class: ErrorClass::Broken,
        }
    }

    /// Whether the text blames a service control policy, which no role in the account can lift.
    pub fn is_service_control_policy(&self) -> bool {
        self.class == ErrorClass::Denied && self.message.contains("service control policy")
    }
}

/// The class of an error code. Codes that no API model lists (throttles, denials, faults) are
/// known by the names in which services send them.
pub fn class_of(code: &str) -> ErrorClass {
    let listed = CODES.iter().find(|(_, codes)| codes.contains(&code));
    match listed {
        Some((class, _)) => *class,
        None if is_server_fault(code) => ErrorClass::Broken,
        None => ErrorClass::Refused,
    }
}

// An HTTP status stands in for the code where an answer carries none.
fn is_server_fault(code: &str) -> bool {
    code.len() == 3 && code.starts_with('5') && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// The codes of each class; a code that is not listed is a refusal of the request. KMS's
/// `LimitExceededException` is one of those: a quota of the account, which no waiting lifts.
const CODES: &[(ErrorClass, &[&str])] = &[
    (
        ErrorClass::Denied,
        &[
            "AccessDenied",
            "AccessDeniedException",
            "AuthorizationError",
            "KMSAccessDenied",
            "UnauthorizedOperation",
            "UnrecognizedClientException",
            "InvalidClientTokenId",
            "ExpiredToken",
            "ExpiredTokenException",
            "TokenRefreshRequired",
            "InvalidToken",
            "InvalidAccessKeyId",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "AuthFailure",
            "IncompleteSignature",
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            "RequestExpired",
            "RequestTimeTooSkewed",
            "OptInRequired",
            "NotSignedUp",
            "SubscriptionRequiredException",
            "AccountProblem",
            "AllAccessDisabled",
            "MethodNotAllowed",
            "401",
            "403",
            "Forbidden",
        ],
    ),
    (
        ErrorClass::Throttled,
        &[
            "KMSThrottling",
            "Throttled",
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "TooManyRequestsException",
            "RequestLimitExceeded",
            "RequestThrottled",
            "RequestThrottledException",
            "BandwidthLimitExceeded",
            "SlowDown",
            "429",
        ],
    ),
    (
        ErrorClass::Absent,
        &[
            "TrailNotFoundException",
            "NoSuchBucket",
            "NoSuchBucketPolicy",
            "NoSuchKey",
            "NoSuchLifecycleConfiguration",
            "NoSuchPublicAccessBlockConfiguration",
            "ServerSideEncryptionConfigurationNotFoundError",
            "OwnershipControlsNotFoundError",
            "ObjectLockConfigurationNotFoundError",
            "ReplicationConfigurationNotFoundError",
            "S3BucketDoesNotExistException",
            "KmsKeyNotFoundException",
            "NotFoundException",
            "NoSuchConfigRuleException",
            "AWSOrganizationsNotInUseException",
            "OrganizationsNotInUseException",
            "InsightNotEnabledException",
            "NoSuchEntity",
            "NoSuchEntityException",
            "InvalidInstanceID.NotFound",
            "ResourceNotDiscoveredException",
            "ResourceNotFoundException",
            "NoSuchConfigurationRecorderException",
            "NoSuchRemediationConfigurationException",
            "NoSuchRemediationExceptionException",
            "InvalidDocument",
            "AutomationDefinitionNotFoundException",
            "NotFound",
            "404",
        ],
    ),
    (
        ErrorClass::Conflict,
        &[
            "ConflictException",
            "ConcurrentModificationException",
            "OperationAborted",
            "409",
        ],
    ),
    (
        ErrorClass::Broken,
        &[
            "Timeout",
            "ConnectionLost",
            "InvalidResponse",
            "InternalFailure",
            "InternalError",
            "InternalException",
            "InternalServerError",
            "InternalServerErrorException",
            "InternalServerException",
            "InternalServiceError",
            "KMSInternalException",
            "DependencyTimeoutException",
            "ServiceFailure",
            "ServiceUnavailable",
            "ServiceUnavailableException",
            "Unavailable",
            "ServiceException",
            "RequestTimeout",
            "RequestTimeoutException",
            "408",
        ],
    ),
];
