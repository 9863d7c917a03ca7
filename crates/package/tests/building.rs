//! How the functions are built, here and for another machine.

#![cfg(unix)]

use std::ffi::OsStr;
use std::path::Path;

use trailkeeper_package::{Arch, BuildError, Function, Host, Tools, build, command};

const X86: Host = Host {
    arch: Some(Arch::X86_64),
    is_linux_gnu: true,
};

const CARGO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/cargo.sh");
const RUSTC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/rustc.sh");

fn tools(cargo: &str, rustc: &str, linker: Option<&str>) -> Tools {
    Tools {
        cargo: cargo.into(),
        rustc: rustc.into(),
        linker: linker.map(Into::into),
    }
}

#[test]
fn the_release_programs_of_the_lock_file_are_built() {
    let native = command(Arch::X86_64, OsStr::new("cargo"), None);
    let arguments: Vec<_> = native.get_args().collect();
    for expected in [
        "build",
        "--release",
        "--locked",
        "trailkeeper-lambda",
        "--bins",
    ] {
        assert!(arguments.contains(&OsStr::new(expected)), "{arguments:?}");
    }
    assert!(!arguments.contains(&OsStr::new("--target")));
    assert_eq!(native.get_envs().count(), 0);
}

#[test]
fn another_machine_has_its_target_and_its_linker() {
    let linker = OsStr::new("aarch64-linux-gnu-gcc");
    let cross = command(Arch::Arm64, OsStr::new("cargo"), Some(linker));
    let arguments: Vec<_> = cross
        .get_args()
        .skip_while(|word| *word != "--target")
        .collect();
    assert_eq!(arguments, ["--target", "aarch64-unknown-linux-gnu"]);
    let variables: Vec<_> = cross.get_envs().collect();
    let variable = OsStr::new("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER");
    assert_eq!(variables, [(variable, Some(linker))]);
}

#[test]
fn cargo_says_where_the_programs_are() {
    let cases = [
        (Arch::X86_64, "/built/native"),
        (Arch::Arm64, "/built/arm64"),
    ];
    for (arch, folder) in cases {
        let built = build(arch, X86, &tools(CARGO, RUSTC, Some("ld"))).unwrap();
        let expected = Function::ALL.map(|function| {
            let path = Path::new(folder).join(function.name());
            (function, path)
        });
        assert_eq!(built, expected);
    }
}

#[test]
fn what_is_missing_for_another_machine_is_named() {
    let musl = Host {
        is_linux_gnu: false,
        ..X86
    };
    let other = Host {
        arch: None,
        is_linux_gnu: false,
    };
    let cases = [
        (
            Arch::Arm64,
            X86,
            "arm64: run `rustup target add aarch64-unknown-linux-gnu`; or",
        ),
        (
            Arch::X86_64,
            musl,
            "x86_64: run `rustup target add x86_64-unknown-linux-gnu`; or",
        ),
        (
            Arch::Arm64,
            other,
            "arm64: run `rustup target add aarch64-unknown-linux-gnu`; or",
        ),
    ];
    for (arch, host, expected) in cases {
        let refused = build(arch, host, &tools("false", "false", Some("ld")));
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains(expected), "{refused}");
        assert!(refused.contains("`--binaries`"), "{refused}");
    }
}

#[test]
fn a_compiler_that_is_not_there_is_named_with_its_packages() {
    let refused = build(Arch::Arm64, X86, &tools(CARGO, "false", None));
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("rustup target add"), "{refused}");
    let named = refused.contains("gcc-aarch64-linux-gnu libc6-dev-arm64-cross")
        && refused.contains("in CC_aarch64_unknown_linux_gnu");
    let found = std::process::Command::new("aarch64-linux-gnu-gcc")
        .arg("-print-file-name=libc.so")
        .output();
    let found = found.is_ok_and(|printed| printed.stdout.starts_with(b"/"));
    assert_eq!(named, !found, "{refused}");
}

#[test]
fn a_build_that_fails_says_what_else_can_be_done() {
    let failed = build(Arch::X86_64, X86, &tools("false", "false", None)).unwrap_err();
    assert!(
        failed.to_string().contains("run this in a checkout"),
        "{failed}"
    );
    let absent = build(Arch::X86_64, X86, &tools("/absent/cargo", "false", None));
    assert!(matches!(absent, Err(BuildError::NoCargo(_))), "{absent:?}");
    let nothing = build(Arch::X86_64, X86, &tools("true", "false", None));
    assert!(
        matches!(nothing, Err(BuildError::NotBuilt(Function::Evaluator))),
        "{nothing:?}"
    );
}

#[test]
fn this_machine_has_a_name_where_lambda_has_one() {
    let host = Host::this();
    assert_eq!(
        host.arch.map(Arch::as_str),
        match std::env::consts::ARCH {
            "x86_64" => Some("x86_64"),
            "aarch64" => Some("arm64"),
            _ => None,
        }
    );
    for arch in Arch::ALL {
        assert_eq!(arch.as_str().parse(), Ok(arch));
    }
    assert!("aarch64".parse::<Arch>().is_err());
}
