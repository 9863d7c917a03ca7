//! S3: objects.

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use trailkeeper_app::ports::{MOST_OBJECT_BYTES, ObjectReader, ObjectWriter};
use trailkeeper_core::operation::{GET_OBJECT, HEAD_OBJECT, LIST_OBJECTS, PUT_OBJECT};
use trailkeeper_core::{AccountId, CallError, ErrorClass, Region};

use super::{invalid_response, list, structure, text};
use crate::account::Sandbox;

/// The most that a page of ListObjectsV2 holds.
const PAGE: usize = 1000;

#[async_trait]
impl ObjectReader for Sandbox {
    async fn object(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        key: &str,
    ) -> Result<Vec<u8>, CallError> {
        let resource = address(bucket, key);
        let input = json!({"Bucket": bucket, "Key": key, "ExpectedBucketOwner": owner});
        let answer = self
            .ask(GET_OBJECT, region.as_str(), &resource, input)
            .await?;
        let body = text(&answer, "Body").unwrap_or_default();
        let body = STANDARD
            .decode(body)
            .map_err(|error| invalid_response(GET_OBJECT, &resource, &error.to_string()))?;
        if body.len() > MOST_OBJECT_BYTES {
            let reason = format!("it has more than {MOST_OBJECT_BYTES} bytes");
            return Err(CallError::from_code(
                GET_OBJECT,
                resource,
                "EntityTooLarge",
                reason,
            ));
        }
        Ok(body)
    }

    async fn has_object(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        key: &str,
    ) -> Result<bool, CallError> {
        let resource = address(bucket, key);
        let input = json!({"Bucket": bucket, "Key": key, "ExpectedBucketOwner": owner});
        let answer = self
            .ask(HEAD_OBJECT, region.as_str(), &resource, input)
            .await;
        match answer {
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
        let given = |text: &str| (!text.is_empty()).then(|| json!(text));
        let input = structure([
            ("Bucket", Some(json!(bucket))),
            ("ExpectedBucketOwner", Some(json!(owner))),
            ("MaxKeys", Some(json!(PAGE))),
            ("Prefix", given(prefix)),
            ("StartAfter", given(start_after)),
        ]);
        let resource = address(bucket, prefix);
        let answer = self
            .ask(LIST_OBJECTS, region.as_str(), &resource, input)
            .await?;
        let keys = list(&answer, "Contents").iter();
        let keys: Option<Vec<String>> = keys.map(|object| text(object, "Key")).collect();
        keys.ok_or_else(|| invalid_response(LIST_OBJECTS, &resource, "an object without Key"))
    }
}

#[async_trait]
impl ObjectWriter for Sandbox {
    async fn put_object(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        key: &str,
        body: &[u8],
    ) -> Result<(), CallError> {
        let input: Value = json!({
            "Bucket": bucket,
            "Key": key,
            "ExpectedBucketOwner": owner,
            "Body": STANDARD.encode(body),
            "ServerSideEncryption": "AES256",
        });
        let resource = address(bucket, key);
        let answer = self
            .ask(PUT_OBJECT, region.as_str(), &resource, input)
            .await;
        answer.map(drop)
    }
}

fn address(bucket: &str, key: &str) -> String {
    format!("s3://{bucket}/{key}")
}
