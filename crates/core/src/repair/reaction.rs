//! What a failed write leads to: one table over every error that CloudTrail, S3 and KMS model,
//! and the unmodelled ones that occur.

use jiff::SignedDuration;

use super::step::StepKind;
use crate::call_error::{CallError, ErrorClass};

/// A part of the wanted trail that logging does not depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Encryption with the wanted key.
    Key,
    /// The SNS topic.
    Topic,
    /// The CloudWatch Logs group.
    LogGroup,
    /// Recording for the whole organization.
    Organization,
    /// Insights.
    Insights,
}

/// What to do after a failed step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    /// Make the same call again after a wait of about this base, doubling.
    Retry(SignedDuration),
    /// Wait about this base, doubling, read everything again and decide anew.
    Reread(SignedDuration),
    /// Go on without this part and report it.
    Without(Part),
    /// Do not try this step again; the code names why.
    GiveUp(&'static str),
}

const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// How often a call that was throttled, or whose effect is unknown, is made again. With doubling
/// waits from one second this spans more than half a minute, which outlasts a burst of other
/// writers at CloudTrail's one write a second.
const PATIENCE: u32 = 6;

/// The reaction to the `times`th failure of a step with this error.
pub fn reaction(kind: StepKind, error: &CallError, times: u32) -> Reaction {
    match error.class {
        ErrorClass::Denied => return Reaction::GiveUp("denied"),
        ErrorClass::Throttled => {
            return up_to(PATIENCE, times, Reaction::Retry(SECOND), "throttled");
        }
        ErrorClass::Broken => {
            return up_to(PATIENCE, times, Reaction::Reread(SECOND), "unavailable");
        }
        ErrorClass::Conflict => {
            // "a few minutes" says the API; the next run takes over what this one cannot wait for
            return up_to(4, times, Reaction::Reread(SECOND * 3), "conflict");
        }
        ErrorClass::Absent | ErrorClass::Refused => {}
    }
    let code = error.code.as_str();
    if is_organization_precondition(code) {
        let changes_trail = matches!(kind, StepKind::CreateTrail | StepKind::UpdateTrail);
        return without(
            Part::Organization,
            if changes_trail { times } else { u32::MAX },
            0,
        );
    }
    on_bucket(kind, code, times)
        .or_else(|| on_storage(code, times))
        .or_else(|| on_optional_part(kind, error, times))
        .unwrap_or_else(|| on_trail(code, times))
}

fn up_to(most: u32, times: u32, first: Reaction, code: &'static str) -> Reaction {
    if times <= most {
        first
    } else {
        Reaction::GiveUp(code)
    }
}

/// Goes on without the part after `tries` failures. A failure that comes again although the part
/// is left out was not about the part, and the step is given up.
fn without(part: Part, times: u32, tries: u32) -> Reaction {
    if times <= tries + 1 {
        return Reaction::Without(part);
    }
    Reaction::GiveUp(match part {
        Part::Key => "key-unusable",
        Part::Topic => "wrong-topic",
        Part::LogGroup => "wrong-log-group",
        Part::Organization => "organization-not-available",
        Part::Insights => "insights-not-offered",
    })
}

/// Errors of the trail itself and of the request.
fn on_trail(code: &str, times: u32) -> Reaction {
    match code {
        "TrailAlreadyExistsException" => {
            up_to(3, times, Reaction::Reread(SECOND), "trail-already-exists")
        }
        "TrailNotFoundException" => up_to(3, times, Reaction::Reread(SECOND), "trail-not-found"),
        "InvalidHomeRegionException" => {
            up_to(2, times, Reaction::Reread(SECOND), "invalid-home-region")
        }
        "MaximumNumberOfTrailsExceededException" => Reaction::GiveUp("trail-quota-full"),
        // follows a change of the selectors, which CloudTrail may not see at once
        "InvalidInsightSelectorsException" => {
            up_to(3, times, Reaction::Reread(SECOND * 2), "bad-parameter")
        }
        "UnsupportedOperationException" | "OperationNotPermittedException" => {
            Reaction::GiveUp("not-permitted")
        }
        "TrailNotProvidedException" => Reaction::GiveUp("internal-error"),
        "MalformedPolicy" | "MalformedPolicyDocumentException" => {
            Reaction::GiveUp("policy-refused")
        }
        "PolicyTooLarge" => Reaction::GiveUp("policy-too-large"),
        // the state of the key changed under us
        "KMSInvalidStateException" => up_to(2, times, Reaction::Reread(SECOND), "key-unusable"),
        _ => Reaction::GiveUp("bad-parameter"),
    }
}

