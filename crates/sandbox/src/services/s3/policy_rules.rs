//! Which texts S3 accepts as a bucket policy, and which policies it calls public.

use serde_json::{Map, Value};

use crate::call::ApiError;
use crate::services::s3::resource_policy::{statements, texts};

/// The longest bucket policy, in bytes.
const LONGEST: usize = 20_480;

/// Actions that apply to the bucket only, and to objects only: the ones a log archive meets.
const ON_BUCKETS: [&str; 6] = [
    "s3:getbucketacl",
    "s3:getbucketlocation",
    "s3:getbucketpolicy",
    "s3:listbucket",
    "s3:putbucketpolicy",
    "s3:deletebucket",
];
const ON_OBJECTS: [&str; 6] = [
    "s3:abortmultipartupload",
    "s3:deleteobject",
    "s3:deleteobjectversion",
    "s3:getobject",
    "s3:putobject",
    "s3:putobjectacl",
];

/// Condition keys that tie a statement to fixed callers, so that `*` is not public.
const NARROWING: [&str; 12] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
];

/// Parses `policy` as the policy of `bucket`, or refuses it as S3 does.
pub(super) fn check(policy: &str, partition: &str, bucket: &str) -> Result<Value, ApiError> {
    if policy.len() > LONGEST {
        let text = "Policy exceeds the maximum allowed document size.";
        return Err(malformed(text));
    }
    let no_json = || malformed("Policies must be valid JSON and the first byte must be '{'");
    if !policy.starts_with('{') {
        return Err(no_json());
    }
    let document: Value = serde_json::from_str(policy).map_err(|_| no_json())?;
    let members = document.as_object().ok_or_else(no_json)?;
    known(members, &["Version", "Id", "Statement"])?;
    match members.get("Version").map(Value::as_str) {
        None | Some(Some("2012-10-17" | "2008-10-17")) => {}
        Some(_) => return Err(malformed("The policy must contain a valid version string")),
    }
    if !members.contains_key("Statement") {
        return Err(malformed("Missing required field Statement"));
    }
    let list = statements(&document);
    if list.is_empty() {
        return Err(malformed("Could not parse the policy: Statement is empty!"));
    }
    for statement in list {
        check_statement(statement, partition, bucket)?;
    }
    Ok(document)
}

fn malformed(text: impl Into<String>) -> ApiError {
    ApiError::new("MalformedPolicy", text)
}

fn known(members: &Map<String, Value>, names: &[&str]) -> Result<(), ApiError> {
    match members.keys().find(|key| !names.contains(&key.as_str())) {
        Some(key) => Err(malformed(format!("Unknown field {key}"))),
        None => Ok(()),
    }
}

fn check_statement(statement: &Value, partition: &str, bucket: &str) -> Result<(), ApiError> {
    const FIELDS: [&str; 9] = [
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    ];
    let Some(members) = statement.as_object() else {
        return Err(malformed("Invalid policy syntax."));
    };
    known(members, &FIELDS)?;
    check_effect(members)?;
    check_principal(either(members, "Principal")?)?;
    check_actions_and_resources(members, &format!("arn:{partition}:s3:::{bucket}"))
}

fn check_effect(members: &Map<String, Value>) -> Result<(), ApiError> {
    match members.get("Effect").map(Value::as_str) {
        Some(Some("Allow" | "Deny")) => Ok(()),
        Some(other) => {
            let text = format!("Invalid effect: {}", other.unwrap_or_default());
            Err(malformed(text))
        }
        None => Err(malformed("Missing required field Effect")),
    }
}

fn check_actions_and_resources(
    members: &Map<String, Value>,
    bucket_arn: &str,
) -> Result<(), ApiError> {
    let actions = strings(either(members, "Action")?)?;
    let resources = strings(either(members, "Resource")?)?;
    if !actions.iter().all(|action| is_action(action)) {
        return Err(malformed("Policy has invalid action"));
    }
    if !resources.iter().all(|arn| in_bucket(arn, bucket_arn)) {
        return Err(malformed("Policy has invalid resource"));
    }
    if actions.iter().all(|action| applies(action, &resources)) {
        return Ok(());
    }
    let text = "Action does not apply to any resource(s) in statement";
    Err(malformed(text))
}

