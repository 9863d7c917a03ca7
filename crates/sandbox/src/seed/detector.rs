//! GuardDuty's detector.

use crate::services::guardduty;
use crate::world::World;

/// A detector to put into a Region as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetectorSeed {
    /// The Region.
    pub region: String,
    /// The id, 32 hexadecimal digits.
    pub id: String,
    /// Whether it looks.
    pub enabled: bool,
    /// The id of its list of trusted addresses.
    pub ip_set: Option<String>,
    /// The id of the place to which it exports findings.
    pub destination: Option<String>,
}

impl DetectorSeed {
    /// An enabled detector without lists and exports.
    pub fn enabled(region: &str, id: &str) -> Self {
        Self {
            region: region.to_owned(),
            id: id.to_owned(),
            enabled: true,
            ip_set: None,
            destination: None,
        }
    }
}

impl World {
    /// Puts a detector into the account, in place of the Region's own.
    pub fn seed_detector(&mut self, seed: DetectorSeed) {
        guardduty::seed(self, seed);
    }
}
