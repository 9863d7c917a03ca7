//! Whether a call is about something of ours.

use serde_json::json;
use trailkeeper_core::Arn;
use trailkeeper_core::cloudtrail::Requirements;
use trailkeeper_core::config_rule::RuleParameters;
use trailkeeper_core::facts::{RemediationFacts, Trail};
use trailkeeper_core::fast_path::{Actor, Bearing, Guarded, Handler, Watch};

pub(crate) const TRAIL: &str = "arn:aws:cloudtrail:us-east-1:111122223333:trail/org-audit";
const GROUP: &str = "arn:aws:logs:us-east-1:111122223333:log-group:audit:*";
pub(crate) const TOPIC: &str = "arn:aws:sns:us-east-1:111122223333:audit";
pub(crate) const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd";

pub(crate) fn trail(name: &str) -> Trail {
    Trail {
        arn: TRAIL.replace("org-audit", name).parse().unwrap(),
        name: name.to_owned(),
        home_region: "us-east-1".parse().unwrap(),
        bucket: format!("logs-of-{name}"),
        key_prefix: None,
        sns_topic_arn: Some(TOPIC.to_owned()),
        include_global_service_events: None,
        is_multi_region: None,
        log_file_validation: None,
        is_organization_trail: None,
        kms_key_id: Some(KEY.to_owned()),
        log_group_arn: Some(GROUP.to_owned()),
        log_group_role_arn: Some("arn:aws:iam::111122223333:role/ct/to-logs".to_owned()),
    }
}

/// What one name means: by the rule alone, and with the trails.
fn seen(wanted: &Requirements, handler: Handler, name: &str) -> [Option<Bearing>; 2] {
    let trails = [trail("org-audit"), trail("other")];
    [None, Some(trails.as_slice())].map(|trails| {
        let watch = Watch {
            requirements: wanted,
            trails,
            topic: None,
            alarms: &[],
        };
        let names: Vec<String> = [name]
            .into_iter()
            .filter(|n| !n.is_empty())
            .map(str::to_owned)
            .collect();
        watch.bearing(handler, &names, &Actor::default())
    })
}

#[test]
fn names_and_arns_of_ours() {
    use Bearing::{Foreign, Ours, Unnamed, Unsure};
    let any = Requirements::default();
    let named = Requirements {
        trail: Some("org-audit".to_owned()),
        bucket: Some("logs-of-org-audit".to_owned()),
        sns_topic: Some(TOPIC.to_owned()),
        log_group_arn: Some(GROUP.to_owned()),
        kms_key_id: Some("1234abcd".to_owned()),
        ..Requirements::default()
    };
    let by_arn = Requirements {
        trail: Some(TRAIL.to_owned()),
        kms_key_id: Some("alias/audit".to_owned()),
        ..Requirements::default()
    };
    let at_once = |bearing| [Some(bearing), Some(bearing)];
    let by_trails = |bearing| [None, Some(bearing)];
    let elsewhere = TRAIL.replace("us-east-1", "eu-west-1");
    let cases = [
        (&any, Handler::Trail, "whatever", at_once(Ours)),
        (
            &any,
            Handler::Trail,
            "arn:aws:cloudtrail:r:1:eventdatastore/x",
            at_once(Foreign),
        ),
        (&named, Handler::Trail, "org-audit", at_once(Ours)),
        (&named, Handler::Trail, TRAIL, at_once(Ours)),
        (&named, Handler::Trail, "other", at_once(Foreign)),
        (&by_arn, Handler::Trail, "org-audit", at_once(Ours)),
        (
            &by_arn,
            Handler::Trail,
            elsewhere.as_str(),
            at_once(Foreign),
        ),
        (&named, Handler::Trail, "", at_once(Unnamed)),
        (&named, Handler::Bucket, "logs-of-org-audit", at_once(Ours)),
        (&named, Handler::Bucket, "logs-of-other", at_once(Foreign)),
        (&any, Handler::Bucket, "logs-of-other", by_trails(Ours)),
        (
            &by_arn,
            Handler::Bucket,
            "logs-of-other",
            by_trails(Foreign),
        ),
        (&any, Handler::Bucket, "mine", by_trails(Foreign)),
        (&any, Handler::Bucket, "", at_once(Unnamed)),
        (&named, Handler::Key, KEY, at_once(Ours)),
        (&named, Handler::Key, "1234abcd", at_once(Ours)),
        (&named, Handler::Key, "other", by_trails(Foreign)),
        // An alias does not tell which key it is.
        (&by_arn, Handler::Key, "1234abcd", by_trails(Ours)),
        (&by_arn, Handler::Key, "alias/audit", at_once(Ours)),
        (
            &by_arn,
            Handler::Key,
            "arn:aws:kms:us-east-1:111122223333:alias/audit",
            at_once(Ours),
        ),
        (&by_arn, Handler::Key, "alias/other", at_once(Foreign)),
        (&named, Handler::Key, "alias/1234abcd", at_once(Foreign)),
        (&any, Handler::Key, "alias/audit", at_once(Foreign)),
        (&any, Handler::KeyStore, "cks-1", at_once(Unsure)),
        (&named, Handler::LogGroup, "audit", at_once(Ours)),
        (&named, Handler::LogGroup, "audit2", at_once(Foreign)),
        (&any, Handler::LogGroup, "audit", by_trails(Ours)),
        (&named, Handler::Topic, TOPIC, at_once(Ours)),
        (
            &named,
            Handler::Topic,
            "arn:aws:sns:us-east-1:111122223333:audit:7f-1",
            at_once(Ours),
        ),
        (
            &named,
            Handler::Topic,
            "arn:aws:sns:us-east-1:111122223333:audit2",
            at_once(Foreign),
        ),
        (&any, Handler::Topic, TOPIC, by_trails(Ours)),
        (&any, Handler::Role, "to-logs", by_trails(Ours)),
        (&any, Handler::RoleTrust, "app-role", by_trails(Foreign)),
        (
            &any,
            Handler::ServiceRole,
            "AWSServiceRoleForCloudTrail",
            at_once(Ours),
        ),
        (
            &any,
            Handler::ServiceRole,
            "AWSServiceRoleForConfigRemediation",
            at_once(Ours),
        ),
        (
            &any,
            Handler::ServiceRole,
            "AWSServiceRoleForRDS",
            at_once(Foreign),
        ),
        (&any, Handler::Organization, "", at_once(Ours)),
        (&any, Handler::Organization, "444455556666", at_once(Ours)),
        (
            &any,
            Handler::Organization,
            "cloudtrail.amazonaws.com",
            at_once(Ours),
        ),
        (
            &any,
            Handler::Organization,
            "ram.amazonaws.com",
            at_once(Foreign),
        ),
        (&any, Handler::AccountRegion, "ap-east-1", at_once(Ours)),
        // there is one for all buckets
        (&any, Handler::AccountBuckets, "", at_once(Ours)),
    ];
    for (wanted, handler, name, expected) in cases {
        assert_eq!(seen(wanted, handler, name), expected, "{handler:?} {name}");
    }
}

