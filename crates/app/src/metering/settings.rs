//! The ports of a bucket's settings and objects and of a trail's tags, each call counted.

use std::collections::BTreeMap;

use async_trait::async_trait;
use trailkeeper_core::facts::BucketSetting;
use trailkeeper_core::operation::{
    ADD_TAGS, CREATE_BUCKET, GET_OBJECT, HEAD_OBJECT, LIST_OBJECTS, LIST_TAGS, PUT_OBJECT,
};
use trailkeeper_core::{AccountId, Arn, CallError, Region};

use super::Metered;
use crate::ports::{
    BucketSettingsReader, BucketSettingsWriter, ObjectReader, ObjectWriter, TagReader, TagWriter,
};

#[async_trait]
impl BucketSettingsReader for Metered<dyn BucketSettingsReader> {
    async fn setting(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        setting: BucketSetting,
    ) -> Result<Option<String>, CallError> {
        let call = self.port.setting(bucket, region, owner, setting);
        self.meter.count(setting.read_by(), call).await
    }
}

#[async_trait]
impl BucketSettingsWriter for Metered<dyn BucketSettingsWriter> {
    async fn put_setting(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        setting: BucketSetting,
        document: Option<&str>,
    ) -> Result<(), CallError> {
        let call = self
            .port
            .put_setting(bucket, region, owner, setting, document);
        self.meter.count(setting.written_by(), call).await
    }

    async fn create_bucket(&self, bucket: &str, region: &Region) -> Result<(), CallError> {
        let call = self.port.create_bucket(bucket, region);
        self.meter.count(CREATE_BUCKET, call).await
    }
}

#[async_trait]
impl ObjectReader for Metered<dyn ObjectReader> {
    async fn object(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        key: &str,
    ) -> Result<Vec<u8>, CallError> {
        let call = self.port.object(bucket, region, owner, key);
        self.meter.count(GET_OBJECT, call).await
    }

    async fn has_object(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        key: &str,
    ) -> Result<bool, CallError> {
        let call = self.port.has_object(bucket, region, owner, key);
        self.meter.count(HEAD_OBJECT, call).await
    }

    async fn keys(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        prefix: &str,
        start_after: &str,
    ) -> Result<Vec<String>, CallError> {
        let call = self.port.keys(bucket, region, owner, prefix, start_after);
        self.meter.count(LIST_OBJECTS, call).await
    }
}

#[async_trait]
impl ObjectWriter for Metered<dyn ObjectWriter> {
    async fn put_object(
        &self,
        bucket: &str,
        region: &Region,
        owner: &AccountId,
        key: &str,
        body: &[u8],
    ) -> Result<(), CallError> {
        let call = self.port.put_object(bucket, region, owner, key, body);
        self.meter.count(PUT_OBJECT, call).await
    }
}

#[async_trait]
impl TagReader for Metered<dyn TagReader> {
    async fn tags(
        &self,
        region: &Region,
        arn: &Arn,
    ) -> Result<BTreeMap<String, String>, CallError> {
        let call = self.port.tags(region, arn);
        self.meter.count(LIST_TAGS, call).await
    }
}

#[async_trait]
impl TagWriter for Metered<dyn TagWriter> {
    async fn add_tags(
        &self,
        region: &Region,
        arn: &Arn,
        tags: &BTreeMap<String, String>,
    ) -> Result<(), CallError> {
        let call = self.port.add_tags(region, arn, tags);
        self.meter.count(ADD_TAGS, call).await
    }
}
