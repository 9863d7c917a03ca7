//! From the role's policies to the verdict on its instances.

use std::sync::Arc;

use serde_json::{Value, json};
use trailkeeper_app::evaluate::judge_instances;
use trailkeeper_app::roles::PolicyCache;
use trailkeeper_core::config_rule::{Compliance, RuleParameters, parse_instance_requirements};
use trailkeeper_core::instance_profile::{InstanceVerdict, Requirements};

use crate::account::{Account, Role, aws_policy, narrow, own_policy};
use crate::world::{caller, time};

fn document(statement: &Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": statement }).to_string()
}

fn everything() -> String {
    document(&json!({ "Sid": "Everything", "Effect": "Allow", "Action": "*", "Resource": "*" }))
}

fn web(role: Role) -> Account {
    Account::default()
        .with_role("web", role)
        .with_instance("i-1", Some("web"))
}

fn inline(text: &str) -> Account {
    web(Role {
        inline: vec![("own".to_owned(), text.to_owned())],
        ..Role::default()
    })
}

fn requirements(parameters: &Value) -> Requirements {
    let parameters = parameters.as_object().unwrap().clone();
    parse_instance_requirements(&RuleParameters::new(parameters)).unwrap()
}

async fn judged_with(account: Account, cache: &PolicyCache, parameters: &Value) -> InstanceVerdict {
    let account = Arc::new(account);
    let ports = account.ports(cache);
    let (wanted, now) = (requirements(parameters), time("2026-03-02T10:00:00Z"));
    let judged = judge_instances(ports.instance_readers(), &wanted, &caller(), now).await;
    assert_eq!(judged.findings, []);
    judged.verdicts.into_iter().next().unwrap()
}

async fn judged(account: Account) -> InstanceVerdict {
    judged_with(account, &PolicyCache::default(), &json!({})).await
}

fn codes(verdict: &InstanceVerdict) -> Vec<&'static str> {
    let findings = verdict.findings.iter();
    findings.map(|finding| finding.code.as_str()).collect()
}

/// P10 and P19: each of these shapes is understood, and only what it grants is told.
#[tokio::test]
async fn p10_p19_what_a_policy_grants_decides() {
    let allow = |action: Value, resource: &str| json!({ "Effect": "Allow", "Action": action, "Resource": resource });
    let cases = [
        (json!([allow(json!("*"), "*")]), Some("full-admin")),
        (json!([allow(json!("*:*"), "*")]), Some("full-admin")),
        (json!([allow(json!(["*"]), "*")]), Some("full-admin")),
        // A single object in place of a list.
        (allow(json!("s3:*"), "*"), Some("wildcard-action")),
        (
            json!([{ "Effect": "Allow", "NotAction": "iam:*", "Resource": "*" }]),
            Some("not-action"),
        ),
        (
            json!([{ "Effect": "Deny", "Action": "*", "Resource": "*" }]),
            None,
        ),
        (
            json!([allow(json!("s3:*"), "*"), { "Effect": "Deny", "Action": "s3:*", "Resource": "*" }]),
            None,
        ),
        (json!([allow(json!("ec2:DescribeInstances"), "*")]), None),
        (
            allow(json!("s3:GetObject"), "arn:aws:s3:::amzn-s3-demo-bucket/*"),
            None,
        ),
    ];
    for (statement, expected) in cases {
        let verdict = judged(inline(&document(&statement))).await;
        assert_eq!(codes(&verdict).first().copied(), expected, "{statement}");
        let compliance = match expected {
            Some(_) => Compliance::NonCompliant,
            None => Compliance::Compliant,
        };
        assert_eq!(verdict.compliance, compliance, "{statement}");
    }
}

#[tokio::test]
async fn the_annotation_names_role_policy_statement_and_grant() {
    let verdict = judged(inline(&everything())).await;
    let told = verdict.annotation();
    let expected = "full-admin: role web-role, policy own Everything: * on *";
    assert!(told.starts_with(expected), "{told}");
    let role = verdict.role_verdict.unwrap();
    assert!(!role.policy_findings[0].why.is_empty());
}

/// P10: the new version of a policy is judged, also by an evaluator that has seen the old one.
#[tokio::test]
async fn p10_a_new_default_version_is_judged() {
    let cache = PolicyCache::default();
    for policy in [own_policy("app"), aws_policy("App")] {
        let account = |version: &str, text: &str| {
            web(Role {
                attached: vec![policy.clone()],
                ..Role::default()
            })
            .with_policy(&policy, "v1", &narrow("amzn-s3-demo-bucket"))
            .with_policy(&policy, version, text)
        };
        let before = account("v1", &narrow("amzn-s3-demo-bucket"));
        let before = judged_with(before, &cache, &json!({})).await;
        assert_eq!(before.compliance, Compliance::Compliant);
        let after = judged_with(account("v2", &everything()), &cache, &json!({})).await;
        assert_eq!(codes(&after).first(), Some(&"full-admin"), "{policy}");
    }
}

/// A policy that was deleted and made anew has another document under the same version.
#[tokio::test]
async fn p10_a_policy_made_anew_under_its_name_is_judged() {
    let cache = PolicyCache::default();
    let policy = own_policy("app");
    let account = || {
        web(Role {
            attached: vec![policy.clone()],
            ..Role::default()
        })
        .with_policy(&policy, "v1", &narrow("amzn-s3-demo-bucket"))
    };
    let before = judged_with(account(), &cache, &json!({})).await;
    assert_eq!(before.compliance, Compliance::Compliant);
    let anew = account().with_policy_made_anew(&policy, "v1", &everything());
    let after = judged_with(anew, &cache, &json!({})).await;
    assert_eq!(after.compliance, Compliance::NonCompliant);
}

