//! Lambda.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::{Value, json};
use trailkeeper_app::ports::FunctionReader;
use trailkeeper_core::CallError;
use trailkeeper_core::facts::FunctionFacts;
use trailkeeper_core::operation::{
    GET_FUNCTION_CONCURRENCY, GET_FUNCTION_CONFIGURATION, GET_FUNCTION_POLICY,
};

use super::{invalid_response, text};
use crate::account::Sandbox;

const ABSENT: &str = "ResourceNotFoundException";

#[async_trait]
impl FunctionReader for Sandbox {
    async fn function(&self, name: &str) -> Result<Option<FunctionFacts>, CallError> {
        let region = self.own_region();
        let input = || json!({"FunctionName": name});
        let asked = self.ask(GET_FUNCTION_CONFIGURATION, &region, name, input());
        let configuration = match asked.await {
            Ok(configuration) => configuration,
            Err(error) if error.code == ABSENT => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut facts = facts(name, &configuration)?;
        let concurrency = self
            .ask(GET_FUNCTION_CONCURRENCY, &region, name, input())
            .await?;
        facts.reserved_concurrency = reserved(name, &concurrency)?;
        let asked = self.ask(GET_FUNCTION_POLICY, &region, name, input());
        facts.policy = match asked.await {
            Ok(answer) => text(&answer, "Policy"),
            Err(error) if error.code == ABSENT => None,
            Err(error) => return Err(error),
        };
        Ok(Some(facts))
    }
}

fn facts(name: &str, configuration: &Value) -> Result<FunctionFacts, CallError> {
    let invalid = |reason: String| invalid_response(GET_FUNCTION_CONFIGURATION, name, &reason);
    let member = |member: &str| {
        let found = text(configuration, member);
        found.ok_or_else(|| invalid(format!("the answer lacks {member}")))
    };
    let arn = member("FunctionArn")?;
    Ok(FunctionFacts {
        arn: arn
            .parse()
            .map_err(|error| invalid(format!("the answer's FunctionArn is none: {error}")))?,
        code_sha256: member("CodeSha256")?,
        role: member("Role")?,
        environment: environment(name, configuration)?,
        reserved_concurrency: None,
        policy: None,
        settings: FunctionFacts::settings_of(configuration),
    })
}

/// The variables. Where Lambda cannot decrypt them it says so in their place.
fn environment(name: &str, configuration: &Value) -> Result<BTreeMap<String, String>, CallError> {
    let environment = configuration.get("Environment").unwrap_or(&Value::Null);
    if let Some(error) = environment.get("Error").filter(|error| !error.is_null()) {
        let code = text(error, "ErrorCode").unwrap_or_default();
        let why = text(error, "Message").unwrap_or_default();
        return Err(CallError::from_code(
            GET_FUNCTION_CONFIGURATION,
            name,
            code,
            why,
        ));
    }
    let variables = environment.get("Variables").and_then(Value::as_object);
    let variables = variables.into_iter().flatten();
    let texts: Option<_> = variables
        .map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect();
    texts.ok_or_else(|| {
        let reason = "a variable of the environment is no text";
        invalid_response(GET_FUNCTION_CONFIGURATION, name, reason)
    })
}

fn reserved(name: &str, answer: &Value) -> Result<Option<u32>, CallError> {
    let Some(number) = answer.get("ReservedConcurrentExecutions") else {
        return Ok(None);
    };
    if number.is_null() {
        return Ok(None);
    }
    let found = number.as_u64().and_then(|number| number.try_into().ok());
    found.map(Some).ok_or_else(|| {
        let reason = "ReservedConcurrentExecutions is no number";
        invalid_response(GET_FUNCTION_CONCURRENCY, name, reason)
    })
}
