//! The scheduled run of `instance-profile`: what it costs grows with the instances and the roles,
//! and by no more than in proportion.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use trailkeeper_app::roles::PolicyCache;
use trailkeeper_sandbox::Sandbox;
use trailkeeper_tests::{fleet, scheduled_run};

type Counts = BTreeMap<String, usize>;

fn counted(sandbox: &Sandbox) -> Counts {
    let mut counts = Counts::new();
    for call in sandbox.calls() {
        let name = format!("{}:{}", call.service, call.operation);
        *counts.entry(name).or_default() += 1;
    }
    sandbox.clear_calls();
    counts
}

/// The calls of a first run and of the next one an hour later, which still has the documents.
async fn runs(instances: usize, roles: usize) -> [Counts; 2] {
    let sandbox = Sandbox::new(fleet(instances, roles));
    let policies = PolicyCache::default();
    let mut counts = Vec::new();
    for _ in 0..2 {
        let evaluated = scheduled_run(&sandbox, &policies).await;
        assert_eq!(evaluated.counts.total(), instances);
        counts.push(counted(&sandbox));
        sandbox.advance(SignedDuration::from_hours(1));
    }
    let second = counts.pop().unwrap_or_default();
    [counts.pop().unwrap_or_default(), second]
}

fn of(counts: &Counts, name: &str) -> usize {
    counts.get(name).copied().unwrap_or_default()
}

fn to_iam(counts: &Counts) -> usize {
    let calls = counts.iter().filter(|(name, _)| name.starts_with("iam:"));
    calls.map(|(_, count)| count).sum()
}

#[tokio::test]
async fn calls_grow_in_proportion_to_the_instances() {
    for instances in [1_000, 2_000] {
        let [first, second] = runs(instances, 40).await;
        let pages = instances / 100;
        assert_eq!(of(&first, "config:SelectResourceConfig"), pages);
        assert_eq!(of(&first, "config:PutEvaluations"), pages);
        let results = "config:GetComplianceDetailsByConfigRule";
        assert_eq!(of(&first, results), pages, "{first:?}");
        // what IAM is asked for depends on the roles alone
        assert_eq!(to_iam(&first), to_iam(&second));
        let total: usize = first.values().sum();
        assert_eq!(total, 3 * pages + to_iam(&first) + 2, "{first:?}");
    }
}

#[tokio::test]
async fn calls_grow_in_proportion_to_the_roles() {
    let mut costs = Vec::new();
    for roles in [100, 200, 400] {
        let [first, _] = runs(1_000, roles).await;
        costs.push(to_iam(&first));
    }
    // no role is read twice, and a role that is in use by many instances is read once
    assert!(
        costs[1] <= 2 * costs[0] && costs[2] <= 2 * costs[1],
        "{costs:?}"
    );
    let many = runs(2_000, 100).await;
    assert_eq!(to_iam(&many[0]), costs[0]);
}
