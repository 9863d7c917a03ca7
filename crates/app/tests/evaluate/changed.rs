//! The verdict on an instance that changed.

use std::sync::Arc;

use serde_json::{Value, json};
use trailkeeper_app::evaluate::{Evaluated, evaluate_event};
use trailkeeper_app::roles::PolicyCache;
use trailkeeper_core::Code;
use trailkeeper_core::config_rule::{Compliance, ConfigurationItem, Evaluation};
use trailkeeper_core::operation::{
    GET_INSTANCE_PROFILE, GET_RESOURCE_CONFIG_HISTORY, GET_ROLE, PUT_EVALUATIONS,
};

use crate::account::{Account, INSTANCE, Role, narrow, profile_arn};
use crate::world::{OWN, caller, time};

const ID: &str = "i-0123456789abcdef0";
const CAPTURED: &str = "2026-03-02T09:58:31.112Z";

fn sample(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn item(captured: &str, profile: Option<&str>) -> Value {
    json!({
        "configurationItemCaptureTime": captured,
        "configurationItemStatus": "OK",
        "resourceType": INSTANCE,
        "resourceId": ID,
        "awsAccountId": OWN,
        "configuration": {
            "state": { "name": "running" },
            "iamInstanceProfile": profile.map(|name| json!({ "arn": profile_arn(name) })),
        },
    })
}

fn change(item: &Value, parameters: &Value) -> Value {
    let invoking = json!({
        "configurationItem": item,
        "notificationCreationTime": "2026-03-02T09:58:33.450Z",
        "messageType": "ConfigurationItemChangeNotification",
    });
    json!({
        "invokingEvent": invoking.to_string(),
        "ruleParameters": parameters.to_string(),
        "resultToken": "token",
        "configRuleName": "instance-profile",
        "accountId": OWN,
    })
}

fn oversized() -> Value {
    sample(include_str!("fixtures/change-oversized.json"))
}

fn recorded(captured: &str, profile: Option<&str>) -> ConfigurationItem {
    ConfigurationItem::parse(&item(captured, profile)).unwrap()
}

async fn answer(account: &Arc<Account>, event: &Value) -> Evaluated {
    let deadline = time("2026-03-02T10:01:00Z");
    let ports = account.ports(&PolicyCache::default());
    evaluate_event(&ports, &caller(), event, deadline)
        .await
        .unwrap()
}

/// The one evaluation, which is also the one that was sent.
async fn reported(account: Account, event: &Value) -> (Evaluation, Arc<Account>) {
    let account = Arc::new(account);
    let evaluations = answer(&account, event).await.evaluations;
    assert_eq!(account.reports().concat(), evaluations);
    assert_eq!(account.reports().len(), 1);
    assert_eq!(evaluations.len(), 1, "{event}");
    let evaluation = evaluations[0].clone();
    assert_eq!(evaluation.resource_type, INSTANCE);
    assert_eq!(evaluation.resource_id, ID);
    (evaluation, account)
}

fn told(evaluation: &Evaluation) -> &str {
    evaluation.annotation.as_deref().unwrap_or_default()
}

fn web() -> Account {
    let role = Role {
        inline: vec![("read-config".to_owned(), narrow("amzn-s3-demo-bucket"))],
        ..Role::default()
    };
    Account::default().with_role("web-tier", role)
}

fn only_puts(account: &Account) {
    let start = format!("{} ", PUT_EVALUATIONS.name);
    let calls = account.calls();
    assert!(
        calls.iter().all(|call| call.starts_with(&start)),
        "{calls:?}"
    );
}

#[tokio::test]
async fn s02_an_instance_without_a_profile_is_non_compliant() {
    let case = sample(include_str!("fixtures/s02-instance-no-profile.json"));
    let (evaluation, account) = reported(Account::default(), &case["event"]).await;
    assert_eq!(evaluation.compliance, Compliance::NonCompliant);
    assert_eq!(evaluation.ordering_timestamp, time(CAPTURED));
    let expected = format!("no-instance-profile: {ID} has no instance profile");
    assert_eq!(told(&evaluation), expected);
    only_puts(&account);
}

/// P7 and P19: the profile is asked for by the last part of its path, the role by its own name.
#[tokio::test]
async fn p7_p19_the_profile_leads_to_its_role() {
    let event = change(&item(CAPTURED, Some("web-tier")), &json!({}));
    let (evaluation, account) = reported(web(), &event).await;
    assert_eq!(evaluation.compliance, Compliance::Compliant);
    assert_eq!(told(&evaluation), "profile web-tier, role web-tier-role");
    assert_eq!(account.calls_of(GET_INSTANCE_PROFILE), ["web-tier"]);
    assert_eq!(account.calls_of(GET_ROLE), ["web-tier-role"]);
    assert_eq!(
        account.calls(),
        [
            "GetInstanceProfile web-tier",
            "GetRole web-tier-role",
            "ListRolePolicies web-tier-role",
            "ListAttachedRolePolicies web-tier-role",
            "GetRolePolicy web-tier-role/read-config",
            "PutEvaluations 0",
        ]
    );
}

#[tokio::test]
async fn what_is_gone_or_left_the_scope_is_not_applicable() {
    let deleted = sample(include_str!("fixtures/change-ec2-instance-deleted.json"));
    let mut left = sample(include_str!("fixtures/change-ec2-instance-ok.json"));
    left["eventLeftScope"] = json!(true);
    let mut left_oversized = oversized();
    left_oversized["eventLeftScope"] = json!(true);
    let mut terminated = item(CAPTURED, None);
    terminated["configuration"]["state"]["name"] = json!("terminated");
    let terminated = change(&terminated, &json!({}));
    for event in [deleted, left, left_oversized, terminated] {
        let (evaluation, account) = reported(web(), &event).await;
        assert_eq!(evaluation.compliance, Compliance::NotApplicable, "{event}");
        only_puts(&account);
    }
}

#[tokio::test]
async fn other_resources_are_not_judged() {
    let text = change(&item(CAPTURED, None), &json!({})).to_string();
    let event = sample(&text.replace(INSTANCE, "AWS::EC2::Volume"));
    let account = Arc::new(web());
    let evaluation = answer(&account, &event).await.evaluations[0].clone();
    assert_eq!(evaluation.resource_type, "AWS::EC2::Volume");
    assert_eq!(evaluation.compliance, Compliance::NotApplicable);
    only_puts(&account);
}

/// P9 and P11: the item is fetched for the time of the notice, and it is that item which is
/// judged, although a newer one is there.
#[tokio::test]
async fn p9_p11_an_oversized_notice_is_judged_by_the_item_of_its_time() {
    let account = Account {
        history: vec![
            recorded("2026-03-02T09:00:00Z", Some("web-tier")),
            recorded(CAPTURED, None),
            recorded("2026-03-02T09:59:59Z", Some("web-tier")),
        ],
        ..web()
    };
    let (evaluation, account) = reported(account, &oversized()).await;
    assert_eq!(
        account.calls_of(GET_RESOURCE_CONFIG_HISTORY),
        [format!("{INSTANCE} {ID} {CAPTURED}")]
    );
    assert_eq!(evaluation.compliance, Compliance::NonCompliant);
    assert!(told(&evaluation).starts_with("no-instance-profile: "));
    assert_eq!(evaluation.ordering_timestamp, time(CAPTURED));
}

/// Some answers carry whole seconds only.
#[tokio::test]
async fn p9_the_times_of_the_history_may_be_whole_seconds() {
    let account = Account {
        history: vec![recorded("2026-03-02T09:58:31Z", Some("web-tier"))],
        ..web()
    };
    let (evaluation, _) = reported(account, &oversized()).await;
    assert_eq!(evaluation.compliance, Compliance::Compliant);
}

/// P11: an older item is no evidence for the time of the notice.
#[tokio::test]
async fn p9_p11_without_the_item_of_its_time_nothing_is_verified() {
    let history = format!("GetResourceConfigHistory {INSTANCE} {ID} {CAPTURED}");
    let older = Account {
        history: vec![recorded("2026-03-02T09:00:00Z", Some("web-tier"))],
        ..web()
    };
    let cases = [
        (
            web(),
            "config:GetResourceConfigHistory has no item of 2026-03-02T09:58:31.112Z",
        ),
        (
            older,
            "config:GetResourceConfigHistory has no item of 2026-03-02T09:58:31.112Z",
        ),
        (
            web().failing(&history, "ThrottlingException"),
            "config:GetResourceConfigHistory ThrottlingException",
        ),
    ];
    for (account, expected) in cases {
        let (evaluation, _) = reported(account, &oversized()).await;
        assert_eq!(evaluation.compliance, Compliance::NonCompliant);
        assert_eq!(told(&evaluation), format!("could-not-verify: {expected}"));
    }
}

#[tokio::test]
async fn a_bad_parameter_is_told_on_the_resource() {
    let event = change(
        &item(CAPTURED, Some("web-tier")),
        &json!({ "minimumSeverty": "low" }),
    );
    let account = Arc::new(web());
    let evaluated = answer(&account, &event).await;
    assert_eq!(evaluated.findings[0].code, Code::BadParameter);
    let evaluation = &evaluated.evaluations[0];
    assert_eq!(evaluation.resource_id, ID);
    assert_eq!(evaluation.compliance, Compliance::NonCompliant);
    let expected =
        "bad-parameter: minimumSeverty is not a parameter; did you mean minimumSeverity?";
    assert_eq!(told(evaluation), expected);
    only_puts(&account);
}

/// I9: whichever read fails, the verdict is not COMPLIANT and names it.
#[tokio::test]
async fn i9_each_read_that_fails_is_told() {
    let cases = [
        (
            "GetInstanceProfile web-tier",
            "iam:GetInstanceProfile AccessDenied on web-tier",
        ),
        (
            "GetRole web-tier-role",
            "iam:GetRole AccessDenied on web-tier-role",
        ),
        (
            "ListRolePolicies web-tier-role",
            "iam:ListRolePolicies AccessDenied on web-tier-role",
        ),
        (
            "ListAttachedRolePolicies web-tier-role",
            "iam:ListAttachedRolePolicies AccessDenied on web-tier-role",
        ),
        (
            "GetRolePolicy web-tier-role/read-config",
            "iam:GetRolePolicy AccessDenied on web-tier-role/read-config",
        ),
    ];
    let event = change(&item(CAPTURED, Some("web-tier")), &json!({}));
    for (call, expected) in cases {
        let account = web().failing(call, "AccessDenied");
        let (evaluation, _) = reported(account, &event).await;
        assert_eq!(evaluation.compliance, Compliance::NonCompliant);
        assert_eq!(told(&evaluation), format!("could-not-verify: {expected}"));
    }
}
