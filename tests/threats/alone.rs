//! What cannot be told as the others are.

use serde_json::{Map, Value, json};
use trailkeeper_core::threats::threat;
use trailkeeper_sandbox::attacks::{Way, ways};
use trailkeeper_tests::{ACCOUNT, Account, BUCKET, HOME, RULE};

use crate::product::{guard_parameters, install, listen};
use crate::run::run_runbook;
use crate::stage::{guardduty, target, world};
use crate::staged::perform;
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

/// B27: a log file that a digest names is gone.
pub(crate) async fn log_files_deleted() -> Story {
    let mut seeded = world("");
    seeded.keep_log_files();
    let account = install(seeded);
    account.pass(180);
    let mut parameters = account.rule_parameters();
    parameters.insert("checkLogFiles".to_owned(), json!("true"));
    let mut story = Story::default();
    let found = account.findings_with(&parameters).await;
    if !found.is_empty() {
        story.open.push(format!("found before: {found:?}"));
    }
    let folder = format!("AWSLogs/{ACCOUNT}/CloudTrail/{HOME}/");
    let list = json!({"Bucket": BUCKET, "Prefix": folder});
    let listed = account.act("s3", "ListObjectsV2", list).await;
    let files = listed["Contents"].as_array().cloned().unwrap_or_default();
    // the newest ones no digest names yet
    let keys = files
        .iter()
        .rev()
        .skip(20)
        .take(2)
        .map(|file| file["Key"].clone());
    let [one, other] = keys.collect::<Vec<_>>().try_into().expect("two files");
    let gone = json!({"Bucket": BUCKET, "Key": one});
    account.act("s3", "DeleteObject", gone).await;
    let gone = json!({"Bucket": BUCKET, "Delete": {"Objects": [{"Key": other}]}});
    account.act("s3", "DeleteObjects", gone).await;
    let found = account.findings_with(&parameters).await;
    story.seen.extend(found.into_iter().map(str::to_owned));
    story.seen.insert("digest".to_owned());
    story.compare(threat("B27").expect("a row of the table"));
    story
}

/// B49: a cause that stays wears AWS Config's own repair out; another automation the budget.
pub(crate) async fn exhausted() -> Story {
    let mut story = Story::default();
    for (name, outcome) in [
        ("a Deny that stays", blocked().await),
        ("another automation", undone_again().await),
    ] {
        match outcome {
            Ok(seen) => story.seen.extend(seen),
            Err(why) => story.open.push(format!("{name}: {why}")),
        }
    }
    story.compare(threat("B49").expect("a row of the table"));
    story
}

async fn guarded() -> (Account, Map<String, Value>) {
    let account = install(world(""));
    for (service, operation, input) in guardduty("") {
        account.act(service, operation, input).await;
    }
    listen(&account, &account.rule_parameters()).await;
    (account, guard_parameters())
}

/// AWS Config tries as often as the remediation says, then excepts the account by itself.
async fn blocked() -> Result<Vec<String>, String> {
    let (account, parameters) = guarded().await;
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
    let role = format!("arn:aws:iam::{ACCOUNT}:role/trailkeeper-automation");
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
    perform(&way("B49", "a Deny that stays"), &account).await?;
    for _ in 0..6 {
        let start = json!({"ConfigRuleNames": [RULE]});
        account
            .act("config", "StartConfigRulesEvaluation", start)
            .await;
        account.sandbox.settle().await;
        account.pass(10);
        account.sandbox.settle().await;
    }
    seen(&account, &parameters, "remediation-blocked").await
}

/// Each repair is undone at once; the fifth is not started any more.
async fn undone_again() -> Result<Vec<String>, String> {
    let (account, parameters) = guarded().await;
    for _ in 0..6 {
        perform(&way("B49", "another automation"), &account).await?;
        account.sandbox.settle().await;
        account.pass(2);
    }
    let messages = account
        .sandbox
        .with_world(|world| world.published_messages().to_vec());
    if !messages
        .iter()
        .any(|one| one.message.contains("repairs-exhausted"))
    {
        let texts: Vec<String> = messages.into_iter().map(|one| one.message).collect();
        return Err(format!("no message says so: {texts:?}"));
    }
    // AWS Config's own attempt counts too
    run_runbook(&account).await;
    let mut seen = seen(&account, &parameters, "repairs-exhausted").await?;
    seen.push("event".to_owned());
    Ok(seen)
}

async fn seen(
    account: &Account,
    parameters: &Map<String, Value>,
    code: &str,
) -> Result<Vec<String>, String> {
    let found = account.findings_with(parameters).await;
    if found.contains(&code) {
        Ok(vec![code.to_owned()])
    } else {
        Err(format!("the rule says {found:?}"))
    }
}
