//! Where a call goes.

use std::collections::BTreeMap;

use trailkeeper_runbook::{ApiFailure, FailureKind};

use crate::failure::not_sent;
use crate::service::{Partition, Service};

/// Endpoints to call instead of AWS's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// For every service that has none of its own: the value of `AWS_ENDPOINT_URL`.
    pub every: Option<String>,
    /// For one service, by the name of its boto3 client.
    pub services: BTreeMap<String, String>,
}

impl Endpoints {
    /// Reads `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_<SERVICE>` and
    /// `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` through a function that knows such names.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let lookup = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let ignored = lookup("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
        if ignored.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Self::default();
        }
        let own = Service::all().filter_map(|service| {
            let url = lookup(&format!("AWS_ENDPOINT_URL_{}", service.id))?;
            Some((service.name.to_owned(), url))
        });
        Self {
            every: lookup("AWS_ENDPOINT_URL"),
            services: own.collect(),
        }
    }

    /// The endpoint that replaces AWS's own for a service.
    pub(crate) fn of(&self, service: &Service) -> Option<&str> {
        let own = self.services.get(service.name);
        own.or(self.every.as_ref()).map(String::as_str)
    }
}

/// Where a call goes, and the Region its signature is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// Scheme and authority, and a path if a configured endpoint has one; no slash at the end.
    pub(crate) url: String,
    pub(crate) signing_region: String,
    /// Whether it is a configured one.
    pub(crate) configured: bool,
}

/// The endpoint of an operation in a Region.
pub(crate) fn endpoint(
    service: &Service,
    operation: &str,
    region: &str,
    endpoints: &Endpoints,
) -> Result<Endpoint, ApiFailure> {
    // It becomes a part of the host name, so nothing else may hide in it.
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if region.is_empty() || !region.bytes().all(letter) {
        let reason = format!("`{region}` is not a Region name");
        return Err(not_sent("InvalidRegion", FailureKind::Other, &reason));
    }
    let (host, signing_region) = host(service, region);
    let configured = endpoints.of(service);
    let url = match configured {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => format!("https://{}{host}", host_prefix(service, operation)),
    };
    Ok(Endpoint {
        url,
        signing_region,
        configured: configured.is_some(),
    })
}

fn host(service: &Service, region: &str) -> (String, String) {
    let partition = Partition::of(region);
    let own = service.hosts.iter().find(|(id, ..)| *id == partition.id);
    let Some((_, host, signing_region)) = own else {
        let (prefix, suffix) = (service.endpoint_prefix, partition.dns_suffix);
        return (format!("{prefix}.{region}.{suffix}"), region.to_owned());
    };
    let signing_region = match *signing_region {
        "" => region,
        other => other,
    };
    (host.replace("{region}", region), signing_region.to_owned())
}

fn host_prefix(service: &Service, operation: &str) -> &'static str {
    let own = service.host_prefixes.iter();
    own.filter(|(name, _)| *name == operation)
        .map(|(_, prefix)| *prefix)
        .next()
        .unwrap_or("")
}
