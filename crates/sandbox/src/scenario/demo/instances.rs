//! The instances of the demo's account.

use serde_json::{Value, json};

use super::{EVALUATOR, REGION};
use crate::seed::{InstanceProfileSeed, InstanceSeed, InstanceStatus, RoleSeed, RuleSeed};
use crate::world::World;

const RULE: &str = "instance-profile";
/// The profile that an instance without one is to get.
const BASELINE: &str = "ec2-baseline";

/// The names of what is about instances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoInstances {
    /// The Config rule.
    pub rule: String,
    /// The profile for an instance that has none.
    pub profile: String,
    /// The running instance without a profile.
    pub bare: String,
    /// The stopped instance without a profile.
    pub stopped: String,
    /// The instance whose role may do far too much.
    pub broad: String,
    /// All instances in order: the id, and what there is to say of it.
    pub all: Vec<(String, String)>,
}

/// An instance: the last digit of its id, what there is to say of it, its profile and the role of
/// the same name, with the statements of its inline policy.
struct Case {
    digit: u8,
    text: &'static str,
    role: Option<&'static str>,
    statements: Value,
}

fn cases() -> [Case; 6] {
    let case = |digit, text, role, statements| Case {
        digit,
        text,
        role,
        statements,
    };
    let read = json!({
        "Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::amzn-s3-demo-web/site/*",
    });
    let files = json!({
        "Sid": "Files", "Effect": "Allow", "Action": "s3:*",
        "Resource": "arn:aws:s3:::amzn-s3-demo-files/*",
    });
    let look = json!({
        "Sid": "Look", "Effect": "Allow", "Resource": "*",
        "Action": ["ec2:DescribeInstances", "ec2:DescribeTags"],
    });
    let forbid = json!({
        "Sid": "NoFiles", "Effect": "Deny", "Action": "s3:*", "Resource": "*",
    });
    [
        case(1, "running, no profile", None, Value::Null),
        case(2, "stopped, no profile", None, Value::Null),
        case(3, "may read one folder", Some("web"), json!([read])),
        case(4, "may s3:* on files", Some("files"), json!([files])),
        case(
            5,
            "may list, which needs *",
            Some("inventory"),
            json!([look]),
        ),
        case(
            6,
            "may s3:*, but for a Deny",
            Some("batch"),
            json!([files, forbid]),
        ),
    ]
}

fn id(digit: u8) -> String {
    format!("i-0a00000{digit}")
}

/// Puts instances, roles and the rule into the account.
pub(super) fn seed(world: &mut World) -> DemoInstances {
    world.seed_role(RoleSeed::new(BASELINE));
    world.seed_instance_profile(InstanceProfileSeed::new(BASELINE, Some(BASELINE)));
    let mut all = Vec::new();
    for case in cases() {
        let mut instance = InstanceSeed::new(REGION, &id(case.digit));
        if case.digit == 2 {
            instance = instance.in_state(InstanceStatus::Stopped);
        }
        if let Some(role) = case.role {
            instance = instance.with_profile(&profile(world, role, &case.statements));
        }
        world.seed_instance(instance);
        all.push((id(case.digit), case.text.to_owned()));
    }
    seed_rule(world);
    DemoInstances {
        rule: RULE.to_owned(),
        profile: BASELINE.to_owned(),
        bare: id(1),
        stopped: id(2),
        broad: id(4),
        all,
    }
}

/// A profile and its role of the same name; answers the profile's ARN.
fn profile(world: &mut World, name: &str, statements: &Value) -> String {
    let document = json!({"Version": "2012-10-17", "Statement": statements});
    world.seed_role(RoleSeed::new(name).with_inline(name, &document.to_string()));
    world.seed_instance_profile(InstanceProfileSeed::new(name, Some(name)))
}

fn seed_rule(world: &mut World) {
    let messages = [
        "ScheduledNotification",
        "ConfigurationItemChangeNotification",
        "OversizedConfigurationItemChangeNotification",
    ];
    world.seed_rule(RuleSeed {
        input_parameters: Some(json!({"rule": RULE}).to_string()),
        message_types: messages.map(str::to_owned).to_vec(),
        frequency: Some("TwentyFour_Hours".to_owned()),
        resource_types: vec!["AWS::EC2::Instance".to_owned()],
        ..RuleSeed::new(REGION, RULE, EVALUATOR)
    });
}
