//! The runbooks of the second rule under faults: every call of a run fails in every way, once,
//! twice and always. However a run ends, an instance that had a profile has one, a role lost no
//! policy but the named one, and that one can be put back; the next run comes through and the one
//! after it writes nothing.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code")]

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{
    DocumentSeed, InstanceProfileSeed, InstanceSeed, InstanceStatus, ManagedPolicySeed, RoleSeed,
};
use trailkeeper_sandbox::{ApiError, Call, CallRecord, Fault, FaultKind, Sandbox, When, World};
use trailkeeper_tests::{ACCOUNT, HOME, now};

const ATTACH: &str = include_str!("../runbooks/attach-instance-profile.yaml");
const DETACH: &str = include_str!("../runbooks/detach-policy.yaml");
const ID: &str = "i-0123456789abcdef0";
const WANTED: &str = "arn:aws:iam::111122223333:instance-profile/team/wanted";
const OTHER: &str = "arn:aws:iam::111122223333:instance-profile/other";
const POLICY: &str = "arn:aws:iam::111122223333:policy/wide";
const WIDE: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;

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

async fn ask(sandbox: &Sandbox, service: &str, operation: &str, input: Value) -> Value {
    let call = Call::new(service, operation, HOME, input);
    sandbox.call(call).await.unwrap()
}

/// What a run came to, and the calls that it made.
struct Run {
    id: String,
    status: String,
    told: Value,
    calls: Vec<CallRecord>,
}

impl Run {
    fn writes(&self) -> Vec<&str> {
        let writes = self.calls.iter().filter(|call| call.write);
        writes.map(|call| call.operation.as_str()).collect()
    }

    fn outcome(&self) -> &str {
        self.told["Variables"]["Outcome"][0].as_str().unwrap()
    }
}

/// Runs a document under faults, which are over when it has ended.
async fn run(sandbox: &Sandbox, faults: &[Fault], name: &str, parameters: &Value) -> Run {
    let start = json!({"DocumentName": name, "Parameters": parameters});
    let started = ask(sandbox, "ssm", "StartAutomationExecution", start).await;
    sandbox.clear_calls();
    for fault in faults {
        sandbox.inject(fault.clone());
    }
    sandbox.settle().await;
    sandbox.clear_faults();
    let calls = sandbox.calls();
    let answer = ask(sandbox, "ssm", "GetAutomationExecution", started.clone()).await;
    let told = answer["AutomationExecution"].clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Run {
        id: text(&started["AutomationExecutionId"]),
        status: text(&told["AutomationExecutionStatus"]),
        told,
        calls,
    }
}

/// A fault on a call of the clean run.
struct Case {
    faults: Vec<Fault>,
    operation: String,
    /// How often it strikes; none: always.
    times: Option<u32>,
    kind: FaultKind,
    text: String,
}

/// Whether the service refuses the call: it then does nothing.
fn is_refusal(kind: &FaultKind) -> bool {
    *kind != FaultKind::TimeoutAfter
}

/// Every call of a clean run with every fault.
fn cases(clean: &Run) -> Vec<Case> {
    let kinds = [
        FaultKind::Error(ApiError::new("InternalFailure", "injected").with_status(500)),
        FaultKind::Throttle,
        FaultKind::TimeoutAfter,
    ];
    let mut cases = Vec::new();
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    for call in &clean.calls {
        let (service, operation) = (call.service.as_str(), call.operation.as_str());
        let nth = seen.entry(operation).or_default();
        *nth += 1;
        for kind in &kinds {
            for times in [Some(1), Some(2), None] {
                let at = |when| Fault::new(service, operation, when, kind.clone());
                let faults = match times {
                    Some(times) => (*nth..*nth + times).map(|n| at(When::Nth(n))).collect(),
                    None if *nth == 1 => vec![at(When::Always)],
                    None => continue,
                };
                cases.push(Case {
                    faults,
                    operation: operation.to_owned(),
                    times,
                    kind: kind.clone(),
                    text: format!("{kind:?} on {operation} number {nth}, {times:?} times"),
                });
            }
        }
    }
    cases
}

