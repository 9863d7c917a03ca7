//! The processor architectures of Lambda.

use std::fmt;
use std::str::FromStr;

use object::elf;

/// A processor architecture, in Lambda's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arch {
    /// 64-bit x86.
    X86_64,
    /// 64-bit ARM, which the rest of the world calls aarch64.
    Arm64,
}

impl Arch {
    /// Every architecture that Lambda has.
    pub const ALL: [Self; 2] = [Self::X86_64, Self::Arm64];

    /// The name, as Lambda and the template's parameter `Architecture` spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
        }
    }

    /// The name, as Rust spells it.
    pub(crate) fn rust_name(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "aarch64",
        }
    }

    /// What `rustc` calls this architecture with Linux and glibc.
    pub fn target(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64-unknown-linux-gnu",
            Self::Arm64 => "aarch64-unknown-linux-gnu",
        }
    }

    /// The environment variable that names cargo's linker for [`Arch::target`].
    pub fn linker_variable(self) -> &'static str {
        match self {
            Self::X86_64 => "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER",
            Self::Arm64 => "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER",
        }
    }

    /// The cross compiler as Linux distributions name it.
    pub(crate) fn cross_compiler(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64-linux-gnu-gcc",
            Self::Arm64 => "aarch64-linux-gnu-gcc",
        }
    }

    /// Debian's packages of the cross compiler and its C library.
    pub(crate) fn cross_packages(self) -> &'static str {
        match self {
            Self::X86_64 => "gcc-x86-64-linux-gnu libc6-dev-amd64-cross",
            Self::Arm64 => "gcc-aarch64-linux-gnu libc6-dev-arm64-cross",
        }
    }

    /// The architecture of a program; none where Lambda does not have it.
    pub(crate) fn of_machine(machine: elf::Machine) -> Option<Self> {
        match machine {
            elf::EM_X86_64 => Some(Self::X86_64),
            elf::EM_AARCH64 => Some(Self::Arm64),
            _ => None,
        }
    }
}

impl fmt::Display for Arch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Arch {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL.into_iter().find(|arch| arch.as_str() == text);
        named.ok_or("an architecture is x86_64 or arm64")
    }
}
