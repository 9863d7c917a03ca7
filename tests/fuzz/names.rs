//! Names and parameters, as somebody types them or a runbook passes them on.

use serde_json::{Map, Value, json};
use trailkeeper_core::config_rule::{RuleParameters, parse_requirements};
use trailkeeper_core::remediation::{Destinations, RepairRequest};
use trailkeeper_core::{AccountId, Arn, Caller, Region};
use trailkeeper_runbook::{Reference, Scope, Unresolved, load, supplied_from_text};

use crate::command_line::{Parameter, object};
use crate::input::target;
use crate::shown::{assert_one_line, assert_told};

target!(arn, 2_000, |text| {
    let Ok(arn) = text.parse::<Arn>() else {
        return;
    };
    assert_eq!(arn.to_string(), text);
    assert!(arn.resource.ends_with(arn.name()));
    if let Some(region) = arn.region() {
        assert_eq!(region.as_str(), arn.region);
    }
    if let Ok(account) = arn.account.parse::<AccountId>() {
        assert!(arn.is_owned_by(&account));
    }
});

target!(region, 1_000, |text| {
    let Ok(region) = text.parse::<Region>() else {
        return;
    };
    // It becomes part of a host name.
    let host = format!("{region}.amazonaws.com");
    assert!(!host.contains(['/', '@', ':', '?', '#', '.', ' ']) || host.matches('.').count() == 2);
    assert_eq!(region.as_str(), text);
});

// The rule and the runbook must agree on what a trail can be called, and with CloudTrail.
target!(trail_name, 2_000, |text| {
    let payload = json!({"CloudTrailName": text, "CloudTrailS3BucketName": "audit"});
    let repair = RepairRequest::parse(&payload);
    let wanted = json!({"rule": "cloudtrail-enabled", "trailName": text});
    let Value::Object(wanted) = wanted else {
        return;
    };
    let rule = parse_requirements(&RuleParameters::new(wanted));
    let (repair, rule) = (repair.map(|it| it.trail), rule.map(|it| it.trail));
    match (repair, rule) {
        (Ok(one), Ok(Some(other))) => assert_eq!(one, other),
        (Err(error), Err(_) | Ok(None)) => {
            assert_one_line(&error.to_string());
            assert!(!is_trail_name(text), "{text:?}");
        }
        (repair, rule) => panic!("{repair:?} {rule:?}"),
    }
    if is_trail_name(text) {
        return;
    }
    let known = RepairRequest::parse(&payload).is_ok();
    assert!(!known || text.trim().starts_with("arn:aws") || is_trail_name(text.trim()));
});

target!(repair_request, 1_500, |text| {
    let payload = serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
    let read = RepairRequest::parse(&payload);
    match &read {
        Ok(request) => {
            let wanted = request.requirements();
            assert_eq!(wanted.trail.as_deref(), Some(request.trail.as_str()));
            assert!(!request.trail.is_empty() && !request.bucket.is_empty());
            assert_eq!(
                request.log_group_arn.is_some(),
                request.log_group_role_arn.is_some()
            );
        }
        Err(error) => assert_one_line(&error.to_string()),
    }
    // Systems Manager may pass everything on as text.
    if let Value::Object(given) = payload {
        assert_eq!(RepairRequest::parse(&Value::Object(as_texts(given))), read);
    }
});

