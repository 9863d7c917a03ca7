//! `trailkeeper baseline`.

use serde_json::Value;

use super::{folder, run, text};

#[test]
fn a_baseline_is_captured_of_a_healthy_account_and_compared() {
    const HEALTHY: &str = "tests/cases/healthy-trail.json";
    const STOPPED: &str = "tests/cases/stopped-trail.json";
    let file = folder("baseline").join("baseline.json");
    let file = file.to_str().unwrap();
    let refused = run(&["baseline", "--sandbox", STOPPED, "--out", file]);
    assert_eq!(refused.status.code(), Some(2), "{}", text(&refused.stderr));
    assert!(text(&refused.stdout).contains("trail-not-logging"));
    assert!(!std::path::Path::new(file).exists(), "written all the same");

    let captured = run(&[
        "baseline",
        "--sandbox",
        HEALTHY,
        "--config-rule",
        "cloudtrail-enabled",
        "--out",
        file,
        "--upload",
        "--format",
        "json",
    ]);
    let (told, errors) = (text(&captured.stdout), text(&captured.stderr));
    assert_eq!(captured.status.code(), Some(0), "{told}{errors}");
    let line: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(line["outcome"], "captured");
    let sha256 = line["sha256"].as_str().unwrap();
    let object = line["object"].as_str().unwrap();
    assert!(object.ends_with(&format!("trailkeeper/baseline/{sha256}.json")));

    let same = run(&["baseline", "--sandbox", HEALTHY, "--check", file]);
    assert_eq!(same.status.code(), Some(0), "{}", text(&same.stdout));
    let other = run(&["baseline", "--sandbox", STOPPED, "--check", file]);
    assert_eq!(other.status.code(), Some(2), "{}", text(&other.stdout));
    assert!(text(&other.stdout).contains("trail-not-logging"));
}

#[test]
fn a_baseline_records_the_roles_that_are_named() {
    const HEALTHY: &str = "tests/cases/healthy-trail.json";
    let folder = folder("baseline-roles");
    let (case, file) = (folder.join("case.json"), folder.join("baseline.json"));
    let (case, file) = (case.to_str().unwrap(), file.to_str().unwrap());
    let mut world: Value = serde_json::from_slice(&std::fs::read(HEALTHY).unwrap()).unwrap();
    let role = &mut world["world"]["iam"]["aws-global"]["GetRole"]["auditor"]["Role"];
    role["RoleName"] = "auditor".into();
    // the guard tells of a role of its own that others than the functions may take on
    role["AssumeRolePolicyDocument"] = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }],
    });
    std::fs::write(case, world.to_string()).unwrap();
    let with_role = |name, case| {
        let arguments = [
            "baseline",
            "--sandbox",
            case,
            "--roles",
            name,
            "--out",
            file,
        ];
        run(&arguments)
    };

    for (name, code, why) in [
        ("nobody", 2, "guard-role-missing"),
        ("a b", 1, "bad-parameter: roles"),
    ] {
        let refused = with_role(name, case);
        assert_eq!(refused.status.code(), Some(code), "{name}");
        let told = text(&refused.stdout) + &text(&refused.stderr);
        assert!(told.contains(why), "{name}: {told}");
        assert!(!std::path::Path::new(file).exists(), "written all the same");
    }
    let captured = with_role("auditor", case);
    assert_eq!(
        captured.status.code(),
        Some(0),
        "{}",
        text(&captured.stdout)
    );

    let same = run(&["baseline", "--sandbox", case, "--check", file]);
    assert_eq!(same.status.code(), Some(0), "{}", text(&same.stdout));
    let without = run(&["baseline", "--sandbox", HEALTHY, "--check", file]);
    assert_eq!(without.status.code(), Some(2), "{}", text(&without.stdout));
    assert!(text(&without.stdout).contains("the role auditor is not there"));
}
