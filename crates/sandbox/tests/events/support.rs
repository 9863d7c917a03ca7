//! An account with a trail, a function that keeps what it is given, and short ways to call it.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{BucketSeed, EventRuleSeed, TrailSeed};
use trailkeeper_sandbox::{Call, Failure, Function, Sandbox, World};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const HOME: &str = "us-east-1";
pub(crate) const AWAY: &str = "eu-west-1";
pub(crate) const BUCKET: &str = "amzn-s3-demo-audit-111122223333";

pub(crate) fn now() -> Timestamp {
    "2026-03-02T09:57:12Z".parse().unwrap()
}

pub(crate) fn arn(name: &str) -> String {
    format!("arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/{name}")
}

pub(crate) fn function(region: &str) -> String {
    format!("arn:aws:lambda:{region}:{ACCOUNT}:function:keeper")
}

pub(crate) fn bus(region: &str) -> String {
    format!("arn:aws:events:{region}:{ACCOUNT}:event-bus/default")
}

/// Keeps the events it is given.
#[derive(Default)]
pub(crate) struct Keeper(Mutex<Vec<Value>>);

#[async_trait]
impl Function for Keeper {
    async fn invoke(&self, payload: Value) -> Result<Value, Value> {
        self.0.lock().unwrap().push(payload);
        Ok(Value::Null)
    }
}

/// An account and the events that reached its function.
pub(crate) struct Bus {
    pub(crate) sandbox: Sandbox,
    keeper: Arc<Keeper>,
}

impl Bus {
    /// A bucket, and one healthy trail that `change` may alter.
    pub(crate) fn with(change: impl FnOnce(&mut TrailSeed)) -> Self {
        let mut world = World::new(ACCOUNT, HOME, now());
        world.seed_bucket(BucketSeed {
            name: BUCKET.to_owned(),
            policy: Some(open_policy()),
            ..BucketSeed::default()
        });
        let mut trail = TrailSeed::healthy("org-audit", HOME, BUCKET, now());
        change(&mut trail);
        world.seed_trail(trail);
        let sandbox = Sandbox::new(world);
        let keeper = Arc::new(Keeper::default());
        sandbox.register_function("keeper", keeper.clone());
        Self { sandbox, keeper }
    }

    /// The account with a rule for all of CloudTrail's events in both Regions.
    pub(crate) fn listening() -> Self {
        let bus = Self::with(|_| {});
        bus.listen(r#"{"detail-type": ["AWS API Call via CloudTrail"]}"#);
        bus
    }

    /// Sends what matches `pattern` to the function, in both Regions.
    pub(crate) fn listen(&self, pattern: &str) {
        for region in [HOME, AWAY] {
            self.rule(EventRuleSeed::enabled(
                "all",
                region,
                pattern,
                &function(region),
            ));
        }
    }

    pub(crate) fn rule(&self, seed: EventRuleSeed) {
        let good = self.sandbox.with_world(|world| world.seed_event_rule(seed));
        assert!(good, "the pattern is none");
    }

    /// One call, a second after the one before.
    pub(crate) async fn call(
        &self,
        (service, operation): (&str, &str),
        region: &str,
        input: Value,
    ) -> Result<Value, Failure> {
        self.sandbox.advance(SignedDuration::from_secs(1));
        let call = Call::new(service, operation, region, input);
        self.sandbox.call(call).await
    }

    /// A call of EventBridge in the home Region that must be answered.
    pub(crate) async fn good(&self, operation: &str, input: Value) -> Value {
        let answer = self.call(("events", operation), HOME, input).await;
        answer.unwrap_or_else(|error| panic!("{operation}: {error}"))
    }

    /// The code of a call of EventBridge in the home Region that must be refused.
    pub(crate) async fn code(&self, operation: &str, input: Value) -> String {
        match self.call(("events", operation), HOME, input).await {
            Err(Failure::Api(error)) => error.code,
            other => panic!("{operation}: {other:?}"),
        }
    }

    /// The events that reached the function since the last time.
    pub(crate) async fn events(&self) -> Vec<Value> {
        self.sandbox.settle().await;
        std::mem::take(&mut self.keeper.0.lock().unwrap())
    }

    /// Their names.
    pub(crate) async fn names(&self) -> Vec<String> {
        let events = self.events().await;
        let name = |event: &Value| event["detail"]["eventName"].as_str().unwrap().to_owned();
        events.iter().map(name).collect()
    }
}

fn open_policy() -> String {
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": ["s3:GetBucketAcl", "s3:PutObject"],
        "Resource": [format!("arn:aws:s3:::{BUCKET}"), format!("arn:aws:s3:::{BUCKET}/*")],
    }]})
    .to_string()
}
