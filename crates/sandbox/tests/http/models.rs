//! The service models behind the protocols: what is put in one request is read in another.

use serde_json::json;
use trailkeeper_sandbox::seed::BucketSeed;

use crate::Wire;

async fn wire() -> Wire {
    let wire = Wire::start().await;
    wire.sandbox.with_world(|world| {
        world.seed_bucket(BucketSeed {
            name: "logs".to_owned(),
            ..BucketSeed::default()
        });
        world.seed_bucket(BucketSeed {
            name: "far-logs".to_owned(),
            region: Some("us-east-1".to_owned()),
            ..BucketSeed::default()
        });
    });
    wire
}

#[tokio::test]
async fn bucket_settings_come_back_as_they_were_put() {
    let wire = wire().await;
    let encryption = "<Rule><ApplyServerSideEncryptionByDefault>\
                      <KMSMasterKeyID>arn:aws:kms:eu-west-1:111122223333:key/x</KMSMasterKeyID>\
                      <SSEAlgorithm>aws:kms</SSEAlgorithm></ApplyServerSideEncryptionByDefault>\
                      <BucketKeyEnabled>true</BucketKeyEnabled></Rule>";
    let lifecycle = "<Rule><Expiration><Days>1</Days></Expiration><Filter><Prefix>a&amp;b</Prefix>\
                     </Filter><ID>x</ID><Status>Enabled</Status></Rule>";
    let block = "<BlockPublicAcls>true</BlockPublicAcls><BlockPublicPolicy>false\
                 </BlockPublicPolicy><IgnorePublicAcls>true</IgnorePublicAcls>\
                 <RestrictPublicBuckets>false</RestrictPublicBuckets>";
    let replication = "<Role>arn:aws:iam::1:role/r</Role><Rule><Destination>\
                       <Bucket>arn:aws:s3:::far-logs</Bucket></Destination><Priority>1</Priority>\
                       <Status>Enabled</Status></Rule>";
    let lock = "<ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>\
                <Days>1</Days><Mode>GOVERNANCE</Mode></DefaultRetention></Rule>";
    let cases = [
        (
            "versioning",
            "VersioningConfiguration",
            "<Status>Enabled</Status>",
        ),
        (
            "encryption",
            "ServerSideEncryptionConfiguration",
            encryption,
        ),
        ("lifecycle", "LifecycleConfiguration", lifecycle),
        ("publicAccessBlock", "PublicAccessBlockConfiguration", block),
        (
            "requestPayment",
            "RequestPaymentConfiguration",
            "<Payer>Requester</Payer>",
        ),
        (
            "ownershipControls",
            "OwnershipControls",
            "<Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>",
        ),
        (
            "tagging",
            "Tagging",
            "<TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet>",
        ),
        (
            "logging",
            "BucketLoggingStatus",
            "<LoggingEnabled><TargetBucket>logs</TargetBucket><TargetPrefix>x</TargetPrefix>\
             </LoggingEnabled>",
        ),
        ("replication", "ReplicationConfiguration", replication),
        ("object-lock", "ObjectLockConfiguration", lock),
        (
            "notification",
            "NotificationConfiguration",
            "<TopicConfiguration><Event>s3:ObjectRemoved:*</Event><Topic>arn:aws:sns:x</Topic>\
             </TopicConfiguration>",
        ),
    ];
    for (subresource, root, inner) in cases {
        let path = format!("/logs?{subresource}");
        let document = format!("<{root}>{inner}</{root}>");
        let put = wire
            .signed("s3", "PUT", &path)
            .send(&document)
            .await
            .unwrap();
        assert_eq!((put.status, put.body.as_str()), (200, ""), "{subresource}");
        let got = wire.signed("s3", "GET", &path).send("").await.unwrap();
        assert_eq!(got.status, 200, "{subresource}");
        assert!(got.body.contains(inner), "{subresource}: {}", got.body);
    }
}

#[tokio::test]
async fn a_policy_comes_back_byte_for_byte() {
    let wire = wire().await;
    let policy = "{ \"Version\": \"2012-10-17\",\n\t\"Statement\": [{\"Effect\":\"Allow\", \
                  \"Principal\":{\"Service\":\"cloudtrail.amazonaws.com\"},\
                  \"Action\":\"s3:GetBucketAcl\", \"Resource\":\"arn:aws:s3:::logs\"}] }\n";
    let put = wire.signed("s3", "PUT", "/logs?policy").send(policy).await;
    let put = put.unwrap();
    assert!((200..300).contains(&put.status), "{put:?}");
    let got = wire.signed("s3", "GET", "/logs?policy").send("").await;
    assert_eq!(got.unwrap().body, policy);
    let gone = wire.signed("s3", "DELETE", "/logs?policy").send("").await;
    assert_eq!(gone.unwrap().status, 204);
    let got = wire
        .signed("s3", "GET", "/logs?policy")
        .send("")
        .await
        .unwrap();
    assert_eq!(got.status, 404);
    assert!(got.body.contains("<Code>NoSuchBucketPolicy</Code>"));
}

