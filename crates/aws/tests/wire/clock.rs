use jiff::SignedDuration;
use trailkeeper_app::ports::Clock;
use trailkeeper_aws::SystemClock;

#[tokio::test]
async fn a_negative_wait_is_none_and_a_wait_ends() {
    let clock = SystemClock;
    let start = clock.now();
    clock.sleep(SignedDuration::from_hours(-1)).await;
    clock.sleep(SignedDuration::from_millis(1)).await;
    assert!(clock.now() >= start);
    assert!(start.as_second() > 1_700_000_000);
}
