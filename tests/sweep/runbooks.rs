//! The instance runbooks under the same faults: an instance never ends without the profile it had
//! unless the run says so, a role loses no policy but the named one, and the next run comes
//! through.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{
    DocumentSeed, InstanceProfileSeed, InstanceSeed, InstanceStatus, ManagedPolicySeed, RoleSeed,
};
use trailkeeper_sandbox::{Call, CallRecord, FaultKind, Sandbox, Watch, World};
use trailkeeper_tests::sweep::{
    Counted, FaultLine, Figures, Model, Point, Schedule, Script, finish, go_on, in_parallel,
    operations_of, places_of, points,
};
use trailkeeper_tests::{ACCOUNT, HOME, now};

const ATTACH: &str = include_str!("../../runbooks/attach-instance-profile.yaml");
const DETACH: &str = include_str!("../../runbooks/detach-policy.yaml");
const ID: &str = "i-0123456789abcdef0";
const WANTED: &str = "arn:aws:iam::111122223333:instance-profile/team/wanted";
const OTHER: &str = "arn:aws:iam::111122223333:instance-profile/other";
const POLICY: &str = "arn:aws:iam::111122223333:policy/wide";
const WIDE: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;

/// A run of a runbook takes long, for its text is read each time: every fault strikes once, and
/// one in so many also twice and always.
const ONE_IN: usize = 16;

/// A runbook with its parameters on an account.
struct Case {
    name: String,
    document: &'static str,
    parameters: Value,
    world: World,
    clean: Vec<CallRecord>,
    points: Vec<Point>,
    before: State,
}

