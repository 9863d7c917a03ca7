use serde_json::{Value, json};
use trailkeeper_sandbox::{ApiError, Fault, FaultKind, When};

use crate::{REGION, Wire};

#[tokio::test]
async fn method_path_and_subresource_name_the_operation() {
    let wire = Wire::start().await;
    let bucket = json!({"Bucket": "logs"});
    let object = json!({"Bucket": "logs", "Key": "a/b c"});
    let cases = [
        ("GET", "/", "ListBuckets", json!({})),
        ("GET", "/?x-id=ListBuckets", "ListBuckets", json!({})),
        (
            "GET",
            "/?prefix=lo&max-buckets=7",
            "ListBuckets",
            json!({"Prefix": "lo", "MaxBuckets": 7}),
        ),
        ("HEAD", "/logs", "HeadBucket", bucket.clone()),
        ("PUT", "/logs", "CreateBucket", bucket.clone()),
        ("DELETE", "/logs/", "DeleteBucket", bucket.clone()),
        ("GET", "/logs", "ListObjects", bucket.clone()),
        (
            "GET",
            "/logs?list-type=2&prefix=a%2F",
            "ListObjectsV2",
            json!({"Bucket": "logs", "Prefix": "a/"}),
        ),
        ("GET", "/logs?policy", "GetBucketPolicy", bucket.clone()),
        ("GET", "/logs?policy=", "GetBucketPolicy", bucket.clone()),
        (
            "DELETE",
            "/logs?policy",
            "DeleteBucketPolicy",
            bucket.clone(),
        ),
        ("GET", "/logs?location", "GetBucketLocation", bucket.clone()),
        (
            "GET",
            "/logs?versioning",
            "GetBucketVersioning",
            bucket.clone(),
        ),
        (
            "GET",
            "/logs?encryption",
            "GetBucketEncryption",
            bucket.clone(),
        ),
        (
            "GET",
            "/logs?lifecycle",
            "GetBucketLifecycleConfiguration",
            bucket.clone(),
        ),
        (
            "DELETE",
            "/logs?lifecycle",
            "DeleteBucketLifecycle",
            bucket.clone(),
        ),
        (
            "GET",
            "/logs?requestPayment",
            "GetBucketRequestPayment",
            bucket.clone(),
        ),
        (
            "GET",
            "/logs?publicAccessBlock",
            "GetPublicAccessBlock",
            bucket.clone(),
        ),
        (
            "GET",
            "/v20180820/configuration/publicAccessBlock",
            "GetAccountPublicAccessBlock",
            json!({}),
        ),
        (
            "DELETE",
            "/v20180820/configuration/publicAccessBlock",
            "DeleteAccountPublicAccessBlock",
            json!({}),
        ),
        ("GET", "/logs?acl", "GetBucketAcl", bucket.clone()),
        (
            "GET",
            "/logs?object-lock",
            "GetObjectLockConfiguration",
            bucket.clone(),
        ),
        ("HEAD", "/logs/a/b%20c", "HeadObject", object.clone()),
        (
            "GET",
            "/logs/a/b%20c?x-id=GetObject",
            "GetObject",
            object.clone(),
        ),
        ("DELETE", "/logs/a/b%20c", "DeleteObject", object),
    ];
    for (method, path, operation, input) in cases {
        wire.signed("s3", method, path).send("").await.unwrap();
        let wanted = (operation.to_owned(), REGION.to_owned(), input);
        assert_eq!(wire.last_call(), wanted, "{method} {path}");
    }
}

#[tokio::test]
async fn bodies_become_the_members_of_the_model() {
    let wire = Wire::start().await;
    let versioning = "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
                      <Status>Enabled</Status></VersioningConfiguration>";
    let location = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint>\
                    </CreateBucketConfiguration>";
    let block = "<?xml version=\"1.0\"?><PublicAccessBlockConfiguration>\
                 <BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>FALSE</IgnorePublicAcls>\
                 </PublicAccessBlockConfiguration>";
    let policy = "{ \"Version\":\"2012-10-17\" }\n";
    let cases = [
        (
            "/logs?versioning",
            versioning,
            "VersioningConfiguration",
            json!({"Status": "Enabled"}),
        ),
        (
            "/logs",
            location,
            "CreateBucketConfiguration",
            json!({"LocationConstraint": "eu-west-1"}),
        ),
        (
            "/logs?publicAccessBlock",
            block,
            "PublicAccessBlockConfiguration",
            json!({"BlockPublicAcls": true, "IgnorePublicAcls": false}),
        ),
        ("/logs?policy", policy, "Policy", json!(policy)),
        ("/logs/key", "hi\n", "Body", json!("aGkK")),
    ];
    for (path, body, member, value) in cases {
        wire.signed("s3", "PUT", path).send(body).await.unwrap();
        assert_eq!(wire.last_call().2[member], value, "{path}");
    }
    let before = wire.sandbox.calls().len();
    let ask = wire.signed("s3", "PUT", "/logs?versioning");
    let answer = ask.send("<VersioningConfiguration>").await.unwrap();
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("<Code>MalformedXML</Code>"));
    assert_eq!(wire.sandbox.calls().len(), before);
}

