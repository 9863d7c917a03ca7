//! What a case of the rule `instance-profile` may list.

use serde_json::{Value, json};
use trailkeeper_app::ports::{InstanceReader, Inventory, Notifier, RoleReader};
use trailkeeper_core::ErrorClass;
use trailkeeper_core::facts::{InstanceState, ResourceTypeSelection};
use trailkeeper_sandbox::Sandbox;
use trailkeeper_sandbox::scenario::{Scenario, ScenarioError};

use crate::support::{S02, time};

const ID: &str = "i-0123456789abcdef0";
const INSTANCE: &str = "AWS::EC2::Instance";
const PROFILE: &str = "arn:aws:iam::111122223333:instance-profile/app/web-tier";
const LEGACY: &str = "arn:aws:iam::111122223333:policy/legacy-admin";
const DOCUMENT: &str = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%7D%5D%7D";
const DECODED: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow"}]}"#;

fn changed(world: Value) -> Result<Scenario, ScenarioError> {
    let mut case: Value = serde_json::from_str(S02).unwrap();
    case["world"] = world;
    Scenario::parse(&case.to_string())
}

fn build(world: Value) -> Sandbox {
    changed(world).unwrap().build()
}

fn config(operations: Value) -> Value {
    json!({"config": {"us-east-1": operations}})
}

fn iam(operations: Value) -> Value {
    json!({"iam": {"aws-global": operations}})
}

async fn rows(sandbox: &Sandbox) -> Vec<Value> {
    let expression = "SELECT resourceId, configuration.iamInstanceProfile.arn, \
                      configuration.state.name WHERE resourceType = 'AWS::EC2::Instance'";
    let page = sandbox.select(expression, None).await.unwrap();
    let row = |row: &String| serde_json::from_str(row).unwrap();
    page.items.iter().map(row).collect()
}

/// The world of s02 is empty: the item of its event is all there is.
#[tokio::test]
async fn s02_holds_the_item_of_its_event() {
    let scenario = Scenario::parse(S02).unwrap();
    assert_eq!(scenario.rule(), "instance-profile");
    let sandbox = scenario.build();
    let at = time("2026-03-02T09:58:31.112Z").unwrap();
    let item = sandbox.item_at(INSTANCE, ID, at).await.unwrap().unwrap();
    let event: Value =
        serde_json::from_str(scenario.event()["invokingEvent"].as_str().unwrap()).unwrap();
    let given = &event["configurationItem"];
    assert_eq!(item.configuration, given["configuration"]);
    assert_eq!(item.summary.capture_time, at);
    let row = json!({"resourceId": ID, "configuration": {"state": {"name": "running"}}});
    assert_eq!(rows(&sandbox).await, [row]);
    let recorders = sandbox.recorders().await.unwrap();
    assert!(recorders[0].recording && recorders[0].types.holds(INSTANCE));
    let instances = sandbox.describe_instances(&[ID.to_owned()]).await.unwrap();
    assert_eq!(instances[0].state, InstanceState::Running);
    assert_eq!(instances[0].profile, None);
}

#[tokio::test]
async fn the_inventory_is_as_listed() {
    let row = |id: &str, state: &str| {
        json!({
            "resourceId": id,
            "configuration": {
                "state": {"name": state}, "iamInstanceProfile": {"arn": PROFILE},
            },
        })
        .to_string()
    };
    let earlier = json!({
        "resourceType": INSTANCE, "resourceId": ID, "configurationItemStatus": "OK",
        "configurationItemCaptureTime": 1_772_440_000, "configuration": "{\"then\":true}",
    });
    let sandbox = build(config(json!({
        "SelectResourceConfig": {"pages": [
            {"Results": [row("i-00000001", "running")]},
            {"Results": [row("i-00000002", "stopped")]},
        ]},
        "GetResourceConfigHistory": {ID: {"configurationItems": [earlier]}},
    })));
    let rows = rows(&sandbox).await;
    let ids: Vec<&Value> = rows.iter().map(|row| &row["resourceId"]).collect();
    assert_eq!(ids, ["i-00000001", "i-00000002", ID]);
    assert_eq!(
        rows[1]["configuration"]["iamInstanceProfile"]["arn"],
        PROFILE
    );
    let at = time("2026-03-02T09:00:00Z").unwrap();
    let item = sandbox.item_at(INSTANCE, ID, at).await.unwrap().unwrap();
    assert_eq!(item.configuration, json!({"then": true}));
    let all = ["i-00000001", "i-00000002"].map(String::from);
    let instances = sandbox.describe_instances(&all).await.unwrap();
    assert_eq!(instances[1].state, InstanceState::Stopped);
    assert_eq!(instances[1].profile.as_ref().unwrap().to_string(), PROFILE);
}

