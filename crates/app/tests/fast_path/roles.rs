//! Events about roles, managed policies and instance profiles.

use std::sync::Arc;

use serde_json::{Value, json};
use trailkeeper_core::operation;

use crate::world::{RULE, World, event, of_profile, of_role, policy_arn, profile_arn};

const STARTED: &str = "evaluation-started: trailkeeper-instance-profile";

/// A world in which the account's profile holds a role whose policies cannot be listed.
fn unlisted() -> World {
    let mut world = World::new();
    world
        .failures
        .insert("ListAttachedRolePolicies", "AccessDenied");
    world
}

fn of_policy(number: u32, request: Value) -> Value {
    event(
        number,
        "iam",
        "SetDefaultPolicyVersion",
        request,
        Value::Null,
    )
}

#[tokio::test]
async fn a_change_of_a_role_is_told_and_evaluated() {
    for name in [
        "PutRolePolicy",
        "DeleteRolePolicy",
        "AttachRolePolicy",
        "DetachRolePolicy",
        "PutRolePermissionsBoundary",
        "DeleteRolePermissionsBoundary",
    ] {
        let world = Arc::new(unlisted());
        let answer = world.answer(&of_role(1, name, "app-role")).await;
        assert_eq!(
            answer,
            json!({"action": "notified", "executionId": "", "notes": [STARTED]})
        );
        let [message] = world.messages().try_into().unwrap();
        assert_eq!(message["event"], name);
        assert_eq!(
            message["resource"],
            json!({"type": "AWS::IAM::Role", "id": "app-role"})
        );
        assert_eq!(message["profileName"], "app");
        assert_eq!(message["findings"][0]["code"], "could-not-verify");
        let text = message["text"].as_str().unwrap();
        assert!(text.contains("Instances with it: i-good\n"), "{text}");
        let last = world.calls().pop().unwrap();
        assert_eq!(last, format!("StartConfigRulesEvaluation {RULE}"), "{name}");
    }
}

#[tokio::test]
async fn a_narrow_role_is_evaluated_and_not_told() {
    let world = Arc::new(World::new());
    let answer = world
        .answer(&of_role(1, "AttachRolePolicy", "app-role"))
        .await;
    assert_eq!(
        answer,
        json!({"action": "none", "executionId": "", "notes": [STARTED]})
    );
}

#[tokio::test]
async fn roles_of_no_instance() {
    for (role, note) in [
        ("loose-role", "role-in-no-profile: loose-role"),
        ("deleted-role", "role-gone: deleted-role"),
    ] {
        let world = Arc::new(unlisted());
        let answer = world.answer(&of_role(1, "DeleteRole", role)).await;
        assert_eq!(answer["action"], "none");
        assert_eq!(answer["notes"], json!([note]), "nothing to judge again");
    }
}

#[tokio::test]
async fn a_role_that_cannot_be_looked_at_is_told() {
    let mut world = World::new();
    world
        .failures
        .insert("ListInstanceProfilesForRole", "AccessDenied");
    let world = Arc::new(world);
    assert_eq!(
        world.answer(&of_role(1, "PutRolePolicy", "app-role")).await["action"],
        "notified"
    );
    let finding = world.messages().remove(0)["findings"][0].clone();
    assert_eq!(finding["code"], "could-not-verify");
    assert_eq!(
        finding["why"],
        "iam:ListInstanceProfilesForRole AccessDenied"
    );
    // Nor one of which CloudTrail left the name out.
    let nameless = event(2, "iam", "PutRolePolicy", Value::Null, Value::Null);
    assert_eq!(world.answer(&nameless).await["action"], "notified");
}

#[tokio::test]
async fn a_policy_stands_for_the_roles_that_have_it() {
    let mut world = unlisted();
    world.with_policy = vec!["app-role".to_owned(), "loose-role".to_owned()];
    let world = Arc::new(world);
    let request = json!({"policyArn": policy_arn("app").to_string(), "versionId": "v2"});
    let answer = world.answer(&of_policy(1, request)).await;
    assert_eq!(answer["action"], "notified");
    assert_eq!(
        answer["notes"],
        json!(["role-in-no-profile: loose-role", STARTED])
    );
    assert_eq!(world.messages()[0]["resource"]["id"], "app-role");
}

#[tokio::test]
async fn a_policy_of_many_roles_costs_a_bounded_number_of_calls() {
    let mut world = World::new();
    world.with_policy = vec!["loose-role".to_owned(); 300];
    let world = Arc::new(world);
    let request = json!({"policyArn": policy_arn("app").to_string(), "versionId": "v2"});
    let answer = world.answer(&of_policy(1, request)).await;
    assert!(
        answer["notes"]
            .as_array()
            .unwrap()
            .contains(&json!("roles-left-out: 250"))
    );
    assert_eq!(world.called(operation::LIST_INSTANCE_PROFILES_FOR_ROLE), 50);
}

