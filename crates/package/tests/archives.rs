//! What is in an archive, and what it is called.

#![expect(clippy::unwrap_used, reason = "test code")]

use std::fs::{self, File};
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};
use trailkeeper_package::{Arch, Function, Package, PackageError, in_folder, read_all};
use zip::{CompressionMethod, ZipArchive};

const PROGRAM: &[u8] = include_bytes!("fixtures/glibc-2.2.5.elf");
const TOO_NEW: &[u8] = include_bytes!("fixtures/glibc-2.36.elf");

fn package(function: Function) -> Package {
    Package::new(function, PROGRAM, Arch::X86_64).unwrap()
}

/// An empty folder of a test's own.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn the_one_entry_is_an_executable_bootstrap_of_a_fixed_date() {
    let package = package(Function::Evaluator);
    let mut archive = ZipArchive::new(Cursor::new(&package.archive)).unwrap();
    assert_eq!(archive.len(), 1);
    let mut entry = archive.by_index(0).unwrap();
    assert_eq!(entry.name().unwrap(), "bootstrap");
    assert_eq!(entry.unix_mode(), Some(0o100_755));
    assert_eq!(entry.compression(), CompressionMethod::Deflated);
    let date = entry.last_modified().unwrap();
    assert_eq!((date.year(), date.month(), date.day()), (1980, 1, 1));
    assert_eq!((date.hour(), date.minute(), date.second()), (0, 0, 0));
    assert!(entry.compressed_size() < entry.size());
    let mut content = Vec::new();
    entry.read_to_end(&mut content).unwrap();
    assert_eq!(content, PROGRAM);
    assert_eq!(package.program_size, PROGRAM.len());
}

#[test]
fn the_archive_depends_on_nothing_but_the_program() {
    let folder = folder("only-the-program");
    for (function, path) in in_folder(&folder) {
        fs::write(&path, PROGRAM).unwrap();
        let day = Duration::from_secs(86_400 * (10_000 + function.name().len() as u64));
        let file = File::options().append(true).open(&path).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + day).unwrap();
    }
    let read = read_all(&in_folder(&folder), Arch::X86_64).unwrap();
    let made = Function::ALL.map(package);
    assert_eq!(read, made);
    assert_eq!(read[0].archive, read[1].archive);
}

#[test]
fn the_name_holds_the_hash_of_the_archive() {
    let folder = folder("hash-in-the-name").join("made/when/missing");
    for function in Function::ALL {
        let package = package(function);
        let path = package.write(&folder).unwrap();
        let written = fs::read(&path).unwrap();
        let hash: String = Sha256::digest(&written)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(package.sha256, hash);
        let name = format!("{function}-{}.zip", hash.get(..16).unwrap());
        assert_eq!(path, folder.join(&name));
        assert_eq!(package.file_name(), name);
    }
    let mut other = PROGRAM.to_vec();
    other.push(0);
    let other = Package::new(Function::Evaluator, &other, Arch::X86_64).unwrap();
    assert_ne!(other.file_name(), package(Function::Evaluator).file_name());
}

#[test]
fn one_bad_program_refuses_both() {
    let folder = folder("one-bad-program");
    fs::write(folder.join("evaluator"), PROGRAM).unwrap();
    let missing = read_all(&in_folder(&folder), Arch::X86_64).unwrap_err();
    assert!(matches!(
        missing,
        PackageError::Read {
            function: Function::Remediator,
            ..
        }
    ));
    assert!(missing.to_string().contains("`--binaries`"), "{missing}");

    fs::write(folder.join("remediator"), TOO_NEW).unwrap();
    let refused = read_all(&in_folder(&folder), Arch::X86_64).unwrap_err();
    let text = refused.to_string();
    assert!(
        text.starts_with("the remediator needs the symbol arc4random"),
        "{text}"
    );
}

#[test]
fn programs_are_found_where_cargo_lambda_leaves_them() {
    let folder = folder("cargo-lambda");
    for function in Function::ALL {
        let own = folder.join(function.name());
        fs::create_dir(&own).unwrap();
        fs::write(own.join("bootstrap"), PROGRAM).unwrap();
    }
    let packages = read_all(&in_folder(&folder), Arch::X86_64).unwrap();
    assert_eq!(packages, Function::ALL.map(package));
}

#[test]
fn an_archive_that_cannot_be_written_is_told() {
    let taken = folder("not-a-folder").join("file");
    fs::write(&taken, "").unwrap();
    let error = package(Function::Evaluator).write(&taken).unwrap_err();
    assert!(
        error.to_string().contains("another folder with `--out`"),
        "{error}"
    );
}
