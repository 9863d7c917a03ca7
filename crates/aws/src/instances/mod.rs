//! EC2: the one operation that the product's own code asks of it.

mod answer;

use std::collections::HashSet;

use async_trait::async_trait;
use aws_config::SdkConfig;
use trailkeeper_app::ports::InstanceReader;
use trailkeeper_core::facts::InstanceFacts;
use trailkeeper_core::operation::DESCRIBE_INSTANCES;
use trailkeeper_core::{CallError, Region};

use crate::error::{call_error, invalid_response};
use crate::pages::all_pages;
use crate::service_call::{Client, EC2, Parts, escaped};
use crate::session::Session;
use answer::Answer;

/// The most values that a filter takes.
const FILTER: usize = 200;

/// The most that a page of DescribeInstances holds.
const PAGE: &str = "1000";

/// Reads of instances in the session's Region.
#[derive(Debug, Clone)]
pub struct Instances {
    session: Session,
}

impl Instances {
    /// Instances as `session` sees them.
    pub fn new(session: Session) -> Self {
        Self { session }
    }

    // A filter leaves out what EC2 does not know; the parameter InstanceId would make it refuse
    // all the others too.
    async fn filtered(&self, ids: &[String]) -> Result<Vec<InstanceFacts>, CallError> {
        let resource = described(ids);
        let ec2 = self.session.ec2(self.session.region());
        let instances = all_pages(DESCRIBE_INSTANCES, &resource, |token| {
            let page = ec2.call(request(members(ids, token)));
            async {
                let page = page
                    .await
                    .map_err(|error| call_error(DESCRIBE_INSTANCES, &resource, &error))?;
                Ok((page.instances, page.next_token))
            }
        });
        let facts = instances.await?.into_iter().map(answer::Instance::facts);
        facts
            .collect::<Result<Vec<_>, _>>()
            .map_err(|reason| invalid_response(DESCRIBE_INSTANCES, &resource, &reason))
    }
}

#[async_trait]
impl InstanceReader for Instances {
    async fn describe_instances(&self, ids: &[String]) -> Result<Vec<InstanceFacts>, CallError> {
        let wanted: HashSet<&str> = ids.iter().map(String::as_str).collect();
        let mut found = Vec::new();
        for ids in ids.chunks(FILTER) {
            found.extend(self.filtered(ids).await?);
        }
        // a filter takes `*` and `?` for patterns
        found.retain(|instance| wanted.contains(instance.id.as_str()));
        Ok(found)
    }
}

/// A client of EC2 in one Region, for the one operation.
pub(crate) type Ec2 = Client<Answer>;

/// A client with the credentials and the settings of `config`.
pub(crate) fn client(config: &SdkConfig, region: &Region) -> Ec2 {
    Client::new(&EC2, config, region, (answer::parse, answer::failure))
}

fn request(members: Vec<(String, String)>) -> Parts {
    let mut body = format!("Action=DescribeInstances&Version={}", EC2.version);
    for (name, value) in members {
        body.push_str(&format!("&{name}={}", escaped(&value)));
    }
    let form = "application/x-www-form-urlencoded".to_owned();
    Parts {
        method: "POST",
        path: "/".to_owned(),
        headers: vec![("content-type", form)],
        body,
    }
}

fn described(ids: &[String]) -> String {
    match ids {
        [one] => one.clone(),
        more => format!("{} instances", more.len()),
    }
}

fn members(ids: &[String], token: Option<String>) -> Vec<(String, String)> {
    let member = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut members = vec![
        member("MaxResults", PAGE),
        member("Filter.1.Name", "instance-id"),
    ];
    let values = (1..)
        .zip(ids)
        .map(|(number, id)| member(&format!("Filter.1.Value.{number}"), id));
    members.extend(values);
    members.extend(token.map(|token| member("NextToken", &token)));
    members
}
