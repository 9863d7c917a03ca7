//! Rules about the workspace itself: who may depend on whom, what may be in the tree, what pure
//! crates may name, and how long a file may be.

#![expect(clippy::expect_used, reason = "test code")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests
        .parent()
        .expect("tests is a folder of the workspace")
        .to_owned()
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}

/// The dependency graph as cargo resolved it for this machine: what other systems would need may
/// not be there to be read.
fn metadata() -> Value {
    let version = cargo(&["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.expect("cargo names its host");
    let printed = cargo(&[
        "metadata",
        "--format-version",
        "1",
        "--locked",
        "--offline",
        "--filter-platform",
        host,
    ]);
    serde_json::from_str(&printed).expect("cargo prints JSON")
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// The workspace's own dependencies of each of its crates: ordinary ones, and those of tests.
fn own_dependencies(metadata: &Value) -> BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)> {
    let mut all = BTreeMap::new();
    for package in metadata["packages"].as_array().expect("packages") {
        if !package["source"].is_null() {
            continue;
        }
        let mut own = (BTreeSet::new(), BTreeSet::new());
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let name = text(dependency, "name").to_owned();
            if name.starts_with("trailkeeper") {
                let for_tests = text(dependency, "kind") == "dev";
                if for_tests {
                    own.1.insert(name)
                } else {
                    own.0.insert(name)
                };
            }
        }
        all.insert(text(package, "name").to_owned(), own);
    }
    all
}

const ALL: [&str; 9] = [
    "policy", "core", "app", "aws", "sandbox", "lambda", "runbook", "awscall", "package",
];

#[test]
fn crates_depend_only_on_those_before_them() {
    let may: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("trailkeeper-policy", &[][..]),
        ("trailkeeper-core", &["policy"][..]),
        ("trailkeeper-app", &["policy", "core"][..]),
        ("trailkeeper-aws", &["policy", "core", "app"][..]),
        ("trailkeeper-runbook", &[][..]),
        ("trailkeeper-awscall", &["runbook"][..]),
        ("trailkeeper-package", &[][..]),
        (
            "trailkeeper-sandbox",
            &["policy", "core", "app", "runbook"][..],
        ),
        ("trailkeeper-lambda", &["policy", "core", "app", "aws"][..]),
        ("trailkeeper", &ALL[..]),
        ("trailkeeper-tests", &ALL[..]),
    ]);
    let seen = own_dependencies(&metadata());
    for (name, (ordinary, for_tests)) in &seen {
        let allowed = may
            .get(name.as_str())
            .unwrap_or_else(|| panic!("{name} has no rule here"));
        for dependency in ordinary {
            let short = dependency.trim_start_matches("trailkeeper-");
            assert!(
                allowed.contains(&short),
                "{name} must not depend on {dependency}"
            );
        }
        let extra: &[&str] = match name.as_str() {
            "trailkeeper-lambda" => &["sandbox", "runbook", "awscall"],
            _ => &[],
        };
        for dependency in for_tests {
            let short = dependency.trim_start_matches("trailkeeper-");
            let fine = allowed.contains(&short) || extra.contains(&short);
            assert!(fine, "the tests of {name} must not depend on {dependency}");
        }
    }
    assert!(seen.len() <= may.len());
}

#[test]
fn the_tree_holds_one_http_and_one_tls_stack_and_no_ec2_sdk() {
    let metadata = metadata();
    // what the resolver has put to use, not what some optional dependency could bring
    let used: BTreeSet<&str> = metadata["resolve"]["nodes"]
        .as_array()
        .expect("a resolved graph")
        .iter()
        .map(|node| text(node, "id"))
        .collect();
    let versions = |name: &str| -> Vec<&str> {
        metadata["packages"]
            .as_array()
            .expect("packages")
            .iter()
            .filter(|package| text(package, "name") == name && used.contains(text(package, "id")))
            .map(|package| text(package, "version"))
            .collect()
    };
    for absent in [
        "aws-lc-sys",
        "aws-lc-rs",
        "aws-sdk-ec2",
        "openssl-sys",
        "native-tls",
    ] {
        assert!(
            versions(absent).is_empty(),
            "{absent} has come into the tree"
        );
    }
    for single in ["hyper", "rustls", "h2", "ring", "tokio"] {
        assert!(
            versions(single).len() <= 1,
            "{single}: {:?}",
            versions(single)
        );
    }
    assert!(
        versions("hyper")
            .iter()
            .all(|version| version.starts_with("1."))
    );
}

