//! A bucket's settings as the texts that S3 keeps.
//!
//! The SDK turns each setting into types of its own and drops what it does not know, so that what
//! it reads cannot be put back whole. The one document that it hands through untouched is the
//! bucket policy. So these requests are made as those for the policy are, and then say that they
//! are about another sub-resource: endpoint, checksum, signature, retries and errors are the SDK's.

use async_trait::async_trait;
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::http::HttpError;
use trailkeeper_app::ports::{BucketSettingsReader, BucketSettingsWriter};
use trailkeeper_core::baseline::is_answer;
use trailkeeper_core::facts::BucketSetting;
use trailkeeper_core::operation::CREATE_BUCKET;
use trailkeeper_core::{AccountId, CallError, Operation, Region};

use super::Buckets;
use crate::convert::text;
use crate::error::{call_error, invalid_request, invalid_response};

/// The Region that is no location constraint.
const UNCONSTRAINED: &str = "us-east-1";

/// IAM calls it `s3:PutLifecycleConfiguration`, as it does the writing of one.
const DELETE_LIFECYCLE: Operation = Operation {
    service: "s3",
    name: "DeleteBucketLifecycle",
};

#[async_trait]
impl BucketSettingsReader for Buckets {
    async fn setting(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        setting: BucketSetting,
    ) -> Result<Option<String>, CallError> {
        let operation = setting.read_by();
        let client = self.session.s3(region);
        let request = client.get_bucket_policy().bucket(bucket);
        let request = request.expected_bucket_owner(owner.as_str()).customize();
        let request = request.map_request(move |request| about(request, setting));
        let answer = request.send().await;
        match answer.map_err(|error| call_error(operation, bucket, &error)) {
            Ok(answer) => text(answer.policy)
                .filter(|document| is_answer(setting, document))
                .map(Some)
                .ok_or_else(|| invalid_response(operation, bucket, "the answer is empty")),
            Err(error) if BucketSetting::is_none(&error.code) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl BucketSettingsWriter for Buckets {
    async fn put_setting(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        setting: BucketSetting,
        document: Option<&str>,
    ) -> Result<(), CallError> {
        let operation = setting.written_by();
        let Some(document) = document else {
            if setting == BucketSetting::Lifecycle {
                return self.delete_lifecycle(bucket, region, owner).await;
            }
            let reason = format!("`{}` cannot be taken from a bucket", setting.as_str());
            return Err(invalid_request(operation, bucket, &reason));
        };
        let client = self.session.s3(region);
        let request = client.put_bucket_policy().bucket(bucket).policy(document);
        let request = request.expected_bucket_owner(owner.as_str()).customize();
        let request = request.map_request(move |request| {
            let mut request = about(request, setting)?;
            let headers = request.headers_mut();
            headers.insert("content-type", "application/xml");
            Ok::<_, HttpError>(request)
        });
        let answer = request.send().await;
        answer
            .map(drop)
            .map_err(|error| call_error(operation, bucket, &error))
    }

    async fn create_bucket(&self, bucket: &str, region: &Region) -> Result<(), CallError> {
        let request = self.session.s3(region).create_bucket().bucket(bucket);
        let place = (region.as_str() != UNCONSTRAINED).then(|| {
            CreateBucketConfiguration::builder()
                .location_constraint(BucketLocationConstraint::from(region.as_str()))
                .build()
        });
        let answer = request.set_create_bucket_configuration(place).send().await;
        answer
            .map(drop)
            .map_err(|error| call_error(CREATE_BUCKET, bucket, &error))
    }
}

impl Buckets {
    async fn delete_lifecycle(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
    ) -> Result<(), CallError> {
        let client = self.session.s3(region);
        let request = client.delete_bucket_lifecycle().bucket(bucket);
        let answer = request.expected_bucket_owner(owner.as_str()).send().await;
        answer
            .map(drop)
            .map_err(|error| call_error(DELETE_LIFECYCLE, bucket, &error))
    }
}

// The request for the policy, with the setting in the policy's place.
fn about(mut request: HttpRequest, setting: BucketSetting) -> Result<HttpRequest, HttpError> {
    let uri = request.uri();
    let place = uri.split_once('?').map_or(uri, |(place, _)| place);
    let uri = format!("{place}?{}", setting.as_str());
    request.set_uri(uri)?;
    Ok(request)
}