#[tokio::test]
async fn a_bucket_elsewhere_redirects_with_its_region() {
    let wire = wire().await;
    for (method, path) in [("GET", "/far-logs?policy"), ("HEAD", "/far-logs")] {
        let answer = wire.signed("s3", method, path).send("").await.unwrap();
        assert_eq!(answer.status, 301, "{method}");
        assert_eq!(answer.header("x-amz-bucket-region"), Some("us-east-1"));
    }
    let answer = wire.signed("s3", "HEAD", "/logs").send("").await.unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("x-amz-bucket-region"), Some("eu-west-1"));
}

#[tokio::test]
async fn the_expected_owner_is_looked_at() {
    let wire = wire().await;
    for (owner, status) in [("111122223333", 200), ("999900001111", 403)] {
        let ask = wire.signed("s3", "GET", "/logs?acl");
        let ask = ask.header("x-amz-expected-bucket-owner", owner);
        assert_eq!(ask.send("").await.unwrap().status, status, "{owner}");
    }
}

#[tokio::test]
async fn the_caller_is_told_in_xml() {
    let wire = wire().await;
    let ask = wire.signed("sts", "POST", "/");
    let answer = ask
        .send("Action=GetCallerIdentity&Version=2011-06-15")
        .await;
    let answer = answer.unwrap();
    assert_eq!(answer.status, 200);
    let account = "<GetCallerIdentityResult><Account>111122223333</Account>";
    assert!(answer.body.contains(account), "{}", answer.body);
}

#[tokio::test]
async fn the_door_and_the_wire_say_the_same() {
    let wire = wire().await;
    let cases = [
        ("config", "StarlingDoveService", "DescribeConfigRules"),
        ("cloudtrail", "CloudTrail_20131101", "DescribeTrails"),
        ("kms", "TrentService", "ListAliases"),
        (
            "organizations",
            "AWSOrganizationsV20161128",
            "DescribeOrganization",
        ),
    ];
    for (service, prefix, operation) in cases {
        let call = trailkeeper_sandbox::Call::new(service, operation, crate::REGION, json!({}));
        let direct = wire.sandbox.call(call).await;
        let target = format!("{prefix}.{operation}");
        let wired = wire.json(service, &target, &json!({})).await;
        match direct {
            Ok(output) => assert_eq!(wired.json(), output, "{target}"),
            Err(trailkeeper_sandbox::Failure::Api(error)) => {
                let wanted = json!({"__type": error.code, "message": error.message});
                assert_eq!(wired.json(), wanted, "{target}");
                assert_eq!(wired.status, error.status, "{target}");
            }
            Err(failure) => panic!("{target}: {failure}"),
        }
    }
}

#[tokio::test]
async fn versions_and_deletions_of_many_objects_travel_as_xml() {
    let wire = wire().await;
    for _ in 0..2 {
        let put = wire.signed("s3", "PUT", "/logs/k").send("x").await.unwrap();
        assert!(put.header("x-amz-version-id").is_some(), "{put:?}");
    }
    let gone = "<Delete><Object><Key>k</Key></Object></Delete>";
    let answer = wire
        .signed("s3", "POST", "/logs?delete")
        .send(gone)
        .await
        .unwrap();
    assert!(
        answer.body.contains("<DeleteMarker>true</DeleteMarker>"),
        "{}",
        answer.body
    );
    let list = wire
        .signed("s3", "GET", "/logs?versions")
        .send("")
        .await
        .unwrap();
    assert_eq!(list.body.matches("<Version>").count(), 2, "{}", list.body);
    assert!(
        list.body.contains("<IsLatest>true</IsLatest>"),
        "{}",
        list.body
    );
    let page = wire.signed(
        "s3",
        "GET",
        "/logs?versions&max-keys=1&key-marker=k&version-id-marker=x",
    );
    assert_eq!(page.send("").await.unwrap().status, 200);
    let acl = wire
        .signed("s3", "PUT", "/logs?acl")
        .header("x-amz-acl", "private");
    let acl = acl.send("").await.unwrap();
    assert!(
        acl.body.contains("AccessControlListNotSupported"),
        "{}",
        acl.body
    );
}
