//! Reads that fail, writes that do not show, and the end of the time.

use jiff::SignedDuration;
use trailkeeper_core::facts::KeyState;

use crate::faults::Wrong;
use crate::run::{Case, check};
use crate::stage::{Stage, time};

fn slow(s: &mut Stage, seconds: i64) {
    s.stop();
    s.refuse("StartLogging", 99, "ThrottlingException");
    let seconds = SignedDuration::from_secs(seconds);
    s.limits.deadline = s.now.checked_add(seconds).unwrap();
}

const HIDDEN: &[Case] = &[
    (
        "once",
        |s| {
            s.stop();
            s.fault("StartLogging", 1, Wrong::WithoutEffect);
        },
        r"
         start-logging
         + trail-not-logging: org-audit stopped since 09:00:00Z -> logging
         reread
         wait 1.836
         reread
         wait 2.674
         reread
         wait 4.512
         reread
         start-logging again
         reread
         repaired [org-audit] gap 09:00:00Z to 10:00:09.522Z
         updated: start-logging
        ",
    ),
    (
        "always",
        |s| {
            s.stop();
            s.fault("StartLogging", 99, Wrong::WithoutEffect);
        },
        r"
         start-logging
         + trail-not-logging: org-audit stopped since 09:00:00Z -> logging
         reread
         wait 1.836
         reread
         wait 2.674
         reread
         wait 4.512
         reread
         start-logging again
         reread
         wait 1.836
         reread
         wait 2.674
         reread
         wait 4.512
         reread
         start-logging again
         reread
         wait 1.836
         reread
         wait 2.674
         reread
         wait 4.512
         reread
         FAILED not-effective: cloudtrail:StartLogging was answered as done on org-audit and does not show; (look who undoes it) [org-audit] gap 09:00:00Z
         updated: start-logging
        ",
    ),
    (
        "always, of several",
        |s| {
            s.stop();
            s.trails[0].insights.clear();
            s.fault("PutInsightSelectors", 99, Wrong::WithoutEffect);
        },
        r"
         start-logging
         + trail-not-logging: org-audit stopped since 09:00:00Z -> logging
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight()
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         reread
         wait 1.836
         reread
         wait 2.674
         reread
         wait 4.512
         reread
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight() again
         reread
         wait 1.836
         reread
         wait 2.674
         reread
         wait 4.512
         reread
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight() again
         reread
         wait 1.836
         reread
         wait 2.674
         reread
         wait 4.512
         reread
         FAILED partly-repaired: insights-missing: cloudtrail:PutInsightSelectors was answered as done on org-audit and does not show; (look who undoes it) [org-audit] gap 09:00:00Z to 10:00:00Z
         updated: start-logging put-insight-selectors
        ",
    ),
    (
        "a trail that was made is not described for good",
        |s| {
            s.without_trail();
            s.fault("CreateTrail", 99, Wrong::WithoutEffect);
        },
        r"
         create-trail
         + trail-missing: org-audit created in eu-west-1
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight() (TrailNotFoundException)
         + insights-missing: Insights ApiCallRateInsight, ApiErrorRateInsight
         wait 1.836
         reread
         wait 1.836
         reread
         wait 2.674
         reread
         wait 4.512
         reread
         create-trail again
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight() again (TrailNotFoundException)
         wait 2.674
         reread
         wait 1.836
         reread
         wait 2.674
         reread
         wait 4.512
         reread
         create-trail again
         wait 1.100
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight() again (TrailNotFoundException)
         wait 4.512
         reread
         wait 1.836
         reread
         wait 2.674
         reread
         wait 4.512
         reread
         put-insight-selectors ApiCallRateInsight() ApiErrorRateInsight() again (TrailNotFoundException)
         wait 1.100
         start-logging (TrailNotFoundException)
         + trail-not-logging: org-audit was never started -> logging
         wait 1.836
         reread
         start-logging again (TrailNotFoundException)
         wait 2.674
         reread
         start-logging again (TrailNotFoundException)
         wait 4.512
         reread
         start-logging again (TrailNotFoundException)
         reread
         FAILED trail-not-found: cloudtrail:StartLogging failed on it: TrailNotFoundException: gone [no trail]
         updated: create-trail
         failed: start-logging put-insight-selectors
        ",
    ),
];

#[test]
fn a_write_that_does_not_show_is_looked_for_and_then_made_again() {
    check(HIDDEN);
}

