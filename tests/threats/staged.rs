//! Performs every way of an attack twice: once while nobody hears of events and the schedule has to
//! find it, once with EventBridge.

use jiff::SignedDuration;
use serde_json::{Map, Value, json};
use trailkeeper_app::baseline::{capture, store};
use trailkeeper_app::guard;
use trailkeeper_core::config_rule::{RuleParameters, parse_guard_requirements, parse_requirements};
use trailkeeper_core::threats::{Class, SeenBy, Threat, threat};
use trailkeeper_sandbox::World;
use trailkeeper_sandbox::attacks::{Way, ways};
use trailkeeper_sandbox::seed::{Actor, EvaluationSeed};
use trailkeeper_tests::{ACCOUNT, Account, BUCKET, Coverage, HOME, RULE};

use crate::product::{guard_parameters, install, listen};
use crate::run::{Run, run_runbook};
use crate::stage::{guardduty, readers, service_role, target, world};
use crate::told::Story;

/// How an attack is staged.
#[derive(Clone, Copy)]
pub(crate) struct Staged {
    pub(crate) id: &'static str,
    /// What the account is like before, by the way's name.
    pub(crate) world: fn(&str) -> World,
    /// What the runbook is told besides: parameter and value.
    pub(crate) told: &'static [(&'static str, &'static str)],
    /// What the rule demands besides.
    pub(crate) demanded: &'static [(&'static str, &'static str)],
    /// Whether topic and log group are demanded.
    pub(crate) with_readers: bool,
    /// By which words the message may name the attack; none: by its id.
    pub(crate) told_as: &'static [&'static str],
    /// Whether rule and runbook have a baseline.
    pub(crate) with_baseline: bool,
    /// How long nobody looks after the attack.
    pub(crate) minutes: i64,
    /// The ways that the runbook does not undo, each with the code with which it refuses.
    pub(crate) refused: &'static [(&'static str, &'static str)],
    /// The ways of which the state tells nothing, so that only the event does.
    pub(crate) by_event_only: &'static [&'static str],
    /// The ways of which no event tells.
    pub(crate) without_event: &'static [&'static str],
}

/// The account as it is, with a baseline, attacked for a minute.
pub(crate) fn staged(id: &'static str) -> Staged {
    Staged {
        id,
        world,
        told: &[],
        demanded: &[],
        with_readers: true,
        told_as: &[],
        with_baseline: true,
        minutes: 1,
        refused: &[],
        by_event_only: &[],
        without_event: &[],
    }
}

type Shown = Result<(), String>;

/// The parameters of the runbook that name who reads the log.
const READERS: [&str; 3] = [
    "SnsTopicName",
    "CloudWatchLogsLogGroupArn",
    "CloudWatchLogsRoleArn",
];

impl Staged {
    /// Performs it in every way.
    pub(crate) async fn play(self) -> Story {
        let threat = threat(self.id).expect("a row of the table");
        let mut story = Story::default();
        for way in ways(self.id, &target()) {
            if let Err(why) = self.by_schedule(threat, &way, &mut story).await {
                story.open.push(format!("{}: {why}", way.name));
            }
            if let Err(why) = self.by_event(threat, &way, &mut story).await {
                story.open.push(format!("{} (event): {why}", way.name));
            }
            if threat.seen_by.contains(&SeenBy::GuardDuty) {
                self.by_guardduty(&way, &mut story).await;
            }
        }
        story.compare(threat);
        story.open.extend(self.needless(threat).await);
        story
    }

    /// Whether the rule about the guard is to find it.
    fn is_guarded(&self, threat: &Threat) -> bool {
        let mut seen = threat.seen_by.iter();
        seen.any(|seen| matches!(seen, SeenBy::GuardRule(_)))
    }

    /// The account before the attack, and the parameters of the rule that is to find it.
    pub(crate) async fn account(
        &self,
        threat: &Threat,
        way: &Way,
    ) -> (Account, Map<String, Value>) {
        let account = install((self.world)(way.name));
        for (service, operation, input) in readers().into_iter().chain([service_role()]) {
            account.act(service, operation, input).await;
        }
        let told = self.told.iter();
        let mut account = told.fold(account, |account, (name, value)| account.with(name, *value));
        if !self.with_readers {
            for name in READERS {
                account.payload.remove(name);
            }
        }
        if self.with_baseline {
            let sha256 = trail_baseline(&account).await;
            account = account.with("BaselineSha256", sha256);
        }
        let mut parameters = account.rule_parameters();
        for (name, value) in self.demanded {
            parameters.insert((*name).to_owned(), json!(value));
        }
        if self.is_guarded(threat) {
            listen(&account, &parameters).await;
            if way.name == "an exception" {
                account.sandbox.with_world(found_bad);
            }
            for (service, operation, input) in guardduty(way.name) {
                account.act(service, operation, input).await;
            }
            parameters = guard_baseline(&account).await;
        }
        (account, parameters)
    }

