//! Services that have no crate of the SDK here, over the SDK's own machinery, which signs, times
//! and repeats a call as it does for the services that have one.

mod client;
mod json;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

pub(crate) use client::{Client, Parts};
pub(crate) use json::{JsonClient, path};

/// What a path, a query and a form do not escape.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A text as it stands in a path, a query or a form.
pub(crate) fn escaped(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, ESCAPED)
}

/// A service without a crate.
#[derive(Debug)]
pub(crate) struct Service {
    /// Its name in endpoints and signatures.
    pub(crate) name: &'static str,
    /// Its name in the settings of endpoints: the id of its API model.
    pub(crate) id: &'static str,
    /// The version of its API.
    pub(crate) version: &'static str,
    /// What stands before the operation in `X-Amz-Target`; nothing for a REST API.
    pub(crate) target: &'static str,
    /// Whether its plain endpoints in GovCloud are FIPS endpoints, so that it has no others there.
    pub(crate) has_plain_fips_in_govcloud: bool,
}

pub(crate) const EC2: Service = Service {
    name: "ec2",
    id: "EC2",
    version: "2016-11-15",
    target: "",
    has_plain_fips_in_govcloud: true,
};

pub(crate) const SSM: Service = Service {
    name: "ssm",
    id: "SSM",
    version: "2014-11-06",
    target: "AmazonSSM",
    has_plain_fips_in_govcloud: true,
};

pub(crate) const EVENT_BRIDGE: Service = Service {
    name: "events",
    id: "EventBridge",
    version: "2015-10-07",
    target: "AWSEvents",
    has_plain_fips_in_govcloud: true,
};

pub(crate) const LAMBDA: Service = Service {
    name: "lambda",
    id: "Lambda",
    version: "2015-03-31",
    target: "",
    has_plain_fips_in_govcloud: false,
};

pub(crate) const GUARD_DUTY: Service = Service {
    name: "guardduty",
    id: "GuardDuty",
    version: "2017-11-28",
    target: "",
    has_plain_fips_in_govcloud: true,
};
