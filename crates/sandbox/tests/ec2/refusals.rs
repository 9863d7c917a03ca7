//! What EC2 refuses, by its codes.

use serde_json::{Value, json};

use crate::{DEEP, PENDING, REGION, RUNNING, WEB, account, ask, ask_in, refused};

fn associate(instance: &str, profile: Value) -> Value {
    json!({"InstanceId": instance, "IamInstanceProfile": profile})
}

#[tokio::test]
async fn associations() {
    let sandbox = account();
    let (missing, value) = ("MissingParameter", "InvalidParameterValue");
    let unknown = "i-00000000000000fff";
    let foreign = WEB.replace("111122223333", "444455556666");
    let pathless = DEEP.replace("/team/app", "");
    let operation = "AssociateIamInstanceProfile";
    let cases = [
        (operation, json!({}), missing),
        (operation, json!({"InstanceId": RUNNING}), missing),
        (operation, associate(RUNNING, json!({})), missing),
        (
            operation,
            associate("x-1", json!({"Arn": WEB})),
            "InvalidInstanceID.Malformed",
        ),
        (
            operation,
            associate("i-12", json!({"Arn": WEB})),
            "InvalidInstanceID.Malformed",
        ),
        (
            operation,
            associate(unknown, json!({"Arn": WEB})),
            "InvalidInstanceID.NotFound",
        ),
        (
            operation,
            associate(RUNNING, json!({"Name": "absent"})),
            value,
        ),
        (operation, associate(RUNNING, json!({"Name": WEB})), value),
        (operation, associate(RUNNING, json!({"Arn": "web"})), value),
        (
            operation,
            associate(RUNNING, json!({"Arn": foreign})),
            value,
        ),
        (
            operation,
            associate(RUNNING, json!({"Arn": pathless})),
            value,
        ),
        (
            operation,
            associate(RUNNING, json!({"Name": "empty"})),
            value,
        ),
        (
            operation,
            associate(RUNNING, json!({"Name": "web", "Arn": WEB})),
            "InvalidParameterCombination",
        ),
        (
            operation,
            json!({"InstanceIds": [RUNNING], "IamInstanceProfile": {"Arn": WEB}}),
            "UnknownParameter",
        ),
        ("DisassociateIamInstanceProfile", json!({}), missing),
        (
            "DisassociateIamInstanceProfile",
            json!({"AssociationId": RUNNING}),
            value,
        ),
        (
            "DisassociateIamInstanceProfile",
            json!({"AssociationId": "iip-assoc-00000000000000fff"}),
            "InvalidAssociationID.NotFound",
        ),
        (
            "ReplaceIamInstanceProfileAssociation",
            json!({
                "AssociationId": "iip-assoc-00000000000000fff",
                "IamInstanceProfile": {"Arn": WEB},
            }),
            "InvalidAssociationID.NotFound",
        ),
    ];
    for (operation, input, wanted) in cases {
        let (code, text) = refused(&sandbox, operation, input.clone()).await;
        assert_eq!(code, wanted, "{operation} {input}: {text}");
    }
}

#[tokio::test]
async fn instances() {
    let sandbox = account();
    let launch = |member: &str, value: Value| {
        let mut input = json!({"ImageId": "ami-1", "MinCount": 1, "MaxCount": 1});
        input[member] = value;
        input
    };
    let filters =
        |name: &str, count: usize| json!({"Filters": [{"Name": name, "Values": vec!["x"; count]}]});
    let (missing, value) = ("MissingParameter", "InvalidParameterValue");
    let template = |member: &str, name: &str| launch("LaunchTemplate", json!({member: name}));
    let cases = [
        (
            "RunInstances",
            json!({"MinCount": 1, "MaxCount": 1}),
            missing,
        ),
        (
            "RunInstances",
            json!({"ImageId": "ami-1", "MinCount": 1}),
            missing,
        ),
        ("RunInstances", launch("MinCount", json!(2)), value),
        ("RunInstances", launch("MinCount", json!(0)), value),
        (
            "RunInstances",
            launch("MaxCount", json!(5000)),
            "InstanceLimitExceeded",
        ),
        (
            "RunInstances",
            launch("ImageId", json!("x")),
            "InvalidAMIID.Malformed",
        ),
        (
            "RunInstances",
            launch("IamInstanceProfile", json!({"Name": "absent"})),
            value,
        ),
        (
            "RunInstances",
            template("LaunchTemplateId", "lt-1"),
            "InvalidLaunchTemplateId.NotFound",
        ),
        (
            "RunInstances",
            template("LaunchTemplateName", "x"),
            "InvalidLaunchTemplateName.NotFoundException",
        ),
        ("StartInstances", json!({}), missing),
        (
            "StopInstances",
            json!({"InstanceIds": ["x"]}),
            "InvalidInstanceID.Malformed",
        ),
        (
            "StopInstances",
            json!({"InstanceIds": [RUNNING, "i-12345678"]}),
            "InvalidInstanceID.NotFound",
        ),
        (
            "StopInstances",
            json!({"InstanceIds": [PENDING]}),
            "IncorrectInstanceState",
        ),
        (
            "DescribeInstances",
            json!({"InstanceIds": ["i-12345678"]}),
            "InvalidInstanceID.NotFound",
        ),
        (
            "DescribeInstances",
            json!({"InstanceIds": [RUNNING], "MaxResults": 10}),
            "InvalidParameterCombination",
        ),
        ("DescribeInstances", json!({"MaxResults": 4}), value),
        ("DescribeInstances", json!({"MaxResults": 1001}), value),
        (
            "DescribeInstances",
            json!({"NextToken": "x"}),
            "InvalidPaginationToken",
        ),
        ("DescribeInstances", filters("colour", 1), value),
        ("DescribeInstances", filters("instance-id", 0), value),
        (
            "DescribeInstances",
            filters("instance-id", 201),
            "FilterLimitExceeded",
        ),
        (
            "DescribeInstances",
            json!({"DryRun": true}),
            "DryRunOperation",
        ),
        (
            "DescribeInstances",
            json!({"Instances": []}),
            "UnknownParameter",
        ),
        ("DescribeVolumes", json!({}), "NotImplementedException"),
    ];
    for (operation, input, wanted) in cases {
        let (code, text) = refused(&sandbox, operation, input.clone()).await;
        assert_eq!(code, wanted, "{operation} {input}: {text}");
    }
}

#[tokio::test]
async fn a_region_that_is_off_or_another_one_does_not_know_the_instance() {
    let sandbox = account();
    let input = json!({"InstanceIds": [RUNNING]});
    let cases = [
        ("us-east-1", "InvalidInstanceID.NotFound"),
        ("af-south-1", "AuthFailure"),
    ];
    for (region, wanted) in cases {
        let answer = ask_in(&sandbox, "ec2", "DescribeInstances", region, input.clone()).await;
        assert_eq!(answer.unwrap_err().code, wanted, "{region}");
    }
    assert_ne!(REGION, "us-east-1");
    ask(&sandbox, "DescribeInstances", input).await.unwrap();
}
