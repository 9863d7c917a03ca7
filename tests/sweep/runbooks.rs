//! The instance runbooks under the same faults: an instance never ends without the profile it had
//! unless the run says so, a role loses no policy but the named one, and the next run comes
//! through.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{
    DocumentSeed, InstanceProfileSeed, InstanceSeed, InstanceStatus, ManagedPolicySeed, RoleSeed,
};
use trailkeeper_sandbox::{Call, CallRecord, FaultKind, Sandbox, World};
use trailkeeper_tests::sweep::{
    Counted, FaultLine, Figures, Model, Point, Schedule, Script, finish, in_parallel,
    operations_of, places_of, points,
};
use trailkeeper_tests::{ACCOUNT, HOME, now};

const ATTACH: &str = include_str!("../../runbooks/attach-instance-profile.yaml");
const DETACH: &str = include_str!("../../runbooks/detach-policy.yaml");
pub(crate) const ID: &str = "i-0123456789abcdef0";
const WANTED: &str = "arn:aws:iam::111122223333:instance-profile/team/wanted";
pub(crate) const OTHER: &str = "arn:aws:iam::111122223333:instance-profile/other";
pub(crate) const POLICY: &str = "arn:aws:iam::111122223333:policy/wide";
pub(crate) const WIDE: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;

/// A run of a runbook takes long, for its text is read each time: every fault strikes once, and
/// one in so many also twice and always.
const ONE_IN: usize = 16;

/// A runbook with its parameters on an account.
pub(crate) struct Case {
    pub(crate) name: String,
    document: &'static str,
    parameters: Value,
    pub(crate) world: World,
    pub(crate) clean: Vec<CallRecord>,
    points: Vec<Point>,
    pub(crate) before: State,
}

/// What the runbooks must keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) profile: Option<String>,
    policies: BTreeSet<String>,
}

fn world(status: InstanceStatus, profile: Option<&str>) -> World {
    let mut world = World::new(ACCOUNT, HOME, now());
    world.seed_managed_policy(ManagedPolicySeed::new("wide", WIDE));
    let other = world.seed_managed_policy(ManagedPolicySeed::new("other", WIDE));
    let role = RoleSeed::new("app")
        .with_inline("all", WIDE)
        .with_inline("other", WIDE)
        .with_attached(POLICY)
        .with_attached(&other);
    world.seed_role(role);
    let mut wanted = InstanceProfileSeed::new("wanted", Some("app"));
    wanted.path = "/team/".to_owned();
    world.seed_instance_profile(wanted);
    world.seed_instance_profile(InstanceProfileSeed::new("other", Some("app")));
    let mut seed = InstanceSeed::new(HOME, ID).in_state(status);
    seed.profile = profile.map(str::to_owned);
    world.seed_instance(seed);
    for (name, content) in [("Attach", ATTACH), ("Detach", DETACH)] {
        let seed = DocumentSeed {
            region: HOME.to_owned(),
            name: name.to_owned(),
            content: content.to_owned(),
            owner: None,
        };
        world.seed_document(seed).unwrap();
    }
    world
}

fn ask(sandbox: &Sandbox, service: &str, operation: &str, input: Value) -> Value {
    let call = Call::new(service, operation, HOME, input);
    finish(sandbox.call(call)).unwrap().unwrap()
}

