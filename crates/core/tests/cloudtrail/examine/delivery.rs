use jiff::Timestamp;
use trailkeeper_core::Fact;
use trailkeeper_core::cloudtrail::Code::{
    CloudwatchError, CouldNotVerify, DeliveryError, DeliveryStale, DigestError, NotificationError,
    TrailNotLogging,
};
use trailkeeper_core::cloudtrail::{Requirements, TrailView};
use trailkeeper_core::facts::TrailStatus;
use trailkeeper_core::operation::GET_TRAIL_STATUS;

use super::check;
use crate::healthy::{examined, failed, own, status, time};

fn set(view: &mut TrailView, change: fn(&mut TrailStatus)) {
    let mut status = status();
    change(&mut status);
    view.status = Some(Fact::Known(status));
}

fn at(text: &str) -> Option<Timestamp> {
    Some(time(text))
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn logging() {
    check(&[
        (
            "stopped",
            |v, _| {
                set(v, |s| {
                    s.is_logging = Some(false);
                    s.stop_logging_time = at("2026-03-02T09:57:12Z");
                });
            },
            &[TrailNotLogging],
            "org-audit stopped 2026-03-02T09:57:12Z",
        ),
        (
            "stopped long ago is not also stale",
            |v, _| {
                set(v, |s| {
                    s.is_logging = Some(false);
                    s.stop_logging_time = at("2026-02-02T09:57:12Z");
                    s.delivery_time = at("2026-02-02T09:57:12Z");
                });
            },
            &[TrailNotLogging],
            "stopped",
        ),
        (
            "never started",
            |v, _| {
                v.status = Some(Fact::Known(TrailStatus {
                    is_logging: Some(false),
                    ..TrailStatus::default()
                }));
            },
            &[TrailNotLogging],
            "never started",
        ),
        (
            "no stop time",
            |v, _| set(v, |s| s.is_logging = Some(false)),
            &[TrailNotLogging],
            "IsLogging false",
        ),
        (
            "IsLogging absent",
            |v, _| set(v, |s| s.is_logging = None),
            &[CouldNotVerify],
            "cloudtrail:GetTrailStatus without IsLogging",
        ),
        (
            "restarted after an older stop",
            |v, _| set(v, |s| s.stop_logging_time = at("2026-03-01T00:00:00Z")),
            &[],
            "",
        ),
        (
            "throttled",
            |v, _| v.status = failed(GET_TRAIL_STATUS, "ThrottlingException"),
            &[CouldNotVerify],
            "cloudtrail:GetTrailStatus ThrottlingException",
        ),
        (
            "not read",
            |v, _| v.status = None,
            &[CouldNotVerify],
            "cloudtrail:GetTrailStatus was not called",
        ),
    ]);
}

#[test]
fn errors() {
    check(&[
        (
            "delivery",
            |v, _| set(v, |s| s.delivery_error = text("AccessDenied")),
            &[DeliveryError],
            "LatestDeliveryError AccessDenied on amzn-s3-demo-audit",
        ),
        (
            "an error older than the last delivery still counts",
            |v, _| {
                set(v, |s| {
                    s.delivery_error = text("NoSuchBucket");
                    s.delivery_time = at("2026-03-02T09:59:59Z");
                });
            },
            &[DeliveryError],
            "NoSuchBucket",
        ),
        (
            "digest",
            |v, _| set(v, |s| s.digest_error = text("AccessDenied")),
            &[DigestError],
            "LatestDigestDeliveryError",
        ),
        (
            "digest, neither written nor required",
            |v, w| {
                set(v, |s| s.digest_error = text("AccessDenied"));
                v.trail.log_file_validation = Some(false);
                w.log_file_validation = false;
            },
            &[],
            "",
        ),
        (
            "CloudWatch Logs",
            |v, _| {
                set(v, |s| s.cloudwatch_error = text("Access denied."));
                v.trail.log_group_arn = text("arn:aws:logs:eu-west-1:111122223333:log-group:a:*");
            },
            &[CloudwatchError],
            "Access denied.",
        ),
        (
            "CloudWatch Logs, no group",
            |v, _| set(v, |s| s.cloudwatch_error = text("Access denied.")),
            &[],
            "",
        ),
        (
            "notification",
            |v, _| {
                set(v, |s| s.notification_error = text("AuthorizationError"));
                v.trail.sns_topic_arn = text("arn:aws:sns:eu-west-1:111122223333:audit");
            },
            &[NotificationError],
            "AuthorizationError",
        ),
        (
            "notification, no topic",
            |v, _| set(v, |s| s.notification_error = text("AuthorizationError")),
            &[],
            "",
        ),
    ]);
}

#[test]
fn p08_an_empty_error_text_is_no_error() {
    check(&[(
        "all empty",
        |v, _| {
            set(v, |s| {
                s.delivery_error = text("");
                s.digest_error = text("");
                s.cloudwatch_error = text("");
                s.notification_error = text("");
            });
        },
        &[],
        "",
    )]);
}

#[test]
fn ages() {
    check(&[
        (
            "exactly three hours",
            |v, _| set(v, |s| s.delivery_time = at("2026-03-02T07:00:00Z")),
            &[],
            "",
        ),
        (
            "a second more",
            |v, _| set(v, |s| s.delivery_time = at("2026-03-02T06:59:59Z")),
            &[DeliveryStale],
            "delivered last 2026-03-02T06:59:59Z",
        ),
        (
            "after the event's time",
            |v, _| set(v, |s| s.delivery_time = at("2026-03-02T10:30:00Z")),
            &[],
            "",
        ),
        (
            "digest, exactly",
            |v, _| set(v, |s| s.digest_time = at("2026-03-02T05:30:00Z")),
            &[],
            "",
        ),
        (
            "digest, a second more",
            |v, _| set(v, |s| s.digest_time = at("2026-03-02T05:29:59Z")),
            &[DeliveryStale],
            "last digest 2026-03-02T05:29:59Z",
        ),
        (
            "old digest, neither written nor required",
            |v, w| {
                set(v, |s| s.digest_time = at("2026-03-01T05:29:59Z"));
                v.trail.log_file_validation = Some(false);
                w.log_file_validation = false;
            },
            &[],
            "",
        ),
        (
            "just started, never delivered",
            |v, _| {
                set(v, |s| {
                    s.start_logging_time = at("2026-03-02T09:58:30Z");
                    s.delivery_time = None;
                    s.digest_time = None;
                });
            },
            &[],
            "",
        ),
        (
            "just restarted, delivered long ago",
            |v, _| {
                set(v, |s| {
                    s.start_logging_time = at("2026-03-02T09:58:30Z");
                    s.delivery_time = at("2026-02-02T09:58:30Z");
                    s.digest_time = at("2026-02-02T09:58:30Z");
                });
            },
            &[],
            "",
        ),
        (
            "just started, with an error",
            |v, _| {
                set(v, |s| {
                    s.start_logging_time = at("2026-03-02T09:58:30Z");
                    s.delivery_time = None;
                    s.digest_time = None;
                    s.delivery_error = text("AccessDenied");
                });
            },
            &[DeliveryError],
            "",
        ),
        (
            "started long ago, never delivered",
            |v, _| set(v, |s| s.delivery_time = None),
            &[DeliveryStale],
            "never delivered a log file",
        ),
        (
            "started long ago, no digest",
            |v, _| set(v, |s| s.digest_time = None),
            &[DeliveryStale],
            "never delivered a digest",
        ),
        (
            "no times at all",
            |v, _| {
                v.status = Some(Fact::Known(TrailStatus {
                    is_logging: Some(true),
                    ..TrailStatus::default()
                }));
            },
            &[CouldNotVerify],
            "without LatestDeliveryTime",
        ),
        (
            "no time of a digest",
            |v, _| {
                set(v, |s| {
                    s.start_logging_time = None;
                    s.digest_time = None;
                });
            },
            &[CouldNotVerify],
            "without LatestDigestDeliveryTime",
        ),
    ]);
}

/// The facts of the first worked case: the only trail was stopped a minute and a half ago.
#[test]
fn s01_a_stopped_trail() {
    let wanted = Requirements {
        max_delivery_age: jiff::SignedDuration::from_mins(60),
        ..Requirements::default()
    };
    let mut view = own("org-audit");
    let second = |number| Timestamp::from_second(number).ok();
    view.status = Some(Fact::Known(TrailStatus {
        is_logging: Some(false),
        delivery_time: second(1_772_445_360),
        digest_time: second(1_772_444_100),
        start_logging_time: second(1_736_467_200),
        stop_logging_time: second(1_772_445_432),
        ..TrailStatus::default()
    }));
    let found: Vec<String> = examined(&wanted, &view)
        .findings
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        found,
        ["trail-not-logging: org-audit stopped 2026-03-02T09:57:12Z"]
    );
}