#[tokio::test]
async fn headers_hosts_and_presigned_queries_count() {
    let wire = Wire::start().await;
    let ask = wire.signed("s3", "GET", "/logs?policy");
    let ask = ask.header("x-amz-expected-bucket-owner", "111122223333");
    ask.send("").await.unwrap();
    let input = json!({"Bucket": "logs", "ExpectedBucketOwner": "111122223333"});
    assert_eq!(wire.last_call().2, input);

    for host in ["logs.localhost:1", "logs.s3.eu-west-1.amazonaws.com"] {
        let ask = wire.signed("s3", "GET", "/?policy").header("host", host);
        ask.send("").await.unwrap();
        let (operation, _, input) = wire.last_call();
        assert_eq!(operation, "GetBucketPolicy", "{host}");
        assert_eq!(input, json!({"Bucket": "logs"}), "{host}");
    }

    let scope = "AKIDEXAMPLE%2F20260302%2Fus-west-2%2Fs3%2Faws4_request";
    let path = format!("/logs/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={scope}");
    wire.bare("GET", &path).send("").await.unwrap();
    let wanted = (
        "GetObject".to_owned(),
        "us-west-2".to_owned(),
        json!({"Bucket": "logs", "Key": "key"}),
    );
    assert_eq!(wire.last_call(), wanted);
}

#[tokio::test]
async fn a_chunked_upload_is_put_together() {
    let wire = Wire::start().await;
    let ask = wire.signed("s3", "PUT", "/logs/key");
    let ask = ask.header("content-encoding", "aws-chunked");
    let body = "3\r\nhi\n\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n";
    ask.send(body).await.unwrap();
    assert_eq!(wire.last_call().2["Body"], json!("aGkK"));
    let ask = wire.signed("s3", "PUT", "/logs/key");
    let ask = ask.header("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER");
    let answer = ask.send("zz").await.unwrap();
    assert!(answer.body.contains("<Code>IncompleteBody</Code>"));
}

#[tokio::test]
async fn errors_are_xml_and_redirects_name_the_region() {
    let wire = Wire::start().await;
    let mut error = ApiError::new("PermanentRedirect", "elsewhere & far").with_status(301);
    error.region_hint = Some("us-east-1".to_owned());
    for operation in ["GetBucketPolicy", "HeadBucket"] {
        let kind = FaultKind::Error(error.clone());
        let fault = Fault::new("s3", operation, When::Always, kind);
        wire.sandbox.inject(fault);
    }
    let answer = wire.signed("s3", "GET", "/logs?policy").send("").await;
    let answer = answer.unwrap();
    assert_eq!(answer.status, 301);
    assert_eq!(answer.header("x-amz-bucket-region"), Some("us-east-1"));
    let wanted = "<Error><Code>PermanentRedirect</Code><Message>elsewhere &amp; far</Message>";
    assert!(answer.body.contains(wanted), "{}", answer.body);

    let answer = wire.signed("s3", "HEAD", "/logs").send("").await.unwrap();
    assert_eq!(answer.status, 301);
    assert_eq!(answer.header("x-amz-bucket-region"), Some("us-east-1"));
    assert_eq!(answer.body, "");
}

#[tokio::test]
async fn what_is_not_modelled_is_no_other_operation() {
    let wire = Wire::start().await;
    for (method, path) in [
        ("GET", "/logs?website"),
        ("PUT", "/logs?intelligent-tiering&id=x"),
        ("DELETE", "/logs?versioning"),
        ("PUT", "/logs/key?partNumber=1&uploadId=x"),
        ("PATCH", "/logs"),
    ] {
        let answer = wire.signed("s3", method, path).send("").await.unwrap();
        assert_eq!(answer.status, 400, "{method} {path}");
        let code = "<Code>NotImplementedException</Code>";
        assert!(answer.body.contains(code), "{method} {path}");
    }
    assert_eq!(wire.sandbox.calls(), Vec::new());
    let nothing: Vec<Value> = Vec::new();
    let answer = wire.bare("GET", "/_sandbox/calls").send("").await.unwrap();
    assert_eq!(answer.json(), json!(nothing));
}