/// Errors of the bucket's own steps.
fn on_bucket(kind: StepKind, code: &str, times: u32) -> Option<Reaction> {
    let is_setting = matches!(kind, StepKind::PutBucketSetting(_));
    Some(match code {
        // the name is taken, and S3 says so for a bucket of ours by another code
        "BucketAlreadyExists" => Reaction::GiveUp("bucket-not-ours"),
        "BucketAlreadyOwnedByYou" => up_to(3, times, Reaction::Reread(SECOND), "bucket-missing"),
        "TooManyBuckets" => Reaction::GiveUp("bucket-quota-full"),
        // it has just been made, or has just been deleted: the facts tell
        "NoSuchBucket" if is_setting || kind == StepKind::PutBucketPolicy => {
            up_to(3, times, Reaction::Reread(SECOND), "bucket-missing")
        }
        // the access control list is put back first and may not be seen yet
        "InvalidBucketAclWithObjectOwnership" => {
            up_to(2, times, Reaction::Reread(SECOND), "setting-refused")
        }
        _ if is_setting => Reaction::GiveUp("setting-refused"),
        "TagsLimitExceededException" if kind == StepKind::AddTags => Reaction::GiveUp("tags-full"),
        // AddTags names a trail that is not there so
        "ResourceNotFoundException" if kind == StepKind::AddTags => {
            up_to(3, times, Reaction::Reread(SECOND), "trail-not-found")
        }
        _ => return None,
    })
}

/// Errors of the bucket and the key, whose policies spread slowly.
fn on_storage(code: &str, times: u32) -> Option<Reaction> {
    Some(match code {
        "S3BucketDoesNotExistException" | "NoSuchBucket" => Reaction::GiveUp("bucket-missing"),
        "InsufficientS3BucketPolicyException" => up_to(
            4,
            times,
            Reaction::Reread(SECOND * 2),
            "bucket-refuses-cloudtrail",
        ),
        // may mean the bucket or the key: both are read and repaired again before the key is left
        "InsufficientEncryptionPolicyException" => {
            let last = without(Part::Key, times, 4);
            if times <= 4 {
                Reaction::Reread(SECOND * 2)
            } else {
                last
            }
        }
        // a key that was just enabled shows so only after some seconds
        "KmsException" | "KmsKeyDisabledException" => {
            let last = without(Part::Key, times, 3);
            if times <= 3 {
                Reaction::Reread(SECOND * 2)
            } else {
                last
            }
        }
        "KmsKeyNotFoundException" => without(Part::Key, times, 0),
        "NotFoundException" => Reaction::GiveUp("key-not-found"),
        _ => return None,
    })
}

/// Errors of the parts that logging does not depend on.
fn on_optional_part(kind: StepKind, error: &CallError, times: u32) -> Option<Reaction> {
    Some(match error.code.as_str() {
        "InsufficientSnsTopicPolicyException" | "CloudTrailInvalidClientTokenIdException" => {
            without(Part::Topic, times, 0)
        }
        // a fresh role answers so until IAM has spread it
        "InvalidCloudWatchLogsLogGroupArnException"
        | "InvalidCloudWatchLogsRoleArnException"
        | "CloudWatchLogsDeliveryUnavailableException"
            if error.message.contains("Access denied") && times <= 3 =>
        {
            Reaction::Retry(SECOND * 3)
        }
        "InvalidCloudWatchLogsLogGroupArnException"
        | "InvalidCloudWatchLogsRoleArnException"
        | "CloudWatchLogsDeliveryUnavailableException" => without(Part::LogGroup, times, 3),
        "UnsupportedOperationException" if kind == StepKind::PutInsightSelectors => {
            without(Part::Insights, times, 0)
        }
        _ => return None,
    })
}

fn is_organization_precondition(code: &str) -> bool {
    matches!(
        code,
        "CloudTrailAccessNotEnabledException"
            | "InsufficientDependencyServiceAccessPermissionException"
            | "NotOrganizationMasterAccountException"
            | "NotOrganizationManagementAccountException"
            | "OrganizationsNotInUseException"
            | "OrganizationNotInAllFeaturesModeException"
            | "NoManagementAccountSLRExistsException"
    )
}