/// Policies bind member accounts: they are the affair of whoever keeps the trail of all.
#[test]
fn control_policies_matter_to_the_trail_of_the_organization() {
    let bearing = |required: bool, of_all: Option<bool>, name: &str| {
        let requirements = Requirements {
            organization_trail: required,
            ..Requirements::default()
        };
        let trails = of_all.map(|of_all| {
            [Trail {
                is_organization_trail: Some(of_all),
                ..trail("org-audit")
            }]
        });
        let watch = Watch {
            requirements: &requirements,
            trails: trails.as_ref().map(<[Trail; 1]>::as_slice),
            topic: None,
            alarms: &[],
        };
        let names = [name.to_owned()];
        watch.bearing(Handler::ControlPolicy, &names, &Actor::default())
    };
    let scp = "SERVICE_CONTROL_POLICY";
    let rcp = "RESOURCE_CONTROL_POLICY";
    let cases = [
        (true, None, "p-examplepolicyid111", Some(Bearing::Ours)),
        (true, None, "444455556666", Some(Bearing::Ours)),
        (true, None, scp, Some(Bearing::Ours)),
        (true, None, rcp, Some(Bearing::Ours)),
        (true, None, "TAG_POLICY", Some(Bearing::Foreign)),
        (false, None, "BACKUP_POLICY", Some(Bearing::Foreign)),
        (false, None, scp, None),
        (false, Some(true), scp, Some(Bearing::Ours)),
        (false, Some(true), "444455556666", Some(Bearing::Ours)),
        (
            false,
            Some(false),
            "p-examplepolicyid111",
            Some(Bearing::Foreign),
        ),
    ];
    for (required, of_all, name, expected) in cases {
        let seen = bearing(required, of_all, name);
        assert_eq!(seen, expected, "{required} {of_all:?} {name}");
    }
}

/// Alarms are made all day long: only those that are watched, or are the product's own, count.
#[test]
fn alarms_that_are_made_count_by_name() {
    let requirements = Requirements::default();
    let topic: Arn = "arn:aws:sns:us-east-1:111122223333:tk-notifications"
        .parse()
        .unwrap();
    let bearing = |alarms: &[&str], topic, names: &[&str]| {
        let [alarms, names] = [alarms, names]
            .map(|list| list.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>());
        let watch = Watch {
            requirements: &requirements,
            trails: None,
            topic,
            alarms: &alarms,
        };
        let bearing = watch.bearing(Handler::AlarmSettings, &names, &Actor::default());
        bearing.unwrap()
    };
    let cases: [(&[&str], Option<_>, &[&str], Bearing); 7] = [
        (&[], None, &["cpu"], Bearing::Foreign),
        (&[], Some(&topic), &["cpu"], Bearing::Foreign),
        (&[], Some(&topic), &["tk-no-evaluation"], Bearing::Ours),
        (&["cis-*"], Some(&topic), &["cis-1"], Bearing::Ours),
        (&["cis-*"], Some(&topic), &["cpu"], Bearing::Foreign),
        (&["cpu"], None, &["cpu"], Bearing::Ours),
        (&[], Some(&topic), &[], Bearing::Unnamed),
    ];
    for (alarms, topic, names, expected) in cases {
        assert_eq!(
            bearing(alarms, topic, names),
            expected,
            "{alarms:?} {names:?}"
        );
    }
}

