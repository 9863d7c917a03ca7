use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{OrganizationSeed, TrailSeed};
use trailkeeper_sandbox::{OrganizationRole, Sandbox};

use crate::support::*;

const MANAGEMENT: &str = "999900001111";

fn organization(role: OrganizationRole) -> OrganizationSeed {
    let management = if role == OrganizationRole::Management {
        ACCOUNT
    } else {
        MANAGEMENT
    };
    OrganizationSeed {
        role,
        management_account: Some(management.to_owned()),
        ..OrganizationSeed::default()
    }
}

/// The management account's trail as its organization sees it.
fn landing_zone() -> TrailSeed {
    let mut seed = TrailSeed::healthy("landing-zone", HOME, "central-archive", now());
    seed.account = Some(MANAGEMENT.to_owned());
    seed.settings.is_organization_trail = true;
    seed
}

fn landing_zone_arn() -> String {
    format!("arn:aws:cloudtrail:{HOME}:{MANAGEMENT}:trail/landing-zone")
}

fn account_in(seed: OrganizationSeed, trails: Vec<TrailSeed>) -> Sandbox {
    let mut world = account();
    world.seed_organization(seed);
    for trail in trails {
        world.seed_trail(trail);
    }
    Sandbox::new(world)
}

fn create() -> Value {
    json!({"Name": "org-audit", "S3BucketName": BUCKET, "IsOrganizationTrail": true})
}

#[tokio::test]
async fn only_a_ready_organization_can_hold_a_trail() {
    let plain = |role| organization(role);
    let billing = OrganizationSeed {
        all_features: false,
        ..organization(OrganizationRole::Management)
    };
    let untrusted = OrganizationSeed {
        cloudtrail_trusted_access: false,
        ..organization(OrganizationRole::Management)
    };
    let cases = [
        (
            plain(OrganizationRole::Standalone),
            "OrganizationsNotInUseException",
        ),
        (
            plain(OrganizationRole::Member),
            "NotOrganizationMasterAccountException",
        ),
        (billing, "OrganizationNotInAllFeaturesModeException"),
        (untrusted, "CloudTrailAccessNotEnabledException"),
    ];
    for (seed, wanted) in cases {
        let sandbox = account_in(seed.clone(), vec![trail("plain")]);
        assert_eq!(
            code(&sandbox, "CreateTrail", create()).await,
            wanted,
            "{seed:?}"
        );
        let convert = json!({"Name": "plain", "IsOrganizationTrail": true});
        assert_eq!(
            code(&sandbox, "UpdateTrail", convert).await,
            wanted,
            "{seed:?}"
        );
    }
}

#[tokio::test]
async fn the_arn_carries_the_management_account() {
    let cases = [
        (OrganizationRole::Management, ACCOUNT),
        (OrganizationRole::DelegatedAdministrator, MANAGEMENT),
    ];
    for (role, owner) in cases {
        let sandbox = account_in(organization(role), vec![]);
        let answer = good(&sandbox, "CreateTrail", create()).await;
        let arn = format!("arn:aws:cloudtrail:{HOME}:{owner}:trail/org-audit");
        assert_eq!(answer["TrailARN"], json!(arn), "{role:?}");
        assert_eq!(answer["IsOrganizationTrail"], json!(true));
        let by_name = at(
            &sandbox,
            HOME,
            "GetTrailStatus",
            json!({"Name": "org-audit"}),
        )
        .await;
        assert_eq!(
            by_name.is_ok(),
            owner == ACCOUNT,
            "{role:?}: by name only if the ARN is ours"
        );
        good(&sandbox, "StartLogging", json!({"Name": arn})).await;
        let again = code(&sandbox, "CreateTrail", create()).await;
        assert_eq!(again, "TrailAlreadyExistsException", "{role:?}");
    }
}

#[tokio::test]
async fn an_organization_trail_needs_the_organizations_folder_too() {
    let own_folder_only = open_policy(BUCKET).replace(
        &format!("{BUCKET}/*"),
        &format!("{BUCKET}/AWSLogs/{ACCOUNT}/*"),
    );
    let sandbox = account_in(organization(OrganizationRole::Management), vec![]);
    sandbox.with_world(|world| world.seed_bucket(bucket(BUCKET, Some(own_folder_only))));
    let got = code(&sandbox, "CreateTrail", create()).await;
    assert_eq!(got, "InsufficientS3BucketPolicyException");
    let plain = json!({"Name": "plain", "S3BucketName": BUCKET});
    good(&sandbox, "CreateTrail", plain).await;
}