const READS: &[Case] = &[
    (
        "throttled twice",
        |s| {
            s.tells_reads = true;
            s.refuse("GetTrailStatus", 2, "ThrottlingException");
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         wait 1.836
         read status of org-audit
         wait 2.674
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         read policy of key/1234abcd
         already-healthy [org-audit]
        ",
    ),
    (
        "throttled for good",
        |s| {
            s.stop();
            s.refuse("GetTrailStatus", 99, "ThrottlingException");
        },
        r"
         wait 1.836
         wait 2.674
         wait 4.512
         FAILED could-not-verify: could-not-verify: cloudtrail:GetTrailStatus ThrottlingException [org-audit]
        ",
    ),
    (
        "two reads fail, one more often",
        |s| {
            s.tells_reads = true;
            s.refuse("GetEventSelectors", 1, "Timeout");
            s.refuse("GetInsightSelectors", 2, "Timeout");
        },
        r"
         read trails of eu-west-1
         read status of org-audit
         read selectors of org-audit, insights of org-audit, bucket audit-logs in eu-west-1 of 111122223333, key KEY in eu-west-1
         wait 1.836
         read selectors of org-audit, insights of org-audit
         wait 2.674
         read insights of org-audit
         read policy of key/1234abcd
         already-healthy [org-audit]
        ",
    ),
    (
        "denied",
        |s| s.refuse("GetEventSelectors", 99, "AccessDeniedException"),
        r"
         FAILED could-not-verify: could-not-verify: cloudtrail:GetEventSelectors AccessDeniedException [org-audit]
        ",
    ),
    (
        "an unknown code",
        |s| s.refuse("GetInsightSelectors", 99, "CodeOfTomorrow"),
        r"
         FAILED could-not-verify: could-not-verify: cloudtrail:GetInsightSelectors CodeOfTomorrow [org-audit]
        ",
    ),
    (
        "a status that is hidden",
        |s| {
            s.stop();
            s.refuse("GetTrailStatus", 99, "AccessDeniedException");
        },
        r"
         start-logging
         + trail-not-logging: org-audit may be stopped: its status may not be read
         reread
         FAILED partly-repaired: could-not-verify: cloudtrail:GetTrailStatus AccessDeniedException [org-audit]
         updated: start-logging
        ",
    ),
    (
        "trails may not be described",
        |s| {
            s.refuse("DescribeTrails", 99, "AccessDeniedException");
            s.refuse("ListTrails", 99, "AccessDeniedException");
        },
        r"
         FAILED denied: cloudtrail:ListTrails failed on it: AccessDeniedException: injected; allow cloudtrail:ListTrails to the role that runs the repair [no trail]
         not-reached: 9 steps
        ",
    ),
    (
        "trails cannot be listed",
        |s| {
            s.without_trail();
            s.refuse("ListTrails", 99, "ThrottlingException");
        },
        r"
         wait 1.836
         wait 2.674
         wait 4.512
         FAILED throttled: cloudtrail:ListTrails failed on it: ThrottlingException: injected [no trail]
         not-reached: 9 steps
        ",
    ),
    (
        "trails cannot be listed at all",
        |s| {
            s.without_trail();
            s.refuse("ListTrails", 99, "Timeout");
        },
        r"
         wait 1.836
         wait 2.674
         wait 4.512
         FAILED unavailable: cloudtrail:ListTrails failed on it: Timeout: injected [no trail]
         not-reached: 9 steps
        ",
    ),
];

#[test]
fn a_failed_read_is_made_again_where_that_may_help() {
    check(READS);
}

const TIME: &[Case] = &[
    (
        "no time for the first read",
        |s| {
            s.limits.deadline = time("2026-03-02T10:00:09Z");
        },
        r"
         FAILED deadline: the run's time ends at 10:00:09Z and the next step could not end before; run it again, it goes on from what it finds [no trail]
         not-reached: 9 steps
        ",
    ),
    (
        "time for it exactly",
        |s| s.limits.deadline = time("2026-03-02T10:00:10Z"),
        r"
         already-healthy [org-audit]
        ",
    ),
    (
        "no time for another try",
        |s| slow(s, 15),
        r"
         start-logging (ThrottlingException)
         + trail-not-logging: org-audit stopped since 09:00:00Z -> logging
         wait 1.836
         start-logging again (ThrottlingException)
         FAILED deadline: the run's time ends at 10:00:15Z and the next step could not end before; run it again, it goes on from what it finds [org-audit] gap 09:00:00Z
         failed: start-logging
         not-reached: 8 steps
        ",
    ),
    (
        "no time for another read",
        |s| {
            s.key().state = KeyState::Disabled;
            s.limits.deadline = time("2026-03-02T10:00:10.200Z");
        },
        r"
         enable-key
         + key-disabled: KEY enabled
         reread
         FAILED deadline: the run's time ends at 10:00:10Z and the next step could not end before; run it again, it goes on from what it finds [no trail]
         updated: enable-key
         not-reached: 8 steps
        ",
    ),
    (
        "no time before the trail is found",
        |s| {
            s.refuse("DescribeTrails", 99, "ThrottlingException");
            s.limits.deadline = time("2026-03-02T10:00:11Z");
        },
        r"
         FAILED deadline: the run's time ends at 10:00:11Z and the next step could not end before; run it again, it goes on from what it finds [no trail]
         not-reached: 9 steps
        ",
    ),
];

#[test]
fn a_run_ends_when_its_time_does() {
    check(TIME);
}
