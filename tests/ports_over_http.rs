//! The sandbox in process and the sandbox over HTTP through the real SDK are one account: every
//! port operation is made both ways, in the same order from the same start, and the answers and
//! the calls that reached the account are compared.

#![expect(clippy::expect_used, reason = "test code")]

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use jiff::SignedDuration;
use trailkeeper_app::ports::{
    BucketReader, BucketWriter, CallerIdentity, ConfigService, KeyReader, KeyWriter,
    OrganizationReader, TrailReader, TrailWriter,
};
use trailkeeper_aws::{Buckets, ConfigRules, Identity, Keys, Organization, Session, Trails};
use trailkeeper_core::config_rule::{Compliance, Evaluation};
use trailkeeper_core::facts::{
    AdvancedSelector, BasicSelector, DataResource, EventSelectors, FieldSelector, InsightSelector,
    ReadWriteType,
};
use trailkeeper_core::write_request::{CreateTrail, UpdateTrail};
use trailkeeper_core::{AccountId, Arn, CallError, Region};
use trailkeeper_sandbox::Sandbox;
use trailkeeper_sandbox::http::serve;
use trailkeeper_sandbox::scenario::{DemoNames, demo};

/// Every port of one account, however it is reached.
struct Ports {
    trails: Arc<dyn TrailReader>,
    trail_writer: Arc<dyn TrailWriter>,
    buckets: Arc<dyn BucketReader>,
    bucket_writer: Arc<dyn BucketWriter>,
    keys: Arc<dyn KeyReader>,
    key_writer: Arc<dyn KeyWriter>,
    config: Arc<dyn ConfigService>,
    organization: Arc<dyn OrganizationReader>,
    identity: Arc<dyn CallerIdentity>,
}

fn in_process(sandbox: &Sandbox) -> Ports {
    Ports {
        trails: Arc::new(sandbox.clone()),
        trail_writer: Arc::new(sandbox.clone()),
        buckets: Arc::new(sandbox.clone()),
        bucket_writer: Arc::new(sandbox.clone()),
        keys: Arc::new(sandbox.clone()),
        key_writer: Arc::new(sandbox.clone()),
        config: Arc::new(sandbox.clone()),
        organization: Arc::new(sandbox.clone()),
        identity: Arc::new(sandbox.clone()),
    }
}

fn over_http(endpoint: &str) -> Ports {
    let credentials = Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None, None, "test");
    let timeouts = aws_config::timeout::TimeoutConfig::builder()
        .operation_timeout(Duration::from_secs(20))
        .build();
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .http_client(trailkeeper_aws::https_client())
        .endpoint_url(endpoint)
        .region(aws_config::Region::new("us-east-1"))
        .retry_config(aws_config::retry::RetryConfig::disabled())
        .timeout_config(timeouts)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    let session = Session::from_config(config).expect("the region is set");
    Ports {
        trails: Arc::new(Trails::new(session.clone())),
        trail_writer: Arc::new(Trails::new(session.clone())),
        buckets: Arc::new(Buckets::new(session.clone())),
        bucket_writer: Arc::new(Buckets::new(session.clone())),
        keys: Arc::new(Keys::new(session.clone())),
        key_writer: Arc::new(Keys::new(session.clone())),
        config: Arc::new(ConfigRules::new(session.clone())),
        organization: Arc::new(Organization::new(session.clone())),
        identity: Arc::new(Identity::new(session)),
    }
}

/// The answers of one run. Of an error the parts that decisions rest on are kept: its text holds
/// a request id.
struct Transcript<'a> {
    sandbox: &'a Sandbox,
    lines: Vec<String>,
}

impl Transcript<'_> {
    fn take<T: Debug>(&mut self, name: &str, result: Result<T, CallError>) {
        self.lines.push(match result {
            Ok(answer) => format!("{name}: {answer:?}"),
            Err(error) => {
                let CallError {
                    operation,
                    resource,
                    code,
                    class,
                    ..
                } = error;
                format!("{name}: {operation} on {resource}: {code} ({class:?})")
            }
        });
        // CloudTrail takes one write a second
        self.sandbox.advance(SignedDuration::from_secs(2));
    }
}

struct Names {
    names: DemoNames,
    home: Region,
    elsewhere: Region,
    account: AccountId,
    trail: Arn,
    absent: Arn,
    key: Arn,
}

