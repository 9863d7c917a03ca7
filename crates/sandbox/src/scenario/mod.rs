//! Accounts to start from: the demo's, and those of `case/v1` files.
//!
//! A case lists what the AWS APIs answer. [`Scenario::parse`] turns the answers into state, so that
//! writes change what later reads say, and errors into faults that stay. What is not listed is
//! healthy: a bucket exists, is the account's and lets CloudTrail write; a key is enabled and has
//! the right policy. Some rules go beyond the state:
//!
//! - In a case of the evaluator, which only reads, status and selectors of a trail that are listed
//!   nowhere answer `TrailNotFoundException`. In a case of the remediator they are healthy.
//! - The configuration item of the event is in the inventory. An instance of the inventory that
//!   DescribeInstances does not list exists as the inventory shows it; what is listed of the
//!   inventory is not brought up to date, as AWS Config may lag behind.
//! - Profiles, roles, policies and documents that are named and nowhere described exist and grant
//!   nothing; such a profile holds a role of its name.
//! - Where DescribeTrails is refused, answers about trails that nothing describes are left out:
//!   no state can hold them and no caller learns their names.
//!
//! What the sandbox cannot hold is an error that names its place in the file.

mod answers;
mod buckets;
mod demo;
mod draft;
mod events;
mod instances;
mod inventory;
mod keys;
mod organization;
mod place;
mod policies;
mod roles;
mod rule;
mod topics;
mod trail_answers;
mod trails;

use serde_json::Value;

use crate::account::Sandbox;
use crate::fault::Fault;
use crate::world::World;
use draft::Draft;
use place::Place;

pub use demo::{DemoInstances, DemoNames, demo};

/// The function under which rules of scenarios run.
const EVALUATOR: &str = "trailkeeper-evaluator";

/// Why a scenario cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// The text is no JSON.
    #[error("the scenario is not JSON; correct it at the line and column given")]
    Syntax(#[source] serde_json::Error),
    /// A part of the file is missing, wrong, or more than the sandbox can hold.
    #[error("{place}: {problem}")]
    Content {
        /// Where in the file: `world.cloudtrail.us-east-1.DescribeTrails.trailList[0]`.
        place: String,
        /// What is wrong there and what is expected.
        problem: String,
    },
}

/// A `case/v1` file, ready to be built as often as needed.
#[derive(Debug, Clone)]
pub struct Scenario {
    id: String,
    lambda: String,
    rule: String,
    event: Value,
    world: World,
    faults: Vec<Fault>,
}

impl Scenario {
    /// Reads a case.
    ///
    /// # Errors
    /// The text is no JSON or no `case/v1`, or holds what the sandbox cannot be; the error says
    /// where.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        let file: Value = serde_json::from_str(text).map_err(ScenarioError::Syntax)?;
        let root = Place::root(&file);
        let schema = root.need("schema")?;
        if schema.as_text()? != "case/v1" {
            return Err(schema.wrong("only the schema `case/v1` can be loaded"));
        }
        let lambda = one_of(&root, "lambda", &["evaluator", "remediator"])?;
        let kinds = [
            "cloudtrail-enabled",
            "instance-profile",
            "fast-path",
            "remediate",
        ];
        let kind = one_of(&root, "rule", &kinds)?;
        let mut draft = Draft::start(&root)?;
        let listed = answers::listed(&root.need("world")?)?;
        organization::load(&mut draft, &root.need("self")?, &listed)?;
        let mut trails = trails::read(&draft, &listed)?;
        trail_answers::load(&mut draft, &mut trails, &listed, lambda == "evaluator")?;
        let wanted = draft::Wanted::read(&root)?;
        buckets::load(&mut draft, &trails, &wanted, &listed)?;
        keys::load(&mut draft, &trails, &wanted, &listed)?;
        trails::place(&mut draft, trails);
        events::load(&mut draft, &listed)?;
        rule::load(&mut draft, &root, kind)?;
        instances::load(&mut draft, &listed)?;
        inventory::load(&mut draft, &root, &listed)?;
        roles::load(&mut draft, &listed)?;
        topics::load(&mut draft, &listed)?;
        Ok(Self {
            id: root.string("id")?.unwrap_or_default(),
            lambda: lambda.to_owned(),
            rule: kind.to_owned(),
            event: root.need("event")?.value().clone(),
            world: draft.world,
            faults: draft.faults,
        })
    }

    /// A new account in the state of the case.
    pub fn build(&self) -> Sandbox {
        let sandbox = Sandbox::new(self.world.clone());
        for fault in &self.faults {
            sandbox.inject(fault.clone());
        }
        sandbox
    }

    /// The case's name.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Which Lambda the case is for: `evaluator` or `remediator`.
    pub fn lambda(&self) -> &str {
        &self.lambda
    }

    /// What the case is about: `cloudtrail-enabled`, `instance-profile`, `fast-path` or
    /// `remediate`.
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// What the Lambda receives.
    pub fn event(&self) -> &Value {
        &self.event
    }
}

fn one_of<'a>(root: &Place<'a>, name: &str, known: &[&str]) -> Result<&'a str, ScenarioError> {
    let text = root.need_text(name)?;
    if known.contains(&text) {
        return Ok(text);
    }
    let place = root.need(name)?;
    Err(place.wrong(format!("one of {} is expected here", known.join(", "))))
}