#[tokio::test]
async fn the_profile_of_an_instance_exists_unless_the_file_denies_it() {
    let row = json!({"resourceId": "i-00000001", "configuration": {
        "iamInstanceProfile": {"arn": PROFILE},
    }});
    let inventory = config(json!({"SelectResourceConfig": {"Results": [row.to_string()]}}));
    let sandbox = build(inventory.clone());
    let profile = sandbox.instance_profile("web-tier").await.unwrap();
    assert_eq!(profile.arn.to_string(), PROFILE);
    assert!(sandbox.role("web-tier").await.is_ok());
    let names = sandbox.inline_policy_names("web-tier").await;
    assert_eq!(names, Ok(Vec::new()));

    let mut world = inventory;
    let absent = json!({"error": {"code": "NoSuchEntity"}});
    world["iam"] = json!({"aws-global": {"GetInstanceProfile": {"web-tier": absent}}});
    let found = build(world).instance_profile("web-tier").await;
    assert_eq!(found.unwrap_err().class, ErrorClass::Absent);
}

/// What AWS Config has recorded stays behind what EC2 says.
#[tokio::test]
async fn instances_are_as_listed_and_the_inventory_lags_behind() {
    let mut world = config(json!({}));
    world["ec2"] = json!({"us-east-1": {"DescribeInstances": {"Reservations": [{"Instances": [
        {"InstanceId": ID, "State": {"Name": "stopped"}, "IamInstanceProfile": {"Arn": PROFILE}},
        {"InstanceId": "i-00000001", "State": {"Code": 16, "Name": "running"},
            "Tags": [{"Key": "a", "Value": "b"}]},
    ]}]}}});
    let sandbox = build(world);
    let instances = sandbox.describe_instances(&[ID.to_owned()]).await.unwrap();
    assert_eq!(instances[0].state, InstanceState::Stopped);
    let rows = rows(&sandbox).await;
    assert_eq!(rows.len(), 2);
    let lagging = rows.iter().find(|row| row["resourceId"] == ID).unwrap();
    assert_eq!(
        lagging["configuration"],
        json!({"state": {"name": "running"}})
    );
}

#[tokio::test]
async fn recorders_and_results_are_as_listed() {
    let status = |recording: bool| {
        json!({"ConfigurationRecordersStatus": [{
            "name": "main", "recording": recording, "lastStatus": "Failure",
            "lastErrorCode": "NoBucket", "lastErrorMessage": "gone",
        }]})
    };
    let recorder = |group: Value| json!({"ConfigurationRecorders": [{"name": "main", "recordingGroup": group}]});
    let result = json!({"EvaluationResults": [{
        "EvaluationResultIdentifier": {
            "EvaluationResultQualifier": {"ResourceType": INSTANCE, "ResourceId": "i-gone"},
            "OrderingTimestamp": "2026-03-01T00:00:00Z",
        },
        "ComplianceType": "NON_COMPLIANT",
        "Annotation": "no-instance-profile",
    }]});
    let sandbox = build(config(json!({
        "DescribeConfigurationRecorders": recorder(json!({
            "recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
            "exclusionByResourceTypes": {"resourceTypes": ["AWS::S3::Bucket"]},
        })),
        "DescribeConfigurationRecorderStatus": status(false),
        "GetComplianceDetailsByConfigRule": {"instance-profile": result},
        "PutEvaluations": {"FailedEvaluations": []},
    })));
    let recorders = sandbox.recorders().await.unwrap();
    let types = ResourceTypeSelection::AllBut(vec!["AWS::S3::Bucket".to_owned()]);
    assert_eq!(
        (recorders[0].name.as_str(), recorders[0].recording),
        ("main", false)
    );
    assert_eq!(recorders[0].types, types);
    assert_eq!(recorders[0].last_error.as_deref(), Some("NoBucket: gone"));
    let page = sandbox.evaluated("instance-profile", None).await.unwrap();
    assert_eq!(page.items[0].resource_id, "i-gone");
    assert_eq!(
        page.items[0].ordering_timestamp,
        time("2026-03-01T00:00:00Z")
    );

    let none = json!({"DescribeConfigurationRecorders": {"ConfigurationRecorders": []}});
    assert_eq!(build(config(none)).recorders().await, Ok(Vec::new()));
}

