//! SigV4.

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use jiff::Timestamp;

use crate::failure::not_sent;
use crate::request::{Request, SigningStyle};
use crate::{ApiFailure, FailureKind};

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
