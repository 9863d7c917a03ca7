//! The rules of EventBridge: the events that are handled, and what becomes of those that fail.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use trailkeeper_app::fast_path::Mode;
use trailkeeper_core::fast_path::{EventScope, LOG_BUCKET, MOST_PATTERN_CHARACTERS, patterns};

use crate::render::{Stack, Template, list, object, text};
use crate::{global_events, repository, template};

/// The rules, the services of each, and the permission with which it invokes the evaluator.
const RULES: [(&str, &[&str], &str); 7] = [
    ("InstanceEvents", &["aws.ec2"], "InstanceEventsPermission"),
    ("RoleEvents", &["aws.iam"], "RoleEventsPermission"),
    (
        "TrailEvents",
        &[
            "aws.cloudtrail",
            "aws.s3",
            "aws.kms",
            "aws.logs",
            "aws.monitoring",
            "aws.sns",
        ],
        "TrailEventsPermission",
    ),
    ("ObjectEvents", &["aws.s3"], "ObjectEventsPermission"),
    (
        "AccountEvents",
        &["aws.organizations", "aws.account"],
        "AccountEventsPermission",
    ),
    (
        "GuardEvents",
        &[
            "aws.config",
            "aws.events",
            "aws.lambda",
            "aws.ssm",
            "aws.guardduty",
        ],
        "GuardEventsPermission",
    ),
    (
        "FindingEvents",
        &["aws.guardduty"],
        "FindingEventsPermission",
    ),
];

/// The rules that tell the topic by themselves.
const TELLING: [&str; 3] = ["VerdictEvents", "FailedRunbookEvents", "SilencingEvents"];

/// What is left of them where no events are wanted.
const TELLING_ALWAYS: usize = 2;

const API_CALL: &str = "AWS API Call via CloudTrail";

/// What a pattern of one service matches, apart from source and names of the calls: the kind of
/// event and, where the rule looks at that, the request.
fn kind(pattern: &Value) -> (Value, Value, Value) {
    let detail = &pattern["detail"];
    (
        pattern["detail-type"].clone(),
        detail["type"].clone(),
        detail["requestParameters"].clone(),
    )
}

/// One pattern for what several of the table's match: of the same kind, each list is the lists of
/// all in their order.
fn joined(parts: &[Value]) -> Value {
    let first = parts.first().expect("a pattern");
    assert!(parts.iter().all(|part| kind(part) == kind(first)));
    let all = |pointer: &str| -> Value {
        let lists = parts
            .iter()
            .map(|part| list(part.pointer(pointer).unwrap()));
        lists.flatten().cloned().collect()
    };
    let mut whole = first.clone();
    whole["source"] = all("/source");
    if first["detail-type"][0] == API_CALL {
        whole["detail"]["eventSource"] = all("/detail/eventSource");
        whole["detail"]["eventName"] = all("/detail/eventName");
    }
    whole
}

/// The table's patterns of these services that are of the same kind as the rule's, joined.
fn expected(services: &[&str], rule: &Value) -> Value {
    // A parameter that is not given has its own name as its value here.
    let bucket = "TrailBucketName";
    let of_service = |service: &&str| {
        let all = patterns().into_iter();
        let own = all.filter(|pattern| pattern.bus_source == *service);
        // The bucket's name is known only where it is deployed.
        let placed = own.map(|pattern| pattern.json.to_string().replace(LOG_BUCKET, bucket));
        let placed = placed.map(|text| serde_json::from_str::<Value>(&text).unwrap());
        placed
            .filter(|pattern| kind(pattern) == kind(rule))
            .collect::<Vec<_>>()
    };
    joined(&services.iter().flat_map(of_service).collect::<Vec<_>>())
}

fn rule(stack: &Stack<'_>, name: &str) -> Value {
    stack.properties(name).expect("is deployed")
}

/// The other direction: no rule of the stack sends the evaluator anything else.
fn rules_that_reach_the_evaluator(template: &Template) -> BTreeSet<String> {
    let stack = template.render(&[]);
    let resources = template.section("Resources").iter();
    let rules = resources.filter(|(_, resource)| resource["Type"] == "AWS::Events::Rule");
    let reaching = rules.filter(|(name, _)| {
        let rule = stack.properties(name).expect("is deployed");
        let targets = list(&rule["Targets"]).iter();
        targets
            .map(|target| text(&target["Arn"]))
            .any(|arn| arn.ends_with("-evaluator"))
    });
    reaching.map(|(name, _)| name.clone()).collect()
}

