//! Where calls go.

use serde_json::json;
use trailkeeper_awscall::Endpoints;

use crate::scripted::{Stage, credentials, keys, ok};

#[test]
fn a_call_goes_to_the_endpoint_of_its_partition() {
    let cases = [
        // service, api, Region, URL, Region of the signature
        (
            "cloudtrail",
            "GetTrail",
            "eu-central-1",
            "https://cloudtrail.eu-central-1.amazonaws.com/",
            "eu-central-1",
        ),
        (
            "CloudTrail",
            "GetTrail",
            "cn-north-1",
            "https://cloudtrail.cn-north-1.amazonaws.com.cn/",
            "cn-north-1",
        ),
        (
            "kms",
            "DescribeKey",
            "us-gov-west-1",
            "https://kms.us-gov-west-1.amazonaws.com/",
            "us-gov-west-1",
        ),
        (
            "kms",
            "DescribeKey",
            "us-iso-east-1",
            "https://kms.us-iso-east-1.c2s.ic.gov/",
            "us-iso-east-1",
        ),
        (
            "kms",
            "DescribeKey",
            "us-isob-east-1",
            "https://kms.us-isob-east-1.sc2s.sgov.gov/",
            "us-isob-east-1",
        ),
        (
            "kms",
            "DescribeKey",
            "eusc-de-east-1",
            "https://kms.eusc-de-east-1.amazonaws.eu/",
            "eusc-de-east-1",
        ),
        (
            "organizations",
            "DescribeOrganization",
            "eu-central-1",
            "https://organizations.us-east-1.amazonaws.com/",
            "us-east-1",
        ),
        (
            "organizations",
            "DescribeOrganization",
            "cn-north-1",
            "https://organizations.cn-northwest-1.amazonaws.com.cn/",
            "cn-northwest-1",
        ),
        (
            "waf",
            "ListWebACLs",
            "eu-central-1",
            "https://waf.amazonaws.com/",
            "us-east-1",
        ),
        (
            "invoicing",
            "ListInvoiceUnits",
            "eu-central-1",
            "https://invoicing.us-east-1.api.aws/",
            "us-east-1",
        ),
        (
            "stepfunctions",
            "StartSyncExecution",
            "eu-central-1",
            "https://sync-states.eu-central-1.amazonaws.com/",
            "eu-central-1",
        ),
        (
            "transcribe",
            "ListVocabularies",
            "cn-north-1",
            "https://cn.transcribe.cn-north-1.amazonaws.com.cn/",
            "cn-north-1",
        ),
    ];
    for (service, api, region, url, signed) in cases {
        let stage = Stage::new(vec![ok("{}")]);
        stage.call(service, api, region, json!({})).expect(url);
        let sent = &stage.sent()[0];
        assert_eq!(sent.url, url);
        let scope = format!("/20260302/{signed}/");
        assert!(
            sent.header("authorization").contains(&scope),
            "{url}: {}",
            sent.header("authorization")
        );
    }
}

#[test]
fn a_configured_endpoint_takes_the_place_of_awss_own() {
    let variables = [
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:5000/"),
        ("AWS_ENDPOINT_URL_CONFIG_SERVICE", "http://127.0.0.1:5001"),
        ("AWS_ENDPOINT_URL_LAMBDA", "http://127.0.0.1:5002/base"),
        ("AWS_ENDPOINT_URL_KMS", ""),
    ];
    let lookup = |name: &str| {
        let found = variables.iter().find(|(own, _)| *own == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let cases = [
        ("cloudtrail", "DescribeTrails", "http://127.0.0.1:5000/"),
        ("config", "DescribeConfigRules", "http://127.0.0.1:5001/"),
        ("kms", "ListKeys", "http://127.0.0.1:5000/"),
        (
            "lambda",
            "Invoke",
            "http://127.0.0.1:5002/base/2015-03-31/functions/repair/invocations",
        ),
        (
            "s3",
            "GetBucketPolicy",
            "http://127.0.0.1:5000/audit-logs?policy",
        ),
    ];
    for (service, api, url) in cases {
        let keys = keys([Ok(credentials("AKIDEXAMPLE", None))]);
        let stage = Stage::with(vec![ok("{}")], Endpoints::read(lookup), keys);
        let input = json!({ "FunctionName": "repair", "Bucket": "audit-logs" });
        stage.call(service, api, "eu-central-1", input).expect(url);
        assert_eq!(stage.sent()[0].url, url);
    }
    let ignored = Endpoints::read(|name| match name {
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS" => Some("True".to_owned()),
        other => lookup(other),
    });
    assert_eq!(ignored, Endpoints::default());
}

#[test]
fn nothing_is_sent_to_what_is_no_region() {
    for region in [
        "",
        "eu-central-1.evil.example",
        "EU",
        "eu/../x",
        "eu-central-1 ",
    ] {
        let stage = Stage::new(Vec::new());
        let failure = stage.call("kms", "ListKeys", region, json!({}));
        let failure = failure.expect_err(region);
        assert_eq!(failure.code, "InvalidRegion");
        assert!(
            failure.message.starts_with("nothing was sent: "),
            "{failure}"
        );
    }
}
