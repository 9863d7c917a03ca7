//! Attacks on the bucket and on what lies in it.

use super::call::{s3, s3_as};
use super::need::{BASELINE, need};
use super::{Class, Only, SeenBy, Threat, ThreatCall};
use SeenBy::{DeliveryField, Digest, Event, GuardDuty, TrailRule};

const PUT_BUCKET_POLICY: ThreatCall = s3("PutBucketPolicy");

const DELETE_OBJECT_ACTIONS: &[&str] = &["DeleteObject", "DeleteObjectVersion"];

pub(super) const THREATS: &[Threat] = &[
    Threat {
        id: "B24",
        title: "delete the bucket",
        class: Class::Undone,
        attack: "CloudTrail has nowhere to deliver to and drops what it cannot deliver after its \
                 own retries. Whoever makes a bucket of this name next receives the log.",
        calls: &[s3("DeleteBucket")],
        condition: "the bucket may be made again",
        seen_by: &[
            Event,
            TrailRule("bucket-missing"),
            DeliveryField("LatestDeliveryError"),
            GuardDuty,
        ],
        undone_by: "CreateBucket, PutPublicAccessBlock, PutBucketVersioning, PutBucketPolicy",
        stays_lost: "all log files that were in it, and those that could not be delivered",
        only: &[],
        parameters: &[need("RecreateBucket")],
        source: "GuardDuty User Guide, Stealth:IAMUser/CloudTrailLoggingDisabled",
    },
    Threat {
        id: "B25",
        title: "bucket policy without CloudTrail, or with a Deny",
        class: Class::Undone,
        attack: "The trail says that it is logging and delivers nothing. A Deny among many \
                 statements does the same and is harder to see.",
        calls: &[PUT_BUCKET_POLICY, s3("DeleteBucketPolicy")],
        condition: "no Deny of somebody else stands in the way: that one is named, never removed",
        seen_by: &[
            Event,
            TrailRule("bucket-refuses-cloudtrail"),
            DeliveryField("LatestDeliveryError"),
        ],
        undone_by: "PutBucketPolicy",
        stays_lost: "log files that CloudTrail gave up delivering",
        only: &[],
        parameters: &[],
        source: "Elastic and Panther detection rules on bucket policies",
    },
    Threat {
        id: "B26",
        title: "let log files expire after a day",
        class: Class::Undone,
        attack: "S3 itself deletes the log, without a call that anybody made, some time after the \
                 lifecycle rule was put.",
        calls: &[s3_as(
            "PutBucketLifecycleConfiguration",
            "PutBucketLifecycle",
            &["PutLifecycleConfiguration"],
        )],
        condition: "a baseline says which lifecycle rules there were",
        seen_by: &[Event, TrailRule("bucket-lifecycle-changed")],
        undone_by: "PutBucketLifecycleConfiguration",
        stays_lost: "log files that expired before; versions of them, where versioning is on, stay \
                     as long as the rule let them",
        only: &[],
        parameters: &[BASELINE],
        source: "Stratus Red Team cloudtrail-lifecycle-rule",
    },
    Threat {
        id: "B27",
        title: "delete log files",
        class: Class::Noticed,
        attack: "Single files are taken out of the record of a day. The trail is healthy by every \
                 sign, and the calls are data events, which few trails record: without them only a \
                 comparison with the digest files shows it.",
        calls: &[
            s3_as("DeleteObject", "DeleteObject", DELETE_OBJECT_ACTIONS),
            s3_as("DeleteObjects", "DeleteObjects", DELETE_OBJECT_ACTIONS),
        ],
        condition: "the trail records data events of the bucket",
        seen_by: &[Event, TrailRule("log-files-missing"), Digest],
        undone_by: "",
        stays_lost: "the files, unless the bucket is versioned: then a delete marker can be taken \
                     off by hand",
        only: &[],
        parameters: &[need("checkLogFiles").of(&["log-files-missing"])],
        source: "CloudTrail User Guide, log file validation",
    },
    Threat {
        id: "B28",
        title: "suspend versioning",
        class: Class::Undone,
        attack: "What is deleted or overwritten from now on is gone for good. It is the step \
                 before the log files are deleted.",
        calls: &[s3("PutBucketVersioning")],
        condition: "a baseline says that versioning was on",
        seen_by: &[Event, TrailRule("bucket-versioning-off")],
        undone_by: "PutBucketVersioning",
        stays_lost: "versions of what was deleted or overwritten meanwhile",
        only: &[],
        parameters: &[BASELINE],
        source: "Elastic detection rule on bucket versioning",
    },
    Threat {
        id: "B29",
        title: "encrypt the bucket with a foreign key",
        class: Class::Undone,
        attack: "Of a trail without a key of its own a default key that CloudTrail may not use stops \
                 delivery; one of the intruder's \
                 makes new objects unreadable when it is withdrawn. A Deny of everything that is \
                 not encrypted with KMS keeps digest files out.",
        calls: &[
            s3_as(
                "PutBucketEncryption",
                "PutBucketEncryption",
                &["PutEncryptionConfiguration"],
            ),
            s3_as(
                "DeleteBucketEncryption",
                "DeleteBucketEncryption",
                &["PutEncryptionConfiguration"],
            ),
            PUT_BUCKET_POLICY,
        ],
        condition: "a baseline says how the bucket was encrypted; a Deny of somebody else is only \
                    noticed",
        seen_by: &[
            Event,
            TrailRule("bucket-encryption-changed"),
            TrailRule("digest-error"),
            DeliveryField("LatestDigestDeliveryError"),
        ],
        undone_by: "PutBucketEncryption",
        stays_lost: "objects written with the foreign key, if its owner withdraws it",
        only: &[],
        parameters: &[BASELINE.of(&["bucket-encryption-changed"])],
        source: "CloudTrail User Guide, bucket policies and digest files",
    },
    Threat {
        id: "B30",
        title: "take away object lock, replication, notification or access logs",
        class: Class::Noticed,
        attack: "None of these stops the trail. Each takes away what keeps the log safe or shows \
                 who reads and deletes it. A replication rule that is disabled copies as little as \
                 one that is gone.",
        calls: &[
            s3_as(
                "PutObjectLockConfiguration",
                "PutBucketObjectLockConfiguration",
                &["PutBucketObjectLockConfiguration"],
            ),
            s3_as(
                "DeleteBucketReplication",
                "DeleteBucketReplication",
                &["PutReplicationConfiguration"],
            ),
            s3_as(
                "PutBucketReplication",
                "PutBucketReplication",
                &["PutReplicationConfiguration"],
            ),
            s3_as(
                "PutBucketNotificationConfiguration",
                "PutBucketNotification",
                &["PutBucketNotification"],
            ),
            s3("PutBucketLogging"),
        ],
        condition: "",
        seen_by: &[Event, TrailRule("bucket-protection-changed")],
        undone_by: "",
        stays_lost: "copies, notifications and access logs meanwhile",
        only: &[],
        parameters: &[BASELINE],
        source: "Elastic detection rules on S3",
    },
    Threat {
        id: "B31",
        title: "Requester Pays, object ownership, ACL",
        class: Class::Undone,
        attack: "CloudTrail does not deliver to a bucket where the requester pays. Ownership and \
                 ACL decide whether the owner of the bucket may read what CloudTrail puts there.",
        calls: &[
            s3("PutBucketRequestPayment"),
            s3("PutBucketOwnershipControls"),
            s3("PutBucketAcl"),
        ],
        condition: "a baseline says what they were",
        seen_by: &[
            Event,
            TrailRule("bucket-requester-pays"),
            TrailRule("bucket-ownership-changed"),
            TrailRule("bucket-acl-changed"),
            DeliveryField("LatestDeliveryError"),
        ],
        undone_by: "PutBucketRequestPayment, PutBucketOwnershipControls, PutBucketAcl",
        stays_lost: "log files that CloudTrail gave up delivering",
        only: &[],
        parameters: &[BASELINE],
        source: "CloudTrail User Guide, bucket policy",
    },
    Threat {
        id: "B32",
        title: "make the bucket public or readable from outside",
        class: Class::Noticed,
        attack: "The log tells an intruder what is known of him, and tells strangers how the \
                 account works. What keeps the public out is set on the bucket, and once more for \
                 the whole account.",
        calls: &[
            s3_as(
                "PutPublicAccessBlock",
                "PutBucketPublicAccessBlock",
                &["PutBucketPublicAccessBlock"],
            ),
            s3_as(
                "DeletePublicAccessBlock",
                "DeleteBucketPublicAccessBlock",
                &["PutBucketPublicAccessBlock"],
            ),
            s3("PutAccountPublicAccessBlock"),
            s3_as(
                "DeleteAccountPublicAccessBlock",
                "DeleteAccountPublicAccessBlock",
                &["PutAccountPublicAccessBlock"],
            ),
            PUT_BUCKET_POLICY,
        ],
        condition: "",
        seen_by: &[
            Event,
            TrailRule("bucket-open-to-others"),
            TrailRule("bucket-exposed"),
        ],
        undone_by: "",
        stays_lost: "that the log was secret",
        only: &[(
            Only::Event,
            &[
                "readable by another account",
                "public access allowed in the account",
                "no public access block of the account",
            ],
        )],
        parameters: &[BASELINE.of(&["bucket-exposed"])],
        source: "Prowler",
    },
];