#[tokio::test]
async fn a_version_that_is_not_in_force_changes_nothing() {
    let world = Arc::new(World::new());
    let request = json!({"policyArn": policy_arn("app").to_string(), "setAsDefault": false});
    let event = event(1, "iam", "CreatePolicyVersion", request, Value::Null);
    let answer = world.answer(&event).await;
    assert_eq!(answer["notes"], json!(["no-effect: CreatePolicyVersion"]));
    assert_eq!(world.calls(), Vec::<String>::new());
}

#[tokio::test]
async fn a_profile_that_lost_its_role_is_told() {
    let mut world = World::new();
    world.empty_profile("app");
    let world = Arc::new(world);
    let answer = world
        .answer(&of_profile(1, "RemoveRoleFromInstanceProfile", "app"))
        .await;
    assert_eq!(answer["action"], "notified");
    let message = world.messages().remove(0);
    assert_eq!(
        message["resource"],
        json!({"type": "AWS::IAM::InstanceProfile", "id": "app"})
    );
    assert_eq!(message["findings"][0]["code"], "profile-without-role");
}

/// Who may not look at the inventory cannot say that nobody has the profile.
#[tokio::test]
async fn a_deleted_profile_is_told_where_its_users_are_not_known() {
    let mut world = World::new();
    world
        .failures
        .insert("SelectResourceConfig", "AccessDenied");
    let world = Arc::new(world);
    let answer = world
        .answer(&of_profile(1, "DeleteInstanceProfile", "old"))
        .await;
    assert_eq!(answer["action"], "notified");
    let code = &world.messages()[0]["findings"][0]["code"];
    assert_eq!(code, "profile-missing");
}

#[tokio::test]
async fn a_deleted_profile_is_told_where_an_instance_has_it() {
    let mut world = World::new();
    world
        .recorded
        .push(("i-old".to_owned(), profile_arn("old")));
    let world = Arc::new(world);
    let unused = world
        .answer(&of_profile(1, "DeleteInstanceProfile", "unused"))
        .await;
    assert_eq!(unused["action"], "none");
    assert_eq!(unused["notes"], json!(["profile-gone: unused"]));
    let used = world
        .answer(&of_profile(2, "DeleteInstanceProfile", "old"))
        .await;
    assert_eq!(used["action"], "notified");
    let message = world.messages().remove(0);
    assert_eq!(message["findings"][0]["code"], "profile-missing");
    assert!(
        message["text"]
            .as_str()
            .unwrap()
            .contains("Instances with it: i-old")
    );
}

/// Where the event was recorded it is told whatever the inventory knows: it may lag behind.
#[tokio::test]
async fn a_role_of_no_recorded_instance_is_told_where_the_event_was_recorded() {
    let mut world = unlisted();
    world.recorded.clear();
    let world = Arc::new(world);
    let answer = world.answer(&of_role(1, "PutRolePolicy", "app-role")).await;
    assert_eq!(answer["action"], "notified");
    let text = world.messages()[0]["text"].to_string();
    assert!(!text.contains("Instances with it"), "{text}");
}

/// The message names a page of the instances and says that there are more.
#[tokio::test]
async fn the_instances_of_a_large_fleet_are_not_passed_off_as_all() {
    let id = |number: usize| format!("i-{number:017x}");
    for (count, last) in [(90, id(89)), (101, format!("{}, and more", id(79)))] {
        let mut world = unlisted();
        let profile = profile_arn("team/app");
        let recorded = (0..count).map(|number| (id(number), profile.clone()));
        world.recorded = recorded.collect();
        let world = Arc::new(world);
        world.answer(&of_role(1, "PutRolePolicy", "app-role")).await;
        let message = world.messages().remove(0);
        let text = message["text"].as_str().unwrap();
        let start = format!("Instances with it: {}, {}, ", id(0), id(1));
        assert!(text.contains(&start), "{text}");
        assert!(text.contains(&format!("{last}\n")), "{text}");
        assert_eq!(world.called(operation::SELECT_RESOURCE_CONFIG), 1);
    }
}

