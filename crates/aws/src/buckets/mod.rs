//! S3.

mod objects;
mod settings;

use std::future::Future;

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use trailkeeper_app::ports::{BucketReader, BucketWriter};
use trailkeeper_core::facts::BucketFacts;
use trailkeeper_core::operation::{GET_BUCKET_POLICY, LIST_BUCKETS, PUT_BUCKET_POLICY, PUT_OBJECT};
use trailkeeper_core::{AccountId, CallError, Region};

use crate::convert::text;
use crate::error::{call_error, invalid_response};
use crate::pages::all_pages;
use crate::session::Session;

/// The header in which S3 says where a bucket lives.
const BUCKET_REGION: &str = "x-amz-bucket-region";

/// Reads and writes of buckets.
#[derive(Debug, Clone)]
pub struct Buckets {
    session: Session,
}

impl Buckets {
    /// Buckets as `session` sees them.
    pub fn new(session: Session) -> Self {
        Self { session }
    }

    /// PutObject: a file of a person's own, with that person's credentials, wherever the bucket
    /// lives.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    pub async fn upload(
        &self,
        bucket: &str,
        key: &str,
        owner: &AccountId,
        hint: &Region,
        content: &[u8],
    ) -> Result<(), CallError> {
        let place = Bucket {
            name: bucket,
            hint,
            owner,
        };
        let (_, answer) = self
            .in_region_of(place, |client| {
                let request = client.put_object().bucket(bucket).key(key);
                let request = request.expected_bucket_owner(owner.as_str());
                request.body(content.to_vec().into()).send()
            })
            .await;
        answer
            .map(drop)
            .map_err(|error| call_error(PUT_OBJECT, &format!("s3://{bucket}/{key}"), &error))
    }

    // Makes a call in the Region where the bucket probably is and, where S3 names another one,
    // once more there. Answers with the Region that served the call.
    async fn in_region_of<T, E, Answer>(
        &self,
        bucket: Bucket<'_>,
        call: impl Fn(Client) -> Answer,
    ) -> (Region, Result<T, SdkError<E, HttpResponse>>)
    where
        E: ProvideErrorMetadata,
        Answer: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let first = call(self.session.s3(bucket.hint)).await;
        let elsewhere = match &first {
            Err(error) if is_redirect(error) => self.region_of(bucket, error).await,
            _ => None,
        };
        match elsewhere.filter(|region| region != bucket.hint) {
            Some(region) => {
                let second = call(self.session.s3(&region)).await;
                (region, second)
            }
            None => (bucket.hint.clone(), first),
        }
    }

    // Where S3 says that the bucket lives: in the redirect, else in the answer to HeadBucket,
    // which carries the header even where it is a refusal.
    async fn region_of<E>(
        &self,
        bucket: Bucket<'_>,
        redirect: &SdkError<E, HttpResponse>,
    ) -> Option<Region> {
        if let Some(region) = region_header(redirect) {
            return Some(region);
        }
        let request = self
            .session
            .s3(bucket.hint)
            .head_bucket()
            .bucket(bucket.name);
        match request
            .expected_bucket_owner(bucket.owner.as_str())
            .send()
            .await
        {
            Ok(answer) => answer.bucket_region()?.parse().ok(),
            Err(error) => region_header(&error),
        }
    }
}

/// A bucket, as far as it is known before the first call.
#[derive(Clone, Copy)]
struct Bucket<'a> {
    name: &'a str,
    hint: &'a Region,
    owner: &'a AccountId,
}

#[async_trait]
impl BucketReader for Buckets {
    async fn bucket(
        &self,
        name: &str,
        hint: &Region,
        owner: &AccountId,
    ) -> Result<BucketFacts, CallError> {
        let (region, answer) = self
            .in_region_of(Bucket { name, hint, owner }, |client| {
                let request = client.get_bucket_policy().bucket(name);
                request.expected_bucket_owner(owner.as_str()).send()
            })
            .await;
        match answer.map_err(|error| call_error(GET_BUCKET_POLICY, name, &error)) {
            Ok(answer) => {
                // to take a body that was cut off for no policy would be to overwrite one
                let cut =
                    || invalid_response(GET_BUCKET_POLICY, name, "the answer lacks the policy");
                let policy = Some(text(answer.policy).ok_or_else(cut)?);
                Ok(BucketFacts { region, policy })
            }
            Err(error) if error.code == "NoSuchBucketPolicy" => Ok(BucketFacts {
                region,
                policy: None,
            }),
            Err(error) => Err(error),
        }
    }

    async fn owns_bucket(&self, name: &str, region: &Region) -> Result<bool, CallError> {
        let client = self.session.s3(region);
        let buckets = all_pages(LIST_BUCKETS, name, |token| {
            let request = client
                .list_buckets()
                .prefix(name)
                .set_continuation_token(token);
            async move {
                let page = request
                    .send()
                    .await
                    .map_err(|error| call_error(LIST_BUCKETS, name, &error))?;
                Ok((page.buckets.unwrap_or_default(), page.continuation_token))
            }
        })
        .await?;
        Ok(buckets.iter().any(|bucket| bucket.name() == Some(name)))
    }
}

#[async_trait]
impl BucketWriter for Buckets {
    async fn put_bucket_policy(
        &self,
        name: &str,
        region: &Region,
        owner: &AccountId,
        policy: &str,
    ) -> Result<(), CallError> {
        let (_, answer) = self
            .in_region_of(
                Bucket {
                    name,
                    hint: region,
                    owner,
                },
                |client| {
                    let request = client.put_bucket_policy().bucket(name).policy(policy);
                    request.expected_bucket_owner(owner.as_str()).send()
                },
            )
            .await;
        answer
            .map(drop)
            .map_err(|error| call_error(PUT_BUCKET_POLICY, name, &error))
    }
}

fn is_redirect<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    let status = error
        .raw_response()
        .map(|response| response.status().as_u16());
    let codes = [
        "PermanentRedirect",
        "TemporaryRedirect",
        "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException",
    ];
    matches!(status, Some(301 | 302 | 307))
        || error.code().is_some_and(|code| codes.contains(&code))
}

fn region_header<E>(error: &SdkError<E, HttpResponse>) -> Option<Region> {
    error
        .raw_response()?
        .headers()
        .get(BUCKET_REGION)?
        .parse()
        .ok()
}
