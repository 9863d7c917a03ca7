//! What the rule `instance-profile` asks of an account, in process and over HTTP through the real
//! SDK: every port operation is made both ways, in the same order from the same start, and the
//! answers and the calls that reached the account are compared.

#![expect(clippy::expect_used, reason = "test code")]

use std::fmt::Debug;
use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use trailkeeper_app::ports::{InstanceReader, Inventory, Notifier, RoleReader};
use trailkeeper_aws::{ConfigInventory, Instances, Roles, Session, Topics};
use trailkeeper_core::{Arn, CallError};
use trailkeeper_sandbox::http::serve;
use trailkeeper_sandbox::seed::{
    EvaluationSeed, InstanceProfileSeed, InstanceSeed, InstanceStatus, ManagedPolicySeed,
    RecorderSeed, RoleSeed, RuleSeed,
};
use trailkeeper_sandbox::{ApiError, Fault, FaultKind, Sandbox, When, World};

const REGION: &str = "us-east-1";
const INSTANCE: &str = "AWS::EC2::Instance";
const RULE: &str = "instances";
const DOCUMENT: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"aplusb","Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::b/a+b %20 ü"}]}"#;

/// More than a page of AWS Config and more than a filter of EC2 holds.
const MANY: usize = 230;

fn id(number: usize) -> String {
    format!("i-{number:08x}")
}

fn now() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().expect("a time")
}

fn arn(text: &str) -> Arn {
    text.parse().expect("an ARN")
}

fn seed_roles(world: &mut World) -> String {
    let of_aws = world.seed_managed_policy(ManagedPolicySeed::of_aws("Ready", DOCUMENT));
    let mut own = ManagedPolicySeed::new("own", DOCUMENT);
    own.version = 3;
    own.earlier.insert(1, "{}".to_owned());
    let own = world.seed_managed_policy(own);
    let mut role = RoleSeed::new("web")
        .with_inline("in", DOCUMENT)
        .with_inline("out", "{}")
        .with_attached(&of_aws)
        .with_attached(&own);
    role.path = "/team/".to_owned();
    role.boundary = Some(own);
    world.seed_role(role);
    world.seed_role(RoleSeed::new("bare"));
    world.seed_instance_profile(InstanceProfileSeed::new("empty", None));
    let mut profile = InstanceProfileSeed::new("web", Some("web"));
    profile.path = "/a&b/".to_owned();
    world.seed_instance_profile(profile)
}

fn account() -> Sandbox {
    let mut world = World::new("111122223333", REGION, now());
    let mut recorder = RecorderSeed::new(&world, REGION);
    recorder.all_supported = false;
    recorder.resource_types = vec![INSTANCE.to_owned()];
    recorder.last_status = "Failure".to_owned();
    recorder.last_error = Some(("AccessDenied".to_owned(), "no bucket".to_owned()));
    world.seed_recorder(recorder);
    let profile = seed_roles(&mut world);
    for number in 0..MANY {
        let seed = InstanceSeed::new(REGION, &id(number));
        let _association = world.seed_instance(match number {
            0 => seed.with_profile(&profile),
            1 => seed.in_state(InstanceStatus::Stopped),
            _ => seed,
        });
    }
    let mut rule = RuleSeed::new(REGION, RULE, "evaluator");
    rule.input_parameters = Some(r#"{"minimumSeverity":"high"}"#.to_owned());
    world.seed_rule(rule);
    for number in 0..MANY {
        world.seed_evaluation(EvaluationSeed {
            region: REGION.to_owned(),
            rule: RULE.to_owned(),
            resource_type: INSTANCE.to_owned(),
            resource_id: id(number),
            compliance: (if number % 2 == 0 {
                "COMPLIANT"
            } else {
                "NON_COMPLIANT"
            })
            .to_owned(),
            annotation: (number % 3 == 0).then(|| format!("why {number}")),
            ordering: now(),
        });
    }
    world.seed_sns_topic("eu-west-1", "alerts");
    let item = json!({ "resourceType": INSTANCE, "resourceId": "i-odd", "resourceName": "odd",
        "arn": "arn:aws:ec2:us-east-1:111122223333:instance/i-odd",
        "configuration": { "state": { "name": "running" } },
        "supplementaryConfiguration": { "a": "[1]", "b": "true" } });
    world
        .seed_configuration_item(REGION, &item)
        .expect("an item");
    Sandbox::new(world)
}

fn session(endpoint: &str) -> Session {
    let credentials = Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None, None, "test");
    let timeouts = aws_config::timeout::TimeoutConfig::builder()
        .operation_timeout(Duration::from_secs(20))
        .build();
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .http_client(trailkeeper_aws::https_client())
        .endpoint_url(endpoint)
        .region(aws_config::Region::new(REGION))
        .retry_config(aws_config::retry::RetryConfig::disabled())
        .timeout_config(timeouts)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    Session::from_config(config).expect("the region is set")
}

/// The four ports of an account.
struct Doors<'a> {
    inventory: &'a dyn Inventory,
    roles: &'a dyn RoleReader,
    instances: &'a dyn InstanceReader,
    topics: &'a dyn Notifier,
}

/// The answers of one run. Of an error the parts that decisions rest on are kept: its text holds
/// a request id.
#[derive(Default)]
struct Transcript(Vec<String>);

impl Transcript {
    fn take<T: Debug>(&mut self, name: &str, result: Result<T, CallError>) {
        self.0.push(match result {
            Ok(answer) => format!("{name}: {answer:?}"),
            Err(CallError {
                operation,
                resource,
                code,
                class,
                ..
            }) => format!("{name}: {operation} on {resource}: {code} ({class:?})"),
        });
    }
}

