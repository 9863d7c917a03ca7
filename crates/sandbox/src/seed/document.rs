//! Systems Manager: documents, and the remediations that run them.

use serde_json::Value;

use crate::call::ApiError;
use crate::services::{config, ssm};
use crate::world::World;

/// An Automation document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentSeed {
    /// The document's Region.
    pub region: String,
    /// Its name; also one that AWS keeps for itself.
    pub name: String,
    /// The text, YAML or JSON.
    pub content: String,
    /// `Amazon`, or an account; nothing: the account itself.
    pub owner: Option<String>,
}

impl World {
    /// Puts a document with one version, in place of the one of its name.
    ///
    /// # Errors
    /// What is wrong with the content.
    pub fn seed_document(&mut self, seed: DocumentSeed) -> Result<(), String> {
        ssm::seed(self, seed)
    }

    /// Gives a rule of `region` a remediation, in the member names of
    /// `PutRemediationConfigurations`; rule and document need not exist. Nothing is started.
    ///
    /// # Errors
    /// What Config would refuse in the configuration by itself.
    pub fn seed_remediation(
        &mut self,
        region: &str,
        configuration: &Value,
    ) -> Result<(), ApiError> {
        config::seed_remediation(self, region, configuration)
    }
}
