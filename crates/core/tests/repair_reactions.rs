//! What every error that a write can bring leads to: CloudTrail's, S3's and KMS's modelled errors
//! and the unmodelled ones that occur.
#![expect(clippy::expect_used, clippy::unreachable, reason = "test code")]

use std::collections::BTreeSet;

use trailkeeper_core::facts::BucketSetting;
use trailkeeper_core::repair::{Part, Reaction, StepKind, reaction};
use trailkeeper_core::{CallError, ErrorClass};

/// How a step reacts to an error that comes again and again.
#[derive(Debug, PartialEq)]
enum Course {
    /// The same call again, at last given up with this code.
    Retries(&'static str),
    /// Everything read again each time, at last given up with this code.
    Rereads(&'static str),
    /// Everything read again some times, then without the part, then given up.
    RereadsThenWithout(Part),
    /// The same call again some times, then without the part.
    RetriesThenWithout(Part),
    /// Without the part at once.
    Without(Part),
    /// Given up at once with this code.
    GivesUp(&'static str),
}

fn error(kind: StepKind, code: &str, message: &str) -> CallError {
    CallError::from_code(kind.operation(), "org-audit", code, message)
}

fn course(kind: StepKind, error: &CallError) -> Course {
    let reactions: Vec<Reaction> = (1..40).map(|times| reaction(kind, error, times)).collect();
    let last = reactions.iter().find_map(|one| match one {
        Reaction::GiveUp(code) => Some(*code),
        _ => None,
    });
    let last = last.expect("every course ends");
    let part = reactions.iter().find_map(|one| match one {
        Reaction::Without(part) => Some(*part),
        _ => None,
    });
    match (reactions.first(), part) {
        (Some(Reaction::GiveUp(code)), _) => Course::GivesUp(code),
        (Some(Reaction::Without(part)), _) => Course::Without(*part),
        (Some(Reaction::Retry(_)), None) => Course::Retries(last),
        (Some(Reaction::Retry(_)), Some(part)) => Course::RetriesThenWithout(part),
        (Some(Reaction::Reread(_)), None) => Course::Rereads(last),
        (Some(Reaction::Reread(_)), Some(part)) => Course::RereadsThenWithout(part),
        (None, _) => unreachable!("forty reactions were asked for"),
    }
}

/// Every error that CreateTrail models, with what the fact table asks for.
const ON_CREATE: &[(&str, Course)] = &[
    (
        "MaximumNumberOfTrailsExceededException",
        Course::GivesUp("trail-quota-full"),
    ),
    (
        "TrailAlreadyExistsException",
        Course::Rereads("trail-already-exists"),
    ),
    (
        "S3BucketDoesNotExistException",
        Course::GivesUp("bucket-missing"),
    ),
    (
        "InsufficientS3BucketPolicyException",
        Course::Rereads("bucket-refuses-cloudtrail"),
    ),
    (
        "InsufficientSnsTopicPolicyException",
        Course::Without(Part::Topic),
    ),
    (
        "InsufficientEncryptionPolicyException",
        Course::RereadsThenWithout(Part::Key),
    ),
    (
        "InvalidS3BucketNameException",
        Course::GivesUp("bad-parameter"),
    ),
    ("InvalidS3PrefixException", Course::GivesUp("bad-parameter")),
    (
        "InvalidSnsTopicNameException",
        Course::GivesUp("bad-parameter"),
    ),
    ("InvalidKmsKeyIdException", Course::GivesUp("bad-parameter")),
    (
        "InvalidTrailNameException",
        Course::GivesUp("bad-parameter"),
    ),
    (
        "TrailNotProvidedException",
        Course::GivesUp("internal-error"),
    ),
    (
        "TagsLimitExceededException",
        Course::GivesUp("bad-parameter"),
    ),
    (
        "InvalidParameterCombinationException",
        Course::GivesUp("bad-parameter"),
    ),
    (
        "InvalidParameterException",
        Course::GivesUp("bad-parameter"),
    ),
    ("KmsKeyNotFoundException", Course::Without(Part::Key)),
    (
        "KmsKeyDisabledException",
        Course::RereadsThenWithout(Part::Key),
    ),
    ("KmsException", Course::RereadsThenWithout(Part::Key)),
    (
        "InvalidCloudWatchLogsLogGroupArnException",
        Course::Without(Part::LogGroup),
    ),
    (
        "InvalidCloudWatchLogsRoleArnException",
        Course::Without(Part::LogGroup),
    ),
    (
        "CloudWatchLogsDeliveryUnavailableException",
        Course::Without(Part::LogGroup),
    ),
    (
        "InvalidTagParameterException",
        Course::GivesUp("bad-parameter"),
    ),
    (
        "UnsupportedOperationException",
        Course::GivesUp("not-permitted"),
    ),
    (
        "OperationNotPermittedException",
        Course::GivesUp("not-permitted"),
    ),
    (
        "CloudTrailAccessNotEnabledException",
        Course::Without(Part::Organization),
    ),
    (
        "InsufficientDependencyServiceAccessPermissionException",
        Course::Without(Part::Organization),
    ),
    (
        "NotOrganizationMasterAccountException",
        Course::Without(Part::Organization),
    ),
    (
        "OrganizationsNotInUseException",
        Course::Without(Part::Organization),
    ),
    (
        "OrganizationNotInAllFeaturesModeException",
        Course::Without(Part::Organization),
    ),
    (
        "NoManagementAccountSLRExistsException",
        Course::Without(Part::Organization),
    ),
    (
        "CloudTrailInvalidClientTokenIdException",
        Course::Without(Part::Topic),
    ),
    ("ConflictException", Course::Rereads("conflict")),
    ("ThrottlingException", Course::Retries("throttled")),
];

#[test]
fn create_trail_handles_every_error_it_models() {
    for (code, expected) in ON_CREATE {
        let kind = StepKind::CreateTrail;
        assert_eq!(
            course(kind, &error(kind, code, "text")),
            *expected,
            "{code}"
        );
    }
}

#[test]
fn the_other_writes_handle_the_errors_that_only_they_model() {
    use StepKind::{
        AddTags, CancelKeyDeletion, CreateBucket, EnableKey, PutBucketPolicy, PutBucketSetting,
        PutEventSelectors, PutInsightSelectors, PutKeyPolicy, StartLogging, UpdateTrail,
    };
    let acl = PutBucketSetting(BucketSetting::Acl);
    let cases = [
        (
            UpdateTrail,
            "TrailNotFoundException",
            Course::Rereads("trail-not-found"),
        ),
        (
            UpdateTrail,
            "InvalidHomeRegionException",
            Course::Rereads("invalid-home-region"),
        ),
        (
            UpdateTrail,
            "InvalidEventSelectorsException",
            Course::GivesUp("bad-parameter"),
        ),
        (
            UpdateTrail,
            "CloudTrailARNInvalidException",
            Course::GivesUp("bad-parameter"),
        ),
        (
            UpdateTrail,
            "NotOrganizationMasterAccountException",
            Course::Without(Part::Organization),
        ),
        (
            StartLogging,
            "TrailNotFoundException",
            Course::Rereads("trail-not-found"),
        ),
        (
            StartLogging,
            "ConflictException",
            Course::Rereads("conflict"),
        ),
        (
            StartLogging,
            "NotOrganizationMasterAccountException",
            Course::GivesUp("organization-not-available"),
        ),
        (
            PutEventSelectors,
            "InvalidEventSelectorsException",
            Course::GivesUp("bad-parameter"),
        ),
        (
            PutInsightSelectors,
            "InvalidInsightSelectorsException",
            Course::Rereads("bad-parameter"),
        ),
        (
            PutInsightSelectors,
            "UnsupportedOperationException",
            Course::Without(Part::Insights),
        ),
        (
            PutBucketPolicy,
            "NoSuchBucket",
            Course::Rereads("bucket-missing"),
        ),
        (
            PutBucketPolicy,
            "MalformedPolicy",
            Course::GivesUp("policy-refused"),
        ),
        (
            PutBucketPolicy,
            "OperationAborted",
            Course::Rereads("conflict"),
        ),
        (PutBucketPolicy, "SlowDown", Course::Retries("throttled")),
        (
            PutKeyPolicy,
            "MalformedPolicyDocumentException",
            Course::GivesUp("policy-refused"),
        ),
        (
            PutKeyPolicy,
            "KMSInternalException",
            Course::Rereads("unavailable"),
        ),
        (
            EnableKey,
            "NotFoundException",
            Course::GivesUp("key-not-found"),
        ),
        (
            EnableKey,
            "KMSInvalidStateException",
            Course::Rereads("key-unusable"),
        ),
        (
            CancelKeyDeletion,
            "DependencyTimeoutException",
            Course::Rereads("unavailable"),
        ),
        (
            CancelKeyDeletion,
            "AccessDeniedException",
            Course::GivesUp("denied"),
        ),
        (StartLogging, "AccessDenied", Course::GivesUp("denied")),
        (
            CreateBucket,
            "BucketAlreadyExists",
            Course::GivesUp("bucket-not-ours"),
        ),
        (
            CreateBucket,
            "BucketAlreadyOwnedByYou",
            Course::Rereads("bucket-missing"),
        ),
        (
            CreateBucket,
            "OperationAborted",
            Course::Rereads("conflict"),
        ),
        (
            CreateBucket,
            "TooManyBuckets",
            Course::GivesUp("bucket-quota-full"),
        ),
        (acl, "NoSuchBucket", Course::Rereads("bucket-missing")),
        (
            acl,
            "AccessControlListNotSupported",
            Course::GivesUp("setting-refused"),
        ),
        (acl, "SlowDown", Course::Retries("throttled")),
        (
            PutBucketSetting(BucketSetting::OwnershipControls),
            "InvalidBucketAclWithObjectOwnership",
            Course::Rereads("setting-refused"),
        ),
        (
            PutBucketSetting(BucketSetting::Lifecycle),
            "MalformedXML",
            Course::GivesUp("setting-refused"),
        ),
        (
            AddTags,
            "TagsLimitExceededException",
            Course::GivesUp("tags-full"),
        ),
        (
            AddTags,
            "ResourceNotFoundException",
            Course::Rereads("trail-not-found"),
        ),
        (AddTags, "ConflictException", Course::Rereads("conflict")),
        // these two mean something only where tags are added
        (
            UpdateTrail,
            "ResourceNotFoundException",
            Course::GivesUp("bad-parameter"),
        ),
        (
            UpdateTrail,
            "TagsLimitExceededException",
            Course::GivesUp("bad-parameter"),
        ),
    ];
    for (kind, code, expected) in cases {
        assert_eq!(
            course(kind, &error(kind, code, "text")),
            expected,
            "{kind:?} {code}"
        );
    }
}

#[test]
fn a_fresh_role_for_cloudwatch_logs_is_waited_for() {
    let kind = StepKind::UpdateTrail;
    for code in [
        "InvalidCloudWatchLogsLogGroupArnException",
        "InvalidCloudWatchLogsRoleArnException",
    ] {
        let fresh = error(
            kind,
            code,
            "Access denied. Check the permissions for your role.",
        );
        assert_eq!(
            course(kind, &fresh),
            Course::RetriesThenWithout(Part::LogGroup),
            "{code}"
        );
    }
}

#[test]
fn a_lost_answer_is_followed_by_a_look_never_by_a_blind_repeat() {
    for kind in StepKind::ALL {
        let lost = CallError::no_answer(kind.operation(), "org-audit", "Timeout");
        assert_eq!(lost.class, ErrorClass::Broken);
        assert_eq!(
            course(kind, &lost),
            Course::Rereads("unavailable"),
            "{kind:?}"
        );
    }
}

#[test]
fn step_codes_are_unique_and_kebab_case() {
    let codes: BTreeSet<&str> = StepKind::ALL.iter().map(|kind| kind.code()).collect();
    assert_eq!(codes.len(), StepKind::ALL.len());
    for code in codes {
        assert!(
            code.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
            "{code}"
        );
    }
}
