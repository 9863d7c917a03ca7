//! The states from which the sweep starts: every way to blind a trail that the remediator undoes,
//! the healthy account, and accounts without the trail.

use serde_json::{Value, json};
use trailkeeper_app::baseline::{capture, store};
use trailkeeper_app::observe::Readers;
use trailkeeper_core::remediation::RepairRequest;
use trailkeeper_sandbox::OrganizationRole;
use trailkeeper_sandbox::World;
use trailkeeper_sandbox::seed::{
    BucketSeed, EventSelectors, KeySeed, KeyState, OrganizationSeed, TrailStatus,
};
use trailkeeper_tests::sweep::{Attack, Start, finish};
use trailkeeper_tests::{
    ACCOUNT, Account, BUCKET, HOME, KEY_ID, TRAIL, bucket_policy, healthy_trail, now, plain_world,
    trail_arn,
};

use crate::moves::{self, Move};

/// All moves of the attacker's table.
fn all_moves() -> Vec<Move> {
    let trail = moves::on_the_trail().into_iter();
    trail
        .chain(moves::on_the_selectors())
        .chain(moves::on_the_stores())
        .collect()
}

/// The moves as attacks.
pub(crate) fn attacks() -> Vec<Attack> {
    let owned = |(service, operation, input): (&str, &str, Value)| {
        (service.to_owned(), operation.to_owned(), input)
    };
    all_moves()
        .into_iter()
        .map(|one| Attack {
            name: one.id.to_owned(),
            calls: one.calls.into_iter().map(owned).collect(),
        })
        .collect()
}

/// How an account came into the state that is a start.
pub(crate) struct Story {
    pub(crate) name: &'static str,
    /// The account before the attack.
    pub(crate) account: Account,
    /// The attack: without calls where the account by itself is the start.
    pub(crate) attack: Attack,
    /// How long nobody notices.
    pub(crate) minutes: i64,
}

impl Story {
    fn of(name: &'static str, account: Account, calls: Vec<AttackCall>, minutes: i64) -> Self {
        let owned = |(service, operation, input): AttackCall| {
            (service.to_owned(), operation.to_owned(), input)
        };
        let attack = Attack {
            name: name.to_owned(),
            calls: calls.into_iter().map(owned).collect(),
        };
        Self {
            name,
            account,
            attack,
            minutes,
        }
    }

    fn start(&self) -> Start {
        for (service, operation, input) in &self.attack.calls {
            let _answer = finish(self.account.act(service, operation, input.clone()));
        }
        if self.minutes > 0 {
            self.account.pass(self.minutes);
        }
        Start::new(self.name, &self.account)
    }
}

type AttackCall = (&'static str, &'static str, Value);

/// Every start.
pub(crate) fn starts() -> Vec<Start> {
    stories().iter().map(Story::start).collect()
}

/// How every start came about.
pub(crate) fn stories() -> Vec<Story> {
    let healthy = moves::account();
    let of_move = |one: Move| Story::of(one.id, healthy.copy(), one.calls, one.minutes);
    let mut stories: Vec<Story> = all_moves().into_iter().map(of_move).collect();
    let others = [
        ("healthy", moves::account()),
        ("B10", no_longer_of_the_organization()),
        ("B12 data", with_selectors(data_and_reads())),
        ("B15 data", with_selectors(advanced_data())),
        (
            "everything",
            Account::of(everything()).with("RepairKey", true),
        ),
        (
            "absent",
            Account::of(broken_stores(plain_world())).with("RepairKey", true),
        ),
        ("absent, quota full", quota_full()),
    ];
    stories.extend(since_the_baseline());
    stories.push(data_events_dropped());
    stories.extend(others.map(|(name, account)| Story::of(name, account, Vec::new(), 0)));
    stories.sort_by_key(|story| story.name);
    stories
}

fn no_longer_of_the_organization() -> Account {
    let mut world = plain_world();
    world.seed_organization(OrganizationSeed {
        role: OrganizationRole::Management,
        ..OrganizationSeed::default()
    });
    world.seed_trail(healthy_trail(HOME, TRAIL));
    Account::of(world)
        .with("ConvertToOrganizationTrail", true)
        .with("RepairKey", true)
}

/// What only a baseline tells to be wrong.
fn since_the_baseline() -> Vec<Story> {
    let bucket = |more: Value| {
        let mut input = more;
        input["Bucket"] = json!(BUCKET);
        input
    };
    let rule = json!({"ID": "a", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1}});
    let selectors = json!([{"ReadWriteType": "All", "IncludeManagementEvents": true}]);
    let tag = json!({"ResourceId": trail_arn(), "TagsList": [{"Key": "team"}]});
    let moves = [
        (
            "B16 baseline",
            "cloudtrail",
            "PutEventSelectors",
            json!({"TrailName": TRAIL, "EventSelectors": selectors}),
        ),
        ("B20", "cloudtrail", "RemoveTags", tag),
        (
            "B26",
            "s3",
            "PutBucketLifecycleConfiguration",
            bucket(json!({"LifecycleConfiguration": {"Rules": [rule]}})),
        ),
        (
            "B28",
            "s3",
            "PutBucketVersioning",
            bucket(json!({"VersioningConfiguration": {"Status": "Suspended"}})),
        ),
        (
            "B31",
            "s3",
            "PutBucketRequestPayment",
            bucket(json!({"RequestPaymentConfiguration": {"Payer": "Requester"}})),
        ),
    ];
    moves
        .into_iter()
        .map(|(name, service, operation, input)| {
            Story::of(name, with_baseline(), vec![(service, operation, input)], 1)
        })
        .collect()
}