/// An empty page need not be the last. Without an end it is not known whether there are any.
#[tokio::test]
async fn an_empty_page_of_the_inventory_is_not_taken_for_no_instance() {
    let unknown = "instances-not-known: config:SelectResourceConfig sent 50 empty pages";
    for (empty_pages, calls, note) in [(1, 2, None), (49, 50, None), (50, 50, Some(unknown))] {
        let mut world = unlisted();
        world.caller.region = "eu-west-1".parse().unwrap();
        world.empty_pages = empty_pages;
        let world = Arc::new(world);
        let answer = world.answer(&of_role(1, "PutRolePolicy", "app-role")).await;
        assert_eq!(answer["action"], "notified", "{empty_pages}");
        let notes: Vec<&str> = note.into_iter().chain([STARTED]).collect();
        assert_eq!(answer["notes"], json!(notes));
        assert_eq!(world.called(operation::SELECT_RESOURCE_CONFIG), calls);
    }
}

/// Where IAM's events are forwarded to, only what bears on instances there is told: or one change
/// would be told once a Region.
#[tokio::test]
async fn forwarded_events_are_told_where_they_matter() {
    for (recorded, failure, action, note) in [
        (true, None, "notified", None),
        (false, None, "none", Some("no-instance-here: app-role")),
        (
            false,
            Some("AccessDenied"),
            "notified",
            Some("instances-not-known: config:SelectResourceConfig AccessDenied"),
        ),
    ] {
        let mut world = unlisted();
        world.caller.region = "eu-west-1".parse().unwrap();
        if !recorded {
            world.recorded.clear();
        }
        world
            .failures
            .extend(failure.map(|code| ("SelectResourceConfig", code)));
        let world = Arc::new(world);
        let answer = world.answer(&of_role(1, "PutRolePolicy", "app-role")).await;
        assert_eq!(answer["action"], action);
        let started = (action == "notified").then_some(STARTED);
        let notes: Vec<&str> = note.into_iter().chain(started).collect();
        assert_eq!(
            answer["notes"],
            json!(notes),
            "judged again where it matters"
        );
        for message in world.messages() {
            assert_eq!(message["region"], "eu-west-1", "where the instances are");
        }
    }
}

#[tokio::test]
async fn an_evaluation_that_is_not_taken_is_noted() {
    for (code, note) in [
        (
            "LimitExceededException",
            format!("evaluation-coalesced: {RULE}"),
        ),
        (
            "AccessDeniedException",
            "evaluation-not-started: config:StartConfigRulesEvaluation AccessDeniedException"
                .to_owned(),
        ),
    ] {
        let mut world = unlisted();
        world.failures.insert("StartConfigRulesEvaluation", code);
        let world = Arc::new(world);
        let answer = world.answer(&of_role(1, "PutRolePolicy", "app-role")).await;
        assert_eq!(answer["action"], "notified");
        assert_eq!(answer["notes"], json!([note]));
    }
}

/// A path may hold a sign that would end the text of the query.
#[tokio::test]
async fn no_name_is_put_into_a_query_that_could_change_it() {
    let mut world = unlisted();
    let arn = profile_arn("x'y/app");
    world
        .profiles
        .insert("app".to_owned(), (arn, Some("app-role".to_owned())));
    let world = Arc::new(world);
    assert_eq!(
        world.answer(&of_role(1, "PutRolePolicy", "app-role")).await["action"],
        "notified"
    );
    assert_eq!(world.called(operation::SELECT_RESOURCE_CONFIG), 0);
}

/// The statement as an object and as a list, NotAction, Deny, and what each leads to.
#[tokio::test]
async fn p19_policies_are_judged_as_the_rule_judges_them() {
    let all = json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"});
    let deny = json!({"Effect": "Deny", "Action": "s3:*", "Resource": "*"});
    let object = "arn:aws:s3:::amzn-s3-demo-bucket/app/*";
    let narrow = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": object});
    let not = json!({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"});
    for (case, statement, is_told) in [
        ("an object", all.clone(), true),
        ("a list", json!([narrow.clone(), all.clone()]), true),
        ("NotAction", not, true),
        ("narrow", narrow, false),
        ("a Deny alone", deny.clone(), false),
        ("cancelled", json!([all, deny]), false),
    ] {
        let mut world = World::new();
        let document = json!({"Version": "2012-10-17", "Statement": statement});
        world.inline = Some(document.to_string());
        let world = Arc::new(world);
        let answer = world.answer(&of_role(1, "PutRolePolicy", "app-role")).await;
        let action = if is_told { "notified" } else { "none" };
        assert_eq!(answer["action"], action, "{case}");
        for message in world.messages() {
            for finding in message["findings"].as_array().unwrap() {
                assert_eq!(finding["policyName"], "app-policy", "{case}");
                let why = finding["why"].as_str().unwrap();
                assert!(!why.is_empty(), "{case}");
                assert!(message["text"].as_str().unwrap().contains(why), "{case}");
            }
        }
    }
}
