use trailkeeper_core::Fact;
use trailkeeper_core::cloudtrail::{Code, Requirements, TrailView};
use trailkeeper_core::facts::TrailStatus;

use crate::healthy::{codes, examined, foreign, own, status, time};

const ARCHIVE: &str = "444455556666";
const ARCHIVE_KEY: &str =
    "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// A trail that delivers to a log archive: bucket and key belong to another account and are not
/// read.
fn central() -> (TrailView, Requirements) {
    let mut view = own("org-audit");
    view.trail.kms_key_id = Some(ARCHIVE_KEY.to_owned());
    (view.bucket, view.key, view.key_policy) = (None, None, None);
    let wanted = Requirements {
        bucket_owner: ARCHIVE.parse().ok(),
        ..Requirements::default()
    };
    (view, wanted)
}

fn note_codes(wanted: &Requirements, view: &TrailView) -> Vec<&'static str> {
    let examination = examined(wanted, view);
    examination.notes.iter().map(|note| note.code).collect()
}

#[test]
fn a_central_log_archive_is_healthy_by_its_delivery() {
    let (view, wanted) = central();
    assert_eq!(codes(&examined(&wanted, &view)), []);
    assert_eq!(note_codes(&wanted, &view), ["policy-not-visible"; 2]);
}

#[test]
fn a_central_log_archive_that_refuses_delivery_is_not() {
    let (mut view, wanted) = central();
    view.status = Some(Fact::Known(TrailStatus {
        delivery_error: Some("AccessDenied".to_owned()),
        ..status()
    }));
    assert_eq!(codes(&examined(&wanted, &view)), [Code::DeliveryError]);
}

#[test]
fn strict_visibility_wants_bucket_and_key_seen() {
    let (view, mut wanted) = central();
    wanted.strict_visibility = true;
    assert_eq!(codes(&examined(&wanted, &view)), [Code::CouldNotVerify; 2]);
    assert_eq!(examined(&wanted, &view).notes, []);
}

/// Selectors and insights of an organization trail are closed to a member, and need not be seen.
#[test]
fn p12_a_member_needs_only_the_status_of_its_organization_trail() {
    let (view, mut wanted) = (foreign("org-audit"), Requirements::default());
    assert_eq!(codes(&examined(&wanted, &view)), []);
    assert_eq!(note_codes(&wanted, &view), ["policy-not-visible"]);
    wanted.organization_trail = true;
    assert_eq!(codes(&examined(&wanted, &view)), []);
    wanted.strict_visibility = true;
    assert_eq!(codes(&examined(&wanted, &view)), [Code::CouldNotVerify]);
}

#[test]
fn a_member_sees_its_organization_trail_stopped() {
    let mut view = foreign("org-audit");
    view.status = Some(Fact::Known(TrailStatus {
        is_logging: Some(false),
        ..status()
    }));
    let found = codes(&examined(&Requirements::default(), &view));
    assert_eq!(found, [Code::TrailNotLogging]);
}

#[test]
fn an_alias_cannot_be_compared_with_the_key_of_an_organization_trail() {
    let view = foreign("org-audit");
    let wanted = Requirements {
        kms_key_id: Some("alias/audit".to_owned()),
        ..Requirements::default()
    };
    assert_eq!(codes(&examined(&wanted, &view)), []);
    assert_eq!(note_codes(&wanted, &view), ["policy-not-visible"; 2]);
}

/// A trail that was stopped and started again shows nothing wrong; the log has a hole.
#[test]
fn b18_a_gap_of_the_last_day_is_a_note() {
    let cases = [
        ("2026-03-02T08:00:00Z", "2026-03-02T09:00:00Z", true),
        // started before it was stopped, and long ago
        ("2026-03-02T09:00:00Z", "2026-03-02T08:00:00Z", false),
        ("2026-02-27T08:00:00Z", "2026-02-27T09:00:00Z", false),
    ];
    for (stopped, started, is_told) in cases {
        let mut view = own("org-audit");
        view.status = Some(Fact::Known(TrailStatus {
            stop_logging_time: Some(time(stopped)),
            start_logging_time: Some(time(started)),
            ..status()
        }));
        let examination = examined(&Requirements::default(), &view);
        assert_eq!(examination.findings, []);
        let notes: Vec<String> = examination.notes.iter().map(ToString::to_string).collect();
        let told = format!("logging-gap: org-audit stopped {stopped}, started {started}");
        let expected: Vec<String> = is_told.then_some(told).into_iter().collect();
        assert_eq!(notes, expected);
    }
}
