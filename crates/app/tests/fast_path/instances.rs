//! Events about instances: the state decides, the event is the fallback.

use std::sync::Arc;

use serde_json::{Value, json};
use trailkeeper_core::facts::InstanceState;
use trailkeeper_core::operation;

use crate::world::{World, association, event, launch, profile_arn};

const ASSOCIATE: &str = "AssociateIamInstanceProfile";
const REPLACE: &str = "ReplaceIamInstanceProfileAssociation";
const DISASSOCIATE: &str = "DisassociateIamInstanceProfile";

fn codes(message: &Value) -> Vec<&str> {
    let findings = message["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| finding["code"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_launch_without_a_profile_is_told() {
    let world = Arc::new(World::new());
    let answer = world.answer(&launch(1, &["i-bare"])).await;
    assert_eq!(
        answer,
        json!({"action": "notified", "executionId": "", "notes": []})
    );
    let [message] = world.messages().try_into().unwrap();
    assert_eq!(message["event"], "RunInstances");
    assert_eq!(
        message["resource"],
        json!({"type": "AWS::EC2::Instance", "id": "i-bare"})
    );
    assert_eq!(message["profileName"], "");
    assert_eq!(codes(&message), ["no-instance-profile"]);
    assert_eq!(
        message["actor"],
        "IAMUser arn:aws:iam::111122223333:user/mallory, \
         key AKIAIOSFODNN7EXAMPLE (long-term), from 203.0.113.24"
    );
    // The verdict comes by AWS Config's own trigger.
    assert_eq!(world.called(operation::START_CONFIG_RULES_EVALUATION), 0);
}

#[tokio::test]
async fn nothing_is_told_where_nothing_is_wrong() {
    for event in [
        launch(1, &["i-good"]),
        association(2, ASSOCIATE, "i-good", &profile_arn("team/app")),
        association(3, REPLACE, "i-good", &profile_arn("team/app")),
    ] {
        let world = Arc::new(World::new());
        let answer = world.answer(&event).await;
        assert_eq!(
            answer,
            json!({"action": "none", "executionId": "", "notes": []})
        );
        assert_eq!(world.called(operation::PUBLISH), 0);
        assert_eq!(world.called(operation::GET_ROLE), 1, "judged, not skipped");
    }
}

/// The event says one thing, EC2 another: a launch template's profile, a later association.
#[tokio::test]
async fn the_state_decides() {
    let mut world = World::new();
    world.add_instance("i-lt", Some(profile_arn("team/app")));
    let world = Arc::new(world);
    assert_eq!(world.answer(&launch(1, &["i-lt"])).await["action"], "none");
    let stale = association(2, DISASSOCIATE, "i-good", &profile_arn("team/app"));
    assert_eq!(world.answer(&stale).await["action"], "none");
    let overtaken = association(3, ASSOCIATE, "i-bare", &profile_arn("team/app"));
    assert_eq!(world.answer(&overtaken).await["action"], "notified");
}

#[tokio::test]
async fn a_detached_profile_is_told() {
    let world = Arc::new(World::new());
    let event = association(1, DISASSOCIATE, "i-bare", &profile_arn("team/app"));
    assert_eq!(world.answer(&event).await["action"], "notified");
    assert_eq!(codes(&world.messages()[0]), ["no-instance-profile"]);
}

#[tokio::test]
async fn the_event_stands_in_where_ec2_is_silent() {
    let cases = [
        // What fails, the instance, the note, what is found.
        (
            Some("UnauthorizedOperation"),
            "i-good",
            "state-not-read: ec2:DescribeInstances UnauthorizedOperation",
        ),
        (None, "i-new", "instances-not-visible: i-new"),
    ];
    for (failure, id, note) in cases {
        for (name, expected) in [(ASSOCIATE, "none"), (DISASSOCIATE, "notified")] {
            let mut world = World::new();
            world
                .failures
                .extend(failure.map(|code| ("DescribeInstances", code)));
            let world = Arc::new(world);
            let event = association(1, name, id, &profile_arn("team/app"));
            let answer = world.answer(&event).await;
            assert_eq!(answer["action"], expected, "{name} {id}");
            assert_eq!(answer["notes"], json!([note]), "{name} {id}");
        }
    }
}

/// "No profile" is never said of an instance whose profile nobody knows.
#[tokio::test]
async fn an_unknown_profile_is_not_verified() {
    let request = json!({"launchTemplate": {"launchTemplateId": "lt-1"}});
    let response = json!({"instancesSet": {"items": [{"instanceId": "i-new"}]}});
    let world = Arc::new(World::new());
    world
        .answer(&event(1, "ec2", "RunInstances", request, response))
        .await;
    assert_eq!(codes(&world.messages()[0]), ["could-not-verify"]);
    // Nor is a call passed over that names no instance.
    world
        .answer(&event(2, "ec2", "RunInstances", json!({}), Value::Null))
        .await;
    let message = world.messages().remove(1);
    assert_eq!(codes(&message), ["could-not-verify"]);
    assert_eq!(message["resource"]["id"], "");
}

#[tokio::test]
async fn what_goes_away_is_not_judged() {
    let mut world = World::new();
    let bare = world.instances.get_mut("i-bare").unwrap();
    bare.0 = InstanceState::Terminated;
    let world = Arc::new(world);
    let answer = world.answer(&launch(1, &["i-bare"])).await;
    assert_eq!(answer["action"], "none");
    assert_eq!(answer["notes"], json!(["instances-gone: i-bare"]));
}

/// The allow-list goes by ARN: with a path, in either form of the request.
#[tokio::test]
async fn p19_the_arn_form_and_paths() {
    let cases: [(_, &[&str]); 3] = [
        (
            json!({"iamInstanceProfile": {"arn": profile_arn("team/app").to_string()}}),
            &[],
        ),
        (json!({"iamInstanceProfile": {"name": "app"}}), &[]),
        (
            json!({"iamInstanceProfile": {"arn": profile_arn("other/app").to_string()}}),
            &["profile-not-allowed", "profile-missing"],
        ),
    ];
    for (request, expected) in cases {
        let mut world = World::new();
        world
            .failures
            .insert("DescribeInstances", "RequestLimitExceeded");
        let allowed = profile_arn("team/app").to_string();
        let parameters = [("allowedProfileArns".to_owned(), allowed)];
        world.parameters = std::collections::BTreeMap::from(parameters).into();
        let world = Arc::new(world);
        let response = json!({"instancesSet": {"items": [{"instanceId": "i-new"}]}});
        world
            .answer(&event(1, "ec2", "RunInstances", request.clone(), response))
            .await;
        let messages = world.messages();
        let found: Vec<&str> = messages.iter().flat_map(codes).collect();
        assert_eq!(found, expected, "{request}");
    }
}

/// The profile's name is not taken for that of its role.
#[tokio::test]
async fn p19_the_role_is_that_of_the_profile() {
    let world = Arc::new(World::new());
    world.answer(&launch(1, &["i-good"])).await;
    let calls = world.calls();
    assert!(
        calls.contains(&"GetInstanceProfile app".to_owned()),
        "{calls:?}"
    );
    assert!(
        calls.contains(&"ListAttachedRolePolicies app-role".to_owned()),
        "{calls:?}"
    );
    assert!(!calls.contains(&"GetRole app".to_owned()), "{calls:?}");
}

#[tokio::test]
async fn p19_every_instance_of_a_launch() {
    let mut world = World::new();
    world.add_instance("i-bare-2", None);
    let world = Arc::new(world);
    let answer = world
        .answer(&launch(1, &["i-good", "i-bare", "i-bare-2"]))
        .await;
    assert_eq!(answer["action"], "notified");
    let [message] = world.messages().try_into().unwrap();
    assert_eq!(message["resource"]["id"], "i-bare");
    let text = message["text"].as_str().unwrap();
    assert!(
        text.contains("i-bare:") && text.contains("i-bare-2:"),
        "{text}"
    );
    assert!(!text.contains("i-good"), "{text}");
}

/// EC2 takes 1,000 ids a call, and a profile is judged once for all its instances.
#[tokio::test]
async fn p19_a_launch_of_many_is_asked_for_in_parts() {
    let mut world = World::new();
    let ids: Vec<String> = (0..1001).map(|number| format!("i-{number}")).collect();
    for id in &ids {
        world.add_instance(id, Some(profile_arn("team/app")));
    }
    let world = Arc::new(world);
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    assert_eq!(world.answer(&launch(1, &ids)).await["action"], "none");
    let calls = world.calls();
    let described: Vec<&String> = calls
        .iter()
        .filter(|call| call.starts_with("DescribeI"))
        .collect();
    assert_eq!(
        described,
        ["DescribeInstances 1000", "DescribeInstances i-1000"]
    );
    assert_eq!(world.called(operation::GET_INSTANCE_PROFILE), 1);
    assert_eq!(world.called(operation::GET_ROLE), 1);
}

/// Instances of another Region are not asked for here.
#[tokio::test]
async fn an_event_of_another_region_is_taken_as_it_is() {
    let world = Arc::new(World::new());
    let mut event = association(1, DISASSOCIATE, "i-good", &profile_arn("team/app"));
    event["detail"]["awsRegion"] = json!("eu-west-1");
    let answer = world.answer(&event).await;
    assert_eq!(answer["action"], "notified");
    assert_eq!(answer["notes"], json!(["other-region: eu-west-1"]));
    assert_eq!(world.called(operation::DESCRIBE_INSTANCES), 0);
    assert_eq!(world.messages()[0]["region"], "eu-west-1");
}

#[tokio::test]
async fn hostile_names_reach_nobody_unescaped() {
    let evil = format!("x\n\u{202e}{}", "y".repeat(10_000));
    let mut world = World::new();
    world
        .failures
        .insert("DescribeInstances", "RequestLimitExceeded");
    let world = Arc::new(world);
    let response = json!({"instancesSet": {"items": [{"instanceId": evil}]}});
    let mut event = event(1, "ec2", "RunInstances", json!({}), response);
    event["detail"]["userAgent"] = json!(evil);
    event["detail"]["userIdentity"]["arn"] = json!(evil);
    assert_eq!(world.answer(&event).await["action"], "notified");
    let message = world.messages().remove(0);
    for part in ["actor", "text"] {
        let text = message[part].as_str().unwrap();
        assert!(
            text.contains("x\\n\\u{202e}y") && !text.contains('\u{202e}'),
            "{text}"
        );
    }
    let id = message["resource"]["id"].as_str().unwrap();
    assert!(id.starts_with("x\\n") && id.chars().count() == 512, "{id}");
    assert!(world.subjects()[0].len() < 100);
}
