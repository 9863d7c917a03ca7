//! Somebody beside one caller of the account: sees its calls, and holds them up.

use std::task::Poll;

use serde_json::Value;

use crate::call::{Call, CallRecord, Failure};
use crate::world::World;

/// Sees each call of one handle ([`crate::Sandbox::watched`]), with the state before and after it.
pub trait Watch: Send + Sync {
    /// Whether the call may be made. A caller that is kept waiting is not woken: whoever drives it
    /// polls it again. No lock is held, so that other calls can be made meanwhile.
    fn may_pass(&self, _call: &Call) -> Poll<()> {
        Poll::Ready(())
    }

    /// Told of a call just before it is made.
    fn before(&self, _call: &Call, _world: &World) {}

    /// Told of a call and its answer just after it.
    fn after(&self, _record: &CallRecord, _answer: &Result<Value, Failure>, _world: &World) {}
}
