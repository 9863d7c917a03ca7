use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_sandbox::Sandbox;
use trailkeeper_sandbox::seed::{BucketSeed, RoleSeed, TrailSeed, cloudtrail_bucket_policy};

use crate::{OWN, REGION, all_refused, all_well, ask, told, world};

const GROUP: &str = "trail-events";

fn trust(service: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]})
}

fn write(action: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": [action], "Resource": "*"}]})
}

/// A trail that sends its events to a log group through a role that IAM knows.
fn account() -> Sandbox {
    let mut world = world();
    let group = format!("arn:aws:logs:{REGION}:{OWN}:log-group:{GROUP}:*");
    world.seed_log_group(&group);
    let role = world.seed_role(RoleSeed {
        trust: trust("cloudtrail.amazonaws.com").to_string(),
        inline: [("write".to_owned(), write("logs:*").to_string())].into(),
        ..RoleSeed::new("to-logs")
    });
    let arn = world.trail_arn(REGION, OWN, "main");
    world.seed_bucket(BucketSeed {
        name: "logs".to_owned(),
        policy: Some(cloudtrail_bucket_policy("aws", "logs", None, OWN, &arn)),
        ..BucketSeed::default()
    });
    let mut trail = TrailSeed::healthy("main", REGION, "logs", world.now());
    trail.settings.cloud_watch_logs_log_group_arn = Some(group);
    trail.settings.cloud_watch_logs_role_arn = Some(role);
    world.seed_trail(trail);
    Sandbox::new(world)
}

/// What GetTrailStatus tells of the log group after the next delivery.
async fn trouble(sandbox: &Sandbox) -> Value {
    sandbox.advance(SignedDuration::from_mins(5));
    let at = "/LatestCloudWatchLogsDeliveryError";
    told(
        sandbox,
        "cloudtrail",
        "GetTrailStatus",
        json!({"Name": "main"}),
        at,
    )
    .await
}

#[tokio::test]
async fn delivery_to_the_group_fails_with_the_group_or_the_role() {
    let group = || json!({"logGroupName": GROUP});
    let policy = |document: Value| json!({"RoleName": "to-logs", "PolicyName": "write", "PolicyDocument": document.to_string()});
    let trusts = |service: &str| json!({"RoleName": "to-logs", "PolicyDocument": trust(service).to_string()});
    let named = json!({"RoleName": "to-logs", "PolicyName": "write"});
    let stranger = "ec2.amazonaws.com";
    let denied = json!("AccessDenied");
    // service and call, and the error after it
    let steps = [
        (
            "logs",
            "DeleteLogGroup",
            group(),
            json!("ResourceNotFoundException"),
        ),
        ("logs", "CreateLogGroup", group(), Value::Null),
        ("iam", "DeleteRolePolicy", named.clone(), denied.clone()),
        (
            "iam",
            "PutRolePolicy",
            policy(write("logs:CreateLogStream")),
            denied.clone(),
        ),
        ("iam", "PutRolePolicy", policy(write("logs:*")), Value::Null),
        (
            "iam",
            "UpdateAssumeRolePolicy",
            trusts(stranger),
            denied.clone(),
        ),
        (
            "iam",
            "UpdateAssumeRolePolicy",
            trusts("cloudtrail.amazonaws.com"),
            Value::Null,
        ),
        ("iam", "DeleteRolePolicy", named, denied.clone()),
        ("iam", "DeleteRole", json!({"RoleName": "to-logs"}), denied),
    ];
    let sandbox = account();
    assert_eq!(trouble(&sandbox).await, Value::Null);
    for (service, operation, input, wanted) in steps {
        all_well(&sandbox, service, &[(operation, input)]).await;
        assert_eq!(trouble(&sandbox).await, wanted, "{operation}");
    }
}

fn filter(name: &str) -> Value {
    json!({"logGroupName": GROUP, "filterName": name, "filterPattern": "{ $.eventName = StopLogging }",
           "metricTransformations": [
               {"metricName": "Stops", "metricNamespace": "Trail", "metricValue": "1"}]})
}

