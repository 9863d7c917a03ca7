//! Performs every way of an attack twice: once while nobody hears of events and the schedule has to
//! find it, once with EventBridge.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use trailkeeper_app::baseline::{capture, store};
use trailkeeper_app::guard;
use trailkeeper_core::Arn;
use trailkeeper_core::baseline::Baseline;
use trailkeeper_core::config_rule::{RuleParameters, parse_guard_requirements, parse_requirements};
use trailkeeper_core::threats::{Class, Only, SeenBy, Threat, threat};
use trailkeeper_sandbox::attacks::{Way, ways};
use trailkeeper_sandbox::seed::{Actor, EvaluationSeed};
use trailkeeper_sandbox::{Recorded, World};
use trailkeeper_tests::sweep::lost_event;
use trailkeeper_tests::{ACCOUNT, Account, BUCKET, Coverage, HOME, RULE};

use crate::deployed::listen;
use crate::given::Given;
use crate::messages::{messages, untold};
use crate::needed::in_a_word;
use crate::product::{GUARD_RULE, install};
use crate::run::{Run, run_runbook};
use crate::stage::{guardduty, readers, service_role, target, world};
use crate::told::Story;

/// How an attack is staged.
#[derive(Clone, Copy)]
pub(crate) struct Staged {
    pub(crate) id: &'static str,
    /// What the account is like before, by the way's name.
    pub(crate) world: fn(&str) -> World,
    /// Parameters with another value than the account's own: in which way (empty: in all), parameter
    /// and value.
    pub(crate) values: &'static [(&'static str, &'static str, &'static str)],
    /// How long nobody looks after the attack.
    pub(crate) minutes: i64,
    /// The ways that the runbook does not undo, each with the code with which it refuses.
    pub(crate) refused: &'static [(&'static str, &'static str)],
    /// The calls of a way of which no message tells, so that others of the way must.
    pub(crate) unheard: &'static [(&'static str, &'static str)],
    /// What of the coverage the row says stays lost.
    pub(crate) stays_lost: &'static [&'static str],
    /// The ways of which the message can only say this, and who did it.
    pub(crate) told_as: &'static [(&'static str, &'static str)],
}

/// The account as it is, attacked for a minute.
pub(crate) fn staged(id: &'static str) -> Staged {
    Staged {
        id,
        world,
        values: &[],
        minutes: 1,
        refused: &[],
        unheard: &[],
        stays_lost: &[],
        told_as: &[],
    }
}

