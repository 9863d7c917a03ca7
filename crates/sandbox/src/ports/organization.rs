//! AWS Organizations and STS.

use async_trait::async_trait;
use serde_json::{Map, Value, json};
use trailkeeper_app::ports::{CallerIdentity, OrganizationReader};
use trailkeeper_core::facts::OrganizationFacts;
use trailkeeper_core::operation::{
    DESCRIBE_ORGANIZATION, GET_CALLER_IDENTITY, LIST_DELEGATED_ADMINISTRATORS,
};
use trailkeeper_core::{AccountId, Arn, CallError, ErrorClass};

use super::{Listing, invalid_response, text};
use crate::account::Sandbox;

/// The service for which an account may administer the organization's trails.
const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";
/// What the call is about, for the reader of an error.
const CREDENTIALS: &str = "the caller's credentials";

impl Sandbox {
    // Only the management account and delegated administrators may list; a plain member that is
    // refused is therefore no delegated administrator.
    async fn is_delegated(&self, account: &AccountId) -> Result<bool, CallError> {
        let listing = Listing {
            operation: LIST_DELEGATED_ADMINISTRATORS,
            region: endpoint_region(&self.own_region()),
            resource: account.as_str(),
            items: "DelegatedAdministrators",
            token: "NextToken",
        };
        let input = Map::from_iter([("ServicePrincipal".to_owned(), json!(CLOUDTRAIL))]);
        match self.ask_pages(listing, input).await {
            Ok(list) => Ok(list
                .iter()
                .any(|entry| text(entry, "Id").as_deref() == Some(account.as_str()))),
            Err(error) if error.code == "AccessDeniedException" => Ok(false),
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl OrganizationReader for Sandbox {
    async fn organization(
        &self,
        account: &AccountId,
    ) -> Result<Option<OrganizationFacts>, CallError> {
        let own = self.own_region();
        let region = endpoint_region(&own);
        let answer = self
            .ask(DESCRIBE_ORGANIZATION, region, account.as_str(), json!({}))
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) if error.class == ErrorClass::Absent => return Ok(None),
            Err(error) => return Err(error),
        };
        let (id, management_account) = names(&answer).ok_or_else(|| {
            let reason = "the answer lacks a usable Id or MasterAccountId";
            invalid_response(DESCRIBE_ORGANIZATION, account.as_str(), reason)
        })?;
        let is_delegated_administrator =
            management_account != *account && self.is_delegated(account).await?;
        Ok(Some(OrganizationFacts {
            id,
            management_account,
            is_delegated_administrator,
        }))
    }
}

fn names(answer: &Value) -> Option<(String, AccountId)> {
    let found = answer.get("Organization")?;
    let management = text(found, "MasterAccountId")?.parse().ok()?;
    Some((text(found, "Id")?, management))
}

/// Organizations has one endpoint in a partition, in the Region that the partition started with.
fn endpoint_region(own: &str) -> &'static str {
    match own {
        name if name.starts_with("cn-") => "cn-northwest-1",
        name if name.starts_with("us-gov-") => "us-gov-west-1",
        name if name.starts_with("us-iso-") => "us-iso-east-1",
        name if name.starts_with("us-isob-") => "us-isob-east-1",
        _ => "us-east-1",
    }
}

#[async_trait]
impl CallerIdentity for Sandbox {
    async fn caller(&self) -> Result<(AccountId, String), CallError> {
        let region = self.own_region();
        let answer = self
            .ask(GET_CALLER_IDENTITY, &region, CREDENTIALS, json!({}))
            .await?;
        account_and_partition(&answer).ok_or_else(|| {
            let reason = "the answer lacks a usable Account or Arn";
            invalid_response(GET_CALLER_IDENTITY, CREDENTIALS, reason)
        })
    }
}

fn account_and_partition(answer: &Value) -> Option<(AccountId, String)> {
    let account = text(answer, "Account")?.parse().ok()?;
    let arn: Arn = text(answer, "Arn")?.parse().ok()?;
    Some((account, arn.partition))
}