/// The element or its `Not` form.
fn either<'a>(members: &'a Map<String, Value>, name: &str) -> Result<&'a Value, ApiError> {
    members
        .get(name)
        .or_else(|| members.get(&format!("Not{name}")))
        .ok_or_else(|| malformed(format!("Missing required field {name}")))
}

fn strings(element: &Value) -> Result<Vec<&str>, ApiError> {
    let list = texts(element);
    let whole = element.as_array().map_or(1, Vec::len) == list.len();
    if list.is_empty() || !whole {
        return Err(malformed("Invalid policy syntax."));
    }
    Ok(list)
}

fn is_action(action: &str) -> bool {
    let lower = action.to_ascii_lowercase();
    let name = lower
        .strip_prefix("s3:")
        .unwrap_or(if lower == "*" { "*" } else { "" });
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'*' || b == b'?';
    !name.is_empty() && name.bytes().all(allowed)
}

fn in_bucket(arn: &str, bucket_arn: &str) -> bool {
    arn.strip_prefix(bucket_arn)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest == "*")
}

fn applies(action: &str, resources: &[&str]) -> bool {
    let lower = action.to_ascii_lowercase();
    let of_object = |arn: &&str| arn.contains('/') || arn.ends_with('*');
    if ON_OBJECTS.contains(&lower.as_str()) {
        return resources.iter().any(of_object);
    }
    !ON_BUCKETS.contains(&lower.as_str()) || resources.iter().any(|arn| !arn.contains('/'))
}

fn check_principal(principal: &Value) -> Result<(), ApiError> {
    let invalid = || malformed("Invalid principal in policy");
    let kinds = match principal {
        Value::String(text) if text == "*" => return Ok(()),
        Value::Object(kinds) if !kinds.is_empty() => kinds,
        _ => return Err(invalid()),
    };
    for (kind, names) in kinds {
        let names = strings(names).map_err(|_| invalid())?;
        let good: fn(&str) -> bool = match kind.as_str() {
            "AWS" => is_aws_principal,
            "Service" => |name| name.contains(".amazonaws.com"),
            "Federated" | "CanonicalUser" => |name| !name.is_empty(),
            _ => return Err(invalid()),
        };
        if !names.into_iter().all(good) {
            return Err(invalid());
        }
    }
    Ok(())
}

/// `*`, an account id, or the ARN of an account, user, role or session.
pub(crate) fn is_aws_principal(name: &str) -> bool {
    let account = |id: &str| id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit());
    if name == "*" || account(name) {
        return true;
    }
    let mut parts = name.splitn(6, ':');
    let mut part = || parts.next().unwrap_or_default();
    let (arn, partition, service) = (part(), part(), part());
    let (region, id, resource) = (part(), part(), part());
    let cloudfront = id == "cloudfront";
    arn == "arn"
        && partition.starts_with("aws")
        && (service == "iam" || service == "sts")
        && region.is_empty()
        && (account(id) || cloudfront)
        && !resource.is_empty()
        && !resource.contains('*')
}

/// Whether some Allow is open to everyone without a condition that names fixed callers.
pub(super) fn is_public(document: &Value) -> bool {
    statements(document).iter().any(|statement| {
        let allow = statement.get("Effect").and_then(Value::as_str) == Some("Allow");
        let everyone = match statement.get("Principal") {
            Some(Value::String(text)) => text == "*",
            Some(Value::Object(kinds)) => kinds
                .get("AWS")
                .is_some_and(|aws| texts(aws).contains(&"*")),
            _ => statement.get("NotPrincipal").is_some(),
        };
        allow && everyone && !is_narrowed(statement)
    })
}

fn is_narrowed(statement: &Value) -> bool {
    let operators = statement.get("Condition").and_then(Value::as_object);
    operators.into_iter().flatten().any(|(operator, keys)| {
        let positive = !operator.contains("Not") && !operator.ends_with("IfExists");
        let tied = |(key, values): (&String, &Value)| {
            NARROWING.contains(&key.to_ascii_lowercase().as_str())
                && texts(values)
                    .into_iter()
                    .all(|value| value != "*" && value != "0.0.0.0/0")
        };
        positive && keys.as_object().into_iter().flatten().any(tied)
    })
}
