//! The forms behind the types that have a picker in the console.

use crate::document::DataType;

/// Whether a text has the form of the resource; every text fits a plain type.
pub(super) fn fits(data_type: DataType, text: &str) -> bool {
    match data_type {
        DataType::Plain(_) => true,
        DataType::InstanceId | DataType::InstanceIds => instance_id(text),
        DataType::BucketName | DataType::BucketNames => bucket_name(text),
        DataType::RoleArn | DataType::RoleArns => role_arn(text),
    }
}

fn instance_id(text: &str) -> bool {
    let digits = text.strip_prefix('m').unwrap_or(text).strip_prefix("i-");
    digits.is_some_and(|digits| {
        matches!(digits.len(), 8 | 17) && digits.chars().all(|c| c.is_ascii_hexdigit())
    })
}

fn bucket_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
    (4..=64).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text.chars().all(plain)
}

fn role_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [arn, partition, service, region, account, resource] = parts.as_slice() else {
        return false;
    };
    let partitions = ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b"];
    *arn == "arn"
        && partitions.contains(partition)
        && *service == "iam"
        && region.is_empty()
        && account.len() == 12
        && account.chars().all(|c| c.is_ascii_digit())
        && resource
            .strip_prefix("role/")
            .is_some_and(|name| !name.is_empty())
}
