//! Lambda.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::Value;
use trailkeeper_app::ports::FunctionReader;
use trailkeeper_core::facts::FunctionFacts;
use trailkeeper_core::operation::{
    GET_FUNCTION_CONCURRENCY, GET_FUNCTION_CONFIGURATION, GET_FUNCTION_POLICY,
};
use trailkeeper_core::{CallError, Operation};

use crate::convert::member;
use crate::error::invalid_response;
use crate::service_call::path;
use crate::session::Session;

const ABSENT: &str = "ResourceNotFoundException";

/// Reads of functions in the session's Region.
#[derive(Debug, Clone)]
pub struct Functions {
    session: Session,
}

impl Functions {
    /// Functions as `session` sees them.
    pub fn new(session: Session) -> Self {
        Self { session }
    }

    // An operation of Lambda stands under the date since which it is there.
    async fn about(
        &self,
        operation: Operation,
        name: &str,
        (since, part): (&str, &str),
    ) -> Result<Value, CallError> {
        let path = path(&[since, "functions", name, part], &[]);
        self.session.functions().get(operation, name, path).await
    }
}

#[async_trait]
impl FunctionReader for Functions {
    async fn function(&self, name: &str) -> Result<Option<FunctionFacts>, CallError> {
        let place = ("2015-03-31", "configuration");
        let asked = self.about(GET_FUNCTION_CONFIGURATION, name, place);
        let configuration = match asked.await {
            Ok(configuration) => configuration,
            Err(error) if error.code == ABSENT => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut facts = facts(name, &configuration)?;
        let place = ("2019-09-30", "concurrency");
        let concurrency = self.about(GET_FUNCTION_CONCURRENCY, name, place).await?;
        facts.reserved_concurrency = reserved(name, &concurrency)?;
        let place = ("2015-03-31", "policy");
        facts.policy = match self.about(GET_FUNCTION_POLICY, name, place).await {
            Ok(answer) => member(&answer, "Policy"),
            Err(error) if error.code == ABSENT => None,
            Err(error) => return Err(error),
        };
        Ok(Some(facts))
    }
}

fn facts(name: &str, configuration: &Value) -> Result<FunctionFacts, CallError> {
    let invalid = |reason: String| invalid_response(GET_FUNCTION_CONFIGURATION, name, &reason);
    let needed = |needed: &str| {
        let found = member(configuration, needed);
        found.ok_or_else(|| invalid(format!("the answer lacks {needed}")))
    };
    let arn = needed("FunctionArn")?;
    Ok(FunctionFacts {
        arn: arn
            .parse()
            .map_err(|error| invalid(format!("the answer's FunctionArn is none: {error}")))?,
        code_sha256: needed("CodeSha256")?,
        role: needed("Role")?,
        environment: environment(name, configuration)?,
        reserved_concurrency: None,
        policy: None,
        settings: FunctionFacts::settings_of(configuration),
    })
}

// Where Lambda cannot decrypt the variables it says so in their place.
fn environment(name: &str, configuration: &Value) -> Result<BTreeMap<String, String>, CallError> {
    const OPERATION: Operation = GET_FUNCTION_CONFIGURATION;
    let environment = configuration.get("Environment").unwrap_or(&Value::Null);
    if let Some(error) = environment.get("Error").filter(|error| !error.is_null()) {
        let code = member(error, "ErrorCode").unwrap_or_default();
        let why = member(error, "Message").unwrap_or_default();
        return Err(CallError::from_code(OPERATION, name, code, why));
    }
    let variables = environment.get("Variables").and_then(Value::as_object);
    let variables = variables.into_iter().flatten();
    let texts: Option<_> = variables
        .map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect();
    texts.ok_or_else(|| {
        let reason = "a variable of the environment is no text";
        invalid_response(OPERATION, name, reason)
    })
}

fn reserved(name: &str, answer: &Value) -> Result<Option<u32>, CallError> {
    let number = answer.get("ReservedConcurrentExecutions");
    let Some(number) = number.filter(|number| !number.is_null()) else {
        return Ok(None);
    };
    let found = number.as_u64().and_then(|number| number.try_into().ok());
    found.map(Some).ok_or_else(|| {
        let reason = "ReservedConcurrentExecutions is no number";
        invalid_response(GET_FUNCTION_CONCURRENCY, name, reason)
    })
}
