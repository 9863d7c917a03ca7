//! Calls that do the same as better known ones: what they change, and what they refuse.

use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{FunctionSeed, KeySeed, RecorderSeed};
use trailkeeper_sandbox::{Sandbox, World};

use crate::{OTHER, OWN, REGION, all_refused, all_well, told, world};

fn sandbox(change: impl FnOnce(&mut World)) -> Sandbox {
    let mut world = world();
    change(&mut world);
    Sandbox::new(world)
}

fn with(mut value: Value, changes: &[(&str, Value)]) -> Value {
    for (name, change) in changes {
        value[*name] = change.clone();
    }
    value
}

#[tokio::test]
async fn asynchronous_invocations() {
    let sandbox = sandbox(|world| {
        world.seed_function_settings(FunctionSeed {
            name: "f".to_owned(),
            ..FunctionSeed::default()
        });
    });
    let of = |changes: &[(&str, Value)]| with(json!({"FunctionName": "f"}), changes);
    let tries = |number: i64| of(&[("MaximumRetryAttempts", json!(number))]);
    let age = |seconds: i64| of(&[("MaximumEventAgeInSeconds", json!(seconds))]);
    let to =
        |side: &str, arn: &str| of(&[("DestinationConfig", json!({side: {"Destination": arn}}))]);
    let put = "PutFunctionEventInvokeConfig";
    let update = "UpdateFunctionEventInvokeConfig";
    let get = "GetFunctionEventInvokeConfig";
    let missing = "ResourceNotFoundException";
    all_refused(
        &sandbox,
        "lambda",
        &[
            (get, of(&[]), missing),
            (update, tries(1), missing),
            ("DeleteFunctionEventInvokeConfig", of(&[]), missing),
            (
                put,
                json!({"FunctionName": "none", "MaximumRetryAttempts": 0}),
                missing,
            ),
            (put, of(&[]), "InvalidParameterValueException"),
            (
                put,
                to("OnFailure", "nowhere"),
                "InvalidParameterValueException",
            ),
            (
                put,
                to("OnSuccess", "arn:aws:s3:::b"),
                "InvalidParameterValueException",
            ),
            (put, tries(3), "ValidationException"),
            (put, tries(-1), "ValidationException"),
            (put, age(59), "ValidationException"),
            (put, age(21_601), "ValidationException"),
        ],
    )
    .await;
    all_well(&sandbox, "lambda", &[(put, tries(0)), (update, age(60))]).await;
    let answer = told(&sandbox, "lambda", get, of(&[]), "").await;
    assert_eq!(answer["MaximumRetryAttempts"], 0);
    assert_eq!(answer["MaximumEventAgeInSeconds"], 60);
    let arn = format!("arn:aws:lambda:{REGION}:{OWN}:function:f:$LATEST");
    assert_eq!(answer["FunctionArn"], arn);
    // what is left out of a put is taken away
    all_well(
        &sandbox,
        "lambda",
        &[(put, to("OnFailure", "arn:aws:s3:::b"))],
    )
    .await;
    let answer = told(&sandbox, "lambda", get, of(&[]), "").await;
    assert_eq!(answer["MaximumRetryAttempts"], Value::Null);
    let gone = [("DeleteFunctionEventInvokeConfig", of(&[]))];
    all_well(&sandbox, "lambda", &gone).await;
    all_refused(&sandbox, "lambda", &[(get, of(&[]), missing)]).await;
}

