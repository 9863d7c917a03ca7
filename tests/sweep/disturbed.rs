//! The instance runbooks with somebody beside them: an intruder who makes a move before one of the
//! calls of a run, and a second run of the same runbook. Whatever they leave, the next run comes to
//! its end, or says that something else sets the profile too; a role loses no policy but the named
//! one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use serde_json::{Value, json};
use trailkeeper_sandbox::{Call, Sandbox, Watch};
use trailkeeper_tests::HOME;
use trailkeeper_tests::sweep::{Counted, Figures, finish, go_on, in_parallel};

use crate::runbooks::{
    Case, ID, OTHER, POLICY, WIDE, begin, cases, ended, says_so, state, wrong_after,
};

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