    async fn by_schedule(&self, threat: &Threat, way: &Way, story: &mut Story) -> Shown {
        let (account, parameters) = self.account(threat, way).await;
        let before = coverage(&account).await;
        let found = account.findings_with(&parameters).await;
        nothing(&found, "found before")?;
        let attacked = account.sandbox.now();
        perform(way, &account).await?;
        account.pass(self.minutes);
        reported(&account, threat, story).await;
        let found = account.findings_with(&parameters).await;
        let named: Vec<&str> = threat.codes().filter(|code| found.contains(code)).collect();
        if self.by_event_only.contains(&way.name) {
            return nothing(&named, "the rule finds it too");
        }
        if named.is_empty() {
            return Err(format!("the rule says {found:?}"));
        }
        story.seen.extend(named.into_iter().map(str::to_owned));
        if threat.class != Class::Undone {
            return Ok(());
        }
        let run = run_runbook(&account).await;
        match self.refused.iter().find(|(name, _)| *name == way.name) {
            // nothing that the runbook may do: the rule goes on telling of it
            Some((_, "")) => {
                nothing(&run.writes, "written")?;
                let found = account.findings_with(&parameters).await;
                let told = found
                    .iter()
                    .any(|code| threat.codes().any(|known| known == *code));
                told.then_some(())
                    .ok_or(format!("now the rule says {found:?}"))
            }
            // what else the attack has changed may be undone all the same
            Some((_, code)) => {
                story.undone.extend(run.writes.iter().cloned());
                refuses(&run, code)
            }
            None => {
                story.had_gap(&run.gap(), attacked, account.sandbox.now());
                restored(&account, &parameters, &run, before, story).await
            }
        }
    }

    async fn by_event(&self, threat: &Threat, way: &Way, story: &mut Story) -> Shown {
        if !threat.is_seen_at_once() || self.without_event.contains(&way.name) {
            return Ok(());
        }
        let (account, parameters) = self.account(threat, way).await;
        if !self.is_guarded(threat) {
            listen(&account, &parameters).await;
        }
        perform(way, &account).await?;
        account.sandbox.settle().await;
        let messages = account
            .sandbox
            .with_world(|world| world.published_messages().to_vec());
        let words = match self.told_as {
            [] => &[threat.id],
            words => words,
        };
        let names = |text: &str| words.iter().any(|word| text.contains(word));
        let texts: Vec<&str> = messages.iter().map(|one| one.message.as_str()).collect();
        let mut told = texts.iter();
        if !told.any(|text| names(text) && text.contains("mallory")) {
            return Err(format!("no message names it and who did it: {texts:?}"));
        }
        story.seen.insert("event".to_owned());
        let is_refused = self.refused.iter().any(|(name, _)| *name == way.name);
        if threat.class != Class::Undone || is_refused {
            return Ok(());
        }
        account.pass(70);
        let found = account.findings_with(&parameters).await;
        nothing(&found, "the event's repair leaves")
    }

    /// With nobody to answer the call's own event GuardDuty still reports it, some minutes later.
    async fn by_guardduty(&self, way: &Way, story: &mut Story) {
        let account = install((self.world)(way.name));
        let detector = json!({"Enable": true});
        account.act("guardduty", "CreateDetector", detector).await;
        listen(&account, &account.rule_parameters()).await;
        let rule = json!({"Name": target().event_rule});
        account.act("events", "DisableRule", rule).await;
        if perform(way, &account).await.is_ok() {
            account.pass(10);
            account.sandbox.settle().await;
        }
        let messages = account
            .sandbox
            .with_world(|world| world.published_messages().to_vec());
        let mut told = messages
            .iter()
            .filter(|one| one.message.contains("mallory"));
        if told.any(|one| {
            one.message
                .contains("Stealth:IAMUser/CloudTrailLoggingDisabled")
        }) {
            story.seen.insert("GuardDuty".to_owned());
        }
    }
}

/// What CloudTrail itself reports, of the fields that the row names.
async fn reported(account: &Account, threat: &Threat, story: &mut Story) {
    let ask = json!({"Name": target().trail_arn()});
    let status = account
        .act_in(HOME, "cloudtrail", "GetTrailStatus", ask)
        .await;
    let status = status.unwrap_or_default();
    let is_there = |field: &&str| status.get(field).is_some_and(|value| *value != json!(""));
    let fields = threat.seen_by.iter().filter_map(|seen| match seen {
        SeenBy::DeliveryField(field) => Some(*field),
        _ => None,
    });
    story
        .seen
        .extend(fields.filter(is_there).map(str::to_owned));
}

/// Performs the way as an intruder with a stolen key.
pub(crate) async fn perform(way: &Way, account: &Account) -> Shown {
    let mallory = Actor::iam_user(ACCOUNT, "mallory", "AKIAIOSFODNN7EXAMPLE", "203.0.113.24");
    let intruder = account.sandbox.as_actor(mallory);
    let performed = way.perform(&intruder, &target()).await;
    performed.map_err(|failure| failure.to_string())
}

