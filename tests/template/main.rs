//! The CloudFormation template: that it grants what the code needs and no more, that rules and
//! repairs are made from the same wishes, and that AWS Config takes what it renders to.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code: a template that cannot be read has to stop the test"
)]

mod events;
mod guard;
mod heard;
mod instances;
mod limits;
mod pages;
mod permissions;
mod render;
mod runbook;
mod silenced;
mod storage;
mod yaml;

use std::path::PathBuf;

use render::Template;

/// A file of the repository.
fn repository(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(path)
}

fn template_text() -> String {
    std::fs::read_to_string(repository("cloudformation/trailkeeper.yaml")).unwrap()
}

fn template() -> Template {
    Template::new(yaml::read(&template_text()))
}

/// The template that forwards the events of the global Region.
fn global_events() -> Template {
    let path = repository("cloudformation/global-events.yaml");
    Template::new(yaml::read(&std::fs::read_to_string(path).unwrap()))
}

/// Whether files that are made from tables are to be written anew.
#[expect(
    clippy::disallowed_methods,
    reason = "a switch for the developer at the terminal"
)]
fn writes_docs() -> bool {
    std::env::var_os("TRAILKEEPER_WRITE_DOCS").is_some()
}