#[tokio::test]
async fn a_member_sees_the_trail_but_cannot_name_it() {
    let sandbox = account_in(organization(OrganizationRole::Member), vec![landing_zone()]);
    for region in [HOME, AWAY] {
        let all = at(&sandbox, region, "DescribeTrails", json!({}))
            .await
            .unwrap();
        assert_eq!(all["trailList"][0]["TrailARN"], json!(landing_zone_arn()));
        let own = json!({"includeShadowTrails": false});
        let own = at(&sandbox, region, "DescribeTrails", own).await.unwrap();
        assert_eq!(own["trailList"], json!([]), "{region}");
        for operation in ["GetTrailStatus", "GetEventSelectors"] {
            let member = if operation == "GetTrailStatus" {
                "Name"
            } else {
                "TrailName"
            };
            let by_name = json!({member: "landing-zone"});
            let got = code_at(&sandbox, region, operation, by_name).await;
            assert_eq!(got, "TrailNotFoundException");
            let by_arn = json!({member: landing_zone_arn()});
            assert!(
                at(&sandbox, region, operation, by_arn).await.is_ok(),
                "{operation}"
            );
        }
    }
    let got = code(
        &sandbox,
        "GetInsightSelectors",
        json!({"TrailName": landing_zone_arn()}),
    )
    .await;
    assert_eq!(got, "CloudTrailARNInvalidException");
    let got = code(
        &sandbox,
        "ListTags",
        json!({"ResourceIdList": [landing_zone_arn()]}),
    )
    .await;
    assert_eq!(got, "CloudTrailARNInvalidException");
    let list = good(&sandbox, "ListTrails", json!({})).await;
    assert_eq!(list["Trails"].as_array().unwrap().len(), 1);
    sandbox.with_world(|world| {
        assert_eq!(world.count_trails(), 0);
        assert_eq!(world.count_trails_in(AWAY), 1);
    });
    // the bucket is the management account's and not this account's to know
    sandbox.advance(SignedDuration::from_mins(60));
    let status = good(
        &sandbox,
        "GetTrailStatus",
        json!({"Name": landing_zone_arn()}),
    )
    .await;
    assert_eq!(status.get("LatestDeliveryError"), None);
}

#[tokio::test]
async fn a_member_cannot_change_the_trail() {
    let writes = [
        ("UpdateTrail", "Name"),
        ("DeleteTrail", "Name"),
        ("StartLogging", "Name"),
        ("StopLogging", "Name"),
        ("PutEventSelectors", "TrailName"),
        ("PutInsightSelectors", "TrailName"),
        ("AddTags", "ResourceId"),
        ("RemoveTags", "ResourceId"),
    ];
    let sandbox = account_in(organization(OrganizationRole::Member), vec![landing_zone()]);
    for (operation, member) in writes {
        let got = code(&sandbox, operation, json!({member: landing_zone_arn()})).await;
        assert_eq!(got, "NotOrganizationMasterAccountException", "{operation}");
    }
    for (operation, member) in &writes[..6] {
        let got = code(&sandbox, operation, json!({*member: "landing-zone"})).await;
        assert_eq!(got, "TrailNotFoundException", "{operation}");
    }
    let own = json!({"Name": "landing-zone", "S3BucketName": BUCKET});
    let got = code(&sandbox, "CreateTrail", own).await;
    assert_eq!(got, "TrailAlreadyExistsException");
}

#[tokio::test]
async fn a_delegated_administrator_changes_but_does_not_convert() {
    let seed = organization(OrganizationRole::DelegatedAdministrator);
    let mut central = landing_zone();
    central.settings.s3_bucket_name = BUCKET.to_owned();
    let sandbox = account_in(seed, vec![central, trail("plain")]);
    good(&sandbox, "StopLogging", json!({"Name": landing_zone_arn()})).await;
    good(
        &sandbox,
        "StartLogging",
        json!({"Name": landing_zone_arn()}),
    )
    .await;
    let prefix = json!({"Name": landing_zone_arn(), "S3KeyPrefix": "x"});
    good(&sandbox, "UpdateTrail", prefix).await;
    let kinds = json!([{"InsightType": "ApiCallRateInsight"}]);
    let insights = json!({"TrailName": landing_zone_arn(), "InsightSelectors": kinds});
    good(&sandbox, "PutInsightSelectors", insights).await;
    good(
        &sandbox,
        "GetInsightSelectors",
        json!({"TrailName": landing_zone_arn()}),
    )
    .await;
    let cases = [(landing_zone_arn(), false), (arn("plain"), true)];
    for (id, organization) in cases {
        let change = json!({"Name": id, "IsOrganizationTrail": organization});
        let got = code(&sandbox, "UpdateTrail", change).await;
        assert_eq!(got, "NotOrganizationMasterAccountException", "{id}");
    }
}

#[tokio::test]
async fn the_management_account_converts_both_ways() {
    let sandbox = account_in(
        organization(OrganizationRole::Management),
        vec![trail("plain")],
    );
    for wanted in [true, false] {
        let change = json!({"Name": "plain", "IsOrganizationTrail": wanted});
        let answer = good(&sandbox, "UpdateTrail", change).await;
        assert_eq!(answer["IsOrganizationTrail"], json!(wanted));
    }
}

#[tokio::test]
async fn another_accounts_plain_trail_is_not_there() {
    let mut foreign = landing_zone();
    foreign.settings.is_organization_trail = false;
    let sandbox = account_in(organization(OrganizationRole::Member), vec![foreign]);
    assert_eq!(
        good(&sandbox, "DescribeTrails", json!({})).await,
        json!({"trailList": []})
    );
    let got = code(
        &sandbox,
        "GetTrailStatus",
        json!({"Name": landing_zone_arn()}),
    )
    .await;
    assert_eq!(got, "CloudTrailARNInvalidException");
}
