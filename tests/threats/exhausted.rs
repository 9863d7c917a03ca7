//! B49: the repair is worn out.

use serde_json::{Map, Value, json};
use trailkeeper_core::guard::MOST_REPAIRS;
use trailkeeper_core::threats::threat;
use trailkeeper_sandbox::attacks::{Way, ways};
use trailkeeper_sandbox::{Fault, FaultKind, When};
use trailkeeper_tests::{ACCOUNT, Account, RULE};

use crate::deployed::listen;
use crate::messages::messages;
use crate::messages::says as tells;
use crate::product::{automation_parameters, guard_parameters, install};
use crate::run::run_runbook;
use crate::stage::{target, world};
use crate::staged::perform;
use crate::told::Story;

/// B49: a cause that stays or a throttled API wears AWS Config's own repair out, another automation
/// the budget; and runs are stopped as they are started.
pub(crate) async fn exhausted() -> Story {
    let mut story = Story::default();
    for way in ways("B49", &target()) {
        let outcome = match way.name {
            "a run stopped" => stopped(&way).await,
            "another automation" => undone_again(&way).await,
            "every write of a second" => {
                blocked(
                    &way,
                    Some(Fault::new(
                        "cloudtrail",
                        "UpdateTrail",
                        When::Always,
                        FaultKind::Throttle,
                    )),
                )
                .await
            }
            _ => blocked(&way, None).await,
        };
        match outcome {
            Ok(seen) => story.seen.extend(seen.into_iter().map(str::to_owned)),
            Err(why) => story.open.push(format!("{}: {why}", way.name)),
        }
    }
    story.compare(threat("B49").expect("a row of the table"));
    story
}

type Seen = Result<Vec<&'static str>, String>;

async fn guarded() -> (Account, Map<String, Value>) {
    let account = install(world(""));
    listen(&account, &account.rule_parameters()).await;
    (account, guard_parameters())
}

/// AWS Config repairs by itself, three times at most.
async fn remediate(account: &Account) {
    let ask = json!({"ConfigRuleNames": [RULE]});
    let answer = account
        .act("config", "DescribeRemediationConfigurations", ask)
        .await;
    let mut remediation = answer["RemediationConfigurations"][0].clone();
    let settings = [
        ("Automatic", json!(true)),
        ("MaximumAutomaticAttempts", json!(3)),
        ("RetryAttemptSeconds", json!(3600)),
    ];
    for (name, value) in settings {
        remediation[name] = value;
    }
    let role = target().automation_role().to_owned();
    let role = format!("arn:aws:iam::{ACCOUNT}:role/{role}");
    let role = json!({"StaticValue": {"Values": [role]}});
    remediation["Parameters"]["AutomationAssumeRole"] = role;
    remediation
        .as_object_mut()
        .expect("a remediation")
        .remove("Arn");
    let put = json!({"RemediationConfigurations": [remediation]});
    account
        .act("config", "PutRemediationConfigurations", put)
        .await;
}

/// AWS Config tries as often as the remediation says, then excepts the account by itself.
async fn blocked(way: &Way, fault: Option<Fault>) -> Seen {
    let (account, parameters) = guarded().await;
    remediate(&account).await;
    perform(way, &account).await?;
    if let Some(fault) = fault {
        account.sandbox.inject(fault);
    }
    for _ in 0..6 {
        let start = json!({"ConfigRuleNames": [RULE]});
        account
            .act("config", "StartConfigRulesEvaluation", start)
            .await;
        account.sandbox.settle().await;
        account.pass(10);
        account.sandbox.settle().await;
    }
    // the cause is told as what it does to the trail
    says(&account, way, &["B25", "B03"], "")?;
    seen(&account, &parameters, "remediation-blocked").await
}

/// Each repair is undone at once; the fifth is not started any more. What AWS Config starts by itself
/// ends before it writes, unless the trail keeps events from us.
async fn undone_again(way: &Way) -> Seen {
    let (account, parameters) = guarded().await;
    remediate(&account).await;
    for _ in 0..6 {
        perform(way, &account).await?;
        account.sandbox.settle().await;
        account.pass(2);
    }
    says(&account, way, EXHAUSTED, "repairs-exhausted")?;
    // what keeps events from us AWS Config repairs all the same, at the rule's schedule
    if !has_repaired(&configs_run(&account).await?) {
        return Err("AWS Config's run left a Region unrecorded".to_owned());
    }
    let mut seen = seen(&account, &parameters, "repairs-exhausted").await?;
    seen.push("event");
    // what does not, it leaves alone
    account.pass(2);
    let trail = target().trail_arn();
    let less = json!({"Name": trail, "EnableLogFileValidation": false});
    account.act("cloudtrail", "UpdateTrail", less.clone()).await;
    account.sandbox.settle().await;
    let turned_down = configs_run(&account).await?;
    if turned_down["Outputs"]["Assess.outcome"] != json!(["repairs-exhausted"]) {
        return Err(format!("AWS Config's run went on: {turned_down}"));
    }
    // a person's run is never turned down, and an hour later AWS Config's repairs again
    let by_hand = run_runbook(&account).await;
    account.act("cloudtrail", "UpdateTrail", less).await;
    account.sandbox.settle().await;
    account.pass(61);
    let later = configs_run(&account).await?;
    if by_hand.output("outcome") != "repaired" || !has_repaired(&later) {
        return Err(format!("a run did not repair: {later}"));
    }
    Ok(seen)
}

