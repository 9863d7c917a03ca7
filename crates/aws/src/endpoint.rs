//! Where calls go that no crate of the SDK finds the way for.

use aws_config::SdkConfig;
use aws_types::service_config::ServiceConfigKey;
use trailkeeper_core::Region;

use crate::service_call::Service;

/// How the names of a partition's Regions begin, the domain of its endpoints, and the domain of
/// those with IPv6. The first row that fits counts.
const PARTITIONS: &[(&str, &str, &str)] = &[
    ("cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    ("eusc-", "amazonaws.eu", "api.amazonwebservices.eu"),
    ("us-iso-", "c2s.ic.gov", "api.aws.ic.gov"),
    ("us-isob-", "sc2s.sgov.gov", "api.aws.scloud"),
    ("eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    ("us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
    ("", "amazonaws.com", "api.aws"),
];

/// The endpoint that stands for AWS's own of a service: one for all that the session was given,
/// else what the environment or the profile says of the service, else of all.
pub(crate) fn own_endpoint(config: &SdkConfig, service_id: &'static str) -> Option<String> {
    let every = config.endpoint_url().map(str::to_owned);
    if config.get_origin("endpoint_url").is_client_config() {
        return every;
    }
    let key = ServiceConfigKey::builder()
        .service_id(service_id)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build();
    let own = config
        .service_config()
        .zip(key.ok())
        .and_then(|(own, key)| own.load_config(key));
    own.or(every)
}

/// AWS's own endpoint of a service in a Region.
pub(crate) fn service_url(service: &Service, config: &SdkConfig, region: &Region) -> String {
    let name = region.as_str();
    let mut rows = PARTITIONS.iter();
    let row = rows.find(|(start, ..)| name.starts_with(start));
    let (_, plain, dual) = row.copied().unwrap_or_default();
    let is_dual = config.use_dual_stack() == Some(true);
    let domain = if is_dual { dual } else { plain };
    let is_fips_anyway =
        service.has_plain_fips_in_govcloud && name.starts_with("us-gov-") && !is_dual;
    let is_fips = config.use_fips() == Some(true) && !is_fips_anyway;
    let fips = if is_fips { "-fips" } else { "" };
    let service = service.name;
    format!("https://{service}{fips}.{name}.{domain}")
}