/// What the account records now.
async fn coverage(account: &Account) -> Coverage {
    let world = account.sandbox.with_world(|world| world.clone());
    Coverage::of(&world).await
}

/// Captures and keeps a baseline of the trail.
async fn trail_baseline(account: &Account) -> String {
    let ports = account.evaluate_ports();
    let parameters = RuleParameters::new(account.rule_parameters());
    let wanted = parse_requirements(&parameters).expect("the rule's own parameters");
    let now = account.sandbox.now();
    let captured = capture(ports.readers(), &wanted, &account.caller, now).await;
    let baseline = captured.unwrap_or_else(|findings| panic!("not healthy: {findings:?}"));
    let stored = store(&account.sandbox, &baseline).await;
    stored.expect("the bucket takes the baseline")
}

/// Captures and keeps a baseline of the guard, and names it in the rule's parameters.
async fn guard_baseline(account: &Account) -> Map<String, Value> {
    let mut parameters = guard_parameters();
    let wanted = parse_guard_requirements(&RuleParameters::new(parameters.clone()));
    let wanted = wanted.expect("the rule's own parameters");
    let ports = account.sandbox.guard_ports();
    let now = account.sandbox.now();
    let seen = guard::view(&ports, &wanted, None, &account.caller, now).await;
    let trail = account.evaluate_ports();
    let rule = RuleParameters::new(account.rule_parameters());
    let rule = parse_requirements(&rule).expect("the rule's own parameters");
    let captured = capture(trail.readers(), &rule, &account.caller, now).await;
    let mut baseline = captured.unwrap_or_else(|findings| panic!("not healthy: {findings:?}"));
    baseline.guard = seen.record().to_json();
    let sha256 = store(&account.sandbox, &baseline).await;
    let sha256 = sha256.expect("the bucket takes the baseline");
    parameters.insert("baselineSha256".to_owned(), sha256.into());
    parameters.insert("baselineBucket".to_owned(), json!(BUCKET));
    parameters
}

fn nothing<T: std::fmt::Debug>(list: &[T], what: &str) -> Shown {
    if list.is_empty() {
        Ok(())
    } else {
        Err(format!("{what}: {list:?}"))
    }
}

fn is(seen: &str, wanted: &str, what: &str) -> Shown {
    if seen == wanted {
        Ok(())
    } else {
        Err(format!("{what} is {seen:?}, not {wanted:?}"))
    }
}

fn refuses(run: &Run, code: &str) -> Shown {
    is(&run.status, "Failed", "the run's status")?;
    if run.failure.contains(code) {
        Ok(())
    } else {
        Err(format!("the runbook says {}", run.failure))
    }
}

/// Undone by the runbook, verified by the rule, and left alone by a second run.
async fn restored(
    account: &Account,
    parameters: &Map<String, Value>,
    run: &Run,
    before: Coverage,
    story: &mut Story,
) -> Shown {
    if run.status != "Success" {
        return Err(run.failure.clone());
    }
    is(run.output("outcome"), "repaired", "the outcome")?;
    story.undone.extend(run.writes.iter().cloned());
    let after = coverage(account).await;
    let before = in_place_of(before, run.output("trailArn"));
    if let Some(lost) = but_for_words(before, &after).lost_in(&after) {
        return Err(format!("recorded before and not after: {lost}"));
    }
    account.sandbox.advance(SignedDuration::from_mins(70));
    let found = account.findings_with(parameters).await;
    nothing(&found, "found after deliveries")?;
    let again = run_runbook(account).await;
    is(again.output("outcome"), "already-healthy", "the second run")?;
    nothing(&again.writes, "a second run writes")
}

/// Another trail may have taken the place of the one that was there.
fn in_place_of(mut before: Coverage, arn: &str) -> Coverage {
    if let Some(trail) = before.trails.remove(&target().trail_arn()) {
        before.trails.insert(arn.to_owned(), trail);
    }
    before
}

/// AWS Config lets nobody except a resource with which nothing was wrong.
fn found_bad(world: &mut World) {
    world.seed_evaluation(EvaluationSeed {
        region: HOME.to_owned(),
        rule: RULE.to_owned(),
        resource_type: "AWS::::Account".to_owned(),
        resource_id: ACCOUNT.to_owned(),
        compliance: "NON_COMPLIANT".to_owned(),
        annotation: Some("trail-not-logging: org-audit".to_owned()),
        ordering: world.now(),
    });
}

/// Selectors and statements may say the same in other words; of those the rule is the judge.
fn but_for_words(mut before: Coverage, after: &Coverage) -> Coverage {
    before.bucket_statements.clear();
    before.key_statements.clear();
    for (arn, one) in &mut before.trails {
        if let Some(now) = after.trails.get(arn) {
            one.selectors = now.selectors.clone();
        }
    }
    before
}
