//! The repair against what the sandbox enforces: CloudTrail's limits, moved aliases, the baseline's
//! destinations.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code")]

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use trailkeeper_app::baseline::{capture, store};
use trailkeeper_app::ports::ObjectReader as _;
use trailkeeper_app::repair::repair;
use trailkeeper_app::roles::PolicyCache;
use trailkeeper_core::Caller;
use trailkeeper_core::baseline::key_of;
use trailkeeper_core::cloudtrail::Requirements;
use trailkeeper_core::remediation::RepairRequest;
use trailkeeper_core::repair::{Ending, Goal, Limits};
use trailkeeper_sandbox::seed::{
    BucketSeed, EventSelectors, KeySeed, OrganizationSeed, TrailSeed, cloudtrail_bucket_policy,
};
use trailkeeper_sandbox::{Call, OrganizationRole, Sandbox, World};

const ACCOUNT: &str = "111122223333";
const HOME: &str = "us-east-1";
const BUCKET: &str = "amzn-s3-demo-audit";
const TRAIL: &str = "org-audit";
const KEY: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
const THEIRS: &str = "5555abcd-12ab-34cd-56ef-1234567890ab";
const TOPIC: &str = "arn:aws:sns:us-east-1:111122223333:audit";

fn now() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

fn trail_arn() -> String {
    format!("arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/{TRAIL}")
}

fn key_arn(id: &str) -> String {
    format!("arn:aws:kms:{HOME}:{ACCOUNT}:key/{id}")
}

/// A bucket and two keys, of which the alias means the first.
fn world() -> World {
    let mut world = World::new(ACCOUNT, HOME, now());
    world.seed_bucket(BucketSeed {
        name: BUCKET.to_owned(),
        policy: Some(cloudtrail_bucket_policy(
            "aws",
            BUCKET,
            None,
            ACCOUNT,
            &trail_arn(),
        )),
        ..BucketSeed::default()
    });
    for (id, alias) in [(KEY, "alias/audit"), (THEIRS, "alias/theirs")] {
        world.seed_key(KeySeed {
            id: id.to_owned(),
            aliases: vec![alias.to_owned()],
            ..KeySeed::default()
        });
    }
    world
}

fn healthy_trail() -> TrailSeed {
    let mut trail = TrailSeed::healthy(TRAIL, HOME, BUCKET, now());
    trail.settings.kms_key_id = Some(key_arn(KEY));
    trail
}

struct Account {
    sandbox: Sandbox,
    payload: Map<String, Value>,
}

impl Account {
    fn of(mut world: World, trail: Option<TrailSeed>) -> Self {
        if let Some(trail) = trail {
            world.seed_trail(trail);
        }
        let payload = json!({"CloudTrailName": TRAIL, "CloudTrailS3BucketName": BUCKET});
        Self {
            sandbox: Sandbox::new(world),
            payload: payload.as_object().cloned().unwrap(),
        }
    }

    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.payload.insert(name.to_owned(), value.into());
        self
    }

    /// With a baseline of it as it is now.
    async fn with_baseline(self) -> Self {
        let ports = self.sandbox.evaluate_ports(&PolicyCache::default());
        let wanted = Requirements::default();
        let baseline = capture(ports.readers(), &wanted, &caller(), self.sandbox.now()).await;
        let sha256 = store(&self.sandbox, &baseline.unwrap()).await.unwrap();
        self.with("BaselineSha256", sha256)
    }

    async fn act(&self, service: &str, operation: &str, input: Value) -> Value {
        self.sandbox.advance(SignedDuration::from_secs(2));
        let call = Call::new(service, operation, HOME, input);
        self.sandbox.call(call).await.unwrap()
    }

    async fn repair(&self) -> Ending {
        self.sandbox.advance(SignedDuration::from_secs(2));
        self.sandbox.clear_calls();
        let request = RepairRequest::parse(&Value::Object(self.payload.clone())).unwrap();
        let limits = Limits {
            deadline: self.sandbox.now() + SignedDuration::from_secs(280),
            call_time: SignedDuration::from_secs(10),
            seed: 7,
        };
        let ports = self.sandbox.repair_ports();
        repair(&ports, &caller(), &Goal::from(&request), &limits).await
    }

    fn writes(&self) -> Vec<String> {
        let calls = self.sandbox.calls().into_iter();
        let writes = calls.filter(|call| call.write);
        writes.map(|call| call.operation).collect()
    }

    async fn trail(&self) -> Value {
        let input = json!({"trailNameList": [TRAIL]});
        let answer = self.act("cloudtrail", "DescribeTrails", input).await;
        answer["trailList"][0].clone()
    }
}