/// All events of the table and no others: a rule of several services matches each of its names
/// from each of its services, of which the table knows one.
#[test]
fn the_patterns_are_those_of_the_table() {
    let template = template();
    let stack = template.render(&[]);
    let mut parts = 0;
    for (name, services, _) in RULES {
        let pattern = &rule(&stack, name)["EventPattern"];
        assert_eq!(*pattern, expected(services, pattern), "{name}");
        let characters = pattern.to_string().chars().count();
        assert!(
            characters <= MOST_PATTERN_CHARACTERS,
            "{name}: {characters}"
        );
        parts += services.len();
        if let Some(names) = pattern["detail"].get("eventName") {
            let once: BTreeSet<String> = list(names).iter().map(Value::to_string).collect();
            assert_eq!(
                once.len(),
                list(names).len(),
                "{name}: a name of two services"
            );
        }
    }
    assert_eq!(
        parts,
        patterns().len(),
        "each pattern of the table has its rule"
    );
    let expected = RULES.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(rules_that_reach_the_evaluator(&template), expected);
}

/// What appears in the global Region only is forwarded from there.
#[test]
fn all_global_events_are_forwarded() {
    let template = global_events();
    let mut pattern =
        template.render(&[]).properties("GlobalEvents").unwrap()["EventPattern"].clone();
    let fields = pattern.as_object_mut().unwrap();
    // What another bus forwarded to this one is kept out.
    assert_eq!(fields.remove("account"), Some(json!(["ACCOUNT"])));
    assert_eq!(fields.remove("region"), Some(json!(["REGION"])));
    let global = patterns().into_iter();
    let global = global.filter(|pattern| pattern.scope == EventScope::Global);
    let global: Vec<Value> = global.map(|pattern| pattern.json).collect();
    assert_eq!(pattern, joined(&global));
}

/// An event is tried again for an hour, and kept where that did not help.
#[test]
fn events_reach_the_evaluator_or_the_queue() {
    let template = template();
    let stack = template.render(&[]);
    let letters = rule(&stack, "DeadLettersPolicy");
    let [statement] = list(&letters["PolicyDocument"]["Statement"]).as_slice() else {
        panic!("one statement")
    };
    let sources = &statement["Condition"]["ArnEquals"]["aws:SourceArn"];
    let sources: BTreeSet<String> = list(sources).iter().map(text).collect();
    for (name, _, permission) in &RULES {
        let rule = rule(&stack, name);
        let [target] = list(&rule["Targets"]).as_slice() else {
            panic!("{name}: one target")
        };
        let permission = stack.properties(permission).expect("is deployed");
        assert_eq!(permission["Principal"], "events.amazonaws.com");
        assert_eq!(permission["FunctionName"], target["Arn"]);
        let source = text(&permission["SourceArn"]);
        assert!(sources.contains(&source), "{name}");
        assert!(source.ends_with(&text(&rule["Name"])), "{source}");
        assert_eq!(target["DeadLetterConfig"]["Arn"], statement["Resource"]);
        assert_eq!(target["RetryPolicy"]["MaximumEventAgeInSeconds"], 3600);
        assert!(target["RetryPolicy"]["MaximumRetryAttempts"].as_u64() > Some(0));
    }
    for name in TELLING {
        let rule = rule(&stack, name);
        let source = format!(
            "arn:PARTITION:events:REGION:ACCOUNT:rule/{}",
            text(&rule["Name"])
        );
        assert!(sources.contains(&source), "{source} in {sources:?}");
        let target = &list(&rule["Targets"])[0];
        assert_eq!(target["DeadLetterConfig"]["Arn"], statement["Resource"]);
    }
    assert_eq!(sources.len(), RULES.len() + TELLING.len());
}

/// SNS does not promise to say which rule publishes: where it does, the rule has to be of the stack.
#[test]
fn the_rules_may_publish_whether_or_not_they_are_named() {
    let template = template();
    let policy = rule(&template.render(&[]), "NotificationsPolicy");
    let mut statements = list(&policy["PolicyDocument"]["Statement"]).iter();
    let events = statements.find(|one| one["Principal"]["Service"] == "events.amazonaws.com");
    let rules = "arn:PARTITION:events:REGION:ACCOUNT:rule/trailkeeper-*";
    let condition = json!({"ArnLikeIfExists": {"aws:SourceArn": rules}});
    assert_eq!(events.unwrap()["Condition"], condition);
}

