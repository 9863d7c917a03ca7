//! The periodic run over all instances.

use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_app::evaluate::{
    Counts, EvaluateError, Evaluated, SHOWN, evaluate_event, judge_instances,
};
use trailkeeper_app::roles::PolicyCache;
use trailkeeper_app::submit::Submitted;
use trailkeeper_core::Code;
use trailkeeper_core::config_rule::{Compliance, Evaluation};
use trailkeeper_core::facts::RecorderFacts;
use trailkeeper_core::facts::ResourceTypeSelection::{All, AllBut, Only};
use trailkeeper_core::instance_profile::Requirements;
use trailkeeper_core::operation::{
    GET_COMPLIANCE_DETAILS_BY_CONFIG_RULE, PUT_EVALUATIONS, SELECT_RESOURCE_CONFIG,
};

use crate::account::{Account, INSTANCE, Role, profile_arn, recorder, result, row};
use crate::world::{OWN, caller, time};

const CREATED: &str = "2026-03-02T10:00:00.373Z";
const BEFORE: &str = "2026-03-02T09:00:00Z";
const ACCOUNT: &str = "AWS::::Account";

fn scheduled(parameters: &Value) -> Value {
    let invoking = json!({
        "awsAccountId": OWN,
        "notificationCreationTime": CREATED,
        "messageType": "ScheduledNotification",
    });
    json!({
        "invokingEvent": invoking.to_string(),
        "ruleParameters": parameters.to_string(),
        "resultToken": "token",
        "configRuleName": "instance-profile",
        "accountId": OWN,
    })
}

async fn run(account: &Arc<Account>) -> Result<Evaluated, EvaluateError> {
    let deadline = time("2026-03-02T10:02:00Z");
    let ports = account.ports(&PolicyCache::default());
    evaluate_event(&ports, &caller(), &scheduled(&json!({})), deadline).await
}

async fn ran(account: Account) -> (Evaluated, Arc<Account>) {
    let account = Arc::new(account);
    let evaluated = run(&account).await.unwrap();
    (evaluated, account)
}

fn all(account: &Account) -> Vec<Evaluation> {
    account.reports().concat()
}

fn withdrawn(account: &Account) -> Vec<(String, String)> {
    let evaluations = all(account).into_iter();
    evaluations
        .filter(|one| one.compliance == Compliance::NotApplicable)
        .map(|one| (one.resource_type, one.resource_id))
        .collect()
}

fn of_account(account: &Account) -> Vec<Evaluation> {
    let evaluations = all(account).into_iter();
    evaluations
        .filter(|one| one.resource_type == ACCOUNT)
        .collect()
}

/// An account with so many instances without a profile.
fn fleet(count: usize) -> Account {
    let mut account = Account::default();
    for number in 0..count {
        account = account.with_instance(&format!("i-{number}"), None);
    }
    account
}

#[tokio::test]
async fn instances_are_sent_in_as_few_batches_as_the_limit_allows() {
    for (count, batches) in [(1, 1), (99, 1), (100, 1), (101, 2), (250, 3), (300, 3)] {
        let (evaluated, account) = ran(fleet(count)).await;
        let sizes: Vec<usize> = account.reports().iter().map(Vec::len).collect();
        assert_eq!(sizes.len(), batches, "{count}: {sizes:?}");
        assert_eq!(sizes.iter().sum::<usize>(), count);
        let counts = Counts {
            non_compliant: count,
            ..Counts::default()
        };
        assert_eq!(evaluated.counts, counts);
        assert_eq!(evaluated.submitted, Submitted::Accepted { calls: batches });
    }
}

/// A batch is sent while the next page is read: nothing waits for the end.
#[tokio::test]
async fn batches_are_sent_while_pages_still_come() {
    let (_, account) = ran(fleet(250)).await;
    let calls = account.calls();
    let place = |call: &str| calls.iter().position(|one| one == call);
    let of_the_third = place("SelectResourceConfig 200");
    assert!(place("PutEvaluations 0") < of_the_third);
    assert!(of_the_third < place("PutEvaluations 1"));
}

