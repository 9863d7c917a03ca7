//! What cannot be told as the others are.

use std::io::Read;

use flate2::read::GzDecoder;
use jiff::SignedDuration;
use serde_json::{Map, Value, json};
use trailkeeper_core::guard::MOST_REPAIRS;
use trailkeeper_core::threats::threat;
use trailkeeper_sandbox::attacks::{Step, Way, ways};
use trailkeeper_sandbox::{Fault, FaultKind, When};
use trailkeeper_tests::{ACCOUNT, Account, BUCKET, HOME, RULE};

use crate::deployed::listen;
use crate::given::Given;
use crate::messages::says as tells;
use crate::messages::{messages, untold};
use crate::product::{automation_parameters, guard_parameters, install};
use crate::run::run_runbook;
use crate::stage::{target, world};
use crate::staged::{Shown, nothing, perform};
use crate::told::Story;

fn way(id: &str, name: &str) -> Way {
    let mut ways = ways(id, &target()).into_iter();
    ways.find(|way| way.name == name).expect("such a way")
}

/// B18: the gap that stays in the status, from the stop to the start.
pub(crate) async fn blink() -> String {
    let account = install(world(""));
    let performed = perform(&way("B18", "for ten minutes"), &account).await;
    performed.expect("the account lets itself be stopped");
    let ask = json!({"Name": target().trail_arn()});
    let status = account.act("cloudtrail", "GetTrailStatus", ask).await;
    let time = |name: &str| {
        let seconds = status[name].as_f64().unwrap_or_default();
        jiff::Timestamp::from_second(seconds as i64).expect("a time")
    };
    format!(
        "{} to {}",
        time("StopLoggingTime"),
        time("StartLoggingTime")
    )
}

/// B27: log files that a digest names are gone.
pub(crate) async fn log_files_deleted() -> Story {
    let mut story = Story::default();
    if let Err(why) = deleted(&mut story).await {
        story.open.push(why);
    }
    story.compare(threat("B27").expect("a row of the table"));
    story
}

async fn deleted(story: &mut Story) -> Shown {
    let row = threat("B27").expect("a row of the table");
    let mut seeded = world("");
    seeded.keep_log_files();
    let mut account = install(seeded);
    account.pass(180);
    let given = Given::of(row, &[], None);
    account.payload = given.runbook;
    listen(&account, &given.rule).await;
    let found = account.findings_with(&given.rule).await;
    nothing(&found, "found before")?;
    let keys = named_files(&account).await;
    let [one, other] = [&keys[0], &keys[1]];
    let way = Way {
        name: "two log files",
        steps: vec![
            step("DeleteObject", json!({"Bucket": BUCKET, "Key": one})),
            step(
                "DeleteObjects",
                json!({"Bucket": BUCKET, "Delete": {"Objects": [{"Key": other}]}}),
            ),
        ],
        elsewhere: None,
    };
    perform(&way, &account).await?;
    account.sandbox.settle().await;
    let untold: Vec<String> = untold(row, &way, &messages(&account)).into_iter().collect();
    nothing(&untold, "untold")?;
    story.seen.insert("event".to_owned());
    let found = account.findings_with(&given.rule).await;
    story.seen.extend(found.into_iter().map(str::to_owned));
    let left: Vec<String> = named_files(&account).await;
    if !left.contains(one) || !left.contains(other) {
        return Err("the digests name them no more".to_owned());
    }
    let ports = account.evaluate_ports();
    for key in [one, other] {
        let (home, owner) = (&account.caller.region, &account.caller.account);
        let objects = ports.readers().objects;
        let is_there = objects.has_object(BUCKET, home, owner, key).await;
        if is_there != Ok(false) {
            return Err(format!("{key} is there: {is_there:?}"));
        }
    }
    story.seen.insert("digest".to_owned());
    let less = Given::of(row, &[], Some("checkLogFiles"));
    let found = account.findings_with(&less.rule).await;
    nothing(&found, "found without checkLogFiles")
}

fn step(operation: &'static str, input: Value) -> Step {
    Step {
        service: "s3",
        operation,
        region: None,
        input,
        wait: SignedDuration::from_secs(2),
    }
}

/// The log files that the newest digest of the home Region names.
async fn named_files(account: &Account) -> Vec<String> {
    let folder = format!("AWSLogs/{ACCOUNT}/CloudTrail-Digest/{HOME}/");
    let list = json!({"Bucket": BUCKET, "Prefix": folder});
    let listed = account.act("s3", "ListObjectsV2", list).await;
    let digests = listed["Contents"].as_array().cloned().unwrap_or_default();
    let newest = digests.last().expect("a digest")["Key"].clone();
    let key = newest.as_str().expect("a key");
    let (home, owner) = (&account.caller.region, &account.caller.account);
    let ports = account.evaluate_ports();
    let read = ports
        .readers()
        .objects
        .object(BUCKET, home, owner, key)
        .await;
    let mut text = String::new();
    GzDecoder::new(read.expect("the digest").as_slice())
        .read_to_string(&mut text)
        .expect("a gzip file");
    let digest: Value = serde_json::from_str(&text).expect("JSON");
    let files = digest["logFiles"].as_array().cloned().unwrap_or_default();
    let keys = files.iter().filter_map(|file| file["s3Object"].as_str());
    keys.map(str::to_owned).collect()
}

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

/// Each repair is undone at once; the fifth is not started any more.
async fn undone_again(way: &Way) -> Seen {
    let (account, parameters) = guarded().await;
    for _ in 0..6 {
        perform(way, &account).await?;
        account.sandbox.settle().await;
        account.pass(2);
    }
    says(&account, way, EXHAUSTED, "repairs-exhausted")?;
    // AWS Config's own attempt counts too
    run_runbook(&account).await;
    let mut seen = seen(&account, &parameters, "repairs-exhausted").await?;
    seen.push("event");
    Ok(seen)
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
