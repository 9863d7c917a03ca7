//! Calls that name something of ours in other words, several things at once, or nothing.

use trailkeeper_core::Arn;
use trailkeeper_core::cloudtrail::Requirements;
use trailkeeper_core::fast_path::{Actor, Bearing, Handler, Watch};

use crate::bearings::{KEY, TOPIC, TRAIL, trail};

use Bearing::{Foreign, Ours, Unnamed};

const MESSAGES: &str = "arn:aws:sns:us-east-1:111122223333:tk-notifications";

/// Names as a call has them, what they mean by the rule alone, and with the trails.
type Case<'a> = (
    &'a Requirements,
    Handler,
    &'a [&'a str],
    Option<Bearing>,
    Option<Bearing>,
);

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|one| (*one).to_owned()).collect()
}

fn check(cases: &[Case<'_>]) {
    let trails = [trail("org-audit"), trail("other")];
    let topic: Arn = MESSAGES.parse().unwrap();
    for (requirements, handler, names, alone, with_trails) in cases {
        for (trails, expected) in [(None, alone), (Some(trails.as_slice()), with_trails)] {
            let watch = Watch {
                requirements,
                trails,
                topic: Some(&topic),
                alarms: &[],
            };
            let seen = watch.bearing(*handler, &owned(names), &Actor::default());
            assert_eq!(seen, *expected, "{handler:?} {names:?} {trails:?}");
        }
    }
}

fn wanted(change: impl FnOnce(&mut Requirements)) -> Requirements {
    let mut wanted = Requirements::default();
    change(&mut wanted);
    wanted
}

#[test]
fn the_topic_of_the_trail_and_that_of_the_messages() {
    let any = Requirements::default();
    let by_name = wanted(|one| one.sns_topic = Some("audit".to_owned()));
    let by_arn = wanted(|one| one.sns_topic = Some(TOPIC.to_owned()));
    let other = format!("{TOPIC}2");
    let subscription = format!("{TOPIC}:7f-1");
    let of_messages = format!("{MESSAGES}:7f-1");
    let ours = Some(Ours);
    let foreign = Some(Foreign);
    check(&[
        (&by_name, Handler::Topic, &[TOPIC], ours, ours),
        (&by_name, Handler::Topic, &[&subscription], ours, ours),
        (&by_name, Handler::Topic, &[&other], foreign, foreign),
        (&by_arn, Handler::Topic, &[&subscription], ours, ours),
        (&by_arn, Handler::Topic, &[&other], foreign, foreign),
        (&any, Handler::Topic, &[&other], None, foreign),
        (&any, Handler::Topic, &[&subscription], None, ours),
        // That of the messages counts whatever the trail has.
        (&any, Handler::Topic, &[MESSAGES], ours, ours),
        (&by_arn, Handler::Topic, &[&of_messages], ours, ours),
    ]);
}

#[test]
fn keys_roles_and_log_groups_in_every_form() {
    let any = Requirements::default();
    let alias = wanted(|one| one.kms_key_id = Some("alias/audit".to_owned()));
    let alias_of_id = wanted(|one| one.kms_key_id = Some("alias/9999ffff".to_owned()));
    let key = wanted(|one| one.kms_key_id = Some(KEY.to_owned()));
    let to_other = "arn:aws:iam::111122223333:role/x/to-other";
    let role = wanted(|one| one.log_group_role_arn = Some(to_other.to_owned()));
    let group = "arn:aws:logs:us-east-1:111122223333:log-group:";
    let (audit, audit2) = (format!("{group}audit"), format!("{group}audit2:*"));
    let copies = wanted(|one| one.log_group_arn = Some(audit2.clone()));
    let (ours, foreign) = (Some(Ours), Some(Foreign));
    check(&[
        (&key, Handler::Key, &["1234abcd"], ours, ours),
        (&key, Handler::Key, &["alias/audit"], foreign, foreign),
        // The name of an alias is no id of a key.
        (&alias_of_id, Handler::Key, &["9999ffff"], None, foreign),
        (&alias, Handler::Key, &["audit"], None, foreign),
        (&role, Handler::Role, &["to-other"], ours, ours),
        (&role, Handler::RoleTrust, &[to_other], ours, ours),
        (&role, Handler::Role, &["to-logs"], None, ours),
        (&role, Handler::Role, &["app-role"], None, foreign),
        (&any, Handler::LogGroup, &[&audit], None, ours),
        (&any, Handler::LogGroup, &["other"], None, foreign),
        (&copies, Handler::LogGroup, &["audit2"], ours, ours),
        (&copies, Handler::LogGroup, &[&audit], foreign, foreign),
    ]);
}

/// One of several is enough, and one that is not known leaves it open.
#[test]
fn calls_that_name_several_things() {
    let any = Requirements::default();
    let named = wanted(|one| one.trail = Some("org-audit".to_owned()));
    let elsewhere = TRAIL.replace("org-audit", "elsewhere");
    let (ours, foreign) = (Some(Ours), Some(Foreign));
    check(&[
        (&named, Handler::Trail, &["other", TRAIL], ours, ours),
        (
            &named,
            Handler::Trail,
            &["other", &elsewhere],
            foreign,
            foreign,
        ),
        (&named, Handler::Finding, &[TRAIL], ours, ours),
        (&named, Handler::Finding, &[&elsewhere], foreign, foreign),
        (
            &any,
            Handler::Bucket,
            &["mine", "logs-of-other"],
            None,
            ours,
        ),
        (&any, Handler::Bucket, &["mine", "thine"], None, foreign),
        // The trail that is demanded decides which of them count.
        (&named, Handler::Bucket, &["logs-of-other"], None, foreign),
        (&named, Handler::Bucket, &["logs-of-org-audit"], None, ours),
        (&any, Handler::Key, &["alias/x", "other"], None, foreign),
        (&any, Handler::ServiceRole, &["x", "y"], foreign, foreign),
        (
            &any,
            Handler::ServiceRole,
            &["x", "AWSServiceRoleForConfig"],
            ours,
            ours,
        ),
        (&any, Handler::Topic, &[], Some(Unnamed), Some(Unnamed)),
        (&any, Handler::Function, &["x"], foreign, foreign),
    ]);
}

#[test]
fn the_organization_by_account_or_service() {
    let any = Requirements::default();
    let cases: [(&[&str], Bearing); 7] = [
        (&["444455556666", "ram.amazonaws.com"], Foreign),
        (&["ram.amazonaws.com", "config.amazonaws.com"], Ours),
        (&["config-multiaccountsetup.amazonaws.com"], Foreign),
        (&["guardduty.amazonaws.com"], Ours),
        (&["malware-protection.guardduty.amazonaws.com"], Ours),
        (&["444455556666", "111122223333"], Ours),
        (&[], Ours),
    ];
    for (names, expected) in cases {
        check(&[(
            &any,
            Handler::Organization,
            names,
            Some(expected),
            Some(expected),
        )]);
    }
    let (ours, foreign) = (Some(Ours), Some(Foreign));
    let all = wanted(|one| one.organization_trail = true);
    let both = ["TAG_POLICY", "RESOURCE_CONTROL_POLICY"];
    check(&[
        (&all, Handler::ControlPolicy, &both, ours, ours),
        (&all, Handler::ControlPolicy, &both[..1], foreign, foreign),
        (&any, Handler::ControlPolicy, &both, None, foreign),
        (&all, Handler::ControlPolicy, &[], ours, ours),
    ]);
}

/// The topic's name lends its beginning only where it has one and nobody names alarms.
#[test]
fn alarms_by_the_beginning_of_the_topic() {
    let requirements = Requirements::default();
    let seen = |handler, topic: &str, alarms: &[&str], names: &[&str]| {
        let topic = format!("arn:aws:sns:us-east-1:111122223333:{topic}");
        let topic: Arn = topic.parse().unwrap();
        let watch = Watch {
            requirements: &requirements,
            trails: None,
            topic: Some(&topic),
            alarms: &owned(alarms),
        };
        let actor = Actor::default();
        watch.bearing(handler, &owned(names), &actor).unwrap()
    };
    let tk = "tk-notifications";
    let cases: [(&str, &[&str], &[&str], Bearing); 8] = [
        (tk, &[], &["cpu", "tk-stopped"], Ours),
        (tk, &["cis-*"], &["tk-stopped"], Foreign),
        (tk, &["cis-*", "tk-stopped"], &["tk-stopped"], Ours),
        (tk, &["cis-1"], &["cis-12"], Foreign),
        ("notifications", &[], &["cpu"], Foreign),
        ("tk-messages", &[], &["tk-stopped"], Foreign),
        ("tk-messages", &["cpu"], &["cpu"], Ours),
        (tk, &["cis-*"], &[], Unnamed),
    ];
    for (topic, alarms, names, expected) in cases {
        let found = seen(Handler::AlarmSettings, topic, alarms, names);
        assert_eq!(found, expected, "{topic} {alarms:?} {names:?}");
    }
    assert_eq!(seen(Handler::Alarm, tk, &[], &[]), Unnamed);
    assert_eq!(seen(Handler::Alarm, tk, &["cis-*"], &["x", "cis-1"]), Ours);
    assert_eq!(seen(Handler::Alarm, tk, &["cis-*"], &["x"]), Foreign);
}
