//! What the template hands to AWS Config: within its limits, and the same wishes to the rule and
//! to the repair.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use trailkeeper_core::Caller;
use trailkeeper_core::cloudtrail::Requirements;
use trailkeeper_core::config_rule::{
    RuleParameters, parse_guard_requirements, parse_instance_requirements, parse_requirements,
};
use trailkeeper_core::guard::Requirements as GuardRequirements;
use trailkeeper_core::instance_profile::Requirements as InstanceRequirements;
use trailkeeper_core::remediation::{Destinations, RepairRequest};
use trailkeeper_runbook::{Reference, Scope, Unresolved, bind, load};

use crate::render::{Parameters, Stack, list, object, text};
use crate::{repository, runbook, template};

/// AWS Config's limit for a rule's parameters together.
const RULE_PARAMETERS: usize = 1024;
/// Its limits for a remediation: names, values of one name, characters of a value.
const NAMES: usize = 25;
const VALUES: usize = 25;
const CHARACTERS: usize = 256;

/// Lambda's limit for a function's environment.
const ENVIRONMENT: usize = 4096;

pub(crate) const KEY: &str =
    "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555";
const GROUP: &str = "arn:aws:logs:eu-west-1:111122223333:log-group:CloudTrail:*";
const GROUP_ROLE: &str = "arn:aws:iam::111122223333:role/CloudTrailLogs";
const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:trail";

pub(crate) const HASH: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

const TRAIL: &str = "TrailRemediation";
pub(crate) const INSTANCES: &str = "InstanceRemediation";
pub(crate) const PROFILE: &str = "arn:aws:iam::111122223333:instance-profile/app/web";
pub(crate) const PROFILE_ROLE: &str = "arn:aws:iam::111122223333:role/app/web";

/// A plausible account, so that the parameters can be read by the code.
pub(crate) const ACCOUNT: Parameters<'_> = &[
    ("AWS::Partition", "aws"),
    ("AWS::AccountId", "111122223333"),
    ("AWS::Region", "eu-west-1"),
    ("AWS::URLSuffix", "amazonaws.com"),
    ("CodeS3Bucket", "code"),
    ("TrailName", "org-audit"),
    ("TrailBucketName", "audit-logs"),
];

pub(crate) fn with<'a>(more: Parameters<'a>) -> Vec<(&'a str, &'a str)> {
    ACCOUNT.iter().chain(more).copied().collect()
}

fn rule_parameters(stack: &Stack<'_>, rule: &str) -> BTreeMap<String, String> {
    let properties = stack.properties(rule).expect("the rule is deployed");
    let parameters = object(&properties["InputParameters"]).iter();
    parameters
        .map(|(key, value)| (key.clone(), text(value)))
        .collect()
}

/// The remediation's values, by parameter of the runbook.
pub(crate) fn remediation_parameters(
    stack: &Stack<'_>,
    remediation: &str,
) -> BTreeMap<String, Vec<String>> {
    let properties = stack.properties(remediation);
    let properties = properties.expect("the remediation is deployed");
    let parameters = object(&properties["Parameters"]).iter();
    let values = parameters.map(|(key, value)| {
        let values = match value.get("ResourceValue") {
            Some(resource) => {
                // The one value that AWS Config fills in, and nothing beside it.
                assert_eq!(
                    *value,
                    json!({ "ResourceValue": { "Value": "RESOURCE_ID" } })
                );
                vec![text(&resource["Value"])]
            }
            None => list(&value["StaticValue"]["Values"])
                .iter()
                .map(text)
                .collect(),
        };
        (key.clone(), values)
    });
    values.collect()
}

/// What the rule about instances requires.
pub(crate) fn required_of_instances(stack: &Stack<'_>) -> InstanceRequirements {
    let parameters = RuleParameters::from(rule_parameters(stack, "InstanceRule"));
    parse_instance_requirements(&parameters).expect("the rule takes its parameters")
}

/// What the rule about the guard requires.
pub(crate) fn required_of_guard(stack: &Stack<'_>) -> GuardRequirements {
    let parameters = RuleParameters::from(rule_parameters(stack, "GuardRule"));
    parse_guard_requirements(&parameters).expect("the rule takes its parameters")
}

