//! An account that a repair is run on: what its services hold, how they answer, and what a write
//! changes. Tests take a healthy one and break it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use trailkeeper_core::baseline::{Baseline, Healthy, capture, sha256_of};
use trailkeeper_core::cloudtrail::examine::{bucket_target, key_target};
use trailkeeper_core::cloudtrail::{Beside, Requirements, TrailView};
use trailkeeper_core::facts::{
    BasicSelector, BucketFacts, BucketSetting, EventSelectors, InsightSelector, KeyFacts, KeyState,
    OrganizationFacts, ReadWriteType, Trail, TrailStatus,
};
use trailkeeper_core::repair::{Goal, Limits};
use trailkeeper_core::{Arn, Caller, Fact};
use trailkeeper_policy::cloudtrail::{documented_bucket_policy, documented_key_policy};

use crate::faults::Fault;

pub(crate) const OWN: &str = "111122223333";
pub(crate) const MANAGEMENT: &str = "999900001111";
pub(crate) const HOME: &str = "eu-west-1";
pub(crate) const BUCKET: &str = "audit-logs";
pub(crate) const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd";
pub(crate) const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:audit";
pub(crate) const GROUP: &str = "arn:aws:logs:eu-west-1:111122223333:log-group:audit:*";
pub(crate) const ROLE: &str = "arn:aws:iam::111122223333:role/logs";

/// A trail with what CloudTrail keeps about it.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) trail: Trail,
    pub(crate) status: TrailStatus,
    pub(crate) selectors: EventSelectors,
    pub(crate) insights: Vec<InsightSelector>,
    pub(crate) tags: BTreeMap<String, String>,
    /// Whether DescribeTrails shows it, which may be late.
    pub(crate) is_described: bool,
}

/// The account and the repair that is to be run on it.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    pub(crate) goal: Goal,
    pub(crate) caller: Caller,
    pub(crate) limits: Limits,
    pub(crate) now: Timestamp,
    pub(crate) trails: Vec<Held>,
    pub(crate) bucket: Option<BucketFacts>,
    pub(crate) owns_bucket: bool,
    pub(crate) settings: BTreeMap<BucketSetting, Option<String>>,
    pub(crate) objects: BTreeMap<String, Vec<u8>>,
    pub(crate) keys: Vec<(KeyFacts, String)>,
    pub(crate) aliases: BTreeMap<String, Arn>,
    pub(crate) organization: Option<OrganizationFacts>,
    pub(crate) faults: Vec<Fault>,
    /// Whether the transcript tells the reads.
    pub(crate) tells_reads: bool,
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn arn(text: &str) -> Arn {
    text.parse().unwrap()
}

pub(crate) fn arn_of(account: &str, region: &str, name: &str) -> Arn {
    arn(&format!(
        "arn:aws:cloudtrail:{region}:{account}:trail/{name}"
    ))
}

pub(crate) fn basic(read_write_type: ReadWriteType) -> BasicSelector {
    BasicSelector {
        read_write_type,
        include_management_events: true,
        data_resources: Vec::new(),
        exclude_management_event_sources: Vec::new(),
    }
}

pub(crate) fn insight(kind: &str, categories: &[&str]) -> InsightSelector {
    InsightSelector {
        insight_type: kind.to_owned(),
        event_categories: categories.iter().map(|one| (*one).to_owned()).collect(),
    }
}

/// A trail of this account or another one with which nothing is wrong.
pub(crate) fn held(account: &str, region: &str, name: &str) -> Held {
    let trail = Trail {
        arn: arn_of(account, region, name),
        name: name.to_owned(),
        home_region: region.parse().unwrap(),
        bucket: BUCKET.to_owned(),
        key_prefix: None,
        sns_topic_arn: None,
        include_global_service_events: Some(true),
        is_multi_region: Some(true),
        log_file_validation: Some(true),
        is_organization_trail: Some(account != OWN),
        kms_key_id: Some(KEY.to_owned()),
        log_group_arn: None,
        log_group_role_arn: None,
    };
    let status = TrailStatus {
        is_logging: Some(true),
        delivery_time: Some(time("2026-03-02T09:56:00Z")),
        digest_time: Some(time("2026-03-02T09:35:00Z")),
        start_logging_time: Some(time("2025-01-10T00:00:00Z")),
        ..TrailStatus::default()
    };
    Held {
        trail,
        status,
        selectors: EventSelectors::Basic(vec![basic(ReadWriteType::All)]),
        insights: ["ApiCallRateInsight", "ApiErrorRateInsight"]
            .map(|kind| insight(kind, &[]))
            .into(),
        tags: BTreeMap::from([("team".to_owned(), "audit".to_owned())]),
        is_described: true,
    }
}