#[tokio::test]
async fn roles_and_policies_are_as_listed() {
    let role = json!({
        "RoleName": "web-tier", "Path": "/svc/",
        "PermissionsBoundary": {
            "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": LEGACY,
        },
    });
    let sandbox = build(iam(json!({
        "GetInstanceProfile": {"web-tier": {"InstanceProfile": {
            "InstanceProfileName": "web-tier", "Path": "/app/", "Arn": PROFILE,
            "Roles": [{"RoleName": "web-tier"}],
        }}},
        "GetRole": {"web-tier": {"Role": role}},
        "ListRolePolicies": {"web-tier": {"PolicyNames": ["read", "undescribed"]}},
        "GetRolePolicy": {"web-tier/read": {"PolicyDocument": DOCUMENT}},
        "ListAttachedRolePolicies": {"web-tier": {"AttachedPolicies": [
            {"PolicyName": "legacy-admin", "PolicyArn": LEGACY},
            {"PolicyName": "X", "PolicyArn": "arn:aws:iam::aws:policy/service-role/X"},
        ]}},
        "GetPolicy": {LEGACY: {"Policy": {"Arn": LEGACY, "DefaultVersionId": "v3"}}},
        "GetPolicyVersion": {
            format!("{LEGACY}@v3"): {"PolicyVersion": {"VersionId": "v3", "Document": DOCUMENT}},
            format!("{LEGACY}@v4"): {"PolicyVersion": {"Document": {"Statement": []}}},
        },
    })));
    let profile = sandbox.instance_profile("web-tier").await.unwrap();
    assert_eq!(profile.arn.to_string(), PROFILE);
    let role = sandbox.role("web-tier").await.unwrap();
    assert_eq!(
        role.arn.to_string(),
        "arn:aws:iam::111122223333:role/svc/web-tier"
    );
    assert_eq!(role.boundary.unwrap().to_string(), LEGACY);
    let names = sandbox.inline_policy_names("web-tier").await.unwrap();
    assert_eq!(names, ["read", "undescribed"]);
    let read = sandbox.inline_policy("web-tier", "read").await;
    assert_eq!(read.as_deref(), Ok(DECODED));
    let attached = sandbox.attached_policies("web-tier").await.unwrap();
    assert_eq!(attached.len(), 2);
    let legacy = LEGACY.parse().unwrap();
    let policy = sandbox.managed_policy(&legacy).await.unwrap();
    assert_eq!(policy.default_version, "v3");
    let document = sandbox.policy_version(&legacy, "v3").await;
    assert_eq!(document.as_deref(), Ok(DECODED));
    // what is attached and not described grants nothing
    let other = "arn:aws:iam::aws:policy/service-role/X".parse().unwrap();
    assert_eq!(
        sandbox
            .managed_policy(&other)
            .await
            .unwrap()
            .default_version,
        "v1"
    );
    let document = sandbox.policy_version(&other, "v1").await.unwrap();
    assert!(document.contains("\"Statement\":[]"));
}

#[tokio::test]
async fn the_details_of_the_account_are_state_too() {
    let page = |roles: Value, policies: Value| json!({"RoleDetailList": roles, "Policies": policies, "IsTruncated": false});
    let sandbox = build(iam(json!({"GetAccountAuthorizationDetails": {"pages": [
        page(json!([{
            "RoleName": "web-tier",
            "RolePolicyList": [{"PolicyName": "read", "PolicyDocument": DOCUMENT}],
            "AttachedManagedPolicies": [{"PolicyName": "legacy-admin", "PolicyArn": LEGACY}],
            "InstanceProfileList": [{
                "InstanceProfileName": "web", "Roles": [{"RoleName": "web-tier"}],
            }],
        }]), json!([])),
        page(json!([]), json!([{
            "PolicyName": "legacy-admin", "Arn": LEGACY, "DefaultVersionId": "v2",
            "PolicyVersionList": [
                {"VersionId": "v1", "Document": "{}", "IsDefaultVersion": false},
                {"VersionId": "v2", "Document": DOCUMENT, "IsDefaultVersion": true},
            ],
        }])),
    ]}})));
    let read = sandbox.inline_policy("web-tier", "read").await;
    assert_eq!(read.as_deref(), Ok(DECODED));
    assert!(sandbox.instance_profile("web").await.is_ok());
    let details = sandbox.account_details(None).await.unwrap();
    assert_eq!(details.roles.len(), 1);
    let policy = sandbox.managed_policy(&LEGACY.parse().unwrap()).await;
    assert_eq!(policy.unwrap().default_version, "v2");
}