async fn profile(sandbox: &Sandbox) -> Option<String> {
    let ids = json!({"InstanceIds": [ID]});
    let told = ask(sandbox, "ec2", "DescribeInstances", ids).await;
    let arn = &told["Reservations"][0]["Instances"][0]["IamInstanceProfile"]["Arn"];
    arn.as_str().map(str::to_owned)
}

fn attach() -> Value {
    json!({"InstanceId": [ID], "InstanceProfileName": ["wanted"], "AllowReplacement": ["true"]})
}

/// Where the profile had to be taken off first and nothing can ever be put on, not even the old
/// one, no order of calls can help: that run must fail and name what was there.
fn is_beyond_help(status: InstanceStatus, had: Option<&str>, case: &Case) -> bool {
    status == InstanceStatus::Stopped
        && had == Some(OTHER)
        && case.operation == "AssociateIamInstanceProfile"
        && case.times.is_none()
        && is_refusal(&case.kind)
}

async fn attach_under(start: &World, case: &Case, status: InstanceStatus, had: Option<&str>) {
    let sandbox = Sandbox::new(start.clone());
    let ended = run(&sandbox, &case.faults, "Attach", &attach()).await;
    let text = format!("{status:?} {had:?}: {}: {:#}", case.text, ended.told);
    let has = profile(&sandbox).await;
    if is_beyond_help(status, had, case) {
        assert_eq!(ended.status, "Failed", "{text}");
        let message = ended.told["FailureMessage"].as_str().unwrap();
        assert!(message.contains(OTHER), "{text}");
    } else {
        assert!(had.is_none() || has.is_some(), "left without one: {text}");
    }
    if ended.status == "Success" {
        assert_eq!(has.as_deref(), Some(WANTED), "{text}");
    }
    if status == InstanceStatus::Running {
        let takes_off = ended.writes().contains(&"DisassociateIamInstanceProfile");
        assert!(!takes_off, "a gap on a running instance: {text}");
    }
    if case.times == Some(1) {
        assert_eq!(ended.status, "Success", "{text}");
    }
    let next = run(&sandbox, &[], "Attach", &attach()).await;
    assert_eq!(next.status, "Success", "next run: {text}");
    assert_eq!(profile(&sandbox).await.as_deref(), Some(WANTED), "{text}");
    if ended.status == "Success" {
        assert_eq!(next.outcome(), "already-attached", "{text}");
        assert_eq!(next.writes(), [""; 0], "{text}");
    }
}

async fn attach_under_all(status: InstanceStatus) {
    for had in [None, Some(OTHER), Some(WANTED)] {
        let start = world(status, had);
        let sandbox = Sandbox::new(start.clone());
        let clean = run(&sandbox, &[], "Attach", &attach()).await;
        assert_eq!(clean.status, "Success");
        for case in cases(&clean) {
            attach_under(&start, &case, status, had).await;
        }
    }
}

#[tokio::test]
async fn p20_a_running_instance_keeps_a_profile_however_the_run_ends() {
    attach_under_all(InstanceStatus::Running).await;
}

#[tokio::test]
async fn p14_p20_a_stopped_instance_keeps_a_profile_however_the_run_ends() {
    attach_under_all(InstanceStatus::Stopped).await;
}

/// The account in which the runbook has replaced the profile and another owner has put its own
/// back.
async fn fought_over(status: InstanceStatus) -> World {
    let sandbox = Sandbox::new(world(status, Some(OTHER)));
    let first = run(&sandbox, &[], "Attach", &attach()).await;
    assert_eq!(first.outcome(), "replaced");
    let filter = json!({"Filters": [{"Name": "instance-id", "Values": [ID]}]});
    let operation = "DescribeIamInstanceProfileAssociations";
    let told = ask(&sandbox, "ec2", operation, filter).await;
    let id = &told["IamInstanceProfileAssociations"][0]["AssociationId"];
    let profile = json!({"Arn": OTHER});
    if status == InstanceStatus::Running {
        let back = json!({"AssociationId": id, "IamInstanceProfile": profile});
        ask(
            &sandbox,
            "ec2",
            "ReplaceIamInstanceProfileAssociation",
            back,
        )
        .await;
    } else {
        let off = json!({"AssociationId": id});
        ask(&sandbox, "ec2", "DisassociateIamInstanceProfile", off).await;
        sandbox.advance(SignedDuration::from_mins(1));
        let on = json!({"InstanceId": ID, "IamInstanceProfile": profile});
        ask(&sandbox, "ec2", "AssociateIamInstanceProfile", on).await;
    }
    sandbox.advance(SignedDuration::from_mins(5));
    sandbox.with_world(|world| world.clone())
}

