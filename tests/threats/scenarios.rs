//! One scenario a row, named after its id.

use std::future::Future;
use std::pin::Pin;

use trailkeeper_sandbox::seed::{OrganizationSeed, TrailSeed};
use trailkeeper_sandbox::{OrganizationRole, World};
use trailkeeper_tests::{HOME, TRAIL, healthy_trail};

use crate::stage::{target, world};
use crate::told::Story;
use crate::undone::{Staged, staged};

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
    .undone()
    .await
}

async fn b02_delete_trail() -> Story {
    staged("B02").undone().await
}

async fn b03_one_region() -> Story {
    staged("B03").undone().await
}

async fn b04_no_global_events() -> Story {
    staged("B04").undone().await
}

async fn b05_no_validation() -> Story {
    staged("B05").undone().await
}

async fn b06_other_key() -> Story {
    staged("B06").undone().await
}

async fn b07_no_topic() -> Story {
    staged("B07").undone().await
}

async fn b08_no_log_group() -> Story {
    staged("B08").undone().await
}

async fn b09_other_bucket() -> Story {
    staged("B09").undone().await
}

async fn b10_account_trail() -> Story {
    Staged {
        world: management_account,
        told: &[("ConvertToOrganizationTrail", true)],
        ..staged("B10")
    }
    .undone()
    .await
}

async fn b11_no_management_events() -> Story {
    staged("B11").undone().await
}

async fn b12_reads_or_writes() -> Story {
    staged("B12").undone().await
}

async fn b13_excluded_sources() -> Story {
    staged("B13").undone().await
}

async fn b14_advanced_without_management() -> Story {
    staged("B14").undone().await
}

async fn b15_advanced_filters() -> Story {
    staged("B15").undone().await
}

async fn b16_data_selectors() -> Story {
    Story::open("needs the baseline")
}

async fn b17_insights() -> Story {
    staged("B17").undone().await
}

async fn b18_blink() -> Story {
    Story::open("needs the fast path")
}

async fn b19_recreated_weak() -> Story {
    staged("B19").undone().await
}

async fn b20_tags() -> Story {
    Story::open("needs the baseline")
}

async fn b21_quota() -> Story {
    Staged {
        told: &[("AdoptExistingTrail", true)],
        ..staged("B21")
    }
    .undone()
    .await
}

async fn b22_squatted_names() -> Story {
    Staged {
        refused: &[("the bucket's name in another account", "bucket-")],
        ..staged("B22")
    }
    .undone()
    .await
}

async fn b23_aggregation() -> Story {
    Story::open("needs the baseline")
}

async fn b24_bucket_deleted() -> Story {
    Story::open("needs the baseline")
}

async fn b25_bucket_policy() -> Story {
    Staged {
        minutes: UNTIL_DELIVERY_FAILS,
        refused: &[("with a Deny", "foreign-deny")],
        ..staged("B25")
    }
    .undone()
    .await
}

async fn b26_lifecycle() -> Story {
    Story::open("needs the baseline")
}

async fn b27_log_files_deleted() -> Story {
    Story::open("needs log files in the sandbox")
}

async fn b28_versioning() -> Story {
    Story::open("needs the baseline")
}

async fn b29_encryption() -> Story {
    Story::open("needs the baseline")
}

async fn b30_protection() -> Story {
    Story::open("needs the baseline")
}

async fn b31_payer_and_owner() -> Story {
    Story::open("needs the baseline")
}

async fn b32_exposed() -> Story {
    Story::open("needs the baseline")
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

async fn on_the_key(id: &'static str) -> Story {
    Staged {
        minutes: UNTIL_DELIVERY_FAILS,
        ..staged(id)
    }
    .undone()
    .await
}

async fn b36_key_material() -> Story {
    Story::open("needs key stores in the sandbox")
}

async fn b37_log_group_and_alarms() -> Story {
    Story::open("needs the fast path")
}

async fn b38_log_role() -> Story {
    Story::open("needs the fast path")
}

async fn b39_topic() -> Story {
    Story::open("needs the fast path")
}

async fn b40_organization_left() -> Story {
    Story::open("needs the fast path")
}

async fn b41_trusted_access() -> Story {
    Story::open("needs the fast path")
}

async fn b42_other_region() -> Story {
    staged("B42").undone().await
}

async fn b43_config() -> Story {
    Story::open("needs the rule guard")
}

async fn b44_rule() -> Story {
    Story::open("needs the rule guard")
}

async fn b45_event_rule() -> Story {
    Story::open("needs the rule guard")
}

async fn b46_functions() -> Story {
    Story::open("needs the rule guard")
}

async fn b47_runbook_and_roles() -> Story {
    Story::open("needs the rule guard")
}

async fn b48_guardduty() -> Story {
    Story::open("needs the rule guard")
}

async fn b49_repair_exhausted() -> Story {
    Story::open("needs the rule guard")
}

async fn b50_switches() -> Story {
    Story::open("needs the rule guard")
}

async fn b51_oversized() -> Story {
    Story::open("needs the fast path")
}

/// No call, nothing to see: the page says so.
async fn b52_not_logged() -> Story {
    Story {
        gap: "out of reach".to_owned(),
        ..Story::default()
    }
}

/// The management account of an organization, whose trail records all of it.
fn management_account() -> World {
    let mut world = world();
    world.seed_organization(OrganizationSeed {
        role: OrganizationRole::Management,
        ..OrganizationSeed::default()
    });
    let target = target();
    let mut trail: TrailSeed = healthy_trail(HOME, TRAIL);
    trail.settings.is_organization_trail = true;
    trail.settings.sns_topic_arn = Some(target.topic_arn());
    trail.settings.cloud_watch_logs_log_group_arn = Some(target.log_group_arn());
    trail.settings.cloud_watch_logs_role_arn = Some(target.log_role_arn());
    world.seed_trail(trail);
    world
}
