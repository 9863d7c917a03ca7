//! Builds the functions with cargo.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, io};

use serde_json::Value;

use crate::{Arch, Function};

/// What is asked of cargo. It says itself where it puts the programs.
const ARGUMENTS: [&str; 7] = [
    "build",
    "--release",
    "--locked",
    "--package",
    "trailkeeper-lambda",
    "--bins",
    "--message-format=json-render-diagnostics",
];

/// The functions cannot be built here.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Something for another architecture or system is missing.
    #[error(
        "this machine cannot build for {arch}: {missing}; or build on a machine that can, and pass \
         the folder of the programs as `--binaries`"
    )]
    Cross {
        /// The architecture.
        arch: Arch,
        /// What is missing and how to get it.
        missing: String,
    },
    /// There is no cargo.
    #[error(
        "cargo cannot be started; install Rust, or pass the folder of the built programs as \
         `--binaries`"
    )]
    NoCargo(#[source] io::Error),
    /// Cargo gave up; it has said why.
    #[error(
        "cargo could not build the functions ({0}); run this in a checkout of trailkeeper, or pass \
         the folder of the built programs as `--binaries`"
    )]
    Failed(String),
    /// Cargo built something else.
    #[error("cargo built no program {0}; run this in a checkout of trailkeeper")]
    NotBuilt(Function),
}

/// The machine that builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Host {
    /// The processor, where it is one of Lambda's.
    pub arch: Option<Arch>,
    /// Whether its programs are for Linux with glibc, as Lambda's are.
    pub is_linux_gnu: bool,
}

impl Host {
    /// This machine.
    pub fn this() -> Self {
        let mut all = Arch::ALL.into_iter();
        Self {
            arch: all.find(|arch| arch.rust_name() == env::consts::ARCH),
            is_linux_gnu: cfg!(all(target_os = "linux", target_env = "gnu")),
        }
    }

    fn builds(self, arch: Arch) -> bool {
        self.is_linux_gnu && self.arch == Some(arch)
    }
}

/// The programs that build.
#[derive(Debug, Clone)]
pub struct Tools {
    /// Cargo.
    pub cargo: OsString,
    /// The compiler, which knows what it can build for.
    pub rustc: OsString,
    /// The linker of [`Arch::linker_variable`], where that is set.
    pub linker: Option<OsString>,
}

/// Builds the functions in the checkout around the working folder; cargo's own messages go to
/// standard error.
///
/// # Errors
/// This machine cannot build for the architecture, or cargo fails.
pub fn build(
    arch: Arch,
    host: Host,
    tools: &Tools,
) -> Result<Vec<(Function, PathBuf)>, BuildError> {
    let linker = match host.builds(arch) {
        true => None,
        false => Some(cross_linker(arch, tools)?),
    };
    let mut cargo = command(arch, &tools.cargo, linker.as_deref());
    let output = cargo.stderr(Stdio::inherit()).output();
    let output = output.map_err(BuildError::NoCargo)?;
    if !output.status.success() {
        return Err(BuildError::Failed(output.status.to_string()));
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let found = |function| match executable(&messages, function) {
        Some(path) => Ok((function, path)),
        None => Err(BuildError::NotBuilt(function)),
    };
    Function::ALL.into_iter().map(found).collect()
}

/// The call of cargo; with a linker it builds for another machine than this one.
pub fn command(arch: Arch, cargo: &OsStr, linker: Option<&OsStr>) -> Command {
    let mut command = Command::new(cargo);
    command.args(ARGUMENTS);
    if let Some(linker) = linker {
        command.args(["--target", arch.target()]);
        command.env(arch.linker_variable(), linker);
    }
    command
}

/// The linker for another machine, where everything for it is here.
fn cross_linker(arch: Arch, tools: &Tools) -> Result<OsString, BuildError> {
    let mut missing = Vec::new();
    let target = arch.target();
    if !has_target(&tools.rustc, target) {
        missing.push(format!("run `rustup target add {target}`"));
    }
    let compiler = arch.cross_compiler();
    if tools.linker.is_none() && !has_c_library(compiler) {
        missing.push(format!(
            "install a cross compiler with its C library (on Debian `apt-get install {}`), or name \
             one in {} and in CC_{}",
            arch.cross_packages(),
            arch.linker_variable(),
            target.replace('-', "_")
        ));
    }
    match missing.is_empty() {
        true => Ok(tools.linker.clone().unwrap_or_else(|| compiler.into())),
        false => Err(BuildError::Cross {
            arch,
            missing: missing.join(", and "),
        }),
    }
}

/// Whether the standard library for a target is installed.
fn has_target(rustc: &OsStr, target: &str) -> bool {
    let printed = runs(rustc, &["--print", "target-libdir", "--target", target]);
    printed.is_some_and(|folder| Path::new(folder.trim()).is_dir())
}

/// Whether a compiler is there with its C library, which is a package of its own. What it does not
/// find it prints as it was named.
fn has_c_library(compiler: &str) -> bool {
    let printed = runs(OsStr::new(compiler), &["-print-file-name=libc.so"]);
    printed.is_some_and(|file| Path::new(file.trim()).is_absolute())
}

/// What a program prints; nothing where it is absent or fails.
fn runs(program: &OsStr, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let succeeded = output.status.success();
    succeeded.then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Where cargo says that it has put a program.
fn executable(messages: &str, function: Function) -> Option<PathBuf> {
    let parsed = messages
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    let mut programs = parsed.filter(|message: &Value| {
        let name = message.pointer("/target/name").and_then(Value::as_str);
        name == Some(function.name())
    });
    programs.find_map(|message| Some(message.get("executable")?.as_str()?.into()))
}

/// The programs in a folder, as cargo (`evaluator`) and cargo-lambda (`evaluator/bootstrap`) leave
/// them.
pub fn in_folder(folder: &Path) -> Vec<(Function, PathBuf)> {
    let place = |function: Function| {
        let path = folder.join(function.name());
        match path.is_dir() {
            true => (function, path.join("bootstrap")),
            false => (function, path),
        }
    };
    Function::ALL.into_iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::executable;
    use crate::Function;

    #[test]
    fn the_program_is_found_among_cargos_messages() {
        let messages = r#"
            warning: not for programs
            {"reason":"compiler-artifact","target":{"name":"evaluator"},"executable":null}
            {"reason":"compiler-artifact","target":{"name":"evaluator"},"executable":"/t/evaluator"}
            {"reason":"build-finished","success":true}
        "#;
        let path = executable(messages, Function::Evaluator);
        assert_eq!(path.as_deref(), Some("/t/evaluator".as_ref()));
        assert_eq!(executable(messages, Function::Remediator), None);
    }
}
