//! One broken fact gives exactly its finding.

use trailkeeper_core::cloudtrail::Requirements;

use crate::healthy::{codes, examined, foreign, own};

#[test]
fn healthy_trails_have_no_findings() {
    let wanted = Requirements::default();
    assert_eq!(examined(&wanted, &own("org-audit")).findings, []);
    assert_eq!(codes(&examined(&wanted, &foreign("org-audit"))), []);
}
