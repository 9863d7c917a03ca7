//! Findings: a trail was stopped, deleted or changed, or the bucket it writes to is gone.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Detector, filter, find, next_id, refused, written};
use crate::call::{ApiError, Call};
use crate::seed::Actor;
use crate::services::config::input::Input;
use crate::services::events;
use crate::world::World;

const LOGGING_DISABLED: &str = "Stealth:IAMUser/CloudTrailLoggingDisabled";
/// The calls that lead to it. PutEventSelectors is none of them, whatever it leaves out.
const TAMPERING: [&str; 3] = ["DeleteTrail", "StopLogging", "UpdateTrail"];
/// A finding takes about this long.
const DELAY: SignedDuration = SignedDuration::from_mins(5);

/// A finding of the detector; the same caller doing the same again adds to it.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    id: String,
    detector: String,
    what: What,
    first: Timestamp,
    last: Timestamp,
    count: u64,
    created: Option<Timestamp>,
    /// When it is told next.
    due: Option<Timestamp>,
}

/// What was done, and by whom.
#[derive(Debug, Clone, PartialEq)]
struct What {
    api: String,
    /// `cloudtrail.amazonaws.com`
    service: String,
    /// The type and the ARN of what was tampered with.
    affected: (&'static str, String),
    access_key: Value,
    user_name: String,
    address: String,
    sample: bool,
}

/// Takes notice of a call that was answered. It need not be in a trail: GuardDuty has its own
/// stream of events.
pub(crate) fn observe(world: &mut World, call: &Call, answer: &Result<Value, ApiError>) {
    let detectors = &world.services.guardduty.detectors;
    let meant = ["cloudtrail", "s3"].contains(&call.service.as_str());
    if detectors.is_empty() || !meant || answer.is_err() {
        return;
    }
    let watched = detectors.get(&call.region);
    if !watched.is_some_and(|detector| detector.enabled) {
        return;
    }
    let actor = world.present_actor();
    let service = actor.user_identity.get("type") == Some(&json!("AWSService"));
    if let Some(affected) = affected(world, call).filter(|_| !service) {
        found(world, &call.region, what(call, affected, &actor));
    }
}

/// What the call tampered with: a trail, or a bucket in which a trail keeps its files.
fn affected(world: &World, call: &Call) -> Option<(&'static str, String)> {
    let text = |member: &str| call.input.get(member).and_then(Value::as_str);
    match call.service.as_str() {
        "cloudtrail" if TAMPERING.contains(&call.operation.as_str()) => {
            let name = text("Name")?;
            let arn = if name.starts_with("arn:") {
                name.to_owned()
            } else {
                world.trail_arn(&call.region, &world.account_id, name)
            };
            Some(("AWS::CloudTrail::Trail", arn))
        }
        "s3" if call.operation == "DeleteBucket" => {
            let name = text("Bucket")?;
            let mut trails = world.visible_trails(&call.region);
            trails.find(|trail| trail.delivers_to(name))?;
            let arn = format!("arn:{}:s3:::{name}", world.partition);
            Some(("AWS::S3::Bucket", arn))
        }
        _ => None,
    }
}

fn what(call: &Call, affected: (&'static str, String), actor: &Actor) -> What {
    let identity = &actor.user_identity;
    let text = |pointer: &str| identity.pointer(pointer).and_then(Value::as_str);
    let role = text("/sessionContext/sessionIssuer/userName");
    let user_name = text("/userName").or(role).unwrap_or(&actor.username);
    What {
        api: call.operation.clone(),
        service: format!("{}.amazonaws.com", call.service),
        affected,
        access_key: json!({
            "accessKeyId": actor.access_key_id.as_deref().unwrap_or_default(),
            "principalId": text("/principalId").unwrap_or_default(),
            "userType": text("/type").unwrap_or_default(),
            "userName": user_name,
        }),
        user_name: user_name.to_owned(),
        address: actor.source_ip_address.clone(),
        sample: false,
    }
}

/// Adds to the finding about the same, or makes a new one.
fn found(world: &mut World, region: &str, what: What) {
    let now = world.now;
    let id = next_id(world);
    let Some(detector) = world.services.guardduty.detectors.get_mut(region) else {
        return;
    };
    let wait = detector.frequency.wait();
    let mut findings = detector.findings.iter_mut();
    if let Some(finding) = findings.find(|finding| finding.what == what) {
        finding.last = now;
        finding.count += 1;
        let again = finding.created.map_or(now, |created| {
            // the first time it is told at once, then no more often than the detector says
            let passed = now.duration_since(created).as_secs() / wait.as_secs().max(1);
            created + SignedDuration::from_secs((passed + 1) * wait.as_secs())
        });
        finding.due = finding.due.or(Some(again.max(now + DELAY)));
        return;
    }
    detector.findings.push(Finding {
        id,
        detector: detector.id.clone(),
        what,
        first: now,
        last: now,
        count: 1,
        created: None,
        due: Some(now + DELAY),
    });
}

/// Tells the findings that fall due until `to`, but those that a filter archives.
pub(crate) fn pass_time(world: &mut World, to: Timestamp) {
    if world.services.guardduty.detectors.is_empty() {
        return;
    }
    let mut detectors = std::mem::take(&mut world.services.guardduty.detectors);
    let mut told = Vec::new();
    for (region, detector) in &mut detectors {
        let due = due(world, region, detector, to);
        told.extend(
            due.into_iter()
                .map(|(at, detail)| (region.clone(), at, detail)),
        );
    }
    world.services.guardduty.detectors = detectors;
    told.sort_by_key(|(_, at, _)| *at);
    let kind = ("aws.guardduty", "GuardDuty Finding");
    for (region, at, detail) in told {
        events::service_event(world, &region, kind, at, detail);
    }
}

fn due(
    world: &World,
    region: &str,
    detector: &mut Detector,
    to: Timestamp,
) -> Vec<(Timestamp, Value)> {
    let (enabled, filters) = (detector.enabled, &detector.filters);
    let mut told = Vec::new();
    for finding in &mut detector.findings {
        let Some(at) = finding.due.take_if(|due| *due <= to) else {
            continue;
        };
        finding.created.get_or_insert(at);
        let detail = finding.to_json(world, region, at);
        let mut filters = filters.values();
        let archived = filters.any(|filter| filter::archives(filter, &detail));
        if enabled && !archived {
            told.push((at, detail));
        }
    }
    told
}

impl Finding {
    fn to_json(&self, world: &World, region: &str, at: Timestamp) -> Value {
        let (partition, account) = (&world.partition, &world.account_id);
        let (id, detector) = (&self.id, &self.detector);
        let (kind, arn) = &self.what.affected;
        let name = arn.rsplit(['/', ':']).next().unwrap_or_default();
        let subject = if *kind == "AWS::S3::Bucket" {
            format!("AWS CloudTrail logging to the bucket {name} was disabled")
        } else {
            format!("AWS CloudTrail trail {name} was disabled")
        };
        let sample = if self.what.sample { "[SAMPLE] " } else { "" };
        let title = format!("{sample}{subject}.");
        let (user, api) = (&self.what.user_name, &self.what.api);
        let description = format!("{subject} by {user} calling {api}.");
        json!({
            "schemaVersion": "2.0",
            "accountId": account,
            "region": region,
            "partition": partition,
            "id": id,
            "arn": format!(
                "arn:{partition}:guardduty:{region}:{account}:detector/{detector}/finding/{id}"
            ),
            "type": LOGGING_DISABLED,
            "resource": {
                "resourceType": "AccessKey",
                "accessKeyDetails": self.what.access_key,
            },
            "service": self.service(),
            "severity": 2,
            "createdAt": written(self.created.unwrap_or(at)),
            "updatedAt": written(at),
            "title": title,
            "description": description,
        })
    }

    fn service(&self) -> Value {
        let (kind, arn) = &self.what.affected;
        let additional = if self.what.sample {
            json!({"sample": true, "value": "{\"sample\":true}", "type": "default"})
        } else {
            json!({"value": "{}", "type": "default"})
        };
        json!({
            "serviceName": "guardduty",
            "detectorId": self.detector,
            "action": {
                "actionType": "AWS_API_CALL",
                "awsApiCallAction": {
                    "api": self.what.api,
                    "serviceName": self.what.service,
                    "callerType": "Remote IP",
                    "errorCode": "",
                    "remoteIpDetails": {
                        "ipAddressV4": self.what.address,
                        "organization": {
                            "asn": "64496",
                            "asnOrg": "EXAMPLE-AS",
                            "isp": "EXAMPLE-ISP",
                            "org": "EXAMPLE-ORG",
                        },
                        "country": {"countryName": "Exampleland"},
                        "city": {"cityName": "Example City"},
                        "geoLocation": {"lat": 0, "lon": 0},
                    },
                    "affectedResources": {*kind: arn},
                },
            },
            "resourceRole": "TARGET",
            "additionalInfo": additional,
            "eventFirstSeen": written(self.first),
            "eventLastSeen": written(self.last),
            "archived": false,
            "count": self.count,
        })
    }
}

/// Samples of the one finding that is known here; without types AWS makes one of each it has.
pub(super) fn create_samples(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let types = input.texts("FindingTypes", 0, 50, 100)?;
    if !find(world, call, &input)?.enabled {
        return Err(refused("because the detector is disabled."));
    }
    if types.iter().any(|kind| *kind != LOGGING_DISABLED) {
        return Err(crate::services::not_implemented(call));
    }
    let name = "GeneratedFindingUserName";
    let sample = What {
        api: "GeneratedFindingAPIName".to_owned(),
        service: "GeneratedFindingAPIServiceName".to_owned(),
        affected: (
            "AWS::CloudTrail::Trail",
            "GeneratedFindingTrailName".to_owned(),
        ),
        access_key: json!({
            "accessKeyId": "GeneratedFindingAccessKeyId",
            "principalId": "GeneratedFindingPrincipalId",
            "userType": "IAMUser",
            "userName": name,
        }),
        user_name: name.to_owned(),
        address: "198.51.100.0".to_owned(),
        sample: true,
    };
    found(world, &call.region, sample);
    Ok(json!({}))
}
