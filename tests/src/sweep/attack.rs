//! Moves of an attacker, made at any place in a run.

use jiff::SignedDuration;
use serde_json::Value;
use trailkeeper_sandbox::{Call, Sandbox};

use super::poll::finish;
use crate::account::HOME;

/// A move: calls that are made one after the other, at CloudTrail's pace.
#[derive(Debug, Clone)]
pub struct Attack {
    /// Its id and what it is.
    pub name: String,
    /// Service, operation and input of each call.
    pub calls: Vec<(String, String, Value)>,
}

impl Attack {
    /// Makes the calls. What is refused is without effect, as for any attacker.
    pub fn act(&self, sandbox: &Sandbox) {
        for (service, operation, input) in &self.calls {
            sandbox.advance(SignedDuration::from_secs(2));
            let call = Call::new(service, operation, HOME, input.clone());
            let _answer = finish(sandbox.call(call));
        }
        // the next write of anybody else keeps the pace too
        sandbox.advance(SignedDuration::from_secs(1));
    }
}