#[tokio::test]
async fn an_answer_holds_the_first_few_only() {
    let (evaluated, _) = ran(fleet(5000)).await;
    assert_eq!(evaluated.counts.total(), 5000);
    assert_eq!(evaluated.evaluations.len(), SHOWN);
    assert_eq!(evaluated.findings.len(), SHOWN);
}

#[tokio::test]
async fn every_verdict_is_about_the_time_of_the_notification() {
    let (_, account) = ran(fleet(3)).await;
    for one in all(&account) {
        assert_eq!(one.resource_type, INSTANCE);
        assert_eq!(one.ordering_timestamp, time(CREATED));
    }
}

#[tokio::test]
async fn instances_that_go_away_are_not_applicable() {
    let mut account = fleet(1);
    account.rows.push(row("i-gone", "terminated", None));
    account.rows.push(row("i-going", "shutting-down", None));
    let (evaluated, account) = ran(account).await;
    let expected = Counts {
        non_compliant: 1,
        not_applicable: 2,
        ..Counts::default()
    };
    assert_eq!(evaluated.counts, expected);
    assert_eq!(all(&account).len(), 3);
}

/// Without any result AWS Config would say that the rule has none.
#[tokio::test]
async fn an_account_without_instances_has_a_result_of_its_own() {
    let terminated = Account {
        rows: vec![row("i-gone", "terminated", None)],
        ..Account::default()
    };
    for account in [Account::default(), terminated] {
        let (_, account) = ran(account).await;
        let seen = of_account(&account);
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].resource_id, OWN);
        assert_eq!(seen[0].compliance, Compliance::Compliant);
    }
    let (_, account) = ran(fleet(1)).await;
    assert_eq!(of_account(&account), []);
}

/// P11: results are compared by type and id. What is newer than this run stays.
#[tokio::test]
async fn p11_stale_results_are_withdrawn_by_type_and_id() {
    let account = Account {
        results: vec![
            result(INSTANCE, "i-0", BEFORE),
            result(INSTANCE, "i-gone", BEFORE),
            result("AWS::EC2::Volume", "i-0", BEFORE),
            result(ACCOUNT, OWN, BEFORE),
            result(INSTANCE, "i-new", "2026-03-02T10:00:01Z"),
            result(INSTANCE, "i-1", BEFORE),
        ],
        page_size: 2,
        ..fleet(5)
    };
    let (evaluated, account) = ran(account).await;
    let expected = [
        (INSTANCE, "i-gone"),
        ("AWS::EC2::Volume", "i-0"),
        (ACCOUNT, OWN),
    ];
    let expected = expected.map(|(kind, id)| (kind.to_owned(), id.to_owned()));
    assert_eq!(withdrawn(&account), expected);
    assert_eq!(evaluated.counts.not_applicable, 3);
    for one in all(&account) {
        assert_eq!(one.ordering_timestamp, time(CREATED));
    }
}

/// An instance launched and judged just before may not be in the inventory yet. The lag is one of
/// instances: nothing else is kept for it.
#[tokio::test]
async fn results_of_the_last_minutes_are_not_withdrawn() {
    let account = Account {
        results: vec![
            result(INSTANCE, "i-just-launched", "2026-03-02T09:59:58Z"),
            result(INSTANCE, "i-recent", "2026-03-02T09:45:01Z"),
            result(INSTANCE, "i-gone", "2026-03-02T09:44:59Z"),
            result(ACCOUNT, OWN, "2026-03-02T09:59:58Z"),
        ],
        ..fleet(1)
    };
    let (_, account) = ran(account).await;
    let expected = [(INSTANCE, "i-gone"), (ACCOUNT, OWN)];
    let expected = expected.map(|(kind, id)| (kind.to_owned(), id.to_owned()));
    assert_eq!(withdrawn(&account), expected);
}

