//! How an attack is staged: what the account is like before it, and what rule and runbook know.

use super::Target;
use super::stage::{PREFIX, account, management_account, member_account, with_prefix};
use crate::world::World;

/// How an attack is staged.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// What the account is like before, by the way's name.
    pub world: fn(&Target, &str) -> World,
    /// What the runbook is told besides: parameter and value.
    pub told: &'static [(&'static str, &'static str)],
    /// What the rule demands besides.
    pub demanded: &'static [(&'static str, &'static str)],
    /// Whether topic and log group are demanded: not every Region and account has them.
    pub with_readers: bool,
    /// Whether rule and runbook have a baseline.
    pub with_baseline: bool,
    /// How many minutes nobody looks after the attack.
    pub minutes: i64,
}

/// Nobody notices before deliveries have failed.
const UNTIL_DELIVERY_FAILS: i64 = 70;

/// How the attack of this id is staged; of most: the account as it is, with a baseline, attacked
/// for a minute.
pub fn setting(id: &str) -> Setting {
    let plain = Setting {
        world: account,
        told: &[],
        demanded: &[],
        with_readers: true,
        with_baseline: true,
        minutes: 1,
    };
    let slow = Setting {
        minutes: UNTIL_DELIVERY_FAILS,
        ..plain
    };
    match id {
        "B01" => Setting {
            minutes: 30,
            ..plain
        },
        "B09" => Setting {
            world: with_prefix,
            told: &[("S3KeyPrefix", PREFIX)],
            with_baseline: false,
            ..plain
        },
        "B10" => Setting {
            world: management_account,
            told: &[("ConvertToOrganizationTrail", "true")],
            demanded: &[("requireOrganizationTrail", "true")],
            ..plain
        },
        "B21" => Setting {
            told: &[("AdoptExistingTrail", "true")],
            with_baseline: false,
            ..plain
        },
        "B22" => Setting {
            with_readers: false,
            with_baseline: false,
            ..plain
        },
        "B24" => Setting {
            told: &[("RecreateBucket", "true")],
            with_baseline: false,
            ..plain
        },
        "B25" | "B27" | "B29" | "B37" | "B38" | "B39" => slow,
        // the bucket's own objects are encrypted with the key: nobody reads the baseline then
        "B33" | "B34" | "B35" | "B36" => Setting {
            with_baseline: false,
            ..slow
        },
        "B40" => Setting {
            world: member_account,
            with_readers: false,
            with_baseline: false,
            ..plain
        },
        "B41" => Setting {
            world: management_account,
            demanded: &[("requireOrganizationTrail", "true")],
            ..plain
        },
        _ => plain,
    }
}
