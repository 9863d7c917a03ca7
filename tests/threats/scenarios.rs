//! One scenario a row, named after its id.

use std::future::Future;
use std::pin::Pin;

use crate::stage::{management_account, member_account, with_prefix, without_readers};
use crate::staged::{Staged, staged};
use crate::told::Story;
use crate::{alone, exhausted};

/// A scenario.
pub(crate) struct Scenario {
    /// Its function's name.
    pub(crate) name: &'static str,
    pub(crate) play: fn() -> Pin<Box<dyn Future<Output = Story>>>,
}

macro_rules! scenarios {
    ($($name:ident)*) => {
        /// All of them, in the order of the ids.
        pub(crate) const SCENARIOS: &[Scenario] = &[$(Scenario {
            name: stringify!($name),
            play: || Box::pin($name()),
        }),*];
    };
}

scenarios! {
    b01_stop_logging
    b02_delete_trail
    b03_one_region
    b04_no_global_events
    b05_no_validation
    b06_other_key
    b07_no_topic
    b08_no_log_group
    b09_other_bucket
    b10_account_trail
    b11_no_management_events
    b12_reads_or_writes
    b13_excluded_sources
    b14_advanced_without_management
    b15_advanced_filters
    b16_data_selectors
    b17_insights
    b18_blink
    b19_recreated_weak
    b20_tags
    b21_quota
    b22_squatted_names
    b23_aggregation
    b24_bucket_deleted
    b25_bucket_policy
    b26_lifecycle
    b27_log_files_deleted
    b28_versioning
    b29_encryption
    b30_protection
    b31_payer_and_owner
    b32_exposed
    b33_key_disabled
    b34_key_deletion
    b35_key_policy
    b36_key_material
    b37_log_group_and_alarms
    b38_log_role
    b39_topic
    b40_organization_left
    b41_trusted_access
    b42_other_region
    b43_config
    b44_rule
    b45_event_rule
    b46_functions
    b47_runbook_and_roles
    b48_guardduty
    b49_repair_exhausted
    b50_switches
    b51_oversized
    b52_not_logged
}

/// Those that are not shown whole yet.
pub(crate) const OPEN: &[&str] = &[];

/// Nobody notices before deliveries have failed.
const UNTIL_DELIVERY_FAILS: i64 = 70;

async fn b01_stop_logging() -> Story {
    Staged {
        minutes: 30,
        ..staged("B01")
    }
    .play()
    .await
}

async fn b02_delete_trail() -> Story {
    staged("B02").play().await
}

async fn b03_one_region() -> Story {
    staged("B03").play().await
}

async fn b04_no_global_events() -> Story {
    staged("B04").play().await
}

async fn b05_no_validation() -> Story {
    staged("B05").play().await
}

async fn b06_other_key() -> Story {
    Staged {
        values: &[
            ("the alias moved", "CloudTrailKmsKeyId", "alias/audit"),
            ("the alias moved", "kmsKeyId", "alias/audit"),
            ("the alias deleted", "CloudTrailKmsKeyId", "alias/audit"),
            ("the alias deleted", "kmsKeyId", "alias/audit"),
        ],
        refused: &[
            ("the alias moved", "wrong-key"),
            ("the alias deleted", "key-not-found"),
        ],
        ..staged("B06")
    }
    .play()
    .await
}

async fn b07_no_topic() -> Story {
    staged("B07").play().await
}

async fn b08_no_log_group() -> Story {
    staged("B08").play().await
}

async fn b09_other_bucket() -> Story {
    Staged {
        world: with_prefix,
        ..staged("B09")
    }
    .play()
    .await
}

async fn b10_account_trail() -> Story {
    Staged {
        world: management_account,
        ..staged("B10")
    }
    .play()
    .await
}

async fn b11_no_management_events() -> Story {
    staged("B11").play().await
}

async fn b12_reads_or_writes() -> Story {
    staged("B12").play().await
}

async fn b13_excluded_sources() -> Story {
    staged("B13").play().await
}

async fn b14_advanced_without_management() -> Story {
    staged("B14").play().await
}

async fn b15_advanced_filters() -> Story {
    staged("B15").play().await
}

async fn b16_data_selectors() -> Story {
    staged("B16").play().await
}

async fn b17_insights() -> Story {
    staged("B17").play().await
}

async fn b18_blink() -> Story {
    let mut story = staged("B18").play().await;
    story.gap = alone::blink().await;
    story
}

async fn b19_recreated_weak() -> Story {
    Staged {
        // no trail records any more when it is made
        unheard: &[("the same name", "CreateTrail")],
        ..staged("B19")
    }
    .play()
    .await
}

