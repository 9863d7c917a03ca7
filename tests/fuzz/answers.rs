//! Answers of services: XML and JSON, good and bad, whole and cut.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use trailkeeper_app::ports::{
    AutomationReader, DetectorReader, EventRuleReader, FunctionReader, InstanceReader,
};
use trailkeeper_aws::{Automation, Detectors, EventBus, Functions, Instances, Session};
use trailkeeper_awscall::{AwsCaller, CallerSettings, Endpoints, https_connector};
use trailkeeper_core::facts::InstanceFacts;
use trailkeeper_core::{CallError, ErrorClass};
use trailkeeper_runbook::AwsApi;
use trailkeeper_sandbox::scenario::demo;

use crate::canned::{Answer, Canned};
use crate::input::target;

const IDS: [&str; 2] = ["i-0a1b2c3d4e5f60718", "i-0a1b2c3d4e5f60719"];

// An instance that is asked for is answered as EC2 said it, and an answer that is cut is an error:
// it must not pass for an account with fewer instances.
target!(ec2_answer, 150, |text| {
    static EC2: LazyLock<(Canned, Runtime, Instances)> = LazyLock::new(|| on_sdk(Instances::new));
    let (service, runtime, instances) = &*EC2;
    let ask = |answer: &Answer<'_>| -> Result<Vec<InstanceFacts>, CallError> {
        service.answers(answer);
        runtime.block_on(instances.describe_instances(&IDS.map(str::to_owned)))
    };
    let answer = Answer::read(text);
    match ask(&answer) {
        Err(error) => assert!(!error.code.is_empty()),
        Ok(found) => {
            assert!(answer.status < 300, "{found:?}");
            assert!(found.iter().all(|one| IDS.contains(&one.id.as_str())));
            assert!(found.len() <= answer.body.matches("instanceId").count());
            let body = answer.body.trim_ascii_end();
            let (body, _) = body.split_at(body.len() - 1);
            assert!(ask(&Answer { body, ..answer }).is_err(), "{text}");
        }
    }
});

// EventBridge and SSM speak awsJson, Lambda and GuardDuty REST: all read whatever comes.
target!(service_answer, 60, |text| {
    type Ports = (EventBus, Automation, Functions, Detectors);
    static SERVICES: LazyLock<(Canned, Runtime, Ports)> = LazyLock::new(|| {
        on_sdk(|session| {
            (
                EventBus::new(session.clone()),
                Automation::new(session.clone()),
                Functions::new(session.clone()),
                Detectors::new(session),
            )
        })
    });
    let (service, runtime, (events, automation, functions, detectors)) = &*SERVICES;
    let answer = Answer::read(text);
    service.answers(&answer);
    let failed = runtime.block_on(async {
        [
            events.event_rule("events").await.err(),
            automation.document("Trailkeeper").await.err(),
            automation.execution("e-1").await.err(),
            functions.function("evaluator").await.err(),
            detectors.detectors().await.err(),
        ]
    });
    let is_object = serde_json::from_str::<Value>(answer.body).is_ok_and(|it| it.is_object());
    for error in failed {
        if answer.status < 300 && !is_object && !answer.body.is_empty() {
            let error = error.as_ref().expect("it is no answer");
            assert_eq!(error.class, ErrorClass::Broken, "{error}");
        }
        if let Some(error) = error {
            assert!(!error.code.is_empty() && !error.to_string().is_empty());
        }
    }
});

// The first line names service and operation: query, ec2, awsJson, Lambda's Invoke and S3.
target!(caller_answer, 150, |text| {
    static CALLER: LazyLock<(Canned, Runtime, AwsCaller)> = LazyLock::new(caller);
    let (service, runtime, caller) = &*CALLER;
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let (name, api) = first.split_once(' ').unwrap_or(("iam", first));
    let ask = |answer: &Answer<'_>| {
        service.answers(answer);
        let input = json!({"Bucket": "audit", "FunctionName": "f"});
        runtime.block_on(caller.call(name, api, "us-east-1", input))
    };
    let answer = Answer::read(rest);
    let told = match ask(&answer) {
        Err(failure) => return assert!(!failure.code.is_empty() && !failure.message.is_empty()),
        Ok(told) => told,
    };
    assert!(told.is_object() && answer.status < 300, "{told}");
    let member = |name: &str| told.get(name).and_then(Value::as_str);
    match (name, api) {
        ("lambda", _) => assert_eq!(member("Payload"), Some(answer.body)),
        ("s3", "GetBucketPolicy") => assert_eq!(member("Policy"), Some(answer.body)),
        ("iam" | "sts" | "sns" | "ec2", _) if is_ended(answer.body) => {
            let body = answer.body.trim_end();
            let (body, _) = body.split_at(body.len() - 1);
            assert!(ask(&Answer { body, ..answer }).is_err(), "{text}");
        }
        _ => {}
    }
});

/// Whether nothing but the end of an element can stand last.
fn is_ended(body: &str) -> bool {
    body.trim_end().ends_with("Response>")
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

fn credentials() -> SharedCredentialsProvider {
    let keys = Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None, None, "test");
    SharedCredentialsProvider::new(keys)
}

/// Ports over the SDK, whose calls all go to one service.
fn on_sdk<T>(ports: impl FnOnce(Session) -> T) -> (Canned, Runtime, T) {
    let service = Canned::start();
    let timeouts = aws_config::timeout::TimeoutConfig::builder()
        .operation_timeout(Duration::from_secs(20))
        .build();
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .http_client(trailkeeper_aws::https_client())
        .endpoint_url(service.url())
        .region(aws_config::Region::new("us-east-1"))
        .retry_config(aws_config::retry::RetryConfig::disabled())
        .timeout_config(timeouts)
        .credentials_provider(credentials())
        .build();
    let session = Session::from_config(config).expect("the Region is set");
    (service, runtime(), ports(session))
}

fn caller() -> (Canned, Runtime, AwsCaller) {
    let service = Canned::start();
    let settings = CallerSettings {
        endpoints: Endpoints {
            every: Some(service.url()),
            ..Endpoints::default()
        },
        attempts: 1,
        ..CallerSettings::default()
    };
    let (clock, _) = demo();
    let chance = Arc::new(|| 0x0123_4567_89AB_CDEF);
    let caller = AwsCaller::new(
        settings,
        credentials(),
        https_connector(),
        Arc::new(clock),
        chance,
    );
    (service, runtime(), caller)
}