// What is listed is allowed, nothing else is, and a longer list allows no less.
target!(destinations, 1_000, |text| {
    let caller = Caller {
        account: "111122223333".parse().expect("an account"),
        region: "us-east-1".parse().expect("a Region"),
        partition: "aws".to_owned(),
    };
    let list = match Destinations::parse(text) {
        Err((wrong, _)) => return assert_told(&wrong),
        Ok(list) => list,
    };
    let longer = Destinations::parse(&format!("{text},amzn-s3-demo-more"));
    let longer = longer.expect("a list and a bucket");
    let stranger = "amzn-s3-demo-nobody-has-this";
    for item in text.split(',').map(str::trim).chain([stranger]) {
        let payload = json!({"CloudTrailName": "audit", "CloudTrailS3BucketName": item});
        let Ok(request) = RepairRequest::parse(&payload) else {
            continue;
        };
        let checked = list.check(&request, &caller);
        // A bucket can be named like an account or a key, and then is not what is listed.
        let is_name = item.contains(|c: char| {
            !c.is_ascii_hexdigit() && c != '-' && c != 'm' && c != 'r' && c != 'k'
        });
        if is_name && request.bucket == item {
            assert_eq!(
                checked.is_ok(),
                item != stranger || text.contains(stranger),
                "{item:?}"
            );
        }
        match checked {
            Ok(()) => assert_eq!(longer.check(&request, &caller), Ok(()), "{item:?}"),
            Err(error) => assert_told(&error.to_string()),
        }
    }
});

// `--param Name=Value`, as the command reads it and as `runbook run` takes it over.
target!(command_line_parameter, 300, |text| {
    let Ok(parameter) = text.parse::<Parameter>() else {
        let json = text.split_once('=').filter(|(name, _)| !name.is_empty());
        let is_json = json.is_some_and(|(_, value)| value.starts_with(['[', '{']));
        return assert!(json.is_none() || is_json, "{text:?}");
    };
    assert!(object(&[parameter.clone(), parameter.clone()]).is_err());
    let given = object(&[parameter]).expect("one of the name");
    let (name, value) = text.split_once('=').expect("it was read");
    match given.get(name).expect("by its name") {
        Value::String(read) => assert_eq!(read, value),
        other => assert_eq!(
            serde_json::from_str::<Value>(value).ok().as_ref(),
            Some(other)
        ),
    }
    of_runbook(name, value);
});

fn of_runbook(name: &str, value: &str) {
    let document = load(RUNBOOK).expect("the document is good");
    let Ok(supplied) = supplied_from_text(&document, name, value) else {
        assert!(document.parameter(name).is_none());
        return;
    };
    if supplied.len() != 1 {
        let list: Vec<Value> = serde_json::from_str(value).expect("a list");
        assert_eq!(list.len(), supplied.len());
    }
    let supplied = [(name.to_owned(), supplied)].into_iter().collect();
    if let Err(error) = trailkeeper_runbook::bind(&document, &supplied, &Nothing) {
        assert!(!error.to_string().is_empty());
    }
}

const RUNBOOK: &str = r#"{
  "schemaVersion": "0.3",
  "parameters": {
    "Text": {"type": "String", "default": "", "allowedPattern": "^[a-z]*$"},
    "List": {"type": "StringList", "default": []},
    "Map": {"type": "StringMap", "default": {}},
    "Flag": {"type": "Boolean", "default": true},
    "Number": {"type": "Integer", "default": 1}
  },
  "mainSteps": [{
    "name": "Wait", "action": "aws:sleep", "isEnd": true,
    "inputs": {"Duration": "PT1S"}
  }]
}"#;

/// A run that knows nothing yet.
struct Nothing;

impl Scope for Nothing {
    fn value(&self, reference: &Reference) -> Result<Value, Unresolved> {
        Err(Unresolved {
            reference: reference.clone(),
            reason: "nothing is known here".to_owned(),
        })
    }
}

/// CloudTrail's rules, in other words.
fn is_trail_name(text: &str) -> bool {
    let numbers: Vec<&str> = text.split('.').collect();
    let digits = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    let address = numbers.len() == 4 && numbers.iter().all(digits);
    let words = || text.split(['.', '_', '-']);
    let plain = |word: &str| word.chars().all(|c| c.is_ascii_alphanumeric());
    (3..=128).contains(&text.len())
        && words().all(|word| !word.is_empty() && plain(word))
        && !address
}

fn as_texts(given: Map<String, Value>) -> Map<String, Value> {
    let text = |value: Value| match value {
        Value::Bool(flag) => Value::from(flag.to_string()),
        other => other,
    };
    given
        .into_iter()
        .map(|(name, value)| (name, text(value)))
        .collect()
}
