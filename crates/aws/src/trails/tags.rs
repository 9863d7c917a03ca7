//! The tags of trails.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_cloudtrail::types::Tag;
use trailkeeper_app::ports::{TagReader, TagWriter};
use trailkeeper_core::operation::{ADD_TAGS, LIST_TAGS};
use trailkeeper_core::{Arn, CallError, Region};

use super::Trails;
use crate::error::{call_error, invalid_request};
use crate::pages::all_pages;

#[async_trait]
impl TagReader for Trails {
    async fn tags(
        &self,
        region: &Region,
        arn: &Arn,
    ) -> Result<BTreeMap<String, String>, CallError> {
        let name = arn.to_string();
        let client = self.session.cloudtrail(region);
        let resources = all_pages(LIST_TAGS, &name, |token| {
            let request = client.list_tags().resource_id_list(&name);
            let page = request.set_next_token(token).send();
            async {
                let page = page
                    .await
                    .map_err(|error| call_error(LIST_TAGS, &name, &error))?;
                Ok((page.resource_tag_list.unwrap_or_default(), page.next_token))
            }
        })
        .await?;
        let tags = resources
            .into_iter()
            .flat_map(|resource| resource.tags_list.unwrap_or_default());
        Ok(tags
            .map(|tag| (tag.key, tag.value.unwrap_or_default()))
            .collect())
    }
}

#[async_trait]
impl TagWriter for Trails {
    async fn add_tags(
        &self,
        region: &Region,
        arn: &Arn,
        tags: &BTreeMap<String, String>,
    ) -> Result<(), CallError> {
        let name = arn.to_string();
        let tags: Result<Vec<Tag>, _> = tags
            .iter()
            .map(|(key, value)| Tag::builder().key(key).value(value).build())
            .collect();
        let tags = tags.map_err(|error| invalid_request(ADD_TAGS, &name, &error.to_string()))?;
        let request = self.session.cloudtrail(region).add_tags();
        let request = request.resource_id(&name).set_tags_list(Some(tags));
        let answer = request.send().await;
        answer
            .map(drop)
            .map_err(|error| call_error(ADD_TAGS, &name, &error))
    }
}
