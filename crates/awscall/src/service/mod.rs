//! What is known of each service.

mod table;

use trailkeeper_runbook::{ApiFailure, FailureKind};

use crate::failure::not_sent;
use crate::shapes;

/// What a service speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServiceProtocol {
    Json,
    Query,
    Ec2,
    /// Of Lambda and S3, in part.
    Rest,
}

/// A service that can be called.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Service {
    /// The name of boto3's client.
    pub(crate) name: &'static str,
    /// As `AWS_ENDPOINT_URL_<id>` spells it.
    pub(crate) id: &'static str,
    /// In the scope of a signature.
    pub(crate) signing_name: &'static str,
    /// How the host name begins.
    pub(crate) endpoint_prefix: &'static str,
    pub(crate) protocol: ServiceProtocol,
    /// In the requests of query and ec2.
    pub(crate) api_version: &'static str,
    /// `X-Amz-Target` up to the dot.
    pub(crate) target_prefix: &'static str,
    /// Names the version of the protocol.
    pub(crate) content_type: &'static str,
    /// Answers with the error codes of the query protocol it spoke before, if asked to.
    pub(crate) query_compatible: bool,
    /// (partition, host, signing Region) where the host is another; an empty Region is the
    /// call's own, and `{region}` stands for it.
    pub(crate) hosts: &'static [(&'static str, &'static str, &'static str)],
    /// (operation, what goes before the host).
    pub(crate) host_prefixes: &'static [(&'static str, &'static str)],
    /// The operations whose name does not follow from its snake_case form.
    pub(crate) odd_names: &'static [&'static str],
    /// The operations that answer with a stream.
    pub(crate) streams: &'static [&'static str],
    /// (operation, member) that boto3 fills in if it is missing.
    pub(crate) tokens: &'static [(&'static str, &'static str)],
    /// The members that are times, `Member` or `Operation.Member`.
    pub(crate) times: &'static [&'static str],
    /// The members that are bytes, likewise.
    pub(crate) blobs: &'static [&'static str],
}

/// What most rows of the table have in common.
const PLAIN: Service = Service {
    name: "",
    id: "",
    signing_name: "",
    endpoint_prefix: "",
    protocol: ServiceProtocol::Json,
    api_version: "",
    target_prefix: "",
    content_type: "",
    query_compatible: false,
    hosts: &[],
    host_prefixes: &[],
    odd_names: &[],
    streams: &[],
    tokens: &[],
    times: &[],
    blobs: &[],
};

/// Lambda, as far as Invoke needs it.
pub(crate) const LAMBDA: Service = Service {
    name: "lambda",
    id: "LAMBDA",
    signing_name: "lambda",
    endpoint_prefix: "lambda",
    protocol: ServiceProtocol::Rest,
    ..PLAIN
};

/// S3, as far as bucket policies need it.
pub(crate) const S3: Service = Service {
    name: "s3",
    id: "S3",
    signing_name: "s3",
    endpoint_prefix: "s3",
    protocol: ServiceProtocol::Rest,
    ..PLAIN
};

/// A part of AWS with its own Regions and domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Partition {
    pub(crate) id: &'static str,
    pub(crate) dns_suffix: &'static str,
}

impl Partition {
    /// The partition of a Region; a Region of no other partition is one of `aws`.
    pub(crate) fn of(region: &str) -> Self {
        let own = table::PARTITIONS
            .iter()
            .find(|(_, start, _)| !start.is_empty() && region.starts_with(start));
        let (id, dns_suffix) = own.map_or(("aws", "amazonaws.com"), |(id, _, suffix)| (id, suffix));
        Self { id, dns_suffix }
    }
}

impl Service {
    /// The service with the name of a boto3 client. SSM takes some in the wrong case (`EC2`), so
    /// case does not count.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        let known = table::SERVICES.iter();
        known
            .chain([&LAMBDA, &S3])
            .find(|service| service.name.eq_ignore_ascii_case(name))
    }

    /// Every service that can be called.
    pub(crate) fn all() -> impl Iterator<Item = &'static Self> {
        table::SERVICES.iter().chain([&LAMBDA, &S3])
    }

    /// An operation in boto3's own spelling, from any of its spellings: `GetTrail`, `getTrail`
    /// or `get_trail`.
    pub(crate) fn operation(&self, api: &str) -> String {
        let plain = plain_of(api);
        if let Some(odd) = self.odd_names.iter().find(|odd| plain_of(odd) == plain) {
            return (*odd).to_owned();
        }
        api.split('_').map(capitalized).collect()
    }

    pub(crate) fn is_time(&self, operation: &str, member: &str) -> bool {
        names(self.times, operation, member)
    }

    pub(crate) fn is_blob(&self, operation: &str, member: &str) -> bool {
        names(self.blobs, operation, member)
    }
}

fn names(list: &[&str], operation: &str, member: &str) -> bool {
    list.iter().any(|name| match name.split_once('.') {
        Some(qualified) => qualified == (operation, member),
        None => *name == member,
    })
}

pub(crate) fn plain_of(api: &str) -> String {
    api.replace('_', "").to_ascii_lowercase()
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// Why a service cannot be called.
pub(crate) fn unsupported(name: &str) -> ApiFailure {
    let other = table::OTHERS
        .iter()
        .find(|(other, _)| other.eq_ignore_ascii_case(name));
    let (code, reason) = match other {
        Some((_, protocol)) => (
            "NotImplemented",
            format!(
                "service `{name}` speaks {protocol}, which is not implemented; awsJson is, and \
                 of the rest {}, Lambda's Invoke and S3's bucket policies",
                shapes::services().join(", ")
            ),
        ),
        None => (
            "UnknownService",
            format!("`{name}` is not the name of a boto3 client; correct Service"),
        ),
    };
    not_sent(code, FailureKind::Other, &reason)
}
