//! Names on the wire where they differ from the API model's, and what is no text.

/// Lists in requests: the name before the numbers, and the member.
pub(super) const LISTS: [(&str, &str); 10] = [
    ("AssociationId", "AssociationIds"),
    ("BlockDeviceMapping", "BlockDeviceMappings"),
    ("Filter", "Filters"),
    ("InstanceId", "InstanceIds"),
    ("ResourceId", "Resources"),
    ("SecurityGroup", "SecurityGroups"),
    ("SecurityGroupId", "SecurityGroupIds"),
    ("Tag", "Tags"),
    ("TagSpecification", "TagSpecifications"),
    ("Value", "Values"),
];

/// Members of requests that are numbers.
pub(super) const NUMBERS: [&str; 3] = ["MaxCount", "MaxResults", "MinCount"];

/// Members of requests that are true or false.
pub(super) const FLAGS: [&str; 6] = [
    "DryRun",
    "Force",
    "Hibernate",
    "IncludeAllInstances",
    "IncludeManagedResources",
    "SkipOsShutdown",
];

/// Members of answers whose element is not the name with a small first letter.
pub(super) const RENAMED: [(&str, &str); 14] = [
    ("BlockDeviceMappings", "blockDeviceMapping"),
    ("Groups", "groupSet"),
    (
        "IamInstanceProfileAssociations",
        "iamInstanceProfileAssociationSet",
    ),
    ("InstanceStatuses", "instanceStatusSet"),
    ("Instances", "instancesSet"),
    ("NetworkInterfaces", "networkInterfaceSet"),
    ("PublicDnsName", "dnsName"),
    ("PublicIpAddress", "ipAddress"),
    ("Reservations", "reservationSet"),
    ("StartingInstances", "instancesSet"),
    ("StateTransitionReason", "reason"),
    ("StoppingInstances", "instancesSet"),
    ("Tags", "tagSet"),
    ("TerminatingInstances", "instancesSet"),
];

/// Members of answers that are points in time.
pub(super) const TIMES: [&str; 2] = ["LaunchTime", "Timestamp"];
