//! Functions that exist, with or without code.

use std::collections::BTreeMap;

use crate::services::lambda;
use crate::services::seed_qualifier;
use crate::world::World;

/// A function's settings to set up; the default changes nothing of what a registered function has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FunctionSeed {
    /// The name.
    pub name: String,
    /// Versions and aliases besides `$LATEST`.
    pub qualifiers: Vec<String>,
    /// The SHA-256 of the code in base64, which is then the code that is registered; none: one
    /// made from the name.
    pub code_sha256: Option<String>,
    /// The ARN of its role; none: a role of its name.
    pub role: Option<String>,
    /// The variables of its environment.
    pub environment: BTreeMap<String, String>,
    /// The reserved concurrency.
    pub reserved_concurrency: Option<u64>,
    /// The statements of its resource policy; none: it has none and lets everybody in.
    pub permissions: Option<Vec<PermissionSeed>>,
}

/// A statement of a function's resource policy that lets a service invoke it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionSeed {
    /// The statement's id.
    pub statement_id: String,
    /// The service: `config.amazonaws.com`.
    pub principal: String,
    /// The ARN of the resource for which it may; none: any.
    pub source_arn: Option<String>,
    /// The account of that resource; none: any.
    pub source_account: Option<String>,
    /// The version or alias; none: the function without one.
    pub qualifier: Option<String>,
}

impl World {
    /// A function that the API knows, with this version or alias besides `$LATEST`. It can be
    /// invoked once its code is registered with [`Sandbox::register_function`].
    ///
    /// [`Sandbox::register_function`]: crate::Sandbox::register_function
    pub fn seed_function(&mut self, name: &str, qualifier: Option<&str>) {
        seed_qualifier(self, name, qualifier);
    }

    /// A function with its settings, in place of those that one of the same name has.
    pub fn seed_function_settings(&mut self, seed: FunctionSeed) {
        let function = lambda::registered(self, &seed.name);
        function.aliases.extend(seed.qualifiers);
        if let Some(hash) = seed.code_sha256 {
            function.registered_sha256.clone_from(&hash);
            function.code_sha256 = hash;
        }
        function.role = seed.role;
        function.environment = seed.environment;
        function.reserved = seed.reserved_concurrency;
        let permission = |seed: PermissionSeed| lambda::Permission {
            id: seed.statement_id,
            action: "lambda:InvokeFunction".to_owned(),
            principal: seed.principal,
            source_arn: seed.source_arn,
            source_account: seed.source_account,
            organization: None,
            qualifier: seed.qualifier,
        };
        let permissions = seed.permissions;
        function.policy = permissions.map(|list| list.into_iter().map(permission).collect());
    }
}