pub(crate) fn state(sandbox: &Sandbox) -> State {
    let ids = json!({"InstanceIds": [ID]});
    let told = ask(sandbox, "ec2", "DescribeInstances", ids);
    let arn = &told["Reservations"][0]["Instances"][0]["IamInstanceProfile"]["Arn"];
    let role = json!({"RoleName": "app"});
    let inline = ask(sandbox, "iam", "ListRolePolicies", role.clone());
    let attached = ask(sandbox, "iam", "ListAttachedRolePolicies", role);
    let names = inline["PolicyNames"].as_array().unwrap().iter();
    let arns = attached["AttachedPolicies"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    State {
        profile: text(arn),
        policies: names
            .filter_map(text)
            .chain(arns.filter_map(|one| text(&one["PolicyArn"])))
            .collect(),
    }
}

/// How a run ended: none where it was killed.
pub(crate) struct Run {
    pub(crate) status: Option<String>,
    message: String,
    pub(crate) calls: Vec<CallRecord>,
}

pub(crate) fn begin(sandbox: &Sandbox, case: &Case) -> Value {
    let start = json!({"DocumentName": case.document, "Parameters": case.parameters});
    ask(sandbox, "ssm", "StartAutomationExecution", start)
}

pub(crate) fn ended(
    sandbox: &Sandbox,
    started: Value,
    settled: Option<()>,
    calls: Vec<CallRecord>,
) -> Run {
    let answer = ask(sandbox, "ssm", "GetAutomationExecution", started);
    let told = &answer["AutomationExecution"];
    let text = |member: &str| told[member].as_str().unwrap_or_default().to_owned();
    Run {
        status: settled.map(|()| text("AutomationExecutionStatus")),
        message: text("FailureMessage"),
        calls,
    }
}

fn run(sandbox: &Sandbox, case: &Case, faults: &[FaultLine]) -> Run {
    let started = begin(sandbox, case);
    sandbox.clear_calls();
    for fault in faults {
        sandbox.inject(fault.fault());
    }
    let settled = finish(sandbox.settle());
    sandbox.clear_faults();
    ended(sandbox, started, settled, sandbox.calls())
}

fn case(name: &str, document: &'static str, parameters: Value, world: World) -> Case {
    let mut case = Case {
        name: name.to_owned(),
        document,
        parameters,
        before: state(&Sandbox::new(world.clone())),
        world,
        clean: Vec::new(),
        points: Vec::new(),
    };
    let sandbox = Sandbox::new(case.world.clone());
    let clean = run(&sandbox, &case, &[]);
    assert_eq!(clean.status.as_deref(), Some("Success"), "{name}");
    let operations = operations_of(&clean.calls).into_keys().collect();
    let accounts = [Sandbox::new(case.world.clone()), sandbox];
    let places = places_of(&clean.calls, &accounts);
    case.points = points(&Model::load(), &operations, &places);
    case.clean = clean.calls;
    case
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for status in [InstanceStatus::Running, InstanceStatus::Stopped] {
        for had in [None, Some(OTHER), Some(WANTED)] {
            let given = json!({
                "InstanceId": [ID], "InstanceProfileName": ["wanted"], "AllowReplacement": ["true"],
            });
            let name = format!("attach, {status:?}, {}", had.unwrap_or("none"));
            cases.push(case(&name, "Attach", given, world(status, had)));
        }
    }
    for (parameter, policy) in [("PolicyArn", POLICY), ("PolicyName", "all")] {
        let mut given = json!({"RoleName": ["app"], "RequireApproval": ["false"]});
        given[parameter] = json!([policy]);
        let name = format!("detach, {policy}");
        let world = world(InstanceStatus::Running, Some(OTHER));
        cases.push(case(&name, "Detach", given, world));
    }
    cases
}

/// What is wrong after a run under a fault, and after the next one without.
fn wrong(case: &Case, point: &Point, schedule: Schedule) -> (Option<String>, usize) {
    let sandbox = Sandbox::new(case.world.clone());
    let ended = run(&sandbox, case, &[point.fault(schedule)]);
    let is_killed = ended.status.is_none();
    let after = state(&sandbox);
    let lost_profile = case.before.profile.is_some() && after.profile.is_none();
    if lost_profile && !is_killed && !says_so(&ended) {
        let text = format!("without its profile: {}", ended.message);
        return (Some(text), ended.calls.len());
    }
    wrong_after(case, &sandbox, ended.calls.len(), false)
}

/// Whether a run says that it left the instance without what it had.
pub(crate) fn says_so(ended: &Run) -> bool {
    // the check that finds the instance bare says so without naming what it had
    let told = [OTHER, "is nothing; wanted"];
    let is_told = told.iter().any(|text| ended.message.contains(text));
    ended.status.as_deref() == Some("Failed") && is_told
}

/// What is wrong with the policies after `calls`, and with what the next run makes of it.
pub(crate) fn wrong_after(
    case: &Case,
    sandbox: &Sandbox,
    mut calls: usize,
    is_disturbed: bool,
) -> (Option<String>, usize) {
    let after = state(sandbox);
    if let Some(text) = wrong_policies(case, &after) {
        return (Some(text), calls);
    }
    let next = run(sandbox, case, &[]);
    calls += next.calls.len();
    let gone = case.document == "Detach" && after.policies != case.before.policies;
    // somebody else puts another profile on as often as a run puts its own on
    let is_left = is_disturbed
        && after.profile.is_some()
        && next
            .message
            .contains("something else has set another since");
    if next.status.as_deref() != Some("Success") && !gone && !is_left {
        return (Some(format!("the next run: {}", next.message)), calls);
    }
    let end = state(sandbox);
    let is_wanted = case.document == "Detach" || is_left || end.profile.as_deref() == Some(WANTED);
    let text = (!is_wanted).then(|| format!("the next run left {:?}", end.profile));
    (text.or_else(|| wrong_policies(case, &end)), calls)
}

/// Only the named policy may come off, and only by the runbook that takes it off.
fn wrong_policies(case: &Case, after: &State) -> Option<String> {
    let mut missing = case.before.policies.difference(&after.policies);
    let named = |policy: &&String| {
        let given = ["PolicyArn", "PolicyName"].map(|name| &case.parameters[name][0]);
        given.contains(&&json!(policy))
    };
    let lost = missing.find(|policy| !named(policy));
    lost.map(|policy| format!("the role lost {policy}"))
}

#[test]
fn no_fault_takes_more_than_the_runbooks_are_asked_to_take() {
    let figures = Figures::begin("instance runbooks", 0);
    let cases = cases();
    let all: Vec<(&Case, &Point)> = cases
        .iter()
        .flat_map(|case| case.points.iter().map(move |point| (case, point)))
        .collect();
    let counted = in_parallel(all.len(), |number| {
        let (case, point) = all[number];
        let mut sum = Counted::default();
        for schedule in Schedule::ALL {
            let is_first = schedule == Schedule::Once;
            if !is_first && !number.is_multiple_of(ONE_IN) {
                sum.unsampled += 1;
                continue;
            }
            let (wrong, calls) = wrong(case, point, schedule);
            sum.runs += 1;
            sum.calls += u64::try_from(calls).unwrap();
            let fault = Script {
                start: case.name.clone(),
                faults: vec![point.fault(schedule)],
                ..Default::default()
            };
            sum.broken
                .extend(wrong.map(|text| format!("{fault}\n    {text}")));
        }
        sum
    });
    let killed = all
        .iter()
        .filter(|(_, point)| point.kind == FaultKind::Killed);
    assert!(killed.count() > 0);
    figures.close("runs", &counted);
}
