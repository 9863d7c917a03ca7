//! Who owns what others put, and the access control list.

use serde_json::{Value, json};

use super::access::{access_denied, admit, edit, read};
use super::input::{invalid_argument, malformed_xml, optional, structure};
use super::{Bucket, canonical_id};
use crate::call::{ApiError, Call};
use crate::world::World;

/// What every bucket has that was made since April 2023: access control lists are off.
pub(super) const ENFORCED: &str = "BucketOwnerEnforced";

const GROUPS: &str = "http://acs.amazonaws.com/groups";
const PERMISSIONS: [&str; 5] = ["FULL_CONTROL", "READ", "READ_ACP", "WRITE", "WRITE_ACP"];

/// Members of an input that grant by themselves, and what they grant.
const HEADERS: [(&str, &str); 5] = [
    ("GrantFullControl", "FULL_CONTROL"),
    ("GrantRead", "READ"),
    ("GrantReadACP", "READ_ACP"),
    ("GrantWrite", "WRITE"),
    ("GrantWriteACP", "WRITE_ACP"),
];

/// The ownership that CreateBucket asks for.
pub(super) fn wanted(call: &Call) -> Result<String, ApiError> {
    let ownership = optional(&call.input, "ObjectOwnership").unwrap_or(ENFORCED);
    check(ownership)?;
    let list = optional(&call.input, "ACL").is_some_and(|acl| acl != "private");
    let grants = HEADERS
        .iter()
        .any(|(member, _)| call.input.get(*member).is_some());
    if ownership == ENFORCED && (list || grants) {
        return Err(lists_are_off());
    }
    Ok(ownership.to_owned())
}

fn check(ownership: &str) -> Result<(), ApiError> {
    match ownership {
        ENFORCED | "BucketOwnerPreferred" | "ObjectWriter" => Ok(()),
        _ => Err(malformed_xml()),
    }
}

fn lists_are_off() -> ApiError {
    let text = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting";
    ApiError::new("InvalidBucketAclWithObjectOwnership", text)
}

pub(super) fn get(bucket: &Bucket) -> Result<Value, ApiError> {
    match &bucket.ownership {
        Some(ownership) => Ok(json!({
            "OwnershipControls": {"Rules": [{"ObjectOwnership": ownership}]},
        })),
        None => {
            let text = "The bucket ownership controls were not found";
            Err(ApiError::new("OwnershipControlsNotFoundError", text).with_status(404))
        }
    }
}

pub(super) fn put(bucket: &mut Bucket, call: &Call) -> Result<(), ApiError> {
    let controls = structure(&call.input, "OwnershipControls")?;
    let rules = controls.get("Rules").and_then(Value::as_array);
    let Some([rule]) = rules.map(Vec::as_slice) else {
        return Err(malformed_xml());
    };
    let ownership = optional(rule, "ObjectOwnership").ok_or_else(malformed_xml)?;
    check(ownership)?;
    // a list that grants nothing to others is no obstacle
    if ownership == ENFORCED && !bucket.grants.is_empty() {
        return Err(lists_are_off());
    }
    bucket.ownership = Some(ownership.to_owned());
    Ok(())
}

pub(super) fn get_acl(world: &World, call: &Call) -> Result<Value, ApiError> {
    let name = admit(world, call, "s3:GetBucketAcl", None)?;
    let bucket = read(world, &name)?;
    let id = canonical_id(&bucket.owner);
    let mut grants = vec![grant(&owner(bucket), "FULL_CONTROL")];
    grants.extend(bucket.grants.iter().cloned());
    Ok(json!({"Owner": {"ID": id}, "Grants": grants}))
}

fn owner(bucket: &Bucket) -> Value {
    json!({"ID": canonical_id(&bucket.owner), "Type": "CanonicalUser"})
}

fn group(name: &str) -> Value {
    json!({"URI": format!("{GROUPS}/{name}"), "Type": "Group"})
}

fn grant(grantee: &Value, permission: &str) -> Value {
    json!({"Grantee": grantee, "Permission": permission})
}

