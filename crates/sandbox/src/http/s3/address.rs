//! Bucket and key of a request: in the host's name or at the start of the path.

use crate::http::message::{Request, percent_decoded};

/// Where S3 Control's requests about the account begin.
const ACCOUNT: &str = "v20180820/configuration";

/// What a request is about: the service, the account's own settings, a bucket or an object.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Address {
    /// The setting of the account, as S3 Control names it.
    pub(super) account: Option<String>,
    pub(super) bucket: Option<String>,
    pub(super) key: Option<String>,
}

impl Address {
    pub(super) fn of(request: &Request) -> Self {
        let host = request.header("host").unwrap_or_default();
        Self::parse(host, &request.path)
    }

    fn parse(host: &str, path: &str) -> Self {
        let path = path.strip_prefix('/').unwrap_or(path);
        let filled = |text: &str| (!text.is_empty()).then(|| percent_decoded(text));
        if let Some(bucket) = bucket_in(host) {
            return Self {
                bucket: Some(bucket.to_owned()),
                key: filled(path),
                ..Self::default()
            };
        }
        if let Some(("", setting)) = path
            .strip_prefix(ACCOUNT)
            .and_then(|rest| rest.split_once('/'))
        {
            return Self {
                account: filled(setting),
                ..Self::default()
            };
        }
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        Self {
            bucket: filled(bucket),
            key: filled(key),
            ..Self::default()
        }
    }
}

/// The bucket of a host-style address: `bucket.localhost`, `bucket.s3.eu-west-1.amazonaws.com`.
fn bucket_in(host: &str) -> Option<&str> {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if let Some(before) = name.strip_suffix(".localhost") {
        let service = before == "s3" || before.starts_with("s3.");
        let inside = before.rfind(".s3").and_then(|at| before.get(..at));
        return (!service).then_some(inside.unwrap_or(before));
    }
    let at = name.rfind(".s3.").or_else(|| name.rfind(".s3-"))?;
    name.get(..at).filter(|_| name.contains(".amazonaws.com"))
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn bucket_and_key_come_from_host_or_path() {
        let cases = [
            ("127.0.0.1:80", "/", None, None),
            ("127.0.0.1:80", "/logs", Some("logs"), None),
            ("127.0.0.1:80", "/logs/", Some("logs"), None),
            ("127.0.0.1:80", "/logs/a%20b/c", Some("logs"), Some("a b/c")),
            ("logs.localhost:80", "/a/b", Some("logs"), Some("a/b")),
            ("my.logs.s3.eu-west-1.localhost", "/", Some("my.logs"), None),
            ("s3.localhost:80", "/logs", Some("logs"), None),
            ("localhost:80", "/logs", Some("logs"), None),
            ("logs.s3.amazonaws.com", "/", Some("logs"), None),
            (
                "a.s3.b.s3.eu-west-1.amazonaws.com",
                "/k",
                Some("a.s3.b"),
                Some("k"),
            ),
            ("s3.eu-west-1.amazonaws.com", "/logs", Some("logs"), None),
            ("logs.s3-eu-west-1.amazonaws.com", "/", Some("logs"), None),
        ];
        for (host, path, bucket, key) in cases {
            let wanted = Address {
                bucket: bucket.map(str::to_owned),
                key: key.map(str::to_owned),
                account: None,
            };
            assert_eq!(Address::parse(host, path), wanted, "{host}{path}");
        }
    }

    #[test]
    fn settings_of_the_account_are_told_by_the_path() {
        let path = "/v20180820/configuration/publicAccessBlock";
        let of_account = Address {
            account: Some("publicAccessBlock".to_owned()),
            ..Address::default()
        };
        assert_eq!(Address::parse("127.0.0.1:80", path), of_account);
        let object = Address::parse("logs.localhost", path);
        assert_eq!(object.bucket.as_deref(), Some("logs"));
    }
}