impl Names {
    fn of(names: DemoNames) -> Self {
        let trail: Arn = names.trail_arn.parse().expect("an ARN");
        Self {
            home: names.region.parse().expect("a region"),
            elsewhere: "eu-west-1".parse().expect("a region"),
            account: names.account.parse().expect("an account"),
            absent: Arn {
                resource: "trail/absent".to_owned(),
                ..trail.clone()
            },
            key: names.key_arn.parse().expect("an ARN"),
            trail,
            names,
        }
    }
}

async fn reads(ports: &Ports, on: &Names, to: &mut Transcript<'_>) {
    let (home, trails) = (&on.home, &ports.trails);
    to.take("describe", trails.describe_trails(home, &[]).await);
    to.take(
        "describe elsewhere",
        trails.describe_trails(&on.elsewhere, &[]).await,
    );
    let arns = [on.trail.to_string(), on.absent.to_string()];
    to.take("describe by arn", trails.describe_trails(home, &arns).await);
    to.take("list", trails.list_trails(home).await);
    for arn in [&on.trail, &on.absent] {
        to.take("status", trails.trail_status(home, arn).await);
        to.take("selectors", trails.event_selectors(home, arn).await);
        to.take("insights", trails.insight_selectors(home, arn).await);
    }
    let buckets = &ports.buckets;
    for name in [on.names.bucket.as_str(), "amzn-s3-demo-absent"] {
        to.take("bucket", buckets.bucket(name, home, &on.account).await);
        to.take(
            "bucket, wrong hint",
            buckets.bucket(name, &on.elsewhere, &on.account).await,
        );
        to.take("owns bucket", buckets.owns_bucket(name, home).await);
    }
    let stranger: AccountId = "999900001111".parse().expect("an account");
    to.take(
        "other owner",
        buckets.bucket(&on.names.bucket, home, &stranger).await,
    );
    for id in [
        on.names.key_arn.as_str(),
        on.names.key_alias.as_str(),
        "alias/absent",
    ] {
        to.take("key", ports.keys.describe_key(id, home).await);
    }
    to.take("key policy", ports.keys.key_policy(&on.key).await);
    to.take(
        "organization",
        ports.organization.organization(&on.account).await,
    );
    to.take("caller", ports.identity.caller().await);
}

async fn store_writes(ports: &Ports, on: &Names, to: &mut Transcript<'_>) {
    let bucket = &on.names.bucket;
    let target = trailkeeper_policy::cloudtrail::BucketTarget {
        partition: "aws".to_owned(),
        bucket: bucket.clone(),
        prefix: None,
        log_accounts: vec![on.names.account.clone()],
        organization_id: None,
        trail_arn: on.names.trail_arn.clone(),
        kms_key_arn: None,
    };
    let policy = trailkeeper_policy::cloudtrail::documented_bucket_policy(&target);
    let writer = &ports.bucket_writer;
    to.take(
        "no json",
        writer
            .put_bucket_policy(bucket, &on.home, &on.account, "{")
            .await,
    );
    to.take(
        "bucket policy",
        writer
            .put_bucket_policy(bucket, &on.home, &on.account, &policy)
            .await,
    );
    to.take(
        "read back",
        ports.buckets.bucket(bucket, &on.home, &on.account).await,
    );
    let policy = ports.keys.key_policy(&on.key).await.expect("read before");
    to.take(
        "key policy",
        ports.key_writer.put_key_policy(&on.key, &policy).await,
    );
    to.take(
        "no key policy",
        ports.key_writer.put_key_policy(&on.key, "{").await,
    );
    to.take("enable", ports.key_writer.enable_key(&on.key).await);
    to.take(
        "cancel",
        ports.key_writer.cancel_key_deletion(&on.key).await,
    );
}

fn new_trail(on: &Names, name: &str) -> CreateTrail {
    CreateTrail {
        name: name.to_owned(),
        bucket: on.names.bucket.clone(),
        key_prefix: None,
        sns_topic_name: None,
        include_global_service_events: false,
        is_multi_region: false,
        log_file_validation: true,
        is_organization_trail: false,
        kms_key_id: None,
        log_group_arn: None,
        log_group_role_arn: None,
    }
}