/// What the functions read from their environment is what the stack has.
#[test]
fn the_functions_know_topic_rules_and_roles() {
    let template = template();
    let variables = |given, function| {
        let function = template.render(given).properties(function).unwrap();
        function["Environment"]["Variables"].clone()
    };
    let all = variables(&[("OwnEvents", "on")], "Evaluator");
    let stack = template.render(&[]);
    assert_eq!(all["TRAILKEEPER_MODE"], "notify");
    let topic = stack.properties("NotificationSubscription");
    assert_eq!(topic, None, "no address is known");
    let topic = "arn:PARTITION:sns:REGION:ACCOUNT:trailkeeper-notifications";
    assert_eq!(all["TRAILKEEPER_TOPIC_ARN"], topic);
    let rule = |name| rule(&stack, name)["ConfigRuleName"].clone();
    assert_eq!(all["TRAILKEEPER_CONFIG_RULE"], rule("TrailRule"));
    assert_eq!(
        all["TRAILKEEPER_INSTANCE_CONFIG_RULE"],
        rule("InstanceRule")
    );
    assert_eq!(all["TRAILKEEPER_GUARD_CONFIG_RULE"], rule("GuardRule"));
    let roles = ["RemediatorRole", "AutomationRole"]
        .map(|name| text(&stack.properties(name).expect("is deployed")["RoleName"]));
    let evaluator = &stack.properties("EvaluatorRole").expect("is deployed")["RoleName"];
    let with_own = format!("{},{}", roles.join(","), text(evaluator));
    assert_eq!(all["TRAILKEEPER_OWN_ROLES"], with_own);
    assert_eq!(all.get("TRAILKEEPER_KEY_ARN"), None);
    let key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let encryption = [("EncryptionKeyArn", key)];
    let encrypted = variables(&encryption, "Evaluator");
    assert_eq!(encrypted["TRAILKEEPER_KEY_ARN"], key);
    // none: the deletion of any alarm is told
    assert_eq!(all.get("TRAILKEEPER_ALARMS"), None);
    let some = variables(&[("WatchedAlarms", "cis-*")], "Evaluator");
    assert_eq!(some["TRAILKEEPER_ALARMS"], "trailkeeper-*,cis-*");

    // the repair budget counts the runs that the evaluator starts
    let own = variables(&[("OwnEvents", "on")], "Remediator");
    assert_eq!(own["TRAILKEEPER_TOPIC_ARN"], topic);
    assert_eq!(own["TRAILKEEPER_EVENTS"], "on");
    assert_eq!(own["TRAILKEEPER_OWN_ROLES"], with_own);
    assert!(own.get("TRAILKEEPER_DESTINATIONS").is_some());
    let code = std::fs::read_to_string(repository("crates/lambda/src/settings.rs")).unwrap();
    for name in object(&all).keys().chain(object(&own).keys()) {
        let is_read = code.contains(&format!("\"{name}\""));
        assert!(is_read || !name.starts_with("TRAILKEEPER_"), "{name}");
    }

    let none = [
        ("DeployTrailRule", "false"),
        ("DeployInstanceRule", "false"),
    ];
    let none = variables(&none, "Evaluator");
    let rules = ["CONFIG_RULE", "INSTANCE_CONFIG_RULE", "GUARD_CONFIG_RULE"];
    for name in rules.iter().chain(&["TOPIC_ARN", "OWN_ROLES"]) {
        assert_eq!(none.get(format!("TRAILKEEPER_{name}")), None, "{name}");
    }
}

/// The modes of the template are those of the function.
#[test]
fn the_modes_are_those_of_the_function() {
    let template = template();
    let modes = &template.section("Parameters")["EventMode"]["AllowedValues"];
    assert_eq!(*modes, json!(["off", "notify", "enforce"]));
    for mode in list(modes) {
        assert!(Mode::from_name(&text(mode)).is_some(), "{mode}");
    }
}

/// Off is off: nothing invokes the function, nothing is granted for it.
#[test]
fn events_can_be_turned_off() {
    let template = template();
    let stack = template.render(&[("EventMode", "off")]);
    for (name, _, permission) in RULES {
        assert_eq!(stack.properties(name), None);
        assert_eq!(stack.properties(permission), None);
    }
    let letters = rule(&stack, "DeadLettersPolicy");
    let sources = letters.pointer("/PolicyDocument/Statement/0/Condition/ArnEquals/aws:SourceArn");
    assert_eq!(list(sources.unwrap()).len(), TELLING_ALWAYS);
    assert_eq!(stack.properties("SilencingEvents"), None);
    assert_eq!(stack.properties("EventsNotDelivered"), None);
    assert!(stack.properties("InstanceRule").is_some());
    assert!(stack.properties("GuardRule").is_some());
}

/// Every rule of events is looked after by the one alarm.
#[test]
fn failed_invocations_of_every_rule_are_counted() {
    let template = template();
    let stack = template.render(&[]);
    let alarm = rule(&stack, "EventsNotDelivered");
    let metrics = list(&alarm["Metrics"]).iter();
    let counted: BTreeSet<String> = metrics
        .filter_map(|metric| metric.get("MetricStat"))
        .map(|stat| text(&stat["Metric"]["Dimensions"][0]["Value"]))
        .collect();
    let names = RULES
        .iter()
        .map(|(name, ..)| text(&rule(&stack, name)["Name"]));
    assert_eq!(counted, names.collect());
}
