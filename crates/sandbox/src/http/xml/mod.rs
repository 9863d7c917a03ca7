//! JSON structures as XML and back, by the member tables of the S3 API model.

mod read;
mod tables;
mod write;

pub(super) use read::structure;
pub(super) use write::{content, escaped, time};

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::structure;
    use super::write::element;

    #[test]
    fn structures_survive_the_way_there_and_back() {
        let cases = [
            (
                "VersioningConfiguration",
                json!({"Status": "Enabled", "MFADelete": "Disabled"}),
            ),
            (
                "ServerSideEncryptionConfiguration",
                json!({"Rules": [{
                    "ApplyServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "a&b<c>",
                    },
                    "BucketKeyEnabled": true,
                }]}),
            ),
            (
                "LifecycleConfiguration",
                json!({"Rules": [
                    {"ID": "a", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}},
                    {"ID": "b", "Filter": {"And": {"Tags": [
                        {"Key": "k", "Value": "v"}, {"Key": "l", "Value": "w"},
                    ]}}, "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}]},
                    {"ID": "c", "Filter": {"Tag": {"Key": "k", "Value": "v"}}},
                ]}),
            ),
            (
                "ObjectLockConfiguration",
                json!({"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {
                    "Mode": "GOVERNANCE", "Days": 1, "Years": 1,
                }}}),
            ),
            (
                "AccessControlPolicy",
                json!({"Owner": {"ID": "x"}, "Grants": [
                    {"Grantee": {"Type": "CanonicalUser", "ID": "x"}, "Permission": "FULL_CONTROL"},
                ]}),
            ),
            (
                "NotificationConfiguration",
                json!({"TopicConfigurations": [{
                    "TopicArn": "arn:aws:sns:x", "Events": ["s3:ObjectCreated:*"],
                    "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "a"}]}},
                }]}),
            ),
        ];
        for (root, value) in cases {
            let document = element(root, &value);
            assert_eq!(structure(document.as_bytes()), Some(value), "{document}");
        }
    }

    #[test]
    fn broken_documents_are_refused() {
        let deep = "<a>".repeat(40) + &"</a>".repeat(40);
        for document in [
            "",
            "<a>",
            "<a></b>",
            "text",
            "<a/><b/>",
            "<a>&x;</a>",
            &deep,
        ] {
            assert_eq!(structure(document.as_bytes()), None, "{document}");
        }
    }
}