/// What scales by alarms deletes them all day long.
#[test]
fn alarms_by_name_or_all_but_those_of_scaling() {
    let requirements = Requirements::default();
    let bearing = |alarms: &[&str], name: &str, from: &str| {
        let alarms: Vec<String> = alarms.iter().map(|name| (*name).to_owned()).collect();
        let watch = Watch {
            requirements: &requirements,
            trails: None,
            topic: None,
            alarms: &alarms,
        };
        let actor = Actor {
            source_address: from.to_owned(),
            ..Actor::default()
        };
        watch.bearing(Handler::Alarm, &[name.to_owned()], &actor)
    };
    let scaling = "application-autoscaling.amazonaws.com";
    let cases = [
        (&[][..], "x", "203.0.113.24", Bearing::Ours),
        (&[], "TargetTracking-x", scaling, Bearing::Foreign),
        (&["x"], "x", scaling, Bearing::Ours),
        (&["x"], "xy", "203.0.113.24", Bearing::Foreign),
        (&["tk-*"], "tk-stopped", "203.0.113.24", Bearing::Ours),
    ];
    for (alarms, name, from, expected) in cases {
        assert_eq!(
            bearing(alarms, name, from),
            Some(expected),
            "{alarms:?} {name}"
        );
    }
}

#[test]
fn parts_of_ours_in_every_form_of_their_names() {
    let parameters = json!({
        "configRules": "trail-rule, guard-rule", "remediatedRules": "other-rule=auto",
        "eventRules": "tk-events", "functions": "tk-evaluator", "invokedFunctions": "tk-other",
        "runbooks": "Tk-Restore", "roles": "-", "roleSuffix": "role", "namePrefix": "tk",
        "notificationRules": "-verdict-changed",
    });
    let parameters = RuleParameters::new(parameters.as_object().unwrap().clone());
    let remediation = RemediationFacts {
        rule: "trail-rule".to_owned(),
        document: "Restore".to_owned(),
        version: None,
        automatic: true,
        parameters: [
            ("RemediatorFunctionName", "tk-remediator"),
            (
                "AutomationAssumeRole",
                "arn:aws:iam::111122223333:role/tk/runbook",
            ),
        ]
        .map(|(key, value)| (key.to_owned(), vec![value.to_owned()]))
        .into(),
        resource_parameter: None,
        settings: Default::default(),
    };
    let runs = Guarded {
        runs: ["run-1".to_owned()].into(),
        ..Guarded::default()
    };
    let guarded = Guarded::of_guard(&parameters).and(Guarded::of_remediation(&remediation));
    let guarded = guarded.and(runs);
    let function = "arn:aws:lambda:us-east-1:111122223333:function:tk-evaluator";
    let cases = [
        (Handler::ConfigRule, "trail-rule", true),
        (Handler::ConfigRule, "other-rule", true),
        (Handler::ConfigRule, "trail-rule2", false),
        (Handler::EventRule, "tk-events", true),
        (Handler::EventRule, "tk-verdict-changed", true),
        (Handler::Function, "tk-evaluator", true),
        (Handler::Function, function, true),
        (Handler::Function, &format!("{function}:live"), true),
        (Handler::Function, "111122223333:tk-other", true),
        (Handler::Function, "tk-remediator:live", true),
        (Handler::Function, "tk-evaluator2", false),
        (Handler::Document, "Restore", true),
        (
            Handler::Document,
            "arn:aws:ssm:us-east-1:111122223333:document/Tk-Restore",
            true,
        ),
        (Handler::Role, "runbook", true),
        (Handler::RoleTrust, "tk-role", true),
        (Handler::Role, "app-role", false),
        (Handler::Recorder, "default", true),
        (Handler::Detector, "12abc", true),
        (Handler::Trail, "tk-role", false),
        (Handler::Run, "run-1", true),
        (Handler::Run, "run-2", false),
        (Handler::EventBus, "default", true),
        (
            Handler::EventBus,
            "arn:aws:events:us-east-1:111122223333:event-bus/default",
            true,
        ),
        (Handler::EventBus, "orders", false),
    ];
    for (handler, name, expected) in cases {
        let ours = guarded.ours(handler, &[name.to_owned()]);
        assert_eq!(!ours.is_empty(), expected, "{handler:?} {name}");
    }
}