#[tokio::test]
async fn streams_retention_and_filters_are_told_until_they_go() {
    let sandbox = account();
    let with = |member: &str, value: Value| {
        let mut input = json!({"logGroupName": GROUP});
        input[member] = value;
        input
    };
    let stream = || with("logStreamName", json!("s"));
    let days = with("retentionInDays", json!(365));
    let setup = [
        ("CreateLogStream", stream()),
        ("PutRetentionPolicy", days),
        ("PutMetricFilter", filter("stops")),
    ];
    all_well(&sandbox, "logs", &setup).await;
    let group = || json!({"logGroupName": GROUP});
    let reads = [
        (
            "DescribeLogStreams",
            group(),
            "/logStreams/0/logStreamName",
            json!("s"),
        ),
        (
            "DescribeLogGroups",
            json!({}),
            "/logGroups/0/retentionInDays",
            json!(365),
        ),
        (
            "DescribeLogGroups",
            json!({}),
            "/logGroups/0/metricFilterCount",
            json!(1),
        ),
        (
            "DescribeMetricFilters",
            group(),
            "/metricFilters/0/filterName",
            json!("stops"),
        ),
        (
            "DescribeMetricFilters",
            json!({"metricName": "Stops", "metricNamespace": "Trail"}),
            "/metricFilters/0/logGroupName",
            json!(GROUP),
        ),
    ];
    for (operation, input, at, wanted) in reads.clone() {
        let found = told(&sandbox, "logs", operation, input, at).await;
        assert_eq!(found, wanted, "{operation}");
    }
    let tear_down = [
        ("DeleteLogStream", stream()),
        ("DeleteRetentionPolicy", group()),
        ("DeleteMetricFilter", with("filterName", json!("stops"))),
    ];
    all_well(&sandbox, "logs", &tear_down).await;
    for (operation, input, at, _) in reads {
        let found = told(&sandbox, "logs", operation, input, at).await;
        let gone = if at.ends_with("Count") {
            json!(0)
        } else {
            Value::Null
        };
        assert_eq!(found, gone, "{operation}");
    }
}

#[tokio::test]
async fn what_cloudwatch_logs_refuses() {
    let sandbox = account();
    let kept = json!({"logGroupName": "kept", "deletionProtectionEnabled": true});
    all_well(&sandbox, "logs", &[("CreateLogGroup", kept)]).await;
    let bad = "InvalidParameterException";
    let missing = "ResourceNotFoundException";
    let taken = "ResourceAlreadyExistsException";
    let group = |name: &str| json!({"logGroupName": name});
    let mut two = filter("x");
    two["metricTransformations"] = json!([{}, {}]);
    let mut none = filter("x");
    none["logGroupName"] = json!("none");
    let stream = json!({"logGroupName": GROUP, "logStreamName": "s"});
    all_well(&sandbox, "logs", &[("CreateLogStream", stream.clone())]).await;
    let away = Some("arn:aws:logs:eu-west-1:666666666666:destination:x");
    let cases = [
        ("CreateLogGroup", group(GROUP), taken),
        ("CreateLogGroup", group("a b"), bad),
        ("CreateLogGroup", json!({}), bad),
        (
            "CreateLogGroup",
            json!({"logGroupName": "x", "logGroupClass": "BEST"}),
            bad,
        ),
        ("DeleteLogGroup", group("none"), missing),
        ("DeleteLogGroup", group("kept"), "ValidationException"),
        ("CreateLogStream", stream, taken),
        (
            "CreateLogStream",
            json!({"logGroupName": GROUP, "logStreamName": "a:b"}),
            bad,
        ),
        (
            "DeleteLogStream",
            json!({"logGroupName": GROUP, "logStreamName": "none"}),
            missing,
        ),
        ("DescribeLogStreams", group("none"), missing),
        (
            "PutRetentionPolicy",
            json!({"logGroupName": GROUP, "retentionInDays": 2}),
            bad,
        ),
        (
            "PutRetentionPolicy",
            json!({"logGroupName": "none", "retentionInDays": 1}),
            missing,
        ),
        ("PutMetricFilter", two, bad),
        ("PutMetricFilter", none, missing),
        (
            "DeleteMetricFilter",
            json!({"logGroupName": GROUP, "filterName": "none"}),
            missing,
        ),
        ("PutSubscriptionFilter", subscription(GROUP, "x", None), bad),
        (
            "PutSubscriptionFilter",
            subscription("none", "x", away),
            missing,
        ),
        (
            "DeleteSubscriptionFilter",
            subscription(GROUP, "x", None),
            missing,
        ),
        ("DescribeMetricFilters", group("none"), missing),
        ("DescribeMetricFilters", json!({"metricName": "x"}), bad),
        ("DescribeLogGroups", json!({"limit": 51}), bad),
        (
            "DescribeLogGroups",
            json!({"logGroupNamePrefix": "a", "logGroupNamePattern": "b"}),
            bad,
        ),
    ];
    all_refused(&sandbox, "logs", &cases).await;
}

