//! `trailkeeper package` as a process, with programs that were built before.

#![expect(clippy::unwrap_used, reason = "test code")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PROGRAM: &[u8] = include_bytes!("../../package/tests/fixtures/glibc-2.2.5.elf");
const TOO_NEW: &[u8] = include_bytes!("../../package/tests/fixtures/glibc-2.36.elf");

/// An empty folder with both programs.
fn programs(test: &str, evaluator: &[u8], remediator: &[u8]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("evaluator"), evaluator).unwrap();
    fs::write(folder.join("remediator"), remediator).unwrap();
    folder
}

fn package(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trailkeeper"));
    command.current_dir(folder);
    command.args(["package", "--binaries", ".", "--out", "zips"]);
    command.args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The archives in a folder, in the order of their names.
fn archives(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("zips")).into_iter().flatten();
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string();
    let mut names: Vec<String> = entries.map(|entry| name(entry).unwrap()).collect();
    names.sort();
    names
}

#[test]
fn the_parameters_name_the_archives() {
    let folder = programs("package", PROGRAM, PROGRAM);
    let output = package(&folder, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let names = archives(&folder);
    let [evaluator, remediator] = names.as_slice() else {
        panic!("{names:?}");
    };
    let printed = text(&output.stdout);
    let end = format!(
        "\n\nCodeS3Bucket=BUCKET\nEvaluatorS3Key={evaluator}\nRemediatorS3Key={remediator}\n\
         Architecture=x86_64\n"
    );
    assert!(printed.ends_with(&end), "{printed}");
    assert!(printed.lines().all(|line| line.len() <= 110), "{printed}");
    let again = package(&folder, &[]);
    assert_eq!(text(&again.stdout), printed);
    assert_eq!(archives(&folder), names);
}

/// A served sandbox, which ends with the test.
struct Served {
    process: std::process::Child,
    endpoint: String,
}

impl Served {
    fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_trailkeeper"))
            .args(["sandbox", "--port", "0"])
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(process.stdout.as_mut().unwrap())
            .read_line(&mut ready)
            .unwrap();
        let ready: serde_json::Value = serde_json::from_str(&ready).unwrap();
        let endpoint = ready
            .get("endpoint")
            .and_then(serde_json::Value::as_str)
            .unwrap()
            .to_owned();
        Self { process, endpoint }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _ended = self.process.wait();
    }
}

/// The demo account's bucket.
const PLACE: &str = "s3://amzn-s3-demo-audit-111122223333/code";

fn upload(folder: &Path, served: &Served, place: &str, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trailkeeper"));
    command.current_dir(folder);
    command.args([
        "package",
        "--binaries",
        ".",
        "--out",
        "zips",
        "--upload",
        place,
    ]);
    command.args(["--endpoint-url", &served.endpoint, "--region", "us-east-1"]);
    let credentials = [
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ];
    command.args(more).envs(credentials).output().unwrap()
}

#[test]
fn an_upload_puts_both_archives_into_the_bucket() {
    let folder = programs("package-upload", PROGRAM, PROGRAM);
    let served = Served::start();
    let output = upload(&folder, &served, PLACE, &["--yes"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    for name in archives(&folder) {
        assert!(
            printed.contains(&format!("\nuploaded {PLACE}/{name}\n")),
            "{printed}"
        );
        assert!(
            printed.contains(&format!("S3Key=code/{name}\n")),
            "{printed}"
        );
    }
    assert!(
        printed.contains("\nCodeS3Bucket=amzn-s3-demo-audit-111122223333\n"),
        "{printed}"
    );
}

#[test]
fn an_upload_that_was_not_made_is_no_success() {
    let folder = programs("package-no-upload", PROGRAM, PROGRAM);
    let served = Served::start();
    let cases = [
        (PLACE, &[][..], "was not confirmed and nothing was written"),
        ("s3://amzn-s3-demo-absent/code", &["--yes"], "NoSuchBucket"),
        (
            PLACE,
            &["--yes", "--bucket-owner", "444455556666"],
            "AccessDenied",
        ),
    ];
    for (place, more, expected) in cases {
        let output = upload(&folder, &served, place, more);
        assert_eq!(output.status.code(), Some(1), "{place}");
        let error = text(&output.stderr);
        assert!(error.contains(expected), "{error}");
        assert!(!text(&output.stdout).contains("uploaded"), "{place}");
    }
}

#[test]
fn nothing_is_written_where_one_program_is_refused() {
    let folder = programs("package-refused", PROGRAM, TOO_NEW);
    let cases = [
        (
            &[][..],
            "the remediator needs the symbol arc4random of version GLIBC_2.36",
        ),
        (
            &["--arch", "arm64"][..],
            "the evaluator was built for x86_64 and not for arm64",
        ),
    ];
    for (arguments, expected) in cases {
        let output = package(&folder, arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let error = text(&output.stderr);
        assert!(error.contains(expected), "{error}");
        assert_eq!(archives(&folder), Vec::<String>::new());
    }
}
