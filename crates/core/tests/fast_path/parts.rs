//! The product's own parts: by what names them, and in which words a call does.

use serde_json::json;
use trailkeeper_core::config_rule::RuleParameters;
use trailkeeper_core::facts::RemediationFacts;
use trailkeeper_core::fast_path::{Guarded, Handler};

fn ours(guarded: &Guarded, handler: Handler, name: &str) -> bool {
    guarded.ours(handler, &[name.to_owned()]) == [name]
}

/// Each parameter of the rule `guard` names parts of its kind, and of no other.
#[test]
fn each_parameter_names_parts_of_its_kind() {
    let cases = [
        ("configRules", Handler::ConfigRule),
        ("remediatedRules", Handler::ConfigRule),
        ("eventRules", Handler::EventRule),
        ("notificationRules", Handler::EventRule),
        ("functions", Handler::Function),
        ("invokedFunctions", Handler::Function),
        ("runbooks", Handler::Document),
        ("roles", Handler::Role),
        ("trails", Handler::Trail),
    ];
    let kinds = cases.map(|(_, handler)| handler);
    for (parameter, handler) in cases {
        let parameters = json!({parameter: " one=auto, ,two", "namePrefix": " tk "});
        let parameters = RuleParameters::new(parameters.as_object().unwrap().clone());
        let guarded = Guarded::of_guard(&parameters);
        let names = if parameter == "roles" {
            ["one=auto", "two"]
        } else {
            ["one", "two"]
        };
        for name in names {
            for kind in kinds {
                let expected = kind == handler;
                let seen = ours(&guarded, kind, name);
                assert_eq!(seen, expected, "{parameter} {kind:?} {name}");
            }
            let trust = ours(&guarded, Handler::RoleTrust, name);
            assert_eq!(trust, handler == Handler::Role, "{parameter}");
        }
        assert!(!ours(&guarded, handler, ""), "{parameter}");
        assert!(!ours(&guarded, handler, "three"), "{parameter}");
    }
    let none = RuleParameters::new(serde_json::Map::new());
    assert_eq!(Guarded::of_guard(&none), Guarded::default());
}

fn remediation() -> RemediationFacts {
    let role = "arn:aws:iam::111122223333:role/tk/runbook";
    let parameters = [
        (
            "RemediatorFunctionName",
            vec![String::new(), "tk-fix".to_owned()],
        ),
        ("AutomationAssumeRole", vec![role.to_owned()]),
    ];
    RemediationFacts {
        rule: "trail-rule".to_owned(),
        document: "Restore".to_owned(),
        version: None,
        automatic: true,
        parameters: parameters
            .map(|(key, values)| (key.to_owned(), values))
            .into(),
        resource_parameter: None,
        settings: Default::default(),
    }
}

#[test]
fn a_remediation_needs_rule_runbook_function_and_role() {
    let guarded = Guarded::of_remediation(&remediation());
    let document = "arn:aws:ssm:us-east-1:111122223333:document/Restore";
    let cases = [
        (Handler::ConfigRule, "trail-rule", true),
        (Handler::Document, "Restore", true),
        (Handler::Document, document, true),
        (Handler::Function, "tk-fix", true),
        (Handler::Function, "", false),
        (Handler::Role, "runbook", true),
        (
            Handler::RoleTrust,
            "arn:aws:iam::111122223333:role/runbook",
            true,
        ),
        (Handler::Trail, "trail-rule", false),
        (Handler::EventRule, "trail-rule", false),
        (Handler::Key, "Restore", false),
        // Only an ARN has parts; what stands behind a slash in a name is part of it.
        (Handler::ConfigRule, "x/trail-rule", false),
        (Handler::Document, "x:Restore", false),
    ];
    for (handler, name, expected) in cases {
        assert_eq!(
            ours(&guarded, handler, name),
            expected,
            "{handler:?} {name}"
        );
    }
    let bare = RemediationFacts {
        parameters: Default::default(),
        ..remediation()
    };
    let bare = Guarded::of_remediation(&bare);
    assert!(bare.functions.is_empty() && bare.roles.is_empty());
}

/// Both together have the parts of each.
#[test]
fn parts_are_added_kind_by_kind() {
    let one = |name: &str| {
        let set = || [name.to_owned()].into();
        Guarded {
            config_rules: set(),
            event_rules: set(),
            functions: set(),
            runbooks: set(),
            roles: set(),
            trails: set(),
            runs: set(),
        }
    };
    let both = one("a").and(one("b"));
    for handler in [
        Handler::ConfigRule,
        Handler::EventRule,
        Handler::Function,
        Handler::Document,
        Handler::Role,
        Handler::Trail,
        Handler::Run,
    ] {
        let names = ["a", "x", "b"].map(str::to_owned);
        assert_eq!(both.ours(handler, &names), ["a", "b"], "{handler:?}");
    }
}

#[test]
fn a_function_in_every_form_of_its_name() {
    let guarded = Guarded {
        functions: ["tk-fix".to_owned()].into(),
        ..Guarded::default()
    };
    let arn = "arn:aws:lambda:us-east-1:111122223333:function:tk-fix";
    let cases = [
        ("tk-fix", true),
        ("tk-fix:live", true),
        ("tk-fix:7", true),
        ("111122223333:tk-fix", true),
        ("111122223333:tk-fix:live", true),
        ("111122223333:function:tk-fix", true),
        ("function:tk-fix", true),
        (arn, true),
        ("live:tk-fix", false),
        ("tk-fix2", false),
        ("111122223333:other", false),
        ("111122223333", false),
        ("", false),
    ];
    for (name, expected) in cases {
        assert_eq!(ours(&guarded, Handler::Function, name), expected, "{name}");
    }
    let versioned = format!("{arn}:live");
    assert!(ours(&guarded, Handler::Function, &versioned));
}