#[tokio::test]
async fn errors_stay_where_no_state_can_give_them() {
    let denied = json!({"error": {"code": "AccessDenied"}});
    let absent = json!({"error": {"code": "NoSuchEntity"}});
    let throttled = json!({"error": {"code": "ThrottlingException"}});
    let mut world = iam(json!({
        "GetInstanceProfile": {
            "gone": absent,
            "broken": {"InstanceProfile": {
                "InstanceProfileName": "broken", "Roles": [{"RoleName": "lost"}],
            }},
        },
        "GetRole": {"lost": absent},
        "ListRolePolicies": {"kept": {"PolicyNames": ["a", "b"]}},
        "GetRolePolicy": {"kept/a": denied},
        "GetPolicyVersion": {format!("{LEGACY}@v1"): denied},
        "GetPolicy": {LEGACY: {"Policy": {"DefaultVersionId": "v1"}}},
    }));
    world["config"] = json!({"us-east-1": {
        "SelectResourceConfig": {"pages": [{"Results": []}, throttled]},
        "GetResourceConfigHistory": {
            format!("{INSTANCE}/{ID}"): {"error": {"code": "AccessDeniedException"}},
        },
    }});
    let topic = "arn:aws:sns:us-east-1:111122223333:alarms";
    let closed = "arn:aws:sns:us-east-1:111122223333:closed";
    world["sns"] = json!({"us-east-1": {"Publish": {
        topic: {"MessageId": "1"},
        closed: {"error": {"code": "AuthorizationError"}},
    }}});
    let sandbox = build(world);
    let error = sandbox.instance_profile("gone").await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Absent);
    assert!(sandbox.instance_profile("broken").await.is_ok());
    let error = sandbox.role("lost").await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Absent);
    let error = sandbox.inline_policy("kept", "a").await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Denied);
    assert!(sandbox.inline_policy("kept", "b").await.is_ok());
    let legacy = LEGACY.parse().unwrap();
    let error = sandbox.policy_version(&legacy, "v1").await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Denied);
    assert_eq!(
        sandbox
            .managed_policy(&legacy)
            .await
            .unwrap()
            .default_version,
        "v1"
    );
    let error = sandbox.select("SELECT resourceId", None).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Throttled);
    let at = sandbox.now();
    let error = sandbox.item_at(INSTANCE, ID, at).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Denied);
    let open = topic.parse().unwrap();
    assert_eq!(sandbox.publish(&open, "subject", "text").await, Ok(()));
    let error = sandbox.publish(&closed.parse().unwrap(), "s", "t").await;
    assert!(error.is_err());
    assert_eq!(
        sandbox.with_world(|world| world.published_messages().len()),
        1
    );
}

#[test]
fn broken_entries_name_their_place() {
    let place = "world.config.us-east-1";
    let cases = [
        (
            config(json!({"SelectResourceConfig": {"Results": ["{"]}})),
            format!("{place}.SelectResourceConfig.Results[0]"),
        ),
        (
            config(json!({"SelectResourceConfig": {"Results": ["{}"]}})),
            format!("{place}.SelectResourceConfig.Results[0]"),
        ),
        (
            config(json!({"DescribeConfigurationRecorders": {"ConfigurationRecorders": [{}, {}]}})),
            format!("{place}.DescribeConfigurationRecorders.ConfigurationRecorders[1]"),
        ),
        (
            json!({"ec2": {"us-east-1": {"DescribeInstances": {"Reservations": [
                {"Instances": [{"InstanceId": ID, "State": {"Name": "asleep"}}]},
            ]}}}}),
            "world.ec2.us-east-1.DescribeInstances.Reservations[0].Instances[0].State".to_owned(),
        ),
        (
            iam(json!({"GetPolicyVersion": {"x": {"PolicyVersion": {}}}})),
            "world.iam.aws-global.GetPolicyVersion.x".to_owned(),
        ),
        (
            iam(json!({"GetRolePolicy": {"a/b": {"PolicyDocument": "%7"}}})),
            "world.iam.aws-global.GetRolePolicy[\"a/b\"].PolicyDocument".to_owned(),
        ),
        (
            json!({"sns": {"us-east-1": {"Publish": {"alarms": {}}}}}),
            "world.sns.us-east-1.Publish.alarms".to_owned(),
        ),
    ];
    for (world, place) in cases {
        let text = changed(world).unwrap_err().to_string();
        assert!(text.starts_with(&format!("{place}: ")), "{text}");
    }
}
