//! What the baseline, the guard and the events about the trail ask of an account, in process and
//! over HTTP: every port operation is made both ways, in the same order from the same start, and
//! the answers and the calls that reached the account are compared.

#![expect(clippy::expect_used, reason = "test code")]

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use trailkeeper_app::ports::{
    AutomationReader, AutomationStart, AutomationStarter, BucketSettingsReader,
    BucketSettingsWriter, DetectorReader, EventRuleReader, EventRuleWriter, EventSink,
    FunctionReader, HistoryAttribute, HistoryReader, ObjectReader, ObjectWriter, RemediationReader,
    RemediationWriter, TagReader, TagWriter,
};
use trailkeeper_aws::{
    Automation, Buckets, ConfigInventory, Detectors, EventBus, Functions, Session, Trails,
};
use trailkeeper_core::facts::BucketSetting;
use trailkeeper_core::{AccountId, Arn, CallError, Region};
use trailkeeper_sandbox::http::serve;
use trailkeeper_sandbox::seed::{
    BucketSeed, DocumentSeed, EvaluationSeed, EventRuleSeed, FunctionSeed, PermissionSeed,
    RecorderSeed, RuleSeed, TrailSeed, cloudtrail_bucket_policy,
};
use trailkeeper_sandbox::{Call, Fault, FaultKind, Sandbox, When, World};

const ACCOUNT: &str = "111122223333";
const REGION: &str = "us-east-1";
const BUCKET: &str = "trail-logs";
const OPEN: &str = "open-logs";
const RULE: &str = "guard";
const TRAIL: &str = "AWS::CloudTrail::Trail";
const DOCUMENT: &str = "{\"schemaVersion\":\"0.3\",\"parameters\":{\"Time\":{\"type\":\"String\",\
     \"default\":\"PT1S\"}},\"mainSteps\":[{\"name\":\"Wait\",\"action\":\"aws:sleep\",\
     \"isEnd\":true,\"inputs\":{\"Duration\":\"{{ Time }}\"}}]}";

fn now() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().expect("a time")
}