#[tokio::test]
async fn a_subscriptions_filter() {
    let topic = format!("arn:aws:sns:{REGION}:{OWN}:audit");
    let id = "00000001-0000-4000-8000-000000000000";
    let sandbox = sandbox(|world| {
        world.seed_topic(&topic, None);
        assert!(world.seed_subscription(&topic, id, "email", "a@example.com"));
    });
    let arn = format!("{topic}:{id}");
    let set = |name: &str, value: &str| json!({"SubscriptionArn": arn, "AttributeName": name, "AttributeValue": value});
    let call = "SetSubscriptionAttributes";
    let filter = r#"{"a":["b"]}"#;
    let nobody = with(
        set("FilterPolicy", filter),
        &[("SubscriptionArn", json!(format!("{topic}:x")))],
    );
    let invalid = "InvalidParameter";
    all_refused(
        &sandbox,
        "sns",
        &[
            (call, set("Endpoint", "b@example.com"), invalid),
            (call, set("FilterPolicy", "[]"), invalid),
            (call, set("FilterPolicy", "{"), invalid),
            (call, set("FilterPolicyScope", "Everything"), invalid),
            (call, set("RawMessageDelivery", "yes"), invalid),
            (call, nobody, "NotFound"),
            (
                call,
                json!({"SubscriptionArn": "x", "AttributeName": "FilterPolicy"}),
                invalid,
            ),
        ],
    )
    .await;
    let ask = json!({"SubscriptionArn": arn});
    let get = "GetSubscriptionAttributes";
    let at = "/Attributes/FilterPolicy";
    all_well(&sandbox, "sns", &[(call, set("FilterPolicy", filter))]).await;
    assert_eq!(told(&sandbox, "sns", get, ask.clone(), at).await, filter);
    all_well(&sandbox, "sns", &[(call, set("FilterPolicy", ""))]).await;
    assert_eq!(told(&sandbox, "sns", get, ask, at).await, Value::Null);
}

#[tokio::test]
async fn types_that_a_recorder_leaves_out() {
    let sandbox = sandbox(|world| {
        let recorder = RecorderSeed::new(world, REGION);
        world.seed_recorder(recorder);
    });
    let describe = "DescribeConfigurationRecorders";
    let of = |at: &'static str| {
        let sandbox = sandbox.clone();
        async move { told(&sandbox, "config", describe, json!({}), at).await }
    };
    let arn = of("/ConfigurationRecorders/0/arn").await;
    let name = of("/ConfigurationRecorders/0/name").await;
    let role = of("/ConfigurationRecorders/0/roleARN").await;
    let call = "DisassociateResourceTypes";
    let take =
        |arn: &Value, kind: &str| json!({"ConfigurationRecorderArn": arn, "ResourceTypes": [kind]});
    let user = "AWS::IAM::User";
    all_refused(
        &sandbox,
        "config",
        &[
            // one that records all has no list
            (call, take(&arn, user), "ValidationException"),
            (
                call,
                take(&json!("arn:aws:config:x"), user),
                "NoSuchConfigurationRecorderException",
            ),
            (
                call,
                json!({"ConfigurationRecorderArn": arn}),
                "ValidationException",
            ),
        ],
    )
    .await;
    let group = |group: Value| json!({"ConfigurationRecorder": {"name": name, "roleARN": role, "recordingGroup": group}});
    let some = group(json!({"allSupported": false, "resourceTypes": [user, "AWS::IAM::Role"]}));
    let put = "PutConfigurationRecorder";
    all_well(&sandbox, "config", &[(put, some), (call, take(&arn, user))]).await;
    let left = of("/ConfigurationRecorders/0/recordingGroup/resourceTypes").await;
    assert_eq!(left, json!(["AWS::IAM::Role"]));
    let most = group(json!({
        "allSupported": false,
        "exclusionByResourceTypes": {"resourceTypes": ["AWS::SNS::Topic"]},
        "recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
    }));
    all_well(&sandbox, "config", &[(put, most), (call, take(&arn, user))]).await;
    let excluded =
        "/ConfigurationRecorders/0/recordingGroup/exclusionByResourceTypes/resourceTypes";
    let excluded = of(excluded).await;
    assert_eq!(excluded, json!(["AWS::SNS::Topic", user]));
}