fn required_by_rule(stack: &Stack<'_>) -> Requirements {
    let parameters = RuleParameters::from(rule_parameters(stack, "TrailRule"));
    parse_requirements(&parameters).expect("the rule takes its parameters")
}

/// What the runbook hands to the remediator when AWS Config starts it: its own checks passed, its
/// own defaults filled in.
fn request(stack: &Stack<'_>) -> RepairRequest {
    let text = std::fs::read_to_string(repository(runbook::RESTORE.file)).unwrap();
    let document = load(&text).expect("the runbook is sound");
    let bound = bind(&document, &remediation_parameters(stack, TRAIL), &NoScope);
    let bound = bound.expect("the runbook takes its parameters");
    RepairRequest::parse(&Value::Object(bound)).expect("the remediator takes its parameters")
}

/// No default of the runbook refers to anything.
pub(crate) struct NoScope;

impl Scope for NoScope {
    fn value(&self, reference: &Reference) -> Result<Value, Unresolved> {
        panic!("nothing is known of {reference}")
    }
}

const WITH_KEY: (&str, &str) = ("TrailKmsKeyArn", KEY);
const WITH_GROUP: (&str, &str) = ("TrailLogGroupArn", GROUP);
const WITH_GROUP_ROLE: (&str, &str) = ("TrailLogGroupRoleArn", GROUP_ROLE);

/// Deployments that differ in what they want of the trail.
fn wishes() -> Vec<Vec<(&'static str, &'static str)>> {
    const CASES: &[Parameters<'static>] = &[
        &[],
        &[WITH_KEY],
        &[("CreateTrailKey", "true"), ("CreateTrailBucket", "true")],
        &[
            ("TrailBucketOwner", "444455556666"),
            ("TrailKeyPrefix", "org"),
        ],
        &[("TrailTopicArn", TOPIC), WITH_GROUP, WITH_GROUP_ROLE],
        &[("MultiRegionTrail", "false")],
        &[("GlobalServiceEvents", "false")],
        &[
            ("MultiRegionTrail", "false"),
            ("GlobalServiceEvents", "false"),
        ],
        &[
            ("LogFileValidation", "false"),
            ("InsightTypes", "ApiCallRateInsight"),
        ],
        &[("InsightTypes", "ApiErrorRateInsight")],
        &[
            ("OrganizationTrail", "Always"),
            ("AdoptExistingTrail", "true"),
        ],
        &[
            WITH_KEY,
            ("RepairKey", "true"),
            ("StrictVisibility", "true"),
            ("MaxDeliveryAgeMinutes", "60"),
        ],
        &[("BaselineSha256", HASH), ("CheckLogFiles", "true")],
        &[("RecreateBucket", "true")],
    ];
    CASES.iter().map(|case| with(case)).collect()
}

/// I10: a trail that the repair leaves is a trail that the rule accepts, because both are given
/// the same requirements.
#[test]
fn rule_and_repair_require_the_same() {
    let template = template();
    for case in wishes() {
        let stack = template.render(&case);
        assert_eq!(stack.broken_rules(), Vec::<&str>::new(), "{case:?}");
        let by_rule = required_by_rule(&stack);
        let by_repair = Requirements {
            // What the rule does not judge, and what does not concern a repair.
            log_group_role_arn: None,
            max_delivery_age: by_rule.max_delivery_age,
            strict_visibility: by_rule.strict_visibility,
            check_log_files: by_rule.check_log_files,
            ..request(&stack).requirements()
        };
        assert_eq!(by_repair, by_rule, "{case:?}");
    }
}

/// The remediator's environment.
fn environment(stack: &Stack<'_>) -> BTreeMap<String, String> {
    let function = stack.properties("Remediator").expect("is deployed");
    let variables = object(&function["Environment"]["Variables"]).iter();
    variables
        .map(|(name, value)| (name.clone(), text(value)))
        .collect()
}

