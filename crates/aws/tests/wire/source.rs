use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use trailkeeper_core::facts::BucketSetting;
use trailkeeper_core::operation::{self, Operation};

/// Needs no permission: S3 names the bucket's Region even in a refusal.
const WITHOUT_PERMISSION: &str = "head_bucket";
/// IAM has one permission for it and for PutBucketLifecycleConfiguration.
const WITH_ANOTHER: &str = "delete_bucket_lifecycle";
/// Services without a crate of the SDK in this workspace: their requests are written here.
const WRITTEN_HERE: [&str; 5] = ["ec2", "events", "guardduty", "lambda", "ssm"];
/// Constants that are not the operation's name in capitals.
const RENAMED: [(&str, &str); 1] = [("LIST_OBJECTS_V2", "LIST_OBJECTS")];
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
        "add", "lookup", "describe", "list", "get", "create", "update", "start", "stop", "put",
        "enable", "disable", "cancel", "delete", "schedule", "head", "assume", "tag", "untag",
        "set", "select",
    ];
    let text = sources.join("\n");
    let names = text
        .split("()")
        .filter_map(|before| before.rsplit('.').next());
    names
        .filter(|name| {
            name.chars().all(|letter| {
                letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_'
            })
        })
        .filter(|name| {
            let verb = name.split_once('_').map(|(verb, _)| verb);
            *name == "publish" || verb.is_some_and(|verb| known.contains(&verb))
        })
        .map(str::to_owned)
        .collect()
}

// These are requests for the policy that say another sub-resource, named by the setting itself.
fn is_of_a_setting(one: &Operation) -> bool {
    let mut settings = BucketSetting::ALL.iter();
    settings.any(|setting| *one == setting.read_by() || *one == setting.written_by())
}

#[test]
fn operations_and_sdk_calls_are_the_same_set() {
    let sources = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let mut listed: BTreeSet<String> = operation::ALL.iter().map(|one| snake(one.name)).collect();
    listed.extend([WITHOUT_PERMISSION, WITH_ANOTHER].map(str::to_owned));
    let mut called = calls(&sources);
    called.remove(NO_CALL);
    let made_otherwise = operation::ALL
        .iter()
        .filter(|one| WRITTEN_HERE.contains(&one.service) || is_of_a_setting(one));
    called.extend(made_otherwise.map(|one| snake(one.name)));
    assert_eq!(called, listed);
}

#[test]
fn every_operation_is_named_in_an_error() {
    let text = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).join("\n");
    for one in operation::ALL {
        if is_of_a_setting(one) {
            continue;
        }
        let constant = snake(one.name).to_uppercase();
        let renamed = RENAMED.iter().find(|(name, _)| *name == constant);
        let constant = renamed.map_or(constant.as_str(), |(_, name)| *name);
        let used = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let uses = used.filter(|word| *word == constant).count();
        assert!(uses >= 2, "{constant} is imported and used {uses} times");
    }
}
