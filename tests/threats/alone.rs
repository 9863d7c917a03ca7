//! What cannot be told as the others are.

use std::io::Read;

use flate2::read::GzDecoder;
use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_core::threats::threat;
use trailkeeper_sandbox::attacks::{Step, Way, ways};
use trailkeeper_tests::{ACCOUNT, Account, BUCKET, HOME};

use crate::deployed::listen;
use crate::given::Given;
use crate::messages::{messages, untold};
use crate::product::install;
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
