//! The Config rule of a case, and its result token.

use serde_json::{Map, Value};

use super::draft::Draft;
use super::place::Place;
use super::{EVALUATOR, ScenarioError};
use crate::seed::{RecorderSeed, ResultTokenSeed, RuleSeed};

/// The name of the trail rule where no event of Config names one.
const TRAIL_RULE: &str = "cloudtrail-enabled";
const INSTANCE_RULE: &str = "instance-profile";
const LONGEST_PARAMETERS: usize = 1024;

pub(super) fn load(draft: &mut Draft, root: &Place<'_>, kind: &str) -> Result<(), ScenarioError> {
    let event = root.need("event")?;
    event.members()?;
    let token = event.string("resultToken")?;
    let name = match event.text("configRuleName")? {
        Some(name) => name,
        None if token.is_some() => return Err(event.wrong("a resultToken needs a configRuleName")),
        None if kind == "fast-path" => TRAIL_RULE,
        None => return Ok(()),
    };
    let region = draft.world.region.clone();
    let mut seed = RuleSeed::new(&region, name, EVALUATOR);
    seed.input_parameters = parameters(root, &event)?;
    seed.result_tokens = token
        .map(|token| ResultTokenSeed {
            token,
            calls: Some(1),
        })
        .into_iter()
        .collect();
    if kind == INSTANCE_RULE {
        seed.resource_types = vec!["AWS::EC2::Instance".to_owned()];
    }
    let recorder = RecorderSeed::new(&draft.world, &region);
    draft.world.seed_recorder(recorder);
    draft.world.seed_function(EVALUATOR, None);
    draft.world.seed_rule(seed);
    Ok(())
}

/// What the event carries; where it carries nothing, the neutral parameters as texts.
fn parameters(root: &Place<'_>, event: &Place<'_>) -> Result<Option<String>, ScenarioError> {
    if let Some(place) = event.get("ruleParameters") {
        let text = place.as_text()?;
        if text.len() > LONGEST_PARAMETERS {
            let problem = format!("AWS Config takes at most {LONGEST_PARAMETERS} characters");
            return Err(place.wrong(problem));
        }
        return Ok((!text.is_empty()).then(|| text.to_owned()));
    }
    let Some(parameters) = root.get("parameters") else {
        return Ok(None);
    };
    let mut texts = Map::new();
    for (name, place) in parameters.members()? {
        let text = match place.value() {
            Value::String(text) => text.clone(),
            Value::Bool(flag) => flag.to_string(),
            Value::Number(number) => number.to_string(),
            _ => return Err(place.wrong("a text, a number, true or false is expected here")),
        };
        texts.insert(name.to_owned(), Value::from(text));
    }
    Ok((!texts.is_empty()).then(|| Value::Object(texts).to_string()))
}
