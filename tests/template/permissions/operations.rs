//! The code's list of AWS operations against the rows of the functions.

use std::collections::BTreeSet;

use trailkeeper_core::Operation;
use trailkeeper_core::facts::BucketSetting;
use trailkeeper_core::operation::{self, GET_CALLER_IDENTITY, LIST_BUCKETS};
use trailkeeper_core::repair::StepKind;

use super::table::{Role, permissions};
use super::trail_rows::TRAIL_RULE;
use super::{is_call, rows_of};

/// IAM's name for an operation.
fn action(operation: Operation) -> String {
    let name = match operation {
        LIST_BUCKETS => "ListAllMyBuckets",
        operation::LIST_OBJECTS => "ListBucket",
        operation::HEAD_OBJECT => "GetObject",
        operation::GET_BUCKET_ENCRYPTION => "GetEncryptionConfiguration",
        operation::PUT_BUCKET_ENCRYPTION => "PutEncryptionConfiguration",
        operation::GET_BUCKET_LIFECYCLE => "GetLifecycleConfiguration",
        operation::PUT_BUCKET_LIFECYCLE => "PutLifecycleConfiguration",
        operation::GET_PUBLIC_ACCESS_BLOCK => "GetBucketPublicAccessBlock",
        operation::PUT_PUBLIC_ACCESS_BLOCK => "PutBucketPublicAccessBlock",
        operation::GET_OBJECT_LOCK => "GetBucketObjectLockConfiguration",
        operation::GET_BUCKET_REPLICATION => "GetReplicationConfiguration",
        operation::GET_BUCKET_NOTIFICATION => "GetBucketNotification",
        other => other.name,
    };
    format!("{}:{name}", operation.service)
}

/// What no deployed function calls: the first two are the command's; the others are the counterparts
/// of settings that are compared and, because they are another owner's affair, not put back.
const NOT_DEPLOYED: [Operation; 6] = [
    GET_CALLER_IDENTITY,
    operation::PUT_OBJECT,
    operation::PUT_OBJECT_LOCK,
    operation::PUT_BUCKET_REPLICATION,
    operation::PUT_BUCKET_NOTIFICATION,
    operation::PUT_BUCKET_LOGGING,
];

#[test]
fn the_functions_may_do_every_operation_of_the_code() {
    let called = |role| -> BTreeSet<String> {
        rows_of(role, is_call)
            .into_iter()
            .map(str::to_owned)
            .collect()
    };
    let (evaluator, remediator) = (called(Role::Evaluator), called(Role::Remediator));
    let operations = operation::ALL
        .iter()
        .filter(|one| !NOT_DEPLOYED.contains(one));
    let all: BTreeSet<String> = operations.map(|one| action(*one)).collect();
    let both: BTreeSet<String> = evaluator.union(&remediator).cloned().collect();
    assert_eq!(both, all);

    let writes: BTreeSet<String> = StepKind::ALL
        .iter()
        .map(|kind| action(kind.operation()))
        .collect();
    assert!(writes.is_subset(&remediator), "{writes:?}");
    assert!(writes.is_disjoint(&evaluator), "{evaluator:?}");
    let settings = BucketSetting::ALL
        .iter()
        .map(|setting| action(setting.read_by()));
    let settings: BTreeSet<String> = settings.collect();
    assert!(settings.is_subset(&remediator) && settings.is_subset(&evaluator));
    assert!(!remediator.contains("config:PutEvaluations"));
    // What the rule reads of the trail the repair reads too: the same examination judges for both.
    let reads =
        permissions().filter(|row| row.role == Role::Evaluator && row.only_with == TRAIL_RULE);
    let reads: BTreeSet<String> = reads.map(|row| row.action.to_owned()).collect();
    assert!(reads.len() > 5 && reads.is_subset(&remediator), "{reads:?}");
}
