//! A function: what its configuration says.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::event_invoke::EventInvoke;
use super::{Named, arn};
use crate::world::World;

/// One function.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Function {
    /// Versions and aliases besides `$LATEST`.
    pub(crate) aliases: BTreeSet<String>,
    /// The statements of the resource policy; none: nobody ever set one, and everybody may invoke
    /// the function, as with code that a test registered.
    pub(crate) policy: Option<Vec<Permission>>,
    /// The reserved concurrency; none: the account's.
    pub(crate) reserved: Option<u64>,
    /// The SHA-256 of the code in base64.
    pub(crate) code_sha256: String,
    /// The same of the code that is registered: other code is not known here and does nothing.
    pub(crate) registered_sha256: String,
    pub(crate) role: Option<String>,
    pub(crate) handler: String,
    pub(crate) runtime: String,
    pub(crate) description: String,
    pub(crate) timeout: u64,
    pub(crate) memory: u64,
    pub(crate) environment: BTreeMap<String, String>,
    /// The settings of asynchronous invocations by version or alias, `$LATEST` for none.
    pub(crate) event_invoke: BTreeMap<String, EventInvoke>,
    /// When code or configuration last changed; none: never since it was set up.
    pub(crate) modified: Option<Timestamp>,
    /// Counts the changes.
    pub(crate) revision: u64,
}

/// One statement of a function's resource policy, as AddPermission makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Permission {
    pub(crate) id: String,
    pub(crate) action: String,
    pub(crate) principal: String,
    pub(crate) source_arn: Option<String>,
    pub(crate) source_account: Option<String>,
    pub(crate) organization: Option<String>,
    pub(crate) qualifier: Option<String>,
}

impl Function {
    /// A function whose code has a hash made from its name.
    pub(super) fn new(name: &str) -> Self {
        let hash = code_hash(name.as_bytes());
        Self {
            aliases: BTreeSet::new(),
            policy: None,
            reserved: None,
            code_sha256: hash.clone(),
            registered_sha256: hash,
            role: None,
            handler: "bootstrap".to_owned(),
            runtime: "provided.al2023".to_owned(),
            description: String::new(),
            timeout: 300,
            memory: 128,
            environment: BTreeMap::new(),
            event_invoke: BTreeMap::new(),
            modified: None,
            revision: 1,
        }
    }

    /// Whether its code is the one that was registered.
    pub(crate) fn is_genuine(&self) -> bool {
        self.code_sha256 == self.registered_sha256
    }

    /// The id of the present revision.
    pub(super) fn revision_id(&self) -> String {
        format!("00000000-0000-4000-8000-{:012}", self.revision)
    }

    /// Notes a change.
    pub(super) fn touch(&mut self, now: Timestamp) {
        self.modified = Some(now);
        self.revision += 1;
    }
}

/// The hash that GetFunctionConfiguration shows for this code.
pub(super) fn code_hash(code: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(code))
}

/// The function as GetFunctionConfiguration shows it.
pub(super) fn describe(world: &World, region: &str, named: &Named<'_>) -> Value {
    let Some(function) = world.services.lambda.functions.get(named.name) else {
        return Value::Null;
    };
    let mut arn = arn(world, region, named.name);
    if let Some(qualifier) = named.qualifier {
        arn = format!("{arn}:{qualifier}");
    }
    let own_role = || {
        let (partition, account) = (&world.partition, &world.account_id);
        format!("arn:{partition}:iam::{account}:role/{}", named.name)
    };
    let modified = function.modified.unwrap_or(Timestamp::UNIX_EPOCH);
    json!({
        "FunctionName": named.name,
        "FunctionArn": arn,
        "Runtime": function.runtime,
        "Role": function.role.clone().unwrap_or_else(own_role),
        "Handler": function.handler,
        "CodeSize": 1024,
        "CodeSha256": function.code_sha256,
        "Description": function.description,
        "Timeout": function.timeout,
        "MemorySize": function.memory,
        "LastModified": modified.strftime("%Y-%m-%dT%H:%M:%S.000+0000").to_string(),
        "Version": "$LATEST",
        "Environment": {"Variables": function.environment},
        "PackageType": "Zip",
        "Architectures": ["arm64"],
        "RevisionId": function.revision_id(),
        "State": "Active",
        "LastUpdateStatus": "Successful",
    })
}