pub(crate) fn key(id: &str) -> KeyFacts {
    KeyFacts {
        arn: arn(id),
        state: KeyState::Enabled,
        customer_managed: true,
    }
}

fn goal() -> Goal {
    Goal {
        trail: "org-audit".to_owned(),
        bucket: BUCKET.to_owned(),
        requirements: Requirements {
            trail: Some("org-audit".to_owned()),
            kms_key_id: Some(KEY.to_owned()),
            ..Requirements::default()
        },
        create_as_organization_trail: false,
        convert_to_organization_trail: false,
        adopt_existing_trail: false,
        repair_key: true,
        recreate_bucket: false,
        plan_only: false,
    }
}

/// The healthy account.
pub(crate) fn healthy() -> Stage {
    let one = held(OWN, HOME, "org-audit");
    let policy = documented_bucket_policy(&bucket_target(&one.trail));
    let key_policy = documented_key_policy(&key_target(&one.trail, &arn(KEY)));
    Stage {
        goal: goal(),
        caller: Caller {
            account: OWN.parse().unwrap(),
            region: HOME.parse().unwrap(),
            partition: "aws".to_owned(),
        },
        limits: Limits {
            deadline: time("2026-03-02T10:10:00Z"),
            call_time: jiff::SignedDuration::from_secs(10),
            seed: 0,
        },
        now: time("2026-03-02T10:00:00Z"),
        trails: vec![one],
        bucket: Some(BucketFacts {
            region: HOME.parse().unwrap(),
            policy: Some(policy),
        }),
        owns_bucket: true,
        settings: BTreeMap::new(),
        objects: BTreeMap::new(),
        keys: vec![(key(KEY), key_policy)],
        aliases: BTreeMap::new(),
        organization: None,
        faults: Vec::new(),
        tells_reads: false,
    }
}

impl Stage {
    /// The trail that the goal names at first.
    pub(crate) fn trail(&mut self) -> &mut Trail {
        &mut self.trails[0].trail
    }

    pub(crate) fn status(&mut self) -> &mut TrailStatus {
        &mut self.trails[0].status
    }

    pub(crate) fn wanted(&mut self) -> &mut Requirements {
        &mut self.goal.requirements
    }

    pub(crate) fn key(&mut self) -> &mut KeyFacts {
        &mut self.keys[0].0
    }

    pub(crate) fn stop(&mut self) {
        let status = self.status();
        status.is_logging = Some(false);
        status.stop_logging_time = Some(time("2026-03-02T09:00:00Z"));
    }

    /// Takes the bucket's policy away from CloudTrail.
    pub(crate) fn lock_out(&mut self) {
        self.bucket.as_mut().unwrap().policy = None;
    }

    /// No trail, and stores that know nothing of one.
    pub(crate) fn without_trail(&mut self) {
        self.trails.clear();
    }

    /// The organization that `management` manages.
    pub(crate) fn organize(&mut self, management: &str, is_delegated_administrator: bool) {
        self.organization = Some(OrganizationFacts {
            id: "o-exampleorgid".to_owned(),
            management_account: management.parse().unwrap(),
            is_delegated_administrator,
        });
    }

    /// Demands the baseline of the account as it is now, after `change` of what it says.
    pub(crate) fn with_baseline(&mut self, change: impl FnOnce(&mut Baseline)) {
        let mut baseline = capture(Healthy {
            requirements: &Requirements::default(),
            caller: &self.caller,
            view: &self.as_seen(),
            now: self.now,
        })
        .unwrap();
        change(&mut baseline);
        let bytes = baseline.to_bytes();
        let sha256 = sha256_of(&bytes);
        let place = trailkeeper_core::baseline::key_of(&sha256);
        self.objects.insert(place, bytes);
        self.wanted().baseline_sha256 = Some(sha256);
    }

    /// All facts of the first trail.
    fn as_seen(&self) -> TrailView {
        let one = self.trails[0].clone();
        let (facts, policy) = self.keys[0].clone();
        let all = BucketSetting::ALL.iter();
        let settings = all.map(|one| (*one, Fact::Known(self.document(*one))));
        TrailView {
            status: Some(Fact::Known(one.status)),
            selectors: Some(Fact::Known(one.selectors)),
            insights: Some(Fact::Known(one.insights)),
            bucket: self.bucket.clone().map(Fact::Known),
            key: Some(Fact::Known(facts)),
            key_policy: Some(Fact::Known(policy)),
            beside: Beside {
                tags: Some(Fact::Known(one.tags)),
                settings: settings.collect(),
                ..Beside::default()
            },
            ..TrailView::described(one.trail)
        }
    }

    pub(crate) fn document(&self, setting: BucketSetting) -> Option<String> {
        self.settings.get(&setting).cloned().flatten()
    }
}
