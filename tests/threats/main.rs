//! Every known way to blind a trail, performed on the sandbox through the API, and what becomes of
//! it. `cargo test -p trailkeeper-tests --test threats -- --nocapture` prints one line each.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code: a wrong set-up must end the test"
)]

mod alone;
mod deployed;
mod deputy;
mod exhausted;
mod given;
mod messages;
mod needed;
mod product;
mod run;
mod scenarios;
mod stage;
mod staged;
mod told;

use scenarios::SCENARIOS;
use trailkeeper_core::threats::threats;

#[tokio::test]
async fn fifty_two_ways_to_blind_a_trail() {
    let mut whole = 0;
    let mut open = Vec::new();
    for (threat, scenario) in threats().zip(SCENARIOS) {
        let story = (scenario.play)().await;
        println!("{}", story.line(threat));
        if story.is_whole() {
            whole += 1;
        } else {
            open.push(threat.id);
        }
    }
    println!("{whole} of {}", threats().count());
    assert_eq!(open, scenarios::OPEN, "what is not shown yet");
}

#[test]
fn every_row_has_its_scenario() {
    let rows: Vec<String> = threats().map(|threat| threat.id.to_lowercase()).collect();
    let scenarios: Vec<&str> = SCENARIOS
        .iter()
        .filter_map(|scenario| scenario.name.split('_').next())
        .collect();
    assert_eq!(scenarios, rows);
}
