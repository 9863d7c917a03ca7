//! `trailkeeper baseline`: records the healthy account, so that what no parameter demands can be
//! compared and restored; or compares the account with such a record.

mod demands;
mod held;
mod print;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use serde_json::Value;
use trailkeeper_app::baseline::{capture, store};
use trailkeeper_app::evaluate::judge_account;
use trailkeeper_app::guard::{judge_guard, view};
use trailkeeper_core::baseline::{Baseline, BaselineError, key_of, sha256_of};
use trailkeeper_core::cloudtrail::Requirements;
use trailkeeper_core::{CallError, Finding, guard};

use crate::account::{Account, AccountError, Calls};
use crate::arguments::{AccountArguments, Format};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Output;
use crate::parameters::Parameter;
use crate::repair::confirm;
use demands::{Demands, demands};
use held::Held;

/// Nobody else repeats a call that failed.
const CALLS: Calls = Calls {
    attempts: 3,
    time: Duration::from_secs(12),
};

#[derive(Debug, Args)]
pub(crate) struct BaselineArguments {
    /// The trail, by name or ARN
    #[arg(long, value_name = "NAME")]
    trail: Option<String>,
    /// The bucket that takes its log files
    #[arg(long, value_name = "NAME")]
    bucket: Option<String>,
    /// A deployed rule of AWS Config, cloudtrail-enabled or guard, whose parameters say
    /// what is demanded; repeatable. Without a rule `guard` its parts are not recorded
    #[arg(long = "config-rule", value_name = "NAME")]
    config_rules: Vec<String>,
    /// Roles to record in place of those that the rule `guard` names, separated by commas
    #[arg(long, value_name = "NAMES", conflicts_with = "check")]
    roles: Option<String>,
    /// A parameter of the rule cloudtrail-enabled besides; repeatable
    #[arg(long = "param", value_name = "NAME=VALUE")]
    parameters: Vec<Parameter>,
    /// Where to write it; without it trailkeeper-baseline-SHA8.json
    #[arg(long, value_name = "FILE", conflicts_with = "check")]
    out: Option<PathBuf>,
    /// Put it into the log bucket too
    #[arg(long, conflicts_with = "check")]
    upload: bool,
    /// Upload without asking at the terminal
    #[arg(long, requires = "upload")]
    yes: bool,
    /// Compare the account with a baseline, a file or the SHA-256 of one in the log bucket,
    /// and record nothing
    #[arg(long, value_name = "FILE|SHA256")]
    check: Option<String>,
    /// How to print the result: for people, or as JSON Lines
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
    #[command(flatten)]
    account: AccountArguments,
}