/// What the remediator may deliver to, as its code reads it.
fn destinations(stack: &Stack<'_>) -> Destinations {
    let environment = environment(stack);
    let listed = environment.get("TRAILKEEPER_DESTINATIONS");
    Destinations::parse(listed.expect("there is a list")).expect("the code reads the list")
}

/// What AWS Config has the remediator do is allowed, and nothing else is.
#[test]
fn the_remediator_delivers_to_what_the_remediation_names() {
    let template = template();
    let caller = Caller {
        account: "111122223333".parse().unwrap(),
        region: "eu-west-1".parse().unwrap(),
        partition: "aws".to_owned(),
    };
    let theirs = |text: &str| Some(text.to_owned());
    for case in wishes() {
        let stack = template.render(&case);
        let listed = destinations(&stack);
        let request = request(&stack);
        assert_eq!(listed.check(&request, &caller), Ok(()), "{case:?}");
        let other = |change: &dyn Fn(&mut RepairRequest)| {
            let mut other = request.clone();
            change(&mut other);
            listed.check(&other, &caller).unwrap_err().parameter
        };
        let refused = [
            other(&|one| one.bucket = "their-logs".to_owned()),
            other(&|one| one.bucket_owner = "999988887777".parse().ok()),
            other(&|one| one.kms_key_id = theirs("alias/theirs")),
            other(&|one| one.sns_topic = theirs("theirs")),
            other(&|one| {
                one.log_group_arn = theirs("arn:aws:logs:eu-west-1:999988887777:log-group:a")
            }),
            other(&|one| one.log_group_role_arn = theirs("arn:aws:iam::111122223333:role/theirs")),
            other(&|one| one.baseline_sha256 = theirs(&"0".repeat(64))),
        ];
        let wanted = [
            "CloudTrailS3BucketName",
            "CloudTrailS3BucketOwner",
            "CloudTrailKmsKeyId",
            "SnsTopicName",
            "CloudWatchLogsLogGroupArn",
            "CloudWatchLogsRoleArn",
            "BaselineSha256",
        ];
        assert_eq!(refused, wanted, "{case:?}");
    }
}

#[test]
fn what_is_not_wanted_is_left_out_of_the_remediation() {
    let template = template();
    for case in wishes() {
        let parameters = remediation_parameters(&template.render(&case), TRAIL);
        assert!(parameters.len() <= NAMES, "{case:?}");
        for (key, values) in parameters {
            assert!((1..=VALUES).contains(&values.len()), "{key}");
            for value in values {
                assert!(
                    (1..=CHARACTERS).contains(&value.chars().count()),
                    "{key}: {value:?}"
                );
            }
        }
    }
}

/// Fills `start` up to the longest value that the template allows for the parameter.
pub(crate) fn longest(parameter: &str, start: &str) -> String {
    let template = template();
    let most = &template.section("Parameters")[parameter]["MaxLength"];
    let most = usize::try_from(most.as_u64().expect("a MaxLength")).unwrap();
    format!("{start:x<most$}")
}