/// The Rust files below a folder of the workspace.
fn sources(folder: &str) -> Vec<PathBuf> {
    let mut pending = vec![root().join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = pending.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                if path.file_name().is_some_and(|name| name != "target") {
                    pending.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The code of a file without its comments and without the unit tests at its end.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).expect("a source file");
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

fn assert_never_named(folder: &str, words: &[&str]) {
    for path in sources(folder) {
        let code = code(&path);
        for word in words {
            assert!(!code.contains(word), "{} names {word}", path.display());
        }
    }
}

#[test]
fn pure_crates_name_no_runtime_no_sdk_no_environment_no_file_and_no_clock() {
    let words = [
        "tokio",
        "aws_sdk",
        "aws_config",
        "std::env",
        "std::fs",
        "SystemTime",
        "Instant::now",
        "Timestamp::now",
        "async fn",
    ];
    assert_never_named("crates/policy/src", &words);
    assert_never_named("crates/core/src", &words);
}

#[test]
fn only_the_aws_crate_names_the_sdk() {
    for folder in ["app", "sandbox", "lambda", "cli"] {
        let words = ["aws_sdk_", "aws_runtime", "aws_smithy_runtime::"];
        assert_never_named(&format!("crates/{folder}/src"), &words);
    }
}

#[test]
fn the_trail_port_can_neither_stop_nor_delete() {
    let port = root().join("crates/app/src/ports/trails.rs");
    let code = code(&port).to_lowercase();
    for word in ["stop", "delete", "remove"] {
        assert!(!code.contains(word), "the trail port names {word}");
    }
    let words = [
        "stop_logging(",
        "delete_trail(",
        "delete_bucket(",
        "disable_key(",
    ];
    for folder in ["app", "aws", "lambda"] {
        assert_never_named(&format!("crates/{folder}/src"), &words);
    }
}

/// What the functions ask about instances and roles they only read: associations and policies are
/// changed by the runbooks alone.
#[test]
fn the_ports_of_instances_and_roles_write_nothing() {
    let writes = [
        "associate",
        "attach_",
        "create",
        "delete",
        "detach",
        "disassociate",
        "put_",
        "remove",
        "replace_",
        "set_",
        "update",
    ];
    for port in ["instances", "roles", "inventory"] {
        let code = code(&root().join(format!("crates/app/src/ports/{port}.rs")));
        for line in code.lines().filter(|line| line.contains("fn ")) {
            let name = line.split("fn ").nth(1).unwrap_or_default();
            let verb = writes.iter().find(|verb| name.starts_with(**verb));
            assert_eq!(verb, None, "the port of {port}: {line}");
        }
    }
    let words = [
        "put_role_policy(",
        "attach_role_policy(",
        "detach_role_policy(",
        "delete_role_policy(",
        "put_config_rule(",
        "delete_evaluation_results(",
        "DisassociateIamInstanceProfile&",
    ];
    for folder in ["app", "aws", "lambda"] {
        assert_never_named(&format!("crates/{folder}/src"), &words);
    }
}

#[test]
fn the_runbook_engine_and_its_calls_know_neither_rules_nor_the_sdk() {
    let words = [
        "aws_sdk_",
        "aws_config",
        "trailkeeper_core",
        "trailkeeper_app",
    ];
    for folder in ["runbook", "awscall", "package"] {
        assert_never_named(&format!("crates/{folder}/src"), &words);
    }
}

#[test]
fn no_source_file_is_longer_than_450_lines() {
    let is_exempt = |path: &Path| {
        // tests are tables of cases; the table of services is data that a script prints
        path.ends_with("service/table.rs")
            || path.components().any(|part| part.as_os_str() == "tests")
    };
    for path in sources("crates").iter().filter(|path| !is_exempt(path)) {
        let text = std::fs::read_to_string(path).expect("a source file");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        assert!(code.lines().count() <= 450, "{}", path.display());
    }
}

#[test]
fn no_committed_text_leads_out_of_the_repository() {
    for path in sources("crates").into_iter().chain(sources("tests")) {
        let text = std::fs::read_to_string(&path).expect("a source file");
        for word in [
            concat!("../", "shared"),
            concat!("/", "work/"),
            concat!("/", "root/"),
        ] {
            assert!(!text.contains(word), "{} names {word}", path.display());
        }
    }
}
