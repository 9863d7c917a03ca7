//! The inventory of AWS Config: recording, queries, history, changes, the recorder.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code"
)]

mod changes;
mod history;
mod listings;
mod queries;
mod recorder;
mod scale;
mod scopes;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{
    InstanceProfileSeed, InstanceSeed, RecorderSeed, RoleSeed, RuleSeed,
};
use trailkeeper_sandbox::{ApiError, Call, Failure, Function, Sandbox, World};

const REGION: &str = "eu-west-1";
const INSTANCE: &str = "AWS::EC2::Instance";
const PROFILE: &str = "arn:aws:iam::111122223333:instance-profile/web";

/// A function that keeps the events it gets.
#[derive(Default)]
struct Keeper(Mutex<Vec<Value>>);

#[async_trait]
impl Function for Keeper {
    async fn invoke(&self, payload: Value) -> Result<Value, Value> {
        self.0.lock().unwrap().push(payload);
        Ok(Value::Null)
    }
}

struct Account {
    sandbox: Sandbox,
    keeper: Arc<Keeper>,
}

impl Account {
    /// An account with a recorder of everything, after `change`.
    fn with(change: impl FnOnce(&mut World)) -> Self {
        let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        let mut world = World::new("111122223333", REGION, now);
        world.seed_recorder(RecorderSeed::new(&world, REGION));
        change(&mut world);
        let sandbox = Sandbox::new(world);
        let keeper = Arc::new(Keeper::default());
        sandbox.register_function("evaluator", keeper.clone());
        Self { sandbox, keeper }
    }

    /// With three instances and the rule `instances`, which hears of their changes.
    fn watched() -> Self {
        Self::with(|world| {
            three_instances(world);
            world.seed_rule(on_change("instances"));
        })
    }

    async fn ask(&self, service: &str, operation: &str, input: Value) -> Result<Value, ApiError> {
        let call = Call::new(service, operation, REGION, input);
        match self.sandbox.call(call).await {
            Ok(output) => Ok(output),
            Err(Failure::Api(error)) => Err(error),
            Err(Failure::NoAnswer) => panic!("{operation}: no answer"),
        }
    }

    async fn good(&self, operation: &str, input: Value) -> Value {
        self.ask("config", operation, input).await.unwrap()
    }

    async fn ec2(&self, operation: &str, input: Value) -> Value {
        self.ask("ec2", operation, input).await.unwrap()
    }

    async fn refuses(&self, operation: &str, input: Value, code: &str) {
        match self.ask("config", operation, input.clone()).await {
            Ok(output) => panic!("{operation} {input}: answered {output}, not {code}"),
            Err(error) => assert_eq!(error.code, code, "{operation} {input}: {error}"),
        }
    }

    /// The events that the rules' function has got since the last time.
    async fn events(&self) -> Vec<Value> {
        self.sandbox.settle().await;
        std::mem::take(&mut *self.keeper.0.lock().unwrap())
    }

    /// The rows of a query.
    async fn rows(&self, expression: &str) -> Vec<Value> {
        let input = json!({"Expression": expression, "Limit": 100});
        let output = self.good("SelectResourceConfig", input).await;
        let rows = output["Results"].as_array().unwrap();
        let row = |row: &Value| serde_json::from_str(row.as_str().unwrap()).unwrap();
        rows.iter().map(row).collect()
    }

    /// The items of a resource, newest first.
    async fn items(&self, id: &str) -> Vec<Value> {
        let input = json!({"resourceType": INSTANCE, "resourceId": id, "limit": 100});
        let output = self.good("GetResourceConfigHistory", input).await;
        output["configurationItems"].as_array().unwrap().clone()
    }
}

/// `i-0000000a` with the profile `web`, `i-0000000b` stopped and `i-0000000c` without one.
fn three_instances(world: &mut World) {
    world.seed_role(RoleSeed::new("web"));
    world.seed_instance_profile(InstanceProfileSeed::new("web", Some("web")));
    use trailkeeper_sandbox::seed::InstanceStatus::Stopped;
    world.seed_instance(InstanceSeed::new(REGION, "i-0000000a").with_profile(PROFILE));
    world.seed_instance(InstanceSeed::new(REGION, "i-0000000b").in_state(Stopped));
    world.seed_instance(InstanceSeed::new(REGION, "i-0000000c"));
}

/// A rule for changes of instances alone.
fn on_change(name: &str) -> RuleSeed {
    let mut rule = RuleSeed::new(REGION, name, "evaluator");
    rule.message_types.retain(|kind| kind.contains("Change"));
    rule.resource_types = vec![INSTANCE.to_owned()];
    rule
}

/// What `invokingEvent` holds.
fn body(event: &Value) -> Value {
    serde_json::from_str(event["invokingEvent"].as_str().unwrap()).unwrap()
}

/// The names of an object's members.
fn names(value: &Value) -> Vec<String> {
    let mut names: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
    names.sort();
    names
}
