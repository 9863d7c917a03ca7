//! Which members are lists, have another element name, or are no text.

/// A list: its member name, the element around the items if there is one, and an item's element.
pub(super) type List = (&'static str, Option<&'static str>, &'static str);

pub(super) const LISTS: [List; 20] = [
    ("Buckets", Some("Buckets"), "Bucket"),
    ("Grants", Some("AccessControlList"), "Grant"),
    ("TargetGrants", Some("TargetGrants"), "Grant"),
    ("TagSet", Some("TagSet"), "Tag"),
    ("Tags", None, "Tag"),
    ("Contents", None, "Contents"),
    ("CommonPrefixes", None, "CommonPrefixes"),
    ("Versions", None, "Version"),
    ("DeleteMarkers", None, "DeleteMarker"),
    ("Deleted", None, "Deleted"),
    ("Errors", None, "Error"),
    ("Objects", None, "Object"),
    ("Rules", None, "Rule"),
    ("Transitions", None, "Transition"),
    (
        "NoncurrentVersionTransitions",
        None,
        "NoncurrentVersionTransition",
    ),
    ("Events", None, "Event"),
    ("FilterRules", None, "FilterRule"),
    ("TopicConfigurations", None, "TopicConfiguration"),
    ("QueueConfigurations", None, "QueueConfiguration"),
    (
        "LambdaFunctionConfigurations",
        None,
        "CloudFunctionConfiguration",
    ),
];

/// Members whose element has another name.
pub(super) const RENAMED: [(&str, &str); 4] = [
    ("MFADelete", "MfaDelete"),
    ("TopicArn", "Topic"),
    ("QueueArn", "Queue"),
    ("LambdaFunctionArn", "CloudFunction"),
];

pub(super) const TIMES: [&str; 3] = ["CreationDate", "LastModified", "Date"];

pub(super) const FLAGS: [&str; 8] = [
    "BlockPublicAcls",
    "BlockPublicPolicy",
    "BucketKeyEnabled",
    "ExpiredObjectDeleteMarker",
    "IgnorePublicAcls",
    "Quiet",
    "RestrictPublicBuckets",
    "IsPublic",
];

pub(super) const NUMBERS: [&str; 10] = [
    "Days",
    "DaysAfterInitiation",
    "MaxKeys",
    "Minutes",
    "NewerNoncurrentVersions",
    "NoncurrentDays",
    "ObjectSizeGreaterThan",
    "ObjectSizeLessThan",
    "Priority",
    "Years",
];
