//! Which programs are refused, and what is said of them.

use trailkeeper_package::{Arch, Function, ProgramError, check};

const OLD: &[u8] = include_bytes!("fixtures/glibc-2.2.5.elf");
const NEW: &[u8] = include_bytes!("fixtures/glibc-2.36.elf");
const ARM_OLD: &[u8] = include_bytes!("fixtures/arm64-glibc-2.17.elf");
const ARM_NEW: &[u8] = include_bytes!("fixtures/arm64-glibc-2.36.elf");

/// Where the header of an ELF file has the machine.
const MACHINE: usize = 18;

fn evaluator(program: &[u8], arch: Arch) -> Result<(), ProgramError> {
    check(Function::Evaluator, program, arch)
}

fn with(program: &[u8], at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut changed = program.to_vec();
    changed.splice(at..at + bytes.len(), bytes.iter().copied());
    changed
}

/// The program that needs another version than `GLIBC_2.36`, of the same length.
fn needing(version: &[u8; 10]) -> Vec<u8> {
    let mut places = NEW.windows(10);
    let at = places.position(|bytes| bytes == b"GLIBC_2.36");
    with(NEW, at.unwrap_or_default(), version)
}

#[test]
fn a_symbol_newer_than_amazon_linux_2023_is_refused_by_name() {
    for (program, arch) in [(NEW, Arch::X86_64), (ARM_NEW, Arch::Arm64)] {
        let refused = evaluator(program, arch).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the evaluator needs the symbol arc4random of version GLIBC_2.36 from libc.so.6, and \
             Amazon Linux 2023 has glibc 2.34; build it on a Linux with glibc 2.34 or older, or \
             with cargo-lambda, and pass `--binaries`"
        );
    }
}

#[test]
fn versions_are_compared_as_numbers() {
    assert!(evaluator(OLD, Arch::X86_64).is_ok());
    let cases = [
        (b"GLIBC_2.34", true),
        (b"GLIBC_2.35", false),
        (b"GLIBC_2.9\0", true),
        (b"GLIBC_2\0\0\0", true),
        (b"GLIBC_3.0\0", false),
        (b"GLIBC_2.34", true),
        (b"GLIBC_10.1", false),
        // what an older dynamic linker cannot do has a name instead of a number
        (b"GLIBC_ABI_", false),
        (b"GLIBC_PRIV", false),
        (b"GCC_14.0.0", true),
    ];
    for (version, accepted) in cases {
        let checked = evaluator(&needing(version), Arch::X86_64);
        let name = String::from_utf8_lossy(version);
        assert_eq!(checked.is_ok(), accepted, "{name}: {checked:?}");
    }
}

#[test]
fn a_weak_need_is_none() {
    // the first entry of the version needs is GLIBC_2.36's: hash, flags
    let hash = 0x0696_91b6_u32.to_le_bytes();
    let mut places = NEW.windows(4);
    let at = places.position(|bytes| bytes == hash).unwrap();
    assert!(evaluator(&with(NEW, at + 4, &[2]), Arch::X86_64).is_ok());
}

#[test]
fn a_program_for_another_processor_is_refused() {
    let risc_v = with(OLD, MACHINE, &[243, 0]);
    assert!(evaluator(ARM_OLD, Arch::Arm64).is_ok());
    let cases = [
        (
            OLD,
            Arch::Arm64,
            "built for x86_64 and not for arm64; build it for aarch64-unknown-",
        ),
        (
            ARM_OLD,
            Arch::X86_64,
            "built for arm64 and not for x86_64; build it for x86_64-unknown-",
        ),
        (
            &risc_v,
            Arch::X86_64,
            "built for ELF machine 243 and not for x86_64",
        ),
    ];
    for (program, arch, expected) in cases {
        let refused = evaluator(program, arch).unwrap_err().to_string();
        assert!(refused.contains(expected), "{refused}");
    }
}

#[test]
fn needs_that_cannot_be_read_are_refused() {
    // offset, entries and index of names of the section table
    let stripped = with(OLD, 0x28, &[0; 8]);
    let stripped = with(&stripped, 0x3c, &[0; 4]);
    let refused = evaluator(&stripped, Arch::X86_64);
    assert!(
        matches!(refused, Err(ProgramError::NoSections { .. })),
        "{refused:?}"
    );
}

#[test]
fn other_files_are_refused() {
    let narrow = with(OLD, 4, &[1]);
    let cases = [
        &b""[..],
        b"#!/bin/sh\necho hello\n",
        b"\xcf\xfa\xed\xfe\x07\x00\x00\x01 of another system",
        &OLD[..64],
        &narrow,
    ];
    for program in cases {
        let refused = evaluator(program, Arch::X86_64);
        assert!(
            matches!(refused, Err(ProgramError::NotElf { .. })),
            "{refused:?}"
        );
    }
}

#[test]
fn damage_is_never_more_than_a_refusal() {
    for length in 0..NEW.len() {
        assert!(evaluator(&NEW[..length], Arch::X86_64).is_err(), "{length}");
    }
    for at in 0..NEW.len() {
        // whether it is refused depends on the byte; that it returns does not
        let _either = evaluator(&with(NEW, at, &[0xff]), Arch::X86_64);
    }
}
