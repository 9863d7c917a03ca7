//! SSM Automation documents, schema 0.3: parse, check, run.
//!
//! Architecture invariant: this crate stands alone. It knows AWS only as [`AwsApi`], time only as
//! [`Clock`], and ids as values it is given. What happens next in a run is decided by
//! [`Execution`], which does no I/O; [`run`] is the loop that performs what it asks for.
//!
//! It runs `aws:branch`, `aws:executeAwsApi`, `aws:assertAwsResourceProperty`,
//! `aws:waitForAwsResourceProperty`, `aws:invokeLambdaFunction`, `aws:sleep`, `aws:approve` and
//! `aws:updateVariable`. A document with another action is read and checked, and refused before
//! its first step.

mod action;
mod approver;
mod aws_api;
mod bind;
mod branch;
mod check;
mod clock;
mod convert;
mod document;
mod execution;
mod finding;
mod node;
mod pattern;
mod reference;
mod report;
mod run;
mod selector;
mod substitute;
mod suggest;
mod syntax;

pub use action::{ApprovalRequest, Decision, DecisionError};
pub use approver::{Approver, Nobody};
pub use aws_api::{ApiFailure, AwsApi, FailureKind};
pub use bind::{BindError, Supplied, bind, supplied_from_text};
pub use branch::{Branch, Choice, Comparison, Condition, ConditionError, Operator};
pub use check::{Refused, check, load};
pub use clock::Clock;
pub use convert::{Mismatch, OutputType, convert};
pub use document::{
    Action, ApiPurpose, DataType, Document, DocumentOutput, OnCancel, OnFailure, Parameter, Step,
    StepOutput, Target, Variable,
};
pub use execution::{Call, Execution, Need, Start, StartError};
pub use finding::{Finding, Severity};
pub use node::{Member, Node, NodeValue, Position};
pub use reference::{Global, Part, Reference, parts};
pub use report::{AutomationExecution, FailureDetails, ResolvedTargets, Status, StepExecution};
pub use run::{run, run_approved_by, run_until};
pub use selector::{Selected, Selector, SelectorError};
pub use substitute::{Scope, Unresolved, substitute};
pub use syntax::{SyntaxError, parse};