/// The run that AWS Config starts when it evaluates its rule now. It succeeds, and writes where it
/// says that it repaired.
async fn configs_run(account: &Account) -> Result<Value, String> {
    let rules = json!({"ConfigRuleNames": [RULE]});
    account.sandbox.clear_calls();
    account
        .act("config", "StartConfigRulesEvaluation", rules)
        .await;
    account.sandbox.settle().await;
    let one = json!({"MaxResults": 1});
    let listed = account
        .act("ssm", "DescribeAutomationExecutions", one)
        .await;
    let newest = &listed["AutomationExecutionMetadataList"][0];
    let by = newest["ExecutedBy"].as_str().unwrap_or_default();
    let is_configs = by.contains("AWSServiceRoleForConfigRemediation");
    let id = json!({"AutomationExecutionId": newest["AutomationExecutionId"]});
    let mut answer = account.act("ssm", "GetAutomationExecution", id).await;
    let run = answer["AutomationExecution"].take();
    let wrote = account.writes().iter().any(|name| name == "UpdateTrail");
    let ended = &run["AutomationExecutionStatus"];
    if is_configs && ended == "Success" && wrote == has_repaired(&run) {
        Ok(run)
    } else {
        Err(format!("{by} ran, {ended}, wrote: {wrote}"))
    }
}

fn has_repaired(run: &Value) -> bool {
    run["Outputs"]["Repair.outcome"] == json!(["repaired"])
}

/// As what the message of the used-up budget names the attack.
const EXHAUSTED: &[&str] = &["B03"];

/// Each run is stopped before it writes: it is told at once which, and the trail stays as it is.
async fn stopped(way: &Way) -> Seen {
    let account = install(world(""));
    // before anybody hears of it
    let less = json!({"Name": target().trail_arn(), "IsMultiRegionTrail": false});
    account.act("cloudtrail", "UpdateTrail", less).await;
    listen(&account, &account.rule_parameters()).await;
    let parameters = guard_parameters();
    for _ in 0..MOST_REPAIRS {
        let start = json!({
            "DocumentName": target().runbook,
            "Parameters": automation_parameters(&account),
        });
        account.sandbox.clear_calls();
        let started = account.act("ssm", "StartAutomationExecution", start).await;
        let id = &started["AutomationExecutionId"];
        let mut way = way.clone();
        for step in &mut way.steps {
            step.input["AutomationExecutionId"] = id.clone();
        }
        perform(&way, &account).await?;
        account.sandbox.settle().await;
        says(&account, &way, &["B49"], "")?;
        let writes = account.writes();
        if writes.iter().any(|name| name == "UpdateTrail") {
            return Err(format!("the run went on: {writes:?}"));
        }
        account.pass(2);
    }
    let mut seen = seen(&account, &parameters, "repairs-exhausted").await?;
    seen.push("event");
    Ok(seen)
}

/// Whether a message tells of the way's call by one of these ids, and says this besides.
fn says(account: &Account, way: &Way, ids: &[&str], besides: &str) -> Result<(), String> {
    let threat = threat("B49").expect("a row of the table");
    let step = way.steps.first().expect("a call");
    let told = messages(account);
    let is_it = |one: &Value| {
        let mut ids = ids.iter();
        ids.any(|id| tells(threat, step, one, id)) && one.to_string().contains(besides)
    };
    let found = told.iter().any(is_it);
    found
        .then_some(())
        .ok_or_else(|| format!("no message says so: {told:?}"))
}

async fn seen(account: &Account, parameters: &Map<String, Value>, code: &'static str) -> Seen {
    let found = account.findings_with(parameters).await;
    if found.contains(&code) {
        Ok(vec![code])
    } else {
        Err(format!("the rule says {found:?}"))
    }
}
