//! P10, P11, P17-P19: what a tool says about instances and their roles, over the whole account.

use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_app::roles::PolicyCache;
use trailkeeper_sandbox::seed::{
    EvaluationSeed, InstanceProfileSeed, InstanceSeed, ManagedPolicySeed, RoleSeed,
};
use trailkeeper_sandbox::{Call, Sandbox};
use trailkeeper_tests::{HOME, INSTANCE_RULE, rule_world, scheduled_run};

const ID: &str = "i-0123456789abcdef0";
const NARROW: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::amzn-s3-demo-bucket/*"}}"#;

/// An account with one instance, whose profile `web` holds this role.
fn account(role: RoleSeed) -> Sandbox {
    let mut world = rule_world();
    let profile = InstanceProfileSeed {
        path: "/app/".to_owned(),
        ..InstanceProfileSeed::new("web", Some(&role.name))
    };
    world.seed_role(role);
    let profile = world.seed_instance_profile(profile);
    world.seed_instance(InstanceSeed::new(HOME, ID).with_profile(&profile));
    Sandbox::new(world)
}

/// A role with this inline policy and another name than its profile.
fn with_policy(statements: &Value) -> RoleSeed {
    let document = json!({"Version": "2012-10-17", "Statement": statements});
    RoleSeed::new("reader").with_inline("own", &document.to_string())
}

/// The codes of what a scheduled run finds.
async fn codes(sandbox: &Sandbox, policies: &PolicyCache) -> Vec<&'static str> {
    sandbox.advance(SignedDuration::from_mins(10));
    let evaluated = scheduled_run(sandbox, policies).await;
    let codes = evaluated.findings.iter();
    codes.map(|finding| finding.code.as_str()).collect()
}

async fn codes_of(statements: &Value) -> Vec<&'static str> {
    let sandbox = account(with_policy(statements));
    codes(&sandbox, &PolicyCache::default()).await
}

async fn to_iam(sandbox: &Sandbox, operation: &str, input: Value) {
    let call = Call::new("iam", operation, HOME, input);
    sandbox.call(call).await.unwrap();
}

/// An edit is a new version of the policy: the next run sees it, also one that keeps documents
/// from run to run.
#[tokio::test]
async fn p10_an_edited_policy_is_judged_by_its_version_in_force() {
    let sandbox = account(RoleSeed::new("reader"));
    let policy = sandbox
        .with_world(|world| world.seed_managed_policy(ManagedPolicySeed::new("app", NARROW)));
    let attached = json!({"RoleName": "reader", "PolicyArn": policy});
    to_iam(&sandbox, "AttachRolePolicy", attached).await;
    let policies = PolicyCache::default();
    assert_eq!(codes(&sandbox, &policies).await, [""; 0]);
    let wide = NARROW.replace("s3:GetObject", "*:*");
    let edited = json!({"PolicyArn": policy, "PolicyDocument": wide, "SetAsDefault": true});
    to_iam(&sandbox, "CreatePolicyVersion", edited).await;
    assert!(
        codes(&sandbox, &policies)
            .await
            .contains(&"wildcard-action")
    );
    let first = json!({"PolicyArn": policy, "VersionId": "v1"});
    to_iam(&sandbox, "SetDefaultPolicyVersion", first).await;
    assert_eq!(codes(&sandbox, &policies).await, [""; 0]);
}

/// A result on another resource type with the id of an instance that is there is stale; the
/// instance's own is not.
#[tokio::test]
async fn p11_stale_results_are_told_by_type_and_id() {
    let sandbox = account(RoleSeed::new("reader"));
    sandbox.with_world(|world| {
        // Older than what an inventory may not hold yet.
        let ordering = world.now() - SignedDuration::from_hours(1);
        for (resource_type, resource_id) in [
            ("AWS::EC2::Instance", ID),
            ("AWS::EC2::Volume", ID),
            ("AWS::EC2::Instance", "i-0000000000000dead"),
        ] {
            world.seed_evaluation(EvaluationSeed {
                region: HOME.to_owned(),
                rule: INSTANCE_RULE.to_owned(),
                resource_type: resource_type.to_owned(),
                resource_id: resource_id.to_owned(),
                compliance: "NON_COMPLIANT".to_owned(),
                annotation: None,
                ordering,
            });
        }
    });
    assert_eq!(codes(&sandbox, &PolicyCache::default()).await, [""; 0]);
    let rule = json!({"ConfigRuleName": INSTANCE_RULE});
    let call = Call::new("config", "GetComplianceDetailsByConfigRule", HOME, rule);
    let told = sandbox.call(call).await.unwrap();
    let results = told["EvaluationResults"].as_array().unwrap().iter();
    let left = results.map(|one| {
        let about = &one["EvaluationResultIdentifier"]["EvaluationResultQualifier"];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let of = [&about["ResourceType"], &about["ResourceId"]].map(text);
        (of.join(" "), text(&one["ComplianceType"]))
    });
    let said = |kind: &str, id: &str, compliance: &str| {
        (format!("AWS::EC2::{kind} {id}"), compliance.to_owned())
    };
    let expected = [
        said("Instance", "i-0000000000000dead", "NOT_APPLICABLE"),
        said("Instance", ID, "COMPLIANT"),
        said("Volume", ID, "NOT_APPLICABLE"),
    ];
    assert_eq!(left.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn p17_a_deny_counts_and_every_spelling_of_all_is_all() {
    let allow = |action: &str| json!({"Effect": "Allow", "Action": action, "Resource": "*"});
    let deny = json!({"Effect": "Deny", "Action": "s3:*", "Resource": "*"});
    assert_eq!(codes_of(&json!([allow("s3:*"), deny])).await, [""; 0]);
    for action in ["*", "*:*", "**"] {
        let found = codes_of(&json!([allow(action)])).await;
        assert!(!found.is_empty(), "{action}");
    }
}

#[tokio::test]
async fn p18_a_service_with_a_hyphen_in_its_name_is_a_service() {
    for action in [
        "application-autoscaling:*",
        "access-analyzer:*",
        "vpc-lattice:*",
    ] {
        let statement = json!({"Effect": "Allow", "Action": action, "Resource": "*"});
        let found = codes_of(&json!([statement])).await;
        assert!(found.contains(&"wildcard-action"), "{action}: {found:?}");
    }
}

/// The profile is named otherwise than its role; one statement need not be in a list.
#[tokio::test]
async fn p19_the_role_is_that_of_the_profile_and_every_form_of_statement_is_read() {
    let one = |effect: &str, member: &str, action: &str| {
        let mut statement = json!({"Effect": effect, "Resource": "*"});
        statement[member] = json!(action);
        statement
    };
    let cases = [
        (one("Allow", "Action", "s3:*"), true),
        (one("Allow", "NotAction", "iam:*"), true),
        (one("Deny", "Action", "*"), false),
        (one("Deny", "NotAction", "iam:*"), false),
    ];
    for (statement, is_wide) in cases {
        for shape in [statement.clone(), json!([statement])] {
            let found = codes_of(&shape).await;
            assert_eq!(!found.is_empty(), is_wide, "{shape}: {found:?}");
        }
    }
}
