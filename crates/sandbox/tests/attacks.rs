//! The attacks against the table of them: each call of a row is made by one of its ways, and no
//! way makes a call that changes anything else.

use std::collections::BTreeSet;

use trailkeeper_core::threats::threats;
use trailkeeper_sandbox::attacks::{Target, ways};

fn target() -> Target {
    let text = str::to_owned;
    Target {
        account: text("111122223333"),
        region: text("us-east-1"),
        trail: text("org-audit"),
        bucket: text("amzn-s3-demo-audit"),
        key_id: text("1234abcd-12ab-34cd-56ef-1234567890ab"),
        topic: text("audit"),
        log_group: text("audit"),
        log_role: text("cloudtrail-to-logs"),
        rule: text("cloudtrail-enabled"),
        evaluator: text("trailkeeper-evaluator"),
        remediator: text("trailkeeper-remediator"),
        runbook: text("Trailkeeper-RestoreCloudTrail"),
        event_rule: text("trailkeeper-trail-events"),
        detector: text("12abc34d567e8fa901bc2d34e56789f0"),
    }
}

/// What a way does besides: steps that AWS demands first, or that make room.
const BESIDES: [(&str, &str); 5] = [
    // data events have to be recorded before Insights may watch them
    ("B17", "cloudtrail:PutEventSelectors"),
    ("B21", "cloudtrail:DeleteTrail"),
    ("B22", "cloudtrail:DeleteTrail"),
    ("B22", "s3:DeleteBucket"),
    // an open access control list needs both
    ("B31", "s3:PutPublicAccessBlock"),
];

/// What no call of the account's does: log files are named by the account, and the bucket's name is
/// taken by another account.
const NOT_MADE: [(&str, &str); 3] = [
    ("B22", "s3:CreateBucket"),
    ("B27", "s3:DeleteObject"),
    ("B27", "s3:DeleteObjects"),
];

#[test]
fn each_row_is_performed_as_it_says() {
    let is_in = |list: &[(&str, &str)], id: &str, call: &str| list.contains(&(id, call));
    for threat in threats() {
        let id = threat.id;
        let made: BTreeSet<String> = ways(id, &target())
            .iter()
            .flat_map(|way| &way.steps)
            .map(|step| format!("{}:{}", step.service, step.operation))
            .filter(|call| !is_in(&BESIDES, id, call))
            .collect();
        let said: BTreeSet<String> = threat
            .calls
            .iter()
            .map(|call| format!("{}:{}", call.service, call.operation))
            .filter(|call| !is_in(&NOT_MADE, id, call))
            .collect();
        assert_eq!(made, said, "{id}");
    }
}

#[test]
fn the_ways_of_a_row_have_names_of_their_own() {
    for threat in threats() {
        let ways = ways(threat.id, &target());
        let names: BTreeSet<&str> = ways.iter().map(|way| way.name).collect();
        assert_eq!(names.len(), ways.len(), "{}", threat.id);
    }
    assert!(ways("B53", &target()).is_empty());
}
