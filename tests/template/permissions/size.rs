//! That the roles' policies fit into a role.

use super::table::Role;
use super::{everything, statements};
use crate::limits::{ACCOUNT, PROFILE, PROFILE_ROLE, longest};
use crate::template;

/// IAM's limit for all inline policies of a role together, white space not counted.
const MOST_CHARACTERS: usize = 10_240;
/// What stands around the statements of a policy, and a role has at most ten.
const AROUND: usize = 10 * r#"{"Version":"2012-10-17","Statement":[]}"#.len();

/// With every option, the longest names and a plausible account.
#[test]
fn the_largest_policies_fit_into_a_role() {
    let names = [
        "TrailName",
        "NamePrefix",
        "RunbookName",
        "AttachRunbookName",
        "DetachRunbookName",
    ];
    let names = names.map(|name| (name, longest(name, "")));
    let bucket = "x".repeat(63);
    let key = longest(
        "TrailKmsKeyArn",
        "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/",
    );
    let mut given = [ACCOUNT, everything().as_slice()].concat();
    given.extend([
        ("AWS::Partition", "aws-us-gov"),
        ("AWS::Region", "us-gov-west-1"),
        ("TrailBucketName", bucket.as_str()),
        ("TrailKmsKeyArn", key.as_str()),
        ("EncryptionKeyArn", key.as_str()),
        ("InstanceProfileArn", PROFILE),
        ("InstanceProfileRoleArn", PROFILE_ROLE),
    ]);
    let path = longest("RolePath", "/");
    let path = format!("{}/", path.strip_suffix('x').expect("is filled"));
    given.push(("RolePath", &path));
    given.extend(names.iter().map(|(name, value)| (*name, value.as_str())));
    let template = template();
    let stack = template.render(&given);
    for role in Role::ALL {
        let statements = serde_json::json!(statements(&stack, role)).to_string();
        // No value of these policies has a space.
        let characters = statements.chars().count() + AROUND;
        assert!(characters <= MOST_CHARACTERS, "{role:?}: {characters}");
        println!("{role:?}: {characters} of {MOST_CHARACTERS} characters");
    }
}
