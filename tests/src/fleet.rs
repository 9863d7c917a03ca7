//! An account of many instances and the rule `instance-profile`, run over all of them.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use trailkeeper_app::evaluate::{Evaluated, evaluate_event};
use trailkeeper_app::roles::PolicyCache;
use trailkeeper_core::Caller;
use trailkeeper_sandbox::seed::{
    InstanceProfileSeed, InstanceSeed, ManagedPolicySeed, RecorderSeed, ResultTokenSeed, RoleSeed,
    RuleSeed,
};
use trailkeeper_sandbox::{Sandbox, World};

use crate::account::{ACCOUNT, HOME, now};

/// The rule.
pub const INSTANCE_RULE: &str = "instance-profile";
const TOKEN: &str = "result-token";
/// How many roles share a managed policy of the account.
const SHARING: usize = 20;
const NARROW: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["ec2:DescribeInstances","xray:PutTraceSegments"],"Resource":"*"}}"#;

/// An account with the recorder on and the rule there, and nothing to judge.
pub fn rule_world() -> World {
    let mut world = World::new(ACCOUNT, HOME, now());
    let recorder = RecorderSeed::new(&world, HOME);
    world.seed_recorder(recorder);
    let mut rule = RuleSeed::new(HOME, INSTANCE_RULE, "trailkeeper-evaluator");
    rule.resource_types = vec!["AWS::EC2::Instance".to_owned()];
    rule.result_tokens = vec![ResultTokenSeed {
        token: TOKEN.to_owned(),
        calls: None,
    }];
    world.seed_rule(rule);
    world
}

/// An account with so many instances on so many roles: each role with an inline policy of its own
/// and a managed policy of twenty roles. Every 50th instance has no profile.
pub fn fleet(instances: usize, roles: usize) -> World {
    let mut world = rule_world();
    let mut profiles = Vec::new();
    for number in 0..roles {
        let shared = format!("shared-{}", number / SHARING);
        let shared = world.seed_managed_policy(ManagedPolicySeed::new(&shared, NARROW));
        let name = format!("role-{number}");
        let role = RoleSeed::new(&name)
            .with_inline("own", &own_policy(number))
            .with_attached(&shared);
        world.seed_role(role);
        profiles.push(world.seed_instance_profile(InstanceProfileSeed::new(&name, Some(&name))));
    }
    let mut profiles = profiles.iter().cycle();
    for number in 0..instances {
        let mut seed = InstanceSeed::new(HOME, &format!("i-{number:017x}"));
        let profile = profiles.next().cloned();
        seed.profile = profile.filter(|_| !number.is_multiple_of(50));
        world.seed_instance(seed);
    }
    world
}

fn own_policy(number: usize) -> String {
    let bucket = format!("arn:aws:s3:::amzn-s3-demo-{number}/*");
    let (action, resource) = if number.is_multiple_of(10) {
        ("s3:*", "*")
    } else {
        ("s3:GetObject", bucket.as_str())
    };
    let statement = json!({"Effect": "Allow", "Action": action, "Resource": resource});
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

/// The scheduled event that AWS Config sends at `at`.
pub fn scheduled_event(at: Timestamp) -> Value {
    let invoking = json!({
        "awsAccountId": ACCOUNT,
        "notificationCreationTime": at.to_string(),
        "messageType": "ScheduledNotification",
        "recordVersion": "1.0",
    });
    json!({
        "version": "1.0",
        "invokingEvent": invoking.to_string(),
        "ruleParameters": "{}",
        "resultToken": TOKEN,
        "eventLeftScope": false,
        "configRuleName": INSTANCE_RULE,
        "accountId": ACCOUNT,
    })
}

/// Who evaluates.
pub fn rule_caller() -> Caller {
    Caller {
        account: ACCOUNT.parse().unwrap(),
        region: HOME.parse().unwrap(),
        partition: "aws".to_owned(),
    }
}

/// A scheduled run of the rule now.
pub async fn scheduled_run(sandbox: &Sandbox, policies: &PolicyCache) -> Evaluated {
    let ports = sandbox.evaluate_ports(policies);
    let at = sandbox.now();
    let deadline = at + SignedDuration::from_mins(14);
    evaluate_event(&ports, &rule_caller(), &scheduled_event(at), deadline)
        .await
        .expect("the run ends")
}
