//! The check of log files by their digests: what it finds, and where it says that it did not look.

use jiff::SignedDuration;
use trailkeeper_core::cloudtrail::{Code, Requirements, TrailView};
use trailkeeper_core::digest::{Checked, DigestFile, Found, LogFileCheck, NamedFile};
use trailkeeper_core::facts::Fact;

use crate::healthy::{OWN, codes, examined, foreign, now, own};

fn wanted() -> Requirements {
    Requirements {
        check_log_files: true,
        ..Requirements::default()
    }
}

/// A digest that ends two hours before now, and one of two named files that was looked for.
fn check() -> LogFileCheck {
    let file = NamedFile {
        bucket: "amzn-s3-demo-audit".to_owned(),
        key: "log".to_owned(),
        sha256: String::new(),
    };
    let digest = DigestFile {
        key: format!(
            "AWSLogs/{OWN}/CloudTrail-Digest/eu-west-1/2026/03/02/\
             {OWN}_CloudTrail-Digest_eu-west-1_org-audit_eu-west-1_20260302T080000Z.json.gz"
        ),
        previous: None,
        log_files: vec![file.clone()],
    };
    LogFileCheck {
        digests: vec![Checked {
            digest,
            sha256: String::new(),
        }],
        files: vec![Found { file, there: true }],
        named: 1,
        ..LogFileCheck::default()
    }
}

fn none() -> LogFileCheck {
    LogFileCheck {
        no_digest: true,
        ..LogFileCheck::default()
    }
}

fn seen(check: LogFileCheck) -> TrailView {
    let mut view = own("org-audit");
    view.beside.log_files = Some(Fact::Known(check));
    view
}

fn delivered(view: &mut TrailView, ago: SignedDuration) {
    if let Some(Fact::Known(status)) = &mut view.status {
        status.digest_time = Some(now().checked_sub(ago).unwrap());
    }
}

/// What was read, how long ago a digest was delivered in seconds, and whether one is gone.
#[test]
fn a_digest_that_was_delivered_has_to_be_there() {
    let minutes = |count: i64| count * 60;
    let cases = [
        // the newest that is there may have come 70 minutes late
        (check(), minutes(50), false),
        (check(), minutes(50) - 1, true),
        // where none is there, only the folders of the last day were listed
        (none(), minutes(24 * 60) - 1, true),
        (none(), minutes(24 * 60), false),
    ];
    let generous = Requirements {
        max_delivery_age: SignedDuration::from_hours(48),
        ..wanted()
    };
    for (check, ago, is_gone) in cases {
        let mut view = seen(check);
        delivered(&mut view, SignedDuration::from_secs(ago));
        let found = codes(&examined(&generous, &view));
        let expected = if is_gone {
            &[Code::LogFilesMissing][..]
        } else {
            &[]
        };
        assert_eq!(found, expected, "{ago} seconds ago");
    }
}

/// A case: what differs from the healthy trail, and the note.
type Case = (fn(&mut TrailView), Option<&'static str>);

#[test]
fn what_was_not_looked_for_is_noted() {
    let cases: [Case; 6] = [
        (|_| {}, None),
        (
            |view| view.trail.is_organization_trail = Some(true),
            Some("the digests of org-audit, which records for an organization"),
        ),
        (
            |view| view.trail.log_file_validation = Some(false),
            Some("org-audit writes no digests"),
        ),
        (
            |view| view.beside.log_files = Some(Fact::Known(none())),
            Some("org-audit has no digest of the last two days"),
        ),
        (
            |view| {
                let part = LogFileCheck {
                    named: 7,
                    ..check()
                };
                view.beside.log_files = Some(Fact::Known(part));
            },
            Some("1 of 7 files were looked for"),
        ),
        (|view| *view = foreign("org-audit"), None),
    ];
    for (change, expected) in cases {
        let mut view = seen(check());
        change(&mut view);
        let notes = |wanted: &Requirements| {
            let mut notes = examined(wanted, &view).notes;
            notes.retain(|note| note.code == "log-files-not-checked");
            notes
        };
        let texts: Vec<String> = notes(&wanted()).into_iter().map(|note| note.text).collect();
        assert_eq!(texts.first().map(String::as_str), expected);
        assert_eq!(texts.len(), usize::from(expected.is_some()));
        // nobody is told that nobody looked where nobody asked
        assert_eq!(notes(&Requirements::default()), []);
    }
}