/// No fault makes the runbook join a fight over an instance.
#[tokio::test]
async fn p27_a_fight_of_two_owners_is_left_alone_under_every_fault() {
    for status in [InstanceStatus::Running, InstanceStatus::Stopped] {
        let start = fought_over(status).await;
        let clean = run(&Sandbox::new(start.clone()), &[], "Attach", &attach()).await;
        for case in cases(&clean) {
            let sandbox = Sandbox::new(start.clone());
            let ended = run(&sandbox, &case.faults, "Attach", &attach()).await;
            let text = format!("{status:?}: {}: {:#}", case.text, ended.told);
            assert_eq!(ended.status, "Failed", "{text}");
            assert_eq!(ended.writes(), [""; 0], "{text}");
            assert_eq!(profile(&sandbox).await.as_deref(), Some(OTHER), "{text}");
        }
    }
}

/// The policies of the role: the names of the inline ones with their documents, and the ARNs of
/// the attached ones.
async fn policies(sandbox: &Sandbox) -> BTreeMap<String, String> {
    let role = json!({"RoleName": "app"});
    let mut all = BTreeMap::new();
    let inline = ask(sandbox, "iam", "ListRolePolicies", role.clone()).await;
    for name in inline["PolicyNames"].as_array().unwrap() {
        let named = json!({"RoleName": "app", "PolicyName": name});
        let told = ask(sandbox, "iam", "GetRolePolicy", named).await;
        // the members may come back in another order
        let mut letters: Vec<char> = told["PolicyDocument"].as_str().unwrap().chars().collect();
        letters.sort_unstable();
        all.insert(name.as_str().unwrap().to_owned(), letters.iter().collect());
    }
    let attached = ask(sandbox, "iam", "ListAttachedRolePolicies", role).await;
    for policy in attached["AttachedPolicies"].as_array().unwrap() {
        let arn = policy["PolicyArn"].as_str().unwrap().to_owned();
        all.insert(arn, String::new());
    }
    all
}

/// A policy that comes off is told by the parameter that names it, and its name.
fn detach((parameter, policy): (&str, &str)) -> Value {
    let mut given = json!({"RoleName": ["app"], "RequireApproval": ["false"]});
    given[parameter] = json!([policy]);
    given
}

fn restore(subject: (&str, &str), detached_by: &str) -> Value {
    let mut given = detach(subject);
    given["Mode"] = json!(["Restore"]);
    if subject.0 == "PolicyName" {
        given["DetachExecutionId"] = json!([detached_by]);
    }
    given
}

/// The account, the role's policies, and those without one.
struct Start {
    world: World,
    before: BTreeMap<String, String>,
    without: BTreeMap<String, String>,
}

async fn start(subject: (&str, &str)) -> Start {
    let world = world(InstanceStatus::Running, None);
    let before = policies(&Sandbox::new(world.clone())).await;
    let mut without = before.clone();
    without.remove(subject.1).unwrap();
    Start {
        world,
        before,
        without,
    }
}

/// The call that takes a policy off.
fn off_writes(subject: (&str, &str)) -> &'static str {
    match subject.0 {
        "PolicyArn" => "DetachRolePolicy",
        _ => "DeleteRolePolicy",
    }
}

async fn detach_under(start: &Start, subject: (&str, &str), case: &Case) {
    let Start {
        world,
        before,
        without,
    } = start;
    let sandbox = Sandbox::new(world.clone());
    let mut ended = run(&sandbox, &case.faults, "Detach", &detach(subject)).await;
    let text = format!("{subject:?}: {}: {:#}", case.text, ended.told);
    let after = policies(&sandbox).await;
    assert!(after == *before || after == *without, "{text}");
    if ended.status == "Success" {
        assert_eq!(after, *without, "{text}");
    }
    // a write whose answer is lost fails the run, for nothing but the answer says that it was done
    let is_write = off_writes(subject) == case.operation;
    if case.times == Some(1) && (is_refusal(&case.kind) || !is_write) {
        assert_eq!(ended.status, "Success", "{text}");
    }
    if after == *before {
        ended = run(&sandbox, &[], "Detach", &detach(subject)).await;
        assert_eq!(ended.status, "Success", "next run: {text}");
        assert_eq!(policies(&sandbox).await, *without, "{text}");
    }
    // whichever run took it off, it can be put back from what that run has kept
    let back = restore(subject, &ended.id);
    let restored = run(&sandbox, &[], "Detach", &back).await;
    assert_eq!(restored.outcome(), "restored", "{text} {:#}", restored.told);
    assert_eq!(policies(&sandbox).await, *before, "{text}");
}

