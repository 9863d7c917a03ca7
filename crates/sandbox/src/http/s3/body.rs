//! Bodies: the chunked form that SDKs send with trailing checksums, and base64 for blobs.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::call::ApiError;
use crate::http::message::Request;

/// The body without the framing of `aws-chunked`.
pub(super) fn plain(request: &Request) -> Result<Vec<u8>, ApiError> {
    let encoding = request.header("content-encoding").unwrap_or_default();
    let digest = request.header("x-amz-content-sha256").unwrap_or_default();
    if !encoding.contains("aws-chunked") && !digest.starts_with("STREAMING-") {
        return Ok(request.body.clone());
    }
    unchunked(&request.body).ok_or_else(|| {
        let text = "The request body is not in the aws-chunked form that its headers announce";
        ApiError::new("IncompleteBody", text)
    })
}

/// `size[;extension]\r\n bytes \r\n` as often as it takes, then a size of zero and trailers.
fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let line = std::str::from_utf8(rest.get(..end)?).ok()?;
        let size = line.split(';').next()?;
        let size = usize::from_str_radix(size.trim(), 16).ok()?;
        if size == 0 {
            return Some(content);
        }
        let start = end.checked_add(2)?;
        let stop = start.checked_add(size)?;
        content.extend_from_slice(rest.get(start..stop)?);
        rest = rest.get(stop..)?.strip_prefix(b"\r\n")?;
    }
}

pub(super) fn base64(content: &[u8]) -> String {
    STANDARD.encode(content)
}

/// The bytes of a blob; text that is not base64 stands for itself.
pub(super) fn bytes(text: &str) -> Vec<u8> {
    STANDARD
        .decode(text)
        .unwrap_or_else(|_| text.as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::unchunked;

    #[test]
    fn chunks_are_joined_and_broken_ones_refused() {
        let cases: [(&str, Option<&str>); 5] = [
            (
                "3\r\nabc\r\n2\r\nde\r\n0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n",
                Some("abcde"),
            ),
            (
                "3;chunk-signature=00\r\nabc\r\n0;chunk-signature=00\r\n\r\n",
                Some("abc"),
            ),
            ("0\r\n\r\n", Some("")),
            ("ffffffffffffffff\r\nabc\r\n", None),
            ("3\r\nabc", None),
        ];
        for (given, wanted) in cases {
            let wanted = wanted.map(|text| text.as_bytes().to_vec());
            assert_eq!(unchunked(given.as_bytes()), wanted, "{given}");
        }
    }
}
