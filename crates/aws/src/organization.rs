//! AWS Organizations.

use async_trait::async_trait;
use trailkeeper_app::ports::OrganizationReader;
use trailkeeper_core::facts::OrganizationFacts;
use trailkeeper_core::operation::{DESCRIBE_ORGANIZATION, LIST_DELEGATED_ADMINISTRATORS};
use trailkeeper_core::{AccountId, CallError, Region};

use crate::error::{call_error, invalid_response};
use crate::pages::all_pages;
use crate::session::Session;

/// The service for which an account may administer the organization's trails.
const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";

/// Reads of the organization of the session's account.
#[derive(Debug, Clone)]
pub struct Organization {
    session: Session,
}

impl Organization {
    /// The organization as `session` sees it.
    pub fn new(session: Session) -> Self {
        Self { session }
    }

    fn client(&self) -> aws_sdk_organizations::Client {
        self.session
            .organizations(&endpoint_region(self.session.region()))
    }

    // Only the management account and delegated administrators may list; a plain member that is
    // refused is therefore no delegated administrator.
    async fn is_delegated(&self, account: &AccountId) -> Result<bool, CallError> {
        let client = self.client();
        let administrators = all_pages(LIST_DELEGATED_ADMINISTRATORS, account.as_str(), |token| {
            let request = client
                .list_delegated_administrators()
                .service_principal(CLOUDTRAIL)
                .set_next_token(token);
            async move {
                let page = request.send().await.map_err(|error| {
                    call_error(LIST_DELEGATED_ADMINISTRATORS, account.as_str(), &error)
                })?;
                Ok((
                    page.delegated_administrators.unwrap_or_default(),
                    page.next_token,
                ))
            }
        })
        .await;
        match administrators {
            Ok(list) => Ok(list
                .iter()
                .any(|entry| entry.id() == Some(account.as_str()))),
            Err(error) if error.code == "AccessDeniedException" => Ok(false),
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl OrganizationReader for Organization {
    async fn organization(
        &self,
        account: &AccountId,
    ) -> Result<Option<OrganizationFacts>, CallError> {
        let answer = self
            .client()
            .describe_organization()
            .send()
            .await
            .map_err(|error| call_error(DESCRIBE_ORGANIZATION, account.as_str(), &error));
        let found = match answer {
            Ok(answer) => answer.organization,
            Err(error) if error.code == "AWSOrganizationsNotInUseException" => return Ok(None),
            Err(error) => return Err(error),
        };
        let names = found.and_then(|found| Some((found.id?, found.master_account_id?)));
        let parsed = names.and_then(|(id, account)| Some((id, account.parse().ok()?)));
        let (id, management_account): (String, AccountId) = parsed.ok_or_else(|| {
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

// Organizations has one endpoint in a partition, in the Region that the partition started with.
fn endpoint_region(region: &Region) -> Region {
    let name = match region.as_str() {
        name if name.starts_with("cn-") => "cn-northwest-1",
        name if name.starts_with("us-gov-") => "us-gov-west-1",
        name if name.starts_with("us-iso-") => "us-iso-east-1",
        name if name.starts_with("us-isob-") => "us-isob-east-1",
        _ => "us-east-1",
    };
    name.parse().unwrap_or_else(|_| region.clone())
}