/// Why there is no baseline, or none to compare with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecordError {
    /// A rule that was named is not there.
    #[error("AWS Config has no rule {0} in this Region; check the name and the Region")]
    NoRule(String),
    /// A rule that was named is none of these.
    #[error("the rule {0} is neither cloudtrail-enabled nor guard")]
    OtherRule(String),
    /// A rule or an object cannot be read, or an object not be written.
    #[error("{what} failed; check the name and your permissions")]
    Call {
        /// What was done.
        what: String,
        /// The service's error.
        source: Box<CallError>,
    },
    /// The record cannot be used.
    #[error("the baseline cannot be used")]
    Unusable(#[source] BaselineError),
    /// The bucket of a hash is not known.
    #[error("the bucket with the baseline is not known; name it with --bucket")]
    NoBucket,
    /// The file cannot be written.
    #[error("cannot write {}; check the path", .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// Captures a baseline, or compares with one.
///
/// # Errors
/// There is no account, what is demanded is not known, something cannot be read or written, or
/// nobody agreed to the upload.
pub(crate) async fn run(
    arguments: &BaselineArguments,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let account = Account::open(&arguments.account, CALLS).await?;
    let demands = demands(arguments, &account).await?;
    let now = account.ports.clock.now();
    match &arguments.check {
        Some(check) => compare(check, &account, &demands, now, arguments.format, output).await,
        None => record(arguments, &account, &demands, now, output).await,
    }
}

async fn record(
    arguments: &BaselineArguments,
    account: &Account,
    demands: &Demands,
    now: Timestamp,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let caller = &account.caller;
    let (trail, guard) = (
        capture(account.readers(), &demands.trail, caller, now).await,
        guarded(account, demands.guard.as_ref(), now).await,
    );
    let (mut baseline, guard) = match (trail, guard) {
        (Ok(baseline), Ok(guard)) => (baseline, guard),
        (trail, guard) => {
            let findings = [trail.err(), guard.err()];
            let findings: Vec<Finding> = findings.into_iter().flatten().flatten().collect();
            print::refused(&findings, caller, arguments.format, output)?;
            return Ok(Exit::Bad);
        }
    };
    baseline.guard = guard;
    let bytes = baseline.to_bytes();
    let sha256 = sha256_of(&bytes);
    let path = write(arguments.out.as_deref(), &sha256, &bytes)?;
    let object = format!("s3://{}/{}", baseline.bucket.name, key_of(&sha256));
    let is_uploaded = arguments.upload;
    if is_uploaded {
        if !account.is_sandbox {
            confirm(caller, &object, "upload to", arguments.yes)?;
        }
        let stored = store(account.objects.as_ref(), &baseline).await;
        stored.map_err(|source| RecordError::Call {
            what: format!("the upload to {object}"),
            source: Box::new(source),
        })?;
    }
    let recorded = print::Recorded {
        baseline: &baseline,
        sha256: &sha256,
        path: &path,
        object: &object,
        is_uploaded,
    };
    print::recorded(&recorded, caller, arguments.format, output)?;
    Ok(Exit::Good)
}

/// The record of the parts that guard the trail; null where none are named.
async fn guarded(
    account: &Account,
    demands: Option<&guard::Requirements>,
    now: Timestamp,
) -> Result<Value, Vec<Finding>> {
    let Some(demands) = demands else {
        return Ok(Value::Null);
    };
    let (ports, caller) = (&account.guard, &account.caller);
    let verdict = judge_guard(ports, demands, caller, now).await;
    if !verdict.findings.is_empty() {
        return Err(verdict.findings);
    }
    let seen = view(ports, demands, None, caller, now).await;
    Ok(seen.record().to_json())
}

fn write(out: Option<&Path>, sha256: &str, bytes: &[u8]) -> Result<PathBuf, RecordError> {
    let start = sha256.get(..8).unwrap_or(sha256);
    let own = || PathBuf::from(format!("trailkeeper-baseline-{start}.json"));
    let path = out.map_or_else(own, Path::to_owned);
    match std::fs::write(&path, bytes) {
        Ok(()) => Ok(path),
        Err(source) => Err(RecordError::Write { path, source }),
    }
}

async fn compare(
    check: &str,
    account: &Account,
    demands: &Demands,
    now: Timestamp,
    format: Format,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let bytes = read(check, account, &demands.trail).await?;
    let sha256 = sha256_of(&bytes);
    let baseline = Baseline::parse(&bytes, &sha256).map_err(RecordError::Unusable)?;
    let held = Held::of(&sha256, bytes, account);
    let caller = &account.caller;
    let trail = Requirements {
        trail: Some(baseline.trail.to_string()),
        bucket: Some(baseline.bucket.name.clone()),
        baseline_sha256: Some(sha256.clone()),
        ..demands.trail.clone()
    };
    let mut readers = account.readers();
    readers.objects = held.as_ref();
    let verdict = judge_account(readers, &trail, caller, now).await;
    let mut findings = verdict.findings;
    if !baseline.guard.is_null() {
        let guard = guard::Requirements {
            baseline_sha256: Some(sha256.clone()),
            baseline_bucket: Some(baseline.bucket.name.clone()),
            ..demands.guard_or_parts()
        };
        let mut ports = account.guard.clone();
        ports.objects = held;
        findings.extend(judge_guard(&ports, &guard, caller, now).await.findings);
    }
    print::compared(&sha256, &findings, caller, format, output)?;
    Ok(if findings.is_empty() {
        Exit::Good
    } else {
        Exit::Bad
    })
}

/// The bytes of a file, or of the object with this hash.
async fn read(
    check: &str,
    account: &Account,
    demands: &Requirements,
) -> Result<Vec<u8>, CommandError> {
    let is_hash = check.len() == 64 && check.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hash {
        let path = PathBuf::from(check);
        let bytes = std::fs::read(&path);
        return Ok(bytes.map_err(|source| AccountError::Read { path, source })?);
    }
    let bucket = demands.bucket.as_deref().ok_or(RecordError::NoBucket)?;
    let sha256 = check.to_ascii_lowercase();
    let (key, caller) = (key_of(&sha256), &account.caller);
    let owner = demands.bucket_owner.as_ref().unwrap_or(&caller.account);
    let facts = account.ports.buckets.bucket(bucket, &caller.region, owner);
    let failed = |source| RecordError::Call {
        what: format!("reading s3://{bucket}/{key}"),
        source: Box::new(source),
    };
    let region = facts.await.map_err(failed)?.region;
    let object = account.ports.objects.object(bucket, &region, owner, &key);
    let bytes = object.await.map_err(failed)?;
    // what lies there under the name of a hash has to have it
    Baseline::parse(&bytes, &sha256).map_err(RecordError::Unusable)?;
    Ok(bytes)
}
