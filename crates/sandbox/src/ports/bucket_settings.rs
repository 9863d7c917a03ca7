//! S3: the settings of a bucket, each the document that the sandbox answers over HTTP.

use async_trait::async_trait;
use serde_json::{Value, json};
use trailkeeper_app::ports::{BucketSettingsReader, BucketSettingsWriter};
use trailkeeper_core::baseline::is_answer;
use trailkeeper_core::facts::BucketSetting;
use trailkeeper_core::operation::CREATE_BUCKET;
use trailkeeper_core::{AccountId, CallError, Operation, Region};

use super::{invalid_request, invalid_response};
use crate::account::Sandbox;
use crate::http;

/// The Region that is no location constraint.
const UNCONSTRAINED: &str = "us-east-1";

const DELETE_LIFECYCLE: Operation = Operation {
    service: "s3",
    name: "DeleteBucketLifecycle",
};

#[async_trait]
impl BucketSettingsReader for Sandbox {
    async fn setting(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        setting: BucketSetting,
    ) -> Result<Option<String>, CallError> {
        let operation = setting.read_by();
        let input = json!({"Bucket": bucket, "ExpectedBucketOwner": owner});
        match self.ask(operation, region.as_str(), bucket, input).await {
            Ok(answer) => {
                let document = http::document(operation.name, &answer);
                if is_answer(setting, &document) {
                    return Ok(Some(document));
                }
                Err(invalid_response(operation, bucket, "the answer is empty"))
            }
            Err(error) if BucketSetting::is_none(&error.code) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl BucketSettingsWriter for Sandbox {
    async fn put_setting(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        setting: BucketSetting,
        document: Option<&str>,
    ) -> Result<(), CallError> {
        let mut operation = setting.written_by();
        let mut input = json!({"Bucket": bucket, "ExpectedBucketOwner": owner});
        match (setting, document) {
            (_, Some(document)) => {
                let member = http::input_member(operation.name, document);
                let member = member.map_err(|error| {
                    CallError::from_code(operation, bucket, error.code, error.message)
                })?;
                if let (Some((name, value)), Some(members)) = (member, input.as_object_mut()) {
                    members.insert(name.to_owned(), value);
                }
            }
            (BucketSetting::Lifecycle, None) => operation = DELETE_LIFECYCLE,
            (_, None) => {
                let reason = format!("`{}` cannot be taken from a bucket", setting.as_str());
                return Err(invalid_request(operation, bucket, &reason));
            }
        }
        let answer = self.ask(operation, region.as_str(), bucket, input).await;
        answer.map(drop)
    }

    async fn create_bucket(&self, bucket: &str, region: &Region) -> Result<(), CallError> {
        let place = match region.as_str() {
            UNCONSTRAINED => Value::Null,
            region => json!({"LocationConstraint": region}),
        };
        let input = json!({"Bucket": bucket, "CreateBucketConfiguration": place});
        let answer = self
            .ask(CREATE_BUCKET, region.as_str(), bucket, input)
            .await;
        answer.map(drop)
    }
}
