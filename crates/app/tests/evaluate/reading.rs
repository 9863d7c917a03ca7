//! Which reads of IAM a run makes: each once, and no more than it must.

use std::sync::Arc;

use trailkeeper_app::evaluate::judge_instances;
use trailkeeper_app::metering::Meter;
use trailkeeper_app::roles::PolicyCache;
use trailkeeper_core::config_rule::Compliance;
use trailkeeper_core::instance_profile::Requirements;
use trailkeeper_core::operation::{
    GET_ACCOUNT_AUTHORIZATION_DETAILS, GET_ACCOUNT_SUMMARY, GET_INSTANCE_PROFILE, GET_POLICY,
    GET_POLICY_VERSION, GET_ROLE, SELECT_RESOURCE_CONFIG,
};

use crate::account::{Account, Role, aws_policy, narrow, own_policy, profile_arn, row};
use crate::world::{caller, time};

/// `instances` on `roles` in turn, each with an inline policy, a policy of AWS that all have, and
/// one of the account that every second one has.
fn account(instances: usize, roles: usize) -> Account {
    let (aws, own) = (aws_policy("ReadOnly"), own_policy("shared"));
    let mut account = Account::default()
        .with_policy(&aws, "v7", &narrow("amzn-s3-demo-aws"))
        .with_policy(&own, "v2", &narrow("amzn-s3-demo-own"));
    for number in 0..roles {
        let mut attached = vec![aws.clone()];
        attached.extend((number % 2 == 0).then(|| own.clone()));
        let role = Role {
            inline: vec![("inline".to_owned(), narrow("amzn-s3-demo-inline"))],
            attached,
            boundary: (number == 0).then(|| own.clone()),
        };
        account = account.with_role(&format!("p{number}"), role);
    }
    for number in 0..instances {
        let profile = format!("p{}", number % roles.max(1));
        let profile = (roles > 0).then_some(profile.as_str());
        account = account.with_instance(&format!("i-{number}"), profile);
    }
    account
}

async fn compliant(account: &Arc<Account>, cache: &PolicyCache, meter: &Meter) -> usize {
    let ports = meter.on_evaluate(&account.ports(cache));
    let (wanted, now) = (Requirements::default(), time("2026-03-02T10:00:00Z"));
    let judged = judge_instances(ports.instance_readers(), &wanted, &caller(), now).await;
    assert_eq!(judged.findings, []);
    let good = judged.verdicts.iter();
    good.filter(|one| one.compliance == Compliance::Compliant)
        .count()
}

#[tokio::test]
async fn each_role_and_each_policy_is_read_once_a_run() {
    let account = Arc::new(account(500, 3));
    let meter = Meter::default();
    let good = compliant(&account, &PolicyCache::default(), &meter).await;
    assert_eq!(good, 500);
    assert_eq!(account.calls_of(GET_INSTANCE_PROFILE), ["p0", "p1", "p2"]);
    assert_eq!(
        account.calls_of(GET_ROLE),
        ["p0-role", "p1-role", "p2-role"]
    );
    let mut policies = account.calls_of(GET_POLICY);
    policies.sort();
    assert_eq!(policies, ["ReadOnly", "shared"]);
    let mut versions = account.calls_of(GET_POLICY_VERSION);
    versions.sort();
    assert_eq!(versions, ["ReadOnly@v7", "shared@v2"]);
    assert_eq!(account.calls_of(GET_ACCOUNT_SUMMARY), [""; 0]);
    assert_eq!(meter.calls()[&SELECT_RESOURCE_CONFIG], 5);
    assert_eq!(meter.total(), account.calls().len());
}

/// One instance: its profile, its role with the two listings, what these name, and the documents.
#[tokio::test]
async fn independent_reads_are_made_together() {
    let account = Arc::new(account(1, 1));
    let meter = Meter::default();
    compliant(&account, &PolicyCache::default(), &meter).await;
    let of_inventory = 2;
    assert_eq!(meter.round_trips(), of_inventory + 4);
}

/// Documents are held from run to run, by the policy's id and version. A policy can be made anew
/// under its name, and `v2` is another document then.
#[tokio::test]
async fn p10_a_changed_policy_is_read_anew() {
    let cache = PolicyCache::default();
    let meter = Meter::default();
    let first = Arc::new(account(2, 1));
    compliant(&first, &cache, &meter).await;
    let again = Arc::new(account(2, 1));
    compliant(&again, &cache, &meter).await;
    assert_eq!(again.calls_of(GET_POLICY_VERSION), [""; 0]);
    let anew = account(2, 1).with_policy_made_anew(&own_policy("shared"), "v2", &narrow("b"));
    let anew = Arc::new(anew);
    compliant(&anew, &cache, &meter).await;
    assert_eq!(anew.calls_of(GET_POLICY_VERSION), ["shared@v2"]);
    let changed = account(2, 1)
        .with_policy(&aws_policy("ReadOnly"), "v8", &narrow("amzn-s3-demo-new"))
        .with_policy(&own_policy("shared"), "v3", &narrow("amzn-s3-demo-new"));
    let changed = Arc::new(changed);
    compliant(&changed, &cache, &meter).await;
    let mut versions = changed.calls_of(GET_POLICY_VERSION);
    versions.sort();
    assert_eq!(versions, ["ReadOnly@v8", "shared@v3"]);
}

