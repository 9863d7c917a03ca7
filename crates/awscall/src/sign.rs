//! SigV4.

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use jiff::Timestamp;
use trailkeeper_runbook::{ApiFailure, FailureKind};

use crate::failure::not_sent;
use crate::request::{Request, SigningStyle};

/// The headers that a signature adds to a request.
pub(crate) fn signature(
    request: &Request,
    credentials: &Credentials,
    now: Timestamp,
) -> Result<Vec<(String, String)>, ApiFailure> {
    let refused = |reason: &dyn std::fmt::Display| {
        let reason = format!("the request could not be signed: {reason}");
        not_sent("InvalidRequest", FailureKind::Other, &reason)
    };
    let identity = Identity::from(credentials.clone());
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(&request.signing_region)
        .name(request.signing_name)
        .time(now.into())
        .settings(settings(request.style))
        .build()
        .map_err(|error| refused(&error))?
        .into();
    let headers = request
        .headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()));
    let body = SignableBody::Bytes(&request.body);
    let signable = SignableRequest::new(request.method, request.url.as_str(), headers, body)
        .map_err(|error| refused(&error))?;
    let signed = sign(signable, &parameters).map_err(|error| refused(&error))?;
    let (instructions, _) = signed.into_parts();
    let added = instructions.headers();
    Ok(added
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect())
}

fn settings(style: SigningStyle) -> SigningSettings {
    let mut settings = SigningSettings::default();
    if style == SigningStyle::S3 {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(request: &Request, key: (&str, &str, Option<&str>), now: &str) -> String {
        let (id, secret, token) = key;
        let credentials = Credentials::new(id, secret, token.map(str::to_owned), None, "test");
        let headers = signature(request, &credentials, now.parse().unwrap()).unwrap();
        let own = headers.iter().find(|(name, _)| name == "authorization");
        let (_, signature) = own.unwrap().1.split_once("Signature=").unwrap();
        signature.to_owned()
    }

    fn get(url: &str, region: &str, service: &'static str, style: SigningStyle) -> Request {
        Request {
            method: "GET",
            url: url.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            signing_name: service,
            signing_region: region.to_owned(),
            style,
        }
    }

    // AWS's signing test suite: get-vanilla and get-vanilla-with-session-token.
    #[test]
    fn the_vectors_of_awss_test_suite_are_met() {
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        let token = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";
        let vanilla = "https://example.amazonaws.com/";
        let cases = [
            (
                vanilla,
                None,
                "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            ),
            (
                vanilla,
                Some(token),
                "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
            ),
        ];
        for (url, token, expected) in cases {
            let request = get(url, "us-east-1", "service", SigningStyle::Common);
            let key = ("AKIDEXAMPLE", secret, token);
            assert_eq!(signed(&request, key, "2015-08-30T12:36:00Z"), expected);
        }
    }

    // The S3 API reference's example of a signed request for a bucket's lifecycle.
    #[test]
    fn the_vector_of_the_s3_reference_is_met() {
        let url = "https://examplebucket.s3.amazonaws.com/?lifecycle";
        let request = get(url, "us-east-1", "s3", SigningStyle::S3);
        let key = (
            "AKIAIOSFODNN7EXAMPLE",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            None,
        );
        let expected = "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543";
        assert_eq!(signed(&request, key, "2013-05-24T00:00:00Z"), expected);
    }
}