/// What the runbooks must keep.
#[derive(Debug, Clone, PartialEq, Eq)]
struct State {
    profile: Option<String>,
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

fn state(sandbox: &Sandbox) -> State {
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
struct Run {
    status: Option<String>,
    message: String,
    calls: Vec<CallRecord>,
}

fn begin(sandbox: &Sandbox, case: &Case) -> Value {
    let start = json!({"DocumentName": case.document, "Parameters": case.parameters});
    ask(sandbox, "ssm", "StartAutomationExecution", start)
}

fn ended(sandbox: &Sandbox, started: Value, settled: Option<()>, calls: Vec<CallRecord>) -> Run {
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

fn cases() -> Vec<Case> {
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
fn says_so(ended: &Run) -> bool {
    // the check that finds the instance bare says so without naming what it had
    let told = [OTHER, "is nothing; wanted"];
    let is_told = told.iter().any(|text| ended.message.contains(text));
    ended.status.as_deref() == Some("Failed") && is_told
}

/// What is wrong with the policies after `calls`, and with what the next run makes of it.
fn wrong_after(
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

/// Holds a run up, or lets an intruder act before one of its calls.
struct Beside {
    /// How many calls may pass.
    may: AtomicUsize,
    passed: AtomicUsize,
    /// Before which call, what, and through which handle.
    intruder: Option<(usize, Move, Sandbox)>,
}

impl Beside {
    fn new(may: usize, intruder: Option<(usize, Move, Sandbox)>) -> Arc<Self> {
        Arc::new(Self {
            may: AtomicUsize::new(may),
            passed: AtomicUsize::new(0),
            intruder,
        })
    }
}

impl Watch for Beside {
    fn may_pass(&self, _call: &Call) -> Poll<()> {
        let number = self.passed.load(Ordering::Relaxed);
        if number >= self.may.load(Ordering::Relaxed) {
            return Poll::Pending;
        }
        self.passed.store(number + 1, Ordering::Relaxed);
        match &self.intruder {
            Some((at, act, sandbox)) if *at == number => act(sandbox),
            _ => {}
        }
        Poll::Ready(())
    }
}

/// What an intruder does; calls that are refused are without effect.
type Move = fn(&Sandbox);

fn attempt(sandbox: &Sandbox, service: &str, operation: &str, input: Value) -> Value {
    let call = Call::new(service, operation, HOME, input);
    finish(sandbox.call(call)).unwrap().unwrap_or_default()
}

/// The association of the instance's profile.
fn association(sandbox: &Sandbox) -> Value {
    let filter = json!({"Filters": [{"Name": "instance-id", "Values": [ID]}]});
    let told = attempt(
        sandbox,
        "ec2",
        "DescribeIamInstanceProfileAssociations",
        filter,
    );
    let all = told["IamInstanceProfileAssociations"].as_array();
    let live = all.into_iter().flatten().find(|one| {
        let state = one["State"].as_str().unwrap_or_default();
        state.starts_with("associat")
    });
    live.map(|one| one["AssociationId"].clone())
        .unwrap_or_default()
}

const MOVES: [(&str, Move); 3] = [
    ("another profile put on", |sandbox| {
        let profile = json!({"Arn": OTHER});
        let of = association(sandbox);
        let (operation, input) = match of.is_null() {
            true => (
                "AssociateIamInstanceProfile",
                json!({"InstanceId": ID, "IamInstanceProfile": profile}),
            ),
            false => (
                "ReplaceIamInstanceProfileAssociation",
                json!({"AssociationId": of, "IamInstanceProfile": profile}),
            ),
        };
        attempt(sandbox, "ec2", operation, input);
    }),
    ("profile taken off", |sandbox| {
        let input = json!({"AssociationId": association(sandbox)});
        attempt(sandbox, "ec2", "DisassociateIamInstanceProfile", input);
    }),
    ("policies attached again", |sandbox| {
        let input = json!({"RoleName": "app", "PolicyArn": POLICY});
        attempt(sandbox, "iam", "AttachRolePolicy", input);
        let input = json!({"RoleName": "app", "PolicyName": "all", "PolicyDocument": WIDE});
        attempt(sandbox, "iam", "PutRolePolicy", input);
    }),
];

/// A run with one move of an intruder before one of its calls, and the next run.
fn under_attack(case: &Case, position: usize, act: Move) -> (Option<String>, usize) {
    let sandbox = Sandbox::new(case.world.clone());
    let started = begin(&sandbox, case);
    sandbox.clear_calls();
    let watch = Beside::new(usize::MAX, Some((position, act, sandbox.clone())));
    let settled = finish(sandbox.watched(watch).settle());
    let ended = ended(&sandbox, started, settled, sandbox.calls());
    if ended.status.is_none() {
        return (Some("the run does not end".to_owned()), ended.calls.len());
    }
    wrong_after(case, &sandbox, ended.calls.len(), true)
}

/// Two runs at a time: the first is interrupted before one of its calls, the other one of its own,
/// then the first comes to its end, and the other to its.
fn together(case: &Case, first: usize, second: usize) -> (Option<String>, usize) {
    let sandbox = Sandbox::new(case.world.clone());
    let started = [begin(&sandbox, case), begin(&sandbox, case)];
    sandbox.clear_calls();
    let gates = [Beside::new(first, None), Beside::new(second, None)];
    let handles = gates.clone().map(|gate| sandbox.watched(gate));
    let mut runs = handles.each_ref().map(|handle| Box::pin(handle.settle()));
    let mut settled = [None, None];
    for who in [0, 1, 0, 1] {
        if settled[who].is_none() {
            settled[who] = go_on(runs[who].as_mut());
        }
        gates[who].may.store(usize::MAX, Ordering::Relaxed);
    }
    let calls = sandbox.calls();
    let told = started.map(|one| ended(&sandbox, one, Some(()), Vec::new()));
    let statuses = told
        .each_ref()
        .map(|one| one.status.clone().unwrap_or_default());
    let is_over = |status: &String| ["Success", "Failed"].contains(&status.as_str());
    if !statuses.iter().all(is_over) {
        return (Some(format!("the runs ended as {statuses:?}")), calls.len());
    }
    let is_bare = case.before.profile.is_some() && state(&sandbox).profile.is_none();
    if is_bare && !told.iter().any(says_so) {
        return (
            Some("without its profile, and none says so".to_owned()),
            calls.len(),
        );
    }
    wrong_after(case, &sandbox, calls.len(), false)
}

/// What is to be done beside one run of one case.
enum Disturbance {
    Move(usize, &'static str, Move),
    Rival(usize, usize),
}

/// Of the second interruptions one in so many is tried.
const SECOND_ONE_IN: usize = 5;

fn disturbances(case: &Case) -> Vec<Disturbance> {
    let calls = case.clean.len();
    let mut all = Vec::new();
    for position in 0..calls {
        all.extend(MOVES.map(|(name, act)| Disturbance::Move(position, name, act)));
        let seconds = (0..=calls)
            .filter(|second| *second == calls || (position + second).is_multiple_of(SECOND_ONE_IN));
        all.extend(seconds.map(|second| Disturbance::Rival(position, second)));
    }
    all
}

#[test]
fn no_rival_and_no_intruder_keeps_the_next_run_from_its_end() {
    let figures = Figures::begin("disturbed runbooks", 0);
    let cases = cases();
    let all: Vec<(&Case, Disturbance)> = cases
        .iter()
        .flat_map(|case| disturbances(case).into_iter().map(move |one| (case, one)))
        .collect();
    let counted = in_parallel(all.len(), |number| {
        let (case, disturbance) = &all[number];
        let ((wrong, calls), what) = match disturbance {
            Disturbance::Move(position, name, act) => (
                under_attack(case, *position, *act),
                format!("{name} before call {position}"),
            ),
            Disturbance::Rival(first, second) => (
                together(case, *first, *second),
                format!("a rival from call {first}, until its call {second}"),
            ),
        };
        Counted {
            runs: 1,
            calls: u64::try_from(calls).unwrap(),
            broken: wrong
                .map(|text| format!("{}: {what}\n    {text}", case.name))
                .into_iter()
                .collect(),
            ..Counted::default()
        }
    });
    let count = |is: fn(&Disturbance) -> bool| all.iter().filter(|(_, one)| is(one)).count();
    println!(
        "disturbed runbooks: {} moves, {} interleavings",
        count(|one| matches!(one, Disturbance::Move(..))),
        count(|one| matches!(one, Disturbance::Rival(..))),
    );
    figures.close("runs", &counted);
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
