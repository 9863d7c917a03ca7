//! A request, before it is signed.

/// Which of SigV4's two habits a service has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SigningStyle {
    /// Every service but S3.
    Common,
    /// S3: the path is taken as it stands, and the body's hash is a header.
    S3,
}

/// A request, before it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) url: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) signing_name: &'static str,
    pub(crate) signing_region: String,
    pub(crate) style: SigningStyle,
}

/// A part of a path: everything but unreserved characters is escaped.
pub(crate) fn path_segment(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}