#[tokio::test]
async fn parameters_decide_what_counts() {
    let service = document(
        &json!([{ "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::amzn-s3-demo-bucket" }]),
    );
    let resource =
        document(&json!([{ "Effect": "Allow", "Action": "s3:DeleteBucket", "Resource": "*" }]));
    let cases = [
        (
            &service,
            json!({ "wildcardActions": "false", "minimumSeverity": "advisory" }),
            true,
        ),
        (&resource, json!({}), false),
        (&resource, json!({ "wildcardResources": "false" }), true),
        (&resource, json!({ "wildcardActions": "false" }), false),
        (&resource, json!({ "minimumSeverity": "critical" }), true),
    ];
    for (text, parameters, is_good) in cases {
        let verdict = judged_with(inline(text), &PolicyCache::default(), &parameters).await;
        let is_compliant = verdict.compliance == Compliance::Compliant;
        assert_eq!(is_compliant, is_good, "{parameters} {:?}", codes(&verdict));
    }
}

/// The broad policy of AWS may be left out; one of the same name of the role's own may not.
#[tokio::test]
async fn policies_of_aws_are_told_apart_from_others_of_their_name() {
    let policy = aws_policy("Power");
    let ignore = json!({ "awsManagedPolicies": "ignore" });
    let account = |inline: &str| {
        web(Role {
            inline: vec![("Power".to_owned(), inline.to_owned())],
            attached: vec![policy.clone()],
            ..Role::default()
        })
        .with_policy(&policy, "v1", &everything())
    };
    let cache = PolicyCache::default();
    let harmless = narrow("amzn-s3-demo-bucket");
    let judged = judged_with(account(&harmless), &cache, &json!({})).await;
    assert!(judged.annotation().contains("policy Power (AWS managed)"));
    let ignored = judged_with(account(&harmless), &cache, &ignore).await;
    assert_eq!(ignored.compliance, Compliance::Compliant);
    let own = judged_with(account(&everything()), &cache, &ignore).await;
    assert!(
        own.annotation().contains("policy Power (inline)"),
        "{}",
        own.annotation()
    );
}

#[tokio::test]
async fn a_boundary_holds_grants_back_and_is_read_like_any_policy() {
    let boundary = own_policy("limit");
    let role = Role {
        inline: vec![("own".to_owned(), everything())],
        boundary: Some(boundary.clone()),
        ..Role::default()
    };
    let narrow = narrow("amzn-s3-demo-bucket");
    let held = judged(web(role.clone()).with_policy(&boundary, "v1", &narrow)).await;
    assert_eq!(
        held.compliance,
        Compliance::Compliant,
        "{:?}",
        held.findings
    );
    let open = judged(web(role.clone()).with_policy(&boundary, "v1", &everything())).await;
    assert_eq!(codes(&open).first(), Some(&"full-admin"));
    let unread = web(role)
        .with_policy(&boundary, "v1", &narrow)
        .failing("GetPolicyVersion limit@v1", "AccessDenied");
    assert_eq!(codes(&judged(unread).await), ["could-not-verify"]);
}

#[tokio::test]
async fn a_document_that_cannot_be_read_is_never_good() {
    for text in ["", "{", "[]", r#"{"Statement": 5}"#] {
        let wanted = json!({ "minimumSeverity": "critical" });
        let verdict = judged_with(inline(text), &PolicyCache::default(), &wanted).await;
        assert_eq!(codes(&verdict), ["invalid-policy"], "{text}");
        assert_eq!(verdict.compliance, Compliance::NonCompliant);
    }
}

/// The listing of the whole account leads to the same verdict as single reads.
#[tokio::test]
async fn both_ways_of_reading_judge_alike() {
    let account = |is_listed: bool| {
        let policy = own_policy("shared");
        let mut account = Account::default().with_policy(&policy, "v3", &everything());
        for number in 0..60 {
            let role = Role {
                inline: vec![("own".to_owned(), narrow("amzn-s3-demo-bucket"))],
                attached: if number % 3 == 0 {
                    vec![policy.clone()]
                } else {
                    vec![]
                },
                boundary: (number % 5 == 0).then(|| policy.clone()),
            };
            let name = format!("p{number}");
            account = account.with_role(&name, role);
            account = account.with_instance(&format!("i-{number}"), Some(&name));
        }
        if is_listed {
            account
        } else {
            account.failing("GetAccountSummary ", "AccessDenied")
        }
    };
    let mut all = Vec::new();
    for is_listed in [true, false] {
        let account = Arc::new(account(is_listed));
        let ports = account.ports(&PolicyCache::default());
        let (wanted, now) = (Requirements::default(), time("2026-03-02T10:00:00Z"));
        let judged = judge_instances(ports.instance_readers(), &wanted, &caller(), now).await;
        let bad = judged
            .verdicts
            .iter()
            .filter(|one| !one.findings.is_empty());
        assert_eq!(bad.count(), 20);
        all.push(judged);
    }
    assert_eq!(all[0], all[1]);
}
