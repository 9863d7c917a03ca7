//! What kind of event a call is, and in which Region CloudTrail records it.

use serde_json::Value;

use crate::call::Call;
use crate::world::World;

/// The kind of a call's event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Class {
    /// An operation on the account itself.
    Management {
        /// Whether it only reads.
        read_only: bool,
    },
    /// An operation inside a resource: trails leave such events out unless they are told.
    Data {
        /// Whether it only reads.
        read_only: bool,
        /// As selectors name the resource's type.
        kind: &'static str,
        /// The resource.
        arn: String,
    },
}

const OBJECT: &str = "AWS::S3::Object";

/// The operations inside objects.
const OBJECT_OPERATIONS: [&str; 14] = [
    "PutObject",
    "CopyObject",
    "DeleteObject",
    "DeleteObjects",
    "GetObject",
    "HeadObject",
    "GetObjectAcl",
    "PutObjectAcl",
    "GetObjectRetention",
    "PutObjectRetention",
    "PutObjectLegalHold",
    "ListObjects",
    "ListObjectsV2",
    "ListObjectVersions",
];

impl Class {
    /// The kind of `call`; none for one that CloudTrail records nowhere.
    pub(super) fn of(world: &World, call: &Call) -> Option<Self> {
        let read_only = !call.is_write();
        let operation = call.operation.as_str();
        let text = |member: &str| call.input.get(member).and_then(Value::as_str);
        let (kind, arn) = match call.service.as_str() {
            "events" if operation == "PutEvents" => return None,
            "s3" if OBJECT_OPERATIONS.contains(&operation) => {
                let bucket = text("Bucket").unwrap_or_default();
                let key = text("Key").unwrap_or_default();
                let partition = &world.partition;
                (OBJECT, format!("arn:{partition}:s3:::{bucket}/{key}"))
            }
            "lambda" if operation == "Invoke" => {
                let name = text("FunctionName").unwrap_or_default();
                ("AWS::Lambda::Function", function_arn(world, call, name))
            }
            "sns" if operation == "Publish" => {
                let topic = text("TopicArn").unwrap_or_default();
                ("AWS::SNS::Topic", topic.to_owned())
            }
            _ => return Some(Self::Management { read_only }),
        };
        Some(Self::Data {
            read_only,
            kind,
            arn,
        })
    }

    pub(super) fn read_only(&self) -> bool {
        match self {
            Self::Management { read_only } | Self::Data { read_only, .. } => *read_only,
        }
    }

    pub(super) fn is_management(&self) -> bool {
        matches!(self, Self::Management { .. })
    }
}

fn function_arn(world: &World, call: &Call, name: &str) -> String {
    if name.starts_with("arn:") {
        return name.to_owned();
    }
    let (partition, account) = (&world.partition, &world.account_id);
    format!(
        "arn:{partition}:lambda:{}:{account}:function:{name}",
        call.region
    )
}

/// Whether the service is a global one, whose events belong to one Region of the partition.
pub(super) fn is_global(service: &str) -> bool {
    ["iam", "sts", "organizations", "account"].contains(&service)
}

/// The Region of the record: calls of global services are recorded where the partition keeps
/// these, wherever they were made.
pub(super) fn recorded_in(world: &World, call: &Call) -> String {
    let global = match world.partition.as_str() {
        _ if !is_global(&call.service) => &call.region,
        "aws-cn" if call.service == "organizations" => "cn-northwest-1",
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        "aws-iso" => "us-iso-east-1",
        "aws-iso-b" => "us-isob-east-1",
        "aws-eusc" => "eusc-de-east-1",
        _ => "us-east-1",
    };
    global.to_owned()
}

/// The name by which the service signs its events.
pub(super) fn event_source(service: &str) -> String {
    let name = match service {
        "cloudwatch" => "monitoring",
        name => name,
    };
    format!("{name}.amazonaws.com")
}

/// The record's `eventName`: some services have names of their own there.
pub(super) fn event_name(call: &Call) -> String {
    let operation = call.operation.as_str();
    match call.service.as_str() {
        "s3" => match operation {
            "PutBucketLifecycleConfiguration" => "PutBucketLifecycle",
            "PutBucketNotificationConfiguration" => "PutBucketNotification",
            "PutPublicAccessBlock" => "PutBucketPublicAccessBlock",
            "DeletePublicAccessBlock" => "DeleteBucketPublicAccessBlock",
            "GetBucketLifecycleConfiguration" => "GetBucketLifecycle",
            "GetBucketNotificationConfiguration" => "GetBucketNotification",
            "GetPublicAccessBlock" => "GetBucketPublicAccessBlock",
            "ListObjectsV2" => "ListObjects",
            other => other,
        }
        .to_owned(),
        "lambda" => function_event(operation),
        _ => operation.to_owned(),
    }
}

/// Lambda's events carry the version of the operation's API.
fn function_event(operation: &str) -> String {
    let version = match operation {
        "CreateFunction" | "DeleteFunction" | "ListFunctions" | "PublishVersion"
        | "CreateAlias" | "UpdateAlias" | "DeleteAlias" | "GetAlias" => "20150331",
        "AddPermission"
        | "RemovePermission"
        | "GetPolicy"
        | "UpdateFunctionCode"
        | "UpdateFunctionConfiguration"
        | "GetFunction"
        | "GetFunctionConfiguration" => "20150331v2",
        "PutFunctionConcurrency" | "DeleteFunctionConcurrency" => "20171031",
        "GetFunctionConcurrency" => "20190930",
        // that these carry one is likely, and nowhere written
        "PutFunctionEventInvokeConfig"
        | "UpdateFunctionEventInvokeConfig"
        | "DeleteFunctionEventInvokeConfig"
        | "GetFunctionEventInvokeConfig" => "20190925",
        _ => "",
    };
    format!("{operation}{version}")
}
