//! The service models. Each module holds one service's state, refusals and operations.

mod account;
mod cloudtrail;
mod cloudwatch;
pub(crate) mod config;
pub(crate) mod ec2;
pub(crate) mod events;
pub(crate) mod guardduty;
pub(crate) mod iam;
mod kms;
pub(crate) mod lambda;
pub(crate) mod logs;
mod organizations;
pub(crate) mod s3;
pub(crate) mod sns;
pub(crate) mod ssm;
mod sts;

use jiff::Timestamp;
use serde_json::Value;

use crate::account::Work;
use crate::call::{ApiError, Call};
use crate::seed::Actor;
use crate::world::World;

/// The state of all services.
#[derive(Debug, Clone, Default)]
pub(crate) struct Services {
    pub(crate) cloudtrail: cloudtrail::State,
    pub(crate) cloudwatch: cloudwatch::State,
    pub(crate) config: config::State,
    pub(crate) ec2: ec2::State,
    pub(crate) events: events::State,
    pub(crate) guardduty: guardduty::State,
    pub(crate) iam: iam::State,
    pub(crate) kms: kms::State,
    pub(crate) lambda: lambda::State,
    pub(crate) logs: logs::State,
    pub(crate) organizations: organizations::State,
    pub(crate) s3: s3::State,
    pub(crate) sns: sns::State,
    pub(crate) ssm: ssm::State,
}

impl Services {
    /// What answers can hang on, without the accounts of what happened.
    pub(crate) fn standing(&self) -> impl std::fmt::Debug {
        let Self {
            cloudtrail,
            cloudwatch,
            config: _,
            ec2,
            events: _,
            guardduty: _,
            iam,
            kms,
            lambda: _,
            logs,
            organizations,
            s3,
            sns,
            ssm: _,
        } = self;
        let trails = cloudtrail.standing();
        (
            trails,
            cloudwatch,
            ec2,
            iam,
            kms,
            logs,
            organizations,
            s3,
            sns,
        )
    }
}

/// Answers `call` from the state, changing it if the operation does.
pub(crate) fn dispatch(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let sight = cloudtrail::sight(world, call);
    let answer = answer(world, call);
    cloudtrail::record(world, call, &answer, sight);
    guardduty::observe(world, call, &answer);
    follow(world);
    answer
}

/// Records a call that was answered without the account's doing: refused on its way, or accepted
/// without effect.
pub(crate) fn note(world: &mut World, call: &Call, answer: &Result<Value, ApiError>) {
    let sight = cloudtrail::sight(world, call);
    cloudtrail::record(world, call, answer, sight);
}

/// Makes a call of which nobody hears: its event is too large to be sent.
pub(crate) fn unheard(world: &mut World, call: &Call) {
    let _refused = answer(world, call);
    follow(world);
}

/// Says who calls, until the next one does; none: the sandbox's own role. Answers who did before.
pub(crate) fn act_as(world: &mut World, actor: Option<Actor>) -> Option<Actor> {
    std::mem::replace(&mut world.services.cloudtrail.actor, actor)
}

/// Lets AWS Config record what has changed.
pub(crate) fn follow(world: &mut World) {
    config::follow(world);
}

/// Lets AWS Config record what was set up past the API, without telling the rules of it.
pub(crate) fn take_stock(world: &mut World) {
    config::take_stock(world);
}

fn answer(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.service.as_str() {
        "account" => account::dispatch(world, call),
        "cloudtrail" => cloudtrail::dispatch(world, call),
        "cloudwatch" => cloudwatch::dispatch(world, call),
        "config" => config::dispatch(world, call),
        "ec2" => ec2::dispatch(world, call),
        "events" => events::dispatch(world, call),
        "guardduty" => guardduty::dispatch(world, call),
        "iam" => iam::dispatch(world, call),
        "kms" => kms::dispatch(world, call),
        "lambda" => lambda::dispatch(world, call),
        "logs" => logs::dispatch(world, call),
        "organizations" => organizations::dispatch(world, call),
        "s3" => s3::dispatch(world, call),
        "sns" => sns::dispatch(world, call),
        "ssm" => ssm::dispatch(world, call),
        "sts" => sts::dispatch(world, call),
        _ => Err(not_implemented(call)),
    }
}

/// Lets time pass from the world's clock to `to`.
pub(crate) fn pass_time(world: &mut World, to: Timestamp) {
    cloudtrail::pass_time(world, to);
    ec2::pass_time(world, to);
    config::pass_time(world, to);
    guardduty::pass_time(world, to);
}

/// The answer to an operation that the sandbox lacks: clear, and not one that an SDK retries.
pub(crate) fn not_implemented(call: &Call) -> ApiError {
    let text = format!(
        "the sandbox does not model {}:{}; it answers the operations listed in its documentation",
        call.service, call.operation
    );
    ApiError::new("NotImplementedException", text).with_status(400)
}

fn is_not_implemented(answer: &Result<Value, ApiError>) -> bool {
    let error = answer.as_ref().err();
    error.is_some_and(|error| error.code == "NotImplementedException")
}

/// Tells the Lambda model that a function of this name has code.
pub(crate) fn lambda_registered(world: &mut World, name: &str) {
    lambda::registered(world, name);
}

/// Makes a function known to the API, with a version or alias.
pub(crate) fn seed_qualifier(world: &mut World, name: &str, qualifier: Option<&str>) {
    let function = lambda::registered(world, name);
    function.aliases.extend(qualifier.map(str::to_owned));
}

/// What an invocation of the function of this name would run.
pub(crate) fn lambda_run(world: &World, name: &str) -> lambda::Run {
    lambda::run_of(world, name)
}

/// The function name and payload of an `Invoke` call.
pub(crate) fn lambda_invocation(call: &Call) -> (String, Value) {
    lambda::invocation(call)
}

/// The answer of `Invoke` to what the code returned.
pub(crate) fn lambda_answer(result: Result<Value, Value>) -> Value {
    lambda::answer(result)
}

/// Takes what services have asked for since the last time: asynchronous invocations and runs of
/// Automation documents.
pub(crate) fn take_work(world: &mut World) -> Vec<Work> {
    let invocations = std::mem::take(&mut world.services.lambda.asked);
    let runs = std::mem::take(&mut world.services.ssm.asked);
    let invocations = invocations.into_iter().map(Work::Invocation);
    invocations
        .chain(runs.into_iter().map(Work::Automation))
        .collect()
}
