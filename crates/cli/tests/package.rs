//! `trailkeeper package` as a process, with programs that were built before.

#![expect(clippy::unwrap_used, reason = "test code")]

use std::fs;
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

#[test]
fn an_upload_that_was_not_made_is_no_success() {
    let folder = programs("package-upload", PROGRAM, PROGRAM);
    let output = package(&folder, &["--upload", "s3://my-code-bucket/trailkeeper/"]);
    assert_eq!(output.status.code(), Some(1));
    let printed = text(&output.stdout);
    for name in archives(&folder) {
        let key = format!("S3Key=trailkeeper/{name}\n");
        let copy = format!("\naws s3 cp zips/{name} s3://my-code-bucket/trailkeeper/{name}\n");
        assert!(printed.contains(&key), "{printed}");
        assert!(printed.contains(&copy), "{printed}");
    }
    assert!(
        printed.contains("\nCodeS3Bucket=my-code-bucket\n"),
        "{printed}"
    );
    let error = text(&output.stderr);
    assert!(error.starts_with("error: nothing was uploaded"), "{error}");
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