pub(crate) fn largest() -> Vec<(&'static str, String)> {
    let arn = |service: &str| format!("arn:aws-us-gov:{service}:us-gov-west-1:111122223333:");
    let group = longest("TrailLogGroupArn", &format!("{}log-group:", arn("logs")));
    let group = format!("{}:*", group.strip_suffix("xx").expect("is filled"));
    let path = longest("RolePath", "/");
    // Several short names, for IAM takes no name of this length.
    let profile = "arn:aws-us-gov:iam::111122223333:instance-profile/".to_owned();
    let role = "arn:aws-us-gov:iam::111122223333:role/".to_owned();
    let day = "@2026-12-31";
    let exemption = longest("ExemptRoles", &role);
    let exemption = format!(
        "{}{day}",
        exemption.strip_suffix(&"x".repeat(day.len())).unwrap()
    );
    vec![
        ("AWS::Partition", "aws-us-gov".to_owned()),
        ("AWS::AccountId", "111122223333".to_owned()),
        ("AWS::Region", "us-gov-west-1".to_owned()),
        ("TrailName", longest("TrailName", "")),
        ("TrailBucketName", "x".repeat(63)),
        ("TrailBucketOwner", "444455556666".to_owned()),
        ("TrailKeyPrefix", longest("TrailKeyPrefix", "")),
        (
            "TrailKmsKeyArn",
            longest("TrailKmsKeyArn", &format!("{}key/", arn("kms"))),
        ),
        ("TrailTopicArn", longest("TrailTopicArn", &arn("sns"))),
        ("TrailLogGroupArn", group),
        (
            "TrailLogGroupRoleArn",
            longest(
                "TrailLogGroupRoleArn",
                "arn:aws-us-gov:iam::111122223333:role/",
            ),
        ),
        ("MultiRegionTrail", "false".to_owned()),
        ("GlobalServiceEvents", "false".to_owned()),
        ("LogFileValidation", "false".to_owned()),
        ("StrictVisibility", "false".to_owned()),
        ("InsightTypes", "ApiErrorRateInsight".to_owned()),
        ("BaselineSha256", HASH.to_owned()),
        ("CheckLogFiles", "true".to_owned()),
        ("AutomaticRemediation", "true".to_owned()),
        ("InstanceAutomaticRemediation", "true".to_owned()),
        ("GuardTrail", "minimal".to_owned()),
        ("GuardRepair", "true".to_owned()),
        ("WatchGuardDuty", "true".to_owned()),
        ("RuleName", longest("RuleName", "a")),
        ("GuardRuleName", longest("GuardRuleName", "b")),
        ("RunbookName", longest("RunbookName", "a")),
        ("AttachRunbookName", longest("AttachRunbookName", "b")),
        ("DetachRunbookName", longest("DetachRunbookName", "c")),
        ("MaxDeliveryAgeMinutes", "10080".to_owned()),
        (
            "AllowedProfileArns",
            longest("AllowedProfileArns", &profile),
        ),
        (
            "InstanceProfileArn",
            longest("InstanceProfileArn", &profile),
        ),
        (
            "InstanceProfileRoleArn",
            longest("InstanceProfileRoleArn", &role),
        ),
        ("ExemptRoles", exemption),
        ("MinimumSeverity", "critical".to_owned()),
        ("AwsManagedPolicies", "ignore".to_owned()),
        ("WildcardActions", "false".to_owned()),
        ("WildcardResources", "false".to_owned()),
        ("InstanceRuleName", longest("InstanceRuleName", "")),
        ("DetachableRoleArns", role.clone()),
        ("NamePrefix", longest("NamePrefix", "")),
        (
            "RolePath",
            format!("{}/", path.strip_suffix('x').expect("is filled")),
        ),
    ]
}

/// The largest input that the template accepts is accepted by AWS Config, by the rule and by the
/// remediator.
#[test]
fn the_largest_input_fits() {
    let largest = largest();
    let given: Vec<(&str, &str)> = largest
        .iter()
        .map(|(key, value)| (*key, value.as_str()))
        .collect();
    let template = template();
    let stack = template.render(&given);
    assert_eq!(stack.broken_rules(), Vec::<&str>::new());

    for rule in ["TrailRule", "InstanceRule", "GuardRule"] {
        let parameters = rule_parameters(&stack, rule);
        // CloudFormation may put a space after every comma and colon.
        let spaces = parameters.len() * 2;
        let characters = json!(parameters).to_string().chars().count() + spaces;
        println!("{rule}: {characters} characters");
        assert!(
            characters <= RULE_PARAMETERS,
            "{rule}: {characters} characters"
        );
    }
    required_by_rule(&stack);
    required_of_instances(&stack);
    required_of_guard(&stack);

    for remediation in [TRAIL, INSTANCES] {
        for (key, values) in remediation_parameters(&stack, remediation) {
            let longest = values.iter().map(|value| value.chars().count()).max();
            assert!(longest <= Some(CHARACTERS), "{key}: {longest:?}");
        }
    }
    request(&stack);
    destinations(&stack);
    let environment = environment(&stack);
    let characters: usize = environment.iter().map(|(a, b)| a.len() + b.len()).sum();
    assert!(characters <= ENVIRONMENT, "{characters} characters");
}