async fn restore_under(start: &Start, subject: (&str, &str), case: &Case) {
    let Start {
        world,
        before,
        without,
    } = start;
    let sandbox = Sandbox::new(world.clone());
    let off = run(&sandbox, &[], "Detach", &detach(subject)).await;
    let back = restore(subject, &off.id);
    let ended = run(&sandbox, &case.faults, "Detach", &back).await;
    let text = format!("restore {subject:?}: {}: {:#}", case.text, ended.told);
    let after = policies(&sandbox).await;
    assert!(after == *before || after == *without, "{text}");
    if ended.status == "Success" {
        assert_eq!(after, *before, "{text}");
    }
    if case.times == Some(1) {
        assert_eq!(ended.status, "Success", "{text}");
    }
    let next = run(&sandbox, &[], "Detach", &back).await;
    assert_eq!(next.status, "Success", "next run: {text} {:#}", next.told);
    assert_eq!(policies(&sandbox).await, *before, "{text}");
    if ended.status == "Success" {
        assert_eq!(next.outcome(), "already-there", "{text}");
        assert_eq!(next.writes(), [""; 0], "{text}");
    }
}

async fn detach_and_restore_under_all(subject: (&str, &str)) {
    let start = start(subject).await;
    let sandbox = Sandbox::new(start.world.clone());
    let off = run(&sandbox, &[], "Detach", &detach(subject)).await;
    assert_eq!(off.outcome(), "detached");
    for case in cases(&off) {
        detach_under(&start, subject, &case).await;
    }
    let on = run(&sandbox, &[], "Detach", &restore(subject, &off.id)).await;
    assert_eq!(on.outcome(), "restored");
    for case in cases(&on) {
        restore_under(&start, subject, &case).await;
    }
}

#[tokio::test]
async fn a_managed_policy_can_be_put_back_however_the_runs_end() {
    detach_and_restore_under_all(("PolicyArn", POLICY)).await;
}

#[tokio::test]
async fn an_inline_policy_can_be_put_back_however_the_runs_end() {
    detach_and_restore_under_all(("PolicyName", "all")).await;
}

/// Errors of the service on these calls, always.
fn failing(operations: &[&str]) -> Vec<Fault> {
    let error = || ApiError::new("ServiceUnavailable", "injected").with_status(503);
    let fault = |operation: &&str| {
        let kind = FaultKind::Error(error());
        Fault::new("iam", operation, When::Always, kind)
    };
    operations.iter().map(fault).collect()
}

/// The removal is refused, and the look after it fails too: that is no policy that is gone.
#[tokio::test]
async fn a_policy_that_stays_is_not_said_to_be_off() {
    let inline = ("PolicyName", "all");
    let managed = ("PolicyArn", POLICY);
    for subject in [inline, managed] {
        let start = start(subject).await;
        let sandbox = Sandbox::new(start.world.clone());
        let mut faults = failing(&[off_writes(subject)]);
        let (service, look, nth) = match subject.0 {
            "PolicyName" => ("iam", "GetRolePolicy", 3..20),
            _ => ("iam", "GetPolicy", 2..20),
        };
        let kind = failing(&[look]).remove(0).kind;
        faults.extend(nth.map(|n| Fault::new(service, look, When::Nth(n), kind.clone())));
        let ended = run(&sandbox, &faults, "Detach", &detach(subject)).await;
        assert_eq!(policies(&sandbox).await, start.before, "{subject:?}");
        assert_eq!(ended.status, "Failed", "{subject:?}: {:#}", ended.told);
    }
}
