//! What the fault script does to calls of the ports, and the virtual clock.

use std::sync::Arc;

use jiff::SignedDuration;
use trailkeeper_app::ports::{
    BucketReader, BucketWriter, CallerIdentity, Clock, ConfigService, KeyReader, KeyWriter,
    OrganizationReader, TrailReader, TrailWriter,
};
use trailkeeper_core::ErrorClass;
use trailkeeper_sandbox::seed::{TrailSeed, TrailStatus};
use trailkeeper_sandbox::{Fault, FaultKind, Sandbox, When};

use crate::support::{
    BUCKET, HOME, account, away, expected, failure, home, now, pause, sandbox, trail_arn, world,
};

/// An account whose trail is stopped, with one fault.
fn stopped(operation: &str, kind: FaultKind) -> Sandbox {
    let mut world = world();
    world.seed_trail(TrailSeed {
        status: TrailStatus::stopped(now()),
        ..TrailSeed::healthy("main", HOME, BUCKET, now())
    });
    let sandbox = Sandbox::new(world);
    sandbox.inject(Fault::new("cloudtrail", operation, When::Nth(1), kind));
    sandbox
}

async fn is_logging(sandbox: &Sandbox) -> Option<bool> {
    let status = sandbox.trail_status(&home(), &trail_arn("main")).await;
    status.unwrap().is_logging
}

#[tokio::test]
async fn a_lost_call_and_a_lost_answer_look_the_same() {
    for (kind, logging) in [
        (FaultKind::TimeoutBefore, false),
        (FaultKind::TimeoutAfter, true),
    ] {
        let sandbox = stopped("StartLogging", kind.clone());
        let found = sandbox.start_logging(&home(), &trail_arn("main")).await;
        let wanted = expected("cloudtrail:StartLogging", "Timeout", ErrorClass::Broken);
        assert_eq!(failure(found), wanted);
        assert_eq!(is_logging(&sandbox).await, Some(logging), "{kind:?}");
    }
}

#[tokio::test]
async fn a_stale_read_shows_the_state_before_the_write() {
    let sandbox = stopped("GetTrailStatus", FaultKind::StaleRead);
    let arn = trail_arn("main");
    sandbox.start_logging(&home(), &arn).await.unwrap();
    assert_eq!(is_logging(&sandbox).await, Some(false));
    assert_eq!(is_logging(&sandbox).await, Some(true));
}

#[tokio::test]
async fn refusals_carry_the_code_of_the_service() {
    for (kind, code, class) in [
        (
            FaultKind::Throttle,
            "ThrottlingException",
            ErrorClass::Throttled,
        ),
        (
            FaultKind::Denied { scp: true },
            "AccessDeniedException",
            ErrorClass::Denied,
        ),
    ] {
        let sandbox = stopped("StartLogging", kind);
        let found = sandbox.start_logging(&home(), &trail_arn("main")).await;
        let error = found.unwrap_err();
        assert_eq!((error.code.as_str(), error.class), (code, class));
        assert_eq!(
            error.is_service_control_policy(),
            class == ErrorClass::Denied
        );
        assert_eq!(is_logging(&sandbox).await, Some(false));
    }
}

#[tokio::test]
async fn a_fault_can_wait_for_a_region_and_an_argument() {
    let sandbox = sandbox();
    let fault =
        |operation: &str| Fault::new("cloudtrail", operation, When::Always, FaultKind::Throttle);
    sandbox.inject(fault("DescribeTrails").in_region("eu-west-1"));
    let about = trail_arn("other").to_string();
    sandbox.inject(fault("GetTrailStatus").about(&about));
    assert!(sandbox.describe_trails(&home(), &[]).await.is_ok());
    assert!(sandbox.describe_trails(&away(), &[]).await.is_err());
    assert_eq!(is_logging(&sandbox).await, Some(true));
    let other = sandbox.trail_status(&home(), &trail_arn("other")).await;
    assert_eq!(failure(other).1, "ThrottlingException");
}

#[tokio::test]
async fn sleep_moves_virtual_time_and_settles_nothing() {
    let sandbox = sandbox();
    let clock: Arc<dyn Clock> = Arc::new(sandbox.clone());
    assert_eq!(clock.now(), now());
    clock.sleep(SignedDuration::from_hours(2)).await;
    clock.sleep(SignedDuration::from_secs(-5)).await;
    assert_eq!(clock.now(), now() + SignedDuration::from_hours(2));
    assert_eq!(sandbox.now(), clock.now());
    assert!(sandbox.calls().is_empty());
}

#[tokio::test]
async fn writes_that_follow_too_fast_are_throttled_until_time_passes() {
    let sandbox = sandbox();
    let arn = trail_arn("main");
    assert!(sandbox.start_logging(&home(), &arn).await.is_ok());
    let found = failure(sandbox.start_logging(&home(), &arn).await);
    assert_eq!(found.2, ErrorClass::Throttled);
    pause(&sandbox);
    assert!(sandbox.start_logging(&home(), &arn).await.is_ok());
}

/// One handle is all the ports, and clones share the account.
#[tokio::test]
async fn clones_are_ports_on_one_account() {
    let sandbox = sandbox();
    let trails: Arc<dyn TrailReader> = Arc::new(sandbox.clone());
    let buckets: Arc<dyn BucketReader> = Arc::new(sandbox.clone());
    let keys: Arc<dyn KeyReader> = Arc::new(sandbox.clone());
    let organization: Arc<dyn OrganizationReader> = Arc::new(sandbox.clone());
    let caller: Arc<dyn CallerIdentity> = Arc::new(sandbox.clone());
    let trail_writes: Arc<dyn TrailWriter> = Arc::new(sandbox.clone());
    let _bucket_writes: Arc<dyn BucketWriter> = Arc::new(sandbox.clone());
    let _key_writes: Arc<dyn KeyWriter> = Arc::new(sandbox.clone());
    let _config: Arc<dyn ConfigService> = Arc::new(sandbox.clone());
    assert!(trails.describe_trails(&home(), &[]).await.is_ok());
    assert!(buckets.owns_bucket(BUCKET, &home()).await.is_ok());
    assert!(keys.describe_key("alias/trails", &home()).await.is_ok());
    assert!(organization.organization(&account()).await.is_ok());
    assert!(caller.caller().await.is_ok());
    let arn = trail_arn("main");
    assert!(trail_writes.start_logging(&home(), &arn).await.is_ok());
    assert_eq!(sandbox.calls().len(), 6);
}