/// A healthy account with data events, a tag and a baseline of it.
fn with_baseline() -> Account {
    let mut world = plain_world();
    let mut trail = healthy_trail(HOME, TRAIL);
    let mut selectors = data_and_reads();
    if let EventSelectors::Basic(list) = &mut selectors {
        list[0]["ReadWriteType"] = json!("All");
        list[0]["ExcludeManagementEventSources"] = json!([]);
    }
    trail.selectors = selectors;
    trail.tags.insert("team".to_owned(), "security".to_owned());
    world.seed_trail(trail);
    let account = Account::of(world);
    let request = RepairRequest::parse(&Value::Object(account.payload.clone())).unwrap();
    let sandbox = &account.sandbox;
    let readers = Readers {
        trails: sandbox,
        buckets: sandbox,
        keys: sandbox,
        tags: sandbox,
        settings: sandbox,
        objects: sandbox,
    };
    let requirements = request.requirements();
    let taken = capture(readers, &requirements, &account.caller, sandbox.now());
    let baseline = finish(taken).unwrap().unwrap();
    let sha256 = finish(store(sandbox, &baseline)).unwrap().unwrap();
    account
        .with("BaselineSha256", sha256)
        .with("RepairKey", true)
}

fn with_selectors(selectors: EventSelectors) -> Account {
    let mut world = plain_world();
    let mut trail = healthy_trail(HOME, TRAIL);
    trail.selectors = selectors;
    world.seed_trail(trail);
    Account::of(world).with("RepairKey", true)
}

/// Data events that must stay, and management events that were narrowed.
fn data_and_reads() -> EventSelectors {
    let resources = json!([
        {"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::payroll/", "arn:aws:s3:::keys/"]},
        {"Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"]},
    ]);
    EventSelectors::Basic(vec![json!({
        "ReadWriteType": "ReadOnly",
        "IncludeManagementEvents": true,
        "DataResources": resources,
        "ExcludeManagementEventSources": ["kms.amazonaws.com"],
    })])
}

fn advanced_data() -> EventSelectors {
    let is = |field: &str, value: &str| json!({"Field": field, "Equals": [value]});
    let objects = json!({"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::payroll/"]});
    EventSelectors::Advanced(vec![
        json!({"Name": "writes", "FieldSelectors": [
            is("eventCategory", "Management"), is("readOnly", "false"),
        ]}),
        json!({"Name": "payroll", "FieldSelectors": [
            is("eventCategory", "Data"), is("resources.type", "AWS::S3::Object"), objects,
        ]}),
    ])
}

/// The remediator cannot know of data events that nobody has recorded for it.
fn data_events_dropped() -> Story {
    let account = with_selectors(data_and_reads());
    let selectors = json!([{"ReadWriteType": "All", "IncludeManagementEvents": true}]);
    let input = json!({"TrailName": TRAIL, "EventSelectors": selectors});
    let calls = vec![("cloudtrail", "PutEventSelectors", input)];
    Story::of("B16", account, calls, 1)
}

/// Everything that a repair can mend is broken.
fn everything() -> World {
    let mut world = broken_stores(plain_world());
    let mut trail = healthy_trail(HOME, TRAIL);
    trail.settings.is_multi_region_trail = false;
    trail.settings.log_file_validation_enabled = false;
    trail.settings.kms_key_id = None;
    trail.selectors = EventSelectors::Basic(vec![
        json!({"ReadWriteType": "ReadOnly", "IncludeManagementEvents": true}),
    ]);
    trail.insights.clear();
    trail.status = TrailStatus::stopped(now());
    world.seed_trail(trail);
    world
}

/// Neither bucket nor key lets CloudTrail write.
fn broken_stores(mut world: World) -> World {
    world.seed_bucket(BucketSeed {
        name: BUCKET.to_owned(),
        policy: Some(bucket_policy(false)),
        ..BucketSeed::default()
    });
    let root_only = json!({"Version": "2012-10-17", "Statement": [{
        "Sid": "Root", "Effect": "Allow",
        "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")},
        "Action": "kms:*", "Resource": "*",
    }]});
    world.seed_key(KeySeed {
        id: KEY_ID.to_owned(),
        state: KeyState::PendingDeletion,
        policy: Some(root_only.to_string()),
        ..KeySeed::default()
    });
    world
}

/// Five other trails, of which the fourth is the best: two are stopped, one is of one Region.
fn quota_full() -> Account {
    let mut world = plain_world();
    for number in 1..=5 {
        let mut trail = healthy_trail(HOME, &format!("other-{number}"));
        trail.status.is_logging = number > 2;
        trail.settings.is_multi_region_trail = number != 3;
        trail.settings.log_file_validation_enabled = false;
        world.seed_trail(trail);
    }
    Account::of(world)
        .with("AdoptExistingTrail", true)
        .with("RepairKey", true)
}