async fn b20_tags() -> Story {
    staged("B20").play().await
}

async fn b21_quota() -> Story {
    Staged {
        // whoever adopts cannot demand a name
        values: &[("", "trailName", "")],
        stays_lost: &["data events"],
        ..staged("B21")
    }
    .play()
    .await
}

async fn b22_squatted_names() -> Story {
    Staged {
        world: without_readers,
        refused: &[("the bucket's name in another account", "bucket-")],
        ..staged("B22")
    }
    .play()
    .await
}

async fn b23_aggregation() -> Story {
    staged("B23").play().await
}

async fn b24_bucket_deleted() -> Story {
    Staged {
        minutes: UNTIL_DELIVERY_FAILS,
        ..staged("B24")
    }
    .play()
    .await
}

async fn b25_bucket_policy() -> Story {
    Staged {
        minutes: UNTIL_DELIVERY_FAILS,
        refused: &[("with a Deny", "foreign-deny")],
        ..staged("B25")
    }
    .play()
    .await
}

async fn b26_lifecycle() -> Story {
    staged("B26").play().await
}

async fn b27_log_files_deleted() -> Story {
    alone::log_files_deleted().await
}

async fn b28_versioning() -> Story {
    staged("B28").play().await
}

async fn b29_encryption() -> Story {
    Staged {
        minutes: UNTIL_DELIVERY_FAILS,
        refused: &[("a Deny of other encryption", "")],
        ..staged("B29")
    }
    .play()
    .await
}

async fn b30_protection() -> Story {
    staged("B30").play().await
}

async fn b31_payer_and_owner() -> Story {
    Staged {
        refused: &[("an open ACL", "bucket-exposed")],
        // all calls leave the same findings, which are told once
        unheard: &[("an open ACL", "PutBucketAcl")],
        minutes: UNTIL_DELIVERY_FAILS,
        ..staged("B31")
    }
    .play()
    .await
}

async fn b32_exposed() -> Story {
    Staged {
        // both calls leave the same findings, which are told once
        unheard: &[("readable by everybody", "PutBucketPolicy")],
        ..staged("B32")
    }
    .play()
    .await
}

async fn b33_key_disabled() -> Story {
    on_the_key("B33").await
}

async fn b34_key_deletion() -> Story {
    on_the_key("B34").await
}

async fn b35_key_policy() -> Story {
    on_the_key("B35").await
}

async fn b36_key_material() -> Story {
    on_the_key("B36").await
}

async fn on_the_key(id: &'static str) -> Story {
    Staged {
        minutes: UNTIL_DELIVERY_FAILS,
        ..staged(id)
    }
    .play()
    .await
}

async fn b37_log_group_and_alarms() -> Story {
    Staged {
        minutes: UNTIL_DELIVERY_FAILS,
        ..staged("B37")
    }
    .play()
    .await
}

async fn b38_log_role() -> Story {
    Staged {
        minutes: UNTIL_DELIVERY_FAILS,
        ..staged("B38")
    }
    .play()
    .await
}

async fn b39_topic() -> Story {
    Staged {
        minutes: UNTIL_DELIVERY_FAILS,
        ..staged("B39")
    }
    .play()
    .await
}

async fn b40_organization_left() -> Story {
    Staged {
        world: member_account,
        ..staged("B40")
    }
    .play()
    .await
}

async fn b41_trusted_access() -> Story {
    Staged {
        world: management_account,
        ..staged("B41")
    }
    .play()
    .await
}

async fn b42_other_region() -> Story {
    Staged {
        // a trail of one Region records no global service
        unheard: &[("a Region that was off", "EnableRegion")],
        ..staged("B42")
    }
    .play()
    .await
}

async fn b43_config() -> Story {
    staged("B43").play().await
}

async fn b44_rule() -> Story {
    staged("B44").play().await
}

async fn b45_event_rule() -> Story {
    staged("B45").play().await
}

async fn b46_functions() -> Story {
    staged("B46").play().await
}

async fn b47_runbook_and_roles() -> Story {
    staged("B47").play().await
}

async fn b48_guardduty() -> Story {
    staged("B48").play().await
}

async fn b49_repair_exhausted() -> Story {
    exhausted::exhausted().await
}

async fn b50_switches() -> Story {
    staged("B50").play().await
}

async fn b51_oversized() -> Story {
    Staged {
        // neither does the event say which role
        told_as: &[
            ("a role's policy", "does not say which"),
            ("a role's trust", "B51"),
        ],
        ..staged("B51")
    }
    .play()
    .await
}

/// No call, nothing to see: the page says so.
async fn b52_not_logged() -> Story {
    Story {
        gap: "out of reach".to_owned(),
        ..Story::default()
    }
}
