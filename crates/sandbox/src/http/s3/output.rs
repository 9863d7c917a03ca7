//! Answers: XML, raw text or bytes, and headers.

use serde_json::Value;

use super::body;
use super::routes::{Answer, answer_of};
use crate::call::ApiError;
use crate::http::message::Reply;
use crate::http::xml::{content, escaped};

const XML: &str = "application/xml";
const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// Members of an output that travel as headers.
const HEADERS: [(&str, &str); 14] = [
    ("BucketArn", "x-amz-bucket-arn"),
    ("BucketRegion", "x-amz-bucket-region"),
    ("BucketLocationType", "x-amz-bucket-location-type"),
    ("AccessPointAlias", "x-amz-access-point-alias"),
    (
        "BucketKeyEnabled",
        "x-amz-server-side-encryption-bucket-key-enabled",
    ),
    ("ContentType", "content-type"),
    ("DeleteMarker", "x-amz-delete-marker"),
    ("ETag", "etag"),
    ("Location", "location"),
    ("SSEKMSKeyId", "x-amz-server-side-encryption-aws-kms-key-id"),
    ("ServerSideEncryption", "x-amz-server-side-encryption"),
    ("StorageClass", "x-amz-storage-class"),
    (
        "TransitionDefaultMinimumObjectSize",
        "x-amz-transition-default-minimum-object-size",
    ),
    ("VersionId", "x-amz-version-id"),
];

pub(in crate::http) fn success(operation: &str, output: &Value) -> Reply {
    let text = |member: &str| output.get(member).and_then(Value::as_str);
    let reply = match answer_of(operation) {
        Answer::Whole(root) => {
            let inner = content(root, &without_headers(output));
            document(root, &inner)
        }
        Answer::Member(member) => {
            let value = output.get(member).unwrap_or(&Value::Null);
            return document(member, &content(member, value));
        }
        Answer::Element(root, member) => {
            return document(root, &escaped(text(member).unwrap_or_default()));
        }
        Answer::Text(member) => {
            return Reply::new(200, "application/json", text(member).unwrap_or_default());
        }
        Answer::Blob(member) => Reply {
            body: body::bytes(text(member).unwrap_or_default()),
            ..Reply::empty(200)
        },
        Answer::Empty(status) => sized(Reply::empty(status), output),
    };
    headers(reply, output)
}

fn without_headers(output: &Value) -> Value {
    let mut output = output.clone();
    if let Some(members) = output.as_object_mut() {
        members.retain(|member, _| !HEADERS.iter().any(|(name, _)| name == member));
    }
    output
}

/// The answer to HEAD on an object says how long the body would be.
fn sized(reply: Reply, output: &Value) -> Reply {
    match output.get("ContentLength").and_then(Value::as_u64) {
        Some(length) => reply.with("content-length", &length.to_string()),
        None => reply,
    }
}

fn document(root: &str, inner: &str) -> Reply {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} xmlns=\"{NAMESPACE}\">{inner}</{root}>"
    );
    Reply::new(200, XML, text)
}

fn headers(reply: Reply, output: &Value) -> Reply {
    let reply = HEADERS
        .iter()
        .fold(reply, |reply, (member, header)| match output.get(*member) {
            Some(Value::String(value)) => reply.with(header, value),
            Some(Value::Bool(value)) => reply.with(header, &value.to_string()),
            _ => reply,
        });
    let seconds = output.get("LastModified").and_then(Value::as_f64);
    let modified = seconds.and_then(|at| jiff::Timestamp::from_second(at as i64).ok());
    match modified {
        Some(at) => {
            let text = at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            reply.with("last-modified", &text)
        }
        None => reply,
    }
}

/// An error; the answer to a HEAD request has no body to name the code in.
pub(in crate::http) fn failure(error: &ApiError, head: bool, id: &str) -> Reply {
    let reply = if head {
        Reply::empty(error.status)
    } else {
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}\
             </Message><RequestId>{id}</RequestId><HostId>sandbox</HostId></Error>",
            escaped(&error.code),
            escaped(&error.message)
        );
        Reply::new(error.status, XML, text)
    };
    match &error.region_hint {
        Some(region) => reply.with("x-amz-bucket-region", region),
        None => reply,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::success;

    fn body(operation: &str, output: &Value) -> String {
        String::from_utf8(success(operation, output).body).unwrap()
    }

    #[test]
    fn outputs_are_documents_texts_or_bytes() {
        let block = json!({"PublicAccessBlockConfiguration": {"BlockPublicAcls": true}});
        let rules = json!({
            "Rules": [{"ID": "a"}, {"ID": "b"}],
            "TransitionDefaultMinimumObjectSize": "all_storage_classes_128K",
        });
        let buckets = json!({"Buckets": [{"Name": "a", "CreationDate": 0}], "Prefix": null});
        let cases = [
            (
                "ListBuckets",
                buckets,
                "<Buckets><Bucket><CreationDate>1970-01-01T00:00:00.000Z</CreationDate><Name>a</Name></Bucket></Buckets></ListAllMyBucketsResult>",
            ),
            (
                "GetBucketLocation",
                json!({"LocationConstraint": "eu-west-1"}),
                ">eu-west-1</LocationConstraint>",
            ),
            (
                "GetBucketLocation",
                json!({"LocationConstraint": null}),
                "\"></LocationConstraint>",
            ),
            (
                "GetPublicAccessBlock",
                block,
                "\"><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>",
            ),
            (
                "GetBucketLifecycleConfiguration",
                rules,
                "\"><Rule><ID>a</ID></Rule><Rule><ID>b</ID></Rule></LifecycleConfiguration>",
            ),
            (
                "GetBucketPolicy",
                json!({"Policy": "{ \"a\":\t1 }"}),
                "{ \"a\":\t1 }",
            ),
            (
                "GetObject",
                json!({"Body": "aGkK", "ETag": "\"e\""}),
                "hi\n",
            ),
            ("PutBucketPolicy", json!({}), ""),
        ];
        for (operation, output, end) in cases {
            let body = body(operation, &output);
            assert!(body.ends_with(end), "{operation}: {body}");
        }
    }

    #[test]
    fn some_members_travel_as_headers() {
        let object = json!({"ETag": "\"e\"", "ContentLength": 7, "LastModified": 1_772_445_600});
        let cases: [(&str, Value, u16, &[(&str, &str)]); 3] = [
            (
                "HeadBucket",
                json!({"BucketRegion": "eu-west-1", "AccessPointAlias": false}),
                200,
                &[
                    ("x-amz-bucket-region", "eu-west-1"),
                    ("x-amz-access-point-alias", "false"),
                ],
            ),
            (
                "HeadObject",
                object,
                200,
                &[
                    ("etag", "\"e\""),
                    ("content-length", "7"),
                    ("last-modified", "Mon, 02 Mar 2026 10:00:00 GMT"),
                ],
            ),
            ("DeleteBucketPolicy", json!({}), 204, &[]),
        ];
        for (operation, output, status, headers) in cases {
            let reply = success(operation, &output);
            assert_eq!(reply.status, status, "{operation}");
            for (name, value) in headers {
                let pair = ((*name).to_owned(), (*value).to_owned());
                assert!(reply.headers.contains(&pair), "{operation} {name}");
            }
        }
    }
}
