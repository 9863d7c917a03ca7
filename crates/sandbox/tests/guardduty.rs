//! GuardDuty: its detector, its filters, and the finding about trails.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{
    Actor, BucketSeed, EventRuleSeed, TrailSeed, cloudtrail_bucket_policy,
};
use trailkeeper_sandbox::{Call, Failure, Function, Sandbox, World};

const ACCOUNT: &str = "111122223333";
const HOME: &str = "us-east-1";
const TRAIL: &str = "arn:aws:cloudtrail:us-east-1:111122223333:trail/org-audit";
const KIND: &str = "Stealth:IAMUser/CloudTrailLoggingDisabled";

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
    /// A trail, mallory at the keyboard, and a function that gets all findings.
    fn new() -> Self {
        let now: Timestamp = "2026-03-02T09:57:12Z".parse().unwrap();
        let mut world = World::new(ACCOUNT, HOME, now);
        world.seed_trail(TrailSeed::healthy("org-audit", HOME, "logs", now));
        for name in ["logs", "other"] {
            world.seed_bucket(BucketSeed {
                name: name.to_owned(),
                policy: Some(cloudtrail_bucket_policy("aws", name, None, ACCOUNT, TRAIL)),
                ..BucketSeed::default()
            });
        }
        let function = format!("arn:aws:lambda:{HOME}:{ACCOUNT}:function:keeper");
        let pattern = r#"{"detail-type": ["GuardDuty Finding"]}"#;
        world.seed_event_rule(EventRuleSeed::enabled("findings", HOME, pattern, &function));
        let mallory = Actor::iam_user(ACCOUNT, "mallory", "AKIAIOSFODNN7EXAMPLE", "203.0.113.24");
        world.set_actor(Some(mallory));
        let sandbox = Sandbox::new(world);
        let keeper = Arc::new(Keeper::default());
        sandbox.register_function("keeper", keeper.clone());
        Self { sandbox, keeper }
    }

    async fn try_call(&self, operation: &str, input: Value) -> Result<Value, Failure> {
        let call = Call::new("guardduty", operation, HOME, input);
        self.sandbox.call(call).await
    }

    async fn call(&self, operation: &str, input: Value) -> Value {
        let answer = self.try_call(operation, input).await;
        answer.unwrap_or_else(|error| panic!("{operation}: {error}"))
    }

    async fn detector(&self) -> String {
        let made = self.call("CreateDetector", json!({"Enable": true})).await;
        made["DetectorId"].as_str().unwrap().to_owned()
    }

    async fn tamper(&self, operation: &str, input: Value) {
        self.sandbox.advance(SignedDuration::from_secs(1));
        let call = Call::new("cloudtrail", operation, HOME, input);
        let _answer = self.sandbox.call(call).await;
    }

    async fn stop(&self) {
        self.tamper("StopLogging", json!({"Name": "org-audit"}))
            .await;
    }

    /// The findings that were told within `minutes`.
    async fn within(&self, minutes: i64) -> Vec<Value> {
        self.sandbox.advance(SignedDuration::from_mins(minutes));
        self.sandbox.settle().await;
        std::mem::take(&mut self.keeper.0.lock().unwrap())
    }
}

fn paths(value: &Value, prefix: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(name, member)| paths(member, &format!("{prefix}/{name}"), out)),
        _ => out.push(prefix.to_owned()),
    }
}

#[tokio::test]
async fn the_finding_is_that_of_the_fixture_some_minutes_later() {
    let account = Account::new();
    account.detector().await;
    account.stop().await;
    assert_eq!(account.within(4).await.len(), 0);
    let told = account.within(2).await;
    assert_eq!(told.len(), 1);
    let fixture = include_str!("events/fixtures/guardduty-finding.json");
    let mut wanted: Value = serde_json::from_str(fixture).unwrap();
    let (mut here, mut there) = (Vec::new(), Vec::new());
    paths(&told[0], "", &mut here);
    paths(&wanted, "", &mut there);
    here.sort();
    there.sort();
    assert_eq!(here, there);
    let ours = [
        "/id",
        "/time",
        "/detail/id",
        "/detail/arn",
        "/detail/service/detectorId",
        "/detail/service/eventFirstSeen",
        "/detail/service/eventLastSeen",
        "/detail/createdAt",
        "/detail/updatedAt",
    ];
    for pointer in ours {
        *wanted.pointer_mut(pointer).unwrap() = told[0].pointer(pointer).unwrap().clone();
    }
    assert_eq!(told[0], wanted);
    assert_eq!(told[0]["time"], json!("2026-03-02T10:02:13Z"));
}