/// A subscription filter; without a destination it is refused.
fn subscription(group: &str, name: &str, destination: Option<&str>) -> Value {
    let mut input = json!({"logGroupName": group, "filterName": name, "filterPattern": ""});
    if let Some(destination) = destination {
        input["destinationArn"] = json!(destination);
    }
    input
}

#[tokio::test]
async fn a_group_sends_its_events_to_two_at_most() {
    let sandbox = account();
    let away = Some("arn:aws:logs:eu-west-1:666666666666:destination:x");
    let put = |name| ("PutSubscriptionFilter", subscription(GROUP, name, away));
    all_well(&sandbox, "logs", &[put("a"), put("b"), put("a")]).await;
    let (operation, third) = put("c");
    let refused = [(operation, third, "LimitExceededException")];
    all_refused(&sandbox, "logs", &refused).await;
    let delete = ("DeleteSubscriptionFilter", subscription(GROUP, "a", None));
    all_well(&sandbox, "logs", &[delete, put("c")]).await;
}

#[tokio::test]
async fn alarms_lose_their_actions_and_go() {
    let sandbox = account();
    let alarm = |more: Value| {
        let mut input = json!({"AlarmName": "stops", "MetricName": "Stops", "Namespace": "Trail",
            "Statistic": "Sum", "Period": 300, "EvaluationPeriods": 1, "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "AlarmActions": ["arn:aws:sns:eu-west-1:111122223333:t"]});
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        input
    };
    let names = || json!({"AlarmNames": ["stops"]});
    let put = ("PutMetricAlarm", alarm(json!({})));
    let steps = [
        (put.clone(), json!(true)),
        (("DisableAlarmActions", names()), json!(false)),
        (("EnableAlarmActions", names()), json!(true)),
        (("DeleteAlarms", names()), Value::Null),
    ];
    for (call, wanted) in steps {
        all_well(&sandbox, "cloudwatch", std::slice::from_ref(&call)).await;
        let at = "/MetricAlarms/0/ActionsEnabled";
        let found = told(&sandbox, "cloudwatch", "DescribeAlarms", names(), at).await;
        assert_eq!(found, wanted, "{}", call.0);
    }
    all_well(&sandbox, "cloudwatch", &[put]).await;
    let invalid = "ValidationError";
    let both = json!({"AlarmNames": ["none", "stops"]});
    let cases = [
        ("PutMetricAlarm", json!({}), invalid),
        (
            "PutMetricAlarm",
            alarm(json!({"ComparisonOperator": "Near"})),
            invalid,
        ),
        ("PutMetricAlarm", alarm(json!({"Threshold": null})), invalid),
        (
            "PutMetricAlarm",
            alarm(json!({"ExtendedStatistic": "p99"})),
            invalid,
        ),
        ("DeleteAlarms", both, "ResourceNotFound"),
        ("DeleteAlarms", json!({}), invalid),
        (
            "DescribeAlarms",
            json!({"AlarmNames": ["x"], "AlarmNamePrefix": "x"}),
            invalid,
        ),
        (
            "DescribeAlarms",
            json!({"NextToken": "x"}),
            "InvalidNextToken",
        ),
    ];
    all_refused(&sandbox, "cloudwatch", &cases).await;
    // a deletion of which one name is wrong deletes nothing
    let left = ask(&sandbox, "cloudwatch", "DescribeAlarms", names())
        .await
        .unwrap();
    assert_eq!(left["MetricAlarms"].as_array().unwrap().len(), 1);
}
