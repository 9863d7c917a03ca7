//! Attacks on the trail's own settings.

use super::call::{cloudtrail, kms};
use super::need::{BASELINE, need};
use super::{Class, SeenBy, Threat};
use SeenBy::{Event, GuardDuty, TrailRule};

const UPDATE_TRAIL: super::ThreatCall = cloudtrail("UpdateTrail");

pub(super) const THREATS: &[Threat] = &[
    Threat {
        id: "B01",
        title: "stop the trail",
        class: Class::Undone,
        attack: "One call and nothing is recorded any more, while the trail, its bucket and its \
                 settings look as before. No configuration item changes, so rules that wait for \
                 one see nothing.",
        calls: &[cloudtrail("StopLogging")],
        condition: "",
        seen_by: &[Event, TrailRule("trail-not-logging"), GuardDuty],
        undone_by: "StartLogging, PutInsightSelectors",
        stays_lost: "what happened between the stop and the start; the event history keeps \
                     management events of it for 90 days, the digest chain begins anew",
        only: &[],
        parameters: &[],
        source: "Stratus Red Team cloudtrail-stop; Pacu; Sigma",
    },
    Threat {
        id: "B02",
        title: "delete the trail",
        class: Class::Undone,
        attack: "The trail is gone with all its settings. Log files that were delivered stay in \
                 the bucket.",
        calls: &[cloudtrail("DeleteTrail")],
        condition: "",
        seen_by: &[Event, TrailRule("trail-missing"), GuardDuty],
        undone_by: "CreateTrail, PutEventSelectors, PutInsightSelectors, AddTags, StartLogging",
        stays_lost: "what happened until the new trail started; data selectors and tags where no \
                     baseline knows them; the digest chain begins anew",
        only: &[],
        parameters: &[
            need("CloudTrailName"),
            need("CloudTrailS3BucketName"),
            BASELINE.of(&[
                "AddTags",
                "PutEventSelectors",
                "data events",
                "encryption",
                "log group",
                "topic",
            ]),
        ],
        source: "Stratus Red Team cloudtrail-delete",
    },
    Threat {
        id: "B03",
        title: "record one Region only",
        class: Class::Undone,
        attack: "The trail goes on in its home Region and the intruder works in another one. \
                 Taking the other Regions away takes the global services away too.",
        calls: &[UPDATE_TRAIL],
        condition: "",
        seen_by: &[Event, TrailRule("not-multi-region"), GuardDuty],
        undone_by: "UpdateTrail",
        stays_lost: "what happened in other Regions meanwhile",
        only: &[],
        parameters: &[need("requireMultiRegion")],
        source: "Pacu; ATT&CK T1562.008",
    },
    Threat {
        id: "B04",
        title: "leave out global services",
        class: Class::Undone,
        attack: "Calls of IAM and STS, by which permissions are handed out, are no longer \
                 recorded. CloudTrail takes this only together with a single Region.",
        calls: &[UPDATE_TRAIL],
        condition: "",
        seen_by: &[Event, TrailRule("global-events-missing"), GuardDuty],
        undone_by: "UpdateTrail",
        stays_lost: "calls of global services meanwhile",
        only: &[],
        parameters: &[need("requireGlobalServiceEvents")],
        source: "Pacu",
    },
    Threat {
        id: "B05",
        title: "turn log file validation off",
        class: Class::Undone,
        attack: "No digest files are written, so log files can be changed or deleted later \
                 without a proof of it.",
        calls: &[UPDATE_TRAIL],
        condition: "",
        seen_by: &[Event, TrailRule("log-validation-off"), GuardDuty],
        undone_by: "UpdateTrail",
        stays_lost: "the proof for log files delivered meanwhile; the chain begins anew",
        only: &[],
        parameters: &[need("requireLogFileValidation")],
        source: "Pacu; ATT&CK T1562.008",
    },
    Threat {
        id: "B06",
        title: "encrypt with no key, or with the intruder's",
        class: Class::Undone,
        attack: "Without the key whoever reads the bucket reads the log. With a key of the \
                 intruder's account the owner of the log cannot read it once access is withdrawn. An \
                 alias that is moved gives a trail no other key, since a trail keeps its key's ARN; \
                 it would deceive a repair that follows it.",
        calls: &[UPDATE_TRAIL, kms("UpdateAlias"), kms("DeleteAlias")],
        condition: "the key is named, and not by an alias: one that was moved or deleted is only \
                    noticed, and no repair follows it",
        seen_by: &[
            Event,
            TrailRule("not-encrypted"),
            TrailRule("wrong-key"),
            GuardDuty,
        ],
        undone_by: "UpdateTrail",
        stays_lost: "log files that were written with the other key, if its owner withdraws it",
        only: &[],
        parameters: &[
            need("kmsKeyId"),
            need("CloudTrailKmsKeyId").of(&["no key", "the intruder's key"]),
        ],
        source: "Pacu",
    },
    Threat {
        id: "B07",
        title: "no notification of new log files",
        class: Class::Undone,
        attack: "Whoever reads log files when the topic tells of them reads none any more.",
        calls: &[UPDATE_TRAIL],
        condition: "the topic is named",
        seen_by: &[Event, TrailRule("wrong-topic"), GuardDuty],
        undone_by: "UpdateTrail",
        stays_lost: "the notifications; the log files are there",
        only: &[],
        parameters: &[need("snsTopicArn"), need("SnsTopicName")],
        source: "Pacu; ATT&CK T1562.008",
    },
    Threat {
        id: "B08",
        title: "no copy to CloudWatch Logs",
        class: Class::Undone,
        attack: "Metric filters and alarms on the log group fall silent. The log files are still \
                 delivered, so nothing seems to be missing.",
        calls: &[UPDATE_TRAIL],
        condition: "the log group and its role are named",
        seen_by: &[Event, TrailRule("wrong-log-group"), GuardDuty],
        undone_by: "UpdateTrail",
        stays_lost: "what the alarms would have told meanwhile; the log files are there",
        only: &[],
        parameters: &[
            need("cloudWatchLogsLogGroupArn"),
            need("CloudWatchLogsLogGroupArn"),
            need("CloudWatchLogsRoleArn"),
        ],
        source: "Pacu; ATT&CK T1562.008",
    },
    Threat {
        id: "B09",
        title: "deliver to another bucket or prefix",
        class: Class::Undone,
        attack: "The trail is healthy by every sign of its own and delivers where nobody of ours \
                 looks, or to the intruder's account.",
        calls: &[UPDATE_TRAIL],
        condition: "",
        seen_by: &[
            Event,
            TrailRule("wrong-bucket"),
            TrailRule("wrong-prefix"),
            TrailRule("bucket-not-ours"),
            GuardDuty,
        ],
        undone_by: "UpdateTrail",
        stays_lost: "log files that were delivered elsewhere; somebody else may have read them",
        only: &[],
        parameters: &[
            need("s3BucketName").of(&["wrong-bucket"]),
            need("s3KeyPrefix").of(&["wrong-prefix"]),
            need("CloudTrailS3BucketName"),
            need("S3KeyPrefix").of(&["another prefix"]),
        ],
        source: "Elastic detection rule on UpdateTrail",
    },
    Threat {
        id: "B10",
        title: "turn an organization trail into an account's",
        class: Class::Undone,
        attack: "The management account is still recorded, every member account is not.",
        calls: &[UPDATE_TRAIL],
        condition: "the runbook runs in the management account and may convert the trail",
        seen_by: &[Event, TrailRule("organization-trail-required"), GuardDuty],
        undone_by: "UpdateTrail",
        stays_lost: "what happened in member accounts meanwhile",
        only: &[],
        parameters: &[
            need("requireOrganizationTrail"),
            need("ConvertToOrganizationTrail"),
        ],
        source: "CloudTrail API reference, UpdateTrail",
    },
];
