use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use trailkeeper_core::operation;

/// Needs no permission: S3 names the bucket's Region even in a refusal.
const WITHOUT_PERMISSION: &str = "head_bucket";
/// A person's own call: no role of the product needs it.
const OF_A_PERSON: &str = "put_object";
/// Its request is written here, since EC2 has no crate of the SDK in this workspace.
const WRITTEN_HERE: &str = "describe_instances";
/// The XML decoder's, no call.
const NO_CALL: &str = "start_el";

fn sources(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => sources(&path),
            false => vec![fs::read_to_string(&path).unwrap()],
        })
        .collect()
}

// `DescribeTrails` is the method `describe_trails` of the SDK and our constant DESCRIBE_TRAILS.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

// Every request of the SDK is made by a method without arguments that starts a builder.
fn calls(sources: &[String]) -> BTreeSet<String> {
    let known = [
        "describe", "list", "get", "create", "update", "start", "stop", "put", "enable", "disable",
        "cancel", "delete", "schedule", "head", "assume", "tag", "untag", "set", "select",
    ];
    let text = sources.join("\n");
    let names = text
        .split("()")
        .filter_map(|before| before.rsplit('.').next());
    names
        .filter(|name| {
            name.chars()
                .all(|letter| letter.is_ascii_lowercase() || letter == '_')
        })
        .filter(|name| {
            let verb = name.split_once('_').map(|(verb, _)| verb);
            *name == "publish" || verb.is_some_and(|verb| known.contains(&verb))
        })
        .map(str::to_owned)
        .collect()
}

#[test]
fn operations_and_sdk_calls_are_the_same_set() {
    let sources = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let mut listed: BTreeSet<String> = operation::ALL.iter().map(|one| snake(one.name)).collect();
    listed.extend([WITHOUT_PERMISSION, OF_A_PERSON].map(str::to_owned));
    let mut called = calls(&sources);
    called.remove(NO_CALL);
    called.insert(WRITTEN_HERE.to_owned());
    assert_eq!(called, listed);
}

#[test]
fn every_operation_is_named_in_an_error() {
    let text = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).join("\n");
    for one in operation::ALL {
        let constant = snake(one.name).to_uppercase();
        let used = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let uses = used.filter(|word| *word == constant).count();
        assert!(uses >= 2, "{constant} is imported and used {uses} times");
    }
}
