//! Tells the command which commit it is built from.

use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let commit = commit(here).unwrap_or_else(|| "unknown".to_owned());
    let version = env!("CARGO_PKG_VERSION");
    println!("cargo::rustc-env=TRAILKEEPER_VERSION={version} ({commit})");
    println!("cargo::rerun-if-changed=build.rs");
}

/// The commit that is checked out; none where the sources come without a repository, or where
/// git is not to be had.
fn commit(here: &Path) -> Option<String> {
    let workspace = here.join("../..").canonicalize().ok()?;
    // sources unpacked within another repository are not of its commits
    let top = PathBuf::from(git(here, &["rev-parse", "--show-toplevel"])?);
    if top.canonicalize().ok()? != workspace {
        return None;
    }
    let commit = git(here, &["rev-parse", "--verify", "--short=12", "HEAD"])?;
    watch(here);
    let plain = commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    plain.then_some(commit)
}

/// Lets the build repeat this when another commit is checked out or made.
fn watch(here: &Path) {
    let branch = git(here, &["symbolic-ref", "--quiet", "HEAD"]);
    let names = ["HEAD", "logs/HEAD", "packed-refs"].into_iter();
    for name in names.chain(branch.as_deref()) {
        let path = git(here, &["rev-parse", "--git-path", name]).map(|path| here.join(path));
        // a path that does not exist would count as changed for ever
        if let Some(path) = path.filter(|path| path.exists()) {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }
}

fn git(here: &Path, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("git");
    command.arg("-C").arg(here).args(arguments);
    let output = command.output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let text = text.trim();
    (output.status.success() && !text.is_empty()).then(|| text.to_owned())
}
