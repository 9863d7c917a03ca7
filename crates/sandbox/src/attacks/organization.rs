//! B40 to B42: by way of the organization and of Regions.

use serde_json::{Value, json};

use super::trail::named;
use super::{Step, Target, Way, way};

pub(super) fn ways(id: &str, target: &Target) -> Vec<Way> {
    let organizations = |operation, input| vec![Step::new("organizations", operation, input)];
    let cloudtrail = || json!({"ServicePrincipal": "cloudtrail.amazonaws.com"});
    match id {
        "B40" => vec![
            way("leave", organizations("LeaveOrganization", json!({}))),
            way(
                "be removed",
                organizations(
                    "RemoveAccountFromOrganization",
                    json!({"AccountId": MEMBER}),
                ),
            ),
            way(
                "another place",
                organizations(
                    "MoveAccount",
                    json!({
                        "AccountId": MEMBER, "SourceParentId": "ou-examplerootid111-guarded111",
                        "DestinationParentId": ROOT,
                    }),
                ),
            ),
            way(
                "a policy detached",
                organizations(
                    "DetachPolicy",
                    json!({"PolicyId": POLICY, "TargetId": ROOT}),
                ),
            ),
            way(
                "a policy emptied",
                organizations(
                    "UpdatePolicy",
                    json!({
                        "PolicyId": POLICY,
                        "Content": r#"{"Version":"2012-10-17","Statement":[]}"#,
                    }),
                ),
            ),
            way(
                "a policy deleted",
                organizations("DeletePolicy", json!({"PolicyId": POLICY})),
            ),
            way(
                "no policies of the type",
                organizations(
                    "DisablePolicyType",
                    json!({"RootId": ROOT, "PolicyType": "SERVICE_CONTROL_POLICY"}),
                ),
            ),
        ],
        "B41" => vec![
            way(
                "trusted access",
                organizations("DisableAWSServiceAccess", cloudtrail()),
            ),
            way(
                "the delegated administrator",
                organizations("DeregisterDelegatedAdministrator", administrator()),
            ),
            way(
                "the service-linked role",
                vec![Step::new(
                    "iam",
                    "DeleteServiceLinkedRole",
                    json!({"RoleName": "AWSServiceRoleForCloudTrail"}),
                )],
            ),
        ],
        _ => vec![way(
            "a Region that was off",
            vec![
                named("UpdateTrail", target, json!({"IsMultiRegionTrail": false})),
                Step::new("account", "EnableRegion", json!({"RegionName": OFF})),
            ],
        )],
    }
}

/// A member account of the organization.
const MEMBER: &str = "222233334444";
/// The organization's root.
const ROOT: &str = "r-examplerootid111";
/// A service control policy.
const POLICY: &str = "p-examplepolicyid111";
/// An opt-in Region.
const OFF: &str = "ap-east-1";

fn administrator() -> Value {
    json!({
        "AccountId": MEMBER,
        "ServicePrincipal": "cloudtrail.amazonaws.com",
    })
}
