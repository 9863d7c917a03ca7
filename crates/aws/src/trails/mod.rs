//! CloudTrail.

mod answers;
mod history;
mod reader;
mod selectors;
mod tags;
mod writer;

use crate::session::Session;

/// Reads and writes of trails.
#[derive(Debug, Clone)]
pub struct Trails {
    session: Session,
}

impl Trails {
    /// Trails as `session` sees them.
    pub fn new(session: Session) -> Self {
        Self { session }
    }
}