#[test]
fn the_largest_input_leaves_names_within_the_limits_of_their_services() {
    let largest = largest();
    let given: Vec<(&str, &str)> = largest
        .iter()
        .map(|(key, value)| (*key, value.as_str()))
        .collect();
    let template = template();
    let stack = template.render(&given);
    let limits = [
        ("EvaluatorRole", "RoleName", 64),
        ("RemediatorRole", "RoleName", 64),
        ("AutomationRole", "RoleName", 64),
        ("AttachRole", "RoleName", 64),
        ("DetachRole", "RoleName", 64),
        ("Evaluator", "FunctionName", 64),
        ("Remediator", "FunctionName", 64),
        ("TrailRule", "ConfigRuleName", 64),
        ("DeadLetters", "QueueName", 80),
        ("VerdictEvents", "Name", 64),
        ("FailedRunbookEvents", "Name", 64),
        ("SilencingEvents", "Name", 64),
        ("InstanceRule", "ConfigRuleName", 64),
        ("InstanceEvents", "Name", 64),
        ("RoleEvents", "Name", 64),
        ("TrailEvents", "Name", 64),
        ("ObjectEvents", "Name", 64),
        ("AccountEvents", "Name", 64),
        ("GuardEvents", "Name", 64),
        ("FindingEvents", "Name", 64),
        ("GuardRule", "ConfigRuleName", 64),
    ];
    for (resource, property, most) in limits {
        let name = text(&stack.properties(resource).unwrap()[property]);
        assert!(name.chars().count() <= most, "{resource}: {name}");
    }
}

#[test]
fn contradicting_parameters_are_refused() {
    let cases: &[(Parameters<'_>, &str)] = &[
        (&[("TrailLogGroupArn", GROUP)], "LogGroupAndRoleTogether"),
        (
            &[("TrailLogGroupRoleArn", GROUP_ROLE)],
            "LogGroupAndRoleTogether",
        ),
        (
            &[("CreateTrailKey", "true"), ("TrailKmsKeyArn", KEY)],
            "OneKey",
        ),
        (&[("RepairKey", "true")], "RepairKeyNeedsKey"),
        (
            &[
                ("CreateTrailBucket", "true"),
                ("TrailBucketOwner", "444455556666"),
            ],
            "OwnBucket",
        ),
        (&[("InstanceProfileArn", PROFILE)], "ProfileAndRoleTogether"),
        (
            &[("InstanceAutomaticRemediation", "true")],
            "AutomaticNeedsProfile",
        ),
        (
            &[
                ("InstanceProfileArn", PROFILE),
                ("InstanceProfileRoleArn", PROFILE_ROLE),
                ("AllowProfileReplacement", "true"),
                ("ReplaceableProfileArns", PROFILE),
            ],
            "ReplacementIsWhole",
        ),
        (&[("AllowPolicyRestore", "true")], "RestoreNeedsRoles"),
        (
            &[
                ("RecreateBucket", "true"),
                ("TrailBucketOwner", "444455556666"),
            ],
            "RecreatedInThisAccount",
        ),
        (
            &[("GuardTrail", "minimal"), ("AdoptExistingTrail", "true")],
            "GuardTrailIsNotAdopted",
        ),
    ];
    let template = template();
    for (given, rule) in cases {
        assert_eq!(
            template.render(&with(given)).broken_rules(),
            [*rule],
            "{given:?}"
        );
    }
}

#[test]
fn the_first_deploy_repairs_nothing_by_itself() {
    let template = template();
    let stack = template.render(ACCOUNT);
    let remediation = stack.properties("TrailRemediation").unwrap();
    assert_eq!(remediation["Automatic"], false);
    let automatic = with(&[("AutomaticRemediation", "true")]);
    let remediation = template
        .render(&automatic)
        .properties("TrailRemediation")
        .unwrap();
    assert_eq!(remediation["Automatic"], true);
    // AWS Config demands both for an automatic remediation. Runs of several seconds cannot use up
    // so many attempts in so short a time, after which it would give up for good.
    assert_eq!(remediation["MaximumAutomaticAttempts"], 25);
    assert_eq!(remediation["RetryAttemptSeconds"], 60);
}
