//! Properties of the verdicts on instances, over whole accounts: neither the order of listings and
//! of statements nor the size of pages changes any.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code")]

use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;
use trailkeeper_app::evaluate::{InstanceReaders, judge_instances};
use trailkeeper_app::roles::PolicyCache;
use trailkeeper_core::instance_profile::Requirements;
use trailkeeper_sandbox::seed::{
    InstanceProfileSeed, InstanceSeed, InstanceStatus, ManagedPolicySeed, RoleSeed,
};
use trailkeeper_sandbox::{Sandbox, World};
use trailkeeper_tests::{HOME, rule_caller, rule_world};

mod listings;
use listings::{Dealer, Listings};

const STATEMENTS: [&str; 9] = [
    r#"{"Sid":"a","Effect":"Allow","Action":"s3:*","Resource":"*"}"#,
    r#"{"Sid":"b","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}"#,
    r#"{"Sid":"c","Effect":"Deny","Action":"s3:*","Resource":"*"}"#,
    r#"{"Sid":"d","Effect":"Deny","NotAction":"s3:GetObject","Resource":"*"}"#,
    r#"{"Sid":"e","Effect":"Allow","Action":["ec2:DescribeInstances","ec2:TerminateInstances"],"Resource":["*","arn:aws:ec2:*:*:instance/i-1"]}"#,
    r#"{"Sid":"f","Effect":"Allow","Action":["iam:PassRole","ec2:RunInstances"],"Resource":"*"}"#,
    r#"{"Sid":"g","Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#,
    r#"{"Sid":"h","Effect":"Allow","Action":"s3:DeleteBucket","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"a"}}}"#,
    r#"{"Sid":"i","Effect":"Allow","Action":"xray:PutTraceSegments","Resource":"*"}"#,
];

/// A policy: the numbers of its statements.
type Statements = Vec<usize>;

/// A role: its inline policies, the numbers of its managed ones, and that of its boundary.
#[derive(Debug, Clone)]
struct Role {
    inline: Vec<Statements>,
    managed: Vec<usize>,
    boundary: Option<usize>,
}

/// An account: managed policies, roles, and for each instance the number of its profile; one past
/// the roles is a profile that is not there.
#[derive(Debug, Clone)]
struct Account {
    managed: Vec<Statements>,
    roles: Vec<Role>,
    instances: Vec<(Option<usize>, InstanceStatus)>,
}

fn statements() -> impl Strategy<Value = Statements> {
    prop::collection::vec(0..STATEMENTS.len(), 1..4)
}

fn account() -> impl Strategy<Value = Account> {
    let role = (
        prop::collection::vec(statements(), 0..3),
        prop::collection::vec(0..4_usize, 0..3),
        prop::option::weighted(0.3, 0..4_usize),
    );
    let role = role.prop_map(|(inline, managed, boundary)| Role {
        inline,
        managed,
        boundary,
    });
    // a terminated instance is not in the inventory
    let mut there = InstanceStatus::ALL.to_vec();
    there.retain(|status| *status != InstanceStatus::Terminated);
    let status = prop::sample::select(there);
    let instance = (prop::option::weighted(0.9, 0..64_usize), status);
    (
        prop::collection::vec(statements(), 4),
        prop::collection::vec(role, 1..8),
        prop::collection::vec(instance, 1..40),
    )
        .prop_map(|(managed, roles, instances)| Account {
            managed,
            roles,
            instances,
        })
}

/// The document of these statements in an order that the dealer chooses.
fn document(statements: &Statements, dealer: &mut Dealer) -> String {
    let mut texts: Vec<&str> = statements.iter().map(|&one| STATEMENTS[one]).collect();
    // a Sid stands once in a document
    texts.sort_unstable();
    texts.dedup();
    dealer.shuffle(&mut texts);
    let statements = texts.join(",");
    format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
}

impl Account {
    fn world(&self, dealer: &mut Dealer) -> World {
        let mut world = rule_world();
        let mut arns = Vec::new();
        for (number, statements) in self.managed.iter().enumerate() {
            let document = document(statements, dealer);
            let name = format!("managed-{number}");
            arns.push(world.seed_managed_policy(ManagedPolicySeed::new(&name, &document)));
        }
        for (number, role) in self.roles.iter().enumerate() {
            let name = format!("role-{number}");
            let mut seed = RoleSeed::new(&name);
            for (place, statements) in role.inline.iter().enumerate() {
                let document = document(statements, dealer);
                seed = seed.with_inline(&format!("inline-{place}"), &document);
            }
            let mut managed = role.managed.clone();
            managed.sort_unstable();
            managed.dedup();
            seed.attached = managed.iter().map(|&one| arns[one].clone()).collect();
            seed.boundary = role.boundary.map(|one| arns[one].clone());
            world.seed_role(seed);
            world.seed_instance_profile(InstanceProfileSeed::new(&name, Some(&name)));
        }
        for (number, (profile, status)) in self.instances.iter().enumerate() {
            let mut seed = InstanceSeed::new(HOME, &format!("i-{number:08x}")).in_state(*status);
            let arn = |one: usize| format!("arn:aws:iam::111122223333:instance-profile/role-{one}");
            seed.profile = profile.map(|one| arn(one % (self.roles.len() + 1)));
            world.seed_instance(seed);
        }
        world
    }
}

/// What is said of each instance: the verdict, and the codes of the findings, sorted.
type Verdicts = BTreeMap<String, (String, Vec<String>)>;

async fn verdicts(account: &Account, mut dealer: Dealer) -> Verdicts {
    let sandbox = Sandbox::new(account.world(&mut dealer));
    let now: Timestamp = sandbox.now();
    let listings = Listings::new(sandbox, dealer);
    let policies = PolicyCache::default();
    let readers = InstanceReaders {
        inventory: &listings,
        roles: &listings,
        policies: &policies,
    };
    let requirements = Requirements::default();
    let judged = judge_instances(readers, &requirements, &rule_caller(), now).await;
    assert_eq!(judged.findings, []);
    let said = judged.verdicts.into_iter().map(|one| {
        let codes = one.findings.iter().map(|finding| finding.code.to_string());
        let mut codes: Vec<String> = codes.collect();
        codes.sort();
        (one.id, (one.compliance.as_str().to_owned(), codes))
    });
    said.collect()
}

/// The verdict of an instance in an account that has it alone.
async fn alone(account: &Account, number: usize) -> (String, Vec<String>) {
    let mut lonely = account.clone();
    let gone = (None, InstanceStatus::Terminated);
    for (place, instance) in lonely.instances.iter_mut().enumerate() {
        if place != number {
            *instance = gone;
        }
    }
    let mut said = verdicts(&lonely, Dealer::in_order()).await;
    said.remove(&format!("i-{number:08x}")).unwrap()
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn no_order_and_no_page_size_changes_a_verdict(
        account in account(),
        seed in any::<u64>(),
        page in 1..7_usize,
    ) {
        let plain = wait(verdicts(&account, Dealer::in_order()));
        prop_assert_eq!(plain.len(), account.instances.len());
        let dealt = wait(verdicts(&account, Dealer::new(seed, page)));
        prop_assert_eq!(plain, dealt);
    }

    /// Nor do the other instances, with which roles are read at once or listed with all others.
    #[test]
    fn the_verdict_on_an_instance_is_its_own(account in account(), pick in any::<prop::sample::Index>()) {
        let number = pick.index(account.instances.len());
        let mut all = wait(verdicts(&account, Dealer::in_order()));
        let own = wait(alone(&account, number));
        prop_assert_eq!(all.remove(&format!("i-{number:08x}")).unwrap(), own);
    }
}