/// The account's own result stays as long as it is the rule's only one.
#[tokio::test]
async fn the_accounts_result_is_not_withdrawn_where_it_was_renewed() {
    let account = Account {
        results: vec![
            result(ACCOUNT, OWN, BEFORE),
            result(INSTANCE, "i-9", BEFORE),
        ],
        ..Account::default()
    };
    let (_, account) = ran(account).await;
    let gone = (INSTANCE.to_owned(), "i-9".to_owned());
    assert_eq!(withdrawn(&account), [gone]);
}

fn with_stale(account: Account) -> Account {
    Account {
        results: vec![result(INSTANCE, "i-gone", BEFORE)],
        ..account
    }
}

/// Acceptance 5: what could be listed is judged; the rest is not verified, and not withdrawn.
#[tokio::test]
async fn one_throttled_listing_withdraws_nothing() {
    for (page, judged) in [("0", 0), ("100", 100), ("200", 200)] {
        let call = format!("SelectResourceConfig {page}");
        let account = with_stale(fleet(250)).failing(&call, "ThrottlingException");
        let (evaluated, account) = ran(account).await;
        assert_eq!(withdrawn(&account), []);
        assert_eq!(evaluated.counts.non_compliant, judged + 1);
        // also where what came before fills what an answer repeats
        assert!(evaluated.codes.contains(&Code::CouldNotVerify), "{page}");
        let seen = of_account(&account);
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].compliance, Compliance::NonCompliant);
        assert_eq!(
            seen[0].annotation.as_deref(),
            Some("could-not-verify: config:SelectResourceConfig ThrottlingException")
        );
        assert_eq!(
            account.calls_of(GET_COMPLIANCE_DETAILS_BY_CONFIG_RULE),
            [""; 0]
        );
    }
}

#[tokio::test]
async fn a_cut_list_of_results_withdraws_nothing() {
    let call = "GetComplianceDetailsByConfigRule 2";
    let account = Account {
        results: (0..5)
            .map(|number| result(INSTANCE, &format!("i-gone-{number}"), BEFORE))
            .collect(),
        page_size: 2,
        ..fleet(1)
    };
    let (evaluated, account) = ran(account.failing(call, "ThrottlingException")).await;
    assert_eq!(withdrawn(&account), []);
    assert_eq!(evaluated.notes[0].code, "stale-not-withdrawn");
    assert_eq!(evaluated.counts.non_compliant, 1);
}

/// Acceptance 5: an inventory that is not kept says nothing of the present.
#[tokio::test]
async fn an_unrecorded_type_withdraws_nothing() {
    let named = || vec![INSTANCE.to_owned()];
    let cases = [
        (vec![], false),
        (vec![recorder(All, false)], false),
        (vec![recorder(AllBut(named()), true)], false),
        (
            vec![recorder(Only(vec!["AWS::IAM::Role".to_owned()]), true)],
            false,
        ),
        (vec![recorder(Only(named()), true)], true),
        (
            vec![recorder(All, false), recorder(Only(named()), true)],
            true,
        ),
    ];
    for (recorders, is_recorded) in cases {
        let account = Account {
            recorders,
            ..with_stale(fleet(2))
        };
        let (_, account) = ran(account).await;
        assert_eq!(withdrawn(&account).len(), usize::from(is_recorded));
        if !is_recorded {
            assert_eq!(account.calls_of(SELECT_RESOURCE_CONFIG), [""; 0]);
            let expected = "could-not-verify: AWS Config does not record AWS::EC2::Instance";
            let seen = of_account(&account);
            assert_eq!(seen[0].annotation.as_deref(), Some(expected));
            assert_eq!(all(&account).len(), 1);
        }
    }
}

fn failing_recorder() -> RecorderFacts {
    RecorderFacts {
        last_error: Some("AccessDenied: no bucket".to_owned()),
        ..recorder(All, true)
    }
}

