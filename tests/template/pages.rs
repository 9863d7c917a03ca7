//! The pages for those who operate it: every code is explained, every link leads somewhere.

use std::collections::BTreeSet;

use trailkeeper_core::cloudtrail::Code;

use crate::render::text;
use crate::{global_events, repository, template};

const PAGES: [&str; 4] = [
    "docs/deploy.md",
    "docs/operate.md",
    "docs/permissions.md",
    "docs/troubleshoot.md",
];

fn page(path: &str) -> String {
    std::fs::read_to_string(repository(path)).unwrap()
}

/// What stands between backticks.
fn quoted(text: &str) -> BTreeSet<&str> {
    let lines = text.lines().filter(|line| !line.starts_with("```"));
    lines
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .collect()
}

/// The words of a source text that have the form of a code: `"trail-quota-full"`.
fn codes_in(source: &str) -> BTreeSet<String> {
    let is_code = |text: &&str| {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
        text.contains('-')
            && text.bytes().all(plain)
            && !text.starts_with('-')
            && !text.ends_with('-')
    };
    source
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(is_code)
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_finding_is_in_the_troubleshooting_page() {
    let page = page("docs/troubleshoot.md");
    let quoted = quoted(&page);
    let missing: Vec<&str> = Code::ALL
        .iter()
        .map(|code| code.as_str())
        .filter(|code| !quoted.contains(code))
        .collect();
    assert!(missing.is_empty(), "docs/troubleshoot.md lacks {missing:?}");
}

/// The codes with which a repair gives up, from the places in the code that name them.
#[test]
fn every_code_of_a_failed_repair_is_in_the_troubleshooting_page() {
    let sources = [
        "crates/core/src/repair/conclusion.rs",
        "crates/core/src/repair/next.rs",
        "crates/core/src/repair/reaction.rs",
        "crates/core/src/repair/store_steps.rs",
        "crates/core/src/repair/survey.rs",
        "crates/app/src/repair/mod.rs",
        "crates/app/src/submit.rs",
        "crates/core/src/remediation/destinations.rs",
    ];
    explains(&sources, 15);
}

/// What the answer to an event of EventBridge notes.
#[test]
fn every_note_of_an_event_is_in_the_troubleshooting_page() {
    let sources = [
        "crates/app/src/fast_path/announce.rs",
        "crates/app/src/fast_path/error.rs",
        "crates/app/src/fast_path/found.rs",
        "crates/app/src/fast_path/guard.rs",
        "crates/app/src/fast_path/instances.rs",
        "crates/app/src/fast_path/mod.rs",
        "crates/app/src/fast_path/own.rs",
        "crates/app/src/fast_path/roles.rs",
        "crates/app/src/fast_path/start.rs",
        "crates/app/src/fast_path/trail.rs",
        "crates/app/src/fast_path/wanted.rs",
    ];
    explains(&sources, 15);
}

/// What the rule `guard` put right, and what the record of an incident notes.
#[test]
fn every_note_of_the_guard_and_of_an_incident_is_in_the_troubleshooting_page() {
    let sources = [
        "crates/app/src/guard/mod.rs",
        "crates/app/src/incident.rs",
        "crates/core/src/guard/plan.rs",
    ];
    explains(&sources, 6);
}

/// The troubleshooting page has every code that the sources name, of which there are some.
fn explains(sources: &[&str], some: usize) {
    let codes: BTreeSet<String> = sources
        .iter()
        .flat_map(|path| codes_in(&page(path)))
        .collect();
    assert!(codes.len() > some, "the sources have moved: {codes:?}");
    let page = page("docs/troubleshoot.md");
    let quoted = quoted(&page);
    let missing: Vec<&String> = codes
        .iter()
        .filter(|code| !quoted.contains(code.as_str()))
        .collect();
    assert!(missing.is_empty(), "docs/troubleshoot.md lacks {missing:?}");
}

/// A parameter that a page names with a value is one of the template.
#[test]
fn the_parameters_of_the_deploy_commands_exist() {
    let pages = [page("docs/deploy.md"), page("docs/operate.md")].concat();
    let (template, global) = (template(), global_events());
    let commands = pages.split("aws cloudformation deploy").skip(1);
    let mut count = 0;
    for text in commands {
        let Some((before, block)) = text.split_once("--parameter-overrides") else {
            continue;
        };
        let is_global = before.contains("global-events.yaml");
        let template = if is_global { &global } else { &template };
        let command = block.split("```").next().unwrap_or_default();
        let command = command.lines().scan(true, |goes_on, line| {
            let now = *goes_on;
            *goes_on = line.trim_end().ends_with('\\');
            now.then_some(line)
        });
        for (name, _) in command
            .flat_map(str::split_whitespace)
            .filter_map(|word| word.split_once('='))
        {
            assert!(template.section("Parameters").contains_key(name), "{name}");
            count += 1;
        }
    }
    assert!(count > 5, "{count}");
}

#[test]
fn links_lead_to_pages_and_headings_that_are_there() {
    for path in PAGES {
        let text = page(path);
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let file = if file.is_empty() {
                path.to_owned()
            } else {
                format!("docs/{file}")
            };
            assert!(repository(&file).exists(), "{path}: {target}");
            let headings = page(&file);
            let mut headings = headings
                .lines()
                .filter_map(|line| line.strip_prefix('#'))
                .map(anchor);
            assert!(
                heading.is_empty() || headings.any(|known| known == heading),
                "{path}: {target}"
            );
        }
    }
}

/// The anchor of a heading, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// An alarm says what it means, tells somebody, and is explained to whoever operates it.
#[test]
fn every_alarm_is_explained() {
    let page = page("docs/operate.md");
    let quoted = quoted(&page);
    let template = template();
    let stack = template.render(&[("AutomaticRemediation", "true")]);
    let resources = template.section("Resources").iter();
    let alarms = resources.filter(|(_, resource)| resource["Type"] == "AWS::CloudWatch::Alarm");
    let mut count = 0;
    for (logical, _) in alarms {
        let alarm = stack.properties(logical).expect("is deployed");
        let name = text(&alarm["AlarmName"]);
        assert!(
            quoted.contains(name.as_str()),
            "docs/operate.md lacks {name}"
        );
        assert!(text(&alarm["AlarmDescription"]).len() > 40, "{name}");
        assert_eq!(
            alarm["AlarmActions"],
            serde_json::json!(["arn:PARTITION:sns:REGION:ACCOUNT:trailkeeper-notifications"]),
            "{name}"
        );
        assert!(alarm.get("TreatMissingData").is_some(), "{name}");
        count += 1;
    }
    assert_eq!(count, 11);
}