fn seed_storage(world: &mut World) {
    let trail = trail().to_string();
    let policy = cloudtrail_bucket_policy("aws", BUCKET, None, ACCOUNT, &trail);
    world.seed_bucket(BucketSeed {
        name: BUCKET.to_owned(),
        policy: Some(policy),
        object_lock: Some(json!({"ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 365}}})),
        ..BucketSeed::default()
    });
    world.seed_bucket(BucketSeed {
        name: OPEN.to_owned(),
        kms_key: Some("arn:aws:kms:us-east-1:111122223333:key/a&b".to_owned()),
        object_ownership: Some("ObjectWriter".to_owned()),
        lifecycle: vec![json!({"ID": "a<b", "Status": "Enabled",
            "Filter": {"And": {"Prefix": "x/", "Tags": [{"Key": "k", "Value": "ü"}]}},
            "Transitions": [{"Days": 90, "StorageClass": "GLACIER"}]})],
        replication: Some(
            json!({"Role": "arn:aws:iam::111122223333:role/r", "Rules": [
            {"ID": "r", "Priority": 1, "Status": "Enabled", "Filter": {"Prefix": ""},
             "DeleteMarkerReplication": {"Status": "Disabled"},
             "Destination": {"Bucket": "arn:aws:s3:::trail-logs"}}]}),
        ),
        ..BucketSeed::default()
    });
    world.seed_trail(TrailSeed::healthy("main", REGION, BUCKET, now()));
}

fn seed_config(world: &mut World) {
    let mut recorder = RecorderSeed::new(world, REGION);
    recorder.recording = false;
    world.seed_recorder(recorder);
    world.seed_delivery_channel(REGION, json!({"name": "default", "s3BucketName": BUCKET}));
    world.seed_rule(RuleSeed::new(REGION, RULE, "evaluator"));
    let configuration = json!({
        "ConfigRuleName": RULE,
        "TargetType": "SSM_DOCUMENT",
        "TargetId": "Wait",
        "TargetVersion": "1",
        "Parameters": {
            "AutomationAssumeRole": {"StaticValue": {"Values": ["arn:aws:iam::111122223333:role/r"]}},
            "Time": {"ResourceValue": {"Value": "RESOURCE_ID"}},
        },
        "Automatic": true,
        "MaximumAutomaticAttempts": 5,
        "RetryAttemptSeconds": 60,
    });
    world
        .seed_remediation(REGION, &configuration)
        .expect("a remediation");
    for number in 0..30 {
        world.seed_evaluation(EvaluationSeed {
            region: REGION.to_owned(),
            rule: RULE.to_owned(),
            resource_type: TRAIL.to_owned(),
            resource_id: format!("r-{number:02}"),
            compliance: "NON_COMPLIANT".to_owned(),
            annotation: None,
            ordering: now(),
        });
    }
}

fn seed_parts(world: &mut World) {
    world
        .seed_document(DocumentSeed {
            region: REGION.to_owned(),
            name: "Wait".to_owned(),
            content: DOCUMENT.to_owned(),
            owner: None,
        })
        .expect("a document");
    let function = "arn:aws:lambda:us-east-1:111122223333:function:evaluator";
    let mut rule = EventRuleSeed::enabled("calls", REGION, r#"{"source":["aws.s3"]}"#, function);
    rule.state = "DISABLED".to_owned();
    rule.targets.push((
        "topic".to_owned(),
        "arn:aws:sns:us-east-1:111122223333:topic".to_owned(),
    ));
    assert!(world.seed_event_rule(rule));
    world.seed_function("bare", None);
    world.seed_function_settings(FunctionSeed {
        name: "evaluator".to_owned(),
        role: Some("arn:aws:iam::111122223333:role/evaluator".to_owned()),
        environment: BTreeMap::from([("A".to_owned(), "b=ü".to_owned())]),
        reserved_concurrency: Some(0),
        permissions: Some(vec![PermissionSeed {
            statement_id: "events".to_owned(),
            principal: "events.amazonaws.com".to_owned(),
            source_arn: None,
            source_account: None,
            qualifier: None,
        }]),
        ..FunctionSeed::default()
    });
}

async fn account() -> Sandbox {
    let mut world = World::new(ACCOUNT, REGION, now());
    seed_storage(&mut world);
    seed_config(&mut world);
    seed_parts(&mut world);
    let sandbox = Sandbox::new(world);
    let ask = async |service: &str, operation: &str, input: Value| {
        let answer = sandbox
            .call(Call::new(service, operation, REGION, input))
            .await;
        answer.expect("the account is set up")
    };
    let detector = ask("guardduty", "CreateDetector", json!({"Enable": true})).await;
    let detector = detector.get("DetectorId").cloned();
    let stopped = "Stealth:IAMUser/CloudTrailLoggingDisabled";
    for (name, action, kind) in [
        ("quiet", "ARCHIVE", stopped),
        ("other", "ARCHIVE", "Recon:EC2/Portscan"),
        ("marked", "NOOP", stopped),
    ] {
        let criteria = json!({"Criterion": {"type": {"Eq": [kind]}}});
        let input = json!({"DetectorId": detector, "Name": name, "Action": action,
            "FindingCriteria": criteria, "ClientToken": name});
        ask("guardduty", "CreateFilter", input).await;
    }
    for number in 0..30 {
        let mut input = json!({"ConfigRuleName": RULE, "ResourceKeys":
            [{"ResourceType": TRAIL, "ResourceId": format!("r-{number:02}")}]});
        if let Some(members) = input.as_object_mut().filter(|_| number == 0) {
            members.insert("Message".to_owned(), json!("quiet"));
            let end = now().as_second() + 3600;
            members.insert("ExpirationTime".to_owned(), json!(end));
        }
        ask("config", "PutRemediationExceptions", input).await;
    }
    sandbox.clear_calls();
    sandbox
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

fn home() -> Region {
    REGION.parse().expect("a Region")
}

fn owner() -> AccountId {
    ACCOUNT.parse().expect("an account")
}

fn trail() -> Arn {
    let arn = format!("arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/main");
    arn.parse().expect("an ARN")
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

async fn settings<P>(port: &P, to: &mut Transcript)
where
    P: BucketSettingsReader + BucketSettingsWriter,
{
    let (home, owner) = (home(), owner());
    let stranger: AccountId = "999900001111".parse().expect("an account");
    for setting in BucketSetting::ALL.iter().copied() {
        for bucket in [BUCKET, OPEN, "amzn-s3-demo-absent"] {
            let read = port.setting(bucket, &home, &owner, setting).await;
            let text = read.clone().ok().flatten();
            to.take("read", read);
            if let Some(text) = text {
                let put = port.put_setting(bucket, &home, &owner, setting, Some(&text));
                to.take("put", put.await);
            }
        }
        to.take(
            "stranger",
            port.setting(OPEN, &home, &stranger, setting).await,
        );
        let broken = port.put_setting(OPEN, &home, &owner, setting, Some("no xml"));
        to.take("broken", broken.await);
        to.take(
            "none",
            port.put_setting(OPEN, &home, &owner, setting, None).await,
        );
        to.take("after", port.setting(OPEN, &home, &owner, setting).await);
    }
    let away: Region = "eu-west-1".parse().expect("a Region");
    for (name, place) in [
        ("new-home", &home),
        ("new-away", &away),
        ("new-away", &away),
    ] {
        to.take("create", port.create_bucket(name, place).await);
        let block = BucketSetting::PublicAccessBlock;
        to.take("block", port.setting(name, place, &owner, block).await);
    }
}

async fn objects<P: ObjectReader + ObjectWriter>(port: &P, to: &mut Transcript) {
    let (home, owner) = (home(), owner());
    for key in ["baseline/a b+ü.json", "baseline/c", "d"] {
        let body = format!("\u{0}{key}");
        let put = port
            .put_object(OPEN, &home, &owner, key, body.as_bytes())
            .await;
        to.take("put", put);
        to.take("get", port.object(OPEN, &home, &owner, key).await);
        to.take("head", port.has_object(OPEN, &home, &owner, key).await);
    }
    for bucket in [OPEN, "amzn-s3-demo-absent"] {
        to.take("absent", port.object(bucket, &home, &owner, "z").await);
        to.take("absent", port.has_object(bucket, &home, &owner, "z").await);
        for (prefix, after) in [
            ("", ""),
            ("baseline/", ""),
            ("baseline/", "baseline/a b+ü.json"),
        ] {
            to.take(
                "keys",
                port.keys(bucket, &home, &owner, prefix, after).await,
            );
        }
    }
}

async fn trails<P>(port: &P, sandbox: &Sandbox, to: &mut Transcript)
where
    P: TagReader + TagWriter + HistoryReader,
{
    let (home, arn) = (home(), trail());
    let absent: Arn = arn
        .to_string()
        .replace("main", "absent")
        .parse()
        .expect("an ARN");
    for arn in [&arn, &absent] {
        let tags = [("owner", "audit"), ("empty", "")];
        let tags = tags.map(|(key, value)| (key.to_owned(), value.to_owned()));
        to.take("tags", port.tags(&home, arn).await);
        to.take(
            "add",
            port.add_tags(&home, arn, &BTreeMap::from(tags)).await,
        );
        to.take("tags", port.tags(&home, arn).await);
        sandbox.advance(SignedDuration::from_secs(2)); // CloudTrail takes one write a second
    }
    let long = BTreeMap::from([("k".repeat(129), String::new())]);
    to.take("long", port.add_tags(&home, &arn, &long).await);
    let by = [
        HistoryAttribute::EventName("AddTags".to_owned()),
        HistoryAttribute::EventName("PutRemediationExceptions".to_owned()),
        HistoryAttribute::ResourceName(arn.to_string()),
        HistoryAttribute::EventId("none".to_owned()),
    ];
    let later = Some(now() + SignedDuration::from_millis(500));
    for by in by {
        for (from, until, token) in [
            (None, None, None),
            (later, None, None),
            (None, later, None),
            (None, None, Some("x")),
        ] {
            to.take("history", port.lookup(&home, &by, from, until, token).await);
            sandbox.advance(SignedDuration::from_secs(1)); // and two lookups a second
        }
    }
}

async fn config<P: RemediationReader + RemediationWriter>(port: &P, to: &mut Transcript) {
    to.take("channels", port.delivery_channels().await);
    for rule in [RULE, "absent"] {
        to.take("remediation", port.remediation(rule).await);
        to.take("exceptions", port.exceptions(rule).await);
        for id in ["r-00", "r-00", "other"] {
            to.take("delete", port.delete_exception(rule, TRAIL, id).await);
        }
        to.take("exceptions", port.exceptions(rule).await);
    }
    for recorder in ["default", "absent"] {
        to.take("start", port.start_recorder(recorder).await);
    }
}

const ABSENT_RUN: &str = "11111111-2222-4333-8444-ffffffffffff";

async fn automation<P>(port: &P, sandbox: &Sandbox, to: &mut Transcript)
where
    P: AutomationReader + AutomationStarter,
{
    for name in ["Wait", "Absent"] {
        to.take("document", port.document(name).await);
        let mut start = AutomationStart {
            document: name.to_owned(),
            version: None,
            parameters: BTreeMap::new(),
            client_token: "11111111-2222-4333-8444-555555555555".to_owned(),
        };
        to.take("start", port.start(&start).await);
        sandbox.settle().await; // as the server does before it answers
        to.take("start again", port.start(&start).await);
        let values = vec!["PT2S".to_owned()];
        start.parameters.insert("Time".to_owned(), values);
        to.take("other", port.start(&start).await);
        start.version = Some("7".to_owned());
        start.client_token = start.client_token.replace('1', "a");
        to.take("version", port.start(&start).await);
        sandbox.settle().await;
        let runs = port.executions(name, now()).await;
        let ids = runs.iter().flat_map(|listed| &listed.runs);
        let ids: Vec<String> = ids.map(|run| run.id.clone()).collect();
        for id in ids.iter().map(String::as_str).chain(["no id", ABSENT_RUN]) {
            to.take("run", port.execution(id).await);
        }
        to.take("runs", runs);
        for number in 0..60 {
            start.client_token = format!("11111111-2222-4333-8444-{number:012}");
            start.version = None;
            drop(port.start(&start).await);
        }
        sandbox.settle().await;
        to.take("pages of runs", port.executions(name, now()).await);
        let later = sandbox.now() + SignedDuration::from_hours(1);
        to.take("runs", port.executions(name, later).await);
    }
}

async fn events<P>(port: &P, to: &mut Transcript)
where
    P: EventRuleReader + EventRuleWriter + EventSink,
{
    for name in ["calls", "absent", "no good"] {
        to.take("rule", port.event_rule(name).await);
        to.take("enable", port.enable_event_rule(name).await);
        to.take("rule", port.event_rule(name).await);
    }
    for detail in ["{\"a\":\"ü\"}", "no json"] {
        to.take("put", port.put_event("Incident", detail).await);
    }
}

/// The adapters that a run goes through.
struct Doors<S, T, C, A, E, F, D> {
    storage: S,
    trails: T,
    config: C,
    automation: A,
    events: E,
    functions: F,
    detectors: D,
}

impl<S, T, C, A, E, F, D> Doors<S, T, C, A, E, F, D>
where
    S: BucketSettingsReader + BucketSettingsWriter + ObjectReader + ObjectWriter,
    T: TagReader + TagWriter + HistoryReader,
    C: RemediationReader + RemediationWriter,
    A: AutomationReader + AutomationStarter,
    E: EventRuleReader + EventRuleWriter + EventSink,
    F: FunctionReader,
    D: DetectorReader,
{
    async fn converse(&self, sandbox: &Sandbox) -> Vec<String> {
        let to = &mut Transcript::default();
        settings(&self.storage, to).await;
        objects(&self.storage, to).await;
        trails(&self.trails, sandbox, to).await;
        config(&self.config, to).await;
        automation(&self.automation, sandbox, to).await;
        events(&self.events, to).await;
        for name in ["evaluator", "bare", "absent", "no good"] {
            to.take("function", self.functions.function(name).await);
        }
        to.take("detectors", self.detectors.detectors().await);
        let denied = [
            ("lambda", "GetFunctionConfiguration"),
            ("events", "DescribeRule"),
            ("guardduty", "GetDetector"),
            ("s3", "GetBucketAcl"),
        ];
        for (service, operation) in denied {
            sandbox.inject(Fault::new(
                service,
                operation,
                When::Always,
                FaultKind::Denied { scp: false },
            ));
        }
        to.take("denied", self.functions.function("bare").await);
        to.take("denied", self.events.event_rule("calls").await);
        to.take("denied", self.detectors.detectors().await);
        let (home, owner) = (home(), owner());
        let acl = self
            .storage
            .setting(OPEN, &home, &owner, BucketSetting::Acl);
        to.take("denied", acl.await);
        std::mem::take(&mut to.0)
    }
}

fn reached(sandbox: &Sandbox) -> Vec<String> {
    let calls = sandbox.calls().into_iter();
    calls
        .map(|call| {
            let place = format!("{}:{} {}", call.service, call.operation, call.region);
            match call.service.as_str() {
                "s3" => format!("{place} {}", call.outcome), // checksums and types of content
                _ => format!("{place} {} {}", call.outcome, call.input),
            }
        })
        .collect()
}

#[tokio::test]
async fn every_operation_about_the_guard_answers_alike_in_process_and_over_http() {
    let direct = account().await;
    let doors = Doors {
        storage: direct.clone(),
        trails: direct.clone(),
        config: direct.clone(),
        automation: direct.clone(),
        events: direct.clone(),
        functions: direct.clone(),
        detectors: direct.clone(),
    };
    let expected = doors.converse(&direct).await;

    let served = account().await;
    let server = serve(served.clone(), 0).await.expect("a free port");
    let session = session(&server.endpoint());
    let stopper = server.stopper();
    let running = tokio::spawn(server.run());
    let doors = Doors {
        storage: Buckets::new(session.clone()),
        trails: Trails::new(session.clone()),
        config: ConfigInventory::new(session.clone()),
        automation: Automation::new(session.clone()),
        events: EventBus::new(session.clone()),
        functions: Functions::new(session.clone()),
        detectors: Detectors::new(session),
    };
    let seen = doors.converse(&served).await;
    stopper.stop();
    let ended = running.await.expect("the server ends");
    ended.expect("without an error");

    for (seen, expected) in seen.iter().zip(&expected) {
        assert_eq!(seen, expected);
        assert!(!seen.contains("NotImplemented"), "{seen}");
    }
    assert_eq!(seen.len(), expected.len());
    for (seen, expected) in reached(&served).iter().zip(&reached(&direct)) {
        assert_eq!(seen, expected);
    }
    assert_eq!(reached(&served).len(), reached(&direct).len());
}