/// What a failing recorder's inventory shows is judged; what it does not show may be there.
#[tokio::test]
async fn a_failing_recorder_withdraws_nothing() {
    let off = || recorder(Only(Vec::new()), true);
    for (recorders, is_failing) in [
        (vec![failing_recorder()], true),
        (vec![off(), failing_recorder(), failing_recorder()], true),
        (vec![failing_recorder(), recorder(All, true)], false),
        (vec![recorder(All, true), failing_recorder()], false),
    ] {
        let account = Account {
            recorders,
            ..with_stale(fleet(2))
        };
        let (evaluated, account) = ran(account).await;
        let notes: Vec<String> = evaluated.notes.iter().map(ToString::to_string).collect();
        let expected = "recorder-failing: AccessDenied: no bucket".to_owned();
        assert_eq!(notes, Vec::from_iter(is_failing.then_some(expected)));
        assert_eq!(withdrawn(&account).len(), usize::from(!is_failing));
        assert_eq!(evaluated.counts.non_compliant, 2);
        assert_eq!(of_account(&account), []);
    }
}

/// An empty inventory is no proof where the recorder fails, with and without an event.
#[tokio::test]
async fn an_empty_inventory_of_a_failing_recorder_verifies_nothing() {
    let expected = "could-not-verify: the recorder of AWS Config fails: AccessDenied: no bucket";
    for rows in [vec![], vec![row("i-gone", "terminated", None)]] {
        let account = || Account {
            recorders: vec![failing_recorder()],
            rows: rows.clone(),
            ..with_stale(Account::default())
        };
        let (evaluated, reported) = ran(account()).await;
        let seen = of_account(&reported);
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].compliance, Compliance::NonCompliant);
        assert_eq!(seen[0].annotation.as_deref(), Some(expected));
        assert_eq!(evaluated.notes[0].code, "recorder-failing");
        assert_eq!(
            withdrawn(&reported).len(),
            rows.len(),
            "the row's own alone"
        );

        let account = Arc::new(account());
        let ports = account.ports(&PolicyCache::default());
        let (wanted, now) = (Requirements::default(), time(CREATED));
        let judged = judge_instances(ports.instance_readers(), &wanted, &caller(), now).await;
        let told: Vec<String> = judged.findings.iter().map(ToString::to_string).collect();
        assert_eq!(told, [expected]);
    }
}

#[tokio::test]
async fn recorders_that_cannot_be_read_withdraw_nothing() {
    let account = with_stale(fleet(2)).failing("DescribeConfigurationRecorders ", "AccessDenied");
    let (_, account) = ran(account).await;
    let expected = "could-not-verify: config:DescribeConfigurationRecorders AccessDenied";
    let seen = all(&account);
    assert_eq!(seen[0].annotation.as_deref(), Some(expected));
    assert_eq!(seen.len(), 1);
}

/// Nobody knows which instance a row hides that cannot be read.
#[tokio::test]
async fn a_row_that_names_no_instance_withdraws_nothing() {
    let mut account = with_stale(fleet(150));
    account.rows[7] = "{}".to_owned();
    let (evaluated, account) = ran(account).await;
    assert_eq!(withdrawn(&account), []);
    assert_eq!(evaluated.counts.non_compliant, 150);
    let expected = "could-not-verify: a row of the inventory has no `resourceId`";
    let seen = of_account(&account);
    assert_eq!(seen[0].annotation.as_deref(), Some(expected));
}

#[tokio::test]
async fn an_instance_on_two_pages_is_reported_once() {
    let mut account = fleet(150);
    account.rows[120] = account.rows[3].clone();
    let (_, account) = ran(account).await;
    assert_eq!(all(&account).len(), 149);
}

