//! Which service and Region a request is meant for: the credential scope of its signature.

use super::message::Request;

/// `<key id>/<date>/<region>/<service>/aws4_request`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scope {
    pub(super) region: String,
    pub(super) service: String,
}

impl Scope {
    /// The scope of the `Authorization` header, or of a presigned query.
    pub(super) fn of(request: &Request) -> Option<Self> {
        let header = request.header("authorization").and_then(|header| {
            let (_, after) = header.split_once("Credential=")?;
            after.split([',', ' ']).next()
        });
        let credential = header.or_else(|| request.parameter("X-Amz-Credential"))?;
        // the key id may hold a slash, the end of the scope cannot
        let mut parts = credential.rsplit('/').skip(1);
        let service = parts.next().filter(|part| !part.is_empty())?;
        let region = parts.next().filter(|part| !part.is_empty())?;
        parts.next()?;
        // CloudWatch signs by the name that its endpoint has
        let service = match service.to_ascii_lowercase().as_str() {
            "monitoring" => "cloudwatch".to_owned(),
            name => name.to_owned(),
        };
        Some(Self {
            region: region.to_owned(),
            service,
        })
    }
}
