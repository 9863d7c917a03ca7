//! One broken fact gives exactly its finding.

mod access;
mod delivery;
mod properties;
mod selection;
mod settings;
mod visibility;

use trailkeeper_core::cloudtrail::{Code, Requirements, TrailView};

use crate::healthy::{codes, examined, foreign, own};

/// A name, what is broken in healthy facts or in the requirements, the codes expected, and what
/// the first finding's evidence must hold.
pub(crate) type Case = (
    &'static str,
    fn(&mut TrailView, &mut Requirements),
    &'static [Code],
    &'static str,
);

pub(crate) fn check(cases: &[Case]) {
    for (name, change, expected, evidence) in cases {
        let (mut view, mut wanted) = (own("org-audit"), Requirements::default());
        change(&mut view, &mut wanted);
        let examination = examined(&wanted, &view);
        assert_eq!(codes(&examination), *expected, "{name}: {examination:?}");
        if let Some(first) = examination.findings.first() {
            assert!(first.evidence.contains(evidence), "{name}: {first}");
        }
    }
}

#[test]
fn healthy_trails_have_no_findings() {
    let wanted = Requirements::default();
    assert_eq!(examined(&wanted, &own("org-audit")).findings, []);
    assert_eq!(examined(&wanted, &own("org-audit")).notes, []);
    assert_eq!(examined(&wanted, &foreign("org-audit")).findings, []);
}

#[test]
fn several_findings_stand_in_the_order_of_the_codes() {
    let mut view = own("org-audit");
    view.trail.is_multi_region = Some(false);
    view.trail.kms_key_id = None;
    view.trail.log_file_validation = Some(false);
    view.insights = None;
    let found = codes(&examined(&Requirements::default(), &view));
    assert_eq!(
        found,
        [
            Code::NotMultiRegion,
            Code::LogValidationOff,
            Code::NotEncrypted,
            Code::CouldNotVerify
        ]
    );
    assert!(found.is_sorted());
}