fn selectors() -> [EventSelectors; 3] {
    let basic = BasicSelector {
        read_write_type: ReadWriteType::WriteOnly,
        include_management_events: true,
        data_resources: vec![DataResource {
            resource_type: "AWS::S3::Object".to_owned(),
            values: vec!["arn:aws:s3:::amzn-s3-demo-data/".to_owned()],
        }],
        exclude_management_event_sources: vec!["kms.amazonaws.com".to_owned()],
    };
    let category = |value: &str| FieldSelector {
        field: "eventCategory".to_owned(),
        equals: vec![value.to_owned()],
        ..FieldSelector::default()
    };
    let advanced = |value: &str| AdvancedSelector {
        name: Some("all".to_owned()),
        field_selectors: vec![category(value)],
    };
    [
        EventSelectors::Basic(vec![basic]),
        EventSelectors::Advanced(vec![advanced("Nothing")]),
        EventSelectors::Advanced(vec![advanced("Management")]),
    ]
}

async fn trail_writes(ports: &Ports, on: &Names, to: &mut Transcript<'_>) {
    let (home, writer) = (&on.home, &ports.trail_writer);
    to.take("start", writer.start_logging(home, &on.trail).await);
    to.take(
        "start elsewhere",
        writer.start_logging(&on.elsewhere, &on.trail).await,
    );
    to.take("start absent", writer.start_logging(home, &on.absent).await);
    let mut update = UpdateTrail::of(on.trail.clone());
    update.is_multi_region = Some(true);
    update.kms_key_id = Some(on.names.key_arn.clone());
    to.take("update", writer.update_trail(home, &update).await);
    for selectors in selectors() {
        to.take(
            "selectors",
            writer
                .put_event_selectors(home, &on.trail, &selectors)
                .await,
        );
        to.take(
            "read back",
            ports.trails.event_selectors(home, &on.trail).await,
        );
    }
    let insight = |name: &str| InsightSelector {
        insight_type: name.to_owned(),
        event_categories: vec!["Management".to_owned()],
    };
    for name in ["ApiCallRateInsight", "NoSuchInsight"] {
        let wanted = [insight(name)];
        to.take(
            "insights",
            writer.put_insight_selectors(home, &on.trail, &wanted).await,
        );
        to.take(
            "read back",
            ports.trails.insight_selectors(home, &on.trail).await,
        );
    }
    for name in ["org-audit", "second", "no..good"] {
        to.take(
            "create",
            writer.create_trail(home, &new_trail(on, name)).await,
        );
    }
    to.take(
        "describe",
        ports.trails.describe_trails(&on.elsewhere, &[]).await,
    );
    to.take("status", ports.trails.trail_status(home, &on.trail).await);
}

async fn evaluations(ports: &Ports, on: &Names, to: &mut Transcript<'_>) {
    let evaluation = Evaluation {
        resource_type: "AWS::::Account".to_owned(),
        resource_id: on.names.account.clone(),
        compliance: Compliance::Compliant,
        annotation: Some("grün: ok".to_owned()),
        ordering_timestamp: to.sandbox.now(),
    };
    let all = [evaluation];
    for (token, test_mode) in [("TESTMODE", true), ("no-such-token", false)] {
        to.take(
            "evaluations",
            ports.config.put_evaluations(token, &all, test_mode).await,
        );
    }
}

async fn converse(sandbox: &Sandbox, names: DemoNames, ports: &Ports) -> Vec<String> {
    let on = Names::of(names);
    let mut transcript = Transcript {
        sandbox,
        lines: Vec::new(),
    };
    reads(ports, &on, &mut transcript).await;
    store_writes(ports, &on, &mut transcript).await;
    trail_writes(ports, &on, &mut transcript).await;
    evaluations(ports, &on, &mut transcript).await;
    transcript.lines
}

fn reached(sandbox: &Sandbox) -> Vec<String> {
    let calls = sandbox.calls().into_iter();
    calls
        .map(|call| {
            format!(
                "{}:{} {} {}",
                call.service, call.operation, call.region, call.outcome
            )
        })
        .collect()
}

#[tokio::test]
async fn every_port_operation_answers_alike_in_process_and_over_http() {
    let (direct, names) = demo();
    let expected = converse(&direct, names, &in_process(&direct)).await;

    let (served, names) = demo();
    let server = serve(served.clone(), 0).await.expect("a free port");
    let ports = over_http(&server.endpoint());
    let stopper = server.stopper();
    let running = tokio::spawn(server.run());
    let seen = converse(&served, names, &ports).await;
    stopper.stop();
    running
        .await
        .expect("the server ends")
        .expect("without an error");

    for (seen, expected) in seen.iter().zip(&expected) {
        assert_eq!(seen, expected);
    }
    assert_eq!(seen.len(), expected.len());
    assert_eq!(reached(&served), reached(&direct));
}