pub(super) fn put_acl(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = admit(world, call, "s3:PutBucketAcl", None)?;
    let bucket = read(world, &name)?;
    if bucket.ownership.as_deref() == Some(ENFORCED) {
        let text = "The bucket does not allow ACLs";
        return Err(ApiError::new("AccessControlListNotSupported", text));
    }
    let mut grants = asked(call)?;
    let block = world.services.s3.block_of(bucket);
    if block.block_public_acls && grants.iter().any(is_public) {
        let text = "Access Denied because public access control lists are prevented by the \
                    BlockPublicAcls setting in S3 Block Public Access.";
        return Err(access_denied(text));
    }
    let own = owner(bucket);
    grants.retain(|grant| grant.get("Grantee") != Some(&own));
    edit(world, &name)?.grants = grants;
    Ok(json!({}))
}

fn is_public(grant: &Value) -> bool {
    let uri = grant.pointer("/Grantee/URI").and_then(Value::as_str);
    let public = |uri: &str| uri.ends_with("/AllUsers") || uri.ends_with("/AuthenticatedUsers");
    uri.is_some_and(public)
}

/// The grants that a call asks for in one of three ways.
fn asked(call: &Call) -> Result<Vec<Value>, ApiError> {
    let input = &call.input;
    let canned = optional(input, "ACL");
    let document = input.get("AccessControlPolicy").filter(|v| !v.is_null());
    let mut headers = Vec::new();
    for (member, permission) in HEADERS {
        for given in optional(input, member)
            .into_iter()
            .flat_map(|v| v.split(','))
        {
            headers.push(grant(&header_grantee(given.trim())?, permission));
        }
    }
    match (canned, document, headers.is_empty()) {
        (Some(canned), None, true) => canned_grants(canned),
        (None, Some(document), true) => document_grants(document),
        (None, None, false) => Ok(headers),
        (None, None, true) => {
            let text = "Your request was missing a required header";
            Err(ApiError::new("MissingSecurityHeader", text))
        }
        (_, Some(_), _) => Err(ApiError::new(
            "UnexpectedContent",
            "This request does not support content",
        )),
        (Some(_), None, false) => Err(ApiError::new(
            "InvalidRequest",
            "Specifying both Canned ACLs and Header Grants is not allowed",
        )),
    }
}

fn canned_grants(canned: &str) -> Result<Vec<Value>, ApiError> {
    let all = group("global/AllUsers");
    let known = group("global/AuthenticatedUsers");
    let logs = group("s3/LogDelivery");
    match canned {
        "private" => Ok(Vec::new()),
        "public-read" => Ok(vec![grant(&all, "READ")]),
        "public-read-write" => Ok(vec![grant(&all, "READ"), grant(&all, "WRITE")]),
        "authenticated-read" => Ok(vec![grant(&known, "READ")]),
        "log-delivery-write" => Ok(vec![grant(&logs, "WRITE"), grant(&logs, "READ_ACP")]),
        _ => Err(invalid_argument("")),
    }
}

fn document_grants(document: &Value) -> Result<Vec<Value>, ApiError> {
    let grants = document.get("Grants").and_then(Value::as_array);
    let grants = grants.ok_or_else(malformed_acl)?;
    let known = |grant: &Value| {
        let permission = optional(grant, "Permission").unwrap_or_default();
        PERMISSIONS.contains(&permission) && grant.get("Grantee").is_some_and(Value::is_object)
    };
    if document.get("Owner").is_none() || !grants.iter().all(known) {
        return Err(malformed_acl());
    }
    Ok(grants.clone())
}

fn malformed_acl() -> ApiError {
    let text = "The XML you provided was not well-formed or did not validate against our \
                published schema";
    ApiError::new("MalformedACLError", text)
}

/// `id="..."` or `uri="..."`; addresses are no longer taken.
fn header_grantee(text: &str) -> Result<Value, ApiError> {
    let (kind, value) = text.split_once('=').unwrap_or_default();
    let value = value.trim_matches('"');
    match kind {
        "id" => Ok(json!({"ID": value, "Type": "CanonicalUser"})),
        "uri" => Ok(json!({"URI": value, "Type": "Group"})),
        _ => Err(invalid_argument("Argument format not recognized")),
    }
}
