//! S3.

use async_trait::async_trait;
use serde_json::{Map, Value, json};
use trailkeeper_app::ports::{BucketReader, BucketWriter};
use trailkeeper_core::facts::BucketFacts;
use trailkeeper_core::operation::{GET_BUCKET_POLICY, LIST_BUCKETS, PUT_BUCKET_POLICY};
use trailkeeper_core::{AccountId, CallError, Operation, Region};

use super::{Listing, call_error, invalid_response, text};
use crate::account::Sandbox;
use crate::call::{ApiError, Call, Failure};

/// A bucket, as far as it is known before the first call.
#[derive(Clone, Copy)]
struct Bucket<'a> {
    name: &'a str,
    hint: &'a Region,
    owner: &'a AccountId,
}

impl Bucket<'_> {
    fn call(&self, operation: &str, region: &Region, policy: Option<&str>) -> Call {
        let mut input = json!({
            "Bucket": self.name,
            "ExpectedBucketOwner": self.owner.as_str(),
        });
        if let (Some(policy), Some(members)) = (policy, input.as_object_mut()) {
            members.insert("Policy".to_owned(), Value::from(policy));
        }
        Call::new("s3", operation, region.as_str(), input)
    }
}

impl Sandbox {
    /// Makes a call in the Region where the bucket probably is and, where S3 names another one,
    /// once more there. Answers with the Region that served the call.
    async fn ask_bucket(
        &self,
        operation: Operation,
        bucket: Bucket<'_>,
        policy: Option<&str>,
    ) -> (Region, Result<Value, CallError>) {
        let call = |region: &Region| bucket.call(operation.name, region, policy);
        let first = self.call(call(bucket.hint)).await;
        let elsewhere = match &first {
            Err(Failure::Api(error)) if is_redirect(error) => self.region_of(bucket, error).await,
            _ => None,
        };
        let (region, answer) = match elsewhere.filter(|region| region != bucket.hint) {
            Some(region) => {
                let second = self.call(call(&region)).await;
                (region, second)
            }
            None => (bucket.hint.clone(), first),
        };
        let answer = answer.map_err(|failure| call_error(operation, bucket.name, failure));
        (region, answer)
    }

    /// Where S3 says that the bucket lives: in the redirect, else in the answer to HeadBucket,
    /// which carries the header even where it is a refusal.
    async fn region_of(&self, bucket: Bucket<'_>, redirect: &ApiError) -> Option<Region> {
        if let Some(region) = hint(redirect) {
            return Some(region);
        }
        match self
            .call(bucket.call("HeadBucket", bucket.hint, None))
            .await
        {
            Ok(answer) => text(&answer, "BucketRegion")?.parse().ok(),
            Err(Failure::Api(error)) => hint(&error),
            Err(Failure::NoAnswer) => None,
        }
    }
}

#[async_trait]
impl BucketReader for Sandbox {
    async fn bucket(
        &self,
        name: &str,
        hint: &Region,
        owner: &AccountId,
    ) -> Result<BucketFacts, CallError> {
        let bucket = Bucket { name, hint, owner };
        let (region, answer) = self.ask_bucket(GET_BUCKET_POLICY, bucket, None).await;
        let policy = match answer {
            // to take a body that was cut off for no policy would be to overwrite one
            Ok(answer) => {
                let policy = text(&answer, "Policy");
                let cut =
                    || invalid_response(GET_BUCKET_POLICY, name, "the answer lacks the policy");
                Some(policy.ok_or_else(cut)?)
            }
            Err(error) if error.code == "NoSuchBucketPolicy" => None,
            Err(error) => return Err(error),
        };
        Ok(BucketFacts { region, policy })
    }

    async fn owns_bucket(&self, name: &str, region: &Region) -> Result<bool, CallError> {
        let listing = Listing {
            operation: LIST_BUCKETS,
            region: region.as_str(),
            resource: name,
            items: "Buckets",
            token: "ContinuationToken",
        };
        let input = Map::from_iter([("Prefix".to_owned(), json!(name))]);
        let buckets = self.ask_pages(listing, input).await?;
        let named = |bucket: &Value| text(bucket, "Name").as_deref() == Some(name);
        Ok(buckets.iter().any(named))
    }
}

#[async_trait]
impl BucketWriter for Sandbox {
    async fn put_bucket_policy(
        &self,
        name: &str,
        region: &Region,
        owner: &AccountId,
        policy: &str,
    ) -> Result<(), CallError> {
        let bucket = Bucket {
            name,
            hint: region,
            owner,
        };
        let (_, answer) = self
            .ask_bucket(PUT_BUCKET_POLICY, bucket, Some(policy))
            .await;
        answer.map(drop)
    }
}

fn is_redirect(error: &ApiError) -> bool {
    let codes = [
        "PermanentRedirect",
        "TemporaryRedirect",
        "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException",
    ];
    matches!(error.status, 301 | 302 | 307) || codes.contains(&error.code.as_str())
}

fn hint(error: &ApiError) -> Option<Region> {
    error.region_hint.as_ref()?.parse().ok()
}