fn caller() -> Caller {
    Caller {
        account: ACCOUNT.parse().unwrap(),
        region: HOME.parse().unwrap(),
        partition: "aws".to_owned(),
    }
}

/// All that a run tells.
fn told(ending: &Ending) -> String {
    format!("{ending:?}")
}

fn arns(count: usize) -> Vec<String> {
    let arn = |number| format!("arn:aws:s3:::amzn-s3-demo-{number}/");
    (0..count).map(arn).collect()
}

fn equals(field: &str, value: &str) -> Value {
    json!({"Field": field, "Equals": [value]})
}

/// 500 values in advanced selectors, 250 data resources in basic ones, five basic selectors.
fn padded() -> Vec<(&'static str, Value)> {
    let objects = |values: &[String]| json!([{"Type": "AWS::S3::Object", "Values": values}]);
    let basic = |values: &[String]| {
        json!({
            "ReadWriteType": "WriteOnly",
            "IncludeManagementEvents": false,
            "DataResources": objects(values),
        })
    };
    let one = json!({"Name": "x", "FieldSelectors": [
        equals("eventCategory", "Data"),
        equals("resources.type", "AWS::S3::Object"),
        {"Field": "resources.ARN", "StartsWith": arns(498)},
    ]});
    let name = |number: usize| {
        json!({"Name": "x", "FieldSelectors": [
            equals("eventCategory", "Data"),
            equals("resources.type", "AWS::S3::Object"),
            equals("eventName", &format!("Name{number}")),
        ]})
    };
    let names: Vec<Value> = (0..166).map(name).collect();
    let five: Vec<Value> = arns(250).chunks(50).map(basic).collect();
    vec![
        ("one condition", json!({"AdvancedEventSelectors": [one]})),
        ("many selectors", json!({"AdvancedEventSelectors": names})),
        ("basic", json!({"EventSelectors": [basic(&arns(250))]})),
        ("five basic", json!({"EventSelectors": five})),
    ]
}

/// Whoever fills the selectors up to CloudTrail's limits does not keep management events off.
#[tokio::test]
async fn selectors_without_room_are_widened() {
    for has_baseline in [false, true] {
        for (name, selectors) in padded() {
            let mut trail = healthy_trail();
            let data = json!({
                "ReadWriteType": "All",
                "IncludeManagementEvents": true,
                "DataResources": [{
                    "Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::amzn-s3-demo-data/"],
                }],
            });
            trail.selectors = EventSelectors::Basic(vec![data]);
            let mut account = Account::of(world(), Some(trail));
            if has_baseline {
                account = account.with_baseline().await;
            }
            let mut input = selectors;
            input["TrailName"] = json!(TRAIL);
            account.act("cloudtrail", "PutEventSelectors", input).await;
            let ending = account.repair().await;
            assert!(
                account.writes().contains(&"PutEventSelectors".to_owned()),
                "{name}"
            );
            let told = told(&ending);
            // what there is no room for is told
            let remains = has_baseline && told.contains("data-events-missing");
            let seen = json!({"TrailName": TRAIL});
            let seen = account.act("cloudtrail", "GetEventSelectors", seen).await;
            let seen = seen.to_string();
            assert!(
                seen.contains("\"Management\"") || seen.contains("Events\":true"),
                "{name}"
            );
            let has_data = seen.contains("demo-data/") || !seen.contains("demo-0/");
            assert!(!has_baseline || remains || has_data, "{name}: {told}");
            account.repair().await.ok();
            assert_eq!(
                account.writes(),
                [""; 0],
                "{name}: a second run changes nothing"
            );
        }
    }
}

/// An alias is moved to another key, and then the repair would do B06 for whoever moved it.
#[tokio::test]
async fn b06_a_moved_alias_gives_no_trail_another_key() {
    for has_baseline in [false, true] {
        let mut account =
            Account::of(world(), Some(healthy_trail())).with("CloudTrailKmsKeyId", "alias/theirs");
        if has_baseline {
            account = account.with_baseline().await;
        }
        let ending = account.repair().await;
        assert_eq!(account.writes(), [""; 0], "{ending:?}");
        assert!(told(&ending).contains("wrong-key"), "{ending:?}");
        assert_eq!(account.trail().await["KmsKeyId"], key_arn(KEY));
    }
}

