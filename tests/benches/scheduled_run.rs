//! A scheduled run of `instance-profile` over 100,000 instances on 2,000 roles, through the real
//! SDK: `cargo bench -p trailkeeper-tests --bench scheduled_run`.
//!
//! The account is served by this process; the evaluator runs in one of its own, so that its peak
//! memory is told apart from the account's. Each size is printed beside the others: calls by
//! operation, time and peak memory (VmHWM of Linux). A number as argument divides the sizes.
#![expect(clippy::expect_used, clippy::panic, reason = "a program for tests")]

use std::collections::BTreeMap;
use std::process::Command;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use jiff::SignedDuration;
use trailkeeper_app::evaluate::evaluate_event;
use trailkeeper_app::ports::Clock;
use trailkeeper_aws::{Session, SystemClock};
use trailkeeper_sandbox::Sandbox;
use trailkeeper_sandbox::http::serve;
use trailkeeper_tests::{HOME, fleet, rule_caller, scheduled_event};

/// Instances and roles.
const SIZES: [(usize, usize); 3] = [(25_000, 500), (50_000, 1_000), (100_000, 2_000)];

type Counts = BTreeMap<String, usize>;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let mut arguments = std::env::args().skip_while(|one| one != "evaluate").skip(1);
    match arguments.next() {
        Some(endpoint) => runtime.block_on(evaluate(&endpoint)),
        None => {
            let divisor = std::env::args().find_map(|one| one.parse().ok());
            let divisor: usize = divisor.unwrap_or(1);
            for (instances, roles) in SIZES {
                runtime.block_on(measure(instances / divisor, roles / divisor));
            }
        }
    }
}

/// Serves an account of this size to an evaluator and prints what the run took.
async fn measure(instances: usize, roles: usize) {
    let sandbox = Sandbox::new(fleet(instances, roles));
    let server = serve(sandbox.clone(), 0).await.expect("a free port");
    let endpoint = server.endpoint();
    let stopper = server.stopper();
    let running = tokio::spawn(server.run());
    let begun = SystemClock.now();
    let evaluator = tokio::task::spawn_blocking(move || {
        let program = std::env::current_exe().expect("this program");
        let output = Command::new(program).args(["evaluate", &endpoint]).output();
        output.expect("the evaluator runs")
    });
    let output = evaluator.await.expect("the evaluator's thread");
    let seconds = SystemClock.now().duration_since(begun).as_secs_f64();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    let mut counts = Counts::new();
    for call in sandbox.calls() {
        *counts.entry(call.operation).or_default() += 1;
    }
    stopper.stop();
    running
        .await
        .expect("the server's task")
        .expect("no error of the server");
    let told = String::from_utf8_lossy(&output.stdout);
    let total: usize = counts.values().sum();
    println!("{instances} instances on {roles} roles: {total} calls in {seconds:.1} s");
    for (operation, count) in counts {
        println!("  {operation:34} {count:6}");
    }
    print!("{told}");
}

/// The evaluator: one scheduled run; prints the memory it took.
async fn evaluate(endpoint: &str) {
    let session = session(endpoint);
    let ports = session.evaluate_ports();
    let before = peak();
    let event = scheduled_event(trailkeeper_tests::now());
    let deadline = SystemClock.now() + SignedDuration::from_mins(14);
    let evaluated = evaluate_event(&ports, &rule_caller(), &event, deadline)
        .await
        .expect("the run ends");
    println!("  evaluated: {:?}", evaluated.counts);
    for finding in &evaluated.findings {
        assert_ne!(finding.code.as_str(), "could-not-verify", "{finding:?}");
    }
    println!(
        "  peak memory of the evaluator: {:.1} MB, {before:.1} MB of it before the run",
        peak()
    );
}

fn session(endpoint: &str) -> Session {
    let credentials = Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .http_client(trailkeeper_aws::https_client())
        .endpoint_url(endpoint)
        .region(aws_config::Region::new(HOME))
        .retry_config(aws_config::retry::RetryConfig::disabled())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    Session::from_config(config).expect("the Region is set")
}

/// The peak of this process's memory in MB.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kilobytes.unwrap_or_else(|| panic!("VmHWM can be read on Linux alone")) / 1024.0
}
