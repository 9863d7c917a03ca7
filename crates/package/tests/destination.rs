//! Where archives can go.

use trailkeeper_package::{Destination, DestinationError};

const FILE: &str = "evaluator-0123456789abcdef.zip";

#[test]
fn a_destination_is_a_bucket_and_a_prefix() {
    let cases = [
        ("s3://my-code-bucket", "my-code-bucket", FILE.to_owned()),
        ("s3://my-code-bucket/", "my-code-bucket", FILE.to_owned()),
        ("s3://a.b/c", "a.b", format!("c/{FILE}")),
        ("s3://abc/c/D_1=2.x/", "abc", format!("c/D_1=2.x/{FILE}")),
    ];
    for (text, bucket, key) in cases {
        let destination: Destination = text.parse().unwrap();
        assert_eq!(destination.bucket(), bucket, "{text}");
        assert_eq!(destination.key(FILE), key, "{text}");
    }
}

#[test]
fn other_texts_are_refused() {
    use DestinationError::{Bucket, Form, Prefix};
    let long_bucket = format!("s3://{}", "b".repeat(64));
    let long_prefix = format!("s3://bucket/{}", "p".repeat(901));
    let cases = [
        ("", Form),
        ("my-code-bucket", Form),
        ("https://my-code-bucket/x", Form),
        ("s3://", Bucket),
        ("s3://ab", Bucket),
        ("s3://BUCKET/x", Bucket),
        ("s3://-bucket", Bucket),
        ("s3://bucket-/x", Bucket),
        ("s3://buc ket", Bucket),
        (&long_bucket, Bucket),
        ("s3://bucket//x", Prefix),
        ("s3://bucket/x//", Prefix),
        ("s3://bucket/x;rm", Prefix),
        (&long_prefix, Prefix),
    ];
    for (text, expected) in cases {
        assert_eq!(text.parse::<Destination>(), Err(expected), "{text}");
    }
}