async fn inventory(port: &dyn Inventory, to: &mut Transcript) {
    to.take("recorders", port.recorders().await);
    let select = "SELECT resourceId, configuration.state.name \
                  WHERE resourceType = 'AWS::EC2::Instance'";
    let mut token = None;
    for _page in 0..3 {
        let page = port.select(select, token.as_deref()).await;
        token = page.as_ref().ok().and_then(|page| page.next.clone());
        to.take("select", page);
    }
    to.take("no query", port.select("SELECT", None).await);
    to.take("no token", port.select(select, Some("nonsense")).await);
    for name in ["i-odd", "i-00000000", "i-absent"] {
        to.take("item", port.item_at(INSTANCE, name, now()).await);
    }
    let early = now() - SignedDuration::from_hours(9000);
    to.take("before", port.item_at(INSTANCE, "i-odd", early).await);
    let mut token = None;
    for _page in 0..3 {
        let page = port.evaluated(RULE, token.as_deref()).await;
        token = page.as_ref().ok().and_then(|page| page.next.clone());
        to.take("evaluated", page);
    }
    for name in [RULE, "absent"] {
        to.take("evaluated", port.evaluated(name, None).await);
        to.take("rule", port.config_rule(name).await);
        to.take("start", port.start_evaluation(name).await);
        to.take("start again", port.start_evaluation(name).await);
    }
}

async fn roles(port: &dyn RoleReader, to: &mut Transcript) {
    for name in ["web", "empty", "absent"] {
        to.take("profile", port.instance_profile(name).await);
    }
    for name in ["web", "bare", "absent"] {
        to.take("role", port.role(name).await);
        to.take("names", port.inline_policy_names(name).await);
        to.take("attached", port.attached_policies(name).await);
        to.take("profiles", port.profiles_of_role(name).await);
    }
    for (role, policy) in [("web", "in"), ("web", "absent"), ("absent", "in")] {
        to.take("inline", port.inline_policy(role, policy).await);
    }
    for name in [
        "arn:aws:iam::111122223333:policy/own",
        "arn:aws:iam::aws:policy/Ready",
        "arn:aws:iam::111122223333:policy/absent",
    ] {
        let policy = arn(name);
        to.take("policy", port.managed_policy(&policy).await);
        to.take("with policy", port.roles_with_policy(&policy).await);
        for version in ["v3", "v1", "v9"] {
            to.take("version", port.policy_version(&policy, version).await);
        }
    }
    to.take("summary", port.account_summary().await);
    to.take("details", port.account_details(None).await);
    to.take("no marker", port.account_details(Some("nonsense")).await);
}

async fn converse(sandbox: &Sandbox, doors: &Doors<'_>) -> Vec<String> {
    let mut transcript = Transcript::default();
    let to = &mut transcript;
    inventory(doors.inventory, to).await;
    roles(doors.roles, to).await;
    let mut ids: Vec<String> = (0..MANY).map(id).collect();
    ids.push("i-ffffffff".to_owned());
    to.take("instances", doors.instances.describe_instances(&ids).await);
    to.take("none", doors.instances.describe_instances(&[]).await);
    let topic = "arn:aws:sns:eu-west-1:111122223333:alerts";
    let absent = "arn:aws:sns:eu-west-1:111122223333:absent";
    for topic in [topic, absent, "arn:aws:sns::111122223333:alerts"] {
        let published = doors.topics.publish(&arn(topic), "a+b", "ü & \n{}").await;
        to.take("publish", published);
    }
    // each service's way to say no, to say later, and to fail
    let faults = [
        FaultKind::Denied { scp: false },
        FaultKind::Throttle,
        FaultKind::Error(ApiError::new("InternalFailure", "broken").with_status(500)),
    ];
    for kind in faults {
        for (service, operation) in [
            ("iam", "GetRole"),
            ("ec2", "DescribeInstances"),
            ("sns", "Publish"),
            ("config", "SelectResourceConfig"),
        ] {
            sandbox.inject(Fault::new(service, operation, When::First(1), kind.clone()));
        }
        let one = [id(0)];
        to.take("role", doors.roles.role("web").await);
        to.take("instance", doors.instances.describe_instances(&one).await);
        to.take("publish", doors.topics.publish(&arn(topic), "s", "m").await);
        to.take("select", doors.inventory.select("SELECT x", None).await);
    }
    transcript.0
}

fn reached(sandbox: &Sandbox) -> Vec<String> {
    let calls = sandbox.calls().into_iter();
    calls
        .map(|call| {
            let (service, operation) = (call.service, call.operation);
            format!("{service}:{operation} {} {}", call.region, call.outcome)
        })
        .collect()
}

#[tokio::test]
async fn every_read_of_the_second_rule_answers_alike_in_process_and_over_http() {
    let direct = account();
    let doors = Doors {
        inventory: &direct,
        roles: &direct,
        instances: &direct,
        topics: &direct,
    };
    let expected = converse(&direct, &doors).await;

    let served = account();
    let server = serve(served.clone(), 0).await.expect("a free port");
    let session = session(&server.endpoint());
    let stopper = server.stopper();
    let running = tokio::spawn(server.run());
    let doors = Doors {
        inventory: &ConfigInventory::new(session.clone()),
        roles: &Roles::new(session.clone()),
        instances: &Instances::new(session.clone()),
        topics: &Topics::new(session),
    };
    let seen = converse(&served, &doors).await;
    stopper.stop();
    running
        .await
        .expect("the server ends")
        .expect("without an error");

    let both = seen.iter().zip(&expected);
    let apart: Vec<_> = both.filter(|(seen, expected)| seen != expected).collect();
    assert_eq!(apart, []);
    assert_eq!(seen.len(), expected.len());
    assert_eq!(reached(&served), reached(&direct));
}
