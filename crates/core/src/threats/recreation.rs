//! Attacks that leave a trail behind which looks right, or leave no room for one.

use super::call::{cloudtrail, s3};
use super::need::{BASELINE, need};
use super::{Class, Only, SeenBy, Threat};
use SeenBy::{DeliveryField, Event, GuardDuty, TrailRule};

pub(super) const THREATS: &[Threat] = &[
    Threat {
        id: "B18",
        title: "blink: stop, act, start",
        class: Class::Noticed,
        attack: "The trail is stopped for the minute that is needed and started again before any \
                 schedule looks. Afterwards it records; the gap shows in its status and where the \
                 digest chain begins anew, and Insights, which a stop turns off, stay off.",
        calls: &[cloudtrail("StopLogging"), cloudtrail("StartLogging")],
        condition: "",
        seen_by: &[
            Event,
            DeliveryField("StopLoggingTime"),
            TrailRule("insights-missing"),
            GuardDuty,
        ],
        undone_by: "StartLogging where it is still stopped, PutInsightSelectors",
        stays_lost: "what happened between the two calls, beyond the event history",
        only: &[],
        parameters: &[],
        source: "CloudTrail User Guide, log file validation",
    },
    Threat {
        id: "B19",
        title: "delete and make again, weaker, by the same name",
        class: Class::Undone,
        attack: "Whoever looks for the name finds a trail that records. It has one Region, no \
                 digests, no key, or selectors that let little through.",
        calls: &[cloudtrail("DeleteTrail"), cloudtrail("CreateTrail")],
        condition: "",
        seen_by: &[
            Event,
            TrailRule("not-multi-region"),
            TrailRule("global-events-missing"),
            TrailRule("log-validation-off"),
            TrailRule("not-encrypted"),
            TrailRule("insights-missing"),
            GuardDuty,
        ],
        undone_by: "UpdateTrail, PutEventSelectors, PutInsightSelectors, AddTags, StartLogging",
        stays_lost: "what the weak trail left out; the digest chain begins anew",
        only: &[],
        parameters: &[BASELINE.of(&[
            "not-encrypted",
            "AddTags",
            "PutEventSelectors",
            "data events",
            "encryption",
            "log group",
            "topic",
        ])],
        source: "CloudTrail API reference",
    },
    Threat {
        id: "B20",
        title: "change tags that a policy goes by",
        class: Class::Undone,
        attack: "Policies may protect a trail by its tag. Without the tag the trail can be \
                 stopped by those whom the policy kept off.",
        calls: &[cloudtrail("RemoveTags"), cloudtrail("AddTags")],
        condition: "a baseline says which tags there were",
        seen_by: &[Event, TrailRule("trail-tags-changed")],
        undone_by: "AddTags",
        stays_lost: "nothing; a tag that was added stays, because ours never takes any away",
        only: &[],
        parameters: &[BASELINE],
        source: "IAM condition key aws:ResourceTag on trails",
    },
    Threat {
        id: "B21",
        title: "use up the quota of five trails",
        class: Class::Undone,
        attack: "With five trails in the Region a deleted one cannot be made again. CloudTrail \
                 does not raise this quota.",
        calls: &[cloudtrail("CreateTrail")],
        condition: "a trail of the account may be adopted, and the rule demands none by name",
        seen_by: &[Event, TrailRule("trail-not-logging")],
        undone_by: "PutBucketPolicy, UpdateTrail, PutInsightSelectors, \
                    StartLogging on the best trail that is there",
        stays_lost: "the trail's name and its data selectors; the intruder's trails stay until a \
                     person deletes them",
        only: &[],
        parameters: &[
            need("AdoptExistingTrail"),
            need("CloudTrailKmsKeyId").of(&["encryption"]),
            need("SnsTopicName").of(&["topic"]),
            need("CloudWatchLogsLogGroupArn").of(&["log group"]),
            need("CloudWatchLogsRoleArn").of(&["log group"]),
        ],
        source: "CloudTrail quotas",
    },
    Threat {
        id: "B22",
        title: "take the name of the trail or of its bucket",
        class: Class::Undone,
        attack: "A deleted trail's name is taken in another Region, or a deleted bucket's name in \
                 another account, so that what is made again lands with the intruder. Only the \
                 call that frees the name is told at once, as B02 or B24: where it is taken is out \
                 of sight.",
        calls: &[cloudtrail("CreateTrail"), s3("CreateBucket")],
        condition: "it is a trail of the own account; a bucket in another account is only noticed",
        seen_by: &[TrailRule("not-multi-region"), TrailRule("bucket-not-ours")],
        undone_by: "PutBucketPolicy, UpdateTrail, PutInsightSelectors, \
                    StartLogging on the trail of that name",
        stays_lost: "what the taken trail did not record; nothing is ever written to a bucket \
                     that is not ours",
        only: &[],
        parameters: &[
            need("CloudTrailName").of(&["the trail's name in another Region"]),
            need("CloudTrailKmsKeyId").of(&["encryption"]),
        ],
        source: "S3 API reference, expected bucket owner",
    },
    Threat {
        id: "B23",
        title: "aggregate data events",
        class: Class::Noticed,
        attack: "Single data events give way to a summary of many, in which the one that matters \
                 does not stand out.",
        calls: &[cloudtrail("PutEventConfiguration")],
        condition: "",
        seen_by: &[Event],
        undone_by: "",
        stays_lost: "the single data events, where they are not recorded besides",
        only: &[(Only::Event, &["summaries"])],
        parameters: &[],
        source: "CloudTrail API reference, PutEventConfiguration",
    },
];
