//! Turns the text of the action table (`data/`) into the compact form that is embedded.

mod pack;
mod read;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

const ACTIONS: &str = "data/actions.txt";
const RESOURCE_TYPES: &str = "data/resource-types.txt";

fn main() -> Result<(), Box<dyn Error>> {
    let read = |path: &str| {
        println!("cargo::rerun-if-changed={path}");
        fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}"))
    };
    let (actions, types) = (read(ACTIONS)?, read(RESOURCE_TYPES)?);
    println!("cargo::rerun-if-changed=build");
    let out = out_folder()?;
    let actions = read::Table::parse(ACTIONS, &actions)?;
    let types = read::Table::parse(RESOURCE_TYPES, &types)?;
    if actions.date != types.date {
        return Err(format!("{ACTIONS} and {RESOURCE_TYPES} are not of the same date").into());
    }
    for (name, bytes) in pack::pack(&actions, &types)? {
        write(&out, name, &bytes)?;
    }
    write(&out, "date.txt", actions.date.as_bytes())
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is how cargo tells a build script where to write"
)]
fn out_folder() -> Result<PathBuf, Box<dyn Error>> {
    let folder = std::env::var_os("OUT_DIR").ok_or("cargo has not set OUT_DIR")?;
    Ok(PathBuf::from(folder))
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let path = folder.join(name);
    fs::write(&path, bytes)
        .map_err(|error| format!("cannot write {}: {error}", path.display()).into())
}