#[tokio::test]
async fn what_is_held_is_bounded() {
    let length = narrow("amzn-s3-demo-aws").len();
    for (most, held) in [(10 * length, 2 * length), (length - 1, 0)] {
        let cache = PolicyCache::of_bytes(most);
        compliant(&Arc::new(account(1, 1)), &cache, &Meter::default()).await;
        assert_eq!(cache.bytes(), held);
    }
    let cache = PolicyCache::of_bytes(3 * length);
    let mut many = Account::default();
    let policies: Vec<_> = (0..9)
        .map(|number| aws_policy(&format!("P{number}")))
        .collect();
    for policy in &policies {
        many = many.with_policy(policy, "v1", &narrow("amzn-s3-demo-aws"));
    }
    let role = Role {
        attached: policies,
        ..Role::default()
    };
    let many = Arc::new(many.with_role("p", role).with_instance("i-1", Some("p")));
    assert_eq!(compliant(&many, &cache, &Meter::default()).await, 1);
    assert_eq!(cache.bytes(), 3 * length);
}

/// Calls grow with the roles where these are read singly, and with the pages of the listing where
/// that is cheaper; never with the instances but for the pages of the inventory.
#[tokio::test]
async fn calls_are_linear() {
    for (instances, roles) in [
        (1, 1),
        (100, 1),
        (1000, 1),
        (1000, 3),
        (1000, 100),
        (5000, 2000),
    ] {
        let account = Arc::new(account(instances, roles));
        let good = compliant(&account, &PolicyCache::default(), &Meter::default()).await;
        assert_eq!(good, instances);
        let pages = instances.div_ceil(100) + 1;
        let singly = 5 * roles + 4;
        let listing = (roles + 102).div_ceil(100) + 3;
        let most = pages + singly.min(2 * listing + 24);
        let calls = account.calls().len();
        assert!(calls <= most, "{instances} on {roles}: {calls} > {most}");
    }
}

/// Few roles in a large account are read singly, many are listed once.
#[tokio::test]
async fn the_cheaper_way_is_taken() {
    for (used, all, is_listed) in [
        (3, 3000, false),
        (5, 5, true),
        (100, 100, true),
        (2000, 2000, true),
    ] {
        let mut account = account(used, all);
        account.rows.truncate(used);
        let account = Arc::new(account);
        compliant(&account, &PolicyCache::default(), &Meter::default()).await;
        let listed = account.calls_of(GET_ACCOUNT_AUTHORIZATION_DETAILS);
        assert_eq!(!listed.is_empty(), is_listed, "{used} of {all}");
        if is_listed {
            assert_eq!(account.calls_of(GET_ROLE), [""; 0]);
            assert_eq!(account.calls_of(GET_POLICY_VERSION), [""; 0]);
        } else {
            assert_eq!(account.calls_of(GET_ROLE).len(), used);
        }
    }
}

/// The listing names profiles by their roles: one without a role is asked for by itself. Where
/// the listing fails, all are.
#[tokio::test]
async fn the_listing_and_single_reads_come_to_the_same() {
    let with_empty = |account: Account| {
        let mut account = account;
        let empty = (profile_arn("empty"), None);
        account.profiles.insert("empty".to_owned(), empty);
        account
            .rows
            .push(row("i-empty", "running", Some(&profile_arn("empty"))));
        account.page_size = 200;
        account
    };
    let cases = [
        (account(150, 150), true),
        (
            account(150, 150).failing("GetAccountAuthorizationDetails 0", "AccessDenied"),
            false,
        ),
        (
            account(150, 150).failing("GetAccountAuthorizationDetails policies", "Throttling"),
            false,
        ),
        (
            account(150, 150).failing("GetAccountSummary ", "AccessDenied"),
            false,
        ),
    ];
    for (account, is_listed) in cases {
        let account = Arc::new(with_empty(account));
        let good = compliant(&account, &PolicyCache::default(), &Meter::default()).await;
        assert_eq!(good, 150);
        let singly = account.calls_of(GET_INSTANCE_PROFILE);
        assert_eq!(singly.len(), if is_listed { 1 } else { 151 });
    }
}

/// No clock is looked at while the account is listed: a listing that is much longer than it seemed,
/// or has no end, is given up.
#[tokio::test]
async fn a_listing_without_end_is_given_up() {
    let paged = |page_size| Account {
        page_size,
        ..account(150, 150)
    };
    let circle = paged(50).turning("GetAccountAuthorizationDetails 100", "50");
    // It seemed to take three pages and takes sixteen.
    for (account, pages) in [(circle, 3), (paged(10), 6), (paged(100), 3)] {
        let account = Arc::new(account);
        let good = compliant(&account, &PolicyCache::default(), &Meter::default()).await;
        assert_eq!(good, 150);
        let listed = account.calls_of(GET_ACCOUNT_AUTHORIZATION_DETAILS);
        assert_eq!(listed.len(), pages, "{listed:?}");
        let is_whole = listed.iter().any(|page| page == "policies");
        let singly = account.calls_of(GET_ROLE).len();
        assert_eq!(singly, if is_whole { 0 } else { 150 });
    }
}

#[tokio::test]
async fn exempt_roles_are_not_read() {
    use trailkeeper_core::config_rule::{RuleParameters, parse_instance_requirements};
    let account = Arc::new(account(4, 2));
    let list = "arn:aws:iam::111122223333:role/service/p0-role@2026-03-02";
    let parameters = [("exemptRoles".to_owned(), list.to_owned())];
    let wanted = RuleParameters::from(std::collections::BTreeMap::from(parameters));
    let wanted = parse_instance_requirements(&wanted).unwrap();
    let ports = account.ports(&PolicyCache::default());
    let now = time("2026-03-02T23:59:59Z");
    let judged = judge_instances(ports.instance_readers(), &wanted, &caller(), now).await;
    assert_eq!(account.calls_of(GET_ROLE), ["p1-role"]);
    let told = judged.verdicts[0].annotation();
    assert!(
        told.contains("exempt: arn:aws:iam::111122223333:role/service/p0-role until 2026-03-02"),
        "{told}"
    );
}