pub(crate) type Shown = Result<(), String>;

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
        story.open.extend(self.misnamed(threat));
        story.open.extend(self.needs(threat).await);
        story
    }

    /// The ways that the row names and nobody performs.
    fn misnamed(&self, threat: &Threat) -> Vec<String> {
        let known: Vec<&str> = ways(self.id, &target())
            .iter()
            .map(|way| way.name)
            .collect();
        let named = threat.only.iter().flat_map(|(_, ways)| *ways);
        let unknown = named.filter(|name| !known.contains(name));
        unknown
            .map(|name| format!("there is no way {name}"))
            .collect()
    }

    /// Whether the rule about the guard is to find it.
    fn is_guarded(&self, threat: &Threat) -> bool {
        let mut seen = threat.seen_by.iter();
        seen.any(|seen| matches!(seen, SeenBy::GuardRule(_)))
    }

    /// Whether the runbook does not undo this way.
    pub(crate) fn is_refused(&self, way: &Way) -> bool {
        self.refused.iter().any(|(name, _)| *name == way.name)
    }

    /// What rule and runbook are given.
    pub(crate) fn given(&self, threat: &Threat, way: &Way, without: Option<&str>) -> Given {
        let values = self.values.iter();
        let values = values.filter(|(of, ..)| of.is_empty() || *of == way.name);
        let values: Vec<_> = values.map(|(_, name, value)| (*name, *value)).collect();
        Given::of(threat, &values, without)
    }

    /// The account before the attack, and the parameters of the rule that is to find it: those of
    /// the template and those that the row names, without one of them.
    pub(crate) async fn account(
        &self,
        threat: &Threat,
        way: &Way,
        without: Option<&str>,
    ) -> (Account, Map<String, Value>) {
        let given = self.given(threat, way, without);
        let mut account = install((self.world)(way.name));
        for (service, operation, input) in readers().into_iter().chain([service_role()]) {
            account.act(service, operation, input).await;
        }
        account.payload = given.runbook;
        let mut rule = given.rule;
        let is_guarded = self.is_guarded(threat);
        if given.with_baseline && !is_guarded {
            let whole = self.given(threat, way, None).rule;
            let sha256 = Value::from(trail_baseline(&account, &whole).await);
            rule.insert("baselineSha256".to_owned(), sha256.clone());
            account.payload.insert("BaselineSha256".to_owned(), sha256);
        }
        if !is_guarded {
            return (account, rule);
        }
        listen(&account, &rule).await;
        if way.name == "an exception" {
            account.sandbox.with_world(found_bad);
        }
        for (service, operation, input) in guardduty(way.name) {
            account.act(service, operation, input).await;
        }
        let mut parameters = given.guard;
        if given.with_baseline {
            let sha256 = guard_baseline(&account, &rule, &parameters).await;
            parameters.insert("baselineSha256".to_owned(), sha256.into());
            parameters.insert("baselineBucket".to_owned(), json!(BUCKET));
        }
        (account, parameters)
    }

    async fn by_schedule(&self, threat: &Threat, way: &Way, story: &mut Story) -> Shown {
        let (account, parameters) = self.account(threat, way, None).await;
        let before = Before::of(&account).await;
        let found = account.findings_with(&parameters).await;
        nothing(&found, "found before")?;
        if seen_only(threat, way, Only::Alarm) {
            return silenced(&account, way).await;
        }
        let attacked = account.sandbox.now();
        perform(way, &account).await?;
        account.pass(self.minutes);
        reported(&account, threat, story).await;
        let found = account.findings_with(&parameters).await;
        let named: Vec<&str> = threat.codes().filter(|code| found.contains(code)).collect();
        if seen_only(threat, way, Only::Event) {
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
                let arn = run.output("trailArn");
                let mut lost = before.lost(&account, arn).await;
                lost.retain(|what| !self.stays_lost.contains(&in_a_word(what).as_str()));
                nothing(&lost, "recorded before and not after")?;
                restored(&account, &parameters, &run, story).await
            }
        }
    }

    async fn by_event(&self, threat: &Threat, way: &Way, story: &mut Story) -> Shown {
        let (account, parameters) = self.account(threat, way, None).await;
        if !self.is_guarded(threat) {
            listen(&account, &parameters).await;
        }
        perform(way, &account).await?;
        account.sandbox.settle().await;
        let messages = messages(&account);
        let silent = [Only::Rule, Only::Alarm];
        if silent.iter().any(|only| seen_only(threat, way, *only)) {
            let told = messages.iter().filter(|one| is_of(one, threat.id));
            let told: Vec<String> = told.map(Value::to_string).collect();
            return nothing(&told, "told all the same");
        }
        if !threat.is_seen_at_once() {
            return Ok(());
        }
        let words = self.told_as.iter().find(|(name, _)| *name == way.name);
        match words {
            Some((_, words)) => {
                let mut told = messages.iter();
                told.any(|one| is_of(one, words))
                    .then_some(())
                    .ok_or(format!("no message says so: {messages:?}"))?;
            }
            None => {
                let mut untold: Vec<String> = untold(threat, way, &messages).into_iter().collect();
                untold.retain(|call| {
                    let mut unheard = self.unheard.iter();
                    !unheard.any(|one| *one == (way.name, call.as_str()))
                });
                let texts = messages.iter().filter_map(|one| one["text"].as_str());
                let texts: Vec<&str> = texts.filter(|text| text.contains("mallory")).collect();
                nothing(&untold, &format!("{texts:?} do not tell of"))?;
            }
        }
        story.seen.insert("event".to_owned());
        if threat.class != Class::Undone || self.is_refused(way) {
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

/// Whether the way is seen by this alone.
pub(crate) fn seen_only(threat: &Threat, way: &Way, only: Only) -> bool {
    threat.ways_seen_by(only).any(|name| name == way.name)
}

/// Whether the message says so, and who it was.
fn is_of(message: &Value, words: &str) -> bool {
    let text = message["text"].as_str().unwrap_or_default();
    text.contains(words) && text.contains("mallory")
}

/// Nobody judges any more, so that the metric of evaluations stays empty.
async fn silenced(account: &Account, way: &Way) -> Shown {
    if evaluations(account).await == 0 {
        return Err("nobody judges before it".to_owned());
    }
    perform(way, account).await?;
    match evaluations(account).await {
        0 => Ok(()),
        some => Err(format!("judged {some} times all the same")),
    }
}

/// How many verdicts the rule about the guard gets when AWS Config asks for one.
async fn evaluations(account: &Account) -> usize {
    // AWS Config takes no second request within a minute
    account.pass(2);
    account.sandbox.clear_calls();
    let start = json!({"ConfigRuleNames": [GUARD_RULE]});
    account
        .act("config", "StartConfigRulesEvaluation", start)
        .await;
    account.sandbox.settle().await;
    let calls = account.sandbox.calls();
    let put = calls
        .iter()
        .filter(|call| call.operation == "PutEvaluations");
    put.count()
}

/// What the account records before the attack.
pub(crate) struct Before {
    coverage: Coverage,
    recorded: Recorded,
}

impl Before {
    pub(crate) async fn of(account: &Account) -> Self {
        let world = account.sandbox.with_world(|world| world.clone());
        Self {
            coverage: Coverage::of(&world).await,
            recorded: world.recorded(),
        }
    }

    /// What of it is not there now, where `arn` may have taken the trail's place. Which statements
    /// let CloudTrail in is told by what it delivers, and what selectors take by sample events.
    pub(crate) async fn lost(self, account: &Account, arn: &str) -> Vec<String> {
        let after = Self::of(account).await;
        let Self {
            mut coverage,
            mut recorded,
        } = self;
        let own = target().trail_arn();
        if let Some(trail) = coverage.trails.remove(&own) {
            coverage.trails.insert(arn.to_owned(), trail);
        }
        if let Some(trail) = recorded.trails.remove(&own) {
            recorded.trails.insert(arn.to_owned(), trail);
        }
        coverage.bucket_statements.clear();
        coverage.key_statements.clear();
        for (arn, one) in &mut coverage.trails {
            if let Some(now) = after.coverage.trails.get(arn) {
                one.selectors = now.selectors.clone();
            }
        }
        let mut lost = Vec::new();
        while let Some(what) = coverage.lost_in(&after.coverage) {
            let is_more = leave_out(&mut coverage, &what);
            lost.push(what);
            if !is_more {
                break;
            }
        }
        let events = recorded.trails.iter().filter_map(|(arn, old)| {
            let new = after.recorded.trails.get(arn)?;
            lost_event(&old.selectors, &new.selectors)
        });
        lost.extend(events);
        lost
    }
}

/// Leaves out what is known to be lost, to see what else is.
fn leave_out(coverage: &mut Coverage, lost: &str) -> bool {
    for one in coverage.trails.values_mut() {
        match lost.rsplit(": ").next() {
            Some("encryption") => one.trail.kms_key_id = None,
            Some("topic") => one.trail.sns_topic_arn = None,
            Some("log group") => one.trail.log_group_arn = None,
            _ => return false,
        }
    }
    true
}

/// Captures and keeps a baseline of the trail.
async fn trail_baseline(account: &Account, rule: &Map<String, Value>) -> String {
    let baseline = captured(account, rule).await;
    let stored = store(&account.sandbox, &baseline).await;
    stored.expect("the bucket takes the baseline")
}

async fn captured(account: &Account, rule: &Map<String, Value>) -> Baseline {
    let ports = account.evaluate_ports();
    let wanted = parse_requirements(&RuleParameters::new(rule.clone()));
    let wanted = wanted.expect("the rule's own parameters");
    let now = account.sandbox.now();
    let captured = capture(ports.readers(), &wanted, &account.caller, now).await;
    captured.unwrap_or_else(|findings| panic!("not healthy: {findings:?}"))
}

/// Captures and keeps a baseline of the guard, with its roles, as `trailkeeper baseline --roles`
/// does.
async fn guard_baseline(
    account: &Account,
    rule: &Map<String, Value>,
    guard: &Map<String, Value>,
) -> String {
    let mut guard = guard.clone();
    guard.insert("roles".to_owned(), target().own_roles().join(",").into());
    let wanted = parse_guard_requirements(&RuleParameters::new(guard));
    let wanted = wanted.expect("the rule's own parameters");
    let ports = account.sandbox.guard_ports();
    let now = account.sandbox.now();
    let seen = guard::view(&ports, &wanted, None, &account.caller, now).await;
    let mut baseline = captured(account, rule).await;
    baseline.guard = seen.record().to_json();
    let sha256 = store(&account.sandbox, &baseline).await;
    sha256.expect("the bucket takes the baseline")
}

pub(crate) fn nothing<T: std::fmt::Debug>(list: &[T], what: &str) -> Shown {
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

/// Undone by the runbook, verified by the rule and by what is delivered, and left alone by a second
/// run.
async fn restored(
    account: &Account,
    parameters: &Map<String, Value>,
    run: &Run,
    story: &mut Story,
) -> Shown {
    if run.status != "Success" {
        return Err(run.failure.clone());
    }
    is(run.output("outcome"), "repaired", "the outcome")?;
    story.undone.extend(run.writes.iter().cloned());
    let arn = run.output("trailArn");
    let since = account.sandbox.now();
    account.sandbox.advance(SignedDuration::from_mins(70));
    delivered(account, arn, since).await?;
    let found = account.findings_with(parameters).await;
    nothing(&found, "found after deliveries")?;
    let again = run_runbook(account).await;
    is(again.output("outcome"), "already-healthy", "the second run")?;
    nothing(&again.writes, "a second run writes")
}

/// Log files and digests arrive again, and no error of a delivery stays.
async fn delivered(account: &Account, arn: &str, since: Timestamp) -> Shown {
    let trail: Arn = arn.parse().map_err(|_| format!("no ARN: {arn}"))?;
    let ask = json!({"Name": arn});
    let status = account.act_in(&trail.region, "cloudtrail", "GetTrailStatus", ask);
    let status = status.await.map_err(|failure| failure.to_string())?;
    for (time, error) in [
        ("LatestDeliveryTime", "LatestDeliveryError"),
        ("LatestDigestDeliveryTime", "LatestDigestDeliveryError"),
    ] {
        let at = status[time].as_f64().unwrap_or_default() as i64;
        let why = status[error].as_str().unwrap_or_default();
        if at <= since.as_second() || !why.is_empty() {
            return Err(format!("{time} is {at}, after {since}: {why}"));
        }
    }
    Ok(())
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
