//! What a document says, once it has been read.

mod fields;
mod parameters;
mod read;
mod steps;

use serde_json::Value;

pub(crate) use fields::Fields;
pub(crate) use read::read;

use crate::branch::Branch;
use crate::convert::OutputType;
use crate::node::{Node, Position};
use crate::selector::Selector;

/// An Automation document of schema 0.3.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// What it is for.
    pub description: String,
    /// The role it runs as: an ARN or a reference to a parameter.
    pub assume_role: Option<String>,
    /// The parameters, in their order.
    pub parameters: Vec<Parameter>,
    /// The variables, in their order.
    pub variables: Vec<Variable>,
    /// The steps, in their order.
    pub steps: Vec<Step>,
    /// What the run reports at its end.
    pub outputs: Vec<DocumentOutput>,
}

impl Document {
    /// The parameter of a name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters
            .iter()
            .find(|parameter| parameter.name == name)
    }

    /// The place of a step in the document's order.
    pub fn step_index(&self, name: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.name == name)
    }

    /// Every step, those within a loop too.
    pub fn all_steps(&self) -> Vec<&Step> {
        let mut all = Vec::new();
        collect(&self.steps, &mut all);
        all
    }
}

fn collect<'a>(steps: &'a [Step], all: &mut Vec<&'a Step>) {
    for step in steps {
        all.push(step);
        collect(&step.inner, all);
    }
}

/// The type of a parameter or a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DataType {
    /// One of the plain types.
    Plain(OutputType),
    /// `AWS::EC2::Instance::Id`.
    InstanceId,
    /// `AWS::S3::Bucket::Name`.
    BucketName,
    /// `AWS::IAM::Role::Arn`.
    RoleArn,
    /// `List<AWS::EC2::Instance::Id>`.
    InstanceIds,
    /// `List<AWS::S3::Bucket::Name>`.
    BucketNames,
    /// `List<AWS::IAM::Role::Arn>`.
    RoleArns,
}

impl DataType {
    const RESOURCES: [(Self, &'static str); 6] = [
        (Self::InstanceId, "AWS::EC2::Instance::Id"),
        (Self::BucketName, "AWS::S3::Bucket::Name"),
        (Self::RoleArn, "AWS::IAM::Role::Arn"),
        (Self::InstanceIds, "List<AWS::EC2::Instance::Id>"),
        (Self::BucketNames, "List<AWS::S3::Bucket::Name>"),
        (Self::RoleArns, "List<AWS::IAM::Role::Arn>"),
    ];

    /// The type a document names.
    pub fn named(name: &str) -> Option<Self> {
        let resource = Self::RESOURCES.iter().find(|(_, known)| *known == name);
        resource
            .map(|(kind, _)| *kind)
            .or_else(|| OutputType::named(name).map(Self::Plain))
    }

    /// The type as documents write it.
    pub fn as_str(self) -> &'static str {
        if let Self::Plain(kind) = self {
            return kind.as_str();
        }
        let resource = Self::RESOURCES.iter().find(|(kind, _)| *kind == self);
        resource.map_or("", |(_, name)| name)
    }

    /// The plain type of such a value.
    pub fn plain(self) -> OutputType {
        match self {
            Self::Plain(kind) => kind,
            Self::InstanceId | Self::BucketName | Self::RoleArn => OutputType::String,
            Self::InstanceIds | Self::BucketNames | Self::RoleArns => OutputType::StringList,
        }
    }

    /// All names, for help.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> + Clone {
        let plain = OutputType::ALL.into_iter().map(OutputType::as_str);
        plain.chain(Self::RESOURCES.iter().map(|(_, name)| *name))
    }
}

/// A parameter of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub at: Position,
    /// Its type.
    pub data_type: DataType,
    /// What the console shows as help.
    pub description: String,
    /// The value without one supplied; none: it must be supplied.
    pub default: Option<Node>,
    /// The only values there are, if they are listed.
    pub allowed_values: Vec<Value>,
    /// What every text must match as a whole.
    pub allowed_pattern: Option<String>,
    /// The fewest items of a list or map.
    pub min_items: Option<u64>,
    /// The most items of a list or map.
    pub max_items: Option<u64>,
    /// The fewest characters of a text.
    pub min_chars: Option<u64>,
    /// The most characters of a text.
    pub max_chars: Option<u64>,
}

/// A variable of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub at: Position,
    /// Its type.
    pub data_type: DataType,
    /// Its value at the start.
    pub default: Option<Node>,
}

/// A step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// Where the step begins.
    pub at: Position,
    /// What it does.
    pub action: Action,
    /// How often it is tried.
    pub max_attempts: u32,
    /// How long one attempt may take.
    pub timeout_seconds: Option<u32>,
    /// Where the run goes when it fails.
    pub on_failure: OnFailure,
    /// Where the run goes when it is cancelled here.
    pub on_cancel: OnCancel,
    /// The step after this one, if not the next in order.
    pub next_step: Option<Target>,
    /// Whether the run ends here, success or not.
    pub is_end: bool,
    /// Whether its failure makes the run fail.
    pub is_critical: bool,
    /// Its inputs as written.
    pub inputs: Node,
    /// What it hands on.
    pub outputs: Vec<StepOutput>,
    /// The steps of a loop.
    pub inner: Vec<Step>,
}

/// A step named by another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub at: Position,
}

/// `onFailure`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum OnFailure {
    /// The run ends.
    #[default]
    Abort,
    /// The run goes on as if the step had succeeded.
    Continue,
    /// The run goes to a step.
    Step(Target),
}

/// `onCancel`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum OnCancel {
    /// The run ends.
    #[default]
    Abort,
    /// The run goes to a step, and has two minutes from there.
    Step(Target),
}

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// `aws:branch`.
    Branch(Branch),
    /// One of the three actions that call an operation.
    Api(ApiPurpose),
    /// `aws:invokeLambdaFunction`.
    InvokeLambdaFunction,
    /// `aws:sleep`.
    Sleep,
    /// `aws:approve`.
    Approve,
    /// `aws:updateVariable`.
    UpdateVariable,
    /// Any other: read and checked, not run.
    Other(String),
}

/// What an operation is called for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ApiPurpose {
    /// `aws:executeAwsApi`: its effect or its answer.
    Execute,
    /// `aws:assertAwsResourceProperty`: a property must have a value.
    Assert,
    /// `aws:waitForAwsResourceProperty`: a property has to get a value.
    Wait,
}

impl Action {
    /// The action as documents write it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Branch(_) => "aws:branch",
            Self::Api(ApiPurpose::Execute) => "aws:executeAwsApi",
            Self::Api(ApiPurpose::Assert) => "aws:assertAwsResourceProperty",
            Self::Api(ApiPurpose::Wait) => "aws:waitForAwsResourceProperty",
            Self::InvokeLambdaFunction => "aws:invokeLambdaFunction",
            Self::Sleep => "aws:sleep",
            Self::Approve => "aws:approve",
            Self::UpdateVariable => "aws:updateVariable",
            Self::Other(name) => name,
        }
    }
}

/// An output of a step.
#[derive(Debug, Clone, PartialEq)]
pub struct StepOutput {
    /// Its name.
    pub name: String,
    /// Where it is declared.
    pub at: Position,
    /// What of the answer it takes.
    pub selector: Selector,
    /// Its type.
    pub data_type: OutputType,
}

/// An output of the run: `Step.Output`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentOutput {
    /// The step.
    pub step: String,
    /// Its output.
    pub output: String,
    /// Where it is named.
    pub at: Position,
}
