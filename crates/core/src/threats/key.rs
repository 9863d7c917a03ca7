//! Attacks on the key.

use super::call::kms;
use super::need::need;
use super::{Class, SeenBy, Threat};
use SeenBy::{DeliveryField, Event, TrailRule};

const DELIVERY: SeenBy = DeliveryField("LatestDeliveryError");
const REPAIR_KEY: &str = "the key may be repaired";

pub(super) const THREATS: &[Threat] = &[
    Threat {
        id: "B33",
        title: "disable the key",
        class: Class::Undone,
        attack: "CloudTrail cannot encrypt and so cannot deliver, while the trail says that it is \
                 logging. Nobody can read the log either.",
        calls: &[kms("DisableKey")],
        condition: REPAIR_KEY,
        seen_by: &[Event, TrailRule("key-disabled"), DELIVERY],
        undone_by: "EnableKey",
        stays_lost: "log files that CloudTrail gave up delivering",
        only: &[],
        parameters: &[need("RepairKey")],
        source: "Elastic and Panther detection rules on KMS",
    },
    Threat {
        id: "B34",
        title: "schedule the key's deletion",
        class: Class::Undone,
        attack: "The key is unusable at once, and after 7 to 30 days everything that was \
                 encrypted with it is lost.",
        calls: &[kms("ScheduleKeyDeletion")],
        condition: REPAIR_KEY,
        seen_by: &[Event, TrailRule("key-pending-deletion"), DELIVERY],
        undone_by: "CancelKeyDeletion, EnableKey",
        stays_lost: "log files that CloudTrail gave up delivering; all of them once the key is gone",
        only: &[],
        parameters: &[need("RepairKey")],
        source: "Elastic and Panther detection rules on KMS",
    },
    Threat {
        id: "B35",
        title: "key policy without CloudTrail",
        class: Class::Undone,
        attack: "The key is enabled and refuses CloudTrail. The statement that is missing is one \
                 of many.",
        calls: &[kms("PutKeyPolicy")],
        condition: "the key may be repaired; a Deny of somebody else is named, never removed",
        seen_by: &[Event, TrailRule("key-refuses-cloudtrail"), DELIVERY],
        undone_by: "PutKeyPolicy",
        stays_lost: "log files that CloudTrail gave up delivering",
        only: &[],
        parameters: &[need("RepairKey")],
        source: "Elastic detection rule on key policies",
    },
    Threat {
        id: "B36",
        title: "take the key's material away",
        class: Class::Noticed,
        attack: "Imported material is deleted, or the key store that holds it is disconnected. \
                 Only who has the material or runs the store can bring it back.",
        calls: &[
            kms("DeleteImportedKeyMaterial"),
            kms("DisconnectCustomKeyStore"),
        ],
        condition: "",
        seen_by: &[Event, TrailRule("key-unusable"), DELIVERY],
        undone_by: "",
        stays_lost: "log files that CloudTrail gave up delivering; all of them if the material is \
                     nowhere else",
        only: &[],
        parameters: &[],
        source: "Elastic detection rules on KMS",
    },
];