#[tokio::test]
async fn what_guardduty_trusts_and_who_looks_after_it() {
    let sandbox = sandbox(|_| {});
    let detector = told(
        &sandbox,
        "guardduty",
        "CreateDetector",
        json!({"Enable": true}),
        "/DetectorId",
    )
    .await;
    let of = |changes: &[(&str, Value)]| with(json!({"DetectorId": detector}), changes);
    let list = of(&[
        ("Name", json!("offices")),
        ("Format", json!("TXT")),
        (
            "Location",
            json!("https://s3.amazonaws.com/lists/offices.txt"),
        ),
        ("Activate", json!(true)),
    ]);
    let bad = "BadRequestException";
    let refused = |call: &'static str, input: Value| (call, input, bad);
    all_refused(
        &sandbox,
        "guardduty",
        &[
            refused("CreateTrustedEntitySet", of(&[("Name", json!("x"))])),
            refused(
                "CreateTrustedEntitySet",
                with(list.clone(), &[("Format", json!("PDF"))]),
            ),
            refused(
                "CreateTrustedEntitySet",
                with(list.clone(), &[("ExpectedBucketOwner", json!("1"))]),
            ),
            refused(
                "UpdateTrustedEntitySet",
                of(&[("TrustedEntitySetId", json!("none"))]),
            ),
            refused("DisassociateFromAdministratorAccount", of(&[])),
            refused("DisassociateFromMasterAccount", of(&[])),
            refused(
                "AcceptAdministratorInvitation",
                of(&[
                    ("AdministratorId", json!(OWN)),
                    ("InvitationId", json!("1")),
                ]),
            ),
        ],
    )
    .await;
    let create = "CreateTrustedEntitySet";
    let id = told(
        &sandbox,
        "guardduty",
        create,
        list.clone(),
        "/TrustedEntitySetId",
    )
    .await;
    // there is one at most, and lists of addresses are others
    all_refused(&sandbox, "guardduty", &[(create, list.clone(), bad)]).await;
    all_well(&sandbox, "guardduty", &[("CreateIPSet", list)]).await;
    let set = of(&[("TrustedEntitySetId", id.clone())]);
    let off = with(set.clone(), &[("Activate", json!(false))]);
    all_well(&sandbox, "guardduty", &[("UpdateTrustedEntitySet", off)]).await;
    let status = told(&sandbox, "guardduty", "GetTrustedEntitySet", set, "/Status").await;
    assert_eq!(status, "INACTIVE");
    let ids = told(
        &sandbox,
        "guardduty",
        "ListTrustedEntitySets",
        of(&[]),
        "/TrustedEntitySetIds",
    )
    .await;
    assert_eq!(ids, json!([id]));

    for call in [
        "DisassociateFromAdministratorAccount",
        "DisassociateFromMasterAccount",
    ] {
        let accept = of(&[
            ("AdministratorId", json!(OTHER)),
            ("InvitationId", json!("1")),
        ]);
        all_well(
            &sandbox,
            "guardduty",
            &[("AcceptAdministratorInvitation", accept)],
        )
        .await;
        let get = "GetAdministratorAccount";
        let at = "/Administrator/AccountId";
        assert_eq!(told(&sandbox, "guardduty", get, of(&[]), at).await, OTHER);
        all_well(&sandbox, "guardduty", &[(call, of(&[]))]).await;
        assert_eq!(
            told(&sandbox, "guardduty", get, of(&[]), at).await,
            Value::Null
        );
    }
}

#[tokio::test]
async fn an_alias_that_is_moved() {
    let [one, other] = [
        "1a2b3c4d-1111-4222-8333-0123456789ab",
        "2a2b3c4d-1111-4222-8333-0123456789ab",
    ];
    let sandbox = sandbox(|world| {
        for (id, aliases) in [(one, vec!["alias/audit".to_owned()]), (other, Vec::new())] {
            world.seed_key(KeySeed {
                id: id.to_owned(),
                aliases,
                ..KeySeed::default()
            });
        }
    });
    let update = |alias: &str, key: &str| json!({"AliasName": alias, "TargetKeyId": key});
    let call = "UpdateAlias";
    all_refused(
        &sandbox,
        "kms",
        &[
            (call, update("alias/none", other), "NotFoundException"),
            (
                call,
                update("alias/audit", "9a2b3c4d-1111-4222-8333-0123456789ab"),
                "NotFoundException",
            ),
            (call, update("audit", other), "ValidationException"),
        ],
    )
    .await;
    all_well(&sandbox, "kms", &[(call, update("alias/audit", other))]).await;
    let ask = json!({"KeyId": "alias/audit"});
    let found = told(&sandbox, "kms", "DescribeKey", ask, "/KeyMetadata/KeyId").await;
    assert_eq!(found, other);
}
