use serde_json::json;
use trailkeeper_app::ports::{CallerIdentity, OrganizationReader};
use trailkeeper_aws::{Identity, Organization, Session};
use trailkeeper_core::AccountId;
use trailkeeper_core::facts::OrganizationFacts;

use crate::wire::{Reply, Wire, ok, refusal};

fn account(id: &str) -> AccountId {
    id.parse().unwrap()
}

fn organization() -> Reply {
    let organization = json!({ "Id": "o-abc", "MasterAccountId": "999988887777" });
    ok(json!({ "Organization": organization }))
}

fn administrators(ids: &[&str], token: Option<&str>) -> Reply {
    let ids: Vec<_> = ids.iter().map(|id| json!({ "Id": id })).collect();
    ok(json!({ "DelegatedAdministrators": ids, "NextToken": token }))
}

#[tokio::test]
async fn an_account_is_management_delegated_or_a_plain_member() {
    let facts = |is_delegated_administrator| OrganizationFacts {
        id: "o-abc".to_owned(),
        management_account: account("999988887777"),
        is_delegated_administrator,
    };
    let denied = || refusal("AccessDeniedException", "not for members");
    let listed = administrators(&["111122223333"], None);
    let others = || administrators(&["444455556666"], Some("t"));
    let cases = [
        ("999988887777", vec![organization()], Ok(Some(facts(false)))),
        (
            "111122223333",
            vec![organization(), others(), listed],
            Ok(Some(facts(true))),
        ),
        (
            "111122223333",
            vec![organization(), administrators(&[], None)],
            Ok(Some(facts(false))),
        ),
        (
            "111122223333",
            vec![organization(), denied()],
            Ok(Some(facts(false))),
        ),
        (
            "111122223333",
            vec![refusal("AWSOrganizationsNotInUseException", "")],
            Ok(None),
        ),
        (
            "111122223333",
            vec![Reply::Answer(404, Vec::new(), String::new())],
            Err("404"),
        ),
        ("111122223333", vec![denied()], Err("AccessDeniedException")),
        (
            "111122223333",
            vec![organization(), refusal("TooManyRequestsException", "")],
            Err("TooManyRequestsException"),
        ),
        ("111122223333", vec![ok(json!({}))], Err("InvalidResponse")),
    ];
    for (id, script, expected) in cases {
        let wire = Wire::new(script);
        let answer = Organization::new(wire.session())
            .organization(&account(id))
            .await;
        assert_eq!(
            answer.map_err(|error| error.code),
            expected.map_err(str::to_owned)
        );
        for page in wire.requests().iter().skip(1) {
            assert_eq!(page.json()["ServicePrincipal"], "cloudtrail.amazonaws.com");
        }
    }
}

#[tokio::test]
async fn organizations_is_asked_at_the_partitions_one_endpoint() {
    let cases = [
        (
            "eu-west-1",
            "https://organizations.us-east-1.amazonaws.com/",
        ),
        (
            "cn-north-1",
            "https://organizations.cn-northwest-1.amazonaws.com.cn/",
        ),
        (
            "us-gov-east-1",
            "https://organizations.us-gov-west-1.amazonaws.com/",
        ),
    ];
    for (home, url) in cases {
        let wire = Wire::new([refusal("AWSOrganizationsNotInUseException", "")]);
        let config = wire.config().region(aws_config::Region::new(home)).build();
        let organization = Organization::new(Session::from_config(config).unwrap());
        assert_eq!(
            organization.organization(&account("111122223333")).await,
            Ok(None)
        );
        assert_eq!(wire.request().line, format!("POST {url}"));
    }
}

fn caller(arn: &str) -> Reply {
    let body = format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <GetCallerIdentityResult><Arn>{arn}</Arn><Account>011122223333</Account>\
         </GetCallerIdentityResult></GetCallerIdentityResponse>"
    );
    Reply::Answer(200, Vec::new(), body)
}

#[tokio::test]
async fn the_caller_has_an_account_and_a_partition() {
    let cases = [
        ("arn:aws:sts::011122223333:assumed-role/r/s", Ok("aws")),
        ("arn:aws-us-gov:iam::011122223333:user/u", Ok("aws-us-gov")),
        ("", Err("InvalidResponse")),
    ];
    for (arn, expected) in cases {
        let wire = Wire::new([caller(arn)]);
        let answer = Identity::new(wire.session()).caller().await;
        let expected = expected
            .map(|partition| (account("011122223333"), partition.to_owned()))
            .map_err(str::to_owned);
        assert_eq!(answer.map_err(|error| error.code), expected);
        assert_eq!(
            wire.request().line,
            "POST https://sts.eu-west-1.amazonaws.com/"
        );
    }
}
