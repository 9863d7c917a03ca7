//! B37 to B39: those who read the log.

use serde_json::{Value, json};

use super::{Step, Target, Way, way};

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
        way("an alarm", alarms("DeleteAlarms")),
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
