//! The tags of trails.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::{Map, Value, json};
use trailkeeper_app::ports::{TagReader, TagWriter};
use trailkeeper_core::operation::{ADD_TAGS, LIST_TAGS};
use trailkeeper_core::{Arn, CallError, Region};

use super::{Listing, invalid_response, list, text};
use crate::account::Sandbox;

#[async_trait]
impl TagReader for Sandbox {
    async fn tags(
        &self,
        region: &Region,
        arn: &Arn,
    ) -> Result<BTreeMap<String, String>, CallError> {
        let name = arn.to_string();
        let listing = Listing {
            operation: LIST_TAGS,
            region: region.as_str(),
            resource: &name,
            items: "ResourceTagList",
            token: "NextToken",
        };
        let input = Map::from_iter([("ResourceIdList".to_owned(), json!([name]))]);
        let resources = self.ask_pages(listing, input).await?;
        let tags = resources.iter().flat_map(|it| list(it, "TagsList"));
        let tags: Option<_> = tags.map(tag).collect();
        tags.ok_or_else(|| invalid_response(LIST_TAGS, &name, "a tag without Key"))
    }
}

fn tag(tag: &Value) -> Option<(String, String)> {
    Some((text(tag, "Key")?, text(tag, "Value").unwrap_or_default()))
}

#[async_trait]
impl TagWriter for Sandbox {
    async fn add_tags(
        &self,
        region: &Region,
        arn: &Arn,
        tags: &BTreeMap<String, String>,
    ) -> Result<(), CallError> {
        let name = arn.to_string();
        let tags: Value = tags
            .iter()
            .map(|(key, value)| json!({"Key": key, "Value": value}))
            .collect();
        let input = json!({"ResourceId": name, "TagsList": tags});
        let answer = self.ask(ADD_TAGS, region.as_str(), &name, input).await;
        answer.map(drop)
    }
}