#[tokio::test]
async fn what_leads_to_a_finding() {
    let name = json!({"Name": "org-audit"});
    let selectors = json!({"TrailName": "org-audit", "EventSelectors": [
        {"ReadWriteType": "ReadOnly", "IncludeManagementEvents": false, "DataResources": []},
    ]});
    let weaker = json!({"Name": TRAIL, "EnableLogFileValidation": false});
    let cases = [
        ("StopLogging", name.clone(), 1),
        ("UpdateTrail", weaker, 1),
        ("DeleteTrail", name.clone(), 1),
        ("StartLogging", name, 0),
        ("StopLogging", json!({"Name": "none"}), 0),
        ("PutEventSelectors", selectors, 0),
    ];
    for (operation, input, wanted) in cases {
        let account = Account::new();
        account.detector().await;
        account.tamper(operation, input).await;
        assert_eq!(account.within(10).await.len(), wanted, "{operation}");
    }
    let service = json!({"type": "AWSService", "invokedBy": "cloudtrail.amazonaws.com"});
    let service = Actor::of_identity(service, "cloudtrail.amazonaws.com", "");
    let account = Account::new();
    account.detector().await;
    account
        .sandbox
        .with_world(|world| world.set_actor(Some(service)));
    account.stop().await;
    assert_eq!(account.within(10).await.len(), 0);
}

#[tokio::test]
async fn b24_the_bucket_of_a_trail_counts_too() {
    for (bucket, wanted) in [("logs", 1), ("other", 0)] {
        let account = Account::new();
        account.detector().await;
        let call = Call::new("s3", "DeleteBucket", HOME, json!({"Bucket": bucket}));
        account.sandbox.call(call).await.unwrap();
        let told = account.within(10).await;
        assert_eq!(told.len(), wanted, "{bucket}");
        for finding in told {
            let affected = "/detail/service/action/awsApiCallAction/affectedResources";
            let affected = finding.pointer(affected);
            assert_eq!(
                affected,
                Some(&json!({"AWS::S3::Bucket": "arn:aws:s3:::logs"}))
            );
        }
    }
}

#[tokio::test]
async fn b48_ways_to_silence_it() {
    let filter = |criterion: Value, action: &str| json!({"Name": "quiet", "Action": action, "FindingCriteria": {"Criterion": criterion}});
    let cases = [
        ("UpdateDetector", json!({"Enable": false}), 0),
        (
            "UpdateDetector",
            json!({"FindingPublishingFrequency": "ONE_HOUR"}),
            1,
        ),
        ("DeleteDetector", json!({}), 0),
        (
            "CreateFilter",
            filter(json!({"type": {"Eq": [KIND]}}), "ARCHIVE"),
            0,
        ),
        (
            "CreateFilter",
            filter(
                json!({"type": {"Matches": ["Stealth:*Disabled"]}}),
                "ARCHIVE",
            ),
            0,
        ),
        (
            "CreateFilter",
            filter(json!({"severity": {"LessThan": 4}}), "ARCHIVE"),
            0,
        ),
        ("CreateFilter", filter(json!({}), "ARCHIVE"), 0),
        (
            "CreateFilter",
            filter(json!({"type": {"Eq": [KIND]}}), "NOOP"),
            1,
        ),
        (
            "CreateFilter",
            filter(json!({"type": {"Neq": [KIND]}}), "ARCHIVE"),
            1,
        ),
        (
            "CreateFilter",
            filter(
                json!({"type": {"Eq": [KIND]}, "severity": {"Gte": 4}}),
                "ARCHIVE",
            ),
            1,
        ),
    ];
    for (operation, mut input, wanted) in cases {
        let account = Account::new();
        input["DetectorId"] = json!(account.detector().await);
        let shown = input.to_string();
        account.call(operation, input).await;
        account.stop().await;
        assert_eq!(
            account.within(10).await.len(),
            wanted,
            "{operation} {shown}"
        );
    }
}

#[tokio::test]
async fn the_same_again_is_told_no_more_often_than_the_detector_says() {
    let account = Account::new();
    account.detector().await;
    account.stop().await;
    account.stop().await;
    let told = account.within(10).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["detail"]["service"]["count"], json!(2));
    account.stop().await;
    assert_eq!(account.within(5 * 60).await.len(), 0);
    let again = account.within(2 * 60).await;
    assert_eq!(again.len(), 1);
    assert_eq!(again[0]["detail"]["id"], told[0]["detail"]["id"]);
    assert_eq!(again[0]["detail"]["service"]["count"], json!(3));
}

#[tokio::test]
async fn samples_are_marked() {
    let account = Account::new();
    let id = account.detector().await;
    let input = json!({"DetectorId": id, "FindingTypes": [KIND]});
    account.call("CreateSampleFindings", input).await;
    let told = account.within(10).await;
    let sample = &told[0]["detail"];
    assert_eq!(sample["service"]["additionalInfo"]["sample"], json!(true));
    assert_eq!(sample["type"], json!(KIND));
    assert!(sample["title"].as_str().unwrap().starts_with("[SAMPLE]"));
}

