//! Attacks on those who read the log.

use super::call::{cloudwatch, iam, logs, sns};
use super::{Class, Only, SeenBy, Threat};
use SeenBy::{DeliveryField, Event, TrailRule};

pub(super) const THREATS: &[Threat] = &[
    Threat {
        id: "B37",
        title: "log group, metric filters, alarms",
        class: Class::Noticed,
        attack: "The copy of the events in CloudWatch Logs, the filters that count them or the \
                 alarms that ring go away, or are overwritten under their own names so that they \
                 match nothing. The trail and its log files are untouched.",
        calls: &[
            logs("DeleteLogGroup"),
            logs("DeleteLogStream"),
            logs("PutRetentionPolicy"),
            logs("DeleteMetricFilter"),
            logs("PutMetricFilter"),
            logs("PutSubscriptionFilter"),
            logs("DeleteSubscriptionFilter"),
            cloudwatch("DeleteAlarms"),
            cloudwatch("DisableAlarmActions"),
            cloudwatch("PutMetricAlarm"),
        ],
        condition: "",
        seen_by: &[
            Event,
            DeliveryField("LatestCloudWatchLogsDeliveryError"),
            TrailRule("cloudwatch-error"),
        ],
        undone_by: "",
        stays_lost: "the copies in the log group, and alarms meanwhile",
        only: &[(
            Only::Event,
            &[
                "a log stream",
                "its retention",
                "a metric filter",
                "a metric filter that matches nothing",
                "the events sent to a stranger",
                "the events sent to nobody",
                "an alarm",
                "an alarm that never rings",
                "its actions",
            ],
        )],
        parameters: &[],
        source: "Elastic detection rules on CloudWatch; Pacu",
    },
    Threat {
        id: "B38",
        title: "break the role that writes to CloudWatch Logs",
        class: Class::Noticed,
        attack: "CloudTrail writes to the log group as a role of the account. Without the role, \
                 its policy or its trust nothing arrives.",
        calls: &[
            iam("DeleteRole"),
            iam("DeleteRolePolicy"),
            iam("UpdateAssumeRolePolicy"),
        ],
        condition: "",
        seen_by: &[
            Event,
            DeliveryField("LatestCloudWatchLogsDeliveryError"),
            TrailRule("cloudwatch-error"),
        ],
        undone_by: "",
        stays_lost: "the copies in the log group, and alarms meanwhile",
        only: &[],
        parameters: &[],
        source: "CloudTrail API reference, GetTrailStatus",
    },
    Threat {
        id: "B39",
        title: "break the topic of new log files",
        class: Class::Noticed,
        attack: "The topic is deleted, its policy keeps CloudTrail out, or its listeners are \
                 unsubscribed.",
        calls: &[
            sns("DeleteTopic"),
            sns("SetTopicAttributes"),
            sns("RemovePermission"),
            sns("SetSubscriptionAttributes"),
            sns("Unsubscribe"),
        ],
        condition: "",
        seen_by: &[
            Event,
            DeliveryField("LatestNotificationError"),
            TrailRule("notification-error"),
        ],
        undone_by: "",
        stays_lost: "the notifications; the log files are there",
        only: &[(Only::Event, &["a subscription", "a subscription's filter"])],
        parameters: &[],
        source: "CloudTrail API reference, GetTrailStatus",
    },
];
