//! Instances.

use serde_json::json;
use trailkeeper_app::ports::InstanceReader;
use trailkeeper_core::ErrorClass;
use trailkeeper_core::facts::InstanceState;
use trailkeeper_sandbox::seed::{InstanceSeed, InstanceStatus};
use trailkeeper_sandbox::{Fault, FaultKind, Sandbox, When};

use crate::support::{HOME, world};

const PROFILE: &str = "arn:aws:iam::111122223333:instance-profile/a/web";

fn id(number: usize) -> String {
    format!("i-{number:017x}")
}

/// 450 instances; every third has a profile, number 7 is stopped.
fn account() -> Sandbox {
    let mut world = world();
    for number in 0..450 {
        let mut seed = InstanceSeed::new(HOME, &id(number));
        if number % 3 == 0 {
            seed = seed.with_profile(PROFILE);
        }
        if number == 7 {
            seed = seed.in_state(InstanceStatus::Stopped);
        }
        world.seed_instance(seed);
    }
    Sandbox::new(world)
}

/// What EC2 does not know is left out, and no pattern finds more than was asked for.
#[tokio::test]
async fn the_instances_asked_for() {
    let sandbox = account();
    let ids = [id(6), id(7), id(9999), "i-*".to_owned()];
    let found = sandbox.describe_instances(&ids).await.unwrap();
    let profile = |number: usize| {
        let one = found.iter().find(|one| one.id == id(number)).unwrap();
        (
            one.state.clone(),
            one.profile.as_ref().map(ToString::to_string),
        )
    };
    assert_eq!(found.len(), 2);
    assert_eq!(
        profile(6),
        (InstanceState::Running, Some(PROFILE.to_owned()))
    );
    assert_eq!(profile(7), (InstanceState::Stopped, None));
    assert_eq!(sandbox.describe_instances(&[]).await.unwrap(), []);
}

#[tokio::test]
async fn many_are_asked_for_by_two_hundred() {
    let sandbox = account();
    let ids: Vec<String> = (0..450).map(id).collect();
    let found = sandbox.describe_instances(&ids).await.unwrap();
    assert_eq!(found.len(), 450);
    let calls = sandbox.calls();
    assert_eq!(calls.len(), 3);
    let first = json!({
        "MaxResults": 1000,
        "Filters": [{"Name": "instance-id", "Values": ids.get(..200)}],
    });
    assert_eq!(calls.first().map(|call| &call.input), Some(&first));
    assert!(
        calls
            .iter()
            .all(|call| call.region == HOME && call.service == "ec2")
    );
}

#[tokio::test]
async fn denials_and_throttles_are_told_in_ec2s_words() {
    let cases = [
        (
            FaultKind::Denied { scp: false },
            "UnauthorizedOperation",
            ErrorClass::Denied,
        ),
        (
            FaultKind::Throttle,
            "RequestLimitExceeded",
            ErrorClass::Throttled,
        ),
    ];
    for (kind, code, class) in cases {
        let sandbox = account();
        sandbox.inject(Fault::new("ec2", "DescribeInstances", When::Always, kind));
        let error = sandbox.describe_instances(&[id(1)]).await.unwrap_err();
        assert_eq!((error.code.as_str(), error.class), (code, class));
    }
}