#[tokio::test]
async fn what_was_made_is_read_back() {
    let account = Account::new();
    let id = account.detector().await;
    assert_eq!(
        account.call("ListDetectors", json!({})).await,
        json!({"DetectorIds": [id]})
    );
    let of = |extra: Value| {
        let mut input = json!({"DetectorId": id});
        input
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        input
    };
    let detector = account.call("GetDetector", of(json!({}))).await;
    assert_eq!(detector["Status"], json!("ENABLED"));
    assert_eq!(detector["FindingPublishingFrequency"], json!("SIX_HOURS"));
    let filter = json!({"Name": "quiet", "FindingCriteria": {"Criterion": {}}});
    account.call("CreateFilter", of(filter)).await;
    let filter = account
        .call("GetFilter", of(json!({"FilterName": "quiet"})))
        .await;
    assert_eq!(
        (&filter["Action"], &filter["Rank"]),
        (&json!("NOOP"), &json!(1))
    );
    let archive = json!({"FilterName": "quiet", "Action": "ARCHIVE"});
    account.call("UpdateFilter", of(archive)).await;
    let named = json!({"FilterName": "quiet"});
    let filter = account.call("GetFilter", of(named.clone())).await;
    assert_eq!(filter["Action"], json!("ARCHIVE"));
    let names = account.call("ListFilters", of(json!({}))).await;
    assert_eq!(names, json!({"FilterNames": ["quiet"]}));
    account.call("DeleteFilter", of(named)).await;
    let list = json!({"Name": "ours", "Format": "TXT", "Location": "s3://b/k", "Activate": true});
    let made = account.call("CreateIPSet", of(list.clone())).await;
    let lists = account.call("ListIPSets", of(json!({}))).await;
    assert_eq!(lists, json!({"IpSetIds": [made["IpSetId"]]}));
    let list_id = json!({"IpSetId": made["IpSetId"]});
    let mut off = list_id.clone();
    off["Activate"] = json!(false);
    account.call("UpdateIPSet", of(off)).await;
    let told = account.call("GetIPSet", of(list_id.clone())).await;
    assert_eq!(
        (&told["Status"], &told["Name"]),
        (&json!("INACTIVE"), &json!("ours"))
    );
    let destination = json!({"DestinationType": "S3", "DestinationProperties": {
        "DestinationArn": "arn:aws:s3:::b", "KmsKeyArn": "arn:aws:kms:us-east-1:111122223333:key/k",
    }});
    let made = account
        .call("CreatePublishingDestination", of(destination.clone()))
        .await;
    let told = account
        .call("ListPublishingDestinations", of(json!({})))
        .await;
    assert_eq!(
        told["Destinations"][0]["DestinationId"],
        made["DestinationId"]
    );
    let cases = [
        ("CreateDetector", json!({"Enable": true})),
        ("CreateDetector", json!({})),
        ("GetDetector", json!({"DetectorId": "none"})),
        ("GetDetector", json!({})),
        (
            "UpdateDetector",
            of(json!({"FindingPublishingFrequency": "DAILY"})),
        ),
        (
            "CreateFilter",
            of(json!({"Name": "ab", "FindingCriteria": {}})),
        ),
        ("CreateFilter", of(json!({"Name": "abc"}))),
        ("GetFilter", of(json!({"FilterName": "quiet"}))),
        ("DeleteFilter", of(json!({"FilterName": "quiet"}))),
        ("CreateIPSet", of(list)),
        ("CreateIPSet", of(json!({"Name": "x"}))),
        ("UpdateIPSet", of(json!({"IpSetId": "none"}))),
        ("UpdateFilter", of(json!({"FilterName": "quiet"}))),
        ("CreatePublishingDestination", of(destination)),
        (
            "DeletePublishingDestination",
            of(json!({"DestinationId": "none"})),
        ),
        ("ListFilters", of(json!({"MaxResults": 51}))),
    ];
    for (operation, input) in cases {
        let shown = input.to_string();
        match account.try_call(operation, input).await {
            Err(Failure::Api(error)) => assert_eq!(error.code, "BadRequestException", "{shown}"),
            other => panic!("{operation} {shown}: {other:?}"),
        }
    }
    account.call("DeleteIPSet", of(list_id)).await;
    let gone = of(json!({"DestinationId": made["DestinationId"]}));
    account.call("DeletePublishingDestination", gone).await;
    account.call("DeleteDetector", of(json!({}))).await;
    assert_eq!(
        account.call("ListDetectors", json!({})).await,
        json!({"DetectorIds": []})
    );
}
