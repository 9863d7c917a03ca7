//! The bucket policies of S3, the one part of its protocol that needs no XML.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use trailkeeper_runbook::ApiFailure;

use crate::answer::Answer;
use crate::endpoint::Endpoint;
use crate::request::{Request, SigningStyle, header_members, path_segment, required};
use crate::service::S3;

/// An operation on a bucket's policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BucketPolicy {
    Get,
    Put,
    Delete,
}

impl BucketPolicy {
    pub(crate) fn named(operation: &str) -> Option<Self> {
        match operation {
            "GetBucketPolicy" => Some(Self::Get),
            "PutBucketPolicy" => Some(Self::Put),
            "DeleteBucketPolicy" => Some(Self::Delete),
            _ => None,
        }
    }

    pub(crate) fn request(
        self,
        place: Endpoint,
        input: &Map<String, Value>,
    ) -> Result<Request, ApiFailure> {
        let bucket = required(input, "Bucket")?;
        let own = [
            ("ExpectedBucketOwner", "x-amz-expected-bucket-owner"),
            (
                "ConfirmRemoveSelfBucketAccess",
                "x-amz-confirm-remove-self-bucket-access",
            ),
        ];
        let mut headers = header_members(input, &own)?;
        let (method, body) = match self {
            Self::Get => ("GET", ""),
            Self::Delete => ("DELETE", ""),
            Self::Put => ("PUT", required(input, "Policy")?),
        };
        if self == Self::Put {
            // S3 takes no policy without a checksum of its text.
            let checksum = STANDARD.encode(crc32(body.as_bytes()).to_be_bytes());
            headers.push(("x-amz-checksum-crc32", checksum));
        }
        Ok(Request {
            method,
            url: policy_url(&place, bucket),
            headers,
            body: body.as_bytes().to_vec(),
            signing_name: S3.signing_name,
            signing_region: place.signing_region,
            style: SigningStyle::S3,
        })
    }

    pub(crate) fn read(self, answer: &Answer) -> Result<Value, ApiFailure> {
        if !answer.is_success() {
            let text = answer.text();
            return Err(answer.failure_of(element(&text, "Code"), element(&text, "Message")));
        }
        Ok(match self {
            Self::Get => json!({ "Policy": answer.text() }),
            Self::Put | Self::Delete => json!({}),
        })
    }
}

/// The bucket's name goes into the host where it can: only AWS's own endpoints resolve such
/// names, and their certificates cover no name with a dot.
fn policy_url(place: &Endpoint, bucket: &str) -> String {
    let label = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    match place.url.strip_prefix("https://") {
        Some(host) if !place.configured && bucket.bytes().all(label) => {
            format!("https://{bucket}.{host}/?policy")
        }
        _ => format!("{}/{}?policy", place.url, path_segment(bucket)),
    }
}

// S3's error is flat, and neither of the two texts is ever nested or in CDATA.
fn element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (inner, _) = rest.split_once(&format!("</{name}>"))?;
    Some(inner)
}

/// CRC-32 as zip and S3 have it; a policy is at most 20 KB, so a table would gain nothing.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| {
        if crc & 1 == 1 {
            (crc >> 1) ^ 0xEDB8_8320
        } else {
            crc >> 1
        }
    };
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc))
    })
}

#[cfg(test)]
mod tests {
    use super::crc32;

    #[test]
    fn the_checksum_is_the_one_of_zip() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }
}