/// Where the alias stands for the baseline's key, the key is put back by it.
#[tokio::test]
async fn b06_an_alias_of_the_baselines_key_is_believed() {
    let account =
        Account::of(world(), Some(healthy_trail())).with("CloudTrailKmsKeyId", "alias/audit");
    let account = account.with_baseline().await;
    let other = json!({"Name": TRAIL, "KmsKeyId": key_arn(THEIRS)});
    account.act("cloudtrail", "UpdateTrail", other).await;
    let ending = account.repair().await;
    assert_eq!(account.writes(), ["UpdateTrail"], "{ending:?}");
    assert_eq!(account.trail().await["KmsKeyId"], key_arn(KEY));
}

/// No parameter names prefix, topic or key; the baseline does.
#[tokio::test]
async fn b09_prefix_topic_and_key_come_back_with_a_baseline() {
    let mut seeded = world();
    seeded.seed_topic(TOPIC, None);
    let mut trail = healthy_trail();
    trail.settings.sns_topic_arn = Some(TOPIC.to_owned());
    let account = Account::of(seeded, Some(trail)).with_baseline().await;
    let before = account.trail().await;
    let policy = cloudtrail_bucket_policy("aws", BUCKET, Some("elsewhere"), ACCOUNT, &trail_arn());
    let policy = json!({"Bucket": BUCKET, "Policy": policy});
    account.act("s3", "PutBucketPolicy", policy).await;
    let update = json!({
        "Name": TRAIL, "S3KeyPrefix": "elsewhere", "SnsTopicName": "", "KmsKeyId": key_arn(THEIRS),
    });
    account.act("cloudtrail", "UpdateTrail", update).await;
    let ending = account.repair().await;
    // the policy lets CloudTrail write only under the other prefix
    assert_eq!(
        account.writes(),
        ["PutBucketPolicy", "UpdateTrail"],
        "{ending:?}"
    );
    assert_eq!(account.trail().await, before);
    account.repair().await.unwrap();
    assert_eq!(account.writes(), [""; 0]);
}

/// An organization trail would bear the management account's ARN, and the named one would be made
/// again and again.
#[tokio::test]
async fn a_delegated_administrators_own_trail_named_by_arn_is_made_once() {
    let mut seeded = world();
    seeded.seed_organization(OrganizationSeed {
        role: OrganizationRole::DelegatedAdministrator,
        ..OrganizationSeed::default()
    });
    let account = Account::of(seeded, None).with("CloudTrailName", trail_arn());
    account.repair().await.unwrap();
    assert!(account.writes().contains(&"CreateTrail".to_owned()));
    assert_eq!(account.trail().await["TrailARN"], trail_arn());
    account.repair().await.unwrap();
    assert_eq!(account.writes(), [""; 0]);
}

/// The bucket's default key is disabled; the baseline can be read all the same.
#[tokio::test]
async fn a_baseline_outlives_the_buckets_key() {
    let account = Account::of(world(), Some(healthy_trail()));
    let rule = json!({"ApplyServerSideEncryptionByDefault": {
        "SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn(KEY),
    }});
    let encryption = json!({
        "Bucket": BUCKET, "ServerSideEncryptionConfiguration": {"Rules": [rule]},
    });
    account.act("s3", "PutBucketEncryption", encryption).await;
    let put = json!({"Bucket": BUCKET, "Key": "other", "Body": "e30="});
    account.act("s3", "PutObject", put).await;
    let account = account.with_baseline().await;
    let disable = json!({"KeyId": key_arn(KEY)});
    account.act("kms", "DisableKey", disable).await;
    let key = key_of(account.payload["BaselineSha256"].as_str().unwrap());
    let (region, owner) = (HOME.parse().unwrap(), ACCOUNT.parse().unwrap());
    let read = |key: String| {
        let (sandbox, region, owner) = (account.sandbox.clone(), &region, &owner);
        async move { sandbox.object(BUCKET, region, owner, &key).await }
    };
    assert!(read(key).await.is_ok());
    let refused = read("other".to_owned()).await.unwrap_err();
    assert_eq!(refused.code, "KMS.DisabledException");
}
