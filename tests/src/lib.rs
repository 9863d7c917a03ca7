//! Support for the tests of the whole: an account in the sandbox, the two use cases run on it with
//! the inputs that AWS would send, and a look at what became of the account.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test code: a wrong set-up must end the test"
)]

mod account;
mod coverage;
mod fleet;
mod run;
pub mod sweep;

pub use account::{
    ACCOUNT, AWAY, BUCKET, FOREIGN_STATEMENTS, HOME, KEY_ID, RULE, TRAIL, arn_of, bucket_policy,
    healthy_trail, healthy_world, key_arn, now, plain_world, trail_arn,
};
pub use coverage::{Coverage, replay};
pub use fleet::{INSTANCE_RULE, fleet, rule_caller, rule_world, scheduled_event, scheduled_run};
pub use run::{Account, code_of, outcome_of, writes};
