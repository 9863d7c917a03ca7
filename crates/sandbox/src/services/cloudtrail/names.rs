//! The rules for names, prefixes and ARNs.

use crate::call::ApiError;

/// What a call names a trail by.
pub(super) enum TrailId<'a> {
    /// The bare name.
    Name(&'a str),
    /// The ARN, and the account in it.
    Arn(&'a str, &'a str),
}

/// Reads a trail's name or ARN.
pub(super) fn trail_id(text: &str) -> Result<TrailId<'_>, ApiError> {
    if !text.starts_with("arn:") {
        return trail_name(text).map(TrailId::Name);
    }
    let mut parts = text.splitn(6, ':').skip(1);
    let mut next = || parts.next().unwrap_or_default();
    let (partition, service, region, account, resource) = (next(), next(), next(), next(), next());
    let name = resource.strip_prefix("trail/").map(trail_name);
    let fits = !partition.is_empty()
        && service == "cloudtrail"
        && !region.is_empty()
        && account.len() == 12
        && account.bytes().all(|byte| byte.is_ascii_digit())
        && matches!(name, Some(Ok(_)));
    if fits {
        return Ok(TrailId::Arn(text, account));
    }
    let text = format!("{text} is not a valid trail ARN");
    Err(ApiError::new("CloudTrailARNInvalidException", text))
}

/// A valid trail name, or what is wrong with it.
pub(super) fn trail_name(name: &str) -> Result<&str, ApiError> {
    match trail_name_fault(name) {
        None => Ok(name),
        Some(text) => Err(ApiError::new("InvalidTrailNameException", text)),
    }
}

fn trail_name_fault(name: &str) -> Option<String> {
    let length = name.chars().count();
    let punctuation = |byte: &u8| matches!(byte, b'.' | b'_' | b'-');
    let bytes = name.as_bytes();
    let ends_well = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    if name.is_empty() {
        Some("Trail name cannot be blank!".to_owned())
    } else if length < 3 {
        Some(format!(
            "Trail name too short. Minimum allowed length: 3 characters. Specified name length: {length} characters."
        ))
    } else if length > 128 {
        Some(format!(
            "Trail name too long. Maximum allowed length: 128 characters. Specified name length: {length} characters."
        ))
    } else if !bytes
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || punctuation(byte))
    {
        Some("Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), and underscores (_).".to_owned())
    } else if !ends_well(bytes.first()) {
        Some("Trail name must start with a letter or number.".to_owned())
    } else if !ends_well(bytes.last()) {
        Some("Trail name must end with a letter or number.".to_owned())
    } else if bytes.windows(2).any(|pair| pair.iter().all(punctuation)) {
        Some("Trail name cannot have adjacent periods, hyphens or underscores.".to_owned())
    } else if looks_like_address(name) {
        Some("Trail name cannot be in IP address format.".to_owned())
    } else {
        None
    }
}

fn looks_like_address(text: &str) -> bool {
    text.parse::<std::net::Ipv4Addr>().is_ok()
}

/// Checks a bucket's name.
pub(super) fn bucket(name: &str) -> Result<(), ApiError> {
    let edge = |byte: Option<&u8>| {
        byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let inner = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-')
    };
    let bytes = name.as_bytes();
    let fits = (3..=63).contains(&name.len())
        && edge(bytes.first())
        && edge(bytes.last())
        && name.bytes().all(inner)
        && !name.contains("..")
        && !looks_like_address(name);
    let text = if name.is_empty() {
        "Bucket name cannot be blank!".to_owned()
    } else {
        format!("Bucket name {name} is not valid.")
    };
    refuse_unless(fits, "InvalidS3BucketNameException", text)
}

/// Checks a key prefix.
pub(super) fn prefix(prefix: &str) -> Result<(), ApiError> {
    let fits = prefix.chars().count() <= 200;
    let text = "S3 prefix is too long. Maximum allowed length: 200 characters.";
    refuse_unless(fits, "InvalidS3PrefixException", text.to_owned())
}

/// The ARN of the topic that is named by its name, in `region` and `account`, or by its ARN.
pub(super) fn topic(
    given: &str,
    partition: &str,
    region: &str,
    account: &str,
) -> Result<String, ApiError> {
    let name = match given.strip_prefix("arn:") {
        None => given,
        Some(rest) => match rest.split(':').collect::<Vec<_>>().as_slice() {
            [_, "sns", _, _, name] => name,
            _ => "",
        },
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let fits = !name.is_empty() && name.len() <= 256 && name.bytes().all(plain);
    let text = format!("SNS Topic name {given} is not valid.");
    refuse_unless(fits, "InvalidSnsTopicNameException", text)?;
    if given.starts_with("arn:") {
        return Ok(given.to_owned());
    }
    Ok(format!("arn:{partition}:sns:{region}:{account}:{name}"))
}

/// Checks the form of a key's id, ARN, alias name or alias ARN.
pub(super) fn key(given: &str) -> Result<(), ApiError> {
    let local = match given.strip_prefix("arn:") {
        None => Some(given),
        Some(rest) => match rest.splitn(5, ':').collect::<Vec<_>>().as_slice() {
            [_, "kms", region, account, local] if !region.is_empty() && account.len() == 12 => {
                local.strip_prefix("key/").or_else(|| alias(local))
            }
            _ => None,
        },
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/');
    let id = |text: &str| !text.is_empty() && !text.contains('/') && text.bytes().all(plain);
    let fits = local.is_some_and(|text| match text.strip_prefix("alias/") {
        Some(name) => !name.is_empty() && name.bytes().all(plain),
        None => id(text) && text.len() >= 32,
    });
    let text = format!("KmsKeyId {given} is not valid.");
    refuse_unless(fits, "InvalidKmsKeyIdException", text)
}

fn alias(local: &str) -> Option<&str> {
    local.starts_with("alias/").then_some(local)
}

fn refuse_unless(fits: bool, code: &str, text: String) -> Result<(), ApiError> {
    if fits {
        return Ok(());
    }
    Err(ApiError::new(code, text))
}