/// A read that fails spoils the verdict of its own instances, of no other.
#[tokio::test]
async fn a_denied_role_spoils_its_own_instances_only() {
    let account = Account::default()
        .with_role("a", Role::default())
        .with_role("b", Role::default())
        .with_instance("i-a", Some("a"))
        .with_instance("i-b", Some("b"))
        .with_instance("i-a2", Some("a"))
        .failing("GetRole b-role", "AccessDenied");
    let (evaluated, account) = ran(account).await;
    let bad = |one: &Evaluation| one.compliance == Compliance::NonCompliant;
    let bad: Vec<Evaluation> = all(&account).into_iter().filter(bad).collect();
    assert_eq!(bad.len(), 1);
    assert_eq!(bad[0].resource_id, "i-b");
    let expected = "could-not-verify: iam:GetRole AccessDenied on b-role";
    assert_eq!(bad[0].annotation.as_deref(), Some(expected));
    assert_eq!(evaluated.counts.compliant, 2);
}

#[tokio::test]
async fn the_run_ends_before_the_deadline() {
    let account = Account {
        call_time: SignedDuration::from_secs(8),
        ..with_stale(fleet(1000))
    };
    let (evaluated, account) = ran(account).await;
    assert_eq!(withdrawn(&account), []);
    let judged = evaluated.counts.total() - 1;
    assert!((100..1000).contains(&judged), "{judged}");
    let expected = "could-not-verify: no time was left to list all instances";
    let seen = of_account(&account);
    assert_eq!(seen[0].annotation.as_deref(), Some(expected));
}

/// The first page may hold a listing of the whole account: 40 of the 115 seconds.
#[tokio::test]
async fn one_slow_page_does_not_end_the_run() {
    let account = with_stale(fleet(1000)).slow("SelectResourceConfig 0", 40);
    let (evaluated, account) = ran(account).await;
    assert_eq!(evaluated.counts.non_compliant, 1000);
    assert_eq!(of_account(&account), []);
    assert_eq!(withdrawn(&account).len(), 1);
}

/// One call to AWS Config may take 12 seconds: with 20 left no page is begun.
#[tokio::test]
async fn time_is_kept_for_the_report() {
    for (seconds, judged) in [(94, 100), (96, 0)] {
        let account = fleet(100).slow("DescribeConfigurationRecorders ", seconds);
        let (_, account) = ran(account).await;
        let instances = all(&account)
            .iter()
            .filter(|one| one.resource_type == INSTANCE)
            .count();
        assert_eq!(instances, judged, "{seconds}");
        assert_eq!(of_account(&account).len(), usize::from(judged == 0));
    }
}

/// Pages that lead to each other are listed once each, also where no clock ends the run.
#[tokio::test]
async fn pages_in_a_circle_come_to_an_end() {
    let account = || with_stale(fleet(300)).turning("SelectResourceConfig 200", "100");
    let (_, reported) = ran(account()).await;
    let account = Arc::new(account());
    let ports = account.ports(&PolicyCache::default());
    let wanted = Requirements::default();
    let now = time(CREATED);
    let judged = judge_instances(ports.instance_readers(), &wanted, &caller(), now).await;
    assert_eq!(judged.verdicts.len(), 300);
    let expected = "could-not-verify: the inventory repeats a page";
    let told: Vec<String> = judged.findings.iter().map(ToString::to_string).collect();
    assert_eq!(told, [expected]);
    for account in [&account, &reported] {
        let pages = account.calls_of(SELECT_RESOURCE_CONFIG);
        assert_eq!(pages, ["0", "100", "200"]);
        assert_eq!(withdrawn(account), []);
    }
    assert_eq!(
        of_account(&reported)[0].annotation.as_deref(),
        Some(expected)
    );
}

/// P9: evaluations that AWS Config refuses do not keep the others from being sent, and are an
/// error in the end.
#[tokio::test]
async fn p9_a_refused_evaluation_does_not_stop_the_others() {
    let account = fleet(250).failing("PutEvaluations i-7", "Failed");
    let account = Arc::new(account);
    let error = run(&account).await.unwrap_err();
    assert_eq!(error.code(), "evaluations-refused");
    let sent: std::collections::BTreeSet<String> = all(&account)
        .into_iter()
        .map(|one| one.resource_id)
        .collect();
    assert_eq!(sent.len(), 250);
}

