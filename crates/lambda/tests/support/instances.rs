//! An account with instances and the rule about their profiles, and the events that come of it.

use jiff::Timestamp;
use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{
    InstanceProfileSeed, InstanceSeed, ManagedPolicySeed, PublishedMessage, RecorderSeed,
    ResultTokenSeed, RoleSeed, RuleSeed,
};
use trailkeeper_sandbox::{Call, Sandbox, World};

use super::account::{ACCOUNT, REGION, TOKEN};

pub(crate) const INSTANCE: &str = "AWS::EC2::Instance";
pub(crate) const INSTANCE_RULE: &str = "trailkeeper-instance-profile";
/// An instance whose role may read one bucket, by an inline policy and by one of AWS.
pub(crate) const GOOD: &str = "i-0000000000000000a";
/// An instance without a profile.
pub(crate) const BARE: &str = "i-0000000000000000b";
/// An instance whose role may do everything in S3.
pub(crate) const WIDE: &str = "i-0000000000000000c";
pub(crate) const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:alerts";

/// The ARN of a profile in the account.
pub(crate) fn profile_arn(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:instance-profile/{name}")
}

fn allow(actions: &str, resource: &str) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": actions, "Resource": resource}],
    })
    .to_string()
}

/// The account, before anybody looked at it.
pub(crate) fn instances_world(now: Timestamp) -> World {
    let mut world = World::new(ACCOUNT, REGION, now);
    world.seed_recorder(RecorderSeed::new(&world, REGION));
    let read = allow("s3:GetObject", "arn:aws:s3:::amzn-s3-demo-bucket/config/*");
    let of_aws = ManagedPolicySeed::of_aws("AgentConfig", &read);
    let of_aws = world.seed_managed_policy(of_aws);
    let narrow = RoleSeed::new("narrow-role").with_inline("read", &read);
    world.seed_role(narrow.with_attached(&of_aws));
    let wide = allow("s3:*", "*");
    world.seed_role(RoleSeed::new("wide-role").with_inline("all-of-s3", &wide));
    for name in ["narrow", "wide"] {
        let role = format!("{name}-role");
        world.seed_instance_profile(InstanceProfileSeed::new(name, Some(&role)));
    }
    world.seed_instance(InstanceSeed::new(REGION, GOOD).with_profile(&profile_arn("narrow")));
    world.seed_instance(InstanceSeed::new(REGION, BARE));
    world.seed_instance(InstanceSeed::new(REGION, WIDE).with_profile(&profile_arn("wide")));
    world.seed_rule(RuleSeed {
        input_parameters: Some(parameters()),
        result_tokens: vec![ResultTokenSeed {
            token: TOKEN.to_owned(),
            calls: None,
        }],
        ..RuleSeed::new(REGION, INSTANCE_RULE, "trailkeeper-evaluator")
    });
    world.seed_sns_topic(REGION, "alerts");
    world
}

fn parameters() -> String {
    json!({"rule": "instance-profile"}).to_string()
}

/// The event of a change that left the instance with this profile.
pub(crate) fn changed(now: Timestamp, id: &str, profile: Option<&str>) -> Value {
    let profile = profile.map(|name| json!({"arn": profile_arn(name)}));
    event(&json!({
        "configurationItem": item(now, id, profile),
        "notificationCreationTime": now,
        "messageType": "ConfigurationItemChangeNotification",
    }))
}

/// The `configurationItem` of a running instance, recorded at `now`.
pub(crate) fn item(now: Timestamp, id: &str, profile: Option<Value>) -> Value {
    json!({
        "configurationItemCaptureTime": now,
        "configurationItemStatus": "OK",
        "resourceType": INSTANCE,
        "resourceId": id,
        "awsAccountId": ACCOUNT,
        "awsRegion": REGION,
        "configuration": {
            "instanceId": id,
            "state": {"code": 16, "name": "running"},
            "iamInstanceProfile": profile,
        },
    })
}

/// An event for the rule about this notification.
pub(crate) fn event(invoking: &Value) -> Value {
    json!({
        "version": "1.0",
        "invokingEvent": invoking.to_string(),
        "ruleParameters": parameters(),
        "resultToken": TOKEN,
        "eventLeftScope": false,
        "configRuleName": INSTANCE_RULE,
        "accountId": ACCOUNT,
    })
}

/// The event of EventBridge for the launch of these instances, with this id.
pub(crate) fn launched(now: Timestamp, event_id: &str, ids: &[&str]) -> Value {
    let items: Vec<Value> = ids.iter().map(|id| json!({"instanceId": id})).collect();
    json!({
        "version": "0",
        "id": "9f0d2a6e-7c1b-4f57-9b0e-000000000001",
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.ec2",
        "account": ACCOUNT,
        "time": now,
        "region": REGION,
        "resources": [],
        "detail": {
            "eventVersion": "1.10",
            "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory"},
            "eventTime": now,
            "eventSource": "ec2.amazonaws.com",
            "eventName": "RunInstances",
            "awsRegion": REGION,
            "sourceIPAddress": "203.0.113.24",
            "requestParameters": {"clientToken": "CLIENT-TOKEN-0f6a"},
            "responseElements": {"instancesSet": {"items": items}},
            "eventID": event_id,
            "recipientAccountId": ACCOUNT,
        },
    })
}

/// The rule's results: resource, compliance and annotation, in order.
pub(crate) async fn instance_results(sandbox: &Sandbox) -> Vec<[String; 3]> {
    let input = json!({"ConfigRuleName": INSTANCE_RULE, "Limit": 100});
    let call = Call::new("config", "GetComplianceDetailsByConfigRule", REGION, input);
    let answer = sandbox.call(call).await.unwrap();
    let of = |result: &Value| {
        let id = "/EvaluationResultIdentifier/EvaluationResultQualifier/ResourceId";
        let text = |place| result.pointer(place).and_then(Value::as_str);
        [id, "/ComplianceType", "/Annotation"].map(|place| text(place).unwrap_or("").to_owned())
    };
    let results = answer["EvaluationResults"].as_array().unwrap();
    let mut results: Vec<[String; 3]> = results.iter().map(of).collect();
    results.sort();
    results
}

/// The messages that the topic got: subject and text.
pub(crate) fn messages(sandbox: &Sandbox) -> Vec<(String, Value)> {
    let published = sandbox.with_world(|world| world.published_messages().to_vec());
    let to_topic = published.into_iter().filter(|one| one.topic_arn == TOPIC);
    let read = |one: PublishedMessage| {
        let text = serde_json::from_str(&one.message).unwrap();
        (one.subject.unwrap_or_default(), text)
    };
    to_topic.map(read).collect()
}
