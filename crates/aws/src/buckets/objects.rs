//! Objects.

use async_trait::async_trait;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::ServerSideEncryption;
use trailkeeper_app::ports::{MOST_OBJECT_BYTES, ObjectReader, ObjectWriter};
use trailkeeper_core::operation::{GET_OBJECT, HEAD_OBJECT, LIST_OBJECTS, PUT_OBJECT};
use trailkeeper_core::{AccountId, CallError, ErrorClass, Region};

use super::Buckets;
use crate::convert::text;
use crate::error::{call_error, invalid_response, unanswered};

/// The most that a page of ListObjectsV2 holds.
const PAGE: i32 = 1000;

#[async_trait]
impl ObjectReader for Buckets {
    async fn object(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        key: &str,
    ) -> Result<Vec<u8>, CallError> {
        let resource = address(bucket, key);
        let client = self.session.s3(region);
        let request = client.get_object().bucket(bucket).key(key);
        let answer = request.expected_bucket_owner(owner.as_str()).send().await;
        let answer = answer.map_err(|error| call_error(GET_OBJECT, &resource, &error))?;
        let announced = answer.content_length().and_then(|it| it.try_into().ok());
        if announced.is_some_and(|length: usize| length > MOST_OBJECT_BYTES) {
            return Err(too_large(resource));
        }
        content(answer.body, resource).await
    }

    async fn has_object(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        key: &str,
    ) -> Result<bool, CallError> {
        let client = self.session.s3(region);
        let request = client.head_object().bucket(bucket).key(key);
        let answer = request.expected_bucket_owner(owner.as_str()).send().await;
        match answer.map_err(|error| call_error(HEAD_OBJECT, &address(bucket, key), &error)) {
            Ok(_) => Ok(true),
            // an answer without a body cannot say whether it is the key or the bucket
            Err(error) if error.class == ErrorClass::Absent => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn keys(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        prefix: &str,
        start_after: &str,
    ) -> Result<Vec<String>, CallError> {
        let resource = address(bucket, prefix);
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let client = self.session.s3(region);
        let request = client.list_objects_v2().bucket(bucket).max_keys(PAGE);
        let request = request.expected_bucket_owner(owner.as_str());
        let request = request.set_prefix(given(prefix));
        let answer = request.set_start_after(given(start_after)).send().await;
        let answer = answer.map_err(|error| call_error(LIST_OBJECTS, &resource, &error))?;
        let objects = answer.contents.unwrap_or_default().into_iter();
        let keys: Option<Vec<String>> = objects.map(|object| text(object.key)).collect();
        keys.ok_or_else(|| invalid_response(LIST_OBJECTS, &resource, "an object without Key"))
    }
}

#[async_trait]
impl ObjectWriter for Buckets {
    async fn put_object(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        key: &str,
        body: &[u8],
    ) -> Result<(), CallError> {
        let client = self.session.s3(region);
        let request = client.put_object().bucket(bucket).key(key);
        let request = request.expected_bucket_owner(owner.as_str());
        // with a key of KMS, whoever disables the key would take the baseline away too
        let request = request.server_side_encryption(ServerSideEncryption::Aes256);
        let answer = request.body(body.to_vec().into()).send().await;
        answer
            .map(drop)
            .map_err(|error| call_error(PUT_OBJECT, &address(bucket, key), &error))
    }
}

// The bytes as they come, never more than is taken.
async fn content(mut body: ByteStream, resource: String) -> Result<Vec<u8>, CallError> {
    let mut content = Vec::new();
    while let Some(bytes) = body.next().await {
        let bytes =
            bytes.map_err(|error| unanswered(GET_OBJECT, &resource, "ConnectionLost", &error))?;
        content.extend_from_slice(&bytes);
        if content.len() > MOST_OBJECT_BYTES {
            return Err(too_large(resource));
        }
    }
    Ok(content)
}

fn too_large(resource: String) -> CallError {
    let reason = format!("it has more than {MOST_OBJECT_BYTES} bytes");
    CallError::from_code(GET_OBJECT, resource, "EntityTooLarge", reason)
}

fn address(bucket: &str, key: &str) -> String {
    format!("s3://{bucket}/{key}")
}