#[tokio::test]
async fn a_rule_deleted_meanwhile_ends_the_run() {
    let account = fleet(1000).failing("PutEvaluations 1", "NoSuchConfigRuleException");
    let (evaluated, account) = ran(account).await;
    assert_eq!(evaluated.submitted, Submitted::RuleDeleted);
    assert_eq!(account.calls_of(SELECT_RESOURCE_CONFIG).len(), 3);
    assert_eq!(account.calls_of(PUT_EVALUATIONS).len(), 2);
}

#[tokio::test]
async fn a_bad_parameter_is_told_on_the_account() {
    let account = Arc::new(with_stale(fleet(2)));
    let ports = account.ports(&PolicyCache::default());
    let event = scheduled(&json!({ "exemptRoles": "web@2026-01-01" }));
    let deadline = time("2026-03-02T10:02:00Z");
    evaluate_event(&ports, &caller(), &event, deadline)
        .await
        .unwrap();
    let seen = all(&account);
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].resource_type, ACCOUNT);
    let told = seen[0].annotation.clone().unwrap_or_default();
    assert!(
        told.starts_with("bad-parameter: exemptRoles takes "),
        "{told}"
    );
    assert_eq!(account.calls(), ["PutEvaluations 0"]);
}

#[tokio::test]
async fn without_an_event_the_verdicts_are_the_same() {
    let account = || {
        let mut account = fleet(120).with_role("a", Role::default());
        let profile = profile_arn("a");
        account.rows[5] = row("i-a", "stopped", Some(&profile));
        account
    };
    let (_, reported) = ran(account()).await;
    let account = Arc::new(account());
    let ports = account.ports(&PolicyCache::default());
    let wanted = Requirements::default();
    let now = time(CREATED);
    let judged = judge_instances(ports.instance_readers(), &wanted, &caller(), now).await;
    assert_eq!(judged.findings, []);
    let evaluations: Vec<Evaluation> = judged
        .verdicts
        .iter()
        .map(|verdict| verdict.evaluation(now))
        .collect();
    assert_eq!(evaluations, all(&reported));
    assert_eq!(account.calls_of(PUT_EVALUATIONS), [""; 0]);

    let cut = Arc::new(fleet(120).failing("SelectResourceConfig 100", "Throttling"));
    let ports = cut.ports(&PolicyCache::default());
    let judged = judge_instances(ports.instance_readers(), &wanted, &caller(), now).await;
    assert_eq!(judged.verdicts.len(), 100);
    assert_eq!(judged.findings.len(), 1);
}

/// The order of rows and the size of pages change no verdict.
#[tokio::test]
async fn the_order_of_pages_changes_no_verdict() {
    let account = |page_size: usize, turn: usize| {
        let mut account = Account::default()
            .with_role("good", Role::default())
            .with_role("denied", Role::default())
            .failing("GetRole denied-role", "AccessDenied");
        for number in 0..60 {
            let profile = [None, Some("good"), Some("denied"), Some("unknown")][number % 4];
            account = account.with_instance(&format!("i-{number}"), profile);
        }
        account.rows.rotate_left(turn);
        Account {
            page_size,
            ..account
        }
    };
    let mut seen = Vec::new();
    for (page_size, turn) in [(100, 0), (7, 0), (1, 13), (30, 59)] {
        let (_, account) = ran(account(page_size, turn)).await;
        let mut all = all(&account);
        all.sort_by(|one, other| one.resource_id.cmp(&other.resource_id));
        seen.push(all);
    }
    assert_eq!(seen[0].len(), 60);
    assert!(seen.iter().all(|all| *all == seen[0]));
}
